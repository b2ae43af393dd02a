//! Złoty: the only amounts that reach a tax form.

use std::{
    cmp::Ordering,
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in złoty, in whole grosze.
///
/// Integer inside: a year of many thousand legs is summed exactly and fast. Amounts are bounded when
/// they are read ([`crate::ledger::merge`]); arithmetic saturates instead of wrapping.
#[derive(Clone, Copy, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Pln(i64);

impl Pln {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount that the sender declares in złoty (a loss, a PIT-8C figure), or one that a rule of
    /// the form yields; rounded half-up to the grosz. Saturates far beyond any real amount.
    pub fn declared(amount: Decimal) -> Self {
        Self(grosze(amount.mantissa(), amount.scale()))
    }

    /// `amount × mid`, rounded half-up to the grosz. Only [`crate::rates::Rate`] converts.
    pub(crate) fn converted(amount: Decimal, mid: Decimal) -> Self {
        let scale = amount.scale() + mid.scale();
        let usual = || short(amount)?.checked_mul(short(mid)?);
        if let Some(grosze) = usual().and_then(|product| short_grosze(product, scale)) {
            return Self(grosze);
        }
        match amount.mantissa().checked_mul(mid.mantissa()) {
            Some(product) => Self(grosze(product, scale)),
            // Thirty significant digits and more: let the decimal type round the product first.
            None => amount.checked_mul(mid).map_or(Self(saturated(amount)), Self::declared),
        }
    }

    /// Whole grosze.
    pub const fn from_grosze(grosze: i64) -> Self {
        Self(grosze)
    }

    /// The amount as a number of złoty with two decimal places.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether the amount is greater than zero.
    pub fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The amount, or zero if it is negative.
    pub fn or_zero(self) -> Self {
        self.max(Self::ZERO)
    }

    /// The amount without its sign.
    pub fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Rounded to full złoty, 50 grosz up (art. 63 § 1 OP).
    pub fn to_full_zloty(self) -> Self {
        Self::declared(super::rounding::to_zloty(self.amount()))
    }

    /// The share `part / whole` of the amount, rounded half-up to the grosz: how a lot is cut.
    ///
    /// Returns the whole amount if the part is the whole or the whole is zero.
    pub fn share(self, part: Decimal, whole: Decimal) -> Self {
        if self.is_zero() || whole.is_zero() || part == whole {
            return self;
        }
        if let Some(share) = short_share(self.0, part, whole) {
            return Self(share);
        }
        let scale = part.scale().max(whole.scale());
        let exact = || {
            let part = rescaled(part, scale)?.checked_mul(i128::from(self.0))?;
            let whole = rescaled(whole, scale)?;
            i64::try_from(divide_half_up(part, whole)).ok()
        };
        match exact() {
            Some(share) => Self(share),
            // Quantities beyond 128 bits together: 28 digits of the quotient are enough for grosze.
            None => {
                part.checked_div(whole).map_or(self, |ratio| Self::converted(self.amount(), ratio))
            }
        }
    }
}

/// The digits of a number, if they fit: those of nearly every amount, quantity and rate do.
fn short(number: Decimal) -> Option<i64> {
    number.mantissa().try_into().ok()
}

/// As [`grosze`]. The divisors are known when the program is built, which spares the division.
fn short_grosze(digits: i64, scale: u32) -> Option<i64> {
    Some(match scale {
        3 => tenths::<1>(digits),
        4 => tenths::<2>(digits),
        5 => tenths::<3>(digits),
        6 => tenths::<4>(digits),
        7 => tenths::<5>(digits),
        8 => tenths::<6>(digits),
        9 => tenths::<7>(digits),
        10 => tenths::<8>(digits),
        11 => tenths::<9>(digits),
        12 => tenths::<10>(digits),
        13 => tenths::<11>(digits),
        _ => return None,
    })
}

/// `digits / 10^PLACES`, half away from zero.
fn tenths<const PLACES: u32>(digits: i64) -> i64 {
    let (by, half) = const { (10_i64.pow(PLACES), 10_i64.pow(PLACES) / 2) };
    let (quotient, rest) = (digits / by, digits % by);
    quotient + i64::from(rest >= half) - i64::from(rest <= -half)
}

/// As [`Pln::share`], where everything fits in 64 bits and nothing is negative.
fn short_share(grosze: i64, part: Decimal, whole: Decimal) -> Option<i64> {
    let (part_digits, whole_digits) = (short(part)?, short(whole)?);
    let (part_digits, whole_digits) = match part.scale().cmp(&whole.scale()) {
        Ordering::Equal => (part_digits, whole_digits),
        Ordering::Less => (up(part_digits, whole.scale() - part.scale())?, whole_digits),
        Ordering::Greater => (part_digits, up(whole_digits, part.scale() - whole.scale())?),
    };
    let product = u64::try_from(part_digits.checked_mul(grosze)?).ok()?;
    let by = u64::try_from(whole_digits).ok()?;
    // Half of the divisor, rounded down, lifts exactly the remainders of one half and more.
    (product + by / 2).checked_div(by)?.try_into().ok()
}

/// `digits × 10^places`.
fn up(digits: i64, places: u32) -> Option<i64> {
    digits.checked_mul(10_i64.checked_pow(places)?)
}

/// `mantissa / 10^scale` złoty in grosze, half away from zero.
fn grosze(mantissa: i128, scale: u32) -> i64 {
    let value = match scale {
        0..=2 => mantissa.saturating_mul(power_of_ten(2 - scale)),
        _ => divide_half_up(mantissa, power_of_ten(scale - 2)),
    };
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// Division rounded half away from zero. 64-bit division is several times faster and nearly always fits.
fn divide_half_up(value: i128, divisor: i128) -> i128 {
    let (amount, by) = (value.unsigned_abs(), divisor.unsigned_abs());
    let quotient = match (u64::try_from(amount), u64::try_from(by)) {
        // Half of the divisor, rounded down, lifts exactly the remainders of one half and more.
        (Ok(amount), Ok(by)) if amount <= u64::MAX >> 1 && by <= u64::MAX >> 1 => {
            u128::from((amount + by / 2) / by)
        }
        _ => {
            let quotient = amount / by;
            quotient + u128::from(amount - quotient * by >= by.div_ceil(2))
        }
    };
    let quotient = i128::try_from(quotient).unwrap_or(i128::MAX);
    if (value < 0) == (divisor < 0) { quotient } else { -quotient }
}

fn rescaled(number: Decimal, scale: u32) -> Option<i128> {
    number.mantissa().checked_mul(power_of_ten(scale - number.scale()))
}

/// Powers of ten, up to the largest that fits.
#[expect(clippy::indexing_slicing, reason = "worked out when the program is built")]
const POWERS: [i128; 38] = {
    let mut powers = [1_i128; 38];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

fn power_of_ten(exponent: u32) -> i128 {
    let place = usize::try_from(exponent).ok().and_then(|at| POWERS.get(at));
    place.copied().unwrap_or_else(|| 10_i128.saturating_pow(exponent))
}

fn saturated(amount: Decimal) -> i64 {
    if amount.is_sign_negative() { i64::MIN } else { i64::MAX }
}

impl Add for Pln {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Pln {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Pln {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Pln {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Pln {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
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
        f.pad(&self.amount().to_string())
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

impl<'de> Deserialize<'de> for Pln {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |text: &str| Decimal::from_str_exact(text).map(Self::declared);
        crate::as_text::read(deserializer, read)
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use proptest::prelude::*;

    use super::*;
    use crate::money::rounding;

    fn dec(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn a_lot_of_ten_cut_in_three_gives_the_remainder_to_the_last() {
        // 100.00 zł for 3 shares: 33.33, then 66.67 for 2: 33.34 (33.335 half-up), then 33.33 remains.
        let lot = Pln::from_grosze(10_000);
        let first = lot.share(dec("1"), dec("3"));
        let second = (lot - first).share(dec("1"), dec("2"));
        assert_eq!((first, second, lot - first - second), (Pln(3333), Pln(3334), Pln(3333)));
    }

    #[test]
    fn huge_amounts_saturate_instead_of_wrapping() {
        assert_eq!(Pln::converted(Decimal::MAX, dec("4.1")), Pln(i64::MAX));
        assert_eq!(Pln(i64::MAX) + Pln(1), Pln(i64::MAX));
    }

    proptest! {
        #[test]
        fn conversion_equals_decimal_arithmetic(amount in -100_000_000_i64..100_000_000, places in 0_u32..10, mid in 1_i64..99_999_999, mid_places in 0_u32..9, further in 0_u32..4) {
            let (amount, places) = (amount * 10_i64.pow(further) + i64::from(further), places + further);
            let (amount, mid) = (Decimal::new(amount, places), Decimal::new(mid, mid_places));
            prop_assert_eq!(Pln::converted(amount, mid).amount(), rounding::to_grosz(amount * mid));
        }

        #[test]
        fn shares_equal_decimal_arithmetic(grosze in 0_i64..1_000_000_000_000, part in 1_i64..1_000_000_000, whole in 1_i64..1_000_000_000, places in 0_u32..8, more in 0_u32..4) {
            let (part, whole) = (Decimal::new(part.min(whole), places + more), Decimal::new(whole, places));
            let amount = Pln::from_grosze(grosze);
            prop_assert_eq!(amount.share(part, whole).amount(), rounding::to_grosz(amount.amount() * part / whole));
        }
    }
}
