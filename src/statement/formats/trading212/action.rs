//! What the column `Action` says, and what follows from it.

/// The kinds of rows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Action {
    /// A purchase, whatever the kind of order.
    Buy,
    /// A sale.
    Sell,
    /// A distribution in cash.
    Dividend,
    /// A later correction of a distribution.
    DividendAdjustment,
    /// Interest on uninvested cash.
    Interest,
    /// The position before a change of the number of shares.
    SplitClose,
    /// The position after it.
    SplitOpen,
    /// A known row whose tax treatment is not settled; the number of shares stays.
    Unsettled,
    /// As `Unsettled`, and the number of shares changes: the instrument's lots are not known any more.
    UnsettledShares,
    /// Shares moved to or from another account; money if no instrument is named.
    Transfer,
    /// A known row without a tax effect.
    Neutral,
}

/// Kinds of distributions that are shares in profits or income of funds (tax-law 2.6, 7.1), as in
/// `Dividend (Ordinary)`. An interest distribution is that of a bond fund: fund income as well.
const DISTRIBUTIONS: [&str; 14] = [
    "ordinary",
    "dividend",
    "dividends paid by us corporations",
    "dividends paid by foreign corporations",
    "bonus",
    "property income distribution",
    "property income",
    "interest",
    "tax exempted",
    "demerger",
    "capital gains",
    "short term capital gains",
    "long term capital gains",
    "capital gains distribution",
];

impl Action {
    /// Reads the column. Kinds of orders are listed, not guessed: `Market look` is no purchase.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        match text {
            b"Market buy" | b"Limit buy" | b"Stop buy" | b"Stop limit buy" => Some(Self::Buy),
            b"Market sell" | b"Limit sell" | b"Stop sell" | b"Stop limit sell" => Some(Self::Sell),
            other => Self::parse_folded(&std::str::from_utf8(other).ok()?.to_lowercase()),
        }
    }

    fn parse_folded(text: &str) -> Option<Self> {
        if let Some(kind) = text.strip_prefix("dividend (").and_then(|kind| kind.strip_suffix(')'))
        {
            return Some(Self::distribution(kind.trim()));
        }
        Some(match text {
            "market buy" | "limit buy" | "stop buy" | "stop limit buy" | "stop/limit buy" => {
                Self::Buy
            }
            "market sell" | "limit sell" | "stop sell" | "stop limit sell" | "stop/limit sell" => {
                Self::Sell
            }
            "dividend" => Self::Dividend,
            "dividend adjustment" => Self::DividendAdjustment,
            "interest on cash" => Self::Interest,
            "stock split close" => Self::SplitClose,
            "stock split open" => Self::SplitOpen,
            // Proceeds of rights or fractions (tax-law 2.4); the fee for lent shares (tax-law 2.9).
            "result adjustment"
            | "tax adjustment"
            | "lending interest"
            | "share lending interest" => Self::Unsettled,
            "stock split"
            | "stock distribution"
            | "custom stock distribution"
            | "scrip stock dividends"
            | "stock dividend"
            | "equity rights"
            | "spin off"
            | "spin-off"
            | "merger" => Self::UnsettledShares,
            "transfer in" | "transfer out" => Self::Transfer,
            "deposit"
            | "withdrawal"
            | "currency conversion"
            | "spending cashback"
            | "card debit"
            | "card credit"
            | "card refund"
            | "new card cost" => Self::Neutral,
            _ => return None,
        })
    }

    /// Returns of capital (tax-law 7.8), payments in lieu (2.9) and kinds not seen yet are not settled.
    fn distribution(kind: &str) -> Self {
        if DISTRIBUTIONS.contains(&kind) { Self::Dividend } else { Self::Unsettled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_orders_are_trades() {
        assert_eq!(Action::parse(b"Stop limit sell"), Some(Action::Sell));
        assert_eq!(Action::parse(b"MARKET BUY"), Some(Action::Buy));
        assert_eq!(Action::parse(b"Market look"), None);
    }

    #[test]
    fn returns_of_capital_and_payments_in_lieu_are_not_dividends() {
        let kind = |name: &str| Action::parse(format!("Dividend ({name})").as_bytes());
        assert_eq!(kind("Ordinary"), Some(Action::Dividend));
        assert_eq!(kind("Dividends paid by us corporations"), Some(Action::Dividend));
        assert_eq!(kind("Return of capital"), Some(Action::Unsettled));
        assert_eq!(kind("Dividend manufactured payment"), Some(Action::Unsettled));
        assert_eq!(kind("Something new"), Some(Action::Unsettled));
    }
}
