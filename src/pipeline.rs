//! The whole journey of a message: raw mail in, reply out.
//!
//! Reading, calculating and laying out are pure; the only waiting is for rates ([`crate::gather`]).

mod calculate;
mod read;
mod reply;

pub use calculate::{Calculated, Services, calculate};
pub use read::{FileSet, read};
pub use reply::{Answer, Outcome, ReplySettings, answer, report_attachments};
