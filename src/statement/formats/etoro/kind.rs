//! Classes of assets and kinds of account activity.

use crate::statement::table::fold;

/// What a position is of, as the statement says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Class {
    Stock,
    Etf,
    Crypto,
    /// CFDs, and options, futures and swaps alike: only their result counts.
    Cfd,
}

impl Class {
    pub(super) fn parse(text: &str) -> Option<Self> {
        // Crypto on margin is a contract, not crypto.
        const CONTRACTS: [&str; 9] =
            ["cfd", "kontrakt", "opt", "opcj", "fut", "fop", "trs", "total return", "margin"];
        const WORDS: [(&[&str], Class); 4] = [
            (&CONTRACTS, Class::Cfd),
            (&["crypto", "krypto"], Class::Crypto),
            (&["etf"], Class::Etf),
            (&["stock", "akcj", "akci", "equit"], Class::Stock),
        ];
        let text = fold(text);
        let found = WORDS.iter().find(|(words, _)| words.iter().any(|word| text.contains(word)));
        found.map(|(_, class)| *class)
    }

    /// Shares and funds, with lots.
    pub(super) fn is_share(self) -> bool {
        matches!(self, Self::Stock | Self::Etf)
    }
}

/// What a row of the account activity is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Open,
    Close,
    Dividend,
    Interest,
    /// Commission, stamp duty: a charge of the position's trade.
    Charge,
    /// Overnight and weekend fees: part of a CFD's result, told when it closes.
    Overnight,
    /// What a CFD on an index is paid when its price is adjusted: part of its result as well.
    Adjustment,
    Split,
    /// Staking rewards and airdrops: got for nothing, taxed when sold.
    Reward,
    /// Other corporate actions and corrections.
    Unsettled,
    Neutral,
}

/// The start of a kind and what it is; the first that fits decides.
const STARTS: [(&str, Kind); 55] = [
    ("open position", Kind::Open),
    ("otwarcie pozycji", Kind::Open),
    ("otwarta pozycja", Kind::Open),
    ("pozycja otwarta", Kind::Open),
    ("otwórz pozycje", Kind::Open),
    ("otworz pozycje", Kind::Open),
    ("otevřená pozice", Kind::Open),
    ("position closed", Kind::Close),
    ("profit/loss of trade", Kind::Close),
    ("zamkniecie pozycji", Kind::Close),
    ("pozycja zamknieta", Kind::Close),
    ("zysk/strata", Kind::Close),
    ("pozice zavřena", Kind::Close),
    ("dividend", Kind::Dividend),
    ("dywidend", Kind::Dividend),
    ("interest payment", Kind::Interest),
    ("wyplata odsetek", Kind::Interest),
    ("odsetki", Kind::Interest),
    ("sdrt", Kind::Charge),
    ("commission", Kind::Charge),
    ("prowizja", Kind::Charge),
    ("ticket fee", Kind::Charge),
    ("overnight", Kind::Overnight),
    ("weekend", Kind::Overnight),
    ("rollover", Kind::Overnight),
    ("oplata za rolowanie", Kind::Overnight),
    ("oplata za przetrzymanie", Kind::Overnight),
    ("oplata nocna", Kind::Overnight),
    ("corp action: split", Kind::Split),
    ("corp action", Kind::Unsettled),
    ("deposit", Kind::Neutral),
    ("wplata", Kind::Neutral),
    ("vklad", Kind::Neutral),
    ("withdraw", Kind::Neutral),
    ("wyplata", Kind::Neutral),
    ("zadanie wyplaty", Kind::Neutral),
    ("výběr", Kind::Neutral),
    ("conversion fee", Kind::Neutral),
    ("oplata za przewalutowanie", Kind::Neutral),
    ("edit stop loss", Kind::Neutral),
    ("edycja stop loss", Kind::Neutral),
    ("start copy", Kind::Neutral),
    ("stop copy", Kind::Neutral),
    ("pause copy", Kind::Neutral),
    ("resume copy", Kind::Neutral),
    ("register new copy", Kind::Neutral),
    ("add funds to copy", Kind::Neutral),
    ("account balance to mirror", Kind::Neutral),
    ("mirror balance to account", Kind::Neutral),
    ("staking", Kind::Reward),
    ("airdrop", Kind::Reward),
    ("transfer", Kind::Neutral),
    ("inactivity fee", Kind::Neutral),
    ("index price adjustment", Kind::Adjustment),
    ("adjustment", Kind::Unsettled),
];

impl Kind {
    /// Reads the type of a row; old statements put what a fee was for into the details.
    pub(super) fn parse(text: &str, details: &str) -> Option<Self> {
        let text = fold(text);
        let (_, kind) = STARTS.iter().find(|(start, _)| text.starts_with(start))?;
        let is_dividend = fold(details).contains("dividend");
        Some(if *kind == Self::Overnight && is_dividend { Self::Dividend } else { *kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_known_in_three_languages() {
        let cases = [
            ("Akcje", Class::Stock),
            ("Stocks", Class::Stock),
            ("Akcie", Class::Stock),
            ("Fundusze ETF", Class::Etf),
            ("Kryptoaktywa", Class::Crypto),
            ("Kontrakty CFD", Class::Cfd),
            ("CFD", Class::Cfd),
            ("Crypto Margin", Class::Cfd),
        ];
        for (text, class) in cases {
            assert_eq!(Class::parse(text), Some(class), "{text}");
        }
        assert_eq!(Class::parse("Obligacje"), None);
    }

    #[test]
    fn kinds_of_activity_are_known() {
        let kind = |text| Kind::parse(text, "");
        assert_eq!(kind("Open Position"), Some(Kind::Open));
        assert_eq!(kind("Profit/Loss of Trade"), Some(Kind::Close));
        assert_eq!(kind("corp action: Split"), Some(Kind::Split));
        assert_eq!(kind("corp action: Spin off"), Some(Kind::Unsettled));
        assert_eq!(kind("SDRT"), Some(Kind::Charge));
        assert_eq!(kind("Weekend refund"), Some(Kind::Overnight));
        assert_eq!(kind("Nowość"), None);
        let payment = Kind::parse("Rollover Fee", "Payment caused by dividend");
        assert_eq!(payment, Some(Kind::Dividend));
    }
}
