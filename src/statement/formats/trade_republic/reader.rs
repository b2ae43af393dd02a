//! The rows of the export.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::columns::Columns;
use super::kind::{Kind, kind};
use crate::money::{Currency, Money};
use crate::statement::formats::bounded;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Deal, Notes};
use crate::statement::formats::repair::Repair;
use crate::statement::formats::shared::{Arrival, Place};
use crate::statement::formats::trades::{self, UNDATED};
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, Isin,
    StatementBuilder, Trade, Transaction,
};

/// What is common to all rows that become events.
struct Line {
    account: AccountIx,
    at: Stamp,
    currency: Currency,
    amount: Decimal,
    fee: Decimal,
    /// Negative in the file: taken.
    tax: Decimal,
    key: EventKey,
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    clock: Clock,
    notes: Notes,
    /// Income that was paid in another currency than it is shown, by the one shown.
    converted: BTreeMap<Currency, (u32, u32)>,
    /// Taxes of another country on sales, by currency.
    taxes: BTreeMap<Currency, Decimal>,
    /// Interest paid, by currency.
    charges: BTreeMap<Currency, Decimal>,
}

impl Reader {
    pub(super) fn new(columns: Columns) -> Self {
        Self {
            columns,
            clock: Clock::new(),
            notes: Notes::default(),
            converted: BTreeMap::new(),
            taxes: BTreeMap::new(),
            charges: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.notes.report(builder);
        for (currency, (count, row)) in self.converted {
            let source = builder.source(row);
            let finding =
                Diagnostic::at(Code::AmountConverted, source).found("amount", currency.to_string());
            builder.diagnose(finding.detail(count.to_string()));
        }
        let file = builder.source(0).file;
        for (column, sums) in [("tax", self.taxes), ("", self.charges)] {
            for (currency, sum) in sums.into_iter().filter(|(_, sum)| !sum.is_zero()) {
                let value = Money::new(sum.normalize(), currency).to_string();
                let finding = Diagnostic::in_file(Code::ChargesLeftOut, file);
                builder.diagnose(finding.found(column, value));
            }
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let category = row.text(columns.category).to_uppercase();
        let bare = row.is_empty(columns.symbol);
        let Some(kind) = kind(&category, &row.text(columns.kind).to_uppercase(), bare) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let is_coin = row.text(columns.class).eq_ignore_ascii_case("CRYPTO");
        match kind {
            Kind::Cash | Kind::Migration => Some(Taken::Neutral),
            Kind::TaxSetOff => {
                let nothing = [columns.amount, columns.tax].into_iter().all(|column| {
                    row.is_empty(column)
                        || bounded::decimal(row, column).is_some_and(|number| number.is_zero())
                });
                if nothing {
                    Some(Taken::Neutral)
                } else {
                    row.refuse(Code::UnknownRow, columns.kind)
                }
            }
            Kind::AdvanceTax => self.advance_tax(row),
            // A reward for staking, or coins from another place: no cost either way.
            Kind::Delivery if is_coin => {
                let shares = coins::amount(row, columns.shares)?;
                if row.text(columns.kind).eq_ignore_ascii_case("FREE_RECEIPT") && !shares.is_zero()
                {
                    self.notes.reward(row.source().row);
                }
                Some(Taken::Neutral)
            }
            Kind::Delivery => self.delivery(row, builder),
            Kind::Action => {
                let shares = row.text(columns.shares);
                row.report_with(Code::UnsettledAction, columns.kind, shares);
                None
            }
            Kind::Buy | Kind::Sell => self.trade(row, kind == Kind::Buy, is_coin, builder),
            Kind::Dividend => self.income(row, true, builder),
            Kind::Interest => self.income(row, false, builder),
        }
    }

    /// Shares that came or went without a price bring or take their lots (tax-law 2.3).
    fn delivery(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let kind = row.text(columns.kind).to_uppercase();
        let comes = match kind.as_str() {
            "FREE_RECEIPT" => true,
            "FREE_DELIVERY" => false,
            _ => {
                row.report_with(Code::UnsettledAction, columns.kind, row.text(columns.shares));
                return None;
            }
        };
        let at = coins::instant(row, columns.time);
        let shares = bounded::required(row, columns.shares).map(|shares| shares.abs());
        let isin = row.isin(columns.symbol);
        let id = row.required_text(columns.id);
        let (at, quantity, isin) = (at?, shares?, isin?);
        let key = builder.key("trade-republic", id?.as_bytes());
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.shares);
        }
        let place = Place {
            row: row.source().row,
            account: builder.account(&account_name(row.text(columns.account))),
            instrument: builder.instrument(Some(isin), "", row.text(columns.name)),
            stamp: self.clock.utc_in_warsaw(at),
        };
        if comes {
            let account = account_name(row.text(columns.account));
            let arrival = Arrival { account: &account, quantity, currency: None, note: kind };
            place.came(builder, key, &arrival);
        } else {
            place.left(builder, key, quantity);
        }
        Some(Taken::Used)
    }

    fn line(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Line> {
        let columns = &self.columns;
        let at = coins::instant(row, columns.time);
        let amount = coins::amount(row, columns.amount);
        let fee = bounded::decimal(row, columns.fee).unwrap_or_default();
        let tax = bounded::decimal(row, columns.tax).unwrap_or_default();
        let currency = trades::account_currency(row, columns.currency);
        let id = row.required_text(columns.id);
        if row.has_errors() {
            return None;
        }
        let account = builder.account(&account_name(row.text(columns.account)));
        builder.venue(account, VENUE);
        Some(Line {
            account,
            at: self.clock.utc_in_warsaw(at?),
            currency: currency?,
            amount: amount?,
            fee: fee.abs(),
            tax,
            key: builder.key("trade-republic", id?.as_bytes()),
        })
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        buys: bool,
        is_coin: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let quantity = coins::amount(row, columns.shares);
        let price = coins::amount(row, columns.price);
        let line = self.line(row, builder)?;
        let (quantity, price, amount) = (quantity?.abs(), price?.abs(), line.amount.abs());
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.shares);
        }
        // Tax on a purchase is that on the transaction (France, Italy, Spain); on a sale it is one on income.
        let charge = if buys { -line.tax } else { Decimal::ZERO };
        let charges = line.fee + charge;
        // A bond is quoted in percent.
        let percent = price / Decimal::ONE_HUNDRED;
        let gross = trades::gross(quantity, price, amount, charges, buys)
            .or_else(|| trades::gross(quantity, percent, amount, charges, buys));
        let Some(gross) = gross else {
            let computed = quantity.checked_mul(price)?.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, columns.amount, computed);
            return None;
        };
        let money = |amount| Money::new(amount, line.currency);
        if !buys && !line.tax.is_zero() {
            *self.taxes.entry(line.currency).or_default() -= line.tax;
        }
        if is_coin {
            let (gross, fee) = (money(gross), money(charges));
            let event = if buys {
                Event::CryptoBuy { cost: gross, fee }
            } else {
                Event::CryptoSell { revenue: gross, fee }
            };
            let code = ticker(row.text(columns.symbol)).to_owned();
            let deal = Deal { row: row.source().row, code, event };
            deal.push(line.account, line.at, line.key, builder);
            return Some(Taken::Used);
        }
        let instrument = self.instrument(row, builder)?;
        let charges = (!charge.is_zero()).then(|| money(charge));
        let trade = Trade::new(quantity, money(gross), money(line.fee)).with_charges(charges);
        let event = if buys { Event::Buy(trade) } else { Event::Sell(trade) };
        push(row, &line, instrument, event, builder);
        Some(Taken::Used)
    }

    fn income(
        &mut self,
        row: &mut Row<'_>,
        dividend: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let line = self.line(row, builder)?;
        let columns = &self.columns;
        let gross = Money::new(line.amount, line.currency);
        let withheld = Money::new(-line.tax, line.currency);
        // A reversal gives the tax back; otherwise nothing is ever given.
        if !line.tax.is_zero() && line.tax.is_sign_negative() == gross.amount.is_sign_negative() {
            return row.refuse(Code::NotPositive, columns.tax);
        }
        let bare = row.is_empty(columns.symbol);
        if bare && !dividend && gross.amount.is_sign_negative() && line.tax.is_zero() {
            // Interest paid takes nothing off interest received (art. 30a ust. 6 PIT).
            *self.charges.entry(line.currency).or_default() += gross.amount.abs();
            return Some(Taken::Neutral);
        }
        let original = row.text(columns.original_currency);
        if !original.is_empty() && original != line.currency.as_str() {
            let number = row.source().row;
            self.converted.entry(line.currency).or_insert((0, number)).0 += 1;
        }
        let instrument = if bare { InstrumentIx::NONE } else { self.instrument(row, builder)? };
        let event = if dividend {
            Event::Dividend { gross, withheld, country: None }
        } else {
            Event::Interest { gross, withheld }
        };
        push(row, &line, instrument, event, builder);
        Some(Taken::Used)
    }

    /// A tax of another country on what nobody paid yet: nothing to credit it against.
    fn advance_tax(&mut self, row: &mut Row<'_>) -> Option<Taken> {
        let columns = &self.columns;
        if row.is_empty(columns.amount) || coins::amount(row, columns.amount)?.is_zero() {
            let tax = bounded::decimal(row, columns.tax).unwrap_or_default();
            let currency = trades::account_currency(row, columns.currency);
            if row.has_errors() {
                return None;
            }
            *self.taxes.entry(currency?).or_default() -= tax;
            return Some(Taken::Neutral);
        }
        row.refuse(Code::UnknownRow, columns.kind)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let columns = &self.columns;
        let isin = row.isin(columns.symbol);
        if isin.is_none() {
            row.report(Code::NoInstrument, columns.symbol);
            return None;
        }
        let instrument = builder.instrument(isin, "", row.text(columns.name));
        let derivative = row.text(columns.class).eq_ignore_ascii_case("DERIVATIVE");
        if derivative && let Some(known) = builder.instrument_mut(instrument) {
            known.kind = InstrumentKind::Derivative;
        }
        Some(instrument)
    }
}

/// Shares and funds are traded at Lang & Schwarz, in whatever currency they are booked; all places that the
/// broker names for its customers settle in Germany.
const VENUE: &str = "LS EXCHANGE";

/// The customer has one account; special ones (a French PEA) are accounts of their own.
fn account_name(kind: &str) -> String {
    let usual = matches!(kind, "" | "DEFAULT" | "CRYPTO" | "SECURITIES");
    if usual { "Trade Republic".to_owned() } else { format!("Trade Republic {kind}") }
}

/// The ticker of a coin, out of its made-up ISIN: `XF000BTC0017` is BTC.
fn ticker(symbol: &str) -> &str {
    let inner =
        symbol.strip_prefix("XF000").and_then(|rest| rest.get(..rest.len().checked_sub(4)?));
    inner.filter(|code| !code.is_empty()).unwrap_or(symbol)
}

fn push(
    row: &Row<'_>,
    line: &Line,
    instrument: InstrumentIx,
    event: Event,
    builder: &mut StatementBuilder,
) {
    builder.push(Transaction {
        source: row.source(),
        key: Some(line.key),
        account: line.account,
        instrument,
        day: line.at.day,
        millisecond: line.at.millisecond,
        event,
    });
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp =
            coins::quiet_instant(row, columns.time).map(|stamp| self.clock.utc_in_warsaw(stamp));
        let category = row.text(columns.category).to_uppercase();
        let bare = row.is_empty(columns.symbol);
        let known = kind(&category, &row.text(columns.kind).to_uppercase(), bare);
        let is_coin = row.text(columns.class).eq_ignore_ascii_case("CRYPTO");
        let name = account_name(row.text(columns.account));
        let mut repair = Repair::of(&name, known.and_then(|kind| template(kind, is_coin)))
            .at(stamp, row.text(columns.time))
            .text("currency", row.text(columns.currency))
            .text("note", row.text(columns.kind));
        let symbol = row.text(columns.symbol);
        repair = if is_coin {
            repair.text("ticker", ticker(symbol))
        } else {
            repair.text("isin", symbol)
        };
        let is_income = matches!(known, Some(Kind::Dividend | Kind::Interest));
        repair = if is_income || row.is_empty(columns.price) {
            repair.numbers(row, &[("amount", columns.amount), ("withheld", columns.tax)])
        } else {
            repair.numbers(row, &[("price", columns.price)])
        };
        if !is_income {
            repair = repair.numbers(row, &[("quantity", columns.shares), ("fee", columns.fee)]);
        }
        builder.repair(row.source().row, repair.cells());
        let is_cash = category == "CASH" && known != Some(Kind::Action);
        let Ok(isin) = Isin::parse(symbol) else { return };
        if is_cash || is_coin {
            return;
        }
        let instrument = builder.instrument(Some(isin), "", row.text(columns.name));
        let account = builder.account(&name);
        let day = stamp.map_or(UNDATED, |stamp| stamp.day);
        builder.block(account, instrument, day, row.source().row);
    }
}

/// What the template calls it.
fn template(kind: Kind, is_coin: bool) -> Option<&'static str> {
    match (kind, is_coin) {
        (Kind::Buy, true) => Some("crypto_buy"),
        (Kind::Sell, true) => Some("crypto_sell"),
        (Kind::Buy, false) => Some("buy"),
        (Kind::Sell, false) => Some("sell"),
        (Kind::Dividend, _) => Some("dividend"),
        (Kind::Interest, _) => Some("interest"),
        // What these are in terms of the template is for the sender to say.
        (
            Kind::Cash
            | Kind::TaxSetOff
            | Kind::AdvanceTax
            | Kind::Delivery
            | Kind::Migration
            | Kind::Action,
            _,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_is_known_by_its_ticker_in_every_writing() {
        assert_eq!(ticker("XF000BTC0017"), "BTC");
        assert_eq!(ticker("BTC"), "BTC");
        assert_eq!(ticker("XF000"), "XF000");
    }
}
