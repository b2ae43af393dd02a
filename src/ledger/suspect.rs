//! Rows of two files that look like one event, where no broker's id can prove or disprove it.
//!
//! Counting them twice may double an income, counting them once may lose one. Only the sender knows, so
//! the result waits for the answer: a named account makes the rows comparable.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Ledger, order};
use crate::{
    money::Currency,
    statement::{AccountIx, Code, Diagnostic, Event, FileId, InstrumentIx, Source, Transaction},
};

/// What two rows must share to look alike. The account is left out: without a named account it is the file.
type Likeness = (Date, u32, InstrumentIx, u8, [Decimal; 3], Option<Currency>);

/// Reports rows without an id that look like a row of another file.
pub(super) fn repeated_rows(ledger: &mut Ledger) {
    let mut files: Vec<_> = nameless(ledger).map(|transaction| transaction.source.file).collect();
    files.dedup();
    if files.len() < 2 {
        return;
    }
    let mut first: BTreeMap<Likeness, Source> = BTreeMap::new();
    let mut findings = Vec::new();
    for transaction in nameless(ledger) {
        let source = transaction.source;
        let known = *first.entry(likeness(transaction)).or_insert(source);
        if known.file != source.file {
            let other = ledger.file_name(known.file);
            let finding = Diagnostic::at(Code::LikelyDuplicate, source)
                .found("", transaction.day.to_string())
                .detail(format!("{other}: {}", known.row));
            findings.push(finding);
        }
    }
    ledger.diagnostics.append(&mut findings);
}

/// Layouts of one broker whose rows cannot be compared: the shortened history masks the account and gives
/// neither time nor contract. Beside another layout of the same days it may tell every trade twice.
const SHORTENED: &str = "ibkr-transactions";

/// Reports a shortened history whose days another layout of the broker covers as well.
pub(super) fn shortened_histories(ledger: &mut Ledger) {
    let spans: Vec<(FileId, &str, Date, Date)> = ledger
        .inputs
        .iter()
        .filter(|input| input.format.starts_with("ibkr-"))
        .filter_map(|input| {
            let days = || {
                ledger.transactions.iter().filter(|t| t.source.file == input.file).map(|t| t.day)
            };
            Some((input.file, input.format, days().min()?, days().max()?))
        })
        .collect();
    let overlaps = |file: FileId, first: Date, last: Date| {
        spans.iter().find(|other| {
            other.0 != file && other.1 != SHORTENED && other.2 <= last && first <= other.3
        })
    };
    let mut findings = Vec::new();
    for &(file, format, first, last) in &spans {
        if format == SHORTENED
            && let Some(other) = overlaps(file, first, last)
        {
            let name = ledger.file_name(other.0).to_owned();
            findings.push(Diagnostic::in_file(Code::LikelyDuplicate, file).detail(name));
        }
    }
    ledger.diagnostics.append(&mut findings);
}

/// Layouts of one broker that tell a trade by the order or by its executions, as the sender chose.
const BY_ORDER: [&str; 2] = ["ibkr-activity", "ibkr-flex"];

/// Trades of one day in one instrument and direction.
type Deal = (AccountIx, InstrumentIx, Date, u8);

/// Reports days of which two layouts still tell trades of one instrument after equal ones were dropped: each of them
/// covers the whole day, so an order stands in one of them and its executions in the other.
pub(super) fn orders_beside_executions(ledger: &mut Ledger) {
    let layout = |file: FileId| {
        let format =
            ledger.inputs.iter().find(|input| input.file == file).map(|input| input.format);
        format.and_then(|format| BY_ORDER.iter().position(|known| *known == format))
    };
    let layouts: BTreeMap<FileId, usize> = ledger
        .inputs
        .iter()
        .filter_map(|input| layout(input.file).map(|place| (input.file, place)))
        .collect();
    let mixed = |place| layouts.values().any(|found| *found == place);
    if !(mixed(0) && mixed(1)) {
        return;
    }
    let mut deals: BTreeMap<Deal, [Option<Source>; 2]> = BTreeMap::new();
    for transaction in &ledger.transactions {
        let is_trade = matches!(
            transaction.event,
            Event::Buy(_) | Event::Sell(_) | Event::OpenShort(_) | Event::CloseShort(_)
        );
        let Some(&place) = layouts.get(&transaction.source.file).filter(|_| is_trade) else {
            continue;
        };
        let rank = order::rank(&transaction.event);
        let deal = (transaction.account, transaction.instrument, transaction.day, rank);
        if let Some(told) = deals.entry(deal).or_default().get_mut(place) {
            told.get_or_insert(transaction.source);
        }
    }
    let findings: Vec<Diagnostic> = deals
        .into_iter()
        .filter_map(|((.., day, _), told)| {
            let [Some(order), Some(execution)] = told else { return None };
            let other = format!("{}: {}", ledger.file_name(order.file), order.row);
            let finding = Diagnostic::at(Code::LikelyDuplicate, execution);
            Some(finding.found("", day.to_string()).detail(other))
        })
        .collect();
    ledger.diagnostics.extend(findings);
}

fn nameless(ledger: &Ledger) -> impl Iterator<Item = &Transaction> {
    let told =
        |transaction: &&Transaction| transaction.key.is_none() && transaction.event != Event::Block;
    ledger.transactions.iter().filter(told)
}

fn likeness(transaction: &Transaction) -> Likeness {
    let event = &transaction.event;
    let (rank, content, currency) =
        (order::rank(event), order::content(event), order::currency(event));
    (transaction.day, transaction.millisecond, transaction.instrument, rank, content, currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{Input, merge},
        money::Money,
        statement::{FileId, StatementBuilder},
    };

    fn dividend(file: u32, account: &str, key: bool) -> Input {
        paid(file, account, key, Decimal::TEN)
    }

    fn paid(file: u32, account: &str, key: bool, amount: Decimal) -> Input {
        let mut builder = StatementBuilder::new(FileId(file), "template");
        let account = builder.account(account);
        let instrument = builder.instrument(None, "ACME", "");
        let gross = Money::new(amount, Currency::USD);
        let withheld = Money::zero(Currency::USD);
        let source = builder.source(2);
        builder.push(Transaction {
            source,
            key: key.then(|| builder.key("test", b"1")),
            account,
            instrument,
            day: Date::constant(2024, 5, 6),
            millisecond: 0,
            event: Event::Dividend { gross, withheld, country: None },
        });
        builder.used();
        Input::untagged(format!("{file}.csv"), builder.finish())
    }

    #[test]
    fn rows_that_may_be_one_event_wait_for_an_answer() {
        let ledger = merge(vec![dividend(0, "0.csv", false), dividend(1, "1.csv", false)]);
        let codes: Vec<Code> = ledger.diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::LikelyDuplicate]);
    }

    #[test]
    fn a_shortened_history_beside_the_full_one_waits_for_an_answer() {
        let mut full = dividend(0, "IBKR U1", true);
        full.statement.format = "ibkr-activity";
        let mut short = paid(1, "IBKR U***1", false, Decimal::ONE);
        short.statement.format = SHORTENED;
        let codes = |inputs| {
            merge(inputs).diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(vec![full, short]), [Code::LikelyDuplicate]);
    }

    #[test]
    fn one_id_with_two_amounts_is_a_contradiction() {
        let ledger = merge(vec![dividend(0, "a", true), paid(1, "a", true, Decimal::ONE)]);
        let codes: Vec<Code> = ledger.diagnostics.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::DuplicateDiffers]);
    }

    #[test]
    fn rows_with_an_id_are_told_apart_or_counted_once_without_asking() {
        let ledger = merge(vec![dividend(0, "a", true), dividend(1, "a", true)]);
        assert!(ledger.diagnostics.is_empty());
        assert_eq!(ledger.transactions.len(), 1);
        let rows: Vec<(u32, u32)> =
            ledger.inputs.iter().map(|input| (input.rows.used, input.rows.duplicate)).collect();
        assert_eq!(rows, [(1, 0), (0, 1)]);
    }
}
