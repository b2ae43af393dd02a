//! Names of columns in Polish, English and Czech, over the layouts since 2020.

use crate::statement::table::{Column, Header};

pub(super) const POSITION: &[&str] =
    &["position id", "identyfikator pozycji", "id pozycji", "id pozice", "identifikátor pozice"];
pub(super) const ACTION: &[&str] = &["action", "operacja", "akce"];
pub(super) const SIDE: &[&str] = &["long / short", "long/short", "długa / krótka"];
pub(super) const AMOUNT: &[&str] = &["amount", "kwota", "částka"];
pub(super) const UNITS: &[&str] = &[
    "units",
    "units / contracts",
    "jednostki",
    "jednostki / kontrakty",
    "jednotky",
    "jednotky / kontrakty",
];
pub(super) const OPENED: &[&str] = &["open date", "data otwarcia", "datum otevření"];
pub(super) const CLOSED: &[&str] =
    &["close date", "data zamknięcia", "datum zavření", "datum uzavření"];
pub(super) const LEVERAGE: &[&str] = &["leverage", "dźwignia", "páka", "pákový efekt"];
pub(super) const PROFIT: &[&str] = &[
    "profit(usd)",
    "profit (usd)",
    "zysk (usd)",
    "zysk(usd)",
    "zisk (usd)",
    "profit",
    "zysk",
    "zisk",
];
pub(super) const KIND: &[&str] = &["type", "rodzaj", "typ"];
pub(super) const DATE: &[&str] = &["date", "data", "datum"];
pub(super) const DETAILS: &[&str] = &["details", "szczegóły", "podrobnosti"];
pub(super) const EQUITY: &[&str] =
    &["realized equity change", "zmiana zrealizowanego kapitału", "změna realizovaného kapitálu"];
pub(super) const ASSET: &[&str] = &["asset type", "typ aktywa", "typ aktiva"];
pub(super) const PAID: &[&str] = &["date of payment", "data płatności", "datum platby"];
pub(super) const NAME: &[&str] = &["instrument name", "nazwa instrumentu", "název instrumentu"];
const SUMMARY_NAME: &[&str] = &["name", "nazwa", "název"];

/// The sheet of closed positions in languages whose columns are not known: German, Spanish, Italian.
pub(super) const FOREIGN_SHEETS: [&str; 3] =
    ["geschlossene positionen", "posiciones cerradas", "posizioni chiuse"];

fn has(row: &[String], names: &[&str]) -> bool {
    row.iter().any(|cell| names.contains(&cell.as_str()))
}

/// Whether a row is the header of closed positions.
pub(super) fn is_closed_header(row: &[String]) -> bool {
    [POSITION, ACTION, AMOUNT, OPENED, CLOSED].iter().all(|names| has(row, names))
}

/// Whether a row is the header of the account activity.
pub(super) fn is_activity_header(row: &[String]) -> bool {
    [DATE, KIND, DETAILS, AMOUNT, EQUITY].iter().all(|names| has(row, names))
}

/// Whether a row is the header of dividends.
pub(super) fn is_dividend_header(row: &[String]) -> bool {
    [PAID, POSITION].iter().all(|names| has(row, names))
}

/// Whether a row is the header of the financial summary.
pub(super) fn is_summary_header(row: &[String]) -> bool {
    has(row, SUMMARY_NAME) && row.iter().any(|cell| is_dollar_amount(cell))
}

/// `Amount in USD`, `Kwota w (USD)`, `Amount in (USD)`.
fn is_dollar_amount(name: &str) -> bool {
    name.contains("usd") && AMOUNT.iter().any(|amount| name.starts_with(amount))
}

/// The columns of the summary: name of the total and its amount.
pub(super) fn summary(header: &mut Header) -> [Column; 2] {
    let name = header.optional(SUMMARY_NAME);
    let amount = header.find("amount", is_dollar_amount);
    ignore_rest(header);
    [name, amount]
}

/// The column of a charge or tax whose name has one word of each list.
pub(super) fn find(header: &mut Header, name: &'static str, words: &[&[&str]]) -> Column {
    header.find(name, |found| words.iter().all(|any| any.iter().any(|word| found.contains(word))))
}

/// Beginnings of columns that are known and not needed.
const KNOWN: [&str; 28] = [
    "spread",
    "market spread",
    "opłaty za spread",
    "opłaty spread",
    "spread rynkowy",
    "poplatky za spread",
    "tržní spread",
    "profit(eur)",
    "profit (eur)",
    "zysk",
    "zisk",
    "fx rate",
    "kurs",
    "stawka",
    "sazba",
    "směnný kurz",
    "open rate",
    "close rate",
    "take profit",
    "stop lo",
    "copied from",
    "skopiowano",
    "zkopírováno",
    "copy trader",
    "notes",
    "uwagi",
    "poznámky",
    "is real",
];

/// Claims the columns that are known and not needed.
pub(super) fn ignore_known(header: &mut Header) {
    while header.find("", |name| KNOWN.iter().any(|known| name.starts_with(known))).is_present() {}
}

/// Claims all columns: for tables of which only some are needed and no other can matter.
pub(super) fn ignore_rest(header: &mut Header) {
    while header.find("", |_| true).is_present() {}
}
