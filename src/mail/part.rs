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
            encoding: encoding(headers),
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
            && (wide || is_plain(bytes))
    }

    /// A text that has a name but may be the letter all the same.
    pub(super) fn is_named_text(&self, bytes: &[u8]) -> bool {
        let named = self.name.as_deref().and_then(|name| name.rsplit_once('.'));
        self.media == "text/plain"
            && self.disposition == Disposition::Inline
            && named.is_some_and(|(_, kind)| kind.eq_ignore_ascii_case("txt"))
            && is_plain(bytes)
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

/// The transfer encoding. Of several fields the one that encodes anything: as it is, is the default.
fn encoding(headers: &[Header<'_>]) -> String {
    let fields = headers.iter().filter(|header| header.name == HeaderName::ContentTransferEncoding);
    let mut names = fields.filter_map(|field| field.value.as_text()).map(mechanism);
    names.find(|name| matches!(name.as_str(), "base64" | "quoted-printable")).unwrap_or_default()
}

/// The name of a mechanism without quotation marks, a comment or a parameter.
fn mechanism(value: &str) -> String {
    let value = value.trim();
    let value = match value.strip_prefix('(').and_then(|comment| comment.split_once(')')) {
        Some((_, rest)) => rest,
        None => value,
    };
    let name = value.split(['(', ';']).next().unwrap_or_default();
    name.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').to_ascii_lowercase()
}

/// No binary data: without NUL, or with a few of them and no other byte that is no text.
fn is_plain(bytes: &[u8]) -> bool {
    let nuls = memchr::memchr_iter(0, bytes).count();
    let is_text = |byte: &u8| matches!(byte, 0 | b'\t'..=b'\r' | b' '..);
    nuls == 0 || (nuls <= 1 + bytes.len() / 20 && bytes.iter().all(is_text))
}

/// A visiting card or an invitation by whatever type.
pub(super) fn is_card(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    [&b"BEGIN:VCARD"[..], b"BEGIN:VCALENDAR"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)))
}

/// What a Mac knows of a file apart from its content, as a part of its own (`AppleDouble`, RFC 1740). The
/// single file of `AppleSingle`, which has the content in it, is another thing.
pub(super) fn is_resource_fork(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 5, 0x16, 7])
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
    let mut text = match declared {
        Some(declared) => declared.decode(bytes).0.into_owned(),
        None => decode::guess_text(bytes),
    };
    text.retain(|c| c != '\0');
    text
}

/// Joins the soft-wrapped lines of `format=flowed` (RFC 3676). A paragraph ends where a signature begins
/// and where a quote begins or ends (§ 4.3, § 4.5).
pub(super) fn unflow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        let is_quoted = |line: &str| line.starts_with('>');
        let ends = lines.peek().is_none_or(|next| *next == "-- " || is_quoted(next));
        if ends || is_quoted(line) || !line.ends_with(' ') || line == "-- " {
            out.push('\n');
        }
    }
    out
}
