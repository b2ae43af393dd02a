//! The formats, one file or folder each.

mod interactive_brokers;
mod pipe;
mod template;
mod trading212;

pub use template::{RepairNote, TemplateSheet, template_sheet, write_template};

pub(super) use interactive_brokers::ActivityStatement;
pub(super) use pipe::Pipe;
pub(super) use template::Template;
pub(super) use trading212::Trading212;
