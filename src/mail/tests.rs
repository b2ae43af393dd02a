//! Mails as clients write them, and as attackers do.

mod authenticity;
mod hostile;
mod letter;
mod loops;
mod matrix;
mod property;
mod shapes;
mod thresholds;

use std::fmt::Write as _;

use super::{InboundMessage, Limits, parse};

const CSV: &str = "Data;Walor;Ilość;Cena\n2024-01-02;ŁĄKA;3;12,50\n2024-01-03;ŻBIK;1;7,00\n";

fn read_mail(raw: impl AsRef<[u8]>) -> InboundMessage {
    parse(raw.as_ref(), &Limits::default()).unwrap()
}

/// A mixed mail with a letter and the given parts, each with its header.
fn mixed<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    let mut raw = b"From: Jan Kowalski <jan@Example.COM>\r\nTo: calc@example.org\r\n\
        Subject: =?utf-8?q?Rozliczenie_za_rok?=\r\nMessage-ID: <a1@mail.example.com>\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n\
        --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDzie\xc5\x84 dobry\r\n"
        .to_vec();
    for part in parts {
        raw.extend_from_slice(b"--b1\r\n");
        raw.extend_from_slice(part.as_ref());
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"--b1--\r\n");
    raw
}

/// A part with the header and the body in base64.
fn base64_part(header: &str, body: &[u8]) -> String {
    format!("{header}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}", base64(body))
}

/// Base64 in lines of 76 characters.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (index, group) in bytes.chunks(3).enumerate() {
        if index > 0 && index % 19 == 0 {
            out.push_str("\r\n");
        }
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            out.push(if place <= group.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    out
}

/// Quoted-printable that escapes everything but letters and digits.
fn quoted(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 20 == 0 {
            out.push_str("=\r\n");
        }
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(*byte));
        } else {
            write!(out, "={byte:02X}").unwrap();
        }
    }
    out
}
