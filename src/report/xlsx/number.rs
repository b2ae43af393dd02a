//! The only place where an exact number becomes a binary one: the file format knows no other.

use rust_decimal::Decimal;

/// The double nearest to an exact number, for a cell of a sheet.
///
/// By way of the decimal text, which is correctly rounded: a spreadsheet shows at most 15 significant
/// digits, and every amount, rate and quantity within them comes back unchanged. Nothing is computed
/// with the result.
pub(super) fn cell_number(value: Decimal) -> f64 {
    value.normalize().to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fifteen_digits_survive(units in -999_999_999_999_999_i64..999_999_999_999_999, scale in 0_u32..9) {
            let value = Decimal::new(units, scale);
            let shown = format!("{:.*}", usize::try_from(scale).unwrap(), cell_number(value));
            prop_assert_eq!(shown.parse::<Decimal>().unwrap(), value);
        }
    }
}
