//! The outside world, as the pipeline sees it. No port names a vendor's type.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::{
    conversation::{Conversation, Correspondent},
    error::Fault,
    lang::Lang,
    mail::{Letter, Trust},
    rates::{RateTable, TableKind},
};

/// Today's date and the time, so that nothing else asks the machine.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> jiff::Timestamp;

    /// Today in Warsaw, where NBP publishes and tax years end.
    fn today(&self) -> Date {
        warsaw_day(self.now())
    }
}

/// The day in Warsaw at that time.
pub fn warsaw_day(at: jiff::Timestamp) -> Date {
    at.to_zoned(crate::zones::warsaw()).date()
}

/// Where published tables come from.
#[async_trait]
pub trait RateSource: Send + Sync {
    /// Every table of the kind published from `from` through `through`, ascending.
    ///
    /// MUST return an empty list only if the publisher said that there is none; MUST fail with a
    /// [`Fault`] on anything else. `through` is never later than yesterday in Warsaw.
    async fn tables(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
    ) -> Result<Vec<RateTable>, Fault>;
}

/// Where tables are kept for good; a published rate never changes.
#[async_trait]
pub trait RateStore: Send + Sync {
    /// The stored tables of the kind within the span, ascending, and the days that are covered:
    /// a covered day without a table is known to have none.
    async fn load(&self, kind: TableKind, from: Date, through: Date) -> Result<StoredRates, Fault>;

    /// Stores tables and marks the whole span as covered. MUST be atomic and idempotent.
    async fn save(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
        tables: &[RateTable],
    ) -> Result<(), Fault>;
}

/// What a store knows of a span of days.
#[derive(Clone, Debug, Default)]
pub struct StoredRates {
    /// Tables, ascending by day.
    pub tables: Vec<RateTable>,
    /// Covered spans, ascending, inclusive, not overlapping, not adjacent.
    pub covered: Vec<(Date, Date)>,
}

/// What is remembered between mails. Several workers may handle mail at once: who read a
/// correspondent or a conversation that another has stored meanwhile may not store it any more.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Whether a mail of that identity was handled before.
    async fn is_done(&self, job: &str) -> Result<bool, Fault>;

    /// What is known of an address; the default if nothing is.
    async fn correspondent(&self, owner: &str) -> Result<Correspondent, Fault>;

    /// The conversation with that id, whoever owns it.
    async fn conversation(&self, id: &str) -> Result<Option<Conversation>, Fault>;

    /// The conversation in which a message with that id (its left side) was sent.
    async fn conversation_of(&self, sent: &str) -> Result<Option<Conversation>, Fault>;

    /// The conversations of an address, the one with the latest mail first.
    async fn conversations(&self, owner: &str) -> Result<Vec<Conversation>, Fault>;

    /// Whether anything of that owner is kept that a deletion would delete; an archive may outlive every
    /// conversation.
    async fn keeps_anything(&self, owner: &str) -> Result<bool, Fault> {
        Ok(!self.conversations(owner).await?.is_empty())
    }

    /// The content of a file of that owner; `None` if it was forgotten.
    async fn file(&self, owner: &str, digest: &[u8; 32]) -> Result<Option<Vec<u8>>, Fault>;

    /// The mails of that owner that wait until the owner proves the mailbox, the oldest first.
    async fn held(&self, owner: &str) -> Result<Vec<Held>, Fault>;

    /// How many replies were queued on that day, for everybody.
    async fn replies_on(&self, day: Date) -> Result<u32, Fault>;

    /// Takes a handled mail with all that follows from it.
    ///
    /// MUST be atomic: afterwards either everything in the step holds or nothing. MUST return
    /// `false` and change nothing if the job is done already. MUST fail with a fault that may pass,
    /// and change nothing, if the version of the correspondent or the conversation is not the one
    /// that is stored (0: none is); both are stored with the next version.
    async fn commit(&self, step: &Step) -> Result<bool, Fault>;

    /// The messages that wait to be sent, the oldest first; perhaps without their bytes, which
    /// [`Self::lease`] brings.
    async fn outbox(&self) -> Result<Vec<Outgoing>, Fault>;

    /// Takes a message for sending, so that no other worker sends it before `until`; `None` if it
    /// waits no more, or another has it at `now`. MUST give it to one caller only.
    async fn lease(
        &self,
        message: &str,
        now: jiff::Timestamp,
        until: jiff::Timestamp,
    ) -> Result<Option<Outgoing>, Fault>;

    /// Gives a message back that was certainly not sent. Idempotent.
    async fn release(&self, message: &str) -> Result<(), Fault>;

    /// Takes a message out of the outbox: it was sent under the id `sent_as` (its left side), by
    /// which answers to it MUST be found from now on, or it was given up (`None`). Idempotent.
    async fn close(&self, message: &str, sent_as: Option<&str>) -> Result<(), Fault>;

    /// Forgets what is older than the horizon says. Idempotent.
    async fn forget(&self, horizon: &Horizon) -> Result<(), Fault>;
}

/// One handled mail. What is `None` or empty stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The identity of the mail; the same for every delivery of it.
    pub job: String,
    /// When it was handled.
    pub at: jiff::Timestamp,
    /// Whose it is.
    pub owner: String,
    /// Delete everything of the owner first, and leave a tombstone without personal data.
    pub purge: bool,
    /// What is known of the owner now; never kept together with `purge`.
    pub correspondent: Option<Correspondent>,
    /// The conversation as it is now.
    pub conversation: Option<Conversation>,
    /// New files of the owner by their digests.
    pub files: Vec<([u8; 32], Vec<u8>)>,
    /// A mail of the owner that is kept unread until the owner proves the mailbox.
    pub hold: Option<Held>,
    /// The id of the held mail that this step handled: it is forgotten.
    pub release: Option<String>,
    /// The reply.
    pub reply: Option<Outgoing>,
}

/// A mail whose author is not proven yet.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Held {
    /// Names it among those of its owner; holding the same again changes nothing.
    pub id: String,
    /// When it came.
    pub at: jiff::Timestamp,
    /// The whole message, RFC 5322.
    pub bytes: Vec<u8>,
}

/// A message that waits to be sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outgoing {
    /// The left side of its message id.
    pub id: String,
    /// The only recipient.
    pub to: String,
    /// The conversation that it belongs to, if any.
    pub conversation: Option<String>,
    /// When it was queued.
    pub queued: jiff::Timestamp,
    /// The whole message, RFC 5322.
    pub bytes: Vec<u8>,
}

/// Up to when things are forgotten.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// Jobs done before, counts of replies, and correspondents without a mail since, except those who
    /// wrote `STOP`.
    pub jobs: jiff::Timestamp,
    /// Mails held since before.
    pub held: jiff::Timestamp,
    /// Files received before.
    pub files: jiff::Timestamp,
    /// Conversations without a mail since, and what was sent in them.
    pub conversations: jiff::Timestamp,
}

/// Bytes by key: raw mail, what one stage leaves for the next, archives.
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// The bytes under a key; `None` if there are none.
    ///
    /// MUST fail with a [`Fault`] whenever it cannot say which of the two it is.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Stores bytes under a key, in place of what was there.
    ///
    /// MUST be atomic: a reader sees the old bytes or the new ones, whole. Afterwards they MUST be
    /// durable, and every later `get` MUST see them.
    async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), Fault>;

    /// Deletes what is under a key. MUST succeed if there is nothing. Idempotent.
    async fn delete(&self, key: &str) -> Result<(), Fault>;
}

/// A place for files that are too large for mail.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Whether there is such a place at all.
    fn is_open(&self) -> bool;

    /// Opens a place for one file of that owner and says how to get there; `None` if there is none.
    ///
    /// What is put there MUST come back as the letter of the offer with the file in it, and MUST NOT
    /// be larger than what was said or come later. Offering the same again is harmless.
    async fn offer(&self, offer: &UploadOffer<'_>) -> Result<Option<OpenUpload>, Fault>;
}

/// What is offered to whom.
#[derive(Clone, Copy, Debug)]
pub struct UploadOffer<'a> {
    /// A name that nobody can guess, the same for every delivery of the mail that asked: lower-case
    /// letters and digits.
    pub name: &'a str,
    /// Whose conversation the file joins.
    pub owner: &'a str,
    /// As what the file comes back.
    pub letter: &'a Letter,
    /// The language of the page.
    pub lang: Lang,
    /// Now.
    pub at: jiff::Timestamp,
}

/// An offer that stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenUpload {
    /// The address of the page that takes the file. Whoever has it can send a file, but gets no answer.
    pub link: String,
    /// Up to when.
    pub until: jiff::Timestamp,
    /// The most bytes that a file may have.
    pub bytes_max: usize,
}

/// Finds out who wrote a mail that nobody vouches for.
#[async_trait]
pub trait AuthorVerifier: std::fmt::Debug + Send + Sync {
    /// How far the author of a raw message is proven.
    ///
    /// MUST NOT say more than it knows: what cannot be found out is unproven.
    async fn verify(&self, raw: &[u8]) -> Result<Trust, Fault>;
}

/// Where replies leave.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a message, or leaves it where it will be sent; returns the left side of the message id
    /// under which its recipient sees it.
    ///
    /// MUST take a message with the id of one that it took before for the same message, as far as
    /// the way out allows: a crash may hand it over twice, with the same bytes.
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent>;
}

/// A message that was not sent, or perhaps was.
#[derive(Debug)]
pub struct Unsent {
    /// What went wrong.
    pub fault: Fault,
    /// Whether the message may have left all the same: the answer was lost, not the question.
    pub doubtful: bool,
}

impl From<Fault> for Unsent {
    fn from(fault: Fault) -> Self {
        Self { fault, doubtful: false }
    }
}
