//! Whole cases, mail to mail: `tests/cases/<name>/message.eml` and every mail of `samples/`, each beside
//! the reply that was reviewed (`reply.snap`): how it ended, the fields of the form, what was found, and
//! the text. The names of the cases say what they show; hostile ones are built here.
//!
//! Every reply is made twice and must be the same to the byte, must be read back by another program's
//! eyes (mail-parser), and its calculation document must fit the published schema.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use investtax::{
    adapters::MemoryRates,
    mail::Limits,
    pipeline::{Answer, Outcome, ReplySettings, Services, answer},
    reply::FileKind,
    report::calculation,
    tax::{Options, Status},
};
use mail_parser::{MessageParser, MimeHeaders as _};
use serde_json::Value;
use support::{block_on, here, offline, rates_in};
use zip::{ZipWriter, write::SimpleFileOptions};

static SERVICES: LazyLock<Services> = LazyLock::new(|| offline(rates_in(&here("samples/rates"))));

/// Answers a message as `investtax reply MAIL --rates samples/rates` does.
fn reply(raw: &[u8], services: &Services) -> Outcome {
    let settings = ReplySettings {
        address: None,
        lang: None,
        options: Options::default(),
        limits: Limits::default(),
        with_document: true,
    };
    block_on(answer(raw, &settings, services, &|_| {})).unwrap()
}

/// The whole outcome as text for review.
fn review(raw: &[u8]) -> String {
    match reply(raw, &SERVICES) {
        Outcome::Answered(answer) => {
            let Outcome::Answered(again) = reply(raw, &SERVICES) else {
                panic!("answered once only")
            };
            assert!(answer.message.bytes == again.message.bytes, "two runs, two replies");
            read_back(&answer);
            let document = answer.calculation.as_deref().map(checked);
            render(&answer, document.as_ref())
        }
        Outcome::Dropped(reason) => format!("no reply: {}\n", reason.code()),
        Outcome::NotMail(refusal) => format!("not a mail: {refusal}\n"),
    }
}

fn render(answer: &Answer, document: Option<&Value>) -> String {
    let status = match answer.status {
        Status::Complete => "complete",
        Status::Incomplete => "incomplete",
    };
    let message = MessageParser::default().parse(&answer.message.bytes).unwrap();
    let mut text = format!("{status}: {}\n", message.subject().unwrap());
    for file in &answer.content.attachments {
        writeln!(text, "attached: {} ({:?})", file.name(), file.kind()).unwrap();
        // The sender's own rows are part of what is reviewed.
        if file.kind() == FileKind::TemplateCsv {
            writeln!(text, "{}", String::from_utf8_lossy(file.bytes()).trim_end()).unwrap();
        }
    }
    for year in document.map_or(&[][..], |document| document["years"].as_array().unwrap()) {
        let fields = year["fields"].as_object().unwrap().iter();
        let mut fields: Vec<(u16, &str)> = fields
            .map(|(number, value)| (number.parse().unwrap(), value.as_str().unwrap()))
            .collect();
        fields.sort_unstable();
        let fields: Vec<_> =
            fields.iter().map(|(number, value)| format!("{number}={value}")).collect();
        let (year, form, status) = (&year["year"], &year["form"], &year["status"]);
        writeln!(text, "{year} {form} {status}: {}", fields.join(" ")).unwrap();
    }
    for found in document.map_or(&[][..], |document| document["diagnostics"].as_array().unwrap()) {
        let [severity, code, file, row, column, value] =
            ["severity", "code", "file", "row", "column", "value"].map(|name| &found[name]);
        writeln!(text, "{severity} {code} {file} {row} {column} {value}").unwrap();
    }
    writeln!(text, "\n{}", answer.content.text).unwrap();
    text
}

/// The calculation document, after it was held to its schema.
fn checked(bytes: &[u8]) -> Value {
    let schema: Value = serde_json::from_str(calculation::SCHEMA).unwrap();
    let document: Value = serde_json::from_slice(bytes).unwrap();
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("calculation.schema.json", schema).unwrap();
    let index = compiler.compile("calculation.schema.json", &mut schemas).unwrap();
    schemas.validate(&document, index).unwrap_or_else(|error| panic!("{error:#}"));
    for input in document["inputs"].as_array().unwrap() {
        let rows = |name: &str| input["rows"][name].as_u64().unwrap();
        let taken: u64 = ["used", "neutral", "duplicate", "unknown"].map(rows).iter().sum();
        assert_eq!(rows("total"), taken, "{input}");
    }
    document
}

/// What a mail program sees of the reply.
fn read_back(answer: &Answer) {
    let message = MessageParser::default().parse(&answer.message.bytes).unwrap();
    assert!(message.message_id().is_some() && message.date().is_some());
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), answer.content.text.trim_end());
    let html = message.body_html(0).unwrap().replace("\r\n", "\n");
    assert_eq!(html.trim_end(), answer.content.html.trim_end());
    let files = message.attachments();
    let files: Vec<_> =
        files.map(|part| (part.attachment_name().unwrap(), part.contents())).collect();
    let sent = answer.content.attachments.iter();
    let sent: Vec<_> = sent.map(|file| (file.name(), file.bytes())).collect();
    assert!(files == sent, "the attachments differ");
    assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"));
}

fn assert_case(folder: &Path, raw: &[u8]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    fs::create_dir_all(folder).unwrap();
    settings.bind(|| insta::assert_snapshot!("reply", review(raw)));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn every_written_case_ends_as_reviewed() {
    for folder in entries(&here("tests/cases")) {
        if let Ok(raw) = fs::read(folder.join("message.eml")) {
            assert_case(&folder, &raw);
        }
    }
}

#[test]
fn every_sample_ends_as_reviewed() {
    for path in entries(&here("samples")) {
        if path.extension().is_some_and(|extension| extension == "eml") {
            let name = format!("sample-{}", path.file_stem().unwrap().to_str().unwrap());
            assert_case(&here("tests/cases").join(name), &fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_folder_belongs_to_a_case() {
    let built: BTreeSet<_> = hostile().into_iter().map(|(name, _)| name.to_owned()).collect();
    for folder in entries(&here("tests/cases")) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let sample =
            name.strip_prefix("sample-").map(|stem| here("samples").join(format!("{stem}.eml")));
        let known = folder.join("message.eml").exists()
            || built.contains(&name)
            || sample.is_some_and(|path| path.exists());
        assert!(known, "{name}");
    }
}

/// Mails that no person writes by hand.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("built-bomb", with_file("zeros.zip", &zipped("zeros.csv", &vec![b'0'; 24 << 20]))),
        ("built-encrypted-zip", with_file("export.zip", &encrypted())),
        ("built-nested-thirty-levels", nested(30)),
        ("built-zip-in-zip-in-zip", with_file("outer.zip", &zip_in_zip_in_zip())),
        ("built-hostile-names", with_file("..\\..\\=cmd|'/C calc'!A0\u{202e}.csv", b"a;b\n1;2\n")),
        ("built-cut-off", cut_off()),
        ("built-no-mail", b"\x00\x01\x02 this is no mail".to_vec()),
    ]
}

#[test]
fn every_hostile_mail_ends_in_a_clear_refusal() {
    for (name, raw) in hostile() {
        assert_case(&here("tests/cases").join(name), &raw);
    }
}

const HEAD: &str = "From: Mallory <mallory@example.net>\r\nTo: calc@investtax.example\r\nSubject: export\r\n\
    Date: Mon, 02 Mar 2026 09:00:00 +0100\r\nMessage-ID: <m@example.net>\r\nMIME-Version: 1.0\r\n";

fn with_file(name: &str, content: &[u8]) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n\
        Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n"
    );
    for line in content.chunks(57) {
        writeln!(text, "{}\r", base64(line)).unwrap();
    }
    text.push_str("--cut--\r\n");
    text.into_bytes()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let three = chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = usize::try_from(three >> (18 - 6 * place) & 63).unwrap();
            text.push(if place <= chunk.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    text
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file(name, SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}

fn zip_in_zip_in_zip() -> Vec<u8> {
    let rows = b"date;type;ticker;quantity;amount;currency\n2025-01-13;buy;X;1;100;PLN\n";
    zipped("b.zip", &zipped("c.zip", &zipped("d.zip", &zipped("rows.csv", rows))))
}

/// An archive whose entries say that they need a password.
fn encrypted() -> Vec<u8> {
    let mut bytes = zipped("export.csv", b"Action,Time,ISIN\n");
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|window| window == signature).unwrap();
        bytes[at + flags] |= 1;
    }
    bytes
}

/// A mail in a mail in a mail.
fn nested(levels: usize) -> Vec<u8> {
    let mut inner = b"Content-Type: text/csv; name=rows.csv\r\n\r\ndate;type\r\n".to_vec();
    for level in 0..levels {
        let boundary = format!("level-{level}");
        let mut outer = format!(
            "{HEAD}Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\n\
            Content-Type: message/rfc822\r\n\r\n"
        )
        .into_bytes();
        outer.append(&mut inner);
        outer.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        inner = outer;
    }
    inner
}

/// A sample that ends in the middle of its last attachment.
fn cut_off() -> Vec<u8> {
    let whole = fs::read(here("samples/trading212.eml")).unwrap();
    whole[..whole.len() * 2 / 3].to_vec()
}

/// Every rule that ends in silence, with the mail that meets it.
#[test]
fn machines_lists_and_ourselves_get_no_reply() {
    let hops =
        "Received: from a.example by b.example; Mon, 02 Mar 2026 08:00:00 +0000\n".repeat(51);
    let plain = "From: Jan <jan@example.com>\nSubject: PIT-38\n";
    let from = |author: &str| format!("From: {author}\nSubject: PIT-38\n");
    for (code, header) in [
        ("null-return-path", format!("Return-Path: <>\n{plain}")),
        ("report", format!("{plain}X-Failed-Recipients: calc@investtax.example\n")),
        ("daemon", from("Mail Delivery System <MAILER-DAEMON@mx.example.com>")),
        ("daemon", from("no-reply@broker.example")),
        ("auto-submitted", format!("{plain}Auto-Submitted: auto-replied\n")),
        ("auto-reply", format!("{plain}Precedence: bulk\n")),
        ("mailing-list", format!("{plain}List-Id: <akcje.lists.example.com>\n")),
        ("own-mail", from("calc@investtax.example")),
        ("too-many-hops", format!("{hops}{plain}")),
        (
            "auto-reply-subject",
            "From: jan@example.com\nSubject: Automatic reply: PIT-38\n".to_owned(),
        ),
        ("no-author", from("Jan <jan@example.com>, Anna <anna@example.com>")),
    ] {
        let raw =
            format!("{header}To: calc@investtax.example\nMessage-ID: <1@example.com>\n\nHello\n");
        assert_eq!(
            review(raw.replace('\n', "\r\n").as_bytes()),
            format!("no reply: {code}\n"),
            "{raw}"
        );
    }
    let calendar = "From: jan@example.com\nTo: calc@investtax.example\nSubject: Accepted: PIT\n\
        MIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\n";
    assert_eq!(review(calendar.as_bytes()), "no reply: calendar\n");
}

#[test]
fn nothing_is_asked_of_nbp_when_nothing_is_converted() {
    // A store without any table: a history in złoty needs none.
    let raw = fs::read(here("tests/cases/loss-year/message.eml")).unwrap();
    let Outcome::Answered(answer) = reply(&raw, &offline(MemoryRates::default())) else {
        panic!("no answer")
    };
    assert_eq!(answer.status, Status::Complete);
}
