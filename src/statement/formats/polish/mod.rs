//! Polish brokerage houses: mBank (eMakler), BOSSA (DM BOŚ), PKO BP and ING. CSV, in Polish only.
//!
//! * Each house issues a PIT-8C for the sales on its accounts, so the files are needed for foreign dividends,
//!   for checking and for the history of lots; the amounts of the form itself come by command.
//! * Trades count with the amounts that the house settled. Where it settles in złoty what is quoted in
//!   another currency, the settled amount is what was due (art. 17 ust. 1 pkt 6 lit. a PIT).
//! * Bonds are quoted in percent and futures per point: there quantity × price is not the value, and
//!   what accrued interest is cannot be told. Such rows are refused, not guessed.
//! * Evidence: public readers of real exports and their tests, generations of 2020–2026. mBank has two lengths
//!   of preamble and two delimiters, BOSSA two layouts of its operations, PKO two sets of column names,
//!   ING files with a header (until about 2021) and without.

mod bossa;
mod cash;
mod ing;
mod mbank;
mod pko;
mod text;
mod trades;

#[cfg(test)]
mod tests;

pub(in crate::statement) use bossa::{BossaOperations, BossaTransactions};
pub(in crate::statement) use ing::{IngOperations, IngTransactions};
pub(in crate::statement) use mbank::{MbankOperations, MbankTransactions};
pub(in crate::statement) use pko::PkoTransactions;

use crate::statement::SourceFile;
use crate::statement::format::SniffSheet;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{Conventions, Header, NumberStyle};

/// The houses write decimal commas and every cell, also the empty ones at the end: a shorter row was cut off.
const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Comma), dates: None, short_rows: false };

/// A row of the first sheet that satisfies a test.
fn any_row(sheets: &[SniffSheet], test: impl Fn(&[String]) -> bool) -> bool {
    sheets.iter().take(1).flat_map(|sheet| &sheet.rows).any(|row| test(row))
}

/// Whether a row has all these cells.
fn has_all(row: &[String], names: &[&str]) -> bool {
    names.iter().all(|name| row.iter().any(|cell| cell == name))
}

/// As [`has_all`], of a header.
fn names_all(header: &Header, names: &[&str]) -> bool {
    has_all(header.names(), names)
}

/// The tax-free product that the name of the file or a line above the table tells.
fn exempt_by_label(file: &SourceFile, is_table: impl Fn(&str) -> bool) -> Option<Product> {
    let text = file.first_sheet().map_or("", |sheet| sheet.text.as_str());
    let preamble = text.lines().take_while(|line| !is_table(&line.to_lowercase()));
    // Ike is a first name as well: only capitals count.
    let told = preamble
        .filter(|line| line.contains("IKE") || line.contains("IKZE"))
        .find_map(Product::find);
    Product::find(&file.name).or(told)
}
