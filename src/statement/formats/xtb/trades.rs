//! Purchases and sales of shares, with their charges.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cash::Operation;
use super::kind::Kind;
use super::market;
use super::positions::Closed;
use super::push::Book;
use super::sales::{Proceeds, Sales};
use crate::days;
use crate::money::Money;
use crate::statement::{Code, Diagnostic, Event, Trade};

/// What is left for others when the trades are done.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Results that belong to no sale of shares.
    pub(super) profits: Vec<Operation>,
    /// Charges that belong to no trade in shares.
    pub(super) charges: Vec<Operation>,
    /// Shares sold, by symbol and day in Warsaw.
    pub(super) sold: HashSet<(String, Date)>,
    /// Symbols of all shares traded.
    pub(super) symbols: Vec<String>,
    /// Whether a share trades in another currency than that of the account.
    pub(super) is_booked_elsewhere: bool,
}

/// A trade before it is written.
#[derive(Debug)]
struct Draft {
    operation: Operation,
    gross: Decimal,
    commission: Decimal,
    charges: Vec<Decimal>,
    /// The broker's number, the same in both templates.
    id: String,
    /// Rows that the trade was made of besides its own.
    further_rows: u32,
}

impl Draft {
    fn new(operation: Operation, Proceeds { gross, id, further_rows }: Proceeds) -> Self {
        let (commission, charges) = (Decimal::ZERO, Vec::new());
        Self { operation, gross, commission, charges, id, further_rows }
    }
}

/// A charge booked later than this is not that of the trade. SEC fees come the day after.
const CHARGE_DAYS: i32 = 7;

/// Writes all trades. Charges of trades become part of them.
pub(super) fn assemble(
    trades: Vec<Operation>,
    profits: Vec<Operation>,
    charges: Vec<Operation>,
    closed: &[Closed],
    book: &mut Book<'_>,
) -> Outcome {
    let mut sales = Sales::new(profits, closed, book.currency);
    let mut drafts = Vec::with_capacity(trades.len());
    let mut unproven = Vec::new();
    for operation in trades {
        match draft(operation, &mut sales) {
            Ok(draft) => drafts.push(draft),
            Err(operation) => unproven.push(*operation),
        }
    }
    // A sale that is refused closed a position all the same, and one of shares.
    let refused = unproven.iter().map(|sale| (sale.symbol.clone(), sale.stamp.day)).collect();
    settle_unproven(unproven, sales.are_all_proceeds(), &mut drafts, book);
    let charges = spread(charges, &mut drafts);
    let mut outcome = Outcome {
        profits: sales.rest(),
        charges,
        sold: refused,
        symbols: Vec::new(),
        is_booked_elsewhere: false,
    };
    let mut symbols = HashSet::new();
    for draft in drafts {
        let symbol = &draft.operation.symbol;
        outcome.is_booked_elsewhere |= !market::trades_in(symbol, book.currency);
        if symbols.insert(symbol.clone()) {
            outcome.symbols.push(symbol.clone());
        }
        if draft.operation.kind == Kind::Sell {
            outcome.sold.insert((symbol.clone(), draft.operation.stamp.day));
        }
        write(draft, book);
    }
    outcome
}

/// A trade with its amount before charges; a sale of which the file does not tell what it brought comes back.
fn draft(operation: Operation, sales: &mut Sales<'_>) -> Result<Draft, Box<Operation>> {
    if operation.kind == Kind::Buy {
        let (gross, id) = (operation.amount.abs(), operation.id.clone());
        return Ok(Draft::new(operation, Proceeds { gross, id, further_rows: 0 }));
    }
    match sales.proceeds(&operation) {
        Some(proceeds) => Ok(Draft::new(operation, proceeds)),
        None => Err(Box::new(operation)),
    }
}

/// Sales of which nothing tells what they brought: with the file's other sales as their proceeds, which is said,
/// or not at all.
fn settle_unproven(
    unproven: Vec<Operation>,
    are_proceeds: bool,
    drafts: &mut Vec<Draft>,
    book: &mut Book<'_>,
) {
    if !are_proceeds {
        for operation in &unproven {
            refuse_half_sale(operation, book);
        }
        return;
    }
    let sum: Decimal = unproven.iter().map(|operation| operation.amount).sum();
    if let Some(first) = unproven.first() {
        let finding = Diagnostic::in_file(Code::SalesAsProceeds, first.source.file)
            .found("", Money::new(sum.normalize(), book.currency).to_string())
            .detail(unproven.len().to_string());
        book.builder.diagnose(finding);
    }
    for operation in unproven {
        let (gross, id) = (operation.amount, operation.id.clone());
        drafts.push(Draft::new(operation, Proceeds { gross, id, further_rows: 0 }));
    }
}

fn refuse_half_sale(operation: &Operation, book: &mut Book<'_>) {
    let finding = Diagnostic::at(Code::UnknownRow, operation.source)
        .found("", &operation.label)
        .detail(format!("{}: − close trade", operation.comment));
    let place = (operation.symbol.as_str(), operation.stamp);
    book.refuse(finding, operation.source, place, &operation.comment);
}

/// Gives each charge to its trade: that of the same position, else the nearest before it or at most
/// some days around. What is of a CFD or finds none comes back.
fn spread(charges: Vec<Operation>, drafts: &mut [Draft]) -> Vec<Operation> {
    let mut by_symbol: HashMap<String, Vec<(Date, usize)>> = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        let Operation { symbol, stamp, .. } = &draft.operation;
        by_symbol.entry_ref(symbol.as_str()).or_default().push((stamp.day, at));
    }
    by_symbol.values_mut().for_each(|places| places.sort_unstable());
    let mut left = Vec::new();
    for charge in charges {
        let places = by_symbol.get(&charge.symbol).map_or(&[][..], Vec::as_slice);
        let rank = |at: usize| {
            let trade = &drafts.get(at)?.operation;
            let days = trade.stamp.day.since(charge.stamp.day).ok()?.get_days();
            let apart = trade.stamp.millisecond.abs_diff(charge.stamp.millisecond);
            let other_position = trade.position.is_empty() || trade.position != charge.position;
            (days.abs() <= CHARGE_DAYS).then_some((other_position, days > 0, days.abs(), apart, at))
        };
        let first = days::plus(charge.stamp.day, -CHARGE_DAYS);
        let from = places.partition_point(|(day, _)| *day < first);
        let last = days::plus(charge.stamp.day, CHARGE_DAYS);
        let near = places.iter().skip(from).take_while(|(day, _)| *day <= last);
        let nearest = near.filter_map(|&(_, at)| rank(at)).min().map(|(.., at)| at);
        let nearest = nearest.filter(|_| !charge.is_cfd);
        let Some(draft) = nearest.and_then(|at| drafts.get_mut(at)) else {
            left.push(charge);
            continue;
        };
        draft.further_rows += 1;
        if charge.kind == Kind::Commission {
            draft.commission -= charge.amount;
        } else {
            draft.charges.push(-charge.amount);
        }
    }
    left
}

fn write(draft: Draft, book: &mut Book<'_>) {
    let Draft { operation, gross, commission, charges, id, further_rows } = draft;
    if gross < Decimal::ZERO {
        let finding = Diagnostic::at(Code::NotPositive, operation.source)
            .found(&operation.label, gross.to_string());
        let place = (operation.symbol.as_str(), operation.stamp);
        book.refuse(finding, operation.source, place, &operation.comment);
        (0..further_rows).for_each(|_| book.builder.duplicate());
        return;
    }
    let trade = Trade::new(operation.quantity, book.money(gross), book.money(commission))
        .with_charges(charges.into_iter().map(|charge| book.money(charge)));
    let event = if operation.kind == Kind::Buy { Event::Buy(trade) } else { Event::Sell(trade) };
    let instrument = book.share(&operation.symbol, &operation.name);
    let content = format!(
        "{}|{}|{}|{}|{}",
        operation.symbol,
        operation.stamp.day,
        operation.stamp.millisecond,
        operation.quantity,
        gross
    );
    let key = book.key(&id, &content);
    let stamp = book.at_exchange(&operation.symbol, operation.stamp);
    book.push(operation.source, stamp, instrument, key, event);
    (0..=further_rows).for_each(|_| book.builder.used());
}
