//! The settlement day of a trade whose file does not give one (tax-law 1.4).
//!
//! Business days of the settlement market are counted from the trade day; a trade on a day that is
//! none counts from there as well.

use jiff::civil::Date;

use super::{SettlementRule, holidays::holidays};
use crate::days;

/// The settlement day of one trade; [`SettlementCalendar`] answers many of them faster.
pub fn settlement_day(rule: impl Into<SettlementRule>, traded_on: Date) -> Date {
    SettlementCalendar::default().settlement_day(rule, traded_on)
}

/// Settlement days by table: each year of a rule is worked out once, when first asked for.
///
/// ```
/// use investtax::tax::{Market, SettlementCalendar};
/// use jiff::civil::date;
///
/// let mut calendar = SettlementCalendar::default();
/// let settled_on = calendar.settlement_day(Market::UnitedStates, date(2025, 10, 10));
/// assert_eq!(settled_on, date(2025, 10, 14)); // Columbus Day is no settlement day.
/// ```
#[derive(Clone, Debug, Default)]
pub struct SettlementCalendar {
    places: hashbrown::HashMap<(SettlementRule, i16), usize>,
    tables: Vec<YearTable>,
}

/// For each day of a year by its slot, the day of settlement; the first of January stands in the others.
type YearTable = Vec<Date>;

impl SettlementCalendar {
    /// The settlement day of a trade.
    pub fn settlement_day(&mut self, rule: impl Into<SettlementRule>, traded_on: Date) -> Date {
        let place = self.place(rule.into(), traded_on.year());
        self.look_up(place, traded_on)
    }

    /// The place of the table of a year, for [`Self::look_up`].
    pub(super) fn place(&mut self, rule: SettlementRule, year: i16) -> usize {
        *self.places.entry((rule, year)).or_insert_with(|| {
            self.tables.push(year_table(rule, year));
            self.tables.len() - 1
        })
    }

    /// The settlement day of a trade in the year and by the rule of a table.
    pub(super) fn look_up(&self, place: usize, traded_on: Date) -> Date {
        let slot = usize::try_from(days::slot_of_year(traded_on)).ok();
        let table = self.tables.get(place);
        table.and_then(|table| table.get(slot?)).copied().unwrap_or(traded_on)
    }
}

fn year_table(rule: SettlementRule, year: i16) -> YearTable {
    let first = days::on(year, 1, 1);
    let mut closed = holidays(rule.market, year);
    closed.extend(holidays(rule.market, year.saturating_add(1)));
    let is_open = |day: Date| !days::is_weekend(day) && !closed.contains(&day);
    let slots = 0..days::SLOTS_OF_YEAR;
    let settled = slots.map(|slot| {
        let (month, day) = (i8::try_from(slot / 31 + 1), i8::try_from(slot % 31 + 1));
        let day =
            month.ok().zip(day.ok()).and_then(|(month, day)| Date::new(year, month, day).ok());
        day.map_or(first, |day| settled_after(rule.cycle(day), day, &is_open))
    });
    settled.collect()
}

/// The day on which that many business days have begun.
fn settled_after(cycle: u8, traded_on: Date, is_open: &impl Fn(Date) -> bool) -> Date {
    let (mut day, mut open, mut passed) = (traded_on, 0, 0);
    // No market is closed for a month; the bound only holds at the end of the calendar.
    while open < cycle && passed < 40 {
        day = days::after(day);
        passed += 1;
        open += u8::from(is_open(day));
    }
    day
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::tax::{Market, holidays::is_closed};

    #[test]
    fn tv18_settlement_days() {
        // tax-law 1.4, vector TV18, and TV05 (KIS 0114-KDIP3-1.4011.1149.2023.1.AK).
        for (market, traded_on, settled_on) in [
            (Market::UnitedStates, date(2024, 5, 24), date(2024, 5, 29)),
            (Market::UnitedStates, date(2024, 5, 28), date(2024, 5, 29)),
            (Market::UnitedStates, date(2024, 11, 27), date(2024, 11, 29)),
            (Market::UnitedStates, date(2024, 12, 31), date(2025, 1, 2)),
            (Market::UnitedStates, date(2017, 9, 1), date(2017, 9, 7)),
            (Market::UnitedStates, date(2025, 10, 10), date(2025, 10, 14)),
            (Market::Canada, date(2024, 5, 27), date(2024, 5, 28)),
            (Market::Germany, date(2024, 12, 23), date(2024, 12, 30)),
            (Market::Germany, date(2027, 10, 11), date(2027, 10, 12)),
            (Market::Japan, date(2025, 1, 3), date(2025, 1, 7)),
            (Market::UnitedStates, date(2023, 10, 2), date(2023, 10, 4)),
            (Market::UnitedStates, date(2023, 10, 6), date(2023, 10, 11)),
            // KIS 0112-KDIL2-1.4011.351.2024.1.JK.
            (Market::Poland, date(2023, 12, 29), date(2024, 1, 3)),
        ] {
            assert_eq!(settlement_day(market, traded_on), settled_on, "{market:?} {traded_on}");
        }
        let options = SettlementRule::next_day(Market::UnitedStates);
        assert_eq!(settlement_day(options, date(2025, 3, 7)), date(2025, 3, 10));
    }

    #[test]
    fn what_settles_the_next_day_does_so_by_the_days_of_its_market() {
        // tax-law 1.4: Treasury notes; 25 December is a holiday, 29 December 2023 a Friday.
        let next = |market, traded_on| settlement_day(SettlementRule::next_day(market), traded_on);
        assert_eq!(next(Market::UnitedStates, date(2023, 12, 28)), date(2023, 12, 29));
        assert_eq!(next(Market::UnitedStates, date(2023, 12, 22)), date(2023, 12, 26));
        // An option at Eurex; the next days of TARGET.
        assert_eq!(next(Market::Euro, date(2024, 12, 30)), date(2024, 12, 31));
        assert_eq!(next(Market::Euro, date(2024, 12, 31)), date(2025, 1, 2));
        // One calendar keeps both rules of a market apart.
        let mut calendar = SettlementCalendar::default();
        let day = date(2023, 12, 28);
        let rule = SettlementRule::next_day(Market::UnitedStates);
        assert_eq!(calendar.settlement_day(Market::UnitedStates, day), date(2024, 1, 2));
        assert_eq!(calendar.settlement_day(rule, day), date(2023, 12, 29));
    }

    #[test]
    fn the_last_day_of_the_year_settles_in_germany() {
        // Deutsche Börse, readiness newsflash of 26 November 2025; Eurex Clearing's circular 099/2019.
        for (traded_on, settled_on) in [
            (date(2025, 12, 29), date(2025, 12, 31)),
            (date(2025, 12, 30), date(2026, 1, 2)),
            (date(2024, 12, 27), date(2024, 12, 31)),
            (date(2024, 12, 30), date(2025, 1, 2)),
        ] {
            assert_eq!(settlement_day(Market::Germany, traded_on), settled_on, "{traded_on}");
        }
    }

    #[test]
    fn canada_settles_nothing_while_its_banks_are_closed() {
        // TMX's operational notice 2022-021; Remembrance Day by the same rule: 10 November 2022 settles on the
        // 15th, a Tuesday, because of the Friday and the weekend.
        for (traded_on, settled_on) in [
            (date(2022, 9, 28), date(2022, 10, 3)),
            (date(2022, 9, 29), date(2022, 10, 4)),
            (date(2022, 9, 30), date(2022, 10, 4)),
            (date(2022, 11, 10), date(2022, 11, 15)),
        ] {
            assert_eq!(settlement_day(Market::Canada, traded_on), settled_on, "{traded_on}");
        }
    }

    #[test]
    fn finra_columbus_day_1995_schedule_holds() {
        // FINRA Notice to Members 95-77, cycle T+3: trades of 6 and 9 October settle together.
        for (traded_on, settled_on) in [(2, 5), (3, 6), (4, 10), (5, 11), (6, 12), (9, 12)] {
            let settled = settlement_day(Market::UnitedStates, date(1995, 10, traded_on));
            assert_eq!(settled, date(1995, 10, settled_on));
        }
    }

    #[test]
    fn one_calendar_answers_as_fresh_ones_do() {
        let mut calendar = SettlementCalendar::default();
        for market in [Market::Poland, Market::HongKong, Market::Poland] {
            for day in [date(2024, 12, 30), date(2025, 1, 2), date(2024, 5, 1)] {
                assert_eq!(calendar.settlement_day(market, day), settlement_day(market, day));
            }
        }
    }

    fn market() -> impl Strategy<Value = Market> {
        prop::sample::select(vec![
            Market::UnitedStates,
            Market::Canada,
            Market::Mexico,
            Market::UnitedKingdom,
            Market::Euro,
            Market::Germany,
            Market::Switzerland,
            Market::Poland,
            Market::Sweden,
            Market::Norway,
            Market::Denmark,
            Market::Japan,
            Market::HongKong,
            Market::SouthAfrica,
            Market::Korea,
            Market::Australia,
            Market::Other,
        ])
    }

    proptest! {
        #[test]
        fn settlement_is_an_open_day_within_two_weeks(market in market(), number in 12_000_i32..22_000) {
            let traded_on = days::from_day_number(number);
            let settled_on = settlement_day(market, traded_on);
            prop_assert!(!is_closed(market, settled_on));
            prop_assert!((1..=14).contains(&(days::day_number(settled_on) - number)));
        }

        #[test]
        fn later_trades_never_settle_earlier_within_a_cycle(market in market(), number in 18_100_i32..19_800) {
            // 2019-07-23 to 2024-03-18: no market changed its cycle.
            let (one, next) = (days::from_day_number(number), days::from_day_number(number + 1));
            prop_assert!(settlement_day(market, one) <= settlement_day(market, next));
        }
    }
}
