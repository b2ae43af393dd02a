//! The history of a brokerage account, row by row.

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Arrival, Place, booked_day, dollars, required_dollars};
use super::actions::Action;
use super::splits::{Kind, Splits, Waiting};
use crate::money::{Country, Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, FileId, InstrumentIx, StatementBuilder, Trade,
};

/// The file does not tell its account.
const ACCOUNT: &str = "Schwab";

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    action: Column,
    symbol: Column,
    name: Column,
    quantity: Column,
    price: Column,
    fees: Column,
    amount: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date"]),
            action: header.required(&["action"]),
            symbol: header.required(&["symbol"]),
            name: header.optional(&["description"]),
            quantity: header.required(&["quantity"]),
            price: header.required(&["price"]),
            fees: header.required(&["fees & comm", "fees & commissions"]),
            amount: header.required(&["amount"]),
        };
        header.ignore(&["", "acctgrulecd", "itemissueid", "sortorder"]);
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    /// Sum of all amounts, to compare with the last row.
    sum: Decimal,
    charges: Decimal,
    splits: Splits,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        let splits = Splits::new(account);
        Self { columns, account, sum: Decimal::ZERO, charges: Decimal::ZERO, splits }
    }

    /// Settles splits, and tells what was left out.
    pub(super) fn finish(self, file: FileId, builder: &mut StatementBuilder) {
        self.splits.finish(builder);
        if !self.charges.is_zero() {
            let value = Money::new(self.charges.normalize(), Currency::USD).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let text = row.text(self.columns.action);
        // Older files have the words of the total in the first column.
        let text = if text.is_empty() { row.text(self.columns.date) } else { text };
        let amount = dollars(row, self.columns.amount);
        let action = Action::parse(text);
        if action == Some(Action::Total) {
            return Some(self.total(row, amount));
        }
        // The broker's total counts rows that are not understood here as well.
        self.sum += amount.unwrap_or_default();
        let Some(action) = action else {
            return row.refuse(Code::UnknownRow, self.columns.action);
        };
        match action {
            Action::Buy | Action::Sell => self.trade(row, builder, action == Action::Buy),
            Action::Dividend | Action::Tax { .. } | Action::Interest => {
                self.income(row, builder, action)
            }
            Action::Charge => {
                self.charges -= required_dollars(row, self.columns.amount)?;
                Some(Taken::Neutral)
            }
            Action::Move if row.is_empty(self.columns.quantity) => Some(Taken::Neutral),
            Action::Move => self.transfer(row, builder),
            Action::Neutral | Action::Total => Some(Taken::Neutral),
            Action::Fraction => self.wait(row, builder, "fraction", Kind::Fraction),
            Action::Split => self.wait(row, builder, "split", Kind::Forward),
            Action::ReverseSplit => self.wait(row, builder, "reverse", Kind::Reverse),
            Action::Unsettled => {
                let name = row.text(self.columns.name);
                row.report_with(Code::UnsettledAction, self.columns.action, name);
                None
            }
        }
    }

    /// A row of a split is settled when all rows are known.
    fn wait(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        name: &str,
        kind: fn(Decimal) -> Kind,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let symbol = row.required_text(columns.symbol);
        let days = booked_day(row, columns.date);
        let figure = match name {
            "fraction" => required_dollars(row, columns.amount),
            _ => bounded::required(row, columns.quantity),
        };
        let (symbol, days, figure) = (symbol?, days?, figure?);
        let key = self.key(row, builder, name, days.0, figure);
        self.splits.add(Waiting {
            row: row.source().row,
            kind: kind(figure),
            action: row.text(columns.action).to_owned(),
            symbol: symbol.to_owned(),
            name: row.text(columns.name).to_owned(),
            days,
            key,
            cells: self.cells(row),
        });
        Some(Taken::Later)
    }

    /// What the template shows of a row.
    fn cells(&self, row: &Row<'_>) -> Vec<(&'static str, String)> {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.action),
            ("ticker", columns.symbol),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("amount", columns.amount),
            ("fee", columns.fees),
            ("note", columns.name),
        ]);
        cells.push(("currency", "USD".to_owned()));
        cells.push(("account", ACCOUNT.to_owned()));
        cells
    }

    /// The broker's sum of all amounts; a difference is told.
    fn total(&self, row: &mut Row<'_>, told: Option<Decimal>) -> Taken {
        if let Some(told) = told.filter(|told| *told != self.sum) {
            let finding = Diagnostic::at(Code::TotalDiffers, row.source())
                .found("Transactions Total", told.normalize().to_string())
                .detail(self.sum.normalize().to_string());
            row.diagnose(finding);
        }
        Taken::Neutral
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        buys: bool,
    ) -> Option<Taken> {
        let columns = &self.columns;
        // An option is written as `ACME 01/19/2024 150.00 C`.
        if row.text(columns.symbol).contains(' ') {
            return row.refuse(Code::UnsettledAction, columns.symbol);
        }
        let instrument = self.instrument(row, builder);
        let days = booked_day(row, columns.date);
        let quantity = bounded::required(row, columns.quantity);
        let price = required_dollars(row, columns.price);
        let fees = dollars(row, columns.fees).unwrap_or_default();
        let amount = required_dollars(row, columns.amount);
        if row.has_errors() {
            return None;
        }
        let (instrument, (_, stamp)) = (instrument?, days?);
        let (quantity, price, amount) = (quantity?.abs(), price?, amount?);
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        if amount.is_sign_positive() == buys && !amount.is_zero() {
            return row.refuse(Code::AmountMismatch, columns.amount);
        }
        let gross = if buys { -amount - fees } else { amount + fees };
        let Some(product) = quantity.checked_mul(price) else {
            return row.refuse(Code::BadNumber, columns.price);
        };
        // Half a unit of the last place of the price, times the quantity, and half a cent.
        let place = Decimal::new(5, price.scale().clamp(2, 8) + 1);
        if (gross - product).abs() > quantity.checked_mul(place)? + Decimal::new(1, 2) {
            row.report_with(Code::AmountMismatch, columns.amount, product.round_dp(2).to_string());
            return None;
        }
        let trade =
            Trade::new(quantity, Money::new(gross, Currency::USD), Money::new(fees, Currency::USD));
        self.splits.traded(row.text(self.columns.symbol), stamp.day);
        let key = self.key(row, builder, if buys { "buy" } else { "sell" }, stamp, amount);
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        self.place(row, instrument, stamp).push(builder, key, event);
        Some(Taken::Used)
    }

    fn income(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        action: Action,
    ) -> Option<Taken> {
        let days = booked_day(row, self.columns.date);
        let amount = required_dollars(row, self.columns.amount);
        // Tax on the account's interest names no instrument either.
        let bare = matches!(action, Action::Tax { .. }) && row.is_empty(self.columns.symbol);
        let instrument = if bare || action == Action::Interest {
            InstrumentIx::NONE
        } else {
            self.instrument(row, builder)?
        };
        // Income is that of the day on which it was credited.
        let ((stamp, _), amount) = (days?, amount?);
        if action == Action::Interest && amount.is_sign_negative() {
            // Interest paid takes nothing off interest received (art. 30a ust. 6 PIT).
            self.charges -= amount;
            return Some(Taken::Neutral);
        }
        let money = Money::new(amount, Currency::USD);
        let none = Money::zero(Currency::USD);
        let (name, event) = if let Action::Tax { american } = action {
            let amount = Money::new(-amount, Currency::USD);
            let country = american.then(|| Country::parse("US").ok()).flatten();
            ("tax", Event::Withholding { amount, country })
        } else if action == Action::Interest {
            ("interest", Event::Interest { gross: money, withheld: none })
        } else {
            ("dividend", Event::Dividend { gross: money, withheld: none, country: None })
        };
        let key = self.key(row, builder, name, stamp, amount);
        self.place(row, instrument, stamp).push(builder, key, event);
        Some(Taken::Used)
    }

    /// Shares from a plan or another account come with their lots, or wait for their cost.
    fn transfer(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let instrument = self.instrument(row, builder);
        let days = booked_day(row, self.columns.date);
        let quantity = bounded::required(row, self.columns.quantity);
        let (instrument, (_, stamp), quantity) = (instrument?, days?, quantity?);
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, self.columns.quantity);
        }
        self.splits.traded(row.text(self.columns.symbol), stamp.day);
        let key = self.key(row, builder, "move", stamp, Decimal::ZERO);
        let place = self.place(row, instrument, stamp);
        if quantity.is_sign_negative() {
            place.left(builder, key, -quantity);
        } else {
            let note = format!("{} {}", row.text(self.columns.action), row.text(self.columns.name));
            let currency = Some(Currency::USD);
            place.came(builder, key, &Arrival { account: ACCOUNT, quantity, currency, note });
        }
        Some(Taken::Used)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let symbol = row.required_text(self.columns.symbol)?;
        Some(builder.instrument(None, symbol, row.text(self.columns.name)))
    }

    fn place(&self, row: &Row<'_>, instrument: InstrumentIx, stamp: Stamp) -> Place {
        Place { row: row.source().row, account: self.account, instrument, stamp }
    }

    fn key(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: &str,
        stamp: Stamp,
        amount: Decimal,
    ) -> EventKey {
        let quantity = bounded::quiet(row, self.columns.quantity).unwrap_or_default();
        let symbol = row.text(self.columns.symbol);
        let (quantity, amount) = (quantity.normalize(), amount.normalize());
        let content = format!("{} {kind} {symbol} {quantity} {amount}", stamp.day);
        builder.content_key("schwab", content.as_bytes())
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        builder.repair(row.source().row, self.cells(row));
        let known = Action::parse(row.text(columns.action));
        let symbol = row.text(columns.symbol);
        if symbol.is_empty() || known.is_some_and(|action| !action.changes_lots()) {
            return;
        }
        let instrument = builder.instrument(None, symbol, row.text(columns.name));
        let undated = jiff::civil::date(1990, 1, 1);
        let text = row.text(columns.date);
        let day = text.rsplit(" as of ").next().and_then(super::super::shared::us_day);
        let day = day.or_else(|| row.quiet_stamp(columns.date).map(|stamp| stamp.day));
        builder.block(self.account, instrument, day.unwrap_or(undated), row.source().row);
    }
}
