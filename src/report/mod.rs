//! Results laid out as JSON, PDF and XLSX. Layout only: every figure is in the assessment already.

mod attach;
pub mod calculation;
pub mod csv;
mod digits;
mod fields;
pub mod pdf;
pub mod template;
mod text;
pub mod xlsx;

#[cfg(test)]
pub(crate) mod fixture;

pub use attach::{ReportFile, attachments};

use jiff::civil::Date;

use crate::{
    lang::Lang,
    ledger::Ledger,
    money::Country,
    rates::{Rate, RateBook, RateIx},
    statement::{Instrument, Severity},
    tax::{Assessment, InterestResult, Options},
};

/// Rows of all sheets together that a workbook takes. Above, they go into a [`csv`] archive.
///
/// The writer keeps every cell in memory: 30 000 rows (10 000 disposals with two lots each) took
/// 90 MB and gave 2.3 MB, 100 000 rows took 360 MB. The archive streams.
pub(crate) const WORKBOOK_ROWS_MAX: usize = 30_000;

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

impl ReportInput<'_> {
    /// The rate that stands beside a leg.
    pub(crate) fn rate(&self, ix: RateIx) -> &Rate {
        self.rates.published(ix).unwrap_or(&Rate::PLN)
    }

    /// The country of who paid the interest, as far as known.
    pub(crate) fn payer_of(&self, interest: &InterestResult) -> Option<Country> {
        self.ledger.instrument(interest.instrument).and_then(Instrument::issuer_country)
    }

    /// Whether anything is to correct.
    pub(crate) fn has_errors(&self) -> bool {
        let mut found = self.ledger.diagnostics.iter().chain(&self.assessment.diagnostics);
        found.any(|finding| finding.severity == Severity::Error)
    }
}
