//! The MIME tree (RFC 2045, 2046), walked once.
//!
//! `mail-parser` reads the header fields, whose encodings are many; the tree itself is split here.
//! Its own tree recurses as deep as the sender likes (30 000 nested `message/rfc822` headers abort
//! the process), decodes every text part by the declared charset, and copies each part. This walk
//! has a bound for every depth and count, borrows until a data part is decoded, and decodes once.

use std::borrow::Cow;

use mail_parser::{Header, HeaderName, HeaderValue, MessageParser};
use memchr::memmem;

use super::{
    Attachment, Limits, MimeFacts, RefusedPart,
    name::label,
    pasted, tnef,
    transfer::{Undone, undo},
};
use crate::statement::{Code, decode};

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub plain: Vec<String>,
    pub html: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub refused: Vec<RefusedPart>,
    pub ignored_images: u32,
    pub facts: MimeFacts,
}

/// Where in the tree an entity stands.
#[derive(Clone, Copy, Default)]
struct Place {
    multiparts: usize,
    messages: usize,
    in_multipart: bool,
    in_digest: bool,
    /// A delimiter follows, so that nothing can have been cut off.
    ended: bool,
}

/// The walk must stop: the message is built to exhaust us.
struct Stop;

/// Walks the whole tree of a raw message.
pub(super) fn walk(raw: &[u8], limits: &Limits) -> Found {
    let mut walker =
        Walker { limits, parser: MessageParser::default(), parts: 0, found: Found::default() };
    if walker.entity(raw, Place::default()).is_err() {
        walker.found.attachments.clear();
        let limit = limits.parts.to_string();
        walker.found.refused = vec![RefusedPart::new("", Code::TooManyFiles, limit)];
    }
    walker.found
}

/// Splits a message or part behind its header block.
pub(super) fn split_headers(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut start = 0;
    loop {
        let rest = raw.get(start..).unwrap_or_default();
        let Some(length) = memchr::memchr(b'\n', rest) else { return (raw, &[]) };
        let line = rest.get(..length).unwrap_or_default();
        start += length + 1;
        if line.is_empty() || line == b"\r" {
            return raw.split_at(start.min(raw.len()));
        }
    }
}

/// Parses a header block. Blanks between two encoded words are no content (RFC 2047 § 6.2).
pub(super) fn parse_block<'a>(parser: &MessageParser, block: &'a [u8]) -> Vec<Header<'a>> {
    let mut message = parser.parse_headers(block).unwrap_or_default();
    message.parts.first_mut().map(|part| std::mem::take(&mut part.headers)).unwrap_or_default()
}

struct Walker<'l> {
    limits: &'l Limits,
    parser: MessageParser,
    parts: usize,
    found: Found,
}

impl Walker<'_> {
    fn entity(&mut self, raw: &[u8], place: Place) -> Result<(), Stop> {
        self.parts += 1;
        if self.parts > self.limits.parts {
            return Err(Stop);
        }
        let (block, body) = split_headers(raw);
        let block = block.get(..self.limits.header_block).unwrap_or(block);
        let block = join_encoded_words(block);
        let headers = parse_block(&self.parser, &block);
        let head = PartHead::read(&headers, place);
        match head.kind() {
            Kind::Multipart => self.multipart(&head, body, place),
            Kind::Message => {
                let undone = undo(&head.encoding, body);
                self.nested(&head, &undone.bytes, place)
            }
            Kind::Leaf => self.leaf(&head, body, place),
        }
    }

    fn multipart(&mut self, head: &PartHead, body: &[u8], place: Place) -> Result<(), Stop> {
        if head.media == "multipart/encrypted" {
            self.refuse(head, Code::OpaqueMessage, "pgp");
            return Ok(());
        }
        self.found.facts.report |= head.media == "multipart/report" && place.messages == 0;
        if place.multiparts >= self.limits.multipart_depth {
            return Err(Stop);
        }
        let boundary = head.boundary.clone().or_else(|| first_delimiter(body));
        let split = boundary.map(|boundary| split_parts(body, &boundary, self.limits.parts));
        let Some(split) = split.filter(|split| !split.parts.is_empty()) else {
            return self.leaf(head, body, place);
        };
        let last = split.parts.len() - 1;
        for (index, part) in split.parts.into_iter().enumerate() {
            let place = Place {
                multiparts: place.multiparts + 1,
                in_multipart: true,
                in_digest: head.media == "multipart/digest",
                ended: index < last || split.closed || place.ended,
                ..place
            };
            self.entity(part, place)?;
        }
        Ok(())
    }

    fn nested(&mut self, head: &PartHead, raw: &[u8], place: Place) -> Result<(), Stop> {
        if place.messages >= self.limits.message_depth {
            self.refuse(head, Code::BadArchive, "message/rfc822");
            return Ok(());
        }
        let place = Place {
            messages: place.messages + 1,
            multiparts: 0,
            in_multipart: false,
            in_digest: false,
            ended: place.ended,
        };
        self.entity(trim_start(raw), place)
    }

    fn leaf(&mut self, head: &PartHead, body: &[u8], place: Place) -> Result<(), Stop> {
        if self.is_fact(head, place) || head.is_signature() {
            return Ok(());
        }
        let undone = undo(&head.encoding, body);
        if head.may_be_body() && !undone.bytes.contains(&0) {
            self.body_text(head, &undone, place);
            return Ok(());
        }
        if is_mail(head, &undone.bytes) {
            return self.nested(head, &undone.bytes, place);
        }
        self.data(head, undone, place);
        Ok(())
    }

    /// Parts that say what kind of mail this is, and hold nothing for us.
    fn is_fact(&mut self, head: &PartHead, place: Place) -> bool {
        match head.media.as_str() {
            "message/delivery-status"
            | "message/disposition-notification"
            | "message/feedback-report"
            | "text/rfc822-headers" => {
                self.found.facts.report |= place.messages == 0;
                true
            }
            "text/calendar" | "application/ics" => {
                self.found.facts.calendar |= place.messages == 0;
                true
            }
            _ => false,
        }
    }

    /// An unnamed text part: the letter itself, or a table that a client put inline.
    fn body_text(&mut self, head: &PartHead, undone: &Undone<'_>, place: Place) {
        let html = head.media == "text/html";
        let first = place.messages == 0 && self.found.plain.is_empty();
        if !html && !first && pasted::table(&decode_body(head, &undone.bytes)).is_some() {
            self.attach(head, undone.bytes.to_vec());
            return;
        }
        if place.messages > 0 {
            return;
        }
        let cap = undone.bytes.get(..self.limits.body_text).unwrap_or(&undone.bytes);
        let text = decode_body(head, cap);
        if html {
            self.found.html.push(text);
        } else {
            self.found.plain.push(if head.flowed { unflow(&text) } else { text });
        }
    }

    fn data(&mut self, head: &PartHead, undone: Undone<'_>, place: Place) {
        let bytes = undone.bytes.as_ref();
        if head.media.ends_with("pkcs7-mime") {
            self.refuse(head, Code::OpaqueMessage, "s/mime");
        } else if head.is_ornament(bytes) {
            self.found.ignored_images += 1;
        } else if undone.damaged || (place.in_multipart && !place.ended) {
            self.refuse(head, Code::Truncated, "");
        } else if tnef::is_tnef(bytes) {
            let inner = tnef::read(bytes, self.limits.tnef_attachments);
            for file in inner.files {
                let name = label(&file.name).unwrap_or_else(|| self.next_name());
                let media = String::new();
                self.found.attachments.push(Attachment { name, media, bytes: file.bytes });
            }
            if inner.too_many {
                self.refuse(head, Code::TooManyFiles, self.limits.tnef_attachments.to_string());
            }
        } else if !bytes.is_empty() || head.name.is_some() {
            self.attach(head, undone.bytes.into_owned());
        }
    }

    fn attach(&mut self, head: &PartHead, bytes: Vec<u8>) {
        let name = head.name.clone().unwrap_or_else(|| self.next_name());
        self.found.attachments.push(Attachment { name, media: head.media.clone(), bytes });
    }

    fn refuse(&mut self, head: &PartHead, code: Code, detail: impl Into<String>) {
        let name = head.name.clone().unwrap_or_else(|| self.next_name());
        self.found.refused.push(RefusedPart::new(name, code, detail));
    }

    fn next_name(&self) -> String {
        format!("zalacznik-{}", self.found.attachments.len() + self.found.refused.len() + 1)
    }
}

/// What the header fields of a part say; all of it a claim.
struct PartHead {
    /// `type/subtype`, lower case.
    media: String,
    /// There is a `Content-Type` at all.
    declared: bool,
    boundary: Option<Vec<u8>>,
    charset: Option<String>,
    flowed: bool,
    encoding: String,
    name: Option<String>,
    disposition: Disposition,
    /// It has a `Content-ID`, by which HTML shows it.
    embedded: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Disposition {
    Attached,
    Inline,
}

enum Kind {
    Multipart,
    Message,
    Leaf,
}

impl PartHead {
    fn read(headers: &[Header<'_>], place: Place) -> Self {
        let field = |name: HeaderName<'_>| {
            headers.iter().find(|header| header.name == name).map(|header| &header.value)
        };
        let content = field(HeaderName::ContentType).and_then(HeaderValue::as_content_type);
        let disposition =
            field(HeaderName::ContentDisposition).and_then(HeaderValue::as_content_type);
        let attribute = |name: &str| content.and_then(|content| content.attribute(name));
        let fallback = if place.in_digest { "message/rfc822" } else { "text/plain" };
        let media = content.map_or_else(
            || fallback.to_owned(),
            |content| format!("{}/{}", content.ctype(), content.subtype().unwrap_or("")),
        );
        let name = disposition
            .and_then(|disposition| disposition.attribute("filename"))
            .or_else(|| disposition.and_then(|disposition| disposition.attribute("name")))
            .or_else(|| attribute("name"));
        Self {
            media: media.to_ascii_lowercase(),
            declared: content.is_some(),
            boundary: attribute("boundary")
                .filter(|boundary| !boundary.is_empty())
                .map(|boundary| boundary.as_bytes().to_vec()),
            charset: attribute("charset").map(str::to_owned),
            flowed: attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")),
            encoding: field(HeaderName::ContentTransferEncoding)
                .and_then(HeaderValue::as_text)
                .unwrap_or_default()
                .to_owned(),
            name: name.and_then(label),
            disposition: match disposition {
                Some(disposition) if disposition.is_attachment() => Disposition::Attached,
                _ => Disposition::Inline,
            },
            embedded: field(HeaderName::ContentId).is_some(),
        }
    }

    fn kind(&self) -> Kind {
        if self.media.starts_with("multipart/") {
            Kind::Multipart
        } else if matches!(self.media.as_str(), "message/rfc822" | "message/global") {
            Kind::Message
        } else {
            Kind::Leaf
        }
    }

    /// A text part that nobody named or attached.
    fn may_be_body(&self) -> bool {
        let text = matches!(self.media.as_str(), "text/plain" | "text/html" | "text/");
        let broken_multipart = self.media.starts_with("multipart/");
        (text || broken_multipart) && self.name.is_none() && self.disposition == Disposition::Inline
    }

    /// Signatures, keys and visiting cards: of no use, and nobody expects a word about them.
    fn is_signature(&self) -> bool {
        let by_type = matches!(
            self.media.as_str(),
            "application/pkcs7-signature"
                | "application/x-pkcs7-signature"
                | "application/pgp-signature"
                | "application/pgp-keys"
                | "text/vcard"
                | "text/x-vcard"
                | "text/directory"
        );
        let by_name = self.name.as_deref().is_some_and(|name| {
            ["smime.p7s", "signature.asc"].iter().any(|known| name.eq_ignore_ascii_case(known))
        });
        by_type || by_name
    }

    /// A picture of a signature or letterhead: embedded, or too small to be a screenshot.
    fn is_ornament(&self, bytes: &[u8]) -> bool {
        let picture = decode::is_image(bytes)
            || (self.media.starts_with("image/svg") && bytes.trim_ascii_start().starts_with(b"<"));
        picture && (self.embedded || bytes.len() < ORNAMENT_BYTES)
    }
}

/// Pictures below this size are logos, not screenshots (mail.md § 3).
const ORNAMENT_BYTES: usize = 10 * 1024;

/// A mail attached as a file. By content, since clients label it as anything.
fn is_mail(head: &PartHead, bytes: &[u8]) -> bool {
    let generic = !head.declared
        || matches!(head.media.as_str(), "application/octet-stream" | "text/plain" | "message/");
    let named = head.name.as_deref().is_some_and(|name| {
        name.len() > 4 && name.get(name.len() - 4..).is_some_and(|s| s.eq_ignore_ascii_case(".eml"))
    });
    (generic || named) && looks_like_mail(bytes)
}

/// Whether the first line is a header field and the fields that every mail has follow.
pub(super) fn looks_like_mail(bytes: &[u8]) -> bool {
    let head = bytes.get(..16 * 1024).unwrap_or(bytes).trim_ascii_start();
    let first = head.split(|&byte| byte == b':').next().unwrap_or_default();
    let is_name = !first.is_empty()
        && first.len() < 40
        && first.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if !is_name {
        return false;
    }
    let (block, _) = split_headers(head);
    let has = |name: &str| {
        block.split(|&byte| byte == b'\n').any(|line| {
            line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
        })
    };
    has("from:") && (has("mime-version:") || has("message-id:") || has("received:") || has("date:"))
}

/// Two encoded words in one name or phrase belong together.
fn join_encoded_words(block: &[u8]) -> Cow<'_, [u8]> {
    let mut joined: Vec<u8> = Vec::new();
    let mut copied = 0;
    for end in memmem::find_iter(block, b"?=") {
        let tail = block.get(end + 2..).unwrap_or_default();
        let blanks = tail.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let again = tail.get(blanks..).is_some_and(|next| next.starts_with(b"=?"));
        if again && blanks > 0 && is_word_end(block, end) && end + 2 >= copied {
            joined.extend_from_slice(block.get(copied..end + 2).unwrap_or_default());
            copied = end + 2 + blanks;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(block);
    }
    joined.extend_from_slice(block.get(copied..).unwrap_or_default());
    Cow::Owned(joined)
}

/// Whether the `?=` closes a word, not the `=?utf-8?q?=` of one that begins with an escape.
fn is_word_end(block: &[u8], end: usize) -> bool {
    let before = block.get(end.saturating_sub(2)..end).unwrap_or_default();
    !matches!(before, [b'?', b'q' | b'Q' | b'b' | b'B'])
}

/// The entities of a multipart.
struct Split<'a> {
    parts: Vec<&'a [u8]>,
    closed: bool,
}

/// Splits at the delimiter lines of RFC 2046 § 5.1.1; blanks behind the boundary are allowed.
fn split_parts<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Split<'a> {
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut parts = Vec::new();
    let mut start = None;
    let mut closed = false;
    for place in finder.find_iter(body) {
        let Some((after, closing)) = delimiter_line(body, place, delimiter.len()) else { continue };
        if let Some(start) = start {
            parts.push(trim_line_end(body.get(start..place).unwrap_or_default()));
        }
        start = Some(after);
        closed = closing;
        if closed || parts.len() > most {
            break;
        }
    }
    if let (Some(start), false) = (start, closed) {
        parts.push(body.get(start..).unwrap_or_default());
    }
    Split { parts, closed }
}

/// Where the line of a delimiter ends and whether it closes the multipart; `None` if it is none.
fn delimiter_line(body: &[u8], place: usize, length: usize) -> Option<(usize, bool)> {
    let at_line_start = place == 0 || body.get(place - 1) == Some(&b'\n');
    if !at_line_start {
        return None;
    }
    let tail = body.get(place + length..)?;
    let closing = tail.starts_with(b"--");
    let end = memchr::memchr(b'\n', tail).map_or(tail.len(), |newline| newline + 1);
    let rest = tail.get(if closing { 2 } else { 0 }..end).unwrap_or_default();
    let blank = rest.iter().all(u8::is_ascii_whitespace);
    (blank || closing).then_some((place + length + end, closing))
}

/// The boundary of a multipart that does not declare one: its first line of the form `--x`.
fn first_delimiter(body: &[u8]) -> Option<Vec<u8>> {
    let line = body.split(|&byte| byte == b'\n').take(32).find(|line| line.starts_with(b"--"))?;
    let boundary = line.get(2..)?.trim_ascii();
    (!boundary.is_empty() && boundary.len() <= 70).then(|| boundary.to_vec())
}

/// The line end before a delimiter belongs to the delimiter.
fn trim_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// Skips blank lines and the `From ` line of an mbox file.
pub(super) fn trim_start(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw).trim_ascii_start();
    if raw.starts_with(b"From ") || raw.starts_with(b">From ") {
        let line = memchr::memchr(b'\n', raw).map_or(raw.len(), |newline| newline + 1);
        return raw.get(line..).unwrap_or_default();
    }
    raw
}

/// Body text by its declared charset; where that fails, by what the bytes look like.
fn decode_body(head: &PartHead, bytes: &[u8]) -> String {
    let declared = head
        .charset
        .as_deref()
        .and_then(|charset| encoding_rs::Encoding::for_label(charset.trim().as_bytes()))
        .filter(|declared| *declared != encoding_rs::UTF_8);
    match declared {
        Some(declared) => declared.decode(bytes).0.into_owned(),
        None => decode::guess_text(bytes),
    }
}

/// Joins the soft-wrapped lines of `format=flowed` (RFC 3676).
fn unflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line);
        if !line.ends_with(' ') || line == "-- " {
            out.push('\n');
        }
    }
    out
}
