//! `Trades`: purchases and sales, of shares and options alike.
//!
//! Futures and CFD go to [`super::results`]: only the result of a closed position is settled.

use rust_decimal::Decimal;

use super::{
    category::Category,
    crossing::Crossing,
    effect::Effect,
    order::Order,
    reader::Reader,
    repair, results,
    symbols::{self, Known},
    table::{Problem, Problems, Row},
};
use crate::{
    money::Money,
    statement::{Code, Event, EventKey, Severity, Trade, Transaction, when::Stamp},
};

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    match row.cell(c.discriminator) {
        b"Order" | b"ORDER" => {}
        b"Trade" | b"EXECUTION" | b"" if row.flex || !row.cell(c.discriminator).is_empty() => {
            if reader.orders.repeat(row) {
                return reader.builder.neutral();
            }
        }
        b"ClosedLot" | b"Closed Lot" | b"SubTotal" | b"Total" | b"CLOSED_LOT" | b"LOT"
        | b"WASH_SALE" | b"SYMBOL_SUMMARY" | b"ASSET_SUMMARY" | b"SUMMARY" => {
            return reader.builder.neutral();
        }
        _ => return unknown_discriminator(reader, row),
    }
    let category = category(row);
    match category {
        Category::Forex => conversion(reader, row),
        Category::Future | Category::Cfd => results::read(reader, row, category),
        Category::Crypto => {
            block(reader, row, category);
            let kind = row.text(c.category);
            reader.unknown_kind(row.line, Code::UnsettledAction, c.category.name, kind);
        }
        Category::Unknown => {
            block(reader, row, category);
            reader.unknown_kind(row.line, Code::UnknownRow, c.category.name, row.text(c.category));
        }
        Category::Security | Category::Bond | Category::Option | Category::FuturesOption => {
            order(reader, row, category);
        }
    }
}

/// The category. A Flex query without that column has securities only if each row has an ISIN.
pub(super) fn category(row: &Row<'_>) -> Category {
    let c = row.columns;
    match row.cell(c.category) {
        b"" if row.flex && !row.cell(c.isin).is_empty() => Category::Security,
        cell => Category::parse(cell),
    }
}

/// A conversion is neutral; its commission belongs to no trade and is left out (tax-law §3).
fn conversion(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    let stated = row.currency().ok().map(|currency| (c.commission, currency));
    let of_flex = stated.filter(|_| row.flex && c.commission.exists());
    let Some((place, currency)) = c.commission_in.or(of_flex) else {
        return reader.builder.neutral();
    };
    let currency = row.currency_in(c.commission_currency).unwrap_or(currency);
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
    block(reader, row, category(row));
    let kind = row.text(c.discriminator);
    reader.unknown_kind(row.line, Code::UnknownRow, c.discriminator.name, kind);
}

pub(super) fn block(reader: &mut Reader, row: &Row<'_>, category: Category) {
    let day = row.trade_time().ok().map(|stamp| stamp.day);
    match reader.of_row(row, category, day) {
        Ok(instrument) => {
            let account = reader.account(row);
            reader.block(account, instrument, day, row.line);
        }
        Err(_) => reader.block_symbol(row, category, row.text(row.columns.symbol), day),
    }
}

/// Refuses a row with all its problems; no figure of its instrument is given.
pub(super) fn refuse(reader: &mut Reader, row: &Row<'_>, category: Category, problems: &Problems) {
    block(reader, row, category);
    reader.reject(row.line, &problems.0);
    repair::trade(reader, row);
}

fn order(reader: &mut Reader, row: &Row<'_>, category: Category) {
    let read = Order::read(row, category).and_then(|order| {
        let known = symbols::resolve(reader, row, category, order.stamp.day)?;
        let gross = order.gross(row, category, known.multiplier)?;
        Ok((order, known, gross))
    });
    let (order, known, gross) = match read {
        Ok(read) => read,
        Err(problems) => return refuse(reader, row, category, &problems),
    };
    match Effect::of(row, category, order.quantity) {
        Effect::Cancelled => {
            block(reader, row, category);
            reader.unsettled(row.line, row.columns.code.name, "Ca");
        }
        effect @ (Effect::Plain | Effect::OpenShort | Effect::CloseShort | Effect::Crossing) => {
            push(reader, row, &order, (category, known), gross, effect);
        }
    }
}

/// Adds the event; one that closes one position and opens another waits for the rest of the file.
fn push(
    reader: &mut Reader,
    row: &Row<'_>,
    order: &Order,
    (category, known): (Category, Known),
    gross: Decimal,
    effect: Effect,
) {
    let account = reader.account(row);
    let key = symbols::key(reader, row, order, known);
    let trade =
        Trade::new(order.quantity.abs(), Money::new(gross, order.currency), order.commission)
            .with_charges(order.charges.iter().copied())
            .settling_on(order.settled_on);
    let Stamp { day, millisecond } = order.traded(reader, category, known);
    let (source, instrument) = (reader.builder.source(row.line), known.instrument);
    let selling = order.quantity.is_sign_negative();
    let event = match effect {
        Effect::OpenShort => Event::OpenShort(trade),
        Effect::CloseShort => Event::CloseShort(trade),
        Effect::Plain | Effect::Cancelled if selling => Event::Sell(trade),
        Effect::Plain | Effect::Cancelled => Event::Buy(trade),
        Effect::Crossing => {
            let crossing =
                Crossing { source, key, account, instrument, day, millisecond, selling, trade };
            return reader.crossings.push(crossing);
        }
    };
    let key = Some(key);
    reader.builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
    reader.builder.used();
}

/// The key of an event that stands beside the one of a row's own key.
pub(super) fn beside(reader: &Reader, scope: &str, key: EventKey) -> EventKey {
    let [low, high] = key.into();
    reader.builder.key(scope, &[low.to_le_bytes(), high.to_le_bytes()].concat())
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
    "MTM in",
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
