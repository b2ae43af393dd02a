//! Header fields as programs write them rather than as they should, made readable before they are parsed.
//!
//! Webmail cuts a word between the two bytes of a letter, leaves the letters of a name in the code page of its author, or
//! names that code page once for a value in several pieces. A parser that takes each piece for itself shows `wyci��g`.

use std::borrow::Cow;

use base64::{Engine as _, alphabet, engine, prelude::BASE64_STANDARD};
use encoding_rs::{Encoding, UTF_8};
use memchr::memmem;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, percent_encode};

use crate::statement::decode;

/// The block of header fields with its text repaired; what means nothing here stays as it is.
///
/// For what is shown alone: subjects and names. Who wrote a message is read from the block as it came.
pub(super) fn repair(block: &[u8]) -> Cow<'_, [u8]> {
    let block = in_utf8(block);
    let block = then(block, joined_words);
    then(block, continued_in_utf8)
}

fn then(block: Cow<'_, [u8]>, change: fn(&[u8]) -> Option<Vec<u8>>) -> Cow<'_, [u8]> {
    match change(&block) {
        Some(changed) => Cow::Owned(changed),
        None => block,
    }
}

/// Raw letters are UTF-8 (RFC 6532) or, line by line, of a code page that nobody names.
fn in_utf8(block: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(block).is_ok() {
        return Cow::Borrowed(block);
    }
    let lines = block.split_inclusive(|byte| *byte == b'\n');
    Cow::Owned(lines.flat_map(|line| decode::guess_text(line).into_bytes()).collect())
}

/// An encoded word (RFC 2047 § 2), or several of one kind in a row.
struct Word<'a> {
    charset: &'a [u8],
    /// `b` or `q`.
    encoding: u8,
    /// Its text; of a row in base64 what that stands for.
    text: Cow<'a, [u8]>,
    is_row: bool,
}

/// Longer words (RFC 2047 allows 75 characters) and names of charsets are none: hostile input is not searched twice.
const WORD_MAX: usize = 4000;
const CHARSET_MAX: usize = 60;

/// Padding is missing where a text was cut.
const LENIENT: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
);

impl<'a> Word<'a> {
    /// The word at the beginning, and its length.
    fn at(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let inner = bytes.strip_prefix(b"=?")?;
        let mark = inner.iter().take(CHARSET_MAX).position(|byte| *byte == b'?')?;
        let (charset, rest) = (inner.get(..mark)?, inner.get(mark + 1..)?);
        let [encoding @ (b'b' | b'B' | b'q' | b'Q'), b'?', text @ ..] = rest else { return None };
        let end = memmem::find(text.get(..WORD_MAX).unwrap_or(text), b"?=")?;
        let text = text.get(..end)?;
        let is_plain = |bytes: &[u8]| !bytes.iter().any(u8::is_ascii_whitespace);
        if charset.is_empty() || !is_plain(charset) || text.contains(&b'\n') {
            return None;
        }
        let length = b"=?".len() + charset.len() + b"?b?".len() + text.len() + b"?=".len();
        let encoding = encoding.to_ascii_lowercase();
        Some((Self { charset, encoding, text: Cow::Borrowed(text), is_row: false }, length))
    }

    /// Takes in the next word, so that a letter cut between them is whole again; or says that the two differ in kind.
    fn join(&mut self, next: &Self) -> bool {
        if !self.charset.eq_ignore_ascii_case(next.charset) || self.encoding != next.encoding {
            return false;
        }
        if self.encoding == b'q' {
            self.text.to_mut().extend_from_slice(&next.text);
            return true;
        }
        let Ok(behind) = LENIENT.decode(&next.text) else { return false };
        if !self.is_row {
            let Ok(own) = LENIENT.decode(&self.text) else { return false };
            self.text = Cow::Owned(own);
            self.is_row = true;
        }
        self.text.to_mut().extend(behind);
        true
    }

    fn write(&self, out: &mut Vec<u8>) {
        for piece in [b"=?", self.charset, b"?", &[self.encoding], b"?"] {
            out.extend_from_slice(piece);
        }
        if self.is_row {
            out.extend(BASE64_STANDARD.encode(&self.text).into_bytes());
        } else {
            out.extend_from_slice(&self.text);
        }
        out.extend_from_slice(b"?=");
    }
}

/// Blanks between two encoded words are no content (RFC 2047 § 6.2), and words of one kind are one.
fn joined_words(block: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut rest, mut changed) = (Vec::new(), block, false);
    while let Some(start) = memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(start);
        out.extend_from_slice(before);
        let Some((mut word, length)) = Word::at(from) else {
            out.extend_from_slice(b"=?");
            rest = from.get(2..)?;
            continue;
        };
        rest = from.get(length..)?;
        while let Some((next, behind)) = next_word(rest) {
            changed = true;
            rest = behind;
            if !word.join(&next) {
                std::mem::replace(&mut word, next).write(&mut out);
            }
        }
        word.write(&mut out);
    }
    out.extend_from_slice(rest);
    changed.then_some(out)
}

/// The word behind blanks, and what follows it.
fn next_word(rest: &[u8]) -> Option<(Word<'_>, &[u8])> {
    let trimmed = rest.trim_ascii_start();
    let (word, length) = Word::at(trimmed).filter(|_| trimmed.len() < rest.len())?;
    Some((word, trimmed.get(length..)?))
}

/// The first piece of a parameter names the code page of all its pieces (RFC 2231 § 4.1).
fn continued_in_utf8(block: &[u8]) -> Option<Vec<u8>> {
    let first = memmem::find(block, b"*0*=")?;
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let head = block.get(..first)?;
    let name = head.iter().rev().take_while(|byte| is_token(byte)).count();
    let name = head.get(first - name..)?;
    let value = value_at(block, first + b"*0*=".len())?;
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (label, _, _) = (parts.next()?, parts.next()?, parts.next()?);
    let encoding = Encoding::for_label(label).filter(|encoding| *encoding != UTF_8)?;
    let (mut out, mut copied, mut missing) = (Vec::new(), 0, 0);
    for piece in 0.. {
        // A piece without letters beyond ASCII may have no star.
        if missing > PLAIN_PIECES_MAX {
            break;
        }
        let key = [name, format!("*{piece}*=").as_bytes()].concat();
        let Some(at) = memmem::find(block.get(copied..)?, &key) else {
            missing += 1;
            continue;
        };
        let start = copied + at + key.len();
        let value = value_at(block, start)?;
        out.extend_from_slice(block.get(copied..start)?);
        copied = start + value.len();
        let text = if piece == 0 {
            out.extend_from_slice(b"UTF-8''");
            value.splitn(3, |byte| *byte == b'\'').last()?
        } else {
            value
        };
        let bytes: Vec<u8> = percent_decode(text).collect();
        let text = encoding.decode_without_bom_handling(&bytes).0;
        out.extend(percent_encode(text.as_bytes(), NON_ALPHANUMERIC).to_string().into_bytes());
    }
    out.extend_from_slice(block.get(copied..)?);
    Some(out)
}

/// So many pieces in a row may be plain.
const PLAIN_PIECES_MAX: usize = 3;

/// The value of a parameter, up to the blank or semicolon behind it.
fn value_at(block: &[u8], start: usize) -> Option<&[u8]> {
    let value = block.get(start..)?;
    let end = value.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b';');
    value.get(..end.unwrap_or(value.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(block: &[u8]) -> String {
        String::from_utf8_lossy(&repair(block)).into_owned()
    }

    #[test]
    fn a_letter_cut_between_two_words_is_whole() {
        for (block, expected) in [
            ("S: =?UTF-8?Q?Za=C5=82=C4?= =?utf-8?q?=85cz?= x", "S: =?UTF-8?q?Za=C5=82=C4=85cz?= x"),
            // "wyciąg": 77 79 63 69 c4 | 85 67.
            ("n=\"=?UTF-8?B?d3ljacQ=?=\r\n =?UTF-8?B?hWc=?=\"", "n=\"=?UTF-8?b?d3ljacSFZw==?=\""),
            ("=?UTF-8?B?d3ljacQ?= =?UTF-8?B?hWc?=", "=?UTF-8?b?d3ljacSFZw==?="),
            // Words of different kinds stay two, without the blank.
            ("=?utf-8?q?a?= =?iso-8859-2?q?=B1?=", "=?utf-8?q?a?==?iso-8859-2?q?=B1?="),
            ("=?utf-8?q?a?= =?utf-8?b?Yg==?= c", "=?utf-8?q?a?==?utf-8?b?Yg==?= c"),
        ] {
            assert_eq!(repaired(block.as_bytes()), expected);
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for block in
            ["=? =?= ?= =?x?z?a?= =?utf-8?q?open", "a=?b", "=?=?=?", "=?utf-8?q?one?= two", ""]
        {
            assert_eq!(repaired(block.as_bytes()), block);
        }
    }

    #[test]
    fn letters_of_a_code_page_become_utf_8_line_by_line() {
        let block = b"Subject: wyci\xb9g\r\nX-Note: \xc5\x82\r\n\r\n";
        assert_eq!(repaired(block), "Subject: wyciąg\r\nX-Note: ł\r\n\r\n");
    }

    #[test]
    fn all_pieces_of_a_parameter_have_the_code_page_of_the_first() {
        let block = b"D: attachment;\r\n filename*0*=windows-1250''wyci%B9g%20;\r\n filename*1*=%9Crodk%F3w;\r\n filename*2=\".csv\"\r\n";
        let expected = "D: attachment;\r\n filename*0*=UTF-8''wyci%C4%85g%20;\r\n filename*1*=%C5%9Brodk%C3%B3w;\r\n filename*2=\".csv\"\r\n";
        assert_eq!(repaired(block), expected);
        for block in ["f*0*=UTF-8''a%C4;\r\n f*1*=%85", "f*0*=", "*0*=x''y", "f*0*=nobody''a"] {
            assert_eq!(repaired(block.as_bytes()).replace("*0*=UTF-8''y", "*0*=x''y"), block);
        }
    }
}
