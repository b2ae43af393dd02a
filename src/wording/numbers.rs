//! Numbers and dates as people read them: one style per language, the same in mail, PDF and XLSX text.
//!
//! Polish: decimal comma, groups of three from four digits on, joined by a no-break space, as PIT
//! forms print them. English: decimal point, comma groups. Nothing is rounded here except where a
//! function says so; the minus is ASCII, so that a copied figure is still a number.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    lang::Lang,
    money::{Money, Pln},
};

/// Keeps a number and its unit, or the groups of a number, on one line.
pub const NBSP: char = '\u{a0}';

/// An amount with two decimal places, without a currency: `1 234,56` or `1,234.56`.
///
/// Amounts are whole grosze already; a finer one keeps its further digits rather than lose them.
pub fn amount(value: Decimal, lang: Lang) -> String {
    let mut fixed = value.normalize();
    if fixed.scale() < 2 {
        fixed.rescale(2);
    }
    spell(fixed, lang)
}

/// An amount in złoty with its unit: `1 234,56 zł` or `PLN 1,234.56`.
pub fn pln(value: Pln, lang: Lang) -> String {
    with_unit(&amount(value.amount(), lang), lang)
}

/// A whole number of złoty with its unit: `1 235 zł`; an amount with grosze keeps them.
pub fn whole_pln(value: Pln, lang: Lang) -> String {
    with_unit(&quantity(value.amount(), lang), lang)
}

/// An amount in its own currency: `1 234,56 USD`.
pub fn money(value: Money, lang: Lang) -> String {
    format!("{}{NBSP}{}", amount(value.amount, lang), value.currency)
}

/// A quantity without trailing zeros: `10`, `0,3333`, `12 500`.
pub fn quantity(value: Decimal, lang: Lang) -> String {
    spell(value.normalize(), lang)
}

/// A count of things: `12 500`.
pub fn count(value: usize, lang: Lang) -> String {
    spell(Decimal::from(value), lang)
}

/// A share of one as percent: `0.15` is `15%`, without a blank in both languages (CLDR).
pub fn percent(share: Decimal, lang: Lang) -> String {
    quantity(share * Decimal::ONE_HUNDRED, lang) + "%"
}

/// A rate as NBP publishes it: at least four decimal places, all that there are.
pub fn rate(mid: Decimal, lang: Lang) -> String {
    let mut fixed = mid;
    if fixed.scale() < 4 {
        fixed.rescale(4);
    }
    spell(fixed, lang)
}

/// A day: `2025-01-31` in both languages (ISO 8601; sorts, and nobody mistakes day for month).
pub fn date(day: Date) -> String {
    day.to_string()
}

fn with_unit(figure: &str, lang: Lang) -> String {
    match lang {
        Lang::Pl => format!("{figure}{NBSP}zł"),
        Lang::En => format!("PLN{NBSP}{figure}"),
    }
}

/// Digits as they are, with the language's separators.
fn spell(value: Decimal, lang: Lang) -> String {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut spelled = String::with_capacity(text.len() + 8);
    if value.is_sign_negative() && !value.is_zero() {
        spelled.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            spelled.push(lang.choose(NBSP, ','));
        }
        spelled.push(digit);
    }
    if !fraction.is_empty() {
        spelled.push(lang.choose(',', '.'));
        spelled.push_str(fraction);
    }
    spelled
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn dec(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn amounts_have_two_places_and_groups_from_four_digits() {
        for (value, pl, en) in [
            ("0", "0,00", "0.00"),
            ("-0.00", "0,00", "0.00"),
            ("0.5", "0,50", "0.50"),
            ("999.99", "999,99", "999.99"),
            ("1234.56", "1\u{a0}234,56", "1,234.56"),
            ("-1234567.8", "-1\u{a0}234\u{a0}567,80", "-1,234,567.80"),
            ("1.005", "1,005", "1.005"),
        ] {
            assert_eq!(amount(dec(value), Lang::Pl), pl, "{value}");
            assert_eq!(amount(dec(value), Lang::En), en, "{value}");
        }
    }

    #[test]
    fn units_stand_where_each_language_puts_them() {
        let value = Pln::declared(dec("1234.56"));
        assert_eq!(pln(value, Lang::Pl), "1\u{a0}234,56\u{a0}zł");
        assert_eq!(pln(value, Lang::En), "PLN\u{a0}1,234.56");
        assert_eq!(whole_pln(Pln::declared(dec("1235")), Lang::Pl), "1\u{a0}235\u{a0}zł");
        assert_eq!(whole_pln(Pln::declared(dec("12.34")), Lang::En), "PLN\u{a0}12.34");
        let dollars = Money::new(dec("7.5"), Currency::USD);
        assert_eq!(money(dollars, Lang::Pl), "7,50\u{a0}USD");
    }

    #[test]
    fn quantities_rates_percents_and_days() {
        assert_eq!(quantity(dec("12500.000"), Lang::Pl), "12\u{a0}500");
        assert_eq!(quantity(dec("0.3330"), Lang::En), "0.333");
        assert_eq!(rate(dec("4.1"), Lang::Pl), "4,1000");
        assert_eq!(rate(dec("0.00029187"), Lang::En), "0.00029187");
        assert_eq!(percent(dec("0.15"), Lang::Pl), "15%");
        assert_eq!(percent(dec("0.265"), Lang::En), "26.5%");
        assert_eq!(date(Date::constant(2025, 1, 31)), "2025-01-31");
    }

    proptest! {
        #[test]
        fn no_digit_is_lost(units in any::<i64>(), scale in 0_u32..8) {
            let value = Decimal::new(units, scale);
            for lang in [Lang::Pl, Lang::En] {
                let plain: String = amount(value, lang)
                    .chars()
                    .filter(|&c| c != lang.choose(NBSP, ','))
                    .map(|c| if c == ',' { '.' } else { c })
                    .collect();
                prop_assert_eq!(Decimal::from_str(&plain).unwrap(), value);
            }
        }
    }
}
