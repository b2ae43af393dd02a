//! Purchases and sales of real shares.

use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::activity::Activity;
use super::assemble::{Book, Content, Splits};
use super::charges::Charges;
use super::closed::Position;
use super::kind::Class;
use crate::statement::{Code, Diagnostic, Event, SplitRatio, Trade};

/// Units of two sheets that differ by less than this part are the same, rounded.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// Writes the closed positions in shares: one purchase per position, one sale per row.
pub(super) fn assemble(
    content: &Content,
    splits: &Splits,
    charges: &mut Charges<'_>,
    book: &mut Book<'_>,
) {
    let opening = content.opening();
    let rewards = content.rewards();
    for group in by_position(&content.closed) {
        let Some(&first) = group.first() else { continue };
        let last = group.iter().map(|row| row.closed).max().unwrap_or(first.closed);
        let ratio = splits.between(book.names.ticker(&first.id), first.opened, last);
        let open = opening.get(first.id.as_str()).copied();
        match bought(&group, open, ratio) {
            Some((units, _)) if rewards.contains(first.id.as_str()) => {
                write_buy(first, units, Decimal::ZERO, charges, book);
            }
            Some((units, amount)) => write_buy(first, units, amount, charges, book),
            None => refuse(first, open, book),
        }
        for row in group {
            write_sell(row, charges, book);
        }
    }
}

/// Closed shares by position, in the order of the file.
fn by_position(closed: &[Position]) -> Vec<Vec<&Position>> {
    let mut groups: Vec<Vec<&Position>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for row in closed.iter().filter(|row| row.class.is_share()) {
        let place = *places.entry(row.id.as_str()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

/// Units as of the day of purchase, and the amount paid; `None` if more was sold than bought.
///
/// The broker restates units after a split, but not the amount.
fn bought(
    group: &[&Position],
    open: Option<&Activity>,
    ratio: SplitRatio,
) -> Option<(Decimal, Decimal)> {
    let sold: Decimal = group.iter().map(|row| row.units).sum();
    let amount: Decimal = group.iter().map(|row| row.amount).sum();
    let at_opening = sold.checked_mul(ratio.old)?.checked_div(ratio.new)?;
    let Some((open, units)) = open.and_then(|open| Some((open, open.units?))) else {
        return Some((at_opening, amount));
    };
    let tolerance = units.checked_mul(ROUNDING)?;
    if at_opening > units + tolerance {
        return None;
    }
    // What remains of a position closed in part stays a lot.
    let whole = units - at_opening <= tolerance;
    Some(if whole { (at_opening, amount) } else { (units, open.amount.abs()) })
}

fn refuse(position: &Position, open: Option<&Activity>, book: &mut Book<'_>) {
    let units = open.and_then(|open| open.units).unwrap_or_default();
    let finding = Diagnostic::at(Code::UnsettledAction, position.source)
        .found(&position.name, position.units.normalize().to_string())
        .detail(format!("{} → {} : split?", units.normalize(), position.units.normalize()));
    book.builder.diagnose(finding);
    let ticker = book.names.ticker(&position.id).to_owned();
    let day = position.opened.day;
    if ticker.is_empty() {
        let instrument =
            book.names.share(&position.id, position.isin, &position.name, book.builder);
        book.block_instrument(instrument, day, position.source);
    } else {
        book.block(&ticker, day, position.source);
    }
}

fn trade(units: Decimal, amount: Decimal, charges: Vec<Decimal>, book: &Book<'_>) -> Trade {
    Trade::new(units, book.money(amount), book.money(Decimal::ZERO))
        .with_charges(charges.into_iter().map(|charge| book.money(charge)))
}

fn write_buy(
    position: &Position,
    units: Decimal,
    amount: Decimal,
    charges: &mut Charges<'_>,
    book: &mut Book<'_>,
) {
    let Position { source, id, name, isin, opened, .. } = position;
    let instrument = book.names.share(id, *isin, name, book.builder);
    let own = charges.until(id, opened.day, book);
    let event = Event::Buy(trade(units, amount, own, book));
    let stamp = book.at_exchange(id, *isin, *opened);
    let key = book.opening_key(id);
    book.push((*source, stamp), instrument, key, event);
}

fn write_sell(position: &Position, charges: &mut Charges<'_>, book: &mut Book<'_>) {
    let Position { source, id, name, isin, closed, .. } = position;
    let instrument = book.names.share(id, *isin, name, book.builder);
    let own = charges.until(id, closed.day, book);
    let gross = position.amount + position.profit;
    let event = Event::Sell(trade(position.units, gross, own, book));
    let stamp = book.at_exchange(id, *isin, *closed);
    let key = book.closing_key(position);
    book.push((*source, stamp), instrument, key, event);
    book.builder.used();
}

/// Writes a position that is still open. Answers the name of the column without which it cannot be told.
pub(super) fn write_open(
    open: &Activity,
    charges: &mut Charges<'_>,
    book: &mut Book<'_>,
) -> Option<&'static str> {
    let place = (open.source, open.stamp);
    match (open.class, open.units) {
        (Some(Class::Cfd), _) => book.builder.neutral(),
        (Some(_), _) if open.amount < Decimal::ZERO => book.refuse(open, Code::UnknownRow),
        (Some(Class::Crypto), _) => {
            book.crypto_buy(place, &open.position, "", open.amount);
            book.builder.used();
        }
        (Some(Class::Stock | Class::Etf), Some(units)) => {
            let instrument = book.names.share(&open.position, None, "", book.builder);
            let own = charges.until(&open.position, open.stamp.day, book);
            let event = Event::Buy(trade(units, open.amount, own, book));
            let stamp = book.at_exchange(&open.position, None, open.stamp);
            let key = book.opening_key(&open.position);
            book.push((open.source, stamp), instrument, key, event);
            book.builder.used();
        }
        (Some(Class::Stock | Class::Etf), None) => {
            book.builder.neutral();
            return Some("Units");
        }
        (None, _) => {
            book.builder.neutral();
            return Some("Asset type");
        }
    }
    None
}
