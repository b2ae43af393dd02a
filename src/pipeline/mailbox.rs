//! A mailbox that remembers: mail in, at most one reply into the outbox, then out.
//!
//! A mail is handled in one atomic step of the store, which holds the reply as well. Whatever is
//! killed at any point, the mail can be delivered again: either nothing was taken and everything
//! happens anew, or it was taken and only the outbox has to be emptied.

mod answer;
mod aside;
mod converse;
mod deletion;
mod proof;
mod union;
mod upload;
mod work;

use std::sync::Arc;

use answer::Letter;
use jiff::SignedDuration;
use work::Taken;
pub use work::{Finished, Handled};
pub(super) use work::{Work, WorkRecord};

use super::{
    FileSet, Keeper, NothingKept, Services,
    reply::{Said, commands_of, files_of, job_id, silent_by_rule},
};
use crate::{
    conversation::{Conversation, Correspondent, Purpose, Thresholds, TokenKey},
    error::{DropReason, Fault, Retry},
    gather::Progress,
    lang::Lang,
    mail::{
        Authenticity, Command, Commands, InboundMessage, Limits, OwnAddresses, Trust, parse,
        tell_language,
    },
    ports::{ConversationStore, Horizon, Mailer, Step, Unsent, Uploads},
    reply::{is_address, notice_reply},
    tax::{Options, Status},
    wording::letters::Notice,
};

/// What the operator of a mailbox decides.
#[derive(Clone, Debug)]
pub struct MailboxSettings {
    /// The address at which mail is taken and from which it is answered.
    pub address: String,
    /// What else is ours: further addresses, ids and names that our way out and our mail exchanger use.
    pub own: OwnAddresses,
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
    /// Where files go that are too large for mail.
    pub uploads: Arc<dyn Uploads>,
    /// The secret of its tokens.
    pub key: TokenKey,
    /// The operator's decisions.
    pub settings: MailboxSettings,
}

impl Received {
    /// The stable code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Silent(reason) => reason.code(),
        }
    }
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
    /// The language that the mail itself shows; if none, that of its conversation holds.
    told: Option<Lang>,
    correspondent: Correspondent,
    step: Step,
    letter: Letter,
    /// The author counts as proven only because the mail brought a token back.
    challenged: bool,
    /// An answer to us that asks for nothing.
    thanks: bool,
    /// Nothing is stored: it is only found out what would become of the mail.
    looking: bool,
}

impl Turn {
    /// Takes over the language of a conversation as far as the mail says nothing else.
    fn speak_as(&mut self, known: &Conversation) {
        let asked = self.commands.language().or(known.lang);
        self.lang = asked.or(self.told).or(known.spoken).unwrap_or(self.lang);
    }

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
        authenticity: impl Into<Authenticity>,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Received, Fault> {
        Ok(self.handle(raw, authenticity, &NothingKept, progress).await?.received)
    }

    /// As [`Mailbox::receive`], with what the reply was made from, which is kept before the mail is taken.
    ///
    /// # Errors
    ///
    /// As [`Mailbox::receive`], or if it could not be kept.
    pub async fn handle(
        &self,
        raw: &[u8],
        authenticity: impl Into<Authenticity>,
        keeper: &dyn Keeper,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Handled, Fault> {
        let turn = match self.open(raw).await? {
            Ok(turn) => turn,
            Err(reason) => return Ok(Handled::silent(reason)),
        };
        match Box::pin(self.accept(turn, raw, authenticity.into(), progress)).await? {
            Taken::Done(received) => Ok(Handled { received, finished: None, erased: false }),
            Taken::Erased(received) => Ok(Handled { received, finished: None, erased: true }),
            Taken::Work(work) => Box::pin(self.carry_out(*work, keeper, progress)).await,
        }
    }

    /// Finds the work that a mail is, without storing anything; `None` if [`Mailbox::receive`] ends it
    /// without large work, in one way or another.
    pub(super) async fn look(
        &self,
        raw: &[u8],
        authenticity: Authenticity,
    ) -> Result<Option<Work>, Fault> {
        let Ok(mut turn) = self.open(raw).await? else { return Ok(None) };
        turn.looking = true;
        match Box::pin(self.accept(turn, raw, authenticity, &|_| {})).await? {
            Taken::Done(_) | Taken::Erased(_) => Ok(None),
            Taken::Work(work) => Ok(Some(*work)),
        }
    }

    /// Answers what needs no calculation; what needs one comes back as work.
    async fn accept(
        &self,
        turn: Turn,
        raw: &[u8],
        authenticity: Authenticity,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Taken, Fault> {
        if let Some(reason) = self.unwelcome(&turn, authenticity).await? {
            return Ok(Taken::Done(Received::Silent(reason)));
        }
        if self.proves_mailbox(&turn) {
            // Boxed: what was held is carried out within it, and few mails come this way.
            return Box::pin(self.proved(turn, authenticity.trust, progress)).await;
        }
        if authenticity.trust == Trust::Unproven && turn.thanks {
            return Ok(Taken::Done(Received::Silent(DropReason::NothingToDo)));
        }
        if authenticity.trust == Trust::Unproven {
            return self.challenge(turn, raw).await.map(Taken::Done);
        }
        self.take(turn).await
    }

    /// Reads a mail and looks up its author, unless a rule says that nobody is to be answered.
    async fn open(&self, raw: &[u8]) -> Result<Result<Turn, DropReason>, Fault> {
        let Ok(mut message) = parse(raw, &self.settings.limits) else {
            return Ok(Err(DropReason::NoAuthor));
        };
        let commands = commands_of(&message);
        let mut own = self.settings.own.clone();
        own.addresses.push(self.settings.address.clone());
        let thanks = match silent_by_rule(&message, &own, &commands) {
            // It may hold a code, or prove the mailbox by coming to a token.
            Some(DropReason::NothingToDo) => true,
            Some(reason) => return Ok(Err(reason)),
            None => false,
        };
        let Some(author) = message.author.clone().filter(|author| is_address(&author.address))
        else {
            return Ok(Err(DropReason::NoAuthor));
        };
        let most = self.settings.thresholds.recipients;
        if message.recipients().count() > most && !message.to.iter().any(|to| own.contains(to)) {
            return Ok(Err(DropReason::Crowd));
        }
        let set = files_of(&mut message, &self.settings.limits);
        let job = self.key.derive("job", &job_id(&message, &set)).text();
        if self.store.is_done(&job).await? {
            return Ok(Err(DropReason::Duplicate));
        }
        let owner = author.key();
        let told = commands
            .language()
            .or(self.settings.lang)
            .or_else(|| tell_language(&message.subject, &message.text, &author.address));
        let lang = told.unwrap_or_default();
        let correspondent = self.store.correspondent(&owner).await?;
        let at = self.services.clock.now();
        if correspondent.is_undeliverable(at) {
            return Ok(Err(DropReason::Undeliverable));
        }
        let letter = Letter::of(&message, &commands, &set);
        let step = Step { job, at, owner: owner.clone(), ..Step::default() };
        Ok(Ok(Turn {
            message,
            commands,
            set,
            owner,
            lang,
            told,
            correspondent,
            step,
            letter,
            challenged: false,
            thanks,
            looking: false,
        }))
    }

    /// Sends what waits; what fails stays for the next time, for three days.
    ///
    /// # Errors
    ///
    /// The first fault; the other messages were tried nevertheless.
    pub async fn send(&self) -> Result<(), Fault> {
        let hours = self.settings.thresholds.outbox_hours;
        let given_up = self.services.clock.now() - SignedDuration::from_hours(hours);
        let mut failed = None;
        for waiting in self.store.outbox().await? {
            match self.send_one(&waiting.id).await {
                Ok(()) => {}
                Err(fault) if waiting.queued < given_up || fault.retry() == Retry::Never => {
                    let cause = fault.chain();
                    tracing::error!(code = "reply-given-up", cause, "a reply was given up");
                    self.store.close(&waiting.id, None).await?;
                }
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
        let hours = |hours: i64| self.services.clock.now() - SignedDuration::from_hours(hours);
        let before = |days: i64| hours(24 * days);
        let horizon = Horizon {
            jobs: before(thresholds.dedupe_days),
            held: hours(thresholds.held_hours),
            files: before(thresholds.file_days),
            conversations: before(thresholds.conversation_days),
        };
        self.store.forget(&horizon).await
    }

    /// Handles a mail of a proven author.
    async fn take(&self, mut turn: Turn) -> Result<Taken, Fault> {
        let silent = |reason| Ok(Taken::Done(Received::Silent(reason)));
        if turn.commands.has(&Command::Help) {
            turn.correspondent.stopped = false;
        }
        if turn.correspondent.stopped {
            return silent(DropReason::Stopped);
        }
        if turn.is_repeating(&self.settings.thresholds) {
            return silent(DropReason::Repeating);
        }
        // Whatever is attached: who says so is neither answered nor read any more.
        if turn.commands.has(&Command::Stop) {
            turn.correspondent.stopped = true;
            self.commit(turn).await?;
            return silent(DropReason::Stopped);
        }
        let nothing = turn.brings_nothing();
        let known = self.conversation_of(&turn).await?;
        if let Some(known) = &known {
            turn.speak_as(known);
        }
        if nothing && turn.confirms_deletion() {
            return self.delete(turn).await.map(Taken::Erased);
        }
        if nothing && !turn.commands.is_asking() && turn.mistakes_code() {
            return self.refuse_code(turn).await.map(Taken::Done);
        }
        if nothing && (known.is_some() || turn.thanks) && !turn.commands.is_asking() {
            return silent(DropReason::NothingToDo);
        }
        if turn.commands.has(&Command::Delete) {
            return self.ask_for_code(turn, known).await.map(Taken::Done);
        }
        let conversation = known.unwrap_or_else(|| Conversation {
            id: self.key.derive("conversation", &turn.step.job).text(),
            owner: turn.owner.clone(),
            ..Conversation::default()
        });
        self.converse(turn, conversation).await
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
}

/// So long a message belongs to the worker that is sending it; after a crash another takes over.
const SENDING_TAKES_AT_MOST: SignedDuration = SignedDuration::from_mins(15);

/// What stands before the token in our id of a conversation.
const SIGNED_ID: &str = "c.";

fn notice(notice: &Notice, lang: Lang) -> Result<Said, Fault> {
    let content = notice_reply(notice, Vec::new(), lang)?;
    Ok(Said { content, calculation: None, status: Status::Complete })
}

#[cfg(test)]
mod tests;
