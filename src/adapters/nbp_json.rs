//! The body of NBP's `tables` answer, read exactly.
//!
//! Only `no`, `effectiveDate`, `code` and `mid` are required: older tables lack names, others have
//! more (nbp.md 1.4). Rates are taken from the text of the number, never through a float.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    days,
    money::Currency,
    rates::{RateTable, TableKind},
    statement::number,
};

#[derive(Deserialize)]
struct Table<'a> {
    no: &'a str,
    #[serde(rename = "effectiveDate")]
    effective_date: &'a str,
    #[serde(borrow)]
    rates: Vec<Rate<'a>>,
}

#[derive(Deserialize)]
struct Rate<'a> {
    code: &'a str,
    #[serde(borrow)]
    mid: &'a RawValue,
}

/// The answer is not what NBP publishes.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadAnswer {
    /// A page of HTML, a text, or a body cut off.
    #[error("the answer is not the JSON of NBP's tables")]
    NotJson(#[source] serde_json::Error),
    /// A table outside the window, out of order, at a weekend, or of another year than its number.
    #[error("the table {number} of {day} does not fit the window")]
    Misplaced { number: String, day: String },
    /// A rate that is not a positive decimal number, or no currency.
    #[error("the table {number} has the rate {mid} for {code}")]
    BadRate { number: String, code: String, mid: String },
}

/// Reads and checks every table of a window.
pub(super) fn read(
    kind: TableKind,
    from: Date,
    through: Date,
    body: &[u8],
) -> Result<Vec<RateTable>, BadAnswer> {
    let answer: Vec<Table<'_>> = serde_json::from_slice(body).map_err(BadAnswer::NotJson)?;
    let mut tables: Vec<RateTable> = Vec::with_capacity(answer.len());
    let mut earliest = from;
    for table in answer {
        let misplaced =
            || BadAnswer::Misplaced { number: table.no.into(), day: table.effective_date.into() };
        let published_on: Date = table.effective_date.parse().map_err(|_| misplaced())?;
        let mids = table.rates.iter().map(|rate| mid(&table, rate)).collect::<Result<_, _>>()?;
        let read = RateTable { kind, number: table.no.into(), published_on, mids };
        let in_place = (earliest..=through).contains(&published_on)
            && !days::is_weekend(published_on)
            && read.ordinal().is_some();
        if !in_place {
            return Err(misplaced());
        }
        earliest = days::after(published_on);
        tables.push(read);
    }
    Ok(tables)
}

fn mid(table: &Table<'_>, rate: &Rate<'_>) -> Result<(Currency, Decimal), BadAnswer> {
    let currency = Currency::parse(rate.code).ok();
    let mid = number::plain(rate.mid.get().as_bytes()).filter(|mid| *mid > Decimal::ZERO);
    currency.zip(mid).ok_or_else(|| BadAnswer::BadRate {
        number: table.no.into(),
        code: rate.code.into(),
        mid: rate.mid.get().into(),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::civil::date;

    use super::*;

    fn week(body: &str) -> Result<Vec<RateTable>, BadAnswer> {
        read(TableKind::A, date(2026, 9, 28), date(2026, 10, 2), body.as_bytes())
    }

    fn one(no: &str, day: &str, mid: &str) -> String {
        format!(
            r#"[{{"table":"A","no":"{no}","effectiveDate":"{day}","rates":[{{"currency":"x","code":"IDR","mid":{mid}}}]}}]"#
        )
    }

    #[test]
    fn rates_are_read_digit_by_digit() {
        let tables = week(&one("188/A/NBP/2026", "2026-09-28", "0.00030692")).unwrap();
        let rupiah = Currency::parse("IDR").unwrap();
        assert_eq!(tables[0].mids, [(rupiah, Decimal::new(30_692, 8))]);
        let tables = week(&one("188/A/NBP/2026", "2026-09-28", "0.1150")).unwrap();
        assert_eq!(tables[0].mids[0].1.to_string(), "0.1150");
    }

    #[test]
    fn what_nbp_would_not_publish_is_refused() {
        for body in [
            "<html><body>maintenance</body></html>".to_owned(),
            "404 NotFound - Not Found - Brak danych".to_owned(),
            r#"{"table":"A"}"#.to_owned(),
            one("188/A/NBP/2026", "2026-09-28", "0"),
            one("188/A/NBP/2026", "2026-09-28", "-1.5"),
            one("188/A/NBP/2026", "2026-09-28", "null"),
            one("188/A/NBP/2026", "2026-09-28", "\"4.1\""),
            one("188/A/NBP/2025", "2026-09-28", "4.1"),
            one("188/B/NBP/2026", "2026-09-28", "4.1"),
            one("188/A/NBP/2026", "2026-09-25", "4.1"),
            one("188/A/NBP/2026", "2026-10-05", "4.1"),
            one("188/A/NBP/2026", "28.09.2026", "4.1"),
            one("188/A/NBP/2026", "2026-09-28", "4.1").replace('}', ""),
        ] {
            assert!(week(&body).is_err(), "{body}");
        }
        let twice = one("188/A/NBP/2026", "2026-09-28", "4.1");
        let twice = format!("{},{}]", twice.trim_end_matches(']'), &twice[1..twice.len() - 1]);
        assert!(matches!(week(&twice), Err(BadAnswer::Misplaced { .. })), "{twice}");
        // A Saturday.
        let body = one("188/A/NBP/2026", "2026-09-26", "4.1");
        let read = read(TableKind::A, date(2026, 9, 21), date(2026, 9, 30), body.as_bytes());
        assert!(read.is_err());
    }

    #[test]
    fn bodies_as_recorded_are_read() {
        for (kind, from, through, name, tables, rates) in [
            (
                TableKind::A,
                date(2020, 12, 1),
                date(2020, 12, 7),
                "tables_A_last_5_2020-12-01..07.FULL.json",
                5,
                35,
            ),
            (
                TableKind::A,
                date(2022, 5, 13),
                date(2022, 5, 13),
                "tables_A_2022-05-13.FULL.json",
                1,
                34,
            ),
            (
                TableKind::B,
                date(2026, 9, 30),
                date(2026, 9, 30),
                "tables_B_latest_2026-09-30.TRIMMED3.json",
                1,
                3,
            ),
        ] {
            let Ok(body) = fs::read(format!("../shared/nbp/raw/{name}")) else {
                println!("{name} is not here: skipped");
                continue;
            };
            let read = read(kind, from, through, &body).unwrap();
            assert_eq!((read.len(), read[0].mids.len()), (tables, rates), "{name}");
        }
    }
}
