//! Conversations in one table of `DynamoDB`, their files and messages in a bucket.
//!
//! | `pk` | `sk` | what |
//! |---|---|---|
//! | `job#<id>` | `-` | a handled mail |
//! | `owner#<hash>` | `correspondent` | what is known of an address |
//! | `owner#<hash>` | `conversation#<id>` | a conversation |
//! | `owner#<hash>` | `file#<digest>` | a file; its bytes are in the bucket |
//! | `owner#<hash>` | `held#<id>` | a mail that waits for its author's proof; its bytes are in the bucket |
//! | `owner#<hash>` | `sent#<id>` | a message that was sent; its bytes are in the bucket |
//! | `conversation#<id>`, `sent#<id>` | `-` | whose it is |
//! | `outbox` | `<message id>` | a message that waits; its bytes are in the bucket |
//! | `day` | `2026-03-02` | how many replies were queued |
//! | `tombstone` | `<job>` | that somebody had everything deleted |
//! | `secret` | `token` | what signs the tokens |
//!
//! Everything of one address is one partition, so that a deletion finds all of it with a consistent
//! read. Bytes go into the bucket before the item that names them: an item never points at nothing, and
//! bytes without an item end with the bucket's lifecycle. A put costs less there than capacity here.

mod commit;
mod forget;
mod outbox;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use data_encoding::HEXLOWER;
use jiff::{Timestamp, civil::Date};
use serde::de::DeserializeOwned;

use super::{
    S3Blobs,
    erase::Traces,
    item::{Item, instant, integer, key, string},
    table::Table,
};
use crate::{
    conversation::{Conversation, Correspondent, Thresholds},
    error::Fault,
    pipeline::hash_of as hash,
    ports::{BlobStore as _, ConversationStore, Held, Horizon, Outgoing, Step},
};

/// A [`ConversationStore`] in `DynamoDB` and S3, for any number of workers.
#[derive(Clone, Debug)]
pub struct DynamoConversations {
    table: Table,
    blobs: S3Blobs,
    /// What a deletion deletes besides.
    traces: Traces,
    /// How long things are kept: what the table's TTL is told.
    thresholds: Thresholds,
    /// Messages that were closed and never sent.
    given_up: Arc<AtomicU64>,
}

impl DynamoConversations {
    pub(super) fn new(client: Client, table: &str, traces: Traces) -> Self {
        let (table, blobs) = (Table::new(client, table), traces.archive.clone());
        let (thresholds, given_up) = (Thresholds::default(), Arc::default());
        Self { table, blobs, traces, thresholds, given_up }
    }

    /// How many messages were given up here since this was asked last.
    pub fn take_given_up(&self) -> u64 {
        self.given_up.swap(0, Ordering::Relaxed)
    }

    /// A message that was sent under that id, as it was sent; `None` once it was forgotten.
    ///
    /// # Errors
    ///
    /// If the table or the bucket cannot be read.
    pub async fn sent_message(&self, sent: &str) -> Result<Option<Outgoing>, Fault> {
        let doing = "find a sent message";
        let Some(pointer) = self.table.get(key(sent_pk(sent), "-"), doing).await? else {
            return Ok(None);
        };
        let owner = format!("owner#{}", string(&pointer, "owner")?);
        let at = key(owner, sent_pk(sent));
        let Some(item) = self.table.get(at, doing).await? else { return Ok(None) };
        let Some(bytes) = self.blobs.get(string(&item, "blob")?).await? else { return Ok(None) };
        Ok(Some(Outgoing {
            id: string(&item, "message")?.to_owned(),
            to: string(&item, "to")?.to_owned(),
            conversation: Some(string(&item, "conversation")?.to_owned()),
            queued: instant(&item, "at")?,
            bytes,
        }))
    }

    async fn conversation_at(&self, owner: &str, id: &str) -> Result<Option<Conversation>, Fault> {
        let at = key(format!("owner#{owner}"), conversation_pk(id));
        let found = self.table.get(at, "read a conversation").await?;
        found.as_ref().map(body).transpose()
    }
}

fn owner_pk(owner: &str) -> String {
    format!("owner#{}", hash(owner))
}

fn job_pk(job: &str) -> String {
    format!("job#{job}")
}

fn conversation_pk(id: &str) -> String {
    format!("conversation#{id}")
}

fn sent_pk(id: &str) -> String {
    format!("sent#{id}")
}

fn file_sk(digest: &[u8; 32]) -> String {
    format!("file#{}", HEXLOWER.encode(digest))
}

/// Where the bytes of a file are.
fn file_blob(owner: &str, digest: &[u8; 32]) -> String {
    format!("mailbox/{}/files/{}", hash(owner), HEXLOWER.encode(digest))
}

fn held_sk(id: &str) -> String {
    format!("held#{id}")
}

/// Where the bytes of a held mail are.
fn held_blob(owner: &str, id: &str) -> String {
    format!("mailbox/{}/held/{id}", hash(owner))
}

/// Where the bytes of a message are.
fn message_blob(owner: &str, message: &str) -> String {
    format!("mailbox/{}/messages/{message}", hash(owner))
}

/// The record in an item; its version is the item's.
fn body<T: DeserializeOwned>(item: &Item) -> Result<T, Fault> {
    serde_json::from_str(string(item, "body")?)
        .map_err(|error| Fault::never("read a record", error))
}

#[async_trait]
impl ConversationStore for DynamoConversations {
    async fn is_done(&self, job: &str) -> Result<bool, Fault> {
        Ok(self.table.get(key(job_pk(job), "-"), "look a mail up").await?.is_some())
    }

    async fn correspondent(&self, owner: &str) -> Result<Correspondent, Fault> {
        let at = key(owner_pk(owner), "correspondent");
        let found = self.table.get(at, "read a correspondent").await?;
        Ok(found.as_ref().map(body).transpose()?.unwrap_or_default())
    }

    async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Fault> {
        let pointer = self.table.get(key(conversation_pk(id), "-"), "find a conversation").await?;
        match pointer {
            Some(pointer) => self.conversation_at(string(&pointer, "owner")?, id).await,
            None => Ok(None),
        }
    }

    async fn conversation_of(&self, sent: &str) -> Result<Option<Conversation>, Fault> {
        let pointer = self.table.get(key(sent_pk(sent), "-"), "find a conversation").await?;
        let Some(pointer) = pointer else { return Ok(None) };
        let id = string(&pointer, "conversation")?;
        self.conversation_at(string(&pointer, "owner")?, id).await
    }

    async fn conversations(&self, owner: &str) -> Result<Vec<Conversation>, Fault> {
        let doing = "list conversations";
        let items = self.table.partition(&owner_pk(owner), "conversation#", doing).await?;
        let mut own: Vec<Conversation> = items.iter().map(body).collect::<Result<_, _>>()?;
        own.sort_by_key(|conversation| std::cmp::Reverse(conversation.updated));
        Ok(own)
    }

    async fn keeps_anything(&self, owner: &str) -> Result<bool, Fault> {
        Ok(!self.conversations(owner).await?.is_empty()
            || self.traces.are_there(&hash(owner)).await?)
    }

    async fn file(&self, owner: &str, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Fault> {
        let at = key(owner_pk(owner), file_sk(digest));
        match self.table.get(at, "find a file").await? {
            Some(_) => self.blobs.get(&file_blob(owner, digest)).await,
            None => Ok(None),
        }
    }

    async fn held(&self, owner: &str) -> Result<Vec<Held>, Fault> {
        let mut held = Vec::new();
        for item in self.table.partition(&owner_pk(owner), "held#", "list held mails").await? {
            let Some(bytes) = self.blobs.get(string(&item, "blob")?).await? else { continue };
            let id = string(&item, "sk")?.trim_start_matches("held#").to_owned();
            held.push(Held { id, at: instant(&item, "at")?, bytes });
        }
        held.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
        Ok(held)
    }

    async fn replies_on(&self, day: Date) -> Result<u32, Fault> {
        let found = self.table.get(key("day", day.to_string()), "count the replies").await?;
        Ok(found.map(|item| integer(&item, "replies")).transpose()?.unwrap_or_default())
    }

    async fn commit(&self, step: &Step) -> Result<bool, Fault> {
        self.take(step).await
    }

    async fn outbox(&self) -> Result<Vec<Outgoing>, Fault> {
        self.waiting().await
    }

    async fn lease(
        &self,
        message: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        self.lend(message, now, until).await
    }

    async fn release(&self, message: &str) -> Result<(), Fault> {
        self.take_back(message).await
    }

    async fn close(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault> {
        self.done(message, sent_as).await
    }

    async fn forget(&self, horizon: &Horizon) -> Result<(), Fault> {
        self.forget_now(horizon).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::{aws::testing, mail_contract};

    #[tokio::test]
    async fn the_contract_holds() {
        let Some(world) = testing::world().await else { return };
        mail_contract::check(&world.clients.conversations(&world.config())).await;
    }

    /// The daily forgetting finds them while they are there: 30, 90 and 1 day, and a week.
    #[tokio::test]
    async fn the_table_drops_what_has_bytes_elsewhere_after_us() {
        let Some(world) = testing::world().await else { return };
        let store = world.clients.conversations(&world.config());
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let owner = "jan@example.com".to_owned();
        let conversation = Some("c".to_owned());
        let (id, to, queued) = ("m".to_owned(), owner.clone(), at);
        let step = Step {
            job: "j".to_owned(),
            at,
            owner: owner.clone(),
            conversation: Some(Conversation {
                id: "c".to_owned(),
                owner: owner.clone(),
                updated: at,
                ..Conversation::default()
            }),
            files: vec![([1; 32], b"file".to_vec())],
            hold: Some(Held { id: "h".to_owned(), at, bytes: b"held".to_vec() }),
            reply: Some(Outgoing { id, to, conversation, queued, bytes: b"reply".to_vec() }),
            ..Step::default()
        };
        assert!(store.commit(&step).await.unwrap());
        store.close("m", Some("ses-1")).await.unwrap();
        for (sk, days) in [(file_sk(&[1; 32]), 37), (sent_pk("ses-1"), 97), (held_sk("h"), 8)] {
            let item = store.table.get(key(owner_pk(&owner), &sk), "look").await.unwrap().unwrap();
            assert!(item.contains_key("blob"), "{sk}");
            let expires: i64 = integer(&item, "expires").unwrap();
            assert_eq!((expires - at.as_second()) / 86_400, days, "{sk}");
        }
        assert_eq!(store.take_given_up(), 0);
    }
}
