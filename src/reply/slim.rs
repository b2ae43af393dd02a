//! A reply once more without its files, for a mail server that refused them (mail.md § 2.7).

use data_encoding::BASE64_MIME;
use mail_parser::{MessageParser, MimeHeaders as _};

use crate::wording::letters;

/// Not in any part of ours: those have random-looking ids of lettre, or base64.
const BOUNDARY: &str = "=_investtax_without_files";

/// The message with its text alone, and a word on why; `None` if it has no files to leave out.
pub fn without_files(message: &[u8]) -> Option<Vec<u8>> {
    let parsed = MessageParser::new().parse(message)?;
    let is = |part: &mail_parser::MessagePart<'_>, kind: &str, sub: &str| {
        part.content_type().is_some_and(|found| {
            found.ctype() == kind && found.subtype().is_some_and(|found| found == sub)
        })
    };
    let root = parsed.parts.first().filter(|root| is(root, "multipart", "mixed"))?;
    let text = parsed.parts.iter().find(|part| is(part, "multipart", "alternative"))?;
    let range = |from: u32, to: u32| Some(usize::try_from(from).ok()?..usize::try_from(to).ok()?);
    let text = message.get(range(text.offset_header, text.offset_end)?)?;
    if text.windows(BOUNDARY.len()).any(|part| part == BOUNDARY.as_bytes()) {
        return None;
    }
    let header = message.get(range(root.offset_header, root.offset_body)?)?;
    let kept = header_without_type(std::str::from_utf8(header).ok()?);
    let note = BASE64_MIME.encode(letters::attachments_refused().as_bytes());
    let head = format!(
        "{kept}Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n\
         --{BOUNDARY}\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{note}\r\n--{BOUNDARY}\r\n"
    );
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    Some([head.as_bytes(), text, end.as_bytes()].concat())
}

/// The header without the field that says what the body is.
fn header_without_type(header: &str) -> String {
    let mut kept = String::with_capacity(header.len());
    let mut dropping = false;
    for line in header.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default();
            dropping = line == "\r\n" || name.eq_ignore_ascii_case("content-type");
        }
        if !dropping {
            kept.push_str(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = "From: calc@example.pl\r\nSubject: Re: x\r\n\
        Content-Type: multipart/mixed;\r\n boundary=\"a\"\r\nAuto-Submitted: auto-replied\r\n\r\n\
        --a\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPodatek: 190\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Podatek: 190</p>\r\n--b--\r\n\
        --a\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"r.pdf\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--a--\r\n";

    #[test]
    fn the_text_stays_the_files_go_and_a_word_says_why() {
        let slim = without_files(REPLY.as_bytes()).unwrap();
        let parsed = MessageParser::new().parse(&slim).unwrap();
        assert_eq!(parsed.subject(), Some("Re: x"));
        assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"));
        let texts: Vec<_> =
            (0..parsed.text_body_count()).map(|at| parsed.body_text(at).unwrap()).collect();
        assert!(texts[0].contains("odrzucił") && texts[0].contains("refused"), "{texts:?}");
        assert!(texts[1].contains("Podatek: 190"), "{texts:?}");
        assert!(!slim.windows(8).any(|part| part == b"JVBERg=="));
        assert!(slim.len() < 4_000);
    }

    #[test]
    fn a_message_without_files_is_left_alone() {
        assert_eq!(without_files(b"Subject: x\r\n\r\ntext"), None);
    }
}
