//! The identity of an event at its broker, and maps of it that do not hash twice.

use std::{
    hash::{BuildHasher, Hash, Hasher},
    num::NonZeroU64,
};

use rust_decimal::Decimal;
use xxhash_rust::xxh3::xxh3_64;

use super::Origin;

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

impl EventKey {
    /// The key of a row that stands for an unreadable one.
    pub(crate) fn standing_for(self, origin: &Origin) -> Self {
        let [first, second] = <[u64; 2]>::from(self);
        let of_origin = xxh3_64(origin.to_string().as_bytes());
        Self::from([first ^ of_origin, second ^ of_origin.rotate_left(32)])
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

/// A number within a key: equal for equal values, whatever zeros a spreadsheet has dropped.
pub(crate) fn number_for_key(number: Decimal) -> [u8; 16] {
    let Ok(mut digits) = i64::try_from(number.mantissa()) else {
        return number.normalize().serialize();
    };
    let mut scale = number.scale();
    // Faster than normalizing, which divides 96 bits.
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Decimal::new(digits, scale).serialize()
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
    fn equal_numbers_are_equal_in_keys() {
        let key = |text: &str| number_for_key(text.parse().unwrap());
        for [one, other] in [
            ["1.50", "1.5"],
            ["-20.000", "-20"],
            ["0.00", "0"],
            ["-0.0", "0"],
            ["79228162514264337593543950.330", "79228162514264337593543950.33"],
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        assert_ne!(key("10"), key("1"));
        assert_ne!(key("1"), key("-1"));
    }

    #[test]
    fn keys_spread_over_a_map_as_their_own_bits_do() {
        let hash = |key: [u64; 2]| KeyIsHash.hash_one(EventKey::from(key));
        assert_eq!(hash([7, 1]), 7);
        assert_ne!(hash([7, 1]), hash([8, 1]));
    }
}
