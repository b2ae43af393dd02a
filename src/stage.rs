//! The function that runs one stage: an event of the state machine in, what it decides by out.
//!
//! The record of the job and the metrics are for people; a fault in writing them stops no mail.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::OnceCell;
use tracing::Instrument as _;

use crate::{
    adapters::{
        Nbp, Patience, SystemClock,
        aws::{Begun, Clients, DynamoConversations, JobRecord, JobStatus, Jobs},
    },
    config::Config,
    conversation::TokenKey,
    error::Fault,
    pipeline::{Job, Stage, StageFault, StageInput, StageOutput, Stages},
    ports::{Clock, RateSource},
    worker::{Metrics, NBP_WITHIN, Unit, Witnessed, mailbox},
};

/// The function, built once for the life of its environment.
pub struct StageFunction {
    config: Config,
    clients: Clients,
    jobs: Jobs,
    store: Arc<DynamoConversations>,
    nbp: Arc<Witnessed>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    secret: OnceCell<TokenKey>,
}

impl std::fmt::Debug for StageFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StageFunction").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Where the mail lies, as the worker says it.
#[derive(Deserialize)]
struct Place {
    bucket: String,
}

impl StageFunction {
    /// Builds every client; nothing is called yet.
    ///
    /// # Errors
    ///
    /// If a setting cannot be used.
    pub fn new(config: Config) -> Result<Self, Fault> {
        let nbp = Nbp::new(&config.nbp_url, Patience::function())?;
        Self::with(config, Arc::new(nbp), Arc::new(SystemClock))
    }

    /// As [`StageFunction::new`], with a source of rates and a clock.
    ///
    /// # Errors
    ///
    /// As [`StageFunction::new`].
    pub fn with(
        config: Config,
        rates: Arc<dyn RateSource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let clients = Clients::new(&config.cloud)?;
        let store = clients.conversations(&config);
        Ok(Self {
            jobs: clients.jobs(&config.jobs_table),
            store: Arc::new(store),
            nbp: Arc::new(Witnessed::new(rates, NBP_WITHIN)),
            clock,
            metrics: Metrics::new(&config.stage),
            secret: OnceCell::new(),
            clients,
            config,
        })
    }

    /// Runs the stage that an event names.
    ///
    /// # Errors
    ///
    /// By the name that the state machine knows.
    pub async fn answer(&self, event: Value) -> Result<StageOutput, StageFault> {
        let input = self.read(event).inspect_err(|fault| {
            tracing::error!(code = fault.code(), cause = %fault.chain(), "an event was refused");
        })?;
        let (job, stage) = (input.job.job.as_str(), input.stage.as_str());
        // At the highest level, so that the lines within it name their job whatever is logged.
        let span = tracing::error_span!("event", job, stage);
        Box::pin(self.follow(&input)).instrument(span).await
    }

    async fn follow(&self, input: &StageInput) -> Result<StageOutput, StageFault> {
        let (start, before) = (Instant::now(), self.nbp.begin());
        let begun = self.jobs.begin(input.job.job.as_str(), &record(input.stage)).await;
        if let Err(fault) = &begun {
            tell_unnoted(fault);
        }
        // A stage that is repeated after the end leaves the record as it is.
        let over = matches!(begun, Ok(Begun::Done));
        let ended = Box::pin(self.run(input)).await;
        let failed = self.nbp.count().since(before).failed > 0;
        let waits = input.stage == Stage::Rates && failed;
        let ended = ended.map_err(|fault| named(fault, waits));
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let asked = self.nbp.count().since(before);
        let stage = input.stage.as_str();
        let duration = [("StageDuration", milliseconds, Unit::Milliseconds)];
        self.metrics.write(self.clock.now(), Some(("Step", stage)), &duration);
        if input.stage == Stage::Rates {
            let hit = if asked.asked == 0 { 100 } else { 0 };
            let values = [
                ("NbpRequests", asked.asked, Unit::Count),
                ("NbpErrors", asked.failed, Unit::Count),
                ("NbpCacheHitRate", hit, Unit::Percent),
            ];
            self.metrics.write(self.clock.now(), None, &values);
        }
        let given_up = self.store.take_given_up();
        if given_up > 0 {
            let values = [("RepliesGivenUp", given_up, Unit::Count)];
            self.metrics.write(self.clock.now(), None, &values);
        }
        match &ended {
            Ok(output) => self.tell_end(input, output).await,
            Err(fault) => self.tell_fault(input, fault, over).await,
        }
        ended
    }

    async fn tell_fault(&self, input: &StageInput, fault: &StageFault, over: bool) {
        tracing::error!(code = fault.code(), cause = %fault.chain(), "a stage failed");
        if over {
            return;
        }
        let status = match (input.stage, fault) {
            // Nothing comes after it.
            (Stage::Apologise, _) => JobStatus::Failed,
            (_, StageFault::NbpAway(_)) => JobStatus::Waiting,
            _ => JobStatus::Processing,
        };
        let record = JobRecord { error: Some(fault.chain()), ..record(input.stage) };
        self.note(&input.job, status, record).await;
    }

    fn read(&self, event: Value) -> Result<StageInput, StageFault> {
        let place = Place::deserialize(&event).map_err(|_| NOT_AN_EVENT)?;
        if place.bucket != self.config.mail_bucket {
            return Err(StageFault::Rejected("the mail is not in the bucket of mail"));
        }
        StageInput::deserialize(event).map_err(|_| NOT_AN_EVENT)
    }

    async fn run(&self, input: &StageInput) -> Result<StageOutput, StageFault> {
        let nbp: Arc<dyn RateSource> = self.nbp.clone();
        let key = self.key(input.stage).await?;
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let bucket = |name: &str| Arc::new(self.clients.bucket(name));
        let stages = Stages {
            mailbox: mailbox(&self.config, &self.clients, store, nbp, clock, key),
            mail: bucket(&self.config.mail_bucket),
            temp: bucket(&self.config.temp_bucket),
            archive: bucket(&self.config.archive_bucket),
            events_per_part: self.config.events_per_part,
        };
        stages.run(input).await
    }

    /// The secret of the mailbox, for the stages that make or know tokens. The others have no right to
    /// read it, and never use the key of zeros that they get.
    async fn key(&self, stage: Stage) -> Result<TokenKey, Fault> {
        match stage {
            Stage::Validate | Stage::Reply | Stage::Promise | Stage::Apologise => {
                let secret = || self.clients.token_key(&self.config.mailbox_table);
                self.secret.get_or_try_init(secret).await.cloned()
            }
            Stage::Normalise
            | Stage::Rates
            | Stage::Calculate
            | Stage::CalculatePart
            | Stage::Report
            | Stage::Archive => Ok(TokenKey::new([0; 32])),
        }
    }

    /// Says for operators that a job came to its end, one way or the other.
    async fn tell_end(&self, input: &StageInput, output: &StageOutput) {
        let now = self.clock.now();
        let (status, code) = match input.stage {
            Stage::Archive => match output.outcome.as_deref() {
                Some(code) => (JobStatus::Success, code),
                // Archived before, and told before.
                None => return,
            },
            Stage::Apologise => (JobStatus::Failed, "apologised"),
            Stage::Validate
            | Stage::Normalise
            | Stage::Rates
            | Stage::Calculate
            | Stage::CalculatePart
            | Stage::Report
            | Stage::Promise
            | Stage::Reply => return,
        };
        let record = JobRecord {
            year: output.year,
            transactions: output.transactions,
            outcome: Some(code.to_owned()),
            finished: Some(now),
            ..record(input.stage)
        };
        tracing::info!(code, "a job ended");
        self.note(&input.job, status, record).await;
        self.metrics.write(now, Some(("Code", code)), &[("OutcomeCount", 1, Unit::Count)]);
        let mut values = vec![("JobsProcessed", 1, Unit::Count)];
        if let Some(rows) = output.transactions {
            values.push(("Rows", u64::try_from(rows).unwrap_or(u64::MAX), Unit::Count));
        }
        if let Some(milliseconds) = input.job.received.and_then(|came| since(came, now)) {
            values.push(("ProcessingTime", milliseconds, Unit::Milliseconds));
        }
        self.metrics.write(now, None, &values);
        for (code, count) in &output.errors {
            let values = [("ValidationErrors", *count, Unit::Count)];
            self.metrics.write(now, Some(("Code", code)), &values);
        }
    }

    async fn note(&self, job: &Job, status: JobStatus, record: JobRecord) {
        if let Err(fault) = self.jobs.note(job.job.as_str(), status, &record).await {
            tell_unnoted(&fault);
        }
    }
}

const NOT_AN_EVENT: StageFault = StageFault::Rejected("the event is none of the state machine's");

fn tell_unnoted(fault: &Fault) {
    tracing::warn!(code = "not-noted", cause = %fault.chain(), "a job was not noted");
}

fn record(stage: Stage) -> JobRecord {
    JobRecord { stage: Some(stage.as_str().to_owned()), ..JobRecord::default() }
}

/// A fault by what it waits for: the state machine tells the sender only of NBP.
fn named(fault: StageFault, nbp_failed: bool) -> StageFault {
    match fault {
        StageFault::TryLater(fault) if nbp_failed => StageFault::NbpAway(fault),
        other @ (StageFault::Rejected(_)
        | StageFault::TryLater(_)
        | StageFault::NbpAway(_)
        | StageFault::Broken(_)) => other,
    }
}

fn since(came: Timestamp, now: Timestamp) -> Option<u64> {
    u64::try_from(now.duration_since(came).as_millis()).ok()
}

#[cfg(test)]
mod tests;
