//! `InvestTax`: a broker's export in, a traceable PIT-38 out.
//!
//! The modules stand in the order in which a message travels:
//!
//! 1. [`mail`] parses the raw message and finds the files in it;
//! 2. [`statement`] recognises each file by its content and reads every row;
//! 3. [`ledger`] merges the statements into one ordered history, each event once;
//! 4. [`rates`] says which NBP tables the history needs and answers from them;
//! 5. [`tax`] matches lots first in, first out, and fills the fields of PIT-38;
//! 6. [`report`] lays the result out as JSON, PDF and XLSX;
//! 7. [`reply`] puts it into words and into a mail.
//!
//! All of these are pure and synchronous. [`pipeline`] runs them in a row; the outside world
//! (NBP, disk, clock, cloud) enters only through [`ports`], implemented in [`adapters`].

pub mod money;

mod as_text;
mod beside;
mod days;
mod guard;
mod zones;

pub mod ledger;
pub mod mail;
pub mod rates;
pub mod reply;
pub mod report;
pub mod statement;
pub mod tax;

#[cfg(feature = "aws")]
pub mod config;
pub mod conversation;
pub mod error;
pub mod gather;
pub mod lang;
pub mod pipeline;
pub mod ports;
pub mod serve;
#[cfg(feature = "aws")]
pub mod stage;
pub mod telemetry;
pub mod wording;
#[cfg(feature = "aws")]
pub mod worker;

pub mod adapters;
pub mod cli;
