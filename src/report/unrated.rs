//! Rows in a currency of which NBP publishes no rate, for the repair template: their sender knows what was paid, in złoty
//! or in a currency that has one.
//!
//! Only rows that the template can tell in full are offered, and only where one row is one event: what is written there
//! takes the place of the whole row.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::ReportInput;
use crate::{
    ledger::{Ledger, currency},
    money::{Country, Currency, Money},
    statement::{
        Code, Diagnostic, Event, InstrumentKind, RepairRow, Severity, Source, Trade, Transaction,
    },
};

/// A row for the template, and its currency without a rate.
#[derive(Debug)]
pub(crate) struct Unrated {
    pub(crate) row: RepairRow,
    currency: Currency,
}

impl Unrated {
    /// What is wrong with the row.
    pub(crate) fn finding(&self) -> Diagnostic {
        Diagnostic::at(Code::NoSuchCurrency, self.row.source).found("", self.currency.to_string())
    }
}

impl ReportInput<'_> {
    /// Rows whose currency NBP does not publish, in the order of the ledger.
    pub(crate) fn unrated(&self) -> Vec<Unrated> {
        let found = self.assessment.diagnostics.iter();
        let unknown = found.filter(|found| found.code == Code::NoSuchCurrency);
        let unknown: BTreeSet<&str> = unknown.map(|found| found.value.as_str()).collect();
        if unknown.is_empty() {
            return Vec::new();
        }
        let mut events: HashMap<Source, u32> = HashMap::new();
        for transaction in &self.ledger.transactions {
            *events.entry(transaction.source).or_default() += 1;
        }
        let asked: BTreeSet<Source> = self.asked().collect();
        let is_offered = |transaction: &&Transaction| {
            events.get(&transaction.source) == Some(&1) && !asked.contains(&transaction.source)
        };
        let unrated = |transaction: &Transaction| {
            let unknown = |currency: &Currency| unknown.contains(currency.as_str());
            let currency = currency(&transaction.event).filter(unknown)?;
            let (source, cells) = (transaction.source, cells(self.ledger, transaction)?);
            Some(Unrated { row: RepairRow { source, cells }, currency })
        };
        self.ledger.transactions.iter().filter(is_offered).filter_map(unrated).collect()
    }

    /// Rows that are asked for already, or of which something could not be read.
    fn asked(&self) -> impl Iterator<Item = Source> {
        let errors = self.ledger.diagnostics.iter();
        let errors = errors.filter(|found| found.severity == Severity::Error);
        let errors = errors.filter_map(|found| Some(Source { file: found.file?, row: found.row? }));
        self.ledger.repairs.iter().map(|repair| repair.source).chain(errors)
    }
}

/// What the template says of an event beside when, where and of what.
struct Told {
    kind: &'static str,
    settled_on: Option<Date>,
    quantity: Option<Decimal>,
    amount: Money,
    fee: Money,
    withheld: Money,
    country: Option<Country>,
}

impl Told {
    fn new(kind: &'static str, amount: Money) -> Self {
        let nothing = Money::zero(amount.currency);
        let (fee, withheld) = (nothing, nothing);
        Self { kind, settled_on: None, quantity: None, amount, fee, withheld, country: None }
    }

    fn trade(kind: &'static str, trade: &Trade) -> Option<Self> {
        let (quantity, settled_on) = (Some(trade.quantity), trade.settled_on());
        Some(Self { quantity, settled_on, fee: fee(trade)?, ..Self::new(kind, trade.gross) })
    }

    /// `None` for what no type of the template is.
    fn of(event: &Event, is_security: bool) -> Option<Self> {
        match event {
            Event::Buy(trade) if is_security => Self::trade("buy", trade),
            Event::Sell(trade) if is_security => Self::trade("sell", trade),
            Event::OpeningLot { quantity, cost } if is_security => {
                Some(Self { quantity: Some(*quantity), ..Self::new("opening_lot", *cost) })
            }
            Event::Dividend { gross, withheld, country } => Some(Self {
                withheld: *withheld,
                country: *country,
                ..Self::new("dividend", *gross)
            }),
            Event::Interest { gross, withheld } => {
                Some(Self { withheld: *withheld, ..Self::new("interest", *gross) })
            }
            Event::Fee { amount } => Some(Self::new("fee", *amount)),
            Event::Derivative { result, country } => {
                Some(Self { country: *country, ..Self::new("derivative", *result) })
            }
            Event::CryptoBuy { cost, fee } => {
                Some(Self { fee: *fee, ..Self::new("crypto_buy", *cost) })
            }
            Event::CryptoSell { revenue, fee } => {
                Some(Self { fee: *fee, ..Self::new("crypto_sell", *revenue) })
            }
            Event::Buy(_)
            | Event::Sell(_)
            | Event::OpeningLot { .. }
            | Event::OpenShort(_)
            | Event::CloseShort(_)
            | Event::Withholding { .. }
            | Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::TransferOut { .. }
            | Event::TransferIn { .. }
            | Event::Block => None,
        }
    }
}

/// All charges of a trade as one fee; `None` where they are in several currencies.
fn fee(trade: &Trade) -> Option<Money> {
    let charges = [&trade.commission].into_iter().chain(trade.charges());
    let mut charges = charges.filter(|charge| !charge.is_zero());
    let Some(first) = charges.next() else { return Some(Money::zero(trade.gross.currency)) };
    charges.try_fold(*first, |sum, charge| {
        let amount = sum.amount.checked_add(charge.amount)?;
        (sum.currency == charge.currency).then_some(Money::new(amount, sum.currency))
    })
}

/// The cells of the template, in the currencies of the row; `None` if it cannot tell the event in full.
fn cells(ledger: &Ledger, transaction: &Transaction) -> Option<Vec<(&'static str, String)>> {
    let known = ledger.instrument(transaction.instrument);
    let is_security = known.is_some_and(|known| known.kind == InstrumentKind::Security);
    let told = Told::of(&transaction.event, is_security)?;
    let Told { kind, settled_on, quantity, amount, fee, withheld, country } = told;
    // The template has one currency for both, and a fee is above zero.
    let has_other = !withheld.is_zero() && withheld.currency != amount.currency;
    if has_other || fee.amount < Decimal::ZERO {
        return None;
    }
    let number = |amount: Decimal| amount.normalize().to_string();
    let charged = |money: Money| Some(money).filter(|money| !money.is_zero());
    let fee_currency = charged(fee).map(|fee| fee.currency).filter(|of| *of != amount.currency);
    let cells = [
        ("date", Some(transaction.day.to_string())),
        ("time", time(transaction.millisecond)),
        ("settlement_date", settled_on.map(|day| day.to_string())),
        ("type", Some(kind.to_owned())),
        ("ticker", known.map(|known| known.symbol.clone())),
        ("isin", known.and_then(|known| known.isin).map(|isin| isin.to_string())),
        ("quantity", quantity.map(number)),
        ("amount", Some(number(amount.amount))),
        ("currency", Some(amount.currency.to_string())),
        ("fee", charged(fee).map(|fee| number(fee.amount))),
        ("fee_currency", fee_currency.map(|currency| currency.to_string())),
        ("country", country.map(|country| country.to_string())),
        ("withheld", charged(withheld).map(|withheld| number(withheld.amount))),
        ("account", Some(ledger.account(transaction.account).to_owned())),
    ];
    Some(cells.into_iter().filter_map(|(name, cell)| Some((name, cell?))).collect())
}

/// The time of day, which decides on the order within the day; nothing at midnight, which no row tells.
fn time(millisecond: u32) -> Option<String> {
    let (second, rest) = (millisecond / 1000, millisecond % 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    (millisecond > 0).then(|| format!("{hour:02}:{minute:02}:{second:02}{fraction}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ledger::{Input, merge};
    use crate::statement::{FileId, StatementBuilder};

    /// The cells of one event in the template, as `name=cell`; empty if it is not offered.
    fn told(event: Event, kind: InstrumentKind) -> String {
        let mut builder = StatementBuilder::new(FileId(0), "x");
        let (account, instrument) = (builder.account("A"), builder.instrument(None, "T", ""));
        builder.instrument_mut(instrument).unwrap().kind = kind;
        let (source, key, millisecond) = (builder.source(2), None, 36_000_500);
        let day = date(2024, 3, 4);
        builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
        let ledger = merge(vec![Input::untagged("a", builder.finish())]);
        let cells = cells(&ledger, &ledger.transactions[0]).unwrap_or_default();
        let cells = cells.into_iter().map(|(name, cell)| format!("{name}={cell}"));
        cells.collect::<Vec<_>>().join(" ")
    }

    fn money(amount: &str, currency: &str) -> Money {
        Money::new(amount.parse().unwrap(), Currency::parse(currency).unwrap())
    }

    fn bought(charges: &[(&str, &str)]) -> Event {
        let charges = charges.iter().map(|(amount, currency)| money(amount, currency));
        let trade = Trade::new(Decimal::from(3), money("12.50", "XYZ"), money("0.10", "XYZ"));
        Event::Buy(trade.with_charges(charges).settling_on(Some(date(2024, 3, 6))))
    }

    #[test]
    fn a_trade_is_told_with_its_day_its_place_and_all_of_its_charges() {
        let row = "date=2024-03-04 time=10:00:00.500 settlement_date=2024-03-06 type=buy ticker=T quantity=3 \
                   amount=12.5 currency=XYZ fee=0.35 account=A";
        assert_eq!(told(bought(&[("0.25", "XYZ")]), InstrumentKind::Security), row);
        // One fee cannot be in two currencies, and an option is no share.
        assert_eq!(told(bought(&[("0.25", "USD")]), InstrumentKind::Security), "");
        assert_eq!(told(bought(&[]), InstrumentKind::Derivative), "");
    }

    #[test]
    fn a_payment_is_told_with_its_tax_if_both_are_of_one_currency() {
        let dividend = |tax: Money| {
            let event = Event::Dividend {
                gross: money("7", "XYZ"),
                withheld: tax,
                country: Some(Country::US),
            };
            told(event, InstrumentKind::Security)
        };
        let row = "date=2024-03-04 time=10:00:00.500 type=dividend ticker=T amount=7 currency=XYZ country=US \
                   withheld=1.05 account=A";
        assert_eq!(dividend(money("1.05", "XYZ")), row);
        assert_eq!(dividend(money("1.05", "USD")), "");
    }

    #[test]
    fn a_fee_in_another_currency_keeps_it() {
        let event = Event::CryptoSell { revenue: money("7", "XYZ"), fee: money("2", "USD") };
        let row = told(event, InstrumentKind::Crypto);
        assert!(
            row.contains("type=crypto_sell") && row.contains("fee=2 fee_currency=USD"),
            "{row}"
        );
    }
}
