//! The formats, one file or folder each.

mod bounded;
mod clock;
mod etoro;
mod interactive_brokers;
mod pipe;
mod template;
mod trading212;
mod xtb;

pub use template::{template_header, write_template};

pub(super) use etoro::Etoro;
pub(super) use interactive_brokers::ActivityStatement;
pub(super) use pipe::Pipe;
pub(super) use template::Template;
pub(super) use trading212::Trading212;
pub(super) use xtb::Xtb;
