//! The round trip between the pure core and NBP: store, plan, fetch, save, answer.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    days,
    error::Fault,
    ports::{RateSource, RateStore},
    rates::{
        Answers, Known, MissingRate, Quarter, RateBook, RateNeed, TableKind, Window, answer,
        proven_by_answer,
    },
};

/// How far a fetch has come; for a progress bar.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// Windows fetched so far, all rounds together.
    pub done: usize,
    /// Windows known to be needed.
    pub total: usize,
    /// The window that is being fetched now.
    pub window: Window,
}

/// Gathers the rates that a calculation needs: from the store and, for what it lacks, from the source.
///
/// Windows are calendar quarters, fetched one after another and saved at once, so that a run that fails
/// half-way has not fetched in vain. Without a source the store answers alone (`--rates DIR`).
/// `today` is the day in Warsaw; no table after yesterday is asked for, since none can be needed.
///
/// A rate that cannot be proven is in the second part of the result, never guessed.
///
/// ```
/// use investtax::{adapters::MemoryRates, gather::gather, money::Currency, rates::RateNeed};
/// use jiff::civil::date;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let mut need = RateNeed::default();
/// need.add(Currency::USD, date(2025, 1, 7));
/// let (book, missing) =
///     gather(&need, &MemoryRates::default(), None, date(2026, 1, 5), &|_| {}).await?;
/// assert!(book.preceding(Currency::USD, date(2025, 1, 7)).is_err()); // The store is empty.
/// assert_eq!(missing.len(), 1);
/// # Ok::<(), investtax::error::Fault>(())
/// # }).unwrap();
/// ```
pub async fn gather(
    need: &RateNeed,
    store: &dyn RateStore,
    source: Option<&dyn RateSource>,
    today: Date,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<(RateBook, Vec<MissingRate>), Fault> {
    let Some(span) = span_of(need) else { return Ok((RateBook::default(), Vec::new())) };
    let yesterday = days::before(today);
    let mut known = Known::default();
    load(&mut known, TableKind::A, store, span).await?;
    let mut loaded_b = false;
    let mut asked = BTreeSet::new();
    let mut done = 0;
    loop {
        let answers = answer(need, &known, yesterday);
        if !loaded_b && answers.lacking.iter().any(|(kind, _)| *kind == TableKind::B) {
            load(&mut known, TableKind::B, store, span).await?;
            loaded_b = true;
            continue;
        }
        let windows = plan(&answers, &known, yesterday);
        let windows: Vec<_> = windows.into_iter().filter(|window| asked.insert(*window)).collect();
        let Some(source) = source.filter(|_| !windows.is_empty()) else {
            return Ok((answers.book, answers.missing));
        };
        let total = done + windows.len();
        for window in windows {
            progress(Progress { done, total, window });
            fetch(&mut known, store, source, window).await?;
            done += 1;
        }
    }
}

/// The windows that cover what is lacking: one per kind and quarter.
///
/// Table B is asked for only once table A is complete, because A decides whether B is needed.
fn plan(answers: &Answers, known: &Known, yesterday: Date) -> BTreeSet<Window> {
    let kind = answers.lacking.iter().map(|(kind, _)| *kind).min();
    let quarters = answers.lacking.iter().filter(|(of, _)| Some(*of) == kind);
    let quarters: BTreeSet<_> = quarters.map(|&(kind, day)| (kind, Quarter::of(day))).collect();
    let windows = quarters.into_iter().filter_map(|(kind, quarter)| {
        let (from, through) = quarter.window(known.shelf(kind).covered(), yesterday)?;
        Some(Window { kind, from, through })
    });
    windows.collect()
}

async fn load(
    known: &mut Known,
    kind: TableKind,
    store: &dyn RateStore,
    (from, through): (Date, Date),
) -> Result<(), Fault> {
    let stored = store.load(kind, from, through).await?;
    known.shelf_mut(kind).add(stored.tables, stored.covered);
    Ok(())
}

async fn fetch(
    known: &mut Known,
    store: &dyn RateStore,
    source: &dyn RateSource,
    window: Window,
) -> Result<(), Fault> {
    let Window { kind, from, through } = window;
    let tables = source.tables(kind, from, through).await?;
    let covered = proven_by_answer(kind, from, through, &tables);
    for (from, through) in covered.iter() {
        let within = |day: Date| from <= day && day <= through;
        let part: Vec<_> =
            tables.iter().filter(|table| within(table.published_on)).cloned().collect();
        store.save(kind, from, through, &part).await?;
    }
    known.shelf_mut(kind).add(tables, covered.iter().collect::<Vec<_>>());
    Ok(())
}

/// From the first day that a table may be needed from to the last; whole quarters, because those are
/// fetched and their coverage must be seen.
fn span_of(need: &RateNeed) -> Option<(Date, Date)> {
    let days = need.days();
    let first = days.values().filter_map(|days| days.first()).min()?;
    let last = days.values().filter_map(|days| days.last()).max()?;
    let earliest = Quarter::of(days::plus(*first, -LOOK_BACK)).first();
    Some((earliest, Quarter::of(*last).last()))
}

/// No table older than this answers (the reach of table B).
const LOOK_BACK: i32 = 14;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use jiff::civil::date;

    use super::*;
    use crate::{
        adapters::MemoryRates,
        money::Currency,
        rates::{Missing, RateTable, testing},
    };

    /// A source that counts, refuses what NBP would refuse, and has lost the tables of some days.
    #[derive(Default)]
    struct Counting(Mutex<Vec<Window>>, Vec<Date>);

    impl Counting {
        fn requests(&self) -> Vec<Window> {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    #[async_trait]
    impl RateSource for Counting {
        async fn tables(
            &self,
            kind: TableKind,
            from: Date,
            through: Date,
        ) -> Result<Vec<RateTable>, Fault> {
            assert!(days::day_number(through) - days::day_number(from) < 93);
            assert!(from <= through);
            self.0.lock().unwrap().push(Window { kind, from, through });
            let mut tables = testing::published(kind, from, through);
            tables.retain(|table| !self.1.contains(&table.published_on));
            assert!(!tables.is_empty(), "a request that can only be refused");
            Ok(tables)
        }
    }

    async fn run(
        need: &RateNeed,
        store: &MemoryRates,
        source: &Counting,
        today: Date,
    ) -> Vec<Missing> {
        let (book, missing) = gather(need, store, Some(source), today, &|_| {}).await.unwrap();
        for (currency, days) in need.days() {
            for day in days {
                let absent = missing.iter().any(|m| m.currency == currency && m.day == day);
                let rate = book.preceding(currency, day);
                assert_eq!(rate.is_err(), absent, "{currency} {day}");
                assert!(rate.is_err() || rate.unwrap().published_on < day);
            }
        }
        missing.iter().map(|missing| missing.why).collect()
    }

    fn code(text: &str) -> Currency {
        Currency::parse(text).unwrap()
    }

    /// Every day of five years, in every currency of table A.
    fn five_years() -> RateNeed {
        let mut need = RateNeed::default();
        let mut day = date(2021, 1, 4);
        while day <= date(2025, 12, 31) {
            for currency in ["USD", "EUR", "GBP", "JPY"] {
                need.add(code(currency), day);
            }
            day = days::after(day);
        }
        need
    }

    #[tokio::test]
    async fn five_years_cost_twenty_one_requests_once() {
        let (store, source) = (MemoryRates::default(), Counting::default());
        let today = date(2026, 1, 5);
        assert_eq!(run(&five_years(), &store, &source, today).await, []);
        assert_eq!(source.requests().len(), 21);
        assert_eq!(run(&five_years(), &store, &source, today).await, []);
        assert_eq!(source.requests(), []);
        // The ruble was in table A until 2022-03-08: known already.
        let mut other = RateNeed::default();
        other.add(code("RUB"), date(2021, 7, 1));
        assert_eq!(run(&other, &store, &source, today).await, []);
        assert_eq!(source.requests(), []);
    }

    #[tokio::test]
    async fn the_open_quarter_costs_one_request_a_day_at_most() {
        let (store, source) = (MemoryRates::default(), Counting::default());
        // Friday 14 August 2026; Saturday is a holiday anyway, so Monday brings nothing new.
        for (today, requests) in [
            (date(2026, 8, 13), 1),
            (date(2026, 8, 14), 1),
            (date(2026, 8, 14), 0),
            (date(2026, 8, 15), 1),
            (date(2026, 8, 17), 0),
            (date(2026, 8, 18), 1),
        ] {
            let mut need = RateNeed::default();
            need.add(Currency::USD, today);
            assert_eq!(run(&need, &store, &source, today).await, []);
            assert_eq!(source.requests().len(), requests, "{today}");
        }
    }

    #[tokio::test]
    async fn table_b_is_asked_for_only_where_a_does_not_list_the_currency() {
        let (store, source) = (MemoryRates::default(), Counting::default());
        let mut need = RateNeed::default();
        for day in [date(2022, 3, 9), date(2022, 3, 10), date(2023, 1, 3)] {
            need.add(code("RUB"), day);
        }
        assert_eq!(run(&need, &store, &source, date(2023, 6, 1)).await, []);
        let kinds: Vec<_> = source.requests().iter().map(|w| (w.kind, w.from)).collect();
        let expected = [
            (TableKind::A, date(2022, 1, 1)),
            (TableKind::A, date(2023, 1, 1)),
            (TableKind::B, date(2022, 1, 1)),
            (TableKind::B, date(2022, 10, 1)),
        ];
        assert_eq!(kinds, expected);
    }

    #[tokio::test]
    async fn a_currency_that_nbp_does_not_publish_costs_one_window() {
        let (store, source) = (MemoryRates::default(), Counting::default());
        let today = date(2026, 1, 5);
        run(&five_years(), &store, &source, today).await;
        source.requests();
        let mut need = five_years();
        for month in 1..=12 {
            need.add(code("KYD"), date(2024, month, 10));
            need.add(code("XYZ"), date(2024, month, 10));
        }
        for requests in [1, 0] {
            let missing = run(&need, &store, &source, today).await;
            assert_eq!(missing, [Missing::NoSuchCurrency; 24]);
            assert_eq!(source.requests().len(), requests);
        }
    }

    #[tokio::test]
    async fn a_hole_in_the_answer_is_neither_bridged_nor_remembered() {
        let store = MemoryRates::default();
        let holed = Counting(Mutex::default(), vec![date(2025, 3, 5), date(2025, 3, 31)]);
        let (mut need, today) = (RateNeed::default(), date(2025, 4, 1));
        for day in [date(2025, 3, 5), date(2025, 3, 6), date(2025, 3, 7), today] {
            need.add(Currency::USD, day);
        }
        // The table of the 5th is lost (its neighbors' numbers say so), that of the 31st is late.
        for _ in 0..2 {
            assert_eq!(run(&need, &store, &holed, today).await, [Missing::Unknown; 2]);
            assert!(holed.requests().len() <= 2);
        }
        let whole = Counting::default();
        assert_eq!(run(&need, &store, &whole, today).await, []);
        assert_eq!(whole.requests().len(), 1);
        assert_eq!(run(&need, &store, &whole, today).await, []);
        assert_eq!(whole.requests(), []);
    }

    #[test]
    fn it_may_move_between_threads() {
        fn assert_send(_: impl Send) {}
        let (need, store) = (RateNeed::default(), MemoryRates::default());
        assert_send(gather(&need, &store, None, date(2026, 1, 5), &|_| {}));
    }

    #[tokio::test]
    async fn days_after_tomorrow_are_not_asked_for() {
        let (store, source) = (MemoryRates::default(), Counting::default());
        let mut need = RateNeed::default();
        need.add(Currency::USD, date(2026, 3, 20));
        assert_eq!(
            run(&need, &store, &source, date(2026, 3, 11)).await,
            [Missing::NotYetPublished]
        );
        assert_eq!(source.requests(), []);
    }
}
