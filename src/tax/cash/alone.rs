//! Tax at source in a row of its own, where nothing was paid on its day.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Moment, PaymentKey, Work, payment::Rows, returned};
use crate::{
    money::{Currency, Money},
    statement::{AccountIx, Code, Diagnostic, InstrumentIx},
};

/// The payments of which an amount was paid, by account and instrument: their days, oldest first, and currencies.
#[derive(Debug)]
pub(super) struct Paid {
    days: HashMap<(AccountIx, InstrumentIx), Vec<(Date, Currency)>>,
}

impl Paid {
    pub(super) fn of(payments: &BTreeMap<PaymentKey, Rows>) -> Self {
        let mut days: HashMap<_, Vec<_>> = HashMap::new();
        for (&(day, account, instrument, currency), rows) in payments {
            if !rows.payments.is_empty() {
                days.entry((account, instrument)).or_default().push((day, currency));
            }
        }
        Self { days }
    }

    /// Those at most so many days before and after the day.
    pub(super) fn around(
        &self,
        of: (AccountIx, InstrumentIx),
        day: Date,
        days_max: i32,
    ) -> &[(Date, Currency)] {
        let all = self.days.get(&of).map_or(&[][..], Vec::as_slice);
        let is_near = |paid: Date| distance(paid, day) <= days_max;
        let from = all.partition_point(|(paid, _)| *paid < day && !is_near(*paid));
        let to = all.partition_point(|(paid, _)| *paid <= day || is_near(*paid));
        all.get(from..to).unwrap_or_default()
    }
}

/// How many days lie between two.
pub(super) fn distance(a: Date, b: Date) -> i32 {
    a.since(b).map_or(i32::MAX, |span| span.get_days().abs())
}

impl Work<'_> {
    /// Takes the tax rows without a payment out of the payments and puts each to where it belongs.
    pub(super) fn place_taxes(
        &mut self,
        payments: &mut BTreeMap<PaymentKey, Rows>,
        interest: &mut BTreeMap<PaymentKey, Rows>,
    ) {
        let alone = payments.iter().filter(|(_, rows)| rows.payments.is_empty());
        let alone: Vec<PaymentKey> = alone.map(|(key, _)| *key).collect();
        // Tax that finds its payment adds none, so these stay what they are.
        let paid = [Paid::of(payments), Paid::of(interest)];
        for key in alone {
            if let Some(rows) = payments.remove(&key) {
                self.at = Moment::TaxAlone(key);
                self.place_tax(key, &rows, &paid, payments, interest);
            }
        }
    }

    /// Tax rows without a dividend: tax on interest of the same account and currency, paid on the day or
    /// at most a month around it, or tax given back of an earlier dividend; otherwise an error that names the row.
    fn place_tax(
        &mut self,
        key: PaymentKey,
        rows: &Rows,
        [dividends, interest_paid]: &[Paid; 2],
        payments: &mut BTreeMap<PaymentKey, Rows>,
        interest: &mut BTreeMap<PaymentKey, Rows>,
    ) {
        let (day, account, instrument, currency) = key;
        let near = interest_paid.around((account, instrument), day, returned::DAYS_APART_MAX);
        let of_currency = near.iter().filter(|(_, of)| *of == currency);
        let nearest = of_currency.map(|(paid, _)| *paid).min_by_key(|paid| distance(*paid, day));
        let nearest = nearest.map(|paid| (paid, account, instrument, currency));
        if let Some(target) = nearest.and_then(|found| interest.get_mut(&found)) {
            target.taxes.extend(&rows.taxes);
            return;
        }
        let net: Decimal = rows.taxes.iter().map(|row| row.withheld).sum();
        // Taken and given back in full: nothing is left to credit.
        if net.is_zero() {
            return;
        }
        let label = self.ledger.instrument(instrument).map_or("", |i| i.label());
        let paid = returned::dividend_of(key, net, payments, dividends);
        let own = paid.and_then(|paid| Some((paid.0, payments.get_mut(&paid)?)));
        if let Some((paid, target)) = own {
            target.taxes.extend(&rows.taxes);
            if let Some(first) = rows.taxes.first() {
                let finding = Diagnostic::at(Code::WithholdingReturned, first.source)
                    .found(label, Money::new(-net, currency).to_string())
                    .detail(paid.to_string());
                self.cash.findings.push(self.at, (paid.year(), finding));
            }
            return;
        }
        if let Some(first) = rows.taxes.first() {
            let (code, told) = match returned::nearest_to(key, net, dividends) {
                Some(nearest) => (Code::WithholdingApart, nearest),
                None => (Code::WithholdingAlone, day),
            };
            let finding = Diagnostic::at(code, first.source)
                .found(label, format!("{net} {currency}"))
                .detail(told.to_string());
            self.cash.findings.push(self.at, (day.year(), finding));
        }
    }
}
