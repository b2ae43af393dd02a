//! The history of the Equity Awards Center: a row for each event, and below it rows with its details.

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Arrival, Place, dollars, one_day, without_none};
use super::rows::{Columns, Detail, detail};
use crate::money::{Country, Currency, Money};
use crate::statement::table::{Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Source, StatementBuilder, Trade,
};

/// The file does not tell its account.
const ACCOUNT: &str = "Schwab Equity Awards";

/// One event and its details so far.
#[derive(Debug)]
struct Open {
    source: Source,
    /// How many rows tell it.
    rows: u32,
    action: String,
    description: String,
    symbol: String,
    stamp: Stamp,
    quantity: Option<Decimal>,
    fees: Decimal,
    amount: Option<Decimal>,
    details: Vec<Detail>,
    /// Whether details below it could not be read.
    spoiled: bool,
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    open: Option<Open>,
}

/// How an event ended.
enum Ended {
    Used,
    Neutral,
    /// With the finding that says why.
    Unknown(Code, String),
    /// Asked for, with its own finding.
    Asked,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), open: None }
    }

    /// Settles the last event.
    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        self.close(builder);
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let begins = !row.is_empty(columns.date);
        if begins {
            self.close(builder);
        }
        let columns = &self.columns;
        let detail = detail(columns, row);
        if !begins {
            let open = self.open.as_mut()?;
            if row.has_errors() {
                open.spoiled = true;
                return None;
            }
            open.details.push(detail);
            open.rows += 1;
            return Some(Taken::Later);
        }
        let stamp = one_day(row, columns.date);
        let action = row.required_text(columns.action);
        let quantity = match without_none(row.text(columns.quantity)) {
            "" => None,
            _ => bounded::decimal(row, columns.quantity),
        };
        let fees = dollars(row, columns.fees).unwrap_or_default().abs();
        let amount = dollars(row, columns.amount);
        if row.has_errors() {
            return None;
        }
        self.open = Some(Open {
            source: row.source(),
            rows: 1,
            action: action?.to_owned(),
            description: row.text(columns.description).to_owned(),
            symbol: row.text(columns.symbol).to_owned(),
            stamp: stamp?,
            quantity,
            fees,
            amount,
            details: vec![detail],
            spoiled: false,
        });
        Some(Taken::Later)
    }

    /// Settles the event whose rows are complete.
    fn close(&mut self, builder: &mut StatementBuilder) {
        let Some(open) = self.open.take() else { return };
        let ended = self.settle(&open, builder);
        if let Ended::Unknown(code, detail) = &ended {
            self.refuse(&open, *code, detail, builder);
        }
        for _ in 0..open.rows {
            match ended {
                Ended::Used => builder.used(),
                Ended::Neutral => builder.neutral(),
                Ended::Unknown(..) | Ended::Asked => builder.unknown(),
            }
        }
    }

    fn settle(&self, open: &Open, builder: &mut StatementBuilder) -> Ended {
        let money = |amount: Decimal| Money::new(amount, Currency::USD);
        if open.spoiled {
            return Ended::Unknown(Code::UnknownRow, open.description.clone());
        }
        match open.action.to_lowercase().as_str() {
            // What vested; the shares that came are in a deposit of their own.
            "lapse" | "wire transfer" => Ended::Neutral,
            "deposit" => self.deposit(open, builder),
            "sale" | "forced quick sell" | "quick sale" => self.sale(open, builder),
            "dividend" | "tax withholding" | "tax reversal" => {
                let Some(amount) = open.amount.filter(|_| !open.symbol.is_empty()) else {
                    return Ended::Unknown(Code::EmptyCell, String::new());
                };
                let (name, event) = if open.action.eq_ignore_ascii_case("dividend") {
                    let withheld = Money::zero(Currency::USD);
                    ("dividend", Event::Dividend { gross: money(amount), withheld, country: None })
                } else {
                    let country = Country::parse("US").ok();
                    ("tax", Event::Withholding { amount: money(-amount), country })
                };
                let key = key(open, builder, name, amount);
                self.place(open, open.stamp, builder).push(builder, key, event);
                Ended::Used
            }
            "journal" | "transfer" | "security transfer" | "forced disbursement" => {
                let Some(quantity) = open.quantity.filter(|quantity| !quantity.is_zero()) else {
                    return Ended::Neutral;
                };
                let key = key(open, builder, "move", quantity);
                // Here shares only leave, whatever the sign.
                self.place(open, open.stamp, builder).left(builder, key, quantity.abs());
                Ended::Used
            }
            "stock split" | "adjustment" | "exercise and sell" | "exercise and hold"
            | "exercise" | "spin-off" | "stock merger" => {
                Ended::Unknown(Code::UnsettledAction, open.description.clone())
            }
            _ => Ended::Unknown(Code::UnknownRow, open.description.clone()),
        }
    }

    /// Shares that came: vested, bought through the plan, or bought for a dividend.
    fn deposit(&self, open: &Open, builder: &mut StatementBuilder) -> Ended {
        let detail = open.details.iter().copied().find(Detail::tells).unwrap_or_default();
        let quantity = detail.net_shares.or(open.quantity);
        let Some(quantity) = quantity.filter(|quantity| *quantity > Decimal::ZERO) else {
            return Ended::Unknown(Code::NotPositive, String::new());
        };
        let bought = detail.purchase_price.filter(|price| *price > Decimal::ZERO);
        match (open.description.to_lowercase().as_str(), bought) {
            ("espp", Some(price)) => {
                let Some(cost) = quantity.checked_mul(price) else {
                    return Ended::Unknown(Code::BadNumber, String::new());
                };
                let stamp = detail.purchased.unwrap_or(open.stamp);
                let key = key(open, builder, "espp", quantity);
                let cost = Money::new(cost, Currency::USD);
                self.place(open, stamp, builder).paid(builder, key, quantity, cost);
                Ended::Used
            }
            ("div reinv", Some(price)) => {
                let Some(gross) = quantity.checked_mul(price) else {
                    return Ended::Unknown(Code::BadNumber, String::new());
                };
                let key = key(open, builder, "reinvested", quantity);
                let trade = trade(quantity, gross, Decimal::ZERO);
                self.place(open, open.stamp, builder).push(builder, key, Event::Buy(trade));
                Ended::Used
            }
            ("rs" | "rsu" | "restricted stock" | "espp", _) => {
                let stamp = detail.vested.or(detail.purchased).unwrap_or(open.stamp);
                let value = detail.value.map(|value| format!(", {} USD", value.normalize()));
                let note =
                    format!("{} {}{}", open.description, stamp.day, value.unwrap_or_default());
                let currency = Some(Currency::USD);
                let arrival = Arrival { account: ACCOUNT, quantity, currency, note };
                self.place(open, stamp, builder).ask_cost(builder, &arrival);
                Ended::Asked
            }
            _ => Ended::Unknown(Code::UnknownRow, open.description.clone()),
        }
    }

    /// A sale; its lots are the broker's own choice and only give quantity and price.
    fn sale(&self, open: &Open, builder: &mut StatementBuilder) -> Ended {
        let lots = || open.details.iter().filter_map(|detail| detail.shares.zip(detail.sale_price));
        let shares: Decimal = lots().map(|(shares, _)| shares).sum();
        let quantity = if shares.is_zero() { open.quantity.unwrap_or_default() } else { shares };
        let Some(amount) = open.amount.filter(|_| quantity > Decimal::ZERO) else {
            return Ended::Unknown(Code::EmptyCell, String::new());
        };
        let gross = amount + open.fees;
        let product = lots().try_fold(Decimal::ZERO, |sum, (shares, price)| {
            sum.checked_add(shares.checked_mul(price)?)
        });
        // Prices have four places; a cent for each lot is rounding.
        let count = Decimal::from(lots().count());
        let tolerance = Decimal::new(1, 2) * (count + Decimal::ONE) + quantity * Decimal::new(5, 5);
        let agrees = product.is_some_and(|product| (product - gross).abs() <= tolerance);
        if !shares.is_zero() && !agrees {
            let product = product.unwrap_or_default().round_dp(2).to_string();
            return Ended::Unknown(Code::AmountMismatch, product);
        }
        let key = key(open, builder, "sale", amount);
        let event = Event::Sell(trade(quantity, gross, open.fees));
        self.place(open, open.stamp, builder).push(builder, key, event);
        Ended::Used
    }

    fn place(&self, open: &Open, stamp: Stamp, builder: &mut StatementBuilder) -> Place {
        let instrument = if open.symbol.is_empty() {
            InstrumentIx::NONE
        } else {
            builder.instrument(None, &open.symbol, "")
        };
        Place { row: open.source.row, account: self.account, instrument, stamp }
    }

    fn refuse(&self, open: &Open, code: Code, detail: &str, builder: &mut StatementBuilder) {
        let value = format!("{} {}", open.action, open.symbol);
        builder.diagnose(Diagnostic::at(code, open.source).found("Action", value).detail(detail));
        let number = |number: Option<Decimal>| number.map(|n| n.to_string()).unwrap_or_default();
        let cells = [
            ("date", open.stamp.day.to_string()),
            ("type", open.action.clone()),
            ("ticker", open.symbol.clone()),
            ("quantity", number(open.quantity)),
            ("amount", number(open.amount)),
            ("currency", "USD".to_owned()),
            ("account", ACCOUNT.to_owned()),
            ("note", open.description.clone()),
        ];
        let cells = cells.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        builder.repair(open.source.row, cells);
        if open.quantity.is_some() && !open.symbol.is_empty() {
            let place = self.place(open, open.stamp, builder);
            builder.block(self.account, place.instrument, open.stamp.day, open.source.row);
        }
    }
}

fn trade(quantity: Decimal, gross: Decimal, fees: Decimal) -> Trade {
    Trade::new(quantity, Money::new(gross, Currency::USD), Money::new(fees, Currency::USD))
}

fn key(open: &Open, builder: &mut StatementBuilder, kind: &str, amount: Decimal) -> EventKey {
    let quantity = open.quantity.unwrap_or_default().normalize();
    let (day, symbol) = (open.stamp.day, &open.symbol);
    let content = format!("{day} {kind} {symbol} {quantity} {}", amount.normalize());
    builder.content_key("schwab-awards", content.as_bytes())
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        // Details that cannot be read spoil the event above them.
        let symbol = match (row.text(columns.symbol), &self.open) {
            ("", Some(open)) => open.symbol.clone(),
            (symbol, _) => symbol.to_owned(),
        };
        let mut cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.action),
            ("quantity", columns.quantity),
            ("amount", columns.amount),
            ("note", columns.description),
        ]);
        cells.push(("ticker", symbol.clone()));
        cells.push(("currency", "USD".to_owned()));
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        if !symbol.is_empty() {
            let instrument = builder.instrument(None, &symbol, "");
            let day =
                self.open.as_ref().map_or(jiff::civil::date(1990, 1, 1), |open| open.stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}
