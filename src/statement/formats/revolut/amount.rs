//! Amounts with their unit glued on: `$1,540.16`, `USD 150.00`, `92.57 PLN`, `1 234,56€`.

use crate::money::{Currency, Money};
use crate::statement::Code;
use crate::statement::table::{Column, Row};

/// An amount; the currency is that of the cell, or the expected one if the cell has none. A bare `$` is
/// the US dollar. An amount of nothing has any unit (`$0` among złoty).
pub(super) fn money(
    row: &mut Row<'_>,
    column: Column,
    expected: Option<Currency>,
) -> Option<Money> {
    let (amount, unit) = row.number(column)?;
    let own = unit.and_then(|unit| {
        unit.currency().or_else(|| unit.fits(Currency::USD).then_some(Currency::USD))
    });
    match (own, expected) {
        (_, Some(expected)) if amount.is_zero() => Some(Money::zero(expected)),
        (Some(own), Some(expected))
            if own != expected && !unit.is_some_and(|u| u.fits(expected)) =>
        {
            row.report_with(Code::BadCurrency, column, expected.to_string());
            None
        }
        (_, Some(expected)) => Some(Money::new(amount, expected)),
        (Some(own), None) => Some(Money::new(amount, own)),
        (None, None) => row.refuse(Code::BadCurrency, column),
    }
}

/// As [`money`], of a cell that must be filled.
pub(super) fn required(
    row: &mut Row<'_>,
    column: Column,
    expected: Option<Currency>,
) -> Option<Money> {
    if row.present(column) { money(row, column, expected) } else { None }
}

/// The currency that a title names: `… - EUR`, `… (EUR)`.
pub(super) fn titled(title: &str) -> Option<Currency> {
    let bare = title.trim_end_matches(')');
    let (rest, code) = bare.split_at_checked(bare.len().checked_sub(3)?)?;
    if rest.ends_with(['-', ' ', '(']) { Currency::parse(code).ok() } else { None }
}
