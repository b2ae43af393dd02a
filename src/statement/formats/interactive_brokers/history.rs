//! `Transaction History`, CSV, of the simplified portal: one table without ISIN and without time.
//!
//! Prices stand in the currency of the trade; gross amount, commission and every payment in the base
//! currency of the account, converted by the broker. A trade is therefore counted as quantity × price
//! ([`amounts`] proves it, since no column tells a bond or a contract from a share), and its commission is
//! brought back to the trade's currency by the row's own ratio. An older layout has no `Price Currency`:
//! there only trades in the base currency can be read, which their gross amount proves. A payment stands
//! only in the base currency: it is counted so, with a warning, because the law converts the currency
//! that was paid (art. 11a ust. 1 PIT). The account number is masked.

mod amounts;
mod contract;
#[cfg(test)]
mod tests;

use csv::{ByteRecord, ReaderBuilder};
use rust_decimal::Decimal;

use self::amounts::{Amount, Figures, Rate};
use super::{
    category::Category,
    cells::NumberStyle,
    description, dividends, interest,
    reader::Reader,
    repair,
    scan::Survey,
    table::{Cells, Columns, Place, Problem, Problems, Row},
};
use crate::{
    lang::Lang,
    money::{Currency, Money},
    statement::{
        Code, Diagnostic, Event, InstrumentIx, Isin, Recognition, Severity, Sheet, Sniff,
        SourceFile, Statement, StatementFormat, Trade, Transaction, when::Stamp,
    },
};

/// The id of the format.
const ID: &str = "ibkr-transactions";

/// The section that has the rows.
const SECTION: &[u8] = b"Transaction History";

/// The reports that tell what this one does not.
const BETTER: &str = "Activity Statement, Flex Query";

/// Decimals kept of a commission brought back to the trade's currency; brokers charge in cents.
const COMMISSION_DECIMALS: u32 = 4;

/// The `Transaction History` of the simplified portal.
#[derive(Debug)]
pub(in crate::statement) struct TransactionHistory;

impl StatementFormat for TransactionHistory {
    fn id(&self) -> &'static str {
        ID
    }

    fn broker(&self) -> &'static str {
        "Interactive Brokers"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Lepiej Activity Statement lub Flex Query: mają ISIN, godziny i waluty wypłat. Inaczej: \
             Transactions → Transaction History → cały okres od pierwszego zakupu → Export CSV",
            "Better the Activity Statement or a Flex Query: they have ISINs, times and the currencies \
             of payments. Else: Transactions → Transaction History → the whole period since the first \
             purchase → Export CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let rows = sniff.sheets.first().map_or(&[][..], |sheet| sheet.rows.as_slice());
        let begins = |row: &[String], cells: &[&str]| {
            cells.iter().zip(row).filter(|(wanted, found)| wanted == found).count() == cells.len()
        };
        let header = rows.iter().any(|row| begins(row, &["transaction history", "header", "date"]));
        let trades = rows.iter().any(|row| begins(row, &["trades", "header"]));
        if header && !trades { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut reader = Reader::new(file.id, ID, Survey::default());
        if let Some(sheet) = file.first_sheet() {
            let mut facts = Facts::default();
            visit(sheet, &mut |section, kind, row| facts.take(section, kind, row));
            visit(sheet, &mut |section, kind, row| take(&mut reader, &facts, section, kind, row));
        }
        reader.finish()
    }
}

/// The type of a payment made good by who borrowed the shares.
const IN_LIEU: &str = "Payment in Lieu";

/// Takes a row with its section and kind.
type Show<'s> = &'s mut dyn FnMut(&[u8], &[u8], &Row<'_>);

/// Shows every row with its section and kind.
fn visit(sheet: &Sheet, show: Show<'_>) {
    let style = NumberStyle::of(sheet);
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sheet.delimiter)
        .from_reader(sheet.text.as_bytes());
    let mut raw = ByteRecord::new();
    let mut columns = Columns::NONE;
    // Reading from memory, into byte records of any length, cannot fail.
    while rows.read_byte_record(&mut raw).unwrap_or(false) {
        let line = raw.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        // A lone dash stands for nothing.
        let nothing = |cell: &[u8]| matches!(cell.trim_ascii(), b"-" | b"--");
        let record: ByteRecord =
            raw.iter().map(|cell| if nothing(cell) { b"".as_slice() } else { cell }).collect();
        let kind = record.get(1).unwrap_or_default().trim_ascii();
        if kind == b"Header" {
            columns = Columns::of(Cells::Record(&record));
        }
        let row =
            Row { record: Cells::Record(&record), columns: &columns, line, style, flex: false };
        if !row.is_blank() {
            show(record.get(0).unwrap_or_default().trim_ascii(), kind, &row);
        }
    }
}

/// What must be known before the first row.
#[derive(Debug, Default)]
struct Facts {
    base: Option<Currency>,
    /// ISINs that descriptions of payments tell.
    isins: hashbrown::HashMap<String, Isin>,
    /// What was paid in lieu of dividends: rows come newest first, so one taken back precedes its own.
    in_lieu: hashbrown::HashSet<(String, Decimal)>,
}

impl Facts {
    fn take(&mut self, section: &[u8], kind: &[u8], row: &Row<'_>) {
        let c = row.columns;
        if section != SECTION {
            if row.text(c.field_name) == "Base Currency" {
                self.base = Currency::parse(row.text(c.field_value)).ok();
            }
            return;
        }
        if kind != b"Data" {
            return;
        }
        if let Some(subject) = description::subject(row.text(c.description))
            && let Ok(isin) = Isin::parse(subject.id)
        {
            self.isins.insert(subject.symbol.to_owned(), isin);
        }
        if row.text(c.kind) == IN_LIEU
            && let Ok(amount) = row.number(amount_of(row))
            && amount.is_sign_positive()
        {
            self.in_lieu.insert((told(row), amount.normalize()));
        }
    }

    /// Whether a payment in lieu takes an earlier one back. A negative one that does not was paid on a
    /// short position.
    fn takes_back(&self, row: &Row<'_>, amount: Decimal) -> bool {
        self.in_lieu.contains(&(told(row), amount.abs().normalize()))
    }
}

/// What a payment's row says, the same for the one that takes it back.
fn told(row: &Row<'_>) -> String {
    row.text(row.columns.description).to_ascii_lowercase().replace(" - reversal", "")
}

/// Where a payment's amount stands: some exports leave the gross amount out where nothing is taken off.
fn amount_of(row: &Row<'_>) -> Place {
    let Columns { amount, net, .. } = *row.columns;
    if row.cell(amount).is_empty() && !row.cell(net).is_empty() { net } else { amount }
}

fn take(reader: &mut Reader, facts: &Facts, section: &[u8], kind: &[u8], row: &Row<'_>) {
    let c = row.columns;
    if kind == b"Header" {
        if section == SECTION {
            let needed = [c.date, c.kind, c.symbol, c.quantity, c.price, c.amount];
            for place in needed.into_iter().filter(|place| !place.exists()) {
                reader.diagnose(row.line, Code::MissingColumn, place.name, "");
            }
        }
        return;
    }
    if section != SECTION || kind != b"Data" {
        return reader.builder.neutral();
    }
    match row.text(c.kind) {
        "Buy" | "Sell" => trade(reader, facts, row),
        "Dividend" | IN_LIEU => payment(reader, facts, row, Payment::Dividend),
        "Foreign Tax Withholding" | "Withholding Tax" => {
            payment(reader, facts, row, Payment::Tax);
        }
        "Credit Interest" => payment(reader, facts, row, Payment::Interest),
        "Investment Interest Received" => payment(reader, facts, row, Payment::Coupon),
        "Debit Interest" | "Investment Interest Paid" => {
            payment(reader, facts, row, Payment::Charge("Interest"));
        }
        "Other Fee" | "Fee" | "Sales Tax" => payment(reader, facts, row, Payment::Charge("Fees")),
        "Deposit" | "Withdrawal" | "Forex Trade Component" | "Cash Transfer" => {
            reader.builder.neutral();
        }
        "Adjustment" if row.text(c.description).contains("FX Translation") => {
            reader.builder.neutral();
        }
        other => {
            let other = other.to_owned();
            block(reader, facts, row);
            reader.unknown_kind(row.line, Code::UnknownRow, c.kind.name, &other);
        }
    }
}

/// The instrument of a row; none for payments on cash.
fn instrument(reader: &mut Reader, facts: &Facts, row: &Row<'_>) -> InstrumentIx {
    let c = row.columns;
    let subject = description::subject(row.text(c.description));
    let symbol = match row.text(c.symbol) {
        "" => subject.map_or("", |subject| subject.symbol),
        symbol => symbol,
    };
    if symbol.is_empty() {
        return InstrumentIx::NONE;
    }
    reader.builder.instrument(facts.isins.get(symbol).copied(), symbol, "")
}

fn block(reader: &mut Reader, facts: &Facts, row: &Row<'_>) {
    let instrument = instrument(reader, facts, row);
    let (account, day) = (reader.account(row), row.cash_day().ok().map(|stamp| stamp.day));
    reader.block(account, instrument, day, row.line);
}

fn refuse(reader: &mut Reader, facts: &Facts, row: &Row<'_>, problems: &Problems) {
    block(reader, facts, row);
    reader.reject(row.line, &problems.0);
    repair::trade(reader, row);
}

/// Refuses a row because of something that only a better report tells.
fn refer(
    reader: &mut Reader,
    facts: &Facts,
    row: &Row<'_>,
    (code, column): (Code, &str),
    value: &str,
) {
    block(reader, facts, row);
    reader.builder.unknown();
    let found = Diagnostic::at(code, reader.builder.source(row.line)).found(column, value);
    reader.builder.diagnose(found.detail(BETTER));
}

/// Refuses a contract: nothing tells whether the trade opens or closes.
fn refuse_contract(reader: &mut Reader, facts: &Facts, row: &Row<'_>) {
    let place = row.columns.symbol;
    refer(reader, facts, row, (Code::ContractUnclear, place.name), row.text(place));
}

fn trade(reader: &mut Reader, facts: &Facts, row: &Row<'_>) {
    let c = row.columns;
    if contract::is_contract(row.text(c.symbol), row.text(c.description)) {
        return refuse_contract(reader, facts, row);
    }
    let mut problems = Problems::default();
    problems.check(row.required(c.symbol));
    let stamp = problems.check(row.cash_day());
    let quantity = problems.check(row.nonzero(c.quantity));
    let price = problems.check(row.number(c.price));
    let currency = problems.check(currency(facts, row));
    let stated = problems.check(row.number(c.amount));
    let commission = problems.check(row.number_or_zero(c.commission));
    let (Some(stamp), Some(quantity), Some(price), Some(currency), Some(stated), Some(commission)) =
        (stamp, quantity, price, currency, stated, commission)
    else {
        return refuse(reader, facts, row, &problems);
    };
    let selling = quantity.is_sign_negative();
    if selling != (row.text(c.kind) == "Sell") || price.is_sign_negative() {
        problems.0.push(row.problem(c.quantity, Code::AmountMismatch));
        return refuse(reader, facts, row, &problems);
    }
    let figures = Figures { quantity: quantity.abs(), price, stated: stated.abs() };
    let gross = match amount(facts, row, figures, currency) {
        Ok(Amount::Gross(gross)) => gross,
        Ok(_) if !c.currency.exists() => {
            repair::trade(reader, row);
            return refer(reader, facts, row, (Code::MissingColumn, "Price Currency"), "");
        }
        Ok(Amount::Contract) => return refuse_contract(reader, facts, row),
        Ok(Amount::Unclear) => {
            problems.0.push(row.problem(c.amount, Code::AmountMismatch));
            return refuse(reader, facts, row, &problems);
        }
        Err(problem) => {
            problems.0.push(problem);
            return refuse(reader, facts, row, &problems);
        }
    };
    let Some(commission) = brought_back(facts.base, currency, gross, stated, -commission) else {
        problems.0.push(row.problem(c.commission, Code::BadCurrency));
        return refuse(reader, facts, row, &problems);
    };
    let trade =
        Trade::new(quantity.abs(), Money::new(gross, currency), Money::new(commission, currency));
    let event = if selling { Event::Sell(trade) } else { Event::Buy(trade) };
    push(reader, facts, row, stamp, quantity, event);
}

/// The currency of the price; in the older layout without that column, the base currency, if the amount
/// then agrees.
fn currency(facts: &Facts, row: &Row<'_>) -> Result<Currency, Problem> {
    let place = row.columns.currency;
    if place.exists() {
        return row.currency();
    }
    facts.base.ok_or_else(missing_base)
}

fn missing_base() -> Problem {
    Problem { code: Code::EmptyCell, column: "Base Currency", value: String::new() }
}

/// What the figures of a trade come to.
fn amount(
    facts: &Facts,
    row: &Row<'_>,
    figures: Figures,
    currency: Currency,
) -> Result<Amount, Problem> {
    let c = row.columns;
    let Some(base) = facts.base else {
        // Only an amount that agrees shows that nothing was converted.
        return match figures.at(Rate::One) {
            Amount::Gross(gross) => Ok(Amount::Gross(gross)),
            Amount::Contract | Amount::Unclear => Err(missing_base()),
        };
    };
    let stated = row.number(c.exchange_rate).ok();
    let rate = Rate::of(currency, base, stated)
        .ok_or_else(|| row.problem(c.currency, Code::BadCurrency))?;
    Ok(figures.at(rate))
}

/// A commission in the base currency as it was in the trade's: by the ratio of the row's two amounts.
fn brought_back(
    base: Option<Currency>,
    currency: Currency,
    gross: Decimal,
    stated: Decimal,
    commission: Decimal,
) -> Option<Decimal> {
    if commission.is_zero() || base == Some(currency) {
        return Some(commission);
    }
    if stated.is_zero() {
        return None;
    }
    let ratio = gross.checked_div(stated.abs())?;
    Some(commission.checked_mul(ratio)?.round_dp(COMMISSION_DECIMALS).normalize())
}

#[derive(Clone, Copy)]
enum Payment {
    Dividend,
    Tax,
    Interest,
    /// A bond's, which may be taken back.
    Coupon,
    /// Left out under a heading.
    Charge(&'static str),
}

fn payment(reader: &mut Reader, facts: &Facts, row: &Row<'_>, payment: Payment) {
    let c = row.columns;
    let mut problems = Problems::default();
    let stamp = problems.check(row.cash_day());
    let amount = problems.check(row.number(amount_of(row)));
    let (Some(stamp), Some(amount)) = (stamp, amount) else {
        return reader.reject(row.line, &problems.0);
    };
    let Some(base) = facts.base else {
        return reader.reject(row.line, &[missing_base()]);
    };
    let text = row.text(c.description);
    let gross = Money::new(amount, base);
    let (withheld, country) = (Money::zero(base), description::taxing_country(text));
    let event = match payment {
        Payment::Charge(what) => return reader.leave_out(what, row, Money::new(-amount, base)),
        Payment::Interest if amount.is_sign_negative() => {
            return reader.leave_out("Interest", row, Money::new(-amount, base));
        }
        Payment::Dividend | Payment::Tax
            if dividends::Kind::of(text) == dividends::Kind::Unsettled =>
        {
            return reader.unsettled(row.line, c.description.name, text);
        }
        // A dividend paid on a short position is no negative income (tax-law 7.15), and accrued interest
        // is not settled (tax-law 2.9).
        Payment::Dividend if amount.is_sign_negative() && is_owed(facts, row, amount) => {
            return reader.unsettled(row.line, c.description.name, text);
        }
        Payment::Coupon if interest::is_unsettled(text) => {
            return reader.unsettled(row.line, c.description.name, text);
        }
        Payment::Dividend => Event::Dividend { gross, withheld, country: None },
        Payment::Interest | Payment::Coupon => Event::Interest { gross, withheld },
        Payment::Tax => Event::Withholding {
            amount: Money::new(-amount, base),
            country: country.and_then(|code| crate::money::Country::parse(code).ok()),
        },
    };
    if text.split_whitespace().all(|word| word != base.as_str()) {
        let (code, column) = (Code::AmountConverted, c.amount.name);
        reader.tally.note(code, Severity::Warning, column, base.as_str(), row.line);
    }
    push(reader, facts, row, stamp, amount, event);
}

/// Whether a negative payment was made in lieu of a dividend, and takes no earlier one back.
fn is_owed(facts: &Facts, row: &Row<'_>, amount: Decimal) -> bool {
    let c = row.columns;
    let in_lieu = row.text(c.kind) == IN_LIEU
        || dividends::Kind::of(row.text(c.description)) == dividends::Kind::InLieu;
    in_lieu && !facts.takes_back(row, amount)
}

fn push(
    reader: &mut Reader,
    facts: &Facts,
    row: &Row<'_>,
    Stamp { day, millisecond }: Stamp,
    amount: Decimal,
    event: Event,
) {
    let instrument = instrument(reader, facts, row);
    if let Some(known) = reader.builder.instrument_mut(instrument) {
        known.kind = Category::Security.kind();
    }
    let key = Some(reader.cash_key(row.text(row.columns.kind), row, amount));
    let (source, account) = (reader.builder.source(row.line), reader.account(row));
    reader.builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
    reader.builder.used();
}
