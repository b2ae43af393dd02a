//! Results laid out as JSON, PDF and XLSX. Layout only: every figure is in the assessment already.

pub mod calculation;

use jiff::civil::Date;

use crate::{
    lang::Lang,
    ledger::Ledger,
    rates::RateBook,
    tax::{Assessment, Options},
};

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
