//! Taking a handled mail: bytes first, then one transaction.

use jiff::tz::TimeZone;

use super::{
    DynamoConversations, conversation_pk, file_blob, file_sk, hash, held_blob, held_sk, job_pk,
    message_blob, owner_pk,
};
use crate::{
    adapters::aws::{
        item::{Item, expiry, expiry_with_blob, integer, item, key, number, string, text, time},
        table::{Condition, Write, Written},
    },
    conversation::{Conversation, Correspondent},
    error::{Fault, StaleVersion},
    ports::{BlobStore as _, Outgoing, Step},
};

const DOING: &str = "store a handled mail";

/// The pipeline reads no held mail that is older than a day.
const HELD_DAYS: i64 = 1;

impl DynamoConversations {
    /// The transaction holds the job, the records and the reply. Files stand beside it, before it: a
    /// file that nobody refers to is as good as none, and a mail may bring more than fit.
    pub(super) async fn take(&self, step: &Step) -> Result<bool, Fault> {
        if self.table.get(key(job_pk(&step.job), "-"), DOING).await?.is_some() {
            return Ok(false);
        }
        let known =
            if step.purge { self.purge_all_but_the_correspondent(step).await? } else { None };
        if step.purge {
            self.traces.erase(&hash(&step.owner), step.at).await?;
        }
        self.keep_files(step).await?;
        if let Some(reply) = &step.reply {
            self.blobs.put(&message_blob(&step.owner, &reply.id), &reply.bytes).await?;
        }
        let mut writes = self.writes(step, known)?;
        writes.extend(self.held_item(step).await?);
        match self.table.transact(writes, DOING).await? {
            Written::All => {}
            // The job is the first of the writes.
            Written::Refused(at) if at.contains(&0) => return Ok(false),
            Written::Refused(_) => return Err(Fault::later(DOING, StaleVersion)),
        }
        if let Some(id) = &step.release {
            self.blobs.delete(&held_blob(&step.owner, id)).await?;
        }
        if step.reply.is_some() {
            self.count_reply(step).await;
        }
        Ok(true)
    }

    fn writes(&self, step: &Step, purged: Option<Purged>) -> Result<Vec<Write>, Fault> {
        let days = &self.thresholds;
        let job = [("at", time(step.at)), ("expires", expiry(step.at, days.dedupe_days))];
        let mut writes = vec![Write::Put(item(job_pk(&step.job), "-", job), Condition::absent())];
        if let Some(purged) = purged {
            writes.push(purged.correspondent(&step.owner));
            let numbers = [
                ("day", text(step.at.to_zoned(TimeZone::UTC).date().to_string())),
                ("conversations", number(purged.conversations)),
                ("files", number(purged.files)),
            ];
            let stone = item("tombstone", step.job.clone(), numbers);
            writes.push(Write::Put(stone, Condition::default()));
        } else if let Some(correspondent) = &step.correspondent {
            writes.push(self.correspondent_item(step, correspondent)?);
        }
        if let Some(conversation) = &step.conversation {
            writes.extend(self.conversation_items(conversation)?);
        }
        if let Some(id) = &step.release {
            let at = key(owner_pk(&step.owner), held_sk(id));
            writes.push(Write::Delete(at, Condition::default()));
        }
        if let Some(reply) = &step.reply {
            writes.push(Write::Put(outbox_item(step, reply), Condition::default()));
        }
        Ok(writes)
    }

    fn correspondent_item(&self, step: &Step, known: &Correspondent) -> Result<Write, Fault> {
        let next = Correspondent { version: known.version + 1, ..known.clone() };
        let fresh = next.fresh(step.at);
        let body = serde_json::to_string(&next).map_err(|error| Fault::never(DOING, error))?;
        let attributes = [
            ("body", text(body)),
            ("version", number(next.version)),
            ("at", time(fresh)),
            ("lasting", number(u8::from(next.stopped))),
        ];
        let mut item = item(owner_pk(&step.owner), "correspondent", attributes);
        if !next.stopped {
            item.insert("expires".to_owned(), expiry(fresh, self.thresholds.dedupe_days));
        }
        Ok(Write::Put(item, Condition::version(known.version)))
    }

    fn conversation_items(&self, conversation: &Conversation) -> Result<[Write; 2], Fault> {
        let next = Conversation { version: conversation.version + 1, ..conversation.clone() };
        let body = serde_json::to_string(&next).map_err(|error| Fault::never(DOING, error))?;
        let expires = expiry(next.updated, self.thresholds.conversation_days);
        let id = conversation_pk(&next.id);
        let record = [
            ("body", text(body)),
            ("version", number(next.version)),
            ("at", time(next.updated)),
            ("expires", expires.clone()),
        ];
        let pointer =
            [("owner", text(hash(&next.owner))), ("at", time(next.updated)), ("expires", expires)];
        let condition = Condition::version(conversation.version);
        let record = item(owner_pk(&next.owner), id.clone(), record);
        Ok([
            Write::Put(record, condition),
            Write::Put(item(id, "-", pointer), Condition::default()),
        ])
    }

    /// The mail to hold, unless it is held already.
    async fn held_item(&self, step: &Step) -> Result<Option<Write>, Fault> {
        let Some(held) = &step.hold else { return Ok(None) };
        let at = key(owner_pk(&step.owner), held_sk(&held.id));
        if self.table.get(at, DOING).await?.is_some() {
            return Ok(None);
        }
        let blob = held_blob(&step.owner, &held.id);
        self.blobs.put(&blob, &held.bytes).await?;
        let attributes = [
            ("at", time(held.at)),
            ("blob", text(blob)),
            ("expires", expiry_with_blob(held.at, HELD_DAYS)),
        ];
        let held = item(owner_pk(&step.owner), held_sk(&held.id), attributes);
        Ok(Some(Write::Put(held, Condition::default())))
    }

    async fn keep_files(&self, step: &Step) -> Result<(), Fault> {
        for (digest, content) in &step.files {
            let blob = file_blob(&step.owner, digest);
            self.blobs.put(&blob, content).await?;
            let attributes = [
                ("at", time(step.at)),
                ("blob", text(blob)),
                ("expires", expiry_with_blob(step.at, self.thresholds.file_days)),
            ];
            let file = item(owner_pk(&step.owner), file_sk(digest), attributes);
            self.table.put(file, &Condition::default(), DOING).await?;
        }
        Ok(())
    }

    /// The count of a day is a brake for everybody, not an account: it stands outside the transaction,
    /// where all workers would collide, and may miss one if a worker dies here.
    async fn count_reply(&self, step: &Step) {
        let day = step.at.to_zoned(TimeZone::UTC).date();
        let values = [
            (":one".to_owned(), number(1)),
            (":expires".to_owned(), expiry(step.at, self.thresholds.dedupe_days)),
        ];
        let condition = Condition { values: values.into(), ..Condition::default() };
        let change = "ADD replies :one SET expires = :expires";
        let counted =
            self.table.update(key("day", day.to_string()), change, &condition, DOING).await;
        if let Err(fault) = counted {
            tracing::warn!(code = "not-counted", cause = %fault.chain(), "a reply was not counted");
        }
    }

    /// Deletes everything of an owner except what guards against other workers: the correspondent
    /// goes with the transaction, and only if nobody stored it since. Killed half-way, the order is
    /// delivered again and goes on; the code in the correspondent still holds.
    async fn purge_all_but_the_correspondent(&self, step: &Step) -> Result<Option<Purged>, Fault> {
        let pk = owner_pk(&step.owner);
        let known = self.table.get(key(pk.clone(), "correspondent"), DOING).await?;
        let version = known.map(|item| integer(&item, "version")).transpose()?;
        let mut purged = Purged { version: version.unwrap_or(0), conversations: 0, files: 0 };
        for found in self.table.partition(&pk, "", DOING).await? {
            let sk = string(&found, "sk")?.to_owned();
            if sk == "correspondent" {
                continue;
            }
            if let Some(blob) = found.get("blob").and_then(|value| value.as_s().ok()) {
                self.blobs.delete(blob).await?;
            }
            purged.conversations += u32::from(sk.starts_with("conversation#"));
            purged.files += u32::from(sk.starts_with("file#"));
            if sk.starts_with("conversation#") || sk.starts_with("sent#") {
                // The pointer to it has its sort key as partition.
                self.table.delete(key(sk.clone(), "-"), DOING).await?;
            }
            self.table.delete(key(pk.clone(), sk), DOING).await?;
        }
        let owner = hash(&step.owner);
        for waiting in self.table.partition("outbox", "", DOING).await? {
            if string(&waiting, "owner")? == owner {
                self.blobs.delete(string(&waiting, "blob")?).await?;
                self.table.delete_read(&[waiting], DOING).await?;
            }
        }
        Ok(Some(purged))
    }
}

/// What a deletion found.
struct Purged {
    version: u64,
    conversations: u32,
    files: u32,
}

impl Purged {
    /// The last thing to go, if nobody stored it since.
    fn correspondent(&self, owner: &str) -> Write {
        Write::Delete(key(owner_pk(owner), "correspondent"), Condition::version(self.version))
    }
}

fn outbox_item(step: &Step, reply: &Outgoing) -> Item {
    let mut item = item(
        "outbox",
        reply.id.clone(),
        [
            ("owner", text(hash(&step.owner))),
            ("to", text(reply.to.clone())),
            ("queued", time(reply.queued)),
            ("blob", text(message_blob(&step.owner, &reply.id))),
        ],
    );
    if let Some(conversation) = &reply.conversation {
        item.insert("conversation".to_owned(), text(conversation.clone()));
    }
    item
}
