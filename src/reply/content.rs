//! The replies: what is said in each, as text and as HTML.

use askama::Template;

use super::{
    Attachment, fit, plain,
    view::{Findings, FormatView, InputsView, RejectionView, ReportView, unlinked},
};
use crate::{
    error::Fault,
    lang::Lang,
    ledger::Ledger,
    report::ReportInput,
    statement::{Code, Diagnostic, Severity},
    wording::{self, commands, letters},
};

/// A reply without its envelope.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReplyContent {
    /// Plain text, 72 columns.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The files, at most [`super::ATTACHMENTS_BYTES_MAX`] together.
    pub attachments: Vec<Attachment>,
}

/// Which reply a result deserves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReplyKind {
    /// Figures, complete or not.
    Report,
    /// No figure at all, and errors that say why.
    Rejection,
}

/// A result without any year, or of nothing that was read, and with errors is a rejection; everything
/// else is a report. A year that was only asked for (`ROK 2024`) gives no figures.
pub fn report_kind(input: &ReportInput<'_>) -> ReplyKind {
    let no_figures = input.assessment.chosen().is_none() || input.ledger.transactions.is_empty();
    if no_figures && input.has_errors() { ReplyKind::Rejection } else { ReplyKind::Report }
}

/// What a rejection tells. Where nothing was read, remarks about the year asked for are void.
pub fn rejection_findings<'a>(
    input: &ReportInput<'a>,
) -> impl Iterator<Item = &'a Diagnostic> + use<'a> {
    let is_void = input.ledger.transactions.is_empty();
    let computed = input.assessment.diagnostics.iter();
    let computed = computed.filter(move |found| !is_void || found.severity == Severity::Error);
    input.ledger.diagnostics.iter().chain(computed)
}

/// What every template needs.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) lang: Lang,
    pub(super) correct: &'static str,
    pub(super) disclaimer: &'static str,
    pub(super) privacy: &'static str,
}

impl Frame {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            correct: wording::how_to_correct(lang),
            disclaimer: wording::disclaimer(lang),
            privacy: wording::privacy(lang),
        }
    }

    /// One of two labels.
    fn t<'a>(&self, pl: &'a str, en: &'a str) -> &'a str {
        self.lang.choose(pl, en)
    }
}

/// A result as text.
#[derive(Debug, Template)]
#[template(path = "report.txt", escape = "none")]
struct ReportText<'a> {
    frame: &'a Frame,
    view: &'a ReportView,
}

/// A result as HTML.
#[derive(Debug, Template)]
#[template(path = "report.html")]
struct ReportHtml<'a> {
    frame: &'a Frame,
    headline: &'a str,
    view: &'a ReportView,
}

/// A refusal as text.
#[derive(Debug, Template)]
#[template(path = "rejection.txt", escape = "none")]
struct RejectionText<'a> {
    frame: &'a Frame,
    view: &'a RejectionView,
}

/// A refusal as HTML.
#[derive(Debug, Template)]
#[template(path = "rejection.html")]
struct RejectionHtml<'a> {
    frame: &'a Frame,
    headline: &'a str,
    view: &'a RejectionView,
}

/// The help as text.
#[derive(Debug, Template)]
#[template(path = "help.txt", escape = "none")]
struct HelpText<'a> {
    frame: &'a Frame,
    headline: &'a str,
    formats: &'a [FormatView],
    steps: &'a [String],
    commands: &'a [commands::CommandHelp],
}

/// The help as HTML.
#[derive(Debug, Template)]
#[template(path = "help.html")]
struct HelpHtml<'a> {
    frame: &'a Frame,
    headline: &'a str,
    formats: &'a [FormatView],
    steps: &'a [String],
    commands: &'a [commands::CommandHelp],
}

/// A short notice as text.
#[derive(Debug, Template)]
#[template(path = "notice.txt", escape = "none")]
struct NoticeText<'a> {
    frame: &'a Frame,
    headline: &'a str,
    paragraphs: &'a [String],
}

/// A short notice as HTML.
#[derive(Debug, Template)]
#[template(path = "notice.html")]
struct NoticeHtml<'a> {
    frame: &'a Frame,
    headline: &'a str,
    paragraphs: &'a [String],
}

/// The reply with a result. The attachments are the report, the workbook and, on errors, the repair
/// template; the largest are left out if they do not fit, and the reply says so.
pub fn report_reply(
    input: &ReportInput<'_>,
    attachments: Vec<Attachment>,
) -> Result<ReplyContent, Fault> {
    let lang = input.lang;
    let frame = Frame::new(lang);
    let (attachments, dropped) = fit(attachments);
    let mut view = ReportView::new(input);
    let repairs = input.ledger.repairs.len() + input.unrated().len();
    view.attached = attached(&attachments, &dropped, repairs, lang);
    let text = ReportText { frame: &frame, view: &view };
    let html = ReportHtml { frame: &frame, headline: &view.headline, view: &view };
    content(&text, &html, attachments)
}

/// The reply without a result: what is wrong and how to repair it.
pub fn rejection_reply<'a>(
    ledger: &Ledger,
    found: impl IntoIterator<Item = &'a Diagnostic>,
    lang: Lang,
    attachments: Vec<Attachment>,
) -> Result<ReplyContent, Fault> {
    let frame = Frame::new(lang);
    let (attachments, dropped) = fit(attachments);
    let found: Vec<&Diagnostic> = found.into_iter().collect();
    let no_file = !found.is_empty() && found.iter().all(|one| one.code == Code::NoAttachment);
    // A command that cannot be read, in a letter that brings nothing else.
    let words = [Code::BadCommand, Code::CommandStillBad, Code::NoAttachment];
    let only_words = !no_file && found.iter().all(|one| words.contains(&one.code));
    let findings = Findings::new(found, ledger, lang);
    let view = RejectionView {
        headline: if no_file {
            letters::no_file_headline(lang).to_owned()
        } else if only_words {
            letters::command_headline(lang).to_owned()
        } else {
            letters::rejection_headline(findings.error_count, lang)
        },
        findings,
        inputs: InputsView::new(&ledger.inputs, lang),
        attached: attached(&attachments, &dropped, ledger.repairs.len(), lang),
        has_file: !no_file && !only_words,
    };
    let text = RejectionText { frame: &frame, view: &view };
    let html = RejectionHtml { frame: &frame, headline: &view.headline, view: &view };
    content(&text, &html, attachments)
}

/// The help: what to send, what to ask each broker for, and the commands.
pub fn help_reply(lang: Lang) -> Result<ReplyContent, Fault> {
    help_with(letters::help_headline(lang), &FormatView::all(lang), Vec::new(), lang)
}

/// The answer to a letter that brings no file and asks for nothing: that a file is missing, and the
/// help, with the template.
pub fn no_file_reply(attachments: Vec<Attachment>, lang: Lang) -> Result<ReplyContent, Fault> {
    help_with(letters::no_file_headline(lang), &FormatView::all(lang), attachments, lang)
}

fn help_with(
    headline: &str,
    formats: &[FormatView],
    attachments: Vec<Attachment>,
    lang: Lang,
) -> Result<ReplyContent, Fault> {
    let frame = Frame::new(lang);
    let commands = commands::help(lang);
    let mut steps = letters::help_steps(lang).map(str::to_owned).to_vec();
    steps.extend(attached(&attachments, &[], 0, lang));
    let (steps, commands) = (steps.as_slice(), commands.as_slice());
    let text = HelpText { frame: &frame, headline, formats, steps, commands };
    let html = HelpHtml { frame: &frame, headline, formats, steps, commands };
    content(&text, &html, attachments)
}

/// A short reply without figures, with files if it announces some.
pub fn notice_reply(
    notice: &letters::Notice,
    attachments: Vec<Attachment>,
    lang: Lang,
) -> Result<ReplyContent, Fault> {
    let frame = Frame { privacy: notice.kept.privacy(lang), ..Frame::new(lang) };
    let (headline, paragraphs) = (notice.headline.as_str(), notice.paragraphs.as_slice());
    let text = NoticeText { frame: &frame, headline, paragraphs };
    // Names of files stand in some of them.
    let unlinked: Vec<String> = paragraphs.iter().map(|words| unlinked(words)).collect();
    let html = NoticeHtml { frame: &frame, headline, paragraphs: &unlinked };
    content(&text, &html, attachments)
}

/// Sentences about the attachments: the template among them, and what was left out.
fn attached(files: &[Attachment], dropped: &[String], repairs: usize, lang: Lang) -> Vec<String> {
    let mut list: Vec<String> =
        dropped.iter().map(|name| letters::attachment_dropped(name, lang)).collect();
    if files.iter().any(|file| file.kind().is_template()) {
        list.push(letters::template_attached(repairs, lang));
    }
    list
}

pub(super) fn content(
    text: &impl Template,
    html: &impl Template,
    attachments: Vec<Attachment>,
) -> Result<ReplyContent, Fault> {
    // Templates are checked when the program is built; rendering into memory fails only by a bug.
    let fault = |error| Fault::never("lay out the reply", error);
    let text = plain::tidy(&text.render().map_err(fault)?);
    Ok(ReplyContent { text, html: html.render().map_err(fault)?, attachments })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::InputSummary,
        reply::{
            FileKind,
            fixture::{self, Fixture},
        },
        statement::{AccountIx, Event, FileId, InstrumentIx, Source, Transaction},
        tax::Assessment,
        wording::letters::Notice,
    };

    fn template() -> Vec<Attachment> {
        vec![
            Attachment::new("szablon.csv", FileKind::TemplateCsv, b"date;type\n".to_vec()).unwrap(),
        ]
    }

    fn replies() -> Vec<(&'static str, ReplyContent)> {
        let report =
            |fixture: &Fixture, lang, files| report_reply(&fixture.input(lang), files).unwrap();
        let mut unread = fixture::incomplete();
        let findings = std::mem::take(&mut unread.ledger.diagnostics);
        let none = [Diagnostic::new(Code::NoAttachment)];
        let empty = Ledger::default();
        let formats = [
            FormatView { broker: "Broker A", how: "Historia → Eksport → CSV, cały okres" },
            FormatView { broker: "Broker B", how: "Raporty → Aktywność → CSV" },
        ];
        vec![
            ("complete_pl", report(&fixture::complete(), Lang::Pl, Vec::new())),
            ("complete_en", report(&fixture::complete(), Lang::En, Vec::new())),
            ("incomplete_pl", report(&fixture::incomplete(), Lang::Pl, template())),
            ("incomplete_en", report(&fixture::incomplete(), Lang::En, template())),
            ("loss_pl", report(&fixture::loss(), Lang::Pl, Vec::new())),
            ("crypto_pl", report(&fixture::crypto(), Lang::Pl, Vec::new())),
            ("rejection_pl", {
                rejection_reply(&unread.ledger, &findings, Lang::Pl, template()).unwrap()
            }),
            ("rejection_en", {
                rejection_reply(&unread.ledger, &findings, Lang::En, template()).unwrap()
            }),
            ("empty_pl", rejection_reply(&empty, &none, Lang::Pl, Vec::new()).unwrap()),
            (
                "help_pl",
                help_with(letters::help_headline(Lang::Pl), &formats, Vec::new(), Lang::Pl)
                    .unwrap(),
            ),
            (
                "help_en",
                help_with(letters::help_headline(Lang::En), &formats, Vec::new(), Lang::En)
                    .unwrap(),
            ),
            ("help", help_reply(Lang::Pl).unwrap()),
            ("no_file", no_file_reply(template(), Lang::En).unwrap()),
            ("apology_pl", notice_reply(&Notice::apology(Lang::Pl), Vec::new(), Lang::Pl).unwrap()),
        ]
    }

    #[test]
    fn replies_read_as_they_should() {
        // The true help grows with every format: its shape is tested, not its words.
        let grows = |name: &str| ["help", "no_file"].contains(&name);
        for (name, reply) in replies().into_iter().filter(|(name, _)| !grows(name)) {
            insta::assert_snapshot!(format!("{name}.txt"), reply.text);
            insta::assert_snapshot!(format!("{name}.html"), reply.html);
        }
    }

    #[test]
    fn every_text_fits_72_columns_and_starts_with_the_outcome() {
        for (name, reply) in replies() {
            for line in reply.text.lines() {
                assert!(plain::width(line) <= plain::COLUMNS, "{name}: {line}");
            }
            assert!(!reply.text.starts_with(['\n', ' ']), "{name}");
        }
    }

    #[test]
    fn every_page_is_small_and_has_no_link_and_no_live_text_of_the_sender() {
        for (name, reply) in replies() {
            assert!(reply.html.len() < 60_000, "{name}: {}", reply.html.len());
            for forbidden in ["<a ", "href", "<img", "<script", "url(", "evil.example", "position:"]
            {
                assert!(!reply.html.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }

    /// 60 KB (mail.md § 7), whatever the sender's files are called and hold.
    #[test]
    fn html_bytes_whatever_the_files() {
        let mut fixture = fixture::complete();
        let hostile = "<'&\"> .a.b@c \u{10ffff}".repeat(40);
        let input = fixture.ledger.inputs[0].clone();
        fixture.ledger.inputs = (0..200)
            .map(|at| InputSummary { file: FileId(at), name: hostile.clone(), ..input.clone() })
            .collect();
        for &code in Code::ALL {
            for row in 0..9 {
                let found = Diagnostic::at(code, Source { file: FileId(row), row });
                let found = found.found(hostile.clone(), hostile.clone()).detail(hostile.clone());
                fixture.ledger.diagnostics.push(found);
            }
        }
        let reply = report_reply(&fixture.input(Lang::Pl), Vec::new()).unwrap();
        assert!(reply.html.len() < 60_000, "{}", reply.html.len());
        assert!(!reply.html.contains("<'") && !reply.html.contains("a.b"));
        assert!(reply.text.contains("… i jeszcze 180\u{a0}plików"));
    }

    #[test]
    fn both_forms_say_the_same_figures() {
        let reply = report_reply(&fixture::complete().input(Lang::Pl), Vec::new()).unwrap();
        for figure in ["8\u{a0}000,00", "5\u{a0}858,00", "2\u{a0}142", "406,98", "432,90"] {
            assert!(reply.text.contains(figure) && reply.html.contains(figure), "{figure}");
        }
    }

    #[test]
    fn an_attachment_that_does_not_fit_is_named() {
        let large = Attachment::new("duzy.xlsx", FileKind::Workbook, vec![0; 7_000_001]).unwrap();
        let reply = report_reply(&fixture::complete().input(Lang::Pl), vec![large]).unwrap();
        assert!(reply.attachments.is_empty());
        assert!(reply.text.contains("duzy.xlsx") && reply.html.contains("duzy.xlsx"));
    }

    #[test]
    fn a_result_without_a_year_is_a_rejection_only_if_something_is_wrong() {
        let mut fixture = fixture::incomplete();
        fixture.ledger.transactions.push(Transaction {
            source: Source { file: FileId(0), row: 2 },
            key: None,
            account: AccountIx(0),
            instrument: InstrumentIx(0),
            day: jiff::civil::date(2025, 6, 2),
            millisecond: 0,
            event: Event::Block,
        });
        assert_eq!(report_kind(&fixture.input(Lang::Pl)), ReplyKind::Report);
        let read = std::mem::take(&mut fixture.ledger.transactions);
        assert_eq!(report_kind(&fixture.input(Lang::Pl)), ReplyKind::Rejection);
        fixture.ledger.transactions = read;
        fixture.assessment = Assessment::default();
        assert_eq!(report_kind(&fixture.input(Lang::Pl)), ReplyKind::Rejection);
        fixture.ledger.diagnostics.clear();
        assert_eq!(report_kind(&fixture.input(Lang::Pl)), ReplyKind::Report);
        let reply = report_reply(&fixture.input(Lang::Pl), Vec::new()).unwrap();
        assert!(reply.text.starts_with("Nie ma czego rozliczać"));
    }
}
