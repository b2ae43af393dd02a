//! The MIME tree (RFC 2045, 2046), walked once.
//!
//! `mail-parser` reads the header fields, whose encodings are many; the tree itself is split here.
//! Its own tree recurses as deep as the sender likes (30 000 nested `message/rfc822` headers abort
//! the process), decodes every text part by the declared charset, and copies each part. This walk
//! has a bound for every depth and count, borrows until a data part is decoded, and decodes once.

use mail_parser::MessageParser;

use super::{
    Attachment, Limits, MimeFacts, RefusedPart, header_text,
    name::label,
    part::{
        Kind, PartHead, decode_body, is_card, is_mail, is_resource_fork, is_small_image, unflow,
    },
    pasted,
    split::{parse_block, split_by, split_headers, trim_start},
    tnef,
    transfer::{Undone, undo},
};
use crate::statement::Code;

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub plain: Vec<String>,
    pub html: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub refused: Vec<RefusedPart>,
    pub ignored_images: u32,
    pub facts: MimeFacts,
}

/// Where in the tree an entity stands.
#[derive(Clone, Copy, Default)]
struct Place {
    multiparts: usize,
    messages: usize,
    in_multipart: bool,
    in_digest: bool,
    /// A delimiter follows, so that nothing can have been cut off.
    ended: bool,
}

/// The walk must stop: the message is built to exhaust us. Nothing of it is used, since a part of
/// the files would give a part of the tax.
struct Stop(RefusedPart);

/// Walks the whole tree of a raw message.
pub(super) fn walk(raw: &[u8], limits: &Limits) -> Found {
    let mut walker =
        Walker { limits, parser: MessageParser::default(), parts: 0, found: Found::default() };
    if let Err(Stop(reason)) = walker.entity(raw, Place::default()) {
        walker.found.attachments.clear();
        walker.found.refused = vec![reason];
    }
    walker.found
}

struct Walker<'l> {
    limits: &'l Limits,
    parser: MessageParser,
    parts: usize,
    found: Found,
}

impl Walker<'_> {
    fn entity(&mut self, raw: &[u8], place: Place) -> Result<(), Stop> {
        self.parts += 1;
        if self.parts > self.limits.parts {
            let limit = self.limits.parts.to_string();
            return Err(Stop(RefusedPart::new("", Code::TooManyFiles, limit)));
        }
        let (block, body) = split_headers(raw);
        let block = block.get(..self.limits.header_block).unwrap_or(block);
        let block = header_text::repair(block);
        let headers = parse_block(&self.parser, &block);
        let head = PartHead::read(&headers, place.in_digest);
        match head.kind() {
            Kind::Multipart => self.multipart(&head, body, place),
            Kind::Message => {
                let undone = undo(&head.encoding, body);
                self.nested(&head, &undone.bytes, place)
            }
            Kind::Leaf => self.leaf(&head, body, place),
        }
    }

    fn multipart(&mut self, head: &PartHead, body: &[u8], place: Place) -> Result<(), Stop> {
        if head.media == "multipart/encrypted" {
            self.refuse(head, Code::OpaqueMessage, "pgp");
            return Ok(());
        }
        self.found.facts.report |= head.media == "multipart/report" && place.messages == 0;
        if place.multiparts >= self.limits.multipart_depth {
            return Err(Stop(RefusedPart::new("", Code::NestedTooDeep, "")));
        }
        let Some(split) = split_by(body, head.boundary.as_deref(), self.limits.parts) else {
            return self.leaf(head, body, place);
        };
        let last = split.parts.len() - 1;
        for (index, part) in split.parts.into_iter().enumerate() {
            let place = Place {
                multiparts: place.multiparts + 1,
                in_multipart: true,
                in_digest: head.media == "multipart/digest",
                ended: index < last || split.closed || place.ended,
                ..place
            };
            self.entity(part, place)?;
        }
        Ok(())
    }

    fn nested(&mut self, head: &PartHead, raw: &[u8], place: Place) -> Result<(), Stop> {
        if place.messages >= self.limits.message_depth {
            self.refuse(head, Code::NestedTooDeep, "");
            return Ok(());
        }
        let place =
            Place { messages: place.messages + 1, multiparts: 0, in_digest: false, ..place };
        self.entity(trim_start(raw), place)
    }

    fn leaf(&mut self, head: &PartHead, body: &[u8], place: Place) -> Result<(), Stop> {
        if self.is_fact(head, place) || head.is_signature() || head.is_footer(body) {
            return Ok(());
        }
        let undone = undo(&head.encoding, body);
        if head.may_be_body(&undone.bytes) || self.is_named_letter(head, &undone.bytes, place) {
            self.body_text(head, &undone, place);
            return Ok(());
        }
        if is_mail(head, &undone.bytes) {
            return self.nested(head, &undone.bytes, place);
        }
        self.data(head, undone, place);
        Ok(())
    }

    /// Some programs give the letter itself a name: it stands before everything else and is no table.
    fn is_named_letter(&self, head: &PartHead, bytes: &[u8], place: Place) -> bool {
        let found = &self.found;
        let is_first = found.plain.is_empty()
            && found.html.is_empty()
            && found.attachments.is_empty()
            && found.refused.is_empty();
        place.messages == 0
            && place.in_multipart
            && is_first
            && bytes.len() < self.limits.body_text
            && head.is_named_text(bytes)
            && !pasted::is_table(&decode_body(head, bytes))
    }

    /// Parts that say what kind of mail this is, and hold nothing for us.
    fn is_fact(&mut self, head: &PartHead, place: Place) -> bool {
        match head.media.as_str() {
            "message/delivery-status"
            | "message/disposition-notification"
            | "message/feedback-report"
            | "text/rfc822-headers" => {
                self.found.facts.report |= place.messages == 0;
                true
            }
            "text/calendar" | "application/ics" => {
                self.found.facts.calendar |= place.messages == 0;
                true
            }
            _ => false,
        }
    }

    /// An unnamed text part: the letter itself, or a table that a client put inline.
    fn body_text(&mut self, head: &PartHead, undone: &Undone<'_>, place: Place) {
        let html = head.media == "text/html";
        let first = place.messages == 0 && self.found.plain.is_empty();
        if !html && !first && pasted::is_table(&decode_body(head, &undone.bytes)) {
            self.attach(head, undone.bytes.to_vec());
            return;
        }
        if place.messages > 0 {
            return;
        }
        let cap = undone.bytes.get(..self.limits.body_text).unwrap_or(&undone.bytes);
        let text = decode_body(head, cap);
        if html {
            self.found.html.push(text);
        } else {
            self.found.plain.push(if head.flowed { unflow(&text) } else { text });
        }
    }

    fn data(&mut self, head: &PartHead, undone: Undone<'_>, place: Place) {
        let bytes = undone.bytes.as_ref();
        if head.media.ends_with("pkcs7-mime") {
            self.refuse(head, Code::OpaqueMessage, "s/mime");
        } else if is_card(bytes) || is_resource_fork(bytes) {
            // Nobody expects a word about these.
        } else if head.is_ornament(bytes) {
            self.found.ignored_images += 1;
        } else if undone.damaged || (place.in_multipart && !place.ended) {
            self.refuse(head, Code::Truncated, "");
        } else if tnef::is_tnef(bytes) {
            self.tnef(head, bytes);
        } else if !bytes.is_empty() || head.name.is_some() {
            self.attach(head, undone.bytes.into_owned());
        }
    }

    /// `winmail.dat`: its attachments stand for it.
    fn tnef(&mut self, head: &PartHead, bytes: &[u8]) {
        let inner = tnef::read(bytes, self.limits.tnef_attachments);
        if inner.too_many {
            self.refuse(head, Code::TooManyFiles, self.limits.tnef_attachments.to_string());
        }
        if inner.cut {
            self.refuse(head, Code::Truncated, "winmail.dat");
        }
        for file in inner.files {
            if is_small_image(&file.bytes) {
                self.found.ignored_images += 1;
                continue;
            }
            let name = label(&file.name).unwrap_or_else(|| self.next_name());
            let media = String::new();
            self.found.attachments.push(Attachment { name, media, bytes: file.bytes });
        }
    }

    fn attach(&mut self, head: &PartHead, bytes: Vec<u8>) {
        let name = head.name.clone().unwrap_or_else(|| self.next_name());
        self.found.attachments.push(Attachment { name, media: head.media.clone(), bytes });
    }

    fn refuse(&mut self, head: &PartHead, code: Code, detail: impl Into<String>) {
        let name = head.name.clone().unwrap_or_else(|| self.next_name());
        self.found.refused.push(RefusedPart::new(name, code, detail));
    }

    fn next_name(&self) -> String {
        format!("zalacznik-{}", self.found.attachments.len() + self.found.refused.len() + 1)
    }
}
