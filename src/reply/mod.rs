//! Results put into a mail.
//!
//! Three steps, each of them pure: a view holds what a reply says, already in words ([`view`]);
//! templates lay it out as text and as HTML ([`ReplyContent`]); [`compose`] makes the message.
//! The same input gives the same bytes.

mod attachment;
mod compose;
mod content;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod gallery_tests;
mod header;
mod offer;
mod plain;
#[cfg(feature = "aws")]
mod slim;
mod subject;
mod threading;
mod view;

pub use attachment::{ATTACHMENTS_BYTES_MAX, Attachment, BadName, FileKind, fit};
pub use compose::{ComposeError, MessageIds, OutboundMessage, Sender, compose, is_address};
pub use content::{
    ReplyContent, ReplyKind, help_reply, no_file_reply, notice_reply, rejection_findings,
    rejection_reply, report_kind, report_reply,
};
pub use header::HeaderValue;
pub use offer::{UploadForm, offer_reply, upload_page};
#[cfg(feature = "aws")]
pub use slim::without_files;
pub use subject::{base_subject, reply_subject};
pub use threading::InboundReference;
