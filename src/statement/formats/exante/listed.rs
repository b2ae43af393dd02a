//! What the list of trades tells of the ledger: a trade that stands in both is one trade.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::statement::when::Stamp;

/// A row of the list, whatever became of it.
#[derive(Debug)]
struct Row {
    account: String,
    symbol: String,
    /// Nothing where the row cannot be read: it may be any trade of its instrument.
    told: Option<(Stamp, Decimal)>,
    /// Whether the ledger's trade was found.
    found: bool,
}

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
}

impl Listed {
    /// Notes a row; purchases have positive shares.
    pub(super) fn add(&mut self, account: &str, symbol: &str, told: Option<(Stamp, Decimal)>) {
        let (account, symbol) = (account.to_owned(), symbol.to_owned());
        self.rows.push(Row { account, symbol, told, found: false });
    }

    /// Finds the rows of one second, if their shares agree with the ledger's.
    pub(super) fn find(
        &mut self,
        account: &str,
        symbol: &str,
        stamp: Stamp,
        shares: Decimal,
    ) -> Told {
        let here = |row: &&mut Row| row.is_of(account, symbol) && row.told.is_some_and(at(stamp));
        let mut rows: Vec<&mut Row> = self.rows.iter_mut().filter(here).collect();
        if rows.is_empty() {
            return Told::Nothing;
        }
        let sum: Decimal = rows.iter().filter_map(|row| row.told).map(|(_, shares)| shares).sum();
        if sum != shares {
            return Told::Otherwise;
        }
        for row in &mut rows {
            row.found = true;
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
        let near = |row: &&mut Row| {
            row.is_of(account, symbol)
                && !row.found
                && row.day().is_none_or(|told| is_near(told, day))
        };
        let mut left = false;
        for row in self.rows.iter_mut().filter(near) {
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
        self.rows.iter().any(|row| {
            row.is_of(account, symbol) && row.day().is_none_or(|told| is_near(told, day))
        })
    }
}

impl Row {
    fn day(&self) -> Option<Date> {
        self.told.map(|(stamp, _)| stamp.day)
    }

    /// A table without accounts tells those of any.
    fn is_of(&self, account: &str, symbol: &str) -> bool {
        self.symbol == symbol
            && (self.account == account || self.account.is_empty() || account.is_empty())
    }
}

fn at(stamp: Stamp) -> impl Fn((Stamp, Decimal)) -> bool {
    move |(told, _)| told.day == stamp.day && told.millisecond / 1000 == stamp.millisecond / 1000
}

fn is_near(one: Date, other: Date) -> bool {
    one == other
        || one.tomorrow().is_ok_and(|next| next == other)
        || other.tomorrow().is_ok_and(|next| next == one)
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
}
