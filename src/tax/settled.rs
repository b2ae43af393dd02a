//! The settlement day of each trade of a ledger: given by the file, else derived.

use jiff::civil::Date;

use super::{Market, SettlementCalendar};
use crate::{
    ledger::Ledger,
    money::Currency,
    statement::{InstrumentIx, Trade, Transaction},
};

/// Settlement days: given by the file, else derived from the market.
pub(super) struct Settlement<'a> {
    ledger: &'a Ledger,
    calendar: SettlementCalendar,
    /// For each instrument, what is known since its last trade.
    known: Vec<Option<Known>>,
}

/// The table that an instrument's settlement days stand in while its currency and the year stay the same.
#[derive(Clone, Copy)]
struct Known {
    currency: Currency,
    year: i16,
    table: usize,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            calendar: SettlementCalendar::default(),
            known: vec![None; ledger.instruments.len()],
        }
    }

    /// The settlement day, and whether it was derived.
    pub(super) fn day(&mut self, transaction: &Transaction, trade: &Trade) -> (Date, bool) {
        if let Some(given) = trade.settled_on() {
            return (given, false);
        }
        let (instrument, day) = (transaction.instrument, transaction.day);
        match self.table(instrument, trade.gross.currency, day.year()) {
            Some(table) => (self.calendar.look_up(table, day), true),
            None => (day, true),
        }
    }

    fn table(&mut self, index: InstrumentIx, currency: Currency, year: i16) -> Option<usize> {
        let place = self.known.get_mut(usize::try_from(index.0).ok()?)?;
        if let Some(known) = place
            && known.currency == currency
            && known.year == year
        {
            return Some(known.table);
        }
        let market = Market::of(self.ledger.instrument(index)?, currency);
        let table = self.calendar.place(market, year);
        *place = Some(Known { currency, year, table });
        Some(table)
    }
}
