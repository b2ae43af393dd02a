//! Numbers as brokers write them, read exactly.

use rust_decimal::Decimal;

/// Reads a plain number: optional sign, digits, at most one point; no grouping, no blanks.
///
/// The fast path of every reader: no allocation, exact up to 28 significant digits.
pub fn plain(bytes: &[u8]) -> Option<Decimal> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let mut value: i64 = 0;
    let mut scale: Option<u32> = None;
    let mut count: u32 = 0;
    for &byte in digits {
        match byte {
            // One digit more may not fit any longer.
            b'0'..=b'9' if count == 18 => return long(bytes),
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                count += 1;
                scale = scale.map(|places| places + 1);
            }
            b'.' if scale.is_none() => scale = Some(0),
            _ => return None,
        }
    }
    if count == 0 {
        return None;
    }
    Some(Decimal::new(if negative { -value } else { value }, scale.unwrap_or(0)))
}

/// More digits than an `i64` holds: the slow, still exact way.
fn long(bytes: &[u8]) -> Option<Decimal> {
    let text = std::str::from_utf8(bytes).ok()?;
    let wellformed = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    if wellformed { Decimal::from_str_exact(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[test]
    fn plain_numbers_are_read_exactly() {
        for text in [
            "0",
            "-1.50",
            "12345678901234567.8",
            "0.0000000001",
            "9999999999999999999",
            "99999999999999999.99",
            "79228162514264337593543950335",
        ] {
            assert_eq!(plain(text.as_bytes()), Some(Decimal::from_str(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_plain_number_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1,5",
            "1 000",
            "1e5",
            "1.2.3",
            "--1",
            "٣",
            "792281625142643375935439503350",
        ] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
    }
}
