//! Splits, told by their ratio or by the shares added.

use rust_decimal::Decimal;

use super::{Moment, Walk};
use crate::statement::{Code, Diagnostic, SplitRatio, Transaction};

/// No company has split into more shares than this for one.
const SHARES_MAX: u32 = 100;

impl Walk<'_> {
    pub(super) fn split(&mut self, transaction: &Transaction, ratio: SplitRatio) {
        let place = self.holding(transaction);
        let Some(holding) = self.holdings.get_mut(place) else { return };
        if holding.lots.is_empty() {
            self.tell(transaction, Code::SplitWithoutLots, String::new());
        }
        self.apply(transaction, place, ratio);
    }

    /// A ratio after which there would be more shares than any company has is no ratio: the instrument is blocked.
    fn apply(&mut self, transaction: &Transaction, place: usize, ratio: SplitRatio) {
        let Some(holding) = self.holdings.get_mut(place) else { return };
        let done = holding.lots.split(ratio).and_then(|()| holding.shorts.split(ratio));
        if done.is_err() {
            let ratio = format!("{}:{}", ratio.new.normalize(), ratio.old.normalize());
            self.note(
                transaction,
                Diagnostic::at(Code::BadNumber, transaction.source).found("", ratio),
            );
            self.block(transaction, None);
        }
    }

    fn tell(&mut self, transaction: &Transaction, code: Code, detail: String) {
        let label = self.ledger.instrument(transaction.instrument).map_or("", |i| i.label());
        let finding = Diagnostic::at(code, transaction.source).found("", label).detail(detail);
        self.note(transaction, finding);
    }

    fn note(&mut self, transaction: &Transaction, finding: Diagnostic) {
        self.walked.diagnostics.push((transaction.day, Moment::Event(self.at)), finding);
    }

    /// The ratio is that of the holding before and after. Only whole numbers of new shares for one are taken: where
    /// earlier rows are restated already, or purchases are missing, others come out (3 for 2 instead of 2 for 1).
    /// The figures are told, because a missing purchase can lead to a whole number as well.
    pub(super) fn split_added(&mut self, transaction: &Transaction, added: Decimal) {
        let place = self.holding(transaction);
        let Some(holding) = self.holdings.get_mut(place) else { return };
        if holding.blocked.is_some() {
            return;
        }
        let held = holding.lots.held();
        let ratio = ratio(held, added).filter(|_| holding.shorts.is_empty());
        let code = if ratio.is_some() { Code::SplitWorkedOut } else { Code::SplitUnclear };
        let detail = match ratio {
            Some(new) => format!("{new}:1, {held} + {added}", held = held.normalize()),
            None => format!("{} + {added}", held.normalize()),
        };
        self.tell(transaction, code, detail);
        match ratio {
            Some(new) => self.apply(transaction, place, SplitRatio { new, old: Decimal::ONE }),
            None => self.block(transaction, None),
        }
    }
}

/// New shares for one, if they are a whole number that a company may have chosen.
fn ratio(held: Decimal, added: Decimal) -> Option<Decimal> {
    let new = held.checked_add(added)?.checked_div(held)?;
    let whole = new.round();
    let is_whole = (whole * held - held - added).abs() <= Decimal::new(1, 4) * whole;
    let is_sane = whole >= Decimal::TWO && whole <= Decimal::from(SHARES_MAX);
    (is_whole && is_sane).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worked_out(held: &str, added: &str) -> Option<u32> {
        let [held, added] = [held, added].map(|text| text.parse().unwrap());
        ratio(held, added).map(|new| new.try_into().unwrap())
    }

    #[test]
    fn ratios_are_whole_numbers_of_new_shares() {
        assert_eq!(worked_out("60", "540"), Some(10));
        assert_eq!(worked_out("0.0821", "1.5599"), Some(20));
        // 2 for 1 on rows that are restated already would look like 3 for 2; of 60 shares the file has 13.
        assert_eq!(worked_out("20", "10"), None);
        assert_eq!(worked_out("13", "540"), None);
        assert_eq!(worked_out("0", "540"), None);
        assert_eq!(worked_out("1", "540"), None);
    }
}
