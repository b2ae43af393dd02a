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
    /// The market of each instrument in the currency it was last traded in.
    markets: Vec<Option<(Currency, Market)>>,
}

impl<'a> Settlement<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        Self {
            ledger,
            calendar: SettlementCalendar::default(),
            markets: vec![None; ledger.instruments.len()],
        }
    }

    /// The settlement day, and whether it was derived.
    pub(super) fn day(&mut self, transaction: &Transaction, trade: &Trade) -> (Date, bool) {
        if let Some(given) = trade.settled_on {
            return (given, false);
        }
        let Some(market) = self.market(transaction.instrument, trade.gross.currency) else {
            return (transaction.day, true);
        };
        (self.calendar.settlement_day(market, transaction.day), true)
    }

    fn market(&mut self, index: InstrumentIx, currency: Currency) -> Option<Market> {
        let known = self.markets.get_mut(usize::try_from(index.0).ok()?)?;
        if let Some((last, market)) = known
            && *last == currency
        {
            return Some(*market);
        }
        let market = Market::of(self.ledger.instrument(index)?, currency);
        *known = Some((currency, market));
        Some(market)
    }
}
