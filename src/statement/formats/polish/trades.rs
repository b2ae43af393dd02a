//! The rows of a list of transactions: what the four houses have in common.

use rust_decimal::Decimal;

use crate::money::{Country, Currency, Money, Quoted};
use crate::statement::formats::bounded;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{Column, Row, RowReader, Taken, fold, is_plausible};
use crate::statement::when::{self, Stamp};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Isin, StatementBuilder, Trade,
    Transaction,
};

/// The day of a block whose row has no readable date: it holds from the beginning.
pub(super) const UNDATED: jiff::civil::Date = jiff::civil::date(1990, 1, 1);

/// A house and what its lists leave unsaid.
#[derive(Clone, Copy, Debug)]
pub(super) struct House {
    /// What its accounts are called here; no file names one.
    pub account: &'static str,
    /// The house as issuer of the PIT-8C.
    pub name: &'static str,
    /// Scope of the keys of trades.
    pub scope: &'static str,
    /// The currency of lists that name none, where the house settles in one alone.
    pub currency: Option<Currency>,
    /// Whether the last row sums up the others.
    pub has_footer: bool,
}

/// The columns of a list; a house without one leaves it absent.
#[derive(Clone, Copy, Debug)]
pub(super) struct TradeColumns {
    pub date: Column,
    pub paper: Column,
    pub isin: Column,
    pub exchange: Column,
    pub side: Column,
    pub quantity: Column,
    pub price: Column,
    pub price_currency: Column,
    pub value: Column,
    pub value_currency: Column,
    pub commission: Column,
    pub commission_currency: Column,
    /// The value with the commission: added for a purchase, taken off for a sale.
    pub total: Column,
    pub settled: Column,
    pub status: Column,
    pub id: Column,
}

impl TradeColumns {
    /// A list without any column.
    pub(super) const NONE: Self = Self {
        date: Column::absent("data"),
        paper: Column::absent("papier"),
        isin: Column::absent("isin"),
        exchange: Column::absent("giełda"),
        side: Column::absent("k/s"),
        quantity: Column::absent("ilość"),
        price: Column::absent("kurs"),
        price_currency: Column::absent("waluta"),
        value: Column::absent("wartość"),
        value_currency: Column::absent("waluta"),
        commission: Column::absent("prowizja"),
        commission_currency: Column::absent("waluta"),
        total: Column::absent("po prowizji"),
        settled: Column::absent("data rozliczenia"),
        status: Column::absent("status zlecenia"),
        id: Column::absent("numer transakcji"),
    };
}

/// What the file says in total, and what the rows say.
#[derive(Debug, Default)]
struct Totals {
    footer: Option<(u32, Decimal)>,
    rows: Decimal,
}

/// The state of reading one list.
#[derive(Debug)]
pub(super) struct Reader {
    house: House,
    columns: TradeColumns,
    account: AccountIx,
    exempt: Option<Product>,
    totals: Totals,
    has_sales: bool,
    /// The currency of settlement of a trade quoted in another.
    booked: Option<Currency>,
}

/// The amounts of a row.
struct Amounts {
    quantity: Decimal,
    price: Decimal,
    quoted: Quoted,
    value: Money,
    commission: Money,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        if self.exempt.is_some() {
            return Taken::Neutral;
        }
        let columns = &self.columns;
        let nameless = row.is_empty(columns.date) && row.is_empty(columns.paper);
        if self.house.has_footer && nameless && row.is_empty(columns.side) {
            if let Some(sum) = bounded::required(row, columns.value) {
                self.totals.footer = Some((row.source().row, sum));
                return Taken::Neutral;
            }
            return Taken::Unknown;
        }
        self.trade(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let currency = if columns.value_currency.is_present() {
            columns.value_currency
        } else {
            columns.price_currency
        };
        let cells = row.cells(&[
            ("date", columns.date),
            ("settlement_date", columns.settled),
            ("ticker", columns.paper),
            ("isin", columns.isin),
            ("quantity", columns.quantity),
            ("amount", columns.value),
            ("currency", currency),
            ("fee", columns.commission),
            ("fee_currency", columns.commission_currency),
            ("note", columns.side),
        ]);
        let told = self.house.currency.map(|currency| ("currency", currency.as_str().to_owned()));
        builder.repair(row.source().row, cells.into_iter().chain(told).collect());
        let mut isins = (0..row.width()).filter_map(|at| Isin::parse(row.text_at(at)).ok());
        let isin = Isin::parse(row.text(columns.isin)).ok().or_else(|| isins.next());
        let paper = row.text(columns.paper);
        if isin.is_none() && paper.is_empty() {
            return;
        }
        let instrument = builder.instrument(isin, paper, paper);
        let day = row.quiet_stamp(columns.date).map_or(UNDATED, |stamp| stamp.day);
        builder.block(self.account, instrument, day, row.source().row);
    }
}

impl Reader {
    pub(super) fn new(
        house: House,
        columns: &TradeColumns,
        exempt: Option<Product>,
        builder: &mut StatementBuilder,
    ) -> Self {
        let account = builder.account(house.account);
        let totals = Totals::default();
        Self { house, columns: *columns, account, exempt, totals, has_sales: false, booked: None }
    }

    /// Says what concerns the whole list.
    pub(super) fn finish(&self, builder: &mut StatementBuilder) {
        if let Some(product) = self.exempt {
            product.note(builder);
            return;
        }
        builder.payer(self.account);
        let file = builder.source(0).file;
        if self.has_sales {
            let likely = Diagnostic::in_file(Code::Pit8cLikely, file).detail(self.house.name);
            builder.diagnose(likely);
        }
        if let Some(currency) = self.booked {
            let booked = Diagnostic::in_file(Code::BookedAmounts, file).detail(currency.as_str());
            builder.diagnose(booked);
        }
        if let Some((row, sum)) = self.totals.footer
            && sum != self.totals.rows
        {
            let source = builder.source(row);
            let differs = Diagnostic::at(Code::TotalDiffers, source)
                .found("Wartość", sum.normalize().to_string())
                .detail(self.totals.rows.normalize().to_string());
            builder.diagnose(differs);
        }
    }

    fn trade(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = self.columns;
        // The footer sums up cancelled transactions as well.
        self.totals.rows += bounded::quiet(row, columns.value).unwrap_or_default();
        let executed = executed(row, columns.status)?;
        if !executed {
            return Some(Taken::Neutral);
        }
        let buys = buys(row, columns.side);
        let stamp = stamp(row, columns.date);
        let settled = row.stamp(columns.settled);
        let instrument = self.instrument(row, builder);
        let amounts = self.amounts(row);
        if row.has_errors() {
            return None;
        }
        let (buys, stamp, amounts, instrument) = (buys?, stamp?, amounts?, instrument?);
        self.check(row, buys, &amounts)?;
        if amounts.quoted.currency != amounts.value.currency {
            self.booked = Some(amounts.value.currency);
        }
        self.has_sales |= !buys;
        let key = self.key(row, builder, stamp, buys, &amounts);
        let trade = Trade::new(amounts.quantity, amounts.value, amounts.commission)
            .settling_on(settled.map(|settled| settled.day));
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event: if buys { Event::Buy(trade) } else { Event::Sell(trade) },
        });
        Some(Taken::Used)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let columns = &self.columns;
        let isin = row.isin(columns.isin);
        let paper = row.text(columns.paper);
        if isin.is_none() && paper.is_empty() {
            return row.refuse(Code::NoInstrument, columns.paper);
        }
        let index = builder.instrument(isin, paper, paper);
        let listed = row.text(columns.exchange);
        let exchange = if columns.exchange.is_present() { exchange(listed) } else { WARSAW };
        if let Some(known) = builder.instrument_mut(index)
            && known.exchange.is_empty()
            && isin.is_none()
        {
            exchange.clone_into(&mut known.exchange);
            // Without an ISIN what trades in Warsaw is taken for Polish, as the PIT-8C takes it.
            known.country = (exchange == WARSAW).then_some(Country::PL);
        }
        Some(index)
    }

    fn amounts(&self, row: &mut Row<'_>) -> Option<Amounts> {
        let columns = &self.columns;
        let quantity = row.required_positive(columns.quantity);
        let price = row.required_positive(columns.price);
        let value = row.required_positive(columns.value);
        let commission = bounded::required(row, columns.commission);
        if commission.is_some_and(|amount| amount.is_sign_negative() && !amount.is_zero()) {
            row.report(Code::NotPositive, columns.commission);
        }
        let settled = self.unit(row, columns.value_currency, None);
        let quoted = self.unit(row, columns.price_currency, settled);
        let charged = self.unit(row, columns.commission_currency, settled);
        let (quantity, price, value, settled) = (quantity?, price?, value?, settled?);
        Some(Amounts {
            quantity,
            price,
            quoted: quoted?,
            value: Money::new(settled.scale(value), settled.currency),
            commission: Money::new(commission?, charged?.currency),
        })
    }

    /// The currency of a column, of another one where there is no such column, or of the house.
    fn unit(&self, row: &mut Row<'_>, column: Column, other: Option<Quoted>) -> Option<Quoted> {
        if column.is_present() {
            return row.required_quoted(column);
        }
        let fixed = |currency| Quoted { currency, hundredths: false };
        other.or(self.house.currency.map(fixed)).or_else(|| {
            row.report(Code::EmptyCell, column);
            None
        })
    }

    /// Proves the value by quantity × price where both are of one currency, and the total by its parts.
    fn check(&self, row: &mut Row<'_>, buys: bool, amounts: &Amounts) -> Option<()> {
        let columns = &self.columns;
        let Some(product) = amounts.quantity.checked_mul(amounts.price) else {
            return row.refuse(Code::BadNumber, columns.price);
        };
        let product = amounts.quoted.scale(product);
        let Money { amount: value, currency } = amounts.value;
        // An average price of several executions is rounded; half a percent hides no multiplier.
        let tolerance = Decimal::new(2, 2).max(value * Decimal::new(5, 3));
        if amounts.quoted.currency == currency && (product - value).abs() > tolerance {
            let detail = product.normalize().to_string();
            row.report_with(Code::AmountMismatch, columns.value, detail);
            return None;
        }
        if row.is_empty(columns.total) || amounts.commission.currency != currency {
            return Some(());
        }
        let total = bounded::required(row, columns.total)?;
        let commission = amounts.commission.amount;
        let made = if buys { value + commission } else { value - commission };
        if (total - made).abs() > Decimal::new(1, 2) {
            let detail = made.normalize().to_string();
            row.report_with(Code::AmountMismatch, columns.total, detail);
            return None;
        }
        Some(())
    }

    /// The house's number of the transaction, or its content where there is none.
    fn key(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
        buys: bool,
        amounts: &Amounts,
    ) -> EventKey {
        let (quantity, price) = (amounts.quantity.normalize(), amounts.price.normalize());
        let id = row.text(self.columns.id);
        if !id.is_empty() {
            return builder.key(self.house.scope, format!("{id} {buys}").as_bytes());
        }
        let isin = row.text(self.columns.isin);
        let named = if isin.is_empty() { row.text(self.columns.paper) } else { isin };
        let content = format!(
            "{} {} {named} {buys} {quantity} {price}",
            stamp.day,
            // A spreadsheet drops the seconds.
            stamp.millisecond / 60_000,
        );
        builder.content_key(self.house.scope, content.as_bytes())
    }
}

/// The code of Warsaw's exchange.
const WARSAW: &str = "XWAR";

/// The exchange by a name that the settlement calendar knows: mBank and PKO write country and market.
fn exchange(name: &str) -> &str {
    match name {
        "WWA" | "WWA-GPW" | "WWA-NC" | "POL-GPW" | "POL-NC" | "GPW" => WARSAW,
        "USA-NASDAQ" => "XNAS",
        "USA-NYSE" => "XNYS",
        "USA-AMEX" => "XASE",
        "GBR-LSE" | "UK-LSE" => "XLON",
        "DEU-XETRA" | "GER-XETRA" => "XETR",
        "DEU-FSE" | "GER-FSE" => "XFRA",
        other => other,
    }
}

/// Whether the row is a purchase.
fn buys(row: &mut Row<'_>, column: Column) -> Option<bool> {
    match fold(row.text(column)).as_ref() {
        "k" | "kupno" => Some(true),
        "s" | "sprzedaz" => Some(false),
        "" => row.refuse(Code::EmptyCell, column),
        _ => row.refuse(Code::UnknownRow, column),
    }
}

/// Whether the transaction took place; lists without a status hold only those that did.
fn executed(row: &mut Row<'_>, column: Column) -> Option<bool> {
    if !column.is_present() {
        return Some(true);
    }
    match fold(row.text(column)).as_ref() {
        "zrealizowane" | "wykonane" => Some(true),
        "uniewaznione" | "anulowane" => Some(false),
        "" => row.refuse(Code::EmptyCell, column),
        _ => row.refuse(Code::UnknownRow, column),
    }
}

/// Day and time.
fn stamp(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    dashed(row.text(column)).or_else(|| row.required_stamp(column))
}

/// Early lists of ING write `28-12-2020 09-00-00`.
fn dashed(text: &str) -> Option<Stamp> {
    let (date, time) = text.split_once(' ').filter(|(_, time)| time.contains('-'))?;
    let mut parts = date.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let iso = format!("{year}-{month}-{day} {}", time.replace('-', ":"));
    when::iso(iso.as_bytes()).filter(|stamp| is_plausible(stamp.day))
}
