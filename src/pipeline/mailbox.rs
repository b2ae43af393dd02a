//! A mailbox that remembers: mail in, at most one reply into the outbox, then out.
//!
//! A mail is handled in one atomic step of the store, which holds the reply as well. Whatever is
//! killed at any point, the mail can be delivered again: either nothing was taken and everything
//! happens anew, or it was taken and only the outbox has to be emptied.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sha2::{Digest as _, Sha256};

use super::{
    FileSet, Services, calculate,
    read::{finish, read_inputs},
    reply::{
        Request, Said, commands_of, files_of, job_id, or_missing, reference, report, request,
        respond, silent_by_rule,
    },
};
use crate::{
    conversation::{
        Conversation, Correspondent, KnownFile, PastResult, PendingDeletion, Purpose, ReplyClass,
        SentReply, Thresholds, TokenId, TokenKey, Verdict, replacements, verdict,
    },
    error::{DropReason, Fault},
    gather::Progress,
    lang::Lang,
    ledger::Input,
    mail::{
        Command, Commands, DataFile, InboundMessage, Limits, RefusedPart, guess_language, parse,
        says,
    },
    ports::{ConversationStore, Horizon, Mailer, Outgoing, Step},
    reply::{InboundReference, MessageIds, Sender, base_subject, compose, notice_reply},
    statement::{Code, Diagnostic},
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
        let Some(author) = message.author.clone() else {
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
        for message in self.store.outbox().await? {
            match self.mailer.send(&message).await {
                Ok(sent_as) => self.store.close(&message.id, Some(&sent_as)).await?,
                Err(_) if message.queued < given_up => self.store.close(&message.id, None).await?,
                Err(fault) => failed = failed.or(Some(fault)),
            }
        }
        failed.map_or(Ok(()), Err)
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

    /// Calculates the union of all files that count.
    async fn calculate(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<(ReplyClass, Said), Fault> {
        let (set, older, mut findings) = self.union(turn, conversation).await?;
        let mut inputs =
            read_inputs(or_missing(set, turn.message.missing_file()), &self.settings.limits);
        let replaced = replacements(&inputs, older);
        for (at, by) in replaced.iter().enumerate() {
            if let (Some(file), Some(by)) = (conversation.files.get_mut(at), by)
                && let Some(newer) = inputs.get(*by)
            {
                file.replaced_by = Some(newer.name.clone());
                findings.push(
                    Diagnostic::new(Code::FileReplaced).found("", &file.name).detail(&newer.name),
                );
            }
        }
        keep_readable(turn, conversation, &inputs, older);
        let mut gone = replaced.iter().map(Option::is_some);
        inputs.retain(|_| !gone.next().unwrap_or_default());
        let mut ledger = finish(inputs);
        ledger.diagnostics.append(&mut findings);
        ledger.diagnostics.extend_from_slice(turn.commands.findings());
        let mut options = self.settings.options.clone();
        Commands::restore(&conversation.choices).apply(&mut options);
        let calculated = calculate(ledger, options, &self.services, progress).await?;
        let said = report(&calculated, turn.lang)?;
        let headline = said.content.text.lines().next().unwrap_or_default().to_owned();
        conversation.conclude(PastResult { at: turn.step.at, headline });
        let class = match said.status {
            Status::Complete => ReplyClass::Content,
            Status::Incomplete => ReplyClass::Problem,
        };
        Ok((class, said))
    }

    /// The files of the conversation and behind them those of the mail; how many are the older ones.
    /// Afterwards the conversation knows exactly the older ones.
    async fn union(
        &self,
        turn: &mut Turn,
        conversation: &mut Conversation,
    ) -> Result<(FileSet, usize, Vec<Diagnostic>), Fault> {
        let mut findings = Vec::new();
        let mut union = FileSet::default();
        let mut kept = Vec::new();
        let mut sent = std::mem::take(&mut turn.set.files);
        for file in conversation.files.drain(..) {
            if let Some(again) = sent.iter().position(|new| new.sha256 == file.sha256) {
                // Sent once more, it counts as the newest; unless it counted anyway.
                if file.replaced_by.is_some() {
                    continue;
                }
                let again = sent.remove(again);
                let twice = RefusedPart::new(again.name, Code::SameFileTwice, &file.name);
                turn.set.refused.push(twice);
            } else if file.replaced_by.is_some() {
                continue;
            }
            match self.store.file(&turn.owner, &file.sha256).await? {
                Some(bytes) => {
                    let (name, sha256) = (file.name.clone(), file.sha256);
                    union.files.push(DataFile { name, bytes, sha256 });
                    kept.push(file);
                }
                None => findings.push(Diagnostic::new(Code::FileForgotten).found("", file.name)),
            }
        }
        conversation.files = kept;
        let older = union.files.len();
        let room = self.settings.thresholds.files.saturating_sub(older);
        for surplus in sent.drain(room.min(sent.len())..) {
            turn.set.refused.push(RefusedPart::new(surplus.name, Code::TooManyFiles, ""));
        }
        turn.step.files = sent.iter().map(|file| (file.sha256, file.bytes.clone())).collect();
        union.files.append(&mut sent);
        union.refused.append(&mut turn.set.refused);
        Ok((union, older, findings))
    }

    /// Queues a reply if the limits admit it, and commits the turn in any case.
    async fn finish(
        &self,
        mut turn: Turn,
        conversation: Option<Conversation>,
        class: ReplyClass,
        said: Said,
    ) -> Result<Received, Fault> {
        let id = conversation.as_ref().map(|conversation| conversation.id.clone());
        turn.step.conversation = conversation;
        if self.admits(&mut turn, class, &said) {
            turn.step.reply = Some(self.answer(&turn, &said, id.as_deref())?);
        } else if turn.is_exhausted(class, &said, &self.settings.thresholds) {
            let limit = notice(&Notice::limit(turn.lang), turn.lang)?;
            if self.admits(&mut turn, ReplyClass::Limit, &limit) {
                turn.step.reply = Some(self.answer(&turn, &limit, id.as_deref())?);
            }
        }
        self.commit(turn).await
    }

    /// Whether the reply may go out; if so, it is remembered.
    fn admits(&self, turn: &mut Turn, class: ReplyClass, said: &Said) -> bool {
        let next = turn.next(class, said);
        let day = SignedDuration::from_hours(24);
        turn.correspondent.replies.retain(|reply| next.at.duration_since(reply.at) < day);
        let sent = verdict(&turn.correspondent.replies, &next, &self.settings.thresholds);
        if sent == Verdict::Send {
            turn.correspondent.replies.push(next);
        }
        sent == Verdict::Send
    }

    /// The reply to the mail, in its thread.
    fn answer(
        &self,
        turn: &Turn,
        said: &Said,
        conversation: Option<&str>,
    ) -> Result<Outgoing, Fault> {
        let author = turn.message.author.as_ref().map_or("", |author| &author.address).to_owned();
        let token = conversation.and_then(|id| self.key.sign_text(Purpose::Conversation, id));
        let reference = reference(&turn.message, author);
        self.message(turn, &reference, said, token.as_deref(), conversation)
    }

    fn message(
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
        let signed = conversation.and(token).map(|token| format!("{SIGNED_ID}{token}"));
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

    async fn commit(&self, mut turn: Turn) -> Result<Received, Fault> {
        let day = turn.step.at.to_zoned(TimeZone::UTC).date();
        let most = self.settings.thresholds.replies_per_day_global;
        if turn.step.reply.is_some() && self.store.replies_on(day).await? >= most {
            // The mail is not lost: it waits where it is until tomorrow.
            return Err(Fault::later("answer", "the limit of replies of the day is reached"));
        }
        if !turn.step.purge {
            turn.step.correspondent = Some(turn.correspondent);
        }
        let answered = turn.step.reply.is_some();
        Ok(match (self.store.commit(&turn.step).await?, answered) {
            (false, _) => Received::Silent(DropReason::Duplicate),
            (true, true) => Received::Answered,
            (true, false) => Received::Silent(DropReason::Limited),
        })
    }
}

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

    fn next(&self, class: ReplyClass, said: &Said) -> SentReply {
        let digest = Sha256::digest(said.content.text.as_bytes());
        let fingerprint = HEXLOWER.encode(&digest).chars().take(16).collect();
        SentReply { at: self.step.at, class, fingerprint }
    }

    fn is_exhausted(&self, class: ReplyClass, said: &Said, thresholds: &Thresholds) -> bool {
        let next = self.next(class, said);
        verdict(&self.correspondent.replies, &next, thresholds) == Verdict::Exhausted
    }
}

fn notice(notice: &Notice, lang: Lang) -> Result<Said, Fault> {
    let content = notice_reply(notice, Vec::new(), lang)?;
    Ok(Said { content, calculation: None, status: Status::Complete })
}

/// Files that were recognized and have rows stay in the conversation. The others were answered and
/// would only keep every later result incomplete.
fn keep_readable(turn: &mut Turn, conversation: &mut Conversation, inputs: &[Input], older: usize) {
    let new = inputs.iter().skip(older).zip(std::mem::take(&mut turn.step.files));
    for (input, (sha256, bytes)) in new {
        if !input.statement.format.is_empty() && input.statement.rows.total > 0 {
            let name = input.name.clone();
            conversation.files.push(KnownFile { sha256, name, replaced_by: None });
            turn.step.files.push((sha256, bytes));
        }
    }
}

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
