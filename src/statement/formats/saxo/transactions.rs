//! One row of the transactions report.

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Place, month_day, without_none};
use super::event::{Traded, traded};
use crate::money::Money;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::{self, Stamp};
use crate::statement::{Code, Diagnostic, Event, InstrumentIx, Isin, StatementBuilder, Trade};

#[derive(Debug)]
pub(super) struct Columns {
    client: Column,
    traded: Column,
    settled: Column,
    kind: Column,
    name: Column,
    isin: Column,
    currency: Column,
    symbol: Column,
    event: Column,
    amount: Column,
    rate: Column,
    exchange: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            client: header.required(&["client id"]),
            traded: header.required(&["trade date"]),
            settled: header.required(&["value date"]),
            kind: header.required(&["type"]),
            name: header.optional(&["instrument"]),
            isin: header.required(&["instrument isin"]),
            currency: header.required(&["instrument currency"]),
            symbol: header.required(&["instrument symbol"]),
            event: header.required(&["event"]),
            amount: header.required(&["amount", "booked amount"]),
            rate: header.required(&["conversion rate"]),
            exchange: header.optional(&["exchange description"]),
        };
        header.ignore(&[
            "order id",
            "from derivative",
            "underlying asset type",
            "account id",
            "account currency",
            "asset type",
            "total cost",
            "uic",
            "comment",
            "booking id",
            "",
        ]);
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
}

/// What a row is, by type and event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Trade(Traded),
    Dividend,
    Custody,
    Interest,
    Neutral,
    Unsettled,
}

impl Kind {
    fn of(kind: &str, event: &str) -> Option<Self> {
        let (kind, text) = (kind.to_lowercase(), event.to_lowercase());
        Some(match (kind.as_str(), text.as_str()) {
            ("trade" | "transactie" | "handel", _) => Self::Trade(traded(event)?),
            ("corporate action", "dividend" | "cash dividend") => Self::Dividend,
            ("corporate action", _) => Self::Unsettled,
            ("cash amount", "custody fee") => Self::Custody,
            ("cash amount", "client interest" | "interest") => Self::Interest,
            ("cash transfer", "deposit" | "withdrawal" | "storting" | "opname") => Self::Neutral,
            _ => return None,
        })
    }
}

impl Reader {
    pub(super) fn new(columns: Columns) -> Self {
        Self { columns }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let Some(kind) = Kind::of(row.text(columns.kind), row.text(columns.event)) else {
            return row.refuse(Code::UnknownRow, columns.event);
        };
        match kind {
            Kind::Neutral => Some(Taken::Neutral),
            Kind::Trade(traded) => self.trade(row, builder, traded),
            Kind::Custody | Kind::Interest => self.cash(row, builder, kind),
            // Before or after tax? The sender has the report that tells.
            Kind::Dividend | Kind::Unsettled => row.refuse(Code::UnsettledAction, columns.event),
        }
    }

    fn trade(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        traded: Traded,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let instrument = self.instrument(row, builder);
        let stamp = day(row, columns.traded);
        let settled = day(row, columns.settled);
        let amount = bounded::required(row, columns.amount);
        let rate = bounded::required(row, columns.rate);
        if row.has_errors() {
            return None;
        }
        let (instrument, stamp, settled) = (instrument?, stamp?, settled?);
        let (amount, rate) = (amount?, rate?);
        let Traded { buys, quantity, price, quoted } = traded;
        if quantity.is_zero() || amount.is_sign_negative() != buys {
            return row.refuse(Code::AmountMismatch, columns.amount);
        }
        if settled.day < stamp.day {
            return row.refuse(Code::ImplausibleDate, columns.settled);
        }
        let Some(product) = quantity.checked_mul(price) else {
            return row.refuse(Code::BadNumber, columns.event);
        };
        let gross = Money::new(quoted.scale(product), quoted.currency);
        let commission = if rate == Decimal::ONE {
            self.fee(row, gross, amount, buys)?
        } else {
            // Nobody tells the currency of the amount, so nobody tells the fee in it.
            let source = row.source();
            let found = format!("{} {}", row.text(columns.amount), row.text(columns.event));
            row.diagnose(Diagnostic::at(Code::ChargesLeftOut, source).found("", found));
            Money::zero(gross.currency)
        };
        let trade = Trade::new(quantity, gross, commission).settling_on(Some(settled.day));
        let symbol = row.text(columns.symbol);
        let (shares, each) = (quantity.normalize(), price.normalize());
        let content = format!("{} {symbol} {buys} {shares} {each}", stamp.day);
        let key = builder.content_key("saxo-trade", content.as_bytes());
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        self.place(row, builder, instrument, stamp).push(builder, key, event);
        Some(Taken::Used)
    }

    /// What the amount has beyond the price, in the currency of both.
    fn fee(&self, row: &mut Row<'_>, gross: Money, amount: Decimal, buys: bool) -> Option<Money> {
        let beyond = if buys { -amount - gross.amount } else { gross.amount - amount };
        let rounding = Decimal::new(2, 2);
        // A fee is small; what is larger, or of the other sign, is no fee.
        let most = Decimal::from(50).max(gross.amount / Decimal::TEN);
        if beyond < -rounding || beyond > most {
            let expected = gross.amount.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, self.columns.amount, expected);
            return None;
        }
        Some(Money::new(beyond.max(Decimal::ZERO), gross.currency))
    }

    fn cash(&self, row: &mut Row<'_>, builder: &mut StatementBuilder, kind: Kind) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = day(row, columns.traded);
        let amount = bounded::required(row, columns.amount);
        let currency = row.required_quoted(columns.currency).map(|quoted| quoted.currency);
        let rate = bounded::required(row, columns.rate);
        let (stamp, amount, currency) = (stamp?, amount?, currency?);
        if rate? != Decimal::ONE {
            // The amount is in the currency of the account, which is not told.
            return row.refuse(Code::AccountCurrencyUnknown, columns.amount);
        }
        let paid = Money::new(-amount.normalize(), currency);
        let event = if kind == Kind::Custody {
            Event::Fee { amount: paid }
        } else if amount.is_sign_negative() {
            let value = paid.to_string();
            row.diagnose(Diagnostic::at(Code::ChargesLeftOut, row.source()).found("", value));
            return Some(Taken::Neutral);
        } else {
            Event::Interest { gross: Money::new(amount, currency), withheld: Money::zero(currency) }
        };
        let text = row.text(columns.event);
        let content = format!("{} {text} {} {currency}", stamp.day, amount.normalize());
        let key = builder.content_key("saxo-cash", content.as_bytes());
        self.place(row, builder, InstrumentIx::NONE, stamp).push(builder, key, event);
        Some(Taken::Used)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let columns = &self.columns;
        let isin = match without_none(row.text(columns.isin)) {
            "" => None,
            _ => Some(row.isin(columns.isin)?),
        };
        let symbol = row.text(columns.symbol);
        if isin.is_none() && symbol.is_empty() {
            return row.refuse(Code::NoInstrument, columns.symbol);
        }
        let index = builder.instrument(isin, symbol, row.text(columns.name));
        let exchange = row.text(columns.exchange);
        if let Some(known) = builder.instrument_mut(index).filter(|known| known.exchange.is_empty())
        {
            exchange.clone_into(&mut known.exchange);
        }
        Some(index)
    }

    fn place(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        instrument: InstrumentIx,
        stamp: Stamp,
    ) -> Place {
        let account = builder.account(&self.account(row));
        Place { row: row.source().row, account, instrument, stamp }
    }

    fn account(&self, row: &Row<'_>) -> String {
        match row.text(self.columns.client) {
            "" => "Saxo".to_owned(),
            client => format!("Saxo {client}"),
        }
    }
}

/// `02-Apr-2025`, or a day as the table reads it.
fn day(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    let named = month_day(row.text(column)).and_then(|iso| when::iso(iso.as_bytes()));
    named.or_else(|| row.required_stamp(column))
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let kind = Kind::of(row.text(columns.kind), row.text(columns.event));
        let mut cells = row.cells(&[
            ("ticker", columns.symbol),
            ("isin", columns.isin),
            ("note", columns.event),
        ]);
        let date = row.text(columns.traded);
        cells.push(("date", month_day(date).unwrap_or_else(|| date.to_owned())));
        // Only what was not converted is in the currency of the instrument.
        let plain = row.text(columns.rate) == "1";
        if plain {
            cells.extend(row.cells(&[("amount", columns.amount), ("currency", columns.currency)]));
        }
        if kind == Some(Kind::Dividend) {
            cells.push(("type", "dividend".to_owned()));
        }
        cells.push(("account", self.account(row)));
        builder.repair(row.source().row, cells);
        let harmless = matches!(kind, Some(Kind::Dividend | Kind::Custody | Kind::Interest));
        let isin = Isin::parse(row.text(columns.isin)).ok();
        let symbol = row.text(columns.symbol);
        if harmless || (isin.is_none() && symbol.is_empty()) {
            return;
        }
        let instrument = builder.instrument(isin, symbol, row.text(columns.name));
        let day = month_day(date).and_then(|iso| iso.parse().ok());
        let day = day.unwrap_or(jiff::civil::date(1990, 1, 1));
        let account = builder.account(&self.account(row));
        builder.block(account, instrument, day, row.source().row);
    }
}
