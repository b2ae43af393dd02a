//! From the broker's clocks to the days that the law counts.

use jiff::SignedDuration;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::{
    statement::when::Stamp,
    zones::{new_york, warsaw},
};

const HOUR: u32 = 3_600_000;
const SECOND: u32 = 1000;
const DAY: u32 = 24 * HOUR;

/// From this hour on by New York's clock, what trades in America trades for the next day.
const EVENING: u32 = 20 * HOUR;

/// The trade day of a stamp by New York's clock, for what is listed in America.
///
/// Extended hours end at 20:00; what trades overnight, until 24:00, carries the trade date of the day that
/// follows, whoever the broker is, and settles from there. No such session leads to a day without trade: an evening
/// before one keeps its day. The hours of a session are pressed into the first second of its day, before all that
/// follow, so that the order stays.
pub(super) fn in_session(local: Stamp) -> Stamp {
    if local.millisecond < EVENING {
        return local;
    }
    let millisecond = (local.millisecond - EVENING) / ((DAY - EVENING) / SECOND);
    let next = local.day.tomorrow().ok().filter(|day| is_session(*day));
    next.map_or(local, |day| Stamp { day, millisecond })
}

/// Whether shares trade in America on a day. Of the holidays those count here that could move a sale into another year
/// or a dividend's month; before the others no session is held, so no stamp asks.
fn is_session(day: Date) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && !matches!((day.month(), day.day()), (1, 1) | (12, 25))
}

/// The stamp in UTC of what is listed in America, with its trade day. New York is asked when it has to be: for most
/// stamps the hour decides.
///
/// The evening of New York begins with the day of UTC in summer and an hour after it in winter, so the
/// two days differ in that hour only, and where no session follows. What belongs to the day before comes after
/// all of it.
pub(super) fn utc_in_session(utc: Stamp) -> Stamp {
    const NIGHT: u32 = 5 * HOUR;
    let is_summer = || !is_winter(utc.day).unwrap_or(false);
    let hour = utc.millisecond / HOUR;
    let same_day = match hour {
        0 => is_session(utc.day) && is_summer(),
        1..=3 => is_session(utc.day),
        // New York's midnight in summer: the new day has begun there too.
        4 => is_session(utc.day) || is_summer(),
        _ => true,
    };
    if same_day {
        return utc;
    }
    let millisecond = DAY - SECOND + utc.millisecond / (NIGHT / SECOND);
    utc.day.yesterday().map_or(utc, |day| Stamp { day, millisecond })
}

/// Whether New York is five hours behind when a day of UTC begins.
fn is_winter(day: Date) -> Option<bool> {
    let midnight = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(new_york().to_offset(midnight).seconds() == -5 * 3600)
}

/// Converts stamps between the zones that matter.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    warsaw: TimeZone,
    new_york: TimeZone,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { warsaw: warsaw(), new_york: new_york() }
    }

    /// A stamp in UTC, in Warsaw.
    pub(super) fn utc_in_warsaw(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &TimeZone::UTC, &self.warsaw).unwrap_or(stamp)
    }

    /// A stamp in Warsaw as the exchange in New York counts its day ([`in_session`]): a trade there in the
    /// hours after midnight in Warsaw belongs to the day before.
    pub(super) fn warsaw_in_new_york(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &self.warsaw, &self.new_york).map_or(stamp, in_session)
    }

    /// A stamp in UTC as the exchange in New York counts its day ([`in_session`]).
    pub(super) fn utc_in_new_york(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &TimeZone::UTC, &self.new_york).map_or(stamp, in_session)
    }
}

fn convert(stamp: Stamp, from: &TimeZone, to: &TimeZone) -> Option<Stamp> {
    let elapsed = SignedDuration::from_millis(i64::from(stamp.millisecond));
    let local = stamp.day.to_datetime(Time::midnight()).checked_add(elapsed).ok()?;
    let there = local.to_zoned(from.clone()).ok()?.with_time_zone(to.clone()).datetime();
    let since = there.duration_since(there.date().to_datetime(Time::midnight()));
    Some(Stamp { day: there.date(), millisecond: u32::try_from(since.as_millis()).ok()? })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn warsaw_is_ahead_of_utc() {
        let clock = Clock::new();
        let at = |day, hour: u32| Stamp { day, millisecond: hour * 3_600_000 };
        // Warsaw is one hour ahead in winter and two in summer.
        assert_eq!(clock.utc_in_warsaw(at(date(2025, 1, 15), 9)), at(date(2025, 1, 15), 10));
        assert_eq!(clock.utc_in_warsaw(at(date(2025, 12, 31), 23)), at(date(2026, 1, 1), 0));
        assert_eq!(clock.utc_in_warsaw(at(date(2025, 7, 1), 22)), at(date(2025, 7, 2), 0));
    }

    #[test]
    fn new_york_is_still_in_the_day_before() {
        let at = |day, hour: u32| Stamp { day, millisecond: hour * 3_600_000 };
        let clock = Clock::new();
        assert_eq!(clock.warsaw_in_new_york(at(date(2026, 1, 1), 1)), at(date(2025, 12, 31), 19));
    }

    #[test]
    fn the_american_evening_trades_for_the_next_day() {
        let at = |day, hour: u32| Stamp { day, millisecond: hour * HOUR };
        let evening = |day| in_session(at(day, 21)).day;
        assert_eq!(evening(date(2025, 12, 30)), date(2025, 12, 31));
        // 2 January 2026 is a Friday, the 4th a Sunday; on 1 January nothing trades.
        assert_eq!(evening(date(2026, 1, 2)), date(2026, 1, 2));
        assert_eq!(evening(date(2026, 1, 4)), date(2026, 1, 5));
        assert_eq!(evening(date(2025, 12, 31)), date(2025, 12, 31));
        // What closes at 20:00 keeps its day.
        let late = Stamp { day: date(2025, 12, 30), millisecond: EVENING - 1 };
        assert_eq!(in_session(late), late);
        // The order stays: evening, night, day.
        let [first, second] = [20, 23].map(|hour| in_session(at(date(2025, 12, 30), hour)));
        assert!(first < second && second < in_session(at(date(2025, 12, 31), 1)));
    }

    #[test]
    fn utc_and_new_york_agree_on_the_trade_day_but_for_an_hour_in_winter() {
        let of = |day, hour: u32, minute: u32| {
            utc_in_session(Stamp { day, millisecond: hour * HOUR + minute * 60 * SECOND })
        };
        // 19:30, 20:00 and 21:30 of 30 December in New York.
        assert_eq!(of(date(2025, 12, 31), 0, 30).day, date(2025, 12, 30));
        assert_eq!(of(date(2025, 12, 31), 1, 0).day, date(2025, 12, 31));
        assert_eq!(of(date(2025, 12, 31), 2, 30).day, date(2025, 12, 31));
        // 20:00 and 23:00 of 1 July.
        assert_eq!(of(date(2025, 7, 2), 0, 0).day, date(2025, 7, 2));
        assert_eq!(of(date(2025, 7, 2), 3, 0).day, date(2025, 7, 2));
        // 21:00 and 19:30 of Friday, 21:00 of the last day of the year: no session follows.
        assert_eq!(of(date(2026, 1, 3), 2, 0).day, date(2026, 1, 2));
        assert_eq!(of(date(2026, 1, 3), 0, 30).day, date(2026, 1, 2));
        assert_eq!(of(date(2026, 1, 1), 2, 0).day, date(2025, 12, 31));
        assert!(of(date(2026, 1, 1), 1, 0) < of(date(2026, 1, 1), 2, 0));
        // The hour after UTC's midnight comes last.
        assert!(of(date(2025, 12, 30), 23, 59) < of(date(2025, 12, 31), 0, 1));
    }

    #[test]
    fn both_ways_to_the_trade_day_give_the_same() {
        let clock = Clock::new();
        let days = [
            (2025, 12, 31),
            (2026, 1, 1),
            (2025, 7, 2),
            (2025, 7, 5),
            (2025, 3, 10),
            (2025, 11, 3),
            (2026, 1, 5),
        ];
        for (year, month, day) in days {
            let day = date(year, month, day);
            for minute in 0..1440 {
                let utc = Stamp { day, millisecond: minute * 60 * SECOND };
                assert_eq!(utc_in_session(utc).day, clock.utc_in_new_york(utc).day, "{utc:?}");
            }
        }
    }
}
