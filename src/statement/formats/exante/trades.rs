//! The list of trades: one row each, with fee and value date.

use super::super::bounded;
use super::super::shared::{Place, is_currency_pair, without_none};
use super::listed::Listed;
use super::{account, account_name, claim_account, instrument, trade_key};
use crate::money::Money;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{Code, Event, InstrumentKind, Isin, StatementBuilder, Trade};

#[derive(Debug)]
pub(super) struct Columns {
    when: Column,
    account: Column,
    side: Column,
    symbol: Column,
    isin: Column,
    kind: Column,
    price: Column,
    currency: Column,
    quantity: Column,
    fee: Column,
    fee_currency: Column,
    volume: Column,
    settled: Column,
    trade: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            when: header.required(&["time", "godzina", "время"]),
            account: claim_account(header),
            side: header.required(&["side", "strona", "направление"]),
            symbol: header.required(&["symbol id", "id symbolu", "id символа"]),
            isin: header.optional(&["isin"]),
            kind: header.required(&["type", "rodzaj", "тип"]),
            price: header.required(&["price", "cena", "цена"]),
            currency: header.required(&["currency", "waluta", "валюта"]),
            quantity: header.required(&["quantity", "ilosc", "количество"]),
            fee: header.required(&["commission", "prowizje", "комиссия"]),
            fee_currency: header.required(&[
                "commission currency",
                "waluta dla prowizji",
                "валюта комиссии",
            ]),
            volume: header.optional(&["traded volume", "wolumen obrotu", "объем"]),
            settled: header.optional(&["value date", "data wartosci", "дата валютирования"]),
            trade: header.optional(&["trade type", "rodzaj handlu", "тип сделки"]),
        };
        header.ignore(&[
            "p&l",
            "zysk/strata",
            "order id",
            "identyfikator zlecenia",
            "номер заявки",
            "order pos",
            "stan zlecenia",
            "pozycja zlecenia",
            "позиция заявки",
            "unique transaction identifier (uti)",
            "uti",
            "exchange order id",
            "identyfikator zlecenia wymiany",
            "id конвертации",
            "",
        ]);
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader<'l> {
    columns: Columns,
    listed: &'l mut Listed,
}

/// What is traded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Share,
    Currency,
    Bond,
    /// Options, futures, contracts for difference: the size of a contract is not in the file.
    Derivative,
    Unknown,
}

impl<'l> Reader<'l> {
    pub(super) fn new(columns: Columns, listed: &'l mut Listed) -> Self {
        Self { columns, listed }
    }

    /// Notes what the ledger repeats, also where the row itself is refused.
    fn note(&mut self, row: &mut Row<'_>) {
        let columns = &self.columns;
        let shares = bounded::quiet(row, columns.quantity).map(|quantity| {
            let buys = row.text(columns.side).eq_ignore_ascii_case("buy");
            if buys { quantity.abs() } else { -quantity.abs() }
        });
        let told = row.quiet_stamp(columns.when).zip(shares);
        self.listed.add(row.text(columns.account), row.text(columns.symbol), told);
    }

    fn kind(&self, row: &Row<'_>) -> Kind {
        let symbol = row.text(self.columns.symbol);
        // Options stand as `ACME.CBOE.19X2021.P345`, whatever their type says.
        let parts = symbol.split('.').count();
        match row.text(self.columns.kind).to_uppercase().as_str() {
            _ if is_currency_pair(symbol) => Kind::Currency,
            "STOCK" | "ETF" if parts <= 2 => Kind::Share,
            "STOCK" | "ETF" | "OPTION" | "FUTURE" | "CFD" | "CALENDAR_SPREAD" => Kind::Derivative,
            "BOND" => Kind::Bond,
            // Metals are `FX_SPOT` as well, and `BTC.EXANTE` of old was called a fund and is a coin or a certificate of one.
            _ => Kind::Unknown,
        }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match self.kind(row) {
            Kind::Currency => return Some(Taken::Neutral),
            Kind::Share => {}
            Kind::Bond | Kind::Derivative => {
                return row.refuse(Code::UnsettledAction, columns.kind);
            }
            Kind::Unknown => return row.refuse(Code::UnknownRow, columns.kind),
        }
        let buys = match row.text(columns.side).to_lowercase().as_str() {
            "buy" => true,
            "sell" => false,
            _ => return row.refuse(Code::UnknownRow, columns.side),
        };
        if !matches!(row.text(columns.trade), "" | "TRADE" | "None") {
            // An exercise trades at the strike; the premium is in an option that is not read.
            return row.refuse(Code::UnsettledAction, columns.trade);
        }
        let stamp = row.required_stamp(columns.when);
        let symbol = row.required_text(columns.symbol);
        let quantity = row.required_positive(columns.quantity);
        let price = bounded::required(row, columns.price);
        let currency = row.required_quoted(columns.currency).map(|quoted| quoted.currency);
        let isin = if without_none(row.text(columns.isin)).is_empty() {
            None
        } else {
            row.isin(columns.isin)
        };
        let settled = row.stamp(columns.settled).map(|stamp| stamp.day);
        let (stamp, symbol, quantity) = (stamp?, symbol?, quantity?);
        let (price, currency) = (price?, currency?);
        let Some(product) = quantity.checked_mul(price) else {
            return row.refuse(Code::BadNumber, columns.price);
        };
        let commission = self.commission(row, Money::zero(currency))?;
        self.check_volume(row, product)?;
        if settled.is_some_and(|settled| settled < stamp.day) {
            return row.refuse(Code::ImplausibleDate, columns.settled);
        }
        if row.has_errors() {
            return None;
        }
        let name = row.text(columns.account);
        let key = trade_key(builder, name, stamp, symbol, if buys { quantity } else { -quantity });
        let place = Place {
            row: row.source().row,
            account: account(builder, name),
            instrument: instrument(builder, isin, symbol),
            stamp,
        };
        let gross = Money::new(product, currency);
        let trade = Trade::new(quantity, gross, commission).settling_on(settled);
        place.push(builder, key, if buys { Event::Buy(trade) } else { Event::Sell(trade) });
        Some(Taken::Used)
    }

    fn commission(&self, row: &mut Row<'_>, none: Money) -> Option<Money> {
        let columns = &self.columns;
        if without_none(row.text(columns.fee)).is_empty() {
            return Some(none);
        }
        let amount = bounded::decimal(row, columns.fee)?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return row.refuse(Code::NotPositive, columns.fee);
        }
        if without_none(row.text(columns.fee_currency)).is_empty() {
            return if amount.is_zero() {
                Some(none)
            } else {
                row.refuse(Code::EmptyCell, columns.fee_currency)
            };
        }
        Some(Money::new(amount, row.quoted(columns.fee_currency)?.currency))
    }

    fn check_volume(&self, row: &mut Row<'_>, product: rust_decimal::Decimal) -> Option<()> {
        let columns = &self.columns;
        if without_none(row.text(columns.volume)).is_empty() {
            return Some(());
        }
        let volume = bounded::decimal(row, columns.volume)?.abs();
        let tolerance = rust_decimal::Decimal::new(1, 2).max(product.abs() / TOLERANCE);
        if (volume - product).abs() <= tolerance {
            return Some(());
        }
        row.report_with(Code::AmountMismatch, columns.volume, product.round_dp(2).to_string());
        None
    }
}

/// The volume is rounded more coarsely than price × quantity: one part in so many.
const TOLERANCE: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(10_000, 0, 0, false, 0);

impl RowReader for Reader<'_> {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.note(row);
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.when),
            ("settlement_date", columns.settled),
            ("type", columns.side),
            ("ticker", columns.symbol),
            ("isin", columns.isin),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("currency", columns.currency),
            ("fee", columns.fee),
            ("fee_currency", columns.fee_currency),
        ]);
        cells.retain(|(_, text)| !without_none(text).is_empty());
        let name = row.text(columns.account).to_owned();
        cells.push(("account", account_name(&name)));
        builder.repair(row.source().row, cells);
        let symbol = without_none(row.text(columns.symbol));
        let kind = self.kind(row);
        if symbol.is_empty() || kind == Kind::Currency {
            return;
        }
        let isin = Isin::parse(row.text(columns.isin)).ok();
        let index = instrument(builder, isin, symbol);
        if let Some(known) = builder.instrument_mut(index).filter(|_| kind == Kind::Derivative) {
            known.kind = InstrumentKind::Derivative;
        }
        let day = row.quiet_stamp(columns.when).map_or(super::ledger::UNDATED, |stamp| stamp.day);
        let account = account(builder, &name);
        builder.block(account, index, day, row.source().row);
    }
}
