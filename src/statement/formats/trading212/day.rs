//! The trade day at the place of execution.

use jiff::tz::TimeZone;

use crate::money::{Country, Currency};
use crate::statement::Isin;
use crate::statement::when::Stamp;

/// Before this hour UTC it can still be the day before in New York.
const FIRST_SAFE_MILLISECOND: u32 = 5 * 3_600_000;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Turns stamps in UTC into days and times of the exchange.
#[derive(Debug, Default)]
pub(super) struct TradeDays {
    /// Looked up when first needed.
    new_york: Option<TimeZone>,
}

impl TradeDays {
    /// The stamp of a trade: in New York for what trades there, else as the file has it.
    ///
    /// A sale at 21:30 in New York on 31 December must not roll into the next tax year
    /// (tax-law 1.3 rec. 6). Europe is closed in the hours that matter, so at that time a price in
    /// dollars means America, whatever the issuer's country.
    pub(super) fn at_exchange(
        &mut self,
        utc: Stamp,
        isin: Option<Isin>,
        currency: Currency,
    ) -> Stamp {
        if utc.millisecond >= FIRST_SAFE_MILLISECOND {
            return utc;
        }
        let country = isin.and_then(|isin| isin.country());
        let issuer = country.as_ref().map_or("", Country::as_str);
        if !matches!(issuer, "US" | "CA") && !matches!(currency.as_str(), "USD" | "CAD") {
            return utc;
        }
        self.in_new_york(utc).unwrap_or(utc)
    }

    fn in_new_york(&mut self, utc: Stamp) -> Option<Stamp> {
        if self.new_york.is_none() {
            self.new_york = TimeZone::get("America/New_York").ok();
        }
        let zone = self.new_york.as_ref()?;
        let midnight = utc.day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
        let instant = midnight + i64::from(utc.millisecond);
        let timestamp = jiff::Timestamp::from_millisecond(instant).ok()?;
        let local = instant + i64::from(zone.to_offset(timestamp).seconds()) * 1000;
        let day = if local < midnight { utc.day.yesterday().ok()? } else { utc.day };
        Some(Stamp { day, millisecond: u32::try_from(local.rem_euclid(DAY)).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn stamp(year: i16, month: i8, day: i8, hour: u32) -> Stamp {
        Stamp { day: date(year, month, day), millisecond: hour * 3_600_000 }
    }

    #[test]
    fn an_american_trade_after_midnight_utc_belongs_to_the_day_before() {
        let apple = Isin::parse("US0378331005").ok();
        let mut days = TradeDays::default();
        let at = |days: &mut TradeDays, stamp| days.at_exchange(stamp, apple, Currency::USD);
        // New York is five hours behind in winter and four in summer.
        assert_eq!(at(&mut days, stamp(2025, 1, 1, 1)), stamp(2024, 12, 31, 20));
        assert_eq!(at(&mut days, stamp(2025, 1, 1, 4)), stamp(2024, 12, 31, 23));
        assert_eq!(at(&mut days, stamp(2025, 7, 2, 4)), stamp(2025, 7, 2, 0));
        assert_eq!(at(&mut days, stamp(2025, 1, 1, 5)), stamp(2025, 1, 1, 5));
    }

    #[test]
    fn a_european_trade_keeps_its_day() {
        let isin = Isin::parse("DE0007164600").ok();
        let early = stamp(2025, 1, 2, 1);
        assert_eq!(TradeDays::default().at_exchange(early, isin, Currency::EUR), early);
    }
}
