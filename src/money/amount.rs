//! An amount with its currency.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use super::Currency;
use crate::as_text::as_text;

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

impl FromStr for Money {
    type Err = NotMoney;

    /// Reads what is displayed: the amount with its places, a blank, the currency.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let (amount, currency) = text.split_once(' ').ok_or(NotMoney)?;
        let amount = Decimal::from_str_exact(amount).map_err(|_| NotMoney)?;
        Ok(Self { amount, currency: Currency::parse(currency).map_err(|_| NotMoney)? })
    }
}

as_text!(Money, Money::from_str);

/// The text is no amount with a currency.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an amount and a currency")]
pub struct NotMoney;
