//! Comments, in which the broker writes what it has no columns for.

use rust_decimal::Decimal;

use crate::statement::SplitRatio;
use crate::statement::number;

/// Shares of one fill: `OPEN BUY 34/42.5658 @ 11.7480` (this fill / whole order @ price in the currency
/// of the instrument).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Fill {
    /// Whether a position was opened; else closed.
    pub(super) opens: bool,
    /// Shares of this fill.
    pub(super) quantity: Decimal,
}

impl Fill {
    /// Reads a fill of a long position. Shares are never sold short here: `OPEN SELL` is none.
    pub(super) fn parse(comment: &str) -> Option<Self> {
        let mut words = comment.split_whitespace();
        let opens = match words.next()?.to_ascii_uppercase().as_str() {
            "OPEN" => true,
            "CLOSE" => false,
            _ => return None,
        };
        if !words.next()?.eq_ignore_ascii_case("BUY") {
            return None;
        }
        let shares = words.next()?;
        let shares = shares.split_once('/').map_or(shares, |(fill, _)| fill);
        let quantity = decimal(shares)?;
        (quantity > Decimal::ZERO).then_some(Self { opens, quantity })
    }
}

/// The price of a fill, in the currency of the instrument: what stands behind `@`.
pub(super) fn price(comment: &str) -> Option<Decimal> {
    decimal(comment.split_once('@')?.1.split_whitespace().next()?)
}

/// Reads `34`, `0.1823` or `0,1823`.
fn decimal(text: &str) -> Option<Decimal> {
    if text.contains('.') {
        return number::plain(text.as_bytes());
    }
    number::plain(text.replace(',', ".").as_bytes())
}

/// A split: `NVDA.US split 10 for 1`.
pub(super) fn split(comment: &str) -> Option<(String, SplitRatio)> {
    let words: Vec<&str> = comment.split_whitespace().collect();
    words.windows(5).find_map(|window| {
        let [symbol, split, new, by, old] = window else { return None };
        if !split.eq_ignore_ascii_case("split") || !by.eq_ignore_ascii_case("for") {
            return None;
        }
        let (new, old) = (decimal(new)?, decimal(old)?);
        let sound = new > Decimal::ZERO && old > Decimal::ZERO;
        sound.then(|| ((*symbol).to_owned(), SplitRatio { new, old }))
    })
}

/// The rate of a tax at source: `AAPL.US USD WHT 15%`.
pub(super) fn percent(comment: &str) -> Option<Decimal> {
    comment.split_whitespace().find_map(|word| decimal(word.strip_suffix('%')?))
}

/// The first word that looks like a symbol with its market: `Sec Fee adj PLTR.US 20250612`.
pub(super) fn symbol(comment: &str) -> Option<&str> {
    comment.split_whitespace().find(|word| super::market::suffix(word).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_give_the_shares_of_this_fill() {
        let fill = |text| Fill::parse(text).map(|fill| (fill.opens, fill.quantity.to_string()));
        assert_eq!(fill("OPEN BUY 34/42.5658 @ 11.7480"), Some((true, "34".to_owned())));
        assert_eq!(fill("CLOSE BUY 0.1823 @ 257.89"), Some((false, "0.1823".to_owned())));
        assert_eq!(fill("CLOSE BUY 0,1823 @ 257,89"), Some((false, "0.1823".to_owned())));
        assert_eq!(fill("OPEN SELL 1 @ 2"), None);
        assert_eq!(fill("OPEN BUY 0 @ 2"), None);
        assert_eq!(fill("AAPL.US USD 0.2600/ SHR"), None);
    }

    #[test]
    fn splits_rates_and_symbols_are_found() {
        let (symbol_of_split, ratio) = split("NVDA.US split 10 for 1").unwrap();
        assert_eq!((symbol_of_split.as_str(), ratio.new), ("NVDA.US", Decimal::TEN));
        assert!(split("banana split").is_none());
        assert_eq!(percent("AAPL.US USD WHT 15%"), Some(Decimal::from(15)));
        assert_eq!(symbol("Sec Fee adj PLTR.US 20250612"), Some("PLTR.US"));
        assert_eq!(symbol("Transfer 12.50"), None);
    }
}
