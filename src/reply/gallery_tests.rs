//! Every reply that there is, side by side: held to the rules of mail.md § 5, and written as one page to
//! look at:
//!
//! ```console
//! cargo test --lib gallery -- --ignored && open target/gallery/index.html
//! ```

use std::fmt::Write as _;

use jiff::Timestamp;

use super::{
    Attachment, FileKind, ReplyContent,
    fixture::{self, Fixture},
    help_reply, no_file_reply, notice_reply, plain, rejection_reply, report_reply,
};
use crate::{
    lang::Lang,
    ledger::Ledger,
    statement::{Code, Diagnostic},
    wording::{
        correspondence::{self, Held},
        letters::Notice,
    },
};

fn template() -> Vec<Attachment> {
    let bytes = b"date;type\n".to_vec();
    vec![Attachment::new("szablon.csv", FileKind::TemplateCsv, bytes).unwrap()]
}

/// The short replies, with what a sender might have put into them.
fn notices(lang: Lang) -> Vec<(&'static str, Notice)> {
    let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let files = words(&["xtb-2025.xlsx", "<u>evil.example</u>\u{202e}.csv"]);
    let choices = words(&["ROK 2024", "STRATA 2022 1500"]);
    let nothing = Held { files: &[], missing: &[], choices: &[] };
    let results = [(at, "Podatek do zapłaty za 2024: 190 zł".to_owned())];
    vec![
        ("challenge", correspondence::challenge()),
        (
            "status",
            correspondence::status(
                &Held { files: &files, missing: &[], choices: &choices },
                at,
                lang,
            ),
        ),
        ("status-empty", correspondence::status(&nothing, at, lang)),
        ("history", correspondence::history(&results, lang)),
        ("history-empty", correspondence::history(&[], lang)),
        ("apology", Notice::apology(lang)),
        ("received", Notice::received(12, lang)),
        ("limit", Notice::limit(lang)),
        ("nothing-stored", Notice::nothing_stored(lang)),
        ("confirm-deletion", Notice::confirm_deletion("abcd2345", lang)),
        ("wrong-code", Notice::wrong_code(lang)),
        ("deleted", Notice::deleted(lang)),
        ("template", Notice::template(lang)),
    ]
}

fn replies() -> Vec<(String, ReplyContent)> {
    let mut replies = Vec::new();
    for lang in [Lang::Pl, Lang::En] {
        let mut add = |name: &str, reply| replies.push((format!("{name}-{}", lang.tag()), reply));
        let report = |fixture: &Fixture, files| report_reply(&fixture.input(lang), files).unwrap();
        add("report-complete", report(&fixture::complete(), Vec::new()));
        add("report-incomplete", report(&fixture::incomplete(), template()));
        add("report-loss", report(&fixture::loss(), Vec::new()));
        add("report-crypto", report(&fixture::crypto(), Vec::new()));
        let mut unread = fixture::incomplete();
        let findings = std::mem::take(&mut unread.ledger.diagnostics);
        add("rejection", rejection_reply(&unread.ledger, &findings, lang, template()).unwrap());
        let none = [Diagnostic::new(Code::NoAttachment)];
        add(
            "rejection-empty",
            rejection_reply(&Ledger::default(), &none, lang, Vec::new()).unwrap(),
        );
        add("help", help_reply(lang).unwrap());
        add("no-file", no_file_reply(Vec::new(), lang).unwrap());
        for (name, notice) in notices(lang) {
            let files = if name == "template" { template() } else { Vec::new() };
            add(name, notice_reply(&notice, files, lang).unwrap());
        }
    }
    replies
}

#[test]
fn every_notice_reads_as_it_should() {
    for lang in [Lang::Pl, Lang::En] {
        let mut all = String::new();
        for (name, notice) in notices(lang) {
            let reply = notice_reply(&notice, Vec::new(), lang).unwrap();
            writeln!(all, "== {name}\n{}", reply.text).unwrap();
        }
        insta::assert_snapshot!(format!("notices_{}", lang.tag()), all);
    }
}

#[test]
fn every_reply_is_readable_as_plain_text() {
    for (name, reply) in replies() {
        assert!(!reply.text.starts_with(['\n', ' ']), "{name}: begins with the outcome");
        for line in reply.text.lines() {
            assert!(plain::width(line) <= plain::COLUMNS, "{name}: {line}");
            assert!(!line.contains('\t') && line.trim_end() == line, "{name}: {line:?}");
        }
        assert!(!reply.text.contains('\u{202e}'), "{name}");
    }
}

/// What mail programs can show (Outlook's is Word), and what nobody should be able to put into them.
#[test]
fn every_page_keeps_to_what_mail_programs_can_show() {
    for (name, reply) in replies() {
        let html = reply.html.as_str();
        assert!(html.len() < 60_000, "{name}: {}", html.len());
        assert!(html.starts_with("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0"), "{name}");
        let lang = if name.ends_with("-pl") { "pl" } else { "en" };
        assert!(html.contains(&format!("lang=\"{lang}\"")), "{name}");
        for needed in [
            "name=\"color-scheme\" content=\"light dark\"",
            "prefers-color-scheme: dark",
            "mso-hide:all",
            "max-width:600px",
        ] {
            assert!(html.contains(needed), "{name}: {needed}");
        }
        for forbidden in [
            "<a ",
            "href",
            "<img",
            "<script",
            "<form",
            "<input",
            "<svg",
            "<link",
            "url(",
            "@import",
            "@font-face",
            "position:",
            "float:",
            "display:flex",
            "display:grid",
            "evil.example",
            "\u{202e}",
            "onclick",
        ] {
            assert!(!html.contains(forbidden), "{name}: {forbidden}");
        }
        // Layout tables say so; data tables have a caption and headings for columns.
        for table in html.split("<table").skip(1) {
            let (tag, rest) = table.split_once('>').unwrap();
            let data = rest.split("</table>").next().unwrap_or_default();
            let layout = tag.contains("role=\"presentation\"");
            assert!(
                layout || (data.contains("<caption") && data.contains("scope=\"col\"")),
                "{name}: {tag}"
            );
        }
        let tags = |tag: &str| html.matches(&format!("<{tag}")).count();
        assert_eq!(tags("table"), html.matches("</table>").count(), "{name}");
        assert_eq!(tags("tr") - tags("track"), html.matches("</tr>").count(), "{name}");
    }
}

/// Contrast of text and ground by WCAG 2, for the colours of the templates: 4.5 to 1 in both modes.
#[test]
fn every_colour_has_contrast() {
    let pairs = [
        ("text", "#1b1f24", "#ffffff"),
        ("muted", "#57606a", "#ffffff"),
        ("alert", "#5c3d00", "#fff8e1"),
        ("text, dark", "#e8eaed", "#1e2226"),
        ("muted, dark", "#b0b8c1", "#1e2226"),
        ("alert, dark", "#ffe2a0", "#33290f"),
    ];
    let pages: String = replies().into_iter().map(|(_, reply)| reply.html).collect();
    for (name, text, ground) in pairs {
        assert!(pages.contains(text) && pages.contains(ground), "{name} is not used any more");
        assert!(is_legible(text, ground), "{name}");
    }
    assert!(!is_legible("#999999", "#ffffff"));
}

/// Relative luminance in millionths (WCAG 2.2), with a square for the exact curve of 2.4: dark tones come
/// out lighter than they are, so the contrast lower.
fn luminance(colour: &str) -> u64 {
    let part = |at: usize| u64::from_str_radix(&colour[at..at + 2], 16).unwrap();
    let linear = |value: u64| value * value * 1_000_000 / (255 * 255);
    (2_126 * linear(part(1)) + 7_152 * linear(part(3)) + 722 * linear(part(5))) / 10_000
}

fn is_legible(one: &str, other: &str) -> bool {
    let (one, other) = (luminance(one) + 50_000, luminance(other) + 50_000);
    10 * one.max(other) >= 45 * one.min(other)
}

#[test]
#[ignore = "writes target/gallery for the eye"]
fn gallery() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    std::fs::create_dir_all(&folder).unwrap();
    let mut index = String::from(
        "<!DOCTYPE html><meta charset=\"utf-8\"><title>InvestTax: replies</title><style>\
         body{font:16px system-ui;margin:2rem}section{display:inline-block;vertical-align:top;margin:0 2rem 3rem 0}\
         iframe{width:640px;height:720px;border:1px solid #888}pre{width:640px;overflow:auto}</style>",
    );
    for (name, reply) in replies() {
        std::fs::write(folder.join(format!("{name}.html")), &reply.html).unwrap();
        std::fs::write(folder.join(format!("{name}.txt")), &reply.text).unwrap();
        write!(
            index,
            "<section><h2>{name}</h2><iframe sandbox src=\"{name}.html\"></iframe>\
             <p><a href=\"{name}.html\">HTML</a> <a href=\"{name}.txt\">text</a></p></section>"
        )
        .unwrap();
    }
    std::fs::write(folder.join("index.html"), index).unwrap();
}
