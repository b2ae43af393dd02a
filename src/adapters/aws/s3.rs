//! Blobs in a bucket.

use async_trait::async_trait;
use aws_sdk_s3::{Client, primitives::ByteStream};

use super::fault::fault;
use crate::{error::Fault, ports::BlobStore};

/// A bucket as a [`BlobStore`].
///
/// The role needs `s3:ListBucket` besides `s3:GetObject`: without it S3 answers "forbidden" where
/// nothing is, and forbidden is a fault here, never nothing.
#[derive(Clone, Debug)]
pub struct S3Blobs {
    client: Client,
    bucket: String,
}

impl S3Blobs {
    /// A bucket by its name.
    pub fn new(client: Client, bucket: &str) -> Self {
        Self { client, bucket: bucket.to_owned() }
    }

    /// The size of a blob in bytes; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be asked.
    pub async fn size(&self, key: &str) -> Result<Option<u64>, Fault> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(head) => Ok(head.content_length().and_then(|length| length.try_into().ok())),
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_s3::operation::head_object::HeadObjectError::is_not_found,
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(fault("look a blob up", error)),
        }
    }

    /// The first bytes of a blob; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read.
    pub async fn head(&self, key: &str, bytes: u32) -> Result<Option<Vec<u8>>, Fault> {
        let range = format!("bytes=0-{}", bytes.saturating_sub(1));
        self.read(key, Some(range)).await
    }

    async fn read(&self, key: &str, range: Option<String>) -> Result<Option<Vec<u8>>, Fault> {
        let doing = "read a blob";
        let get = self.client.get_object().bucket(&self.bucket).key(key).set_range(range);
        match get.send().await {
            Ok(object) => {
                let body = object.body.collect().await.map_err(|e| Fault::later(doing, e))?;
                Ok(Some(body.into_bytes().into()))
            }
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_s3::operation::get_object::GetObjectError::is_no_such_key,
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(fault(doing, error)),
        }
    }
}

#[async_trait]
impl BlobStore for S3Blobs {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.read(key, None).await
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let body = ByteStream::from(bytes.to_vec());
        let put = self.client.put_object().bucket(&self.bucket).key(key).body(body);
        put.send().await.map_err(|error| fault("store a blob", error))?;
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.map_err(|error| fault("delete a blob", error))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::{aws::testing, blobs_contract};

    #[tokio::test]
    async fn it_keeps_the_contract() {
        let Some(world) = testing::world().await else { return };
        let blobs = world.clients.bucket(&world.bucket);
        blobs_contract::check(&blobs).await;
        assert_eq!(blobs.size("nothing").await.unwrap(), None);
        blobs.put("in/ż +%", b"0123456789").await.unwrap();
        assert_eq!(blobs.size("in/ż +%").await.unwrap(), Some(10));
        assert_eq!(blobs.head("in/ż +%", 4).await.unwrap().as_deref(), Some(b"0123".as_slice()));
    }
}
