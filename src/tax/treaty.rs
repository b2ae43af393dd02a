//! Treaty rates on dividends of portfolio investors, for the cap of the credit.
//!
//! Only the cap depends on this table: the tax actually withheld is what the broker reports. Where lists
//! conflict the lower rate stands, because a credit that is too high is an arrear (decision D-09).
//! Source: tax-law.md §7, a summary of the treaties' article 10; to be checked with the treaty's text.

use rust_decimal::Decimal;

use crate::money::Country;

/// Percent by country, ascending by code.
const RATES: &[(&str, u32)] = &[
    ("AE", 5),
    ("AT", 15),
    ("AU", 15),
    ("BE", 10),
    ("BG", 10),
    ("BR", 15),
    ("CA", 15),
    ("CH", 15),
    ("CN", 10),
    ("CY", 5),
    ("CZ", 5),
    ("DE", 15),
    ("DK", 15),
    ("ES", 15),
    ("FI", 15),
    ("FR", 15),
    ("GB", 10),
    ("GR", 19),
    ("HK", 10),
    ("HU", 10),
    ("IE", 15),
    ("IL", 10),
    ("IN", 10),
    ("IT", 10),
    ("JP", 10),
    ("KR", 10),
    ("LU", 15),
    ("MT", 10),
    ("MX", 15),
    ("NL", 15),
    ("NO", 15),
    ("SE", 15),
    ("SG", 10),
    ("SK", 5),
    ("TH", 19),
    ("TW", 10),
    ("US", 15),
    ("ZA", 15),
];

/// The treaty's rate on a portfolio investor's dividend, as a fraction; `None` if it is not known.
pub fn dividend_rate(country: Country) -> Option<Decimal> {
    let found = RATES.binary_search_by_key(&country.as_str(), |(code, _)| code).ok()?;
    RATES.get(found).map(|(_, percent)| Decimal::new(i64::from(*percent), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_below_the_polish_rate() {
        assert!(RATES.is_sorted_by_key(|(code, _)| code));
        assert!(RATES.iter().all(|(_, percent)| *percent <= 19));
    }

    #[test]
    fn the_united_states_may_take_fifteen_percent() {
        assert_eq!(dividend_rate(Country::US), Some(Decimal::new(15, 2)));
        assert_eq!(dividend_rate(Country::parse("AR").unwrap()), None);
    }
}
