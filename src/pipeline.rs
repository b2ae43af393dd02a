//! The whole journey of a message: raw mail in, reply out.
//!
//! Reading, calculating and laying out are pure; the only waiting is for rates ([`crate::gather`]).

mod archive;
mod attach;
mod calculate;
mod errors;
mod mailbox;
mod read;
mod reply;
mod stages;

pub use crate::mail::Trust;
pub(crate) use archive::let_go;
pub use archive::{Archive, Entry, Keeper, NothingKept, hash_of, kept_under};
pub use attach::report_attachments;
pub use calculate::{Calculated, Rated, Services, calculate};
pub use errors::errors_in;
pub use mailbox::{Finished, Handled, Mailbox, MailboxSettings, Received};
pub use read::{FileSet, read};
pub use reply::{Answer, Outcome, ReplySettings, answer};
pub use stages::{
    BadJobName, Format, Job, JobName, Stage, StageFault, StageInput, StageOutput, Stages,
};
