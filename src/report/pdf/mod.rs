//! The report that one would hand to an accountant.
//!
//! A small layout engine of our own over the `krilla` writer: fonts ([`font`]), marks on pages
//! ([`page`]), content that flows ([`flow`], [`table`]), the file itself ([`write`]). The sections
//! stand in the order in which they are read. Everything is first laid out and then written, because
//! the footer counts the pages.

#[expect(clippy::float_arithmetic, reason = "lengths in points, never money")]
mod flow;
#[expect(clippy::float_arithmetic, reason = "lengths in points, never money")]
mod font;
#[expect(clippy::float_arithmetic, reason = "lengths in points, never money")]
mod page;
#[expect(clippy::float_arithmetic, reason = "lengths in points, never money")]
mod table;
#[expect(clippy::float_arithmetic, reason = "lengths in points, never money")]
mod write;

mod disposals;
mod form;
mod holdings;
mod income;
mod notes;
mod others;
mod summary;

use flow::Flow;
use font::Fonts;
use write::Running;

use super::ReportInput;
use crate::{
    error::Fault,
    tax::Status,
    wording::{disclaimer, numbers, report as words},
};

/// More rows than this (disposals and their lots together, about 2 000 disposals) are summed per
/// instrument: nobody reads a hundred pages, and the workbook has them all.
pub(super) const DETAIL_ROWS_MAX: usize = 6_000;

/// Longer lists of anything else are summed or cut.
const LIST_ROWS_MAX: usize = 400;

/// Renders the report as PDF: A4, embedded subset fonts, the same bytes for the same input.
///
/// Fails only if the writer does, which would be a fault of ours.
#[tracing::instrument(target = "investtax::stage", name = "pdf", skip_all)]
pub fn render(input: &ReportInput<'_>) -> Result<Vec<u8>, Fault> {
    let fonts = Fonts::embedded()?;
    let mut flow = Flow::new(&fonts);
    summary::lay_out(input, &mut flow);
    form::lay_out(input, &mut flow);
    disposals::lay_out(input, &mut flow);
    income::lay_out(input, &mut flow);
    others::lay_out(input, &mut flow);
    holdings::lay_out(input, &mut flow);
    notes::lay_out(input, &mut flow);
    write::write(input, &fonts, flow.finish(), &running(input))
}

/// Says how many rows of a list were left out, if any were.
fn say_hidden(input: &ReportInput<'_>, rows: usize, flow: &mut Flow<'_>) {
    let hidden = rows.saturating_sub(LIST_ROWS_MAX);
    if hidden > 0 {
        flow.paragraph(&words::more(hidden, input.lang), page::Style::NOTE);
    }
}

fn running(input: &ReportInput<'_>) -> Running {
    let lang = input.lang;
    let author = format!("{}, {}", words::REPORT_AUTHOR.say(lang), numbers::date(input.today));
    let aside = match input.assessment.answered() {
        Status::Complete => author,
        // Every page may be looked at alone.
        Status::Incomplete => format!("{} · {author}", words::INCOMPLETE.say(lang)),
    };
    Running {
        title: words::title(input.assessment.chosen_year, lang),
        aside,
        foot: disclaimer(lang).to_owned(),
    }
}

#[cfg(test)]
mod tests;
