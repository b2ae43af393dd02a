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
    let text = row.text(column);
    let bare = text.strip_suffix("UTC").unwrap_or(text).trim_end();
    let read = match bare.as_bytes() {
        [_, _, b'-', _, _, b'-', _, _, b' ', ..] => when::iso(format!("20{bare}").as_bytes()),
        _ => when::iso(bare.as_bytes()),
    };
    match read {
        Some(stamp) if is_plausible(stamp.day) => Some(stamp),
        Some(_) => row.refuse(Code::ImplausibleDate, column),
        None => row.required_stamp(column),
    }
}

/// A moment with an offset (`2025-01-05T09:00:00+01:00`), in UTC.
pub(in super::super) fn instant(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    let Ok(timestamp) = row.text(column).parse::<jiff::Timestamp>() else {
        return fixed_stamp(row, column);
    };
    let utc = timestamp.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    let since = utc.duration_since(utc.date().to_datetime(jiff::civil::Time::midnight()));
    let millisecond = u32::try_from(since.as_millis()).ok()?;
    if is_plausible(utc.date()) {
        return Some(Stamp { day: utc.date(), millisecond });
    }
    row.refuse(Code::ImplausibleDate, column)
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
