//! The directory in which `investtax serve` keeps everything: whose it is while it works, its copy, its return.
//!
//! Rates are not copied: they can be fetched again.

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, lchown},
    path::{Path, PathBuf},
};

use crate::{
    adapters::{SqliteConversations, SystemClock},
    error::Fault,
    ports::Clock as _,
};

/// The conversations.
pub(super) const STORE: &str = "mail.sqlite";

/// The secret of the mailbox's tokens, without which the addresses in earlier replies mean nothing.
pub(super) const SECRET: &str = "token.key";

const SECRET_BYTES: usize = 32;

/// What of the state one mailbox consists of. What `SQLite` keeps beside its file belongs to that file alone.
const PARTS: [&str; 4] = ["mail.sqlite-wal", "mail.sqlite-shm", STORE, SECRET];

/// Who has the lock works here alone.
const LOCK: &str = "serve.lock";

/// Where a copy is laid out, and what it is called once it is whole.
const DRAFT: &str = "restore.draft";
const READY: &str = "restore.ready";

/// The right to work in a state directory, as long as this lives; a crash gives it back.
#[derive(Debug)]
pub(super) struct StateLock {
    _file: File,
}

impl StateLock {
    /// # Errors
    ///
    /// If another process has it: two would send the same messages.
    pub(super) fn take(dir: &Path) -> Result<Self, Fault> {
        let path = dir.join(LOCK);
        let doing = || format!("work in {}", dir.display());
        let mut options = File::options();
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(|error| Fault::never(doing(), error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Fault::never(doing(), "another serve works there: stop it first"));
            }
            Err(fs::TryLockError::Error(error)) => return Err(Fault::never(doing(), error)),
        }
        give(&path, dir).map_err(|error| Fault::never(doing(), error))?;
        Ok(Self { _file: file })
    }
}

/// Copies the store and the secret into a new directory, while a mailbox may be at work.
pub(super) fn back_up(dir: &Path, to: &Path) -> Result<(), Fault> {
    let doing = || format!("back up to {}", to.display());
    let failed = |error| Fault::never(doing(), error);
    if !dir.join(STORE).exists() {
        return Err(Fault::never(doing(), format!("nothing is kept in {}", dir.display())));
    }
    private_dir(to).map_err(failed)?;
    SqliteConversations::open(&dir.join(STORE))?.back_up(&to.join(STORE))?;
    copy(&dir.join(SECRET), &to.join(SECRET)).map_err(failed)?;
    sync(to).map_err(failed)
}

/// Puts what a backup holds in place of what is kept; returns where that is now, if there was any.
///
/// Nothing is touched before the whole copy lies beside it, checked; a crash after that is made good at
/// the next start ([`finish_restore`]).
///
/// # Errors
///
/// If the backup is not whole, is damaged, or was made by a newer version: then everything is as it was.
pub(super) fn restore(dir: &Path, from: &Path) -> Result<Option<PathBuf>, Fault> {
    finish_restore(dir)?;
    let failed = |error| Fault::never(format!("restore from {}", from.display()), error);
    let draft = dir.join(DRAFT);
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(failed)?;
    }
    private_dir(&draft).map_err(failed)?;
    copy(&from.join(STORE), &draft.join(STORE)).map_err(failed)?;
    copy(&from.join(SECRET), &draft.join(SECRET)).map_err(failed)?;
    read_secret(&draft.join(SECRET)).map_err(failed)?;
    SqliteConversations::verify(&draft.join(STORE))?;
    for part in ["", STORE, SECRET] {
        give(&draft.join(part), dir).map_err(failed)?;
    }
    sync(&draft).map_err(failed)?;
    fs::rename(&draft, dir.join(READY)).and_then(|()| sync(dir)).map_err(failed)?;
    finish_restore(dir)
}

/// Ends a return that was begun: whatever is in place of a part that still waits is moved aside, then the
/// part takes its place. Each step can be done again.
pub(super) fn finish_restore(dir: &Path) -> Result<Option<PathBuf>, Fault> {
    let ready = dir.join(READY);
    if !ready.exists() {
        return Ok(None);
    }
    let aside = dir.join(format!("replaced-{}", SystemClock.now().as_millisecond()));
    let swap = || -> io::Result<bool> {
        let mut moved = false;
        if ready.join(STORE).exists() {
            for part in PARTS.into_iter().filter(|part| *part != SECRET) {
                moved |= put_aside(&dir.join(part), &aside, dir)?;
            }
            fs::rename(ready.join(STORE), dir.join(STORE))?;
        }
        if ready.join(SECRET).exists() {
            moved |= put_aside(&dir.join(SECRET), &aside, dir)?;
            fs::rename(ready.join(SECRET), dir.join(SECRET))?;
        }
        sync(dir)?;
        fs::remove_dir(&ready)?;
        sync(dir)?;
        Ok(moved)
    };
    let moved = swap().map_err(|error| Fault::never("finish a restore", error))?;
    Ok(moved.then_some(aside))
}

fn put_aside(path: &Path, aside: &Path, dir: &Path) -> io::Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    if !aside.exists() {
        private_dir(aside)?;
        give(aside, dir)?;
    }
    fs::rename(path, aside.join(path.file_name().unwrap_or_default()))?;
    Ok(true)
}

/// The secret of the mailbox's tokens; made on the first start, readable to its user only.
pub(super) fn secret(path: &Path) -> Result<[u8; SECRET_BYTES], Fault> {
    let doing = || format!("keep a secret in {}", path.display());
    if path.exists() {
        return read_secret(path).map_err(|error| Fault::never(doing(), error));
    }
    let mut secret = [0; SECRET_BYTES];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut secret)
        .map_err(|_| Fault::never(doing(), "the machine gives no random bytes"))?;
    let written = new_file(path).and_then(|mut file| {
        file.write_all(&secret)?;
        file.sync_all()
    });
    written.map_err(|error| Fault::never(doing(), error))?;
    Ok(secret)
}

fn read_secret(path: &Path) -> io::Result<[u8; SECRET_BYTES]> {
    let mut secret = [0; SECRET_BYTES];
    File::open(path)?.read_exact(&mut secret)?;
    Ok(secret)
}

fn private_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

fn new_file(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// A copy on the disk, readable to its user only.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", from.display()));
    let mut source = File::open(from).map_err(named)?;
    let mut copy = new_file(to)?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Gives a file to the user whose directory this is: root restores, and a service of its own user reads.
fn give(path: &Path, dir: &Path) -> io::Result<()> {
    let want = fs::metadata(dir)?;
    if fs::symlink_metadata(path)?.uid() == want.uid() {
        return Ok(());
    }
    lchown(path, Some(want.uid()), Some(want.gid()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        root: PathBuf,
        dir: PathBuf,
        backup: PathBuf,
    }

    /// A state directory with a backup of it.
    fn bench(name: &str) -> Bench {
        let root = std::env::temp_dir().join(format!("investtax-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&root));
        let (dir, backup) = (root.join("state"), root.join("backup"));
        fs::create_dir_all(&dir).unwrap();
        SqliteConversations::open(&dir.join(STORE)).unwrap();
        secret(&dir.join(SECRET)).unwrap();
        back_up(&dir, &backup).unwrap();
        Bench { root, dir, backup }
    }

    impl Bench {
        /// The names and bytes of what counts.
        fn state(&self) -> Vec<(String, Vec<u8>)> {
            let mut list: Vec<_> = fs::read_dir(&self.dir)
                .unwrap()
                .map(Result::unwrap)
                .filter(|entry| entry.path().is_file())
                .map(|entry| {
                    (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
                })
                .collect();
            list.sort();
            list
        }

        fn refuses(&self, words: &str) {
            let before = self.state();
            let fault = restore(&self.dir, &self.backup).unwrap_err().chain();
            assert!(fault.contains(words), "{fault}");
            assert_eq!(self.state(), before, "touched although refused");
            assert!(!self.dir.join(READY).exists());
        }

        fn end(self) {
            fs::remove_dir_all(self.root).unwrap();
        }
    }

    #[test]
    fn one_process_at_a_time_works_in_a_directory() {
        let bench = bench("lock");
        let first = StateLock::take(&bench.dir).unwrap();
        let second = StateLock::take(&bench.dir).unwrap_err();
        assert!(second.chain().contains("another serve"), "{}", second.chain());
        drop(first);
        StateLock::take(&bench.dir).unwrap();
        bench.end();
    }

    #[test]
    fn a_backup_that_is_not_whole_is_refused() {
        let bench = bench("whole");
        fs::remove_file(bench.backup.join(SECRET)).unwrap();
        bench.refuses(SECRET);
        fs::write(bench.backup.join(SECRET), b"short").unwrap();
        bench.refuses("failed to restore");
        fs::remove_file(bench.backup.join(STORE)).unwrap();
        bench.refuses(STORE);
        bench.end();
    }

    #[test]
    fn a_damaged_store_is_refused() {
        let bench = bench("damaged");
        let store = bench.backup.join(STORE);
        let whole = fs::read(&store).unwrap();
        // The pages behind the first, on which the tables are.
        let mut bytes = whole.clone();
        bytes[4_096..].fill(0xff);
        fs::write(&store, bytes).unwrap();
        bench.refuses("damaged");
        for other in [&whole[..whole.len() / 2], b"", b"date;type\n"] {
            fs::write(&store, other).unwrap();
            bench.refuses("check the conversations");
        }
        bench.end();
    }

    #[test]
    fn a_store_of_a_newer_version_is_refused() {
        let bench = bench("newer");
        let newer = rusqlite::Connection::open(bench.backup.join(STORE)).unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        drop(newer);
        bench.refuses("newer");
        bench.end();
    }

    #[test]
    fn what_was_there_before_is_put_aside_with_what_belongs_to_it() {
        let bench = bench("aside");
        for part in PARTS {
            fs::write(bench.dir.join(part), part).unwrap();
        }
        let aside = restore(&bench.dir, &bench.backup).unwrap().unwrap();
        for part in PARTS {
            assert_eq!(fs::read(aside.join(part)).unwrap(), part.as_bytes());
        }
        assert!(!bench.dir.join("mail.sqlite-wal").exists(), "a log of another store");
        for part in [STORE, SECRET] {
            assert_eq!(
                fs::read(bench.dir.join(part)).unwrap(),
                fs::read(bench.backup.join(part)).unwrap()
            );
        }
        bench.end();
    }

    /// Killed between any two steps of the swap, the next start ends it.
    #[test]
    fn a_return_that_was_cut_off_is_finished_at_the_next_start() {
        for swapped in 0..=2 {
            let bench = bench("cut-off");
            let ready = bench.dir.join(READY);
            fs::create_dir(&ready).unwrap();
            for part in [STORE, SECRET] {
                fs::copy(bench.backup.join(part), ready.join(part)).unwrap();
                fs::write(bench.dir.join(part), "old").unwrap();
            }
            for part in [STORE, SECRET].into_iter().take(swapped) {
                fs::rename(ready.join(part), bench.dir.join(part)).unwrap();
            }
            assert_eq!(finish_restore(&bench.dir).unwrap().is_some(), swapped < 2);
            for part in [STORE, SECRET] {
                let now = fs::read(bench.dir.join(part)).unwrap();
                assert_eq!(now, fs::read(bench.backup.join(part)).unwrap(), "{swapped}");
            }
            assert!(!ready.exists());
            bench.end();
        }
    }

    #[test]
    fn a_mailbox_without_anything_has_no_backup() {
        let bench = bench("none");
        let empty = bench.root.join("empty");
        fs::create_dir(&empty).unwrap();
        let fault = back_up(&empty, &bench.root.join("copy")).unwrap_err();
        assert!(fault.chain().contains("nothing is kept"), "{}", fault.chain());
        assert!(!empty.join(STORE).exists());
        bench.end();
    }
}
