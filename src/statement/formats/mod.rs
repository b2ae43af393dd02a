//! The formats, one file or folder each.

mod bounded;
mod clock;
mod degiro;
mod etoro;
mod interactive_brokers;
mod pipe;
mod revolut;
mod template;
mod trading212;
mod xtb;

pub use template::{RepairNote, TemplateSheet, template_sheet, write_template};

pub(super) use degiro::{DegiroAccount, DegiroTransactions};
pub(super) use etoro::Etoro;
pub(super) use interactive_brokers::{ActivityStatement, FlexQuery, TransactionHistory};
pub(super) use pipe::Pipe;
pub(super) use revolut::{
    RevolutConsolidated, RevolutCrypto, RevolutProfit, RevolutSavings, RevolutStocks,
};
pub(super) use template::{Template, column as template_column};
pub(super) use trading212::Trading212;
pub(super) use xtb::Xtb;
