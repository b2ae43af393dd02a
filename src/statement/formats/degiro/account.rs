//! The rows of the cash account.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::ACCOUNT;
use super::balances::Balances;
use super::columns::{CashColumns, Priced, unit};
use super::description::Kind;
use super::mergers::{self, MergerLeg};
use super::transactions::instrument;
use crate::money::{Currency, Money};
use crate::statement::formats::bounded;
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::{self, Stamp};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Expected, ExpectedKind, InstrumentIx, Isin,
    StatementBuilder, Transaction,
};

/// The report that tells the trades which the account only mentions.
const TRANSACTIONS: &str = "Transactions.csv";

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: CashColumns,
    account: AccountIx,
    /// Charges that are not taken as costs, by currency.
    left_out: BTreeMap<Currency, Decimal>,
    mergers: Vec<MergerLeg>,
    balances: Balances,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        let columns = &self.columns;
        if row.is_empty(columns.common.date) && row.is_empty(columns.change.amount) {
            // The rest of a long description, or of an order's id.
            return Taken::Neutral;
        }
        self.note_balance(row);
        let columns = &self.columns;
        let Some(kind) = Kind::parse(row.text(columns.description)) else {
            if row.is_empty(columns.description) {
                row.report(Code::EmptyCell, columns.description);
            } else {
                row.report(Code::UnknownRow, columns.description);
            }
            return Taken::Unknown;
        };
        self.take(kind, row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        builder.repair(row.source().row, self.repair_cells(row));
        // Unknown money leaves the lots as they are; only an action may change them.
        let kind = Kind::parse(row.text(columns.description));
        if !matches!(kind, Some(Kind::Unsettled | Kind::MergerIn | Kind::MergerOut)) {
            return;
        }
        if let Some(instrument) = self.named(row, builder) {
            let day = row.quiet_stamp(columns.common.date);
            let day = day.map_or(jiff::civil::date(1990, 1, 1), |stamp| stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}

impl Reader {
    pub(super) fn new(columns: CashColumns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        let (left_out, balances) = (BTreeMap::new(), Balances::default());
        Self { columns, account, left_out, mergers: Vec::new(), balances }
    }

    /// Settles mergers and says what was left out.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.balances.compare(builder);
        mergers::settle(self.mergers, self.account, TRANSACTIONS, builder);
        for (currency, sum) in self.left_out {
            if sum.is_zero() {
                continue;
            }
            let file = builder.source(0).file;
            let value = Money::new(sum.normalize(), currency).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
    }

    /// Keeps what the row does to the balance; cells that cannot be read leave no finding here.
    fn note_balance(&mut self, row: &mut Row<'_>) {
        let columns = &self.columns;
        let money = |row: &mut Row<'_>, priced: Priced| {
            let currency =
                priced.fixed.or_else(|| Currency::parse(row.text(priced.currency)).ok())?;
            Some(Money::new(bounded::quiet(row, priced.amount)?, currency))
        };
        let day = row.quiet_stamp(columns.common.date);
        let time = when::time_of_day(row.text(columns.common.time).as_bytes());
        let (change, balance) = (money(row, columns.change), money(row, columns.balance));
        if let (Some(day), Some(change), Some(balance)) = (day, change, balance) {
            let stamp = Stamp { millisecond: time.unwrap_or_default(), ..day };
            let text = row.text(columns.description);
            self.balances.add((row.source().row, stamp), change, balance, text);
        }
    }

    fn take(
        &mut self,
        kind: Kind,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        match kind {
            Kind::Trade => self.expect_trade(row, builder),
            // The legs are in the list of transactions, without this text.
            Kind::Conversion | Kind::TradeFee | Kind::Neutral => Some(Taken::Neutral),
            Kind::Unsettled => {
                row.report_with(
                    Code::UnsettledAction,
                    self.columns.description,
                    row.text(self.columns.common.product),
                );
                None
            }
            Kind::MergerOut => self.merger(row, builder, true),
            Kind::MergerIn => self.merger(row, builder, false),
            Kind::Dividend => self.income(row, builder, kind, |change| Event::Dividend {
                gross: change,
                withheld: Money::zero(change.currency),
                country: None,
            }),
            Kind::DividendTax => self.income(row, builder, kind, |change| Event::Withholding {
                amount: Money::new(-change.amount, change.currency),
                country: None,
            }),
            Kind::InterestTax => self.cash(row, builder, kind, |change| Event::Withholding {
                amount: Money::new(-change.amount, change.currency),
                country: None,
            }),
            Kind::Interest => self.interest(row, builder),
            Kind::Custody => self.cash(row, builder, kind, |change| Event::Fee {
                amount: Money::new(-change.amount, change.currency),
            }),
            Kind::TradeTax | Kind::OtherFee => self.leave_out(row),
        }
    }

    /// The trade stands in the other file; here only its moment and instrument are used.
    fn expect_trade(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let stamp = self.columns.common.stamp(row);
        let Some(instrument) = self.named(row, builder) else {
            return row.refuse(Code::NoInstrument, self.columns.common.isin);
        };
        builder.expect(Expected {
            source: row.source(),
            account: self.account,
            instrument,
            day: stamp?.day,
            kind: ExpectedKind::Trade,
            report: TRANSACTIONS,
        });
        Some(Taken::Neutral)
    }

    /// Whether shares or money were given for the shares, only the other rows can tell.
    fn merger(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        sells: bool,
    ) -> Option<Taken> {
        let stamp = self.columns.common.stamp(row);
        let Some(instrument) = self.named(row, builder) else {
            return row.refuse(Code::NoInstrument, self.columns.common.isin);
        };
        self.mergers.push(MergerLeg {
            row: row.source().row,
            day: stamp?.day,
            sells,
            instrument,
            text: row.text(self.columns.description).to_owned(),
            cells: self.repair_cells(row),
        });
        Some(Taken::Later)
    }

    fn repair_cells(&self, row: &Row<'_>) -> Vec<(&'static str, String)> {
        let columns = &self.columns;
        row.cells(&[
            ("date", columns.value_date),
            ("isin", columns.common.isin),
            ("amount", columns.change.amount),
            ("currency", columns.change.currency),
            ("note", columns.description),
        ])
    }

    /// A row of an instrument; an unknown one cannot be matched with its tax.
    fn income(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
        event: impl Fn(Money) -> Event,
    ) -> Option<Taken> {
        let instrument = self.named(row, builder);
        if instrument.is_none() {
            row.report(Code::NoInstrument, self.columns.common.isin);
        }
        self.push(row, builder, kind, instrument, event)
    }

    fn cash(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
        event: impl Fn(Money) -> Event,
    ) -> Option<Taken> {
        self.push(row, builder, kind, Some(InstrumentIx::NONE), event)
    }

    /// Interest received is income; interest paid is no negative income and rarely a cost.
    fn interest(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let amount = row.required_decimal(self.columns.change.amount)?;
        if amount.is_zero() {
            return Some(Taken::Neutral);
        }
        if amount.is_sign_negative() {
            return self.leave_out(row);
        }
        let instrument = self.named(row, builder).unwrap_or(InstrumentIx::NONE);
        self.push(row, builder, Kind::Interest, Some(instrument), |change| Event::Interest {
            gross: change,
            withheld: Money::zero(change.currency),
        })
    }

    fn leave_out(&mut self, row: &mut Row<'_>) -> Option<Taken> {
        let amount = row.required_decimal(self.columns.change.amount);
        let quoted = unit(row, self.columns.change);
        let (amount, quoted) = (amount?, quoted?);
        *self.left_out.entry(quoted.currency).or_default() -= quoted.scale(amount);
        Some(Taken::Neutral)
    }

    /// Pushes an event of the value date: that is the day of payment; bookings come days later.
    fn push(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
        instrument: Option<InstrumentIx>,
        event: impl Fn(Money) -> Event,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let booked = columns.common.stamp(row);
        let dated =
            if row.is_empty(columns.value_date) { booked } else { row.stamp(columns.value_date) };
        let amount = row.required_decimal(columns.change.amount);
        let quoted = unit(row, columns.change);
        if row.has_errors() {
            return None;
        }
        let (booked, dated, quoted, instrument) = (booked?, dated?, quoted?, instrument?);
        let change = Money::new(quoted.scale(amount?), quoted.currency);
        let event = event(change);
        let mut content = format!("{kind:?}").into_bytes();
        for stamp in [booked.day, dated.day] {
            content.extend_from_slice(&stamp.year().to_le_bytes());
            content.extend_from_slice(&stamp.day_of_year().to_le_bytes());
        }
        content.extend_from_slice(&booked.millisecond.to_le_bytes());
        content.extend_from_slice(row.bytes(columns.common.isin));
        content.extend_from_slice(change.currency.as_str().as_bytes());
        content.extend_from_slice(&change.amount.normalize().serialize());
        let key = builder.content_key("degiro-cash", &content);
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: dated.day,
            millisecond: 0,
            event,
        });
        Some(Taken::Used)
    }

    /// The instrument by ISIN, by the ISIN that ends the description, or by its name.
    fn named(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<InstrumentIx> {
        let columns = &self.columns;
        let product = row.text(columns.common.product);
        let text = row.text(columns.description);
        let written = text.rsplit_once('(').and_then(|(_, rest)| rest.split(')').next());
        let isin = if row.is_empty(columns.common.isin) {
            written.and_then(|text| Isin::parse(text).ok())
        } else {
            Some(row.isin(columns.common.isin)?)
        };
        (isin.is_some() || !product.is_empty()).then(|| instrument(builder, isin, product))
    }
}
