//! One row: shares that were acquired once and sold once.

use rust_decimal::Decimal;

use super::super::shared::{Arrival, Place, dollars, one_day, required_dollars, us_day};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken, fold};
use crate::statement::{AccountIx, Code, Event, StatementBuilder, Trade};

/// The file does not tell its account.
const ACCOUNT: &str = "E*TRADE";

#[derive(Debug)]
pub(super) struct Columns {
    record: Column,
    symbol: Column,
    plan: Column,
    quantity: Column,
    acquired: Column,
    cost: Column,
    income: Column,
    sold: Column,
    proceeds: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            record: header.required(&["record type", "typ rekordu"]),
            symbol: header.required(&["symbol"]),
            plan: header.required(&["plan type", "rodzaj programu"]),
            quantity: header.required(&["qty.", "quantity", "liczba"]),
            acquired: header.required(&["date acquired", "data nabycia"]),
            cost: header.required(&["acquisition cost", "koszt zakupu"]),
            income: header.optional(&["ordinary income recognized"]),
            sold: header.required(&["date sold", "data sprzedazy"]),
            proceeds: header.required(&["total proceeds", "laczne wplywy"]),
        };
        // Some forty columns of the American tax, in the language of the user.
        for name in header.names().to_vec() {
            header.find("American tax", |found| found == name);
        }
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT) }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match fold(row.text(columns.record)).as_ref() {
            "summary" | "podsumowanie" => return Some(Taken::Neutral),
            "sell" | "sprzedaj" | "sprzedaz" => {}
            _ => return row.refuse(Code::UnknownRow, columns.record),
        }
        let symbol = row.required_text(columns.symbol);
        let plan = row.required_text(columns.plan);
        let quantity = row.required_positive(columns.quantity);
        let acquired = self.acquired(row);
        let sold = one_day(row, columns.sold);
        let cost = required_dollars(row, columns.cost);
        let proceeds = required_dollars(row, columns.proceeds);
        if row.has_errors() {
            return None;
        }
        let (symbol, plan, quantity) = (symbol?, plan?, quantity?);
        let (acquired, sold, cost, proceeds) = (acquired?, sold?, cost?, proceeds?);
        if cost.is_sign_negative() && !cost.is_zero() {
            return row.refuse(Code::NotPositive, columns.cost);
        }
        if proceeds <= Decimal::ZERO {
            return row.refuse(Code::NotPositive, columns.proceeds);
        }
        if sold.day < acquired.day {
            return row.refuse(Code::ImplausibleDate, columns.sold);
        }
        if !matches!(
            plan.to_uppercase().as_str(),
            "ESPP" | "RS" | "RSU" | "PSU" | "SO" | "BUY" | "OSPS"
        ) {
            return row.refuse(Code::UnknownRow, columns.plan);
        }
        let instrument = builder.instrument(None, symbol, "");
        let number = row.source().row;
        let place = |stamp| Place { row: number, account: self.account, instrument, stamp };
        let money = |amount| Money::new(amount, Currency::USD);
        let (shares, sum) = (quantity.normalize(), proceeds.normalize());
        let content = format!("{symbol} {plan} {} {} {shares} {sum}", acquired.day, sold.day);
        // Equal rows are equal sales: the lot and the sale of one row share their number.
        let sale = builder.content_key("etrade-sale", content.as_bytes());
        let trade = Trade::new(quantity, money(proceeds), Money::zero(Currency::USD));
        place(sold).push(builder, sale, Event::Sell(trade));
        if !cost.is_zero() {
            let lot = builder.content_key("etrade-lot", content.as_bytes());
            place(acquired).paid(builder, lot, quantity, money(cost));
            return Some(Taken::Used);
        }
        let income = dollars(row, columns.income).filter(|income| !income.is_zero());
        let income = income.map(|income| format!(", {} USD", income.normalize()));
        let note = format!("{plan} {}{}", acquired.day, income.unwrap_or_default());
        let currency = Some(Currency::USD);
        let arrival = Arrival { account: ACCOUNT, quantity, currency, note };
        place(acquired).ask_cost(builder, &arrival);
        builder.unknown();
        Some(Taken::Later)
    }

    /// The day of the purchase; that of 1969 stands for none.
    fn acquired(&self, row: &mut Row<'_>) -> Option<crate::statement::when::Stamp> {
        let text = row.text(self.columns.acquired);
        if text.starts_with("12/31/1969") || text.starts_with("1969-12-31") {
            return row.refuse(Code::EmptyCell, self.columns.acquired);
        }
        one_day(row, self.columns.acquired)
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.sold),
            ("ticker", columns.symbol),
            ("quantity", columns.quantity),
            ("amount", columns.proceeds),
            ("note", columns.plan),
        ]);
        cells.push(("type", "sell".to_owned()));
        cells.push(("currency", "USD".to_owned()));
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        let symbol = row.text(columns.symbol);
        if symbol.is_empty() {
            return;
        }
        let instrument = builder.instrument(None, symbol, "");
        let day = us_day(row.text(columns.sold));
        let day = day.or_else(|| row.quiet_stamp(columns.sold).map(|stamp| stamp.day));
        let undated = jiff::civil::date(1990, 1, 1);
        builder.block(self.account, instrument, day.unwrap_or(undated), row.source().row);
    }
}
