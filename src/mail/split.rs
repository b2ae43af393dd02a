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

/// Parses a header block.
pub(super) fn parse_block<'a>(parser: &MessageParser, block: &'a [u8]) -> Vec<Header<'a>> {
    let mut message = parser.parse_headers(block).unwrap_or_default();
    message.parts.first_mut().map(|part| std::mem::take(&mut part.headers)).unwrap_or_default()
}

/// The entities of a multipart.
pub(super) struct Split<'a> {
    pub parts: Vec<&'a [u8]>,
    /// The closing delimiter was there.
    pub closed: bool,
}

/// Splits at the delimiter lines of RFC 2046 § 5.1.1; blanks behind the boundary are allowed. Programs that
/// nest multiparts of one boundary, or add a part later, go on behind a closing delimiter: so do we.
fn split_parts<'a>(body: &'a [u8], boundary: &[u8], most: usize) -> Split<'a> {
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut split = Split { parts: Vec::new(), closed: false };
    let (mut start, mut torn) = (None, None);
    for place in finder.find_iter(body) {
        let Some((after, mark)) = delimiter_line(body, place, delimiter.len()) else { continue };
        if mark == Mark::ClosingWithMore {
            torn = torn.or(Some(place));
            continue;
        }
        if let Some(start) = start.take() {
            split.parts.push(trim_line_end(body.get(start..place).unwrap_or_default()));
        }
        torn = None;
        split.closed = mark == Mark::Closing;
        if !split.closed {
            start = Some(after);
        }
        if split.parts.len() > most {
            return split;
        }
    }
    if let Some(start) = start {
        split.closed = torn.is_some();
        split.parts.push(body.get(start..torn.unwrap_or(body.len())).unwrap_or_default());
    }
    split
}

/// What a delimiter line says.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Mark {
    Next,
    Closing,
    /// Something stands behind the closing dashes. It may be the delimiter of an inner multipart, whose
    /// boundary begins alike; only where nothing else closes is it meant.
    ClosingWithMore,
}

/// Where the line of a delimiter ends and what it says; `None` if it is none.
fn delimiter_line(body: &[u8], place: usize, length: usize) -> Option<(usize, Mark)> {
    let at_line_start = place == 0 || body.get(place - 1) == Some(&b'\n');
    if !at_line_start {
        return None;
    }
    let tail = body.get(place + length..)?;
    let end = memchr::memchr(b'\n', tail).map_or(tail.len(), |newline| newline + 1);
    let line = tail.get(..end).unwrap_or_default();
    let blank = |rest: &[u8]| rest.iter().all(u8::is_ascii_whitespace);
    let mark = match line.strip_prefix(b"--") {
        Some(rest) if blank(rest) => Mark::Closing,
        Some(_) => Mark::ClosingWithMore,
        None if blank(line) => Mark::Next,
        None => return None,
    };
    Some((place + length + end, mark))
}

/// Splits at the boundary that is declared, if no line has it without the quotation marks and blanks around
/// it; where none is declared, at the first line that looks like a delimiter.
pub(super) fn split_by<'a>(
    body: &'a [u8],
    declared: Option<&[u8]>,
    most: usize,
) -> Option<Split<'a>> {
    let split = |boundary: &[u8]| {
        let usable = Some(boundary).filter(|boundary| !boundary.is_empty());
        let split = usable.map(|boundary| split_parts(body, boundary, most));
        split.filter(|split| !split.parts.is_empty())
    };
    match declared {
        Some(declared) => split(declared).or_else(|| {
            let bare = declared.trim_ascii();
            let unquoted = bare.strip_prefix(b"'").and_then(|bare| bare.strip_suffix(b"'"));
            split(unquoted.unwrap_or(bare))
        }),
        None => split(&first_delimiter(body)?),
    }
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

/// A transport that ends every line in CR CR LF did so to the text parts as well.
pub(super) fn even_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    const TWICE: &[u8] = b"\r\r\n";
    let first = memchr::memchr(b'\n', raw).and_then(|end| raw.get(..=end)).unwrap_or_default();
    if !first.ends_with(TWICE) {
        return Cow::Borrowed(raw);
    }
    let mut even = Vec::with_capacity(raw.len());
    let mut copied = 0;
    for place in memmem::find_iter(raw, TWICE) {
        even.extend_from_slice(raw.get(copied..place).unwrap_or_default());
        copied = place + 1;
    }
    even.extend_from_slice(raw.get(copied..).unwrap_or_default());
    Cow::Owned(even)
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
