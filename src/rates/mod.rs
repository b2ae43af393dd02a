//! NBP's average rates: what is needed, what is known, and the rate of a leg.
//!
//! The rule is art. 11a of the PIT act: the rate of the last table published *strictly before* the
//! day of the event. This module never fetches: [`RateNeed`] collects what a calculation asks for,
//! [`answer()`] says what the tables at hand prove and which days they lack, and [`Quarter`] which
//! window of NBP's tables brings them. The round trip is [`crate::gather`].

mod answer;
mod archive;
mod book;
pub mod calendar;
mod currencies;
mod need;
mod rate;
mod shelf;
mod spans;
#[cfg(test)]
pub(crate) mod testing;

pub use answer::{Answers, Known, Missing, MissingRate, answer};
pub use archive::{RateFile, read_archive};
pub use book::{NoRate, RateBook, RateBookBuilder};
pub use need::{Quarter, RateNeed, Window};
pub use rate::{Rate, RateIx, RateTable, TableKind, TablesDiffer};
pub use shelf::{Shelf, proven_by_answer, proven_by_numbers};
pub use spans::Spans;
