//! What the gross amount of a trade tells that the report has no column for: whether a unit is one share,
//! a hundredth of a bond's face value, or a contract on many units.
//!
//! The amount stands in the base currency. Where that is the price's currency, it must agree to the cent;
//! elsewhere one unit of the price's currency came to `amount ÷ (quantity × price)`, and that is held
//! against what the currency has been worth. A bond is off by a hundred, a contract by its multiplier.

use rust_decimal::Decimal;

use crate::money::Currency;

/// Half of the fourth decimal: the coarsest average price that the report shows.
const PRICE_ROUNDING: Decimal = Decimal::from_parts(5, 0, 0, false, 5);
/// A cent: amounts are shown with two decimals or more.
const AMOUNT_ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// How far a currency may yet move beyond what it has been worth.
const SLACK: Decimal = Decimal::from_parts(13, 0, 0, false, 1);
/// How exactly a rate is told.
const RATE_ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
/// From this multiple on, a unit stands for several.
const SEVERAL: Decimal = Decimal::TWO;

/// A row's figures, all positive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    /// The gross amount in the base currency.
    pub(super) stated: Decimal,
}

/// What the figures come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Amount {
    /// The amount due before charges, in the price's currency.
    Gross(Decimal),
    /// A contract: each stands for several units of something else.
    Contract,
    /// Neither.
    Unclear,
}

/// What one unit of the price's currency comes to in the base currency.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Rate {
    /// They are the same currency.
    One,
    /// Between two bounds.
    Between(Decimal, Decimal),
}

impl Rate {
    /// The rate of a price's currency in the base currency: by what both have been worth, else as the
    /// row states it. `None` if neither is known.
    pub(super) fn of(currency: Currency, base: Currency, stated: Option<Decimal>) -> Option<Self> {
        if currency == base {
            return Some(Self::One);
        }
        let known = worth(currency).zip(worth(base)).and_then(|((low, high), (least, most))| {
            let low = low.checked_div(most.checked_mul(SLACK)?)?;
            let high = high.checked_mul(SLACK)?.checked_div(least)?;
            Some(Self::Between(low, high))
        });
        known.or_else(|| {
            let stated = stated.filter(|rate| rate.is_sign_positive() && !rate.is_zero())?;
            let about = stated.checked_mul(RATE_ROUNDING)?;
            Some(Self::Between(stated.checked_sub(about)?, stated.checked_add(about)?))
        })
    }

    fn bounds(self) -> (Decimal, Decimal) {
        match self {
            Self::One => (Decimal::ONE, Decimal::ONE),
            Self::Between(low, high) => (low, high),
        }
    }
}

impl Figures {
    /// What the figures come to at a rate. In one currency the broker's amount is the exact one.
    pub(super) fn at(self, rate: Rate) -> Amount {
        self.weigh(rate).unwrap_or(Amount::Unclear)
    }

    fn weigh(self, rate: Rate) -> Option<Amount> {
        let (low, high) = rate.bounds();
        let product = self.quantity.checked_mul(self.price)?;
        let rounding = self.quantity.checked_mul(PRICE_ROUNDING)?;
        let percent = product.checked_div(Decimal::ONE_HUNDRED)?;
        for (gross, rounding) in
            [(product, rounding), (percent, rounding.checked_div(Decimal::ONE_HUNDRED)?)]
        {
            let least = gross.checked_sub(rounding)?.checked_mul(low)?;
            let most = gross.checked_add(rounding)?.checked_mul(high)?;
            let fits = self.stated >= least.checked_sub(AMOUNT_ROUNDING)?
                && self.stated <= most.checked_add(AMOUNT_ROUNDING)?;
            if fits {
                return Some(Amount::Gross(if rate == Rate::One { self.stated } else { gross }));
            }
        }
        let several = product.checked_mul(high)?.checked_mul(SEVERAL)?;
        let contract = self.stated >= several.checked_sub(AMOUNT_ROUNDING)?;
        Some(if contract { Amount::Contract } else { Amount::Unclear })
    }
}

/// What a currency has been worth since 2014, in millionths of a dollar. Only the order of magnitude is
/// used: no tax is computed with these.
const WORTH: &[(&str, i64, i64)] = &[
    ("AED", 272_000, 273_000),
    ("AUD", 575_000, 950_000),
    ("CAD", 680_000, 950_000),
    ("CHF", 960_000, 1_300_000),
    ("CNY", 135_000, 166_000),
    ("CZK", 38_000, 52_000),
    ("DKK", 127_000, 187_000),
    ("EUR", 950_000, 1_390_000),
    ("GBP", 1_030_000, 1_720_000),
    ("HKD", 127_000, 129_500),
    ("HUF", 2_270, 4_700),
    ("ILS", 250_000, 350_000),
    ("INR", 10_500, 17_000),
    ("JPY", 6_100, 10_100),
    ("KRW", 660, 1_000),
    ("MXN", 39_000, 78_000),
    ("MYR", 210_000, 320_000),
    ("NOK", 84_000, 170_000),
    ("NZD", 550_000, 880_000),
    ("PLN", 195_000, 335_000),
    ("RON", 195_000, 320_000),
    ("SAR", 266_000, 267_000),
    ("SEK", 88_000, 158_000),
    ("SGD", 670_000, 820_000),
    ("TWD", 29_000, 37_000),
    ("USD", 1_000_000, 1_000_000),
    ("ZAR", 50_000, 98_000),
];

fn worth(currency: Currency) -> Option<(Decimal, Decimal)> {
    let &(_, low, high) = WORTH.iter().find(|(code, ..)| *code == currency.as_str())?;
    Some((Decimal::new(low, 6), Decimal::new(high, 6)))
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn dec(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    fn at(quantity: &str, price: &str, stated: &str, rate: Rate) -> Amount {
        Figures { quantity: dec(quantity), price: dec(price), stated: dec(stated) }.at(rate)
    }

    fn rate(currency: &str, base: &str) -> Rate {
        let parse = |code| Currency::parse(code).unwrap();
        Rate::of(parse(currency), parse(base), None).unwrap()
    }

    #[test]
    fn in_one_currency_the_amount_agrees_to_the_cent() {
        assert_eq!(at("5", "9.752", "48.76", Rate::One), Amount::Gross(dec("48.76")));
        // An average price of 3 × 9.75215 is shown with four decimals.
        assert_eq!(at("3000", "9.7522", "29256.45", Rate::One), Amount::Gross(dec("29256.45")));
        assert_eq!(at("5", "9.752", "47.76", Rate::One), Amount::Unclear);
        assert_eq!(at("1000", "100.41049125", "1004.10", Rate::One), Amount::Gross(dec("1004.10")));
        // 1.18 × 12 500, a hundred shares per option, one index point at two dollars.
        assert_eq!(at("1", "1.18", "14750", Rate::One), Amount::Contract);
        assert_eq!(at("2", "1.5", "300", Rate::One), Amount::Contract);
        assert_eq!(at("1", "19000", "38000", Rate::One), Amount::Contract);
    }

    #[test]
    fn in_another_currency_the_ratio_is_a_rate_of_exchange() {
        let dollars = rate("USD", "EUR");
        assert_eq!(at("10", "45", "360", dollars), Amount::Gross(dec("450")));
        let bond = at("1000", "100.41", "930.10", dollars);
        assert_eq!(bond, Amount::Gross(dec("1004.1")));
        assert_eq!(at("1", "14.55", "1548", rate("CHF", "EUR")), Amount::Contract);
        assert_eq!(at("2", "1.5", "420", rate("USD", "CAD")), Amount::Contract);
        // The smallest orders are rounded the most.
        assert_eq!(
            at("0.0002", "134.25", "0.037", rate("USD", "AUD")),
            Amount::Gross(dec("0.02685"))
        );
        assert_eq!(at("100", "2500", "1540", rate("JPY", "EUR")), Amount::Gross(dec("250000")));
    }

    #[test]
    fn a_currency_of_no_known_worth_needs_the_rate_of_the_row() {
        let (lira, euro) = (Currency::parse("TRY").unwrap(), Currency::EUR);
        assert_eq!(Rate::of(lira, euro, None), None);
        let stated = Rate::of(lira, euro, Some(dec("0.02"))).unwrap();
        assert_eq!(at("100", "50", "100", stated), Amount::Gross(dec("5000")));
        assert_eq!(at("100", "50", "1", stated), Amount::Gross(dec("50")));
        assert_eq!(at("100", "50", "80", stated), Amount::Unclear);
    }
}
