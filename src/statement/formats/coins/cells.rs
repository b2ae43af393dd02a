//! Cells as the exchanges write them: tiny amounts with an exponent, moments in UTC or with an offset.

use rust_decimal::Decimal;

use super::super::bounded;
use crate::money::{Currency, Money};
use crate::statement::Code;
use crate::statement::table::{Column, Row, is_plausible};
use crate::statement::when::{self, Stamp};

/// An amount that must be there. `1E-8` is how programs write what a coin divides into; spreadsheets
/// write it with a decimal comma.
pub(in super::super) fn amount(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    scientific(row.text(column)).or_else(|| bounded::required(row, column))
}

/// As [`amount`], of a cell whose faults are told elsewhere.
pub(in super::super) fn quiet_amount(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    scientific(row.text(column)).or_else(|| bounded::quiet(row, column))
}

fn scientific(text: &str) -> Option<Decimal> {
    let (mantissa, _) = text.split_once(['E', 'e'])?;
    // One digit stands before the mark, so that a comma can only be a decimal one.
    let whole = mantissa.trim_start_matches(['-', '+']);
    let digits = whole.split(['.', ',']).next()?;
    if digits.len() > 2 {
        return None;
    }
    let value = Decimal::from_scientific(&text.replace(',', ".")).ok()?;
    Some(value.normalize())
}

/// An amount of money whose currency another cell tells: `€597.49`, `-$5`, `12.50`. A unit in the cell
/// must be that currency's.
pub(in super::super) fn money(
    row: &mut Row<'_>,
    column: Column,
    currency: Currency,
) -> Option<Money> {
    if !row.present(column) {
        return None;
    }
    if let Some(value) = scientific(row.text(column)) {
        return Some(Money::new(value, currency));
    }
    let (value, unit) = row.number(column)?;
    if unit.is_some_and(|unit| !unit.fits(currency)) {
        row.report_with(Code::BadCurrency, column, currency.to_string());
        return None;
    }
    Some(Money::new(value, currency))
}

/// A moment without an offset, of a zone that the broker's format fixes. ` UTC` at its end and a year of
/// two digits at its beginning (`24-02-19 15:32:33`) are read as well.
pub(in super::super) fn fixed_stamp(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    match bare(row.text(column)) {
        Some(stamp) if is_plausible(stamp.day) => Some(stamp),
        Some(_) => row.refuse(Code::ImplausibleDate, column),
        None => row.required_stamp(column),
    }
}

/// A moment with an offset (`2025-01-05T09:00:00+01:00`), in UTC; without one it is UTC already.
pub(in super::super) fn instant(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    match with_offset(row.text(column)) {
        Some(stamp) if is_plausible(stamp.day) => Some(stamp),
        Some(_) => row.refuse(Code::ImplausibleDate, column),
        None => fixed_stamp(row, column),
    }
}

/// As [`instant`], without a finding.
pub(in super::super) fn quiet_instant(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    let text = row.text(column);
    let stamp = with_offset(text).or_else(|| bare(text)).or_else(|| row.quiet_stamp(column))?;
    is_plausible(stamp.day).then_some(stamp)
}

fn bare(text: &str) -> Option<Stamp> {
    let bare = text.strip_suffix("UTC").unwrap_or(text).trim_end();
    match bare.as_bytes() {
        [_, _, b'-', _, _, b'-', _, _, b' ', ..] => when::iso(format!("20{bare}").as_bytes()),
        _ => when::iso(bare.as_bytes()),
    }
}

fn with_offset(text: &str) -> Option<Stamp> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    let utc = timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let since = utc.duration_since(utc.date().to_datetime(jiff::civil::Time::midnight()));
    Some(Stamp { day: utc.date(), millisecond: u32::try_from(since.as_millis()).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_read_exactly_and_nothing_else_is_taken_for_one() {
        let read = |text| scientific(text).map(|value| value.to_string());
        assert_eq!(read("1E-8").as_deref(), Some("0.00000001"));
        assert_eq!(read("-2,5E-05").as_deref(), Some("-0.000025"));
        assert_eq!(read("0E-8").as_deref(), Some("0"));
        for text in ["1.5", "1234E-2", "EUR", "E5", "1E"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
