//! What the symbols of `Trades` stand for, and the keys of trades.
//!
//! Activity Statements and Flex queries of one account tell the same trades. The key is made here for
//! both: account, contract, currency, the broker's clock, signed quantity and price. The contract is
//! its number at the broker where the file tells it, else its symbol; a file without numbers may
//! therefore not meet another of the same period, and says so.

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    category::Category,
    instruments::Found,
    order::Order,
    reader::Reader,
    session,
    table::{Problems, Row},
};
use crate::statement::{Code, EventKey, InstrumentIx, Severity, number_for_key, when::Stamp};

/// What a symbol was resolved to, so that each is looked up once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) instrument: InstrumentIx,
    /// Where the bytes that stand for it in keys lie in [`Symbols::identities`].
    identity: usize,
    /// Units per contract, if known.
    pub(super) multiplier: Option<Decimal>,
    /// Whether it is listed in Asia or the Pacific.
    pub(super) is_eastern: bool,
}

/// Symbols met in `Trades`.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    by_category: HashMap<Category, HashMap<Vec<u8>, Known>>,
    identities: Vec<String>,
    key: Vec<u8>,
}

/// The instrument of a trade, its multiplier and what stands for it in keys.
pub(super) fn resolve(
    reader: &mut Reader,
    row: &Row<'_>,
    category: Category,
    day: Date,
) -> Result<Known, Problems> {
    let c = row.columns;
    // A contract number means one instrument for ever, a symbol only within a statement.
    let numbered = row.cell(c.conid);
    let id = if numbered.is_empty() { row.cell(c.symbol) } else { numbered };
    let slot = reader.symbols.by_category.get(&category);
    if let Some(&known) = slot.and_then(|known| known.get(id)).filter(|_| !id.is_empty()) {
        return Ok(known);
    }
    let ambiguous = |code| Problems(vec![row.problem(c.symbol, code)]);
    let instrument = reader.of_row(row, category, Some(day)).map_err(ambiguous)?;
    let name = row.symbol(category);
    let listed = match reader.listings.by_id(row.text(c.conid)) {
        Some(listing) => Some(listing),
        None => match reader.listings.by_symbol(category, name, Some(day)) {
            Found::One(listing) => Some(listing),
            Found::None | Found::Several => None,
        },
    };
    let conid = [row.text(c.conid), listed.map_or("", |listing| listing.conid.as_str())];
    let identity = conid.into_iter().find(|id| !id.is_empty()).unwrap_or(name).to_owned();
    let stated = row.number(c.multiplier).ok().filter(|number| !number.is_zero());
    let multiplier = stated
        .or_else(|| listed.and_then(|listing| listing.multiplier))
        .or_else(|| category.usual_multiplier());
    let exchanges = [row.text(c.exchange), listed.map_or("", |listing| listing.exchange.as_str())];
    let is_eastern = exchanges.into_iter().any(session::is_eastern);
    let several = matches!(reader.listings.by_symbol(category, name, None), Found::Several);
    let unchanging = !several || !numbered.is_empty();
    reader.symbols.identities.push(identity);
    let identity = reader.symbols.identities.len() - 1;
    let known = Known { instrument, identity, multiplier, is_eastern };
    if unchanging {
        reader.symbols.by_category.entry(category).or_default().insert(id.to_owned(), known);
    }
    warn_of_missing_list(reader, row);
    Ok(known)
}

fn warn_of_missing_list(reader: &mut Reader, row: &Row<'_>) {
    if row.flex {
        for place in [row.columns.conid, row.columns.when] {
            if !place.exists() {
                reader.tally.note(Code::MissingColumn, Severity::Warning, place.name, "", 0);
            }
        }
    } else if !reader.listings.present {
        let section = "Financial Instrument Information";
        reader.tally.note(Code::MissingSection, Severity::Warning, section, "", row.line);
    }
}

/// The key of a trade: the same for one trade in any statement of the account.
pub(super) fn key(reader: &mut Reader, row: &Row<'_>, order: &Order, known: Known) -> EventKey {
    let account = reader.accounts.name_of(row.cell(row.columns.account)).as_bytes();
    let symbols = &mut reader.symbols;
    let identity = symbols.identities.get(known.identity).map_or("", String::as_str);
    let content = &mut symbols.key;
    content.clear();
    for part in [account, identity.as_bytes(), order.currency.as_str().as_bytes()] {
        content.extend_from_slice(part);
        content.push(0);
    }
    let Stamp { day, millisecond } = order.stamp;
    content.extend_from_slice(&day.year().to_le_bytes());
    content.extend_from_slice(&day.day_of_year().to_le_bytes());
    content.extend_from_slice(&millisecond.to_le_bytes());
    content.extend_from_slice(&number_for_key(order.quantity));
    content.extend_from_slice(&number_for_key(order.price));
    reader.builder.content_key("ibkr-trade", content)
}
