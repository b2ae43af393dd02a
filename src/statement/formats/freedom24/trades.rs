//! `trades.detailed`, or the sheet of trades: purchases and sales with their fees.
//!
//! `summ` (in the workbook `Amount`) is quantity × price without the fee; the fee may be in another currency
//! (`2.28EUR`, or a column of its own). Exchanges of currency (`EUR/USD`) have no tax (1.1.8).

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Place, is_currency_pair};
use super::{ACCOUNT, columns};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Event, InstrumentIx, InstrumentKind, StatementBuilder, Trade,
};

/// Columns of the JSON that say nothing of the tax, or say it again.
const IGNORED: &[&str] = &[
    "trade_id",
    "id",
    "trade_nb",
    "order_id",
    "transaction_id",
    "market",
    "mkt_id",
    "mkt_name",
    "office",
    "broker",
    "otc",
    "offbalance",
    "profit",
    "fifo_profit",
    "turnover",
    "yield",
    "repo_operation",
    "stamp_tax",
    "forts_exchange_fee",
    "smat",
    "is_dvp",
    "das_exe_id",
    "itc_trd_match_id",
    "base_contract_code",
    "comment",
    "instr_kind",
    "exchange",
    "repo_close",
    "issue_nb",
    "trade#",
    "order#",
    "amount",
    "market identifier code",
    "aml",
    "execution_venue",
    "mic",
];

#[derive(Debug)]
pub(super) struct Columns {
    when: Column,
    day: Column,
    settled: Column,
    side: Column,
    kind: Column,
    ticker: Column,
    isin: Column,
    quantity: Column,
    price: Column,
    gross: Column,
    currency: Column,
    fee: Column,
    fee_currency: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        // Only the workbook's `Amount` is the gross; that of some reports in JSON has the fee in it.
        let workbook = header.names().iter().any(|name| name == "direction");
        let columns = Self {
            when: header.required(&["date", "trade date"]),
            day: header.optional(&["short_date"]),
            settled: header.optional(&["pay_d", "settlement date"]),
            side: header.required(&["operation", "direction"]),
            kind: header.optional(&["instr_type"]),
            ticker: header.required(&["instr_nm", "ticker"]),
            isin: header.optional(&["isin"]),
            quantity: header.required(&["q", "quantity"]),
            price: header.required(&["p", "price"]),
            gross: if workbook { header.optional(&["amount"]) } else { header.optional(&["summ"]) },
            currency: header.required(&["curr_c", "currency"]),
            fee: header.optional(&["commission", "fee"]),
            fee_currency: header.optional(&["commission_currency", "commission currency"]),
        };
        header.ignore(IGNORED);
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
}

/// What a trade is of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Share,
    Currency,
    Bond,
    Other,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT) }
    }

    fn kind(&self, row: &Row<'_>) -> Kind {
        let ticker = row.text(self.columns.ticker);
        match row.text(self.columns.kind) {
            _ if is_currency_pair(ticker) => Kind::Currency,
            // Options are written `+ACME.19DEC2025.C100`.
            "" | "1" if !ticker.starts_with('+') => Kind::Share,
            "2" => Kind::Bond,
            _ => Kind::Other,
        }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match self.kind(row) {
            Kind::Currency => return Some(Taken::Neutral),
            // Whether the sum has accrued interest in it is not known (tax-law 2.9).
            Kind::Bond => return row.refuse(Code::UnsettledAction, columns.ticker),
            Kind::Other => return row.refuse(Code::UnknownRow, columns.ticker),
            Kind::Share => {}
        }
        let buys = match row.text(columns.side).to_lowercase().as_str() {
            "buy" => true,
            "sell" => false,
            _ => return row.refuse(Code::UnknownRow, columns.side),
        };
        let instrument = columns::instrument(row, columns.ticker, columns.isin, builder);
        let stamp = self.stamp(row);
        let quantity = row.required_positive(columns.quantity);
        let price = bounded::required(row, columns.price);
        let currency = row.required_quoted(columns.currency).map(|quoted| quoted.currency);
        let fee = currency.and_then(|currency| self.fee(row, currency));
        let settled = row.stamp(columns.settled).map(|stamp| stamp.day);
        if row.has_errors() {
            return None;
        }
        let (instrument, stamp, quantity) = (instrument?, stamp?, quantity?);
        let (price, currency, commission) = (price?, currency?, fee?);
        if settled.is_some_and(|settled| settled < stamp.day) {
            return row.refuse(Code::ImplausibleDate, columns.settled);
        }
        let gross = self.gross(row, quantity, price)?;
        let trade =
            Trade::new(quantity, Money::new(gross, currency), commission).settling_on(settled);
        let place = self.place(row, instrument, stamp);
        let symbol = row.text(columns.ticker);
        let (shares, each) = (quantity.normalize(), price.normalize());
        let content = format!("{} {symbol} {buys} {shares} {each}", stamp.day);
        let key = builder.content_key("freedom24-trade", content.as_bytes());
        place.push(builder, key, if buys { Event::Buy(trade) } else { Event::Sell(trade) });
        Some(Taken::Used)
    }

    /// The day at the exchange and the clock of the broker.
    fn stamp(&self, row: &mut Row<'_>) -> Option<Stamp> {
        let stamp = row.required_stamp(self.columns.when)?;
        let day = row.stamp(self.columns.day).map(|stamp| stamp.day);
        Some(day.map_or(stamp, |day| Stamp { day, ..stamp }))
    }

    fn gross(&self, row: &mut Row<'_>, quantity: Decimal, price: Decimal) -> Option<Decimal> {
        let columns = &self.columns;
        let Some(product) = quantity.checked_mul(price) else {
            return row.refuse(Code::BadNumber, columns.price);
        };
        if row.is_empty(columns.gross) {
            return Some(product);
        }
        let gross = bounded::decimal(row, columns.gross)?.abs();
        // Half a unit of the last place of the price, times the quantity, and half a cent.
        let place = Decimal::new(5, price.scale().clamp(2, 8) + 1);
        let tolerance = quantity.checked_mul(place)? + Decimal::new(1, 2);
        if (gross - product).abs() > tolerance {
            row.report_with(Code::AmountMismatch, columns.gross, product.round_dp(2).to_string());
            return None;
        }
        Some(gross)
    }

    fn fee(&self, row: &mut Row<'_>, traded: Currency) -> Option<Money> {
        let columns = &self.columns;
        if columns::text(row, columns.fee).is_empty() {
            return Some(Money::zero(traded));
        }
        let (amount, unit) = row.number(columns.fee)?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return row.refuse(Code::NotPositive, columns.fee);
        }
        let own = match unit {
            Some(unit) => match unit.currency() {
                Some(currency) => Some(currency),
                None => return row.refuse(Code::BadCurrency, columns.fee),
            },
            None if columns::text(row, columns.fee_currency).is_empty() => None,
            None => Some(row.quoted(columns.fee_currency)?.currency),
        };
        Some(Money::new(amount, own.unwrap_or(traded)))
    }

    fn place(&self, row: &Row<'_>, instrument: InstrumentIx, stamp: Stamp) -> Place {
        Place { row: row.source().row, account: self.account, instrument, stamp }
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.when),
            ("settlement_date", columns.settled),
            ("type", columns.side),
            ("ticker", columns.ticker),
            ("isin", columns.isin),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("currency", columns.currency),
            ("fee", columns.fee),
            ("fee_currency", columns.fee_currency),
        ]);
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        if self.kind(row) == Kind::Currency {
            return;
        }
        let found = columns::quiet_instrument(row, columns.ticker, columns.isin, builder);
        let Some(instrument) = found else { return };
        if self.kind(row) == Kind::Other
            && let Some(known) = builder.instrument_mut(instrument)
        {
            known.kind = InstrumentKind::Derivative;
        }
        let day = row.quiet_stamp(columns.when).map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}

/// The day of a block whose row has no readable date: it holds from the beginning.
pub(super) const UNDATED: jiff::civil::Date = jiff::civil::date(1990, 1, 1);
