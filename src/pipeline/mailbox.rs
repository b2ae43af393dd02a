//! A mailbox that remembers: mail in, at most one reply into the outbox, then out.
//!
//! A mail is handled in one atomic step of the store, which holds the reply as well. Whatever is
//! killed at any point, the mail can be delivered again: either nothing was taken and everything
//! happens anew, or it was taken and only the outbox has to be emptied.

mod answer;
mod union;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    FileSet, Services,
    reply::{Request, Said, commands_of, files_of, job_id, request, respond, silent_by_rule},
};
use crate::{
    conversation::{
        Conversation, Correspondent, PendingDeletion, Purpose, ReplyClass, Thresholds, TokenId,
        TokenKey,
    },
    error::{DropReason, Fault},
    gather::Progress,
    lang::Lang,
    mail::{Command, Commands, DataFile, InboundMessage, Limits, guess_language, parse, says},
    ports::{ConversationStore, Horizon, Mailer, Step, Unsent},
    reply::{InboundReference, base_subject, is_address, notice_reply},
    tax::{Options, Status},
    wording::{correspondence, letters::Notice},
};

/// How far the author of a mail is proven (mail.md § 2.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trust {
    /// DMARC, aligned DKIM or SPF, or a way in that the operator vouches for.
    Verified,
    /// Nothing speaks for or against: answered with a challenge only.
    Unproven,
}

/// What the operator of a mailbox decides.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// The address at which mail is taken and from which it is answered.
    pub address: String,
    /// The language; `None`: that of each mail.
    pub lang: Option<Lang>,
    /// Choices that hold unless a sender says otherwise.
    pub options: Options,
    /// The limits of what is read.
    pub limits: Limits,
    /// The limits of what is answered.
    pub thresholds: Thresholds,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Received {
    /// A reply is in the outbox.
    Answered,
    /// There is no reply.
    Silent(DropReason),
}

/// The mailbox.
pub struct Mailbox {
    /// Rates and the clock.
    pub services: Services,
    /// What is remembered.
    pub store: Arc<dyn ConversationStore>,
    /// The way out.
    pub mailer: Arc<dyn Mailer>,
    /// The secret of its tokens.
    pub key: TokenKey,
    /// The operator's decisions.
    pub settings: MailboxSettings,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailbox").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// One mail on its way.
struct Turn {
    message: InboundMessage,
    commands: Commands,
    set: FileSet,
    owner: String,
    lang: Lang,
    correspondent: Correspondent,
    step: Step,
}

impl Turn {
    fn brings_nothing(&self) -> bool {
        self.set.files.is_empty() && self.set.refused.is_empty()
    }
}

impl Mailbox {
    /// Takes a mail. When this returns without a fault, the mail need not be kept any more.
    ///
    /// # Errors
    ///
    /// If the store or the rates fail; the mail was not taken and must be delivered again.
    pub async fn receive(
        &self,
        raw: &[u8],
        trust: Trust,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Received, Fault> {
        let Ok(mut message) = parse(raw, &self.settings.limits) else {
            return Ok(Received::Silent(DropReason::NoAuthor));
        };
        let commands = commands_of(&message);
        if let Some(reason) = silent_by_rule(&message, &self.settings.address, &commands) {
            return Ok(Received::Silent(reason));
        }
        let Some(author) = message.author.clone().filter(|author| is_address(&author.address))
        else {
            return Ok(Received::Silent(DropReason::NoAuthor));
        };
        let set = files_of(&mut message, &self.settings.limits);
        let job = self.key.derive("job", &job_id(&message, &set)).text();
        if self.store.is_done(&job).await? {
            return Ok(Received::Silent(DropReason::Duplicate));
        }
        let owner = author.key();
        let lang = commands
            .language()
            .or(self.settings.lang)
            .unwrap_or_else(|| guess_language(&message.subject, &message.text, &author.address));
        let correspondent = self.store.correspondent(&owner).await?;
        let at = self.services.clock.now();
        if correspondent.is_undeliverable(at) {
            return Ok(Received::Silent(DropReason::Undeliverable));
        }
        let step = Step { job, at, owner: owner.clone(), ..Step::default() };
        let turn = Turn { message, commands, set, owner, lang, correspondent, step };
        if trust == Trust::Unproven && !self.proves_mailbox(&turn) {
            return self.challenge(turn).await;
        }
        self.take(turn, progress).await
    }

    /// Sends what waits; what fails stays for the next time, for three days.
    ///
    /// # Errors
    ///
    /// The first fault; the other messages were tried nevertheless.
    pub async fn send(&self) -> Result<(), Fault> {
        let given_up = self.services.clock.now() - SignedDuration::from_hours(72);
        let mut failed = None;
        for waiting in self.store.outbox().await? {
            match self.send_one(&waiting.id).await {
                Ok(()) => {}
                Err(_) if waiting.queued < given_up => self.store.close(&waiting.id, None).await?,
                Err(fault) => failed = failed.or(Some(fault)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Sends one message if it waits and nobody else is sending it.
    ///
    /// # Errors
    ///
    /// If it was not sent. It can be tried again at once, unless it may have left all the same: then
    /// it is sent once more after a quarter of an hour (mail.md § 2.8).
    pub async fn send_one(&self, id: &str) -> Result<(), Fault> {
        let now = self.services.clock.now();
        let Some(message) = self.store.lease(id, now, now + SENDING_TAKES_AT_MOST).await? else {
            return Ok(());
        };
        match self.mailer.send(&message).await {
            Ok(sent_as) => self.store.close(id, Some(&sent_as)).await,
            Err(Unsent { fault, doubtful: true }) => Err(fault),
            Err(Unsent { fault, doubtful: false }) => {
                self.store.release(id).await?;
                Err(fault)
            }
        }
    }

    /// Forgets what is past its time.
    pub async fn forget(&self) -> Result<(), Fault> {
        let thresholds = &self.settings.thresholds;
        let before = |days: i64| self.services.clock.now() - SignedDuration::from_hours(24 * days);
        let horizon = Horizon {
            jobs: before(thresholds.dedupe_days),
            files: before(thresholds.file_days),
            conversations: before(thresholds.conversation_days),
        };
        self.store.forget(&horizon).await
    }

    /// Whether the mail came to the address of a challenge that only its owner was sent, lately.
    fn proves_mailbox(&self, turn: &Turn) -> bool {
        let valid = [0, 24].map(|hours| {
            self.key.sign(Purpose::Challenge, self.challenge_id(&turn.owner, turn.step.at, hours))
        });
        self.tags(&turn.message)
            .any(|tag| valid.iter().any(|token| token.eq_ignore_ascii_case(tag)))
    }

    fn challenge_id(&self, owner: &str, at: Timestamp, hours: i64) -> TokenId {
        let day = (at - SignedDuration::from_hours(hours)).to_zoned(TimeZone::UTC).date();
        self.key.derive("challenge", &format!("{day} {owner}"))
    }

    /// What stands behind the plus in addresses of ours.
    fn tags<'m>(&'m self, message: &'m InboundMessage) -> impl Iterator<Item = &'m str> {
        let (local, domain) = self.settings.address.split_once('@').unwrap_or_default();
        message.recipients().filter_map(move |recipient| {
            let (found, of) = recipient.split_once('@')?;
            let (name, tag) = found.split_once('+')?;
            (name.eq_ignore_ascii_case(local) && of.eq_ignore_ascii_case(domain)).then_some(tag)
        })
    }

    /// Asks an address to prove itself, once a day, without a word of the mail.
    async fn challenge(&self, mut turn: Turn) -> Result<Received, Fault> {
        let content = notice_reply(&correspondence::challenge(), Vec::new(), turn.lang)?;
        let id = self.challenge_id(&turn.owner, turn.step.at, 0);
        let token = self.key.sign(Purpose::Challenge, id);
        let nothing_of_the_mail =
            InboundReference { author: turn.owner.clone(), ..InboundReference::default() };
        let said = Said { content, calculation: None, status: Status::Complete };
        let reply = self.message(&turn, &nothing_of_the_mail, &said, Some(&token), None)?;
        if !self.admits(&mut turn, ReplyClass::Challenge, &said) {
            return Ok(Received::Silent(DropReason::Unproven));
        }
        turn.step.reply = Some(reply);
        self.commit(turn).await
    }

    /// Handles a mail of a proven author.
    async fn take(
        &self,
        mut turn: Turn,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Received, Fault> {
        if turn.commands.has(&Command::Help) {
            turn.correspondent.stopped = false;
        }
        if turn.correspondent.stopped {
            return Ok(Received::Silent(DropReason::Stopped));
        }
        let nothing = turn.brings_nothing();
        if nothing && turn.commands.has(&Command::Stop) {
            turn.correspondent.stopped = true;
            self.commit(turn).await?;
            return Ok(Received::Silent(DropReason::Stopped));
        }
        if nothing && turn.confirms_deletion() {
            return self.delete(turn).await;
        }
        let known = self.conversation_of(&turn).await?;
        if nothing && known.is_some() && !turn.commands.is_asking() {
            return Ok(Received::Silent(DropReason::NothingToDo));
        }
        if nothing && turn.commands.has(&Command::Delete) {
            return self.ask_for_code(turn, known).await;
        }
        let conversation = known.unwrap_or_else(|| Conversation {
            id: self.key.derive("conversation", &turn.step.job).text(),
            owner: turn.owner.clone(),
            ..Conversation::default()
        });
        self.converse(turn, conversation, progress).await
    }

    /// By our id in the thread, the signed id, or the token in the address; only the owner's own.
    async fn conversation_of(&self, turn: &Turn) -> Result<Option<Conversation>, Fault> {
        let message = &turn.message;
        let ids = message.in_reply_to.iter().chain(message.references.iter().rev());
        let locals = ids.filter_map(|id| id.split_once('@')).map(|(local, _)| local);
        for name in locals.chain(self.tags(message)) {
            let token = name.strip_prefix(SIGNED_ID).unwrap_or(name);
            let found = match self.key.verify(Purpose::Conversation, token) {
                Some(id) => self.store.conversation(&id.text()).await?,
                None => self.store.conversation_of(name).await?,
            };
            if let Some(found) = found.filter(|found| found.owner == turn.owner) {
                return Ok(Some(found));
            }
        }
        // A command in a mail of its own means the latest conversation.
        let alone = turn.brings_nothing() && turn.commands.is_asking();
        let latest = if alone { self.store.conversations(&turn.owner).await? } else { Vec::new() };
        Ok(latest.into_iter().next())
    }

    async fn delete(&self, mut turn: Turn) -> Result<Received, Fault> {
        let said = notice(&Notice::deleted(turn.lang), turn.lang)?;
        turn.step.purge = true;
        turn.step.reply = Some(self.answer(&turn, &said, None)?);
        self.commit(turn).await
    }

    async fn ask_for_code(
        &self,
        mut turn: Turn,
        known: Option<Conversation>,
    ) -> Result<Received, Fault> {
        let latest = self.store.conversations(&turn.owner).await?.into_iter().next();
        let Some(conversation) = known.or(latest) else {
            let said = notice(&Notice::nothing_stored(turn.lang), turn.lang)?;
            return self.finish(turn, None, ReplyClass::Content, said).await;
        };
        let code: String =
            self.key.derive("deletion", &turn.step.job).text().chars().take(CODE_CHARS).collect();
        let said = notice(&Notice::confirm_deletion(&code, turn.lang), turn.lang)?;
        let hours = self.settings.thresholds.deletion_hours;
        let until = turn.step.at + SignedDuration::from_hours(hours);
        turn.correspondent.deletion = Some(PendingDeletion { code, until });
        self.finish(turn, Some(conversation), ReplyClass::Deletion, said).await
    }

    /// Goes on with a conversation: its files and choices with those of the mail.
    async fn converse(
        &self,
        mut turn: Turn,
        mut conversation: Conversation,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Received, Fault> {
        conversation.updated = turn.step.at;
        conversation.lang = turn.commands.language().or(conversation.lang);
        turn.lang = conversation.lang.unwrap_or(turn.lang);
        conversation.choose(&turn.commands.choices());
        let is_known =
            |file: &DataFile| conversation.files.iter().any(|old| old.sha256 == file.sha256);
        let news = turn.set.files.iter().any(|file| !is_known(file));
        if news || turn.commands.is_asking() {
            conversation.answers_without_file = 0;
        } else {
            conversation.answers_without_file += 1;
        }
        let missing = turn.message.missing_file();
        let (class, said) = match request(&turn.commands, &turn.set, missing) {
            Some(request) => self.reply_to(request, &conversation, turn.lang)?,
            None => self.calculate(&mut turn, &mut conversation, progress).await?,
        };
        if conversation.answers_without_file > self.settings.thresholds.answers_without_file {
            turn.step.conversation = Some(conversation);
            self.commit(turn).await?;
            return Ok(Received::Silent(DropReason::NothingNew));
        }
        self.finish(turn, Some(conversation), class, said).await
    }

    fn reply_to(
        &self,
        request: Request,
        conversation: &Conversation,
        lang: Lang,
    ) -> Result<(ReplyClass, Said), Fault> {
        let today = self.services.clock.today();
        let words = match request {
            Request::Help | Request::NoFile => {
                return Ok((ReplyClass::Help, respond(request, today, lang)?));
            }
            Request::Template => {
                return Ok((ReplyClass::Content, respond(request, today, lang)?));
            }
            Request::History => {
                let results = conversation.results.iter();
                let results: Vec<_> =
                    results.map(|result| (result.at, result.headline.clone())).collect();
                correspondence::history(&results, lang)
            }
            Request::Status | Request::Delete => {
                let files: Vec<String> =
                    conversation.current_files().map(|file| file.name.clone()).collect();
                let days = self.settings.thresholds.conversation_days;
                let until = conversation.updated + SignedDuration::from_hours(24 * days);
                correspondence::status(&files, &conversation.choices, until, lang)
            }
        };
        Ok((ReplyClass::Content, notice(&words, lang)?))
    }
}

/// So long a message belongs to the worker that is sending it; after a crash another takes over.
const SENDING_TAKES_AT_MOST: SignedDuration = SignedDuration::from_mins(15);

/// What stands before the token in our id of a conversation.
const SIGNED_ID: &str = "c.";

/// Characters of a deletion's code: 40 bits, for one day and one address.
const CODE_CHARS: usize = 8;

impl Turn {
    /// Whether the mail brings the code of the deletion that its author asked for.
    fn confirms_deletion(&self) -> bool {
        let subject = base_subject(&self.message.subject);
        self.correspondent.deletion.as_ref().is_some_and(|pending| {
            let is_code = |line: &str| pending.is_confirmed_by(line, self.step.at);
            is_code(subject.as_str()) || says(&self.message.text, is_code)
        })
    }
}

fn notice(notice: &Notice, lang: Lang) -> Result<Said, Fault> {
    let content = notice_reply(notice, Vec::new(), lang)?;
    Ok(Said { content, calculation: None, status: Status::Complete })
}

#[cfg(test)]
mod tests;
