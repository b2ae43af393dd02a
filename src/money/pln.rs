//! Złoty: the only amounts that reach a tax form.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::rounding;

/// An amount in złoty, always with whole grosze.
#[derive(Clone, Copy, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Pln(Decimal);

impl Pln {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// An amount that the sender declares in złoty (a loss, a PIT-8C figure); rounded to the grosz.
    pub fn declared(amount: Decimal) -> Self {
        Self(rounding::to_grosz(amount))
    }

    /// An amount converted at a published rate; rounded to the grosz. Only [`crate::rates`] converts.
    pub(crate) fn converted(amount: Decimal) -> Self {
        Self(rounding::to_grosz(amount))
    }

    /// An amount that is already in whole grosze because a rule of the form made it so.
    pub(crate) fn exact(amount: Decimal) -> Self {
        debug_assert_eq!(amount, amount.round_dp(2), "złoty have whole grosze");
        Self(amount)
    }

    /// The amount as a number of złoty.
    pub fn amount(self) -> Decimal {
        self.0
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether the amount is greater than zero.
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// The amount, or zero if it is negative.
    pub fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// The share `part / whole` of the amount, rounded to the grosz: how a lot is cut.
    ///
    /// Returns the whole amount if `whole` is zero.
    pub fn share(self, part: Decimal, whole: Decimal) -> Self {
        if whole.is_zero() || part == whole {
            return self;
        }
        Self(rounding::to_grosz(self.0 * part / whole))
    }
}

impl Add for Pln {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Pln {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Pln {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Pln {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Pln {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Pln {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Pln {
    /// Always two decimal places, with a point: `1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fixed = self.0;
        fixed.rescale(2);
        // Minus zero would read as a loss.
        if fixed.is_zero() {
            fixed.set_sign_positive(true);
        }
        f.pad(&fixed.to_string())
    }
}

impl fmt::Debug for Pln {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} PLN")
    }
}

impl Serialize for Pln {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
