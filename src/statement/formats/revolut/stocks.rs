//! The stock account's statement: trades, splits, fees; dividends net of tax.
//!
//! `Total Amount` is what was debited or credited, fees included; the price is rounded. What the total has
//! beyond the rounding is the commission.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::amount::required;
use super::corporate::{Action, ActionKind, Corporate};
use super::{ACCOUNT, PROFIT_REPORT, day};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, Expected, ExpectedKind, InstrumentIx, Isin,
    Severity, StatementBuilder, Trade, Transaction,
};

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    ticker: Column,
    kind: Column,
    quantity: Column,
    price: Column,
    total: Column,
    currency: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date"]),
            ticker: header.required(&["ticker"]),
            kind: header.required(&["type"]),
            quantity: header.required(&["quantity"]),
            price: header.required(&["price per share"]),
            total: header.required(&["total amount"]),
            currency: header.required(&["currency"]),
        };
        header.ignore(&["fx rate"]);
        columns
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Buy,
    Sell,
    Income,
    TaxCorrection,
    Custody,
    ManagementFee,
    Action(ActionKind),
    Neutral,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.trim().to_uppercase().as_str() {
            "BUY" | "BUY - MARKET" | "BUY - LIMIT" | "BUY - STOP" | "BUY - STOP LIMIT" => Self::Buy,
            "SELL" | "SELL - MARKET" | "SELL - LIMIT" | "SELL - STOP" | "SELL - STOP LIMIT" => {
                Self::Sell
            }
            "DIVIDEND" | "BOND COUPON" => Self::Income,
            "DIVIDEND TAX (CORRECTION)" => Self::TaxCorrection,
            "CUSTODY FEE" | "CUSTODY_FEE" | "CUSTODY FEE REVERSAL" => Self::Custody,
            "ROBO MANAGEMENT FEE" => Self::ManagementFee,
            "STOCK SPLIT" => Self::Action(ActionKind::Split),
            "MERGER - STOCK" => Self::Action(ActionKind::MergerStock),
            "MERGER - CASH" => Self::Action(ActionKind::MergerCash),
            "POSITION CLOSURE" => Self::Action(ActionKind::Closure),
            "SPINOFF" | "SPIN OFF" | "SPIN-OFF" | "RETURN OF CAPITAL" | "REWARD" | "CORRECTION" => {
                Self::Action(ActionKind::Unsettled)
            }
            "CASH TOP-UP" | "CASH WITHDRAWAL" | "DEPOSIT" | "WITHDRAWAL" | "FX BUY" | "FX SELL" => {
                Self::Neutral
            }
            other
                if other.starts_with("TRANSFER FROM REVOLUT ")
                    && other.contains(" TO REVOLUT ") =>
            {
                Self::Neutral
            }
            _ => return None,
        })
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    corporate: Corporate,
    /// Corrections of tax by instrument and day, which mostly cancel.
    corrections: BTreeMap<(InstrumentIx, Date, Currency), (Decimal, u32)>,
    fees: BTreeMap<Currency, Decimal>,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self {
            columns,
            account,
            corporate: Corporate::new(account),
            corrections: BTreeMap::new(),
            fees: BTreeMap::new(),
        }
    }

    /// Resolves what needs the whole file.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.corporate.finish(builder);
        for ((instrument, day, currency), (sum, row)) in self.corrections {
            if sum.is_zero() {
                continue;
            }
            let label = builder.instrument_mut(instrument).map(|known| known.symbol.clone());
            let source = builder.source(row);
            let value = Money::new(sum.normalize(), currency).to_string();
            let finding = Diagnostic::at(Code::WithholdingAlone, source);
            let finding = finding.found(label.unwrap_or_default(), value).detail(day.to_string());
            builder.diagnose(finding);
        }
        for (currency, sum) in self.fees.into_iter().filter(|(_, sum)| !sum.is_zero()) {
            let file = builder.source(0).file;
            let value = Money::new(sum.normalize(), currency).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let Some(kind) = Kind::parse(row.text(self.columns.kind)) else {
            return row.refuse(Code::UnknownRow, self.columns.kind);
        };
        match kind {
            Kind::Buy | Kind::Sell => self.trade(row, builder, kind == Kind::Buy),
            Kind::Income => self.income(row, builder),
            Kind::TaxCorrection => self.tax_correction(row, builder),
            Kind::Custody => self.custody(row, builder),
            Kind::ManagementFee => {
                let (_, total) = self.dated_total(row)?;
                *self.fees.entry(total.currency).or_default() -= total.amount;
                Some(Taken::Neutral)
            }
            Kind::Action(action) => self.action(row, builder, action),
            Kind::Neutral => Some(Taken::Neutral),
        }
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        buys: bool,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let instrument = self.instrument(row, builder);
        let quantity = row.required_positive(columns.quantity);
        let dated = self.dated_total(row);
        let currency = dated.map(|(_, total)| total.currency);
        let price = required(row, columns.price, currency);
        if row.has_errors() {
            return None;
        }
        let (instrument, quantity, (stamp, total), price) =
            (instrument?, quantity?, dated?, price?);
        let total = Money::new(total.amount.abs(), total.currency);
        let bond = Isin::parse(row.text(columns.ticker)).is_ok();
        let (gross, commission) = self.split_total(row, buys, bond, quantity, price, total)?;
        let trade = Trade::new(quantity, gross, commission);
        let at = day::at_exchange(stamp, total.currency);
        let change = if buys { quantity } else { -quantity };
        self.corporate.moved(instrument, stamp, change);
        let key = self.key(row, builder, stamp, total);
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        Some(self.push(row, builder, instrument, at, key, event))
    }

    /// Gross and commission.
    fn split_total(
        &self,
        row: &mut Row<'_>,
        buys: bool,
        bond: bool,
        quantity: Decimal,
        price: Money,
        total: Money,
    ) -> Option<(Money, Money)> {
        let Some(product) = quantity.checked_mul(price.amount) else {
            return row.refuse(Code::BadNumber, self.columns.price);
        };
        // Half a unit of the last place of the price, times the quantity, and half a cent.
        let place = Decimal::new(5, price.amount.scale().clamp(2, 8) + 1);
        let rounding = quantity.checked_mul(place)? + Decimal::new(1, 2);
        let beyond = if buys { total.amount - product } else { product - total.amount };
        if beyond.abs() <= rounding {
            return Some((total, Money::zero(total.currency)));
        }
        let most = Decimal::new(5, 0).max(product / Decimal::TEN);
        if beyond.is_sign_negative() || beyond > most || bond {
            // For a bond the rest may be accrued interest, which is no commission (tax-law 2.9).
            row.report_with(
                Code::AmountMismatch,
                self.columns.total,
                product.round_dp(2).to_string(),
            );
            return None;
        }
        let gross = Money::new(product.round_dp(2), total.currency);
        Some((gross, Money::new((gross.amount - total.amount).abs(), total.currency)))
    }

    /// Net of tax: the gross amount is in another report.
    fn income(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let instrument = self.instrument(row, builder);
        let stamp = row.required_stamp(self.columns.date);
        let (instrument, stamp) = (instrument?, stamp?);
        builder.expect(Expected {
            source: row.source(),
            account: self.account,
            instrument,
            day: stamp.day,
            kind: ExpectedKind::Income,
            report: PROFIT_REPORT,
        });
        Some(Taken::Neutral)
    }

    fn tax_correction(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let instrument = self.instrument(row, builder);
        let (stamp, total) = self.dated_total(row)?;
        let key = (instrument?, stamp.day, total.currency);
        let sum = self.corrections.entry(key).or_insert((Decimal::ZERO, row.source().row));
        sum.0 += total.amount;
        Some(Taken::Neutral)
    }

    fn custody(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let (stamp, total) = self.dated_total(row)?;
        let amount = Money::new(-total.amount, total.currency);
        let key = self.key(row, builder, stamp, total);
        Some(self.push(row, builder, InstrumentIx::NONE, stamp, key, Event::Fee { amount }))
    }

    fn action(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: ActionKind,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let text = row.text(columns.kind);
        if row.is_empty(columns.ticker) && kind == ActionKind::Unsettled {
            // Money only: no income of securities (tax-law 2.9).
            let mut finding = Diagnostic::at(Code::UnsettledAction, row.source());
            finding = finding.found("", text).detail(row.text(columns.total));
            finding.severity = Severity::Warning;
            row.diagnose(finding);
            return Some(Taken::Neutral);
        }
        let instrument = self.instrument(row, builder);
        let quantity = row.decimal(columns.quantity);
        let dated = self.dated_total(row);
        if row.has_errors() {
            return None;
        }
        let (instrument, (stamp, total)) = (instrument?, dated?);
        let key = self.key(row, builder, stamp, total);
        self.corporate.add(Action {
            row: row.source().row,
            stamp,
            kind,
            text: text.to_owned(),
            instrument,
            quantity,
            total,
            key,
        });
        Some(Taken::Later)
    }

    fn dated_total(&self, row: &mut Row<'_>) -> Option<(Stamp, Money)> {
        let stamp = row.required_stamp(self.columns.date);
        let quoted = row.required_quoted(self.columns.currency);
        let total = required(row, self.columns.total, quoted.map(|quoted| quoted.currency));
        Some((stamp?, total?))
    }

    /// There is no ISIN, but for bonds, whose ticker it is.
    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let ticker = row.required_text(self.columns.ticker)?;
        Some(builder.instrument(Isin::parse(ticker).ok(), ticker, ticker))
    }

    /// The type of row, the second, ticker, quantity and total, however the export writes them.
    fn key(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
        total: Money,
    ) -> EventKey {
        let kind = row.text(self.columns.kind).to_uppercase().replace('_', " ");
        let kind = kind.split(" - ").next().unwrap_or_default();
        let quantity = row.quiet_decimal(self.columns.quantity).unwrap_or_default();
        let content = format!(
            "{kind} {} {} {} {} {}",
            stamp.day,
            stamp.millisecond / 1000,
            row.text(self.columns.ticker),
            quantity.normalize(),
            total.amount.normalize()
        );
        builder.content_key("revolut-stock", content.as_bytes())
    }

    fn push(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        instrument: InstrumentIx,
        stamp: Stamp,
        key: EventKey,
        event: Event,
    ) -> Taken {
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
        Taken::Used
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.kind),
            ("ticker", columns.ticker),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("amount", columns.total),
            ("currency", columns.currency),
        ]);
        builder.repair(row.source().row, cells);
        let kind = Kind::parse(row.text(columns.kind));
        let harmless = matches!(
            kind,
            Some(Kind::Income | Kind::TaxCorrection | Kind::Custody | Kind::ManagementFee)
        );
        let ticker = row.text(columns.ticker);
        if harmless || ticker.is_empty() {
            return;
        }
        let instrument = builder.instrument(Isin::parse(ticker).ok(), ticker, ticker);
        let undated = jiff::civil::date(1990, 1, 1);
        let day = row.quiet_stamp(columns.date).map_or(undated, |stamp| stamp.day);
        self.corporate.spoiled(instrument);
        builder.block(self.account, instrument, day, row.source().row);
    }
}
