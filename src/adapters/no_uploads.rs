//! A mailbox without a place for uploads: that of a laptop, where nobody could reach one.

use async_trait::async_trait;

use crate::{
    error::Fault,
    ports::{OpenUpload, UploadOffer, Uploads},
};

/// [`Uploads`] that are never open.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoUploads;

#[async_trait]
impl Uploads for NoUploads {
    fn is_open(&self) -> bool {
        false
    }

    async fn offer(&self, _: &UploadOffer<'_>) -> Result<Option<OpenUpload>, Fault> {
        Ok(None)
    }
}
