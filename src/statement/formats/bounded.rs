//! Numbers that can be summed up without care: no statement of a private investor has larger ones.

use rust_decimal::Decimal;

use crate::statement::Code;
use crate::statement::table::{Column, Row};

/// Ten trillion, as in the ledger: whatever is larger is damage.
const LARGEST: Decimal = Decimal::from_parts(1_316_134_912, 2328, 0, false, 0);

/// Whether an amount is one that can occur.
pub(super) fn is_sane(value: Decimal) -> bool {
    value.abs() <= LARGEST
}

/// A number; one that is too large leaves a finding.
pub(super) fn decimal(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    let value = row.decimal(column)?;
    if value.abs() <= LARGEST { Some(value) } else { row.refuse(Code::BadNumber, column) }
}

/// A number that must be there.
pub(super) fn required(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    if row.present(column) { decimal(row, column) } else { None }
}

/// A number if the cell is readable as one; leaves no finding.
pub(super) fn quiet(row: &mut Row<'_>, column: Column) -> Option<Decimal> {
    row.quiet_decimal(column).filter(|value| value.abs() <= LARGEST)
}
