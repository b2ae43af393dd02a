//! Adapters: the ports implemented for a laptop (and, with the feature, for AWS).

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(test)]
mod blobs_contract;
mod blobs_dir;
mod blobs_memory;
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
mod no_uploads;
#[cfg(test)]
mod rates_contract;
mod rates_dir;
mod rates_memory;
mod rates_sqlite;
mod rates_text;
mod relay;
mod tls;
#[cfg(feature = "verify")]
mod verify;

pub use blobs_dir::FolderBlobs;
pub use blobs_memory::MemoryBlobs;
pub use clock::SystemClock;
pub use mail_memory::MemoryConversations;
pub use mail_sqlite::{Letter, SqliteConversations, StoreHealth};
pub use maildir::Maildir;
pub use nbp::{BadNbpUrl, NBP_URL, Nbp, Patience};
pub use no_uploads::NoUploads;
pub use rates_dir::RateFiles;
pub use rates_memory::MemoryRates;
pub use rates_sqlite::SqliteRates;
pub use relay::{Paced, SmtpRelay};
#[cfg(feature = "verify")]
pub use verify::DnsVerifier;
