//! Treaty rates of tax at source for portfolio investors, for the cap of the credit.
//!
//! Only the cap depends on this table: the tax actually withheld is what the broker reports. Where lists
//! conflict the lower rate stands and the row is marked, because a credit that is too high is an arrear
//! (decision D-09).
//!
//! Sources: tax-law.md §7 (a summary of the treaties), compared with the lists that a custodian gives to foreign
//! holders of Polish securities (dividends as of December 2024, interest as of October 2019), whose rates are the
//! same because the treaties are mutual. Days and positions in Dziennik Ustaw are from the ministry's list of
//! treaties (January 2026); of Norway from the journal itself, of Spain and the Netherlands' protocol from a
//! collection of the ministry's texts, of France and Ireland from one guide alone.
//!
//! The ministry's list was not seen whole: other rows are from the treaties' texts as legal publishers and the
//! journal give them, the first years of Chile, China, Denmark, Singapore, Sweden and Turkey from the other side's
//! law or tax office, of Georgia and Taiwan from the journal. Seen with one publisher alone: Bulgaria, China,
//! Croatia, Cyprus (the treaty), Finland, Georgia, Greece, Iceland, India (the protocol), Israel, Kazakhstan,
//! Korea, Kyrgyzstan, Mongolia, the Philippines, Portugal, Romania, Slovakia, Slovenia, South Africa, Switzerland
//! (the protocol), Tunisia, Turkey, the Emirates (the protocol), Uzbekistan, Vietnam. The position of Slovakia's
//! protocol of 2013 was not seen. Protocols are named where they touch dividends or interest. Where no position was
//! seen, it is left open.

use rust_decimal::Decimal;

use super::treaties::TREATIES;
use crate::money::Country;

/// What is known of a country's treaty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Treaty {
    /// The country's code.
    pub country: &'static str,
    /// Percent on a portfolio investor's dividend.
    pub dividend: u32,
    /// Percent on interest, where a list gives it.
    pub interest: Option<u32>,
    /// The first year for which these rates hold, where it is known.
    pub since: Option<i16>,
    /// Percent on dividends before that year, where the treaty was changed.
    pub dividend_before: Option<u32>,
    /// Year and position in Dziennik Ustaw: `2004/2139`; with a protocol: `2004/2139, 2018/1094`. Empty: not seen.
    pub journal: &'static str,
    /// Whether the sources conflict; the lower rate stands.
    pub conflict: bool,
}

impl Treaty {
    /// Where the treaty and its protocols stand: `Dz.U. 2006 poz. 1840`; nothing where it was not seen.
    pub fn positions(&self) -> impl Iterator<Item = String> {
        let positions = self.journal.split(", ").filter_map(|position| position.split_once('/'));
        positions.map(|(year, number)| format!("Dz.U. {year} poz. {number}"))
    }
}

/// The treaty with a country, if one is known.
pub fn treaty(country: Country) -> Option<&'static Treaty> {
    let found = TREATIES.binary_search_by_key(&country.as_str(), |treaty| treaty.country).ok()?;
    TREATIES.get(found)
}

/// The treaty's rate on a portfolio investor's dividend of a year, as a fraction; `None` if it is not known.
pub fn dividend_rate(country: Country, year: i16) -> Option<Decimal> {
    let treaty = treaty(country)?;
    let is_old = treaty.since.is_some_and(|since| year < since);
    let percent = if is_old { treaty.dividend_before } else { None };
    Some(fraction(percent.unwrap_or(treaty.dividend)))
}

/// The treaty's rate on interest, as a fraction; `None` if it is not known.
pub fn interest_rate(country: Country) -> Option<Decimal> {
    treaty(country)?.interest.map(fraction)
}

fn fraction(percent: u32) -> Decimal {
    Decimal::new(i64::from(percent), 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    #[test]
    fn the_table_is_sorted_and_below_the_polish_rate() {
        assert!(TREATIES.is_sorted_by_key(|treaty| treaty.country));
        assert!(TREATIES.iter().all(|treaty| treaty.dividend <= 19));
        assert!(TREATIES.iter().all(|treaty| treaty.interest.is_none_or(|rate| rate <= 19)));
    }

    #[test]
    fn the_united_states_may_take_fifteen_percent() {
        assert_eq!(dividend_rate(Country::US, 2025), Some(Decimal::new(15, 2)));
        assert_eq!(interest_rate(Country::US), Some(Decimal::ZERO));
        assert_eq!(dividend_rate(country("AR"), 2025), None);
    }

    #[test]
    fn belgium_may_take_ten_percent_since_the_protocol() {
        // Protocol of 14 April 2014, Dz.U. 2018 poz. 1094, applied from 1 January 2019.
        assert_eq!(dividend_rate(country("BE"), 2018), Some(Decimal::new(15, 2)));
        assert_eq!(dividend_rate(country("BE"), 2019), Some(Decimal::new(10, 2)));
    }

    #[test]
    fn conflicts_are_marked_and_positions_are_well_formed() {
        for code in ["BR", "GB", "GR", "HK", "IE", "TH"] {
            assert!(treaty(country(code)).unwrap().conflict, "{code}");
        }
        for treaty in TREATIES.iter().filter(|treaty| !treaty.journal.is_empty()) {
            for position in treaty.journal.split(", ") {
                let (year, number) = position.split_once('/').unwrap();
                assert!(year.len() == 4 && year.parse::<u16>().is_ok(), "{}", treaty.country);
                assert!(number.parse::<u16>().is_ok(), "{}", treaty.country);
            }
        }
    }
}
