//! Adapters: the ports implemented for a laptop (and, with the feature, for AWS).

mod clock;
mod nbp;
mod nbp_json;
#[cfg(test)]
mod nbp_tests;
#[cfg(test)]
mod rates_contract;
mod rates_dir;
mod rates_memory;
mod rates_sqlite;

pub use clock::SystemClock;
pub use nbp::{BadNbpUrl, NBP_URL, Nbp, Patience};
pub use rates_dir::RateFiles;
pub use rates_memory::MemoryRates;
pub use rates_sqlite::SqliteRates;
