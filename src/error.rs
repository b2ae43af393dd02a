//! How a message can end badly, sorted by who can fix it.
//!
//! * [`DropReason`]: nobody needs to; the message gets no answer (RFC 3834).
//! * [`Rejection`]: the sender can; the answer says how. A rejection is a *successful* run.
//! * [`Fault`]: we or the world; retried later or never, and the sender hears only an apology.

use std::error::Error;

/// Why a message is silently dropped.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum DropReason {
    /// The envelope sender is empty: a bounce.
    NullReturnPath,
    /// A delivery status, disposition or feedback report.
    Report,
    /// The local part of the sender belongs to a daemon or a list.
    Daemon,
    /// `Auto-Submitted` is present and not `no` (RFC 3834 § 5).
    AutoSubmitted,
    /// `Precedence`, `X-Autoreply`, `X-Loop` and their kin.
    AutoReply,
    /// A mailing list or a newsletter.
    MailingList,
    /// Our own mail came back.
    OwnMail,
    /// More `Received` lines than a healthy path has.
    TooManyHops,
    /// The subject is that of an automatic reply and no data file is attached.
    AutoReplySubject,
    /// A calendar reply without a data file.
    Calendar,
    /// DMARC failed, or `From` names several authors or none: somebody else may have written it.
    Forged,
    /// A scanner found a virus.
    Virus,
    /// A scanner takes it for unwanted mail, and its author is not known here.
    Spam,
    /// Sent to a crowd, with us among the copies.
    Crowd,
    /// The same letter with the same files, again and again within hours.
    Repeating,
    /// Nobody to answer: no author, several authors, or an address that cannot be read.
    NoAuthor,
    /// An answer to us with neither a file nor a command ("Dziękuję!").
    NothingToDo,
    /// The sender wrote `STOP`.
    Stopped,
    /// The mail was handled before.
    Duplicate,
    /// The author is not proven and was asked to prove the mailbox within the last day.
    Unproven,
    /// The limits for the address admit no reply now.
    Limited,
    /// Too many mails of a conversation brought no new file.
    NothingNew,
    /// Mail to the address came back for good lately.
    Undeliverable,
}

impl DropReason {
    /// The stable code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::NullReturnPath => "null-return-path",
            Self::Report => "report",
            Self::Daemon => "daemon",
            Self::AutoSubmitted => "auto-submitted",
            Self::AutoReply => "auto-reply",
            Self::MailingList => "mailing-list",
            Self::OwnMail => "own-mail",
            Self::TooManyHops => "too-many-hops",
            Self::AutoReplySubject => "auto-reply-subject",
            Self::Calendar => "calendar",
            Self::Forged => "forged",
            Self::Virus => "virus",
            Self::Spam => "spam",
            Self::Crowd => "crowd",
            Self::Repeating => "repeating",
            Self::NoAuthor => "no-author",
            Self::NothingToDo => "nothing-to-do",
            Self::Stopped => "stopped",
            Self::Duplicate => "duplicate",
            Self::Unproven => "unproven",
            Self::Limited => "limited",
            Self::NothingNew => "nothing-new",
            Self::Undeliverable => "undeliverable",
        }
    }
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Retry {
    /// The world is at fault: NBP is down, a service throttles.
    Later,
    /// We are at fault: a permission, a setting, a bug.
    Never,
}

/// Something that the sender cannot fix.
#[derive(Debug, thiserror::Error)]
#[error("failed to {doing}")]
pub struct Fault {
    doing: String,
    retry: Retry,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    /// A fault that may pass: `doing` completes the sentence "failed to …".
    pub fn later(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { doing: doing.into(), retry: Retry::Later, source: Some(source.into()) }
    }

    /// A fault that stays until somebody repairs it.
    pub fn never(
        doing: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { doing: doing.into(), retry: Retry::Never, source: Some(source.into()) }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// Whether somebody else was faster ([`StaleVersion`]): read anew, it may work at once.
    pub fn is_lost_race(&self) -> bool {
        self.is_caused_by::<StaleVersion>()
    }

    /// Whether the day has had its replies ([`DayIsFull`]): the mail must wait, which is no failure.
    pub fn is_full_day(&self) -> bool {
        self.is_caused_by::<DayIsFull>()
    }

    fn is_caused_by<E: Error + 'static>(&self) -> bool {
        let mut cause = self.source();
        while let Some(error) = cause {
            if error.is::<E>() {
                return true;
            }
            cause = error.source();
        }
        false
    }

    /// The whole chain of causes in one line, for the log.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

/// What was read was stored by somebody else meanwhile; read anew, it can be stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("another mail of the same sender was handled meanwhile")]
pub struct StaleVersion;

/// So many replies left today that no more may, until somebody looks or the day is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the limit of replies of the day is reached")]
pub struct DayIsFull;
