//! Tax at source that was given back after the day of its dividend.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    PaymentKey,
    alone::{Paid, distance},
    payment::Rows,
};

/// A form that lowers the rate works back on what was taken before, within a year at most.
pub(super) const DAYS_MAX: i32 = 366;

/// The latest earlier dividend of the same account, instrument and currency of which that much was withheld.
/// `net` is negative: given back.
pub(super) fn dividend_of(
    (day, account, instrument, currency): PaymentKey,
    net: Decimal,
    payments: &BTreeMap<PaymentKey, Rows>,
    dividends: &Paid,
) -> Option<PaymentKey> {
    if !net.is_sign_negative() {
        return None;
    }
    let earlier = dividends.around((account, instrument), day, DAYS_MAX).iter().rev();
    earlier
        .filter(|(paid, of)| *paid < day && *of == currency)
        .map(|(paid, _)| (*paid, account, instrument, currency))
        .find(|key| payments.get(key).is_some_and(|rows| rows.withheld(currency) >= -net))
}

/// Tax is booked that many days from its dividend, mostly; further away is another one.
pub(super) const DAYS_APART_MAX: i32 = 31;

/// The day of the nearest dividend of the same account and instrument that tax without one may belong to: given back, an
/// earlier one.
pub(super) fn nearest_to(
    (day, account, instrument, _): PaymentKey,
    net: Decimal,
    dividends: &Paid,
) -> Option<Date> {
    let is_refund = net.is_sign_negative();
    let days_max = if is_refund { DAYS_MAX } else { DAYS_APART_MAX };
    let own = dividends.around((account, instrument), day, days_max).iter();
    own.map(|(paid, _)| *paid)
        .filter(|paid| *paid < day || !is_refund)
        .min_by_key(|paid| distance(*paid, day))
}

#[cfg(test)]
mod tests {
    use super::super::payment::Payment;
    use super::*;
    use crate::money::{Currency, Money};
    use crate::statement::{AccountIx, FileId, InstrumentIx, Source};
    use jiff::civil::date;

    fn paid(withheld: i64) -> Rows {
        let source = Source { file: FileId(0), row: 1 };
        let withheld = Money::new(Decimal::from(withheld), Currency::USD);
        let payments = vec![Payment::new(Decimal::ONE_HUNDRED, withheld, None, source)];
        Rows { payments, taxes: Vec::new() }
    }

    fn key(day: Date) -> PaymentKey {
        (day, AccountIx(0), InstrumentIx(0), Currency::USD)
    }

    #[test]
    fn the_latest_earlier_dividend_with_enough_tax_is_meant() {
        let days = [date(2023, 3, 1), date(2024, 3, 1), date(2024, 6, 1), date(2024, 9, 1)];
        let payments: BTreeMap<PaymentKey, Rows> = days
            .into_iter()
            .zip([30, 30, 15, 30])
            .map(|(day, tax)| (key(day), paid(tax)))
            .collect();
        let dividends = Paid::of(&payments);
        let of = |day, net: i64| {
            let found = dividend_of(key(day), Decimal::from(net), &payments, &dividends);
            found.map(|(day, ..)| day)
        };
        assert_eq!(of(date(2024, 7, 1), -15), Some(date(2024, 6, 1)));
        assert_eq!(of(date(2024, 7, 1), -16), Some(date(2024, 3, 1)));
        assert_eq!(of(date(2024, 7, 1), -31), None);
        assert_eq!(of(date(2026, 7, 1), -15), None, "too long ago");
        assert_eq!(of(date(2024, 7, 1), 15), None, "taken, not given back");
        let other = (date(2024, 7, 1), AccountIx(1), InstrumentIx(0), Currency::USD);
        assert_eq!(dividend_of(other, Decimal::from(-15), &payments, &dividends), None);
    }
    /// Tax may be booked before its dividend or after it; given back, only after.
    #[test]
    fn the_nearest_dividend_is_named_the_earlier_of_two() {
        let euro = |day| (day, AccountIx(0), InstrumentIx(0), Currency::EUR);
        let other = |day| (day, AccountIx(0), InstrumentIx(1), Currency::USD);
        let payments = BTreeMap::from([
            (key(date(2024, 3, 1)), paid(15)),
            (euro(date(2024, 3, 9)), paid(15)),
            (key(date(2024, 3, 15)), paid(15)),
            (other(date(2024, 3, 12)), paid(15)),
            // Tax alone is no dividend.
            (key(date(2024, 3, 13)), Rows::default()),
        ]);
        let dividends = Paid::of(&payments);
        let nearest = |day, net: i64| nearest_to(key(day), Decimal::from(net), &dividends);
        assert_eq!(nearest(date(2024, 3, 12), 1), Some(date(2024, 3, 9)), "a tie");
        assert_eq!(nearest(date(2024, 3, 13), 1), Some(date(2024, 3, 15)));
        assert_eq!(nearest(date(2024, 3, 13), -1), Some(date(2024, 3, 9)), "given back");
        assert_eq!(nearest(date(2024, 3, 15), 1), Some(date(2024, 3, 15)));
        assert_eq!(nearest(date(2024, 4, 15), 1), Some(date(2024, 3, 15)), "31 days");
        assert_eq!(nearest(date(2024, 4, 16), 1), None);
        assert_eq!(nearest(date(2025, 3, 16), -1), Some(date(2024, 3, 15)), "366 days");
        assert_eq!(nearest(date(2025, 3, 17), -1), None);
    }
}
