//! Rates in a table, one partition per kind and year (`A#2025`), one item per day; the item `covered`
//! says which days are known. A year that is known to its end becomes one blob, `rates/A-2025.json`,
//! that is read once in the life of a worker.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{
    S3Blobs,
    item::{Item, damaged, integer, item, key, number, string, text},
    table::{Condition, Table, Write, Written},
};
use crate::{
    adapters::rates_text::{mids_text, read_mids},
    days::{after, before, day_number, from_day_number},
    error::{Fault, StaleVersion},
    ports::{BlobStore as _, RateStore, StoredRates},
    rates::{RateTable, Spans, TableKind},
};

/// Tables in one transaction, which holds a hundred items at most.
const TABLES_AT_ONCE: usize = 90;

/// How often a save that lost a race is begun anew.
const RACES: u32 = 5;

/// The sort key of what is known.
const COVERED: &str = "covered";

/// Tables of years that are over, once read from their snapshot.
type ClosedYears = BTreeMap<(TableKind, i16), Arc<Vec<RateTable>>>;

/// A [`RateStore`] in `DynamoDB` and S3.
#[derive(Clone, Debug)]
pub struct DynamoRates {
    table: Table,
    blobs: S3Blobs,
    closed: Arc<Mutex<ClosedYears>>,
}

/// What is stored of a year.
#[derive(Clone, Debug, Default)]
struct Year {
    tables: Arc<Vec<RateTable>>,
    covered: Spans,
    version: u64,
}

impl DynamoRates {
    pub(super) fn new(client: Client, table: &str, blobs: S3Blobs) -> Self {
        Self { table: Table::new(client, table), blobs, closed: Arc::default() }
    }

    /// A year as it is known; its blob if there is one.
    async fn year(&self, kind: TableKind, year: i16) -> Result<Year, Fault> {
        if let Some(tables) = self.remembered(kind, year) {
            let covered = [whole(year)].into_iter().collect();
            return Ok(Year { tables, covered, version: 0 });
        }
        let doing = "read the stored rates";
        let known = self.table.get(key(partition(kind, year), COVERED), doing).await?;
        let Some(known) = known else { return Ok(Year::default()) };
        let closed = integer::<u8>(&known, "closed")? == 1;
        if closed && let Some(bytes) = self.blobs.get(&blob(kind, year)).await? {
            let tables = Arc::new(from_blob(kind, &bytes)?);
            self.remember(kind, year, tables.clone());
            let covered = [whole(year)].into_iter().collect();
            return Ok(Year { tables, covered, version: 0 });
        }
        let found = self.stored(kind, year).await?;
        if found.covered.iter().eq([whole(year)]) {
            self.close(kind, year, &found).await?;
        }
        Ok(found)
    }

    /// A year as it stands in the table.
    async fn stored(&self, kind: TableKind, year: i16) -> Result<Year, Fault> {
        let items =
            self.table.partition(&partition(kind, year), "", "read the stored rates").await?;
        let mut found = Year::default();
        let mut tables = Vec::with_capacity(items.len());
        for item in &items {
            if string(item, "sk")? == COVERED {
                found.covered = spans(string(item, "spans")?)?;
                found.version = integer(item, "version")?;
            } else {
                tables.push(table_of(kind, item)?);
            }
        }
        found.tables = Arc::new(tables);
        Ok(found)
    }

    /// Writes the blob of a year that will not change any more, and says so in the table.
    async fn close(&self, kind: TableKind, year: i16, found: &Year) -> Result<(), Fault> {
        let doing = "close a year of rates";
        self.blobs.put(&blob(kind, year), &to_blob(&found.tables)?).await?;
        let covered = covered_item(kind, year, &found.covered, found.version + 1, true);
        // Whoever was faster said the same.
        self.table.put(covered, &Condition::version(found.version), doing).await?;
        self.remember(kind, year, found.tables.clone());
        Ok(())
    }

    fn remembered(&self, kind: TableKind, year: i16) -> Option<Arc<Vec<RateTable>>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).get(&(kind, year)).cloned()
    }

    fn remember(&self, kind: TableKind, year: i16, tables: Arc<Vec<RateTable>>) {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, year), tables);
    }

    /// Stores the tables of a span within one year together with its coverage.
    async fn save_piece(
        &self,
        kind: TableKind,
        (from, through): (Date, Date),
        tables: &[&RateTable],
    ) -> Result<(), Fault> {
        let doing = "store rates";
        let year = from.year();
        for _ in 0..RACES {
            let known = self.stored(kind, year).await?;
            let mut writes = changes(&known, tables)?;
            let mut covered = known.covered.clone();
            covered.insert(from, through);
            if writes.is_empty() && covered == known.covered {
                return Ok(());
            }
            let next = covered_item(kind, year, &covered, known.version + 1, false);
            writes.push(Write::Put(next, Condition::version(known.version)));
            if self.table.transact(writes, doing).await? == Written::All {
                self.closed.lock().unwrap_or_else(PoisonError::into_inner).remove(&(kind, year));
                return Ok(());
            }
        }
        Err(Fault::later(doing, StaleVersion))
    }
}

#[async_trait]
impl RateStore for DynamoRates {
    async fn load(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, Fault> {
        if from > through {
            return Ok(StoredRates::default());
        }
        let mut reading = JoinSet::new();
        for year in from.year()..=through.year() {
            let store = self.clone();
            reading.spawn(async move { (year, store.year(kind, year).await) });
        }
        let mut years = BTreeMap::new();
        while let Some(read) = reading.join_next().await {
            let (year, found) =
                read.map_err(|error| Fault::never("read the stored rates", error))?;
            years.insert(year, found?);
        }
        let mut found = StoredRates::default();
        let mut covered = Spans::default();
        for year in years.values() {
            let within =
                year.tables.iter().filter(|table| (from..=through).contains(&table.published_on));
            found.tables.extend(within.cloned());
            for (first, last) in year.covered.within(from, through).iter() {
                covered.insert(first, last);
            }
        }
        found.covered = covered.iter().collect();
        Ok(found)
    }

    /// Atomic by year and quarter: coverage is stored with the tables that prove it. A contradiction
    /// is found before anything is written.
    async fn save(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), Fault> {
        let pieces = pieces(kind, from, through, tables);
        for (span, tables) in &pieces {
            if !tables.is_empty() {
                changes(&self.stored(kind, span.0.year()).await?, tables)?;
            }
        }
        for (span, tables) in &pieces {
            self.save_piece(kind, *span, tables).await?;
        }
        Ok(())
    }
}

type Piece<'t> = ((Date, Date), Vec<&'t RateTable>);

/// A span cut at the ends of years and where a transaction would hold too many tables.
fn pieces(kind: TableKind, from: Date, through: Date, tables: &[RateTable]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = from;
    while start <= through {
        let end = through.min(date(start.year(), 12, 31));
        let within = tables
            .iter()
            .filter(|table| table.kind == kind && (start..=end).contains(&table.published_on));
        let mut within: Vec<&RateTable> = within.collect();
        within.sort_by_key(|table| table.published_on);
        let mut end = end;
        if let Some(next) = within.get(TABLES_AT_ONCE) {
            end = before(next.published_on);
            within.truncate(TABLES_AT_ONCE);
        }
        pieces.push(((start, end), within));
        start = after(end);
    }
    pieces
}

/// The tables that add something to what is known; a contradiction is a fault.
fn changes(known: &Year, tables: &[&RateTable]) -> Result<Vec<Write>, Fault> {
    let mut writes = Vec::new();
    for new in tables {
        let stored = known.tables.iter().find(|table| table.published_on == new.published_on);
        let Some(stored) = stored else {
            writes.push(Write::Put(table_item(new), Condition::absent()));
            continue;
        };
        let merged = stored.merged(new).map_err(|error| Fault::never("store rates", error))?;
        if merged != *stored {
            let values = HashMap::from([(":known".to_owned(), text(mids_text(stored)))]);
            let condition = Condition { expression: "mids = :known".to_owned(), values };
            writes.push(Write::Put(table_item(&merged), condition));
        }
    }
    Ok(writes)
}

fn whole(year: i16) -> (Date, Date) {
    (date(year, 1, 1), date(year, 12, 31))
}

fn partition(kind: TableKind, year: i16) -> String {
    format!("{}#{year}", kind.letter())
}

fn blob(kind: TableKind, year: i16) -> String {
    format!("rates/{}-{year}.json", kind.letter())
}

fn table_item(table: &RateTable) -> Item {
    let pk = partition(table.kind, table.published_on.year());
    let attributes = [("number", text(table.number.clone())), ("mids", text(mids_text(table)))];
    item(pk, table.published_on.to_string(), attributes)
}

fn table_of(kind: TableKind, item: &Item) -> Result<RateTable, Fault> {
    let published_on = string(item, "sk")?.parse().map_err(|_| damaged("sk"))?;
    let mids = read_mids(string(item, "mids")?).ok_or_else(|| damaged("mids"))?;
    Ok(RateTable { kind, number: string(item, "number")?.to_owned(), published_on, mids })
}

fn covered_item(kind: TableKind, year: i16, covered: &Spans, version: u64, closed: bool) -> Item {
    let spans: Vec<String> = covered
        .iter()
        .map(|(first, last)| format!("{}..{}", day_number(first), day_number(last)))
        .collect();
    let attributes = [
        ("spans", text(spans.join(" "))),
        ("version", number(version)),
        ("closed", number(u8::from(closed))),
    ];
    item(partition(kind, year), COVERED, attributes)
}

/// Day numbers: `20089..20178 20200..20201`.
fn spans(text: &str) -> Result<Spans, Fault> {
    let span = |text: &str| {
        let (first, last) = text.split_once("..")?;
        Some((from_day_number(first.parse().ok()?), from_day_number(last.parse().ok()?)))
    };
    let spans: Option<Spans> = text.split_whitespace().map(span).collect();
    spans.ok_or_else(|| damaged("spans"))
}

/// A closed year, as its blob.
#[derive(Deserialize, Serialize)]
struct Snapshot {
    format: u32,
    tables: Vec<SnapshotTable>,
}

#[derive(Deserialize, Serialize)]
struct SnapshotTable {
    day: Date,
    number: String,
    mids: String,
}

/// The version of [`Snapshot`].
const SNAPSHOT_FORMAT: u32 = 1;

fn to_blob(tables: &[RateTable]) -> Result<Vec<u8>, Fault> {
    let tables = tables.iter().map(|table| SnapshotTable {
        day: table.published_on,
        number: table.number.clone(),
        mids: mids_text(table),
    });
    let snapshot = Snapshot { format: SNAPSHOT_FORMAT, tables: tables.collect() };
    serde_json::to_vec(&snapshot).map_err(|error| Fault::never("close a year of rates", error))
}

fn from_blob(kind: TableKind, bytes: &[u8]) -> Result<Vec<RateTable>, Fault> {
    let doing = "read a closed year of rates";
    let snapshot: Snapshot =
        serde_json::from_slice(bytes).map_err(|error| Fault::never(doing, error))?;
    if snapshot.format != SNAPSHOT_FORMAT {
        return Err(Fault::never(doing, "it is of a newer version"));
    }
    let table = |table: SnapshotTable| {
        let mids = read_mids(&table.mids).ok_or_else(|| damaged("mids"))?;
        Ok(RateTable { kind, number: table.number, published_on: table.day, mids })
    };
    snapshot.tables.into_iter().map(table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::{aws::testing, rates_contract},
        rates::testing::published,
    };

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let Some(world) = testing::world().await else { return };
        rates_contract::check(&world.clients.rates(&world.rates, &world.bucket)).await;
    }

    #[tokio::test]
    async fn a_closed_year_becomes_one_blob_that_answers_alone() {
        let Some(world) = testing::world().await else { return };
        let store = || world.clients.rates(&world.rates, &world.bucket);
        let (from, through) = whole(2024);
        let tables = published(TableKind::A, from, through);
        store().save(TableKind::A, from, through, &tables).await.unwrap();
        assert_eq!(store().load(TableKind::A, from, through).await.unwrap().tables, tables);
        let bytes = world.clients.bucket(&world.bucket).get("rates/A-2024.json").await.unwrap();
        assert_eq!(from_blob(TableKind::A, &bytes.unwrap()).unwrap(), tables);
        let again = store();
        for _ in 0..2 {
            let found = again.load(TableKind::A, from, through).await.unwrap();
            assert_eq!((found.tables, found.covered), (tables.clone(), vec![(from, through)]));
        }
    }

    #[test]
    fn a_span_is_cut_at_years_and_at_ninety_tables() {
        let (from, through) = (date(2023, 10, 1), date(2024, 12, 31));
        let tables = published(TableKind::A, from, through);
        let pieces = pieces(TableKind::A, from, through, &tables);
        let mut next = from;
        for ((first, last), tables) in &pieces {
            assert_eq!(*first, next);
            assert!(first.year() == last.year() && tables.len() <= TABLES_AT_ONCE);
            assert!(tables.iter().all(|table| (*first..=*last).contains(&table.published_on)));
            next = after(*last);
        }
        assert_eq!(next, after(through));
        assert_eq!(pieces.iter().map(|(_, tables)| tables.len()).sum::<usize>(), tables.len());
    }
}
