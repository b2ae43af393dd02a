//! Results in the order of the ledger, each with its place there: parts that were computed apart are put
//! together again exactly as if they had never been divided.

use serde::{Deserialize, Serialize};

/// Things found, in order, and the place of each.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Placed<T, P = u32> {
    items: Vec<T>,
    /// Parallel to `items`.
    places: Vec<P>,
}

impl<T, P> Default for Placed<T, P> {
    fn default() -> Self {
        Self { items: Vec::new(), places: Vec::new() }
    }
}

impl<T, P: Copy + Ord> Placed<T, P> {
    /// Adds the next one.
    pub(super) fn push(&mut self, place: P, item: T) {
        self.items.push(item);
        self.places.push(place);
    }

    /// Makes room, so that what was found need not move while it grows. Room that stays empty costs nothing.
    pub(super) fn reserve(&mut self, items: usize) {
        self.items.reserve(items);
        self.places.reserve(items);
    }

    /// Adds several of one place.
    pub(super) fn extend(&mut self, place: P, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        self.places.resize(self.items.len(), place);
    }

    /// The things in order.
    pub(super) fn items(&self) -> &[T] {
        &self.items
    }

    /// The things in order.
    pub(super) fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// The things in order, without their places.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Drops those whose number in the order is not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut number = 0..;
        self.items.retain(|_| number.next().is_none_or(&keep));
        let mut number = 0..;
        self.places.retain(|_| number.next().is_none_or(&keep));
    }

    /// Takes in what another part found. Things of one place are all of one part and stay in order.
    pub(super) fn merge(&mut self, other: Self) {
        let (mut left, mut right) =
            (pairs(std::mem::take(self)).peekable(), pairs(other).peekable());
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some((place, _)), Some((other, _))) if other < place => right.next(),
                (Some(_), _) => left.next(),
                (None, _) => right.next(),
            };
            let Some((place, item)) = next else { return };
            self.push(place, item);
        }
    }
}

fn pairs<T, P>(placed: Placed<T, P>) -> impl Iterator<Item = (P, T)> {
    placed.places.into_iter().zip(placed.items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_together_in_the_order_of_their_places() {
        let mut first = Placed::default();
        first.push(1_u32, 'a');
        first.extend(5, ['d', 'e']);
        let mut second = Placed::default();
        second.extend(2, ['b', 'c']);
        second.push(9, 'f');
        first.merge(second);
        assert_eq!(first.items().iter().collect::<String>(), "abcdef");
        first.retain(|number| number % 2 == 0);
        assert_eq!(first.into_items(), ['a', 'c', 'e']);
    }
}
