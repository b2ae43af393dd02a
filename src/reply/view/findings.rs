//! Findings as a reply shows them: file → row → column → value → what to do, grouped and bounded.

use super::{plain, unlinked};
use crate::{
    lang::Lang,
    ledger::Ledger,
    statement::{Diagnostic, FileId, Severity},
    wording::{self, Group, letters},
};

/// All findings of a reply take at most this many lines (mail §5).
const LINES_MAX: usize = 50;

/// And at most this many bytes of HTML, however hostile the text, so that the page stays below 60 KB.
const BYTES_MAX: usize = 28_000;

/// Findings that fit into the mail.
#[derive(Debug, Default)]
pub(in crate::reply) struct Findings {
    /// What must be fixed.
    pub errors: Vec<Finding>,
    /// What should be known.
    pub warnings: Vec<Finding>,
    /// How many kinds did not fit, in a sentence.
    pub left_out: Option<String>,
    /// How many errors there are, all rows counted.
    pub error_count: usize,
}

/// All findings of one kind.
#[derive(Debug)]
pub(in crate::reply) struct Finding {
    /// Where and what, one line each.
    pub places: Vec<Place>,
    /// How many more there are, in words.
    pub more: Option<String>,
    /// What to do about all of them.
    pub to_do: String,
}

/// Rows of one file where the same thing was found.
#[derive(Debug)]
pub(in crate::reply) struct Place {
    /// File and rows; empty for a finding about the whole.
    pub place: String,
    /// What was found.
    pub what: String,
}

impl Findings {
    /// Groups the findings; errors come first and warnings give way.
    pub(in crate::reply) fn new<'a>(
        found: impl IntoIterator<Item = &'a Diagnostic>,
        ledger: &Ledger,
        lang: Lang,
    ) -> Self {
        let mut findings = Self::default();
        let (mut lines, mut bytes) = (0, 0);
        let mut left_out = 0;
        for group in wording::group(found) {
            if group.severity == Severity::Error {
                findings.error_count += group.count();
            }
            let finding = Finding::new(&group, ledger, lang);
            let (more_lines, more_bytes) = (finding.lines(), finding.html_bytes());
            if lines + more_lines > LINES_MAX || bytes + more_bytes > BYTES_MAX {
                left_out += 1;
                continue;
            }
            lines += more_lines;
            bytes += more_bytes;
            match group.severity {
                Severity::Error => findings.errors.push(finding),
                Severity::Warning => findings.warnings.push(finding),
            }
        }
        findings.left_out = (left_out > 0).then(|| letters::left_out(left_out, lang));
        findings
    }
}

impl Finding {
    fn new(group: &Group<'_>, ledger: &Ledger, lang: Lang) -> Self {
        let mut places: Vec<(Option<FileId>, Vec<u32>, String)> = Vec::new();
        let mut to_do = String::new();
        for found in &group.shown {
            let said = wording::diagnostic(found, lang);
            to_do = said.what_to_do;
            match places.last_mut() {
                Some((file, rows, what)) if *file == found.file && *what == said.what => {
                    rows.extend(found.row);
                }
                _ => places.push((found.file, found.row.into_iter().collect(), said.what)),
            }
        }
        let places = places.into_iter().map(|(file, rows, what)| {
            let name = file.map(|file| wording::echo(ledger.file_name(file))).unwrap_or_default();
            Place { place: letters::place(&name, &rows, lang), what }
        });
        Self {
            places: places.collect(),
            more: (group.more > 0).then(|| letters::more_places(group.more, lang)),
            to_do,
        }
    }

    fn lines(&self) -> usize {
        self.places.len() + usize::from(self.more.is_some()) + 1
    }

    /// Roughly the size of the finding as HTML, markup included.
    fn html_bytes(&self) -> usize {
        let places = self.places.iter().map(|one| {
            let [place, what] = [one.place_html(), one.what_html()];
            escaped_bytes(&place) + escaped_bytes(&what) + 30
        });
        places.sum::<usize>() + self.to_do.len() + 200
    }

    /// The finding as text.
    pub(in crate::reply) fn plain(&self) -> String {
        let mut lines: Vec<String> = self.places.iter().map(Place::plain).collect();
        lines.extend(self.more.iter().map(|more| plain::wrap("  ", more)));
        lines.push(plain::wrap("  → ", &self.to_do));
        lines.join("\n")
    }
}

impl Place {
    /// The place for HTML, which escapes it.
    pub(in crate::reply) fn place_html(&self) -> String {
        unlinked(&self.place)
    }

    /// The sentence for HTML, which escapes it.
    pub(in crate::reply) fn what_html(&self) -> String {
        unlinked(&self.what)
    }

    fn plain(&self) -> String {
        if self.place.is_empty() {
            return plain::item(&self.what);
        }
        plain::item(&format!("{}: {}", self.place, self.what))
    }
}

/// How long the text is once it is escaped.
fn escaped_bytes(text: &str) -> usize {
    let escaped =
        |c: char| if matches!(c, '<' | '>' | '&' | '"' | '\'') { 6 } else { c.len_utf8() };
    text.chars().map(escaped).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{Code, Source};

    #[test]
    fn the_same_thing_in_many_rows_is_one_line() {
        let at = |row| {
            let source = Source { file: FileId(0), row };
            Diagnostic::at(Code::EmptyCell, source).found("date", "")
        };
        let found: Vec<_> = (2..9).map(at).collect();
        let findings = Findings::new(&found, &Ledger::default(), Lang::En);
        assert_eq!(findings.error_count, 7);
        assert_eq!(findings.errors[0].places.len(), 1);
        assert_eq!(findings.errors[0].places[0].place, "rows 2, 3, 4, 5, 6");
        assert_eq!(findings.errors[0].more.as_deref(), Some("… and 2 more"));
    }

    #[test]
    fn a_reply_has_at_most_fifty_lines_of_findings_and_says_what_is_missing() {
        let found: Vec<_> = Code::ALL
            .iter()
            .flat_map(|&code| {
                (1..20).map(move |row| {
                    let source = Source { file: FileId(row), row };
                    Diagnostic::at(code, source).found("A", row.to_string())
                })
            })
            .collect();
        let findings = Findings::new(&found, &Ledger::default(), Lang::Pl);
        let shown = findings.errors.iter().chain(&findings.warnings);
        assert!(shown.map(Finding::lines).sum::<usize>() <= LINES_MAX);
        assert!(findings.left_out.is_some());
    }
}
