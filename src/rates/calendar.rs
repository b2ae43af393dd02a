//! On which days NBP publishes, by rule.
//!
//! The rule is checked against every publication since 2002. It serves to ask for no table that
//! cannot exist; whether a table *does* exist is decided by the tables themselves (tax-law 1.2.2).

use jiff::civil::{Date, Weekday};

use super::TableKind;
use crate::days;

/// The first table of the API, for both kinds the start of everything known.
pub const FIRST_TABLE: Date = Date::constant(2002, 1, 2);

/// Statutory holidays of Poland (ustawa o dniach wolnych od pracy), Sundays included.
///
/// Epiphany since 2011, Christmas Eve since 2025; the one-off of 2018-11-12 is not here, since NBP
/// published on it: see [`is_publication_day`].
pub(crate) fn polish_holidays(year: i16) -> impl Iterator<Item = Date> {
    let fixed = [(1, 1), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26)];
    let easter = days::easter(year);
    let epiphany = (year >= 2011).then(|| days::on(year, 1, 6));
    let christmas_eve = (year >= 2025).then(|| days::on(year, 12, 24));
    fixed
        .into_iter()
        .map(move |(month, day)| days::on(year, month, day))
        .chain([easter, days::plus(easter, 1), days::plus(easter, 49), days::plus(easter, 60)])
        .chain(epiphany)
        .chain(christmas_eve)
}

/// Whether NBP publishes table A on the day: Monday to Friday, no statutory holiday.
///
/// Exceptions on record: no table on 2005-04-08 (funeral of John Paul II), and a table on
/// 2018-11-12 although it was a holiday (219/A/NBP/2018).
pub fn is_publication_day(day: Date) -> bool {
    if day == Date::constant(2005, 4, 8) || days::is_weekend(day) {
        return false;
    }
    !polish_holidays(day.year()).any(|holiday| holiday == day)
}

/// The last day strictly before `day` on which table A is published by rule.
pub fn last_publication_before(day: Date) -> Date {
    last_before(day, is_publication_day)
}

/// Whether the kind of table is published on the day by rule.
///
/// Table B comes on Wednesdays, and on the last business day before one that is a holiday.
/// The one exception on record is a Thursday, 2007-04-12.
pub fn is_published(kind: TableKind, day: Date) -> bool {
    match kind {
        TableKind::A => is_publication_day(day),
        TableKind::B => is_publication_day_b(day),
    }
}

fn is_publication_day_b(day: Date) -> bool {
    if day.year() == 2007 && day.month() == 4 && matches!(day.day(), 11 | 12) {
        return day.day() == 12;
    }
    let ahead = match day.weekday() {
        Weekday::Monday => 2,
        Weekday::Tuesday => 1,
        Weekday::Wednesday => 0,
        Weekday::Thursday | Weekday::Friday | Weekday::Saturday | Weekday::Sunday => return false,
    };
    // Every later day of the week up to its Wednesday must be free.
    is_publication_day(day) && !(1..=ahead).any(|n| is_publication_day(days::plus(day, n)))
}

fn last_before(day: Date, published: impl Fn(Date) -> bool) -> Date {
    let mut candidate = days::before(day);
    while !published(candidate) && candidate > Date::MIN {
        candidate = days::before(candidate);
    }
    candidate
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use jiff::civil::date;

    use super::*;

    fn column(path: &str) -> Option<BTreeSet<Date>> {
        let Ok(text) = fs::read_to_string(path) else {
            println!("{path} is not here: skipped");
            return None;
        };
        Some(text.lines().skip(1).map(|line| line[..10].parse().unwrap()).collect())
    }

    #[test]
    fn the_rule_gives_every_publication_of_table_a_on_record() {
        let Some(published) = column("../shared/nbp/publication_days_table_a.csv") else { return };
        let (first, last) = (*published.first().unwrap(), *published.last().unwrap());
        assert_eq!(first, FIRST_TABLE);
        let mut day = first;
        while day <= last {
            assert_eq!(is_publication_day(day), published.contains(&day), "{day}");
            day = days::after(day);
        }
    }

    #[test]
    fn the_rule_gives_every_publication_of_table_b_on_record() {
        for year in 2015..=2026 {
            let Some(published) = column(&format!("../shared/nbp/table_b_{year}.csv")) else {
                return;
            };
            let last = *published.last().unwrap();
            let mut day = date(year, 1, 1);
            while day <= last {
                let by_rule = is_published(TableKind::B, day);
                assert_eq!(by_rule, published.contains(&day), "{day}");
                day = days::after(day);
            }
        }
    }

    #[test]
    fn holidays_that_changed_are_followed() {
        assert!(is_publication_day(date(2024, 12, 24)));
        assert!(!is_publication_day(date(2025, 12, 24)));
        assert!(is_publication_day(date(2010, 1, 6)));
        assert!(!is_publication_day(date(2011, 1, 6)));
        assert!(is_publication_day(date(2018, 11, 12)));
        assert!(!is_publication_day(date(2005, 4, 8)));
        // Good Friday is a business day in Poland, Corpus Christi is not.
        assert!(is_publication_day(date(2025, 4, 18)));
        assert!(!is_publication_day(date(2025, 6, 19)));
    }

    #[test]
    fn the_preceding_publication_skips_holidays() {
        // nbp.md 3.1 and the D-1 dates of tax-law 1.2.
        for (day, before) in [
            (date(2025, 12, 29), date(2025, 12, 23)),
            (date(2025, 1, 2), date(2024, 12, 31)),
            (date(2025, 4, 22), date(2025, 4, 18)),
            (date(2018, 11, 13), date(2018, 11, 12)),
            (date(2024, 5, 4), date(2024, 5, 2)),
            (date(2026, 6, 5), date(2026, 6, 3)),
        ] {
            assert_eq!(last_publication_before(day), before, "{day}");
        }
    }
}
