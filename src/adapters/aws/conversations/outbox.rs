//! The outbox: leased by the worker that sends, closed when it is done.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use super::{DynamoConversations, conversation_pk, sent_pk};
use crate::{
    adapters::aws::{
        item::{Item, damaged, expiry_with_blob, instant, item, key, string, text, time},
        table::{Condition, Write, Written},
    },
    error::Fault,
    ports::{BlobStore as _, Outgoing},
};

impl DynamoConversations {
    pub(super) async fn waiting(&self) -> Result<Vec<Outgoing>, Fault> {
        let items = self.table.partition("outbox", "", "read the outbox").await?;
        let mut messages: Vec<Outgoing> = items.iter().map(envelope).collect::<Result<_, _>>()?;
        messages.sort_by(|one, other| (one.queued, &one.id).cmp(&(other.queued, &other.id)));
        Ok(messages)
    }

    async fn message(&self, item: &Item) -> Result<Outgoing, Fault> {
        let bytes = self.blobs.get(string(item, "blob")?).await?;
        Ok(Outgoing { bytes: bytes.ok_or_else(|| damaged("blob"))?, ..envelope(item)? })
    }

    pub(super) async fn lend(
        &self,
        message: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        let values = [(":now".to_owned(), time(now)), (":until".to_owned(), time(until))];
        let free = "attribute_exists(pk) AND (attribute_not_exists(leased) OR leased <= :now)";
        let condition = Condition { expression: free.to_owned(), values: values.into() };
        let doing = "take a message for sending";
        let change = "SET leased = :until";
        match self.table.update(key("outbox", message), change, &condition, doing).await? {
            Some(item) => self.message(&item).await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn take_back(&self, message: &str) -> Result<(), Fault> {
        let doing = "give a message back";
        let change = "REMOVE leased";
        self.table.update(key("outbox", message), change, &Condition::present(), doing).await?;
        Ok(())
    }

    /// A message of a conversation stays in the bucket under the id that it was sent as, because it
    /// may come back for its attachments (mail.md § 2.7); another is deleted.
    pub(super) async fn done(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault> {
        let doing = "close a message";
        let Some(waiting) = self.table.get(key("outbox", message), doing).await? else {
            return Ok(());
        };
        if sent_as.is_none() {
            self.given_up.fetch_add(1, Ordering::Relaxed);
        }
        let conversation = waiting.get("conversation").and_then(|value| value.as_s().ok());
        if let (Some(sent), Some(conversation)) = (sent_as, conversation)
            && self.remember_sent(&waiting, sent, conversation).await?
        {
            return Ok(());
        }
        self.blobs.delete(string(&waiting, "blob")?).await?;
        self.table.delete(key("outbox", message), doing).await
    }

    /// Closes a message of a conversation; `false` if the conversation was deleted meanwhile.
    async fn remember_sent(
        &self,
        waiting: &Item,
        sent: &str,
        conversation: &str,
    ) -> Result<bool, Fault> {
        let doing = "close a message";
        let owner = string(waiting, "owner")?;
        let pk = format!("owner#{owner}");
        let queued = instant(waiting, "queued")?;
        let expires = expiry_with_blob(queued, self.thresholds.conversation_days);
        let message = string(waiting, "sk")?;
        let record = [
            ("conversation", text(conversation)),
            ("message", text(message)),
            ("to", text(string(waiting, "to")?)),
            ("blob", text(string(waiting, "blob")?)),
            ("at", time(queued)),
            ("expires", expires.clone()),
        ];
        let pointer = [
            ("owner", text(owner)),
            ("conversation", text(conversation)),
            ("at", time(queued)),
            ("expires", expires),
        ];
        let writes = vec![
            Write::Check(key(pk.clone(), conversation_pk(conversation)), Condition::present()),
            Write::Delete(key("outbox", message), Condition::present()),
            Write::Put(item(pk, sent_pk(sent), record), Condition::default()),
            Write::Put(item(sent_pk(sent), "-", pointer), Condition::default()),
        ];
        Ok(match self.table.transact(writes, doing).await? {
            Written::All => true,
            // Somebody else closed it already: as good.
            Written::Refused(at) => !at.contains(&0),
        })
    }
}

/// A message without its bytes.
fn envelope(item: &Item) -> Result<Outgoing, Fault> {
    let conversation = item.get("conversation").and_then(|value| value.as_s().ok());
    Ok(Outgoing {
        id: string(item, "sk")?.to_owned(),
        to: string(item, "to")?.to_owned(),
        conversation: conversation.cloned(),
        queued: instant(item, "queued")?,
        bytes: Vec::new(),
    })
}
