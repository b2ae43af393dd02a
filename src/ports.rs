//! The outside world, as the pipeline sees it. No port names a vendor's type.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::{
    error::Fault,
    rates::{RateTable, TableKind},
};

/// Today's date and the time, so that nothing else asks the machine.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> jiff::Timestamp;

    /// Today in Warsaw, where NBP publishes and tax years end.
    fn today(&self) -> Date {
        let zone = jiff::tz::TimeZone::get("Europe/Warsaw").unwrap_or(jiff::tz::TimeZone::UTC);
        self.now().to_zoned(zone).date()
    }
}

/// Where published tables come from.
#[async_trait]
pub trait RateSource: Send + Sync {
    /// Every table of the kind published from `from` through `through`, ascending.
    ///
    /// MUST return an empty list only if the publisher said that there is none; MUST fail with a
    /// [`Fault`] on anything else. `through` is never later than yesterday in Warsaw.
    async fn tables(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
    ) -> Result<Vec<RateTable>, Fault>;
}

/// Where tables are kept for good; a published rate never changes.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// The stored tables of the kind within the span, ascending, and the days that are covered:
    /// a covered day without a table is known to have none.
    async fn load(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, Fault>;

    /// Stores tables and marks the whole span as covered. MUST be atomic and idempotent.
    async fn save(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), Fault>;
}

/// What a store knows of a span of days.
#[derive(Clone, Debug, Default)]
pub struct StoredRates {
    /// Tables, ascending by day.
    pub tables: Vec<RateTable>,
    /// Covered spans, ascending, inclusive, not overlapping, not adjacent.
    pub covered: Vec<(Date, Date)>,
}
