//! Pieces that the formats of several brokers share: events at their place, JSON documents as tables, and
//! the questions about shares that came without a price.

mod blocks;
mod cells;
mod json;
mod place;
mod words;

pub(super) use blocks::{Block, blocks};
pub(super) use cells::{booked_day, dashed_day, dollars, one_day, required_dollars, us_day};
pub(super) use json::{Document, Section};
pub(super) use place::{Arrival, Place};
pub(super) use words::{is_currency_pair, month_day, without_none};
