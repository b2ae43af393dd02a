//! Repaired rows take the place of exactly the rows that they name.
//!
//! The repair template carries for each row the file and row that it came from. When it comes back
//! together with that file, the unreadable row counts as told by the repaired one: its findings, its
//! block and its place in the next repair template go. Decided so:
//!
//! * a row that is still unreadable in the template stands for the original as well, so the sender
//!   is asked for it once, in its latest words;
//! * a row that was readable in its file all along stays, and the template's copy is the duplicate, unless it tells the
//!   event in another currency: it was asked for because NBP publishes no rate of that of the file;
//! * if the original row was repaired twice, the file that comes later in the list holds;
//! * a row of a file that is not here is a row like any other, unless another file tells it ([`super::retold`]).

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};

use super::{Input, currency};
use crate::{
    money::Currency,
    statement::{
        AccountIx, Event, EventKey, FileId, FileTag, Origin, Severity, Source, Statement,
        Transaction,
    },
};

/// Rows that came back repaired.
#[derive(Debug, Default)]
pub(super) struct Repaired {
    /// Those that stand for an unreadable row, with the file of that row.
    pub(super) replacing: BTreeMap<Source, FileId>,
    /// Those whose file is not here.
    pub(super) orphans: BTreeSet<Source>,
}

/// Lets repaired rows replace their originals.
pub(super) fn apply(inputs: &mut [Input]) -> Repaired {
    let mut repaired = Repaired::default();
    if inputs.iter().all(|input| input.statement.repaired.is_empty()) {
        return repaired;
    }
    let changes = plan(inputs, &mut repaired);
    let restated: HashSet<EventKey> = inputs
        .iter()
        .zip(&changes)
        .flat_map(|(input, change)| change.restated_keys(input))
        .collect();
    for (input, change) in inputs.iter_mut().zip(changes) {
        change.carry_out(&mut input.statement);
        leave_out(&mut input.statement, &restated);
    }
    repaired
}

/// What happens to the rows of one file.
#[derive(Debug, Default)]
struct Change {
    /// Rows that could not be read and are told elsewhere now.
    told: HashSet<u32>,
    /// Copies of rows that are readable where they came from.
    copies: HashSet<u32>,
    /// Those of them that were readable, in a currency without a rate.
    restated: HashSet<u32>,
    /// Repaired rows and the account that they belong to.
    moved: HashMap<u32, String>,
    /// Repaired rows and the unreadable ones that they stand for.
    standing: HashMap<u32, Origin>,
}

fn plan(inputs: &[Input], repaired: &mut Repaired) -> Vec<Change> {
    let by_tag: HashMap<FileTag, usize> =
        inputs.iter().enumerate().map(|(at, input)| (input.tag, at)).collect();
    let mut unreadable: Vec<HashSet<u32>> =
        inputs.iter().map(|input| unreadable_rows(&input.statement)).collect();
    let mut currencies: Vec<HashMap<u32, Currency>> =
        inputs.iter().map(|input| currencies(&input.statement)).collect();
    let mut changes: Vec<Change> = inputs.iter().map(|_| Change::default()).collect();
    // From the last file to the first, so that a later repair of a row finds the original first.
    for (at, input) in inputs.iter().enumerate().rev() {
        for &(row, origin) in &input.statement.repaired {
            let source = Source { file: input.statement.file, row };
            let Some(&original) = by_tag.get(&origin.file) else {
                repaired.orphans.insert(source);
                continue;
            };
            if original == at {
                continue;
            }
            let unread = unreadable.get_mut(original).is_some_and(|rows| rows.remove(&origin.row));
            let currency = currencies.get(at).and_then(|rows| rows.get(&row)).copied();
            let restated = !unread && restates(&mut currencies, original, origin.row, currency);
            let open = unread || restated;
            let target = if open { original } else { at };
            let Some(change) = changes.get_mut(target) else { continue };
            if open {
                change.told.insert(origin.row);
                if restated {
                    change.restated.insert(origin.row);
                }
                repaired
                    .replacing
                    .extend(inputs.get(original).map(|of| (source, of.statement.file)));
                if let Some(own) = changes.get_mut(at) {
                    own.standing.insert(row, origin);
                }
                let account = inputs.get(original).and_then(|input| only_account(&input.statement));
                if let (Some(account), Some(change)) = (account, changes.get_mut(at)) {
                    change.moved.insert(row, account);
                }
            } else {
                change.copies.insert(row);
            }
        }
    }
    changes
}

/// The currencies of rows that tell one event.
fn currencies(statement: &Statement) -> HashMap<u32, Currency> {
    let mut events: HashMap<u32, Vec<&Event>> = HashMap::new();
    for transaction in &statement.transactions {
        events.entry(transaction.source.row).or_default().push(&transaction.event);
    }
    let alone = events.into_iter().filter_map(|(row, events)| {
        let [event] = events.as_slice() else { return None };
        Some((row, currency(event)?))
    });
    alone.collect()
}

/// Whether a row of the template tells in another currency what a readable row tells; once.
fn restates(
    currencies: &mut [HashMap<u32, Currency>],
    original: usize,
    row: u32,
    told: Option<Currency>,
) -> bool {
    let Some(of_file) = currencies.get_mut(original) else { return false };
    let differs = of_file.get(&row).zip(told).is_some_and(|(known, told)| *known != told);
    differs && of_file.remove(&row).is_some()
}

/// What other files tell of events that were told anew goes with them.
fn leave_out(statement: &mut Statement, restated: &HashSet<EventKey>) {
    if restated.is_empty() {
        return;
    }
    let is_told =
        |transaction: &Transaction| transaction.key.is_some_and(|key| restated.contains(&key));
    let told = statement.transactions.iter().filter(|transaction| is_told(transaction));
    let rows: BTreeSet<u32> = told.map(|transaction| transaction.source.row).collect();
    statement.transactions.retain(|transaction| !is_told(transaction));
    for row in rows {
        if !statement.transactions.iter().any(|left| left.source.row == row) {
            recount(statement, row, &HashSet::new());
        }
    }
}

/// Only rows that went into a repair template can come back from one.
fn unreadable_rows(statement: &Statement) -> HashSet<u32> {
    statement.repairs.iter().map(|repair| repair.source.row).collect()
}

/// The account of a file that has but one. Files with several name it in each repair row.
fn only_account(statement: &Statement) -> Option<String> {
    match statement.accounts.as_slice() {
        [account] => Some(account.clone()),
        _ => None,
    }
}

impl Change {
    /// The broker's ids of events that were told anew.
    fn restated_keys<'a>(&'a self, input: &'a Input) -> impl Iterator<Item = EventKey> + 'a {
        let rows = input.statement.transactions.iter();
        let rows = rows.filter(|row| self.restated.contains(&row.source.row));
        rows.filter_map(|row| row.key)
    }

    fn carry_out(self, statement: &mut Statement) {
        let mut unreadable = unreadable_rows(statement);
        for transaction in &statement.transactions {
            // A transfer is readable; only its cost is asked for.
            if matches!(transaction.event, Event::TransferIn { .. }) {
                unreadable.remove(&transaction.source.row);
            }
        }
        for row in &self.told {
            recount(statement, *row, &unreadable);
        }
        for row in self.copies.difference(&self.told) {
            recount(statement, *row, &unreadable);
        }
        let gone = |row: u32| self.told.contains(&row) || self.copies.contains(&row);
        statement.repairs.retain(|repair| !gone(repair.source.row));
        statement
            .diagnostics
            .retain(|found| found.severity != Severity::Error || !found.row.is_some_and(gone));
        statement.transactions.retain(|transaction| {
            let row = transaction.source.row;
            // A transfer whose lots the sender has typed in needs no departure.
            let open = matches!(transaction.event, Event::Block | Event::TransferIn { .. });
            let gone = self.copies.contains(&row) || self.restated.contains(&row);
            !(gone || (open && self.told.contains(&row)))
        });
        for (row, account) in self.moved {
            move_to(statement, row, account);
        }
        // What stands for an unreadable row is no readable one of that file, however alike.
        for transaction in &mut statement.transactions {
            if let Some(origin) = self.standing.get(&transaction.source.row) {
                transaction.key = transaction.key.map(|key| key.standing_for(origin));
            }
        }
    }
}

/// The row tells what another row tells.
fn recount(statement: &mut Statement, row: u32, unreadable: &HashSet<u32>) {
    let rows = &mut statement.rows;
    let count = if unreadable.contains(&row) { &mut rows.unknown } else { &mut rows.used };
    *count = count.saturating_sub(1);
    rows.duplicate += 1;
}

fn move_to(statement: &mut Statement, row: u32, account: String) {
    let known = statement.accounts.iter().position(|name| *name == account);
    let at = known.unwrap_or_else(|| {
        statement.accounts.push(account);
        statement.accounts.len() - 1
    });
    let account = AccountIx(u32::try_from(at).unwrap_or(u32::MAX));
    for transaction in statement.transactions.iter_mut().filter(|one| one.source.row == row) {
        transaction.account = account;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::*;
    use crate::money::Money;
    use crate::statement::{Code, Diagnostic, StatementBuilder, Trade};

    const TAG: [u8; 32] = [7; 32];

    fn original(unreadable: bool) -> Input {
        let mut builder = StatementBuilder::new(FileId(0), "x");
        let account = builder.account("A");
        let instrument = builder.instrument(None, "T", "");
        if unreadable {
            builder.repair(5, Vec::new());
            builder.diagnose(Diagnostic::at(Code::BadNumber, builder.source(5)));
            builder.block(account, instrument, date(2024, 1, 2), 5);
            builder.unknown();
        } else {
            builder.used();
        }
        Input { name: "a".to_owned(), tag: FileTag::of(&TAG), statement: builder.finish() }
    }

    fn repaired() -> Input {
        let mut builder = StatementBuilder::new(FileId(1), "template");
        let account = builder.account("b.csv (2)");
        let instrument = builder.instrument(None, "T", "");
        builder.repaired(2, Origin { file: FileTag::of(&TAG), row: 5 });
        builder.push(Transaction {
            source: builder.source(2),
            key: None,
            account,
            instrument,
            day: date(2024, 1, 2),
            millisecond: 0,
            event: Event::Block,
        });
        builder.used();
        let tag = FileTag::of(&[1; 32]);
        Input { name: "b".to_owned(), tag, statement: builder.finish() }
    }

    #[test]
    fn the_unreadable_row_is_told_and_its_block_lifted() {
        let mut inputs = [original(true), repaired()];
        apply(&mut inputs);
        let [first, second] = &inputs;
        assert!(first.statement.transactions.is_empty() && first.statement.repairs.is_empty());
        assert!(first.statement.diagnostics.is_empty());
        assert_eq!((first.statement.rows.unknown, first.statement.rows.duplicate), (0, 1));
        let moved = second.statement.transactions[0].account;
        assert_eq!(second.statement.accounts[usize::try_from(moved.0).unwrap()], "A");
    }

    #[test]
    fn the_copy_of_a_readable_row_is_the_duplicate() {
        let mut inputs = [original(false), repaired()];
        apply(&mut inputs);
        let [first, second] = &inputs;
        assert_eq!(first.statement.rows.used, 1);
        assert!(second.statement.transactions.is_empty());
        assert_eq!((second.statement.rows.used, second.statement.rows.duplicate), (0, 1));
    }

    #[test]
    fn a_row_of_an_absent_file_is_a_row_like_any_other() {
        let mut inputs = [repaired()];
        apply(&mut inputs);
        assert_eq!(inputs[0].statement.transactions.len(), 1);
        assert_eq!(inputs[0].statement.rows.used, 1);
    }
    /// A file with one purchase that costs ten of a currency, under an id of the broker.
    fn purchase(file: u32, row: u32, currency: &str, id: &str) -> StatementBuilder {
        let mut builder = StatementBuilder::new(FileId(file), "x");
        let (account, instrument) = (builder.account("A"), builder.instrument(None, "T", ""));
        let currency = Currency::parse(currency).unwrap();
        let trade =
            Trade::new(Decimal::ONE, Money::new(Decimal::TEN, currency), Money::zero(currency));
        builder.push(Transaction {
            source: builder.source(row),
            key: Some(builder.key("x", id.as_bytes())),
            account,
            instrument,
            day: date(2024, 1, 2),
            millisecond: 0,
            event: Event::Buy(trade),
        });
        builder.used();
        builder
    }

    fn input(name: &str, tag: u8, builder: StatementBuilder) -> Input {
        let tag = FileTag::of(&[tag; 32]);
        Input { name: name.to_owned(), tag, statement: builder.finish() }
    }

    /// The currencies that are left, and how each file's rows were taken: used and duplicate.
    fn left(inputs: &mut [Input]) -> (Vec<String>, Vec<(u32, u32)>) {
        apply(inputs);
        let events = inputs.iter().flat_map(|input| &input.statement.transactions);
        let currencies = events.filter_map(|told| currency(&told.event)).map(|of| of.to_string());
        let rows = inputs.iter().map(|input| input.statement.rows);
        (currencies.collect(), rows.map(|rows| (rows.used, rows.duplicate)).collect())
    }

    /// Of the currency of the file there is no rate; the sender tells what was paid in złoty.
    #[test]
    fn a_readable_row_told_in_another_currency_gives_way_wherever_it_stands() {
        let file = || input("a", 7, purchase(0, 5, "XYZ", "1"));
        let again = || input("b", 8, purchase(1, 9, "XYZ", "1"));
        let other = || input("c", 9, purchase(2, 3, "XYZ", "2"));
        let told = |currency| {
            let mut builder = purchase(3, 2, currency, "t");
            builder.repaired(2, Origin { file: FileTag::of(&[7; 32]), row: 5 });
            input("t", 1, builder)
        };
        let (currencies, rows) = left(&mut [file(), again(), other(), told("PLN")]);
        assert_eq!(currencies, ["XYZ", "PLN"], "that of the other purchase, and the sender's");
        assert_eq!(rows, [(0, 1), (0, 1), (1, 0), (1, 0)]);
        // Sent back as it was, it is a copy.
        let (currencies, rows) = left(&mut [file(), told("XYZ")]);
        assert_eq!(currencies, ["XYZ"]);
        assert_eq!(rows, [(1, 0), (0, 1)]);
        // Of two answers the later holds.
        let mut second = purchase(4, 8, "EUR", "u");
        second.repaired(8, Origin { file: FileTag::of(&[7; 32]), row: 5 });
        let (currencies, _) = left(&mut [file(), told("PLN"), input("u", 2, second)]);
        assert_eq!(currencies, ["EUR"]);
    }
}
