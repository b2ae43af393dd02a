//! A file that was too large for mail and came by a link of ours: put into the letter that asked for it, it
//! is a mail of the same author in the same conversation, and is handled as one.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::{
    MailEvent, Worker,
    intake::{Case, Tries},
    tell_job,
};
use crate::{
    adapters::aws::{Arrived, Begun, JobRecord, UPLOADED},
    error::{DropReason, Fault},
    mail::Trust,
    pipeline::JobName,
    ports::BlobStore as _,
};

/// Digits of the hash in the name of such a job; no two files meet in so many.
const NAME_DIGITS: usize = 40;

impl Worker {
    /// A file that was uploaded. One that nobody was offered a place for is left to its end.
    pub(super) async fn receive_upload(
        &self,
        event: MailEvent,
        deliveries: u32,
    ) -> Result<&'static str, Fault> {
        if event.bucket != self.config.mail_bucket {
            return Err(Fault::never("take an uploaded file", "it is not the bucket of mail"));
        }
        let Some(arrived) = self.uploads.arrived(&event.key).await? else {
            return Ok("upload-unknown");
        };
        let job = job_of(&event.key, &arrived)?;
        tell_job(&job);
        let key = format!("{UPLOADED}{}/{job}", arrived.owner);
        let first = JobRecord {
            file_key: Some(key.clone()),
            received: Some(event.received.unwrap_or_else(|| self.now())),
            stage: Some("receive".to_owned()),
            ..JobRecord::default()
        };
        let Begun::Open { died, failed } = self.jobs.begin(job.as_str(), &first).await? else {
            return Ok(DropReason::Duplicate.code());
        };
        let case = Case {
            job: job.clone(),
            key,
            owner: Some(arrived.owner.clone()),
            received: event.received,
            // Only its author was sent the link: that proves the mailbox, as a challenge does.
            trust: Trust::Verified.into(),
            tries: Tries { deliveries, died, failed },
            waited: None,
        };
        let taking = self.take_upload(&event.key, arrived, case);
        self.in_good_order(&job, taking.await).await
    }

    pub(super) async fn take_upload(
        &self,
        place: &str,
        arrived: Arrived,
        case: Case,
    ) -> Result<&'static str, Fault> {
        let Arrived { name, bytes, tag, letter, .. } = arrived;
        let raw = letter.with_file(&name, &bytes);
        drop(bytes);
        // From here on the file is in the mail, wherever that waits or is handed over to.
        if let Err(fault) = self.mail.put(&case.key, &raw).await {
            return Err(self.give_up(&case, &raw, fault).await);
        }
        let code = if self.is_large(raw.len()) {
            self.hand_over(&case, &raw).await?
        } else {
            self.attend(&case, &raw).await?
        };
        // Meanwhile a second file may have come by the same link: it is another job, and still to be read.
        if let Some(tag) = tag {
            self.mail.delete_unchanged(place, &tag).await?;
        }
        Ok(code)
    }

    fn is_large(&self, bytes: usize) -> bool {
        self.machine.is_some()
            && u64::try_from(bytes).is_ok_and(|size| size > self.config.large_bytes)
    }
}

/// The same file in the same place is the same job, however often it is told of; another one is another.
fn job_of(key: &str, arrived: &Arrived) -> Result<JobName, Fault> {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update([0]);
    hash.update(&arrived.bytes);
    let digits: String = HEXLOWER.encode(&hash.finalize()).chars().take(NAME_DIGITS).collect();
    JobName::parse(&format!("upload-{digits}"))
        .map_err(|error| Fault::never("name an uploaded file", error))
}
