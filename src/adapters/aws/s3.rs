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
    pub(super) client: Client,
    pub(super) bucket: String,
}

/// What is known of a blob without reading it.
#[derive(Clone, Debug)]
pub(super) struct About {
    /// Its size in bytes.
    pub(super) size: u64,
    /// The name that came with it, as it was written (`x-amz-meta-name`).
    pub(super) name: Option<String>,
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
        Ok(self.about(key).await?.map(|about| about.size))
    }

    /// What is known of a blob; `None` if there is none.
    pub(super) async fn about(&self, key: &str) -> Result<Option<About>, Fault> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(head) => {
                let size = head.content_length().and_then(|length| length.try_into().ok());
                let name = head.metadata().and_then(|words| words.get("name")).cloned();
                Ok(size.map(|size| About { size, name }))
            }
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
        Ok(self.read(key, Some(range)).await?.map(|(bytes, _)| bytes))
    }

    /// A blob with its tag, by which it is told from another that takes its place; `None` if there is none.
    pub(super) async fn get_tagged(
        &self,
        key: &str,
    ) -> Result<Option<(Vec<u8>, Option<String>)>, Fault> {
        self.read(key, None).await
    }

    /// Deletes a blob if it still is the one with that tag. What took its place stays.
    ///
    /// # Errors
    ///
    /// If the bucket refuses for another reason.
    pub async fn delete_unchanged(&self, key: &str, tag: &str) -> Result<(), Fault> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key).if_match(tag);
        let Err(error) = delete.send().await else { return Ok(()) };
        // Gone, replaced, or being replaced now.
        let other = [404, 409, 412];
        let status = error.raw_response().map(|response| response.status().as_u16());
        if status.is_some_and(|status| other.contains(&status)) {
            return Ok(());
        }
        Err(fault("delete a blob", error))
    }

    /// Stores a page (HTML in UTF-8) that browsers show as one.
    pub(super) async fn put_page(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.write(key, bytes, Some("text/html; charset=utf-8")).await
    }

    /// The bucket's name.
    pub(super) fn name(&self) -> &str {
        &self.bucket
    }

    async fn write(&self, key: &str, bytes: &[u8], kind: Option<&str>) -> Result<(), Fault> {
        let body = ByteStream::from(bytes.to_vec());
        let put = self.client.put_object().bucket(&self.bucket).key(key).body(body);
        let put = put.set_content_type(kind.map(str::to_owned));
        put.send().await.map_err(|error| fault("store a blob", error))?;
        Ok(())
    }

    async fn read(
        &self,
        key: &str,
        range: Option<String>,
    ) -> Result<Option<(Vec<u8>, Option<String>)>, Fault> {
        let doing = "read a blob";
        let get = self.client.get_object().bucket(&self.bucket).key(key).set_range(range);
        match get.send().await {
            Ok(mut object) => {
                let tag = object.e_tag.take();
                let body = object.body.collect().await.map_err(|e| Fault::later(doing, e))?;
                Ok(Some((body.into_bytes().into(), tag)))
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
        Ok(self.read(key, None).await?.map(|(bytes, _)| bytes))
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.write(key, bytes, None).await
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

    #[tokio::test]
    async fn only_what_was_read_is_deleted() {
        let Some(world) = testing::world().await else { return };
        let blobs = world.clients.bucket(&world.bucket);
        blobs.put("upload/a", b"first").await.unwrap();
        let (_, tag) = blobs.get_tagged("upload/a").await.unwrap().unwrap();
        let first = tag.unwrap();
        blobs.put("upload/a", b"second").await.unwrap();
        blobs.delete_unchanged("upload/a", &first).await.unwrap();
        let (bytes, tag) = blobs.get_tagged("upload/a").await.unwrap().unwrap();
        assert_eq!(bytes, b"second");
        for _ in 0..2 {
            blobs.delete_unchanged("upload/a", tag.as_deref().unwrap()).await.unwrap();
            assert_eq!(blobs.get("upload/a").await.unwrap(), None);
        }
    }

    /// Figures: check values of the catalogue of parametrised CRC algorithms. Our stand-in for a crate works them
    /// out (`infra/compat/crc-fast`); S3 itself refuses what does not fit, an emulator may not.
    #[tokio::test]
    async fn what_is_put_carries_its_checksum() {
        use aws_sdk_s3::{primitives::ByteStream, types::ChecksumAlgorithm};
        use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

        let server = MockServer::start().await;
        Mock::given(method("PUT")).respond_with(ResponseTemplate::new(200)).mount(&server).await;
        let config = testing::config_at(&server.uri());
        let blobs = super::super::Clients::new(&config.cloud).unwrap().bucket("bucket");
        for (algorithm, field, sum) in [
            (ChecksumAlgorithm::Crc32, "x-amz-checksum-crc32", "y/Q5Jg=="),
            (ChecksumAlgorithm::Crc32C, "x-amz-checksum-crc32c", "4waSgw=="),
            (ChecksumAlgorithm::Crc64Nvme, "x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
        ] {
            let put = blobs.client.put_object().bucket("bucket").key("a");
            let body = ByteStream::from_static(b"123456789");
            put.checksum_algorithm(algorithm).body(body).send().await.unwrap();
            let requests = server.received_requests().await.unwrap();
            assert_eq!(requests.last().unwrap().headers[field], sum, "{field}");
        }
        // Which of them it is without a word is the client's choice.
        blobs.put("a", b"123456789").await.unwrap();
        let requests = server.received_requests().await.unwrap();
        assert_eq!(requests.last().unwrap().headers["x-amz-checksum-crc32"], "y/Q5Jg==");
    }
}
