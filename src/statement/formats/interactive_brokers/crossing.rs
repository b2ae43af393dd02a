//! Trades that close a position and open the opposite one (`C;O`).
//!
//! How much is closed follows from the position before the trade: what the broker reports at the end
//! of the file less the file's own trades gives the position at its beginning. Where a file does not
//! tell, or something else changed the quantity, a person decides.

use std::cmp::Reverse;

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{reader::Reader, trades::beside};
use crate::{
    money::Money,
    statement::{
        AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Source, Trade, Transaction,
    },
};

/// A trade that waits for the rest of the file.
#[derive(Debug)]
pub(super) struct Crossing {
    pub(super) source: Source,
    pub(super) key: EventKey,
    pub(super) account: AccountIx,
    pub(super) instrument: InstrumentIx,
    pub(super) day: Date,
    pub(super) millisecond: u32,
    pub(super) selling: bool,
    pub(super) trade: Trade,
}

/// A change of a position: when, in which row, by how much.
type Change = ((Date, u32), u32, Decimal);

impl Crossing {
    fn place(&self) -> (AccountIx, InstrumentIx) {
        (self.account, self.instrument)
    }

    fn change(&self) -> Change {
        let quantity = self.trade.quantity;
        let signed = if self.selling { -quantity } else { quantity };
        ((self.day, self.millisecond), self.source.row, signed)
    }
}

/// Divides all waiting trades and counts their rows.
pub(super) fn settle(reader: &mut Reader) {
    let crossings = std::mem::take(&mut reader.crossings);
    if crossings.is_empty() {
        return;
    }
    // All of them before the first is divided: its parts would count beside it.
    let changes = changes(reader.builder.transactions_mut(), &crossings);
    for crossing in &crossings {
        match held_before(reader, crossing, &changes) {
            Some(held) => divide(reader, crossing, held),
            None => refuse(reader, crossing),
        }
    }
}

/// The changes of each position that a waiting trade is of, the last one first, each with what it and all later ones come
/// to; `None` where something else changed the quantity.
type Changes = HashMap<(AccountIx, InstrumentIx), Option<Vec<Change>>>;

fn changes(transactions: &[Transaction], crossings: &[Crossing]) -> Changes {
    let mut changes = Changes::new();
    for crossing in crossings {
        let of_place = changes.entry(crossing.place()).or_insert_with(|| Some(Vec::new()));
        of_place.get_or_insert_default().push(crossing.change());
    }
    for transaction in transactions {
        let place = (transaction.account, transaction.instrument);
        let Some(of_place) = changes.get_mut(&place) else { continue };
        let when = (transaction.day, transaction.millisecond);
        match change_of(&transaction.event) {
            Some(quantity) if quantity.is_zero() => {}
            Some(quantity) => {
                if let Some(list) = of_place {
                    list.push((when, transaction.source.row, quantity));
                }
            }
            None => *of_place = None,
        }
    }
    for list in changes.values_mut().flatten() {
        list.sort_unstable_by_key(|change| Reverse((change.0, change.1)));
        let mut sum = Decimal::ZERO;
        for (.., quantity) in list {
            sum += *quantity;
            *quantity = sum;
        }
    }
    changes
}

/// What an event adds to a position; `None` if that is not told in shares.
fn change_of(event: &Event) -> Option<Decimal> {
    match event {
        Event::Buy(trade) | Event::CloseShort(trade) => Some(trade.quantity),
        Event::Sell(trade) | Event::OpenShort(trade) => Some(-trade.quantity),
        Event::TransferIn { quantity, .. } => Some(*quantity),
        Event::TransferOut { quantity, .. } => Some(-quantity),
        Event::Split(_)
        | Event::SplitAdded { .. }
        | Event::Rename { .. }
        | Event::OpeningLot { .. }
        | Event::Block => None,
        Event::Dividend { .. }
        | Event::Withholding { .. }
        | Event::Interest { .. }
        | Event::Fee { .. }
        | Event::Derivative { .. }
        | Event::CryptoBuy { .. }
        | Event::CryptoSell { .. } => Some(Decimal::ZERO),
    }
}

/// The position before the trade; `None` if the file does not tell it.
fn held_before(reader: &Reader, crossing: &Crossing, changes: &Changes) -> Option<Decimal> {
    let at_end = reader.positions.at_end(crossing.place())?;
    let changes = changes.get(&crossing.place())?.as_ref()?;
    let (when, row, _) = crossing.change();
    // The last of those that are not before the trade has the sum of all of them.
    let later = changes.partition_point(|change| (change.0, change.1) >= (when, row));
    let (.., sum) = changes.get(later.checked_sub(1)?)?;
    Some(at_end - sum)
}

/// The part that closes, and the rest that opens; charges go with the shares.
fn divide(reader: &mut Reader, crossing: &Crossing, held: Decimal) {
    let whole = &crossing.trade;
    let opposite = held.is_sign_negative() != crossing.selling && !held.is_zero();
    let closing = held.abs();
    if !opposite || closing >= whole.quantity {
        return refuse(reader, crossing);
    }
    let part = |money: Money| {
        let product = money.amount.checked_mul(closing)?;
        Some(Money::new(product.checked_div(whole.quantity)?, money.currency))
    };
    let parts: Option<Vec<Money>> = whole.charges().iter().map(|charge| part(*charge)).collect();
    let (Some(gross), Some(commission), Some(charges)) =
        (part(whole.gross), part(whole.commission), parts)
    else {
        return refuse(reader, crossing);
    };
    let less = |whole: Money, part: Money| Money::new(whole.amount - part.amount, whole.currency);
    let rest = Trade::new(
        whole.quantity - closing,
        less(whole.gross, gross),
        less(whole.commission, commission),
    )
    .with_charges(whole.charges().iter().zip(&charges).map(|(all, part)| less(*all, *part)))
    .settling_on(whole.settled_on());
    let closed = Trade::new(closing, gross, commission)
        .with_charges(charges)
        .settling_on(whole.settled_on());
    let (closed, rest) = if crossing.selling {
        (Event::Sell(closed), Event::OpenShort(rest))
    } else {
        (Event::CloseShort(closed), Event::Buy(rest))
    };
    let opening = beside(reader, "ibkr-trade-rest", crossing.key);
    push(reader, crossing, crossing.key, 0, closed);
    push(reader, crossing, opening, 1, rest);
    reader.builder.used();
}

fn push(reader: &mut Reader, crossing: &Crossing, key: EventKey, after: u32, event: Event) {
    let Crossing { source, account, instrument, day, millisecond, .. } = *crossing;
    reader.builder.push(Transaction {
        source,
        key: Some(key),
        account,
        instrument,
        day,
        millisecond: millisecond + after,
        event,
    });
}

fn refuse(reader: &mut Reader, crossing: &Crossing) {
    let Crossing { account, instrument, day, source, .. } = *crossing;
    reader.block(account, instrument, Some(day), source.row);
    reader.builder.unknown();
    let (side, other) = if crossing.selling { ("sell", "short") } else { ("cover", "buy") };
    let detail = format!("{} = {side} … + {other} …", crossing.trade.quantity.normalize());
    let found = Diagnostic::at(Code::UnsettledAction, source).found("Code", "C;O").detail(detail);
    reader.builder.diagnose(found);
}
