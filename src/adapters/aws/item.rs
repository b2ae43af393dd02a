//! Items of a table: values in, values out, and the key that all our tables share.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use jiff::Timestamp;

use crate::error::Fault;

/// An item, attribute by attribute.
pub(super) type Item = HashMap<String, AttributeValue>;

/// An item that is not what we wrote.
#[derive(Debug, thiserror::Error)]
#[error("an item lacks {0:?} or has something else there")]
struct Damaged(String);

/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// Days that an item with bytes elsewhere outlives its time at most.
const BLOB_DAYS: i64 = 7;

/// A text.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A whole number.
#[expect(clippy::needless_pass_by_value, reason = "numbers are copied")]
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Bytes.
pub(super) fn bytes(value: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

/// A time in milliseconds.
pub(super) fn time(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

/// When the table may drop an item, in seconds as its TTL wants it: so many days after.
pub(super) fn expiry(at: Timestamp, days: i64) -> AttributeValue {
    number(at.as_second().saturating_add(days.saturating_mul(DAY_SECONDS)))
}

/// As [`expiry`], of an item whose bytes are in a bucket: a week later, so that our own forgetting, which
/// deletes both, is first. What the table drops takes no bytes with it.
pub(super) fn expiry_with_blob(at: Timestamp, days: i64) -> AttributeValue {
    expiry(at, days.saturating_add(BLOB_DAYS))
}

/// An item with its key.
pub(super) fn item<const N: usize>(
    pk: impl Into<String>,
    sk: impl Into<String>,
    attributes: [(&str, AttributeValue); N],
) -> Item {
    let mut item = key(pk, sk);
    item.extend(attributes.into_iter().map(|(name, value)| (name.to_owned(), value)));
    item
}

/// A key.
pub(super) fn key(pk: impl Into<String>, sk: impl Into<String>) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// The key of an item.
pub(super) fn key_of(item: &Item) -> Result<Item, Fault> {
    Ok(key(string(item, "pk")?, string(item, "sk")?))
}

/// A text of an item.
pub(super) fn string<'i>(item: &'i Item, name: &str) -> Result<&'i str, Fault> {
    let found = item.get(name).and_then(|value| value.as_s().ok());
    Ok(found.ok_or_else(|| damaged(name))?.as_str())
}

/// A whole number of an item.
pub(super) fn integer<N: std::str::FromStr>(item: &Item, name: &str) -> Result<N, Fault> {
    let found = item.get(name).and_then(|value| value.as_n().ok());
    found.and_then(|digits| digits.parse().ok()).ok_or_else(|| damaged(name))
}

/// A time of an item.
pub(super) fn instant(item: &Item, name: &str) -> Result<Timestamp, Fault> {
    Timestamp::from_millisecond(integer(item, name)?).map_err(|_| damaged(name))
}

/// A fault about an item that is not what we wrote.
pub(super) fn damaged(name: &str) -> Fault {
    Fault::never("read an item", Damaged(name.to_owned()))
}
