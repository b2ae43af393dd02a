//! One inbound message, as far as anything later needs it.

use jiff::Timestamp;
use mail_parser::{Addr, Header, HeaderName, HeaderValue, MessageParser};
use serde::{Deserialize, Serialize};

use super::{
    HeaderFields, Limits, header_text,
    html::text_of,
    language::guess_language,
    mime::{self, Found},
    name::is_deceptive,
    pasted::{self, Pasted},
    split,
};
use crate::{guard::guarded_over, lang::Lang, statement::Code};

/// A parsed message: who, what thread, what text, which files. It travels without the files.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct InboundMessage {
    /// The only author; `None` if `From` names nobody, several, or something that is no address.
    pub author: Option<Author>,
    /// The envelope sender by the topmost `Return-Path`: `None` if unknown, empty for `<>`.
    pub envelope_sender: Option<String>,
    /// Addresses in `To`, as written.
    pub to: Vec<String>,
    /// Addresses in `Cc`, as written.
    pub cc: Vec<String>,
    /// The message id without angle brackets, if it is fit to be referred to.
    pub message_id: Option<String>,
    /// The ids in `In-Reply-To`, cleaned.
    pub in_reply_to: Vec<String>,
    /// The ids in `References`, cleaned, in order, at most 20 and 1 500 characters; the first and the
    /// last ones stay when some must go.
    pub references: Vec<String>,
    /// The subject, decoded, without control characters; may be empty.
    pub subject: String,
    /// When the sender's machine says it was sent.
    pub date: Option<Timestamp>,
    /// The best plain text of the letter itself, decoded; may be empty.
    pub text: String,
    /// Every header field of the message, unfolded.
    pub headers: HeaderFields,
    /// What the MIME types say about the kind of mail.
    pub facts: MimeFacts,
    /// Data parts, decoded, in the order of the tree; archives are still packed.
    #[serde(skip)]
    pub attachments: Vec<Attachment>,
    /// Parts that cannot be read.
    pub refused: Vec<RefusedPart>,
    /// Pictures taken for logos. Without any other file they may have been screenshots.
    pub ignored_images: u32,
    /// A table pasted into the letter. To be used only if a known format recognises it.
    #[serde(skip)]
    pub pasted: Option<Pasted>,
    /// The letter links to a cloud drive. Never followed; without attachments it explains itself.
    pub cloud_link: bool,
}

impl InboundMessage {
    /// Everybody it is addressed to, `To` before `Cc`.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        self.to.iter().chain(&self.cc).map(String::as_str)
    }

    /// The language to answer in.
    pub fn language(&self) -> Lang {
        let sender = self.author.as_ref().map_or("", |author| author.address.as_str());
        guess_language(&self.subject, &self.text, sender)
    }

    /// Whether it brings anything that might be a data file, readable or not.
    pub fn has_data(&self) -> bool {
        !self.attachments.is_empty() || !self.refused.is_empty()
    }

    /// What to say when there is no file at all: a link, a picture or nothing.
    pub fn missing_file(&self) -> Option<Code> {
        if self.has_data() {
            return None;
        }
        Some(match (self.cloud_link, self.ignored_images) {
            (true, _) => Code::LinkOnly,
            (false, 0) => Code::NoAttachment,
            (false, _) => Code::ImageFile,
        })
    }
}

/// Who wrote it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Author {
    /// The address: ASCII, one `@`, domain in lower case.
    pub address: String,
    /// The display name, may be empty; hostile text.
    pub name: String,
}

impl Author {
    /// The address in lower case, to compare people by.
    pub fn key(&self) -> String {
        self.address.to_ascii_lowercase()
    }
}

/// What the types of the parts say.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct MimeFacts {
    /// A delivery status, disposition notification or feedback report.
    pub report: bool,
    /// An invitation or the answer to one.
    pub calendar: bool,
}

/// One data part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attachment {
    /// A label for people; never a path.
    pub name: String,
    /// The declared type, lower case; a guess of the sender's machine.
    pub media: String,
    /// The content, byte for byte as it was attached.
    pub bytes: Vec<u8>,
}

/// One part that cannot be read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RefusedPart {
    /// A label for people; empty if the whole message is meant.
    pub name: String,
    /// Why.
    pub code: Code,
    /// A figure or name for the sentence, may be empty.
    pub detail: String,
}

impl RefusedPart {
    /// A refusal of the part with that label.
    pub fn new(name: impl Into<String>, code: Code, detail: impl Into<String>) -> Self {
        Self { name: name.into(), code, detail: detail.into() }
    }
}

/// Bytes that are no message at all. A message that is merely too big or too deep is parsed as far
/// as its header and says so in [`InboundMessage::refused`], because its author can be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MailRefusal {
    /// No header field at all.
    #[error("the input is no mail message: it has no header")]
    NotMail,
    /// The reader gave up on the bytes.
    #[error("the mail message is broken beyond reading")]
    Broken,
}

/// Parses a raw message (RFC 5322). Never panics, never recurses deeper than the limits allow.
#[tracing::instrument(target = "investtax::stage", name = "parse", skip_all)]
pub fn parse(raw: &[u8], limits: &Limits) -> Result<InboundMessage, MailRefusal> {
    // The header parser is somebody else's code on hostile bytes.
    let limits = limits.clone();
    guarded_over(raw, move |raw| read(raw, &limits)).unwrap_or(Err(MailRefusal::Broken))
}

fn read(raw: &[u8], limits: &Limits) -> Result<InboundMessage, MailRefusal> {
    let raw = &*split::even_ends(split::trim_start(raw));
    let (block, fields) = header_block(raw, limits)?;
    let found = if raw.len() > limits.raw_mail {
        let detail = limits.raw_mail.to_string();
        let refused = vec![RefusedPart::new("", Code::TooLarge, detail)];
        Found { refused, ..Found::default() }
    } else {
        mime::walk(raw, limits)
    };
    let parser = MessageParser::default();
    let headers = split::parse_block(&parser, block);
    let subject = subject(&split::parse_block(&parser, &header_text::repair(block)));
    Ok(assemble(&headers, fields, subject, found))
}

/// The header fields and the only author of a raw message, without a look at its body.
pub(super) fn read_header(
    raw: &[u8],
    limits: &Limits,
) -> Result<(HeaderFields, Option<Author>), MailRefusal> {
    let limits = limits.clone();
    guarded_over(raw, move |raw| {
        let raw = split::even_ends(split::trim_start(raw));
        let (block, fields) = header_block(&raw, &limits)?;
        let headers = split::parse_block(&MessageParser::default(), block);
        Ok((fields, author(&headers)))
    })
    .unwrap_or(Err(MailRefusal::Broken))
}

fn header_block<'r>(
    raw: &'r [u8],
    limits: &Limits,
) -> Result<(&'r [u8], HeaderFields), MailRefusal> {
    let (block, _) = split::split_headers(raw);
    let block = block.get(..limits.header_block).unwrap_or(block);
    let fields = HeaderFields::read(block);
    if !fields.iter().any(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace)) {
        return Err(MailRefusal::NotMail);
    }
    Ok((block, fields))
}

fn assemble(
    headers: &[Header<'_>],
    fields: HeaderFields,
    subject: String,
    mut found: Found,
) -> InboundMessage {
    let text = letter(&found);
    if text.trim_start().starts_with("-----BEGIN PGP MESSAGE") {
        found.refused.push(RefusedPart::new("", Code::OpaqueMessage, "pgp"));
    }
    let cloud_link = links_to_cloud(&text) || found.html.iter().any(|html| links_to_cloud(html));
    let ids = |name: &str| fields.get(name).map(message_ids).unwrap_or_default();
    InboundMessage {
        author: author(headers),
        envelope_sender: fields
            .get("return-path")
            .map(|path| path.trim_matches(['<', '>', ' ']).to_owned()),
        to: addresses(headers, &HeaderName::To),
        cc: addresses(headers, &HeaderName::Cc),
        message_id: ids("message-id").into_iter().next(),
        in_reply_to: ids("in-reply-to"),
        references: clip_references(&ids("references")),
        subject,
        date: date(headers),
        pasted: pasted::candidate(&text),
        text,
        facts: found.facts,
        attachments: found.attachments,
        refused: found.refused,
        ignored_images: found.ignored_images,
        cloud_link,
        headers: fields,
    }
}

/// The plain parts; if there are none, the text of the HTML parts.
fn letter(found: &Found) -> String {
    if found.plain.iter().any(|text| !text.trim().is_empty()) {
        return found.plain.join("\n");
    }
    found.html.iter().map(|html| text_of(html)).collect::<Vec<_>>().join("\n")
}

/// Exactly one `From` field with exactly one address: evaluators of DMARC pick differently among
/// several, and so would attackers.
fn author(headers: &[Header<'_>]) -> Option<Author> {
    let mut fields = headers.iter().filter(|header| header.name == HeaderName::From);
    let value = fields.next()?;
    if fields.next().is_some() {
        return None;
    }
    // In `Kowalski, Jan <jan@example.com>` without quotation marks, the first one has no address at all.
    let has_sign = |person: &&Addr<'_>| {
        [person.address(), person.name()].iter().flatten().any(|text| text.contains('@'))
    };
    let mut people = value.value.as_address()?.iter().filter(has_sign);
    let person = people.next()?;
    if people.next().is_some() {
        return None;
    }
    let name = person.name().map(|name| one_line(name, 120)).unwrap_or_default();
    Some(Author { address: plain_address(person.address()?)?, name })
}

/// An address that can be answered: dot-atom characters, one `@`, a domain with letters.
fn plain_address(address: &str) -> Option<String> {
    let (local, domain) = address.trim().split_once('@')?;
    let local_ok = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let domain_ok = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let good = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(local_ok)
        && domain.len() <= 190
        && domain.chars().all(domain_ok)
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..")
        && domain.contains(|c: char| c.is_ascii_alphabetic());
    good.then(|| format!("{local}@{}", domain.to_ascii_lowercase()))
}

fn addresses(headers: &[Header<'_>], name: &HeaderName<'_>) -> Vec<String> {
    headers
        .iter()
        .filter(|header| header.name == *name)
        .filter_map(|header| header.value.as_address())
        .flat_map(|list| list.iter().filter_map(|person| person.address().map(str::to_owned)))
        .take(RECIPIENTS_MAX)
        .collect()
}

/// More recipients than anybody asks about.
const RECIPIENTS_MAX: usize = 100;

fn subject(headers: &[Header<'_>]) -> String {
    let value = headers.iter().find(|header| header.name == HeaderName::Subject);
    value
        .and_then(|header| header.value.as_text())
        .map(|text| one_line(text, SUBJECT_CHARS_MAX))
        .unwrap_or_default()
}

/// A subject is kept up to this length; the reply cuts further (mail.md § 7).
const SUBJECT_CHARS_MAX: usize = 998;

fn date(headers: &[Header<'_>]) -> Option<Timestamp> {
    let value = headers.iter().find(|header| header.name == HeaderName::Date)?;
    let HeaderValue::DateTime(date) = &value.value else { return None };
    date.is_valid().then(|| Timestamp::from_second(date.to_timestamp()).ok()).flatten()
}

/// Text from a stranger, on one line: no control or invisible characters, no runs of blanks.
fn one_line(text: &str, most: usize) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let visible: String = visible.filter(|&c| c == ' ' || !is_deceptive(c)).take(most).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The ids in a threading field: in angle brackets, or separated by blanks or commas (Exchange and
/// iOS do that). What could not be written back safely is left out (mail.md § 2.2).
fn message_ids(value: &str) -> Vec<String> {
    let tokens = value.split(|c: char| c.is_whitespace() || matches!(c, ',' | '<' | '>'));
    tokens.filter(|token| is_message_id(token)).map(str::to_owned).collect()
}

fn is_message_id(token: &str) -> bool {
    let visible = token.bytes().all(|byte| matches!(byte, b'!'..=b';' | b'=' | b'?'..=b'~'));
    let sides = token.split_once('@');
    token.len() <= 250
        && visible
        && sides.is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && !right.contains('@')
        })
}

/// Keeps the first id and as many of the last ones as fit.
pub(super) fn clip_references(ids: &[String]) -> Vec<String> {
    const IDS_MAX: usize = 20;
    const CHARS_MAX: usize = 1_500;
    let Some((first, rest)) = ids.split_first() else { return Vec::new() };
    let mut room = CHARS_MAX.saturating_sub(first.len() + 3);
    let mut tail: Vec<&String> = Vec::new();
    for id in rest.iter().rev().take(IDS_MAX - 1) {
        let Some(left) = room.checked_sub(id.len() + 3) else { break };
        room = left;
        tail.push(id);
    }
    std::iter::once(first).chain(tail.into_iter().rev()).cloned().collect()
}

/// Hosts on which clients put files that were too big to attach.
const CLOUD_HOSTS: &[&str] = &[
    "drive.google.com",
    "docs.google.com",
    "1drv.ms",
    "onedrive.live.com",
    "sharepoint.com",
    "icloud.com",
    "dropbox.com",
    "wetransfer.com",
    "we.tl/",
];

fn links_to_cloud(text: &str) -> bool {
    let has_link = memchr::memmem::find(text.as_bytes(), b"://").is_some();
    has_link && {
        let lower = text.to_ascii_lowercase();
        CLOUD_HOSTS.iter().any(|host| lower.contains(host))
    }
}
