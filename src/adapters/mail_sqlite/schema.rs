//! The layout of the conversations on disk, and how a file of an older program gets it.
//!
//! A step once published is never changed: files that have it are out there. Another one is added.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Times are milliseconds since 1970, days are day numbers.
const FIRST: &str = "
    CREATE TABLE job (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE correspondent (
        owner TEXT PRIMARY KEY,
        at INTEGER NOT NULL,
        lasting INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE conversation (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        updated INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX conversation_owner ON conversation (owner, updated);
    CREATE TABLE sent (
        id TEXT PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE file (
        owner TEXT NOT NULL,
        sha256 BLOB NOT NULL,
        at INTEGER NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (owner, sha256)
    ) STRICT;
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        recipient TEXT NOT NULL,
        conversation TEXT,
        queued INTEGER NOT NULL,
        message BLOB NOT NULL
    ) STRICT;
    CREATE TABLE replies (day INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
    CREATE TABLE tombstone (day INTEGER NOT NULL, conversations INTEGER NOT NULL, files INTEGER NOT NULL) STRICT;
";

/// Mails of unproven authors, and replies as they went out, for the operator's own page.
const HELD_AND_LETTERS: &str = "
    CREATE TABLE held (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        message BLOB NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT;
    CREATE TABLE letter (
        id TEXT PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        message BLOB NOT NULL
    ) STRICT;
    CREATE INDEX letter_conversation ON letter (conversation, at);
";

/// Files were known by their SHA-256; those that are there keep it as their name.
const DIGESTS: &str = "ALTER TABLE file RENAME COLUMN sha256 TO digest;";

/// The steps from an empty file to the present layout; their number is the `user_version`.
const STEPS: [&str; 3] = [FIRST, HELD_AND_LETTERS, DIGESTS];

/// Brings the file to the present layout, in one transaction.
///
/// # Errors
///
/// If the file was made by a newer program, which is left alone, or cannot be written.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_by(connection, &STEPS)
}

/// Whether the file has a layout that [`migrate`] can bring to the present one.
///
/// # Errors
///
/// If the file was made by a newer program, or holds no conversations at all.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(version) {
        Ok(0) => Err(StoreError::Foreign),
        Ok(steps) if steps <= STEPS.len() => {
            connection.prepare("SELECT id FROM conversation").map_err(|_| StoreError::Broken)?;
            Ok(())
        }
        _ => Err(StoreError::Newer(version)),
    }
}

fn migrate_by(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = usize::try_from(version).ok().and_then(|done| steps.get(done..)) else {
        return Err(StoreError::Newer(version));
    };
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(
        None,
        "user_version",
        i64::try_from(steps.len()).unwrap_or(i64::MAX),
    )?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_first_layout_keeps_what_it_holds() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_by(&mut connection, &[FIRST]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO conversation VALUES ('c', 'jan@example.com', 1, '{}');
                 INSERT INTO job VALUES ('j', 1);
                 INSERT INTO file VALUES ('jan@example.com', x'01', 1, x'02');",
            )
            .unwrap();
        for _ in 0..2 {
            migrate(&mut connection).unwrap();
            let count = |table: &str| -> i64 {
                let sql = format!("SELECT count(*) FROM {table}");
                connection.query_row(&sql, [], |row| row.get(0)).unwrap()
            };
            let counts = ["conversation", "job", "file", "held", "letter"].map(count);
            assert_eq!(counts, [1, 1, 1, 0, 0]);
        }
        let version: i64 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 3);
    }

    #[test]
    fn a_file_of_a_newer_program_is_left_alone() {
        for version in [4, -1] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.pragma_update(None, "user_version", version).unwrap();
            assert!(matches!(migrate(&mut connection), Err(StoreError::Newer(_))));
        }
    }
}
