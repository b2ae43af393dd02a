//! Figures and days as bytes, for documents with many of them.
//!
//! The same text as `Display` writes, without a string of its own for every figure.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::Pln;

/// Writes a number without trailing zeros.
pub(super) fn push_plain(out: &mut Vec<u8>, number: Decimal, point: u8) {
    let (mantissa, mut scale) = (number.mantissa(), number.scale());
    let Ok(mut digits) = u64::try_from(mantissa.unsigned_abs()) else {
        return push_long(out, number.normalize(), point);
    };
    while scale > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        scale -= 1;
    }
    push_scaled(out, mantissa < 0, digits, scale, point);
}

/// Writes a number with the places that it has.
pub(super) fn push_exact(out: &mut Vec<u8>, number: Decimal, point: u8) {
    let mantissa = number.mantissa();
    match u64::try_from(mantissa.unsigned_abs()) {
        Ok(digits) => push_scaled(out, mantissa < 0, digits, number.scale(), point),
        Err(_) => push_long(out, number, point),
    }
}

/// Writes złoty with two places.
pub(super) fn push_pln(out: &mut Vec<u8>, amount: Pln, point: u8) {
    push_exact(out, amount.amount(), point);
}

/// Writes a day, `2025-01-31`.
pub(super) fn push_date(out: &mut Vec<u8>, day: Date) {
    match u16::try_from(day.year()) {
        Ok(year @ 1000..=9999) => push_whole(out, u64::from(year)),
        _ => return out.extend_from_slice(day.to_string().as_bytes()),
    }
    for part in [day.month(), day.day()] {
        out.push(b'-');
        let part = part.unsigned_abs();
        out.extend_from_slice(&[b'0' + part / 10, b'0' + part % 10]);
    }
}

/// Writes a whole number.
pub(super) fn push_whole(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

fn push_scaled(out: &mut Vec<u8>, negative: bool, digits: u64, scale: u32, point: u8) {
    if negative && digits != 0 {
        out.push(b'-');
    }
    if scale == 0 {
        return push_whole(out, digits);
    }
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(digits).as_bytes();
    let scale = usize::try_from(scale).unwrap_or_default();
    if let Some(whole @ 1..) = text.len().checked_sub(scale) {
        let (whole, fraction) = text.split_at(whole);
        out.extend_from_slice(whole);
        out.push(point);
        out.extend_from_slice(fraction);
    } else {
        out.extend_from_slice(&[b'0', point]);
        out.resize(out.len() + scale - text.len(), b'0');
        out.extend_from_slice(text);
    }
}

/// More digits than 64 bits hold: rare enough for a string.
fn push_long(out: &mut Vec<u8>, number: Decimal, point: u8) {
    let text = number.to_string();
    out.extend(text.bytes().map(|byte| if byte == b'.' { point } else { byte }));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn figures_read_as_the_number_type_spells_them(
            digits in prop_oneof![any::<i64>().prop_map(i128::from), -(1_i128 << 95)..1 << 95, -999..999_i128],
            scale in 0_u32..20,
        ) {
            let number = Decimal::from_i128_with_scale(digits, scale);
            prop_assert_eq!(text(|out| push_exact(out, number, b'.')), number.to_string());
            let plain = number.normalize().to_string();
            prop_assert_eq!(text(|out| push_plain(out, number, b'.')), plain.clone());
            prop_assert_eq!(text(|out| push_plain(out, number, b',')), plain.replace('.', ","));
        }

        #[test]
        fn days_read_as_iso_8601(year in -9999_i16..=9999, month in 1_i8..=12, day in 1_i8..=28) {
            let day = Date::new(year, month, day).unwrap();
            prop_assert_eq!(text(|out| push_date(out, day)), day.to_string());
        }

        #[test]
        fn zloty_have_two_places(grosze in any::<i64>()) {
            let amount = Pln::from_grosze(grosze);
            prop_assert_eq!(text(|out| push_pln(out, amount, b'.')), amount.to_string());
        }
    }
}
