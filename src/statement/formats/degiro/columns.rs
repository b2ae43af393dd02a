//! The columns of both reports, found by name and, where they have none, by their neighbour.

use super::names;
use crate::money::{Currency, Quoted};
use crate::statement::Code;
use crate::statement::table::{Column, Header, Row};
use crate::statement::when::{self, Stamp};

/// An amount: its column, and the unnamed column or the header that tells the currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Priced {
    pub amount: Column,
    pub currency: Column,
    /// The currency in the name of the column, as since 2025: `Total EUR`.
    pub fixed: Option<Currency>,
}

/// Columns that both reports have.
#[derive(Debug)]
pub(super) struct Common {
    pub date: Column,
    pub time: Column,
    pub product: Column,
    pub isin: Column,
}

impl Common {
    pub(super) fn claim(header: &mut Header) -> Self {
        Self {
            date: header.required(&names::DATE),
            time: header.optional(&names::TIME),
            product: header.required(&names::PRODUCT),
            isin: header.required(&names::ISIN),
        }
    }

    /// Day and time; the time has a column of its own.
    pub(super) fn stamp(&self, row: &mut Row<'_>) -> Option<Stamp> {
        let stamp = row.required_stamp(self.date)?;
        let time = row.text(self.time);
        if time.is_empty() {
            return Some(stamp);
        }
        // A workbook writes a time as that of day zero.
        let last = || when::time_of_day(time.rsplit([' ', 'T']).next()?.as_bytes());
        match when::time_of_day(time.as_bytes()).or_else(last) {
            Some(millisecond) => Some(Stamp { millisecond, ..stamp }),
            None => row.refuse(Code::BadDate, self.time),
        }
    }
}

/// The columns of the list of transactions.
#[derive(Debug)]
pub(super) struct TradeColumns {
    pub common: Common,
    pub exchange: Column,
    pub venue: Column,
    pub quantity: Column,
    pub price: Priced,
    pub local: Priced,
    pub value: Priced,
    pub auto_fx: Column,
    pub fee: Priced,
    pub total: Priced,
    pub order: Column,
    /// Since 2025 the order's id often stands in a last column without a name.
    pub order_beyond: Column,
}

impl TradeColumns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let common = Common::claim(header);
        let quantity = header.required(&names::QUANTITY);
        let price = header.required(&names::PRICE);
        let rate = names::beginning(header, "exchange rate", &names::RATE);
        let local = names::beginning(header, "local value", &names::LOCAL_VALUE);
        let value = names::amount(header, &names::VALUE);
        let auto_fx = header.find("autofx fee", |found| found.contains("autofx"));
        let total = names::amount(header, &names::TOTAL);
        let venue = venue(header);
        let exchange = names::beginning(header, "reference exchange", &names::EXCHANGE);
        // In Portuguese the venue is called exchange as well.
        header.ignore(&["bolsa"]);
        let fee = names::beginning(header, "fee", &names::FEE);
        let order = header.optional(&names::ORDER);
        // Until 2020 the currency stood before its amount, after that behind it.
        let before = unnamed_right(header, quantity).is_present();
        let mut unit = |behind: Column, ahead: Column| {
            unnamed_right(header, if before { behind } else { ahead })
        };
        let columns = Self {
            price: Priced { amount: price, currency: unit(quantity, price), fixed: None },
            local: Priced { amount: local, currency: unit(price, local), fixed: None },
            value: Priced { amount: value.0, currency: unit(local, value.0), fixed: value.1 },
            fee: Priced { amount: fee, currency: unit(rate, fee), fixed: None },
            total: Priced { amount: total.0, currency: unit(fee, total.0), fixed: total.1 },
            common,
            exchange,
            venue,
            quantity,
            auto_fx,
            order,
            order_beyond: unnamed_right(header, order),
        };
        // Old exports leave a further column without name or use.
        while header.optional(&[""]).is_present() {}
        columns
    }
}

fn venue(header: &mut Header) -> Column {
    let portuguese = |found: &str| found.starts_with(names::VENUE_PORTUGUESE);
    header.find("venue", |found| names::begins(found, &names::VENUE) || portuguese(found))
}

/// The columns of the cash account.
#[derive(Debug)]
pub(super) struct CashColumns {
    pub common: Common,
    pub value_date: Column,
    pub description: Column,
    pub change: Priced,
    pub balance: Priced,
}

impl CashColumns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let common = Common::claim(header);
        let mut value_date = header.optional(&names::VALUE_DATE);
        if !value_date.is_present() {
            // Cut off (`Date de`), or called like the day of booking.
            let second = |found: &str| names::begins(found, &names::DATE);
            value_date = header.find("value date", second);
        }
        let czech = |found: &str| found == names::DESCRIPTION_CZECH;
        let mut description = header.optional(&names::DESCRIPTION);
        if !description.is_present() {
            description = header.find("description", czech);
        }
        let change = change(header, description);
        let currency = header.optional(&names::BALANCE);
        let amount = unnamed_right(header, currency);
        let balance = Priced { amount, currency, fixed: None };
        header.ignore(&names::ORDER);
        header.ignore(&["fx", "kurs", "tipo", "t.", "taux", "cambio", ""]);
        Self { common, value_date, description, change, balance }
    }
}

/// The currency stands in the named column and the amount beside it; an early layout names the amount.
fn change(header: &mut Header, description: Column) -> Priced {
    let currency = header.optional(&names::CHANGE);
    if currency.is_present() {
        let amount = unnamed_right(header, currency);
        return Priced { amount, currency, fixed: None };
    }
    let amount = header.required(&names::AMOUNT);
    let places = amount.index().zip(description.index()).map(|(at, from)| at.saturating_sub(from));
    let places = places.unwrap_or_default().saturating_sub(1);
    let currency = header.right_of(description, places, "currency");
    Priced { amount, currency, fixed: None }
}

/// The column to the right, if it has no name.
fn unnamed_right(header: &mut Header, column: Column) -> Column {
    let next = column.index().and_then(|at| header.names().get(at + 1));
    if next.is_some_and(String::is_empty) {
        header.right_of(column, 1, "currency")
    } else {
        Column::absent("currency")
    }
}

/// A currency; the broker cuts two codes off.
pub(super) fn unit(row: &mut Row<'_>, priced: Priced) -> Option<Quoted> {
    if let Some(currency) = priced.fixed {
        return Some(Quoted { currency, hundredths: false });
    }
    let text = match row.text(priced.currency) {
        "NO" => "NOK",
        "SG" => "SGD",
        other => other,
    };
    match Quoted::parse(text) {
        Ok(quoted) => Some(quoted),
        Err(_) if text.is_empty() => row.refuse(Code::EmptyCell, priced.currency),
        Err(_) => row.refuse(Code::BadCurrency, priced.currency),
    }
}
