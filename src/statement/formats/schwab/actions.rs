//! What the actions of the brokerage account are.

/// An action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Action {
    Buy,
    Sell,
    Dividend,
    /// Tax taken from dividends of American companies, or of others.
    Tax {
        american: bool,
    },
    Interest,
    /// Charges that no rule makes a cost of shares.
    Charge,
    /// Shares that came or went without a price; money alone is neutral.
    Move,
    Neutral,
    /// Money for a fraction of a share, whose size is not told.
    Fraction,
    /// Shares added by a split.
    Split,
    /// One of the rows of a reverse split.
    ReverseSplit,
    /// Shares changed in a way that the row does not settle.
    Unsettled,
    /// The sum below the rows.
    Total,
}

const DIVIDENDS: &[&str] = &[
    "cash dividend",
    "qualified dividend",
    "non-qualified div",
    "special dividend",
    "special qual div",
    "special non qual div",
    "pr yr cash div",
    "pr yr special div",
    "pr yr non qual div",
    "div adjustment",
    "qual div reinvest",
    "reinvest dividend",
    "pr yr div reinvest",
    "non-qual div reinvest",
    // Distributions of funds are income of capital as well (art. 30a ust. 1 pkt 5 PIT).
    "long term cap gain",
    "short term cap gain",
    "long term cap gain reinvest",
    "short term cap gain reinvest",
];

const NEUTRAL: &[&str] = &[
    "moneylink transfer",
    "moneylink deposit",
    "moneylink adj",
    "wire sent",
    "wire received",
    "wire funds",
    "wire funds received",
    "wire funds adj",
    "funds received",
    "funds paid",
    "visa purchase",
    "atm withdrawal",
    "misc cash entry",
    "bank transfer",
    "promotional award",
];

const UNSETTLED: &[&str] = &[
    "spin-off",
    "stock merger",
    "name change",
    "cash merger",
    "cash merger adj",
    "full redemption",
    "full redemption adj",
    "mandatory reorg exc",
    "stock dividend",
    "stock div dist",
    "conversion",
    "cash/stock merger",
    "expired",
    "assigned",
    "exchange or exercise",
    "adjustment",
    "irs withhold adj",
    "sell short",
    "buy to cover",
    "buy to open",
    "buy to close",
    "sell to open",
    "sell to close",
];

impl Action {
    /// Reads an action; `None` if it is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let name = lower.as_str();
        Some(match name {
            "buy" | "reinvest shares" => Self::Buy,
            "sell" => Self::Sell,
            "nra tax adj" | "nra withholding" | "nra withhold" | "pr yr nra tax" => {
                Self::Tax { american: true }
            }
            "foreign tax paid" | "foreign tax reclaim" => Self::Tax { american: false },
            "credit interest" | "bond interest" | "bank interest" => Self::Interest,
            "adr mgmt fee" | "margin interest" | "service fee" | "service fee adj"
            | "advisor fee" => Self::Charge,
            "stock plan activity"
            | "journaled shares"
            | "journal"
            | "security transfer"
            | "internal transfer"
            | "shares transferred" => Self::Move,
            "cash in lieu" => Self::Fraction,
            "stock split" => Self::Split,
            "reverse split" => Self::ReverseSplit,
            "transactions total" => Self::Total,
            name if DIVIDENDS.contains(&name) => Self::Dividend,
            name if NEUTRAL.contains(&name) => Self::Neutral,
            name if UNSETTLED.contains(&name) => Self::Unsettled,
            _ => return None,
        })
    }

    /// Whether the number of shares depends on the row.
    pub(super) fn changes_lots(self) -> bool {
        match self {
            Self::Buy
            | Self::Sell
            | Self::Move
            | Self::Split
            | Self::ReverseSplit
            | Self::Unsettled => true,
            Self::Dividend
            | Self::Tax { .. }
            | Self::Interest
            | Self::Charge
            | Self::Neutral
            | Self::Fraction
            | Self::Total => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_in_any_case_and_others_are_not_guessed() {
        assert_eq!(Action::parse("NRA Tax Adj"), Some(Action::Tax { american: true }));
        assert_eq!(Action::parse("Qual Div Reinvest"), Some(Action::Dividend));
        assert_eq!(Action::parse("Stock Split"), Some(Action::Split));
        assert_eq!(Action::parse("Spin-off"), Some(Action::Unsettled));
        assert_eq!(Action::parse("Advisor Fee"), Some(Action::Charge));
        assert_eq!(Action::parse("Stock Div Dist"), Some(Action::Unsettled));
        assert_eq!(Action::parse("Buy Lottery"), None);
    }
}
