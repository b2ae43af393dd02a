//! Deleting everything of a sender: asked for in words, confirmed by a code, done at once.

use jiff::SignedDuration;

use super::{Mailbox, Received, Turn, notice};
use crate::{
    conversation::{Conversation, PendingDeletion, ReplyClass},
    error::Fault,
    mail::says,
    reply::base_subject,
    wording::{correspondence::files_left, letters::Notice},
};

/// Characters of a deletion's code: 40 bits, for one day and one address.
const CODE_CHARS: usize = 8;

impl Mailbox {
    /// Deletes everything of the author, who wrote the code.
    pub(super) async fn delete(&self, mut turn: Turn) -> Result<Received, Fault> {
        let said = notice(&Notice::deleted(turn.lang), turn.lang)?;
        turn.step.purge = true;
        turn.step.reply = Some(self.answer(&turn, &said, None)?);
        self.commit(turn).await
    }

    /// Sends the code that confirms a deletion, if there is anything to delete.
    pub(super) async fn ask_for_code(
        &self,
        mut turn: Turn,
        known: Option<Conversation>,
    ) -> Result<Received, Fault> {
        let latest = self.store.conversations(&turn.owner).await?.into_iter().next();
        let mut conversation = known.or(latest);
        if conversation.is_none() && !self.store.keeps_anything(&turn.owner).await? {
            let said = notice(&Notice::nothing_stored(turn.lang), turn.lang)?;
            return self.finish(turn, None, ReplyClass::Content, said).await;
        }
        if let Some(conversation) = &mut conversation {
            conversation.spoken = turn.told.or(conversation.spoken);
        }
        let code: String =
            self.key.derive("deletion", &turn.step.job).text().chars().take(CODE_CHARS).collect();
        let mut words = Notice::confirm_deletion(&code, turn.lang);
        if !turn.brings_nothing() {
            words.paragraphs.push(files_left(turn.lang).to_owned());
        }
        let said = notice(&words, turn.lang)?;
        let hours = self.settings.thresholds.deletion_hours;
        let until = turn.step.at + SignedDuration::from_hours(hours);
        turn.correspondent.deletion = Some(PendingDeletion { code, until });
        self.finish(turn, conversation, ReplyClass::Deletion, said).await
    }
}

impl Mailbox {
    /// Tells an author that the code is another one.
    pub(super) async fn refuse_code(&self, turn: Turn) -> Result<Received, Fault> {
        let said = notice(&Notice::wrong_code(turn.lang), turn.lang)?;
        self.finish(turn, None, ReplyClass::Problem, said).await
    }
}

impl Turn {
    /// Whether the mail brings something that was meant as that code.
    pub(super) fn mistakes_code(&self) -> bool {
        self.correspondent.deletion.as_ref().is_some_and(|pending| {
            says(&self.message.text, |line| pending.is_mistaken_by(line, self.step.at))
        })
    }

    /// Whether the mail brings the code of the deletion that its author asked for.
    pub(super) fn confirms_deletion(&self) -> bool {
        let subject = base_subject(&self.message.subject);
        self.correspondent.deletion.as_ref().is_some_and(|pending| {
            let is_code = |line: &str| pending.is_confirmed_by(line, self.step.at);
            is_code(subject.as_str()) || says(&self.message.text, is_code)
        })
    }
}
