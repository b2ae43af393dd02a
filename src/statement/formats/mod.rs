//! The formats, one file or folder each.

mod degiro;
mod interactive_brokers;
mod pipe;
mod revolut;
mod template;
mod trading212;

pub use template::{template_header, write_template};

pub(super) use degiro::{DegiroAccount, DegiroTransactions};
pub(super) use interactive_brokers::ActivityStatement;
pub(super) use pipe::Pipe;
pub(super) use revolut::{
    RevolutConsolidated, RevolutCrypto, RevolutProfit, RevolutSavings, RevolutStocks,
};
pub(super) use template::Template;
pub(super) use trading212::Trading212;
