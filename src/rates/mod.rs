//! NBP's average rates: what is needed, what is known, and the rate of a leg.
//!
//! The rule is art. 11a of the PIT act: the rate of the last table published *strictly before* the
//! day of the event. This module never fetches; adapters fill a [`RateBook`] beforehand.

mod book;
pub mod calendar;
mod rate;

pub use book::{NoRate, RateBook, RateBookBuilder};
pub use rate::{Rate, RateTable, TableKind};
