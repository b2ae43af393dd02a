//! Where accounts trade an instrument that several brokers name, each with an exchange of its own: a fund bought in
//! London and in Frankfurt settles on different days.

use std::collections::BTreeMap;

use super::{
    Ledger, Listing,
    identity::places,
    merge::{Identity, Input},
};
use crate::statement::{AccountIx, InstrumentIx};

/// The accounts whose own files name another exchange than the one that stands with the instrument, or none: what another
/// broker says of its exchange tells nothing of theirs.
pub(super) fn listings(inputs: &[Input], identities: &[Identity], ledger: &Ledger) -> Vec<Listing> {
    let is_listed = ledger.instruments.iter().any(|instrument| !instrument.exchange.is_empty());
    if ledger.accounts.len() < 2 || !is_listed {
        return Vec::new();
    }
    let mut own: BTreeMap<(AccountIx, InstrumentIx), &str> = BTreeMap::new();
    for (input, identity) in inputs.iter().zip(identities) {
        let places = places(&input.statement, identity);
        for (at, instrument) in (0..).map(InstrumentIx).zip(&input.statement.instruments) {
            for account in places.get(&at).into_iter().flatten() {
                let exchange = own.entry((*account, identity.instrument(at))).or_default();
                // What the first file of an account says holds for the account.
                if exchange.is_empty() {
                    *exchange = &instrument.exchange;
                }
            }
        }
    }
    let listing = |((account, instrument), exchange): (_, &str)| Listing {
        account,
        instrument,
        exchange: exchange.to_owned(),
    };
    let is_usual = |index, exchange: &str| {
        let known = ledger.instrument(index);
        known.is_none_or(|known| known.exchange.eq_ignore_ascii_case(exchange))
    };
    let others = own.into_iter().filter(|((_, index), exchange)| !is_usual(*index, exchange));
    others.map(listing).collect()
}
