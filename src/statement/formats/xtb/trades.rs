//! Purchases and sales of shares, with their charges.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cash::Operation;
use super::comment;
use super::kind::Kind;
use super::market;
use super::positions::Closed;
use super::push::Book;
use crate::money::Currency;
use crate::statement::when::Stamp;
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

/// The two rows of one sale bear the same time; a second may pass between them.
const SAME_MILLISECONDS: u32 = 5_000;

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
    let mut profits = Profits::new(profits);
    let mut drafts = Vec::with_capacity(trades.len());
    let mut by_symbol: HashMap<&str, Vec<&Closed>> = HashMap::new();
    for position in closed {
        by_symbol.entry(position.symbol.as_str()).or_default().push(position);
    }
    for operation in trades {
        match draft(operation, &mut profits, &by_symbol, book.currency) {
            Ok(draft) => drafts.push(draft),
            Err(operation) => refuse_half_sale(&operation, book),
        }
    }
    let charges = spread(charges, &mut drafts);
    let mut outcome = Outcome {
        profits: profits.rest(),
        charges,
        sold: HashSet::new(),
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

/// Whether a sale without its profit is booked as its proceeds, as in exports of 2021: shares times price, in a market
/// that trades in the currency of the account. The purchase value is that only where nothing was gained.
fn is_proceeds(operation: &Operation, currency: Currency) -> bool {
    let product = comment::price(&operation.comment)
        .and_then(|price| operation.quantity.checked_mul(price))
        .filter(|_| market::trades_in(&operation.symbol, currency));
    product.is_some_and(|product| (product - operation.amount).abs() <= Decimal::new(1, 2))
}

/// A trade with its amount before charges; a sale of the old template without its profit comes back.
fn draft(
    operation: Operation,
    profits: &mut Profits,
    closed: &HashMap<&str, Vec<&Closed>>,
    currency: Currency,
) -> Result<Draft, Box<Operation>> {
    let plain = |operation: Operation, gross, id, further_rows| Draft {
        operation,
        gross,
        commission: Decimal::ZERO,
        charges: Vec::new(),
        id,
        further_rows,
    };
    let id = operation.id.clone();
    if operation.kind == Kind::Buy || operation.is_new {
        let gross = operation.amount.abs();
        return Ok(plain(operation, gross, id, 0));
    }
    // The sale gives back the purchase value, the profit is the rest: 982.94 − 10.14 = 972.80.
    if let Some(profit) = profits.take(&operation) {
        let gross = operation.amount + profit.amount;
        return Ok(plain(operation, gross, profit.id, 1));
    }
    let same = |closed: &&&Closed| {
        closed.volume == operation.quantity && are_close(closed.stamp, operation.stamp)
    };
    let closed = closed.get(operation.symbol.as_str()).map_or(&[][..], Vec::as_slice);
    match closed.iter().find(same).map(|closed| closed.gross) {
        Some(profit) => {
            let gross = operation.amount + profit;
            Ok(plain(operation, gross, id, 0))
        }
        None if is_proceeds(&operation, currency) => {
            let gross = operation.amount;
            Ok(plain(operation, gross, id, 0))
        }
        None => Err(Box::new(operation)),
    }
}

fn refuse_half_sale(operation: &Operation, book: &mut Book<'_>) {
    let finding = Diagnostic::at(Code::UnknownRow, operation.source)
        .found("", &operation.label)
        .detail(format!("{}: − close trade", operation.comment));
    let place = (operation.symbol.as_str(), operation.stamp);
    book.refuse(finding, operation.source, place, &operation.comment);
}

fn are_close(left: Stamp, right: Stamp) -> bool {
    left.day == right.day && left.millisecond.abs_diff(right.millisecond) <= SAME_MILLISECONDS
}

/// Results by symbol and day, to find that of a sale.
struct Profits {
    rows: Vec<Option<Operation>>,
    by_place: HashMap<(String, Date), Vec<usize>>,
}

impl Profits {
    fn new(rows: Vec<Operation>) -> Self {
        let mut by_place: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            by_place.entry((row.symbol.clone(), row.stamp.day)).or_default().push(at);
        }
        Self { rows: rows.into_iter().map(Some).collect(), by_place }
    }

    /// Takes the result of a sale: same symbol and time; the same comment decides between several.
    fn take(&mut self, sale: &Operation) -> Option<Operation> {
        let places = self.by_place.get_mut(&(sale.symbol.clone(), sale.stamp.day))?;
        let rows = &self.rows;
        let row = |at: usize| rows.get(at).and_then(Option::as_ref);
        let fits = |at: usize| row(at).filter(|row| are_close(row.stamp, sale.stamp));
        let rank = |at: usize| {
            fits(at).map(|row| {
                let apart = row.stamp.millisecond.abs_diff(sale.stamp.millisecond);
                (row.comment != sale.comment, apart, row.source.row.abs_diff(sale.source.row), at)
            })
        };
        let (.., at) = places.iter().filter_map(|&at| rank(at)).min()?;
        places.retain(|&place| place != at);
        self.rows.get_mut(at)?.take()
    }

    fn rest(self) -> Vec<Operation> {
        self.rows.into_iter().flatten().collect()
    }
}

/// Gives each charge to its trade: that of the same position, else the nearest before it or at most
/// some days around. What is of a CFD or finds none comes back.
fn spread(charges: Vec<Operation>, drafts: &mut [Draft]) -> Vec<Operation> {
    let mut by_symbol: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        by_symbol.entry(draft.operation.symbol.clone()).or_default().push(at);
    }
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
        let nearest = places.iter().filter_map(|&at| rank(at)).min().map(|(.., at)| at);
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
