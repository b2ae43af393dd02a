//! The rows of the transactions.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::{Currency, Money};
use crate::statement::formats::{bounded, trades};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::{self, Stamp};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Isin, StatementBuilder, Trade,
    Transaction,
};

/// Countries that take no tax at source from distributions of funds to people abroad.
const UNTAXED: [&str; 2] = ["IE", "LU"];

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    time: Column,
    status: Column,
    reference: Column,
    name: Column,
    kind: Column,
    isin: Column,
    shares: Column,
    price: Column,
    amount: Column,
    fee: Column,
    tax: Column,
    currency: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date"]),
            time: header.optional(&["time"]),
            status: header.required(&["status"]),
            reference: header.required(&["reference"]),
            name: header.optional(&["description"]),
            kind: header.required(&["type"]),
            isin: header.required(&["isin"]),
            shares: header.required(&["shares"]),
            price: header.required(&["price"]),
            amount: header.required(&["amount"]),
            fee: header.required(&["fee"]),
            tax: header.required(&["tax"]),
            currency: header.required(&["currency"]),
        };
        header.ignore(&["assettype", ""]);
        columns
    }
}

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
        Self {
            columns,
            account: builder.account("Scalable Capital"),
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
        let trade = Trade {
            quantity,
            gross: money(gross),
            commission: money(line.fee),
            charges: if tax.is_zero() { Vec::new() } else { vec![money(tax)] },
            settled_on: None,
        };
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

    fn transfer(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = row.required_stamp(columns.date);
        let shares = bounded::required(row, columns.shares);
        let instrument = self.instrument(row, builder)?;
        let text = row.text(columns.kind).to_owned();
        let (row, day, shares) = (row.source().row, stamp?.day, shares?);
        self.moved.push(Moved { row, day, instrument, shares, text });
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
            builder.diagnose(finding.found("type", paid.name).detail(paid.reference));
            let cells =
                vec![("date", paid.transaction.day.to_string()), ("isin", paid.isin.to_string())];
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

    /// Moves of one instrument that cancel out change nothing; others bring or take lots unseen.
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
            builder.unknown();
            let shares = moved.shares.normalize().to_string();
            let finding = Diagnostic::at(Code::UnsettledAction, builder.source(moved.row));
            builder.diagnose(finding.found("type", moved.text.clone()).detail(shares));
            builder.block(self.account, moved.instrument, moved.day, moved.row);
        }
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("time", columns.time),
            ("isin", columns.isin),
            ("quantity", columns.shares),
            ("price", columns.price),
            ("amount", columns.amount),
            ("currency", columns.currency),
            ("fee", columns.fee),
            ("withheld", columns.tax),
            ("note", columns.kind),
        ]);
        builder.repair(row.source().row, cells);
        let Ok(isin) = Isin::parse(row.text(columns.isin)) else { return };
        if row.text(columns.kind).eq_ignore_ascii_case("distribution") {
            return;
        }
        let instrument = builder.instrument(Some(isin), "", row.text(columns.name));
        let day = row.quiet_stamp(columns.date).map(|stamp| stamp.day);
        let day = day.unwrap_or(jiff::civil::date(1990, 1, 1));
        builder.block(self.account, instrument, day, row.source().row);
    }
}
