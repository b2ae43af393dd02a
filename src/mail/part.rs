//! What the header fields of one part say; all of it a claim.

use mail_parser::{Header, HeaderName, HeaderValue};

use super::{name::label, pasted, split::split_headers, transfer::undo};
use crate::statement::decode;

/// The header fields of a part, as far as they matter.
pub(super) struct PartHead {
    /// `type/subtype`, lower case.
    pub media: String,
    /// There is a `Content-Type` at all.
    declared: bool,
    pub boundary: Option<Vec<u8>>,
    charset: Option<String>,
    pub flowed: bool,
    pub encoding: String,
    pub name: Option<String>,
    disposition: Disposition,
    /// It has a `Content-ID`, by which HTML shows it.
    embedded: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Disposition {
    Attached,
    Inline,
}

/// How an entity is built.
pub(super) enum Kind {
    Multipart,
    Message,
    Leaf,
}

impl PartHead {
    /// Reads the header; `in_digest` changes the type of a part without one (RFC 2046 § 5.1.5).
    pub(super) fn read(headers: &[Header<'_>], in_digest: bool) -> Self {
        let field = |name: HeaderName<'_>| {
            headers.iter().find(|header| header.name == name).map(|header| &header.value)
        };
        let content = field(HeaderName::ContentType).and_then(HeaderValue::as_content_type);
        let disposition =
            field(HeaderName::ContentDisposition).and_then(HeaderValue::as_content_type);
        let attribute = |name: &str| content.and_then(|content| content.attribute(name));
        let fallback = if in_digest { "message/rfc822" } else { "text/plain" };
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

    pub(super) fn kind(&self) -> Kind {
        if self.media.starts_with("multipart/") {
            Kind::Multipart
        } else if matches!(self.media.as_str(), "message/rfc822" | "message/global") {
            Kind::Message
        } else {
            Kind::Leaf
        }
    }

    /// A text part that nobody named or attached.
    pub(super) fn may_be_body(&self, bytes: &[u8]) -> bool {
        let text = matches!(self.media.as_str(), "text/plain" | "text/html" | "text/");
        let broken_multipart = self.media.starts_with("multipart/");
        let wide = self.charset.as_deref().is_some_and(|charset| {
            charset.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("utf-16"))
        });
        (text || broken_multipart)
            && self.name.is_none()
            && self.disposition == Disposition::Inline
            && (wide || memchr::memchr(0, bytes).is_none())
    }

    /// Signatures, keys and visiting cards: of no use, and nobody expects a word about them.
    pub(super) fn is_signature(&self) -> bool {
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

    /// `ATT00001.txt`: Exchange makes a file of the text that follows an attachment, usually a footer.
    pub(super) fn is_footer(&self, body: &[u8]) -> bool {
        let numbered = self.name.as_deref().and_then(|name| name.strip_prefix("ATT"));
        let numbered =
            numbered.and_then(|rest| rest.split_once('.')).is_some_and(|(digits, kind)| {
                digits.len() >= 5
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && ["txt", "htm", "html", "c"].contains(&kind.to_ascii_lowercase().as_str())
            });
        numbered
            && body.len() < ORNAMENT_BYTES
            && !pasted::is_table(&decode_body(self, &undo(&self.encoding, body).bytes))
    }

    /// A picture of a signature or letterhead: embedded, or too small to be a screenshot.
    pub(super) fn is_ornament(&self, bytes: &[u8]) -> bool {
        let picture = decode::is_image(bytes)
            || (self.media.starts_with("image/svg") && bytes.trim_ascii_start().starts_with(b"<"));
        picture && (self.embedded || bytes.len() < ORNAMENT_BYTES)
    }
}

/// Pictures below this size are logos, not screenshots (mail.md § 3).
const ORNAMENT_BYTES: usize = 10 * 1024;

/// A picture too small to be a screenshot.
pub(super) fn is_small_image(bytes: &[u8]) -> bool {
    decode::is_image(bytes) && bytes.len() < ORNAMENT_BYTES
}

/// A mail attached as a file. By content, since clients label it as anything.
pub(super) fn is_mail(head: &PartHead, bytes: &[u8]) -> bool {
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
/// Body text by its declared charset; where that fails, by what the bytes look like.
pub(super) fn decode_body(head: &PartHead, bytes: &[u8]) -> String {
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
pub(super) fn unflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line);
        if !line.ends_with(' ') || line == "-- " {
            out.push('\n');
        }
    }
    out
}
