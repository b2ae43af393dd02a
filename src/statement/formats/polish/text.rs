//! Facts that stand in prose: `Dywidenda z 4 PW: US… stawka brutto w wal.: 0.15`.

use rust_decimal::Decimal;

use crate::statement::{Isin, number};

/// The word that follows a label.
pub(super) fn after<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(label)?;
    let word = rest.trim_start().split([' ', '|', '%', ',', ';', ')']).next()?;
    if word.is_empty() { None } else { Some(word) }
}

/// A number with a point or a comma before its fraction and nothing else.
pub(super) fn decimal(word: &str) -> Option<Decimal> {
    number::plain(word.replace(',', ".").as_bytes())
}

/// The first word that is an ISIN, with or without brackets around it.
pub(super) fn isin(text: &str) -> Option<Isin> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.find_map(|word| Isin::parse(word).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_follow_their_labels() {
        let text = "stawka brutto w wal.: 0.15 stawka pod.: 15% kurs: 3.590368 |DVCA1";
        assert_eq!(after(text, "w wal.:"), Some("0.15"));
        assert_eq!(after(text, "stawka pod.:"), Some("15"));
        assert_eq!(after(text, "kurs:").and_then(decimal), Some(Decimal::new(3_590_368, 6)));
        assert_eq!(after(text, "nic:"), None);
    }

    #[test]
    fn an_isin_is_found_between_brackets() {
        assert_eq!(isin("Fundusz (IE00B3RBWM25) 5 x 1.00 EUR").unwrap().as_str(), "IE00B3RBWM25");
        assert_eq!(isin("PKNORLEN 5 x 1.00 PLN"), None);
    }
}
