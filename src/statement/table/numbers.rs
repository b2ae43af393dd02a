//! Numbers as people and spreadsheets write them, read by the style of their column.
//!
//! `1,234` is a thousand to one writer and little more than one to another. A cell alone cannot tell;
//! the column can, through any cell that is possible in one style only. Such a cell is called decisive.

use rust_decimal::Decimal;

use super::unit::Unit;
use crate::statement::number;

/// Which mark separates whole and fraction; the other one, blanks and apostrophes group thousands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NumberStyle {
    /// `1,234.56`.
    Point,
    /// `1.234,56`.
    Comma,
}

impl NumberStyle {
    fn decimal_mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn grouping_mark(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }
}

/// What one cell says about the style of its column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Evidence {
    /// Not a number, or one without marks.
    None,
    /// Possible in one style only.
    Decisive(NumberStyle),
    /// Possible in both: `1,234` (the mark is a comma) or `1.234`.
    Ambiguous {
        /// Whether the mark is a comma.
        comma: bool,
    },
}

/// A number taken apart: sign, unit and what is left.
struct Parts<'t> {
    negative: bool,
    unit: Option<Unit<'t>>,
    /// Digits and marks.
    core: &'t str,
}

/// Reads a cell in the style of its column.
pub(super) fn read(text: &str, style: NumberStyle) -> Option<(Decimal, Option<Unit<'_>>)> {
    let parts = take_apart(text)?;
    let (whole, fraction) = match parts.core.split_once(style.decimal_mark()) {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            (whole, fraction)
        }
        Some(_) => return None,
        None => (parts.core, ""),
    };
    let mut plain = String::with_capacity(parts.core.len() + 1);
    if parts.negative {
        plain.push('-');
    }
    push_ungrouped(&mut plain, whole, style)?;
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some((number::plain(plain.as_bytes())?, parts.unit))
}

/// What a cell says about the style of its column.
pub(super) fn evidence(text: &str) -> Evidence {
    let Some(parts) = take_apart(text) else { return Evidence::None };
    if !parts.core.contains(['.', ',']) {
        return Evidence::None;
    }
    let fits = |style| read(text, style).is_some();
    match (fits(NumberStyle::Point), fits(NumberStyle::Comma)) {
        (true, false) => Evidence::Decisive(NumberStyle::Point),
        (false, true) => Evidence::Decisive(NumberStyle::Comma),
        (true, true) => Evidence::Ambiguous { comma: parts.core.contains(',') },
        (false, false) => Evidence::None,
    }
}

/// Whether a plain number with these decimal places could also be a grouped whole number: `1.234`.
pub(super) fn could_be_grouped(value: Decimal) -> bool {
    let whole = value.trunc().abs();
    value.scale() == 3 && !whole.is_zero() && whole < Decimal::ONE_THOUSAND
}

/// Splits off the sign (leading, trailing or parentheses) and a unit (before or after).
fn take_apart(text: &str) -> Option<Parts<'_>> {
    // Spreadsheets mark text with a leading apostrophe, and so do our own templates.
    let mut rest = text.trim().trim_start_matches('\'').trim_start();
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        negative = true;
        rest = inner.trim();
    }
    let mut unit = None;
    let mut signed = negative;
    // The sign may stand before or after the unit: `-$5`, `$-5`, `5- EUR`.
    for _ in 0..2 {
        if !signed && let Some((sign, inner)) = split_sign(rest) {
            (negative, signed, rest) = (sign, true, inner);
        }
        if unit.is_none()
            && let Some((found, inner)) = Unit::split(rest)
        {
            (unit, rest) = (Some(found), inner);
        }
    }
    let first = rest.chars().next()?;
    let numeric = rest.ends_with(|c: char| c.is_ascii_digit())
        && (first.is_ascii_digit() || matches!(first, '.' | ','));
    numeric.then_some(Parts { negative, unit, core: rest })
}

fn split_sign(text: &str) -> Option<(bool, &str)> {
    // U+2212 is the minus of typographers and of some spreadsheets.
    let minus =
        text.strip_prefix(['-', '\u{2212}']).or_else(|| text.strip_suffix(['-', '\u{2212}']));
    match (minus, text.strip_prefix('+')) {
        (Some(rest), _) => Some((true, rest.trim())),
        (None, Some(rest)) => Some((false, rest.trim())),
        (None, None) => None,
    }
}

/// Appends the digits of a whole part if its groups are of three digits and of one mark only.
fn push_ungrouped(plain: &mut String, whole: &str, style: NumberStyle) -> Option<()> {
    let is_mark = |c: char| {
        c == style.grouping_mark()
            || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
    };
    let mark = whole.chars().find(|c| !c.is_ascii_digit());
    let Some(mark) = mark else {
        // `.5` is a number; nothing before the mark is zero.
        plain.push_str(if whole.is_empty() { "0" } else { whole });
        return Some(());
    };
    if !is_mark(mark) {
        return None;
    }
    for (at, group) in whole.split(mark).enumerate() {
        let well_formed = group.bytes().all(|b| b.is_ascii_digit())
            && if at == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
        // `0.123` is no thousand.
        let leading_zero = at == 0 && group.starts_with('0');
        if !well_formed || leading_zero {
            return None;
        }
        plain.push_str(group);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn value(text: &str, style: NumberStyle) -> Option<Decimal> {
        read(text, style).map(|(value, _)| value)
    }

    #[test]
    fn each_style_reads_its_own_numbers() {
        let cases = [
            ("1,234.56", NumberStyle::Point, "1234.56"),
            ("$1,850.00", NumberStyle::Point, "1850.00"),
            ("-$5.10", NumberStyle::Point, "-5.10"),
            ("(12.5)", NumberStyle::Point, "-12.5"),
            ("12.5-", NumberStyle::Point, "-12.5"),
            ("1'234.5", NumberStyle::Point, "1234.5"),
            ("1 234,56€", NumberStyle::Comma, "1234.56"),
            ("1\u{a0}234\u{a0}567,8 zł", NumberStyle::Comma, "1234567.8"),
            ("1\u{202f}234,5", NumberStyle::Comma, "1234.5"),
            ("1.234.567", NumberStyle::Comma, "1234567"),
            ("+12,50 PLN", NumberStyle::Comma, "12.50"),
            ("PLN -12,50", NumberStyle::Comma, "-12.50"),
            (",5", NumberStyle::Comma, "0.5"),
        ];
        for (text, style, expected) in cases {
            assert_eq!(value(text, style), Some(Decimal::from_str(expected).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_number_of_the_other_style_is_refused() {
        for text in ["12,5", "1,2345", "1.234,56", "12,34,567", "1,234 567", "1.2.3", "--1", "1e5"]
        {
            assert_eq!(value(text, NumberStyle::Point), None, "{text}");
        }
    }

    #[test]
    fn only_a_cell_possible_in_one_style_decides() {
        use NumberStyle::{Comma, Point};
        assert_eq!(evidence("12,5"), Evidence::Decisive(Comma));
        assert_eq!(evidence("0,123"), Evidence::Decisive(Comma));
        assert_eq!(evidence("1 234,567"), Evidence::Decisive(Comma));
        assert_eq!(evidence("1,234,567"), Evidence::Decisive(Point));
        assert_eq!(evidence("1234.567"), Evidence::Decisive(Point));
        assert_eq!(evidence("1,234"), Evidence::Ambiguous { comma: true });
        assert_eq!(evidence("1.234"), Evidence::Ambiguous { comma: false });
        assert_eq!(evidence("1234"), Evidence::None);
        assert_eq!(evidence("15.01.2024"), Evidence::None);
    }
}
