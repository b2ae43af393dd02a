//! What the exchanges of virtual currency have in common: what is money and what is a coin, the legs of
//! one exchange, and what is said once per file.
//!
//! Only money against coins counts: spending on a purchase is a cost of its year, what a sale brings is
//! revenue (art. 17 ust. 1f, art. 22 ust. 14–15 PIT). A coin for a coin, stablecoins among them, is
//! neither (art. 17 ust. 1f, art. 23 ust. 1 pkt 38d). Nothing is valued here: a row that disposes of a
//! coin for something other than money, without its value, stays open.

mod asset;
mod cells;
mod exchange;
mod notes;

pub(super) use asset::fiat;
pub(super) use cells::{amount, fixed_stamp, instant, money, quiet_amount, quiet_instant};
pub(super) use exchange::{Deal, Leg, Settled, Sides, settle};
pub(super) use notes::Notes;

use super::super::{InstrumentIx, InstrumentKind, StatementBuilder};

/// The instrument that stands for a coin.
pub(super) fn coin(builder: &mut StatementBuilder, code: &str) -> InstrumentIx {
    let instrument = builder.instrument(None, code, code);
    if let Some(known) = builder.instrument_mut(instrument) {
        known.kind = InstrumentKind::Crypto;
    }
    instrument
}
