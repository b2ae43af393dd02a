//! Brokers' exports, read row by row.
//!
//! A [`SourceFile`] is recognised by its content ([`detect`]), never by its name, and read by exactly
//! one [`StatementFormat`] into a [`Statement`]. Every row ends as used, neutral, duplicate or
//! unknown, and the counts add up.

mod build;
mod capped;
pub mod decode;
mod delimiter;
mod diagnostic;
mod event;
mod expected;
mod file;
mod format;
mod formats;
mod instrument;
mod key;
pub(crate) mod known;
pub mod number;
mod origin;
pub mod table;
pub mod when;

pub use build::{RepairRow, RowCounts, Statement, StatementBuilder};
pub use delimiter::guess_delimiter;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use event::{
    AccountIx, Event, FileId, InstrumentIx, ReportedPosition, Source, SplitRatio, Trade,
    Transaction, TransferIx,
};
pub use expected::{Expected, ExpectedKind};
pub use file::{Container, Sheet, SourceFile};
pub use format::{Detected, FORMATS, Recognition, Sniff, StatementFormat, broker_of, detect};
pub(crate) use formats::TEMPLATE;
pub use formats::{RepairNote, TemplateSheet, template_sheet, write_template};
pub use instrument::{Instrument, InstrumentKind, Isin, NotAnIsin};
pub use key::EventKey;
pub(crate) use key::{KeyIsHash, number_for_key};
pub use known::FormatId;
pub use origin::{FileTag, NotAnOrigin, Origin};
