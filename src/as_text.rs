//! Values that travel between stages as short text, and names that must be known ones.

use std::fmt;

use serde::{Deserializer, de};

/// Reads a value from text with `read`, without owning the text.
pub(crate) fn read<'de, D, T, E>(
    deserializer: D,
    read: fn(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    deserializer.deserialize_str(Reader(read))
}

/// Implements `Serialize` by `Display` and `Deserialize` by a function from text.
macro_rules! as_text {
    ($type:ty, $read:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::as_text::read(deserializer, $read)
            }
        }
    };
}
pub(crate) use as_text;

struct Reader<T, E>(fn(&str) -> Result<T, E>);

impl<T, E: fmt::Display> de::Visitor<'_> for Reader<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<F: de::Error>(self, text: &str) -> Result<T, F> {
        (self.0)(text).map_err(F::custom)
    }
}

/// A name that the program does not know.
#[derive(Debug, thiserror::Error)]
#[error("a name that is not known")]
pub(crate) struct UnknownName;
