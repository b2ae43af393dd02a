//! What a sale of shares brought.
//!
//! The new template books the proceeds. Older files book either the proceeds or, with the profit in a row of its
//! own, the purchase value; which one, no label tells in every language and year. So each sale is proven: by the
//! row of its profit, by shares times price, or by the position that it closed.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::cash::Operation;
use super::comment;
use super::market;
use super::positions::Closed;
use crate::money::Currency;
use crate::statement::when::Stamp;

/// The two rows of one sale bear the same time; a second may pass between them.
const SAME_MILLISECONDS: u32 = 5_000;

/// Values of a position and its result are rounded each for itself, part by part.
const ROUNDED: Decimal = Decimal::TEN;

/// What one sale brought.
#[derive(Debug)]
pub(super) struct Proceeds {
    pub(super) gross: Decimal,
    /// The broker's number, the same in both templates.
    pub(super) id: String,
    /// Rows that tell of the sale besides its own.
    pub(super) further_rows: u32,
}

/// What proves sales, and how the file books them as far as is known.
#[derive(Debug)]
pub(super) struct Sales<'c> {
    profits: Profits,
    closed: HashMap<(&'c str, Date, Decimal), Vec<&'c Closed>>,
    currency: Currency,
    /// Some sale is booked as its proceeds.
    has_proceeds: bool,
    /// Some sale is, or may be, booked as its purchase value.
    has_costs: bool,
}

impl<'c> Sales<'c> {
    pub(super) fn new(profits: Vec<Operation>, closed: &'c [Closed], currency: Currency) -> Self {
        let mut by_size: HashMap<_, Vec<&Closed>> = HashMap::new();
        for position in closed {
            let size = (position.symbol.as_str(), position.stamp.day, position.volume);
            by_size.entry(size).or_default().push(position);
        }
        let profits = Profits::new(profits);
        Self { profits, closed: by_size, currency, has_proceeds: false, has_costs: false }
    }

    /// What a sale brought before charges, if the file proves it.
    pub(super) fn proceeds(&mut self, sale: &Operation) -> Option<Proceeds> {
        let amount = sale.amount;
        let plain = |gross| Proceeds { gross, id: sale.id.clone(), further_rows: 0 };
        if sale.is_new {
            return Some(plain(amount));
        }
        let product = comment::price(&sale.comment).and_then(|p| sale.quantity.checked_mul(p));
        let is_product = |amount: Decimal| product.is_some_and(|product| is_cent(product - amount));
        // The sale gives back the purchase value, the profit is the rest: 982.94 − 10.14 = 972.80.
        if let Some(profit) = self.profits.take(sale) {
            self.has_costs = true;
            let sum = amount + profit.amount;
            let has_all = is_product(amount) && !is_product(sum);
            let gross = if has_all { amount } else { sum };
            return Some(Proceeds { gross, id: profit.id, further_rows: 1 });
        }
        // The purchase value is shares times this price only where nothing was gained.
        if is_product(amount) {
            self.has_proceeds = true;
            return Some(plain(amount));
        }
        let Some(gross) = self.told_by_position(sale) else {
            self.has_costs |= market::trades_in(&sale.symbol, self.currency);
            return None;
        };
        self.has_costs |= gross != amount;
        self.has_proceeds |= gross == amount;
        Some(plain(gross))
    }

    /// Whether sales of which nothing tells are booked as their proceeds, like all of which something does.
    pub(super) fn are_all_proceeds(&self) -> bool {
        self.has_proceeds && !self.has_costs
    }

    /// Results that belong to no sale of shares.
    pub(super) fn rest(self) -> Vec<Operation> {
        self.profits.rest()
    }

    /// What the position brought that the sale closed.
    fn told_by_position(&self, sale: &Operation) -> Option<Decimal> {
        let size = (sale.symbol.as_str(), sale.stamp.day, sale.quantity);
        let closed = self.closed.get(&size).map_or(&[][..], Vec::as_slice);
        let is_it = |closed: &&&Closed| are_close(closed.stamp, sale.stamp);
        let fitting = closed.iter().filter(is_it).filter_map(|closed| brought(closed, sale.amount));
        fitting.min_by_key(|(apart, _)| *apart).map(|(_, gross)| gross)
    }
}

/// How far the booked amount is from the value that it is of a position, and what the position brought.
fn brought(closed: &Closed, amount: Decimal) -> Option<(Decimal, Decimal)> {
    let of_cost = amount + closed.gross;
    let Some((cost, proceeds)) = closed.purchase.zip(closed.sale) else {
        return Some((Decimal::ZERO, of_cost));
    };
    let (from_cost, from_proceeds) = ((cost - amount).abs(), (proceeds - amount).abs());
    let apart = from_cost.min(from_proceeds);
    // Values in another currency than the result fit neither it nor the amount.
    let fits = is_cent((proceeds - cost - closed.gross) / ROUNDED)
        && apart * Decimal::ONE_HUNDRED <= amount;
    fits.then_some((apart, if from_proceeds < from_cost { amount } else { of_cost }))
}

fn is_cent(difference: Decimal) -> bool {
    difference.abs() <= Decimal::new(1, 2)
}

fn are_close(left: Stamp, right: Stamp) -> bool {
    left.day == right.day && left.millisecond.abs_diff(right.millisecond) <= SAME_MILLISECONDS
}

/// Results by symbol and day, to find that of a sale.
#[derive(Debug)]
struct Profits {
    rows: Vec<Option<Operation>>,
    /// Times and places of those not taken yet.
    by_place: HashMap<(String, Date), BTreeSet<(u32, usize)>>,
}

impl Profits {
    fn new(rows: Vec<Operation>) -> Self {
        let mut by_place: HashMap<_, BTreeSet<(u32, usize)>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            let of_day = by_place.entry((row.symbol.clone(), row.stamp.day)).or_default();
            of_day.insert((row.stamp.millisecond, at));
        }
        Self { rows: rows.into_iter().map(Some).collect(), by_place }
    }

    /// Takes the result of a sale: same symbol and time; the same comment decides between several.
    fn take(&mut self, sale: &Operation) -> Option<Operation> {
        let places = self.by_place.get_mut(&(sale.symbol.clone(), sale.stamp.day))?;
        let time = sale.stamp.millisecond;
        let first = time.saturating_sub(SAME_MILLISECONDS);
        let last = time.saturating_add(SAME_MILLISECONDS);
        let rank = |&(of, at): &(u32, usize)| {
            let row = self.rows.get(at)?.as_ref()?;
            let lines = row.source.row.abs_diff(sale.source.row);
            Some((row.comment != sale.comment, of.abs_diff(time), lines, at, of))
        };
        let close = places.range((first, 0)..=(last, usize::MAX));
        let (.., at, of) = close.filter_map(rank).min()?;
        places.remove(&(of, at));
        self.rows.get_mut(at)?.take()
    }

    fn rest(self) -> Vec<Operation> {
        self.rows.into_iter().flatten().collect()
    }
}
