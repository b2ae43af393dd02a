//! What a calculation asks for, and which parts of NBP's tables that takes.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use jiff::civil::Date;

use super::{Spans, TableKind};
use crate::{days, money::Currency};

/// Currencies and event days whose preceding rate is needed; the złoty needs none.
///
/// Adding is one bit in a row of bits per currency, since a large history adds millions.
#[derive(Clone, Debug, Default)]
pub struct RateNeed {
    index: HashMap<Currency, usize>,
    series: Vec<(Currency, Bits)>,
    /// Days for which no table can exist, before 1970 or after 2149.
    beyond: BTreeSet<(Currency, Date)>,
}

#[derive(Clone, Debug, Default)]
struct Bits(Vec<u64>);

/// So many series are looked through.
const NEAR: usize = 8;

/// Days after this number (in the year 2149) are no days of trades.
const DAY_NUMBER_MAX: usize = 0xFFFF;

impl RateNeed {
    /// Asks for the rate of an event of the currency on the day.
    pub fn add(&mut self, currency: Currency, day: Date) {
        if currency.is_pln() {
            return;
        }
        let number = usize::try_from(days::day_number(day)).ok();
        let Some(number) = number.filter(|number| *number <= DAY_NUMBER_MAX) else {
            self.beyond.insert((currency, day));
            return;
        };
        if let Some((_, bits)) = self.slot(currency) {
            bits.set(number);
        }
    }

    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty() && self.beyond.is_empty()
    }

    /// Every currency with its days, both ascending.
    pub fn days(&self) -> BTreeMap<Currency, Vec<Date>> {
        let mut all: BTreeMap<Currency, Vec<Date>> = BTreeMap::new();
        for (currency, bits) in &self.series {
            all.entry(*currency).or_default().extend(bits.iter().map(days::from_day_number));
        }
        for (currency, day) in &self.beyond {
            all.entry(*currency).or_default().push(*day);
        }
        for days in all.values_mut() {
            days.sort_unstable();
        }
        all
    }

    fn slot(&mut self, currency: Currency) -> Option<&mut (Currency, Bits)> {
        // Histories have two or three currencies in turn: looking at them is quicker than hashing.
        let near = self.series.iter().take(NEAR).position(|(known, _)| *known == currency);
        let place = near.unwrap_or_else(|| {
            *self.index.entry(currency).or_insert_with(|| {
                self.series.push((currency, Bits::default()));
                self.series.len() - 1
            })
        });
        self.series.get_mut(place)
    }
}

impl Bits {
    fn set(&mut self, number: usize) {
        let word = number / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    fn iter(&self) -> impl Iterator<Item = i32> + '_ {
        (0_i32..).zip(&self.0).flat_map(|(index, &word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit)
        })
    }
}

/// A calendar quarter, the unit in which tables are fetched: 90 to 92 days, below NBP's limit of 93.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Quarter {
    first: Date,
}

impl Quarter {
    /// The quarter of a day.
    pub fn of(day: Date) -> Self {
        let month = (day.month() - 1) / 3 * 3 + 1;
        Self { first: days::on(day.year(), month, 1) }
    }

    /// The first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// The last day.
    pub fn last(self) -> Date {
        days::on(self.first.year(), self.first.month() + 2, 1).last_of_month()
    }

    /// What to ask for: from the first to the last day that is not covered, yesterday at most.
    pub fn window(self, covered: &Spans, yesterday: Date) -> Option<(Date, Date)> {
        let through = self.last().min(yesterday);
        (self.first <= through).then(|| covered.lacking(self.first, through))?
    }
}

/// One request to NBP.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Window {
    /// Of which table.
    pub kind: TableKind,
    /// First day.
    pub from: Date,
    /// Last day.
    pub through: Date,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quarters_are_clipped_to_yesterday_and_to_what_is_not_covered() {
        let quarter = Quarter::of(date(2025, 5, 17));
        let none = Spans::default();
        assert_eq!(
            quarter.window(&none, date(2025, 12, 1)),
            Some((date(2025, 4, 1), date(2025, 6, 30)))
        );
        assert_eq!(
            quarter.window(&none, date(2025, 5, 16)),
            Some((date(2025, 4, 1), date(2025, 5, 16)))
        );
        assert_eq!(quarter.window(&none, date(2025, 3, 31)), None);
        let part: Spans = [(date(2025, 4, 1), date(2025, 5, 14))].into_iter().collect();
        assert_eq!(
            quarter.window(&part, date(2025, 5, 16)),
            Some((date(2025, 5, 15), date(2025, 5, 16)))
        );
        assert_eq!(quarter.window(&part, date(2025, 5, 14)), None);
    }

    #[test]
    fn the_zloty_needs_no_rate() {
        let mut need = RateNeed::default();
        need.add(Currency::PLN, date(2025, 1, 2));
        assert!(need.is_empty());
    }

    proptest! {
        #[test]
        fn a_need_returns_each_pair_once(pairs in prop::collection::vec((0_usize..3, -400_i32..80_000), 0..40)) {
            let codes = [Currency::USD, Currency::EUR, Currency::GBP];
            let (mut need, mut expected) = (RateNeed::default(), BTreeSet::new());
            for (code, number) in pairs {
                let day = days::from_day_number(number);
                need.add(codes[code], day);
                expected.insert((codes[code], day));
            }
            let days = need.days();
            let found = days.iter().flat_map(|(currency, days)| days.iter().map(|day| (*currency, *day)));
            prop_assert_eq!(found.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>());
        }
    }
}
