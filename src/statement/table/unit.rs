//! A currency glued to a number: `$5`, `12,50 zł`, `3.00EUR`.

use crate::money::Currency;

/// A currency code or symbol that stands with a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unit<'t>(&'t str);

/// Symbols and every currency that each may mean, the usual one first.
const SYMBOLS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("A$", &["AUD"]),
    ("HK$", &["HKD"]),
    ("€", &["EUR"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN"]),
    ("£", &["GBP"]),
    ("zł", &["PLN"]),
    ("ZŁ", &["PLN"]),
    ("zl", &["PLN"]),
    ("Kč", &["CZK"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("Fr.", &["CHF"]),
    ("Ft", &["HUF"]),
    ("lei", &["RON"]),
    ("¥", &["JPY", "CNY"]),
];

impl<'t> Unit<'t> {
    /// Splits a unit off the beginning or the end of a text.
    pub(super) fn split(text: &'t str) -> Option<(Self, &'t str)> {
        for (symbol, _) in SYMBOLS {
            if let Some(rest) = text.strip_prefix(symbol).or_else(|| text.strip_suffix(symbol)) {
                let unit = text.get(..symbol.len()).filter(|found| found == symbol);
                let unit = unit.or_else(|| text.get(rest.len()..)).unwrap_or_default();
                return Some((Self(unit), rest.trim()));
            }
        }
        let is_code = |code: &&str| code.bytes().all(|b| b.is_ascii_uppercase());
        if let Some((code, rest)) = text.split_at_checked(3).filter(|(code, _)| is_code(code)) {
            return Some((Self(code), rest.trim()));
        }
        let (rest, code) = text.split_at_checked(text.len().checked_sub(3)?)?;
        is_code(&code).then(|| (Self(code), rest.trim()))
    }

    /// As it stands.
    pub fn as_str(self) -> &'t str {
        self.0
    }

    /// The currency, unless the symbol is that of several (`$`, `kr`).
    pub fn currency(self) -> Option<Currency> {
        match self.meanings() {
            Some([only]) => Currency::parse(only).ok(),
            Some(_) => None,
            None => Currency::parse(self.0).ok(),
        }
    }

    /// Whether the unit may mean that currency.
    pub fn fits(self, currency: Currency) -> bool {
        match self.meanings() {
            Some(meanings) => meanings.contains(&currency.as_str()),
            None => self.0 == currency.as_str(),
        }
    }

    fn meanings(self) -> Option<&'static [&'static str]> {
        SYMBOLS.iter().find(|(symbol, _)| *symbol == self.0).map(|(_, meanings)| *meanings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dollar_sign_fits_every_dollar_but_is_none_of_them() {
        let (unit, rest) = Unit::split("$5").unwrap();
        assert_eq!((unit.as_str(), rest), ("$", "5"));
        assert!(unit.fits(Currency::USD) && !unit.fits(Currency::EUR));
        assert_eq!(unit.currency(), None);
    }

    #[test]
    fn codes_stand_before_or_after() {
        for text in ["PLN 5", "5 PLN", "5 zł"] {
            let (unit, rest) = Unit::split(text).unwrap();
            assert_eq!((unit.currency(), rest), (Some(Currency::PLN), "5"), "{text}");
        }
        assert!(Unit::split("5").is_none());
        assert!(Unit::split("").is_none());
    }
}
