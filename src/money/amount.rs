//! An amount with its currency.

use std::fmt;

use rust_decimal::Decimal;

use super::Currency;

/// An amount of one currency; the sign is meaningful only where a field says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Money {
    /// How much, in whole units of the currency.
    pub amount: Decimal,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of a currency.
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in the currency given.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: Decimal::ZERO, currency }
    }

    /// Whether the amount is zero.
    pub fn is_zero(&self) -> bool {
        self.amount.is_zero()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}
