//! What one pass over the events finds out, so that the usual history needs no further pass for it.
//!
//! Events are a hundred bytes each: walking over a large history costs more than what is asked of each event.

use std::num::NonZeroU64;

use hashbrown::{HashMap, hash_map::Entry};
use jiff::civil::Date;

use super::{merge::is_absurd, order};
use crate::statement::{Event, EventKey, FileId, KeyIsHash, Transaction};

/// So many events fit into the nearest cache.
pub(super) const BLOCK: usize = 128;

/// What was seen so far.
#[derive(Debug)]
pub(super) struct Survey {
    /// The first halves of the keys, parallel to the events.
    keys: Vec<Option<NonZeroU64>>,
    filter: Repeated,
    /// Whether any event has an absurd number.
    pub(super) has_absurd: bool,
    /// Kinds of events that few histories have.
    pub(super) rare: Rare,
    /// Whether the events stand in the order in which the tax takes them. A doubt is a no.
    pub(super) is_sorted: bool,
    /// The last file with an event that has no key, and whether there was another before.
    nameless: Option<(FileId, bool)>,
    last: Option<(Date, u32)>,
}

/// Whether any event is of these kinds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rare {
    /// One side of a transfer.
    pub(super) transfers: bool,
    /// A split, by its ratio or by the shares added.
    pub(super) splits: bool,
}

impl Rare {
    fn note(&mut self, event: &Event) {
        self.transfers |= matches!(event, Event::TransferOut { .. } | Event::TransferIn { .. });
        self.splits |= matches!(event, Event::Split(_) | Event::SplitAdded { .. });
    }
}

impl Survey {
    /// Nothing seen yet.
    pub(super) fn with_room_for(events: usize) -> Self {
        Self {
            keys: Vec::with_capacity(events),
            filter: Repeated::with_room_for(events),
            has_absurd: false,
            rare: Rare::default(),
            is_sorted: true,
            nameless: None,
            last: None,
        }
    }

    /// Surveys all events at once.
    pub(super) fn of(transactions: &[Transaction]) -> Self {
        let mut survey = Self::with_room_for(transactions.len());
        transactions.chunks(BLOCK).for_each(|block| survey.take(block));
        survey
    }

    /// Takes in the next events.
    pub(super) fn take(&mut self, block: &[Transaction]) {
        let stamp = |transaction: &Transaction| (transaction.day, transaction.millisecond);
        self.is_sorted &= self.last < block.first().map(stamp);
        // Most neighbours differ in their stamps already.
        let in_order =
            |a: &Transaction, b: &Transaction| stamp(a) < stamp(b) || order::compare(a, b).is_le();
        self.is_sorted &= block.is_sorted_by(in_order);
        self.last = block.last().map(stamp);
        for transaction in block {
            self.has_absurd |= is_absurd(&transaction.event);
            self.rare.note(&transaction.event);
            let half = transaction.key.map(EventKey::first);
            match half {
                Some(half) => self.filter.add(half.get()),
                None => self.name(transaction.source.file),
            }
            self.keys.push(half);
        }
    }

    fn name(&mut self, file: FileId) {
        self.nameless = match self.nameless {
            None => Some((file, false)),
            Some((known, several)) => Some((file, several || known != file)),
        };
    }

    /// Whether events of more than one file have no key.
    pub(super) fn has_several_nameless_files(&self) -> bool {
        self.nameless.is_some_and(|(_, several)| several)
    }

    /// Events whose key another row had before: the index of the first, and its own.
    ///
    /// Most histories repeat nothing. So a small table of bits first sorts out the keys that cannot be
    /// repetitions; only the few others go into a map, which no longer outgrows the cache.
    pub(super) fn repetitions(&self, transactions: &[Transaction]) -> Vec<(usize, usize)> {
        let mut seen: HashMap<EventKey, usize, KeyIsHash> = HashMap::default();
        let mut repeated = Vec::new();
        for (at, half) in self.keys.iter().enumerate() {
            if !half.is_some_and(|half| self.filter.may_repeat(half.get())) {
                continue;
            }
            let Some(transaction) = transactions.get(at) else { continue };
            let Some(key) = transaction.key else { continue };
            match seen.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(at);
                }
                Entry::Occupied(first) => {
                    let first = *first.get();
                    let same_row = transactions
                        .get(first)
                        .is_some_and(|first| first.source == transaction.source);
                    if !same_row {
                        repeated.push((first, at));
                    }
                }
            }
        }
        repeated
    }
}

/// Keys that may have been added twice. Never forgets one; suspects a few percent of the others.
#[derive(Debug)]
struct Repeated {
    /// For 64 places each, whether a key came to it once, and whether again: side by side, so that a key that is
    /// looked up in a large table costs one way to memory.
    words: Vec<[u64; 2]>,
}

impl Repeated {
    /// With so many places per key, one in sixteen is suspected without cause.
    const PLACES_PER_KEY: usize = 16;

    fn with_room_for(keys: usize) -> Self {
        let words = (keys * Self::PLACES_PER_KEY / 64).next_power_of_two();
        Self { words: vec![[0; 2]; words] }
    }

    fn add(&mut self, key: u64) {
        let (word, bit) = self.place(key);
        if let Some([once, twice]) = self.words.get_mut(word) {
            *twice |= *once & bit;
            *once |= bit;
        }
    }

    fn may_repeat(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.words.get(word).is_some_and(|[_, twice]| twice & bit != 0)
    }

    /// A key is a hash, so its bits choose the place.
    fn place(&self, key: u64) -> (usize, u64) {
        let word = usize::try_from(key >> 6).unwrap_or(0) & (self.words.len() - 1);
        (word, 1 << (key & 63))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tax::testing;

    proptest! {
        #[test]
        fn what_is_surveyed_in_blocks_is_what_there_is(ledger in testing::ledger(), repeat in 1_usize..5) {
            let all: Vec<Transaction> =
                std::iter::repeat_n(ledger.transactions, repeat).flatten().collect();
            let survey = Survey::of(&all);
            if survey.is_sorted {
                prop_assert!(all.is_sorted_by(|a, b| order::compare(a, b).is_le()));
            }
            let mut slow = Vec::new();
            for (at, transaction) in all.iter().enumerate().filter(|(_, one)| one.key.is_some()) {
                let first = all.iter().position(|one| one.key == transaction.key).unwrap();
                if all[first].source != transaction.source {
                    slow.push((first, at));
                }
            }
            prop_assert_eq!(survey.repetitions(&all), slow);
            let transfers = |one: &Transaction| matches!(one.event, Event::TransferOut { .. } | Event::TransferIn { .. });
            prop_assert_eq!(survey.rare.transfers, all.iter().any(transfers));
        }
    }
}
