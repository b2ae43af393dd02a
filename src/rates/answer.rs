//! From the tables that are known to the rates that are needed, with proof.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    RateBook, RateBookBuilder, RateNeed, RateTable, TableKind,
    calendar::FIRST_TABLE,
    currencies,
    shelf::{Preceding, Shelf},
};
use crate::{money::Currency, statement::Code};

/// The longest gap of table A on record is 6 days (2025-12-23 to 2025-12-29).
const REACH_A: i32 = 10;
/// Gaps of table B are 5 to 9 days.
const REACH_B: i32 = 14;

/// Why there is no rate.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Missing {
    /// The code is no currency, or none that NBP publishes.
    NoSuchCurrency,
    /// The last table before the day is not published yet.
    NotYetPublished,
    /// The tables at hand do not reach that day, or have a gap there.
    Unknown,
    /// The tables are complete and none lists the currency at that time.
    NotListed,
}

/// A rate that cannot be given.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MissingRate {
    /// Of which currency.
    pub currency: Currency,
    /// For an event of which day.
    pub day: Date,
    /// Why.
    pub why: Missing,
}

impl MissingRate {
    /// The code of the finding for the sender.
    pub fn code(&self) -> Code {
        match self.why {
            Missing::NoSuchCurrency | Missing::NotListed => Code::NoSuchCurrency,
            Missing::NotYetPublished | Missing::Unknown => Code::MissingRate,
        }
    }
}

/// The tables at hand.
#[derive(Clone, Debug)]
pub struct Known {
    /// Table A.
    pub a: Shelf,
    /// Table B; looked at only for what table A of the day does not list.
    pub b: Shelf,
}

impl Default for Known {
    fn default() -> Self {
        Self { a: Shelf::new(TableKind::A), b: Shelf::new(TableKind::B) }
    }
}

impl Known {
    /// The shelf of a kind.
    pub fn shelf(&self, kind: TableKind) -> &Shelf {
        match kind {
            TableKind::A => &self.a,
            TableKind::B => &self.b,
        }
    }

    /// The shelf of a kind, to add to.
    pub fn shelf_mut(&mut self, kind: TableKind) -> &mut Shelf {
        match kind {
            TableKind::A => &mut self.a,
            TableKind::B => &mut self.b,
        }
    }
}

/// What the tables at hand answer.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Every rate that is proven.
    pub book: RateBook,
    /// Every rate that is not.
    pub missing: Vec<MissingRate>,
    /// The days that would have to be covered to answer more, none later than yesterday.
    pub lacking: BTreeSet<(TableKind, Date)>,
}

/// Answers each need by the last table A before the day or, if that one does not list the currency, by
/// the last table B before the day (art. 11a PIT; tax-law 1.2.4).
///
/// A rate is given only if the coverage proves that no later table exists.
pub fn answer(need: &RateNeed, known: &Known, yesterday: Date) -> Answers {
    let mut work = Work::new(known, yesterday);
    for (currency, days) in need.days() {
        if currencies::is_published(currency) {
            work.all(currency, &days);
        } else if currencies::is_currency(currency) {
            work.probe(currency, &days);
        } else {
            work.none(currency, &days);
        }
    }
    work.missing.sort_unstable_by_key(|missing| (missing.currency, missing.day));
    Answers { book: work.builder.build(), missing: work.missing, lacking: work.lacking }
}

struct Work<'a> {
    known: &'a Known,
    yesterday: Date,
    builder: RateBookBuilder,
    missing: Vec<MissingRate>,
    lacking: BTreeSet<(TableKind, Date)>,
    /// Days whose table A does not depend on the currency asked for.
    table_a: BTreeMap<Date, Preceding<'a>>,
}

/// One question answered.
enum Found<'a> {
    Table(&'a RateTable),
    Lacking(TableKind, Date),
    No(Missing),
}

impl<'a> Work<'a> {
    fn new(known: &'a Known, yesterday: Date) -> Self {
        Self {
            known,
            yesterday,
            builder: RateBookBuilder::default(),
            missing: Vec::new(),
            lacking: BTreeSet::new(),
            table_a: BTreeMap::new(),
        }
    }

    /// A currency that NBP publishes: whatever is lacking is worth asking for.
    fn all(&mut self, currency: Currency, days: &[Date]) {
        for &day in days {
            let found = self.find(currency, day);
            self.record(currency, day, &found, Missing::Unknown, true);
        }
    }

    /// A currency that NBP is not known to publish: only its latest day is worth asking for.
    fn probe(&mut self, currency: Currency, days: &[Date]) {
        for (index, &day) in days.iter().rev().enumerate() {
            let mut found = self.find(currency, day);
            if matches!(found, Found::No(Missing::NotListed)) {
                found = Found::No(Missing::NoSuchCurrency);
            }
            self.record(currency, day, &found, Missing::NoSuchCurrency, index == 0);
        }
    }

    fn none(&mut self, currency: Currency, days: &[Date]) {
        let why = Missing::NoSuchCurrency;
        self.missing.extend(days.iter().map(|&day| MissingRate { currency, day, why }));
    }

    fn record(
        &mut self,
        currency: Currency,
        day: Date,
        found: &Found<'a>,
        why: Missing,
        ask: bool,
    ) {
        let why = match *found {
            Found::Table(table) => {
                self.builder.answer(currency, day, table);
                return;
            }
            Found::Lacking(_, lacking) if lacking > self.yesterday => Missing::NotYetPublished,
            Found::Lacking(_, lacking) if lacking < FIRST_TABLE => Missing::Unknown,
            Found::Lacking(kind, lacking) => {
                if ask {
                    self.lacking.insert((kind, lacking));
                }
                why
            }
            Found::No(why) => why,
        };
        self.missing.push(MissingRate { currency, day, why });
    }

    fn find(&mut self, currency: Currency, day: Date) -> Found<'a> {
        let known = self.known;
        let table_a = self.table_a.entry(day);
        match *table_a.or_insert_with(|| known.a.preceding(day, REACH_A, |_| true)) {
            Preceding::Table(table) if table.lists(currency) => return Found::Table(table),
            Preceding::Table(_) => {}
            Preceding::Lacking(lacking) => return Found::Lacking(TableKind::A, lacking),
            Preceding::None => return Found::No(Missing::Unknown),
        }
        match known.b.preceding(day, REACH_B, |table| table.lists(currency)) {
            Preceding::Table(table) => Found::Table(table),
            Preceding::Lacking(lacking) => Found::Lacking(TableKind::B, lacking),
            Preceding::None => Found::No(Missing::NotListed),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::*;

    fn table(kind: TableKind, day: Date, listed: &[(&str, i64)]) -> RateTable {
        let mids = listed
            .iter()
            .map(|(code, mid)| (Currency::parse(code).unwrap(), Decimal::new(*mid, 4)));
        RateTable { kind, number: String::new(), published_on: day, mids: mids.collect() }
    }

    fn known() -> Known {
        // The ruble left table A on 2022-03-09 and went on in table B (nbp.md 3.3).
        let mut known = Known::default();
        let a = vec![
            table(TableKind::A, date(2022, 3, 7), &[("USD", 45_722), ("RUB", 300)]),
            table(TableKind::A, date(2022, 3, 8), &[("USD", 45_217), ("RUB", 340)]),
            table(TableKind::A, date(2022, 3, 9), &[("USD", 43_887)]),
            table(TableKind::A, date(2022, 3, 10), &[("USD", 43_545)]),
        ];
        known.a.add(a, [(date(2022, 3, 1), date(2022, 3, 10))]);
        let b = vec![table(TableKind::B, date(2022, 3, 9), &[("RUB", 331)])];
        known.b.add(b, [(date(2022, 3, 1), date(2022, 3, 10))]);
        known
    }

    fn need(pairs: &[(&str, Date)]) -> RateNeed {
        let mut need = RateNeed::default();
        for (code, day) in pairs {
            need.add(Currency::parse(code).unwrap(), *day);
        }
        need
    }

    #[test]
    fn the_table_strictly_before_the_day_answers_from_a_else_b() {
        let ruble = Currency::parse("RUB").unwrap();
        let need = need(&[
            ("USD", date(2022, 3, 9)),
            ("RUB", date(2022, 3, 9)),
            ("RUB", date(2022, 3, 10)),
        ]);
        let answers = answer(&need, &known(), date(2022, 3, 10));
        assert_eq!(answers.missing, []);
        let usd = answers.book.preceding(Currency::USD, date(2022, 3, 9)).unwrap();
        assert_eq!((usd.published_on, usd.mid), (date(2022, 3, 8), Decimal::new(45_217, 4)));
        // From A of the 8th while A listed it, from B of the 9th afterwards.
        let from_a = answers.book.preceding(ruble, date(2022, 3, 9)).unwrap();
        let from_b = answers.book.preceding(ruble, date(2022, 3, 10)).unwrap();
        assert_eq!(from_a.mid, Decimal::new(340, 4));
        assert_eq!((from_b.published_on, from_b.mid), (date(2022, 3, 9), Decimal::new(331, 4)));
    }

    #[test]
    fn every_reason_for_no_rate_is_told_apart() {
        let need = need(&[
            ("XXX", date(2022, 3, 9)),
            ("KYD", date(2022, 3, 9)),
            ("HRK", date(2022, 3, 10)),
            ("USD", date(2022, 3, 1)),
            ("USD", date(2022, 3, 11)),
            ("USD", date(2022, 3, 12)),
            ("EUR", date(1999, 5, 5)),
        ]);
        let answers = answer(&need, &known(), date(2022, 3, 10));
        let why: Vec<_> =
            answers.missing.iter().map(|m| (m.currency.to_string(), m.day, m.why)).collect();
        let expected = [
            ("EUR", date(1999, 5, 5), Missing::Unknown),
            ("HRK", date(2022, 3, 10), Missing::NotListed),
            ("KYD", date(2022, 3, 9), Missing::NoSuchCurrency),
            ("USD", date(2022, 3, 1), Missing::Unknown),
            ("USD", date(2022, 3, 12), Missing::NotYetPublished),
            ("XXX", date(2022, 3, 9), Missing::NoSuchCurrency),
        ];
        assert_eq!(why, expected.map(|(code, day, why)| (code.to_owned(), day, why)));
        // Only the day before the first known one is worth a request; B reaches back further.
        let lacking: Vec<_> = answers.lacking.into_iter().collect();
        assert!(lacking.contains(&(TableKind::A, date(2022, 2, 28))), "{lacking:?}");
    }

    #[test]
    fn a_code_that_nbp_is_not_known_to_publish_is_asked_for_once() {
        let days: Vec<_> = (1..=12).map(|month| ("KYD", date(2021, month, 20))).collect();
        let answers = answer(&need(&days), &Known::default(), date(2022, 3, 10));
        assert_eq!(answers.lacking.len(), 1);
        assert_eq!(answers.missing.len(), 12);
    }
}
