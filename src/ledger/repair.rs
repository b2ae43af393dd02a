//! Repaired rows take the place of exactly the rows that they name.
//!
//! The repair template carries for each row the file and row that it came from. When it comes back
//! together with that file, the unreadable row counts as told by the repaired one: its findings, its
//! block and its place in the next repair template go. Decided so:
//!
//! * a row that is still unreadable in the template stands for the original as well, so the sender
//!   is asked for it once, in its latest words;
//! * a row that was readable in its file all along stays, and the template's copy is the duplicate;
//! * if the original row was repaired twice, the file that comes later in the list holds;
//! * a row of a file that is not here is a row like any other, unless another file tells it ([`super::retold`]).

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};

use super::Input;
use crate::statement::{AccountIx, Event, FileId, FileTag, Origin, Severity, Source, Statement};

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
    for (input, change) in inputs.iter_mut().zip(changes) {
        change.carry_out(&mut input.statement);
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
            let open = unreadable.get_mut(original).is_some_and(|rows| rows.remove(&origin.row));
            let target = if open { original } else { at };
            let Some(change) = changes.get_mut(target) else { continue };
            if open {
                change.told.insert(origin.row);
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
            !(self.copies.contains(&row) || (open && self.told.contains(&row)))
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

    use super::*;
    use crate::statement::{Code, Diagnostic, FileId, Origin, StatementBuilder, Transaction};

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
}
