//! Statements into one ledger.

use hashbrown::{HashMap, HashSet, hash_map::Entry};
use rust_decimal::Decimal;

use super::{InputSummary, Ledger, identity, order, repair};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, FileTag, InstrumentIx, KeyIsHash, Source,
    Statement, Transaction,
};

/// One file as read, with its name for people.
#[derive(Clone, Debug)]
pub struct Input {
    /// The name, a label.
    pub name: String,
    /// What its content is known by; all zero for something that never was a file.
    pub tag: FileTag,
    /// What was read; a refused file has an empty format and a diagnostic.
    pub statement: Statement,
}

/// Merges statements into one ledger: accounts and instruments get one identity over all files, events
/// that two files tell are kept once, repaired rows replace their originals, and all are put in order.
///
/// The inputs' [`crate::statement::FileId`]s must be their positions in the list.
pub fn merge(mut inputs: Vec<Input>) -> Ledger {
    let mut ledger = Ledger::default();
    repair::apply(&mut inputs);
    let identities = identity::unify(&inputs, &mut ledger);
    let total = inputs.iter().map(|input| input.statement.transactions.len()).sum();
    ledger.transactions.reserve(if inputs.len() > 1 { total } else { 0 });
    for (input, identity) in inputs.into_iter().zip(&identities) {
        append(&mut ledger, input, identity);
    }
    refuse_absurd_amounts(&mut ledger);
    drop_duplicates(&mut ledger);
    if !ledger.transactions.is_sorted_by(|a, b| order::compare(a, b).is_le()) {
        ledger.transactions.sort_by(order::compare);
    }
    ledger
}

/// Where a statement's own indices lead in the ledger.
#[derive(Debug, Default)]
pub(super) struct Identity {
    pub(super) accounts: Vec<AccountIx>,
    pub(super) instruments: Vec<InstrumentIx>,
}

impl Identity {
    fn account(&self, index: AccountIx) -> AccountIx {
        usize::try_from(index.0).ok().and_then(|at| self.accounts.get(at)).copied().unwrap_or(index)
    }

    fn instrument(&self, index: InstrumentIx) -> InstrumentIx {
        let known = usize::try_from(index.0).ok().and_then(|at| self.instruments.get(at));
        known.copied().unwrap_or(InstrumentIx::NONE)
    }
}

fn append(ledger: &mut Ledger, input: Input, identity: &Identity) {
    let Input { name, tag, mut statement } = input;
    for transaction in &mut statement.transactions {
        transaction.account = identity.account(transaction.account);
        transaction.instrument = identity.instrument(transaction.instrument);
        if let Event::Rename { to } = &mut transaction.event {
            *to = identity.instrument(*to);
        }
    }
    for mut position in statement.positions {
        position.account = identity.account(position.account);
        position.instrument = identity.instrument(position.instrument);
        ledger.positions.push(position);
    }
    ledger.inputs.push(InputSummary {
        file: statement.file,
        name,
        tag,
        format: statement.format,
        account: statement.accounts.join(", "),
        rows: statement.rows,
    });
    ledger.diagnostics.append(&mut statement.diagnostics);
    ledger.repairs.append(&mut statement.repairs);
    if ledger.transactions.is_empty() {
        ledger.transactions = statement.transactions;
    } else {
        ledger.transactions.append(&mut statement.transactions);
    }
}

/// No private investor moves ten trillion of anything; beyond it, sums could leave their range.
const AMOUNT_MAX: Decimal = Decimal::from_parts(1_316_134_912, 2328, 0, false, 0);

/// Turns events with absurd numbers into blocks with a diagnostic, so that no sum can overflow.
fn refuse_absurd_amounts(ledger: &mut Ledger) {
    for transaction in &mut ledger.transactions {
        if largest(&transaction.event) <= AMOUNT_MAX {
            continue;
        }
        let value = largest(&transaction.event).to_string();
        ledger
            .diagnostics
            .push(Diagnostic::at(Code::BadNumber, transaction.source).found("", value));
        transaction.event = Event::Block;
        recount(&mut ledger.inputs, transaction.source, |rows| {
            rows.used = rows.used.saturating_sub(1);
            rows.unknown += 1;
        });
    }
}

fn largest(event: &Event) -> Decimal {
    match event {
        Event::Buy(trade)
        | Event::Sell(trade)
        | Event::OpenShort(trade)
        | Event::CloseShort(trade) => {
            let charges = trade.charges.iter().map(|charge| charge.amount.abs()).max();
            let commission = trade.commission.amount.abs().max(charges.unwrap_or_default());
            trade.gross.amount.abs().max(trade.quantity).max(commission)
        }
        Event::OpeningLot { quantity, cost } => cost.amount.abs().max(*quantity),
        Event::Dividend { gross, withheld, .. } | Event::Interest { gross, withheld } => {
            gross.amount.abs().max(withheld.amount.abs())
        }
        Event::Withholding { amount, .. } | Event::Fee { amount } => amount.amount.abs(),
        Event::Split(ratio) => ratio.new.max(ratio.old),
        Event::Derivative { result, .. } => result.amount.abs(),
        Event::CryptoBuy { cost: amount, fee } | Event::CryptoSell { revenue: amount, fee } => {
            amount.amount.abs().max(fee.amount.abs())
        }
        Event::Rename { .. } | Event::Block => Decimal::ZERO,
    }
}

/// Keeps the first of the events with one key. The rows of the others become duplicates.
///
/// One row may tell two events under one key; those are not duplicates of each other.
fn drop_duplicates(ledger: &mut Ledger) {
    let mut seen: HashMap<EventKey, Source, KeyIsHash> = HashMap::default();
    seen.reserve(ledger.transactions.len());
    let mut repeated: HashSet<Source> = HashSet::new();
    ledger.transactions.retain(|transaction: &Transaction| {
        let Some(key) = transaction.key else { return true };
        match seen.entry(key) {
            Entry::Vacant(place) => {
                place.insert(transaction.source);
                true
            }
            Entry::Occupied(first) => {
                let same_row = *first.get() == transaction.source;
                if !same_row {
                    repeated.insert(transaction.source);
                }
                same_row
            }
        }
    });
    for source in repeated {
        recount(&mut ledger.inputs, source, |rows| {
            rows.used = rows.used.saturating_sub(1);
            rows.duplicate += 1;
        });
    }
}

fn recount(
    inputs: &mut [InputSummary],
    source: Source,
    change: impl Fn(&mut crate::statement::RowCounts),
) {
    if let Some(input) = inputs.iter_mut().find(|input| input.file == source.file) {
        change(&mut input.rows);
    }
}
