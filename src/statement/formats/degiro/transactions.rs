//! The rows of the list of transactions.

use rust_decimal::Decimal;

use super::ACCOUNT;
use super::actions::{self, Leg};
use super::columns::{Priced, TradeColumns, unit};
use crate::money::Money;
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, Isin,
    StatementBuilder, Trade, Transaction, number_for_key,
};

/// The day of a block whose row has no readable date: it holds from the beginning.
const UNDATED: jiff::civil::Date = jiff::civil::date(1990, 1, 1);

/// What one unit of the quantity stands for: a share, a bond quoted in percent, a contract.
const MULTIPLIERS: [Decimal; 5] = [
    Decimal::ONE,
    Decimal::ONE_HUNDRED,
    Decimal::from_parts(1, 0, 0, false, 2),
    Decimal::TEN,
    Decimal::ONE_THOUSAND,
];

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: TradeColumns,
    account: AccountIx,
    /// Rows without order and fee, looked at together.
    legs: Vec<Leg>,
    /// Whether any row has an order; a file without that column says nothing by its absence.
    has_orders: bool,
}

/// What a row says.
struct Line {
    stamp: Stamp,
    instrument: InstrumentIx,
    /// Negative: out.
    quantity: Decimal,
    price: Decimal,
    /// The value in the currency of the exchange, ≥ 0.
    local: Money,
    /// The value in the currency of the account, ≥ 0.
    value: Option<Money>,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        if self.is_continuation(row) {
            return Taken::Neutral;
        }
        self.trade(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let common = &self.columns.common;
        let cells = row.cells(&[
            ("date", common.date),
            ("time", common.time),
            ("isin", common.isin),
            ("quantity", self.columns.quantity),
            ("price", self.columns.price.amount),
            ("currency", self.columns.price.currency),
            ("fee", self.columns.fee.amount),
            ("fee_currency", self.columns.fee.currency),
            ("note", common.product),
        ]);
        builder.repair(row.source().row, cells);
        let mut cells = (0..row.width()).filter_map(|at| Isin::parse(row.text_at(at)).ok());
        let isin = Isin::parse(row.text(common.isin)).ok().or_else(|| cells.next());
        let product = row.text(common.product);
        if isin.is_none() && product.is_empty() {
            return;
        }
        let instrument = instrument(builder, isin, product);
        let day = row.quiet_stamp(common.date).map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}

/// With an ISIN the product is a name; without one (some options) it is all there is.
pub(super) fn instrument(
    builder: &mut StatementBuilder,
    isin: Option<Isin>,
    product: &str,
) -> InstrumentIx {
    builder.instrument(isin, if isin.is_some() { "" } else { product }, product)
}

impl Reader {
    pub(super) fn new(columns: TradeColumns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self { columns, account, legs: Vec::new(), has_orders: false }
    }

    /// Resolves the rows that belong together.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        actions::settle(self.legs, self.account, self.has_orders, builder);
    }

    /// Long names and ids wrap into a second row that has nothing else.
    fn is_continuation(&self, row: &Row<'_>) -> bool {
        let columns = &self.columns;
        row.is_empty(columns.common.date)
            && row.is_empty(columns.quantity)
            && row.is_empty(columns.price.amount)
            && row.is_empty(columns.local.amount)
    }

    fn trade(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let line = self.line(row, builder)?;
        if line.quantity.is_zero() {
            // An announcement: nothing changes hands.
            let neutral = line.local.is_zero();
            return if neutral {
                Some(Taken::Neutral)
            } else {
                row.refuse(Code::NotPositive, self.columns.quantity)
            };
        }
        // Cells may be missing behind the total, not before it: there the row was cut off.
        if self.columns.total.amount.index().is_some_and(|at| at >= row.width()) {
            row.diagnose(Diagnostic::at(Code::RowShape, row.source()));
        }
        let commission = self.charge(row, self.columns.fee);
        let conversion =
            self.charge(row, Priced { amount: self.columns.auto_fx, ..self.columns.fee });
        if row.has_errors() {
            return None;
        }
        let gross = self.gross(row, &line, builder)?;
        let ordered = !row.is_empty(self.columns.order) || !row.is_empty(self.columns.order_beyond);
        self.has_orders |= ordered;
        let isin = row.text(self.columns.common.isin);
        let named = if isin.is_empty() { row.text(self.columns.common.product) } else { isin };
        let key = key(builder, &line, named);
        let free = commission.is_none() && conversion.is_none();
        if !ordered && free {
            self.legs.push(Leg {
                row: row.source().row,
                stamp: line.stamp,
                instrument: line.instrument,
                product: row.text(self.columns.common.product).to_owned(),
                quantity: line.quantity,
                price: line.price,
                gross,
                value: line.value,
                executed: !row.is_empty(self.columns.venue),
                key,
            });
            return Some(Taken::Later);
        }
        let trade = Trade::new(
            line.quantity.abs(),
            gross,
            commission.unwrap_or(Money::zero(gross.currency)),
        )
        .with_charges(conversion);
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument: line.instrument,
            day: line.stamp.day,
            millisecond: line.stamp.millisecond,
            event: if line.quantity.is_sign_negative() {
                Event::Sell(trade)
            } else {
                Event::Buy(trade)
            },
        });
        Some(Taken::Used)
    }

    fn line(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Line> {
        let columns = &self.columns;
        let stamp = columns.common.stamp(row);
        let isin = row.isin(columns.common.isin);
        let product = row.text(columns.common.product);
        let quantity = row.required_decimal(columns.quantity);
        let price = row.required_decimal(columns.price.amount);
        let local = row.required_decimal(columns.local.amount);
        let quoted = unit(row, columns.local);
        let price_unit = unit(row, columns.price);
        let value = row.decimal(columns.value.amount);
        if isin.is_none() && product.is_empty() {
            row.report(Code::NoInstrument, columns.common.isin);
        }
        if row.has_errors() {
            return None;
        }
        let (quoted, price_unit) = (quoted?, price_unit?);
        if quoted.currency != price_unit.currency {
            return row.refuse(Code::BadCurrency, columns.local.currency);
        }
        let account_unit = if value.is_some() { quiet_unit(row, columns.value) } else { None };
        let instrument = instrument(builder, isin, product);
        if let Some(known) = builder.instrument_mut(instrument)
            && known.exchange.is_empty()
        {
            row.text(columns.exchange).clone_into(&mut known.exchange);
        }
        Some(Line {
            stamp: stamp?,
            instrument,
            quantity: quantity?,
            price: price_unit.scale(price?),
            local: Money::new(quoted.scale(local?.abs()), quoted.currency),
            value: value.zip(account_unit).map(|(value, unit)| Money::new(value.abs(), unit)),
        })
    }

    /// The value as booked, proved by quantity × price × what a unit stands for.
    fn gross(
        &self,
        row: &mut Row<'_>,
        line: &Line,
        builder: &mut StatementBuilder,
    ) -> Option<Money> {
        let Some(product) = line.quantity.abs().checked_mul(line.price) else {
            return row.refuse(Code::BadNumber, self.columns.price.amount);
        };
        let booked = line.local.amount;
        if product.is_zero() {
            return Some(line.local);
        }
        if product == booked {
            return Some(line.local);
        }
        // Prices have up to four places, values two; half a percent hides no multiplier.
        let tolerance = Decimal::new(2, 2).max(booked * Decimal::new(5, 3));
        let agrees = |by: &Decimal| {
            product.checked_mul(*by).is_some_and(|value| (value - booked).abs() <= tolerance)
        };
        let Some(multiplier) = MULTIPLIERS.into_iter().find(agrees) else {
            row.report_with(
                Code::AmountMismatch,
                self.columns.local.amount,
                product.normalize().to_string(),
            );
            return None;
        };
        if multiplier > Decimal::ONE
            && let Some(known) = builder.instrument_mut(line.instrument)
        {
            known.kind = InstrumentKind::Derivative;
        }
        Some(line.local)
    }

    /// What was charged: a negative amount in the file. `None` where nothing was, and where the cell
    /// cannot be read, which leaves a finding.
    fn charge(&self, row: &mut Row<'_>, priced: Priced) -> Option<Money> {
        let amount = row.decimal(priced.amount).filter(|amount| !amount.is_zero())?;
        // The fee is in the currency of the account, which the total tells as well.
        let units = [priced, self.columns.total, self.columns.value];
        let currency = units.into_iter().find_map(|priced| quiet_unit(row, priced));
        match currency {
            Some(currency) => Some(Money::new(-amount, currency)),
            None => row.refuse(Code::EmptyCell, priced.currency),
        }
    }
}

/// The currency where the row tells it, without a finding.
fn quiet_unit(row: &Row<'_>, priced: Priced) -> Option<crate::money::Currency> {
    priced.fixed.or_else(|| crate::money::Currency::parse(row.text(priced.currency)).ok())
}

/// Day, time, instrument, quantity and price: the same in every generation of the export, with or
/// without the order's id. Equal fills of one minute are told apart by counting.
fn key(builder: &mut StatementBuilder, line: &Line, isin: &str) -> EventKey {
    let mut content = Vec::with_capacity(64);
    content.extend_from_slice(&line.stamp.day.year().to_le_bytes());
    content.extend_from_slice(&line.stamp.day.day_of_year().to_le_bytes());
    content.extend_from_slice(&line.stamp.millisecond.to_le_bytes());
    content.extend_from_slice(isin.as_bytes());
    content.extend_from_slice(&number_for_key(line.quantity));
    content.extend_from_slice(&number_for_key(line.price));
    builder.content_key("degiro-trade", &content)
}
