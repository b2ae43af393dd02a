//! One rate, and the table that it was published in.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

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

impl RateTable {
    /// The rate of a currency; of two (the euro, early in 2002) the first.
    pub fn mid(&self, currency: Currency) -> Option<Decimal> {
        self.mids.iter().find(|(listed, _)| *listed == currency).map(|&(_, mid)| mid)
    }

    /// Whether the table lists the currency.
    pub fn lists(&self, currency: Currency) -> bool {
        self.mids.iter().any(|(listed, _)| *listed == currency)
    }

    /// Its place among the tables of its kind and year, from 1, read from the number.
    ///
    /// `None` if the number is not of the form `042/A/NBP/2025` or contradicts kind or day.
    pub fn ordinal(&self) -> Option<u16> {
        let mut parts = self.number.split('/');
        let (ordinal, kind, bank, year) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let agrees = kind.chars().eq([self.kind.letter()])
            && bank == "NBP"
            && year.parse() == Ok(self.published_on.year())
            && parts.next().is_none();
        ordinal.parse().ok().filter(|ordinal| agrees && *ordinal > 0)
    }

    /// This table with the currencies that only the other copy of the same day has.
    ///
    /// A published rate never changes (nbp.md 1.4): copies that contradict each other are refused.
    pub fn merged(&self, other: &Self) -> Result<Self, TablesDiffer> {
        let differ = |currency| TablesDiffer { published_on: self.published_on, currency };
        let mut merged = self.clone();
        for &(currency, mid) in &other.mids {
            match self.mid(currency) {
                None => merged.mids.push((currency, mid)),
                Some(known) if known != mid && other.mid(currency) == Some(mid) => {
                    return Err(differ(currency));
                }
                Some(_) => {}
            }
        }
        if self.ordinal().is_none() && other.ordinal().is_some() {
            merged.number.clone_from(&other.number);
        }
        Ok(merged)
    }

    /// By how much the number of a later table of the same year is higher; `None` if that proves
    /// nothing: another year, no number, or numbers that do not count.
    pub(super) fn steps_to(&self, newer: &Self) -> Option<u16> {
        let same_year = self.published_on.year() == newer.published_on.year();
        let steps = newer.ordinal()?.checked_sub(self.ordinal()?)?;
        (same_year && steps > 0).then_some(steps)
    }
}

/// Two copies of one table give different rates.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("two copies of the table of {published_on} differ in {currency}")]
pub struct TablesDiffer {
    /// The day of publication.
    pub published_on: Date,
    /// The currency.
    pub currency: Currency,
}

/// A rate in the [`super::RateBook`] of one calculation; [`RateIx::PLN`] for the złoty. It stands beside every leg
/// of a result, of which there may be millions.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub struct RateIx(pub(super) u32);

impl RateIx {
    /// The złoty: one, from no table.
    pub const PLN: Self = Self(0);
}

/// The average rate of one currency in one table; `Rate::PLN` for the złoty itself.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// Złoty per one unit, as published (never rounded).
    pub mid: Decimal,
    /// The day of publication; meaningless for the złoty.
    pub published_on: Date,
    /// Which table in the [`super::RateBook`]; meaningless for the złoty.
    pub(super) table: u32,
    /// Its place in the [`super::RateBook`].
    pub ix: RateIx,
}

impl Rate {
    /// The złoty: one, from no table.
    pub const PLN: Self = Self {
        currency: Currency::PLN,
        mid: Decimal::ONE,
        published_on: Date::ZERO,
        table: 0,
        ix: RateIx::PLN,
    };

    /// Converts an amount to złoty, rounded half-up to the grosz.
    ///
    /// The amount must be in the rate's currency: the caller looked the rate up by it.
    pub fn convert(&self, money: Money) -> Pln {
        debug_assert_eq!(self.currency, money.currency, "a rate converts its own currency only");
        Pln::converted(money.amount, self.mid)
    }
}
