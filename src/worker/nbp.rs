//! NBP with a witness: how often it was asked, and whether it was NBP that failed.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use jiff::civil::Date;

use crate::{
    error::{Fault, Retry},
    ports::RateSource,
    rates::{RateTable, TableKind},
};

/// A [`RateSource`] that counts.
pub struct Witnessed {
    source: Arc<dyn RateSource>,
    asked: AtomicU64,
    failed: AtomicU64,
}

/// What was counted up to a moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Count {
    /// Windows asked for.
    pub asked: u64,
    /// Of them, those that failed in a way that passes.
    pub failed: u64,
}

impl std::fmt::Debug for Witnessed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Witnessed").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl Witnessed {
    /// Counts what is asked of a source.
    pub fn new(source: Arc<dyn RateSource>) -> Self {
        Self { source, asked: AtomicU64::new(0), failed: AtomicU64::new(0) }
    }

    /// What was counted so far.
    pub fn count(&self) -> Count {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Count { asked: read(&self.asked), failed: read(&self.failed) }
    }
}

impl Count {
    /// What came since an earlier moment.
    pub fn since(self, before: Self) -> Self {
        Self {
            asked: self.asked.saturating_sub(before.asked),
            failed: self.failed.saturating_sub(before.failed),
        }
    }
}

#[async_trait]
impl RateSource for Witnessed {
    async fn tables(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
    ) -> Result<Vec<RateTable>, Fault> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let tables = self.source.tables(kind, from, through).await;
        if tables.as_ref().is_err_and(|fault| fault.retry() == Retry::Later) {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        tables
    }
}
