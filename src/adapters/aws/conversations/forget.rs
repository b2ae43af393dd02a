//! Forgetting what is past its time. The table's own TTL does the same within days; this does it now.

use jiff::{Timestamp, tz::TimeZone};

use super::DynamoConversations;
use crate::{
    adapters::aws::item::{Item, instant, integer, key_of, string},
    error::Fault,
    ports::{BlobStore as _, Horizon},
};

impl DynamoConversations {
    pub(super) async fn forget_now(&self, horizon: &Horizon) -> Result<(), Fault> {
        let doing = "forget what is old";
        for item in self.table.all(doing).await? {
            if is_past(&item, horizon)? {
                if let Some(blob) = item.get("blob").and_then(|value| value.as_s().ok()) {
                    self.blobs.delete(blob).await?;
                }
                self.table.delete(key_of(&item)?, doing).await?;
            }
        }
        Ok(())
    }
}

fn is_past(item: &Item, horizon: &Horizon) -> Result<bool, Fault> {
    let (pk, sk) = (string(item, "pk")?, string(item, "sk")?);
    let before = |limit: Timestamp| instant(item, "at").map(|at| at < limit);
    let kind = |name: &str| pk.starts_with(name) || sk.starts_with(name);
    if pk == "day" {
        let first = horizon.jobs.to_zoned(TimeZone::UTC).date();
        return Ok(sk < first.to_string().as_str());
    }
    if kind("job#") {
        return before(horizon.jobs);
    }
    if sk == "correspondent" {
        return Ok(integer::<u8>(item, "lasting")? == 0 && before(horizon.jobs)?);
    }
    if kind("held#") {
        return before(horizon.held);
    }
    if kind("file#") {
        return before(horizon.files);
    }
    if kind("conversation#") || kind("sent#") {
        return before(horizon.conversations);
    }
    Ok(false)
}
