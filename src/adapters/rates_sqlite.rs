//! Rates kept on disk for good, in `SQLite`: one row per table, and the days that are covered.
//!
//! One row holds a whole table as text (`USD4.1219 EUR4.2668 …`), because tables are only ever read
//! whole: five years are some 1,300 rows instead of 43,000. Calls are short and run where they are.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::rates_text::{mids_text, read_mids};
use crate::{
    days::{after, before, day_number, from_day_number},
    error::Fault,
    ports::{RateStore, StoredRates},
    rates::{RateTable, Spans, TableKind},
};

/// The layout below; a file with a higher number is of a newer program and is left alone.
const SCHEMA_VERSION: i32 = 1;

/// Days are day numbers (days since 1970-01-01); `kind` is the letter.
const SCHEMA: &str = "
    CREATE TABLE rate_table (
        kind TEXT NOT NULL,
        day INTEGER NOT NULL,
        number TEXT NOT NULL,
        mids TEXT NOT NULL,
        PRIMARY KEY (kind, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE covered (
        kind TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (kind, first)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// A [`RateStore`] in one file, shared by processes on one machine.
#[derive(Debug)]
pub struct SqliteRates {
    connection: Mutex<Connection>,
}

impl SqliteRates {
    /// Opens the file, and makes it if it is not there; its directory must be.
    ///
    /// # Errors
    ///
    /// If the file is no database, cannot be written, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let doing = || format!("open the rates in {}", path.display());
        let connection = Connection::open(path).map_err(|error| Fault::never(doing(), error))?;
        Self::prepare(connection).map_err(|error| Fault::never(doing(), error))
    }

    fn prepare(mut connection: Connection) -> Result<Self, StoreError> {
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // A lost last commit costs one request; a torn file cannot happen in this mode.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match transaction.pragma_query_value(None, "user_version", |row| row.get(0))? {
            0 => transaction.execute_batch(SCHEMA)?,
            SCHEMA_VERSION => {}
            version => return Err(StoreError::Newer(version)),
        }
        transaction.commit()?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere rolled its transaction back; the connection itself is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, StoreError> {
        let connection = self.lock();
        let bounds = params![letter(kind), day_number(from), day_number(through)];
        let mut query = connection.prepare_cached(
            "SELECT day, number, mids FROM rate_table WHERE kind = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day",
        )?;
        let mut rows = query.query(bounds)?;
        let mut tables = Vec::new();
        while let Some(row) = rows.next()? {
            tables.push(table(kind, row)?);
        }
        let mut query = connection.prepare_cached(
            "SELECT first, last FROM covered WHERE kind = ?1 AND last >= ?2 AND first <= ?3 ORDER BY first",
        )?;
        let spans = query.query_map(bounds, |row| {
            Ok((from_day_number(row.get(0)?), from_day_number(row.get(1)?)))
        })?;
        let spans: Spans = spans.collect::<Result<_, _>>()?;
        Ok(StoredRates { tables, covered: spans.within(from, through).iter().collect() })
    }

    fn write(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for new in tables.iter().filter(|table| table.kind == kind) {
            put(&transaction, new)?;
        }
        if from <= through {
            cover(&transaction, kind, from, through)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

#[async_trait]
impl RateStore for SqliteRates {
    async fn load(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, Fault> {
        self.read(kind, from, through).map_err(|error| error.into_fault("read the stored rates"))
    }

    async fn save(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), Fault> {
        let saved = self.write(kind, from, through, tables);
        saved.map_err(|error| error.into_fault("store rates"))
    }
}

/// Adds a table, or what it knows more than the stored copy.
fn put(transaction: &Transaction<'_>, new: &RateTable) -> Result<(), StoreError> {
    let (kind, day) = (letter(new.kind), day_number(new.published_on));
    let known = transaction
        .prepare_cached("SELECT day, number, mids FROM rate_table WHERE kind = ?1 AND day = ?2")?
        .query_row(params![kind, day], |row| Ok(table(new.kind, row)))
        .optional()?
        .transpose()?;
    let merged = match known {
        Some(known) => {
            let merged = known.merged(new)?;
            if merged == known {
                return Ok(());
            }
            merged
        }
        None => new.clone(),
    };
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO rate_table (kind, day, number, mids) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![kind, day, merged.number, mids_text(&merged)])?;
    Ok(())
}

/// Adds a span to the covered ones, merged with those that it touches.
fn cover(
    transaction: &Transaction<'_>,
    kind: TableKind,
    from: Date,
    through: Date,
) -> Result<(), StoreError> {
    let touching = params![letter(kind), day_number(before(from)), day_number(after(through))];
    let (first, last): (Option<i32>, Option<i32>) = transaction.query_row(
        "SELECT min(first), max(last) FROM covered WHERE kind = ?1 AND last >= ?2 AND first <= ?3",
        touching,
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    transaction
        .execute("DELETE FROM covered WHERE kind = ?1 AND last >= ?2 AND first <= ?3", touching)?;
    let (from, through) = (day_number(from), day_number(through));
    let first = first.map_or(from, |first| first.min(from));
    let last = last.map_or(through, |last| last.max(through));
    transaction.execute(
        "INSERT INTO covered (kind, first, last) VALUES (?1, ?2, ?3)",
        params![letter(kind), first, last],
    )?;
    Ok(())
}

fn letter(kind: TableKind) -> &'static str {
    match kind {
        TableKind::A => "A",
        TableKind::B => "B",
    }
}

fn table(kind: TableKind, row: &Row<'_>) -> Result<RateTable, StoreError> {
    let published_on = from_day_number(row.get(0)?);
    let text = row.get_ref(2)?.as_str().map_err(|_| StoreError::Damaged(published_on))?;
    let mids = read_mids(text).ok_or(StoreError::Damaged(published_on))?;
    Ok(RateTable { kind, number: row.get(1)?, published_on, mids })
}

#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error("the database refused")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the stored table of {0} is damaged")]
    Damaged(Date),
    #[error("the file has layout {0}, of a newer version")]
    Newer(i32),
    #[error("a published rate changed")]
    Differ(#[from] crate::rates::TablesDiffer),
}

impl StoreError {
    /// Only a busy or locked file may pass.
    fn into_fault(self, doing: &str) -> Fault {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let code = match &self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            Self::Damaged(_) | Self::Newer(_) | Self::Differ(_) => None,
        };
        if matches!(code, Some(DatabaseBusy | DatabaseLocked)) {
            return Fault::later(doing, self);
        }
        Fault::never(doing, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::rates_contract, rates::testing};

    fn fresh() -> SqliteRates {
        SqliteRates::prepare(Connection::open_in_memory().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn it_keeps_the_contract() {
        rates_contract::check(&fresh()).await;
    }

    #[tokio::test]
    async fn what_is_stored_is_there_after_a_restart() {
        let dir = std::env::temp_dir().join(format!("investtax-rates-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("rates.sqlite");
        let (from, through) = (Date::constant(2025, 1, 1), Date::constant(2025, 3, 31));
        let tables = testing::published(TableKind::A, from, through);
        SqliteRates::open(&path).unwrap().save(TableKind::A, from, through, &tables).await.unwrap();
        let stored =
            SqliteRates::open(&path).unwrap().load(TableKind::A, from, through).await.unwrap();
        assert_eq!((stored.tables, stored.covered), (tables, vec![(from, through)]));
        std::fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_file_of_a_newer_version_is_left_alone() {
        let connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 7).unwrap();
        assert!(matches!(SqliteRates::prepare(connection), Err(StoreError::Newer(7))));
    }
}
