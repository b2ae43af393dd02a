//! Results laid out as JSON, PDF and XLSX. Layout only: every figure is in the assessment already.

mod attach;
pub mod calculation;
pub mod csv;
mod digits;
mod fields;
pub mod pdf;
pub mod template;
mod text;
mod unrated;
pub mod xlsx;

#[cfg(test)]
pub(crate) mod fixture;

pub use attach::{ReportFile, attachments};
pub(crate) use unrated::Unrated;

use jiff::civil::Date;

use crate::{
    lang::Lang,
    ledger::Ledger,
    money::Country,
    rates::{Rate, RateBook, RateIx},
    statement::{Code, Diagnostic, Severity},
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
        self.ledger.issuer_country(interest.instrument)
    }

    /// Findings of reading, then of the calculation. A PIT-8C is not asked for once its amounts are stated.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Diagnostic> {
        let is_stated = self.options.pit8c.is_some();
        let read = self.ledger.diagnostics.iter();
        let read = read.filter(move |found| !(is_stated && found.code == Code::Pit8cLikely));
        read.chain(&self.assessment.diagnostics)
    }

    /// Whether anything is to correct.
    pub(crate) fn has_errors(&self) -> bool {
        self.findings().any(|finding| finding.severity == Severity::Error)
    }
}
