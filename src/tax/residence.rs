//! The period of Polish residence: what falls outside of it is not taxed here (art. 3 ust. 1–1a PIT).
//!
//! Lots bought before keep their cost and leave in their order, whoever taxes the sale; only results, payments and
//! charges outside the period are left out, and every one of them is counted.

use std::{collections::BTreeMap, fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{BadOption, options::SHAPE_OF_RESIDENCE};
use crate::{
    as_text::as_text,
    money::Country,
    statement::{Code, Diagnostic, Source},
};

/// From when until when the sender is resident in Poland; both days belong to the period.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Residence {
    /// The first day; `None`: since ever.
    from: Option<Date>,
    /// The last day; `None`: for good.
    until: Option<Date>,
}

impl Residence {
    /// A period with at least one end and at least one day.
    pub fn new(from: Option<Date>, until: Option<Date>) -> Option<Self> {
        let is_empty = from.zip(until).is_some_and(|(from, until)| until < from);
        ((from.is_some() || until.is_some()) && !is_empty).then_some(Self { from, until })
    }

    /// Whether the day belongs to the period.
    pub fn includes(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// The first day, if there is one.
    pub fn from(self) -> Option<Date> {
        self.from
    }

    /// The last day, if there is one.
    pub fn until(self) -> Option<Date> {
        self.until
    }
}

impl fmt::Display for Residence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        write!(f, "{}:{}", end(self.from), end(self.until))
    }
}

impl FromStr for Residence {
    type Err = BadOption;

    /// Reads `FROM:UNTIL`, days as `2025-07-01`; one of them may be missing.
    fn from_str(text: &str) -> Result<Self, BadOption> {
        let (from, until) = text.split_once(':').ok_or(SHAPE_OF_RESIDENCE)?;
        let day = |text: &str| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| SHAPE_OF_RESIDENCE),
        };
        Self::new(day(from)?, day(until)?).ok_or(SHAPE_OF_RESIDENCE)
    }
}

as_text!(Residence, Residence::from_str);

/// Whether the day is one of Polish residence; every day is, where no period was stated.
pub(super) fn is_here(residence: Option<Residence>, day: Date) -> bool {
    residence.is_none_or(|residence| residence.includes(day))
}

/// An event outside the period.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Outside {
    pub(super) year: i16,
    pub(super) source: Source,
    pub(super) kind: OutsideKind,
}

/// What the law says of an event outside the period.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) enum OutsideKind {
    /// Nothing: it belongs to another state.
    Foreign,
    /// A Polish source, which may be taxed here whoever has it (art. 3 ust. 2a–2b PIT).
    Polish,
    /// Coins bought, whose costs the law gives to the years of a Polish return and is silent on others.
    CoinsBought,
}

impl OutsideKind {
    /// By the country of issuer or market.
    pub(super) fn of(country: Option<Country>) -> Self {
        if country == Some(Country::PL) { Self::Polish } else { Self::Foreign }
    }
}

/// A sale of which one day belongs to the period and the other does not.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Straddling {
    pub(super) traded_on: Date,
    pub(super) settled_on: Date,
    pub(super) source: Source,
}

/// What is said of them: the count of every year, Polish sources and straddling sales one by one, coins by year.
pub(super) fn findings<'a>(
    residence: Residence,
    outside: impl Iterator<Item = &'a Outside>,
    straddling: &[Straddling],
) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<i16, (usize, usize)> = BTreeMap::new();
    let mut found = Vec::new();
    for event in outside {
        let count = counts.entry(event.year).or_default();
        count.0 += 1;
        match event.kind {
            OutsideKind::Foreign => {}
            OutsideKind::CoinsBought => count.1 += 1,
            OutsideKind::Polish => {
                let finding = Diagnostic::at(Code::ResidencePolish, event.source);
                found.push(finding.found(event.year.to_string(), residence.to_string()));
            }
        }
    }
    for (year, (events, coins)) in counts {
        let of_year = |code, count: usize| {
            Diagnostic::new(code)
                .found(year.to_string(), count.to_string())
                .detail(residence.to_string())
        };
        found.push(of_year(Code::ResidenceOutside, events));
        if coins > 0 {
            found.push(of_year(Code::ResidenceCoins, coins));
        }
    }
    found.extend(straddling.iter().map(|sale| {
        let days = format!("{} / {}", sale.traded_on, sale.settled_on);
        Diagnostic::at(Code::ResidenceStraddled, sale.source)
            .found("", days)
            .detail(residence.to_string())
    }));
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_ends_belong_to_the_period_and_each_may_be_open() {
        let moved_in: Residence = "2025-07-01:".parse().unwrap();
        assert!(!moved_in.includes(date(2025, 6, 30)) && moved_in.includes(date(2025, 7, 1)));
        let moved_out: Residence = ":2025-06-30".parse().unwrap();
        assert!(moved_out.includes(date(2025, 6, 30)) && !moved_out.includes(date(2025, 7, 1)));
        let both: Residence = "2024-02-01:2025-06-30".parse().unwrap();
        assert!(both.includes(date(2024, 12, 31)) && !both.includes(date(2024, 1, 31)));
        assert_eq!(both.to_string(), "2024-02-01:2025-06-30");
    }

    #[test]
    fn no_period_is_refused() {
        for text in ["", ":", "2025", "2025-07-01", "2025-07-01:2025-06-30", "1.7.2025:"] {
            assert!(text.parse::<Residence>().is_err(), "{text}");
        }
    }
}
