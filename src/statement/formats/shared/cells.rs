//! Cells of American brokers: dollars and days.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::bounded;
use super::words::{month_day, without_none};
use crate::money::Currency;
use crate::statement::table::{Column, Row};
use crate::statement::when::{self, Stamp};
use crate::statement::{Code, number};

/// An amount in dollars, with or without the sign of it; `None` for an empty cell or a lone dash.
pub(in crate::statement::formats) fn dollars(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    if without_none(row.text(column)).is_empty() {
        return None;
    }
    let (amount, unit) = row.number(column)?;
    if unit.is_some_and(|unit| !unit.fits(Currency::USD)) {
        return row.refuse(Code::BadCurrency, column);
    }
    bounded::is_sane(amount).then_some(amount).or_else(|| row.refuse(Code::BadNumber, column))
}

/// As [`dollars`], of a cell that must be filled.
pub(in crate::statement::formats) fn required_dollars(
    row: &mut Row<'_>,
    column: Column,
) -> Option<Decimal> {
    if without_none(row.text(column)).is_empty() {
        return row.refuse(Code::EmptyCell, column);
    }
    dollars(row, column)
}

/// A booking day and, where the cell has one, the day as of which it holds:
/// `08/15/2023 as of 08/14/2023`. Other forms of days are read as the table reads them.
pub(in crate::statement::formats) fn booked_day(
    row: &mut Row<'_>,
    column: Column,
) -> Option<(Stamp, Stamp)> {
    let text = row.text(column);
    if let Some((booked, held)) = text.split_once(" as of ") {
        return match (us_day(booked), us_day(held)) {
            (Some(booked), Some(held)) => Some((at(booked), at(held))),
            _ => row.refuse(Code::BadDate, column),
        };
    }
    if let Some(day) = us_day(text) {
        return Some((at(day), at(day)));
    }
    if let Some(stamp) = month_day(text).and_then(|iso| when::iso(iso.as_bytes())) {
        return Some((stamp, stamp));
    }
    let stamp = row.required_stamp(column)?;
    Some((stamp, stamp))
}

/// As [`booked_day`]: the day, of a cell that has but one.
pub(in crate::statement::formats) fn one_day(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    booked_day(row, column).map(|(booked, _)| booked)
}

/// `08/14/2023`: month first, as Americans write it.
pub(in crate::statement::formats) fn us_day(text: &str) -> Option<Date> {
    day(text, '/').filter(|day| crate::statement::table::is_plausible(*day))
}

/// `09-13-24` or `09-13-2024` in the text of a transaction.
pub(in crate::statement::formats) fn dashed_day(text: &str) -> Option<Date> {
    day(text, '-').filter(|day| crate::statement::table::is_plausible(*day))
}

fn day(text: &str, mark: char) -> Option<Date> {
    let mut parts = text.trim().split(mark);
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let read = |part: &str| i16::try_from(number::plain(part.as_bytes())?).ok();
    let century = if year.len() == 2 { 2000 } else { 0 };
    let year = read(year)? + century;
    Date::new(year, i8::try_from(read(month)?).ok()?, i8::try_from(read(day)?).ok()?).ok()
}

fn at(day: Date) -> Stamp {
    Stamp { day, millisecond: 0 }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn american_days_are_month_first() {
        assert_eq!(us_day("08/14/2023"), Some(date(2023, 8, 14)));
        assert_eq!(dashed_day("09-13-24"), Some(date(2024, 9, 13)));
        assert_eq!(us_day("14/08/2023"), None);
        assert_eq!(us_day("12/31/1969"), None);
        assert_eq!(us_day("2023-08-14"), None);
    }
}
