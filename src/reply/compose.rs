//! The message itself, byte for byte the same for the same input (mail §2.2, §2.3, §2.8).

use jiff::Timestamp;
use lettre::{
    Address, Message,
    address::AddressError,
    message::{
        Mailbox, MessageBuilder, MultiPart, SinglePart,
        header::{ContentDisposition, ContentType, HeaderName, HeaderValue as Encoded},
    },
};

use super::{Attachment, HeaderValue, InboundReference, ReplyContent, reply_subject};

/// Who we are in a mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sender {
    /// Our address, `calc@…`.
    pub address: String,
    /// Where replies go: the address with the token of the conversation, if there is one.
    pub reply_to: Option<String>,
}

/// Ids of one outgoing message, made by the caller so that a redelivery gives the same ones.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageIds {
    /// The left side of `Message-ID`, also the seed of the boundaries: letters, digits, `-`, `.`.
    pub message: String,
    /// The left side of our signed id of the conversation, the last of `References`.
    pub conversation: Option<String>,
}

/// A message ready to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutboundMessage {
    /// The only recipient.
    pub to: String,
    /// The whole message, RFC 5322.
    pub bytes: Vec<u8>,
}

/// Why no message can be made. Nothing that the sender writes in the mail leads here, except an
/// address that cannot be an address.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// One of the addresses is none.
    #[error("the {whose} address is not an address")]
    Address {
        /// Whose: `author`, `sender` or `reply-to`.
        whose: &'static str,
        /// What is wrong with it.
        #[source]
        source: AddressError,
    },
    /// The id given for the message has characters that may not stand in one.
    #[error("a message id must be 1 to 120 letters, digits, '-' or '.'")]
    BadId,
    /// The message could not be put together.
    #[error("failed to assemble the message")]
    Assemble(#[from] lettre::error::Error),
}

/// Composes the reply to a message. Exactly one recipient: the author of the message answered.
#[tracing::instrument(target = "investtax::stage", name = "reply", skip_all)]
pub fn compose(
    inbound: &InboundReference,
    content: &ReplyContent,
    sender: &Sender,
    date: Timestamp,
    ids: &MessageIds,
) -> Result<OutboundMessage, ComposeError> {
    let to = address("author", &inbound.author)?;
    let from = address("sender", &sender.address)?;
    let valid = |id: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        (1..=120).contains(&id.len()) && id.chars().all(plain)
    };
    if !valid(&ids.message) || ids.conversation.as_deref().is_some_and(|id| !valid(id)) {
        return Err(ComposeError::BadId);
    }
    let domain = from.domain().to_owned();
    let mut builder = Message::builder()
        .date(date.into())
        .from(Mailbox::new(Some("InvestTax".to_owned()), from))
        .to(Mailbox::new(None, to.clone()));
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address("reply-to", reply_to)?));
    }
    builder = builder
        .subject(reply_subject(&inbound.subject).as_str())
        .message_id(Some(format!("<{}@{domain}>", ids.message)));
    builder = threading(builder, inbound, ids, &domain);
    let bytes = marks(builder).multipart(body(content, &ids.message))?.formatted();
    Ok(OutboundMessage { to: to.to_string(), bytes })
}

/// Whether a mail can be addressed so.
pub fn is_address(text: &str) -> bool {
    text.trim().parse::<Address>().is_ok()
}

fn address(whose: &'static str, text: &str) -> Result<Address, ComposeError> {
    text.trim().parse().map_err(|source| ComposeError::Address { whose, source })
}

fn threading(
    mut builder: MessageBuilder,
    inbound: &InboundReference,
    ids: &MessageIds,
    domain: &str,
) -> MessageBuilder {
    if let Some(answered) = inbound.answered_id() {
        builder = builder.raw_header(bare("In-Reply-To", &[answered]));
    }
    let own = ids.conversation.as_ref().map(|token| format!("<{token}@{domain}>"));
    let chain = inbound.chain(own.as_deref());
    if !chain.is_empty() {
        builder = builder.raw_header(bare("References", &chain));
    }
    if let Some(topic) = &inbound.thread_topic {
        let topic = HeaderValue::clean(topic);
        if !topic.is_empty() {
            let name = HeaderName::new_from_ascii_str("Thread-Topic");
            builder = builder.raw_header(Encoded::new(name, topic.as_str().to_owned()));
        }
    }
    if let Some(index) = inbound.clean_thread_index() {
        builder = builder.raw_header(bare("Thread-Index", &[index.to_owned()]));
    }
    builder
}

/// A header of checked ASCII words that must be neither encoded nor folded before the first word.
fn bare(name: &'static str, words: &[String]) -> Encoded {
    debug_assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_graphic())));
    let name = HeaderName::new_from_ascii_str(name);
    Encoded::dangerous_new_pre_encoded(name, words.join(" "), words.join("\r\n "))
}

/// The marks of an automatic answer: no other machine shall answer, and we know our own mail.
fn marks(mut builder: MessageBuilder) -> MessageBuilder {
    for (name, value) in [
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-InvestTax-Bot", "v1"),
    ] {
        builder = builder.raw_header(bare(name, &[value.to_owned()]));
    }
    builder
}

/// `multipart/mixed` of the two texts and the files; without files the two texts alone.
fn body(content: &ReplyContent, seed: &str) -> MultiPart {
    let texts = MultiPart::alternative()
        .boundary(format!("=_alternative_{seed}"))
        .singlepart(SinglePart::plain(content.text.clone()))
        .singlepart(SinglePart::html(content.html.clone()));
    if content.attachments.is_empty() {
        return texts;
    }
    let mixed = MultiPart::mixed().boundary(format!("=_mixed_{seed}")).multipart(texts);
    content.attachments.iter().fold(mixed, |mixed, file| mixed.singlepart(part(file)))
}

fn part(file: &Attachment) -> SinglePart {
    let media_type = ContentType::parse(file.kind().media_type());
    let media_type = media_type.unwrap_or(ContentType::TEXT_PLAIN);
    SinglePart::builder()
        .header(ContentDisposition::attachment(file.name()))
        .header(media_type)
        // Bytes, not text: base64 keeps the line ends of a CSV file as they are.
        .body(file.bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        lang::Lang,
        reply::{FileKind, notice_reply},
        wording::letters::Notice,
    };

    fn sender() -> Sender {
        Sender {
            address: "calc@investtax.example".to_owned(),
            reply_to: Some("calc+abc234@investtax.example".to_owned()),
        }
    }

    fn ids() -> MessageIds {
        MessageIds { message: "m-1".to_owned(), conversation: Some("c.xyz".to_owned()) }
    }

    fn content() -> ReplyContent {
        let csv = "date;type\r\n2025-01-31;kupno\n".as_bytes().to_vec();
        ReplyContent {
            attachments: vec![
                Attachment::new("PIT-38_2025_raport.pdf", FileKind::Report, vec![0, 159, 146, 150])
                    .unwrap(),
                Attachment::new("szablon.csv", FileKind::TemplateCsv, csv).unwrap(),
            ],
            ..notice_reply(&Notice::apology(Lang::Pl), Vec::new(), Lang::Pl).unwrap()
        }
    }

    fn inbound() -> InboundReference {
        InboundReference {
            author: "jan@example.org".to_owned(),
            message_id: Some("<m@example.org>".to_owned()),
            references: "<a@example.org>".to_owned(),
            subject: "Odp: Wyciąg za 2025".to_owned(),
            thread_topic: Some("Wyciąg za 2025".to_owned()),
            thread_index: Some("AdqL1jXn==".to_owned()),
            ..InboundReference::default()
        }
    }

    fn composed(inbound: &InboundReference) -> Vec<u8> {
        let date = "2026-03-02T10:15:30Z".parse().unwrap();
        compose(inbound, &content(), &sender(), date, &ids()).unwrap().bytes
    }

    #[test]
    fn the_message_reads_back_as_it_was_meant() {
        let bytes = composed(&inbound());
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("Re: Wyciąg za 2025"));
        assert_eq!(mail.message_id(), Some("m-1@investtax.example"));
        assert_eq!(mail.in_reply_to().as_text(), Some("m@example.org"));
        let references = mail.references().as_text_list().unwrap();
        assert_eq!(references, ["a@example.org", "m@example.org", "c.xyz@investtax.example"]);
        assert_eq!(mail.to().unwrap().iter().count(), 1);
        assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("jan@example.org"));
        assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("InvestTax"));
        assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-03-02T10:15:30Z");
        assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"));
        assert_eq!(mail.header_raw("X-InvestTax-Bot").map(str::trim), Some("v1"));
        assert!(mail.body_text(0).unwrap().contains("Przepraszam"));
        assert!(mail.body_html(0).unwrap().contains("lang=\"pl\""));
        let names: Vec<_> = mail.attachments().filter_map(|part| part.attachment_name()).collect();
        assert_eq!(names, ["PIT-38_2025_raport.pdf", "szablon.csv"]);
        let csv = mail.attachment(1).unwrap().contents();
        assert_eq!(csv, b"date;type\r\n2025-01-31;kupno\n");
    }

    /// mail.md § 7: 10 MB as sent, with the largest files that a reply may have and the longest page.
    #[test]
    fn outbound_bytes() {
        let files = vec![0xff; crate::reply::ATTACHMENTS_BYTES_MAX];
        let content = ReplyContent {
            text: "x\n".repeat(30_000),
            html: "<p>x</p>".repeat(7_500),
            attachments: vec![Attachment::new("a.pdf", FileKind::Report, files).unwrap()],
        };
        let date = Timestamp::UNIX_EPOCH;
        let message = compose(&inbound(), &content, &sender(), date, &ids()).unwrap();
        assert!(message.bytes.len() <= 10_000_000, "{}", message.bytes.len());
    }

    #[test]
    fn the_same_mail_gives_the_same_bytes() {
        assert_eq!(composed(&inbound()), composed(&inbound()));
    }

    #[test]
    fn the_header_is_exactly_this() {
        let bytes = composed(&inbound());
        let text = String::from_utf8(bytes).unwrap();
        let (header, _) = text.split_once("\r\n\r\n").unwrap();
        insta::assert_snapshot!(header.replace("\r\n", "\n"));
    }

    #[test]
    fn a_long_first_id_is_not_folded_away_from_its_name() {
        let mut inbound = inbound();
        inbound.references = format!("<{}@example.org>", "x".repeat(200));
        let text = String::from_utf8(composed(&inbound)).unwrap();
        assert!(text.contains("\r\nReferences: <xxx"), "{text}");
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        for author in ["", "jan", "jan@example.org>\r\nBcc: x@example.org", "a@b, c@d"] {
            let inbound = InboundReference { author: author.to_owned(), ..inbound() };
            let date = Timestamp::UNIX_EPOCH;
            let result = compose(&inbound, &content(), &sender(), date, &ids());
            assert!(matches!(result, Err(ComposeError::Address { .. })), "{author}");
        }
    }

    proptest! {
        #[test]
        fn no_text_of_the_sender_breaks_the_header(
            subject in any::<String>(),
            references in any::<String>(),
            message_id in proptest::option::of(any::<String>()),
            in_reply_to in any::<String>(),
            thread_topic in proptest::option::of(any::<String>()),
            thread_index in proptest::option::of(any::<String>()),
        ) {
            let inbound = InboundReference {
                author: "jan@example.org".to_owned(),
                message_id, in_reply_to, references, subject, thread_topic, thread_index,
            };
            let bytes = composed(&inbound);
            let mail = MessageParser::default().parse(&bytes).unwrap();
            let subject = reply_subject(&inbound.subject);
            prop_assert_eq!(mail.subject(), Some(subject.as_str()));
            let to: Vec<_> = mail.to().unwrap().iter().filter_map(|to| to.address()).collect();
            prop_assert_eq!(to, ["jan@example.org"]);
            prop_assert_eq!(mail.attachment_count(), 2);
            let text = String::from_utf8(bytes).unwrap();
            let (header, _) = text.split_once("\r\n\r\n").unwrap();
            prop_assert!(header.is_ascii() && !header.contains('\0'));
            let names = [
                "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To",
                "References", "Thread-Topic", "Thread-Index", "Auto-Submitted",
                "X-Auto-Response-Suppress", "X-InvestTax-Bot", "MIME-Version", "Content-Type",
            ];
            for line in header.split("\r\n") {
                prop_assert!(!line.contains(['\r', '\n']) && line.len() < 998);
                let known = names.iter().any(|name| line.starts_with(&format!("{name}: ")));
                prop_assert!(known || line.starts_with([' ', '\t']), "{}", line);
            }
        }
    }
}
