//! When a return is filed.

use jiff::civil::{Date, Weekday, date};

/// The first and the last day for filing the return of a tax year and paying its tax: 15 February and 30 April of the
/// next year (art. 45 ust. 1, 1a pkt 1 and 4 PIT). A last day that is free moves to the next working day (art. 12
/// § 5 OP); after 30 April only weekends and the holidays of 1 and 3 May can follow.
pub fn filing_days(year: i16) -> (Date, Date) {
    let next = year.saturating_add(1).clamp(1, 9998);
    let mut last = date(next, 4, 30);
    while is_free(last) {
        last = last.tomorrow().unwrap_or(last);
    }
    (date(next, 2, 15), last)
}

fn is_free(day: Date) -> bool {
    let holiday = day.month() == 5 && matches!(day.day(), 1 | 3);
    holiday || matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_on_a_free_day_moves_to_the_next_working_day() {
        // 2023-04-30 is a Sunday and 1 May a holiday; 2022-04-30 a Saturday; 2027-04-30 a Friday (tax-law 10.3).
        for (year, last) in [
            (2021, date(2022, 5, 2)),
            (2022, date(2023, 5, 2)),
            (2025, date(2026, 4, 30)),
            (2026, date(2027, 4, 30)),
        ] {
            assert_eq!(filing_days(year), (date(year + 1, 2, 15), last), "{year}");
        }
    }
}
