//! The formats, one file or folder each.

mod binance;
mod bitpanda;
mod bounded;
mod clock;
mod coinbase;
mod coins;
mod degiro;
mod etoro;
mod etrade;
mod exante;
mod exempt;
mod fidelity;
mod freedom24;
mod interactive_brokers;
mod kraken;
mod lightyear;
mod morgan_stanley;
mod pipe;
mod polish;
mod repair;
mod revolut;
mod saxo;
mod scalable;
mod schwab;
mod shared;
mod template;
mod trade_republic;
mod trades;
mod trading212;
mod xtb;

pub use template::{RepairNote, TemplateSheet, template_sheet, write_template};

pub(super) use binance::{Binance, BinancePeers};
pub(super) use bitpanda::Bitpanda;
pub(super) use coinbase::Coinbase;
pub(super) use degiro::{DegiroAccount, DegiroTransactions};
pub(super) use etoro::Etoro;
pub(super) use etrade::Etrade;
pub(super) use exante::Exante;
pub(super) use fidelity::Fidelity;
pub(super) use freedom24::Freedom24;
pub(super) use interactive_brokers::{ActivityStatement, FlexQuery, TransactionHistory};
pub(super) use kraken::Kraken;
pub(super) use lightyear::Lightyear;
pub(super) use morgan_stanley::MorganStanley;
pub(super) use pipe::Pipe;
pub(super) use polish::{
    BossaOperations, BossaTransactions, IngOperations, IngTransactions, MbankOperations,
    MbankTransactions, PkoTransactions,
};
pub(super) use revolut::{
    RevolutConsolidated, RevolutCrypto, RevolutProfit, RevolutSavings, RevolutStocks,
};
pub(super) use saxo::Saxo;
pub(super) use scalable::Scalable;
pub(super) use schwab::{SchwabAwards, SchwabBrokerage};
pub(crate) use template::ID as TEMPLATE;
pub(super) use template::{Template, column as template_column};
pub(super) use trade_republic::TradeRepublic;
pub(super) use trading212::Trading212;
pub(super) use xtb::Xtb;
