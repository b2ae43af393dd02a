//! Transfers between own accounts: which arrival belongs to which departure.
//!
//! A transfer without a change of owner is no disposal, and lots keep the days and costs of their purchase
//! (tax-law 2.3). One file tells that shares left, another that they came; only here are both seen. A
//! departure and an arrival belong together if instrument and quantity are the same and the days are near.
//! Where more than one account could be meant, nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Ledger, merge::recount};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Instrument, InstrumentIx, InstrumentKind, Source,
    Transaction, TransferIx,
};

/// How long shares may be on their way: transfers between depositaries take weeks.
const DAYS_ON_THE_WAY_MAX: i32 = 35;

/// So many pairs of one quantity and ticker are compared; nobody moves a thousand equal parcels there and back.
const PAIRS_MAX: usize = 1_000_000;

/// Numbers the transfers that both files tell; the other arrivals wait for their cost.
pub(super) fn link(ledger: &mut Ledger) {
    let ends = Ends::of(ledger);
    let pairs = ends.pairs(ledger);
    let mut joined = BTreeSet::new();
    let mut settled = BTreeSet::new();
    for (number, &(departure, arrival)) in (0..).zip(&pairs) {
        settled.extend(join(ledger, departure, arrival, TransferIx(number)));
        joined.extend([departure, arrival]);
    }
    if !settled.is_empty() {
        // What was offered in case nobody tells the cost.
        ledger.repairs.retain(|repair| !settled.contains(&repair.source));
    }
    for &arrival in ends.arrivals.iter().filter(|at| !joined.contains(*at)) {
        refuse(ledger, arrival);
    }
    for &departure in ends.departures.iter().filter(|at| !joined.contains(*at)) {
        let Some(transaction) = ledger.transactions.get(departure) else { continue };
        let finding = finding(ledger, transaction, Code::TransferAway);
        ledger.diagnostics.push(finding);
    }
}

/// The transactions that tell one side of a transfer, by their place in the ledger, in order of days.
#[derive(Debug, Default)]
struct Ends {
    departures: Vec<usize>,
    arrivals: Vec<usize>,
}

impl Ends {
    fn of(ledger: &Ledger) -> Self {
        let mut ends = Self::default();
        for (at, transaction) in ledger.transactions.iter().enumerate() {
            match side(&transaction.event) {
                Some((Side::Departure, _)) => ends.departures.push(at),
                Some((Side::Arrival, _)) => ends.arrivals.push(at),
                None => {}
            }
        }
        let stamp = |at: &usize| {
            let found = ledger.transactions.get(*at);
            found.map(|found| (found.day, found.millisecond, found.source))
        };
        ends.departures.sort_by_key(stamp);
        ends.arrivals.sort_by_key(stamp);
        ends
    }

    /// Departures and arrivals that belong together, each once.
    fn pairs(&self, ledger: &Ledger) -> Vec<(usize, usize)> {
        let tickers: Vec<String> = ledger.instruments.iter().map(ticker).collect();
        let alike = |at: usize| {
            let found = ledger.transactions.get(at)?;
            let (_, quantity) = side(&found.event)?;
            let ticker = usize::try_from(found.instrument.0).ok().and_then(|at| tickers.get(at));
            let ticker = ticker.map(String::as_str).filter(|ticker| !ticker.is_empty());
            Some((quantity, ticker.map_or(Kin::Instrument(found.instrument), Kin::Ticker)))
        };
        let mut groups: BTreeMap<(Decimal, Kin<'_>), Self> = BTreeMap::new();
        for &at in &self.departures {
            if let Some(alike) = alike(at) {
                groups.entry(alike).or_default().departures.push(at);
            }
        }
        for &at in &self.arrivals {
            if let Some(alike) = alike(at) {
                groups.entry(alike).or_default().arrivals.push(at);
            }
        }
        let few =
            |ends: &&Self| ends.departures.len().saturating_mul(ends.arrivals.len()) <= PAIRS_MAX;
        groups.values().filter(few).flat_map(|ends| ends.equal_pairs(ledger)).collect()
    }

    /// As [`Self::pairs`], where all are of one quantity and kin.
    fn equal_pairs(&self, ledger: &Ledger) -> Vec<(usize, usize)> {
        let mut candidates: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut targets: BTreeMap<usize, BTreeSet<AccountIx>> = BTreeMap::new();
        for &arrival in &self.arrivals {
            let Some(to) = ledger.transactions.get(arrival) else { continue };
            let mut of_arrival = Vec::new();
            for &departure in &self.departures {
                let from = ledger.transactions.get(departure);
                if from.is_some_and(|from| belong(ledger, from, to)) {
                    of_arrival.push(departure);
                    targets.entry(departure).or_default().insert(to.account);
                }
            }
            candidates.push((arrival, of_arrival));
        }
        let account = |at: usize| ledger.transactions.get(at).map(|found| found.account);
        let clear = |departures: &[usize]| {
            let one = departures.first().and_then(|first| account(*first));
            departures.iter().all(|departure| {
                let met = targets.get(departure).is_some_and(|accounts| accounts.len() == 1);
                met && account(*departure) == one
            })
        };
        let mut taken = BTreeSet::new();
        let mut pairs = Vec::new();
        for (arrival, departures) in candidates.iter().filter(|(_, all)| clear(all)) {
            // Both are in the order of their days: the first that is left is the one.
            if let Some(&departure) = departures.iter().find(|at| !taken.contains(*at)) {
                taken.insert(departure);
                pairs.push((departure, *arrival));
            }
        }
        pairs
    }
}

/// What the two ends of a transfer have in common: only these are compared with each other.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kin<'t> {
    Ticker(&'t str),
    /// That has no ticker.
    Instrument(InstrumentIx),
}

/// Whether the two, which are kin, may be one transfer.
fn belong(ledger: &Ledger, from: &Transaction, to: &Transaction) -> bool {
    let one = ledger.instrument(from.instrument);
    let other = ledger.instrument(to.instrument);
    let same = from.instrument == to.instrument
        || one.zip(other).is_some_and(|(one, other)| may_be_one(one, other));
    let span = from.day.since(to.day).map_or(i32::MAX, |span| span.get_days().abs());
    same && span <= DAYS_ON_THE_WAY_MAX
}

/// Of one ticker: files without an ISIN name nothing else.
fn may_be_one(one: &Instrument, other: &Instrument) -> bool {
    let told_apart = one.isin.is_some() && other.isin.is_some();
    let shares = [one, other].iter().all(|known| known.kind == InstrumentKind::Security);
    !told_apart && shares
}

/// The ticker in capitals, without the market that some files put behind it (`ACME.US`, `ACME:xnas`).
fn ticker(instrument: &Instrument) -> String {
    let symbol = instrument.symbol.to_uppercase();
    // A single letter is a class of shares (`BRK.B`), not a market.
    let listed = symbol.rsplit_once(['.', ':']).filter(|(_, market)| market.len() > 1);
    listed.map_or(symbol.clone(), |(ticker, _)| ticker.to_owned())
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    Departure,
    Arrival,
}

/// Which end of a transfer an event tells, and of how many shares.
fn side(event: &Event) -> Option<(Side, Decimal)> {
    match event {
        Event::TransferOut { quantity, .. } => Some((Side::Departure, *quantity)),
        Event::TransferIn { quantity, .. } => Some((Side::Arrival, *quantity)),
        Event::Buy(_)
        | Event::Sell(_)
        | Event::OpenShort(_)
        | Event::CloseShort(_)
        | Event::OpeningLot { .. }
        | Event::Dividend { .. }
        | Event::Withholding { .. }
        | Event::Interest { .. }
        | Event::Fee { .. }
        | Event::Split(_)
        | Event::SplitAdded { .. }
        | Event::Rename { .. }
        | Event::Derivative { .. }
        | Event::CryptoBuy { .. }
        | Event::CryptoSell { .. }
        | Event::Block => None,
    }
}

/// Gives both ends their number, and answers the row of the arrival. Shares cannot arrive before they
/// left: where the files say so, the departure is put to the stamp of the arrival.
fn join(
    ledger: &mut Ledger,
    departure: usize,
    arrival: usize,
    number: TransferIx,
) -> Option<Source> {
    let came = ledger.transactions.get_mut(arrival)?;
    if let Event::TransferIn { departure, .. } = &mut came.event {
        *departure = Some(number);
    }
    let (stamp, source) = ((came.day, came.millisecond), came.source);
    let left = ledger.transactions.get_mut(departure)?;
    if let Event::TransferOut { arrival, .. } = &mut left.event {
        *arrival = Some(number);
    }
    if (left.day, left.millisecond) > stamp {
        (left.day, left.millisecond) = stamp;
    }
    Some(source)
}

/// Nobody tells where the shares come from: their instrument waits.
fn refuse(ledger: &mut Ledger, arrival: usize) {
    let Some(transaction) = ledger.transactions.get(arrival) else { return };
    let (source, finding) = (transaction.source, finding(ledger, transaction, Code::TransferCost));
    ledger.diagnostics.push(finding);
    if let Some(transaction) = ledger.transactions.get_mut(arrival) {
        transaction.event = Event::Block;
    }
    unsettle(ledger, source);
}

fn unsettle(ledger: &mut Ledger, source: Source) {
    recount(&mut ledger.inputs, source, |rows| {
        if rows.used > 0 {
            rows.used -= 1;
            rows.unknown += 1;
        }
    });
}

fn finding(ledger: &Ledger, transaction: &Transaction, code: Code) -> Diagnostic {
    let label = ledger.instrument(transaction.instrument).map_or("", Instrument::label);
    let shares = side(&transaction.event).map(|(_, quantity)| quantity.normalize().to_string());
    Diagnostic::at(code, transaction.source).found("", label).detail(shares.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::ledger::{Input, merge};
    use crate::statement::{FileId, StatementBuilder};

    /// One file of one account with one end of a transfer.
    fn file(number: u32, account: &str, symbol: &str, day: Date, event: Event) -> Input {
        let mut builder = StatementBuilder::new(FileId(number), "test");
        let account = builder.account(account);
        let instrument = builder.instrument(None, symbol, "");
        let source = builder.source(2);
        if matches!(event, Event::TransferIn { .. }) {
            builder.repair(2, Vec::new());
        }
        let (key, millisecond) = (None, 0);
        builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
        builder.used();
        Input::untagged(format!("{number}.csv"), builder.finish())
    }

    fn out(quantity: i64) -> Event {
        Event::TransferOut { quantity: Decimal::from(quantity), arrival: None }
    }

    fn into(quantity: i64) -> Event {
        Event::TransferIn { quantity: Decimal::from(quantity), departure: None }
    }

    fn codes(ledger: &Ledger) -> Vec<Code> {
        ledger.diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn both_ends_get_one_number_and_nothing_is_asked() {
        let ledger = merge(vec![
            file(0, "A", "ACME", date(2024, 3, 1), out(10)),
            file(1, "B", "ACME.US", date(2024, 3, 6), into(10)),
        ]);
        assert_eq!(codes(&ledger), []);
        assert!(ledger.repairs.is_empty());
        let number = Some(TransferIx(0));
        let quantity = Decimal::TEN;
        let events: Vec<&Event> = ledger.transactions.iter().map(|t| &t.event).collect();
        assert_eq!(
            events,
            [
                &Event::TransferOut { quantity, arrival: number },
                &Event::TransferIn { quantity, departure: number }
            ]
        );
    }

    #[test]
    fn an_arrival_booked_first_still_follows_the_departure() {
        let ledger = merge(vec![
            file(0, "A", "ACME", date(2024, 3, 8), out(10)),
            file(1, "B", "ACME", date(2024, 3, 6), into(10)),
        ]);
        assert!(matches!(ledger.transactions[0].event, Event::TransferOut { .. }));
        assert_eq!(ledger.transactions[0].day, date(2024, 3, 6));
    }

    #[test]
    fn other_quantities_shares_and_seasons_do_not_belong_together() {
        let left = || file(0, "A", "ACME", date(2024, 3, 1), out(10));
        for came in [
            file(1, "B", "ACME", date(2024, 3, 6), into(11)),
            file(1, "B", "OTHER", date(2024, 3, 6), into(10)),
            file(1, "B", "ACME", date(2024, 6, 6), into(10)),
        ] {
            let ledger = merge(vec![left(), came]);
            assert_eq!(codes(&ledger), [Code::TransferCost, Code::TransferAway]);
            assert_eq!((ledger.inputs[1].rows.used, ledger.inputs[1].rows.unknown), (0, 1));
            assert!(ledger.transactions.iter().any(|t| t.event == Event::Block));
            assert_eq!(ledger.repairs.len(), 1);
        }
    }

    #[test]
    fn two_possible_accounts_are_not_guessed_between() {
        let ledger = merge(vec![
            file(0, "A", "ACME", date(2024, 3, 1), out(10)),
            file(1, "B", "ACME", date(2024, 3, 2), out(10)),
            file(2, "C", "ACME", date(2024, 3, 6), into(10)),
        ]);
        assert_eq!(codes(&ledger), [Code::TransferCost, Code::TransferAway, Code::TransferAway]);
    }
    #[test]
    fn equal_parcels_go_by_their_instrument_and_the_order_of_their_days() {
        let ledger = merge(vec![
            file(0, "A", "OTHER", date(2024, 3, 1), out(10)),
            file(1, "A", "ACME", date(2024, 3, 4), out(10)),
            file(2, "A", "ACME", date(2024, 3, 2), out(10)),
            file(3, "B", "acme.us", date(2024, 3, 5), into(10)),
            file(4, "B", "ACME:xnas", date(2024, 3, 6), into(10)),
            file(5, "B", "BRK.B", date(2024, 3, 6), into(10)),
            file(6, "A", "BRK.A", date(2024, 3, 5), out(10)),
        ]);
        let ends = |at: usize| -> Vec<_> {
            let of = |event: &Event| {
                if let Event::TransferOut { arrival: number, .. }
                | Event::TransferIn { departure: number, .. } = event
                {
                    *number
                } else {
                    None
                }
            };
            let own = ledger.transactions.iter();
            own.filter(|t| t.source.file == FileId(u32::try_from(at).unwrap()))
                .map(|t| of(&t.event))
                .collect()
        };
        assert_eq!(ends(2), ends(3), "the first that left came first");
        assert_eq!(ends(1), ends(4));
        assert!(ends(1) != ends(2) && ends(1)[0].is_some() && ends(2)[0].is_some());
        assert_eq!((ends(0), ends(5), ends(6)), (vec![None], vec![None], vec![None]));
        let waiting = [Code::TransferCost, Code::TransferAway, Code::TransferAway];
        assert_eq!(codes(&ledger), waiting);
    }
}
