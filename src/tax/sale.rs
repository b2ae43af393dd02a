//! A sale between the ledger and the result: its figures, and lots as the result shows them.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    LotMatch, OpenLot,
    leg::{Days, Leg},
    lot::Lot,
};
use crate::{
    money::Pln,
    statement::{AccountIx, InstrumentIx, Trade, Transaction},
};

/// A sale on its way to becoming a disposal.
pub(super) struct Sale<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) trade: &'a Trade,
    pub(super) settled_on: Date,
    pub(super) settlement_derived: bool,
    pub(super) years: [i16; 2],
    pub(super) days: Days,
    /// Whether the lots are short sales that this purchase closes.
    pub(super) is_short: bool,
}

impl Sale<'_> {
    /// Revenue and cost under one basis; `None` where a rate is missing.
    pub(super) fn figures(
        &self,
        side: usize,
        gross: &Leg,
        charges: &Leg,
        slices: &[Lot],
    ) -> Option<(Pln, Pln)> {
        let of_leg = |leg: &Leg| leg.pln.get(side).copied().flatten();
        let of_side = |amounts: &[Option<Pln>; 2]| amounts.get(side).copied().flatten();
        let costs: Option<Pln> = slices.iter().map(|slice| of_side(&slice.cost)).sum();
        let cost = costs? + of_leg(charges)?;
        let price = of_leg(gross)?;
        if self.is_short {
            let brought = |slice: &Lot| of_side(slice.proceeds.as_deref()?);
            Some((slices.iter().map(brought).sum::<Option<Pln>>()?, cost + price))
        } else {
            Some((price, cost))
        }
    }
}

impl From<Lot> for LotMatch {
    fn from(lot: Lot) -> Self {
        Self {
            acquired_on: lot.acquired_on,
            rate_day: lot.rate_day,
            quantity: lot.quantity,
            cost: lot.cost[0].unwrap_or_default(),
            rate: lot.rate,
            source: lot.source,
        }
    }
}

/// The lot of a purchase, or of a short sale whose proceeds are filled in after.
pub(super) fn lot(transaction: &Transaction, quantity: Decimal, days: Days, leg: Leg) -> Lot {
    let [rate_day, _] = days;
    Lot {
        acquired_on: transaction.day,
        rate_day,
        quantity,
        cost: leg.pln,
        proceeds: None,
        rate: leg.rate,
        missing: leg.missing,
        source: transaction.source,
    }
}

/// A lot that is left at the end.
pub(super) fn open_lot(account: AccountIx, instrument: InstrumentIx, lot: &Lot) -> OpenLot {
    OpenLot {
        account,
        instrument,
        acquired_on: lot.acquired_on,
        quantity: lot.quantity,
        cost: lot.cost[0],
        rate: lot.rate,
        source: lot.source,
    }
}
