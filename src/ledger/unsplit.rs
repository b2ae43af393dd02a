//! Splits that one account tells and another, which holds the same shares, does not.
//!
//! Several brokers leave splits out of their exports (broker-formats 1.11), others restate earlier rows, and
//! nothing in the file says which: the sender is told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, civil::Date};
use rust_decimal::Decimal;

use super::Ledger;
use crate::statement::{AccountIx, Code, Diagnostic, Event, InstrumentIx, Source, Transaction};

/// Brokers book one split within so many days of each other.
const DAYS_APART: i32 = 7;

/// What is known of one instrument on one account around a split.
#[derive(Debug, Default)]
struct Around {
    /// Shares just before it.
    held: Decimal,
    /// Where the first trade after it stands.
    traded_after: Option<(Date, Source)>,
    tells: bool,
}

/// No company splits its shares more often; the rest of a longer list is not looked at.
const SPLITS_MAX: usize = 64;

/// Names the first trade after a split on every account that held the shares and tells nothing of it.
pub(super) fn report(ledger: &mut Ledger) {
    let mut findings = Vec::new();
    for (instrument, events) in with_splits(&ledger.transactions) {
        let label = ledger.instrument(instrument).map_or("", |known| known.label());
        let mut told: BTreeSet<Source> = BTreeSet::new();
        let days: BTreeSet<Date> =
            events.iter().filter(|one| is_split(&one.event)).map(|one| one.day).collect();
        for day in days.into_iter().take(SPLITS_MAX) {
            for around in around(&events, day).into_values() {
                let Some((_, source)) = around.traded_after else { continue };
                if around.tells || around.held <= Decimal::ZERO || !told.insert(source) {
                    continue;
                }
                let finding = Diagnostic::at(Code::SplitElsewhere, source).found("", label);
                findings.push(finding.detail(day.to_string()));
            }
        }
    }
    ledger.diagnostics.append(&mut findings);
}

/// The events of instruments that were split and are on several accounts.
fn with_splits(
    transactions: &[Transaction],
) -> impl Iterator<Item = (InstrumentIx, Vec<&Transaction>)> {
    let split = transactions.iter().filter(|one| is_split(&one.event)).map(|one| one.instrument);
    let mut events: BTreeMap<InstrumentIx, Vec<&Transaction>> =
        split.map(|instrument| (instrument, Vec::new())).collect();
    for transaction in transactions {
        if let Some(events) = events.get_mut(&transaction.instrument) {
            events.push(transaction);
        }
    }
    events.into_iter().filter(|(_, events)| {
        let accounts = || events.iter().map(|one| one.account);
        accounts().min() != accounts().max()
    })
}

fn is_split(event: &Event) -> bool {
    matches!(event, Event::Split(_) | Event::SplitAdded { .. })
}

fn around(events: &[&Transaction], day: Date) -> BTreeMap<AccountIx, Around> {
    let mut accounts: BTreeMap<AccountIx, Around> = BTreeMap::new();
    for transaction in events {
        let around = accounts.entry(transaction.account).or_default();
        if is_split(&transaction.event) {
            around.tells |= is_near(transaction.day, day);
        }
        let Some(change) = change(&transaction.event) else { continue };
        if transaction.day < day {
            around.held += change;
        } else {
            note_first(around, transaction);
        }
    }
    accounts
}

/// By how much an event changes what is held, for those that every history has.
fn change(event: &Event) -> Option<Decimal> {
    if let Event::Sell(trade) = event {
        return Some(-trade.quantity);
    }
    if let Event::OpeningLot { quantity, .. } = event {
        return Some(*quantity);
    }
    if let Event::Buy(trade) = event { Some(trade.quantity) } else { None }
}

fn note_first(around: &mut Around, transaction: &Transaction) {
    let place = (transaction.day, transaction.source);
    let first = around.traded_after.is_none_or(|known| place < known);
    if first {
        around.traded_after = Some(place);
    }
}

fn is_near(one: Date, other: Date) -> bool {
    let within = Span::new().days(DAYS_APART);
    one.saturating_sub(within) <= other && other <= one.saturating_add(within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{Input, merge},
        money::{Currency, Money},
        statement::{FileId, SplitRatio, StatementBuilder, Trade},
    };

    fn account(file: u32, name: &str, splits: &[(i8, i8)]) -> Input {
        let mut builder = StatementBuilder::new(FileId(file), "template");
        let account = builder.account(name);
        let instrument = builder.instrument(None, "ACME", "");
        let trade = || {
            let money = |amount: i64| Money::new(amount.into(), Currency::USD);
            Trade::new(Decimal::TEN, money(1000), money(0))
        };
        let four = SplitRatio { new: 4.into(), old: Decimal::ONE };
        let split = splits.iter().map(|&(month, day)| (month, day, Event::Split(four)));
        let events = [(1, 2, Event::Buy(trade())), (9, 3, Event::Sell(trade()))];
        for (row, (month, day, event)) in (2..).zip(events.into_iter().chain(split)) {
            let source = builder.source(row);
            builder.push(Transaction {
                source,
                key: Some(builder.key("test", &[file.to_le_bytes(), row.to_le_bytes()].concat())),
                account,
                instrument,
                day: Date::constant(2024, month, day),
                millisecond: 0,
                event,
            });
            builder.used();
        }
        Input::untagged(format!("{file}.csv"), builder.finish())
    }

    fn found(inputs: Vec<Input>) -> Vec<(Code, Option<u32>, String)> {
        let ledger = merge(inputs);
        let of = |found: &Diagnostic| (found.code, found.row, found.detail.clone());
        ledger.diagnostics.iter().map(of).collect()
    }

    #[test]
    fn an_account_that_tells_nothing_of_a_split_is_named() {
        let [told, silent] = [account(0, "one", &[(6, 10)]), account(1, "two", &[])];
        let expected = (Code::SplitElsewhere, Some(3), "2024-06-10".to_owned());
        assert_eq!(found(vec![told, silent]), [expected]);
    }

    #[test]
    fn brokers_may_book_a_split_on_neighbouring_days() {
        let inputs = vec![account(0, "one", &[(6, 10)]), account(1, "two", &[(6, 7)])];
        assert_eq!(found(inputs), []);
        assert_eq!(found(vec![account(0, "one", &[(6, 10)])]), []);
    }
}
