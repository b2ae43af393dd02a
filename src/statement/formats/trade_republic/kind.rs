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
    /// The German tax in advance on funds, which is charged where nothing was paid.
    AdvanceTax,
    /// Shares that come or go without a price.
    Delivery,
    /// The custodian changed, nothing else did.
    Migration,
    /// A split, merger, redemption and the like.
    Action,
}

/// Money that the customer moves or spends.
const MOVES: [&str; 6] =
    ["CUSTOMER_", "TRANSFER_", "VIBAN_", "CARD_", "PAYMENT_INBOUND", "PAYMENT_OUTBOUND"];

/// Reads category and type. Money that concerns an instrument is no mere move of money: what is not known is
/// refused. `bare`: the row names no instrument.
pub(super) fn kind(category: &str, name: &str, bare: bool) -> Option<Kind> {
    Some(match (category, name) {
        ("TRADING", "BUY" | "PRIVATE_MARKET_BUY") => Kind::Buy,
        ("TRADING", "SELL" | "PRIVATE_MARKET_SELL") => Kind::Sell,
        ("CASH", "DIVIDEND" | "DISTRIBUTION") => Kind::Dividend,
        ("CASH", "INTEREST_PAYMENT" | "COUPON_PAYMENT" | "INTEREST") => Kind::Interest,
        ("CASH", "TAX_OPTIMIZATION") => Kind::TaxSetOff,
        ("CASH", "EARNINGS" | "PRE_DETERMINED_TAX_BASE") => Kind::AdvanceTax,
        ("CASH", "STOCKPERK" | "KINDERGELD_BONUS" | "REFERRAL" | "BONUS") => Kind::Cash,
        ("CASH", name) if name.starts_with("BENEFITS_") => Kind::Cash,
        ("CASH", "GIFT" | "MANUAL_CASH_TRANSFER" | "GENERAL_INBOUND" | "PAYMENT") if bare => {
            Kind::Cash
        }
        ("CASH", name) if bare && MOVES.iter().any(|start| name.starts_with(start)) => Kind::Cash,
        ("DELIVERY", "MIGRATION") => Kind::Migration,
        ("DELIVERY", _) => Kind::Delivery,
        ("CORPORATE_ACTION", _)
        | (
            "CASH",
            "FINAL_MATURITY"
            | "REDEMPTION"
            | "EARLY_REDEMPTION"
            | "TILG"
            | "LIQUIDATION_PROCEEDS"
            | "MERGER"
            | "CAPITAL_INC_CASH"
            | "BOND_ACCRUED_INTEREST",
        ) => Kind::Action,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_that_concerns_an_instrument_is_never_a_mere_move() {
        for name in ["VIBAN_TRANSFER_INBOUND", "TRANSFER_IN", "PAYMENT_INBOUND", "GIFT"] {
            assert_eq!(kind("CASH", name, true), Some(Kind::Cash), "{name}");
            assert_eq!(kind("CASH", name, false), None, "{name}");
        }
        assert_eq!(kind("CASH", "STOCKPERK", false), Some(Kind::Cash));
        assert_eq!(kind("CASH", "BENEFITS_SAVEBACK", false), Some(Kind::Cash));
    }

    #[test]
    fn income_by_other_names_is_not_guessed() {
        let names = [
            "SSP_CORPORATE_ACTION_CASH",
            "SSP_TAX_CORRECTION",
            "PAYMENT_ANYTHING",
            "COMPENSATION",
            "ADDITIONAL_INCOME",
            "DIVIDEND_EQUIVALENT_PAYMENT",
        ];
        for name in names {
            assert_eq!(kind("CASH", name, true), None, "{name}");
            assert_eq!(kind("CASH", name, false), None, "{name}");
        }
        assert_eq!(kind("CASH", "TILG", false), Some(Kind::Action));
    }
}
