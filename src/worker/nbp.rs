//! NBP with a witness: how often it was asked, and whether it was NBP that failed.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::civil::Date;

use crate::{
    error::{Fault, Retry},
    ports::RateSource,
    rates::{RateTable, TableKind},
};

/// What a function gives NBP for one mail: the worker has a minute for everything, reading, promising and a
/// slow store included.
pub const NBP_WITHIN: Duration = Duration::from_secs(35);

/// A [`RateSource`] that counts, and that has so much time for one mail and no more: a function that waits
/// longer for NBP is killed, and a killed one tells nobody.
pub struct Witnessed {
    source: Arc<dyn RateSource>,
    /// How long all windows of one mail may take together.
    within: Duration,
    /// When this mail's time is over; it begins with the first window.
    until: Mutex<Option<Instant>>,
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
    /// Counts what is asked of a source, which has so long for each mail.
    pub fn new(source: Arc<dyn RateSource>, within: Duration) -> Self {
        let (asked, failed) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { source, within, until: Mutex::new(None), asked, failed }
    }

    /// Another mail: it has all the time again. What was counted up to it.
    pub fn begin(&self) -> Count {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.count()
    }

    /// What is left of the time of this mail.
    fn left(&self) -> Duration {
        let now = Instant::now();
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.get_or_insert(now + self.within).saturating_duration_since(now)
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
        let asking = self.source.tables(kind, from, through);
        // Windows are saved one by one: the next try goes on behind the last that came.
        let tables = tokio::time::timeout(self.left(), asking)
            .await
            .unwrap_or_else(|late| Err(Fault::later("fetch rates in time", late)));
        if tables.as_ref().is_err_and(|fault| fault.retry() == Retry::Later) {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        tables
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{adapters::Patience, rates::testing::published};

    #[test]
    fn one_window_that_never_comes_ends_before_the_time_of_its_mail() {
        assert!(Patience::function().longest() <= NBP_WITHIN);
        assert!(Patience::default().longest() > NBP_WITHIN, "that of a laptop is another");
    }

    /// Each window takes so long.
    struct Slow(Duration);

    #[async_trait]
    impl RateSource for Slow {
        async fn tables(&self, kind: TableKind, a: Date, b: Date) -> Result<Vec<RateTable>, Fault> {
            tokio::time::sleep(self.0).await;
            Ok(published(kind, a, b))
        }
    }

    #[tokio::test]
    async fn all_windows_of_a_mail_have_one_time_and_the_next_mail_has_it_again() {
        let slow = Slow(Duration::from_millis(60));
        let nbp = Witnessed::new(Arc::new(slow), Duration::from_millis(100));
        let ask = || nbp.tables(TableKind::A, date(2025, 3, 3), date(2025, 3, 4));
        for _ in 0..2 {
            let before = nbp.begin();
            assert_eq!(ask().await.unwrap().len(), 2);
            for _ in 0..2 {
                assert_eq!(ask().await.unwrap_err().retry(), Retry::Later);
            }
            assert_eq!(nbp.count().since(before), Count { asked: 3, failed: 2 });
        }
    }
}
