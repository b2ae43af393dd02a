//! Statements into one ledger.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{
    InputSummary, Ledger, companion,
    days::Days,
    identity,
    listings::listings,
    opening, order, repair, restated, retold,
    survey::{BLOCK, Survey},
    suspect, transfer, unsplit,
};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Expected, FileTag, InstrumentIx, Source, Statement,
    Transaction,
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

impl Input {
    /// A statement whose file needs no name of its content, because no row of it was sent back repaired.
    pub fn untagged(name: impl Into<String>, statement: Statement) -> Self {
        Self { name: name.into(), tag: FileTag::default(), statement }
    }
}

/// Merges statements into one ledger: accounts and instruments get one identity over all files, events
/// that two files tell are kept once, repaired rows replace their originals, and all are put in order.
///
/// The inputs' [`crate::statement::FileId`]s must be their positions in the list.
pub fn merge(mut inputs: Vec<Input>) -> Ledger {
    let mut ledger = Ledger::default();
    let repaired = repair::apply(&mut inputs);
    let identities = identity::unify(&inputs, &mut ledger);
    ledger.listings = listings(&inputs, &identities, &ledger);
    let total = inputs.iter().map(|input| input.statement.transactions.len()).sum();
    ledger.transactions.reserve(if inputs.len() > 1 { total } else { 0 });
    let (mut expected, mut exempt) = (Vec::new(), BTreeSet::new());
    let mut survey = Survey::with_room_for(total);
    for (input, identity) in inputs.into_iter().zip(&identities) {
        exempt.extend(input.statement.exempt.iter().map(|account| identity.account(*account)));
        append(&mut ledger, input, identity, &mut expected, &mut survey);
    }
    if !exempt.is_empty() {
        leave_out(&mut ledger, &exempt);
        survey = Survey::of(&ledger.transactions);
    }
    if survey.has_absurd {
        refuse_absurd_amounts(&mut ledger);
    }
    let mut repeated = survey.repetitions(&ledger.transactions);
    leave_further_fills(&ledger.transactions, &mut repeated);
    drop_duplicates(&mut ledger, &repeated);
    let placed = opening::place(&mut ledger);
    let joined = retold::join(&mut ledger, &repaired);
    if survey.has_several_nameless_files() {
        suspect::repeated_rows(&mut ledger);
    }
    suspect::shortened_histories(&mut ledger);
    suspect::orders_beside_executions(&mut ledger);
    companion::check(&mut ledger, &expected);
    if survey.rare.splits {
        unsplit::report(&mut ledger);
    }
    if survey.rare.transfers {
        transfer::link(&mut ledger);
    }
    let changed =
        survey.has_absurd || survey.rare.transfers || placed || joined || !repeated.is_empty();
    if changed || !survey.is_sorted {
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
    /// Whether everything is called in the ledger as it is in the statement: always so for a single file.
    fn is_same(&self) -> bool {
        let accounts = self.accounts.iter().map(|account| account.0);
        let instruments = self.instruments.iter().map(|instrument| instrument.0);
        accounts.eq((0..).take(self.accounts.len()))
            && instruments.eq((0..).take(self.instruments.len()))
    }

    fn account(&self, index: AccountIx) -> AccountIx {
        usize::try_from(index.0).ok().and_then(|at| self.accounts.get(at)).copied().unwrap_or(index)
    }

    fn rename(&self, transaction: &mut Transaction) {
        transaction.account = self.account(transaction.account);
        transaction.instrument = self.instrument(transaction.instrument);
        if let Event::Rename { to } = &mut transaction.event {
            *to = self.instrument(*to);
        }
    }

    pub(super) fn instrument(&self, index: InstrumentIx) -> InstrumentIx {
        let known = usize::try_from(index.0).ok().and_then(|at| self.instruments.get(at));
        known.copied().unwrap_or(InstrumentIx::NONE)
    }
}

fn append(
    ledger: &mut Ledger,
    input: Input,
    identity: &Identity,
    expected: &mut Vec<Expected>,
    survey: &mut Survey,
) {
    let Input { name, tag, mut statement } = input;
    let is_same = identity.is_same();
    for block in statement.transactions.chunks_mut(BLOCK) {
        if !is_same {
            for transaction in &mut *block {
                identity.rename(transaction);
            }
        }
        survey.take(block);
    }
    for mut position in statement.positions {
        position.account = identity.account(position.account);
        position.instrument = identity.instrument(position.instrument);
        ledger.positions.push(position);
    }
    ledger.payers.extend(statement.payers.iter().map(|account| identity.account(*account)));
    let venues = statement.venues.iter();
    ledger
        .venues
        .extend(venues.map(|(account, name)| (identity.account(*account), (*name).to_owned())));
    expected.extend(statement.expected.into_iter().map(|item| Expected {
        account: identity.account(item.account),
        instrument: identity.instrument(item.instrument),
        ..item
    }));
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

/// Leaves out what happened on tax-free accounts: one file shows what they are, and all are theirs.
fn leave_out(ledger: &mut Ledger, exempt: &BTreeSet<AccountIx>) {
    if exempt.is_empty() {
        return;
    }
    let mut rows: BTreeSet<Source> = BTreeSet::new();
    ledger.transactions.retain(|transaction| {
        let kept = !exempt.contains(&transaction.account);
        if !kept {
            rows.insert(transaction.source);
        }
        kept
    });
    ledger.positions.retain(|position| !exempt.contains(&position.account));
    for source in rows {
        recount(&mut ledger.inputs, source, |rows| {
            rows.neutral += rows.used.min(1);
            rows.used = rows.used.saturating_sub(1);
        });
    }
}

/// No private investor moves ten trillion of anything; beyond it, sums could leave their range.
pub(crate) const AMOUNT_MAX: Decimal = Decimal::from_parts(1_316_134_912, 2328, 0, false, 0);

/// Turns events with absurd numbers into blocks with a diagnostic, so that no sum can overflow.
fn refuse_absurd_amounts(ledger: &mut Ledger) {
    for transaction in &mut ledger.transactions {
        if !is_absurd(&transaction.event) {
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

/// Whether any number of the event is beyond [`AMOUNT_MAX`]. Most are told by their digits alone.
pub(super) fn is_absurd(event: &Event) -> bool {
    let small = |number: &Decimal| number.mantissa().unsigned_abs() < 10_000_000_000_000;
    if let Event::Buy(trade) | Event::Sell(trade) = event {
        let usual = trade.charges().is_empty()
            && small(&trade.gross.amount)
            && small(&trade.quantity)
            && small(&trade.commission.amount);
        if usual {
            return false;
        }
    }
    largest(event) > AMOUNT_MAX
}

fn largest(event: &Event) -> Decimal {
    match event {
        Event::Buy(trade)
        | Event::Sell(trade)
        | Event::OpenShort(trade)
        | Event::CloseShort(trade) => {
            let charges = trade.charges().iter().map(|charge| charge.amount.abs()).max();
            let commission = trade.commission.amount.abs().max(charges.unwrap_or_default());
            trade.gross.amount.abs().max(trade.quantity).max(commission)
        }
        Event::OpeningLot { quantity, cost } => cost.amount.abs().max(*quantity),
        Event::Dividend { gross, withheld, .. } | Event::Interest { gross, withheld } => {
            gross.amount.abs().max(withheld.amount.abs())
        }
        Event::Withholding { amount, .. } | Event::Fee { amount } => amount.amount.abs(),
        Event::TransferOut { quantity, .. } | Event::TransferIn { quantity, .. } => *quantity,
        Event::Split(ratio) => ratio.new.max(ratio.old),
        Event::SplitAdded { added } => *added,
        Event::Derivative { result, .. } => result.amount.abs(),
        Event::CryptoBuy { cost: amount, fee } | Event::CryptoSell { revenue: amount, fee } => {
            amount.amount.abs().max(fee.amount.abs())
        }
        Event::Rename { .. } | Event::Block => Decimal::ZERO,
    }
}

/// One order can be filled twice within a second, under one id. A file that tells the millisecond tells such fills
/// apart; where it does not, the second row is taken for a repetition.
fn leave_further_fills(transactions: &[Transaction], repeated: &mut Vec<(usize, usize)>) {
    let mut fills: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    repeated.retain(|&(at, again)| {
        let Some((first, again)) = transactions.get(at).zip(transactions.get(again)) else {
            return true;
        };
        let second = |one: &Transaction| (one.source.file, one.day, one.millisecond / 1000);
        if second(first) != second(again) {
            return true;
        }
        let seen = fills.entry(at).or_insert_with(|| vec![first.millisecond]);
        let repeats = seen.contains(&again.millisecond);
        if !repeats {
            seen.push(again.millisecond);
        }
        repeats
    });
}

/// Keeps the first of the events with one key. The rows of the others become duplicates.
/// Of the days of a trade, those that a file tells are kept, whichever file is the first.
///
/// One row may tell two events under one key; those are not duplicates of each other. Two rows under one
/// key that tell different things are a contradiction that only the sender can resolve.
fn drop_duplicates(ledger: &mut Ledger, repeated: &[(usize, usize)]) {
    if repeated.is_empty() {
        return;
    }
    let mut rows: BTreeSet<Source> = BTreeSet::new();
    let mut originals: Vec<(usize, Decimal)> = Vec::new();
    let mut days = Days::default();
    for &(at, again) in repeated {
        let pair = ledger.transactions.get(at).zip(ledger.transactions.get(again));
        let Some((first, again)) = pair else { continue };
        days.compare(ledger, at, first, again);
        if rows.insert(again.source) && contradicts(first, again) {
            if let Some(quantity) = restated::original(ledger, first, again) {
                originals.push((at, quantity));
                continue;
            }
            let place = format!("{}: {}", ledger.file_name(first.source.file), first.source.row);
            let finding = Diagnostic::at(Code::DuplicateDiffers, again.source).detail(place);
            ledger.diagnostics.push(finding);
        }
    }
    for (at, quantity) in originals {
        if let Some(Event::Buy(trade)) =
            ledger.transactions.get_mut(at).map(|found| &mut found.event)
        {
            trade.quantity = quantity;
        }
    }
    days.tell(ledger);
    let dropped: BTreeSet<usize> = repeated.iter().map(|(_, again)| *again).collect();
    let mut at = 0;
    ledger.transactions.retain(|_| {
        at += 1;
        !dropped.contains(&(at - 1))
    });
    for source in rows {
        recount(&mut ledger.inputs, source, |rows| {
            rows.used = rows.used.saturating_sub(1);
            rows.duplicate += 1;
        });
    }
}

/// Whether two tellings of one event differ in what the tax depends on: kind, quantity or amount.
fn contradicts(first: &Transaction, again: &Transaction) -> bool {
    let what = |transaction: &Transaction| {
        (order::rank(&transaction.event), order::content(&transaction.event))
    };
    what(first) != what(again)
}

pub(super) fn recount(
    inputs: &mut [InputSummary],
    source: Source,
    change: impl Fn(&mut crate::statement::RowCounts),
) {
    if let Some(input) = inputs.iter_mut().find(|input| input.file == source.file) {
        change(&mut input.rows);
    }
}
