//! An immutable set of rates for one calculation, answering in constant time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Rate, RateTable, TableKind};
use crate::{days::slot, money::Currency};

/// No rate can be given, and why; a figure without a rate is never computed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[error("no NBP rate of {currency} before {day}")]
pub struct NoRate {
    /// The currency asked for.
    pub currency: Currency,
    /// The day of the event; the table must be older.
    pub day: Date,
}

/// The rates known for one calculation.
///
/// Built once by [`RateBookBuilder`]; lookups never fetch, never guess and never fall forward.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct RateBook {
    /// The slot of the first day of every series.
    origin: i32,
    series: Vec<Series>,
    /// Table numbers, by the index in [`Rate::table`].
    numbers: Vec<String>,
}

/// For each day since the origin: the rate whose table was published last strictly before it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Series {
    currency: Currency,
    /// Index into `rates` plus one; zero where no rate may be given.
    by_day: Vec<u32>,
    rates: Vec<Rate>,
}

impl RateBook {
    /// The rate for an event on `day`: the last table published strictly before it (art. 11a).
    pub fn preceding(&self, currency: Currency, day: Date) -> Result<Rate, NoRate> {
        if currency.is_pln() {
            return Ok(Rate::PLN);
        }
        self.find(currency, day).ok_or(NoRate { currency, day })
    }

    /// The number of the table that a rate was published in; empty for the złoty.
    pub fn number(&self, rate: &Rate) -> &str {
        rate.table
            .and_then(|index| self.numbers.get(usize::try_from(index).ok()?))
            .map_or("", String::as_str)
    }

    fn find(&self, currency: Currency, day: Date) -> Option<Rate> {
        let series = self.series.iter().find(|series| series.currency == currency)?;
        let offset = usize::try_from(slot(day) - self.origin).ok()?;
        let slot = usize::try_from(*series.by_day.get(offset)?).ok()?;
        series.rates.get(slot.checked_sub(1)?).copied()
    }
}

/// Collects the answers of one calculation.
#[derive(Clone, Debug, Default)]
pub struct RateBookBuilder {
    numbers: Vec<String>,
    /// The index of the number of each table seen.
    tables: BTreeMap<(TableKind, Date), u32>,
    answers: BTreeMap<Currency, BTreeMap<Date, Rate>>,
}

impl RateBookBuilder {
    /// Declares that for an event of `currency` on `day` the table is the last one before it.
    ///
    /// The caller has checked the coverage. A table that does not list the currency, or is not older
    /// than the day, gives no answer.
    pub fn answer(&mut self, currency: Currency, day: Date, table: &RateTable) {
        let published_on = table.published_on;
        debug_assert!(published_on < day, "the table must be older than the event");
        let Some(mid) = table.mid(currency).filter(|_| published_on < day) else { return };
        let index = *self.tables.entry((table.kind, published_on)).or_insert_with(|| {
            self.numbers.push(table.number.clone());
            u32::try_from(self.numbers.len() - 1).unwrap_or(u32::MAX)
        });
        let rate = Rate { currency, mid, published_on, table: Some(index) };
        self.answers.entry(currency).or_default().insert(day, rate);
    }

    /// Builds the book; days without a declared answer have no rate.
    pub fn build(self) -> RateBook {
        let days = || self.answers.values().flat_map(BTreeMap::keys);
        let (Some(first), Some(last)) = (days().min(), days().max()) else {
            return RateBook::default();
        };
        let origin = slot(*first);
        let length = usize::try_from(slot(*last) - origin + 1).unwrap_or(0);
        let series = self.answers.iter();
        let series = series.map(|(&currency, rates)| Series::new(currency, rates, origin, length));
        RateBook { origin, series: series.collect(), numbers: self.numbers }
    }
}

impl Series {
    fn new(currency: Currency, answers: &BTreeMap<Date, Rate>, origin: i32, length: usize) -> Self {
        let (mut by_day, mut rates) = (vec![0; length], Vec::new());
        for (&day, &rate) in answers {
            if rates.last() != Some(&rate) {
                rates.push(rate);
            }
            let offset = usize::try_from(slot(day) - origin);
            if let Some(cell) = offset.ok().and_then(|offset| by_day.get_mut(offset)) {
                *cell = u32::try_from(rates.len()).unwrap_or(0);
            }
        }
        Self { currency, by_day, rates }
    }
}

impl RateBook {
    /// A book with one rate for every day of a currency: for tests and demonstrations.
    #[doc(hidden)]
    pub fn flat(rates: &[(Currency, Decimal)], from: Date, through: Date) -> Self {
        let mut builder = RateBookBuilder::default();
        let mut day = from;
        while day <= through {
            let number = format!("{}/A/NBP/{}", day.day_of_year(), day.year());
            let table =
                RateTable { kind: TableKind::A, number, published_on: day, mids: rates.to_vec() };
            let Ok(next) = day.tomorrow() else { break };
            for (currency, _) in rates {
                builder.answer(*currency, next, &table);
            }
            day = next;
        }
        builder.build()
    }
}
