//! Results of CFDs, and closed positions that are something else.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::assemble::Splits;
use super::cash::Operation;
use super::kind::Kind;
use super::market;
use super::positions::Closed;
use super::push::Book;
use crate::statement::{Code, Diagnostic, Event, InstrumentIx};

/// Rows that may speak of CFDs.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) closed: Vec<Closed>,
    /// Whether the file has a sheet of closed positions at all.
    pub(super) has_closed: bool,
    /// Symbols of the shares that the file trades.
    pub(super) shares: Vec<String>,
    /// Cash results that belong to no sale of shares.
    pub(super) profits: Vec<Operation>,
    /// Swaps, dividend equivalents, and charges of no trade in shares.
    pub(super) others: Vec<Operation>,
}

/// What a closed position is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Meaning {
    /// Shares, whose sale the cash operations tell.
    Share,
    /// Shares that left without a sale: a split, or a transfer.
    Moved,
    Cfd,
}

/// Writes the results of CFDs; whether there were any.
pub(super) fn assemble(
    rows: &Rows,
    sold: &HashSet<(String, Date)>,
    splits: &mut Splits,
    book: &mut Book<'_>,
) -> bool {
    let mut found = false;
    let mut closed_sums: HashMap<String, Decimal> = HashMap::new();
    for position in &rows.closed {
        match meaning(position, sold) {
            Meaning::Share => book.builder.duplicate(),
            Meaning::Moved => moved(position, splits, book),
            Meaning::Cfd => {
                *closed_sums.entry(position.symbol.clone()).or_default() += position.gross;
                result(position, book);
                found = true;
            }
        }
    }
    let shares: HashSet<&str> = rows.shares.iter().map(String::as_str).collect();
    let mut cash_sums: HashMap<String, Decimal> = HashMap::new();
    for profit in &rows.profits {
        if closed_sums.contains_key(&profit.symbol) {
            *cash_sums.entry(profit.symbol.clone()).or_default() += profit.amount;
            book.builder.duplicate();
        } else if shares.contains(profit.symbol.as_str()) {
            refuse_half_sale(profit, book);
        } else {
            booked(profit, book);
            found = true;
        }
    }
    compare(&rows.profits, &cash_sums, &closed_sums, book);
    for other in &rows.others {
        let told = rows.has_closed && other.kind != Kind::Equivalent;
        if is_of_account(other, &shares, rows.has_closed) {
            fee(other, book);
        } else if told {
            book.builder.neutral();
        } else {
            booked(other, book);
            found = true;
        }
    }
    found
}

fn meaning(position: &Closed, sold: &HashSet<(String, Date)>) -> Meaning {
    let category = position.category.as_str();
    if category.contains("cfd") || category.contains("fx") || category.contains("forex") {
        return Meaning::Cfd;
    }
    let is_sold = sold.contains(&(position.symbol.clone(), position.stamp.day));
    let is_share = ["stock", "etf", "akcj", "akci"].iter().any(|word| category.contains(word));
    let moved = position.origin.contains("correction")
        || position.comment.contains("Transfer")
        || super::comment::split(&position.comment).is_some();
    match () {
        () if !is_share && (!position.is_long || market::suffix(&position.symbol).is_none()) => {
            Meaning::Cfd
        }
        () if moved && position.gross.is_zero() => Meaning::Moved,
        () if is_sold => Meaning::Share,
        () if is_share || (position.gross.is_zero() && position.costs.is_zero()) => Meaning::Moved,
        () => Meaning::Cfd,
    }
}

/// A position that was closed and opened anew without cash: never a sale. Where the ratio is not
/// told, the number of shares is not known any more.
fn moved(position: &Closed, splits: &mut Splits, book: &mut Book<'_>) {
    let (source, stamp) = (position.source, position.stamp);
    if splits.take(&position.comment, source, stamp, book) {
        return;
    }
    if splits.explains(&position.symbol, stamp.day) {
        book.builder.duplicate();
        return;
    }
    let reason = if position.comment.is_empty() { &position.origin } else { &position.comment };
    let finding = Diagnostic::at(Code::UnsettledAction, source)
        .found(&position.symbol, reason)
        .detail("split?");
    book.refuse(finding, source, (position.symbol.as_str(), stamp), &position.comment);
}

fn result(position: &Closed, book: &mut Book<'_>) {
    let instrument = book.cfd(&position.symbol, &position.name);
    let result = book.money(position.gross + position.costs);
    let content = format!(
        "position|{}|{}|{}|{}|{}|{}",
        position.id,
        position.symbol,
        position.stamp.day,
        position.stamp.millisecond,
        position.volume.normalize(),
        position.gross.normalize()
    );
    let key = book.key("", &content);
    let event = Event::Derivative { result, country: None };
    book.push(position.source, position.stamp, instrument, key, event);
    book.builder.used();
}

/// A result or cost as booked in cash.
fn booked(operation: &Operation, book: &mut Book<'_>) {
    let instrument = book.cfd(&operation.symbol, &operation.name);
    let event = Event::Derivative { result: book.money(operation.amount), country: None };
    push(operation, instrument, event, book);
}

/// A result of something that is traded as a share, without its sale: a CFD of that name or half a sale,
/// which is not to be guessed.
fn refuse_half_sale(profit: &Operation, book: &mut Book<'_>) {
    let finding = Diagnostic::at(Code::UnknownRow, profit.source)
        .found(&profit.symbol, &profit.label)
        .detail(format!("{} {}: CFD?", profit.comment, profit.amount));
    let place = (profit.symbol.as_str(), profit.stamp);
    book.refuse(finding, profit.source, place, &profit.comment);
}

/// Whether a charge is a cost of the year: it names no instrument, or a share without a trade near it.
///
/// The commission of a share comes with its trade. Another is that of a CFD, whatever its symbol looks like, and
/// the closed positions tell it, at the latest when the position is closed.
fn is_of_account(charge: &Operation, shares: &HashSet<&str>, has_closed: bool) -> bool {
    let is_commission = charge.kind == Kind::Commission;
    let is_share = market::suffix(&charge.symbol).is_some() && !charge.is_cfd;
    let is_told = has_closed && is_commission && !shares.contains(charge.symbol.as_str());
    (is_commission || charge.kind == Kind::Charge)
        && (charge.symbol.is_empty() || is_share && !is_told)
}

fn fee(charge: &Operation, book: &mut Book<'_>) {
    let event = Event::Fee { amount: book.money(-charge.amount) };
    push(charge, InstrumentIx::NONE, event, book);
}

fn push(operation: &Operation, instrument: InstrumentIx, event: Event, book: &mut Book<'_>) {
    let stamp = operation.stamp;
    let content = format!(
        "{}|{}|{}|{}|{}",
        operation.label, operation.symbol, stamp.day, stamp.millisecond, operation.amount
    );
    let key = book.key(&operation.id, &content);
    book.push(operation.source, stamp, instrument, key, event);
    book.builder.used();
}

/// The broker tells each result twice; the two sums must agree.
fn compare(
    profits: &[Operation],
    cash: &HashMap<String, Decimal>,
    closed: &HashMap<String, Decimal>,
    book: &mut Book<'_>,
) {
    let mut done = HashSet::new();
    for profit in profits {
        let Some((cash, closed)) = cash.get(&profit.symbol).zip(closed.get(&profit.symbol)) else {
            continue;
        };
        if cash != closed && done.insert(profit.symbol.as_str()) {
            let finding = Diagnostic::at(Code::TotalDiffers, profit.source)
                .found(&profit.symbol, cash.normalize().to_string())
                .detail(closed.normalize().to_string());
            book.builder.diagnose(finding);
        }
    }
}
