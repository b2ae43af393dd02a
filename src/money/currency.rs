//! Currency and country codes.

use std::fmt;

use rust_decimal::Decimal;

use crate::as_text::as_text;

/// An ISO 4217 currency code, three upper-case letters.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Polish złoty.
    pub const PLN: Self = Self(*b"PLN");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");

    /// Reads exactly three ASCII letters in any case; surrounding blanks are ignored.
    ///
    /// Whether NBP publishes the currency is decided when a rate is looked up, not here.
    pub fn parse(text: &str) -> Result<Self, NotACurrency> {
        let [a, b, c] = *trimmed(text).as_bytes() else { return Err(NotACurrency) };
        let code = [a, b, c];
        if !code.iter().all(u8::is_ascii_alphabetic) {
            return Err(NotACurrency);
        }
        Ok(Self(code.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters are ever stored.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Whether the currency is the złoty, which needs no rate.
    pub fn is_pln(self) -> bool {
        self == Self::PLN
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

as_text!(Currency, Currency::parse);

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Three bytes are a code as they stand, or none.
fn trimmed(text: &str) -> &str {
    if text.len() == 3 { text } else { text.trim() }
}

/// The text is not a three-letter currency code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a three-letter currency code")]
pub struct NotACurrency;

/// A unit in which prices are quoted: a currency, or a hundredth of one (pence, cents, agorot).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Quoted {
    /// The currency that the amount is in after scaling.
    pub currency: Currency,
    /// Whether amounts are in hundredths of the currency.
    pub hundredths: bool,
}

impl Quoted {
    /// Reads a currency code or a sub-unit: `GBX`, `GBp`, `GBP`, `ZAc`, `ZAX`, `ILA`; `CNH` is yuan, `zł` złoty.
    ///
    /// Sub-units are quotation units of exchanges, not currencies of NBP's tables
    /// (tax-law 1.2.9, 1.2.10).
    pub fn parse(text: &str) -> Result<Self, NotACurrency> {
        let trimmed = trimmed(text);
        // Most currencies are told apart from all of these by their first letter.
        if matches!(trimmed.as_bytes(), [b'A' | b'D'..=b'F' | b'H' | b'J'..=b'Y', ..]) {
            return Ok(Self { currency: Currency::parse(trimmed)?, hundredths: false });
        }
        let (code, hundredths) = match trimmed {
            "GBX" | "gbx" | "GBp" | "GBPX" | "GBPx" => ("GBP", true),
            "ZAc" | "ZAC" | "ZAX" => ("ZAR", true),
            "ILA" | "ILa" | "ILX" => ("ILS", true),
            "CNH" => ("CNY", false),
            // As people write it.
            "zł" | "ZŁ" | "zl" => ("PLN", false),
            other => (other, false),
        };
        Ok(Self { currency: Currency::parse(code)?, hundredths })
    }

    /// Scales a quoted amount to whole units of the currency.
    pub fn scale(self, amount: Decimal) -> Decimal {
        if self.hundredths { amount * Decimal::new(1, 2) } else { amount }
    }
}

/// An ISO 3166 alpha-2 country code, as in the first two letters of an ISIN.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Country([u8; 2]);

impl Country {
    /// Poland.
    pub const PL: Self = Self(*b"PL");
    /// United States.
    pub const US: Self = Self(*b"US");

    /// Reads exactly two ASCII letters in any case; surrounding blanks are ignored.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        let [a, b] = *text.trim().as_bytes() else { return Err(NotACountry) };
        if !(a.is_ascii_alphabetic() && b.is_ascii_alphabetic()) {
            return Err(NotACountry);
        }
        Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("??")
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

as_text!(Country, Country::parse);

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a two-letter country code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a two-letter country code")]
pub struct NotACountry;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pence_scale_to_pounds() {
        let quoted = Quoted::parse("GBX").unwrap();
        assert_eq!(quoted.currency, Currency::GBP);
        assert_eq!(quoted.scale(Decimal::new(12_345, 0)), Decimal::new(12_345, 2));
    }

    #[test]
    fn stablecoins_are_not_currencies() {
        assert!(Currency::parse("USDT").is_err());
        assert!(Currency::parse("US1").is_err());
    }
}
