//! The workbook in which every figure can be checked: one row per fact, live sums.
//!
//! Text is always written as a string, so nothing that a file contains can become a formula
//! (mail §6). Formulas are our own and carry their result, so that viewers that do not compute show
//! the same as those that do.

mod boxes;
mod income_rows;
mod number;
mod rows;
mod sheet;
mod summary;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::ReportInput;
use crate::{
    error::Fault,
    wording::report::{self as words, Phrase},
};
use sheet::{Column, Formats, Sheet};

/// Above this many disposals the costs of lots are values rather than formulas: each formula reads
/// the whole sheet of lots, and opening the file would take minutes.
const LINKED_DISPOSALS_MAX: usize = 2_000;

/// Renders the workbook; the same bytes for the same input.
///
/// The caller keeps the number of rows below [`super::WORKBOOK_ROWS_MAX`]. Fails only if the writer
/// does, which would be a fault of ours.
#[tracing::instrument(target = "investtax::stage", name = "workbook", skip_all)]
pub fn render(input: &ReportInput<'_>) -> Result<Vec<u8>, Fault> {
    build(input).map_err(|error| Fault::never("write the workbook", error))
}

fn build(input: &ReportInput<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(input)?);
    let formats = Formats::new();
    let sheet = workbook.add_worksheet().set_name(words::SHEET_SUMMARY.say(input.lang))?;
    summary::write(input, sheet, &formats)?;
    let sheet = workbook.add_worksheet().set_name(words::SHEET_FIELDS.say(input.lang))?;
    boxes::write(input, sheet, &formats)?;
    for &(name, columns, fill) in SHEETS {
        let worksheet = workbook.add_worksheet().set_name(name.say(input.lang))?;
        let mut sheet = Sheet::start(input, worksheet, &formats, columns)?;
        fill(input, &mut sheet)?;
        sheet.finish(input)?;
    }
    workbook.save_to_buffer()
}

/// Writes the rows of one sheet.
type Fill = fn(&ReportInput<'_>, &mut Sheet<'_>) -> Result<(), XlsxError>;

/// The sheets after the summary and the fields.
const SHEETS: &[(Phrase, &[Column], Fill)] = &[
    (words::SHEET_DISPOSALS, rows::DISPOSALS, rows::disposals),
    (words::SHEET_LOTS, rows::LOTS, rows::lots),
    (words::SHEET_DIVIDENDS, income_rows::DIVIDENDS, income_rows::dividends),
    (words::SHEET_INTEREST, income_rows::INTEREST, income_rows::interest),
    (words::SHEET_FEES, income_rows::FEES, income_rows::fees),
    (words::SHEET_DERIVATIVES, income_rows::DERIVATIVES, income_rows::derivatives),
    (words::SHEET_CRYPTO, income_rows::CRYPTO, income_rows::crypto),
    (words::SHEET_OPEN_LOTS, rows::OPEN_LOTS, rows::open_lots),
    (words::SHEET_INPUTS, rows::INPUTS, rows::inputs),
    (words::SHEET_FINDINGS, rows::FINDINGS, rows::findings),
];

/// Title and day; neither author nor the machine's clock.
fn properties(input: &ReportInput<'_>) -> Result<DocProperties, XlsxError> {
    let today = input.today;
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(today.year()).unwrap_or(1900);
    let created = ExcelDateTime::from_ymd(year, part(today.month()), part(today.day()))?;
    let title = words::title(input.assessment.chosen_year, input.lang);
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&created))
}

#[cfg(test)]
mod tests;
