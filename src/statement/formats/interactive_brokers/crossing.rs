//! Trades that close a position and open the opposite one (`C;O`).
//!
//! How much is closed follows from the position before the trade: what the broker reports at the end
//! of the file less the file's own trades gives the position at its beginning. Where a file does not
//! tell, or something else changed the quantity, a person decides.

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
    for crossing in &crossings {
        match held_before(reader, crossing, &crossings) {
            Some(held) => divide(reader, crossing, held),
            None => refuse(reader, crossing),
        }
    }
}

/// The position before the trade; `None` if the file does not tell it.
fn held_before(reader: &mut Reader, crossing: &Crossing, all: &[Crossing]) -> Option<Decimal> {
    let place = crossing.place();
    let at_end = reader.positions.at_end(place)?;
    let mut changes: Vec<Change> =
        all.iter().filter(|other| other.place() == place).map(Crossing::change).collect();
    for transaction in reader.builder.transactions_mut() {
        if (transaction.account, transaction.instrument) != place {
            continue;
        }
        let quantity = match &transaction.event {
            Event::Buy(trade) | Event::CloseShort(trade) => trade.quantity,
            Event::Sell(trade) | Event::OpenShort(trade) => -trade.quantity,
            Event::TransferIn { quantity, .. } => *quantity,
            Event::TransferOut { quantity, .. } => -quantity,
            Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::OpeningLot { .. }
            | Event::Block => {
                return None;
            }
            Event::Dividend { .. }
            | Event::Withholding { .. }
            | Event::Interest { .. }
            | Event::Fee { .. }
            | Event::Derivative { .. }
            | Event::CryptoBuy { .. }
            | Event::CryptoSell { .. } => continue,
        };
        let when = (transaction.day, transaction.millisecond);
        changes.push((when, transaction.source.row, quantity));
    }
    let (when, row, _) = crossing.change();
    let later = changes.iter().filter(|change| (change.0, change.1) >= (when, row));
    Some(at_end - later.map(|change| change.2).sum::<Decimal>())
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
