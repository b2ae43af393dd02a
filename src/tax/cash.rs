//! Dividends, interest, fees, derivative results and crypto: events without lots.

mod alone;
mod negative;
mod outside;
mod payment;
mod returned;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use payment::{Payment, Rows};

use super::{
    CreditCap, CryptoEvent, DerivativeResult, DividendResult, FeeResult, InterestResult, Options,
    fifo::CashEvent,
    leg::Converter,
    placed::Placed,
    residence::{Outside, is_here},
    treaty,
};
use crate::{
    ledger::Ledger,
    money::{Country, Currency, Money, Pln, rounding},
    rates::NoRate,
    statement::{
        AccountIx, Code, Diagnostic, Event, Instrument, InstrumentIx, Source, Transaction,
    },
};

/// Everything without lots, by kind, and what could not be computed.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Cash {
    pub(super) dividends: Placed<DividendResult, PaymentKey>,
    pub(super) interest: Placed<InterestResult, PaymentKey>,
    pub(super) fees: Placed<FeeResult>,
    pub(super) derivatives: Placed<DerivativeResult>,
    pub(super) crypto: Placed<CryptoEvent>,
    /// Events outside the period of Polish residence.
    #[serde(default)]
    pub(super) outside: Placed<Outside>,
    /// Findings that belong to one year.
    pub(super) findings: Placed<(i16, Diagnostic), Moment>,
}

impl Cash {
    /// Takes in the events of another part of the ledger.
    pub(super) fn merge(&mut self, other: Self) {
        self.dividends.merge(other.dividends);
        self.interest.merge(other.interest);
        self.fees.merge(other.fees);
        self.derivatives.merge(other.derivatives);
        self.crypto.merge(other.crypto);
        self.outside.merge(other.outside);
        self.findings.merge(other.findings);
    }
}

/// Where a finding stands among the others: in the order in which the work is done.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(super) enum Moment {
    Event(u32),
    TaxAlone(PaymentKey),
    Dividend(PaymentKey),
    NegativeInterest(PaymentKey),
    Interest(PaymentKey),
}

/// Rows of one payment: same account, instrument, pay day and currency.
type PaymentKey = (Date, AccountIx, InstrumentIx, Currency);

/// Computes all events without lots, in the order of the ledger.
pub(super) fn compute(
    ledger: &Ledger,
    events: &[CashEvent<'_>],
    converter: Converter<'_>,
    options: &Options,
) -> Cash {
    let taxed = outside::taxed(events, options.residence);
    let at = Moment::Event(0);
    let mut work = Work { ledger, converter, options, at, cash: Cash::default() };
    let mut payments: BTreeMap<PaymentKey, Rows> = BTreeMap::new();
    let mut interest: BTreeMap<PaymentKey, Rows> = BTreeMap::new();
    for &(place, transaction) in events {
        work.at = Moment::Event(place);
        if is_here(options.residence, transaction.day) {
            work.sort(place, transaction, &mut payments, &mut interest);
        } else {
            work.leave_out(place, transaction, &taxed);
        }
    }
    work.place_taxes(&mut payments, &mut interest);
    for (key, rows) in payments {
        work.at = Moment::Dividend(key);
        work.dividends(key, &rows);
    }
    work.settle_negative(&mut interest);
    for (key, rows) in interest {
        work.at = Moment::Interest(key);
        work.interest(key, &rows);
    }
    work.cash
}

struct Work<'a> {
    ledger: &'a Ledger,
    converter: Converter<'a>,
    options: &'a Options,
    /// What is in hand.
    at: Moment,
    cash: Cash,
}

impl Work<'_> {
    fn sort(
        &mut self,
        place: u32,
        transaction: &Transaction,
        payments: &mut BTreeMap<PaymentKey, Rows>,
        interest: &mut BTreeMap<PaymentKey, Rows>,
    ) {
        let key =
            |currency| (transaction.day, transaction.account, transaction.instrument, currency);
        let source = transaction.source;
        match transaction.event {
            Event::Dividend { gross, withheld, country } => {
                let row = Payment::new(gross.amount, withheld, country, source);
                payments.entry(key(gross.currency)).or_default().payments.push(row);
            }
            Event::Withholding { amount, country } => {
                let row = Payment::new(Decimal::ZERO, amount, country, source);
                payments.entry(key(amount.currency)).or_default().taxes.push(row);
            }
            Event::Interest { gross, withheld } => {
                let row = Payment::new(gross.amount, withheld, None, source);
                interest.entry(key(gross.currency)).or_default().payments.push(row);
            }
            Event::Fee { amount } => self.fee(place, transaction, amount),
            Event::Derivative { result, country } => {
                self.derivative(place, transaction, result, country);
            }
            Event::CryptoBuy { cost, fee } => self.crypto(place, transaction, None, [cost, fee]),
            Event::CryptoSell { revenue, fee } => {
                let costs = [fee, Money::zero(fee.currency)];
                self.crypto(place, transaction, Some(revenue), costs);
            }
            Event::Buy(_)
            | Event::Sell(_)
            | Event::OpenShort(_)
            | Event::CloseShort(_)
            | Event::OpeningLot { .. }
            | Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::TransferOut { .. }
            | Event::TransferIn { .. }
            | Event::Block => {}
        }
    }

    fn dividends(&mut self, key: PaymentKey, rows: &Rows) {
        for payment in rows.netted() {
            if payment.gross.is_zero() && payment.withheld.is_zero() {
                continue;
            }
            match self.dividend(key, payment) {
                Ok(result) => self.cash.dividends.push(key, result),
                Err(missing) => self.missing(key.0, missing, payment.source),
            }
        }
    }

    fn dividend(&mut self, key: PaymentKey, payment: Payment) -> Result<DividendResult, NoRate> {
        let (paid_on, account, instrument, currency) = key;
        let known = self.ledger.instrument(instrument);
        let country = payment.country.or_else(|| known.and_then(Instrument::issuer_country));
        self.refuse_negative(paid_on, payment, known.map_or("", |known| known.label()));
        let gross = Money::new(payment.gross.max(Decimal::ZERO), currency);
        let withheld = Money::new(payment.withheld.max(Decimal::ZERO), payment.withheld_currency);
        let (gross_pln, rate) = self.converter.on(gross, paid_on)?;
        let (withheld_pln, _) = self.converter.on(withheld, paid_on)?;
        let treaty_rate =
            country.and_then(|country| treaty::dividend_rate(country, paid_on.year()));
        let nineteen = Pln::declared(gross_pln.amount() * Options::TAX_RATE);
        // Tax of a Polish payer is final (art. 41 PIT), not credited.
        let foreign = if country == Some(Country::PL) { Pln::ZERO } else { withheld_pln };
        let credit_nineteen = foreign.min(nineteen);
        let treaty_cap = treaty_rate.map(|rate| Pln::declared(gross_pln.amount() * rate));
        let credit = match self.options.credit_cap {
            CreditCap::Treaty => treaty_cap.map_or(credit_nineteen, |cap| credit_nineteen.min(cap)),
            CreditCap::Nineteen => credit_nineteen,
        };
        Ok(DividendResult {
            account,
            instrument,
            paid_on,
            year: paid_on.year(),
            country,
            gross,
            gross_pln,
            withheld,
            withheld_pln,
            treaty_rate,
            credit,
            credit_nineteen,
            rate,
            source: payment.source,
        })
    }

    /// After netting, a negative dividend or tax means that the original row is in another file.
    fn refuse_negative(&mut self, day: Date, payment: Payment, label: &str) {
        let is_negative = |amount: Decimal| amount.is_sign_negative() && !amount.is_zero();
        let found = match (is_negative(payment.gross), is_negative(payment.withheld)) {
            (true, _) => Some((Code::IncomeReversed, payment.gross)),
            (false, true) => Some((Code::WithholdingAlone, payment.withheld)),
            (false, false) => None,
        };
        if let Some((code, amount)) = found {
            let finding = Diagnostic::at(code, payment.source)
                .found(label, amount.to_string())
                .detail(day.to_string());
            self.cash.findings.push(self.at, (day.year(), finding));
        }
    }

    fn interest(&mut self, key: PaymentKey, rows: &Rows) {
        let (paid_on, account, instrument, currency) = key;
        for payment in rows.netted() {
            let gross = Money::new(payment.gross, currency);
            let withheld =
                Money::new(payment.withheld.max(Decimal::ZERO), payment.withheld_currency);
            let converted = self
                .converter
                .on(gross, paid_on)
                .and_then(|(pln, rate)| Ok((pln, rate, self.converter.on(withheld, paid_on)?.0)));
            match converted {
                Ok((gross_pln, rate, withheld_pln)) => {
                    // Rounded as the tax itself: up to the grosz (art. 63 § 1a OP).
                    let cap =
                        rounding::up_to_grosz(gross_pln.or_zero().amount() * Options::TAX_RATE);
                    let cap = Pln::declared(cap).min(self.interest_cap(instrument, gross_pln));
                    let result = InterestResult {
                        account,
                        instrument,
                        paid_on,
                        year: paid_on.year(),
                        gross,
                        gross_pln,
                        withheld_pln,
                        credit: withheld_pln.min(cap),
                        rate,
                        source: payment.source,
                    };
                    self.cash.interest.push(key, result);
                }
                Err(missing) => self.missing(paid_on, missing, payment.source),
            }
        }
    }

    /// What the treaty lets the state of a bond's issuer take. Of interest on cash the state is not known.
    fn interest_cap(&self, instrument: InstrumentIx, gross: Pln) -> Pln {
        let issuer = self.ledger.issuer_country(instrument);
        if issuer == Some(Country::PL) {
            return Pln::ZERO;
        }
        let rate = match self.options.credit_cap {
            CreditCap::Treaty => issuer.and_then(treaty::interest_rate),
            CreditCap::Nineteen => None,
        };
        let rate = rate.unwrap_or(Options::TAX_RATE).min(Options::TAX_RATE);
        Pln::declared(rounding::up_to_grosz(gross.or_zero().amount() * rate))
    }

    fn fee(&mut self, place: u32, transaction: &Transaction, amount: Money) {
        match self.converter.on(amount, transaction.day) {
            Ok((amount_pln, rate)) => self.cash.fees.push(
                place,
                FeeResult {
                    account: transaction.account,
                    charged_on: transaction.day,
                    year: transaction.day.year(),
                    amount,
                    amount_pln,
                    rate,
                    source: transaction.source,
                },
            ),
            Err(missing) => self.missing(transaction.day, missing, transaction.source),
        }
    }

    fn derivative(
        &mut self,
        place: u32,
        transaction: &Transaction,
        result: Money,
        country: Option<Country>,
    ) {
        let issuer = || self.ledger.issuer_country(transaction.instrument);
        let country = country.or_else(issuer);
        match self.converter.on(result, transaction.day) {
            Ok((result_pln, rate)) => self.cash.derivatives.push(
                place,
                DerivativeResult {
                    account: transaction.account,
                    instrument: transaction.instrument,
                    closed_on: transaction.day,
                    year: transaction.day.year(),
                    result,
                    result_pln,
                    country,
                    rate,
                    source: transaction.source,
                },
            ),
            Err(missing) => self.missing(transaction.day, missing, transaction.source),
        }
    }

    fn crypto(
        &mut self,
        place: u32,
        transaction: &Transaction,
        revenue: Option<Money>,
        costs: [Money; 2],
    ) {
        let day = transaction.day;
        let converted = || -> Result<_, NoRate> {
            let nothing = (Pln::ZERO, crate::rates::RateIx::PLN);
            let (revenue_pln, revenue_rate) =
                revenue.map(|money| self.converter.on(money, day)).transpose()?.unwrap_or(nothing);
            let [first, second] = costs.map(|money| self.converter.on(money, day));
            let (first, second) = (first?, second?);
            let rate = if revenue.is_some() { revenue_rate } else { first.1 };
            Ok((revenue_pln, first.0 + second.0, rate))
        };
        match converted() {
            Ok((revenue, cost, rate)) => self.cash.crypto.push(
                place,
                CryptoEvent {
                    account: transaction.account,
                    instrument: transaction.instrument,
                    on: day,
                    year: day.year(),
                    revenue,
                    cost,
                    rate,
                    source: transaction.source,
                },
            ),
            Err(missing) => self.missing(day, missing, transaction.source),
        }
    }

    fn missing(&mut self, day: Date, missing: NoRate, source: Source) {
        self.cash.findings.push(self.at, (day.year(), missing_rate(missing, source)));
    }
}

/// The finding for a leg without a rate.
pub(super) fn missing_rate(missing: NoRate, source: Source) -> Diagnostic {
    Diagnostic::at(Code::MissingRate, source)
        .found("", missing.currency.to_string())
        .detail(missing.day.to_string())
}
