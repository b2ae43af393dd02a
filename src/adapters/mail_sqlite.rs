//! Conversations kept on disk, in `SQLite`.
//!
//! Records are JSON, since they are read and written whole; what is looked up has columns of its
//! own. Deleted pages are overwritten (`secure_delete`), because deletion is a promise here.

mod letters;
mod schema;

use std::{
    collections::BTreeMap,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::de::DeserializeOwned;

use crate::{
    conversation::{Conversation, Correspondent},
    days::day_number,
    error::{Fault, StaleVersion},
    ports::{ConversationStore, Held, Horizon, Outgoing, Step},
};

pub use letters::{Letter, StoreHealth};

/// A [`ConversationStore`] in one file, for one process.
#[derive(Debug)]
pub struct SqliteConversations {
    connection: Mutex<Connection>,
    keeps_letters: bool,
    /// Which messages somebody is sending, until when. Not on the disk: after a crash nobody is.
    leases: Mutex<BTreeMap<String, Timestamp>>,
}

impl SqliteConversations {
    /// Opens the file, and makes it if it is not there; its directory must be.
    ///
    /// # Errors
    ///
    /// If the file is no database, cannot be written, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let doing = || format!("open the conversations in {}", path.display());
        // Made here, readable to its user only; what SQLite puts beside it gets the same mode.
        let mut options = std::fs::File::options();
        let file = options.append(true).create(true).mode(0o600).open(path);
        drop(file.map_err(|error| Fault::never(doing(), error))?);
        let connection = Connection::open(path).map_err(|error| Fault::never(doing(), error))?;
        Self::prepare(connection).map_err(|error| Fault::never(doing(), error))
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A mail is acknowledged once it is here: it must be on the disk, not only on its way.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
            keeps_letters: false,
            leases: Mutex::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back; the connection itself is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records that a query finds, read from its only column.
    fn records<T: DeserializeOwned>(&self, sql: &str, key: &str) -> Result<Vec<T>, StoreError> {
        let connection = self.lock();
        let mut query = connection.prepare_cached(sql)?;
        let mut rows = query.query([key])?;
        let mut records = Vec::new();
        while let Some(row) = rows.next()? {
            let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
            records.push(serde_json::from_str(body)?);
        }
        Ok(records)
    }

    fn first<T: DeserializeOwned>(&self, sql: &str, key: &str) -> Result<Option<T>, StoreError> {
        Ok(self.records(sql, key)?.into_iter().next())
    }

    fn take(&self, step: &Step) -> Result<bool, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let at = step.at.as_millisecond();
        let new = transaction
            .execute("INSERT OR IGNORE INTO job (id, at) VALUES (?1, ?2)", params![step.job, at])?;
        if new == 0 {
            return Ok(false);
        }
        check_versions(&transaction, step)?;
        if step.purge {
            purge(&transaction, &step.owner, day(step.at))?;
        } else if let Some(correspondent) = &step.correspondent {
            let known =
                Correspondent { version: correspondent.version + 1, ..correspondent.clone() };
            let fresh = known.fresh(step.at).as_millisecond();
            transaction.execute(
                "INSERT OR REPLACE INTO correspondent (owner, at, lasting, body) \
                 VALUES (?1, ?2, ?3, ?4)",
                params![step.owner, fresh, known.stopped, serde_json::to_string(&known)?],
            )?;
        }
        if let Some(conversation) = &step.conversation {
            keep(&transaction, conversation)?;
        }
        for (digest, content) in &step.files {
            transaction.execute(
                "INSERT OR REPLACE INTO file (owner, digest, at, content) VALUES (?1, ?2, ?3, ?4)",
                params![step.owner, digest, at, content],
            )?;
        }
        if let Some(held) = &step.hold {
            transaction.execute(
                "INSERT OR IGNORE INTO held (owner, id, at, message) VALUES (?1, ?2, ?3, ?4)",
                params![step.owner, held.id, held.at.as_millisecond(), held.bytes],
            )?;
        }
        if let Some(id) = &step.release {
            transaction.execute(
                "DELETE FROM held WHERE owner = ?1 AND id = ?2",
                params![step.owner, id],
            )?;
        }
        if let Some(reply) = &step.reply {
            queue(&transaction, &step.owner, reply, day(step.at))?;
        }
        transaction.commit()?;
        if step.purge {
            // What was deleted would stand in the log until that is used up.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(true)
    }

    fn waiting(&self) -> Result<Vec<Outgoing>, StoreError> {
        let connection = self.lock();
        let mut query = connection.prepare_cached(
            "SELECT id, recipient, conversation, queued, message FROM outbox ORDER BY queued, id",
        )?;
        let rows = query.query_map([], |row| {
            let queued = Timestamp::from_millisecond(row.get(3)?).unwrap_or_default();
            Ok(Outgoing {
                id: row.get(0)?,
                to: row.get(1)?,
                conversation: row.get(2)?,
                queued,
                bytes: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn done(&self, message: &str, sent_as: Option<&str>) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(sent) = sent_as {
            // A conversation may have been deleted meanwhile.
            transaction.execute(
                "INSERT OR IGNORE INTO sent (id, conversation) SELECT ?1, conversation.id \
                 FROM outbox JOIN conversation ON conversation.id = outbox.conversation \
                 WHERE outbox.id = ?2",
                params![sent, message],
            )?;
        }
        if self.keeps_letters && sent_as.is_some() {
            letters::keep(&transaction, message)?;
        }
        transaction.execute("DELETE FROM outbox WHERE id = ?1", [message])?;
        Ok(transaction.commit()?)
    }

    fn forget_now(&self, horizon: &Horizon) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (sql, before) in [
            ("DELETE FROM job WHERE at < ?1", horizon.jobs.as_millisecond()),
            (
                "DELETE FROM correspondent WHERE at < ?1 AND lasting = 0",
                horizon.jobs.as_millisecond(),
            ),
            ("DELETE FROM replies WHERE day < ?1", day(horizon.jobs)),
            ("DELETE FROM held WHERE at < ?1", horizon.held.as_millisecond()),
            ("DELETE FROM letter WHERE at < ?1", horizon.files.as_millisecond()),
            ("DELETE FROM file WHERE at < ?1", horizon.files.as_millisecond()),
            ("DELETE FROM conversation WHERE updated < ?1", horizon.conversations.as_millisecond()),
        ] {
            transaction.execute(sql, [before])?;
        }
        Ok(transaction.commit()?)
    }
}

fn day(at: Timestamp) -> i64 {
    i64::from(day_number(at.to_zoned(TimeZone::UTC).date()))
}

/// Refuses a step that would overwrite what another stored since it was read.
fn check_versions(transaction: &Transaction<'_>, step: &Step) -> Result<(), StoreError> {
    let stored = |sql: &str, key: &str| -> Result<u64, StoreError> {
        let body: Option<String> =
            transaction.query_row(sql, [key], |row| row.get(0)).optional()?;
        let version = body.map(|body| serde_json::from_str::<Versioned>(&body)).transpose()?;
        Ok(version.map_or(0, |known| known.version))
    };
    let correspondent = step.correspondent.as_ref().map(|new| new.version);
    let conversation = step.conversation.as_ref();
    if let Some(version) = correspondent
        && version != stored("SELECT body FROM correspondent WHERE owner = ?1", &step.owner)?
    {
        return Err(StaleVersion.into());
    }
    if let Some(new) = conversation
        && new.version != stored("SELECT body FROM conversation WHERE id = ?1", &new.id)?
    {
        return Err(StaleVersion.into());
    }
    Ok(())
}

/// What of a record counts its versions.
#[derive(serde::Deserialize)]
struct Versioned {
    #[serde(default)]
    version: u64,
}

fn keep(transaction: &Transaction<'_>, conversation: &Conversation) -> Result<(), StoreError> {
    let conversation = &Conversation { version: conversation.version + 1, ..conversation.clone() };
    // Not REPLACE: that would delete the row first, and with it what was sent.
    transaction.execute(
        "INSERT INTO conversation (id, owner, updated, body) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET owner = ?2, updated = ?3, body = ?4",
        params![
            conversation.id,
            conversation.owner,
            conversation.updated.as_millisecond(),
            serde_json::to_string(conversation)?
        ],
    )?;
    Ok(())
}

fn queue(
    transaction: &Transaction<'_>,
    owner: &str,
    reply: &Outgoing,
    day: i64,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO outbox (id, owner, recipient, conversation, queued, message) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            reply.id,
            owner,
            reply.to,
            reply.conversation,
            reply.queued.as_millisecond(),
            reply.bytes
        ],
    )?;
    transaction.execute(
        "INSERT INTO replies (day, count) VALUES (?1, 1) \
         ON CONFLICT (day) DO UPDATE SET count = count + 1",
        [day],
    )?;
    Ok(())
}

/// Deletes everything of an owner; what remains are three numbers.
fn purge(transaction: &Transaction<'_>, owner: &str, day: i64) -> Result<(), StoreError> {
    let files = transaction.execute("DELETE FROM file WHERE owner = ?1", [owner])?;
    let conversations =
        transaction.execute("DELETE FROM conversation WHERE owner = ?1", [owner])?;
    transaction.execute("DELETE FROM held WHERE owner = ?1", [owner])?;
    transaction.execute("DELETE FROM outbox WHERE owner = ?1", [owner])?;
    transaction.execute("DELETE FROM correspondent WHERE owner = ?1", [owner])?;
    transaction.execute(
        "INSERT INTO tombstone (day, conversations, files) VALUES (?1, ?2, ?3)",
        params![day, i64::try_from(conversations).ok(), i64::try_from(files).ok()],
    )?;
    Ok(())
}

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error("the database refused")]
    Sqlite(#[from] rusqlite::Error),
    #[error("a record is damaged")]
    Damaged(#[from] serde_json::Error),
    #[error("the file has layout {0}, of a newer version")]
    Newer(i64),
    #[error("the file is damaged")]
    Broken,
    #[error("the file holds no conversations")]
    Foreign,
    #[error(transparent)]
    Stale(#[from] StaleVersion),
}

impl StoreError {
    fn doing(self, doing: &str) -> Fault {
        Fault::later(doing, self)
    }
}

#[async_trait]
impl ConversationStore for SqliteConversations {
    async fn is_done(&self, job: &str) -> Result<bool, Fault> {
        let connection = self.lock();
        let found = connection
            .query_row("SELECT 1 FROM job WHERE id = ?1", [job], |_| Ok(()))
            .optional()
            .map_err(|error| Fault::later("look a mail up", error))?;
        Ok(found.is_some())
    }

    async fn correspondent(&self, owner: &str) -> Result<Correspondent, Fault> {
        let sql = "SELECT body FROM correspondent WHERE owner = ?1";
        let found = self.first(sql, owner).map_err(|error| error.doing("read a correspondent"))?;
        Ok(found.unwrap_or_default())
    }

    async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Fault> {
        self.first("SELECT body FROM conversation WHERE id = ?1", id)
            .map_err(|error| error.doing("read a conversation"))
    }

    async fn conversation_of(&self, sent: &str) -> Result<Option<Conversation>, Fault> {
        let sql = "SELECT body FROM conversation WHERE id = \
                   (SELECT conversation FROM sent WHERE id = ?1)";
        self.first(sql, sent).map_err(|error| error.doing("find a conversation"))
    }

    async fn conversations(&self, owner: &str) -> Result<Vec<Conversation>, Fault> {
        let sql = "SELECT body FROM conversation WHERE owner = ?1 ORDER BY updated DESC";
        self.records(sql, owner).map_err(|error| error.doing("list conversations"))
    }

    async fn file(&self, owner: &str, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Fault> {
        let sql = "SELECT content FROM file WHERE owner = ?1 AND digest = ?2";
        self.lock()
            .query_row(sql, params![owner, digest], |row| row.get(0))
            .optional()
            .map_err(|error| Fault::later("read a file", error))
    }

    async fn held(&self, owner: &str) -> Result<Vec<Held>, Fault> {
        letters::held(&self.lock(), owner).map_err(|error| error.doing("read the held mails"))
    }

    async fn replies_on(&self, date: Date) -> Result<u32, Fault> {
        let sql = "SELECT count FROM replies WHERE day = ?1";
        let count = self
            .lock()
            .query_row(sql, [day_number(date)], |row| row.get(0))
            .optional()
            .map_err(|error| Fault::later("count the replies", error))?;
        Ok(count.unwrap_or_default())
    }

    async fn commit(&self, step: &Step) -> Result<bool, Fault> {
        self.take(step).map_err(|error| error.doing("store a handled mail"))
    }

    async fn outbox(&self) -> Result<Vec<Outgoing>, Fault> {
        self.waiting().map_err(|error| error.doing("read the outbox"))
    }

    async fn lease(
        &self,
        message: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Outgoing>, Fault> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        if leases.get(message).is_some_and(|held| now < *held) {
            return Ok(None);
        }
        let waiting = self.waiting().map_err(|error| error.doing("read the outbox"))?;
        let found = waiting.into_iter().find(|waiting| waiting.id == message);
        if found.is_some() {
            leases.insert(message.to_owned(), until);
        }
        Ok(found)
    }

    async fn release(&self, message: &str) -> Result<(), Fault> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner).remove(message);
        Ok(())
    }

    async fn close(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault> {
        self.release(message).await?;
        self.done(message, sent_as).map_err(|error| error.doing("close a message"))
    }

    async fn forget(&self, horizon: &Horizon) -> Result<(), Fault> {
        self.forget_now(horizon).map_err(|error| error.doing("forget what is old"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mail_contract;

    fn memory() -> SqliteConversations {
        SqliteConversations::prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn the_contract_holds() {
        mail_contract::check(&memory()).await;
    }

    #[tokio::test]
    async fn a_tombstone_holds_numbers_only() {
        let store = memory();
        mail_contract::fill_and_purge(&store).await;
        let connection = store.lock();
        let row = connection
            .query_row("SELECT conversations, files FROM tombstone", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .unwrap();
        assert_eq!(row, (1, 1));
    }
}
