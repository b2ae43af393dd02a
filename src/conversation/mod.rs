//! What is remembered between mails: conversations, correspondents and their limits.
//!
//! A conversation belongs to one proven address. It holds the files sent so far by their content, the
//! choices made in words, and the last results; it is forgotten [`Thresholds::conversation_days`]
//! after its last mail. Everything here is pure; [`crate::ports::ConversationStore`] keeps it.

mod doubts;
mod kinship;
mod limits;
mod missing;
mod token;
mod told;
mod union;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lang::Lang;

pub use doubts::doubts;
pub use limits::{ReplyClass, SeenLetter, SentReply, Thresholds, Verdict, verdict};
pub use missing::{Missing, Reader, is_called};
pub use token::{Purpose, TokenId, TokenKey};
pub use union::replacements;

/// One thread with one sender.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Conversation {
    /// The id in its signed tokens, base32.
    pub id: String,
    /// The address that it belongs to, lower case.
    pub owner: String,
    /// When its last mail was taken.
    pub updated: Timestamp,
    /// The language asked for with `JĘZYK`; `None`: that of each mail.
    pub lang: Option<Lang>,
    /// The language of the last mail that showed one, for mails that show none.
    pub spoken: Option<Lang>,
    /// The commands that set options, in the sender's words and order.
    pub choices: Vec<String>,
    /// The files, in the order in which they came.
    pub files: Vec<KnownFile>,
    /// What the results lack: files and commands of earlier mails that could not be read, or are past their time.
    pub missing: Vec<Missing>,
    /// The results so far, oldest first.
    pub results: Vec<PastResult>,
    /// Answers since a file came that was not here before.
    pub answers_without_file: u32,
    /// How often it was stored; the store counts, and refuses to overwrite what it does not tell.
    #[serde(default)]
    pub version: u64,
}

/// One file of a conversation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct KnownFile {
    /// The hash of its content (`DataFile::digest`).
    #[serde(alias = "sha256")]
    pub digest: [u8; 32],
    /// Its name for people.
    pub name: String,
    /// The name of the file that replaced it; then it is not read any more.
    pub replaced_by: Option<String>,
    /// The mail that brought it last, by its job; empty for what an earlier version stored.
    #[serde(default)]
    pub mail: String,
}

/// One result that was sent.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PastResult {
    /// When.
    pub at: Timestamp,
    /// The first line of the reply.
    pub headline: String,
}

/// So many results and choices are remembered.
const MEMORY: usize = 30;

impl Conversation {
    /// Adds choices; the same words again move to the end, where they take effect last.
    pub fn choose(&mut self, lines: &[String]) {
        for line in lines {
            self.choices.retain(|known| known != line);
            self.choices.push(line.clone());
        }
        keep_last(&mut self.choices);
    }

    /// Adds a result.
    pub fn conclude(&mut self, result: PastResult) {
        self.results.push(result);
        keep_last(&mut self.results);
    }

    /// The files that count.
    pub fn current_files(&self) -> impl Iterator<Item = &KnownFile> {
        self.files.iter().filter(|file| file.replaced_by.is_none())
    }
}

fn keep_last<T>(list: &mut Vec<T>) {
    list.drain(..list.len().saturating_sub(MEMORY));
}

/// What is known of one address, whatever its conversations.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Correspondent {
    /// The replies of the last day.
    pub replies: Vec<SentReply>,
    /// The letters that were answered within the last hours.
    pub letters: Vec<SeenLetter>,
    /// When the mailbox was proved last, and held mails were answered for it.
    pub proved: Option<Timestamp>,
    /// They wrote `STOP`, and not `POMOC` since.
    pub stopped: bool,
    /// A deletion that waits for its code.
    pub deletion: Option<PendingDeletion>,
    /// Mail to the address came back for good, or was called unwanted: nothing is sent until then.
    #[serde(default)]
    pub undeliverable: Option<Timestamp>,
    /// How often it was stored; the store counts, and refuses to overwrite what it does not tell.
    #[serde(default)]
    pub version: u64,
}

impl Correspondent {
    /// Whether nothing may be sent to the address now.
    pub fn is_undeliverable(&self, now: Timestamp) -> bool {
        self.undeliverable.is_some_and(|until| now < until)
    }

    /// The day from which forgetting counts: it was stored then, or must be known until then.
    pub fn fresh(&self, stored: Timestamp) -> Timestamp {
        self.undeliverable.map_or(stored, |until| until.max(stored))
    }
}

/// A deletion asked for and not yet confirmed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PendingDeletion {
    /// The code to write back; holds once.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
}

impl PendingDeletion {
    /// Whether a line is the code and it still holds.
    pub fn is_confirmed_by(&self, line: &str, now: Timestamp) -> bool {
        now <= self.until && line.eq_ignore_ascii_case(&self.code)
    }

    /// Whether a line is meant to be the code, and is not.
    pub fn is_mistaken_by(&self, line: &str, now: Timestamp) -> bool {
        let looks =
            line.len() == self.code.len() && line.bytes().all(|c| c.is_ascii_alphanumeric());
        now <= self.until && looks && !line.eq_ignore_ascii_case(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_in_the_same_words_takes_effect_last() {
        let mut conversation = Conversation::default();
        let lines = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        conversation.choose(&lines(&["ROK 2024", "ROK 2023", "ROK 2024"]));
        assert_eq!(conversation.choices, ["ROK 2023", "ROK 2024"]);
        for year in 2002..2090 {
            conversation.choose(&[format!("ROK {year}")]);
        }
        assert_eq!(conversation.choices.len(), MEMORY);
        assert_eq!(conversation.choices.last().map(String::as_str), Some("ROK 2089"));
    }

    #[test]
    fn a_code_holds_until_its_time_in_any_case() {
        let until = "2026-03-03T10:00:00Z".parse().unwrap();
        let pending = PendingDeletion { code: "abcd2345".to_owned(), until };
        assert!(pending.is_confirmed_by("ABCD2345", until));
        assert!(!pending.is_confirmed_by("abcd2346", until));
        assert!(!pending.is_confirmed_by("abcd2345", until + jiff::SignedDuration::from_secs(1)));
    }
}
