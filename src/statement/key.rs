//! The identity of an event at its broker, and maps of it that do not hash twice.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    num::NonZeroU64,
};

/// The identity of an event at its broker: equal keys are the same event seen twice.
///
/// A 128-bit hash of the broker's own id (or, where the broker has none, of the row's content and
/// how often it occurred before in the same file), with the broker and the account mixed in.
/// Made by [`super::StatementBuilder::key`].
#[derive(
    Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, serde::Deserialize, serde::Serialize,
)]
#[serde(from = "[u64; 2]", into = "[u64; 2]")]
pub struct EventKey(NonZeroU64, u64);

impl EventKey {
    /// Half of the hash: enough for a first look.
    pub(crate) fn first(self) -> NonZeroU64 {
        self.0
    }
}

impl From<[u64; 2]> for EventKey {
    /// A first half of zero, which one hash in 2⁶⁴ has, becomes one: an event without a key takes its place.
    fn from([first, second]: [u64; 2]) -> Self {
        Self(NonZeroU64::new(first).unwrap_or(NonZeroU64::MIN), second)
    }
}

impl From<EventKey> for [u64; 2] {
    fn from(EventKey(first, second): EventKey) -> Self {
        [first.get(), second]
    }
}

impl Hash for EventKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.get());
    }
}

/// For maps of [`EventKey`]s: they are hashes already, and hashing them again would only cost time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KeyIsHash;

impl BuildHasher for KeyIsHash {
    type Hasher = AsGiven;

    fn build_hasher(&self) -> AsGiven {
        AsGiven(0)
    }
}

/// Takes what it is given as the hash.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsGiven(u64);

impl Hasher for AsGiven {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_spread_over_a_map_as_their_own_bits_do() {
        let hash = |key: [u64; 2]| KeyIsHash.hash_one(EventKey::from(key));
        assert_eq!(hash([7, 1]), 7);
        assert_ne!(hash([7, 1]), hash([8, 1]));
    }
}
