//! What the comments of the ledger tell: the country of a dividend, its days, the ratio of a split.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::Country;
use crate::statement::{SplitRatio, number, when};

/// `… DivCntry US …`.
pub(super) fn country(comment: &str) -> Option<Country> {
    Country::parse(after(comment, "DivCntry ")?).ok()
}

/// `… PD 2023-12-29 …`: the day of payment.
pub(super) fn pay_day(comment: &str) -> Option<Date> {
    Some(when::iso(after(comment, " PD ")?.as_bytes())?.day)
}

/// Whether a tax is one on a dividend, or a correction of such.
pub(super) fn is_of_dividend(comment: &str) -> bool {
    comment.contains("dividend") || comment.contains("DivCntry")
}

/// `Stock split 4 for 1`, `4-for-1`.
pub(super) fn split_ratio(comment: &str) -> Option<SplitRatio> {
    let plain = comment.to_lowercase().replace("-for-", " for ");
    let (before, behind) = plain.split_once(" for ")?;
    let new = count(before.rsplit(' ').next()?)?;
    let old = count(behind.split([' ', ',', '.', ';']).next()?)?;
    Some(SplitRatio { new, old })
}

/// `OLD.NYSE -> NEW.NYSE`.
pub(super) fn renamed(comment: &str) -> Option<(&str, &str)> {
    let (old, new) = comment.split_once(" -> ")?;
    let (old, new) = (old.rsplit(' ').next()?.trim(), new.split(' ').next()?.trim());
    (!old.is_empty() && !new.is_empty() && old != new).then_some((old, new))
}

fn after<'t>(comment: &'t str, words: &str) -> Option<&'t str> {
    let (_, rest) = comment.split_once(words)?;
    rest.split(' ').next()
}

fn count(text: &str) -> Option<Decimal> {
    number::plain(text.as_bytes()).filter(|count| *count > Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_dividend_tells_its_country_and_day() {
        let text = "31 shares ExD 2023-12-27 PD 2023-12-29 dividend ACME.ARCA 0.03 USD (0.0008575 per \
                    share) tax -0.01 USD (-15.000%) DivCntry US USIncmCode 52";
        assert_eq!(country(text).unwrap().as_str(), "US");
        assert_eq!(pay_day(text), Some(date(2023, 12, 29)));
        assert!(is_of_dividend(text) && !is_of_dividend("Stamp duty"));
    }

    #[test]
    fn ratios_are_read_in_both_spellings() {
        for text in ["NVDA Stock split 4-for-1", "Stock split 4 for 1"] {
            let ratio = split_ratio(text).unwrap();
            assert_eq!((ratio.new, ratio.old), (Decimal::from(4), Decimal::ONE), "{text}");
        }
        assert_eq!(split_ratio("Stock split"), None);
        assert_eq!(renamed("FB.NASDAQ -> META.NASDAQ"), Some(("FB.NASDAQ", "META.NASDAQ")));
    }
}
