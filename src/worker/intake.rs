//! One mail: from its object in the bucket to the reply, the archive and the record of the job.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Count, DELIVERIES, MailEvent, Unit, Wait, Worker, tell_job};
use crate::{
    adapters::aws::{Begun, HandOver, JobRecord, JobStatus, S3Blobs, Started, UPLOADED},
    error::{DropReason, Fault, Retry},
    mail::{Authenticity, Evidence, author_of, classify},
    pipeline::{
        Archive, Entry, Finished, Handled, JobName, Keeper, Received, errors_in, hash_of, let_go,
    },
    ports::BlobStore as _,
};

/// How often a lost race with another mail of the same sender is run again at once.
const RACES: u32 = 3;

/// A mail of which so many tries in a row died (out of memory, out of time) would take the last one with it, and its
/// sender would never hear of it: then the last one only says so.
const DEATHS: u32 = 3;

/// Enough of a message for its header (mail.md § 7).
pub(super) const HEADER_BYTES: u32 = 1 << 20;

/// After so long an answer without NBP will not come any more.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// Waits for NBP: short at first, then a quarter of an hour each, the longest that the queue can.
const WAITS: [Duration; 4] = [
    Duration::from_mins(1),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(10),
];

/// Waits before a reply is handed to SES again; after that the outbox's own schedule does it.
const SENDING_WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1_500)];

/// A mail that is being handled.
pub(super) struct Case {
    pub(super) job: JobName,
    pub(super) key: String,
    /// The hash of its author's address, if it names one.
    pub(super) owner: Option<String>,
    pub(super) received: Option<Timestamp>,
    pub(super) trust: Authenticity,
    pub(super) tries: Tries,
    pub(super) waited: Option<(u32, Timestamp)>,
}

/// What was tried before.
#[derive(Clone, Copy)]
pub(super) struct Tries {
    /// How often the event came, this time included.
    pub(super) deliveries: u32,
    /// How many tries before this one ended without a word.
    pub(super) died: u32,
    /// The job was given up before.
    pub(super) failed: bool,
}

impl Worker {
    /// A mail that came.
    pub(super) async fn receive(
        &self,
        mail: MailEvent,
        deliveries: u32,
    ) -> Result<&'static str, Fault> {
        let job = self.job(&mail.bucket, &mail.key)?;
        tell_job(&job);
        let first = JobRecord {
            file_key: Some(mail.key.clone()),
            received: Some(mail.received.unwrap_or_else(|| self.now())),
            stage: Some("receive".to_owned()),
            ..JobRecord::default()
        };
        let Begun::Open { died, failed } = self.jobs.begin(job.as_str(), &first).await? else {
            return Ok(DropReason::Duplicate.code());
        };
        let taking = self.take(mail, job.clone(), Tries { deliveries, died, failed });
        self.in_good_order(&job, taking.await).await
    }

    async fn take(
        &self,
        mail: MailEvent,
        job: JobName,
        tries: Tries,
    ) -> Result<&'static str, Fault> {
        let case = |bytes: &[u8]| {
            let evidence = Evidence::Ses {
                message_id: Some(mail.key.rsplit('/').next().unwrap_or_default()),
                verdicts: mail.verdicts.as_ref(),
                envelope_sender: mail.envelope_sender.as_deref(),
            };
            let trust = classify(bytes, &evidence);
            let (key, owner, received) = (mail.key.clone(), owner_of(bytes), mail.received);
            Case { job, key, owner, received, trust, tries, waited: None }
        };
        match self.read(&mail.key).await {
            Ok((bytes, true)) => self.hand_over(&case(&bytes), &bytes).await,
            Ok((bytes, false)) => self.attend(&case(&bytes), &bytes).await,
            Err(fault) => Err(self.give_up_unread(&mail.key, tries, fault, case).await),
        }
    }

    /// A mail and whether it is large; of a large one only the beginning.
    async fn read(&self, key: &str) -> Result<(Vec<u8>, bool), Fault> {
        let size = self.mail.size(key).await?.ok_or_else(not_there)?;
        let large = size > self.config.large_bytes && self.machine.is_some();
        let bytes = if large {
            self.mail.head(key, HEADER_BYTES).await?
        } else {
            self.mail.get(key).await?
        };
        Ok((bytes.ok_or_else(not_there)?, large))
    }

    /// A mail that waited for NBP.
    pub(super) async fn resume(&self, wait: Wait, deliveries: u32) -> Result<&'static str, Fault> {
        let job = self.job(&wait.bucket, &wait.key)?;
        tell_job(&job);
        let begun = self.jobs.begin(job.as_str(), &JobRecord::default()).await?;
        let Begun::Open { died, failed } = begun else { return Ok(DropReason::Duplicate.code()) };
        let taking = self.take_up(wait, job.clone(), Tries { deliveries, died, failed });
        self.in_good_order(&job, taking.await).await
    }

    async fn take_up(&self, wait: Wait, job: JobName, tries: Tries) -> Result<&'static str, Fault> {
        let waited = Some((wait.tries, wait.since));
        let Wait { key, received, trust, .. } = wait;
        let place = key.clone();
        let case = |bytes: &[u8]| {
            let owner = owner_of(bytes);
            Case { job, key, owner, received, trust, tries, waited }
        };
        match self.mail.get(&place).await.and_then(|bytes| bytes.ok_or_else(not_there)) {
            Ok(bytes) => self.attend(&case(&bytes), &bytes).await,
            Err(fault) => Err(self.give_up_unread(&place, tries, fault, case).await),
        }
    }

    /// What failed and can say so did not die.
    pub(super) async fn in_good_order<T>(
        &self,
        job: &JobName,
        done: Result<T, Fault>,
    ) -> Result<T, Fault> {
        if done.is_err()
            && let Err(fault) = self.jobs.ended(job.as_str()).await
        {
            tracing::warn!(code = "not-noted", cause = %fault.chain(), "the end of a try was not noted");
        }
        done
    }

    /// The job of an object: its name, which SES made up.
    fn job(&self, bucket: &str, key: &str) -> Result<JobName, Fault> {
        let doing = "take a mail from its bucket";
        if bucket != self.config.mail_bucket {
            return Err(Fault::never(doing, "it is not the bucket of mail"));
        }
        let name = key.rsplit('/').next().unwrap_or_default();
        let ours = ["in/", UPLOADED].iter().any(|start| key.starts_with(start));
        if key.contains("..") || !ours {
            return Err(Fault::never(doing, "the key is not one of incoming mail"));
        }
        // Other names than SES's are those of tests and of people; they are as good, but long.
        JobName::parse(name)
            .or_else(|_| JobName::parse(&HEXLOWER.encode(&Sha256::digest(key.as_bytes()))))
            .map_err(|error| Fault::never(doing, error))
    }

    /// Hands a large mail to the state machine; `head` is at least the beginning of it.
    pub(super) async fn hand_over(&self, case: &Case, head: &[u8]) -> Result<&'static str, Fault> {
        match self.start(case).await {
            Ok(code) => Ok(code),
            Err(fault) => Err(self.give_up(case, head, fault).await),
        }
    }

    async fn start(&self, case: &Case) -> Result<&'static str, Fault> {
        let machine = self.machine.as_ref();
        let machine = machine.ok_or_else(|| Fault::never("hand a mail over", "to nobody"))?;
        let trust = case.trust.to_string();
        let input = HandOver {
            format: 1,
            job: case.job.as_str(),
            bucket: &self.config.mail_bucket,
            key: &case.key,
            trust: &trust,
            received: case.received,
        };
        // Before the start, so that it cannot overwrite what the stages note.
        let record = JobRecord { stage: Some("validate".to_owned()), ..record_of(case) };
        self.jobs.note(case.job.as_str(), JobStatus::Pending, &record).await?;
        match machine.start(&input).await? {
            Started::Now => Ok("handed-over"),
            // It runs, or it ended well and the record will say so.
            Started::Before if !case.tries.failed => Ok("handed-over"),
            Started::Before => {
                let code = "failed-before";
                tracing::warn!(
                    code,
                    "the state machine takes a job once: scripts/redo-large starts it anew"
                );
                self.jobs.note(case.job.as_str(), JobStatus::Failed, &record_of(case)).await?;
                Ok(code)
            }
        }
    }

    /// Handles a mail and notes what became of it.
    pub(super) async fn attend(&self, case: &Case, raw: &[u8]) -> Result<&'static str, Fault> {
        match Box::pin(self.try_to_attend(case, raw)).await {
            Ok(code) => Ok(code),
            Err(fault) => Err(self.give_up(case, raw, fault).await),
        }
    }

    async fn try_to_attend(&self, case: &Case, raw: &[u8]) -> Result<&'static str, Fault> {
        let (start, before) = (Instant::now(), self.nbp.begin());
        if case.tries.deliveries >= DELIVERIES && case.tries.died >= DEATHS {
            return Err(Fault::never("handle a mail", "every try before ended without a word"));
        }
        let mailbox = self.mailbox().await?;
        let keeper = Kept { archive: &self.archive, case, raw };
        let mut handled = mailbox.handle(raw, case.trust, &keeper, &|_| {}).await;
        for _ in 0..RACES {
            if !handled.as_ref().is_err_and(Fault::is_lost_race) {
                break;
            }
            handled = mailbox.handle(raw, case.trust, &keeper, &|_| {}).await;
        }
        let asked = self.nbp.count().since(before);
        self.tell_nbp(asked);
        let handled = match handled {
            Ok(handled) => handled,
            Err(fault) if fault.is_full_day() => {
                self.put_off(case, fault, "reply").await?;
                return Ok("waiting-for-tomorrow");
            }
            Err(fault) if fault.retry() == Retry::Later && asked.failed > 0 => {
                self.promise(case, raw).await?;
                self.put_off(case, fault, "rates").await?;
                return Ok("waiting-for-nbp");
            }
            Err(fault) => return Err(fault),
        };
        self.send().await;
        let code = handled.received.code();
        if handled.erased {
            // The request itself is the last thing to go. Killed before, it ends with the bucket's lifecycle.
            self.mail.delete(&case.key).await?;
            self.jobs.forget(case.job.as_str(), self.now()).await?;
        } else {
            self.note_success(case, &handled, code).await?;
            let_go(&self.mail, &case.key, case.trust.trust).await;
        }
        self.measure(start.elapsed(), asked, handled.finished.as_ref());
        Ok(code)
    }

    /// Empties the outbox. What cannot be sent now is taken up by its schedule; the mail itself was
    /// taken and need not come again.
    pub(super) async fn send(&self) {
        let Ok(mailbox) = self.mailbox().await else { return };
        let mut waits = SENDING_WAITS.into_iter();
        while let Err(fault) = mailbox.send().await {
            tracing::warn!(code = "not-sent-yet", cause = %fault.chain(), "a reply was not sent yet");
            let Some(wait) = waits.next() else { return };
            tokio::time::sleep(wait).await;
        }
    }

    async fn note_success(&self, case: &Case, handled: &Handled, code: &str) -> Result<(), Fault> {
        let finished = handled.finished.as_ref();
        let record = JobRecord {
            stage: Some("archive".to_owned()),
            year: finished.and_then(|done| done.year),
            transactions: finished.map(|done| done.transactions),
            outcome: Some(code.to_owned()),
            finished: Some(self.now()),
            ..record_of(case)
        };
        self.jobs.note(case.job.as_str(), JobStatus::Success, &record).await
    }

    /// Tells the sender once that the answer must wait, unless no reply may leave today.
    async fn promise(&self, case: &Case, raw: &[u8]) -> Result<(), Fault> {
        match self.mailbox().await?.promise(raw, case.trust).await {
            Ok(_) => self.send().await,
            Err(full) if full.is_full_day() => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// What cannot be done now, since NBP is down or the day has had its replies, comes again later by
    /// itself. It is no failure of the event.
    async fn put_off(&self, case: &Case, fault: Fault, stage: &str) -> Result<(), Fault> {
        let (tries, since) = case.waited.unwrap_or((0, self.now()));
        let Some(queue) = &self.queue else { return Err(fault) };
        if self.now().duration_since(since) > PATIENCE {
            return Err(Fault::never("wait any longer", fault));
        }
        let wait = Wait {
            tries: tries.saturating_add(1),
            since,
            bucket: self.config.mail_bucket.clone(),
            key: case.key.clone(),
            received: case.received,
            trust: case.trust,
        };
        let place = usize::try_from(tries).unwrap_or(usize::MAX);
        let delay = WAITS.get(place).copied().unwrap_or(Duration::from_mins(15));
        let record = JobRecord { stage: Some(stage.to_owned()), ..record_of(case) };
        self.jobs.note(case.job.as_str(), JobStatus::Waiting, &record).await?;
        let body = serde_json::json!({ "wait": wait }).to_string();
        queue.put(&body, delay).await
    }

    fn measure(&self, took: Duration, asked: Count, finished: Option<&Finished>) {
        let at = self.now();
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let mut values = vec![
            ("JobsProcessed", 1, Unit::Count),
            ("ProcessingTime", milliseconds, Unit::Milliseconds),
        ];
        if let Some(finished) = finished {
            let rows = u64::try_from(finished.transactions).unwrap_or(u64::MAX);
            values.push(("Rows", rows, Unit::Count));
            let hit = if asked.asked == 0 { 100 } else { 0 };
            values.push(("NbpCacheHitRate", hit, Unit::Percent));
        }
        self.metrics.write(at, None, &values);
        let document = finished.and_then(|finished| finished.calculation.as_deref());
        for (code, count) in document.map(errors_in).unwrap_or_default() {
            let values = [("ValidationErrors", count, Unit::Count)];
            self.metrics.write(at, Some(("Code", &code)), &values);
        }
    }
}

fn not_there() -> Fault {
    Fault::never("find a mail", "it is not in the bucket")
}

/// Whose mail it is, as it stands in records and keys.
fn owner_of(raw: &[u8]) -> Option<String> {
    author_of(raw).map(|author| hash_of(&author.key()))
}

/// What every record of a job says.
pub(super) fn record_of(case: &Case) -> JobRecord {
    JobRecord { owner: case.owner.clone(), ..JobRecord::default() }
}

/// Keeps a job in the archive.
struct Kept<'a> {
    archive: &'a S3Blobs,
    case: &'a Case,
    raw: &'a [u8],
}

#[async_trait]
impl Keeper for Kept<'_> {
    async fn keep(&self, finished: &Finished, outcome: Received) -> Result<(), Fault> {
        let entry = Entry {
            job: &self.case.job,
            owner: &finished.owner,
            at: finished.at,
            year: finished.year,
            transactions: finished.transactions,
            status: finished.status,
            outcome: outcome.code(),
            original: self.raw,
            files: &finished.files,
            calculation: finished.calculation.as_deref(),
            attachments: &finished.content.attachments,
        };
        Archive { blobs: self.archive }.keep(&entry).await
    }
}
