//! Holidays of South Africa and Australia.
//!
//! South Africa was compared with the Python package `holidays` for 2012–2026, because `exchange_calendars` does
//! not know the days that were proclaimed since 2021; Australia with the latter, without a difference.

use jiff::civil::{
    Date,
    Weekday::{Monday, Sunday},
};

use super::holidays::{
    christmas_with_substitutes, easter_holidays, fixed, monday_if_weekend, with,
};
use crate::days::{nth, on, plus};

/// Public holidays: the exchange and the depository are closed on all of them. Of a Sunday the Monday is
/// taken, of a Saturday nothing (Public Holidays Act 36 of 1994).
pub(super) fn south_africa(year: i16) -> Vec<Date> {
    let days =
        [(1, 1), (3, 21), (4, 27), (5, 1), (6, 16), (8, 9), (9, 24), (12, 16), (12, 25), (12, 26)];
    let days = fixed(year, days)
        .into_iter()
        .map(|day| if day.weekday() == Sunday { plus(day, 1) } else { day })
        .collect();
    let once = PROCLAIMED.iter().copied().filter(|day| day.year() == year);
    with(with(days, easter_holidays(year)), once)
}

/// Days that the President proclaimed: elections, a second day where Christmas was a Sunday, a world cup.
const PROCLAIMED: &[Date] = &[
    Date::constant(2011, 5, 18),
    Date::constant(2011, 12, 27),
    Date::constant(2014, 5, 7),
    Date::constant(2016, 8, 3),
    Date::constant(2016, 12, 27),
    Date::constant(2019, 5, 8),
    Date::constant(2021, 11, 1),
    Date::constant(2022, 12, 27),
    Date::constant(2023, 12, 15),
    Date::constant(2024, 5, 29),
    Date::constant(2026, 11, 4),
];

/// ASX's days without settlement. Anzac Day is not moved.
pub(super) fn australia(year: i16) -> Vec<Date> {
    let (christmas, boxing) = christmas_with_substitutes(year);
    let days = vec![
        monday_if_weekend(on(year, 1, 1)),
        monday_if_weekend(on(year, 1, 26)),
        on(year, 4, 25),
        nth(year, 6, 2, Monday), // The sovereign's birthday
        christmas,
        boxing,
    ];
    let mourning = (year == 2022).then(|| on(2022, 9, 22));
    with(with(days, easter_holidays(year)), mourning)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        days::is_weekend,
        tax::{Market, settlement_day},
    };

    fn weekdays(mut days: Vec<Date>) -> Vec<String> {
        days.retain(|day| !is_weekend(*day));
        days.sort_unstable();
        days.iter().map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn south_africa_closes_on_its_public_holidays() {
        // The government's list of 2024, with the election of 29 May.
        assert_eq!(
            weekdays(south_africa(2024)),
            [
                "01-01", "03-21", "03-29", "04-01", "05-01", "05-29", "06-17", "08-09", "09-24",
                "12-16", "12-25", "12-26"
            ]
        );
        assert_eq!(weekdays(south_africa(2022)).last().unwrap(), "12-27");
    }

    #[test]
    fn johannesburg_settled_on_the_fifth_day_and_does_on_the_third() {
        // 26 December and 1 January are holidays; T+3 since 11 July 2016 (JSE).
        let settled = |traded_on| settlement_day(Market::SouthAfrica, traded_on);
        assert_eq!(settled(date(2024, 12, 27)), date(2025, 1, 2));
        assert_eq!(settled(date(2016, 7, 11)), date(2016, 7, 14));
        assert_eq!(settled(date(2016, 7, 8)), date(2016, 7, 15));
    }

    #[test]
    fn australia_has_substitutes_but_for_anzac_day() {
        // ASX's calendars of 2022 and 2021.
        assert_eq!(
            weekdays(australia(2022)),
            ["01-03", "01-26", "04-15", "04-18", "04-25", "06-13", "09-22", "12-26", "12-27"]
        );
        assert_eq!(
            weekdays(australia(2021)),
            ["01-01", "01-26", "04-02", "04-05", "06-14", "12-27", "12-28"]
        );
        // T+3, from 7 March 2016 T+2.
        let settled = |traded_on| settlement_day(Market::Australia, traded_on);
        assert_eq!(settled(date(2016, 3, 4)), date(2016, 3, 9));
        assert_eq!(settled(date(2016, 3, 7)), date(2016, 3, 9));
        assert_eq!(settled(date(2024, 12, 30)), date(2025, 1, 2));
    }
}
