//! The stages themselves. Each does one step of [`Mailbox::receive`] with what it finds.
//!
//! Where `validate` finds no work, the later stages pass, and `reply` handles the mail in one go: so only
//! the last stages store anything.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Job, StageFault, Stages,
    handover::{Handover, by_content},
};
use crate::{
    error::{DropReason, Fault},
    ledger::Ledger,
    pipeline::{
        Archive, Calculated, Entry, Finished, Keeper, Rated, Received,
        calculate::{conclude, rate},
        errors_in, let_go,
        mailbox::{Work, WorkRecord},
        reply::{Said, report},
    },
    reply::{Attachment, FileKind, ReplyContent},
    tax::{self, Assessment, Options, Part, Status, Worked},
};

/// What `validate` leaves.
#[derive(Deserialize, Serialize)]
enum Validated {
    /// There is nothing to calculate in stages; `reply` handles the mail in one go.
    Done,
    Work(Box<WorkRecord>),
}

/// What `normalise` leaves beside the ledger.
#[derive(Deserialize, Serialize)]
struct Normalised {
    work: WorkRecord,
    options: Options,
}

/// What `rates` leaves.
#[derive(Deserialize, Serialize)]
struct Priced {
    rated: Rated,
    /// Into how many parts the ledger was divided; zero if it was not.
    parts: usize,
}

/// What `report` leaves beside the files.
#[derive(Deserialize, Serialize)]
struct Reported {
    text: String,
    html: String,
    attachments: Vec<(String, FileKind)>,
    #[serde(flatten)]
    about: About,
}

/// What is known of a result besides its words.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct About {
    at: Timestamp,
    status: Status,
    /// Whose mail it was.
    #[serde(default)]
    owner: String,
    year: Option<i16>,
    transactions: usize,
    /// The files of the mail that its conversation keeps, by their digests.
    files: Vec<[u8; 32]>,
}

/// What became of a job, as far as it is known in the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Ended {
    pub(super) outcome: Option<String>,
    pub(super) year: Option<i16>,
    pub(super) transactions: Option<usize>,
    pub(super) errors: BTreeMap<String, u64>,
}

/// What is to be deleted once the job is kept.
#[derive(Default, Deserialize, Serialize)]
struct Leftovers {
    documents: Vec<String>,
    files: Vec<String>,
}

/// More parts than this are never needed: mail is limited.
const PARTS_MAX: usize = 16;

const VALIDATE: &str = "validate";
const NORMALISE: &str = "normalise";
const LEDGER: &str = "ledger";
const RATES: &str = "rates";
const CALCULATE: &str = "calculate";
const REPORT: &str = "report";
const REPLY: &str = "reply";
const LEFTOVERS: &str = "leftovers";

/// How a job ends whose sender had everything deleted while it waited.
const DELETED: &str = "deleted";
const CALCULATION: &str = "calculation.json";

fn part_name(part: usize) -> String {
    format!("parts/{part}")
}

fn worked_name(part: usize) -> String {
    format!("parts/{part}-worked")
}

impl Stages {
    /// Returns whether the mail is done.
    pub(super) async fn validate(&self, job: &Job) -> Result<bool, StageFault> {
        let handover = self.handover(job);
        let raw = self.raw(job).await?;
        let validated = match self.mailbox.look(&raw, job.trust).await? {
            Some(mut work) => {
                for file in work.files() {
                    handover.put_file(&by_content(&file.digest), &file.bytes).await?;
                }
                Validated::Work(Box::new(WorkRecord::from(work)))
            }
            // Answered by an earlier run of these stages, which may still have to archive it.
            None if let Some(first) = handover.find::<Validated>(VALIDATE).await? => {
                return Ok(matches!(first, Validated::Done));
            }
            None => Validated::Done,
        };
        handover.put(VALIDATE, &validated).await?;
        Ok(matches!(validated, Validated::Done))
    }

    /// Returns whether the mail is done.
    pub(super) async fn normalise(&self, job: &Job) -> Result<bool, StageFault> {
        let handover = self.handover(job);
        let mut work = match handover.get(VALIDATE).await? {
            Validated::Work(record) => Work::from(*record),
            Validated::Done => return Ok(true),
        };
        for file in work.files() {
            file.bytes = handover.file(&by_content(&file.digest)).await?;
        }
        let ledger = self.mailbox.read_files(&mut work).await?;
        let options = self.mailbox.options_of(&work);
        handover.put(LEDGER, &ledger).await?;
        let normalised = Normalised { work: WorkRecord::from(work), options };
        handover.put(NORMALISE, &normalised).await?;
        Ok(false)
    }

    /// Returns into how many parts the ledger was divided; zero if it was not.
    pub(super) async fn rates(&self, job: &Job) -> Result<usize, StageFault> {
        let handover = self.handover(job);
        let Some(work) = work_of(handover).await? else { return Ok(0) };
        let ledger: Ledger = handover.get(LEDGER).await?;
        let rated = rate(&ledger, work.today(), &self.mailbox.services, &|_| {}).await?;
        let wanted = ledger.transactions.len().div_ceil(self.events_per_part.max(1));
        let parts = if wanted > 1 { tax::parts(&ledger, wanted.min(PARTS_MAX)) } else { vec![] };
        let parts: &[Part] = if parts.len() > 1 { &parts } else { &[] };
        for (number, part) in parts.iter().enumerate() {
            handover.put(&part_name(number), part).await?;
        }
        handover.put(RATES, &Priced { rated, parts: parts.len() }).await?;
        Ok(parts.len())
    }

    pub(super) async fn calculate_part(&self, job: &Job, part: usize) -> Result<(), StageFault> {
        let handover = self.handover(job);
        let Normalised { options, .. } = handover.get(NORMALISE).await?;
        let Priced { rated, .. } = handover.get(RATES).await?;
        let events: Part = handover.get(&part_name(part)).await?;
        let worked = tax::work_out_part(&events, &rated.book, &options);
        Ok(handover.put(&worked_name(part), &worked).await?)
    }

    pub(super) async fn calculate(&self, job: &Job) -> Result<(), StageFault> {
        let handover = self.handover(job);
        let Some(normalised) = normalised_of(handover).await? else { return Ok(()) };
        let (options, work) = (normalised.options, Work::from(normalised.work));
        let ledger: Ledger = handover.get(LEDGER).await?;
        let Priced { rated, parts } = handover.get(RATES).await?;
        let mut worked: Option<Worked> = None;
        for part in 0..parts {
            let next: Worked = handover.get(&worked_name(part)).await?;
            match &mut worked {
                Some(worked) => worked.merge(next),
                None => worked = Some(next),
            }
        }
        let worked = worked.unwrap_or_else(|| tax::work_out(&ledger, &rated.book, &options));
        let assessment = conclude(&ledger, worked, &rated.missing, &options, work.today());
        Ok(handover.put(CALCULATE, &assessment).await?)
    }

    pub(super) async fn report(&self, job: &Job) -> Result<(), StageFault> {
        let handover = self.handover(job);
        let Some(normalised) = normalised_of(handover).await? else { return Ok(()) };
        let (options, mut work) = (normalised.options, Work::from(normalised.work));
        let mut ledger: Ledger = handover.get(LEDGER).await?;
        let Priced { rated, .. } = handover.get(RATES).await?;
        let assessment: Assessment = handover.get(CALCULATE).await?;
        ledger.tell_neutral(&assessment.outside);
        let (year, transactions) = (assessment.chosen_year, ledger.transactions.len());
        let files = work.kept().iter().map(|(digest, _)| *digest).collect();
        let (rates, today) = (rated.book, work.today());
        let calculated = Calculated { ledger, rates, assessment, options, today };
        let said = report(&calculated, work.lang(), true, work.wants_template())?;
        drop(calculated);
        let (at, status, owner) = (work.at(), said.status, work.owner().to_owned());
        let about = About { at, status, owner, year, transactions, files };
        Ok(leave_report(handover, &said.content, said.calculation.as_deref(), about).await?)
    }

    pub(super) async fn reply(&self, job: &Job) -> Result<(), StageFault> {
        let handover = self.handover(job);
        if handover.find::<String>(REPLY).await?.is_none() {
            let code = self.conclude(job, handover).await?;
            handover.put(REPLY, &code).await?;
        }
        self.send().await;
        Ok(())
    }

    async fn conclude(
        &self,
        job: &Job,
        handover: Handover<'_>,
    ) -> Result<&'static str, StageFault> {
        // It may have waited for hours, and a deletion takes what waits with it: nothing is stored anew then.
        if self.mail.get(&job.key).await?.is_none() {
            return Ok(DELETED);
        }
        let received = match handover.get(VALIDATE).await? {
            Validated::Done => self.in_one_go(job, handover).await?,
            Validated::Work(_) => self.answer(job, handover).await?,
        };
        Ok(received.code())
    }

    /// Empties the outbox. What cannot be sent now is taken up by its schedule: whatever waits was taken,
    /// and nobody needs an apology for it.
    async fn send(&self) {
        if let Err(fault) = self.mailbox.send().await {
            tracing::warn!(code = "not-sent-yet", cause = %fault.chain(), "a reply was not sent yet");
        }
    }

    async fn answer(&self, job: &Job, handover: Handover<'_>) -> Result<Received, StageFault> {
        let Normalised { work, .. } = handover.get(NORMALISE).await?;
        let mut work = Work::from(work);
        if self.mailbox.is_handled(&work).await? {
            return Ok(Received::Answered);
        }
        for (digest, bytes) in work.kept() {
            *bytes = handover.file(&by_content(digest)).await?;
        }
        let (said, _) = said_of(handover).await?;
        match self.mailbox.deliver_late(work, said).await? {
            Some(received) => Ok(received),
            // Another mail changed the conversation meanwhile: everything anew, with its files.
            None => self.in_one_go(job, handover).await,
        }
    }

    async fn in_one_go(&self, job: &Job, handover: Handover<'_>) -> Result<Received, StageFault> {
        let raw = self.raw(job).await?;
        let handled = self.mailbox.handle(&raw, job.trust, &LeftReport(handover), &|_| {}).await?;
        let again = handled.received == Received::Silent(DropReason::Duplicate);
        if again && handover.find::<Reported>(REPORT).await?.is_some() {
            // An earlier run of this stage took it, and was killed before it could say so.
            return Ok(Received::Answered);
        }
        Ok(handled.received)
    }

    /// Keeps what was calculated, then deletes what lies between the stages: by a list that is left first,
    /// so that another run knows that everything was kept and what is still to be deleted.
    pub(super) async fn keep(&self, job: &Job) -> Result<Ended, StageFault> {
        let handover = self.handover(job);
        let outcome: Option<String> = handover.find(REPLY).await?;
        let mut ended = Ended { outcome, ..Ended::default() };
        let mut leftovers = handover.find::<Leftovers>(LEFTOVERS).await?;
        if leftovers.is_none() {
            let deleted = ended.outcome.as_deref() == Some(DELETED);
            if !deleted && let Some(Reported { about, .. }) = handover.find(REPORT).await? {
                ended.year = about.year;
                ended.transactions = Some(about.transactions);
                ended.errors = self.keep_report(job, handover).await?;
            }
            let list = list_leftovers(handover).await?;
            handover.put(LEFTOVERS, &list).await?;
            leftovers = Some(list);
        }
        let leftovers = leftovers.unwrap_or_default();
        for document in &leftovers.documents {
            handover.delete(document).await?;
        }
        for file in &leftovers.files {
            handover.delete_file(file).await?;
        }
        handover.delete(LEFTOVERS).await?;
        let_go(self.mail.as_ref(), &job.key, job.trust.trust).await;
        Ok(ended)
    }

    /// Returns the errors that the sender was told of.
    async fn keep_report(
        &self,
        job: &Job,
        handover: Handover<'_>,
    ) -> Result<BTreeMap<String, u64>, StageFault> {
        let outcome: String = handover.get(REPLY).await?;
        let (said, about) = said_of(handover).await?;
        let mut files = Vec::new();
        for digest in about.files {
            files.push((digest, handover.file(&by_content(&digest)).await?));
        }
        let entry = Entry {
            job: &job.job,
            owner: &about.owner,
            at: about.at,
            year: about.year,
            transactions: about.transactions,
            status: about.status,
            outcome: &outcome,
            original: &self.raw(job).await?,
            files: &files,
            calculation: said.calculation.as_deref(),
            attachments: &said.content.attachments,
        };
        Archive { blobs: self.archive.as_ref() }.keep(&entry).await?;
        Ok(said.calculation.as_deref().map(errors_in).unwrap_or_default())
    }

    /// Tells the sender once that the answer waits for NBP, unless no reply may leave today.
    pub(super) async fn promise(&self, job: &Job) -> Result<(), StageFault> {
        let Some(raw) = self.mail.get(&job.key).await? else { return Ok(()) };
        match self.mailbox.promise(&raw, job.trust).await {
            Ok(_) => self.send().await,
            Err(fault) if fault.is_full_day() => {}
            Err(fault) => return Err(fault.into()),
        }
        Ok(())
    }

    pub(super) async fn apologise(&self, job: &Job) -> Result<(), StageFault> {
        let Some(raw) = self.mail.get(&job.key).await? else { return Ok(()) };
        self.mailbox.apologise(&raw, job.trust).await?;
        self.send().await;
        Ok(())
    }
}

/// Leaves for `archive` what a mail was answered with in one go.
struct LeftReport<'a>(Handover<'a>);

#[async_trait]
impl Keeper for LeftReport<'_> {
    async fn keep(&self, finished: &Finished, _: Received) -> Result<(), Fault> {
        for (digest, bytes) in &finished.files {
            self.0.put_file(&by_content(digest), bytes).await?;
        }
        let about = About {
            at: finished.at,
            status: finished.status,
            owner: finished.owner.clone(),
            year: finished.year,
            transactions: finished.transactions,
            files: finished.files.iter().map(|(digest, _)| *digest).collect(),
        };
        leave_report(self.0, &finished.content, finished.calculation.as_deref(), about).await
    }
}

/// What `normalise` left; `None` if the mail was done before.
async fn normalised_of(handover: Handover<'_>) -> Result<Option<Normalised>, Fault> {
    match handover.get(VALIDATE).await? {
        Validated::Work(_) => handover.get(NORMALISE).await.map(Some),
        Validated::Done => Ok(None),
    }
}

async fn work_of(handover: Handover<'_>) -> Result<Option<Work>, Fault> {
    Ok(normalised_of(handover).await?.map(|normalised| Work::from(normalised.work)))
}

async fn list_leftovers(handover: Handover<'_>) -> Result<Leftovers, Fault> {
    let documents = [VALIDATE, NORMALISE, LEDGER, RATES, CALCULATE, REPORT, REPLY];
    let mut documents: Vec<String> = documents.map(str::to_owned).to_vec();
    let mut files = vec![CALCULATION.to_owned()];
    if let Some(Validated::Work(record)) = handover.find(VALIDATE).await? {
        let mut work = Work::from(*record);
        files.extend(work.files().iter().map(|file| by_content(&file.digest)));
    }
    if let Some(reported) = handover.find::<Reported>(REPORT).await? {
        files.extend(reported.attachments.into_iter().map(|(name, _)| name));
        files.extend(reported.about.files.iter().map(by_content));
    }
    let parts = handover.find::<Priced>(RATES).await?.map_or(0, |priced| priced.parts);
    documents.extend((0..parts).flat_map(|part| [part_name(part), worked_name(part)]));
    Ok(Leftovers { documents, files })
}

async fn leave_report(
    handover: Handover<'_>,
    content: &ReplyContent,
    calculation: Option<&[u8]>,
    about: About,
) -> Result<(), Fault> {
    let ReplyContent { text, html, attachments } = content;
    for attachment in attachments {
        handover.put_file(attachment.name(), attachment.bytes()).await?;
    }
    if let Some(calculation) = calculation {
        handover.put_file(CALCULATION, calculation).await?;
    }
    let attachments = attachments.iter().map(|file| (file.name().to_owned(), file.kind()));
    let (text, html) = (text.clone(), html.clone());
    let reported = Reported { text, html, attachments: attachments.collect(), about };
    handover.put(REPORT, &reported).await
}

/// The reply as `report` left it.
async fn said_of(handover: Handover<'_>) -> Result<(Said, About), Fault> {
    let Reported { text, html, attachments: names, about } = handover.get(REPORT).await?;
    let mut attachments = Vec::new();
    for (name, kind) in names {
        let file = Attachment::new(&name, kind, handover.file(&name).await?);
        attachments.push(file.map_err(|error| Fault::never("read what report left", error))?);
    }
    let content = ReplyContent { text, html, attachments };
    let calculation = Some(handover.file(CALCULATION).await?);
    Ok((Said { content, calculation, status: about.status }, about))
}
