//! The order of events, and above all the order within a day, because that is where bugs live.
//!
//! Events are taken by day and time. Where the stamps are equal (date-only exports, two fills in one
//! second) the law gives no order, so none may matter: what makes shares available comes first, and
//! the rest is ordered by content, never by the row. Any permutation of the rows gives the same result.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::{
    money::Currency,
    statement::{Event, Transaction},
};

/// Compares two events of one ledger.
pub(super) fn compare(left: &Transaction, right: &Transaction) -> Ordering {
    (left.day, left.millisecond)
        .cmp(&(right.day, right.millisecond))
        .then_with(|| rank(&left.event).cmp(&rank(&right.event)))
        .then_with(|| left.account.cmp(&right.account))
        .then_with(|| left.instrument.cmp(&right.instrument))
        .then_with(|| content(&left.event).cmp(&content(&right.event)))
        .then_with(|| left.key.cmp(&right.key))
        .then_with(|| left.source.cmp(&right.source))
}

/// A change of identity or number takes effect before the trades of the same stamp, purchases
/// before sales, and transfers between them.
pub(super) fn rank(event: &Event) -> u8 {
    match event {
        Event::Block => 0,
        Event::Rename { .. } => 1,
        Event::Split(_) | Event::SplitAdded { .. } => 2,
        Event::OpeningLot { .. } => 3,
        Event::Buy(_) | Event::OpenShort(_) | Event::CryptoBuy { .. } => 4,
        Event::TransferOut { .. } => 5,
        Event::TransferIn { .. } => 6,
        Event::Sell(_) | Event::CloseShort(_) | Event::CryptoSell { .. } => 7,
        Event::Dividend { .. }
        | Event::Interest { .. }
        | Event::Fee { .. }
        | Event::Derivative { .. } => 8,
        Event::Withholding { .. } => 9,
    }
}

/// The currency of an event's amounts; `None` for events without one.
pub(crate) fn currency(event: &Event) -> Option<Currency> {
    match event {
        Event::Buy(trade)
        | Event::Sell(trade)
        | Event::OpenShort(trade)
        | Event::CloseShort(trade) => Some(trade.gross.currency),
        Event::OpeningLot { cost: money, .. }
        | Event::Dividend { gross: money, .. }
        | Event::Withholding { amount: money, .. }
        | Event::Interest { gross: money, .. }
        | Event::Fee { amount: money }
        | Event::Derivative { result: money, .. }
        | Event::CryptoBuy { cost: money, .. }
        | Event::CryptoSell { revenue: money, .. } => Some(money.currency),
        Event::Split(_)
        | Event::SplitAdded { .. }
        | Event::Rename { .. }
        | Event::TransferOut { .. }
        | Event::TransferIn { .. }
        | Event::Block => None,
    }
}

/// What distinguishes two events of the same kind, stamp, account and instrument.
pub(crate) fn content(event: &Event) -> [Decimal; 3] {
    match event {
        Event::Buy(trade)
        | Event::Sell(trade)
        | Event::OpenShort(trade)
        | Event::CloseShort(trade) => [trade.gross.amount, trade.quantity, trade.commission.amount],
        Event::OpeningLot { quantity, cost } => [cost.amount, *quantity, Decimal::ZERO],
        Event::Dividend { gross, withheld, .. } | Event::Interest { gross, withheld } => {
            [gross.amount, withheld.amount, Decimal::ZERO]
        }
        Event::Withholding { amount, .. } | Event::Fee { amount } => {
            [amount.amount, Decimal::ZERO, Decimal::ZERO]
        }
        Event::TransferOut { quantity, .. } | Event::TransferIn { quantity, .. } => {
            [*quantity, Decimal::ZERO, Decimal::ZERO]
        }
        Event::Split(ratio) => [ratio.new, ratio.old, Decimal::ZERO],
        Event::SplitAdded { added } => [*added, Decimal::ZERO, Decimal::ZERO],
        Event::Derivative { result, .. } => [result.amount, Decimal::ZERO, Decimal::ZERO],
        Event::CryptoBuy { cost: amount, fee } | Event::CryptoSell { revenue: amount, fee } => {
            [amount.amount, fee.amount, Decimal::ZERO]
        }
        Event::Rename { .. } | Event::Block => [Decimal::ZERO; 3],
    }
}
