//! The result: typed figures with their working, for every year in the files.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Basis, YearAssessment};
use crate::{
    money::{Country, Money, Pln},
    rates::RateIx,
    statement::{AccountIx, Diagnostic, InstrumentIx, Source},
};

/// Whether figures may be taken over.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every row was read and every lot found.
    #[default]
    Complete,
    /// Something is missing; the diagnostics say what to send.
    Incomplete,
}

impl Status {
    /// Complete unless something is missing.
    pub(super) fn complete_unless(missing: bool) -> Self {
        if missing { Self::Incomplete } else { Self::Complete }
    }
}

/// Part of a lot used by one disposal.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct LotMatch {
    /// Trade day of the purchase.
    pub acquired_on: Date,
    /// The day that fixed the purchase rate under the chosen basis.
    pub rate_day: Date,
    /// Shares taken from the lot (in units of the day of the disposal, that is after splits).
    pub quantity: Decimal,
    /// Their cost in złoty, purchase charges included.
    pub cost: Pln,
    /// The rate of the purchase price.
    pub rate: RateIx,
    /// Where the purchase was read.
    pub source: Source,
}

/// Neighbours among the lots of all disposals, which lie in one piece: a history may have a million of them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct LotRun {
    first: u32,
    count: u32,
}

impl LotRun {
    /// Adds the lots of one disposal behind all others.
    pub(crate) fn push(all: &mut Vec<LotMatch>, lots: impl IntoIterator<Item = LotMatch>) -> Self {
        let first = all.len();
        all.extend(lots);
        let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { first: whole(first), count: whole(all.len() - first) }
    }

    /// The same neighbours, once so many others lie before them.
    pub(super) fn after(self, others: usize) -> Self {
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        Self { first: self.first.saturating_add(others), ..self }
    }

    /// These lots among all of them.
    pub(super) fn of(self, all: &[LotMatch]) -> &[LotMatch] {
        let (first, count) = (usize::try_from(self.first), usize::try_from(self.count));
        first
            .ok()
            .zip(count.ok())
            .and_then(|(first, count)| all.get(first..)?.get(..count))
            .unwrap_or_default()
    }
}

/// A sale with its matched lots.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Disposal {
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Trade day.
    pub traded_on: Date,
    /// Settlement day, given or derived.
    pub settled_on: Date,
    /// Whether the settlement day was derived.
    pub settlement_derived: bool,
    /// The tax year under the chosen basis.
    pub year: i16,
    /// Shares sold.
    pub quantity: Decimal,
    /// The gross price as the broker states it.
    pub gross: Money,
    /// Revenue in złoty: the gross amount due (art. 17 ust. 1 pkt 6 lit. a).
    pub revenue: Pln,
    /// Cost in złoty: matched lots and the charges of the sale.
    pub cost: Pln,
    /// The part of `cost` that is charges of the sale.
    pub sale_charges: Pln,
    /// The rate of the sale price.
    pub rate: RateIx,
    /// The lots, oldest first: [`Assessment::lots_of`].
    pub lots: LotRun,
    /// Whether this is the purchase that closes short sales: its price is a cost, and its revenue is what the
    /// openings brought.
    pub is_short: bool,
    /// Where the sale was read.
    pub source: Source,
}

impl Disposal {
    /// Revenue less cost; negative for a loss.
    pub fn gain(&self) -> Pln {
        self.revenue - self.cost
    }
}

/// A dividend with its tax (art. 30a ust. 1 pkt 4–5).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct DividendResult {
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Pay day.
    pub paid_on: Date,
    /// The tax year.
    pub year: i16,
    /// The source country, as far as known.
    pub country: Option<Country>,
    /// Gross, as paid.
    pub gross: Money,
    /// Gross in złoty.
    pub gross_pln: Pln,
    /// Tax at source, as withheld.
    pub withheld: Money,
    /// Tax at source in złoty.
    pub withheld_pln: Pln,
    /// The treaty rate, if one is known for the country.
    pub treaty_rate: Option<Decimal>,
    /// The credit under the chosen cap.
    pub credit: Pln,
    /// The credit if only the 19 % cap applied.
    pub credit_nineteen: Pln,
    /// The rate of the gross amount.
    pub rate: RateIx,
    /// Where the dividend was read.
    pub source: Source,
}

/// Interest with its tax (art. 30a ust. 1 pkt 1–3).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct InterestResult {
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument, [`InstrumentIx::NONE`] for cash.
    pub instrument: InstrumentIx,
    /// Pay day.
    pub paid_on: Date,
    /// The tax year.
    pub year: i16,
    /// Gross, as paid.
    pub gross: Money,
    /// Gross in złoty.
    pub gross_pln: Pln,
    /// Tax at source in złoty.
    pub withheld_pln: Pln,
    /// The credit.
    pub credit: Pln,
    /// The rate.
    pub rate: RateIx,
    /// Where it was read.
    pub source: Source,
}

/// An account fee as a cost of part C.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct FeeResult {
    /// On which account.
    pub account: AccountIx,
    /// Day charged.
    pub charged_on: Date,
    /// The tax year.
    pub year: i16,
    /// As charged; negative for a refund.
    pub amount: Money,
    /// In złoty.
    pub amount_pln: Pln,
    /// The rate.
    pub rate: RateIx,
    /// Where it was read.
    pub source: Source,
}

/// The result of a closed derivative.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct DerivativeResult {
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Day closed.
    pub closed_on: Date,
    /// The tax year.
    pub year: i16,
    /// The result, signed.
    pub result: Money,
    /// In złoty, signed: positive is revenue, negative is cost.
    pub result_pln: Pln,
    /// The country of the market, as far as known.
    pub country: Option<Country>,
    /// The rate.
    pub rate: RateIx,
    /// Where it was read.
    pub source: Source,
}

/// A purchase or sale of virtual currency.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct CryptoEvent {
    /// On which account.
    pub account: AccountIx,
    /// Of which coin.
    pub instrument: InstrumentIx,
    /// The day.
    pub on: Date,
    /// The tax year.
    pub year: i16,
    /// Revenue in złoty; zero for a purchase.
    pub revenue: Pln,
    /// Cost in złoty: price paid, or the fee of a sale.
    pub cost: Pln,
    /// The rate.
    pub rate: RateIx,
    /// Where it was read.
    pub source: Source,
}

/// Shares still held.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct OpenLot {
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Trade day of the purchase.
    pub acquired_on: Date,
    /// Shares left.
    pub quantity: Decimal,
    /// Their cost in złoty; `None` while the rate of the purchase is not published yet.
    pub cost: Option<Pln>,
    /// The rate of the purchase price.
    pub rate: RateIx,
    /// Where the purchase was read.
    pub source: Source,
}

/// An instrument of which no figure is given.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct BlockedInstrument {
    /// On which account.
    pub account: AccountIx,
    /// Which.
    pub instrument: InstrumentIx,
    /// Shares missing for an oversell; `None` if rows could not be read or decided.
    pub missing: Option<Decimal>,
    /// The first row that shows the problem.
    pub source: Source,
}

/// A trade whose tax year depends on the basis.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct MovedYear {
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// Trade day.
    pub traded_on: Date,
    /// Settlement day.
    pub settled_on: Date,
    /// Where the sale was read.
    pub source: Source,
}

/// Everything computed.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Assessment {
    /// The basis that was used.
    pub basis: Basis,
    /// The year answered for, if any year has activity.
    pub chosen_year: Option<i16>,
    /// Complete only if every year is and nothing is to correct. Whether the figures of the year answered for may be
    /// taken over, [`Assessment::answered`] tells.
    pub status: Status,
    /// All years with activity, ascending.
    pub years: Vec<YearAssessment>,
    /// All disposals, in the order of the ledger.
    pub disposals: Vec<Disposal>,
    /// Their lots, in the same order.
    pub lots: Vec<LotMatch>,
    /// All dividends, by pay day.
    pub dividends: Vec<DividendResult>,
    /// All interest, by pay day.
    pub interest: Vec<InterestResult>,
    /// All account fees.
    pub fees: Vec<FeeResult>,
    /// All derivative results.
    pub derivatives: Vec<DerivativeResult>,
    /// All crypto events.
    pub crypto: Vec<CryptoEvent>,
    /// Lots left at the end.
    pub open_lots: Vec<OpenLot>,
    /// Sales whose year depends on the basis.
    pub moved_years: Vec<MovedYear>,
    /// Instruments without figures.
    pub blocked: Vec<BlockedInstrument>,
    /// Rows of events outside the period of Polish residence, which are not taxed here.
    #[serde(default)]
    pub outside: Vec<Source>,
    /// Findings of the calculation; those of reading are in the ledger.
    pub diagnostics: Vec<Diagnostic>,
}

impl Assessment {
    /// The lots of a disposal, oldest first.
    pub fn lots_of(&self, disposal: &Disposal) -> &[LotMatch] {
        disposal.lots.of(&self.lots)
    }

    /// The year answered for.
    pub fn chosen(&self) -> Option<&YearAssessment> {
        self.years.iter().find(|year| Some(year.year) == self.chosen_year)
    }

    /// Whether the figures of the year answered for may be taken over.
    pub fn answered(&self) -> Status {
        self.chosen().map_or(self.status, |year| year.status)
    }
}
