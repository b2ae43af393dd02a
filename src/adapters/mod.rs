//! Adapters: the ports implemented for a laptop (and, with the feature, for AWS).

#[cfg(feature = "aws")]
pub mod aws;
mod clock;
#[cfg(test)]
mod mail_contract;
mod mail_memory;
mod mail_sqlite;
mod maildir;
mod nbp;
mod nbp_json;
#[cfg(test)]
mod nbp_tests;
#[cfg(test)]
mod rates_contract;
mod rates_dir;
mod rates_memory;
mod rates_sqlite;
mod rates_text;
mod relay;
mod tls;

pub use clock::SystemClock;
pub use mail_memory::MemoryConversations;
pub use mail_sqlite::SqliteConversations;
pub use maildir::Maildir;
pub use nbp::{BadNbpUrl, NBP_URL, Nbp, Patience};
pub use rates_dir::RateFiles;
pub use rates_memory::MemoryRates;
pub use rates_sqlite::SqliteRates;
pub use relay::SmtpRelay;
