//! What goes into the outbox: replies that the limits admit, in their thread, with their tokens.

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sha2::{Digest as _, Sha256};

use super::{Mailbox, Received, SIGNED_ID, Turn, notice};
use crate::{
    conversation::{
        Conversation, PastResult, Purpose, ReplyClass, SeenLetter, SentReply, Thresholds, Verdict,
        verdict,
    },
    error::{DayIsFull, DropReason, Fault},
    mail::{Commands, InboundMessage},
    pipeline::{
        FileSet,
        reply::{Said, reference},
    },
    ports::Outgoing,
    reply::{InboundReference, MessageIds, Sender, compose},
    wording::letters::Notice,
};

impl Mailbox {
    /// Queues a reply if the limits admit it, and commits the turn in any case.
    pub(super) async fn finish(
        &self,
        turn: Turn,
        conversation: Option<Conversation>,
        class: ReplyClass,
        said: Said,
    ) -> Result<Received, Fault> {
        self.commit(self.queued(turn, conversation, class, &said, None)?).await
    }

    /// As [`Mailbox::finish`], but silent if the conversation had its answers without a new file.
    pub(super) async fn finish_if_new(
        &self,
        turn: Turn,
        conversation: Conversation,
        class: ReplyClass,
        said: Said,
    ) -> Result<Received, Fault> {
        let (turn, outcome) = self.queued_if_new(turn, conversation, class, &said, None)?;
        self.commit_as(turn, outcome).await
    }

    /// The turn with its reply, or with the notice of a limit, or with neither. A result that goes out is remembered:
    /// the history tells what its reader has.
    fn queued(
        &self,
        mut turn: Turn,
        conversation: Option<Conversation>,
        class: ReplyClass,
        said: &Said,
        result: Option<PastResult>,
    ) -> Result<Turn, Fault> {
        let id = conversation.as_ref().map(|conversation| conversation.id.clone());
        turn.step.conversation = conversation;
        if self.admits(&mut turn, class, said) {
            if let Some((conversation, result)) = turn.step.conversation.as_mut().zip(result) {
                conversation.conclude(result);
            }
            turn.step.reply = Some(self.answer(&turn, said, id.as_deref())?);
        } else if turn.is_exhausted(class, said, &self.settings.thresholds) {
            let limit = notice(&Notice::limit(turn.lang), turn.lang)?;
            if self.admits(&mut turn, ReplyClass::Limit, &limit) {
                turn.step.reply = Some(self.answer(&turn, &limit, id.as_deref())?);
            }
        }
        Ok(turn)
    }

    /// The turn with its reply, if the conversation brings anything new, and how it will end unless the
    /// mail was taken before.
    pub(super) fn queued_if_new(
        &self,
        mut turn: Turn,
        conversation: Conversation,
        class: ReplyClass,
        said: &Said,
        result: Option<PastResult>,
    ) -> Result<(Turn, Received), Fault> {
        let most = self.settings.thresholds.answers_without_file;
        if conversation.answers_without_file > most {
            turn.step.conversation = Some(conversation);
            return Ok((turn, Received::Silent(DropReason::NothingNew)));
        }
        let turn = self.queued(turn, Some(conversation), class, said, result)?;
        let outcome = match turn.step.reply {
            Some(_) => Received::Answered,
            None => Received::Silent(DropReason::Limited),
        };
        Ok((turn, outcome))
    }

    /// Commits a turn of which it is known how it ends.
    pub(super) async fn commit_as(&self, turn: Turn, outcome: Received) -> Result<Received, Fault> {
        Ok(match self.commit(turn).await? {
            Received::Silent(DropReason::Limited) => outcome,
            other @ (Received::Answered | Received::Silent(_)) => other,
        })
    }

    /// Whether the reply may go out; if so, it is remembered.
    pub(super) fn admits(&self, turn: &mut Turn, class: ReplyClass, said: &Said) -> bool {
        let next = turn.next(class, said);
        let day = SignedDuration::from_hours(24);
        turn.correspondent.replies.retain(|reply| next.at.duration_since(reply.at) < day);
        let past = &turn.correspondent.replies;
        let sent = verdict(past, &next, turn.letter.asks, &self.settings.thresholds);
        if sent == Verdict::Send {
            turn.correspondent.replies.push(next);
        }
        sent == Verdict::Send
    }

    /// The reply to the mail, in its thread.
    pub(super) fn answer(
        &self,
        turn: &Turn,
        said: &Said,
        conversation: Option<&str>,
    ) -> Result<Outgoing, Fault> {
        let author = turn.message.author.as_ref().map_or("", |author| &author.address).to_owned();
        let token = if turn.challenged {
            // Brings its author's proof along, as long as it is fresh; the ids find the conversation.
            Some(self.challenge_token(&turn.owner, turn.step.at, 0))
        } else {
            conversation.and_then(|id| self.key.sign_text(Purpose::Conversation, id))
        };
        let reference = reference(&turn.message, author);
        self.message(turn, &reference, said, token.as_deref(), conversation)
    }

    pub(super) fn message(
        &self,
        turn: &Turn,
        reference: &InboundReference,
        said: &Said,
        token: Option<&str>,
        conversation: Option<&str>,
    ) -> Result<Outgoing, Fault> {
        let address = &self.settings.address;
        let tagged = |token: &str| {
            address.split_once('@').map(|(local, domain)| format!("{local}+{token}@{domain}"))
        };
        let sender = Sender { address: address.clone(), reply_to: token.and_then(tagged) };
        let signed = conversation.and_then(|id| self.key.sign_text(Purpose::Conversation, id));
        let signed = signed.map(|token| format!("{SIGNED_ID}{token}"));
        let ids = MessageIds { message: format!("reply.{}", turn.step.job), conversation: signed };
        let message = compose(reference, &said.content, &sender, turn.step.at, &ids)
            .map_err(|error| Fault::never("compose the reply", error))?;
        Ok(Outgoing {
            id: ids.message,
            to: message.to,
            conversation: conversation.map(str::to_owned),
            queued: turn.step.at,
            bytes: message.bytes,
        })
    }

    pub(super) async fn commit(&self, mut turn: Turn) -> Result<Received, Fault> {
        if turn.step.reply.is_some() && self.is_too_much(turn.step.at).await? {
            // The mail is not lost: it waits where it is until tomorrow.
            return Err(Fault::later("answer", DayIsFull));
        }
        turn.remember_letter(&self.settings.thresholds);
        if !turn.step.purge {
            turn.step.correspondent = Some(turn.correspondent);
        }
        let answered = turn.step.reply.is_some();
        let taken = turn.looking || self.store.commit(&turn.step).await?;
        Ok(match (taken, answered) {
            (false, _) => Received::Silent(DropReason::Duplicate),
            (true, true) => Received::Answered,
            (true, false) => Received::Silent(DropReason::Limited),
        })
    }

    /// Whether no more replies may go out today, to anybody.
    async fn is_too_much(&self, at: Timestamp) -> Result<bool, Fault> {
        let thresholds = &self.settings.thresholds;
        let today = at.to_zoned(TimeZone::UTC).date();
        let sent = self.store.replies_on(today).await?;
        if sent < thresholds.breaker_floor.min(thresholds.replies_per_day_global) {
            return Ok(false);
        }
        let mut earlier = Vec::new();
        let mut day = today;
        for _ in 0..thresholds.breaker_days {
            day = day.yesterday().map_err(|error| Fault::never("count replies", error))?;
            earlier.push(self.store.replies_on(day).await?);
        }
        Ok(sent >= thresholds.replies_today(&earlier))
    }
}

/// What is known of a letter beyond its turn, out of which its files are taken.
pub(super) struct Letter {
    /// What it is known by if it comes again.
    pub(super) fingerprint: String,
    /// The author asks for something, or sent a file.
    pub(super) asks: bool,
}

impl Letter {
    pub(super) fn of(message: &InboundMessage, commands: &Commands, set: &FileSet) -> Self {
        let mut hash = Sha256::new();
        hash.update(message.subject.as_bytes());
        hash.update([0]);
        hash.update(message.text.as_bytes());
        for file in &set.files {
            hash.update(file.digest);
        }
        let asks = commands.is_asking() || !set.files.is_empty();
        Self { fingerprint: short(&hash.finalize()), asks }
    }
}

impl Turn {
    fn letter(&self) -> SeenLetter {
        SeenLetter { at: self.step.at, fingerprint: self.letter.fingerprint.clone() }
    }

    pub(super) fn is_repeating(&self, thresholds: &Thresholds) -> bool {
        thresholds.is_repeating(&self.correspondent.letters, &self.letter())
    }

    fn remember_letter(&mut self, thresholds: &Thresholds) {
        let next = self.letter();
        let span = SignedDuration::from_mins(thresholds.same_letter_minutes);
        self.correspondent.letters.retain(|letter| next.at.duration_since(letter.at) < span);
        self.correspondent.letters.push(next);
    }

    fn next(&self, class: ReplyClass, said: &Said) -> SentReply {
        let fingerprint = short(&Sha256::digest(said.content.text.as_bytes()));
        SentReply { at: self.step.at, class, fingerprint }
    }

    fn is_exhausted(&self, class: ReplyClass, said: &Said, thresholds: &Thresholds) -> bool {
        let next = self.next(class, said);
        verdict(&self.correspondent.replies, &next, self.letter.asks, thresholds)
            == Verdict::Exhausted
    }
}

/// As much of a hash as one address's letters need to be told apart.
fn short(digest: &[u8]) -> String {
    HEXLOWER.encode(digest).chars().take(16).collect()
}
