//! A large ledger in parts that have nothing to do with each other.
//!
//! Lots are matched per account and instrument (art. 24 ust. 10, art. 30a ust. 3 PIT), tax at source finds
//! its payment per account and instrument, and years are sums. So everything of one instrument on one
//! account, with the instruments that it was renamed from and to and the
//! accounts that it was transferred from and to, can be worked out apart.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    ledger::Ledger,
    statement::{AccountIx, Event, InstrumentIx, TransferIx},
};

/// Part of a ledger, worked out by [`super::work_out_part`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Part {
    /// Accounts and instruments of the whole; events and positions of the part alone, in order.
    pub ledger: Ledger,
    /// The place in the whole of each event.
    pub places: Vec<u32>,
}

/// One instrument on one account.
type Holding = (AccountIx, InstrumentIx);

/// Divides a ledger into at most `most` parts of about the same number of events. Fewer come back if
/// fewer instruments are in it. The same ledger is always divided in the same way.
pub fn parts(ledger: &Ledger, most: usize) -> Vec<Part> {
    let chosen = choose(&groups(ledger), most.max(1));
    let count = chosen.values().max().map_or(1, |last| last + 1);
    let tables = Ledger {
        accounts: ledger.accounts.clone(),
        venues: ledger.venues.clone(),
        listings: ledger.listings.clone(),
        instruments: ledger.instruments.clone(),
        ..Ledger::default()
    };
    let mut parts = vec![Part { ledger: tables, places: Vec::new() }; count];
    let part_of = |holding: Holding| chosen.get(&holding).copied().unwrap_or_default();
    for (place, transaction) in (0..).zip(&ledger.transactions) {
        if let Some(part) = parts.get_mut(part_of((transaction.account, transaction.instrument))) {
            part.ledger.transactions.push(transaction.clone());
            part.places.push(place);
        }
    }
    for position in &ledger.positions {
        if let Some(part) = parts.get_mut(part_of((position.account, position.instrument))) {
            part.ledger.positions.push(position.clone());
        }
    }
    parts
}

/// Each holding with the first of its group, joined by renames, and the group's number of events.
#[derive(Debug, Default)]
struct Groups {
    leaders: BTreeMap<Holding, Holding>,
    events: BTreeMap<Holding, usize>,
}

impl Groups {
    fn leader(&self, holding: Holding) -> Holding {
        let mut leader = holding;
        while let Some(next) = self.leaders.get(&leader).filter(|next| **next != leader) {
            leader = *next;
        }
        leader
    }

    fn join(&mut self, one: Holding, other: Holding) {
        self.leaders.entry(other).or_insert(other);
        let (one, other) = (self.leader(one), self.leader(other));
        self.leaders.insert(one.max(other), one.min(other));
    }
}

fn groups(ledger: &Ledger) -> Groups {
    let mut groups = Groups::default();
    let mut transfers: BTreeMap<TransferIx, Holding> = BTreeMap::new();
    for transaction in &ledger.transactions {
        let holding = (transaction.account, transaction.instrument);
        groups.leaders.entry(holding).or_insert(holding);
        if let Event::Rename { to } = transaction.event {
            groups.join(holding, (transaction.account, to));
        }
        if let Event::TransferOut { arrival: Some(transfer), .. }
        | Event::TransferIn { departure: Some(transfer), .. } = transaction.event
        {
            let first = *transfers.entry(transfer).or_insert(holding);
            groups.join(holding, first);
        }
    }
    for transaction in &ledger.transactions {
        let leader = groups.leader((transaction.account, transaction.instrument));
        *groups.events.entry(leader).or_default() += 1;
    }
    groups
}

/// The part of each holding: the largest group first, each into the part that has least.
fn choose(groups: &Groups, most: usize) -> BTreeMap<Holding, usize> {
    let mut largest: Vec<(Reverse<usize>, Holding)> =
        groups.events.iter().map(|(leader, events)| (Reverse(*events), *leader)).collect();
    largest.sort_unstable();
    let mut loads = vec![0; most.min(largest.len()).max(1)];
    let mut of_leader = BTreeMap::new();
    for (Reverse(events), leader) in largest {
        let least = loads.iter_mut().enumerate().min_by_key(|(number, load)| (**load, *number));
        if let Some((number, load)) = least {
            *load += events;
            of_leader.insert(leader, number);
        }
    }
    let holdings = groups.leaders.keys();
    let numbered = holdings.map(|&holding| {
        let number = of_leader.get(&groups.leader(holding)).copied().unwrap_or_default();
        (holding, number)
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::tax::{assess, conclude, testing, work_out_part};

    fn joined(
        ledger: &Ledger,
        most: usize,
        options: &crate::tax::Options,
    ) -> crate::tax::Assessment {
        let book = testing::book();
        let parts = parts(ledger, most);
        // The last part first: the order in which parts arrive means nothing.
        let mut worked = parts.iter().rev().map(|part| work_out_part(part, &book, options));
        let mut whole = worked.next().expect("at least one part");
        worked.for_each(|part| whole.merge(part));
        conclude(ledger, whole, options, date(2026, 5, 4))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn parts_come_to_the_same_as_the_whole(
            ledger in testing::ledger(),
            most in 1_usize..9,
            options in testing::options(),
        ) {
            let whole = assess(&ledger, &testing::book(), &options, date(2026, 5, 4));
            prop_assert_eq!(joined(&ledger, most, &options), whole);
        }

        #[test]
        fn every_event_is_in_exactly_one_part(ledger in testing::ledger(), most in 1_usize..9) {
            let parts = parts(&ledger, most);
            prop_assert!((1..=most).contains(&parts.len()));
            let mut places: Vec<u32> = parts.iter().flat_map(|part| part.places.clone()).collect();
            places.sort_unstable();
            prop_assert!(places.into_iter().eq((0..).take(ledger.transactions.len())));
            let positions: usize = parts.iter().map(|part| part.ledger.positions.len()).sum();
            prop_assert_eq!(positions, ledger.positions.len());
        }
    }
}
