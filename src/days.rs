//! Day arithmetic that calendars need: day numbers, Easter, the n-th weekday of a month.
//!
//! Everything works on plain integers, because a calendar is asked once per trade.

use jiff::civil::{Date, Weekday};

/// Days since 1970-01-01; negative before.
///
/// Counts years from March, so that the leap day is the last day of the year.
pub(crate) fn day_number(day: Date) -> i32 {
    let month = i32::from(day.month());
    let year = i32::from(day.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(day.day()) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The place of a day in a table with 31 places for each month: cheaper than counting days.
pub(crate) fn slot(day: Date) -> i32 {
    i32::from(day.year()) * SLOTS_OF_YEAR + slot_of_year(day)
}

/// As [`slot`], within the year.
pub(crate) fn slot_of_year(day: Date) -> i32 {
    (i32::from(day.month()) - 1) * 31 + i32::from(day.day()) - 1
}

/// Places for one year.
pub(crate) const SLOTS_OF_YEAR: i32 = 12 * 31;

/// The day with the number, held at the ends of the calendar.
pub(crate) fn from_day_number(number: i32) -> Date {
    let shifted = number.clamp(-5_000_000, 5_000_000) + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let leaps = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leaps) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i32::from(month <= 2);
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    }
    .unwrap_or(if number < 0 { Date::MIN } else { Date::MAX })
}

/// The day that many days later (earlier if negative), held at the ends of the calendar.
pub(crate) fn plus(day: Date, days: i32) -> Date {
    from_day_number(day_number(day).saturating_add(days))
}

/// The day before; the same day only at the start of the calendar.
pub(crate) fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

/// The day after; the same day only at the end of the calendar.
pub(crate) fn after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// Whether the day is a Saturday or a Sunday.
pub(crate) fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A day of the year given; the first of January if the month has no such day.
pub(crate) fn on(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::constant(year, 1, 1))
}

/// Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus, Jones, Butcher).
pub(crate) fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (golden, century, of_century) = (y % 19, y / 100, y % 100);
    let (leap, rest) = (century / 4, century % 4);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap - moon + 15) % 30;
    let weekday = (32 + 2 * rest + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let correction = (golden + 11 * epact + 22 * weekday) / 451;
    let full = epact + weekday - 7 * correction + 114;
    on(year, i8::try_from(full / 31).unwrap_or(4), i8::try_from(full % 31 + 1).unwrap_or(1))
}

/// The n-th (from 1) such weekday of the month; counted from the end if negative.
pub(crate) fn nth(year: i16, month: i8, n: i8, weekday: Weekday) -> Date {
    let first = on(year, month, 1);
    first.nth_weekday_of_month(n, weekday).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn easter_falls_on_the_known_days() {
        // The earliest and the latest possible, and years that every almanac prints.
        for day in [
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(2000, 4, 23),
            date(2008, 3, 23),
            date(2019, 4, 21),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2038, 4, 25),
        ] {
            assert_eq!(easter(day.year()), day);
        }
    }

    #[test]
    fn weekdays_are_counted_from_both_ends() {
        assert_eq!(nth(2025, 10, 2, Weekday::Monday), date(2025, 10, 13));
        assert_eq!(nth(2025, 5, -1, Weekday::Monday), date(2025, 5, 26));
    }

    #[test]
    fn the_calendar_ends_are_held() {
        assert_eq!(plus(Date::MAX, 1), Date::MAX);
        assert_eq!(plus(Date::MIN, -1), Date::MIN);
        assert_eq!(from_day_number(i32::MAX), Date::MAX);
        assert_eq!(from_day_number(i32::MIN), Date::MIN);
    }

    proptest! {
        #[test]
        fn day_numbers_agree_with_the_date_library(number in -700_000_i32..2_900_000) {
            let expected = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(number));
            let day = expected.unwrap();
            prop_assert_eq!(from_day_number(number), day);
            prop_assert_eq!(day_number(day), number);
            prop_assert!(slot(day) < slot(after(day)));
            prop_assert!((0..SLOTS_OF_YEAR).contains(&slot_of_year(day)));
        }
    }
}
