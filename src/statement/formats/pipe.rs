//! The older layout of this service: fields separated by pipes, trades and commissions only.
//!
//! `Action|Time|ISIN|Ticker|Name|No. of shares|Price / share|Currency symbol|Exchange rate|Result|Total|Notes`
//!
//! * A trade is worth shares × price in the currency of the price.
//! * The exchange rate and the result are the broker's own and not used: the NBP rate is the law's.
//! * The total is at that rate, in a currency that the file does not name. Files in circulation have
//!   totals that do not fit; one that is far off is a warning, never a figure.
//! * A commission without an instrument is a fee of the account. With one it belongs to the trade of that
//!   instrument on that day; where there is no such trade, or more than one, it is not settled.

use rust_decimal::Decimal;

use crate::lang::Lang;
use crate::money::Money;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{
    Column, Conventions, Header, NumberStyle, Row, RowReader, Table, Taken,
};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, InstrumentIx, Isin, Recognition, Severity, Sniff, Source,
    SourceFile, Statement, StatementBuilder, StatementFormat, Trade, Transaction,
};

/// The format of the older layout.
#[derive(Debug)]
pub(in crate::statement) struct Pipe;

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: false };

impl StatementFormat for Pipe {
    fn id(&self) -> &'static str {
        "pipe"
    }

    fn broker(&self) -> &'static str {
        "InvestTax"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Dawny układ z polami rozdzielonymi znakiem |; nowy szablon wyślemy na temat WZÓR",
            "The older layout with fields separated by |; write TEMPLATE for the current template",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = sniff.header_has(&["action", "isin", "no. of shares", "price / share"])
            && ["currency symbol", "currency"].iter().any(|name| sniff.header_has(&[name]));
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let table = file.first_sheet().and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            // The layout has no account: one per file, even if two files have the same name.
            let name = format!("{} ({})", file.name, file.id.0.saturating_add(1));
            let account = builder.account(&name);
            let exempt = Product::find(&file.name);
            let (trades, commissions) = (Vec::new(), Vec::new());
            let mut reader = Reader { columns, account, name, exempt, trades, commissions };
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
            if let Some(product) = exempt {
                product.note(&mut builder);
            }
        }
        builder.finish()
    }
}

#[derive(Debug)]
struct Columns {
    action: Column,
    time: Column,
    isin: Column,
    ticker: Column,
    name: Column,
    shares: Column,
    price: Column,
    currency: Column,
    rate: Column,
    total: Column,
    notes: Column,
}

impl Columns {
    fn claim(header: &mut Header) -> Self {
        header.ignore(&["result", "currency (result)", "currency (total)", "id"]);
        Self {
            action: header.required(&["action"]),
            time: header.required(&["time", "date"]),
            isin: header.required(&["isin"]),
            ticker: header.optional(&["ticker"]),
            name: header.optional(&["name"]),
            shares: header.required(&["no. of shares"]),
            price: header.required(&["price / share"]),
            currency: header.required(&["currency symbol", "currency"]),
            rate: header.optional(&["exchange rate"]),
            total: header.optional(&["total"]),
            notes: header.optional(&["notes"]),
        }
    }
}

impl Columns {
    fn repair_cells(&self, row: &Row<'_>, account: &str) -> Vec<(&'static str, String)> {
        let action = row.text(self.action);
        let kind = match Action::parse(action) {
            Some(Action::Buy) => "buy",
            Some(Action::Sell) => "sell",
            Some(Action::Commission) => "fee",
            None => action,
        };
        let mut cells = row.cells(&[
            ("date", self.time),
            ("ticker", self.ticker),
            ("isin", self.isin),
            ("quantity", self.shares),
            ("price", self.price),
            ("currency", self.currency),
            ("note", self.notes),
        ]);
        cells.push(("type", kind.to_owned()));
        // Repaired rows must meet the lots of the account that they come from.
        cells.push(("account", account.to_owned()));
        cells
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Action {
    Buy,
    Sell,
    Commission,
}

impl Action {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_lowercase().as_str() {
            "buy" | "market buy" | "limit buy" | "stop buy" | "stop limit buy" => Self::Buy,
            "sell" | "market sell" | "limit sell" | "stop sell" | "stop limit sell" => Self::Sell,
            "commission" => Self::Commission,
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Reader {
    columns: Columns,
    account: AccountIx,
    /// The name of the account.
    name: String,
    exempt: Option<Product>,
    /// Kept until the commissions are known.
    trades: Vec<Transaction>,
    commissions: Vec<Commission>,
}

/// A commission that names an instrument.
#[derive(Debug)]
struct Commission {
    source: Source,
    instrument: InstrumentIx,
    stamp: Stamp,
    amount: Money,
    action: String,
    cells: Vec<(&'static str, String)>,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        if self.exempt.is_some() {
            return Taken::Neutral;
        }
        let Some(action) = Action::parse(row.text(self.columns.action)) else {
            row.report(Code::UnknownRow, self.columns.action);
            return Taken::Unknown;
        };
        let taken = match action {
            Action::Buy | Action::Sell => self.trade(action, row, builder),
            Action::Commission => self.commission(row, builder),
        };
        taken.unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        builder.repair(row.source().row, columns.repair_cells(row, &self.name));
        let isin = Isin::parse(row.text(columns.isin)).ok();
        let ticker = row.text(columns.ticker);
        let commission = Action::parse(row.text(columns.action)) == Some(Action::Commission);
        if commission || (isin.is_none() && ticker.is_empty()) {
            return;
        }
        let instrument = builder.instrument(isin, ticker, row.text(columns.name));
        // Without a readable date the block holds from the beginning.
        let undated = jiff::civil::date(1990, 1, 1);
        let day = row.quiet_stamp(columns.time).map_or(undated, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}

impl Reader {
    fn trade(
        &mut self,
        action: Action,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = row.required_stamp(columns.time);
        let isin = row.isin(columns.isin);
        let quantity = row.required_positive(columns.shares);
        let price = row.required_positive(columns.price);
        let quoted = row.required_quoted(columns.currency);
        let ticker = row.text(columns.ticker);
        if row.is_empty(columns.isin) && ticker.is_empty() {
            row.report(Code::NoInstrument, columns.isin);
        }
        if row.has_errors() {
            return None;
        }
        let (stamp, quantity, price, quoted) = (stamp?, quantity?, price?, quoted?);
        let Some(product) = quantity.checked_mul(price) else {
            return row.refuse(Code::BadNumber, columns.price);
        };
        let gross = Money::new(quoted.scale(product), quoted.currency);
        self.check_total(row, product, gross.amount);
        let commission = Money::zero(gross.currency);
        let trade = Trade::new(quantity, gross, commission);
        let event = if action == Action::Buy { Event::Buy(trade) } else { Event::Sell(trade) };
        let instrument = builder.instrument(isin, ticker, row.text(columns.name));
        self.trades.push(self.transaction(row, stamp, instrument, event));
        Some(Taken::Used)
    }

    /// The amount of a commission is its total, or shares × price where the row gives these.
    fn commission(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = row.required_stamp(columns.time);
        let isin = row.isin(columns.isin);
        let quoted = row.required_quoted(columns.currency);
        let price = row.decimal(columns.price);
        let shares = row.decimal(columns.shares);
        let total = if price.is_none() { row.required_decimal(columns.total) } else { None };
        if row.has_errors() {
            return None;
        }
        let (stamp, quoted) = (stamp?, quoted?);
        let amount = match price {
            Some(price) => price.checked_mul(shares.unwrap_or(Decimal::ONE)),
            None => total,
        };
        let Some(amount) = amount else { return row.refuse(Code::BadNumber, columns.price) };
        // A charge is a charge whichever sign the file gives it.
        let amount = Money::new(quoted.scale(amount.abs()), quoted.currency);
        let ticker = row.text(columns.ticker);
        if isin.is_none() && ticker.is_empty() {
            let event = Event::Fee { amount };
            builder.push(self.transaction(row, stamp, InstrumentIx::NONE, event));
            return Some(Taken::Used);
        }
        let commission = Commission {
            source: row.source(),
            instrument: builder.instrument(isin, ticker, row.text(columns.name)),
            stamp,
            amount,
            action: row.text(columns.action).to_owned(),
            cells: columns.repair_cells(row, &self.name),
        };
        self.commissions.push(commission);
        Some(Taken::Later)
    }

    /// Ties the commissions to their trades.
    fn finish(mut self, builder: &mut StatementBuilder) {
        for commission in self.commissions {
            let day = |trade: &Transaction| {
                trade.instrument == commission.instrument && trade.day == commission.stamp.day
            };
            let instant = |trade: &Transaction| {
                day(trade) && trade.millisecond == commission.stamp.millisecond
            };
            let trade = only(&self.trades, instant).or_else(|| only(&self.trades, day));
            let trade = trade.and_then(|at| self.trades.get_mut(at));
            if let Some(Event::Buy(trade) | Event::Sell(trade)) = trade.map(|t| &mut t.event) {
                trade.add_charge(commission.amount);
                builder.used();
            } else {
                let finding = Diagnostic::at(Code::UnsettledAction, commission.source);
                builder.diagnose(finding.found("Action", commission.action));
                builder.repair(commission.source.row, commission.cells);
                builder.unknown();
            }
        }
        self.trades.into_iter().for_each(|trade| builder.push(trade));
    }

    fn transaction(
        &self,
        row: &Row<'_>,
        stamp: Stamp,
        instrument: InstrumentIx,
        event: Event,
    ) -> Transaction {
        Transaction {
            source: row.source(),
            // The layout has no ids and no account to tell equal rows of two files apart.
            key: None,
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        }
    }

    /// Warns where the total fits neither the value nor the value at the file's own rate, either way
    /// round, up to five percent: a slip in quantity, price or currency.
    fn check_total(&self, row: &mut Row<'_>, product: Decimal, gross: Decimal) {
        // Unreadable checks are no errors: nothing is computed from them.
        let (Some(total), rate) = (row.quiet_decimal(self.columns.total), self.rate(row)) else {
            return;
        };
        let total = total.abs();
        let rated = [rate, Decimal::ONE.checked_div(rate).unwrap_or(Decimal::ONE), Decimal::ONE];
        let fits = [product, gross].into_iter().any(|value| {
            rated.iter().filter_map(|rate| value.checked_mul(*rate)).any(|expected| {
                expected
                    .checked_sub(total)
                    .is_some_and(|difference| difference.abs() <= expected * Decimal::new(5, 2))
            })
        });
        if !fits {
            let mut finding = Diagnostic::at(Code::AmountMismatch, row.source())
                .found("Total", row.text(self.columns.total))
                .detail(product.normalize().to_string());
            finding.severity = Severity::Warning;
            row.diagnose(finding);
        }
    }

    fn rate(&self, row: &mut Row<'_>) -> Decimal {
        let rate = row.quiet_decimal(self.columns.rate);
        rate.filter(|rate| *rate > Decimal::ZERO).unwrap_or(Decimal::ONE)
    }
}

/// The only trade that satisfies a test.
fn only(trades: &[Transaction], test: impl Fn(&Transaction) -> bool) -> Option<usize> {
    let mut found = trades.iter().enumerate().filter(|(_, trade)| test(trade));
    let (at, _) = found.next()?;
    found.next().is_none().then_some(at)
}
