//! A made-up NBP for tests: real days and numbers by rule, invented rates.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::{RateTable, TableKind, calendar};
use crate::{days, money::Currency};

/// Every table of the kind in the span, numbered as NBP numbers them.
pub(crate) fn published(kind: TableKind, from: Date, through: Date) -> Vec<RateTable> {
    let mut tables = Vec::new();
    let mut day = from.first_of_year();
    let mut ordinal = 0;
    while day <= through {
        if day.day_of_year() == 1 {
            ordinal = 0;
        }
        if calendar::is_published(kind, day) {
            ordinal += 1;
            if day >= from {
                tables.push(table(kind, day, ordinal));
            }
        }
        day = days::after(day);
    }
    tables
}

fn table(kind: TableKind, day: Date, ordinal: u16) -> RateTable {
    let ruble_in_a = day <= date(2022, 3, 8);
    let codes: &[&str] = match (kind, ruble_in_a) {
        (TableKind::A, true) => &["USD", "EUR", "GBP", "JPY", "RUB"],
        (TableKind::A, false) => &["USD", "EUR", "GBP", "JPY"],
        (TableKind::B, true) => &["AFN", "AED"],
        (TableKind::B, false) => &["AFN", "AED", "RUB"],
    };
    let mid = Decimal::new(30_000 + i64::from(days::day_number(day) % 1000), 4);
    let mids = codes.iter().map(|code| (Currency::parse(code).unwrap(), mid)).collect();
    let number = format!("{ordinal:03}/{}/NBP/{}", kind.letter(), day.year());
    RateTable { kind, number, published_on: day, mids }
}
