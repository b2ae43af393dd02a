//! A purchase that a later file restates: some brokers show the units of an old position as they are after a split,
//! while the file of its own year shows them as they were, and the file between tells the split.

use rust_decimal::Decimal;

use super::Ledger;
use crate::statement::{Event, SplitRatio, Trade, Transaction};

/// Units of two files that differ by less than this part are the same, rounded.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// The shares as of the day of the purchase, if two tellings of it differ by nothing but splits after it that the
/// ledger has; `None` if they contradict each other.
pub(super) fn original(ledger: &Ledger, one: &Transaction, other: &Transaction) -> Option<Decimal> {
    let (Event::Buy(first), Event::Buy(second)) = (&one.event, &other.event) else { return None };
    let same = (one.account, one.instrument) == (other.account, other.instrument)
        && first.gross == second.gross
        && first.commission == second.commission;
    if !same {
        return None;
    }
    let mut splits: Vec<(&Transaction, SplitRatio)> = ledger
        .transactions
        .iter()
        .filter(|found| (found.account, found.instrument) == (one.account, one.instrument))
        .filter_map(|found| {
            let Event::Split(ratio) = found.event else { return None };
            (found.day > one.day).then_some((found, ratio))
        })
        .collect();
    splits.sort_by_key(|(found, _)| (found.day, found.millisecond));
    // Files of overlapping periods tell a split more than once.
    splits.dedup_by_key(|(found, _)| found.key.ok_or(found.source));
    let mut so_far = SplitRatio { new: Decimal::ONE, old: Decimal::ONE };
    for (_, ratio) in splits {
        so_far.new = so_far.new.checked_mul(ratio.new)?;
        so_far.old = so_far.old.checked_mul(ratio.old)?;
        let pairs: [(&Trade, &Trade); 2] = [(first, second), (second, first)];
        for (before, after) in pairs {
            if is_restated(before.quantity, after.quantity, so_far) {
                return Some(before.quantity);
            }
        }
    }
    None
}

fn is_restated(before: Decimal, after: Decimal, ratio: SplitRatio) -> bool {
    let products = before.checked_mul(ratio.new).zip(after.checked_mul(ratio.old));
    products.is_some_and(|(made, told)| {
        made.checked_mul(ROUNDING).is_some_and(|tolerance| (made - told).abs() <= tolerance)
    })
}
