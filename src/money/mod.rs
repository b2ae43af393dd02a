//! Exact money: currencies, amounts, złoty, and the rounding rules by name.
//!
//! Amounts are [`Decimal`], never floats. An amount in złoty ([`Pln`]) comes into being only by
//! converting a [`Money`] at a published rate ([`crate::rates::Rate::convert`]) or by the sender's own
//! declaration, so an unconverted amount cannot reach a tax form.

mod amount;
mod currency;
mod pln;
pub mod rounding;

pub use amount::{Money, NotMoney};
pub use currency::{Country, Currency, NotACountry, NotACurrency, Quoted};
pub use pln::Pln;
