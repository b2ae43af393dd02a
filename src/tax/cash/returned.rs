//! Tax at source that was given back after the day of its dividend.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{PaymentKey, distance, payment::Rows};

/// A form that lowers the rate works back on what was taken before, within a year at most.
pub(super) const DAYS_MAX: i32 = 366;

/// The latest earlier dividend of the same account, instrument and currency of which that much was withheld.
/// `net` is negative: given back.
pub(super) fn dividend_of(
    (day, account, instrument, currency): PaymentKey,
    net: Decimal,
    payments: &BTreeMap<PaymentKey, Rows>,
) -> Option<PaymentKey> {
    if !net.is_sign_negative() {
        return None;
    }
    let fits = |((paid, a, i, c), rows): &(&PaymentKey, &Rows)| {
        (*a, *i, *c) == (account, instrument, currency)
            && *paid < day
            && distance(*paid, day) <= DAYS_MAX
            && !rows.payments.is_empty()
            && rows.withheld(currency) >= -net
    };
    payments.iter().rev().find(fits).map(|(key, _)| *key)
}

/// Tax is booked that many days from its dividend, mostly; further away is another one.
const DAYS_APART_MAX: i32 = 31;

/// The day of the nearest dividend of the same account and instrument that tax without one may belong to: given back, an
/// earlier one.
pub(super) fn nearest_to(
    (day, account, instrument, _): PaymentKey,
    net: Decimal,
    payments: &BTreeMap<PaymentKey, Rows>,
) -> Option<Date> {
    let is_refund = net.is_sign_negative();
    let days_max = if is_refund { DAYS_MAX } else { DAYS_APART_MAX };
    let own = payments.iter().filter(|((paid, a, i, _), rows)| {
        (*a, *i) == (account, instrument)
            && !rows.payments.is_empty()
            && (*paid < day || !is_refund)
            && distance(*paid, day) <= days_max
    });
    own.map(|(key, _)| key.0).min_by_key(|paid| distance(*paid, day))
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
        let of = |day, net: i64| {
            dividend_of(key(day), Decimal::from(net), &payments).map(|(day, ..)| day)
        };
        assert_eq!(of(date(2024, 7, 1), -15), Some(date(2024, 6, 1)));
        assert_eq!(of(date(2024, 7, 1), -16), Some(date(2024, 3, 1)));
        assert_eq!(of(date(2024, 7, 1), -31), None);
        assert_eq!(of(date(2026, 7, 1), -15), None, "too long ago");
        assert_eq!(of(date(2024, 7, 1), 15), None, "taken, not given back");
        let other = (date(2024, 7, 1), AccountIx(1), InstrumentIx(0), Currency::USD);
        assert_eq!(dividend_of(other, Decimal::from(-15), &payments), None);
    }
}
