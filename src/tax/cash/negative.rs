//! Interest below zero: a payment taken back belongs to the payment that it takes back, interest paid to nothing.
//!
//! Part G knows no costs (art. 30a ust. 6 PIT), so interest paid takes nothing off interest received.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Moment, PaymentKey, Work, payment::Payment, payment::Rows, returned::DAYS_MAX};
use crate::{
    days,
    money::{Currency, Money},
    statement::{AccountIx, Code, Diagnostic, InstrumentIx},
};

/// Payments that may be taken back, by what must be the same, and how many there are of each day.
type Paid = BTreeMap<(AccountIx, InstrumentIx, Currency, Decimal, Date), u32>;

impl Work<'_> {
    /// Puts rows below zero to the latest payment of exactly that amount on the same account, at most a year before: its
    /// day gives year and rate. What takes back no payment counts for nothing. Of both the sender is told.
    pub(super) fn settle_negative(&mut self, interest: &mut BTreeMap<PaymentKey, Rows>) {
        let mut changed: BTreeSet<PaymentKey> = BTreeSet::new();
        for (from, place, row, to) in negative(interest) {
            self.at = Moment::NegativeInterest(from);
            let (day, _, _, currency) = from;
            let (code, told_on) = match to {
                // Netted with the payment of its own day.
                Some(to) if to == from => continue,
                Some(to @ (paid_on, ..)) => {
                    let nothing = Payment { gross: Decimal::ZERO, withheld: Decimal::ZERO, ..row };
                    leave(interest, from, place, nothing);
                    put_to(interest, from, to, row);
                    (Code::InterestReturned, paid_on)
                }
                None => {
                    leave(interest, from, place, Payment { gross: Decimal::ZERO, ..row });
                    (Code::InterestPaid, day)
                }
            };
            changed.insert(from);
            let finding = Diagnostic::at(code, row.source)
                .found("", Money::new(-row.gross, currency).to_string())
                .detail(told_on.to_string());
            self.cash.findings.push(self.at, (told_on.year(), finding));
        }
        for key in changed {
            drop_empty(interest, key);
        }
    }
}

/// Drops the rows of a payment of which nothing is left; those beside tax stay with it.
fn drop_empty(interest: &mut BTreeMap<PaymentKey, Rows>, key: PaymentKey) {
    let Some(rows) = interest.get_mut(&key).filter(|rows| rows.taxes.is_empty()) else { return };
    rows.payments.retain(|row| !(row.gross.is_zero() && row.withheld.is_zero()));
    if rows.payments.is_empty() {
        interest.remove(&key);
    }
}

fn is_negative(row: &Payment) -> bool {
    row.gross.is_sign_negative() && !row.gross.is_zero()
}

/// A row below zero, its place in its payment, and the payment that it takes back, if the files have it.
type Negative = (PaymentKey, usize, Payment, Option<PaymentKey>);

fn negative(interest: &BTreeMap<PaymentKey, Rows>) -> Vec<Negative> {
    let mut paid = Paid::new();
    let mut negative = Vec::new();
    for (&key, rows) in interest {
        let (day, account, instrument, currency) = key;
        for (place, row) in rows.payments.iter().enumerate() {
            if is_negative(row) {
                negative.push((key, place, *row));
            } else {
                *paid.entry((account, instrument, currency, row.gross, day)).or_default() += 1;
            }
        }
    }
    let mut take = |(day, account, instrument, currency): PaymentKey, amount| {
        let of = |day| (account, instrument, currency, amount, day);
        let window = of(days::plus(day, -DAYS_MAX))..=of(day);
        let (&found, count) = paid.range_mut(window).next_back()?;
        *count -= 1;
        if *count == 0 {
            paid.remove(&found);
        }
        let (.., paid_on) = found;
        Some((paid_on, account, instrument, currency))
    };
    let owned = negative.into_iter();
    owned.map(|(key, place, row)| (key, place, row, take(key, -row.gross))).collect()
}

/// Puts what is left of a row into its place.
fn leave(interest: &mut BTreeMap<PaymentKey, Rows>, from: PaymentKey, place: usize, left: Payment) {
    let row = interest.get_mut(&from).and_then(|rows| rows.payments.get_mut(place));
    if let Some(row) = row {
        *row = left;
    }
}

/// Adds a row to another payment, and the tax beside it too if it was the only one there.
fn put_to(
    interest: &mut BTreeMap<PaymentKey, Rows>,
    from: PaymentKey,
    to: PaymentKey,
    row: Payment,
) {
    let left = interest.get_mut(&from).filter(|rows| rows.payments.len() == 1);
    let taxes = left.map(|rows| std::mem::take(&mut rows.taxes)).unwrap_or_default();
    let target = interest.entry(to).or_default();
    target.payments.push(row);
    target.taxes.extend(taxes);
}
