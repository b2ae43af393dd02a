//! The trade day. The broker's clock is New York's, wherever a trade is made; a Flex query may tell the
//! exchange's day besides, a statement does not.
//!
//! No exchange of Asia or the Pacific trades between six and sixteen o'clock in New York (the last, in
//! Mumbai, closes at six; the first, in Auckland, opens at sixteen): what is traded there from sixteen
//! o'clock on is traded on the exchange's next day. So the hour decides, and no zone is looked up.
//! Statements of the Australian company have another clock, which they name.

use jiff::civil::Date;

use super::category::Category;
use crate::money::Currency;
use crate::statement::formats::clock;
use crate::statement::when::Stamp;

const HOUR: u32 = 3_600_000;

/// By New York's clock, the next day of the exchanges of Asia and the Pacific begins before they open.
const EASTERN_DAY: u32 = 16 * HOUR;

/// Where a contract trades, as far as its day depends on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Asia and the Pacific.
    East,
    /// America, whose shares and options trade overnight.
    America,
    /// Where the day is New York's in all hours of trading.
    Elsewhere,
}

/// The exchanges of Asia and the Pacific by the broker's names.
pub(super) fn is_eastern(exchange: &str) -> bool {
    matches!(
        exchange,
        "ASX"
            | "ASXCEN"
            | "CHIXAU"
            | "CHIXJ"
            | "CHINEXT"
            | "HKFE"
            | "JPNNEXT"
            | "KSE"
            | "NSE"
            | "OSE.JPN"
            | "SEHK"
            | "SEHKNTL"
            | "SEHKSTAR"
            | "SEHKSZSE"
            | "SGX"
            | "SNFE"
            | "TSEJ"
            | "TWSE"
    )
}

impl Place {
    /// The place of a contract, by whether its exchange is an eastern one, else by its currency.
    pub(super) fn of(category: Category, is_eastern: bool, currency: Currency) -> Self {
        if matches!(category, Category::Forex | Category::Crypto | Category::Unknown) {
            Self::Elsewhere
        } else if is_eastern {
            Self::East
        } else if currency == Currency::USD {
            let overnight = matches!(category, Category::Security | Category::Option);
            if overnight { Self::America } else { Self::Elsewhere }
        } else if matches!(
            currency.as_str(),
            "AUD" | "CNY" | "HKD" | "INR" | "JPY" | "KRW" | "NZD" | "SGD" | "TWD"
        ) {
            Self::East
        } else {
            Self::Elsewhere
        }
    }

    /// The trade day of a stamp by New York's clock, with a time that keeps the order within it. The day
    /// that the file tells, if any, goes before.
    pub(super) fn trade_day(self, stamp: Stamp, told: Option<Date>) -> Stamp {
        let here = match self {
            Self::East => eastern(stamp),
            // A day that is told to be that of the clock is no night's.
            Self::America if told != Some(stamp.day) => clock::in_session(stamp),
            Self::America | Self::Elsewhere => stamp,
        };
        Stamp { day: told.unwrap_or(here.day), ..here }
    }
}

fn eastern(stamp: Stamp) -> Stamp {
    let Stamp { day, millisecond } = stamp;
    match millisecond.checked_sub(EASTERN_DAY) {
        Some(millisecond) => day.tomorrow().map_or(stamp, |day| Stamp { day, millisecond }),
        None => Stamp { day, millisecond: millisecond + (24 * HOUR - EASTERN_DAY) },
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(day: Date, hour: u32, minute: u32) -> Stamp {
        Stamp { day, millisecond: hour * HOUR + minute * 60_000 }
    }

    #[test]
    fn the_evening_of_new_york_is_the_morning_of_the_east() {
        let day = |stamp| Place::East.trade_day(stamp, None).day;
        // 10:10 on Monday the 30th in Sydney, 10:45 on the 31st in Hong Kong, and its afternoon.
        assert_eq!(day(at(date(2024, 12, 29), 18, 10)), date(2024, 12, 30));
        assert_eq!(day(at(date(2024, 12, 30), 21, 45)), date(2024, 12, 31));
        assert_eq!(day(at(date(2024, 12, 31), 2, 30)), date(2024, 12, 31));
        let [morning, afternoon] = [at(date(2024, 12, 30), 21, 45), at(date(2024, 12, 31), 2, 30)];
        let order = [morning, afternoon].map(|stamp| Place::East.trade_day(stamp, None));
        assert!(order[0] < order[1]);
    }

    #[test]
    fn the_day_that_the_file_tells_goes_before() {
        let stamp = at(date(2024, 12, 29), 18, 10);
        let told = Some(date(2024, 12, 30));
        for place in [Place::East, Place::America, Place::Elsewhere] {
            assert_eq!(place.trade_day(stamp, told).day, date(2024, 12, 30), "{place:?}");
        }
        let night = at(date(2025, 12, 30), 21, 30);
        assert_eq!(Place::America.trade_day(night, Some(night.day)), night);
    }

    #[test]
    fn shares_in_dollars_trade_overnight_and_others_do_not() {
        let night = at(date(2025, 12, 30), 21, 30);
        let day = |category, currency| {
            Place::of(category, false, currency).trade_day(night, None).day.day()
        };
        assert_eq!(day(Category::Security, Currency::USD), 31);
        assert_eq!(day(Category::Future, Currency::USD), 30);
        assert_eq!(day(Category::Security, Currency::EUR), 30);
        assert_eq!(day(Category::Security, Currency::parse("HKD").unwrap()), 31);
        assert_eq!(day(Category::Forex, Currency::parse("HKD").unwrap()), 30);
        assert_eq!(Place::of(Category::Security, true, Currency::USD), Place::East);
    }
}
