//! Lots that go elsewhere without a sale: to another identity of the instrument, or to another account of
//! the same owner. Their days and costs go with them, and so does a doubt about them.

use rust_decimal::Decimal;

use super::{Blocked, Walk};
use crate::{
    statement::{InstrumentIx, Transaction, TransferIx},
    tax::lot::LotQueue,
};

impl Walk<'_> {
    pub(super) fn rename(&mut self, transaction: &Transaction, to: InstrumentIx) {
        let from = self.holding(transaction);
        let into = self.place(transaction.account, to);
        if from == into {
            return;
        }
        let Some(source) = self.holdings.get_mut(from) else { return };
        let lots = std::mem::take(&mut source.lots);
        let shorts = std::mem::take(&mut source.shorts);
        let blocked = source.blocked;
        source.successor = Some(into);
        if let Some(target) = self.holdings.get_mut(into) {
            target.lots.absorb(lots);
            target.shorts.absorb(shorts);
            target.blocked = target.blocked.or(blocked);
        }
    }

    /// The oldest lots leave; with their days and costs, whether or not a file tells where to.
    pub(super) fn depart(
        &mut self,
        transaction: &Transaction,
        shares: Decimal,
        to: Option<TransferIx>,
    ) {
        let place = self.holding(transaction);
        let Some(holding) = self.holdings.get_mut(place) else { return };
        let mut lots = Vec::new();
        if let Err(oversell) = holding.lots.take(shares, &mut lots) {
            self.block(transaction, Some(oversell.missing));
        }
        if let Some(number) = to {
            self.under_way.insert(number, (place, lots));
        }
    }

    /// Lots arrive in the order of their purchase (tax-law 2.3).
    pub(super) fn arrive(&mut self, transaction: &Transaction, from: Option<TransferIx>) {
        let Some((origin, lots)) = from.and_then(|number| self.under_way.remove(&number)) else {
            return self.block(transaction, None);
        };
        let place = self.holding(transaction);
        let Some(holding) = self.holdings.get_mut(place) else { return };
        let mut arrived = LotQueue::default();
        for lot in lots {
            arrived.push(lot);
        }
        holding.lots.absorb(arrived);
        if origin != place {
            holding.origins.push(origin);
        }
    }

    /// What is blocked, and why. Lots that came from a blocked holding may be the wrong ones.
    pub(super) fn blocked(&self) -> Vec<Option<Blocked>> {
        let mut blocked = self.blocked_along();
        let transfers = || {
            let places = self.holdings.iter().enumerate();
            places
                .flat_map(|(place, holding)| holding.origins.iter().map(move |from| (*from, place)))
        };
        // Each round carries a block one transfer further.
        for _ in 0..transfers().count() {
            let mut changed = false;
            for (from, place) in transfers() {
                let Some(Some((_, source))) = blocked.get(from).copied() else { continue };
                if let Some(open @ None) = blocked.get_mut(place) {
                    *open = Some((None, source));
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        blocked
    }

    /// A block on the instrument that the lots moved to blocks where they came from as well.
    fn blocked_along(&self) -> Vec<Option<Blocked>> {
        let mut known: Vec<Option<Option<Blocked>>> = vec![None; self.holdings.len()];
        let mut chain = Vec::new();
        for place in 0..self.holdings.len() {
            let mut next = Some(place);
            let mut found = None;
            while let Some((place, holding)) =
                next.and_then(|place| Some((place, self.holdings.get(place)?)))
            {
                let Some(answer) = known.get_mut(place) else { break };
                found = answer.unwrap_or(holding.blocked);
                if answer.is_some() || found.is_some() {
                    *answer = Some(found);
                    break;
                }
                // Nothing blocks a rename cycle (A to B and back) that comes back here.
                *answer = Some(None);
                chain.push(place);
                next = holding.successor;
            }
            for place in chain.drain(..) {
                if let Some(answer) = known.get_mut(place) {
                    *answer = Some(found);
                }
            }
        }
        known.into_iter().map(Option::flatten).collect()
    }
}
