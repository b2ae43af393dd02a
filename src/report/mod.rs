//! Results laid out as JSON, PDF and XLSX. Layout only: every figure is in the assessment already.

pub mod calculation;
mod fields;
pub mod pdf;
pub mod template;
mod text;
pub mod xlsx;

#[cfg(test)]
pub(crate) mod fixture;

use jiff::civil::Date;

use crate::{
    lang::Lang,
    ledger::Ledger,
    rates::RateBook,
    tax::{Assessment, Options},
};

/// Rows of disposals and lots that a workbook takes. Above, the rows go into a [`csv`] archive:
/// spreadsheets grow slow, and the file would not fit a mail.
pub(crate) const WORKBOOK_ROWS_MAX: usize = 100_000;

/// Everything that a report or a reply shows.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// The history, for names, files and row counts.
    pub ledger: &'a Ledger,
    /// The figures.
    pub assessment: &'a Assessment,
    /// For table numbers.
    pub rates: &'a RateBook,
    /// What the sender chose.
    pub options: &'a Options,
    /// The day of the report; never the machine's own idea of today.
    pub today: Date,
    /// The language.
    pub lang: Lang,
}
