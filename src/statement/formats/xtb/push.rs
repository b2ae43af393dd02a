//! The account that events are written to.

use hashbrown::HashSet;
use rust_decimal::Decimal;

use super::market;
use crate::money::{Country, Currency, Money};
use crate::statement::formats::clock::Clock;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, Source,
    StatementBuilder, Transaction,
};

/// Writes events of one account.
#[derive(Debug)]
pub(super) struct Book<'b> {
    pub(super) builder: &'b mut StatementBuilder,
    pub(super) account: AccountIx,
    pub(super) currency: Currency,
    pub(super) clock: Clock,
    /// Symbols listed in Warsaw whose dividends show another country.
    pub(super) foreign: HashSet<String>,
}

impl Book<'_> {
    pub(super) fn money(&self, amount: Decimal) -> Money {
        Money::new(amount, self.currency)
    }

    /// A share. The file has no ISIN; what trades in Warsaw is taken for Polish.
    pub(super) fn share(&mut self, symbol: &str, name: &str) -> InstrumentIx {
        let index = self.builder.instrument(None, symbol, name);
        let is_foreign = self.foreign.contains(symbol);
        if let Some(instrument) = self.builder.instrument_mut(index) {
            let country = market::country(symbol);
            instrument.country = country.filter(|found| *found == Country::PL && !is_foreign);
            market::exchange(symbol).clone_into(&mut instrument.exchange);
        }
        index
    }

    /// A CFD. It gets a symbol of its own, because the broker gives CFDs and shares the same.
    pub(super) fn cfd(&mut self, symbol: &str, name: &str) -> InstrumentIx {
        let own = format!("{symbol} CFD");
        let index = self.builder.instrument(None, &own, name);
        if let Some(instrument) = self.builder.instrument_mut(index) {
            instrument.kind = InstrumentKind::Derivative;
        }
        index
    }

    /// The key of an event with the broker's number, or with its content where there is none.
    pub(super) fn key(&mut self, id: &str, content: &str) -> EventKey {
        if id.is_empty() {
            return self.builder.content_key("xtb", content.as_bytes());
        }
        self.builder.key("xtb", id.as_bytes())
    }

    pub(super) fn push(
        &mut self,
        source: Source,
        stamp: Stamp,
        instrument: InstrumentIx,
        key: EventKey,
        event: Event,
    ) {
        self.builder.push(Transaction {
            source,
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
    }

    /// The stamp of a trade in shares, as its exchange counts days.
    pub(super) fn at_exchange(&self, symbol: &str, stamp: Stamp) -> Stamp {
        if market::is_american(symbol) { self.clock.warsaw_in_new_york(stamp) } else { stamp }
    }

    /// Counts a row as not understood, with the reason and the instrument that it spoils.
    pub(super) fn refuse(
        &mut self,
        finding: Diagnostic,
        source: Source,
        (symbol, stamp): (&str, Stamp),
        note: &str,
    ) {
        let cells = [("date", stamp.day.to_string()), ("ticker", symbol.to_owned())];
        let cells = cells.into_iter().chain([("note", note.to_owned())]);
        self.builder.repair(source.row, cells.filter(|(_, text)| !text.is_empty()).collect());
        self.builder.diagnose(finding);
        self.builder.unknown();
        let instrument = self.share(symbol, "");
        self.builder.block(self.account, instrument, stamp.day, source.row);
    }

    /// Notes something about the whole file.
    pub(super) fn note(&mut self, code: Code, detail: &str) {
        let file = self.builder.source(0).file;
        self.builder.diagnose(Diagnostic::in_file(code, file).detail(detail));
    }
}
