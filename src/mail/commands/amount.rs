//! Amounts in złoty as people write them in a letter: Polish or English, never guessed.

use crate::{money::Pln, statement::number};

/// Reads an amount that is not negative: `1500`, `1500,25`, `1 500,25`, `1.500,25`, `1,500.25`,
/// with or without `zł` or `PLN` behind it. `1,500` alone has two readings and is refused, and so
/// are more than two decimal places: nobody declares parts of a grosz.
pub(super) fn amount(text: &str) -> Option<Pln> {
    let text = ["zl", "zł", "pln"].iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
    let text = text.trim();
    let (whole, fraction) = split_fraction(text)?;
    let mut plain = ungroup(whole)?;
    if !fraction.is_empty() {
        plain.push('.');
        plain.push_str(fraction);
    }
    number::plain(plain.as_bytes()).map(Pln::declared)
}

/// The part behind the decimal mark: one or two digits behind the last comma or point.
fn split_fraction(text: &str) -> Option<(&str, &str)> {
    let Some(at) = text.rfind([',', '.']) else { return Some((text, "")) };
    let (whole, rest) = text.split_at(at);
    let fraction = rest.get(1..).unwrap_or_default();
    match fraction.len() {
        1 | 2 if is_digits(fraction) => {
            // The decimal mark does not group thousands as well.
            let mark = rest.get(..1).unwrap_or_default();
            (!whole.contains(mark)).then_some((whole, fraction))
        }
        // Three digits group thousands if something else shows that they do.
        3 if whole.contains([',', '.']) => Some((text, "")),
        _ => None,
    }
}

/// Digits in groups of three, all of them with the same mark between.
fn ungroup(text: &str) -> Option<String> {
    let mark = text.chars().find(|c| !c.is_ascii_digit());
    let Some(mark) = mark else { return is_digits(text).then(|| text.to_owned()) };
    if ![' ', ',', '.'].contains(&mark) {
        return None;
    }
    let mut groups = text.split(mark);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && is_digits(first))?;
    let mut plain = first.to_owned();
    for group in groups {
        if group.len() != 3 || !is_digits(group) {
            return None;
        }
        plain.push_str(group);
    }
    Some(plain)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn polish_and_english_amounts_are_read() {
        for (text, grosze) in [
            ("1500", 150_000),
            ("0", 0),
            ("1500,2", 150_020),
            ("1500,25", 150_025),
            ("1500.25", 150_025),
            ("1 500,25", 150_025),
            ("1.500,25", 150_025),
            ("1,500.25", 150_025),
            ("1 234 567", 123_456_700),
            ("1.234.567", 123_456_700),
            ("1500 zł", 150_000),
            ("1500zl", 150_000),
            ("1 500,25 pln", 150_025),
        ] {
            assert_eq!(amount(text), Some(Pln::from_grosze(grosze)), "{text}");
        }
    }

    #[test]
    fn what_has_two_readings_or_none_is_refused() {
        for text in [
            "",
            "abc",
            "-5",
            "1,500",
            "1.500",
            "15 00",
            "1500 300",
            "1,5,5",
            "1.5.5",
            "1 500.123",
            "1 500,",
            ",50",
            "1e3",
            "1.234,567",
            "1,234 567",
            "12345678901234567890123456789012",
            "1500 eur",
            "zł",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_way_of_writing_an_amount_means_the_same(grosze in 0_i64..100_000_000_000) {
            let expected = Some(Pln::from_grosze(grosze));
            let (whole, cents) = (grosze / 100, grosze % 100);
            let digits = whole.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(' ');
                }
                grouped.push(digit);
            }
            for text in [
                format!("{whole},{cents:02}"),
                format!("{whole}.{cents:02}"),
                format!("{grouped},{cents:02}"),
                format!("{},{cents:02}", grouped.replace(' ', ".")),
                format!("{}.{cents:02}", grouped.replace(' ', ",")),
            ] {
                prop_assert_eq!(amount(&text), expected, "{}", text);
            }
        }
    }
}
