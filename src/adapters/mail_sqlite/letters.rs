//! Whole messages in the store: mails that are held, and replies that went out.
//!
//! Replies are kept only where the operator reads them on a page of the same machine. They go when their
//! conversation goes, and no later than the files.

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction};

use super::{SqliteConversations, StoreError, schema};
use crate::{conversation::Conversation, error::Fault, ports::Held};

/// A reply that went out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Letter {
    /// The left side of its message id.
    pub id: String,
    /// When it was queued.
    pub at: Timestamp,
}

/// How the store is, in numbers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StoreHealth {
    /// Conversations that are remembered.
    pub conversations: i64,
    /// Mails that wait for their author's proof.
    pub held: i64,
    /// Replies that wait to be sent.
    pub outbox: i64,
    /// When the oldest of them was queued.
    pub oldest: Option<Timestamp>,
}

/// The most conversations on one page.
const PAGE: u32 = 200;

impl SqliteConversations {
    /// Keeps replies after they are sent, to be read with [`SqliteConversations::letter`].
    #[must_use]
    pub fn keeping_letters(self) -> Self {
        Self { keeps_letters: true, ..self }
    }

    /// The latest conversations of everybody, the one with the latest mail first.
    pub fn latest(&self) -> Result<Vec<Conversation>, Fault> {
        self.records(
            "SELECT body FROM conversation ORDER BY updated DESC LIMIT ?1",
            &PAGE.to_string(),
        )
        .map_err(|error| error.doing("list conversations"))
    }

    /// The replies in a conversation that are kept, the oldest first.
    pub fn letters(&self, conversation: &str) -> Result<Vec<Letter>, Fault> {
        let list = || -> Result<Vec<Letter>, StoreError> {
            let connection = self.lock();
            let mut query = connection.prepare_cached(
                "SELECT id, at FROM letter WHERE conversation = ?1 ORDER BY at, id",
            )?;
            let rows = query.query_map([conversation], |row| {
                Ok(Letter { id: row.get(0)?, at: time(row.get(1)?) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        list().map_err(|error| error.doing("list replies"))
    }

    /// A reply as it went out.
    pub fn letter(&self, id: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.lock()
            .query_row("SELECT message FROM letter WHERE id = ?1", [id], |row| row.get(0))
            .optional()
            .map_err(|error| Fault::later("read a reply", error))
    }

    /// Whether the store answers, and what waits in it.
    pub fn health(&self) -> Result<StoreHealth, Fault> {
        let sql = "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM held), \
                   (SELECT count(*) FROM outbox), (SELECT min(queued) FROM outbox)";
        self.lock()
            .query_row(sql, [], |row| {
                Ok(StoreHealth {
                    conversations: row.get(0)?,
                    held: row.get(1)?,
                    outbox: row.get(2)?,
                    oldest: row.get::<_, Option<i64>>(3)?.map(time),
                })
            })
            .map_err(|error| Fault::later("count what waits", error))
    }

    /// Copies everything into a new file, while the store goes on working.
    ///
    /// # Errors
    ///
    /// If the file is there already, or cannot be written.
    pub fn back_up(&self, path: &std::path::Path) -> Result<(), Fault> {
        let doing = || format!("back up to {}", path.display());
        let Some(name) = path.to_str() else {
            return Err(Fault::never(doing(), "the name of the file is not UTF-8"));
        };
        self.lock()
            .execute("VACUUM INTO ?1", [name])
            .map(|_| ())
            .map_err(|error| Fault::never(doing(), error))
    }
}

impl SqliteConversations {
    /// Whether a file holds conversations that this version can open, every page and reference of them.
    ///
    /// # Errors
    ///
    /// If it is damaged, holds something else, or was made by a newer version.
    pub fn verify(path: &std::path::Path) -> Result<(), Fault> {
        verify(path).map_err(|error| {
            Fault::never(format!("check the conversations in {}", path.display()), error)
        })
    }
}

fn verify(path: &std::path::Path) -> Result<(), StoreError> {
    // In place: what is checked is not to change, nor to get anything beside it.
    let uri = format!("file:{}?immutable=1", uri_path(path));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags)?;
    schema::check(&connection)?;
    let said = connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    let orphans = || connection.prepare("PRAGMA foreign_key_check")?.exists([]);
    let whole = said.is_ok_and(|said| said == "ok") && orphans().is_ok_and(|any| !any);
    if whole { Ok(()) } else { Err(StoreError::Broken) }
}

/// A path as it stands in a URI.
fn uri_path(path: &std::path::Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    bytes
        .map(
            |&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") },
        )
        .collect()
}

fn time(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or_default()
}

pub(super) fn held(connection: &Connection, owner: &str) -> Result<Vec<Held>, StoreError> {
    let sql = "SELECT id, at, message FROM held WHERE owner = ?1 ORDER BY at, id";
    let mut query = connection.prepare_cached(sql)?;
    let rows = query.query_map([owner], |row| {
        Ok(Held { id: row.get(0)?, at: time(row.get(1)?), bytes: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves a message from the outbox to the letters, if its conversation is still there.
pub(super) fn keep(transaction: &Transaction<'_>, message: &str) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT OR REPLACE INTO letter (id, conversation, at, message) \
         SELECT outbox.id, conversation.id, outbox.queued, outbox.message \
         FROM outbox JOIN conversation ON conversation.id = outbox.conversation \
         WHERE outbox.id = ?1",
        [message],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::mail_contract,
        ports::{ConversationStore as _, Outgoing, Step},
    };

    fn store() -> SqliteConversations {
        SqliteConversations::prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    fn step(job: &str) -> Step {
        let conversation = Conversation {
            id: "c".to_owned(),
            owner: "jan@example.com".to_owned(),
            ..Conversation::default()
        };
        let reply = Outgoing {
            id: format!("reply.{job}"),
            to: conversation.owner.clone(),
            conversation: Some("c".to_owned()),
            bytes: b"mail".to_vec(),
            ..Outgoing::default()
        };
        Step {
            job: job.to_owned(),
            owner: conversation.owner.clone(),
            conversation: Some(conversation),
            reply: Some(reply),
            ..Step::default()
        }
    }

    #[tokio::test]
    async fn letters_are_kept_only_where_asked_for_and_only_while_their_conversation_is() {
        for (store, kept) in [(store(), 0), (store().keeping_letters(), 1)] {
            store.commit(&step("1")).await.unwrap();
            assert_eq!(store.health().unwrap().outbox, 1);
            store.close("reply.1", Some("ses-1")).await.unwrap();
            assert_eq!(store.letters("c").unwrap().len(), kept);
            assert_eq!(store.letter("reply.1").unwrap().is_some(), kept == 1);
            let mut second = step("2");
            second.conversation.as_mut().unwrap().version = 1;
            store.commit(&second).await.unwrap();
            store.close("reply.2", None).await.unwrap();
            assert_eq!(store.letters("c").unwrap().len(), kept, "given up is not sent");
            let purge = Step { purge: true, conversation: None, reply: None, ..step("3") };
            store.commit(&purge).await.unwrap();
            assert!(store.letters("c").unwrap().is_empty() && store.latest().unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_backup_holds_what_the_store_holds() {
        let dir = std::env::temp_dir().join(format!("investtax-backup-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&dir));
        std::fs::create_dir_all(&dir).unwrap();
        let store = SqliteConversations::open(&dir.join("mail.sqlite")).unwrap();
        store.commit(&step("1")).await.unwrap();
        let copy = dir.join("copy.sqlite");
        store.back_up(&copy).unwrap();
        assert!(store.back_up(&copy).is_err(), "never over an older copy");
        let restored = SqliteConversations::open(&copy).unwrap();
        assert_eq!(restored.latest().unwrap(), store.latest().unwrap());
        assert_eq!(restored.outbox().await.unwrap(), store.outbox().await.unwrap());
        drop((store, restored));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn the_contract_holds_with_letters_too() {
        mail_contract::check(&store().keeping_letters()).await;
    }
}
