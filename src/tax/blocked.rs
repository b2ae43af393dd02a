//! Why no figure is given for an instrument, as a finding.

use std::collections::{BTreeMap, BTreeSet};

use super::BlockedInstrument;
use crate::{
    ledger::Ledger,
    statement::{AccountIx, Code, Diagnostic, InstrumentIx, Isin},
};

/// The findings of blocked instruments, in their order.
pub(super) fn findings(ledger: &Ledger, blocked: &[BlockedInstrument]) -> Vec<Diagnostic> {
    let is_symbol = |blocked: &&BlockedInstrument| {
        let known = ledger.instrument(blocked.instrument);
        blocked.missing.is_some() && known.is_some_and(|known| known.isin.is_none())
    };
    // Rarely needed, and a walk over the whole ledger.
    let named = if blocked.iter().any(|blocked| is_symbol(&blocked)) {
        isins(ledger)
    } else {
        BTreeMap::new()
    };
    let one = |blocked: &BlockedInstrument| {
        let known = ledger.instrument(blocked.instrument);
        let label = known.map_or("", |known| known.label());
        let candidates = named.get(&(blocked.account, label)).filter(|_| is_symbol(&blocked));
        let (code, detail) = match (blocked.missing, candidates) {
            (Some(_), Some(isins)) if isins.len() > 1 => {
                let isins: Vec<String> = isins.iter().map(Isin::to_string).collect();
                (Code::TickerAmbiguous, isins.join(", "))
            }
            (Some(missing), _) => (Code::MissingLots, missing.normalize().to_string()),
            (None, _) => (Code::InstrumentBlocked, String::new()),
        };
        Diagnostic::at(code, blocked.source).found("", label).detail(detail)
    };
    blocked.iter().map(one).collect()
}

/// The ISINs that a symbol stands for on each account.
fn isins(ledger: &Ledger) -> BTreeMap<(AccountIx, &str), BTreeSet<Isin>> {
    let places: BTreeSet<(AccountIx, InstrumentIx)> =
        ledger.transactions.iter().map(|event| (event.account, event.instrument)).collect();
    let mut named: BTreeMap<(AccountIx, &str), BTreeSet<Isin>> = BTreeMap::new();
    for (account, instrument) in places {
        let Some(known) = ledger.instrument(instrument) else { continue };
        if let Some(isin) = known.isin.filter(|_| !known.symbol.is_empty()) {
            named.entry((account, known.symbol.as_str())).or_default().insert(isin);
        }
    }
    named
}
