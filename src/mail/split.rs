//! Where header blocks, parts and lines of a message end (RFC 5322 § 2.1, RFC 2046 § 5.1).

use std::borrow::Cow;

use mail_parser::{Header, MessageParser};
use memchr::memmem;

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
/// Two encoded words in one name or phrase belong together.
pub(super) fn join_encoded_words(block: &[u8]) -> Cow<'_, [u8]> {
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
pub(super) struct Split<'a> {
    pub parts: Vec<&'a [u8]>,
    /// The closing delimiter was there.
    pub closed: bool,
}

/// Splits at the delimiter lines of RFC 2046 § 5.1.1; blanks behind the boundary are allowed.
pub(super) fn split_parts<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Split<'a> {
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
pub(super) fn first_delimiter(body: &[u8]) -> Option<Vec<u8>> {
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
