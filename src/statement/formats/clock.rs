//! From the broker's clocks to the days that the law counts.

use jiff::SignedDuration;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use crate::statement::when::Stamp;

/// Converts stamps between the zones that matter.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    warsaw: TimeZone,
    new_york: TimeZone,
}

impl Clock {
    pub(super) fn new() -> Self {
        let zone = |name| TimeZone::get(name).unwrap_or(TimeZone::UTC);
        Self { warsaw: zone("Europe/Warsaw"), new_york: zone("America/New_York") }
    }

    /// A stamp in UTC, in Warsaw.
    pub(super) fn utc_in_warsaw(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &TimeZone::UTC, &self.warsaw).unwrap_or(stamp)
    }

    /// A stamp in Warsaw as the exchange in New York counts its day: a trade there after midnight in
    /// Warsaw belongs to the day before.
    pub(super) fn warsaw_in_new_york(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &self.warsaw, &self.new_york).unwrap_or(stamp)
    }

    /// A stamp in UTC, in New York.
    pub(super) fn utc_in_new_york(&self, stamp: Stamp) -> Stamp {
        convert(stamp, &TimeZone::UTC, &self.new_york).unwrap_or(stamp)
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
}
