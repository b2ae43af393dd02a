//! The tables of one kind that are known, and what they prove.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{RateTable, Spans, TableKind, calendar};
use crate::days;

/// Tables of one kind, and the days of which every table is among them.
#[derive(Clone, Debug)]
pub struct Shelf {
    kind: TableKind,
    /// Ascending by day, one per day.
    tables: Vec<RateTable>,
    covered: Spans,
}

/// What is known of the last table before a day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Preceding<'a> {
    /// This one, and no later one can exist.
    Table(&'a RateTable),
    /// There may be a later one: this day is not covered.
    Lacking(Date),
    /// There is none within reach.
    None,
}

impl Shelf {
    /// An empty shelf.
    pub fn new(kind: TableKind) -> Self {
        Self { kind, tables: Vec::new(), covered: Spans::default() }
    }

    /// Which tables stand here.
    pub fn kind(&self) -> TableKind {
        self.kind
    }

    /// Adds tables and the days that they cover; of two copies of a day the longer one stays.
    pub fn add(&mut self, tables: Vec<RateTable>, covered: impl IntoIterator<Item = (Date, Date)>) {
        self.tables.extend(tables.into_iter().filter(|table| table.kind == self.kind));
        self.tables.sort_by_key(|table| (table.published_on, Reverse(table.mids.len())));
        self.tables.dedup_by_key(|table| table.published_on);
        for (from, through) in covered {
            self.covered.insert(from, through);
        }
    }

    /// The covered days.
    pub fn covered(&self) -> &Spans {
        &self.covered
    }

    /// Every table, ascending.
    pub fn tables(&self) -> &[RateTable] {
        &self.tables
    }

    /// The last table before the day that is accepted, at most `reach` days old.
    ///
    /// It is only given if no table between it and the day can be missing here.
    pub(super) fn preceding(
        &self,
        day: Date,
        reach: i32,
        accept: impl Fn(&RateTable) -> bool,
    ) -> Preceding<'_> {
        let oldest = days::plus(day, -reach);
        let mut upper = day;
        let mut index = self.tables.partition_point(|table| table.published_on < day);
        loop {
            let older = index.checked_sub(1).and_then(|older| self.tables.get(older));
            let older = older.filter(|table| table.published_on >= oldest);
            if let Some(lacking) = self.unproven(older, self.tables.get(index), oldest, upper) {
                return Preceding::Lacking(lacking);
            }
            let Some(table) = older else { return Preceding::None };
            if accept(table) {
                return Preceding::Table(table);
            }
            upper = table.published_on;
            index -= 1;
        }
    }

    /// The latest day between `older` and `upper` on which a table may be missing.
    ///
    /// Consecutive numbers of neighbors prove that there is none, whatever the coverage; a gap in the
    /// numbers proves that there is one, whatever the calendar.
    fn unproven(
        &self,
        older: Option<&RateTable>,
        newer: Option<&RateTable>,
        oldest: Date,
        upper: Date,
    ) -> Option<Date> {
        let steps = older.zip(newer).and_then(|(older, newer)| older.steps_to(newer));
        if steps == Some(1) {
            return None;
        }
        let gap = steps.is_some_and(|steps| steps > 1);
        let mut day = days::before(upper);
        let lower = older.map_or(oldest, |older| days::after(older.published_on));
        while day >= lower {
            let possible = gap || calendar::is_published(self.kind, day);
            if possible && !self.covered.contains(day) {
                return Some(day);
            }
            day = days::before(day);
        }
        None
    }
}

/// The spans that a list of tables without further authority proves complete: those between tables
/// with consecutive numbers, and each table's own day.
pub fn proven_by_numbers(tables: &[RateTable]) -> Spans {
    let own = tables.iter().map(|table| (table.published_on, table.published_on));
    let runs = tables.windows(2).filter_map(|pair| match pair {
        [older, newer] if older.steps_to(newer) == Some(1) => {
            Some((older.published_on, newer.published_on))
        }
        _ => None,
    });
    own.chain(runs).collect()
}

/// The spans that NBP's answer for a window proves complete.
///
/// The answer speaks for its whole window, except where it contradicts itself: between two numbers with
/// a gap, and at either end, where days that should have a table have none (a table that is late).
pub fn proven_by_answer(kind: TableKind, from: Date, through: Date, tables: &[RateTable]) -> Spans {
    let (Some(first), Some(last)) = (tables.first(), tables.last()) else {
        let expected = days_between(from, through).any(|day| calendar::is_published(kind, day));
        return if expected { Spans::default() } else { [(from, through)].into_iter().collect() };
    };
    let expected = |day: &Date| calendar::is_published(kind, *day);
    let head = days_between(from, days::before(first.published_on)).filter(expected).last();
    let tail = days_between(days::after(last.published_on), through).find(expected);
    let mut start = head.map_or(from, days::after);
    let mut spans = Spans::default();
    for pair in tables.windows(2) {
        if let [older, newer] = pair
            && older.steps_to(newer).is_some_and(|steps| steps > 1)
        {
            spans.insert(start, older.published_on);
            start = newer.published_on;
        }
    }
    spans.insert(start, tail.map_or(through, days::before));
    spans
}

fn days_between(from: Date, through: Date) -> impl Iterator<Item = Date> {
    (days::day_number(from)..=days::day_number(through)).map(days::from_day_number)
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    /// A table of dollars with the number given.
    pub(crate) fn table(day: Date, number: &str) -> RateTable {
        RateTable {
            kind: TableKind::A,
            number: number.into(),
            published_on: day,
            mids: vec![(Currency::USD, rust_decimal::Decimal::new(4, 0))],
        }
    }

    fn shelf(tables: &[(Date, &str)]) -> Shelf {
        let tables: Vec<_> = tables.iter().map(|(day, number)| table(*day, number)).collect();
        let covered = proven_by_numbers(&tables);
        let mut shelf = Shelf::new(TableKind::A);
        shelf.add(tables, covered.iter().collect::<Vec<_>>());
        shelf
    }

    fn found(shelf: &Shelf, day: Date) -> Result<Date, Option<Date>> {
        match shelf.preceding(day, 10, |_| true) {
            Preceding::Table(table) => Ok(table.published_on),
            Preceding::Lacking(day) => Err(Some(day)),
            Preceding::None => Err(None),
        }
    }

    #[test]
    fn a_missing_row_is_never_bridged() {
        // Wednesday is missing; the numbers say so.
        let shelf = shelf(&[
            (date(2025, 3, 3), "042/A/NBP/2025"),
            (date(2025, 3, 4), "043/A/NBP/2025"),
            (date(2025, 3, 6), "045/A/NBP/2025"),
        ]);
        assert_eq!(found(&shelf, date(2025, 3, 5)), Ok(date(2025, 3, 4)));
        assert_eq!(found(&shelf, date(2025, 3, 6)), Err(Some(date(2025, 3, 5))));
        assert_eq!(found(&shelf, date(2025, 3, 7)), Ok(date(2025, 3, 6)));
        // The weekend needs no proof, the Monday after it does.
        assert_eq!(found(&shelf, date(2025, 3, 8)), Err(Some(date(2025, 3, 7))));
    }

    #[test]
    fn numbers_that_do_not_count_prove_nothing() {
        let constant = "001/A/NBP/2025";
        let shelf = shelf(&[(date(2025, 3, 4), constant), (date(2025, 3, 6), constant)]);
        assert_eq!(found(&shelf, date(2025, 3, 6)), Err(Some(date(2025, 3, 5))));
        assert_eq!(found(&shelf, date(2025, 3, 5)), Ok(date(2025, 3, 4)));
    }

    #[test]
    fn numbers_prove_a_free_day_that_no_rule_knows() {
        // As on 2005-04-08: a business day without a table, the numbers go on.
        let shelf =
            shelf(&[(date(2025, 3, 4), "043/A/NBP/2025"), (date(2025, 3, 6), "044/A/NBP/2025")]);
        assert_eq!(found(&shelf, date(2025, 3, 6)), Ok(date(2025, 3, 4)));
    }

    #[test]
    fn a_gap_across_a_holiday_is_a_missing_table() {
        // As on 2018-11-12, were its table lost: no rule expects it, the numbers do.
        let shelf = shelf(&[
            (date(2017, 11, 10), "218/A/NBP/2017"),
            (date(2017, 11, 13), "220/A/NBP/2017"),
        ]);
        assert_eq!(found(&shelf, date(2017, 11, 11)), Ok(date(2017, 11, 10)));
        assert_eq!(found(&shelf, date(2017, 11, 13)), Err(Some(date(2017, 11, 12))));
    }

    #[test]
    fn an_answer_without_its_last_days_does_not_cover_them() {
        let (from, through) = (date(2025, 3, 1), date(2025, 3, 9));
        let tables: Vec<_> = (3..=5)
            .map(|day| table(date(2025, 3, day), &format!("{:03}/A/NBP/2025", 39 + day)))
            .collect();
        let spans = proven_by_answer(TableKind::A, from, through, &tables);
        assert_eq!(spans.iter().collect::<Vec<_>>(), [(from, date(2025, 3, 5))]);
        let late = proven_by_answer(TableKind::A, from, through, &tables[1..]);
        assert_eq!(late.iter().collect::<Vec<_>>(), [(date(2025, 3, 4), date(2025, 3, 5))]);
        let whole = proven_by_answer(TableKind::A, from, date(2025, 3, 5), &tables);
        assert_eq!(whole.iter().collect::<Vec<_>>(), [(from, date(2025, 3, 5))]);
    }

    proptest! {
        /// Whatever rows a file lost, an answer that is given is the one the whole file gives.
        #[test]
        fn lost_rows_never_change_an_answer(
            keep in prop::collection::vec(prop::bool::weighted(0.8), 300),
            numbered in prop::bool::ANY,
        ) {
            // 2018: the year in which a table was published on a holiday that no rule expects.
            let (from, through) = (date(2018, 1, 1), date(2018, 12, 31));
            let all = crate::rates::testing::published(TableKind::A, from, through);
            let mut kept: Vec<_> =
                all.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(table, _)| table.clone()).collect();
            if !numbered {
                for table in &mut kept {
                    table.number.clear();
                }
            }
            let covered = proven_by_numbers(&kept);
            let mut shelf = Shelf::new(TableKind::A);
            shelf.add(kept, covered.iter().collect::<Vec<_>>());
            for day in days_between(date(2018, 1, 12), through) {
                let truth = all.iter().rev().find(|table| table.published_on < day).unwrap();
                if let Preceding::Table(table) = shelf.preceding(day, 10, |_| true) {
                    prop_assert_eq!(table.published_on, truth.published_on);
                }
            }
        }
    }
}
