//! The rows of the account statement.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::money::{Currency, Money};
use crate::statement::formats::bounded;
use crate::statement::formats::repair::Repair;
use crate::statement::formats::trades::{self, UNDATED};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Isin, StatementBuilder, Trade,
    Transaction,
};

/// The file names no account.
const ACCOUNT: &str = "Lightyear";

/// Amounts have two places.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    reference: Column,
    ticker: Column,
    isin: Column,
    kind: Column,
    quantity: Column,
    currency: Column,
    price: Column,
    gross: Column,
    fee: Column,
    net: Column,
    tax: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date"]),
            reference: header.required(&["reference"]),
            ticker: header.required(&["ticker"]),
            isin: header.required(&["isin"]),
            kind: header.required(&["type"]),
            quantity: header.required(&["quantity"]),
            currency: header.required(&["ccy"]),
            price: header.required(&["price/share"]),
            gross: header.required(&["gross amount"]),
            fee: header.required(&["fee"]),
            net: header.required(&["net amt."]),
            tax: header.optional(&["tax amt."]),
        };
        header.ignore(&["fx rate"]);
        columns
    }
}

/// The amounts of a row, ≥ 0 but for a reversal.
struct Line {
    at: Stamp,
    currency: Currency,
    gross: Decimal,
    fee: Decimal,
    tax: Decimal,
    key: EventKey,
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    /// Fees of distributions and interest paid, by currency.
    fees: BTreeMap<Currency, Decimal>,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), fees: BTreeMap::new() }
    }

    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        let file = builder.source(0).file;
        for (currency, sum) in self.fees {
            let value = Money::new(sum.normalize(), currency).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        match row.text(columns.kind).to_lowercase().as_str() {
            "buy" => self.trade(row, true, builder),
            "sell" => self.trade(row, false, builder),
            "dividend" | "distribution" => self.income(row, true, builder),
            "interest" => self.income(row, false, builder),
            "deposit" | "withdrawal" | "conversion" => Some(Taken::Neutral),
            "reward" if row.is_empty(columns.isin) => Some(Taken::Neutral),
            _ if !row.is_empty(columns.isin) => {
                row.report_with(Code::UnsettledAction, columns.kind, row.text(columns.quantity));
                None
            }
            _ => row.refuse(Code::UnknownRow, columns.kind),
        }
    }

    fn line(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Line> {
        let columns = &self.columns;
        let at = row.required_stamp(columns.date);
        let reference = row.required_text(columns.reference);
        let currency = trades::account_currency(row, columns.currency);
        let gross = bounded::required(row, columns.gross);
        let net = bounded::required(row, columns.net);
        let fee = bounded::decimal(row, columns.fee).unwrap_or_default();
        let tax = bounded::decimal(row, columns.tax).unwrap_or_default();
        if row.has_errors() {
            return None;
        }
        let (gross, net) = (gross?, net?);
        let content = format!(
            "{} {} {}",
            reference?,
            row.text(columns.kind).to_lowercase(),
            gross.abs().normalize()
        );
        let (fee, tax) = (fee.abs(), tax.abs());
        // The fee of a purchase adds to what was paid; all else takes away from what came.
        let parts = fee + tax;
        let off = (net.abs() - gross.abs()).abs();
        if off > ROUNDING && (off - parts).abs() > ROUNDING {
            row.report_with(Code::AmountMismatch, columns.net, gross.to_string());
            return None;
        }
        Some(Line {
            at: at?,
            currency: currency?,
            gross,
            fee,
            tax,
            key: builder.content_key("lightyear", content.as_bytes()),
        })
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        buys: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let quantity = bounded::required(row, columns.quantity);
        let price = bounded::required(row, columns.price);
        let line = self.line(row, builder)?;
        let instrument = self.instrument(row, builder)?;
        let (quantity, price) = (quantity?.abs(), price?.abs());
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        if !line.tax.is_zero() && !buys {
            return row.refuse(Code::UnknownRow, columns.tax);
        }
        // Some exports put the fee of a purchase into the gross amount.
        let gross = line.gross.abs();
        let charges = line.fee + line.tax;
        let Some(gross) = trades::gross(quantity, price, gross, charges, buys) else {
            let computed = quantity.checked_mul(price)?.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, columns.gross, computed);
            return None;
        };
        let money = |amount| Money::new(amount, line.currency);
        let trade = Trade::new(quantity, money(gross), money(line.fee))
            .with_charges((!line.tax.is_zero()).then(|| money(line.tax)));
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        self.push(row, &line, instrument, event, builder);
        Some(Taken::Used)
    }

    fn income(
        &mut self,
        row: &mut Row<'_>,
        dividend: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let line = self.line(row, builder)?;
        let gross = Money::new(line.gross, line.currency);
        let withheld = Money::new(line.tax, line.currency);
        if gross.amount.is_sign_negative() && !withheld.is_zero() {
            return row.refuse(Code::NotPositive, self.columns.gross);
        }
        if !dividend && gross.amount.is_sign_negative() {
            // Interest paid takes nothing off interest received (art. 30a ust. 6 PIT).
            *self.fees.entry(line.currency).or_default() += gross.amount.abs() + line.fee;
            return Some(Taken::Neutral);
        }
        if !line.fee.is_zero() {
            *self.fees.entry(line.currency).or_default() += line.fee;
        }
        let (instrument, event) = if dividend {
            let event = Event::Dividend { gross, withheld, country: None };
            (self.instrument(row, builder)?, event)
        } else {
            (InstrumentIx::NONE, Event::Interest { gross, withheld })
        };
        self.push(row, &line, instrument, event, builder);
        Some(Taken::Used)
    }

    fn push(
        &self,
        row: &Row<'_>,
        line: &Line,
        instrument: InstrumentIx,
        event: Event,
        builder: &mut StatementBuilder,
    ) {
        builder.push(Transaction {
            source: row.source(),
            key: Some(line.key),
            account: self.account,
            instrument,
            day: line.at.day,
            millisecond: line.at.millisecond,
            event,
        });
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let isin = row.isin(self.columns.isin);
        if isin.is_none() {
            row.present(self.columns.isin);
            return None;
        }
        let ticker = row.text(self.columns.ticker);
        Some(builder.instrument(isin, ticker, ""))
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = row.quiet_stamp(columns.date);
        let kind = row.text(columns.kind).to_lowercase();
        let template = match kind.as_str() {
            "buy" => Some("buy"),
            "sell" => Some("sell"),
            "dividend" | "distribution" => Some("dividend"),
            "interest" => Some("interest"),
            _ => None,
        };
        let mut repair = Repair::of(ACCOUNT, template)
            .at(stamp, row.text(columns.date))
            .text("ticker", row.text(columns.ticker))
            .text("isin", row.text(columns.isin))
            .text("currency", row.text(columns.currency))
            .text("note", row.text(columns.kind));
        let is_income = matches!(template, Some("dividend" | "interest"));
        repair = if is_income || row.is_empty(columns.price) {
            repair.numbers(row, &[("amount", columns.gross), ("withheld", columns.tax)])
        } else {
            let numbers =
                [("quantity", columns.quantity), ("price", columns.price), ("fee", columns.fee)];
            repair.numbers(row, &numbers)
        };
        builder.repair(row.source().row, repair.cells());
        let Ok(isin) = Isin::parse(row.text(columns.isin)) else { return };
        if is_income {
            return;
        }
        let instrument = builder.instrument(Some(isin), row.text(columns.ticker), "");
        let day = stamp.map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}
