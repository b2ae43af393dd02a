//! The whole journey of a message: raw mail in, reply out.
//!
//! Reading, calculating and laying out are pure; the only waiting is for rates ([`crate::gather`]).

mod attach;
mod calculate;
mod mailbox;
mod read;
mod reply;

pub use crate::mail::Trust;
pub use attach::report_attachments;
pub use calculate::{Calculated, Services, calculate};
pub use mailbox::{Mailbox, MailboxSettings, Received};
pub use read::{FileSet, read};
pub use reply::{Answer, Outcome, ReplySettings, answer};
