//! `Trades`: purchases and sales.

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    category::Category,
    instruments::Found,
    reader::Reader,
    repair,
    table::{Problem, Problems, Row},
};
use crate::{
    money::{Currency, Money},
    statement::{Code, Event, InstrumentIx, Severity, Trade, Transaction, when::Stamp},
};

/// What a symbol was resolved to, so that each is looked up once.
#[derive(Clone, Copy, Debug)]
struct Known {
    instrument: InstrumentIx,
    /// Where the bytes that stand for it in keys lie in [`Symbols::identities`].
    identity: usize,
    multiplier: Decimal,
}

/// Symbols met in `Trades`.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    by_category: [HashMap<Vec<u8>, Known>; 2],
    identities: Vec<String>,
    key: Vec<u8>,
}

/// A readable row.
struct Order {
    stamp: Stamp,
    quantity: Decimal,
    price: Decimal,
    proceeds: Decimal,
    commission: Decimal,
    currency: Currency,
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    match row.cell(c.discriminator) {
        b"Order" => {}
        b"Trade" if !reader.orders_present => {}
        b"Trade" | b"ClosedLot" | b"Closed Lot" | b"SubTotal" | b"Total" => {
            return reader.builder.neutral();
        }
        _ => return unknown_discriminator(reader, row),
    }
    let category = Category::parse(row.cell(c.category));
    match category {
        Category::Security | Category::Bond => security(reader, row, category),
        Category::Forex => conversion(reader, row),
        Category::Derivative | Category::Cfd | Category::Crypto => {
            block(reader, row, category);
            let kind = row.text(c.category);
            reader.unknown_kind(row.line, Code::UnsettledAction, c.category.name, kind);
        }
        Category::Unknown => {
            block(reader, row, category);
            reader.unknown_kind(row.line, Code::UnknownRow, c.category.name, row.text(c.category));
        }
    }
}

/// A conversion is neutral; its commission belongs to no trade and is left out (tax-law §3).
fn conversion(reader: &mut Reader, row: &Row<'_>) {
    let Some((place, currency)) = row.columns.commission_in else {
        return reader.builder.neutral();
    };
    match row.number_or_zero(place) {
        Ok(commission) => reader.leave_out("Forex", row, Money::new(-commission, currency)),
        Err(problem) => {
            reader.builder.neutral();
            reader.warn(row.line, problem);
        }
    }
}

fn unknown_discriminator(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    block(reader, row, Category::parse(row.cell(c.category)));
    let kind = row.text(c.discriminator);
    reader.unknown_kind(row.line, Code::UnknownRow, c.discriminator.name, kind);
}

fn block(reader: &mut Reader, row: &Row<'_>, category: Category) {
    let c = row.columns;
    let day = row.stamp(c.when).ok().map(|stamp| stamp.day);
    reader.block_symbol(row, category, row.text(c.symbol), day);
}

fn security(reader: &mut Reader, row: &Row<'_>, category: Category) {
    match order(row).and_then(|order| {
        let known = resolve(reader, row, category, order.stamp.day)?;
        let gross = gross(&order, row, category, known.multiplier)?;
        Ok((order, known, gross))
    }) {
        Ok((order, ..)) if let Some(reason) = undecided(row, &order) => {
            block(reader, row, category);
            reader.unsettled(row.line, row.columns.code.name, reason);
        }
        Ok((order, known, gross)) => push(reader, row, &order, known, gross),
        Err(problems) => {
            block(reader, row, category);
            reader.reject(row.line, &problems.0);
            repair::trade(reader, row);
        }
    }
}

/// Reads every cell, so that all problems of the row are told at once.
fn order(row: &Row<'_>) -> Result<Order, Problems> {
    let c = row.columns;
    let mut problems = Problems::default();
    problems.check(row.required(c.symbol));
    let stamp = problems.check(row.stamp(c.when));
    let quantity = problems.check(row.nonzero(c.quantity));
    let price = problems.check(match row.number(c.price) {
        Ok(price) if price.is_sign_negative() && !price.is_zero() => {
            Err(row.problem(c.price, Code::NotPositive))
        }
        read => read,
    });
    let proceeds = problems.check(row.number_or_zero(c.proceeds));
    let commission = problems.check(row.number(c.commission));
    let currency = problems.check(row.currency());
    match (stamp, quantity, price, proceeds, commission, currency) {
        (
            Some(stamp),
            Some(quantity),
            Some(price),
            Some(proceeds),
            Some(commission),
            Some(currency),
        ) if problems.0.is_empty() => {
            Ok(Order { stamp, quantity, price, proceeds, commission, currency })
        }
        _ => Err(problems),
    }
}

/// The amount due before charges: quantity × price × multiplier, as the broker states it exactly.
///
/// `Proceeds` is zero in some layouts. Where it is not, it must agree with the product within the
/// rounding of the displayed (average) price, and then it is the exact figure. Bonds are quoted in
/// percent of a face value that the file does not give, so only `Proceeds` tells their amount.
fn gross(
    order: &Order,
    row: &Row<'_>,
    category: Category,
    multiplier: Decimal,
) -> Result<Decimal, Problems> {
    let c = row.columns;
    let fail = |place, code| Err(Problems(vec![row.problem(place, code)]));
    let stated = order.proceeds.abs();
    if category == Category::Bond {
        return if stated.is_zero() && !order.price.is_zero() {
            fail(c.proceeds, Code::EmptyCell)
        } else {
            Ok(stated)
        };
    }
    let units = order.quantity.abs().checked_mul(multiplier);
    let Some((units, product)) =
        units.and_then(|units| Some((units, units.checked_mul(order.price)?)))
    else {
        return fail(c.price, Code::BadNumber);
    };
    if stated.is_zero() {
        return Ok(product);
    }
    let wrong_side = order.proceeds.is_sign_positive() == order.quantity.is_sign_positive();
    let agree = || {
        let rounding = units.saturating_mul(PRICE_ROUNDING).saturating_add(AMOUNT_ROUNDING);
        (product - stated).abs() <= rounding
    };
    if !wrong_side && (product == stated || agree()) {
        Ok(stated)
    } else {
        fail(c.proceeds, Code::AmountMismatch)
    }
}

/// Half of the fourth decimal: the coarsest average price that statements show.
const PRICE_ROUNDING: Decimal = Decimal::from_parts(5, 0, 0, false, 5);
/// A cent: amounts are shown with two decimals or more.
const AMOUNT_ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Trades that are not simply a purchase or a sale of what is held.
///
/// A sale that opens and a purchase that closes belong to a short position (tax-law 2.7); a cancelled
/// trade takes back another row.
fn undecided(row: &Row<'_>, order: &Order) -> Option<&'static str> {
    let (mut cancelled, mut opening, mut closing) = (false, false, false);
    for code in row.cell(row.columns.code).split(|&c| c == b';') {
        match code.trim_ascii() {
            b"Ca" => cancelled = true,
            b"O" => opening = true,
            b"C" => closing = true,
            _ => {}
        }
    }
    let selling = order.quantity.is_sign_negative();
    match (cancelled, selling, opening, closing) {
        (true, ..) => Some("Ca"),
        (_, _, true, true) => Some("C;O"),
        (_, true, true, _) => Some("O"),
        (_, false, _, true) => Some("C"),
        _ => None,
    }
}

fn resolve(
    reader: &mut Reader,
    row: &Row<'_>,
    category: Category,
    day: Date,
) -> Result<Known, Problems> {
    let symbol = row.cell(row.columns.symbol);
    let slot = usize::from(category == Category::Bond);
    let cached = reader.symbols.by_category.get(slot).and_then(|known| known.get(symbol));
    if let Some(&known) = cached {
        return Ok(known);
    }
    let name = row.text(row.columns.symbol);
    let ambiguous = |code| Problems(vec![row.problem(row.columns.symbol, code)]);
    let instrument = reader.instrument(category, name, Some(day)).map_err(ambiguous)?;
    let anyday = reader.listings.by_symbol(category, name, None);
    let unchanging = !matches!(anyday, Found::Several);
    let (identity, multiplier) = match reader.listings.by_symbol(category, name, Some(day)) {
        Found::One(listing) if !listing.conid.is_empty() => {
            (listing.conid.clone(), listing.multiplier)
        }
        Found::One(listing) => (name.to_owned(), listing.multiplier),
        Found::None | Found::Several => (name.to_owned(), None),
    };
    reader.symbols.identities.push(identity);
    let known = Known {
        instrument,
        identity: reader.symbols.identities.len() - 1,
        multiplier: multiplier.unwrap_or(Decimal::ONE),
    };
    if unchanging && let Some(known_symbols) = reader.symbols.by_category.get_mut(slot) {
        known_symbols.insert(symbol.to_owned(), known);
    }
    if !reader.listings.present {
        let section = "Financial Instrument Information";
        reader.tally.note(Code::MissingSection, Severity::Warning, section, "", row.line);
    }
    Ok(known)
}

fn push(reader: &mut Reader, row: &Row<'_>, order: &Order, known: Known, gross: Decimal) {
    let account = reader.account(row);
    let account_name = reader.accounts.name_of(row.cell(row.columns.account)).as_bytes();
    let symbols = &mut reader.symbols;
    let identity = symbols.identities.get(known.identity).map_or("", String::as_str);
    let content = &mut symbols.key;
    content.clear();
    for part in [account_name, identity.as_bytes(), order.currency.as_str().as_bytes()] {
        content.extend_from_slice(part);
        content.push(0);
    }
    let Stamp { day, millisecond } = order.stamp;
    content.extend_from_slice(&day.year().to_le_bytes());
    content.extend_from_slice(&day.day_of_year().to_le_bytes());
    content.extend_from_slice(&millisecond.to_le_bytes());
    content.extend_from_slice(&order.quantity.normalize().serialize());
    content.extend_from_slice(&order.price.normalize().serialize());
    let key = Some(reader.builder.content_key("ibkr-trade", content));

    let trade = Trade {
        quantity: order.quantity.abs(),
        gross: Money::new(gross, order.currency),
        commission: Money::new(-order.commission, order.currency),
        charges: Vec::new(),
        settled_on: None,
    };
    let event =
        if order.quantity.is_sign_negative() { Event::Sell(trade) } else { Event::Buy(trade) };
    let source = reader.builder.source(row.line);
    let instrument = known.instrument;
    reader.builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
    reader.builder.used();
}

/// Warns of columns that may hold a charge we do not read.
pub(super) fn check_header(reader: &mut Reader, row: &Row<'_>) {
    for cell in row.record.iter().skip(2) {
        let name = String::from_utf8_lossy(cell);
        let name = name.trim();
        let known = KNOWN_COLUMNS.contains(&name)
            || ["Comm in ", "MTM in "].iter().any(|prefix| name.starts_with(prefix));
        if !known {
            reader.tally.note(Code::UnknownColumn, Severity::Warning, name, "", row.line);
        }
    }
}

const KNOWN_COLUMNS: &[&str] = &[
    "",
    "Account",
    "Acct ID",
    "Asset Category",
    "Basis",
    "C. Price",
    "Code",
    "Comm/Fee",
    "Currency",
    "DataDiscriminator",
    "Date/Time",
    "Exchange",
    "MTM P/L",
    "Notional Value",
    "Proceeds",
    "Quantity",
    "Realized P/L",
    "Realized P/L %",
    "Symbol",
    "T. Price",
];

/// A problem of a row that is refused as a whole.
pub(super) fn refusal(row: &Row<'_>, code: Code) -> Problem {
    Problem { code, column: "", value: row.shown() }
}
