//! The rows of the transactions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::columns::Columns;
use crate::money::{Currency, Money};
use crate::statement::formats::bounded;
use crate::statement::formats::repair::Repair;
use crate::statement::formats::shared::{Arrival, Place};
use crate::statement::formats::trades::{self, UNDATED};
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::{self, Stamp};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Isin, StatementBuilder, Trade,
    Transaction,
};

/// The file names no account.
const ACCOUNT: &str = "Scalable Capital";

/// Gettex, Xetra and the broker's own exchange settle in Germany.
const VENUE: &str = "GETTEX";

/// Countries that take no tax at source from distributions of funds to people abroad.
const UNTAXED: [&str; 2] = ["IE", "LU"];

/// What is common to all rows that become events.
struct Line {
    at: Stamp,
    currency: Currency,
    amount: Decimal,
    fee: Decimal,
    tax: Decimal,
    key: EventKey,
}

/// A distribution, until it is known whether it pays for a redemption.
#[derive(Debug)]
struct Paid {
    reference: String,
    name: String,
    isin: Isin,
    transaction: Transaction,
}

/// Shares that came or went without a price.
#[derive(Debug)]
struct Moved {
    row: u32,
    day: Date,
    instrument: InstrumentIx,
    isin: Isin,
    shares: Decimal,
    text: String,
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    paid: Vec<Paid>,
    moved: Vec<Moved>,
    /// References of corporate actions.
    actions: BTreeSet<String>,
    /// Taxes of another country on sales, by currency.
    taxes: BTreeMap<Currency, Decimal>,
    /// Fees of the platform, by currency.
    fees: BTreeMap<Currency, Decimal>,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        builder.venue(account, VENUE);
        Self {
            columns,
            account,
            paid: Vec::new(),
            moved: Vec::new(),
            actions: BTreeSet::new(),
            taxes: BTreeMap::new(),
            fees: BTreeMap::new(),
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match row.text(columns.status).to_lowercase().as_str() {
            "executed" => {}
            "cancelled" | "canceled" | "rejected" | "expired" | "pending" => {
                return Some(Taken::Neutral);
            }
            _ => return row.refuse(Code::UnknownRow, columns.status),
        }
        match row.text(columns.kind).to_lowercase().as_str() {
            "buy" | "savings plan" => self.trade(row, true, builder),
            "sell" => self.trade(row, false, builder),
            "distribution" => self.distribution(row, builder),
            "interest" => self.interest(row, builder),
            "fee" => self.fee(row, builder),
            "taxes" => self.taxes(row, builder),
            "deposit" | "withdrawal" => Some(Taken::Neutral),
            "security transfer" => self.transfer(row, builder),
            "corporate action" => {
                self.actions.insert(row.text(columns.reference).to_owned());
                row.report_with(Code::UnsettledAction, columns.kind, row.text(columns.shares));
                None
            }
            _ => row.refuse(Code::UnknownRow, columns.kind),
        }
    }

    fn line(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Line> {
        let columns = &self.columns;
        let day = row.required_stamp(columns.date);
        let clock = row.text(columns.time);
        let time = if clock.is_empty() { Some(0) } else { when::time_of_day(clock.as_bytes()) };
        if time.is_none() {
            row.report(Code::BadDate, columns.time);
        }
        let amount = bounded::required(row, columns.amount);
        let fee = bounded::decimal(row, columns.fee).unwrap_or_default();
        let tax = bounded::decimal(row, columns.tax).unwrap_or_default();
        let currency = trades::account_currency(row, columns.currency);
        let reference = row.required_text(columns.reference);
        if row.has_errors() {
            return None;
        }
        let (stamp, amount) = (day?, amount?);
        // One reference may pay twice: a distribution and its cancellation.
        let content = format!(
            "{} {} {}",
            reference?,
            row.text(columns.kind).to_lowercase(),
            amount.normalize()
        );
        Some(Line {
            at: Stamp { day: stamp.day, millisecond: time? },
            currency: currency?,
            amount,
            fee: fee.abs(),
            tax: tax.abs(),
            key: builder.content_key("scalable", content.as_bytes()),
        })
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        buys: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let quantity = bounded::required(row, columns.shares);
        let price = bounded::required(row, columns.price);
        let line = self.line(row, builder)?;
        let instrument = self.instrument(row, builder)?;
        let (quantity, price) = (quantity?.abs(), price?.abs());
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.shares);
        }
        let tax = if buys { line.tax } else { Decimal::ZERO };
        let amount = line.amount.abs();
        let Some(gross) = trades::gross(quantity, price, amount, line.fee + tax, buys) else {
            let computed = quantity.checked_mul(price)?.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, columns.amount, computed);
            return None;
        };
        if !buys && !line.tax.is_zero() {
            *self.taxes.entry(line.currency).or_default() += line.tax;
        }
        let money = |amount| Money::new(amount, line.currency);
        let trade = Trade::new(quantity, money(gross), money(line.fee))
            .with_charges((!tax.is_zero()).then(|| money(tax)));
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        builder.push(self.transaction(row, &line, instrument, event));
        Some(Taken::Used)
    }

    fn transaction(
        &self,
        row: &Row<'_>,
        line: &Line,
        instrument: InstrumentIx,
        event: Event,
    ) -> Transaction {
        Transaction {
            source: row.source(),
            key: Some(line.key),
            account: self.account,
            instrument,
            day: line.at.day,
            millisecond: line.at.millisecond,
            event,
        }
    }

    fn distribution(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let line = self.line(row, builder)?;
        let instrument = self.instrument(row, builder)?;
        let isin = row.isin(self.columns.isin)?;
        let untaxed = isin.country().is_some_and(|country| UNTAXED.contains(&country.as_str()));
        if !untaxed || !line.tax.is_zero() {
            // Net of a tax that the file does not show, or beside one whose place it does not tell.
            return row.refuse(Code::NetIncome, self.columns.tax);
        }
        let event = Event::Dividend {
            gross: Money::new(line.amount, line.currency),
            withheld: Money::zero(line.currency),
            country: None,
        };
        let transaction = self.transaction(row, &line, instrument, event);
        let reference = row.text(self.columns.reference).to_owned();
        let name = row.text(self.columns.name).to_owned();
        self.paid.push(Paid { reference, name, isin, transaction });
        Some(Taken::Later)
    }

    fn interest(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let line = self.line(row, builder)?;
        if line.amount.is_sign_negative() {
            // Interest paid on an overdraft is neither income nor a reversal.
            return row.refuse(Code::NotPositive, self.columns.amount);
        }
        if !line.tax.is_zero() {
            return row.refuse(Code::NetIncome, self.columns.tax);
        }
        let (gross, withheld) =
            (Money::new(line.amount, line.currency), Money::zero(line.currency));
        let event = Event::Interest { gross, withheld };
        builder.push(self.transaction(row, &line, InstrumentIx::NONE, event));
        Some(Taken::Used)
    }

    /// What the platform costs is a cost by nobody's certain word.
    fn fee(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let line = self.line(row, builder)?;
        *self.fees.entry(line.currency).or_default() -= line.amount;
        Some(Taken::Neutral)
    }

    /// The tax of another country in advance on a fund that paid nothing: there is nothing to credit it against.
    fn taxes(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let line = self.line(row, builder)?;
        *self.taxes.entry(line.currency).or_default() -= line.amount;
        Some(Taken::Neutral)
    }

    fn transfer(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = row.required_stamp(columns.date);
        let shares = bounded::required(row, columns.shares);
        let instrument = self.instrument(row, builder)?;
        let isin = row.isin(columns.isin)?;
        let text = row.text(columns.kind).to_owned();
        let (row, day, shares) = (row.source().row, stamp?.day, shares?);
        self.moved.push(Moved { row, day, instrument, isin, shares, text });
        Some(Taken::Later)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let isin = row.isin(self.columns.isin);
        if isin.is_none() {
            row.present(self.columns.isin);
            return None;
        }
        Some(builder.instrument(isin, "", row.text(self.columns.name)))
    }

    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        for paid in std::mem::take(&mut self.paid) {
            if !self.actions.contains(&paid.reference) {
                builder.used();
                builder.push(paid.transaction);
                continue;
            }
            builder.unknown();
            let source = paid.transaction.source;
            let finding = Diagnostic::at(Code::UnsettledAction, source);
            builder.diagnose(finding.found("type", paid.name).detail(paid.reference.clone()));
            let at = Stamp { day: paid.transaction.day, millisecond: 0 };
            let cells = Repair::of(ACCOUNT, None)
                .at(Some(at), "")
                .text("isin", &paid.isin.to_string())
                .text("note", &paid.reference)
                .cells();
            builder.repair(source.row, cells);
        }
        self.moves(builder);
        let file = builder.source(0).file;
        for (column, sums) in [("tax", self.taxes), ("", self.fees)] {
            for (currency, sum) in sums {
                let value = Money::new(sum.normalize(), currency).to_string();
                let finding = Diagnostic::in_file(Code::ChargesLeftOut, file);
                builder.diagnose(finding.found(column, value));
            }
        }
    }

    /// Moves of one instrument that cancel out change nothing; others bring or take their lots.
    fn moves(&self, builder: &mut StatementBuilder) {
        let mut sums: BTreeMap<InstrumentIx, Decimal> = BTreeMap::new();
        for moved in &self.moved {
            *sums.entry(moved.instrument).or_default() += moved.shares;
        }
        for moved in &self.moved {
            if sums.get(&moved.instrument).is_some_and(Decimal::is_zero) {
                builder.neutral();
                continue;
            }
            builder.used();
            let (row, account, instrument) = (moved.row, self.account, moved.instrument);
            let stamp = Stamp { day: moved.day, millisecond: 0 };
            let place = Place { row, account, instrument, stamp };
            let shares = moved.shares.normalize();
            let content = format!("{} {} {shares}", moved.day, moved.isin);
            let key = builder.content_key("scalable-move", content.as_bytes());
            if shares.is_sign_negative() {
                place.left(builder, key, -shares);
                continue;
            }
            let note = moved.text.clone();
            let (account, currency) = (ACCOUNT, None);
            place.came(builder, key, &Arrival { account, quantity: shares, currency, note });
        }
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = row.quiet_stamp(columns.date);
        let kind = row.text(columns.kind).to_lowercase();
        let template = match kind.as_str() {
            "buy" | "savings plan" => Some("buy"),
            "sell" => Some("sell"),
            "distribution" => Some("dividend"),
            "interest" => Some("interest"),
            _ => None,
        };
        let mut repair = Repair::of(ACCOUNT, template)
            .at(stamp, row.text(columns.date))
            .text("isin", row.text(columns.isin))
            .text("currency", row.text(columns.currency));
        let amount = row.text(columns.amount);
        repair = if matches!(template, Some("buy" | "sell")) {
            let numbers =
                [("quantity", columns.shares), ("price", columns.price), ("fee", columns.fee)];
            repair.numbers(row, &numbers).text("note", row.text(columns.kind))
        } else {
            // The amount of income is net, and the template wants the gross one.
            repair.text("note", &format!("{} {amount}", row.text(columns.kind)))
        };
        builder.repair(row.source().row, repair.cells());
        let Ok(isin) = Isin::parse(row.text(columns.isin)) else { return };
        if matches!(kind.as_str(), "distribution" | "interest" | "fee" | "taxes") {
            return;
        }
        let instrument = builder.instrument(Some(isin), "", row.text(columns.name));
        let day = stamp.map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}
