//! A mail whose files are calculated: the same steps whether they follow each other in memory or, for
//! large mail, as stages that hand over to each other ([`crate::pipeline::Stages`]).

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Mailbox, Received, Turn, answer::Letter};
use crate::{
    conversation::{Conversation, Correspondent, PastResult, ReplyClass},
    error::{DropReason, Fault},
    gather::Progress,
    lang::Lang,
    ledger::Ledger,
    mail::{Command, Commands, DataFile, InboundMessage},
    pipeline::{
        FileSet, Keeper,
        calculate::{assess, rate},
        reply::{Said, report},
    },
    ports::{Step, warsaw_day},
    reply::ReplyContent,
    tax::{Options, Status},
};

/// How far a mail got before anything was calculated.
pub(super) enum Taken {
    /// To the end.
    Done(Received),
    /// To the end of everything that its author had here.
    Erased(Received),
    /// Its files are to be calculated.
    Work(Box<Work>),
}

/// A mail whose files are to be calculated.
pub(in crate::pipeline) struct Work {
    pub(super) turn: Turn,
    pub(super) conversation: Conversation,
}

/// What became of a mail, and what its reply was made from.
#[derive(Debug)]
pub struct Handled {
    /// What became of it.
    pub received: Received,
    /// The calculation, if there was one, whether its reply went out or not.
    pub finished: Option<Finished>,
    /// Everything of its author was deleted with it, and nothing of the mail itself should be kept.
    pub erased: bool,
}

impl Handled {
    pub(super) fn silent(reason: DropReason) -> Self {
        Self { received: Received::Silent(reason), finished: None, erased: false }
    }
}

/// A calculation that came to an end.
#[derive(Debug)]
pub struct Finished {
    /// The identity of the mail: the name of the job.
    pub job: String,
    /// Whose mail it was.
    pub owner: String,
    /// When the mail was taken.
    pub at: Timestamp,
    /// The tax year answered for, if there is any.
    pub year: Option<i16>,
    /// Events in the ledger.
    pub transactions: usize,
    /// Whether the result is complete.
    pub status: Status,
    /// The files of the mail that were read and that its conversation did not have before.
    pub files: Vec<([u8; 32], Vec<u8>)>,
    /// The reply, with its attachments.
    pub content: ReplyContent,
    /// The calculation document.
    pub calculation: Option<Vec<u8>>,
}

impl Mailbox {
    /// Everything from the files to the reply, in a row.
    pub(super) async fn carry_out(
        &self,
        mut work: Work,
        keeper: &dyn Keeper,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Handled, Fault> {
        let ledger = self.read_files(&mut work).await?;
        let transactions = ledger.transactions.len();
        let (options, today) = (self.options_of(&work), work.today());
        let rated = rate(&ledger, today, &self.services, progress).await?;
        let calculated = assess(ledger, rated, options, today);
        let year = calculated.assessment.chosen_year;
        let said = report(&calculated, work.lang(), true, work.wants_template())?;
        drop(calculated);
        let finished = Finished {
            job: work.turn.step.job.clone(),
            owner: work.turn.owner.clone(),
            at: work.turn.step.at,
            year,
            transactions,
            status: said.status,
            files: work.turn.step.files.clone(),
            content: said.content.clone(),
            calculation: said.calculation.clone(),
        };
        let (turn, outcome) = self.prepared(work, &said)?;
        keeper.keep(&finished, outcome).await?;
        let received = self.commit_as(turn, outcome).await?;
        Ok(Handled { received, finished: Some(finished), erased: false })
    }

    /// Reads all files of the conversation that count.
    pub(in crate::pipeline) async fn read_files(&self, work: &mut Work) -> Result<Ledger, Fault> {
        self.read_union(&mut work.turn, &mut work.conversation).await
    }

    /// What the sender chose so far, over what the operator set.
    pub(in crate::pipeline) fn options_of(&self, work: &Work) -> Options {
        let mut options = self.settings.options.clone();
        Commands::restore(&work.conversation.choices).apply(&mut options);
        options
    }

    /// The turn with the reply, as far as the limits admit it, and how it will end.
    fn prepared(&self, work: Work, said: &Said) -> Result<(Turn, Received), Fault> {
        let headline = said.content.text.lines().next().unwrap_or_default().to_owned();
        let result = PastResult { at: work.turn.step.at, headline };
        let class = match said.status {
            Status::Complete => ReplyClass::Content,
            Status::Incomplete => ReplyClass::Problem,
        };
        self.queued_if_new(work.turn, work.conversation, class, said, Some(result))
    }

    /// Queues the reply with the result, as far as the limits admit it, after a time in which other mails of the sender may have been handled.
    /// `None` if one of them changed the conversation: then the result is not that of its files.
    pub(in crate::pipeline) async fn deliver_late(
        &self,
        mut work: Work,
        said: Said,
    ) -> Result<Option<Received>, Fault> {
        let stored = self.store.conversation(&work.conversation.id).await?;
        if stored.map_or(0, |stored| stored.version) != work.conversation.version {
            return Ok(None);
        }
        let turn = &mut work.turn;
        let mut correspondent = self.store.correspondent(&turn.owner).await?;
        if correspondent.version != turn.correspondent.version {
            correspondent.stopped &= !turn.commands.has(&Command::Help);
            turn.correspondent = correspondent;
        }
        let now = self.services.clock.now();
        if turn.correspondent.is_undeliverable(now) {
            return Ok(Some(Received::Silent(DropReason::Undeliverable)));
        }
        if turn.correspondent.stopped {
            return Ok(Some(Received::Silent(DropReason::Stopped)));
        }
        let (turn, outcome) = self.prepared(work, &said)?;
        self.commit_as(turn, outcome).await.map(Some)
    }

    /// Whether the mail was handled to its end, here or elsewhere.
    pub(in crate::pipeline) async fn is_handled(&self, work: &Work) -> Result<bool, Fault> {
        self.store.is_done(&work.turn.step.job).await
    }
}

impl Work {
    /// The day in Warsaw on which the mail was taken; the whole calculation is of that day.
    pub(in crate::pipeline) fn today(&self) -> Date {
        warsaw_day(self.turn.step.at)
    }

    /// The language of the reply.
    pub(in crate::pipeline) fn lang(&self) -> Lang {
        self.turn.lang
    }

    /// Whose mail it is.
    pub(in crate::pipeline) fn owner(&self) -> &str {
        &self.turn.owner
    }

    /// Whether the empty template is to come with the result.
    pub(in crate::pipeline) fn wants_template(&self) -> bool {
        self.turn.commands.has(&Command::Template)
    }

    /// When the mail was taken.
    pub(in crate::pipeline) fn at(&self) -> Timestamp {
        self.turn.step.at
    }

    /// The files of the mail that are still to be read.
    pub(in crate::pipeline) fn files(&mut self) -> &mut [DataFile] {
        &mut self.turn.set.files
    }

    /// The files of the mail that the conversation keeps, by their digests.
    pub(in crate::pipeline) fn kept(&mut self) -> &mut [([u8; 32], Vec<u8>)] {
        &mut self.turn.step.files
    }
}

/// [`Work`] as it travels: everything but the contents of files.
#[derive(Deserialize, Serialize)]
pub(in crate::pipeline) struct WorkRecord {
    message: InboundMessage,
    commands: Commands,
    set: FileSet,
    owner: String,
    lang: Lang,
    correspondent: Correspondent,
    conversation: Conversation,
    challenged: bool,
    #[serde(default)]
    fingerprint: String,
    release: Option<String>,
    job: String,
    at: Timestamp,
    kept: Vec<[u8; 32]>,
}

impl From<Work> for WorkRecord {
    fn from(Work { turn, conversation }: Work) -> Self {
        // Whoever sends files asks for something: it is no mere thanks.
        let Turn { message, commands, set, owner, lang, correspondent, step, challenged, .. } =
            turn;
        let fingerprint = turn.letter.fingerprint;
        let kept = step.files.into_iter().map(|(digest, _)| digest).collect();
        let Step { job, at, release, .. } = step;
        Self {
            message,
            commands,
            set,
            owner,
            lang,
            correspondent,
            conversation,
            challenged,
            fingerprint,
            release,
            job,
            at,
            kept,
        }
    }
}

impl From<WorkRecord> for Work {
    fn from(record: WorkRecord) -> Self {
        let WorkRecord { message, commands, set, owner, lang, correspondent, .. } = record;
        let (conversation, challenged) = (record.conversation, record.challenged);
        let fingerprint = record.fingerprint;
        let files = record.kept.into_iter().map(|digest| (digest, Vec::new())).collect();
        let step = Step {
            job: record.job,
            at: record.at,
            owner: owner.clone(),
            release: record.release,
            files,
            ..Step::default()
        };
        Self {
            turn: Turn {
                message,
                commands,
                set,
                owner,
                lang,
                told: None,
                correspondent,
                step,
                letter: Letter { fingerprint, asks: true },
                challenged,
                thanks: false,
                looking: false,
            },
            conversation,
        }
    }
}
