//! The days on which a market does not settle, by rule.
//!
//! Settlement is not trading: the United States trade on Columbus Day and Veterans Day but do not
//! settle, and settle on days of mourning on which the exchanges are closed (DTCC on 2007-01-02).
//! The crates that were looked at (`trading-calendar`, `nyse-holiday-cal`, `bdays`, `fasti`) know
//! trading days or three markets at most, and most bring a second date library.
//!
//! Every weekday was compared with outside sources: 2015–2027 with `fasti` (New York and the Federal
//! Reserve, London, TARGET), 2015–2026 with the Python package `exchange_calendars` for the others. What
//! differs is meant to: days of mourning and technical halts are settlement days, Germany settles on
//! 31 December, and did on Whit Monday and 3 October while its exchange still closed, and Canada does not on
//! two holidays of its banks on which it trades.

use jiff::civil::{
    Date,
    Weekday::{Friday, Monday, Saturday, Sunday, Thursday},
};

use super::Market;
use crate::{
    days::{easter, is_weekend, nth, on, plus},
    rates::calendar::polish_holidays,
};

/// Weekdays without settlement in the year; weekends may or may not be among them.
pub(super) fn holidays(market: Market, year: i16) -> Vec<Date> {
    match market {
        Market::UnitedStates => united_states(year),
        Market::Canada => canada(year),
        Market::Mexico => mexico(year),
        Market::UnitedKingdom => united_kingdom(year),
        Market::Euro | Market::Other => target(year),
        Market::Germany => germany(year),
        Market::Switzerland => switzerland(year),
        Market::Poland => poland(year),
        Market::Sweden => sweden(year),
        Market::Norway => norway(year),
        Market::Denmark => denmark(year),
        Market::Japan => super::holidays_asia::japan(year),
        Market::HongKong => super::holidays_asia::hong_kong(year),
        Market::SouthAfrica => super::holidays_south::south_africa(year),
        Market::Korea => super::holidays_asia::korea(year),
        Market::Australia => super::holidays_south::australia(year),
    }
}

/// Adds further days.
pub(super) fn with(mut days: Vec<Date>, more: impl IntoIterator<Item = Date>) -> Vec<Date> {
    days.extend(more);
    days
}

/// The days of the year given as month and day.
pub(super) fn fixed<const N: usize>(year: i16, days: [(i8, i8); N]) -> Vec<Date> {
    days.map(|(month, day)| on(year, month, day)).to_vec()
}

/// The next Monday if the day falls on a weekend.
pub(super) fn monday_if_weekend(day: Date) -> Date {
    if is_weekend(day) {
        plus(day, 8 - i32::from(day.weekday().to_monday_one_offset()))
    } else {
        day
    }
}

/// Good Friday and Easter Monday.
pub(super) fn easter_holidays(year: i16) -> [Date; 2] {
    [plus(easter(year), -2), plus(easter(year), 1)]
}

/// Exchange holidays, with the bank holidays on which DTC moves no money.
fn united_states(year: i16) -> Vec<Date> {
    // Of a Saturday the exchanges take the Friday, of a Sunday everybody takes the Monday. Banks, and
    // the exchanges at New Year, give nothing for a Saturday.
    let exchange = |month, day| match on(year, month, day) {
        date if date.weekday() == Saturday => plus(date, -1),
        date => monday_if_weekend(date),
    };
    let bank = |month, day| match on(year, month, day) {
        date if date.weekday() == Saturday => date,
        date => monday_if_weekend(date),
    };
    let mut days = vec![
        bank(1, 1),
        nth(year, 1, 3, Monday),    // Martin Luther King Jr.
        nth(year, 2, 3, Monday),    // Washington's birthday
        plus(easter(year), -2),     // Good Friday
        nth(year, 5, -1, Monday),   // Memorial Day
        exchange(7, 4),             // Independence Day
        nth(year, 9, 1, Monday),    // Labor Day
        nth(year, 10, 2, Monday),   // Columbus Day, banks only
        bank(11, 11),               // Veterans Day, banks only
        nth(year, 11, 4, Thursday), // Thanksgiving
        exchange(12, 25),
    ];
    if year >= 2022 {
        days.push(exchange(6, 19)); // Juneteenth
    }
    days
}

/// Exchange holidays, with the bank holidays on which CDS settles nothing in Canadian dollars.
fn canada(year: i16) -> Vec<Date> {
    let (christmas, boxing) = christmas_with_substitutes(year);
    let mut days = vec![
        monday_if_weekend(on(year, 1, 1)),
        nth(year, 2, 3, Monday), // Family Day
        plus(easter(year), -2),
        // Victoria Day, the Monday before 25 May.
        plus(on(year, 5, 24), -i32::from(on(year, 5, 24).weekday().to_monday_zero_offset())),
        monday_if_weekend(on(year, 7, 1)),
        nth(year, 8, 1, Monday),
        nth(year, 9, 1, Monday),
        nth(year, 10, 2, Monday),
        monday_if_weekend(on(year, 11, 11)), // Remembrance Day, banks only
        christmas,
        boxing,
    ];
    if year >= 2021 {
        // National Day for Truth and Reconciliation, banks only.
        days.push(monday_if_weekend(on(year, 9, 30)));
    }
    days
}

fn mexico(year: i16) -> Vec<Date> {
    with(
        fixed(year, [(1, 1), (5, 1), (9, 16), (11, 2), (12, 12), (12, 25)]),
        [
            nth(year, 2, 1, Monday),
            nth(year, 3, 3, Monday),
            nth(year, 11, 3, Monday),
            plus(easter(year), -3),
            plus(easter(year), -2),
        ]
        .into_iter()
        .chain((year == 2024).then(|| on(2024, 10, 1))),
    )
}

/// Bank holidays of England and Wales, with the one-off ones.
fn united_kingdom(year: i16) -> Vec<Date> {
    let (christmas, boxing) = christmas_with_substitutes(year);
    let early_may = if year == 2020 { on(2020, 5, 8) } else { nth(year, 5, 1, Monday) };
    let spring = match year {
        2012 => on(2012, 6, 4),
        2022 => on(2022, 6, 2),
        _ => nth(year, 5, -1, Monday),
    };
    let once = match year {
        2011 => Some(on(2011, 4, 29)),
        2012 => Some(on(2012, 6, 5)),
        2022 => Some(on(2022, 6, 3)),
        2023 => Some(on(2023, 5, 8)),
        _ => None,
    };
    let funeral = (year == 2022).then(|| on(2022, 9, 19));
    let days = vec![
        monday_if_weekend(on(year, 1, 1)),
        early_may,
        spring,
        nth(year, 8, -1, Monday),
        christmas,
        boxing,
    ];
    with(with(days, easter_holidays(year)), once.into_iter().chain(funeral))
}

/// 25 and 26 December; what falls on a weekend moves to the next weekdays.
pub(super) fn christmas_with_substitutes(year: i16) -> (Date, Date) {
    let christmas = on(year, 12, 25);
    let weekday = christmas.weekday();
    // On Saturday both move; on Sunday Christmas moves behind Boxing Day, which is the Monday.
    let christmas_moves = matches!(weekday, Saturday | Sunday);
    let boxing_moves = matches!(weekday, Friday | Saturday);
    let moved = if christmas_moves { plus(christmas, 2) } else { christmas };
    (moved, plus(christmas, if boxing_moves { 3 } else { 1 }))
}

/// Closing days of TARGET (ECB).
fn target(year: i16) -> Vec<Date> {
    with(fixed(year, [(1, 1), (5, 1), (12, 25), (12, 26)]), easter_holidays(year))
}

/// TARGET days without 24 December, which is disputed (D-03); until 2008 without 31 December as well.
fn germany(year: i16) -> Vec<Date> {
    let last = (year < 2009).then(|| on(year, 12, 31));
    with(target(year), [on(year, 12, 24)].into_iter().chain(last))
}

fn switzerland(year: i16) -> Vec<Date> {
    let days =
        fixed(year, [(1, 1), (1, 2), (5, 1), (8, 1), (12, 24), (12, 25), (12, 26), (12, 31)]);
    let easter = easter(year);
    with(with(days, easter_holidays(year)), [plus(easter, 39), plus(easter, 50)])
}

/// Statutory holidays and the days without a session: Good Friday, 24 and 31 December.
fn poland(year: i16) -> Vec<Date> {
    let once = (year == 2018).then(|| [on(2018, 1, 2), on(2018, 11, 12)]);
    let days = with(polish_holidays(year).collect(), once.into_iter().flatten());
    with(days, [plus(easter(year), -2), on(year, 12, 24), on(year, 12, 31)])
}

fn sweden(year: i16) -> Vec<Date> {
    let days =
        fixed(year, [(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)]);
    // Midsummer Eve: the Friday from 19 to 25 June.
    let midsummer = (19..=25).map(|day| on(year, 6, day)).find(|day| day.weekday() == Friday);
    with(with(days, easter_holidays(year)), midsummer.into_iter().chain([plus(easter(year), 39)]))
}

fn norway(year: i16) -> Vec<Date> {
    let days = fixed(year, [(1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31)]);
    let easter = easter(year);
    with(with(days, easter_holidays(year)), [plus(easter, -3), plus(easter, 39), plus(easter, 50)])
}

fn denmark(year: i16) -> Vec<Date> {
    let days = fixed(year, [(1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)]);
    let easter = easter(year);
    // The Great Prayer Day was abolished after 2023.
    let prayer = (year <= 2023).then(|| plus(easter, 26));
    let moving = [-3, 39, 40, 50].map(|offset| plus(easter, offset));
    with(with(days, easter_holidays(year)), moving.into_iter().chain(prayer))
}

/// Whether any rule or the weekend closes the day; for single questions and tests.
#[cfg(test)]
pub(super) fn is_closed(market: Market, day: Date) -> bool {
    is_weekend(day) || holidays(market, day.year()).contains(&day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn weekdays_closed(market: Market, year: i16) -> Vec<String> {
        let mut days = holidays(market, year);
        days.retain(|day| !is_weekend(*day));
        days.sort_unstable();
        days.dedup();
        days.iter().map(|day| day.strftime("%m-%d").to_string()).collect()
    }

    #[test]
    fn united_states_follow_exchanges_and_banks() {
        // NYSE's published holidays with the Federal Reserve's Columbus Day and Veterans Day.
        assert_eq!(
            weekdays_closed(Market::UnitedStates, 2025),
            [
                "01-01", "01-20", "02-17", "04-18", "05-26", "06-19", "07-04", "09-01", "10-13",
                "11-11", "11-27", "12-25"
            ]
        );
        // New Year on a Saturday gives nothing, Independence Day 2026 and Christmas 2021 the Friday.
        assert!(!is_closed(Market::UnitedStates, date(2021, 12, 31)));
        assert!(is_closed(Market::UnitedStates, date(2021, 12, 24)));
        assert!(is_closed(Market::UnitedStates, date(2026, 7, 3)));
        assert!(is_closed(Market::UnitedStates, date(2022, 6, 20)));
        assert!(!is_closed(Market::UnitedStates, date(2023, 11, 10)));
        // Days of mourning: exchanges closed, settlement open.
        assert!(!is_closed(Market::UnitedStates, date(2025, 1, 9)));
    }

    #[test]
    fn united_kingdom_knows_its_one_off_holidays() {
        // gov.uk/bank-holidays.
        assert_eq!(
            weekdays_closed(Market::UnitedKingdom, 2022),
            [
                "01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26",
                "12-27"
            ]
        );
        assert_eq!(
            weekdays_closed(Market::UnitedKingdom, 2020),
            ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"]
        );
        assert!(is_closed(Market::UnitedKingdom, date(2023, 5, 8)));
        assert!(is_closed(Market::UnitedKingdom, date(2021, 12, 28)));
    }

    #[test]
    fn canada_moves_victoria_day_and_christmas() {
        // TMX's calendar of 2025 and 2021, with the holidays of banks: CDS's schedule of 2021 and TMX's notice
        // 2022-021 for 30 September, Payments Canada's days without clearing for both.
        assert_eq!(
            weekdays_closed(Market::Canada, 2025),
            [
                "01-01", "02-17", "04-18", "05-19", "07-01", "08-04", "09-01", "09-30", "10-13",
                "11-11", "12-25", "12-26"
            ]
        );
        assert!(is_closed(Market::Canada, date(2021, 9, 30)));
        assert!(!is_closed(Market::Canada, date(2020, 9, 30)));
        // Of a weekend the Monday is taken.
        assert!(is_closed(Market::Canada, date(2023, 11, 13)));
        assert!(is_closed(Market::Canada, date(2023, 10, 2)));
        assert!(is_closed(Market::Canada, date(2021, 12, 27)));
        assert!(is_closed(Market::Canada, date(2021, 12, 28)));
    }

    #[test]
    fn continental_calendars_differ_at_the_end_of_the_year() {
        assert!(!is_closed(Market::Euro, date(2024, 12, 24)));
        assert!(is_closed(Market::Germany, date(2024, 12, 24)));
        // Eurex Clearing's circular 099/2019: a settlement day since 2009.
        assert!(!is_closed(Market::Germany, date(2025, 12, 31)));
        assert!(!is_closed(Market::Germany, date(2009, 12, 31)));
        assert!(is_closed(Market::Germany, date(2008, 12, 31)));
        assert!(is_closed(Market::Poland, date(2024, 12, 31)));
        assert!(is_closed(Market::Poland, date(2018, 11, 12)));
        assert!(is_closed(Market::Switzerland, date(2025, 1, 2)));
        assert!(is_closed(Market::Sweden, date(2025, 6, 20)));
        assert!(is_closed(Market::Denmark, date(2023, 5, 5)));
        assert!(!is_closed(Market::Denmark, date(2024, 4, 26)));
        assert!(is_closed(Market::Norway, date(2024, 5, 17)));
    }
}
