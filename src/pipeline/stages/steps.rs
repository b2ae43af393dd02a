//! The stages themselves. Each does one step of [`Mailbox::receive`] with what it finds.
//!
//! Once `validate` has answered a mail, the later stages find nothing to do and pass.

use serde::{Deserialize, Serialize};

use super::{
    Job, StageFault, Stages,
    handover::{Handover, by_content},
};
use crate::{
    error::{DropReason, Fault},
    ledger::Ledger,
    pipeline::{
        Archive, Calculated, Entry, Rated, Received,
        calculate::{conclude, rate},
        mailbox::{Taken, Work, WorkRecord},
        reply::{Said, report},
    },
    reply::{Attachment, FileKind, ReplyContent},
    tax::{self, Assessment, Options, Part, Status, Worked},
};

/// What `validate` leaves.
#[derive(Deserialize, Serialize)]
enum Validated {
    /// The code of how the mail ended.
    Done(String),
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
    status: Status,
    year: Option<i16>,
    transactions: usize,
}

/// What is to be deleted once the job is kept.
#[derive(Deserialize, Serialize)]
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
        let validated = match self.mailbox.accept(&raw, job.trust, &|_| {}).await? {
            Taken::Work(mut work) => {
                for file in work.files() {
                    handover.put_file(&by_content(&file.sha256), &file.bytes).await?;
                }
                Validated::Work(Box::new(WorkRecord::from(*work)))
            }
            // Answered by an earlier run of these stages, which may still have to archive it.
            Taken::Done(Received::Silent(DropReason::Duplicate))
                if let Some(first) = handover.find::<Validated>(VALIDATE).await? =>
            {
                return Ok(matches!(first, Validated::Done(_)));
            }
            Taken::Done(received) => Validated::Done(received.code().to_owned()),
        };
        handover.put(VALIDATE, &validated).await?;
        Ok(matches!(validated, Validated::Done(_)))
    }

    /// Returns whether the mail is done.
    pub(super) async fn normalise(&self, job: &Job) -> Result<bool, StageFault> {
        let handover = self.handover(job);
        let mut work = match handover.get(VALIDATE).await? {
            Validated::Work(record) => Work::from(*record),
            Validated::Done(_) => return Ok(true),
        };
        for file in work.files() {
            file.bytes = handover.file(&by_content(&file.sha256)).await?;
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
        let (options, work) = (normalised.options, Work::from(normalised.work));
        let ledger: Ledger = handover.get(LEDGER).await?;
        let Priced { rated, .. } = handover.get(RATES).await?;
        let assessment: Assessment = handover.get(CALCULATE).await?;
        let (year, transactions) = (assessment.chosen_year, ledger.transactions.len());
        let (rates, today) = (rated.book, work.today());
        let calculated = Calculated { ledger, rates, assessment, options, today };
        let said = report(&calculated, work.lang())?;
        drop(calculated);
        Ok(leave_report(handover, &said, year, transactions).await?)
    }

    pub(super) async fn reply(&self, job: &Job) -> Result<(), StageFault> {
        let handover = self.handover(job);
        if handover.find::<String>(REPLY).await?.is_none() {
            let outcome = match handover.get(VALIDATE).await? {
                Validated::Done(outcome) => outcome,
                Validated::Work(_) => self.answer(job, handover).await?.code().to_owned(),
            };
            handover.put(REPLY, &outcome).await?;
        }
        Ok(self.mailbox.send().await?)
    }

    async fn answer(&self, job: &Job, handover: Handover<'_>) -> Result<Received, StageFault> {
        let Normalised { work, .. } = handover.get(NORMALISE).await?;
        let mut work = Work::from(work);
        if self.mailbox.is_handled(&work).await? {
            return Ok(Received::Answered);
        }
        for (sha256, bytes) in work.kept() {
            *bytes = handover.file(&by_content(sha256)).await?;
        }
        let (said, _) = said_of(handover).await?;
        if let Some(received) = self.mailbox.deliver_late(work, said).await? {
            return Ok(received);
        }
        // Another mail changed the conversation meanwhile: everything anew, with its files.
        let raw = self.raw(job).await?;
        let handled = self.mailbox.handle(&raw, job.trust, &|_| {}).await?;
        if let Some(finished) = handled.finished {
            let (content, calculation) = (finished.content, finished.calculation);
            let said = Said { content, calculation, status: finished.status };
            leave_report(handover, &said, finished.year, finished.transactions).await?;
        }
        Ok(handled.received)
    }

    /// Keeps what was calculated, then deletes what lies between the stages: by a list that is left first,
    /// so that another run knows that everything was kept and what is still to be deleted.
    pub(super) async fn keep(&self, job: &Job) -> Result<(), StageFault> {
        let handover = self.handover(job);
        let leftovers = match handover.find::<Leftovers>(LEFTOVERS).await? {
            Some(leftovers) => leftovers,
            None => {
                let leftovers = leftovers(handover).await?;
                if handover.find::<Reported>(REPORT).await?.is_some() {
                    self.keep_report(job, handover).await?;
                }
                handover.put(LEFTOVERS, &leftovers).await?;
                leftovers
            }
        };
        for document in &leftovers.documents {
            handover.delete(document).await?;
        }
        for file in &leftovers.files {
            handover.delete_file(file).await?;
        }
        Ok(handover.delete(LEFTOVERS).await?)
    }

    async fn keep_report(&self, job: &Job, handover: Handover<'_>) -> Result<(), StageFault> {
        let Normalised { work, .. } = handover.get(NORMALISE).await?;
        let mut work = Work::from(work);
        for (sha256, bytes) in work.kept() {
            *bytes = handover.file(&by_content(sha256)).await?;
        }
        let outcome: String = handover.get(REPLY).await?;
        let (said, reported) = said_of(handover).await?;
        let entry = Entry {
            job: &job.job,
            at: work.at(),
            year: reported.year,
            transactions: reported.transactions,
            status: said.status,
            outcome: &outcome,
            original: &self.raw(job).await?,
            files: work.kept(),
            calculation: said.calculation.as_deref(),
            attachments: &said.content.attachments,
        };
        Ok(Archive { blobs: self.archive.as_ref() }.keep(&entry).await?)
    }

    pub(super) async fn apologise(&self, job: &Job) -> Result<(), StageFault> {
        let Some(raw) = self.mail.get(&job.key).await? else { return Ok(()) };
        self.mailbox.apologise(&raw, job.trust).await?;
        Ok(self.mailbox.send().await?)
    }
}

/// What `normalise` left; `None` if the mail was done before.
async fn normalised_of(handover: Handover<'_>) -> Result<Option<Normalised>, Fault> {
    match handover.get(VALIDATE).await? {
        Validated::Work(_) => handover.get(NORMALISE).await.map(Some),
        Validated::Done(_) => Ok(None),
    }
}

async fn work_of(handover: Handover<'_>) -> Result<Option<Work>, Fault> {
    Ok(normalised_of(handover).await?.map(|normalised| Work::from(normalised.work)))
}

async fn leftovers(handover: Handover<'_>) -> Result<Leftovers, Fault> {
    let documents = [VALIDATE, NORMALISE, LEDGER, RATES, CALCULATE, REPORT, REPLY];
    let mut documents: Vec<String> = documents.map(str::to_owned).to_vec();
    let mut files = vec![CALCULATION.to_owned()];
    if let Some(Validated::Work(record)) = handover.find(VALIDATE).await? {
        let mut work = Work::from(*record);
        files.extend(work.files().iter().map(|file| by_content(&file.sha256)));
    }
    if let Some(reported) = handover.find::<Reported>(REPORT).await? {
        files.extend(reported.attachments.into_iter().map(|(name, _)| name));
    }
    let parts = handover.find::<Priced>(RATES).await?.map_or(0, |priced| priced.parts);
    documents.extend((0..parts).flat_map(|part| [part_name(part), worked_name(part)]));
    Ok(Leftovers { documents, files })
}

async fn leave_report(
    handover: Handover<'_>,
    said: &Said,
    year: Option<i16>,
    transactions: usize,
) -> Result<(), Fault> {
    let ReplyContent { text, html, attachments } = &said.content;
    for attachment in attachments {
        handover.put_file(attachment.name(), attachment.bytes()).await?;
    }
    if let Some(calculation) = &said.calculation {
        handover.put_file(CALCULATION, calculation).await?;
    }
    let attachments = attachments.iter().map(|file| (file.name().to_owned(), file.kind()));
    let reported = Reported {
        text: text.clone(),
        html: html.clone(),
        attachments: attachments.collect(),
        status: said.status,
        year,
        transactions,
    };
    handover.put(REPORT, &reported).await
}

/// The reply as `report` left it.
async fn said_of(handover: Handover<'_>) -> Result<(Said, Reported), Fault> {
    let reported: Reported = handover.get(REPORT).await?;
    let mut attachments = Vec::new();
    for (name, kind) in &reported.attachments {
        let bytes = handover.file(name).await?;
        let file = Attachment::new(name, *kind, bytes);
        attachments.push(file.map_err(|error| Fault::never("read what report left", error))?);
    }
    let (text, html) = (reported.text.clone(), reported.html.clone());
    let content = ReplyContent { text, html, attachments };
    let calculation = Some(handover.file(CALCULATION).await?);
    Ok((Said { content, calculation, status: reported.status }, reported))
}
