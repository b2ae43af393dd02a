//! Which list a sheet of the workbook is, and cells that all lists share.

use crate::statement::table::{Column, Row};
use crate::statement::{InstrumentIx, Isin, Sheet, StatementBuilder};

use super::super::shared::without_none;

/// How far down a header may stand.
const HEADER_ROWS: usize = 30;

/// The name of the list that a sheet holds, by its header, else by its own name.
pub(super) fn kind_of(sheet: &Sheet) -> Option<&'static str> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sheet.delimiter)
        .from_reader(sheet.text.as_bytes());
    let mut filled = 0;
    for record in reader.records().map_while(Result::ok).take(HEADER_ROWS) {
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_lowercase()).collect();
        filled += usize::from(cells.iter().any(|cell| !cell.is_empty()));
        let has = |names: &[&str]| names.iter().any(|name| cells.iter().any(|cell| cell == name));
        if has(&["ticker"]) && has(&["direction"]) && has(&["quantity"]) {
            return Some("trades");
        }
        if has(&["ticker"]) && has(&["type"]) && has(&["amount per one", "amount_per_one"]) {
            return Some("corporate_actions");
        }
        if has(&["ticker"]) && has(&["type"]) && has(&["quantity"]) && !has(&["price"]) {
            return Some("securities_in_outs");
        }
    }
    let name = sheet.name.trim().to_lowercase();
    // Under other names of columns the sheet is refused by name, not passed over.
    let of_name = |words: &[&str]| filled > 1 && words.iter().any(|word| name.contains(word));
    if of_name(&["corporate", "dividend"]) {
        Some("corporate_actions")
    } else if of_name(&["securities in", "securities_in", "in_outs"]) {
        Some("securities_in_outs")
    } else {
        None
    }
}

/// A cell without the words that stand for nothing; `Grouped` stands for several values.
pub(super) fn text<'t>(row: &Row<'t>, column: Column) -> &'t str {
    without_none(row.text(column))
}

/// The instrument of a row: by its ISIN where there is one, `ACME.US` as its symbol.
pub(super) fn instrument(
    row: &mut Row<'_>,
    ticker: Column,
    isin: Column,
    builder: &mut StatementBuilder,
) -> Option<InstrumentIx> {
    let known = if text(row, isin).is_empty() { None } else { row.isin(isin) };
    let symbol = row.required_text(ticker)?;
    Some(builder.instrument(known, symbol, ""))
}

/// As [`instrument`], of a row that could not be read.
pub(super) fn quiet_instrument(
    row: &Row<'_>,
    ticker: Column,
    isin: Column,
    builder: &mut StatementBuilder,
) -> Option<InstrumentIx> {
    let isin = Isin::parse(row.text(isin)).ok();
    let symbol = text(row, ticker);
    (isin.is_some() || !symbol.is_empty()).then(|| builder.instrument(isin, symbol, ""))
}
