//! Adapters: the ports implemented for a laptop (and, with the feature, for AWS).

mod rates_dir;
mod rates_memory;

pub use rates_dir::RateFiles;
pub use rates_memory::MemoryRates;
