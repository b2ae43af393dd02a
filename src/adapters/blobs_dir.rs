//! Bytes by key in a folder: the buckets of a laptop.
//!
//! A key is a path below the folder. Bytes are written beside their place, made durable and then put into
//! it, so that a reader sees the old ones or the new ones.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;

use crate::{error::Fault, ports::BlobStore};

/// A [`BlobStore`] in a folder.
#[derive(Debug)]
pub struct FolderBlobs {
    folder: PathBuf,
}

impl FolderBlobs {
    /// The folder; it is made when something is put into it.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where the bytes of a key lie. Nothing outside the folder, and nothing hidden: names with a dot in
    /// front are those being written.
    fn place(&self, key: &str) -> Result<PathBuf, Fault> {
        let plain = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':'])
        };
        if key.split('/').all(plain) {
            Ok(key.split('/').fold(self.folder.clone(), |path, part| path.join(part)))
        } else {
            Err(Fault::never("find the place of a key", "the key is no plain path"))
        }
    }
}

#[async_trait]
impl BlobStore for FolderBlobs {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        match fs::read(self.place(key)?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_nothing(error.kind()) => Ok(None),
            Err(error) => Err(Fault::later("read stored bytes", error)),
        }
    }

    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault> {
        let place = self.place(key)?;
        write(&place, bytes).map_err(|error| Fault::later("store bytes", error))
    }

    async fn delete(&self, key: &str) -> Result<(), Fault> {
        match fs::remove_file(self.place(key)?) {
            Ok(()) => Ok(()),
            Err(error) if is_nothing(error.kind()) => Ok(()),
            Err(error) => Err(Fault::later("delete stored bytes", error)),
        }
    }
}

/// A key below another key's place, or the folder of one, has no bytes.
fn is_nothing(kind: ErrorKind) -> bool {
    kind == ErrorKind::NotFound
        || kind == ErrorKind::NotADirectory
        || kind == ErrorKind::IsADirectory
}

fn write(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let folder = place.parent().unwrap_or(place);
    fs::create_dir_all(folder)?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let beside = folder.join(format!(".{}.{number}", std::process::id()));
    let mut file = File::create(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let moved = written.and_then(|()| fs::rename(&beside, place));
    if moved.is_err() {
        drop(fs::remove_file(&beside));
        return moved;
    }
    // The name is durable once the folder is.
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::blobs_contract;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("investtax-blobs-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        folder
    }

    #[tokio::test]
    async fn the_contract_holds() {
        let folder = folder("contract");
        blobs_contract::check(&FolderBlobs::new(&folder)).await;
        fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn no_key_leaves_the_folder() {
        let blobs = FolderBlobs::new(folder("keys"));
        for key in ["", "/etc/passwd", "../a", "a/../../b", "a//b", "a/", ".a", "a/.b", "c:\\d"] {
            assert!(blobs.put(key, b"x").await.is_err(), "{key}");
            assert!(blobs.get(key).await.is_err(), "{key}");
        }
    }
}
