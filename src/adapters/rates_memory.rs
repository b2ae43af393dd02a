//! Rates kept in memory: for `--rates DIR`, where nothing is fetched, and for tests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use jiff::civil::Date;

use crate::{
    error::Fault,
    ports::{RateStore, StoredRates},
    rates::{RateTable, Spans, TableKind},
};

/// A [`RateStore`] that lives as long as the process.
#[derive(Debug, Default)]
pub struct MemoryRates {
    kinds: Mutex<BTreeMap<TableKind, Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    tables: BTreeMap<Date, RateTable>,
    covered: Spans,
}

#[async_trait]
impl RateStore for MemoryRates {
    async fn load(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, Fault> {
        if from > through {
            return Ok(StoredRates::default());
        }
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(kinds.get(&kind).map_or_else(StoredRates::default, |kept| StoredRates {
            tables: kept.tables.range(from..=through).map(|(_, table)| table.clone()).collect(),
            covered: kept.covered.within(from, through).iter().collect(),
        }))
    }

    async fn save(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), Fault> {
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kinds.entry(kind).or_default();
        let mut merged = Vec::new();
        for table in tables.iter().filter(|table| table.kind == kind) {
            merged.push(match kept.tables.get(&table.published_on) {
                Some(known) => known.merged(table).map_err(|error| {
                    Fault::never(format!("store table {}", table.number), error)
                })?,
                None => table.clone(),
            });
        }
        // Nothing is kept unless everything agrees.
        kept.tables.extend(merged.into_iter().map(|table| (table.published_on, table)));
        kept.covered.insert(from, through);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::rates_contract;

    #[tokio::test]
    async fn it_keeps_the_contract() {
        rates_contract::check(&MemoryRates::default()).await;
    }
}
