//! One identity per account and instrument over all files.
//!
//! The ISIN decides (a ticker is reused by other issuers, an ISIN is not). A file that names only the
//! symbol joins the instrument with an ISIN if exactly one with that symbol occurs on the same
//! account; otherwise it stays an instrument of its own.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::{
    Ledger,
    merge::{Identity, Input},
};
use crate::statement::{AccountIx, Instrument, InstrumentIx, Isin, Statement, TEMPLATE};

/// Fills the ledger's accounts and instruments; returns the translation for each input.
pub(super) fn unify(inputs: &[Input], ledger: &mut Ledger) -> Vec<Identity> {
    let mut masked = unmasked(inputs);
    masked.extend(typed(inputs));
    let mut known = HashMap::new();
    let mut identities: Vec<Identity> = inputs
        .iter()
        .map(|input| Identity {
            accounts: accounts(&input.statement, &masked, &mut known, ledger),
            instruments: Vec::new(),
        })
        .collect();
    let mut by_isin: BTreeMap<Isin, InstrumentIx> = BTreeMap::new();
    for (input, identity) in inputs.iter().zip(&mut identities) {
        identity.instruments = with_isin(&input.statement, ledger, &mut by_isin);
    }
    join_symbols(inputs, &mut identities, ledger);
    identities
}

/// What masked account numbers such as `U***00001` stand for: the one full number of the files that fits.
fn unmasked(inputs: &[Input]) -> BTreeMap<String, String> {
    let names: BTreeSet<&String> =
        inputs.iter().flat_map(|input| &input.statement.accounts).collect();
    let (masked, full): (Vec<&String>, Vec<&String>) =
        names.into_iter().partition(|name| name.contains("***"));
    let known = masked.into_iter().filter_map(|masked| {
        let (head, tail) = (masked.split('*').next()?, masked.rsplit('*').next()?);
        let fits = |name: &&&String| {
            name.len() > head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        };
        let mut fitting = full.iter().filter(fits).filter(|_| tail.len() >= MASKED_DIGITS_MIN);
        let only = fitting.next()?;
        fitting.next().is_none().then(|| (masked.clone(), (*only).clone()))
    });
    known.collect()
}

/// Accounts as people type them into the template: the number without the broker before it, or in other letters. Only
/// where one account of the brokers' files fits.
fn typed(inputs: &[Input]) -> BTreeMap<String, String> {
    let of = |template: bool| {
        let inputs =
            inputs.iter().filter(move |input| (input.statement.format == TEMPLATE) == template);
        inputs.flat_map(|input| &input.statement.accounts).collect::<BTreeSet<&String>>()
    };
    let (typed, brokers) = (of(true), of(false));
    let typed = typed.into_iter().filter(|name| !brokers.contains(name));
    let meant = typed.filter_map(|typed| {
        let name = typed.to_lowercase();
        let fits = |account: &&&String| {
            let account = account.to_lowercase();
            let number = account.rsplit_once(' ').map_or("", |(_, number)| number);
            account == name || (number == name && name.len() >= MASKED_DIGITS_MIN)
        };
        let mut fitting = brokers.iter().filter(fits);
        let only = fitting.next()?;
        fitting.next().is_none().then(|| (typed.clone(), (*only).clone()))
    });
    meant.collect()
}

/// With fewer visible digits two accounts may look alike.
const MASKED_DIGITS_MIN: usize = 4;

fn accounts<'a>(
    statement: &'a Statement,
    unmasked: &'a BTreeMap<String, String>,
    known: &mut HashMap<&'a str, AccountIx>,
    ledger: &mut Ledger,
) -> Vec<AccountIx> {
    let mut place = |name: &'a String| {
        let name = unmasked.get(name).unwrap_or(name);
        *known.entry(name.as_str()).or_insert_with(|| {
            ledger.accounts.push(name.clone());
            AccountIx(u32::try_from(ledger.accounts.len() - 1).unwrap_or(u32::MAX))
        })
    };
    statement.accounts.iter().map(&mut place).collect()
}

/// Places the instruments that have an ISIN; the others get [`InstrumentIx::NONE`] for now.
fn with_isin(
    statement: &Statement,
    ledger: &mut Ledger,
    by_isin: &mut BTreeMap<Isin, InstrumentIx>,
) -> Vec<InstrumentIx> {
    let mut place = |instrument: &Instrument| {
        let Some(isin) = instrument.isin else { return InstrumentIx::NONE };
        let index = *by_isin.entry(isin).or_insert_with(|| add(ledger, instrument.clone()));
        complete(ledger, index, instrument);
        index
    };
    statement.instruments.iter().map(&mut place).collect()
}

fn add(ledger: &mut Ledger, instrument: Instrument) -> InstrumentIx {
    ledger.instruments.push(instrument);
    InstrumentIx(u32::try_from(ledger.instruments.len() - 1).unwrap_or(u32::MAX))
}

/// Fills what an earlier file left empty.
fn complete(ledger: &mut Ledger, index: InstrumentIx, other: &Instrument) {
    let known = usize::try_from(index.0).ok().and_then(|at| ledger.instruments.get_mut(at));
    let Some(known) = known else { return };
    if known.symbol.is_empty() {
        known.symbol.clone_from(&other.symbol);
    }
    if known.name.is_empty() {
        known.name.clone_from(&other.name);
    }
    if known.exchange.is_empty() {
        known.exchange.clone_from(&other.exchange);
    }
    known.country = known.country.or(other.country);
}

/// Which accounts an instrument occurs on, by the ledger's indices.
pub(super) type Places = BTreeMap<InstrumentIx, BTreeSet<AccountIx>>;

fn join_symbols(inputs: &[Input], identities: &mut [Identity], ledger: &mut Ledger) {
    let alone = |input: &Input| {
        input.statement.instruments.iter().any(|instrument| instrument.isin.is_none())
    };
    if !inputs.iter().any(alone) {
        return;
    }
    let mut with_isin = Places::new();
    for (input, identity) in inputs.iter().zip(&*identities) {
        for (own, accounts) in places(&input.statement, identity) {
            let index = usize::try_from(own.0).ok().and_then(|at| identity.instruments.get(at));
            if let Some(&index) = index.filter(|index| **index != InstrumentIx::NONE) {
                with_isin.entry(index).or_default().extend(accounts);
            }
        }
    }
    let candidates = candidates(&with_isin, ledger);
    let mut by_symbol: BTreeMap<(String, bool), InstrumentIx> = BTreeMap::new();
    for (input, identity) in inputs.iter().zip(identities) {
        let own_places = places(&input.statement, identity);
        for (at, instrument) in input.statement.instruments.iter().enumerate() {
            if instrument.isin.is_some() {
                continue;
            }
            let own = InstrumentIx(u32::try_from(at).unwrap_or(u32::MAX));
            let accounts = own_places.get(&own).cloned().unwrap_or_default();
            let index = joined(&candidates, instrument, &accounts).unwrap_or_else(|| {
                let key = (
                    instrument.symbol.to_uppercase(),
                    instrument.kind == crate::statement::InstrumentKind::Crypto,
                );
                *by_symbol.entry(key).or_insert_with(|| add(ledger, instrument.clone()))
            });
            if let Some(place) = identity.instruments.get_mut(at) {
                *place = index;
            }
        }
    }
}

/// Accounts (of the ledger) by instrument (of the statement).
pub(super) fn places(statement: &Statement, identity: &Identity) -> Places {
    let mut places = Places::new();
    let mut last = None;
    for transaction in &statement.transactions {
        let here = (transaction.instrument, transaction.account);
        if last == Some(here) {
            continue;
        }
        last = Some(here);
        let account = usize::try_from(here.1.0).ok().and_then(|at| identity.accounts.get(at));
        places.entry(here.0).or_default().extend(account);
    }
    // A report without trades of its own may be the only one that knows the ISIN.
    for item in &statement.expected {
        let account = usize::try_from(item.account.0).ok();
        let account = account.and_then(|at| identity.accounts.get(at));
        places.entry(item.instrument).or_default().extend(account);
    }
    places
}

/// Instruments with an ISIN and their accounts, by their symbols without regard to case.
type Candidates<'p> = HashMap<String, Vec<(InstrumentIx, &'p BTreeSet<AccountIx>)>>;

fn candidates<'p>(with_isin: &'p Places, ledger: &Ledger) -> Candidates<'p> {
    let mut candidates = Candidates::new();
    for (index, places) in with_isin {
        if let Some(known) = ledger.instrument(*index) {
            let symbol = known.symbol.to_ascii_uppercase();
            candidates.entry(symbol).or_default().push((*index, places));
        }
    }
    candidates
}

/// The one instrument with an ISIN that the symbol can mean on these accounts.
fn joined(
    candidates: &Candidates<'_>,
    instrument: &Instrument,
    accounts: &BTreeSet<AccountIx>,
) -> Option<InstrumentIx> {
    if instrument.symbol.is_empty() {
        return None;
    }
    let of_symbol = candidates.get(&instrument.symbol.to_ascii_uppercase())?;
    let mut here = of_symbol.iter().filter(|(_, places)| !places.is_disjoint(accounts));
    let first = here.next()?;
    if here.next().is_some() { None } else { Some(first.0) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use crate::ledger::{Input, merge};
    use crate::money::{Currency, Money};
    use crate::statement::{Event, FileId, Isin, StatementBuilder, Transaction};

    /// A file with a dividend of each instrument: ISIN and symbol.
    fn file(number: u32, account: &str, instruments: &[(&str, &str)]) -> Input {
        let mut builder = StatementBuilder::new(FileId(number), "a");
        let account = builder.account(account);
        for (isin, symbol) in instruments {
            let instrument = builder.instrument(Isin::parse(isin).ok(), symbol, "");
            let (source, day) = (builder.source(2), date(2024, 1, 15));
            let gross = Money::new(Decimal::ONE, Currency::USD);
            let withheld = Money::zero(Currency::USD);
            let event = Event::Dividend { gross, withheld, country: None };
            let (key, millisecond) = (None, 0);
            builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
            builder.used();
        }
        Input::untagged(String::new(), builder.finish())
    }

    #[test]
    fn a_symbol_joins_the_only_isin_that_has_it_on_the_account_in_either_case() {
        let (one, other) = (("US0378331005", "ab"), ("US5949181045", "Ab"));
        let symbol = || file(1, "A", &[("", "AB")]);
        assert_eq!(merge(vec![file(0, "A", &[one]), symbol()]).instruments.len(), 1);
        assert_eq!(merge(vec![file(0, "B", &[one]), symbol()]).instruments.len(), 2);
        assert_eq!(merge(vec![file(0, "A", &[one, other]), symbol()]).instruments.len(), 3);
        let apart = vec![file(0, "A", &[one]), symbol(), file(2, "B", &[other])];
        assert_eq!(merge(apart).instruments.len(), 2);
    }
}
