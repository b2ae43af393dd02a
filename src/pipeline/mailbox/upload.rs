//! Files that are too large for mail: a place for one is offered in the thread, and what is put there comes
//! back as a mail of the same author in the same conversation. From there on it is mail like any other.

use super::{Mailbox, Turn};
use crate::{
    conversation::{Conversation, Purpose, ReplyClass},
    error::Fault,
    mail::Letter,
    pipeline::reply::{Request, Said, reference},
    ports::UploadOffer,
    reply::{notice_reply, offer_reply},
    statement::Code,
    tax::Status,
    wording::upload,
};

impl Mailbox {
    /// The offer of a place, if the mail asks for one, or if it was the mail that could not bring its
    /// file; `None` if neither, or if there is no place and nobody asked for it.
    pub(super) async fn offer(
        &self,
        turn: &Turn,
        conversation: &Conversation,
        request: Option<Request>,
    ) -> Result<Option<(ReplyClass, Said)>, Fault> {
        let asked = request == Some(Request::Upload);
        if !asked && !turn.lost_its_file() {
            return Ok(None);
        }
        let name = self.key.derive("upload", &turn.step.job).text();
        let letter = self.letter(turn, conversation);
        let offer = UploadOffer {
            name: &name,
            owner: &turn.owner,
            letter: &letter,
            lang: turn.lang,
            at: turn.step.at,
        };
        // While nothing is stored, nothing is opened either: it only counts that it would be.
        let open = if turn.looking { None } else { self.uploads.offer(&offer).await? };
        let content = match open {
            Some(open) => {
                let words = upload::offer(asked, open.bytes_max, open.until, turn.lang);
                offer_reply(&words, &open.link, turn.lang)?
            }
            None if asked || self.uploads.is_open() => {
                notice_reply(&upload::not_here(turn.lang), Vec::new(), turn.lang)?
            }
            None => return Ok(None),
        };
        let class = if asked { ReplyClass::Content } else { ReplyClass::Problem };
        Ok(Some((class, Said { content, calculation: None, status: Status::Incomplete })))
    }

    /// The mail once more, to the address that names the conversation; its file follows.
    fn letter(&self, turn: &Turn, conversation: &Conversation) -> Letter {
        let token = self.key.sign_text(Purpose::Conversation, &conversation.id);
        let address = &self.settings.address;
        let to = match (address.split_once('@'), token) {
            (Some((local, domain)), Some(token)) => format!("{local}+{token}@{domain}"),
            _ => address.clone(),
        };
        let author = turn.message.author.as_ref().map_or("", |author| &author.address).to_owned();
        let reference = reference(&turn.message, author);
        Letter {
            author: reference.author,
            to,
            subject: reference.subject,
            message_id: reference.message_id,
            in_reply_to: reference.in_reply_to,
            references: reference.references,
            thread_topic: reference.thread_topic,
            thread_index: reference.thread_index,
            written: turn.step.at,
            ..Letter::default()
        }
        .saying(&turn.message.text)
    }
}

impl Turn {
    /// Whether the mail was to bring a file and could not: it is too large, or a link stands in its place,
    /// as mail programs put there what exceeds their own limit. A file beside it that can be read is
    /// answered as ever.
    fn lost_its_file(&self) -> bool {
        let too_large = || self.set.refused.iter().all(|part| part.code == Code::TooLarge);
        let linked = || self.message.missing_file() == Some(Code::LinkOnly);
        self.set.files.is_empty()
            && ((!self.set.refused.is_empty() && too_large())
                || (self.brings_nothing() && linked()))
    }
}
