//! The settlement day of each trade of a ledger: given by the file, else derived.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{Market, SettlementCalendar, SettlementRule};
use crate::{
    ledger::Ledger,
    money::Currency,
    statement::{AccountIx, InstrumentIx, Trade, Transaction},
};

/// Settlement days: given by the file, else derived from the market.
pub(super) struct Settlement<'a> {
    ledger: &'a Ledger,
    calendar: SettlementCalendar,
    /// For each account the one exchange that its broker trades at; empty if no account has one.
    venues: Vec<Option<&'a str>>,
    /// Where accounts trade an instrument elsewhere than it is said to be listed.
    listings: BTreeMap<(AccountIx, InstrumentIx), &'a str>,
    /// For each instrument, what is known since its last trade.
    known: Vec<Option<Known<'a>>>,
    /// Markets without a calendar of their own, by exchange or currency.
    guessed: BTreeSet<String>,
}

/// The table that an instrument's settlement days stand in while its currency, the year and the place stay the same.
#[derive(Clone, Copy)]
struct Known<'a> {
    currency: Currency,
    year: i16,
    place: Place<'a>,
    table: usize,
}

/// Where a trade was made.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Place<'a> {
    /// Where the instrument is listed, or its currency says.
    Usual,
    /// At the exchange that the files of the account name.
    Listed(&'a str),
    /// At the one exchange of the broker.
    Only(&'a str),
}

impl<'a> Settlement<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        let accounts = if ledger.venues.is_empty() { 0 } else { ledger.accounts.len() };
        let mut venues = vec![None; accounts];
        for (account, exchange) in &ledger.venues {
            let place = usize::try_from(account.0).ok().and_then(|at| venues.get_mut(at));
            if let Some(place) = place {
                *place = Some(exchange.as_str());
            }
        }
        let listings = ledger.listings.iter();
        let listings = listings
            .map(|known| ((known.account, known.instrument), known.exchange.as_str()))
            .collect();
        Self {
            ledger,
            calendar: SettlementCalendar::default(),
            venues,
            listings,
            known: vec![None; ledger.instruments.len()],
            guessed: BTreeSet::new(),
        }
    }

    /// The settlement day, and whether it was derived.
    pub(super) fn day(&mut self, transaction: &Transaction, trade: &Trade) -> (Date, bool) {
        if let Some(given) = trade.settled_on() {
            return (given, false);
        }
        match self.table(transaction, trade.gross.currency) {
            Some(table) => (self.calendar.look_up(table, transaction.day), true),
            None => (transaction.day, true),
        }
    }

    /// Markets that settlement days were guessed for, by exchange or currency.
    pub(super) fn into_guessed(self) -> BTreeSet<String> {
        self.guessed
    }

    fn table(&mut self, transaction: &Transaction, currency: Currency) -> Option<usize> {
        let (index, year) = (transaction.instrument, transaction.day.year());
        let place = self.place(transaction);
        let known = self.known.get_mut(usize::try_from(index.0).ok()?)?;
        if let Some(known) = known
            && known.currency == currency
            && known.year == year
            && known.place == place
        {
            return Some(known.table);
        }
        let instrument = self.ledger.instrument(index)?;
        let (rule, exchange) = match place {
            Place::Only(exchange) => {
                (SettlementRule::at(exchange, instrument, currency), instrument.exchange.as_str())
            }
            Place::Listed(exchange) => {
                (SettlementRule::listed_at(exchange, instrument, currency), exchange)
            }
            Place::Usual => {
                (SettlementRule::of(instrument, currency), instrument.exchange.as_str())
            }
        };
        if rule.market == Market::Other {
            let exchange = exchange.trim();
            let named = Market::of_exchange(exchange).is_some();
            let name = if named { exchange } else { currency.as_str() };
            self.guessed.insert(name.to_ascii_uppercase());
        }
        let table = self.calendar.place(rule, year);
        *known = Some(Known { currency, year, place, table });
        Some(table)
    }

    fn place(&self, transaction: &Transaction) -> Place<'a> {
        let account = usize::try_from(transaction.account.0).ok();
        let venue = account.and_then(|account| self.venues.get(account).copied().flatten());
        if let Some(venue) = venue {
            return Place::Only(venue);
        }
        if self.listings.is_empty() {
            return Place::Usual;
        }
        let listed = self.listings.get(&(transaction.account, transaction.instrument));
        listed.map_or(Place::Usual, |exchange| Place::Listed(exchange))
    }
}
