//! Which mail is being handled, on the disk: one that ends the whole process each time must not do so for ever.
//!
//! A bug that panics is caught. What cannot be caught (memory that the machine refuses, a stack that overflows)
//! ends the process; the mail is still there at the next start, and would end it again.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::Fault;

/// So often a mail may be in hand when the process ends. Kills and stops have nothing to do with the mail, so
/// there must be room for some.
const ENDS_MAX: u32 = 10;

/// The mark of the mail in hand.
#[derive(Debug)]
pub(super) struct InHand {
    path: PathBuf,
}

impl InHand {
    /// Takes a mail into hand, by the name of its file; whether it may be handled at all.
    ///
    /// # Errors
    ///
    /// If the mark cannot be written: what is not known to be safe waits.
    pub(super) fn take(path: &Path, name: &str) -> Result<Option<Self>, Fault> {
        let known = fs::read_to_string(path).unwrap_or_default();
        let ends = known
            .split_once(' ')
            .filter(|(_, known)| *known == name)
            .and_then(|(ends, _)| ends.parse().ok())
            .unwrap_or(0_u32);
        if ends >= ENDS_MAX {
            return Ok(None);
        }
        fs::write(path, format!("{} {name}", ends + 1))
            .map_err(|error| Fault::later("mark the mail in hand", error))?;
        Ok(Some(Self { path: path.to_owned() }))
    }

    /// The mail was handled or put off, and the process is alive.
    pub(super) fn done(self) {
        // If it stays, the next mail of another name writes its own.
        drop(fs::remove_file(self.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_ends_the_process_each_time_is_not_taken_for_ever() {
        let path = std::env::temp_dir().join(format!("investtax-in-hand-{}", std::process::id()));
        drop(fs::remove_file(&path));
        for _ in 0..ENDS_MAX {
            // Nobody says that it is done: the process ended.
            assert!(InHand::take(&path, "1.a").unwrap().is_some());
        }
        assert!(InHand::take(&path, "1.a").unwrap().is_none());
        // The others are handled, and once one is, nothing is held against anybody.
        InHand::take(&path, "2.b").unwrap().unwrap().done();
        assert!(!path.exists());
        assert!(InHand::take(&path, "1.a").unwrap().is_some());
        fs::remove_file(path).unwrap();
    }
}
