//! A Maildir: mail as files, delivered by renaming, so that nobody ever sees half of one.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use async_trait::async_trait;

use crate::{
    error::Fault,
    ports::{Mailer, Outgoing, Unsent},
};

/// A Maildir on disk.
#[derive(Clone, Debug)]
pub struct Maildir {
    root: PathBuf,
}

impl Maildir {
    /// Opens a Maildir, and makes it if it is not there.
    pub fn open(root: &Path) -> Result<Self, Fault> {
        for part in ["tmp", "new", "cur"] {
            let dir = root.join(part);
            // Mail is nobody else's business.
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&dir)
                .map_err(|error| Fault::never(format!("create {}", dir.display()), error))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// Delivers a message under a name of its own; it is on the disk when this returns. A message of
    /// that name that is there already, read or not, is the same message.
    pub fn deliver(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.write(name, bytes).map_err(|error| Fault::later("deliver into a Maildir", error))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let target = self.root.join("new").join(name);
        if target.exists() || self.seen(name).exists() {
            return Ok(());
        }
        let draft = self.root.join("tmp").join(name);
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &target)?;
        File::open(self.root.join("new"))?.sync_all()
    }

    /// The messages that nobody has taken yet, in the order of their names.
    pub fn waiting(&self) -> Result<Vec<PathBuf>, Fault> {
        let list = || -> io::Result<Vec<PathBuf>> {
            let mut paths = Vec::new();
            for entry in fs::read_dir(self.root.join("new"))? {
                let entry = entry?;
                let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
                if !hidden && entry.file_type()?.is_file() {
                    paths.push(entry.path());
                }
            }
            paths.sort_unstable();
            Ok(paths)
        };
        list().map_err(|error| Fault::later("list a Maildir", error))
    }

    /// Marks a message as read: it moves to `cur`.
    pub fn take(&self, path: &Path) -> Result<(), Fault> {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        fs::rename(path, self.seen(&name))
            .map_err(|error| Fault::later("mark a message as read", error))
    }

    /// Deletes a message.
    pub fn remove(&self, path: &Path) -> Result<(), Fault> {
        fs::remove_file(path).map_err(|error| Fault::later("delete a message", error))
    }

    fn seen(&self, name: &str) -> PathBuf {
        let base = name.split_once(":2,").map_or(name, |(base, _)| base);
        self.root.join("cur").join(format!("{base}:2,S"))
    }
}

#[async_trait]
impl Mailer for Maildir {
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        self.deliver(&message.id, &message.bytes)?;
        Ok(message.id.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn a_message_arrives_once_even_if_it_was_read_meanwhile() {
        let root = std::env::temp_dir().join(format!("investtax-maildir-{}", std::process::id()));
        let maildir = Maildir::open(&root).unwrap();
        for part in ["", "tmp", "new", "cur"] {
            let mode = fs::metadata(root.join(part)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "others could read {part}");
        }
        let message =
            Outgoing { id: "reply.1".to_owned(), bytes: b"mail".to_vec(), ..Outgoing::default() };
        assert_eq!(maildir.send(&message).await.unwrap(), "reply.1");
        maildir.send(&message).await.unwrap();
        let [path] = maildir.waiting().unwrap().try_into().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mail");
        maildir.take(&path).unwrap();
        maildir.send(&message).await.unwrap();
        assert!(maildir.waiting().unwrap().is_empty());
        fs::remove_dir_all(root).unwrap();
    }
}
