//! What is kept of a finished job, under `<YEAR>/<JOB>/`: the mail, its files, the calculation and the
//! reports, for the one who has to explain a figure later.
//!
//! Before anything else a mark under `owners/<hash of the address>/` names the place, so that a deletion finds
//! it as long as it is kept.
//!
//! YEAR is the tax year answered for, or the year in which the mail was taken if nothing was computed.

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{
    Finished, Received,
    stages::{Format, JobName},
};
use crate::{
    error::Fault,
    mail::Trust,
    ports::{BlobStore, warsaw_day},
    reply::{Attachment, FileKind},
    tax::Status,
};

/// What an author sent whom nobody vouches for is held for a day, by the mailbox. Its original goes
/// at once; if not now, then with the bucket's lifecycle.
pub(crate) async fn let_go(mail: &dyn BlobStore, key: &str, trust: Trust) {
    if trust != Trust::Unproven {
        return;
    }
    if let Err(fault) = mail.delete(key).await {
        tracing::warn!(code = "not-deleted", cause = %fault.chain(), "an original was not deleted");
    }
}

/// A finished job, to be kept.
#[derive(Debug)]
pub struct Entry<'a> {
    /// The job.
    pub job: &'a JobName,
    /// Whose mail it was: the address in lower case. It is kept as a hash.
    pub owner: &'a str,
    /// When its mail was taken.
    pub at: Timestamp,
    /// The tax year answered for, if there is any.
    pub year: Option<i16>,
    /// Events in the ledger.
    pub transactions: usize,
    /// Whether the result is complete.
    pub status: Status,
    /// How it ended: `answered`, or the code of a silence.
    pub outcome: &'a str,
    /// The whole message.
    pub original: &'a [u8],
    /// The files of the mail that were read, by the digest of their content.
    pub files: &'a [([u8; 32], Vec<u8>)],
    /// The calculation document.
    pub calculation: Option<&'a [u8]>,
    /// The attachments of the reply.
    pub attachments: &'a [Attachment],
}

/// Keeps what a reply is made from, before the mail counts as handled: whatever is killed afterwards, there
/// is no reply of which nothing is kept.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Keeps a calculation and how its mail is about to end. MUST be idempotent: if the mail is not taken
    /// after all, it comes again.
    async fn keep(&self, finished: &Finished, outcome: Received) -> Result<(), Fault>;
}

/// A [`Keeper`] of nothing: for a mailbox without an archive, or with one that is filled later.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingKept;

#[async_trait]
impl Keeper for NothingKept {
    async fn keep(&self, _: &Finished, _: Received) -> Result<(), Fault> {
        Ok(())
    }
}

/// The address of an owner as it stands in keys.
pub fn hash_of(owner: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(owner.as_bytes()))
}

/// Under what the places of the jobs of an owner are marked, by the hash of the address. What follows it in
/// a key is the place, `<YEAR>/<JOB>`.
pub fn kept_under(owner_hash: &str) -> String {
    format!("owners/{owner_hash}/")
}

/// The archive.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    /// Where it is.
    pub blobs: &'a dyn BlobStore,
}

impl std::fmt::Debug for Archive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Metadata<'a> {
    format: Format,
    job: &'a JobName,
    taken: Timestamp,
    year: Option<i16>,
    status: Status,
    outcome: &'a str,
    transactions: usize,
    files: Vec<String>,
}

impl Archive<'_> {
    /// Keeps a job. The metadata come last: where they are, everything else is.
    pub async fn keep(&self, entry: &Entry<'_>) -> Result<(), Fault> {
        let year = entry.year.unwrap_or_else(|| warsaw_day(entry.at).year());
        let place = format!("{year}/{}", entry.job);
        self.blobs.put(&format!("{}{place}", kept_under(&hash_of(entry.owner))), b"").await?;
        self.put(&place, "original.eml", entry.original).await?;
        let mut files = Vec::new();
        for (digest, bytes) in entry.files {
            let name = HEXLOWER.encode(digest);
            self.put(&place, &format!("files/{name}"), bytes).await?;
            files.push(name);
        }
        if let Some(calculation) = entry.calculation {
            self.put(&place, "calculation.json", calculation).await?;
        }
        for attachment in entry.attachments {
            let name = match attachment.kind() {
                FileKind::Report => "report.pdf".to_owned(),
                FileKind::Workbook => "report.xlsx".to_owned(),
                FileKind::Rows | FileKind::TemplateCsv | FileKind::TemplateXlsx => {
                    format!("sent/{}", attachment.name())
                }
                // It is there already, whole.
                FileKind::Calculation => continue,
            };
            self.put(&place, &name, attachment.bytes()).await?;
        }
        let Entry { job, at: taken, year, status, outcome, transactions, .. } = *entry;
        let metadata =
            Metadata { format: Format, job, taken, year, status, outcome, transactions, files };
        let metadata = serde_json::to_vec(&metadata)
            .map_err(|error| Fault::never("write the metadata of a job", error))?;
        self.put(&place, "metadata.json", &metadata).await
    }

    async fn put(&self, place: &str, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.blobs.put(&format!("{place}/{name}"), bytes).await
    }
}
