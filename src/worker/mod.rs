//! The function that handles mail: one event in, one reply out, or a hand-over, or a good reason for
//! silence.
//!
//! Everything may come twice: the sender's server, SES, SNS, SQS and Lambda each repeat what they are not
//! sure of (mail.md § 1.3 B). Three locks stand in a row: the job by the id that SES gave the mail, the
//! content of the mail in the store's transaction, and the lease of the message that is sent.

mod event;
mod failure;
mod feedback;
mod intake;
mod metrics;
mod nbp;
mod stage_times;
mod upload;

use std::{pin::Pin, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tracing::{Instrument as _, Span, field};

pub use event::{Event, Fate, Feedback, MailEvent, Task, UnknownEvent, Wait, read};
pub use metrics::{Metrics, Unit};
pub use nbp::{Count, NBP_WITHIN, Witnessed};
pub use stage_times::{StageTimes, stage_times};

use crate::{
    adapters::{
        Nbp, Patience, SystemClock,
        aws::{
            Clients, DynamoConversations, Jobs, Queue, S3Blobs, S3Uploads, StateMachine, UPLOADS,
        },
    },
    config::Config,
    conversation::{Thresholds, TokenKey},
    error::{Fault, Retry},
    gather::gather,
    mail::{Limits, OwnAddresses},
    money::Currency,
    pipeline::{JobName, Mailbox, MailboxSettings, Services},
    ports::{Clock, RateSource},
    rates::RateNeed,
    tax::Options,
};

/// After so many deliveries the queue puts an event aside; the sender hears of it before.
const DELIVERIES: u32 = 5;

/// So soon the first failures in passing are tried again.
const SOONER: [Duration; 2] = [Duration::from_secs(15), Duration::from_mins(1)];

/// The function, built once for the life of its environment.
pub struct Worker {
    config: Config,
    clients: Clients,
    jobs: Jobs,
    mail: S3Blobs,
    archive: S3Blobs,
    uploads: S3Uploads,
    store: Arc<DynamoConversations>,
    machine: Option<StateMachine>,
    queue: Option<Queue>,
    nbp: Arc<Witnessed>,
    clock: Arc<dyn Clock>,
    metrics: Metrics,
    mailbox: OnceCell<Mailbox>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("stage", &self.config.stage).finish_non_exhaustive()
    }
}

impl Worker {
    /// Builds every client; nothing is called yet.
    ///
    /// # Errors
    ///
    /// If a setting cannot be used.
    pub fn new(config: Config) -> Result<Self, Fault> {
        let nbp = Nbp::new(&config.nbp_url, Patience::function())?;
        Self::with(config, Arc::new(nbp), Arc::new(SystemClock))
    }

    /// As [`Worker::new`], with a source of rates and a clock.
    ///
    /// # Errors
    ///
    /// As [`Worker::new`].
    pub fn with(
        config: Config,
        rates: Arc<dyn RateSource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Fault> {
        let clients = Clients::new(&config.cloud)?;
        let store = clients.conversations(&config);
        Ok(Self {
            jobs: clients.jobs(&config.jobs_table),
            mail: clients.bucket(&config.mail_bucket),
            archive: clients.bucket(&config.archive_bucket),
            uploads: clients.uploads(&config.mail_bucket),
            store: Arc::new(store),
            machine: config.state_machine.as_deref().map(|arn| clients.state_machine(arn)),
            queue: config.queue_url.as_deref().map(|url| clients.queue(url)),
            nbp: Arc::new(Witnessed::new(rates, NBP_WITHIN)),
            clock,
            metrics: Metrics::new(&config.stage),
            mailbox: OnceCell::new(),
            clients,
            config,
        })
    }

    /// Handles an invocation. Of a batch from the queue, exactly what failed is named, and comes again.
    ///
    /// # Errors
    ///
    /// If an event that came alone could not be handled.
    pub async fn answer(&self, event: Value) -> Result<Value, Fault> {
        let records = event.get("Records").and_then(Value::as_array);
        let from_queue =
            |record: &&Value| record.get("eventSource").and_then(Value::as_str) == Some("aws:sqs");
        let Some(records) = records.filter(|records| records.iter().all(|r| from_queue(&r))) else {
            self.handle(&event, 1).await?;
            return Ok(Value::Null);
        };
        let mut failed = Vec::new();
        for record in records {
            let deliveries = record
                .pointer("/attributes/ApproximateReceiveCount")
                .and_then(Value::as_str)
                .and_then(|count| count.parse().ok());
            let single = json!({ "Records": [record] });
            if let Err(fault) = self.handle(&single, deliveries.unwrap_or(1)).await {
                self.hurry(record, deliveries.unwrap_or(1), &fault).await;
                failed.push(json!({ "itemIdentifier": record.get("messageId") }));
            }
        }
        Ok(json!({ "batchItemFailures": failed }))
    }

    /// Lets a record that failed in passing come again soon, the first times: six minutes are for a worker
    /// that was killed. Later it waits those, so that five deliveries outlast more than a moment.
    async fn hurry(&self, record: &Value, deliveries: u32, fault: &Fault) {
        let receipt = record.get("receiptHandle").and_then(Value::as_str);
        let (Some(queue), Some(receipt)) = (&self.queue, receipt) else { return };
        let place = usize::try_from(deliveries.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(wait) = SOONER.get(place).filter(|_| fault.retry() == Retry::Later) else {
            return;
        };
        if let Err(fault) = queue.show_again(receipt, *wait).await {
            tracing::warn!(code = "comes-later", cause = %fault.chain(), "a mail comes again later than it could");
        }
    }

    /// Handles an event and says in the log how it went.
    async fn handle(&self, value: &Value, deliveries: u32) -> Result<(), Fault> {
        let events = read(value)
            .map_err(|error| Fault::never("understand an event", error))
            .inspect_err(|fault| self.tell_fault(fault, deliveries))?;
        let mut outcome = Ok(());
        for event in events {
            // At the highest level, so that the lines within it name their job whatever is logged.
            let span = tracing::error_span!("event", job = field::Empty);
            let done = self.tell(event, deliveries).instrument(span).await;
            outcome = outcome.and(done);
        }
        outcome
    }

    async fn tell(&self, event: Event, deliveries: u32) -> Result<(), Fault> {
        // Its type ends here: below it are futures in futures, more than the compiler counts.
        let one: Pin<Box<dyn Future<Output = _> + Send + '_>> =
            Box::pin(self.one(event, deliveries));
        let done: Result<&'static str, Fault> = one.await;
        match &done {
            Ok(code) => self.tell_outcome(code),
            Err(fault) => self.tell_fault(fault, deliveries),
        }
        self.tell_given_up();
        done.map(|_| ())
    }

    fn tell_outcome(&self, code: &str) {
        tracing::info!(code, "an event was handled");
        self.count("OutcomeCount", 1, Some(("Code", code)));
    }

    fn tell_fault(&self, fault: &Fault, deliveries: u32) {
        let code = match fault.retry() {
            Retry::Later => "try-later",
            Retry::Never => "broken",
        };
        tracing::error!(code, cause = %fault.chain(), deliveries, "an event failed");
        self.count("OutcomeCount", 1, Some(("Code", code)));
    }

    /// Replies that will never leave, whoever they were for.
    fn tell_given_up(&self) {
        let replies = self.store.take_given_up();
        if replies > 0 {
            self.count("RepliesGivenUp", replies, None);
        }
    }

    fn count(&self, name: &str, times: u64, dimension: Option<(&str, &str)>) {
        self.metrics.write(self.clock.now(), dimension, &[(name, times, Unit::Count)]);
    }

    /// How often NBP was asked and failed, whatever became of the mail.
    fn tell_nbp(&self, asked: Count) {
        let values =
            [("NbpRequests", asked.asked, Unit::Count), ("NbpErrors", asked.failed, Unit::Count)];
        self.metrics.write(self.clock.now(), None, &values);
    }

    async fn one(&self, event: Event, deliveries: u32) -> Result<&'static str, Fault> {
        match event {
            Event::Ignored(why) => Ok(why),
            Event::Task(task) => self.task(task).await,
            Event::Feedback(feedback) => self.hear(&feedback).await,
            Event::Mail(mail) if mail.key.starts_with(UPLOADS) => {
                self.receive_upload(mail, deliveries).await
            }
            Event::Mail(mail) => self.receive(mail, deliveries).await,
            Event::Again(wait) => self.resume(wait, deliveries).await,
        }
    }

    async fn task(&self, task: Task) -> Result<&'static str, Fault> {
        match task {
            Task::Rates => self.fetch_rates().await.map(|()| "task-rates"),
            Task::Outbox => self.mailbox().await?.send().await.map(|()| "task-outbox"),
            Task::Forget => self.mailbox().await?.forget().await.map(|()| "task-forget"),
        }
    }

    /// Fetches what NBP published up to yesterday, so that the first mail of the day need not wait.
    async fn fetch_rates(&self) -> Result<(), Fault> {
        let today = self.clock.today();
        let mut need = RateNeed::default();
        // The dollar is in table A; the dirham is not, so that table B is asked for.
        for code in ["USD", "AED"] {
            let currency = Currency::parse(code)
                .map_err(|error| Fault::never("name a currency", error.to_string()))?;
            need.add(currency, today);
        }
        let services = &self.mailbox().await?.services;
        let source = services.nbp.as_deref();
        let before = self.nbp.begin();
        let gathered = gather(&need, services.rates.as_ref(), source, today, &|_| {}).await;
        self.tell_nbp(self.nbp.count().since(before));
        gathered.map(|_| ())
    }

    /// The mailbox; its secret is read with the first event.
    async fn mailbox(&self) -> Result<&Mailbox, Fault> {
        self.mailbox
            .get_or_try_init(|| async {
                let key = self.clients.token_key(&self.config.mailbox_table).await?;
                let (config, clients) = (&self.config, &self.clients);
                let nbp: Arc<dyn RateSource> = self.nbp.clone();
                Ok(mailbox(config, clients, self.store.clone(), nbp, self.clock.clone(), key))
            })
            .await
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// From here on the lines of the log name the job.
fn tell_job(job: &JobName) {
    Span::current().record("job", job.as_str());
}

/// The mailbox of the functions, as their environment has it.
pub(crate) fn mailbox(
    config: &Config,
    clients: &Clients,
    store: Arc<DynamoConversations>,
    nbp: Arc<dyn RateSource>,
    clock: Arc<dyn Clock>,
    key: TokenKey,
) -> Mailbox {
    let rates = clients.rates(&config.rates_table, &config.archive_bucket);
    let services = Services { rates: Arc::new(rates), nbp: Some(nbp), clock };
    let mailer = Arc::new(clients.mailer(config.configuration_set.clone()));
    let uploads = Arc::new(clients.uploads(&config.mail_bucket));
    // Besides the mailbox itself: SES's own name in the ids of what it sends for us.
    let own = OwnAddresses {
        id_domains: vec![format!("{}.amazonses.com", config.cloud.region)],
        ..OwnAddresses::default()
    };
    let settings = MailboxSettings {
        address: config.address.clone(),
        own,
        lang: None,
        options: Options::default(),
        limits: Limits::with_uploads(),
        thresholds: Thresholds::default(),
    };
    Mailbox { services, store, mailer, uploads, key, settings }
}

#[cfg(test)]
mod tests;
