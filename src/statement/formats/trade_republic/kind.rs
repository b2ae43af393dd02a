//! What the columns `category` and `type` say.

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Buy,
    Sell,
    Dividend,
    Interest,
    /// Money that comes and goes: deposits, cards, transfers, gifts of the broker that a purchase follows.
    Cash,
    /// Tax of another country set off; without an amount it says nothing.
    TaxSetOff,
    /// Shares that come or go without a price.
    Delivery,
    /// The custodian changed, nothing else did.
    Migration,
    /// A split, merger, redemption and the like.
    Action,
}

pub(super) fn kind(category: &str, name: &str) -> Option<Kind> {
    let cash = ["CUSTOMER_", "TRANSFER_", "CARD_", "BENEFITS_", "PAYMENT_", "SSP_"];
    Some(match (category, name) {
        ("TRADING", "BUY") => Kind::Buy,
        ("TRADING", "SELL") => Kind::Sell,
        ("CASH", "DIVIDEND" | "DISTRIBUTION") => Kind::Dividend,
        ("CASH", "INTEREST_PAYMENT" | "COUPON_PAYMENT" | "INTEREST") => Kind::Interest,
        ("CASH", "TAX_OPTIMIZATION") => Kind::TaxSetOff,
        ("CASH", "STOCKPERK" | "KINDERGELD_BONUS" | "REFERRAL" | "BONUS") => Kind::Cash,
        ("CASH", name) if cash.iter().any(|start| name.starts_with(start)) => Kind::Cash,
        ("DELIVERY", "MIGRATION") => Kind::Migration,
        ("DELIVERY", _) => Kind::Delivery,
        ("CORPORATE_ACTION", _) | ("CASH", "FINAL_MATURITY" | "REDEMPTION") => Kind::Action,
        _ => return None,
    })
}
