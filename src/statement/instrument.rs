//! What is traded: ISIN, symbol and kind.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{as_text::as_text, money::Country};

/// An International Securities Identification Number (ISO 6166): twelve characters.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Isin([u8; 12]);

impl Isin {
    /// Reads two letters, nine letters or digits, and a digit; case and outer blanks are ignored.
    ///
    /// A wrong check digit does not refuse the text: see [`Isin::has_valid_check_digit`].
    pub fn parse(text: &str) -> Result<Self, NotAnIsin> {
        Self::from_bytes(text.trim().as_bytes())
    }

    /// As [`Isin::parse`], for a field without blanks.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAnIsin> {
        let code: [u8; 12] = bytes.try_into().map_err(|_| NotAnIsin)?;
        let code = code.map(|c| c.to_ascii_uppercase());
        let (country, rest) = code.split_at(2);
        let well_formed = country.iter().all(u8::is_ascii_uppercase)
            && rest.iter().all(u8::is_ascii_alphanumeric)
            && code.last().is_some_and(u8::is_ascii_digit);
        if well_formed { Ok(Self(code)) } else { Err(NotAnIsin) }
    }

    /// The country prefix: a hint at the issuer's residence (`XS` is none).
    pub fn country(&self) -> Option<Country> {
        Country::parse(self.as_str().get(..2)?).ok()
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("????????????")
    }

    /// The code as ASCII.
    pub fn as_bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// Whether the last digit is the Luhn check digit of the others (ISO 6166 annex A).
    pub fn has_valid_check_digit(&self) -> bool {
        let mut sum: u32 = 0;
        let mut double = false;
        for &c in self.0.iter().rev() {
            let value = u32::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 });
            // A letter stands for two digits, read from the right.
            for digit in [value % 10, value / 10].into_iter().take(if value > 9 { 2 } else { 1 }) {
                let weighted = if double { digit * 2 } else { digit };
                sum += weighted / 10 + weighted % 10;
                double = !double;
            }
        }
        sum.is_multiple_of(10)
    }
}

impl fmt::Display for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

as_text!(Isin, Isin::parse);

impl fmt::Debug for Isin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text does not have the form of an ISIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an ISIN")]
pub struct NotAnIsin;

/// What kind of thing an instrument is; decides pool and treatment.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub enum InstrumentKind {
    /// Shares, funds, bonds: disposed of lot by lot (art. 30b ust. 1).
    #[default]
    Security,
    /// Options, futures, CFD: results of closed positions (art. 17 ust. 1 pkt 10).
    Derivative,
    /// Virtual currency: its own pool without lots (art. 17 ust. 1f).
    Crypto,
}

/// One instrument as far as the files describe it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Instrument {
    /// The ISIN, if any file gives it.
    pub isin: Option<Isin>,
    /// The broker's symbol or ticker; may be empty when there is an ISIN.
    pub symbol: String,
    /// The full name, may be empty.
    pub name: String,
    /// What kind of thing it is.
    pub kind: InstrumentKind,
    /// The issuer's country when a file states it; wins over the ISIN's prefix.
    pub country: Option<Country>,
    /// The exchange where the broker lists it, as the broker writes it; may be empty.
    pub exchange: String,
}

impl Instrument {
    /// The issuer's country: as stated, else the ISIN's prefix; `None` for `XS`, `EU` and the like.
    pub fn issuer_country(&self) -> Option<Country> {
        let prefix = self.isin.and_then(|isin| isin.country());
        self.country
            .or(prefix)
            .filter(|country| !matches!(country.as_str(), "XS" | "EU" | "XX" | "ZZ"))
    }

    /// What people call it: the symbol, else the ISIN, else the name.
    pub fn label(&self) -> &str {
        if !self.symbol.is_empty() {
            return &self.symbol;
        }
        self.isin.as_ref().map_or(&self.name, Isin::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_real_isins_hold() {
        for isin in ["US0378331005", "IE00B4L5Y983", "PLKGHM000017", "GB0002634946"] {
            assert!(Isin::parse(isin).unwrap().has_valid_check_digit(), "{isin}");
        }
        assert!(!Isin::parse("US0378331006").unwrap().has_valid_check_digit());
    }

    #[test]
    fn what_is_not_twelve_characters_is_not_an_isin() {
        assert_eq!(Isin::parse("AAPL"), Err(NotAnIsin));
        assert_eq!(Isin::parse("US037833100X"), Err(NotAnIsin));
    }
}
