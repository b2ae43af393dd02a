//! Days as the broker writes them: `21 Aug 2023`, `19 mar 2025`, `May 5, 2020, 10:10:57 PM`; and the day
//! of an exchange.

use jiff::civil::Date;

use crate::money::Currency;
use crate::statement::formats::clock::utc_in_session;
use crate::statement::when::{self, Stamp};

/// English and Polish names by their first three letters; May is `maj` in Polish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "sty"],
    &["feb", "lut"],
    &["mar"],
    &["apr", "kwi"],
    &["may", "maj"],
    &["jun", "cze"],
    &["jul", "lip"],
    &["aug", "sie"],
    &["sep", "wrz"],
    &["oct", "paź", "paz"],
    &["nov", "lis"],
    &["dec", "gru"],
];

/// Milliseconds of an hour.
const HOUR: u32 = 3_600_000;

/// A day with a named month as ISO text, with the time if there is one. Of two days (sale, purchase)
/// the first. `None` if the text is anything else.
pub(super) fn iso(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let day = date([words.next()?, words.next()?, words.next()?])?;
    let rest: Vec<&str> = words.collect();
    match rest.as_slice() {
        [] => Some(day.to_string()),
        [a, b, c] if date([a, b, c]).is_some() => Some(day.to_string()),
        [clock] => Some(format!("{day} {}", clock_text(millisecond(clock, None)?))),
        [clock, half] => Some(format!("{day} {}", clock_text(millisecond(clock, Some(half))?))),
        _ => None,
    }
}

fn date(words: [&str; 3]) -> Option<Date> {
    let [first, second, year] = words;
    let (day, name) = if first.starts_with(|c: char| c.is_ascii_digit()) {
        (first, second)
    } else {
        (second, first)
    };
    let year: i16 = if year.len() == 4 { year.parse().ok()? } else { return None };
    Date::new(year, month(name)?, day.parse().ok()?).ok()
}

fn month(name: &str) -> Option<i8> {
    let start: String = name.to_lowercase().chars().take(3).collect();
    let at = MONTHS.iter().position(|names| names.contains(&start.as_str()))?;
    i8::try_from(at + 1).ok()
}

fn millisecond(clock: &str, half: Option<&&str>) -> Option<u32> {
    let padded = if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
    let read = when::time_of_day(padded.as_bytes())?;
    let shift = match half.map(|half| half.to_ascii_uppercase()).as_deref() {
        None => return Some(read),
        Some("AM") => 0,
        Some("PM") => 12,
        Some(_) => return None,
    };
    let hour = read / HOUR;
    (1..=12).contains(&hour).then(|| read % HOUR + (hour % 12 + shift) * HOUR)
}

fn clock_text(millisecond: u32) -> String {
    let second = millisecond / 1000;
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// The stamp of a trade on its exchange: what is paid in dollars trades in New York, whose trade day may be
/// the one before; the exchanges of Europe have the day of the stamp (tax-law 1.3 rec. 6).
pub(super) fn at_exchange(utc: Stamp, currency: Currency) -> Stamp {
    if currency == Currency::USD { utc_in_session(utc) } else { utc }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_with_names_of_months_become_iso() {
        let cases = [
            ("21 Aug 2023", "2023-08-21"),
            ("19 mar 2025", "2025-03-19"),
            ("6 paź 2022", "2022-10-06"),
            ("Jan 3, 2024", "2024-01-03"),
            ("15 Mar 2023, 10:00:00", "2023-03-15 10:00:00"),
            ("May 5, 2020, 10:10:57 PM", "2020-05-05 22:10:57"),
            ("Jun 7 2018 9:10:51 AM", "2018-06-07 09:10:51"),
            ("16 sty 2026, 14 maj 2024", "2026-01-16"),
        ];
        for (text, expected) in cases {
            assert_eq!(iso(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in ["Interest earned", "1 234,56€", "31 lut 2024", "2024-01-15", "", "3 of 2024"]
        {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn an_american_trade_after_midnight_utc_belongs_to_the_day_before() {
        let at = |day, minutes: u32| Stamp { day, millisecond: minutes * 60_000 };
        // 19:30 in New York, which is five hours behind in winter; 21:30 is of the next session.
        let early = at(date(2025, 12, 31), 30);
        assert_eq!(at_exchange(early, Currency::USD).day, date(2025, 12, 30));
        let night = at_exchange(at(date(2025, 12, 31), 150), Currency::USD);
        assert_eq!(night.day, date(2025, 12, 31));
        assert_eq!(at_exchange(early, Currency::EUR), early);
    }
}
