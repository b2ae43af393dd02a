//! What the list of trades tells of the ledger: a trade that stands in both is one trade.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::statement::when::Stamp;

/// A row of the list, whatever became of it.
#[derive(Debug)]
struct Row {
    account: String,
    /// Nothing where the row cannot be read: it may be any trade of its instrument.
    told: Option<(Stamp, Decimal)>,
    /// Whether the ledger's trade was found.
    found: bool,
}

/// The rows of one symbol, by their day; those that cannot be read under none.
type OfSymbol = BTreeMap<Option<Date>, Vec<usize>>;

/// How legs of the ledger relate to the list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Told {
    /// The list has the same trades.
    Same,
    /// The list has others, which these may be.
    Otherwise,
    Nothing,
}

/// The rows of the list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    rows: Vec<Row>,
    of: HashMap<String, OfSymbol>,
}

impl Listed {
    /// Notes a row; purchases have positive shares.
    pub(super) fn add(&mut self, account: &str, symbol: &str, told: Option<(Stamp, Decimal)>) {
        let row = Row { account: account.to_owned(), told, found: false };
        let of_symbol = self.of.entry_ref(symbol).or_default();
        of_symbol.entry(row.day()).or_default().push(self.rows.len());
        self.rows.push(row);
    }

    /// The places of a symbol's rows of some days, in the order of the list.
    fn places(&self, symbol: &str, days: impl IntoIterator<Item = Option<Date>>) -> Vec<usize> {
        let Some(of_symbol) = self.of.get(symbol) else { return Vec::new() };
        let places = days.into_iter().filter_map(|day| of_symbol.get(&day)).flatten();
        let mut places: Vec<usize> = places.copied().collect();
        places.sort_unstable();
        places
    }

    /// Finds the rows of one second, if their shares agree with the ledger's.
    pub(super) fn find(
        &mut self,
        account: &str,
        symbol: &str,
        stamp: Stamp,
        shares: Decimal,
    ) -> Told {
        let mut places = self.places(symbol, [Some(stamp.day)]);
        let here = |row: &Row| row.is_of(account) && row.told.is_some_and(at(stamp));
        places.retain(|place| self.rows.get(*place).is_some_and(here));
        if places.is_empty() {
            return Told::Nothing;
        }
        let told = |place: &usize| self.rows.get(*place).and_then(|row| row.told);
        let sum: Decimal = places.iter().filter_map(told).map(|(_, shares)| shares).sum();
        if sum != shares {
            return Told::Otherwise;
        }
        for place in places {
            if let Some(row) = self.rows.get_mut(place) {
                row.found = true;
            }
        }
        Told::Same
    }

    /// After all that agree to the second: a row of the same or a neighbouring day that was not found yet,
    /// in case that the tables disagree on the second, or one that cannot be read.
    pub(super) fn find_near(
        &mut self,
        account: &str,
        symbol: &str,
        day: Date,
        shares: Decimal,
    ) -> Told {
        let mut left = false;
        for place in self.places(symbol, near(day)) {
            let row = self.rows.get_mut(place);
            let Some(row) = row.filter(|row| row.is_of(account) && !row.found) else { continue };
            if row.told.is_none_or(|(_, told)| told == shares) {
                // What cannot be read may be several.
                row.found = row.told.is_some();
                return Told::Same;
            }
            left = true;
        }
        if left { Told::Otherwise } else { Told::Nothing }
    }

    /// Whether the list has a trade of that day, with its fee.
    pub(super) fn has_day(&self, account: &str, symbol: &str, day: Date) -> bool {
        let mut places = self.places(symbol, near(day)).into_iter();
        places.any(|place| self.rows.get(place).is_some_and(|row| row.is_of(account)))
    }
}

impl Row {
    fn day(&self) -> Option<Date> {
        self.told.map(|(stamp, _)| stamp.day)
    }

    /// A table without accounts tells those of any.
    fn is_of(&self, account: &str) -> bool {
        self.account == account || self.account.is_empty() || account.is_empty()
    }
}

/// The day, those beside it, and that of rows that cannot be read.
fn near(day: Date) -> BTreeSet<Option<Date>> {
    let beside = [day.yesterday(), day.tomorrow()].into_iter().flatten();
    beside.chain([day]).map(Some).chain([None]).collect()
}

fn at(stamp: Stamp) -> impl Fn((Stamp, Decimal)) -> bool {
    move |(told, _)| told.day == stamp.day && told.millisecond / 1000 == stamp.millisecond / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = jiff::civil::date(2024, 3, 15);

    fn stamp(second: u32) -> Stamp {
        Stamp { day: DAY, millisecond: second * 1000 }
    }

    #[test]
    fn a_listed_trade_is_found_once() {
        let mut listed = Listed::default();
        listed.add("A", "ACME", Some((stamp(1), Decimal::TEN)));
        assert_eq!(listed.find("A", "ACME", stamp(1), Decimal::ONE), Told::Otherwise);
        assert_eq!(listed.find("B", "ACME", stamp(1), Decimal::TEN), Told::Nothing);
        assert_eq!(listed.find("", "ACME", stamp(1), Decimal::TEN), Told::Same);
        assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::TEN), Told::Nothing);
        assert!(listed.has_day("A", "ACME", DAY));
    }

    #[test]
    fn a_second_of_difference_makes_no_second_trade() {
        let mut listed = Listed::default();
        listed.add("A", "ACME", Some((stamp(1), Decimal::TEN)));
        // Neither the same nor clearly another.
        assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::ONE), Told::Otherwise);
        let next = jiff::civil::date(2024, 3, 16);
        assert_eq!(listed.find_near("A", "ACME", next, Decimal::TEN), Told::Same);
        assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::TEN), Told::Nothing);
        let later = jiff::civil::date(2024, 3, 20);
        assert!(!listed.has_day("A", "ACME", later));
    }

    #[test]
    fn a_row_that_cannot_be_read_may_be_any_trade_of_its_instrument() {
        let mut listed = Listed::default();
        listed.add("A", "ACME", None);
        for _ in 0..2 {
            assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::TEN), Told::Same);
        }
        assert_eq!(listed.find_near("A", "OTHER", DAY, Decimal::TEN), Told::Nothing);
    }
    /// Of several that fit, the first of the list is meant, whatever its day.
    #[test]
    fn rows_are_taken_in_the_order_of_the_list() {
        let on = |day: i8, second: u32| Stamp {
            day: jiff::civil::date(2024, 3, day),
            millisecond: second * 1000,
        };
        let mut listed = Listed::default();
        listed.add("A", "ACME", Some((on(16, 1), Decimal::TEN)));
        listed.add("B", "ACME", Some((on(15, 1), Decimal::TEN)));
        listed.add("A", "ACME", Some((on(14, 1), Decimal::TEN)));
        assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::TEN), Told::Same);
        // That was the one of the 16th: it is found no more, the others are.
        assert_eq!(listed.find_near("A", "ACME", on(17, 0).day, Decimal::TEN), Told::Nothing);
        assert_eq!(listed.find("A", "ACME", on(14, 1), Decimal::TEN), Told::Same);
        assert_eq!(listed.find_near("A", "ACME", DAY, Decimal::TEN), Told::Nothing);
        assert_eq!(listed.find_near("B", "ACME", DAY, Decimal::TEN), Told::Same);
    }

    /// An order filled in parts is one trade of the ledger.
    #[test]
    fn the_parts_of_one_second_are_added() {
        let mut listed = Listed::default();
        listed.add("A", "ACME", Some((stamp(1), Decimal::ONE)));
        listed.add("A", "ACME", Some((stamp(2), Decimal::TEN)));
        listed.add("", "ACME", Some((stamp(1), Decimal::TWO)));
        let both = Decimal::from(3);
        assert_eq!(listed.find("A", "ACME", stamp(1), both), Told::Same);
        assert_eq!(listed.find("A", "ACME", stamp(2), Decimal::TEN), Told::Same);
    }
}
