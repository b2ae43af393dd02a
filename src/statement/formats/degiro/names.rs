//! Column names in every language in which the broker writes them, normalized.
//!
//! Exports cut long names off and add the currency (`Total EUR`), so some are told by their beginning.

use crate::money::Currency;
use crate::statement::table::{Column, Header};

pub(super) const DATE: [&str; 4] = ["date", "data", "datum", "fecha"];
pub(super) const TIME: [&str; 10] =
    ["time", "czas", "uhrzeit", "uhrze", "zeit", "tijd", "hora", "heure", "ora", "čas"];
pub(super) const PRODUCT: [&str; 6] =
    ["product", "produkt", "producto", "produit", "prodotto", "produto"];
pub(super) const ISIN: [&str; 2] = ["isin", "code isin"];
pub(super) const QUANTITY: [&str; 14] = [
    "quantity",
    "number",
    "liczba",
    "ilość",
    "anzahl",
    "aantal",
    "cantidad",
    "número",
    "numero",
    "quantité",
    "nombre",
    "quantità",
    "quantidade",
    "počet",
];
pub(super) const PRICE: [&str; 11] = [
    "price",
    "kurs",
    "preis",
    "koers",
    "precio",
    "cours",
    "prezzo",
    "quotazione",
    "preço",
    "preços",
    "cena",
];
pub(super) const LOCAL_VALUE: [&str; 9] = [
    "local value",
    "wartość lokalna",
    "wert in lokalw",
    "lokale waarde",
    "valor local",
    "valeur locale",
    "montant devise locale",
    "valore locale",
    "hodnota v dom",
];
pub(super) const VALUE: [&str; 9] =
    ["value", "wartość", "wert", "waarde", "valor", "valeur", "montant", "valore", "hodnota"];
pub(super) const TOTAL: [&str; 9] = [
    "total",
    "montant négocié",
    "razem",
    "łącznie",
    "suma",
    "gesamt",
    "totaal",
    "totale",
    "celkem",
];
pub(super) const RATE: [&str; 9] = [
    "exchange rate",
    "kurs wymian",
    "wechselkurs",
    "wisselkoers",
    "tipo de cambio",
    "taux",
    "tasso di cambio",
    "taxa de câmbio",
    "směnný kurz",
];
pub(super) const FEE: [&str; 17] = [
    "transaction",
    "fee",
    "opłata trans",
    "opłaty trans",
    "prowizja",
    "transaktion",
    "gebühr",
    "transactiekosten",
    "coste",
    "costo",
    "frais",
    "courtage",
    "costi",
    "custos",
    "comiss",
    "poplat",
    "kosten",
];
pub(super) const EXCHANGE: [&str; 10] = [
    "reference",
    "exchange",
    "giełda",
    "referenzb",
    "börse",
    "beurs",
    "bolsa",
    "bourse",
    "borsa",
    "place",
];
pub(super) const VENUE: [&str; 8] = [
    "venue",
    "execution",
    "miejsce",
    "ausführungsort",
    "uitvoeringsplaats",
    "centro de ejec",
    "lieu",
    "sede di esec",
];
pub(super) const VENUE_PORTUGUESE: &str = "local de exec";
pub(super) const ORDER: [&str; 11] = [
    "order id",
    "order-id",
    "orderid",
    "identyfikator zlecenia",
    "id zlecenia",
    "id orden",
    "id ordine",
    "id ordre",
    "id da ordem",
    "id objednávky",
    "auftrags-id",
];
pub(super) const VALUE_DATE: [&str; 10] = [
    "value date",
    "data waluty",
    "data rozliczenia",
    "valutadatum",
    "wertdatum",
    "fecha valor",
    "date de valeur",
    "data valore",
    "data valor",
    "datum valuty",
];
pub(super) const DESCRIPTION: [&str; 8] = [
    "description",
    "opis",
    "beschreibung",
    "omschrijving",
    "descripción",
    "libellé",
    "descrizione",
    "descrição",
];
pub(super) const DESCRIPTION_CZECH: &str = "popis";
pub(super) const CHANGE: [&str; 11] = [
    "change",
    "zmiana",
    "änderung",
    "mutatie",
    "variación",
    "variazioni",
    "variazione",
    "mouvements",
    "mutation",
    "mudança",
    "změna",
];
pub(super) const AMOUNT: [&str; 6] = ["amount", "kwota", "betrag", "bedrag", "importe", "montant"];
pub(super) const BALANCE: [&str; 4] = ["balance", "saldo", "solde", "zůstatek"];

/// Whether any of the names is the beginning of a cell.
pub(super) fn begins(cell: &str, names: &[&str]) -> bool {
    names.iter().any(|name| cell.starts_with(name))
}

/// The column whose name begins with one of these.
pub(super) fn beginning(
    header: &mut Header,
    name: &'static str,
    names: &'static [&'static str],
) -> Column {
    header.find(name, |found| begins(found, names))
}

/// An amount whose name may end in the currency: `value`, `value eur`, `total (eur)`.
pub(super) fn amount(
    header: &mut Header,
    names: &'static [&'static str],
) -> (Column, Option<Currency>) {
    let plain = header.optional(names);
    if plain.is_present() {
        return (plain, None);
    }
    let name = names.first().copied().unwrap_or_default();
    let column = header.find(name, |found| suffix(found, names).is_some());
    let written = column.index().and_then(|at| header.names().get(at));
    let currency = written.and_then(|found| suffix(found, names));
    (column, currency)
}

/// The currency with which a name ends, if the rest is one of these.
pub(super) fn suffix(found: &str, names: &[&str]) -> Option<Currency> {
    let rest = names.iter().find_map(|name| found.strip_prefix(name)?.strip_prefix(' '))?;
    Currency::parse(rest.trim_matches(['(', ')'])).ok()
}
