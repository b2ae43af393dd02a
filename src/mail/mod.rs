//! The raw message in.
//!
//! [`parse`] turns bytes into an [`InboundMessage`]; [`drop_reason`] says whether it deserves an
//! answer, [`classify`] whether its author is who it says; [`Commands`] are what its author asks for in words; [`expand`] unpacks its attachments into a flat list of data files.
//!
//! Everything here is hostile until proven otherwise: sizes, depths, names, charsets and types are
//! the sender's claims. The MIME tree is walked within bounds ([`Limits`]) that the sender does not
//! set, and no data part is ever decoded by its declared charset.

mod archive;
mod attachment;
mod authenticity;
mod commands;
mod fields;
mod header_text;
mod html;
mod language;
mod letter;
mod limits;
mod loops;
mod message;
mod mime;
mod name;
mod own_lines;
mod part;
mod pasted;
mod split;
mod tnef;
mod transfer;

pub use attachment::{DataFile, Expanded, expand, expand_files};
pub use authenticity::{
    AuthResults, Authenticity, Dmarc, Evidence, Finding, NotAuthenticity, Scan, SesVerdicts, Trust,
    Verdict, author_of, classify, judge,
};
pub use commands::{Command, Commands, SubjectOrigin, is_same_kind};
pub use fields::HeaderFields;
pub use language::{guess_language, tell_language};
pub use letter::Letter;
pub use limits::Limits;
pub use loops::{Circumstances, OwnAddresses, drop_reason};
pub use message::{Attachment, Author, InboundMessage, MailRefusal, MimeFacts, RefusedPart, parse};
pub use name::{label, safe_file_stem};
pub use own_lines::says;
pub use pasted::{Pasted, is_repeated};

#[cfg(test)]
mod tests;
