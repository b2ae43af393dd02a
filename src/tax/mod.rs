//! Polish tax on capital income: lots, disposals, dividends, and the fields of PIT-38.
//!
//! Pure: a [`crate::ledger::Ledger`], a [`crate::rates::RateBook`] and [`Options`] in, an
//! [`Assessment`] out. Every rule has an entry in the decisions log below, with its article and tests.
//!
#![doc = include_str!("DECISIONS.md")]

mod assess;
mod assessment;
mod blocked;
mod cash;
mod credit;
mod exchanges;
mod fifo;
mod funds;
mod holidays;
mod holidays_asia;
mod holidays_south;
mod leg;
mod loss;
mod lot;
mod market;
mod need;
mod options;
mod other;
mod parts;
mod payers;
mod placed;
mod poland;
mod receipts;
mod residence;
mod sale;
mod settled;
mod settlement;
#[cfg(test)]
pub(crate) mod testing;
mod treaties;
pub mod treaty;
mod unclear;
mod unplaced;
mod year;

pub use assess::{Worked, assess, conclude, work_out, work_out_part};
pub use assessment::{
    Assessment, BlockedInstrument, CryptoEvent, DerivativeResult, Disposal, DividendResult,
    FeeResult, InterestResult, LotMatch, LotRun, MovedYear, OpenLot, Status,
};
pub use market::{Market, SettlementRule};
pub use need::for_each_need;
pub use options::{
    BadOption, Basis, CreditCap, ForeignTax, LossClaim, Options, Pit8c, parse_amount,
};
pub use parts::{Part, parts};
pub use poland::filing::filing_days;
pub use residence::Residence;
pub use settlement::{SettlementCalendar, settlement_day};
pub use year::{Crypto, Field, FlatTax, LossUse, OtherBasis, PitZg, Securities, YearAssessment};
