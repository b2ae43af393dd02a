//! What is left of an owner outside of the table of the mailbox, and how it goes when they write `USUŃ`: raw
//! mails, uploads, kept jobs with every version, and whatever tells in the records of jobs whose they were.
//!
//! A blob is deleted first and its versions after that: the deletion is copied to the bucket of another
//! region, where versions end by the lifecycle; the end of a version is not copied (S3, "What does Amazon S3
//! replicate?"). The mark of the deletion stays here until the lifecycle clears it away, or it might be
//! gone before it was copied.

use jiff::Timestamp;

use super::{Jobs, S3Blobs, fault::fault};
use crate::{error::Fault, pipeline::kept_under, ports::BlobStore as _};

const DOING: &str = "delete everything of a sender";

/// Where an owner leaves traces.
#[derive(Clone, Debug)]
pub(super) struct Traces {
    pub(super) jobs: Jobs,
    pub(super) mail: S3Blobs,
    pub(super) archive: S3Blobs,
}

impl Traces {
    /// Whether any job of an owner is kept.
    pub(super) async fn are_there(&self, owner: &str) -> Result<bool, Fault> {
        Ok(!self.archive.keys(&kept_under(owner)).await?.is_empty())
    }

    /// Deletes all of them, in an order in which another run finds what this one did not get to. The
    /// mails that are in work now stay, the one that confirmed the deletion among them.
    pub(super) async fn erase(&self, owner: &str, at: Timestamp) -> Result<(), Fault> {
        let marks = kept_under(owner);
        for mark in self.archive.keys(&marks).await? {
            if let Some(place) = mark.strip_prefix(&marks) {
                self.archive.erase(&format!("{place}/")).await?;
            }
        }
        self.archive.erase(&marks).await?;
        self.archive.erase(&format!("mailbox/{owner}/")).await?;
        for job in self.jobs.of_owner(owner, at).await? {
            if let Some(key) = &job.file_key {
                self.mail.delete(key).await?;
            }
            self.jobs.forget(&job.job, at).await?;
        }
        for kind in ["upload", "offer"] {
            for key in self.mail.keys(&format!("{kind}/{owner}/")).await? {
                self.mail.delete(&key).await?;
            }
        }
        Ok(())
    }
}

impl S3Blobs {
    /// The keys that begin so, in order.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be listed.
    pub async fn keys(&self, begin: &str) -> Result<Vec<String>, Fault> {
        let mut keys = Vec::new();
        let mut from = None;
        loop {
            let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(begin);
            let page = list.set_continuation_token(from).send().await;
            let page = page.map_err(|error| fault(DOING, error))?;
            let found = page.contents.unwrap_or_default();
            keys.extend(found.into_iter().filter_map(|object| object.key));
            from = page.next_continuation_token;
            if from.is_none() {
                return Ok(keys);
            }
        }
    }

    /// Deletes all blobs whose keys begin so, and every version of them.
    ///
    /// # Errors
    ///
    /// If the bucket refuses; what was deleted stays so.
    pub async fn erase(&self, begin: &str) -> Result<(), Fault> {
        for key in self.keys(begin).await? {
            self.delete(&key).await?;
        }
        let (mut key_from, mut version_from) = (None, None);
        loop {
            let list = self.client.list_object_versions().bucket(&self.bucket).prefix(begin);
            let list = list.set_key_marker(key_from).set_version_id_marker(version_from);
            let page = list.send().await.map_err(|error| fault(DOING, error))?;
            for version in page.versions.unwrap_or_default() {
                let delete = self.client.delete_object().bucket(&self.bucket);
                let delete = delete.set_key(version.key).set_version_id(version.version_id);
                delete.send().await.map_err(|error| fault(DOING, error))?;
            }
            (key_from, version_from) = (page.next_key_marker, page.next_version_id_marker);
            if key_from.is_none() || page.is_truncated != Some(true) {
                return Ok(());
            }
        }
    }
}
