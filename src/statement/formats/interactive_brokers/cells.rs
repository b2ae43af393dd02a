//! Cells as Interactive Brokers writes them: numbers, stamps, currencies, the period.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    money::{Currency, Quoted},
    statement::{
        Code, Sheet,
        number::plain,
        when::{Stamp, iso, time_of_day},
    },
};

/// What a separator inside a number means in one file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NumberStyle {
    /// As the broker writes it: `.` before decimals, `,` between thousands.
    Point,
    /// As a Polish spreadsheet writes it again: `,` before decimals, blanks between thousands.
    Comma,
    /// A saved-again file that shows both, or neither clearly.
    Unclear,
}

impl NumberStyle {
    /// Decides once per file. The broker's own file has commas between fields and is never in doubt;
    /// a file with semicolons was saved by a spreadsheet, and only unmistakable numbers decide.
    pub(super) fn of(sheet: &Sheet) -> Self {
        if sheet.delimiter == b',' {
            return Self::Point;
        }
        let (mut points, mut commas) = (false, false);
        for cell in sheet.text.split(['\n', '\r', char::from(sheet.delimiter)]) {
            match telling_separator(cell.trim_matches([' ', '"'])) {
                Some(b'.') => points = true,
                Some(_) => commas = true,
                None => {}
            }
        }
        match (points, commas) {
            (true, false) => Self::Point,
            (false, true) => Self::Comma,
            _ => Self::Unclear,
        }
    }
}

/// The separator of a number with exactly one, unless three digits follow it (`1,234`).
fn telling_separator(cell: &str) -> Option<u8> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let at = digits.find(['.', ','])?;
    let (whole, rest) = digits.split_at_checked(at)?;
    let (separator, fraction) = rest.as_bytes().split_first()?;
    let all_digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    (all_digits(whole.as_bytes()) && all_digits(fraction) && fraction.len() != 3)
        .then_some(*separator)
}

/// Reads a number; grouping commas must stand before exactly three digits each.
pub(super) fn number(cell: &[u8], style: NumberStyle) -> Result<Decimal, Code> {
    if cell.is_empty() {
        return Err(Code::EmptyCell);
    }
    match style {
        NumberStyle::Point => {
            let other = || plain(&ungrouped(cell)?);
            plain(cell).or_else(other).or_else(|| scientific(cell)).ok_or(Code::BadNumber)
        }
        NumberStyle::Comma if cell.contains(&b'.') => Err(Code::AmbiguousNumber),
        NumberStyle::Comma => {
            let cell = pointed(cell);
            plain(&cell).or_else(|| scientific(&cell)).ok_or(Code::BadNumber)
        }
        NumberStyle::Unclear if cell.iter().any(|c| matches!(c, b'.' | b',')) => {
            Err(Code::AmbiguousNumber)
        }
        NumberStyle::Unclear => plain(cell).ok_or(Code::BadNumber),
    }
}

/// `2.0E-4`, as the smallest numbers are written; exact, or `None`.
fn scientific(cell: &[u8]) -> Option<Decimal> {
    let at = cell.iter().position(|c| matches!(c, b'E' | b'e'))?;
    let (digits, exponent) = cell.split_at_checked(at)?;
    let digits = plain(digits)?;
    let exponent: i64 = std::str::from_utf8(exponent.get(1..)?).ok()?.parse().ok()?;
    let scale = i64::from(digits.scale()).checked_sub(exponent)?;
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(digits.mantissa(), scale).ok();
    }
    let zeros = u32::try_from(scale.checked_neg()?).ok()?;
    let whole = digits.mantissa().checked_mul(10_i128.checked_pow(zeros)?)?;
    Decimal::try_from_i128_with_scale(whole, 0).ok()
}

/// `-1,234.56` without its commas; `None` if a comma stands where no thousands end.
fn ungrouped(cell: &[u8]) -> Option<Vec<u8>> {
    let unsigned = cell.strip_prefix(b"-").unwrap_or(cell);
    let whole = unsigned.split(|&c| c == b'.').next()?;
    let mut groups = whole.split(|&c| c == b',');
    let first = groups.next()?.len();
    let grouped = (1..=3).contains(&first)
        && groups.all(|group| group.len() == 3)
        && unsigned.get(whole.len()..).is_some_and(|fraction| !fraction.contains(&b','));
    grouped.then(|| cell.iter().copied().filter(|&c| c != b',').collect())
}

/// `1 234,56` as `1234.56`; blanks may be no-break ones.
fn pointed(cell: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(cell);
    text.chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}'))
        .map(|c| if c == ',' { '.' } else { c })
        .collect::<String>()
        .into_bytes()
}

/// Reads `2024-01-15, 10:30:00` (the broker's form) and plain ISO stamps.
pub(super) fn stamp(cell: &[u8]) -> Result<Stamp, Code> {
    if cell.is_empty() {
        return Err(Code::EmptyCell);
    }
    let read = match cell.split_at_checked(10) {
        Some((day, [b',', time @ ..])) => iso(day).and_then(|stamp| {
            Some(Stamp { millisecond: time_of_day(time.trim_ascii())?, ..stamp })
        }),
        _ => iso(cell),
    };
    plausible(read.ok_or(Code::BadDate)?)
}

fn plausible(stamp: Stamp) -> Result<Stamp, Code> {
    if (1990..2100).contains(&stamp.day.year()) { Ok(stamp) } else { Err(Code::ImplausibleDate) }
}

/// Reads a stamp of a Flex query, whose owner chose the form: `20240115;103000`,
/// `2024-01-15, 10:30:00`, `15-Jan-24 10:30:00 EST`. Days with slashes are read in no order.
pub(super) fn flex_stamp(cell: &[u8]) -> Result<Stamp, Code> {
    let text = std::str::from_utf8(cell).map_err(|_| Code::BadDate)?.trim();
    if text.is_empty() {
        return Err(Code::EmptyCell);
    }
    let (day, time) = match text.find([';', ',', ' ', 'T']) {
        Some(at) => text.split_at_checked(at).unwrap_or((text, "")),
        None => (text, ""),
    };
    let day = flex_day(day)?;
    let time = time.trim_start_matches([';', ',', ' ', 'T']);
    // The zone is Eastern time whatever its name says: the statement has the same clock.
    let time = time.split(' ').next().unwrap_or_default();
    let millisecond = match time {
        "" => 0,
        time => flex_time(time).ok_or(Code::BadDate)?,
    };
    plausible(Stamp { day, millisecond })
}

fn flex_day(text: &str) -> Result<Date, Code> {
    if text.len() == 10
        && let Some(stamp) = iso(text.as_bytes())
    {
        return Ok(stamp.day);
    }
    if text.contains('/') {
        return Err(Code::AmbiguousDate);
    }
    let form = match text.len() {
        8 if text.bytes().all(|c| c.is_ascii_digit()) => "%Y%m%d",
        9 => "%d-%b-%y",
        11 => "%d-%b-%Y",
        _ => return Err(Code::BadDate),
    };
    Date::strptime(form, text).map_err(|_| Code::BadDate)
}

/// `103000`, `10:30:00`, `1030`, `10:30`.
fn flex_time(text: &str) -> Option<u32> {
    if text.contains(':') {
        return time_of_day(text.as_bytes());
    }
    let pairs: Vec<&str> = match text.len() {
        4 | 6 => (0..text.len()).step_by(2).filter_map(|at| text.get(at..at + 2)).collect(),
        _ => return None,
    };
    time_of_day(pairs.join(":").as_bytes())
}

/// Reads a currency; `CNH` is the yuan. Sub-units do not occur in this format.
pub(super) fn currency(cell: &[u8]) -> Result<Currency, Code> {
    if cell.is_empty() {
        return Err(Code::EmptyCell);
    }
    let text = std::str::from_utf8(cell).map_err(|_| Code::BadCurrency)?;
    match Quoted::parse(text) {
        Ok(quoted) if !quoted.hundredths => Ok(quoted.currency),
        _ => Err(Code::BadCurrency),
    }
}

/// First and last day of `January 1, 2024 - December 31, 2024`, or of a single day.
pub(super) fn period(text: &str) -> Option<(Date, Date)> {
    let day = |part: &str| Date::strptime("%B %d, %Y", part.trim()).ok();
    match text.split_once(" - ") {
        Some((from, to)) => Some((day(from)?, day(to)?)),
        None => day(text).map(|only| (only, only)),
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn read(text: &str, style: NumberStyle) -> Result<Decimal, Code> {
        number(text.as_bytes(), style)
    }

    fn dec(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn commas_group_thousands_and_nothing_else() {
        assert_eq!(read("-1,234.56", NumberStyle::Point), Ok(dec("-1234.56")));
        assert_eq!(read("1,000,000", NumberStyle::Point), Ok(dec("1000000")));
        for text in ["1,00", "1,2345", ",123", "1.5,000", "1234,567", "--"] {
            assert_eq!(read(text, NumberStyle::Point), Err(Code::BadNumber), "{text}");
        }
    }

    #[test]
    fn the_smallest_numbers_have_an_exponent() {
        assert_eq!(read("2.0E-4", NumberStyle::Point), Ok(dec("0.0002")));
        let long = dec("-0.00037579399959999997");
        assert_eq!(read("-3.7579399959999997E-4", NumberStyle::Point), Ok(long));
        assert_eq!(read("1.5E7", NumberStyle::Point), Ok(dec("15000000")));
        assert_eq!(read("2,0E-4", NumberStyle::Comma), Ok(dec("0.0002")));
        for text in ["E-4", "2.0E", "2.0E-", "1E99", "1E-99", "1.5E1.5", "1E9223372036854775807"] {
            assert_eq!(read(text, NumberStyle::Point), Err(Code::BadNumber), "{text}");
        }
    }

    #[test]
    fn a_polish_spreadsheet_turns_commas_into_points() {
        assert_eq!(read("-1\u{a0}234,5", NumberStyle::Comma), Ok(dec("-1234.5")));
        assert_eq!(read("1.234", NumberStyle::Comma), Err(Code::AmbiguousNumber));
        assert_eq!(read("1,234", NumberStyle::Unclear), Err(Code::AmbiguousNumber));
    }

    #[test]
    fn only_unmistakable_numbers_decide_the_style() {
        let style = |text: &str, delimiter| {
            NumberStyle::of(&Sheet { name: String::new(), text: text.into(), delimiter })
        };
        assert_eq!(style("a,1.5\n", b','), NumberStyle::Point);
        assert_eq!(style("a;1,5;1,234\n", b';'), NumberStyle::Comma);
        assert_eq!(style("a;1.5;2024-01-15\n", b';'), NumberStyle::Point);
        assert_eq!(style("a;1,5;2.25\n", b';'), NumberStyle::Unclear);
        assert_eq!(style("a;1,234\n", b';'), NumberStyle::Unclear);
    }

    #[test]
    fn stamps_have_a_comma_between_day_and_time() {
        let day = Date::constant(2024, 1, 15);
        assert_eq!(stamp(b"2024-01-15, 10:30:00"), Ok(Stamp { day, millisecond: 37_800_000 }));
        assert_eq!(stamp(b"2024-01-15"), Ok(Stamp { day, millisecond: 0 }));
        assert_eq!(stamp(b"2024-01-15, "), Err(Code::BadDate));
        assert_eq!(stamp(b"01/15/2024"), Err(Code::BadDate));
        assert_eq!(stamp(b"0024-01-15"), Err(Code::ImplausibleDate));
    }

    #[test]
    fn a_flex_stamp_has_the_form_that_its_owner_chose() {
        let day = Date::constant(2024, 1, 15);
        for text in [
            "20240115;103000",
            "2024-01-15;10:30:00",
            "2024-01-15, 10:30:00",
            "20240115 1030",
            "15-Jan-24 10:30:00 EST",
            "2024-01-15T10:30:00",
        ] {
            let read = flex_stamp(text.as_bytes());
            assert_eq!(read, Ok(Stamp { day, millisecond: 37_800_000 }), "{text}");
        }
        assert_eq!(flex_stamp(b"20240115"), Ok(Stamp { day, millisecond: 0 }));
        assert_eq!(flex_stamp(b"01/02/2024"), Err(Code::AmbiguousDate));
        assert_eq!(flex_stamp(b"20241301"), Err(Code::BadDate));
        assert_eq!(flex_stamp(b"20240115;1"), Err(Code::BadDate));
    }

    #[test]
    fn a_period_is_a_span_or_a_day() {
        let (from, to) = period("January 1, 2024 - December 31, 2024").unwrap();
        assert_eq!((from.to_string(), to.to_string()), ("2024-01-01".into(), "2024-12-31".into()));
        assert!(period("March 5, 2024").is_some());
        assert!(period("2024").is_none());
    }
}
