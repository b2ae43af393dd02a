//! One row after another into events.

mod transfer;

use rust_decimal::Decimal;

use super::ACCOUNT;
use super::action::Action;
use super::columns::{Columns, Priced};
use super::day::at_exchange;
use super::dividend::PerShare;
use super::repair;
use super::splits::{Half, Splits};
use crate::money::{Currency, Money, Quoted};
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Event, EventKey, InstrumentIx, Isin, StatementBuilder, Trade, Transaction,
    number_for_key,
};

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    splits: Splits,
    /// What the price of a dividend is, where the file shows it.
    per_share: Option<PerShare>,
    /// Reused for making keys.
    content: Vec<u8>,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        let Some(action) = Action::parse(row.bytes(self.columns.action)) else {
            row.report(Code::UnknownRow, self.columns.action);
            return Taken::Unknown;
        };
        let taken = match action {
            Action::Buy | Action::Sell => self.trade(action, row, builder),
            Action::Dividend => self.dividend(row, builder),
            Action::DividendAdjustment => self.dividend_adjustment(row, builder),
            Action::Interest => self.interest(row, builder),
            Action::SplitClose | Action::SplitOpen => self.split(action, row, builder),
            Action::Transfer if row.is_empty(self.columns.isin) => Some(Taken::Neutral),
            Action::Transfer => self.transfer(row, builder),
            Action::Unsettled | Action::UnsettledShares => {
                self.unsettled(row);
                None
            }
            Action::Neutral => Some(Taken::Neutral),
        };
        taken.unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        builder.repair(row.source().row, repair::cells(&self.columns, row));
        // A row that changed no number of shares leaves the lots as they are.
        let action = Action::parse(row.bytes(self.columns.action));
        let harmless = matches!(
            action,
            Some(
                Action::Unsettled
                    | Action::Dividend
                    | Action::DividendAdjustment
                    | Action::Interest
                    | Action::Neutral
            )
        );
        if harmless {
            return;
        }
        let mut cells = (0..row.width()).filter_map(|at| Isin::parse(row.text_at(at)).ok());
        let isin = Isin::parse(row.text(self.columns.isin)).ok().or_else(|| cells.next());
        let ticker = row.text(self.columns.ticker);
        if isin.is_none() && ticker.is_empty() {
            return;
        }
        let instrument = builder.instrument(isin, ticker, row.text(self.columns.name));
        let day = row.quiet_stamp(self.columns.time).map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}

/// The day of a block whose row has no readable date: it holds from the beginning.
const UNDATED: jiff::civil::Date = jiff::civil::date(1990, 1, 1);

impl Reader {
    pub(super) fn new(
        columns: Columns,
        per_share: Option<PerShare>,
        builder: &mut StatementBuilder,
    ) -> Self {
        Self {
            columns,
            per_share,
            account: builder.account(ACCOUNT),
            splits: Splits::default(),
            content: Vec::with_capacity(128),
        }
    }

    /// Resolves what needed several rows.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.splits.finish(self.account, builder);
    }

    fn trade(
        &mut self,
        action: Action,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.time);
        let instrument = self.instrument(row, builder);
        let quantity = row.required_positive(self.columns.shares);
        let price = row.required_positive(self.columns.price);
        let quoted = row.required_quoted(self.columns.price_currency);
        let charges = self.charges(row);
        let (utc, (isin, instrument), unit) = (stamp?, instrument?, quoted?);
        let (quantity, price, (commission, charges)) = (quantity?, price?, charges?);
        let gross = self.product(row, quantity, price)?;
        let currency = unit.currency;
        let trade = Trade::new(quantity, Money::new(unit.scale(gross), currency), commission)
            .with_charges(charges);
        let stamp = at_exchange(utc, isin, currency);
        let key = self.key(row, utc, isin, quantity, builder);
        let event = if action == Action::Buy { Event::Buy(trade) } else { Event::Sell(trade) };
        self.push(row, builder, instrument, stamp, key, event)
    }

    /// Gross is shares × price, and tax at source on top where the price is net, in the currency of the price.
    fn dividend(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.time);
        let instrument = self.instrument(row, builder);
        let shares = row.required_decimal(self.columns.shares);
        let price = row.required_decimal(self.columns.price);
        let quoted = row.required_quoted(self.columns.price_currency);
        let currency = quoted.map_or(Currency::EUR, |unit| unit.currency);
        let withheld = self.withheld(row, currency);
        let (stamp, (isin, instrument), unit) = (stamp?, instrument?, quoted?);
        let (shares, price, withheld) = (shares?, price?, withheld?);
        let priced = Money::new(unit.scale(self.product(row, shares, price)?), currency);
        let gross = match PerShare::of(row, &self.columns, self.per_share, priced, withheld)? {
            PerShare::Net => self.gross(row, priced, withheld)?,
            PerShare::Gross => priced,
        };
        let key = self.key(row, stamp, isin, shares, builder);
        let event = Event::Dividend { gross, withheld, country: None };
        self.push(row, builder, instrument, stamp, key, event)
    }

    /// A later correction changes the gross dividend on its own day. One that speaks of tax does not
    /// say which dividend it corrects, whose day would fix the rate (tax-law 7.6): not settled.
    fn dividend_adjustment(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let notes = row.text(self.columns.notes).to_lowercase();
        if notes.contains("tax") || notes.contains("withholding") {
            self.unsettled(row);
            return None;
        }
        let stamp = row.required_stamp(self.columns.time);
        let isin = row.isin(self.columns.isin);
        let gross = self.total(row);
        if row.has_errors() {
            return None;
        }
        let (stamp, gross) = (stamp?, gross?);
        let ticker = row.text(self.columns.ticker);
        let name = row.text(self.columns.name);
        // `Diageo PLC - Dividend FX conversion`: often the only mention of the instrument.
        let issuer = row.text(self.columns.notes).split(" - ").next().unwrap_or_default();
        let instrument = match (isin, ticker, issuer) {
            (None, "", "") => InstrumentIx::NONE,
            (None, "", issuer) => builder.instrument(None, issuer, issuer),
            _ => builder.instrument(isin, ticker, name),
        };
        let key = self.key(row, stamp, isin, gross.amount, builder);
        let withheld = Money::zero(gross.currency);
        let event = Event::Dividend { gross, withheld, country: None };
        self.push(row, builder, instrument, stamp, key, event)
    }

    fn interest(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.time);
        let total = self.total(row);
        let currency = total.map_or(Currency::EUR, |total| total.currency);
        let withheld = self.withheld(row, currency);
        let (stamp, total, withheld) = (stamp?, total?, withheld?);
        let gross = if self.columns.is_gross { total } else { self.gross(row, total, withheld)? };
        let key = self.key(row, stamp, None, total.amount, builder);
        let event = Event::Interest { gross, withheld };
        self.push(row, builder, InstrumentIx::NONE, stamp, key, event)
    }

    fn split(
        &mut self,
        action: Action,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.time);
        let instrument = self.instrument(row, builder);
        let shares = row.required_positive(self.columns.shares);
        let price = row.decimal(self.columns.price);
        let quoted = row.quoted(self.columns.price_currency);
        if row.has_errors() {
            return None;
        }
        let (stamp, (isin, instrument), shares) = (stamp?, instrument?, shares?);
        let worth = price.zip(quoted).and_then(|(price, quoted)| {
            Some(Money::new(quoted.scale(shares.checked_mul(price)?), quoted.currency))
        });
        // Without a currency only the ISIN tells the market.
        let currency = quoted.map_or(Currency::EUR, |quoted| quoted.currency);
        let half = Half {
            row: row.source().row,
            stamp: at_exchange(stamp, isin, currency),
            worth,
            instrument,
            ticker: row.text(self.columns.ticker).to_owned(),
            shares,
            action: row.text(self.columns.action).to_owned(),
            cells: repair::cells(&self.columns, row),
            key: self.key(row, stamp, isin, shares, builder),
        };
        self.splits.add(action == Action::SplitOpen, half);
        Some(Taken::Later)
    }

    fn unsettled(&self, row: &mut Row<'_>) {
        let notes = row.text(self.columns.notes);
        let detail = if notes.is_empty() { row.text(self.columns.name) } else { notes };
        row.report_with(Code::UnsettledAction, self.columns.action, detail);
    }

    fn push(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        instrument: InstrumentIx,
        stamp: Stamp,
        key: EventKey,
        event: Event,
    ) -> Option<Taken> {
        if row.has_errors() {
            return None;
        }
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
        Some(Taken::Used)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<(Option<Isin>, InstrumentIx)> {
        let written = row.bytes(self.columns.isin);
        if let Ok(isin) = Isin::from_bytes(written)
            && let Some(known) = builder.known_instrument(isin)
        {
            return Some((Some(isin), known));
        }
        let filled = !written.is_empty();
        let isin = row.isin(self.columns.isin);
        let ticker = row.text(self.columns.ticker);
        match (filled, isin) {
            (true, None) => None,
            (false, None) if ticker.is_empty() => row.refuse(Code::NoInstrument, self.columns.isin),
            _ => Some((isin, builder.instrument(isin, ticker, row.text(self.columns.name)))),
        }
    }

    /// Everything charged on a trade. A charge below zero is refused: it would be a refund or an
    /// export with another sign convention, and nothing tells which.
    ///
    /// The first one is answered apart: most rows have no other, and need no list.
    fn charges(&self, row: &mut Row<'_>) -> Option<(Money, Vec<Money>)> {
        let mut first: Option<Money> = None;
        let mut further = Vec::new();
        let mut complete = true;
        for &column in &self.columns.charges {
            match self.charge(row, column, Currency::EUR) {
                Some(charge) if charge.is_zero() => {}
                Some(charge) if first.is_none() => first = Some(charge),
                Some(charge) => further.push(charge),
                None => complete = false,
            }
        }
        complete.then(|| (first.unwrap_or(Money::zero(Currency::EUR)), further))
    }

    /// Tax at source: in a column of its own, or among all taxes.
    fn withheld(&self, row: &mut Row<'_>, otherwise: Currency) -> Option<Money> {
        let withheld = self.charge(row, self.columns.withheld, otherwise)?;
        if withheld.is_zero() {
            self.charge(row, self.columns.taxes, otherwise)
        } else {
            Some(withheld)
        }
    }

    /// An amount of zero or more with its own currency; nothing, in the currency given, if the cell is
    /// empty.
    fn charge(&self, row: &mut Row<'_>, priced: Priced, otherwise: Currency) -> Option<Money> {
        let amount = match row.decimal(priced.amount) {
            Some(amount) => amount,
            None if row.is_empty(priced.amount) => Decimal::ZERO,
            None => return None,
        };
        let is_negative = amount.is_sign_negative() && !amount.is_zero();
        if is_negative && !self.columns.is_gross {
            return row.refuse(Code::NotPositive, priced.amount);
        }
        if amount.is_zero() && row.is_empty(priced.currency) {
            return Some(Money::zero(otherwise));
        }
        let quoted = unit(row, priced)?;
        Some(Money::new(quoted.scale(amount.abs()), quoted.currency))
    }

    fn total(&self, row: &mut Row<'_>) -> Option<Money> {
        let amount = row.required_decimal(self.columns.total.amount);
        let unit = unit(row, self.columns.total)?;
        Some(Money::new(unit.scale(amount?), unit.currency))
    }

    /// Shares × price; a product that no decimal holds is refused.
    fn product(&self, row: &mut Row<'_>, shares: Decimal, price: Decimal) -> Option<Decimal> {
        match shares.checked_mul(price) {
            Some(product) => Some(product),
            None => row.refuse(Code::BadNumber, self.columns.shares),
        }
    }

    /// Net and tax at source together; in two currencies nobody can add them.
    fn gross(&self, row: &mut Row<'_>, net: Money, withheld: Money) -> Option<Money> {
        if withheld.is_zero() {
            return Some(net);
        }
        if withheld.currency != net.currency {
            return row.refuse(Code::BadCurrency, self.columns.withheld.currency);
        }
        match net.amount.checked_add(withheld.amount) {
            Some(gross) => Some(Money::new(gross, net.currency)),
            None => row.refuse(Code::BadNumber, self.columns.withheld.amount),
        }
    }

    /// The identity of a row. The broker reuses ids (both halves of a split, partial fills), so what
    /// happened is mixed in; the stamp only to the second, because older exports have no more.
    fn key(
        &mut self,
        row: &Row<'_>,
        utc: Stamp,
        isin: Option<Isin>,
        amount: Decimal,
        builder: &mut StatementBuilder,
    ) -> EventKey {
        let id = row.bytes(self.columns.id);
        self.content.clear();
        self.content.extend_from_slice(id);
        self.content.push(0);
        self.content.extend_from_slice(row.bytes(self.columns.action));
        let [low, high] = utc.day.year().to_le_bytes();
        let [month, day] = [utc.day.month(), utc.day.day()].map(i8::cast_unsigned);
        self.content.extend_from_slice(&[low, high, month, day]);
        self.content.extend_from_slice(&(utc.millisecond / 1000).to_le_bytes());
        // Of a known length, which costs less than a call.
        let isin: &[u8; 12] = isin.as_ref().map_or(&[0; 12], Isin::as_bytes);
        self.content.extend_from_slice(isin);
        self.content.extend_from_slice(&number_for_key(amount));
        if id.is_empty() {
            builder.content_key("t212", &self.content)
        } else {
            builder.key("t212", &self.content)
        }
    }
}

/// The currency of an amount: from the name of its column, else from the column beside it.
fn unit(row: &mut Row<'_>, priced: Priced) -> Option<Quoted> {
    match priced.fixed {
        Some(currency) => Some(Quoted { currency, hundredths: false }),
        None => row.required_quoted(priced.currency),
    }
}
