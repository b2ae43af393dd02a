//! Which encoding a text is in (mail.md § 4.4). The declared charset is never asked: mail programs
//! guess it from the locale of the sender's machine.

use encoding_rs::{Encoding, ISO_8859_2, UTF_16BE, UTF_16LE, WINDOWS_1250};

use super::decode_cp852;
use crate::statement::Code;

/// How many bytes are looked at to tell text from noise.
const SAMPLE: usize = 64 * 1024;

/// Decodes a text file: byte order mark, then strict UTF-8, then UTF-16 by its zero bytes, then
/// the single-byte code pages of Poland by their letters.
///
/// Valid UTF-8 is taken over without a copy. Noise is [`Code::UnknownFile`]; text with zero bytes,
/// half a UTF-16 character or broken UTF-8 is [`Code::BadEncoding`].
pub(super) fn decode_text(bytes: Vec<u8>) -> Result<String, Code> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(UTF_16LE, rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(UTF_16BE, rest);
    }
    if memchr::memchr(0, &bytes).is_some() {
        return match zero_pattern(&bytes) {
            Some(encoding) => utf16(encoding, &bytes),
            None if is_noise(&bytes) => Err(Code::UnknownFile),
            None => Err(Code::BadEncoding),
        };
    }
    if is_noise(&bytes) {
        return Err(Code::UnknownFile);
    }
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if marked {
                text.drain(..'\u{feff}'.len_utf8());
            }
            trim_end_of_file(&mut text);
            Ok(text)
        }
        Err(error) => {
            let bytes = error.into_bytes();
            if marked || is_broken_utf8(&bytes) {
                return Err(Code::BadEncoding);
            }
            let mut text = single_byte(&bytes);
            trim_end_of_file(&mut text);
            Ok(text)
        }
    }
}

/// The text of a letter, where a wrong character does no harm: as above, but never fails.
pub(crate) fn guess_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) if is_broken_utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => single_byte(bytes),
    }
}

/// DOS programs end a text with Ctrl-Z.
fn trim_end_of_file(text: &mut String) {
    let length = text.trim_end_matches('\u{1a}').len();
    text.truncate(length);
}

fn utf16(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Code> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or(Code::BadEncoding)?;
    if text.contains('\0') {
        return Err(Code::BadEncoding);
    }
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

/// UTF-16 of a table: at least a fifth of all characters are ASCII, so that one half of their
/// bytes is zero, and the other half never is.
fn zero_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.get(1) == Some(&0));
    }
    let enough = sample.len() / 10;
    match (even > enough, odd > enough) {
        (true, false) if odd * 20 < even => Some(UTF_16BE),
        (false, true) if even * 20 < odd => Some(UTF_16LE),
        _ => None,
    }
}

/// More control characters than any text has.
fn is_noise(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let controls = sample.iter().filter(|&&byte| byte < b' ' && !byte.is_ascii_whitespace());
    controls.count() * 50 > sample.len() + 100
}

/// UTF-8 with damage: more of its sequences are right than wrong. In a single-byte code page a
/// right sequence of two high bytes is a rare accident.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

/// Letters that tell the code pages apart. Each list has the Polish letters first, then the
/// German and Czech ones and the punctuation that brokers use.
const LETTERS_1250: &[u8] = b"\xb9\xe6\xea\xb3\xf1\xf3\x9c\x9f\xbf\xa5\xc6\xca\xa3\xd1\xd3\x8c\x8f\
\xaf\xe4\xf6\xfc\xdf\xe9\xe1\xed\xc4\xd6\xdc\xc9\x9a\x9e\x8a\x8e\x84\x94\x93\x91\x92\x96\x97\x85\
\x80\xa0\xa7\xab\xbb\xb0";
const LETTERS_8859_2: &[u8] =
    b"\xb1\xe6\xea\xb3\xf1\xf3\xb6\xbc\xbf\xa1\xc6\xca\xa3\xd1\xd3\xa6\xac\
\xaf\xe4\xf6\xfc\xdf\xe9\xe1\xed\xc4\xd6\xdc\xc9\xb9\xbe\xa9\xae\xa0\xa7\xb0";
const LETTERS_852: &[u8] = b"\xa5\x86\xa9\x88\xe4\xa2\x98\xab\xbe\xa4\x8f\xa8\x9d\xe3\xe0\x97\x8d\
\xbd\x84\x94\x81\xe1\x82\xa0\xa1\x8e\x99\x9a\x90\xf5\xf8\xff";

/// Bytes that mean nothing in code page 1250.
const HOLES_1250: &[u8] = b"\x81\x83\x88\x90\x98";

/// Decodes by the code page that explains most of the high bytes; 1250 in doubt, for it agrees with
/// ISO 8859-2 where there is no evidence.
fn single_byte(bytes: &[u8]) -> String {
    let mut counts = [0_usize; 256];
    for &byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let sum = |letters: &[u8]| -> usize {
        letters.iter().filter_map(|&letter| counts.get(usize::from(letter))).sum()
    };
    let high: usize = counts.iter().skip(0x80).sum();
    let c1: usize = counts.iter().skip(0x80).take(0x20).sum();
    let windows = sum(LETTERS_1250).saturating_sub(sum(HOLES_1250));
    let iso = if c1 > 0 { 0 } else { sum(LETTERS_8859_2) };
    let dos = sum(LETTERS_852);
    if dos > windows && dos > iso && dos * 10 >= high * 8 {
        decode_cp852(bytes)
    } else if iso > windows {
        ISO_8859_2.decode_without_bom_handling(bytes).0.into_owned()
    } else {
        WINDOWS_1250.decode_without_bom_handling(bytes).0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANGRAM: &str = "Zażółć gęślą jaźń; Tytuł; Ilość; Dzień; Źródło; Świętokrzyskie";

    fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn polish_text_survives_every_encoding() {
        let marked = [b"\xef\xbb\xbf".as_slice(), PANGRAM.as_bytes()].concat();
        for bytes in [
            PANGRAM.as_bytes().to_vec(),
            marked,
            encode(PANGRAM, WINDOWS_1250),
            encode(PANGRAM, ISO_8859_2),
            wide(PANGRAM, u16::to_le_bytes),
            wide(PANGRAM, u16::to_be_bytes),
            [b"\xff\xfe".to_vec(), wide(PANGRAM, u16::to_le_bytes)].concat(),
            [b"\xfe\xff".to_vec(), wide(PANGRAM, u16::to_be_bytes)].concat(),
            b"Za\xbe\xa2\x88\x86 g\xa9\x98l\xa5 ja\xab\xe4; Tytu\x88; Ilo\x98\x86; Dzie\xe4; \
\x8dr\xa2d\x88o; \x97wi\xa9tokrzyskie"
                .to_vec(),
        ] {
            assert_eq!(decode_text(bytes).as_deref(), Ok(PANGRAM));
        }
    }

    #[test]
    fn german_names_do_not_turn_polish() {
        let text = "Münchener Rück;Österreich;Süd";
        assert_eq!(decode_text(encode(text, WINDOWS_1250)).as_deref(), Ok(text));
    }

    #[test]
    fn damage_is_not_read() {
        let broken = [PANGRAM.as_bytes(), b"\xc5 \xff"].concat();
        assert_eq!(decode_text(broken), Err(Code::BadEncoding));
        assert_eq!(decode_text(b"date;type\n2024\0-01-02;buy\n".to_vec()), Err(Code::BadEncoding));
        assert_eq!(decode_text(b"\xff\xfea\0b".to_vec()), Err(Code::BadEncoding));
        let noise: Vec<u8> =
            (0..4096_u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        assert_eq!(decode_text(noise), Err(Code::UnknownFile));
    }

    #[test]
    fn the_end_of_file_mark_of_dos_is_no_row() {
        assert_eq!(decode_text(b"a;b\n1;2\n\x1a".to_vec()).as_deref(), Ok("a;b\n1;2\n"));
    }
}
