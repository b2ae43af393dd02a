//! `--rates DIR` and `rates import`: rates from files instead of NBP's service.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use crate::{
    error::Fault,
    ports::RateStore,
    rates::{RateTable, TableKind, TablesDiffer, proven_by_numbers, read_archive},
    statement::{Diagnostic, FileId},
};

/// The tables of some files, merged.
#[derive(Clone, Debug, Default)]
pub struct RateFiles {
    /// The files' names, by the [`FileId`] of the diagnostics.
    pub names: Vec<String>,
    /// What could not be read.
    pub diagnostics: Vec<Diagnostic>,
    tables: BTreeMap<(TableKind, Date), RateTable>,
}

impl RateFiles {
    /// Reads every `*.csv` of a directory, in the order of their names; subdirectories are not entered.
    ///
    /// # Errors
    ///
    /// If the directory or a file cannot be read, or two files give different rates for one day.
    pub fn read_dir(dir: &Path) -> Result<Self, Fault> {
        let fault = |error| Fault::never(format!("list the rates in {}", dir.display()), error);
        let mut paths = Vec::new();
        for entry in fs::read_dir(dir).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            let is_csv = path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("csv"));
            if is_csv && path.is_file() {
                paths.push(path);
            }
        }
        paths.sort();
        Self::read_files(&paths)
    }

    /// Reads files one after another.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or two files give different rates for one day.
    pub fn read_files(paths: &[PathBuf]) -> Result<Self, Fault> {
        let mut files = Self::default();
        for path in paths {
            let fault =
                |error| Fault::never(format!("read the rates in {}", path.display()), error);
            let bytes = fs::read(path).map_err(fault)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let differ =
                |error| Fault::never(format!("take over the rates in {}", path.display()), error);
            files.add(name, &bytes).map_err(differ)?;
        }
        Ok(files)
    }

    /// How many tables there are.
    pub fn len(&self) -> usize {
        self.tables.len()
    }

    /// Whether no file holds a table.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Saves everything, with the coverage that the table numbers prove.
    pub async fn save_into(&self, store: &dyn RateStore) -> Result<(), Fault> {
        for kind in [TableKind::A, TableKind::B] {
            let tables = self.tables.values().filter(|table| table.kind == kind);
            let tables: Vec<_> = tables.cloned().collect();
            let mut rest = &tables[..];
            for (from, through) in proven_by_numbers(&tables).iter() {
                // Spans and tables are ascending, and every table lies in a span.
                let count = rest.partition_point(|table| table.published_on <= through);
                let (part, later) = rest.split_at(count);
                store.save(kind, from, through, part).await?;
                rest = later;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: String, bytes: &[u8]) -> Result<(), TablesDiffer> {
        let file = FileId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        let read = read_archive(file, &name, bytes);
        self.names.push(name);
        self.diagnostics.extend(read.diagnostics);
        for table in read.tables {
            let key = (table.kind, table.published_on);
            let merged = match self.tables.get(&key) {
                Some(known) => known.merged(&table)?,
                None => table,
            };
            self.tables.insert(key, merged);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        adapters::MemoryRates,
        gather::gather,
        money::Currency,
        rates::{Missing, RateBook, RateNeed},
    };

    async fn stored(dir: &str, pairs: &[(&str, Date)]) -> Option<(RateBook, Vec<Missing>)> {
        let dir = Path::new(dir);
        if !dir.is_dir() {
            println!("{} is not here: skipped", dir.display());
            return None;
        }
        let files = RateFiles::read_dir(dir).unwrap();
        assert!(
            files.diagnostics.iter().all(|d| d.severity == crate::statement::Severity::Warning)
        );
        let store = MemoryRates::default();
        files.save_into(&store).await.unwrap();
        let mut need = RateNeed::default();
        for (code, day) in pairs {
            need.add(Currency::parse(code).unwrap(), *day);
        }
        let today = date(2026, 11, 20);
        let (book, missing) = gather(&need, &store, None, today, &|_| {}).await.unwrap();
        Some((book, missing.iter().map(|missing| missing.why).collect()))
    }

    /// TV20: tax-law 1.2, and TV05, TV24: code, event, table, mid in units of 0.0001.
    const EDGES: &[(&str, Date, Date, i64)] = &[
        ("USD", date(2025, 1, 2), date(2024, 12, 31), 41_012),
        ("USD", date(2025, 1, 7), date(2025, 1, 3), 41_512),
        ("USD", date(2025, 4, 22), date(2025, 4, 18), 37_661),
        ("USD", date(2025, 5, 5), date(2025, 5, 2), 37_722),
        ("USD", date(2025, 6, 20), date(2025, 6, 18), 37_137),
        ("USD", date(2025, 11, 12), date(2025, 11, 10), 36_610),
        ("USD", date(2025, 12, 29), date(2025, 12, 23), 35_848),
        ("USD", date(2025, 12, 27), date(2025, 12, 23), 35_848),
        ("USD", date(2018, 11, 13), date(2018, 11, 12), 38_163),
        ("USD", date(2024, 12, 27), date(2024, 12, 24), 41_127),
        ("USD", date(2024, 5, 4), date(2024, 5, 2), 40_474),
        ("EUR", date(2020, 11, 12), date(2020, 11, 10), 45_063),
        ("USD", date(2026, 1, 2), date(2025, 12, 31), 36_016),
        ("USD", date(2026, 4, 7), date(2026, 4, 3), 37_058),
        ("USD", date(2026, 6, 5), date(2026, 6, 3), 36_553),
        ("USD", date(2023, 10, 11), date(2023, 10, 10), 42_985),
    ];

    #[tokio::test]
    async fn the_plain_files_answer_the_edge_days() {
        let pairs: Vec<_> = EDGES.iter().map(|(code, day, ..)| (*code, *day)).collect();
        let Some((book, missing)) = stored("../shared/nbp", &pairs).await else { return };
        assert_eq!(missing, []);
        for (code, day, published_on, mid) in EDGES {
            let rate = book.preceding(Currency::parse(code).unwrap(), *day).unwrap();
            let found = (rate.published_on, rate.mid);
            assert_eq!(found, (*published_on, Decimal::new(*mid, 4)), "{code} {day}");
        }
    }

    #[tokio::test]
    async fn the_archive_files_agree_and_stop_where_they_end() {
        let pairs = [
            ("USD", date(2025, 12, 27)),
            ("JPY", date(2025, 3, 21)),
            ("HUF", date(2025, 3, 21)),
            // The last days of 2024 are in no file: 2024-12-31 is not proven.
            ("USD", date(2025, 1, 2)),
        ];
        let Some((book, missing)) = stored("../shared/nbp/raw", &pairs).await else { return };
        assert_eq!(missing, [Missing::Unknown]);
        let mid =
            |code: &str, day| book.preceding(Currency::parse(code).unwrap(), day).unwrap().mid;
        // TV19.
        assert_eq!(mid("JPY", date(2025, 3, 21)), Decimal::new(26_001, 6));
        assert_eq!(mid("HUF", date(2025, 3, 21)), Decimal::new(10_511, 6));
    }

    #[tokio::test]
    async fn table_b_answers_for_the_ruble_after_it_left_table_a() {
        let pairs =
            [("RUB", date(2022, 3, 9)), ("RUB", date(2022, 3, 17)), ("AED", date(2025, 1, 10))];
        let Some((book, missing)) = stored("../shared/nbp", &pairs).await else { return };
        assert_eq!(missing, []);
        let rate = |code, day| book.preceding(Currency::parse(code).unwrap(), day).unwrap();
        assert_eq!(rate("RUB", date(2022, 3, 9)).published_on, date(2022, 3, 8));
        assert_eq!(rate("RUB", date(2022, 3, 17)).published_on, date(2022, 3, 16));
        let dirham = rate("AED", date(2025, 1, 10));
        assert_eq!((dirham.published_on, dirham.mid), (date(2025, 1, 8), Decimal::new(11_255, 4)));
    }

    #[test]
    fn archive_and_plain_files_agree_on_every_value() {
        let dirs = ["../shared/nbp", "../shared/nbp/raw"].map(Path::new);
        if !dirs.iter().all(|dir| dir.is_dir()) {
            println!("no stored tables: skipped");
            return;
        }
        let csv = |dir: &Path| fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let paths: Vec<_> = dirs.into_iter().flat_map(csv).filter(|path| path.is_file()).collect();
        // Contradictions are refused by `add`. Tables A by year, 2015 to 2026 (nbp.md 4):
        // 254 + 252 + 251 + 252 + 251 + 255 + 254 + 252 + 251 + 252 + 251 + (83 + 79 + 17).
        let files = RateFiles::read_files(&paths).unwrap();
        let table_a = files.tables.keys().filter(|(kind, _)| *kind == TableKind::A);
        assert_eq!(table_a.count(), 2_954);
    }

    #[test]
    fn files_that_contradict_each_other_are_refused() {
        let mut files = RateFiles::default();
        let one = b"date,table_no,USD\n2025-01-02,001/A/NBP/2025,4.1219\n";
        let more = b"date,table_no,USD,EUR\n2025-01-02,001/A/NBP/2025,4.1219,4.2668\n";
        let other = b"date,table_no,USD\n2025-01-02,001/A/NBP/2025,4.1220\n";
        files.add("one.csv".into(), one).unwrap();
        files.add("more.csv".into(), more).unwrap();
        assert_eq!(files.tables.values().next().unwrap().mids.len(), 2);
        assert!(files.add("other.csv".into(), other).is_err());
    }
}
