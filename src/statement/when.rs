//! Days and times as brokers write them.

use jiff::civil::Date;

/// A day, and the milliseconds since midnight (0 where the text gives no time).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Stamp {
    /// The day.
    pub day: Date,
    /// Milliseconds since midnight.
    pub millisecond: u32,
}

/// Reads `2024-01-15`, `2024-01-15 10:30`, `2024-01-15T10:30:00.123Z`: ISO order, any of these parts.
///
/// A zone designator `Z` is accepted and ignored: the caller knows the zone of its broker. Any other
/// offset is refused, because it would silently change the day.
pub fn iso(bytes: &[u8]) -> Option<Stamp> {
    let (date, rest) = bytes.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let year = i16::try_from(digits(&[y1, y2, y3, y4])?).ok()?;
    let month = i8::try_from(digits(&[m1, m2])?).ok()?;
    let day = i8::try_from(digits(&[d1, d2])?).ok()?;
    let day = Date::new(year, month, day).ok()?;
    let millisecond = match rest {
        [] => 0,
        [b' ' | b'T', time @ ..] => time_of_day(time)?,
        _ => return None,
    };
    Some(Stamp { day, millisecond })
}

/// Reads `10:30`, `10:30:00`, `10:30:00.123456`, each with or without a final `Z`.
pub fn time_of_day(bytes: &[u8]) -> Option<u32> {
    let bytes = bytes.strip_suffix(b"Z").unwrap_or(bytes);
    let (hm, rest) = bytes.split_at_checked(5)?;
    let [h1, h2, b':', m1, m2] = *hm else { return None };
    let (hour, minute) = (digits(&[h1, h2])?, digits(&[m1, m2])?);
    let (second, fraction) = match *rest {
        [] => (0, 0),
        [b':', s1, s2] => (digits(&[s1, s2])?, 0),
        [b':', s1, s2, b'.', ref fraction @ ..] => (digits(&[s1, s2])?, milliseconds(fraction)?),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * 1000 + fraction)
}

/// The first three digits of a fraction of a second.
fn milliseconds(fraction: &[u8]) -> Option<u32> {
    if fraction.is_empty() || fraction.len() > 9 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut padded = [b'0'; 3];
    for (place, &digit) in padded.iter_mut().zip(fraction) {
        *place = digit;
    }
    digits(&padded)
}

/// A number of nothing but digits.
pub(super) fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |value, &byte| {
        byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_stamps_are_read_with_and_without_time() {
        let day = Date::constant(2024, 1, 15);
        assert_eq!(iso(b"2024-01-15"), Some(Stamp { day, millisecond: 0 }));
        assert_eq!(iso(b"2024-01-15 10:30"), Some(Stamp { day, millisecond: 37_800_000 }));
        assert_eq!(
            iso(b"2024-01-15T10:30:00.123456Z"),
            Some(Stamp { day, millisecond: 37_800_123 })
        );
    }

    #[test]
    fn impossible_days_and_foreign_offsets_are_refused() {
        for text in [
            "2024-02-30",
            "2024-13-01",
            "15-01-2024",
            "2024-01-15T10:30:00+02:00",
            "2024-01-15x",
            "",
        ] {
            assert_eq!(iso(text.as_bytes()), None, "{text}");
        }
    }
}
