//! Content transfer encodings (RFC 2045 § 6), undone without touching the data.
//!
//! Written here rather than borrowed, because the data must come out byte for byte (no line end
//! normalised, no trailing tab trimmed) and because damage must be seen, not papered over: a row
//! that is missing from the end of an export is a wrong tax.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Undone bytes, and whether anything speaks against them.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Undone<'a> {
    /// The content.
    pub bytes: Cow<'a, [u8]>,
    /// The encoding was broken: cut off or with foreign characters.
    pub damaged: bool,
}

/// Undoes the encoding of that name; an unknown or absent name means "as is".
pub(super) fn undo<'a>(encoding: &str, body: &'a [u8]) -> Undone<'a> {
    let encoding = encoding.trim();
    if encoding.eq_ignore_ascii_case("base64") {
        let (bytes, damaged) = base64(body);
        Undone { bytes: Cow::Owned(bytes), damaged }
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        Undone { bytes: Cow::Owned(quoted_printable(body)), damaged: false }
    } else {
        Undone { bytes: Cow::Borrowed(body), damaged: false }
    }
}

const PAD: u8 = 0xfd;
const SPACE: u8 = 0xfe;
const FOREIGN: u8 = 0xff;

/// What each byte means in base64.
const BASE64: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [FOREIGN; 256];
    let mut digit: u8 = 0;
    let mut rest: &[u8] = alphabet;
    while let [letter, tail @ ..] = rest {
        set(&mut table, *letter, digit);
        digit += 1;
        rest = tail;
    }
    set(&mut table, b'=', PAD);
    set(&mut table, b' ', SPACE);
    set(&mut table, b'\t', SPACE);
    set(&mut table, b'\r', SPACE);
    set(&mut table, b'\n', SPACE);
    table
};

#[expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "evaluated at compile time; a byte always fits a table of 256"
)]
const fn set(table: &mut [u8; 256], byte: u8, meaning: u8) {
    table[byte as usize] = meaning;
}

/// Decodes base64. Line breaks and missing padding are fine; a foreign character or a lonely last
/// digit is damage. Text after the padding (a list's footer) is left out if it is not base64.
fn base64(body: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let mut group = [0_u8; 4];
    let mut filled = 0;
    let mut padded = false;
    let mut damaged = false;
    let mut rest = body;
    // A line that the fast lane refuses is read byte by byte to its end, so that none is tried twice.
    let mut fast = true;
    let mut blocks = Blocks::default();
    loop {
        while fast && filled == 0 && !padded {
            match blocks.next(&mut out, rest).or_else(|| piece(&mut out, rest)) {
                Some(after) => rest = after,
                None => fast = false,
            }
        }
        let Some((&byte, tail)) = rest.split_first() else { break };
        match meaning(byte) {
            SPACE => fast = true,
            PAD => {
                damaged |= !flush(&mut out, group, filled);
                filled = 0;
                padded = true;
            }
            FOREIGN if padded => break,
            FOREIGN => damaged = true,
            digit => {
                if padded && !is_base64(rest) {
                    break;
                }
                if let Some(slot) = group.get_mut(filled) {
                    *slot = digit;
                }
                padded = false;
                filled += 1;
                if filled == 4 {
                    flush(&mut out, group, filled);
                    filled = 0;
                }
            }
        }
        rest = tail;
    }
    damaged |= !flush(&mut out, group, filled);
    (out, damaged)
}

fn meaning(byte: u8) -> u8 {
    BASE64.get(usize::from(byte)).copied().unwrap_or(FOREIGN)
}

/// The longest stretch that the fast lane takes at once; a line of mail is far shorter.
const PIECE_BYTES: usize = 1024;

/// The fast lane: a line, or the beginning of a long one, of nothing but whole groups. Answers what
/// follows it; `None` at anything else.
fn piece<'a>(out: &mut Vec<u8>, rest: &'a [u8]) -> Option<&'a [u8]> {
    let (line, after) = line(rest)?;
    decode(out, line).then_some(after)
}

/// A line whose length is that of whole groups, and what follows it.
fn line(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let head = rest.get(..PIECE_BYTES).unwrap_or(rest);
    let end = memchr::memchr2(b'\r', b'\n', head).unwrap_or(head.len());
    let (line, after) = rest.split_at_checked(end).filter(|_| end > 0 && end.is_multiple_of(4))?;
    let after = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
    Some((line, after))
}

fn decode(out: &mut Vec<u8>, digits: &[u8]) -> bool {
    let before = out.len();
    let is_whole = STANDARD_NO_PAD.decode_vec(digits, out).is_ok();
    if !is_whole {
        out.truncate(before);
    }
    is_whole
}

/// So many bytes of lines are decoded at once.
const BLOCK_BYTES: usize = 8192;

/// The fastest lane: many lines at once, without what is between them.
#[derive(Default)]
struct Blocks {
    digits: Vec<u8>,
    /// A block that was refused: until only so many bytes are left, lines go one by one.
    careful_until: Option<usize>,
}

impl Blocks {
    fn next<'a>(&mut self, out: &mut Vec<u8>, rest: &'a [u8]) -> Option<&'a [u8]> {
        if self.careful_until.is_some_and(|left| rest.len() > left) {
            return None;
        }
        self.digits.clear();
        let mut after = rest;
        while let Some((line, tail)) = line(after).filter(|_| self.digits.len() < BLOCK_BYTES) {
            self.digits.extend_from_slice(line);
            after = tail;
        }
        if self.digits.is_empty() {
            return None;
        }
        let is_whole = decode(out, &self.digits);
        self.careful_until = Some(after.len()).filter(|_| !is_whole);
        is_whole.then_some(after)
    }
}

/// Whether another segment follows, as some programs join them; the first stretch tells.
fn is_base64(rest: &[u8]) -> bool {
    let stretch = rest.get(..SEGMENT_STRETCH).unwrap_or(rest);
    stretch.iter().all(|&byte| meaning(byte) != FOREIGN)
}

/// Bounded, since every padding may be followed by a segment.
const SEGMENT_STRETCH: usize = 128;

/// Writes the bytes of a group of 0 to 4 digits; `false` if the group cannot end there.
fn flush(out: &mut Vec<u8>, group: [u8; 4], filled: usize) -> bool {
    let [a, b, c, d] = group;
    let bytes = [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d];
    let count = filled.saturating_sub(1);
    out.extend_from_slice(bytes.get(..count).unwrap_or_default());
    filled != 1
}

/// Decodes quoted-printable. What is no escape stays as it stands (RFC 2045 § 6.7, note 2).
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(place) = memchr::memchr(b'=', rest) {
        let (plain, escape) = rest.split_at(place);
        out.extend_from_slice(plain);
        let tail = escape.get(1..).unwrap_or_default();
        rest = match tail {
            [high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                let byte = hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0);
                out.push(byte);
                after
            }
            _ => {
                let after = soft_break(tail);
                if after.is_none() {
                    out.push(b'=');
                }
                after.unwrap_or(tail)
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

/// What follows a soft line break, if one stands here; transports may have added blanks before it.
fn soft_break(tail: &[u8]) -> Option<&[u8]> {
    let blanks = tail.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    match tail.get(blanks..)? {
        [b'\r', b'\n', after @ ..] | [b'\n', after @ ..] => Some(after),
        [] => Some(&[]),
        _ => None,
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(encoding: &str, body: &[u8]) -> (Vec<u8>, bool) {
        let undone = undo(encoding, body);
        (undone.bytes.into_owned(), undone.damaged)
    }

    /// RFC 4648 § 10.
    #[test]
    fn base64_reads_the_vectors_of_the_rfc() {
        for (text, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zm9v\r\nYm\nFy\r\n", "foobar"),
            ("Zm9vYg", "foob"),
        ] {
            assert_eq!(decoded("BASE64", text.as_bytes()), (plain.as_bytes().to_vec(), false));
        }
    }

    proptest! {
        #[test]
        fn base64_reads_lines_of_any_length(
            plain in prop::collection::vec(any::<u8>(), 0..14_000),
            width in 1_usize..2_100,
            end in prop::sample::select(vec!["\r\n", "\n", " \r\n", "\r"]),
        ) {
            let encoded = data_encoding::BASE64.encode(&plain);
            let lines: Vec<&[u8]> = encoded.as_bytes().chunks(width).collect();
            let body = lines.join(end.as_bytes());
            prop_assert_eq!(decoded("base64", &body), (plain.clone(), false));
            let mut torn = body;
            torn.insert(torn.len() / 2, b'!');
            let (found, damaged) = decoded("base64", &torn);
            // What follows the padding is a footer; anywhere else a foreign character is damage.
            prop_assert!(damaged || plain.len() < 3);
            prop_assert!(plain.len() < 3 || found == plain);
        }
    }

    #[test]
    fn base64_tells_damage() {
        assert!(decoded("base64", b"Zm9vY").1, "a lonely digit");
        assert!(decoded("base64", b"Zm9v!YmFy").1, "a foreign character");
        assert_eq!(decoded("base64", b"Zm9vYg==\n-- \nlist footer"), (b"foob".to_vec(), false));
        assert_eq!(decoded("base64", b"Zg==Zm9v"), (b"ffoo".to_vec(), false), "joined segments");
    }

    #[test]
    fn quoted_printable_keeps_every_byte() {
        for (text, plain) in [
            ("a=3Bb=\r\nc", "a;bc"),
            ("a= \t\r\nb", "ab"),
            ("x\t\t\r\ny\n", "x\t\t\r\ny\n"),
            ("1=2 =zz =", "1=2 =zz "),
            ("=c4=85=C4=87", "ąć"),
        ] {
            assert_eq!(decoded("quoted-printable", text.as_bytes()).0, plain.as_bytes(), "{text}");
        }
    }
}
