//! Sets of days as spans.

use jiff::civil::Date;

use crate::days;

/// Days as inclusive spans: ascending, not overlapping, not adjacent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Spans(Vec<(Date, Date)>);

impl Spans {
    /// Adds every day from `from` through `through`; nothing if the order is reversed.
    pub fn insert(&mut self, from: Date, through: Date) {
        if from > through {
            return;
        }
        let first = self.0.partition_point(|&(_, end)| days::after(end) < from);
        let last = self.0.partition_point(|&(start, _)| start <= days::after(through));
        let touched = self.0.get(first..last).unwrap_or_default();
        let start = touched.first().map_or(from, |&(start, _)| start.min(from));
        let end = touched.last().map_or(through, |&(_, end)| end.max(through));
        self.0.splice(first..last.max(first), [(start, end)]);
    }

    /// Whether the day is in the set.
    pub fn contains(&self, day: Date) -> bool {
        let index = self.0.partition_point(|&(_, end)| end < day);
        self.0.get(index).is_some_and(|&(start, _)| start <= day)
    }

    /// The first and the last day of the span that are **not** in the set.
    pub fn lacking(&self, from: Date, through: Date) -> Option<(Date, Date)> {
        let (mut first, mut last) = (from, through);
        if let Some((_, end)) = self.span_of(first) {
            first = days::after(end);
        }
        if let Some((start, _)) = self.span_of(last) {
            last = days::before(start);
        }
        (first <= last).then_some((first, last))
    }

    /// The spans, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Date, Date)> + '_ {
        self.0.iter().copied()
    }

    /// The part of the set within the span.
    pub fn within(&self, from: Date, through: Date) -> Self {
        let clipped = self.iter().map(|(start, end)| (start.max(from), end.min(through)));
        Self(clipped.filter(|(start, end)| start <= end).collect())
    }

    fn span_of(&self, day: Date) -> Option<(Date, Date)> {
        self.iter().find(|&(start, end)| start <= day && day <= end)
    }
}

impl FromIterator<(Date, Date)> for Spans {
    fn from_iter<I: IntoIterator<Item = (Date, Date)>>(spans: I) -> Self {
        let mut set = Self::default();
        for (from, through) in spans {
            set.insert(from, through);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::days::from_day_number;

    proptest! {
        #[test]
        fn spans_are_the_set_of_their_days(
            inserts in prop::collection::vec((0_i32..60, 0_i32..12), 0..12),
            from in 0_i32..60, length in 0_i32..30,
        ) {
            let (mut spans, mut days) = (Spans::default(), BTreeSet::new());
            for (start, length) in inserts {
                spans.insert(from_day_number(start), from_day_number(start + length));
                days.extend(start..=start + length);
            }
            for day in -1..75 {
                prop_assert_eq!(spans.contains(from_day_number(day)), days.contains(&day));
            }
            let pairs: Vec<_> = spans.iter().collect();
            for pair in pairs.windows(2) {
                prop_assert!(days::after(pair[0].1) < pair[1].0);
            }
            let missing: Vec<i32> = (from..=from + length).filter(|d| !days.contains(d)).collect();
            let expected = missing.first().zip(missing.last());
            let expected = expected.map(|(a, b)| (from_day_number(*a), from_day_number(*b)));
            prop_assert_eq!(spans.lacking(from_day_number(from), from_day_number(from + length)), expected);
        }
    }
}
