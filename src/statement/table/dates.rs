//! Dates that are not in ISO order, read by the style of their column.

use jiff::civil::Date;

use crate::statement::when::{self, Stamp};

/// Which part of a date with slashes stands first. Points and dashes are day first everywhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DateOrder {
    /// `15/01/2024`.
    DayFirst,
    /// `01/15/2024`.
    MonthFirst,
}

/// See [`Written::trace`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Trace {
    /// An American date that no other custom can read: those that it can read are swapped.
    LeftAlone,
    /// A day after the twelfth in another form: all were read as they are meant, or written so.
    ReadRightly,
}

/// Years that a statement may speak of: from the opening of the Warsaw exchange's re-founding decade
/// to a bound that only typing errors reach. The reader has no clock; the tax year is checked later.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2049;

/// Whether the day is one that a statement may speak of.
pub fn is_plausible(day: Date) -> bool {
    YEARS.contains(&day.year())
}

/// A date taken apart, before its order is known.
pub(super) struct Written<'t> {
    parts: [i16; 3],
    year_first: bool,
    slashes: bool,
    time: &'t str,
}

impl<'t> Written<'t> {
    /// Takes `15.01.2024 10:30`, `1/15/2024`, `2024/01/15` and the like apart.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        if let Some(written) = Self::plain(text.as_bytes()) {
            return Some(written);
        }
        let text = text.trim();
        let end = text.find([' ', 'T', ',', '\u{a0}']).unwrap_or(text.len());
        let (date, time) = text.split_at_checked(end)?;
        let mark = date.chars().find(|c| !c.is_ascii_digit())?;
        if !matches!(mark, '.' | '-' | '/') {
            return None;
        }
        let mut fields = date.split(mark);
        let (first, second, third) = (fields.next()?, fields.next()?, fields.next()?);
        if fields.next().is_some() {
            return None;
        }
        let year_first = match (first.len(), second.len(), third.len()) {
            (4, 1 | 2, 1 | 2) => true,
            (1 | 2, 1 | 2, 4) => false,
            _ => return None,
        };
        let number = |field: &str| field.parse::<i16>().ok();
        Some(Self {
            parts: [number(first)?, number(second)?, number(third)?],
            year_first,
            slashes: mark == '/',
            time: time.trim_start_matches([' ', 'T', ',', '\u{a0}']),
        })
    }

    /// `15.01.2024` and nothing else, as most files write their days.
    fn plain(text: &[u8]) -> Option<Self> {
        let [f1, f2, mark @ (b'.' | b'-' | b'/'), s1, s2, other, t1, t2, t3, t4] = *text else {
            return None;
        };
        let number = |digits: &[u8]| i16::try_from(when::digits(digits)?).ok();
        let parts = [number(&[f1, f2])?, number(&[s1, s2])?, number(&[t1, t2, t3, t4])?];
        let slashes = mark == b'/';
        (mark == other).then_some(Self { parts, year_first: false, slashes, time: "" })
    }

    /// Whether the order of day and month must be known to read it.
    pub(super) fn needs_order(&self) -> bool {
        self.slashes && !self.year_first
    }

    /// The order that alone makes it a date.
    pub(super) fn decisive(&self) -> Option<DateOrder> {
        let [first, second, _] = self.parts;
        match (self.needs_order(), first > 12, second > 12) {
            (true, true, false) => Some(DateOrder::DayFirst),
            (true, false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// The day of the month, where the order is certain.
    fn day(&self) -> Option<i16> {
        let [_, second, third] = self.parts;
        match (self.year_first, self.slashes) {
            (true, _) => Some(third),
            (false, false) => self.parts.first().copied(),
            (false, true) => (second > 12).then_some(second),
        }
    }

    /// What a cell of a column shows whose broker writes American dates, if a spreadsheet with other customs has
    /// saved it: such a program takes `06/12/2023` for 6 December and leaves `06/13/2023` as it is.
    pub(super) fn trace(&self) -> Option<Trace> {
        let is_late = self.day()? > 12;
        match (self.needs_order(), is_late) {
            (true, true) => Some(Trace::LeftAlone),
            (false, true) => Some(Trace::ReadRightly),
            _ => None,
        }
    }

    /// The stamp, in the given order.
    pub(super) fn stamp(&self, order: DateOrder) -> Option<Stamp> {
        let [first, second, third] = self.parts;
        let (year, month, day) = match (self.year_first, order) {
            (true, _) => (first, second, third),
            (false, DateOrder::MonthFirst) if self.slashes => (third, first, second),
            (false, _) => (third, second, first),
        };
        let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Stamp { day, millisecond: millisecond(self.time)? })
    }
}

/// Reads `9:30`, `09:30:15`, `9:30 PM` or nothing.
fn millisecond(time: &str) -> Option<u32> {
    let time = time.trim();
    if time.is_empty() {
        return Some(0);
    }
    let upper = time.to_ascii_uppercase();
    let (clock, half) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(clock), _) => (clock.trim_end(), Some(0)),
        (None, Some(clock)) => (clock.trim_end(), Some(12)),
        (None, None) => (upper.as_str(), None),
    };
    let padded = if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
    let read = when::time_of_day(padded.as_bytes())?;
    match half {
        None => Some(read),
        Some(shift) => {
            const HOUR: u32 = 3_600_000;
            let hour = read / HOUR;
            (1..=12).contains(&hour).then(|| read % HOUR + (hour % 12 + shift) * HOUR)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: DateOrder) -> Option<String> {
        let stamp = Written::parse(text)?.stamp(order)?;
        Some(format!("{} {}", stamp.day, stamp.millisecond / 60_000))
    }

    #[test]
    fn european_and_american_dates_are_read_in_their_order() {
        let day_first = |text| read(text, DateOrder::DayFirst).unwrap();
        assert_eq!(day_first("15.01.2024"), "2024-01-15 0");
        assert_eq!(day_first("5-1-2024 9:30"), "2024-01-05 570");
        assert_eq!(day_first("15/01/2024, 09:30:00"), "2024-01-15 570");
        assert_eq!(day_first("2024/01/15"), "2024-01-15 0");
        assert_eq!(read("1/15/2024 9:30 PM", DateOrder::MonthFirst).unwrap(), "2024-01-15 1290");
        assert_eq!(read("5.1.2024", DateOrder::MonthFirst).unwrap(), "2024-01-05 0");
    }

    #[test]
    fn only_a_part_above_twelve_decides_the_order() {
        let decisive = |text| Written::parse(text).unwrap().decisive();
        assert_eq!(decisive("15/01/2024"), Some(DateOrder::DayFirst));
        assert_eq!(decisive("01/15/2024"), Some(DateOrder::MonthFirst));
        assert_eq!(decisive("02/01/2024"), None);
        assert_eq!(decisive("15.01.2024"), None);
    }

    #[test]
    fn years_of_two_digits_and_nonsense_are_refused() {
        for text in ["15.01.24", "1.2.3.2024", "abc", "", "15.13.2024", "15.01.2024 25:00"] {
            assert_eq!(read(text, DateOrder::DayFirst), None, "{text}");
        }
    }
}
