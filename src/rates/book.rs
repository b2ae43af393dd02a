//! An immutable set of rates for one calculation, answering in constant time.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Rate, RateIx, RateTable, TableKind};
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
    /// In the order of [`RateIx`], from 1.
    rates: Vec<Rate>,
    /// Table numbers, by the index in [`Rate::table`].
    numbers: Vec<String>,
}

/// For each day since the origin: the rate whose table was published last strictly before it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Series {
    currency: Currency,
    /// Zero, the złoty's, where no rate may be given.
    by_day: Vec<RateIx>,
}

impl RateBook {
    /// The rate for an event on `day`: the last table published strictly before it (art. 11a).
    pub fn preceding(&self, currency: Currency, day: Date) -> Result<&Rate, NoRate> {
        if currency.is_pln() {
            return Ok(&Rate::PLN);
        }
        self.find(currency, day).ok_or(NoRate { currency, day })
    }

    /// A rate that stands beside a leg; `None` for the złoty.
    pub fn published(&self, ix: RateIx) -> Option<&Rate> {
        self.rates.get(usize::try_from(ix.0).ok()?.checked_sub(1)?)
    }

    /// The number of the table that a rate was published in.
    pub fn number(&self, rate: &Rate) -> &str {
        let table = usize::try_from(rate.table).ok();
        table.and_then(|table| self.numbers.get(table)).map_or("", String::as_str)
    }

    fn find(&self, currency: Currency, day: Date) -> Option<&Rate> {
        let series = self.series.iter().find(|series| series.currency == currency)?;
        let offset = usize::try_from(slot(day) - self.origin).ok()?;
        self.published(*series.by_day.get(offset)?)
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
        let rate = Rate { currency, mid, published_on, table: index, ix: RateIx::default() };
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
        let mut rates = Vec::new();
        let series = self.answers.iter().map(|(&currency, answers)| Series {
            currency,
            by_day: by_day(answers, origin, length, &mut rates),
        });
        RateBook { origin, series: series.collect(), rates, numbers: self.numbers }
    }
}

/// Which rate each day of one currency has; those found are added to `rates`.
fn by_day(
    answers: &BTreeMap<Date, Rate>,
    origin: i32,
    length: usize,
    rates: &mut Vec<Rate>,
) -> Vec<RateIx> {
    let mut by_day = vec![RateIx::PLN; length];
    let mut table = None;
    for (&day, &rate) in answers {
        if table != Some(rate.table) {
            table = Some(rate.table);
            rates.push(Rate { ix: RateIx(u32::try_from(rates.len() + 1).unwrap_or(0)), ..rate });
        }
        let offset = usize::try_from(slot(day) - origin);
        if let Some(cell) = offset.ok().and_then(|offset| by_day.get_mut(offset)) {
            *cell = rates.last().map_or(RateIx::PLN, |rate| rate.ix);
        }
    }
    by_day
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
