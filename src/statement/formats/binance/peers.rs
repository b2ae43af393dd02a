//! The rows of the history of orders with other customers: each is a purchase or a sale for money.

use rust_decimal::Decimal;

use super::PEER_ACCOUNT;
use super::reader::earlier;
use crate::money::Money;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Deal, Notes};
use crate::statement::formats::repair::Repair;
use crate::statement::formats::trades;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{AccountIx, Code, Event, StatementBuilder};

#[derive(Debug)]
pub(super) struct Columns {
    order: Column,
    kind: Column,
    coin: Column,
    currency: Column,
    total: Column,
    price: Column,
    quantity: Column,
    fees: [Column; 2],
    status: Column,
    time: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            order: header.required(&["order number"]),
            kind: header.required(&["order type"]),
            coin: header.required(&["asset type"]),
            currency: header.required(&["fiat type"]),
            total: header.required(&["total price"]),
            price: header.required(&["price", "unit price"]),
            quantity: header.required(&["quantity"]),
            fees: [header.optional(&["maker fee"]), header.optional(&["taker fee"])],
            status: header.required(&["status", "order status"]),
            time: header.required(&["created time", "time(utc)"]),
        };
        // The broker writes `Couterparty`.
        header.ignore(&["exchange rate", "couterparty", "counterparty"]);
        columns
    }
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    minutes: i64,
    account: AccountIx,
    clock: Clock,
    notes: Notes,
}

impl Reader {
    /// `minutes`: how far the clock of the file is ahead of UTC.
    pub(super) fn new(columns: Columns, minutes: i64, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(PEER_ACCOUNT);
        Self { columns, minutes, account, clock: Clock::new(), notes: Notes::default() }
    }

    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.notes.report(builder);
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match row.text(columns.status).to_lowercase().as_str() {
            "completed" => {}
            status if status.starts_with("cancel") => return Some(Taken::Neutral),
            _ => return row.refuse(Code::UnknownRow, columns.status),
        }
        let buys = match row.text(columns.kind).to_lowercase().as_str() {
            "buy" => true,
            "sell" => false,
            _ => return row.refuse(Code::UnknownRow, columns.kind),
        };
        let order = row.required_text(columns.order);
        let stamp = coins::fixed_stamp(row, columns.time);
        let code = row.required_text(columns.coin);
        let [total, price, quantity] = [columns.total, columns.price, columns.quantity]
            .map(|column| coins::amount(row, column));
        let Some(currency) = coins::fiat(row.text(columns.currency)) else {
            return row.refuse(Code::BadCurrency, columns.currency);
        };
        let fees = columns
            .fees
            .map(|column| if row.is_empty(column) { None } else { coins::amount(row, column) });
        if row.has_errors() {
            return None;
        }
        let (order, code, stamp) = (order?, code?.to_uppercase(), earlier(stamp?, self.minutes));
        let (total, price, quantity) = (total?, price?, quantity?);
        if total.is_sign_negative() || quantity.is_sign_negative() || quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        if trades::gross(quantity, price, total, Decimal::ZERO, buys).is_none() {
            let computed = quantity.checked_mul(price)?.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, columns.total, computed);
            return None;
        }
        for fee in fees.into_iter().flatten() {
            self.notes.fee(row.source().row, &code, fee.abs());
        }
        let (total, fee) = (Money::new(total, currency), Money::zero(currency));
        let event = if buys {
            Event::CryptoBuy { cost: total, fee }
        } else {
            Event::CryptoSell { revenue: total, fee }
        };
        let key = builder.key("binance-p2p", order.as_bytes());
        let at = self.clock.utc_in_warsaw(stamp);
        Deal { row: row.source().row, code, event }.push(self.account, at, key, builder);
        Some(Taken::Used)
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = coins::quiet_instant(row, columns.time)
            .map(|stamp| self.clock.utc_in_warsaw(earlier(stamp, self.minutes)));
        let kind = match row.text(columns.kind).to_lowercase().as_str() {
            "buy" => Some("crypto_buy"),
            "sell" => Some("crypto_sell"),
            _ => None,
        };
        let cells = Repair::of(PEER_ACCOUNT, kind)
            .at(stamp, row.text(columns.time))
            .text("ticker", row.text(columns.coin))
            .numbers(row, &[("quantity", columns.quantity), ("amount", columns.total)])
            .text("currency", row.text(columns.currency))
            .text("note", row.text(columns.status))
            .cells();
        builder.repair(row.source().row, cells);
    }
}
