//! What one stage leaves for the next: documents and files under `jobs/<job>/`.
//!
//! A document is `{"format":1,"content":…}`. Writing it again is harmless: the same work leaves the same
//! bytes, and a stage that is run twice overwrites what it left.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Format, JobName};
use crate::{error::Fault, ports::BlobStore};

/// The documents and files of one job.
#[derive(Clone, Copy)]
pub(super) struct Handover<'a> {
    pub(super) blobs: &'a dyn BlobStore,
    pub(super) job: &'a JobName,
}

#[derive(Serialize)]
struct Written<'a, T> {
    format: Format,
    content: &'a T,
}

#[derive(Deserialize)]
struct Read<T> {
    #[serde(rename = "format")]
    _format: Format,
    content: T,
}

impl Handover<'_> {
    /// Leaves a document.
    pub(super) async fn put<T: Serialize + Sync>(
        &self,
        name: &str,
        content: &T,
    ) -> Result<(), Fault> {
        let bytes = serde_json::to_vec(&Written { format: Format, content })
            .map_err(|error| Fault::never(format!("write what {name} leaves"), error))?;
        self.blobs.put(&self.key(&format!("{name}.json")), &bytes).await
    }

    /// The document that must be there.
    pub(super) async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<T, Fault> {
        let found = self.find(name).await?;
        found.ok_or_else(|| Fault::never(format!("read what {name} left"), "there is nothing"))
    }

    /// The document, if it is there.
    pub(super) async fn find<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Fault> {
        let Some(bytes) = self.blobs.get(&self.key(&format!("{name}.json"))).await? else {
            return Ok(None);
        };
        let read: Read<T> = serde_json::from_slice(&bytes)
            .map_err(|error| Fault::never(format!("read what {name} left"), error))?;
        Ok(Some(read.content))
    }

    /// Leaves a file.
    pub(super) async fn put_file(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.blobs.put(&self.key(&format!("files/{name}")), bytes).await
    }

    /// The file that must be there.
    pub(super) async fn file(&self, name: &str) -> Result<Vec<u8>, Fault> {
        let found = self.blobs.get(&self.key(&format!("files/{name}"))).await?;
        found.ok_or_else(|| Fault::never("read a file of a job", "there is nothing"))
    }

    /// Deletes a document.
    pub(super) async fn delete(&self, name: &str) -> Result<(), Fault> {
        self.blobs.delete(&self.key(&format!("{name}.json"))).await
    }

    /// Deletes a file.
    pub(super) async fn delete_file(&self, name: &str) -> Result<(), Fault> {
        self.blobs.delete(&self.key(&format!("files/{name}"))).await
    }

    fn key(&self, name: &str) -> String {
        format!("jobs/{}/{name}", self.job)
    }
}

/// The name of a file of the sender: 64 digits, longer than any name of an attachment of ours.
pub(super) fn by_content(digest: &[u8; 32]) -> String {
    HEXLOWER.encode(digest)
}
