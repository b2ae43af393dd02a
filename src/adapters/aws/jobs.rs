//! What became of each mail, for operators: one item per job, without a word of the mail.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    fault::fault,
    item::{Item, expiry, number, string, text},
};
use crate::error::Fault;

const NOTING: &str = "note a job";

/// Days that a finished job is listed.
const KEPT_DAYS: i64 = 30;

/// A job is in work for no longer; what waits for NBP is noted as waiting.
const WORK_MOST: SignedDuration = SignedDuration::from_hours(24);

/// Where a job stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobStatus {
    /// Handed to the state machine.
    Pending,
    /// A worker has it.
    Processing,
    /// It waits for NBP.
    Waiting,
    /// Done: answered, or silent for a reason.
    Success,
    /// Given up; it lies in the dead-letter queue or was apologised for.
    Failed,
}

impl JobStatus {
    /// As it stands in the table.
    pub fn text(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Waiting => "WAITING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
        }
    }
}

/// What is known of a job; what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct JobRecord {
    /// The stage that it is in or ended in.
    pub stage: Option<String>,
    /// The key of the raw mail.
    pub file_key: Option<String>,
    /// When the mail came.
    pub received: Option<Timestamp>,
    /// The sender, hashed: what the index is searched by.
    pub owner: Option<String>,
    /// The year that the reply is about.
    pub year: Option<i16>,
    /// Events of the ledger.
    pub transactions: Option<usize>,
    /// The code of the outcome.
    pub outcome: Option<String>,
    /// The chain of a fault, which names no person.
    pub error: Option<String>,
    /// When it was done.
    pub finished: Option<Timestamp>,
}

/// How a job stands when somebody takes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Begun {
    /// It is done already.
    Done,
    /// It is to do.
    Open {
        /// How many tries before this one ended without a word, one after the other: killed, or out of time or memory.
        died: u32,
        /// It was given up before.
        failed: bool,
    },
}

/// A job as far as it must be known to delete it.
#[derive(Clone, Debug)]
pub(super) struct OwnedJob {
    /// Its name.
    pub(super) job: String,
    /// The key of the raw mail.
    pub(super) file_key: Option<String>,
}

/// The table of jobs.
#[derive(Clone, Debug)]
pub struct Jobs {
    client: Client,
    table: String,
}

impl Jobs {
    pub(super) fn new(client: Client, table: &str) -> Self {
        Self { client, table: table.to_owned() }
    }

    /// Marks a job as being worked on.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn begin(&self, job: &str, record: &JobRecord) -> Result<Begun, Fault> {
        let changes =
            Changes::of(JobStatus::Processing, record).with(":success", JobStatus::Success.text());
        let update = self
            .change(job, changes.counting())
            .condition_expression("attribute_not_exists(job) OR #status <> :success")
            .return_values(ReturnValue::AllOld);
        match update.send().await {
            Ok(written) => {
                let before = |name| written.attributes().and_then(|old| old.get(name));
                let tries = before("tries").and_then(|tries| tries.as_n().ok()?.parse().ok());
                let status = before("status").and_then(|status| status.as_s().ok());
                let failed = status.is_some_and(|status| status == JobStatus::Failed.text());
                Ok(Begun::Open { died: tries.unwrap_or(0), failed })
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Ok(Begun::Done)
            }
            Err(error) => Err(fault(NOTING, error)),
        }
    }

    /// Notes that a try ended in good order, whatever came of it.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn ended(&self, job: &str) -> Result<(), Fault> {
        self.write(job, Changes::default()).await
    }

    /// Notes where a job stands.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn note(
        &self,
        job: &str,
        status: JobStatus,
        record: &JobRecord,
    ) -> Result<(), Fault> {
        self.write(job, Changes::of(status, record)).await
    }

    /// The jobs of a sender, by the hash of the address, that are at an end or wait; not those in work at
    /// that time.
    pub(super) async fn of_owner(
        &self,
        owner: &str,
        at: Timestamp,
    ) -> Result<Vec<OwnedJob>, Fault> {
        let doing = "list the jobs of a sender";
        let (mut jobs, mut from) = (Vec::new(), None);
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("by-owner")
                .key_condition_expression("#owner = :owner")
                .expression_attribute_names("#owner", "owner")
                .expression_attribute_values(":owner", text(owner))
                .set_exclusive_start_key(from);
            let page = query.send().await.map_err(|error| fault(doing, error))?;
            for item in page.items.unwrap_or_default() {
                let status = string(&item, "status")?;
                let over = [JobStatus::Success, JobStatus::Failed, JobStatus::Waiting];
                let over = over.iter().any(|over| over.text() == status);
                if over || is_left_behind(&item, at) {
                    let file_key = item.get("file_key").and_then(|value| value.as_s().ok());
                    let job = string(&item, "job")?.to_owned();
                    jobs.push(OwnedJob { job, file_key: file_key.cloned() });
                }
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(jobs);
            }
        }
    }

    /// Takes from a record what tells whose mail it was and what came of it. The job itself stays known as
    /// done, so that nothing brings it back.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub async fn forget(&self, job: &str, at: Timestamp) -> Result<(), Fault> {
        let change = "SET #status = :success, outcome = :deleted, expires = :expires \
            REMOVE #owner, file_key, received, #year, transactions, #error";
        let names =
            [("#status", "status"), ("#owner", "owner"), ("#year", "year"), ("#error", "error")];
        let names = names.map(|(mark, name)| (mark.to_owned(), name.to_owned()));
        let values = [
            (":success", text(JobStatus::Success.text())),
            (":deleted", text("deleted")),
            (":expires", expiry(at, KEPT_DAYS)),
        ];
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("job", text(job))
            .update_expression(change)
            .set_expression_attribute_names(Some(names.into()))
            .set_expression_attribute_values(Some(
                values.map(|(mark, value)| (mark.to_owned(), value)).into(),
            ));
        update.send().await.map_err(|error| fault("forget whose a job was", error))?;
        Ok(())
    }

    /// What is written of a job ends its try in good order.
    async fn write(&self, job: &str, mut changes: Changes) -> Result<(), Fault> {
        changes.sets.push("tries = :none".to_owned());
        let update = self.change(job, changes.with_number(":none", 0));
        update.send().await.map_err(|error| fault(NOTING, error))?;
        Ok(())
    }

    fn change(&self, job: &str, changes: Changes) -> UpdateItemFluentBuilder {
        let Changes { sets, counts, names, values } = changes;
        let count = if counts { " ADD tries :one" } else { "" };
        self.client
            .update_item()
            .table_name(&self.table)
            .key("job", text(job))
            .update_expression(format!("SET {}{count}", sets.join(", ")))
            .set_expression_attribute_names(Some(names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(values))
    }
}

/// What an update changes.
#[derive(Default)]
struct Changes {
    sets: Vec<String>,
    /// Whether it is a try.
    counts: bool,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Changes {
    fn of(status: JobStatus, record: &JobRecord) -> Self {
        let mut changes = Self::default();
        let status = ("status", text(status.text()));
        for (name, value) in std::iter::once(status).chain(attributes(record)) {
            changes.sets.push(format!("#{name} = :{name}"));
            changes.names.insert(format!("#{name}"), name.to_owned());
            changes.values.insert(format!(":{name}"), value);
        }
        changes
    }

    fn counting(self) -> Self {
        Self { counts: true, ..self }.with_number(":one", 1)
    }

    fn with(mut self, mark: &str, value: &str) -> Self {
        self.values.insert(mark.to_owned(), text(value));
        self
    }

    fn with_number(mut self, mark: &str, value: u32) -> Self {
        self.values.insert(mark.to_owned(), number(value));
        self
    }
}

/// Nothing that is in work is so old: whoever had it was killed and nobody came after.
fn is_left_behind(item: &Item, at: Timestamp) -> bool {
    let received = item.get("received").and_then(|value| value.as_s().ok()?.parse().ok());
    received.is_some_and(|came: Timestamp| at.duration_since(came) > WORK_MOST)
}

fn attributes(record: &JobRecord) -> Vec<(&'static str, AttributeValue)> {
    let JobRecord {
        stage,
        file_key,
        received,
        owner,
        year,
        transactions,
        outcome,
        error,
        finished,
    } = record;
    let texts = [
        ("stage", stage),
        ("file_key", file_key),
        ("owner", owner),
        ("outcome", outcome),
        ("error", error),
    ];
    let texts = texts.into_iter().filter_map(|(name, found)| Some((name, text(found.as_ref()?))));
    let times = [("received", received), ("finished", finished)];
    let times = times.into_iter().filter_map(|(name, at)| Some((name, text((*at)?.to_string()))));
    // Not only at its end: a job that nobody ends must go as well.
    let expires = finished.or(*received).map(|at| ("expires", expiry(at, KEPT_DAYS)));
    let year = year.map(|year| ("year", number(year)));
    let transactions = transactions.map(|count| ("transactions", number(count)));
    texts.chain(times).chain(expires).chain(year).chain(transactions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::aws::testing;

    #[tokio::test]
    async fn a_job_that_is_done_is_not_begun_again() {
        let Some(world) = testing::world().await else { return };
        let jobs = world.clients.jobs(&world.jobs);
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let record = JobRecord { received: Some(at), year: Some(2025), ..JobRecord::default() };
        let open = |died| Begun::Open { died, failed: false };
        assert_eq!(jobs.begin("a", &record).await.unwrap(), open(0));
        assert_eq!(jobs.begin("a", &record).await.unwrap(), open(1), "a redelivery goes on");
        assert_eq!(jobs.begin("a", &record).await.unwrap(), open(2));
        jobs.note("a", JobStatus::Waiting, &JobRecord::default()).await.unwrap();
        assert_eq!(jobs.begin("a", &record).await.unwrap(), open(0), "it had ended in good order");
        jobs.ended("a").await.unwrap();
        assert_eq!(jobs.begin("a", &record).await.unwrap(), open(0));
        jobs.note("a", JobStatus::Failed, &JobRecord::default()).await.unwrap();
        let again = Begun::Open { died: 0, failed: true };
        assert_eq!(jobs.begin("a", &record).await.unwrap(), again);
        let done = JobRecord { finished: Some(at), ..JobRecord::default() };
        jobs.note("a", JobStatus::Success, &done).await.unwrap();
        assert_eq!(jobs.begin("a", &record).await.unwrap(), Begun::Done);
    }

    #[tokio::test]
    async fn what_nobody_ended_can_be_deleted_after_a_day_and_goes_after_thirty() {
        let Some(world) = testing::world().await else { return };
        let jobs = world.clients.jobs(&world.jobs);
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let (received, owner) = (Some(at), Some("o".to_owned()));
        let record = JobRecord { received, owner, ..JobRecord::default() };
        for (job, status) in [("a", JobStatus::Pending), ("b", JobStatus::Waiting)] {
            jobs.begin(job, &record).await.unwrap();
            jobs.note(job, status, &JobRecord::default()).await.unwrap();
        }
        jobs.begin("c", &record).await.unwrap();
        let deletable = async |hours: i64| {
            let found = jobs.of_owner("o", at + SignedDuration::from_hours(hours)).await.unwrap();
            let mut names: Vec<_> = found.into_iter().map(|owned| owned.job).collect();
            names.sort();
            names
        };
        assert_eq!(deletable(1).await, ["b"]);
        assert_eq!(deletable(25).await, ["a", "b", "c"]);
        let get = world.clients.dynamodb.get_item().table_name(&world.jobs);
        let item = get.key("job", text("c")).send().await.unwrap().item.unwrap();
        let thirty_days = at.as_second() + 30 * 86_400;
        assert_eq!(item["expires"], number(thirty_days));
    }
}
