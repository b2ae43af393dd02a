//! The journey of one mail in stages, for work that is too large for one go: each stage reads what the
//! earlier ones left and leaves what the later ones need, and any of them may be run again.
//!
//! The stages are those of [`Mailbox::receive`], which runs them in a row in memory: the same functions,
//! the same reply to the byte. `infra/contract/stages.json` names them for both sides.

mod format;
mod handover;
mod steps;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Mailbox;
use crate::{
    error::{Fault, Retry},
    mail::Authenticity,
    ports::BlobStore,
};
use handover::Handover;

pub use format::{BadJobName, Format, JobName};

/// One resumable step of the journey.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Who wrote, what is asked for, which files; stores nothing.
    Validate,
    /// Files into one ledger.
    Normalise,
    /// The rates of the ledger, and whether it is worked out in parts.
    Rates,
    /// Every year's figures; puts parts together.
    Calculate,
    /// One part of a large ledger.
    CalculatePart,
    /// The result in words and files.
    Report,
    /// The reply into the outbox and out.
    Reply,
    /// What is kept, and the end of what was left in between.
    Archive,
    /// The word that the answer waits for NBP, once.
    Promise,
    /// One apology, when all else failed.
    Apologise,
}

impl Stage {
    /// The stages of every job, in order.
    pub const JOURNEY: [Self; 7] = [
        Self::Validate,
        Self::Normalise,
        Self::Rates,
        Self::Calculate,
        Self::Report,
        Self::Reply,
        Self::Archive,
    ];

    /// The name in events, keys and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Validate => "validate",
            Self::Normalise => "normalise",
            Self::Rates => "rates",
            Self::Calculate => "calculate",
            Self::CalculatePart => "calculate-part",
            Self::Report => "report",
            Self::Reply => "reply",
            Self::Archive => "archive",
            Self::Promise => "promise",
            Self::Apologise => "apologise",
        }
    }
}

/// One mail to be handled in stages.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Job {
    /// The version of this description.
    pub format: Format,
    /// Its name: the same for every run.
    pub job: JobName,
    /// Where the raw mail lies.
    pub key: String,
    /// How far its author is proven.
    pub trust: Authenticity,
    /// When it came, if the caller knows.
    #[serde(default)]
    pub received: Option<Timestamp>,
}

/// What a stage is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StageInput {
    /// Which stage.
    pub stage: Stage,
    /// Which part, for [`Stage::CalculatePart`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    /// Of which job.
    #[serde(flatten)]
    pub job: Job,
}

/// What a stage says to the one who decides what comes next.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StageOutput {
    /// The version of this answer.
    pub format: Format,
    /// The job.
    pub job: JobName,
    /// The stage that ended.
    pub stage: Stage,
    /// Whether nothing is left to calculate: the reply and the archive come next.
    pub done: bool,
    /// Whether the ledger is worked out in parts.
    pub large: bool,
    /// The parts, each for one [`Stage::CalculatePart`].
    pub parts: Vec<usize>,
    /// After [`Stage::Archive`]: the code of how the mail ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// After [`Stage::Archive`]: the tax year answered for, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// After [`Stage::Archive`]: events in the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transactions: Option<usize>,
    /// After [`Stage::Archive`]: how many errors of each code the sender was told of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, u64>,
}

/// Why a stage did not end well.
#[derive(Debug, thiserror::Error)]
pub enum StageFault {
    /// There is no such work: nothing to try again and nobody to tell.
    #[error("there is no such work: {0}")]
    Rejected(&'static str),
    /// It may pass.
    #[error(transparent)]
    TryLater(Fault),
    /// NBP does not answer: it may take hours, and the sender is to be told.
    #[error(transparent)]
    NbpAway(Fault),
    /// It stays until somebody repairs it.
    #[error(transparent)]
    Broken(Fault),
}

impl StageFault {
    /// The name by which the state machine knows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "Rejected",
            Self::TryLater(_) => "TryLater",
            Self::NbpAway(_) => "NbpAway",
            Self::Broken(_) => "Broken",
        }
    }

    /// The stable code for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "rejected",
            Self::TryLater(_) => "try-later",
            Self::NbpAway(_) => "nbp-away",
            Self::Broken(_) => "broken",
        }
    }

    /// The whole chain of causes in one line, for the log.
    pub fn chain(&self) -> String {
        match self {
            Self::Rejected(_) => self.to_string(),
            Self::TryLater(fault) | Self::NbpAway(fault) | Self::Broken(fault) => fault.chain(),
        }
    }
}

impl From<Fault> for StageFault {
    fn from(fault: Fault) -> Self {
        match fault.retry() {
            Retry::Later => Self::TryLater(fault),
            Retry::Never => Self::Broken(fault),
        }
    }
}

/// Runs stages.
pub struct Stages {
    /// What handles the mail.
    pub mailbox: Mailbox,
    /// Where raw mail lies.
    pub mail: Arc<dyn BlobStore>,
    /// Where stages leave what others need.
    pub temp: Arc<dyn BlobStore>,
    /// Where finished jobs are kept.
    pub archive: Arc<dyn BlobStore>,
    /// A ledger of more events than this is worked out in parts of about so many.
    pub events_per_part: usize,
}

impl std::fmt::Debug for Stages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stages").field("mailbox", &self.mailbox).finish_non_exhaustive()
    }
}

impl Stages {
    /// Below this, handing parts over takes longer than working them out: a hundred thousand events are
    /// matched in a fraction of a second.
    pub const EVENTS_PER_PART: usize = 100_000;

    /// Runs one stage.
    ///
    /// # Errors
    ///
    /// By name what can be done about it; the stage can be run again in any case.
    pub async fn run(&self, input: &StageInput) -> Result<StageOutput, StageFault> {
        let StageInput { stage, part, job } = input;
        let mut output = StageOutput {
            format: Format,
            job: job.job.clone(),
            stage: *stage,
            done: false,
            large: false,
            parts: Vec::new(),
            outcome: None,
            year: None,
            transactions: None,
            errors: BTreeMap::new(),
        };
        match stage {
            Stage::Validate => output.done = self.validate(job).await?,
            Stage::Normalise => output.done = self.normalise(job).await?,
            Stage::Rates => {
                let parts = self.rates(job).await?;
                output.large = parts > 0;
                output.parts = (0..parts).collect();
            }
            Stage::CalculatePart => {
                let part = part.ok_or(StageFault::Rejected("a part without a number"))?;
                self.calculate_part(job, part).await?;
            }
            Stage::Calculate => self.calculate(job).await?,
            Stage::Report => self.report(job).await?,
            Stage::Reply => self.reply(job).await?,
            Stage::Archive => {
                let ended = self.keep(job).await?;
                output.outcome = ended.outcome;
                output.year = ended.year;
                output.transactions = ended.transactions;
                output.errors = ended.errors;
            }
            Stage::Promise => self.promise(job).await?,
            Stage::Apologise => self.apologise(job).await?,
        }
        Ok(output)
    }

    /// Runs all stages of a job in a row, parts one after another, as the state machine does.
    ///
    /// # Errors
    ///
    /// The first fault; from there it can be run again.
    pub async fn run_all(&self, job: &Job) -> Result<(), StageFault> {
        for stage in Stage::JOURNEY {
            let output = self.run(&StageInput { stage, part: None, job: job.clone() }).await?;
            for part in output.parts {
                let stage = Stage::CalculatePart;
                self.run(&StageInput { stage, part: Some(part), job: job.clone() }).await?;
            }
        }
        Ok(())
    }

    fn handover<'a>(&'a self, job: &'a Job) -> Handover<'a> {
        Handover { blobs: self.temp.as_ref(), job: &job.job }
    }

    async fn raw(&self, job: &Job) -> Result<Vec<u8>, StageFault> {
        let raw = self.mail.get(&job.key).await?;
        raw.ok_or(StageFault::Rejected("no mail lies under the key"))
    }
}

#[cfg(test)]
mod tests;
