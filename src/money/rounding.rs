//! The rounding rules of the tax, each by its name and article.

use rust_decimal::{Decimal, RoundingStrategy};

/// Rounds to the grosz, half away from zero: every converted leg (practice, tax-law 5.4).
pub fn to_grosz(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds to full złoty, 50 grosz up: bases and amounts of tax (art. 63 § 1 OP).
pub fn to_zloty(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

/// Cuts to the full grosz: limits that an amount may not exceed (art. 30b ust. 5a PIT).
pub fn down_to_grosz(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::ToZero)
}

/// Rounds up to the full grosz: tax on interest, art. 30a ust. 1 pkt 1–3 (art. 63 § 1a OP).
pub fn up_to_grosz(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn dec(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn a_half_grosz_goes_up_where_binary_floats_lose_it() {
        assert_eq!(to_grosz(dec("1725") * dec("3.6570")), dec("6308.33"));
    }

    #[test]
    fn forty_nine_grosz_are_dropped_and_fifty_go_up() {
        assert_eq!(to_zloty(dec("0.4997")), dec("0"));
        assert_eq!(to_zloty(dec("9.50")), dec("10"));
        assert_eq!(to_zloty(dec("152.49")), dec("152"));
    }

    #[test]
    fn a_limit_is_cut() {
        assert_eq!(down_to_grosz(dec("63.3399")), dec("63.33"));
    }

    #[test]
    fn interest_tax_rounds_up_to_the_grosz() {
        assert_eq!(up_to_grosz(dec("19.1045")), dec("19.11"));
        assert_eq!(up_to_grosz(dec("19.10")), dec("19.10"));
    }
}
