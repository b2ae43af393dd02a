//! What the column `Operation` says. The names are those that Binance has used since 2019.

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A side of an exchange, which rows of the same moment complete.
    Leg,
    /// A charge of an exchange.
    Fee,
    /// A side of a plan that buys regularly; the sides lie minutes apart.
    Plan,
    /// A change of coins into coins that never involves money.
    Swap,
    /// A coin for nothing.
    Reward,
    /// Deposits, withdrawals, and movements between accounts of one owner.
    Transfer,
    /// A deal with another customer, whose price stands in a report of its own.
    Peer,
    /// A payment, whose value no report tells; received, it is a transfer.
    Payment,
    /// The card: money is spent as money, a coin is spent as a coin.
    Card,
}

/// Reads a name.
pub(super) fn kind(operation: &str) -> Option<Kind> {
    let name = operation.trim().to_lowercase();
    let lists: [(&[&str], Kind); 9] = [
        (&LEGS, Kind::Leg),
        (&FEES, Kind::Fee),
        (&PLANS, Kind::Plan),
        (&SWAPS, Kind::Swap),
        (&REWARDS, Kind::Reward),
        (&TRANSFERS, Kind::Transfer),
        (&PEERS, Kind::Peer),
        (&PAYMENTS, Kind::Payment),
        (&CARD, Kind::Card),
    ];
    let listed = lists.iter().find(|(names, _)| names.contains(&name.as_str()));
    if let Some((_, kind)) = listed {
        return Some(*kind);
    }
    let moves = ["transfer between ", "main and funding account", "sub-account transfer"];
    if moves.iter().any(|start| name.starts_with(start)) {
        return Some(Kind::Transfer);
    }
    let gifts =
        ["launchpool airdrop", "megadrop", "hodler airdrop", "learn and earn", "mission reward"];
    gifts.iter().any(|start| name.starts_with(start)).then_some(Kind::Reward)
}

const LEGS: [&str; 18] = [
    "buy",
    "sell",
    "transaction related",
    "transaction buy",
    "transaction spend",
    "transaction sold",
    "transaction revenue",
    "binance convert",
    "convert",
    "large otc trading",
    "buy crypto",
    "buy crypto with card",
    "buy crypto with fiat",
    "convert fiat to crypto ocbs",
    "convert fiat to stablecoin paysafe",
    "sell to card",
    "sell crypto to fiat",
    "sell crypto to card",
];

const FEES: [&str; 3] = ["fee", "transaction fee", "bnb fee deduction"];

const PLANS: [&str; 2] = ["auto-invest transaction", "auto-invest"];

const SWAPS: [&str; 14] = [
    "small assets exchange bnb",
    "small assets exchange bnb (spot)",
    "eth 2.0 staking",
    "eth 2.0 staking withdrawals",
    "stablecoins auto-conversion",
    "token swap - redenomination/rebranding",
    "token swap - distribution",
    "leverage token redemption",
    "leveraged coin consolidation",
    "swap farming transaction",
    "liquid swap sell",
    "liquid swap buy",
    "asset conversion transfer",
    "asset recovery",
];

const REWARDS: [&str; 36] = [
    "distribution",
    "airdrop assets",
    "staking rewards",
    "eth 2.0 staking rewards",
    "sol staking rewards",
    "simple earn flexible interest",
    "simple earn flexible airdrop",
    "simple earn locked rewards",
    "simple earn flexible - rewards income",
    "simple earn locked - rewards income",
    "savings interest",
    "savings distribution",
    "pos savings interest",
    "pool distribution",
    "launchpool interest",
    "launchpool earnings",
    "launchpool earnings withdrawal",
    "launchpad token distribution",
    "bnb vault rewards",
    "super bnb mining",
    "dot slot auction rewards",
    "liquid swap rewards",
    "swap farming rewards",
    "commission history",
    "commission rebate",
    "commission fee shared with you",
    "referral commission",
    "referral kickback",
    "referrer rebates",
    "referee rebates",
    "rewards distribution",
    "campaign related reward",
    "cash voucher distribution",
    "cashback voucher",
    "card cashback",
    "binance card cashback",
];

const TRANSFERS: [&str; 54] = [
    "deposit",
    "fiat deposit",
    "deposit fiat",
    "deposit fiat ocbs",
    "fiat ocbs - add fiat and fees",
    "withdraw",
    "withdrawal",
    "fiat withdraw",
    "fiat withdrawal",
    "withdraw fiat",
    "send",
    "receive",
    "transfer_in",
    "transfer_out",
    "crypto - asset transfer",
    "asset - transfer",
    "crypto box",
    "crypto box refund",
    "simple earn flexible - internal transfer",
    "dot slot auction staking",
    "dot slot auction redemption",
    "savings purchase",
    "savings principal redemption",
    "pos savings purchase",
    "pos savings redemption",
    "simple earn flexible subscription",
    "simple earn flexible redemption",
    "simple earn locked subscription",
    "simple earn locked redemption",
    "staking purchase",
    "staking redemption",
    "eth 2.0 staking redemption",
    "bnb vault subscription",
    "bnb vault redemption",
    "launchpool subscription/redemption",
    "launchpool subscription / redemption",
    "launchpad subscribe",
    "dual investment - subscribe",
    "liquid swap add",
    "liquid swap add/sell",
    "liquid swap remove",
    "liquidity farming remove",
    "margin loan",
    "margin repayment",
    "isolated margin loan",
    "isolated margin repayment",
    "cross margin loan",
    "cross margin repayment",
    "isolatedmargin loan",
    "isolatedmargin repayment",
    "crypto loan - loan borrowing",
    "crypto loan - collateral",
    "flexible loan - lending",
    "flexible loan - collateral transfer",
];

const PEERS: [&str; 3] = ["p2p trading", "c2c transfer", "c2c"];

const PAYMENTS: [&str; 2] = ["binance pay", "pay"];

const CARD: [&str; 2] = ["binance card spending", "card spending"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_only_known_ones() {
        assert_eq!(kind("Transaction Related"), Some(Kind::Leg));
        assert_eq!(kind("Small assets exchange BNB"), Some(Kind::Swap));
        assert_eq!(kind("Transfer Between Main and Funding Wallet"), Some(Kind::Transfer));
        assert_eq!(kind("HODLer Airdrops Distribution"), Some(Kind::Reward));
        assert_eq!(kind("Simple Earn Flexible - Rewards Income"), Some(Kind::Reward));
        assert_eq!(kind("Convert Fiat to Stablecoin Paysafe"), Some(Kind::Leg));
        assert_eq!(kind("DOT Slot Auction Redemption"), Some(Kind::Transfer));
        assert_eq!(kind("Realized Profit and Loss"), None);
        assert_eq!(kind("Funding Fee"), None);
    }
}
