//! Economic events as read from one row (or a group of rows) of a statement.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::EventKey;
use crate::money::{Country, Money};

/// Which of the input files.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize,
)]
pub struct FileId(pub u32);

/// Where a fact stands: file and row. Rows count from 1 as a spreadsheet shows them.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize,
)]
#[serde(from = "(FileId, u32)", into = "(FileId, u32)")]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// The row in the file (or in its sheet), the header being row 1 of a plain CSV.
    pub row: u32,
}

impl From<(FileId, u32)> for Source {
    fn from((file, row): (FileId, u32)) -> Self {
        Self { file, row }
    }
}

impl From<Source> for (FileId, u32) {
    fn from(source: Source) -> Self {
        (source.file, source.row)
    }
}

/// An account in a table of accounts (of a statement, later of the ledger).
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize,
)]
pub struct AccountIx(pub u32);

/// An instrument in a table of instruments; [`InstrumentIx::NONE`] for events of cash alone.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
pub struct InstrumentIx(pub u32);

impl InstrumentIx {
    /// No instrument: interest on cash, account fees.
    pub const NONE: Self = Self(u32::MAX);
}

/// One event, with its place in the file and in time.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Transaction {
    /// Where it was read.
    pub source: Source,
    /// Its identity at the broker, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<EventKey>,
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Trade day, pay day or charge day, as the broker reports it for the place of execution.
    pub day: Date,
    /// Milliseconds since midnight, 0 where the file gives no time; only for order within the day.
    pub millisecond: u32,
    /// What happened.
    pub event: Event,
}

/// What happened. Quantities and gross amounts are positive; direction is the variant.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub enum Event {
    /// A purchase.
    Buy(Trade),
    /// A sale.
    Sell(Trade),
    /// A sale of what is not held: a short sale, or an option written. Only where the broker says so.
    OpenShort(Trade),
    /// A purchase that closes such a sale, or its expiry (gross and charges zero). The result belongs
    /// to the year of the closing (art. 24 ust. 13–14 PIT; KIS 0113-KDIPT2-3.4011.645.2025.3.KKA).
    CloseShort(Trade),
    /// A lot known from elsewhere (RSU, transfer, gift), acquired on the transaction's day.
    OpeningLot {
        /// Shares, > 0.
        quantity: Decimal,
        /// What was paid for all of them, ≥ 0.
        cost: Money,
    },
    /// A distribution of profit (art. 30a ust. 1 pkt 4–5), by pay day.
    Dividend {
        /// Before tax at source. Negative for a reversal of an earlier row.
        gross: Money,
        /// Tax at source that the same row states, ≥ 0; zero if it stands in rows of its own.
        withheld: Money,
        /// The source country when the row states it.
        country: Option<Country>,
    },
    /// Tax at source in a row of its own, matched to its dividend by account, instrument and pay day.
    /// Positive: taken; negative: given back.
    Withholding {
        /// The tax.
        amount: Money,
        /// The source country when the row states it.
        country: Option<Country>,
    },
    /// Interest (art. 30a ust. 1 pkt 1–3). Negative amounts are reversals, not interest paid.
    Interest {
        /// Before tax at source.
        gross: Money,
        /// Tax at source, ≥ 0.
        withheld: Money,
    },
    /// A charge that is a cost of part C without a country (custody); negative: refunded.
    Fee {
        /// The charge.
        amount: Money,
    },
    /// The number of shares changes, their cost does not.
    Split(SplitRatio),
    /// A split of which only the shares added are told: its ratio is that of what is held just before, in all
    /// files together.
    SplitAdded {
        /// Shares, > 0.
        added: Decimal,
    },
    /// The instrument goes on under another identity; lots move over unchanged.
    Rename {
        /// The new identity.
        to: InstrumentIx,
    },
    /// Shares that leave the account without being sold: a transfer between own accounts, which is no
    /// disposal (tax-law 2.3).
    TransferOut {
        /// Shares, > 0.
        quantity: Decimal,
        /// Which arrival takes their lots over; readers leave it to the ledger, which sees all files.
        arrival: Option<TransferIx>,
    },
    /// Shares that come into the account without being bought: they keep the days and costs of the
    /// account that they left. Readers offer an `opening_lot` for the row, in case no file tells it.
    TransferIn {
        /// Shares, > 0.
        quantity: Decimal,
        /// Which departure brings their lots; after merging there always is one.
        departure: Option<TransferIx>,
    },
    /// The result of a closed derivative position, signed, fees included.
    Derivative {
        /// Positive: revenue; negative: cost.
        result: Money,
        /// The country of the market when stated.
        country: Option<Country>,
    },
    /// Virtual currency bought for legal tender, with its fee (art. 22 ust. 14).
    CryptoBuy {
        /// Price paid.
        cost: Money,
        /// Intermediary's fee.
        fee: Money,
    },
    /// Virtual currency sold for legal tender.
    CryptoSell {
        /// What was due.
        revenue: Money,
        /// Intermediary's fee, a cost.
        fee: Money,
    },
    /// Something happened to the instrument that may not be computed without a decision
    /// (an unreadable row, an unsettled corporate action): no figure of it is given. The reader has
    /// pushed a diagnostic that says why.
    Block,
}

/// One transfer whose departure and arrival are both told.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct TransferIx(pub u32);

/// A purchase or sale.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(from = "Told", into = "Told")]
pub struct Trade {
    /// Shares, > 0.
    pub quantity: Decimal,
    /// Quantity × price (× multiplier), ≥ 0, before any charge.
    pub gross: Money,
    /// The broker's commission, ≥ 0 (negative: a rebate).
    pub commission: Money,
    /// Apart, because most trades have nothing of it and a history has a million of them.
    more: Option<Box<More>>,
}

/// What few trades have.
#[derive(Clone, Debug, Default, PartialEq)]
struct More {
    charges: Vec<Money>,
    settled_on: Option<Date>,
}

impl Trade {
    /// A trade with no charge but the commission, and without a day of settlement.
    pub fn new(quantity: Decimal, gross: Money, commission: Money) -> Self {
        Self { quantity, gross, commission, more: None }
    }

    /// Further charges of the trade, each in its own currency: stamp duty, FTT, conversion fee.
    pub fn charges(&self) -> &[Money] {
        self.more.as_ref().map_or(&[], |more| &more.charges)
    }

    /// The settlement day, when the file gives it.
    pub fn settled_on(&self) -> Option<Date> {
        self.more.as_ref()?.settled_on
    }

    /// The trade with these charges as well.
    #[must_use]
    pub fn with_charges(mut self, charges: impl IntoIterator<Item = Money>) -> Self {
        for charge in charges {
            self.add_charge(charge);
        }
        self
    }

    /// The trade with the day of settlement that the file gives, if it gives one.
    #[must_use]
    pub fn settling_on(mut self, day: Option<Date>) -> Self {
        self.settle_on(day);
        self
    }

    /// Takes over the day of settlement that another file gives, if it gives one.
    pub fn settle_on(&mut self, day: Option<Date>) {
        if day.is_some() {
            self.more.get_or_insert_default().settled_on = day;
        }
    }

    /// Adds a charge that another row tells.
    pub fn add_charge(&mut self, charge: Money) {
        self.more.get_or_insert_default().charges.push(charge);
    }
}

/// A trade as it is written down.
#[derive(Deserialize, Serialize)]
struct Told {
    quantity: Decimal,
    gross: Money,
    commission: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    charges: Vec<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settled_on: Option<Date>,
}

impl From<Told> for Trade {
    fn from(told: Told) -> Self {
        Self::new(told.quantity, told.gross, told.commission)
            .with_charges(told.charges)
            .settling_on(told.settled_on)
    }
}

impl From<Trade> for Told {
    fn from(trade: Trade) -> Self {
        let Trade { quantity, gross, commission, more } = trade;
        let More { charges, settled_on } = more.map_or_else(More::default, |more| *more);
        Self { quantity, gross, commission, charges, settled_on }
    }
}

/// New shares per old shares, exact where the ratio has no finite decimal (1 for 3).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct SplitRatio {
    /// New shares, > 0.
    pub new: Decimal,
    /// For this many old shares, > 0.
    pub old: Decimal,
}

/// A position that the broker itself reports, to be compared with the lots left.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct ReportedPosition {
    /// Where it was read.
    pub source: Source,
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// As of the end of this day.
    pub day: Date,
    /// Shares held, signed.
    pub quantity: Decimal,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A million of them lie side by side: what few have belongs into [`More`].
    #[test]
    fn events_stay_small() {
        assert!(size_of::<Transaction>() <= 112, "{}", size_of::<Transaction>());
    }

    #[test]
    fn a_trade_is_written_down_and_read_again_whole() {
        let money = |amount: i64| Money::new(amount.into(), crate::money::Currency::USD);
        let plain = Trade::new(Decimal::ONE, money(10), money(1));
        let settled = plain.clone().settling_on(Some(Date::constant(2025, 3, 4)));
        for trade in [plain.clone(), settled.clone(), settled.with_charges([money(2), money(3)])] {
            let written = serde_json::to_string(&trade).unwrap();
            assert_eq!(serde_json::from_str::<Trade>(&written).unwrap(), trade, "{written}");
        }
        assert!(!serde_json::to_string(&plain).unwrap().contains("charges"));
    }
}
