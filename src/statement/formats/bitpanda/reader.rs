//! The rows of the history.

use jiff::{SignedDuration, civil::Time};
use rust_decimal::Decimal;

use crate::money::Money;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Deal, Notes};
use crate::statement::formats::repair::Repair;
use crate::statement::formats::trades::{self, UNDATED};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, InstrumentKind, StatementBuilder, Trade, Transaction,
};

/// The history names no account.
const ACCOUNT: &str = "Bitpanda";

#[derive(Debug)]
pub(super) struct Columns {
    id: Column,
    time: Column,
    kind: Column,
    money: Column,
    currency: Column,
    quantity: Column,
    asset: Column,
    price: Column,
    price_currency: Column,
    class: Column,
    fee: Column,
    fee_asset: Column,
    tax: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            id: header.required(&["transaction id"]),
            time: header.required(&["timestamp"]),
            kind: header.required(&["transaction type"]),
            money: header.required(&["amount fiat"]),
            currency: header.required(&["fiat"]),
            quantity: header.required(&["amount asset"]),
            asset: header.required(&["asset"]),
            price: header.required(&["asset market price"]),
            price_currency: header.optional(&["asset market price currency"]),
            class: header.required(&["asset class"]),
            fee: header.required(&["fee"]),
            fee_asset: header.required(&["fee asset"]),
            tax: header.optional(&["tax fiat"]),
        };
        header.ignore(&["in/out", "product id", "fee percent", "spread", "spread currency"]);
        header.ignore(&["address", "comment"]);
        columns
    }
}

/// What the column `Asset class` says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Class {
    Money,
    Coin,
    Metal,
    Security,
    Derivative,
}

fn class(text: &str) -> Option<Class> {
    Some(match text.to_lowercase().as_str() {
        "fiat" => Class::Money,
        "cryptocurrency" | "crypto" | "cryptocurrency index" | "crypto index" => Class::Coin,
        "metal" | "precious metal" => Class::Metal,
        "stock" | "etf" | "etc" | "stock (security)" | "etf (security)" | "etc (security)" => {
            Class::Security
        }
        "stock (derivative)"
        | "etf (derivative)"
        | "etc (derivative)"
        | "commodity (derivative)"
        | "commodity" => Class::Derivative,
        _ => return None,
    })
}

/// A purchase or sale. That of a coin waits until its twin of an exchange was looked for.
#[derive(Debug)]
struct Line {
    row: u32,
    id: String,
    stamp: Stamp,
    code: String,
    buys: bool,
    quantity: Decimal,
    gross: Money,
    fee: Money,
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    clock: Clock,
    notes: Notes,
    waiting: Vec<Line>,
    /// Rows of metal, and the first of them.
    metals: Option<(u32, u32)>,
}

/// An empty cell.
fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "-")
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self {
            columns,
            account: builder.account(ACCOUNT),
            clock: Clock::new(),
            notes: Notes::default(),
            waiting: Vec::new(),
            metals: None,
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let Some(class) = class_of(columns, row) else {
            return row.refuse(Code::UnknownRow, columns.class);
        };
        let kind = row.text(columns.kind).to_lowercase();
        let number = row.source().row;
        match (kind.as_str(), class) {
            ("deposit" | "withdrawal", Class::Money | Class::Coin)
            | (
                "transfer" | "transfer(stake)" | "transfer(unstake)" | "transfer(bonus)",
                Class::Coin,
            ) => Some(Taken::Neutral),
            ("reward" | "rewards" | "staking reward", Class::Coin) => {
                self.notes.reward(number);
                Some(Taken::Neutral)
            }
            (_, Class::Metal) => {
                let (count, first) = self.metals.unwrap_or((0, number));
                self.metals = Some((count + 1, first));
                Some(Taken::Neutral)
            }
            ("buy" | "sell", Class::Coin | Class::Security | Class::Derivative) => {
                self.trade(row, class, kind == "buy", builder)
            }
            ("buy" | "sell", Class::Money) => row.refuse(Code::UnknownRow, columns.class),
            _ => row.refuse(Code::UnknownRow, columns.kind),
        }
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        class: Class,
        buys: bool,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let line = self.line(row, buys)?;
        if class == Class::Coin {
            self.waiting.push(line);
            return Some(Taken::Later);
        }
        let instrument = builder.instrument(None, &line.code, &line.code);
        if let Some(known) = builder.instrument_mut(instrument) {
            known.kind = if class == Class::Derivative {
                InstrumentKind::Derivative
            } else {
                InstrumentKind::Security
            };
        }
        let trade = Trade::new(line.quantity, line.gross, line.fee);
        let at = self.clock.utc_in_warsaw(line.stamp);
        let (source, key) = (row.source(), Some(builder.key("bitpanda", line.id.as_bytes())));
        builder.push(Transaction {
            source,
            key,
            account: self.account,
            instrument,
            day: at.day,
            millisecond: at.millisecond,
            event: if buys { Event::Buy(trade) } else { Event::Sell(trade) },
        });
        Some(Taken::Used)
    }

    fn line(&mut self, row: &mut Row<'_>, buys: bool) -> Option<Line> {
        let columns = &self.columns;
        let id = row.required_text(columns.id);
        let stamp = coins::instant(row, columns.time);
        let asset = row.required_text(columns.asset);
        let [quantity, price, amount] = [columns.quantity, columns.price, columns.money]
            .map(|column| coins::amount(row, column).map(|number| number.abs()));
        let Some(currency) = coins::fiat(row.text(columns.currency)) else {
            return row.refuse(Code::BadCurrency, columns.currency);
        };
        let priced_in = row.text(columns.price_currency);
        if !is_nothing(priced_in) && priced_in != currency.as_str() {
            return row.refuse(Code::BadCurrency, columns.price_currency);
        }
        let fee = self.fee(row);
        // Tax is withheld for Austrians; what it is for others is not known.
        let taxed = !is_nothing(row.text(columns.tax))
            && coins::amount(row, columns.tax).is_none_or(|tax| !tax.is_zero());
        if taxed {
            row.report(Code::UnknownRow, columns.tax);
        }
        if row.has_errors() {
            return None;
        }
        let (quantity, price, amount, (fee, taken_in)) = (quantity?, price?, amount?, fee?);
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        let in_money = taken_in == currency.as_str();
        let charges = if in_money { fee } else { Decimal::ZERO };
        let Some(gross) = trades::gross(quantity, price, amount, charges, buys) else {
            let computed = quantity.checked_mul(price)?.round_dp(2).to_string();
            row.report_with(Code::AmountMismatch, columns.money, computed);
            return None;
        };
        if !in_money && !fee.is_zero() {
            if coins::fiat(taken_in).is_some() {
                return row.refuse(Code::BadCurrency, columns.fee_asset);
            }
            self.notes.fee(row.source().row, taken_in, fee);
        }
        Some(Line {
            row: row.source().row,
            id: id?.to_owned(),
            stamp: stamp?,
            code: asset?.to_owned(),
            buys,
            quantity,
            gross: Money::new(gross, currency),
            fee: Money::new(charges, currency),
        })
    }

    /// The fee and what it is taken in.
    fn fee<'r>(&self, row: &mut Row<'r>) -> Option<(Decimal, &'r str)> {
        let columns = &self.columns;
        if is_nothing(row.text(columns.fee)) {
            return Some((Decimal::ZERO, ""));
        }
        let fee = coins::amount(row, columns.fee)?.abs();
        let asset = row.text(columns.fee_asset);
        if is_nothing(asset) && !fee.is_zero() {
            return row.refuse(Code::EmptyCell, columns.fee_asset);
        }
        Some((fee, asset))
    }

    /// Tells exchanges of coins from deals for money.
    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        self.waiting.sort_by(|one, other| (one.stamp, &one.id).cmp(&(other.stamp, &other.id)));
        let waiting = std::mem::take(&mut self.waiting);
        let mut deals: Vec<&Line> = Vec::new();
        for moment in waiting.chunk_by(|one, other| one.stamp == other.stamp) {
            self.settle(moment, &mut deals, builder);
        }
        for (sale, into) in likely_exchanges(&deals) {
            let side = |deal: &Line| format!("{} {}", deal.quantity.normalize(), deal.code);
            let value = format!("{} → {}", side(sale), side(into));
            let at = builder.source(sale.row);
            builder.diagnose(Diagnostic::at(Code::CryptoExchangeLikely, at).found("", value));
        }
        self.notes.report(builder);
        if let Some((count, first)) = self.metals {
            let finding = Diagnostic::at(Code::PhysicalMetal, builder.source(first));
            builder.diagnose(finding.detail(count.to_string()));
        }
    }

    /// Pushes the deals of a moment that are no exchange, and notes them.
    fn settle<'l>(
        &self,
        moment: &'l [Line],
        deals: &mut Vec<&'l Line>,
        builder: &mut StatementBuilder,
    ) {
        let mut exchanged = vec![false; moment.len()];
        for (out, sale) in moment.iter().enumerate().filter(|(_, deal)| !deal.buys) {
            let twin = moment.iter().enumerate().position(|(at, deal)| {
                deal.buys
                    && deal.code != sale.code
                    && deal.gross == sale.gross
                    && exchanged.get(at) == Some(&false)
            });
            for at in twin.into_iter().flat_map(|into| [into, out]) {
                if let Some(place) = exchanged.get_mut(at) {
                    *place = true;
                }
            }
        }
        for (deal, exchanged) in moment.iter().zip(exchanged) {
            if exchanged {
                builder.neutral();
                continue;
            }
            builder.used();
            deals.push(deal);
            let (gross, fee) = (deal.gross, deal.fee);
            let event = if deal.buys {
                Event::CryptoBuy { cost: gross, fee }
            } else {
                Event::CryptoSell { revenue: gross, fee }
            };
            let key = builder.key("bitpanda", deal.id.as_bytes());
            let at = self.clock.utc_in_warsaw(deal.stamp);
            Deal { row: deal.row, code: deal.code.clone(), event }.push(
                self.account,
                at,
                key,
                builder,
            );
        }
    }
}

/// Sides of an exchange are booked this far apart at most.
const APART_MAX: SignedDuration = SignedDuration::from_secs(2);

/// Sales and purchases of different coins at nearly the same moment and for nearly the same money.
fn likely_exchanges<'l>(deals: &[&'l Line]) -> Vec<(&'l Line, &'l Line)> {
    let mut pairs = Vec::new();
    for sale in deals.iter().filter(|deal| !deal.buys) {
        let twin = |deal: &&&Line| {
            let off = (deal.gross.amount - sale.gross.amount).abs();
            deal.buys
                && deal.code != sale.code
                && deal.gross.currency == sale.gross.currency
                && off <= sale.gross.amount / Decimal::ONE_HUNDRED
        };
        let from = deals.partition_point(|deal| is_before(deal.stamp, sale.stamp));
        let mut near =
            deals.iter().skip(from).take_while(|deal| !is_before(sale.stamp, deal.stamp));
        pairs.extend(near.find(twin).map(|into| (*sale, *into)));
    }
    pairs
}

/// Whether a moment is too early to belong to another.
fn is_before(one: Stamp, other: Stamp) -> bool {
    let at = |stamp: Stamp| {
        stamp.day.to_datetime(Time::midnight())
            + SignedDuration::from_millis(i64::from(stamp.millisecond))
    };
    at(other).duration_since(at(one)) > APART_MAX
}

/// The class of a row. Coins that the exchange renamed stand as money, under a code that is none.
fn class_of(columns: &Columns, row: &Row<'_>) -> Option<Class> {
    let class = class(row.text(columns.class))?;
    let kind = row.text(columns.kind).to_lowercase();
    let asset = row.text(columns.asset);
    let traded = matches!(kind.as_str(), "buy" | "sell");
    let coin = class == Class::Money
        && traded
        && coins::fiat(asset).is_none()
        && !is_nothing(asset)
        && !METALS.contains(&asset);
    Some(if coin { Class::Coin } else { class })
}

/// Codes of metals.
const METALS: [&str; 4] = ["XAU", "XAG", "XPT", "XPD"];

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp =
            coins::quiet_instant(row, columns.time).map(|stamp| self.clock.utc_in_warsaw(stamp));
        let is_coin = class_of(columns, row) == Some(Class::Coin);
        let kind = match (row.text(columns.kind).to_lowercase().as_str(), is_coin) {
            ("buy", true) => Some("crypto_buy"),
            ("sell", true) => Some("crypto_sell"),
            ("buy", false) => Some("buy"),
            ("sell", false) => Some("sell"),
            _ => None,
        };
        let cells = Repair::of(ACCOUNT, kind)
            .at(stamp, row.text(columns.time))
            .text("ticker", row.text(columns.asset))
            .numbers(row, &[("quantity", columns.quantity), ("amount", columns.money)])
            .text("currency", row.text(columns.currency))
            .numbers(row, &[("fee", columns.fee)])
            .text("note", row.text(columns.kind))
            .cells();
        builder.repair(row.source().row, cells);
        // What is no coin has lots, and they depend on the row.
        let asset = row.text(columns.asset);
        let has_lots = matches!(
            class(row.text(columns.class)),
            Some(Class::Security | Class::Derivative) | None
        );
        if has_lots && !is_nothing(asset) {
            let instrument = builder.instrument(None, asset, asset);
            let day = stamp.map_or(UNDATED, |stamp| stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}
