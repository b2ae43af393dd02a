//! What the column `type` says, in Polish or English.

use crate::statement::table::fold;

/// The kinds of rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Buy,
    Sell,
    OpeningLot,
    Dividend,
    Withholding,
    Interest,
    Fee,
    Split,
    Derivative,
    CryptoBuy,
    CryptoSell,
}

impl Kind {
    /// Reads a name; marks on letters, case, underscores and hyphens do not matter.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match fold(&text.replace(['_', '-'], " ")).as_ref() {
            "buy" | "kupno" | "zakup" | "nabycie" => Self::Buy,
            "sell" | "sprzedaz" | "zbycie" => Self::Sell,
            "opening lot" | "lot poczatkowy" | "partia poczatkowa" | "pozycja poczatkowa"
            | "partia" | "lot" => Self::OpeningLot,
            "dividend" | "dywidenda" => Self::Dividend,
            "wht" | "withholding" | "withholding tax" | "podatek u zrodla" => Self::Withholding,
            "interest" | "odsetki" => Self::Interest,
            "fee" | "oplata" | "prowizja" | "koszt" => Self::Fee,
            "split" | "podzial" | "podzial akcji" | "split akcji" | "scalenie" => Self::Split,
            "derivative"
            | "pochodny"
            | "pochodna"
            | "pochodne"
            | "instrument pochodny"
            | "kontrakt"
            | "cfd" => Self::Derivative,
            "crypto buy" | "krypto kupno" | "krypto zakup" | "kupno krypto" | "zakup krypto"
            | "kryptowaluta kupno" | "kupno kryptowaluty" => Self::CryptoBuy,
            "crypto sell"
            | "krypto sprzedaz"
            | "sprzedaz krypto"
            | "kryptowaluta sprzedaz"
            | "sprzedaz kryptowaluty" => Self::CryptoSell,
            _ => return None,
        })
    }

    /// Whether the number of shares, and so the lots, depend on the row.
    pub(super) fn changes_lots(self) -> bool {
        match self {
            Self::Buy
            | Self::Sell
            | Self::OpeningLot
            | Self::Split
            | Self::CryptoBuy
            | Self::CryptoSell => true,
            Self::Dividend | Self::Withholding | Self::Interest | Self::Fee | Self::Derivative => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polish_names_are_read_with_and_without_marks() {
        assert_eq!(Kind::parse("Sprzedaż"), Some(Kind::Sell));
        assert_eq!(Kind::parse("SPRZEDAZ"), Some(Kind::Sell));
        assert_eq!(Kind::parse("partia początkowa"), Some(Kind::OpeningLot));
        assert_eq!(Kind::parse("crypto-buy"), Some(Kind::CryptoBuy));
        assert_eq!(Kind::parse("Zbycie"), Some(Kind::Sell));
        assert_eq!(Kind::parse("kontrakt"), Some(Kind::Derivative));
        assert_eq!(Kind::parse("przelew"), None);
    }
}
