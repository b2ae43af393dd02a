//! The trade day at the place of execution.

use crate::money::{Country, Currency};
use crate::statement::Isin;
use crate::statement::formats::clock::utc_in_session;
use crate::statement::when::Stamp;

/// From this hour UTC on, the day is New York's as well.
const FIRST_SAFE_MILLISECOND: u32 = 5 * 3_600_000;

/// The stamp of a trade: on New York's trade day for what trades there, else as the file has it.
///
/// A sale at 19:30 in New York on 31 December must not roll into the next tax year
/// (tax-law 1.3 rec. 6). Europe is closed in the hours that matter, so at that time a price in
/// dollars means America, whatever the issuer's country.
pub(super) fn at_exchange(utc: Stamp, isin: Option<Isin>, currency: Currency) -> Stamp {
    if utc.millisecond >= FIRST_SAFE_MILLISECOND {
        return utc;
    }
    let country = isin.and_then(|isin| isin.country());
    let issuer = country.as_ref().map_or("", Country::as_str);
    if !matches!(issuer, "US" | "CA") && !matches!(currency.as_str(), "USD" | "CAD") {
        return utc;
    }
    utc_in_session(utc)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn stamp(year: i16, month: i8, day: i8, hour: u32, minute: u32) -> Stamp {
        Stamp { day: date(year, month, day), millisecond: (hour * 60 + minute) * 60_000 }
    }

    #[test]
    fn an_american_trade_after_midnight_utc_belongs_to_the_day_before() {
        let apple = Isin::parse("US0378331005").ok();
        let at = |stamp| at_exchange(stamp, apple, Currency::USD).day;
        // 19:30 in New York, which is five hours behind in winter.
        assert_eq!(at(stamp(2025, 1, 1, 0, 30)), date(2024, 12, 31));
        assert_eq!(at(stamp(2025, 1, 1, 5, 0)), date(2025, 1, 1));
    }

    #[test]
    fn an_american_trade_overnight_belongs_to_the_session_that_follows() {
        let apple = Isin::parse("US0378331005").ok();
        let at = |stamp| at_exchange(stamp, apple, Currency::USD).day;
        // 21:30 on 30 December in New York, 23:00 on 1 July.
        assert_eq!(at(stamp(2025, 12, 31, 2, 30)), date(2025, 12, 31));
        assert_eq!(at(stamp(2025, 7, 2, 3, 0)), date(2025, 7, 2));
    }

    #[test]
    fn a_european_trade_keeps_its_day() {
        let isin = Isin::parse("DE0007164600").ok();
        let early = stamp(2025, 1, 2, 0, 30);
        assert_eq!(at_exchange(early, isin, Currency::EUR), early);
    }
}
