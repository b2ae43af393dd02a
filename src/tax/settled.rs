//! The settlement day of each trade of a ledger: given by the file, else derived.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{Market, SettlementCalendar, SettlementRule};
use crate::{
    ledger::Ledger,
    money::Currency,
    statement::{Trade, Transaction},
};

/// Settlement days: given by the file, else derived from the market.
pub(super) struct Settlement<'a> {
    ledger: &'a Ledger,
    calendar: SettlementCalendar,
    /// For each account the one exchange that its broker trades at; empty if no account has one.
    venues: Vec<Option<&'a str>>,
    /// For each instrument, what is known since its last trade.
    known: Vec<Option<Known<'a>>>,
    /// Markets without a calendar of their own, by exchange or currency.
    guessed: BTreeSet<String>,
}

/// The table that an instrument's settlement days stand in while its currency, the year and the exchange of the
/// account stay the same.
#[derive(Clone, Copy)]
struct Known<'a> {
    currency: Currency,
    year: i16,
    venue: Option<&'a str>,
    table: usize,
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
        Self {
            ledger,
            calendar: SettlementCalendar::default(),
            venues,
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
        let account = usize::try_from(transaction.account.0).ok()?;
        let venue = self.venues.get(account).copied().flatten();
        let place = self.known.get_mut(usize::try_from(index.0).ok()?)?;
        if let Some(known) = place
            && known.currency == currency
            && known.year == year
            && known.venue == venue
        {
            return Some(known.table);
        }
        let instrument = self.ledger.instrument(index)?;
        let rule = match venue {
            Some(exchange) => SettlementRule::at(exchange, instrument, currency),
            None => SettlementRule::of(instrument, currency),
        };
        if rule.market == Market::Other {
            let exchange = instrument.exchange.trim();
            let named = Market::of_exchange(exchange).is_some();
            let name = if named { exchange } else { currency.as_str() };
            self.guessed.insert(name.to_ascii_uppercase());
        }
        let table = self.calendar.place(rule, year);
        *place = Some(Known { currency, year, venue, table });
        Some(table)
    }
}
