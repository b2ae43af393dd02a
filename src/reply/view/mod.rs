//! What a reply says, every figure and sentence ready: templates only lay it out.

mod concern;
mod findings;
mod report;
mod table;

use super::plain;
use crate::{
    lang::Lang,
    ledger::InputSummary,
    statement::{FORMATS, broker_of},
    wording::{self, letters},
};

pub(super) use findings::Findings;
pub(super) use report::ReportView;
use table::{Column, Table};

/// So many files are listed one by one.
const INPUTS_SHOWN: usize = 20;

/// The files that a result rests on.
#[derive(Debug)]
pub(super) struct InputsView {
    pub shown: Vec<InputView>,
    /// How many more there are, in words.
    pub more: Option<String>,
}

impl InputsView {
    pub(super) fn new(inputs: &[InputSummary], lang: Lang) -> Self {
        let shown = inputs.iter().take(INPUTS_SHOWN).map(|input| InputView::new(input, lang));
        let more = inputs.len().saturating_sub(INPUTS_SHOWN);
        Self { shown: shown.collect(), more: (more > 0).then(|| letters::more_files(more, lang)) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

/// One of the files that a result rests on.
#[derive(Debug)]
pub(super) struct InputView {
    /// Its name, sanitised.
    pub name: String,
    /// Broker and rows.
    pub summary: String,
}

impl InputView {
    fn new(input: &InputSummary, lang: Lang) -> Self {
        let broker = broker_of(input.format);
        let rows = letters::row_counts(&input.rows, lang);
        let summary = if broker.is_empty() { rows } else { format!("{broker}, {rows}") };
        Self { name: wording::echo(&input.name), summary }
    }

    /// The name for HTML, which escapes it.
    pub(super) fn name_html(&self) -> String {
        unlinked(&self.name)
    }

    pub(super) fn plain(&self) -> String {
        plain::item(&format!("{}: {}", self.name, self.summary))
    }
}

/// A reply without a result.
#[derive(Debug)]
pub(super) struct RejectionView {
    pub headline: String,
    pub findings: Findings,
    pub inputs: InputsView,
    pub attached: Vec<String>,
    /// Whether a file came at all; without one, the finding alone says what to do.
    pub has_file: bool,
}

impl RejectionView {
    /// Whether the reply ends by telling how to correct a file.
    pub(super) fn asks_for_files(&self) -> bool {
        self.has_file
    }
}

/// One format in the help.
#[derive(Debug)]
pub(super) struct FormatView {
    pub broker: &'static str,
    pub how: &'static str,
}

impl FormatView {
    pub(super) fn all(lang: Lang) -> Vec<Self> {
        let view = |format: &&'static dyn crate::statement::StatementFormat| Self {
            broker: format.broker(),
            how: format.how_to_export(lang),
        };
        FORMATS.iter().map(view).collect()
    }

    pub(super) fn plain(&self) -> String {
        plain::item(&format!("{}: {}", self.broker, self.how))
    }
}

/// The sender's text with links broken: mail programs make links of whatever looks like one, so a
/// word joiner goes between a dot, an at sign or `:/` and what follows (mail §6).
pub(super) fn unlinked(text: &str) -> String {
    let mut unlinked = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        unlinked.push(c);
        let breaks = chars.peek().is_some_and(|next| match c {
            '.' => next.is_alphabetic(),
            '@' => next.is_alphanumeric(),
            ':' => *next == '/',
            _ => false,
        });
        if breaks {
            unlinked.push('\u{2060}');
        }
    }
    unlinked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_sender_becomes_a_link_and_figures_stay_whole() {
        assert_eq!(unlinked("www.evil.example"), "www.\u{2060}evil.\u{2060}example");
        assert_eq!(unlinked("https://x"), "https:\u{2060}//x");
        assert_eq!(unlinked("jan@example"), "jan@\u{2060}example");
        assert_eq!(unlinked("1.25 USD. Koniec."), "1.25 USD. Koniec.");
    }
}
