//! One rate, and the table that it was published in.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::{Currency, Money, Pln};

/// Which of NBP's tables of average rates.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TableKind {
    /// Every business day, the main currencies.
    A,
    /// Every Wednesday, all others.
    B,
}

impl TableKind {
    /// The letter, upper case.
    pub fn letter(self) -> char {
        match self {
            Self::A => 'A',
            Self::B => 'B',
        }
    }
}

/// One publication of NBP: every currency of one table on one day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RateTable {
    /// Which table.
    pub kind: TableKind,
    /// Its number as printed, `042/A/NBP/2025`.
    pub number: String,
    /// The day of publication.
    pub published_on: Date,
    /// Złoty per **one** unit of each currency.
    pub mids: Vec<(Currency, Decimal)>,
}

/// The average rate of one currency in one table; `Rate::PLN` for the złoty itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// Złoty per one unit, as published (never rounded).
    pub mid: Decimal,
    /// The day of publication; meaningless for the złoty.
    pub published_on: Date,
    /// Which table in the [`super::RateBook`]; `None` for the złoty.
    pub(super) table: Option<u32>,
}

impl Rate {
    /// The złoty: one, from no table.
    pub const PLN: Self =
        Self { currency: Currency::PLN, mid: Decimal::ONE, published_on: Date::ZERO, table: None };

    /// Converts an amount to złoty, rounded half-up to the grosz.
    ///
    /// The amount must be in the rate's currency: the caller looked the rate up by it.
    pub fn convert(&self, money: Money) -> Pln {
        debug_assert_eq!(self.currency, money.currency, "a rate converts its own currency only");
        Pln::converted(money.amount, self.mid)
    }

    /// Whether the rate comes from a table, that is, whether the currency is not the złoty.
    pub fn is_published(&self) -> bool {
        self.table.is_some()
    }
}
