//! Holidays of Japan, Hong Kong and Korea, which follow the sky.

use jiff::civil::{
    Date,
    Weekday::{Monday, Saturday, Sunday},
};

use super::holidays::{fixed, monday_if_weekend, with};
use crate::days::{easter, is_weekend, nth, on, plus};

/// National holidays of Japan, and the bank holidays of the turn of the year.
///
/// A holiday on a Sunday moves to the next day that is none; a single day between two holidays is
/// one as well.
pub(super) fn japan(year: i16) -> Vec<Date> {
    let mut days = national(year);
    days.sort_unstable();
    let moved: Vec<Date> = days
        .iter()
        .filter(|day| day.weekday() == Sunday)
        .filter_map(|&day| (1..7).map(|n| plus(day, n)).find(|next| !days.contains(next)))
        .collect();
    let between: Vec<Date> =
        days.iter().filter(|&&day| days.contains(&plus(day, 2))).map(|&day| plus(day, 1)).collect();
    let banks = fixed(year, [(1, 2), (1, 3), (12, 31)]);
    with(with(with(days, moved), between), banks)
}

fn national(year: i16) -> Vec<Date> {
    let birthday = match year {
        ..=2018 => Some(on(year, 12, 23)),
        2019 => None,
        _ => Some(on(year, 2, 23)),
    };
    // Moved for the Olympic Games in 2020 and 2021.
    let (marine, mountain, sports) = match year {
        2020 => (on(2020, 7, 23), on(2020, 8, 10), on(2020, 7, 24)),
        2021 => (on(2021, 7, 22), on(2021, 8, 8), on(2021, 7, 23)),
        _ => (nth(year, 7, 3, Monday), on(year, 8, 11), nth(year, 10, 2, Monday)),
    };
    let accession = if year == 2019 { vec![on(2019, 5, 1), on(2019, 10, 22)] } else { Vec::new() };
    let days = fixed(year, [(1, 1), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (11, 3), (11, 23)]);
    let moving = [
        nth(year, 1, 2, Monday),
        nth(year, 9, 3, Monday),
        on(year, 3, equinox(year, 20_843_100)),
        on(year, 9, equinox(year, 23_248_800)),
        marine,
        sports,
    ];
    let mountain = (year >= 2016).then_some(mountain);
    with(with(with(days, moving), accession), birthday.into_iter().chain(mountain))
}

/// The day of an equinox in Japan, valid 1980–2099; `base` is that of 1980 in millionths of a day.
fn equinox(year: i16, base: i32) -> i8 {
    let years = i32::from(year) - 1980;
    let day = (base + 242_194 * years) / 1_000_000 - years / 4;
    i8::try_from(day).unwrap_or(20)
}

/// Days without settlement in Hong Kong; lunar days are known for 2015–2026 only.
pub(super) fn hong_kong(year: i16) -> Vec<Date> {
    let easter = easter(year);
    let days = [(1, 1), (5, 1), (7, 1), (10, 1), (12, 25), (12, 26)]
        .map(|(month, day)| match on(year, month, day) {
            // A Saturday is lost, a Sunday moves.
            date if date.weekday() == Saturday => date,
            date => monday_if_weekend(date),
        })
        .to_vec();
    let christmas_sunday = on(year, 12, 25).weekday() == Sunday;
    let second = christmas_sunday.then(|| on(year, 12, 27));
    let storms = STORMS.iter().copied().filter(|day| day.year() == year);
    let lunar = LUNAR.iter().filter(|(of, _)| *of == year).flat_map(|(_, days)| days.iter());
    let lunar = lunar.map(|&(month, day)| on(year, month, day));
    with(with(days, [plus(easter, -2), plus(easter, 1)]), lunar.chain(second).chain(storms))
}

/// Lunar New Year, Ching Ming, Buddha's birthday, Tuen Ng, Mid-autumn, Chung Yeung, as observed.
#[rustfmt::skip]
const LUNAR: &[(i16, &[(i8, i8)])] = &[
    (2015, &[(2, 19), (2, 20), (4, 7), (5, 25), (9, 3), (9, 28), (10, 21)]),
    (2016, &[(2, 8), (2, 9), (2, 10), (4, 4), (6, 9), (9, 16), (10, 10), (12, 27)]),
    (2017, &[(1, 30), (1, 31), (4, 4), (5, 3), (5, 30), (10, 5)]),
    (2018, &[(2, 16), (2, 19), (4, 5), (5, 22), (6, 18), (9, 25), (10, 17)]),
    (2019, &[(2, 5), (2, 6), (2, 7), (4, 5), (5, 13), (6, 7), (10, 7)]),
    (2020, &[(1, 27), (1, 28), (4, 30), (6, 25), (10, 2), (10, 26)]),
    (2021, &[(2, 12), (2, 15), (4, 6), (5, 19), (6, 14), (9, 22), (10, 14)]),
    (2022, &[(2, 1), (2, 2), (2, 3), (4, 5), (5, 9), (6, 3), (9, 12), (10, 4)]),
    (2023, &[(1, 23), (1, 24), (1, 25), (4, 5), (5, 26), (6, 22), (10, 23)]),
    (2024, &[(2, 12), (2, 13), (4, 4), (5, 15), (6, 10), (9, 18), (10, 11)]),
    (2025, &[(1, 29), (1, 30), (1, 31), (4, 4), (5, 5), (10, 7), (10, 29)]),
    (2026, &[(2, 17), (2, 18), (2, 19), (4, 7), (5, 25), (6, 19), (10, 19)]),
];

/// Whole days lost to typhoons; since September 2024 the market stays open.
const STORMS: &[Date] = &[
    Date::constant(2016, 8, 2),
    Date::constant(2016, 10, 21),
    Date::constant(2017, 8, 23),
    Date::constant(2020, 10, 13),
    Date::constant(2021, 10, 13),
    Date::constant(2023, 7, 17),
    Date::constant(2024, 9, 6),
];

/// Days without settlement in Korea: public holidays, Labour Day and the last weekday of the year; those
/// that move are known for 2015–2026 only.
pub(super) fn korea(year: i16) -> Vec<Date> {
    let days = [(1, 1), (3, 1), (5, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)];
    let last = (0..7).map(|back| plus(on(year, 12, 31), -back)).find(|day| !is_weekend(*day));
    let moving = MOVING.iter().filter(|(of, _)| *of == year).flat_map(|(_, days)| days.iter());
    let moving = moving.map(|&(month, day)| on(year, month, day));
    with(fixed(year, days), moving.chain(last))
}

/// Seollal, Buddha's birthday, Chuseok, substitutes, elections and days given once, where they fall on weekdays:
/// `exchange_calendars` and the Python package `holidays` agree on them for 2015–2025; the election and Constitution Day of
/// 2026 only the latter knows.
#[rustfmt::skip]
const MOVING: &[(i16, &[(i8, i8)])] = &[
    (2015, &[(2, 18), (2, 19), (2, 20), (5, 25), (8, 14), (9, 28), (9, 29)]),
    (2016, &[(2, 8), (2, 9), (2, 10), (4, 13), (5, 6), (9, 14), (9, 15), (9, 16)]),
    (2017, &[(1, 27), (1, 30), (5, 3), (5, 9), (10, 2), (10, 4), (10, 5), (10, 6)]),
    (2018, &[(2, 15), (2, 16), (5, 7), (5, 22), (6, 13), (9, 24), (9, 25), (9, 26)]),
    (2019, &[(2, 4), (2, 5), (2, 6), (5, 6), (9, 12), (9, 13)]),
    (2020, &[(1, 24), (1, 27), (4, 15), (4, 30), (8, 17), (9, 30), (10, 1), (10, 2)]),
    (2021, &[(2, 11), (2, 12), (5, 19), (8, 16), (9, 20), (9, 21), (9, 22), (10, 4), (10, 11)]),
    (2022, &[(1, 31), (2, 1), (2, 2), (3, 9), (6, 1), (9, 9), (9, 12), (10, 10)]),
    (2023, &[(1, 23), (1, 24), (5, 29), (9, 28), (9, 29), (10, 2)]),
    (2024, &[(2, 9), (2, 12), (4, 10), (5, 6), (5, 15), (9, 16), (9, 17), (9, 18), (10, 1)]),
    (2025, &[(1, 27), (1, 28), (1, 29), (1, 30), (3, 3), (5, 6), (6, 3), (10, 6), (10, 7), (10, 8)]),
    (2026, &[(2, 16), (2, 17), (2, 18), (3, 2), (5, 25), (6, 3), (7, 17), (8, 17), (9, 24), (9, 25), (10, 5)]),
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::tax::{Market, settlement_day};

    #[test]
    fn japan_has_golden_weeks_and_equinoxes() {
        // Cabinet Office's list of national holidays.
        let closed = |day: Date| japan(day.year()).contains(&day);
        for day in [
            date(2019, 4, 30),
            date(2019, 5, 2),
            date(2019, 10, 22),
            date(2020, 7, 24),
            date(2021, 8, 9),
            date(2024, 3, 20),
            date(2024, 9, 23),
            date(2015, 9, 22),
            date(2025, 2, 24),
            date(2025, 5, 6),
            date(2026, 9, 22),
        ] {
            assert!(closed(day), "{day}");
        }
        assert!(!closed(date(2019, 12, 23)));
        assert!(!closed(date(2021, 10, 11)));
    }

    #[test]
    fn korea_settles_nothing_on_the_last_day_of_its_year() {
        // KRX's holiday rules, and its notices for 2022 (30 December) and 2024 (31 December).
        let settled = |traded_on| settlement_day(Market::Korea, traded_on);
        assert_eq!(settled(date(2024, 12, 27)), date(2025, 1, 2));
        assert_eq!(settled(date(2024, 12, 26)), date(2024, 12, 30));
        assert_eq!(settled(date(2022, 12, 28)), date(2023, 1, 2));
        // Chuseok of 2025 with the days around it: 3 to 9 October.
        assert_eq!(settled(date(2025, 10, 1)), date(2025, 10, 10));
        // The local elections of 2018.
        assert!(korea(2018).contains(&date(2018, 6, 13)));
    }

    #[test]
    fn hong_kong_follows_the_moon() {
        let closed = |day: Date| hong_kong(day.year()).contains(&day);
        assert!(closed(date(2025, 1, 29)));
        assert!(closed(date(2023, 10, 2)));
        assert!(closed(date(2022, 12, 27)));
        assert!(closed(date(2021, 12, 27)));
        assert!(!closed(date(2024, 2, 14)));
    }
}
