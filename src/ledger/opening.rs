//! Opening lots that name no account: the sender was asked for them because shares are missing on one.

use std::collections::{BTreeMap, BTreeSet};

use super::Ledger;
use crate::statement::{AccountIx, Event, InstrumentIx, TEMPLATE, Transaction};

/// Puts each on the only account that trades the instrument. Whether any was moved.
///
/// An account of its own, as rows without a name have, would leave it beside the sale that lacks it.
pub(super) fn place(ledger: &mut Ledger) -> bool {
    if !ledger.inputs.iter().any(|input| input.format == TEMPLATE) {
        return false;
    }
    let lots = ledger.transactions.iter().filter(|row| is_nameless(row));
    let wanted: BTreeSet<InstrumentIx> = lots.map(|lot| lot.instrument).collect();
    if wanted.is_empty() {
        return false;
    }
    let mut accounts: BTreeMap<InstrumentIx, BTreeSet<AccountIx>> = BTreeMap::new();
    for row in &ledger.transactions {
        let trades = !matches!(row.event, Event::OpeningLot { .. });
        if trades && wanted.contains(&row.instrument) {
            accounts.entry(row.instrument).or_default().insert(row.account);
        }
    }
    let mut moved = false;
    for lot in ledger.transactions.iter_mut().filter(|row| is_nameless(row)) {
        let places = accounts.get(&lot.instrument).into_iter().flatten();
        let [only] = places.collect::<Vec<_>>()[..] else { continue };
        moved |= lot.account != *only;
        lot.account = *only;
    }
    moved
}

/// Rows of the template have a key where they name an account.
fn is_nameless(row: &Transaction) -> bool {
    row.key.is_none() && matches!(row.event, Event::OpeningLot { .. })
}
