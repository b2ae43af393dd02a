//! What a file mentions and another report of the same broker must tell.
//!
//! Some brokers split one story over two reports: the cash account names a purchase, the list of
//! transactions has its figures. The reader of the first notes what it expects; the ledger, which sees
//! all files, says what nobody told. Nothing is counted twice and nothing is missing silently.

use jiff::civil::Date;

use super::{AccountIx, InstrumentIx, Source};

/// One event that another report must tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expected {
    /// Where it is mentioned.
    pub source: Source,
    /// On which account.
    pub account: AccountIx,
    /// Of which instrument.
    pub instrument: InstrumentIx,
    /// About when; reports differ by booking and value days.
    pub day: Date,
    /// What kind of event.
    pub kind: ExpectedKind,
    /// The report that tells it, as the broker calls it.
    pub report: &'static str,
}

/// What kind of event is expected.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ExpectedKind {
    /// A purchase or sale of the instrument; without it the lots are wrong from that day on.
    Trade,
    /// A dividend or interest of the instrument; without it that year's income is incomplete.
    Income,
    /// Any purchase or sale of virtual currency on the account.
    Crypto,
    /// A purchase or sale of that coin on that day.
    Coin,
}
