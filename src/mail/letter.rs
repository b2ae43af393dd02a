//! A letter whose file comes later, by another way than mail: put together, both are a mail like any other.
//!
//! It is the asking mail once more, with the file in it: the same author, the same thread, the same words.
//! So everything that holds for mail holds for it, and the answer lands under the question.

use std::fmt::Write as _;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// As many characters of the letter as ten lines of commands ever need, and the language shows.
const TEXT_CHARS_MAX: usize = 2_000;

/// Bytes of one encoded word; 60 characters in base64, so that it stays below 75 (RFC 2047 § 2).
const WORD_BYTES_MAX: usize = 45;

/// What is known before the file is there.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Letter {
    /// The address of its author, who alone is answered.
    pub author: String,
    /// The mailbox, with the token of the conversation behind the plus.
    pub to: String,
    /// `Subject`, decoded.
    pub subject: String,
    /// `Message-ID`, if there is one, with or without brackets.
    pub message_id: Option<String>,
    /// `In-Reply-To`, as it stood.
    pub in_reply_to: String,
    /// `References`, as they stood.
    pub references: String,
    /// `Thread-Topic` of Exchange.
    pub thread_topic: Option<String>,
    /// `Thread-Index` of Exchange.
    pub thread_index: Option<String>,
    /// What was written, as far as it is needed.
    pub text: String,
    /// When it was written, RFC 3339.
    pub written: Timestamp,
}

impl Letter {
    /// Keeps so much of the words of the mail as commands and language need.
    #[must_use]
    pub fn saying(mut self, text: &str) -> Self {
        self.text = text.chars().take(TEXT_CHARS_MAX).collect();
        self
    }

    /// The whole message (RFC 5322) with the file, whose bytes stand in it as they are (RFC 2045 § 2.9).
    pub fn with_file(&self, name: &str, file: &[u8]) -> Vec<u8> {
        // The hash of a file is not in it.
        let boundary = format!("=_{}", HEXLOWER.encode(&Sha256::digest(file)));
        let mut head = String::new();
        let mut field = |name: &str, value: &str| {
            let value = one_line(value);
            if !value.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(head, "{name}: {value}\r\n");
            }
        };
        field("From", &self.author);
        field("To", &self.to);
        field("Subject", &encoded(&self.subject));
        field("Date", &self.written.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string());
        let id = self.message_id.as_deref().unwrap_or_default().trim_matches(['<', '>', ' ']);
        if !id.is_empty() {
            field("Message-ID", &format!("<{id}>"));
        }
        field("In-Reply-To", &self.in_reply_to);
        field("References", &self.references);
        field("Thread-Topic", &encoded(self.thread_topic.as_deref().unwrap_or_default()));
        field("Thread-Index", self.thread_index.as_deref().unwrap_or_default());
        field("MIME-Version", "1.0");
        field("Content-Type", &format!("multipart/mixed; boundary=\"{boundary}\""));
        let text = BASE64.encode(self.text.as_bytes());
        let file_name = percent(name);
        let _ = write!(
            head,
            "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--{boundary}\r\n\
             Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\
             Content-Disposition: attachment; filename*=UTF-8''{file_name}\r\n\r\n",
            lines(&text),
        );
        let end = format!("\r\n--{boundary}--\r\n");
        [head.as_bytes(), file, end.as_bytes()].concat()
    }
}

/// Nobody's text ends a field of ours.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// Encoded words (RFC 2047), unless it is plain ASCII that cannot be taken for some.
fn encoded(text: &str) -> String {
    let text = one_line(text);
    if text.is_ascii() && !text.contains("=?") && text.len() <= 900 {
        return text;
    }
    let mut words = vec![String::new()];
    for c in text.chars() {
        let Some(word) = words.last_mut() else { break };
        if word.len() + c.len_utf8() > WORD_BYTES_MAX {
            words.push(c.to_string());
        } else {
            word.push(c);
        }
    }
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", BASE64.encode(word.as_bytes())));
    // The field is one line: who reads it is this program.
    words.collect::<Vec<_>>().join(" ")
}

/// A value of RFC 5987 (`attr-char`).
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Base64 in lines of 76 (RFC 2045 § 6.8).
fn lines(base64: &str) -> String {
    let mut out = String::with_capacity(base64.len() + base64.len() / 38);
    for (at, c) in base64.chars().enumerate() {
        if at > 0 && at % 76 == 0 {
            out.push_str("\r\n");
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Limits, parse};

    fn letter() -> Letter {
        Letter {
            author: "Jan.Kowalski@example.com".to_owned(),
            to: "calc+abc@investtax.example".to_owned(),
            subject: "Rozliczenie żółte\r\nBcc: evil@example.com".to_owned(),
            message_id: Some("q@example.com".to_owned()),
            in_reply_to: "<a@example.com>".to_owned(),
            references: "<a@example.com>".to_owned(),
            written: "2026-03-02T10:00:00Z".parse().unwrap(),
            ..Letter::default()
        }
        .saying("WGRAJ\r\nDzień dobry")
    }

    #[test]
    fn letter_and_file_are_one_mail_with_every_byte_of_the_file() {
        let every_byte: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        for file in [every_byte.as_slice(), b"", b"\r\n", b"a;b\r\n--=_x--\r\n", b"--\r\n\r\n--"] {
            let raw = letter().with_file("zażółć (1).csv", file);
            let message = parse(&raw, &Limits::default()).unwrap();
            assert_eq!(message.author.unwrap().address, "Jan.Kowalski@example.com");
            assert_eq!(message.to, ["calc+abc@investtax.example"]);
            assert_eq!(message.subject, "Rozliczenie żółte Bcc: evil@example.com");
            assert_eq!(message.message_id.as_deref(), Some("q@example.com"));
            assert_eq!(message.references, ["a@example.com"]);
            assert_eq!(message.text.lines().next(), Some("WGRAJ"));
            assert!(message.text.contains("Dzień dobry"));
            if !file.is_empty() {
                let [part] = message.attachments.try_into().unwrap();
                assert_eq!(part.name, "zażółć (1).csv");
                assert!(part.bytes == file, "{} bytes", file.len());
            }
        }
    }

    #[test]
    fn no_field_can_be_added() {
        let mut letter = letter();
        letter.references = "<a@b>\r\nBcc: evil@example.com".to_owned();
        letter.thread_topic = Some("x\nCc: evil@example.com".to_owned());
        let raw = letter.with_file("a\"\r\nX: y.csv", b"a");
        let text = String::from_utf8(raw).unwrap();
        for line in text.lines() {
            assert!(!["Bcc:", "Cc:", "X:"].iter().any(|name| line.starts_with(name)), "{line}");
        }
    }
}
