//! Files too large for mail, sent by a browser straight to the bucket: no server of ours takes part.
//!
//! The reply links to a page in the bucket, readable by a signed address for an hour; the page holds a form with
//! a signed policy. A form and not a signed `PUT`: of the two only the policy has `content-length-range`,
//! which S3 measures against the bytes that come and refuses with `EntityTooLarge`. A signed
//! `Content-Length` fixes the size to one that must be known when the link is made, and without it a
//! `PUT` may bring 5 GB. A person can use a form, too; a `PUT` needs a program.
//!
//! | key | what |
//! |---|---|
//! | `offer/<hash of owner>/<name>.json` | the letter: whose file it will be, in which thread |
//! | `offer/<hash of owner>/<name>.html` | the page |
//! | `upload/<hash of owner>/<name>` | the file: the only key that the policy admits |
//! | `uploaded/<hash of owner>/<job>` | letter and file as one mail, from there on handled like any other |
//!
//! A signature lives no longer than the temporary key that made it, which is that of the function: hours
//! at best. Hence one hour, and a command for a new link.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_s3::presigning::PresigningConfig;

use super::{S3Blobs, fault::fault, post_policy::PostPolicy};
use crate::{
    config::Cloud,
    error::Fault,
    mail::{Letter, Limits, label},
    pipeline::hash_of,
    ports::{BlobStore as _, OpenUpload, UploadOffer, Uploads},
    reply::{UploadForm, upload_page},
};

/// How long an offer stands.
const OPEN: Duration = Duration::from_hours(1);

/// Where files arrive.
pub const UPLOADS: &str = "upload/";

/// Where letter and file lie as one mail.
pub const UPLOADED: &str = "uploaded/";

/// The place for uploads in the bucket of mail.
#[derive(Clone, Debug)]
pub struct S3Uploads {
    bucket: S3Blobs,
    cloud: Cloud,
}

/// A file that arrived for an offer of ours.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Its name for people.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What tells it from another file that is put in its place.
    pub tag: Option<String>,
    /// As what it is handled.
    pub letter: Letter,
    /// The hash of whose it is, as it stands in keys.
    pub owner: String,
}

impl S3Uploads {
    pub(super) fn new(bucket: S3Blobs, cloud: Cloud) -> Self {
        Self { bucket, cloud }
    }

    /// The file under that key with its letter; `None` if nobody was offered that place, or the file is
    /// gone.
    ///
    /// # Errors
    ///
    /// If the bucket cannot be read, or the file is larger than the policy admits.
    pub async fn arrived(&self, key: &str) -> Result<Option<Arrived>, Fault> {
        let doing = "take an uploaded file";
        let Some((owner, name)) = place(key) else { return Ok(None) };
        let Some(letter) = self.bucket.get(&format!("offer/{owner}/{name}.json")).await? else {
            return Ok(None);
        };
        let letter = serde_json::from_slice(&letter).map_err(|error| Fault::never(doing, error))?;
        let Some(about) = self.bucket.about(key).await? else { return Ok(None) };
        if usize::try_from(about.size).map_or(true, |size| size > Limits::UPLOAD) {
            return Err(Fault::never(doing, "it is larger than any policy of ours admits"));
        }
        let Some((bytes, tag)) = self.bucket.get_tagged(key).await? else { return Ok(None) };
        let name = about.name.as_deref().and_then(plain).and_then(|name| label(&name));
        let name = name.unwrap_or_else(|| "upload".to_owned());
        Ok(Some(Arrived { name, bytes, tag, letter, owner: owner.to_owned() }))
    }

    /// The form for one key, and the signed address of the page that will hold it.
    async fn form(
        &self,
        offer: &UploadOffer<'_>,
        page: &str,
        key: &str,
    ) -> Result<(UploadForm, String), Fault> {
        let link = self.bucket.signed_address(page, offer.at.into(), OPEN).await?;
        // The page and the form are of one origin: the browser asks nobody's leave.
        let action = link.split_once(page).map_or("", |(origin, _)| origin).to_owned();
        let until = offer.at + OPEN;
        let policy = PostPolicy {
            cloud: &self.cloud,
            bucket: self.bucket.name(),
            key,
            bytes_max: Limits::UPLOAD,
            from: offer.at,
            until,
        };
        let form = UploadForm { action, fields: policy.fields(), bytes_max: Limits::UPLOAD, until };
        Ok((form, link))
    }
}

#[async_trait]
impl Uploads for S3Uploads {
    fn is_open(&self) -> bool {
        true
    }

    async fn offer(&self, offer: &UploadOffer<'_>) -> Result<Option<OpenUpload>, Fault> {
        let doing = "offer a place for a file";
        let owner = hash_of(offer.owner);
        let name = offer.name;
        let page = format!("offer/{owner}/{name}.html");
        let (form, link) = self.form(offer, &page, &format!("{UPLOADS}{owner}/{name}")).await?;
        let letter =
            serde_json::to_vec(offer.letter).map_err(|error| Fault::never(doing, error))?;
        self.bucket.put(&format!("offer/{owner}/{name}.json"), &letter).await?;
        let html = upload_page(&form, offer.lang)?;
        self.bucket.put_page(&page, html.as_bytes()).await?;
        Ok(Some(OpenUpload { link, until: form.until, bytes_max: form.bytes_max }))
    }
}

/// Owner and name in the key of an uploaded file.
fn place(key: &str) -> Option<(&str, &str)> {
    let (owner, name) = key.strip_prefix(UPLOADS)?.split_once('/')?;
    let plain = |text: &str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    (plain(owner) && plain(name)).then_some((owner, name))
}

/// The name of a file as the page wrote it, `encodeURIComponent`; `None` if it is not so written.
fn plain(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|name| !name.trim().is_empty())
}

impl S3Blobs {
    /// The signed address of a blob, good for reading it from then on for so long.
    async fn signed_address(
        &self,
        key: &str,
        from: SystemTime,
        open: Duration,
    ) -> Result<String, Fault> {
        let doing = "sign an address";
        let config = PresigningConfig::builder().start_time(from).expires_in(open).build();
        let config = config.map_err(|error| Fault::never(doing, error))?;
        let get = self.client.get_object().bucket(&self.bucket).key(key);
        let signed = get.presigned(config).await.map_err(|error| fault(doing, error))?;
        Ok(signed.uri().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::aws::testing, lang::Lang};

    #[test]
    fn only_keys_of_our_form_are_places() {
        assert_eq!(place("upload/ab12/c3"), Some(("ab12", "c3")));
        for key in ["upload/", "upload/a", "upload//a", "upload/a/", "upload/a/b/c", "in/a/b"] {
            assert_eq!(place(key), None, "{key}");
        }
        for key in ["upload/../in", "upload/A/b", "upload/a/b.json", "upload/a/ż"] {
            assert_eq!(place(key), None, "{key}");
        }
    }

    #[test]
    fn names_come_as_the_page_wrote_them() {
        assert_eq!(
            plain("za%C5%BC%C3%B3%C5%82%C4%87%20(1).csv").as_deref(),
            Some("zażółć (1).csv")
        );
        // Cut in the middle of a letter, it is no name any more.
        for name in ["a%C5", "a%", "a%zz", "%20", ""] {
            assert_eq!(plain(name), None, "{name}");
        }
    }

    #[tokio::test]
    async fn what_is_put_into_an_offered_place_comes_back_with_its_letter() {
        let Some(world) = testing::world().await else { return };
        let (uploads, bucket) =
            (world.clients.uploads(&world.bucket), world.clients.bucket(&world.bucket));
        let letter = Letter { author: "Jan@example.com".to_owned(), ..Letter::default() };
        let offer = UploadOffer {
            name: "abc234",
            owner: "jan@example.com",
            letter: &letter,
            lang: Lang::En,
            at: "2026-03-02T10:00:00Z".parse().unwrap(),
        };
        let open = uploads.offer(&offer).await.unwrap().unwrap();
        assert_eq!(uploads.offer(&offer).await.unwrap(), Some(open.clone()), "the same again");
        assert_eq!(open.until, "2026-03-02T11:00:00Z".parse().unwrap());
        assert_eq!(open.bytes_max, Limits::UPLOAD);
        let owner = hash_of("jan@example.com");
        assert!(open.link.contains(&format!("/offer/{owner}/abc234.html?")), "{}", open.link);
        let page = bucket.get(&format!("offer/{owner}/abc234.html")).await.unwrap().unwrap();
        assert!(String::from_utf8(page).unwrap().contains(&format!("upload/{owner}/abc234")));
        let key = format!("{UPLOADS}{owner}/abc234");
        assert!(uploads.arrived(&key).await.unwrap().is_none(), "nothing is there yet");
        for key in [key.as_str(), "upload/somebody/abc234"] {
            bucket.put(key, b"a;b").await.unwrap();
        }
        assert!(uploads.arrived("upload/somebody/abc234").await.unwrap().is_none());
        let arrived = uploads.arrived(&key).await.unwrap().unwrap();
        assert_eq!((arrived.bytes.as_slice(), arrived.letter), (b"a;b".as_slice(), letter));
        assert_eq!((arrived.name.as_str(), arrived.owner), ("upload", owner));
    }
}
