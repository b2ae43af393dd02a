//! The columns of the sheets, in the languages in which they were met.

use crate::statement::table::{Column, Header};

const ID: &[&str] = &["id"];
const TYPE: &[&str] = &["type", "typ", "tipo"];
const TIME: &[&str] = &["time", "czas", "time (utc)", "zeit", "čas", "tempo", "data", "hora"];
const COMMENT: &[&str] =
    &["comment", "komentarz", "kommentar", "komentář", "komentár", "comentário", "comentario"];
const AMOUNT: &[&str] =
    &["amount", "kwota", "betrag", "částka", "suma", "čiastka", "montante", "quantia", "importe"];
const SYMBOL: &[&str] = &["symbol", "ticker", "símbolo"];
const NAME: &[&str] = &["instrument", "instrument name", "nazwa instrumentu"];
const PRODUCT: &[&str] = &["product", "produkt", "produto", "producto"];
const CATEGORY: &[&str] = &["category", "kategoria", "kategorie"];
const POSITION: &[&str] =
    &["position", "position id", "pozycja", "id pozycji", "posição", "pozice", "pozícia"];
const VOLUME: &[&str] = &["volume", "wolumen", "volumen", "objem"];
const OPENED: &[&str] =
    &["open time", "open time (utc)", "czas otwarcia", "czas otwarcia (utc)", "čas otevření"];
const CLOSED: &[&str] =
    &["close time", "close time (utc)", "czas zamknięcia", "czas zamknięcia (utc)", "čas zavření"];
const RESULT: &[&str] =
    &["gross p/l", "gross profit", "zysk brutto", "profit/loss", "zysk/strata", "hrubý zisk"];

const PURCHASE: &[&str] = &["purchase value", "wartość zakupu"];
const SALE: &[&str] = &["sale value", "wartość sprzedaży"];

fn has(row: &[String], names: &[&str]) -> bool {
    row.iter().any(|cell| names.contains(&cell.as_str()))
}

/// Whether a row is the header of cash operations.
pub(super) fn is_cash_header(row: &[String]) -> bool {
    let always = [ID, TYPE, TIME, COMMENT, AMOUNT].iter().all(|names| has(row, names));
    always && (has(row, SYMBOL) || has(row, NAME))
}

/// Whether a row is the header of closed or open positions.
pub(super) fn is_position_header(row: &[String]) -> bool {
    let always = [POSITION, TYPE, VOLUME, OPENED].iter().all(|names| has(row, names));
    always && (has(row, SYMBOL) || has(row, NAME))
}

/// Columns of the cash operations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cash {
    pub(super) id: Column,
    pub(super) kind: Column,
    pub(super) time: Column,
    pub(super) symbol: Column,
    pub(super) name: Column,
    pub(super) category: Column,
    pub(super) comment: Column,
    pub(super) amount: Column,
    pub(super) product: Column,
    pub(super) position: Column,
    /// Whether this is the template of 2026: times in UTC, sales as proceeds.
    pub(super) is_new: bool,
}

impl Cash {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            id: header.required(ID),
            kind: header.required(TYPE),
            time: header.required(TIME),
            symbol: header.optional(SYMBOL),
            name: header.optional(NAME),
            category: header.optional(CATEGORY),
            comment: header.required(COMMENT),
            amount: header.required(AMOUNT),
            product: header.optional(PRODUCT),
            position: header.optional(POSITION),
            is_new: false,
        };
        header.ignore(&["source", "źródło"]);
        let is_new = columns.product.is_present() || columns.name.is_present();
        Self { is_new, ..columns }
    }
}

/// Columns of closed and open positions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Positions {
    pub(super) id: Column,
    pub(super) symbol: Column,
    pub(super) name: Column,
    pub(super) category: Column,
    pub(super) side: Column,
    pub(super) volume: Column,
    /// Absent in the sheet of open positions.
    pub(super) closed: Column,
    pub(super) purchase: Column,
    pub(super) sale: Column,
    pub(super) result: Column,
    pub(super) commission: Column,
    pub(super) swap: Column,
    pub(super) rollover: Column,
    pub(super) comment: Column,
    pub(super) origin: Column,
    pub(super) product: Column,
    /// Whether times are UTC, as the header says.
    pub(super) is_utc: bool,
}

impl Positions {
    pub(super) fn claim(header: &mut Header) -> Self {
        let is_utc = header.names().iter().any(|name| name.ends_with("(utc)"));
        let columns = Self {
            id: header.required(POSITION),
            symbol: header.optional(SYMBOL),
            name: header.optional(NAME),
            category: header.optional(CATEGORY),
            side: header.required(TYPE),
            volume: header.required(VOLUME),
            closed: header.optional(CLOSED),
            purchase: header.optional(PURCHASE),
            sale: header.optional(SALE),
            result: header.optional(RESULT),
            commission: header.optional(&["commission", "prowizja", "comissão", "poplatek"]),
            swap: header.optional(&["swap"]),
            rollover: header.optional(&["rollover"]),
            comment: header.optional(COMMENT),
            origin: header.optional(&["close origin", "źródło zamknięcia"]),
            product: header.optional(PRODUCT),
            is_utc,
        };
        header.ignore(OPENED);
        header.ignore(&KNOWN);
        columns
    }
}

/// Columns that are known and not needed.
const KNOWN: [&str; 26] = [
    "profit/loss",
    "zysk/strata",
    "net profit",
    "open price",
    "close price",
    "market price",
    "current price",
    "cena otwarcia",
    "cena zamknięcia",
    "cena rynkowa",
    "open origin",
    "sl",
    "tp",
    "stop loss",
    "take profit",
    "margin",
    "depozyt",
    "open conversion rate",
    "close conversion rate",
    "nominal value",
    "wartość nominalna",
    "market value",
    "wartość rynkowa",
    "order id",
    "gross profit",
    "currency",
];
