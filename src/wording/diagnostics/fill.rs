//! Fills the values of a finding into its words.

use crate::{
    lang::Lang,
    money::Pln,
    statement::number,
    wording::{numbers, period},
};

/// The sender's text, already sanitised.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) column: String,
    pub(super) value: String,
    pub(super) detail: String,
}

impl Values {
    /// Replaces the placeholders; leaves out a part in `[…]` if a value that it names is empty.
    pub(super) fn fill(&self, words: &str, lang: Lang) -> String {
        let mut text = String::with_capacity(words.len() + 64);
        for (at, part) in words.split(['[', ']']).enumerate() {
            // Brackets do not nest, so every second part stands inside of a pair.
            let optional = at % 2 == 1;
            if !optional || self.has_all(part) {
                self.replace(part, lang, &mut text);
            }
        }
        text
    }

    fn named(&self) -> [(&'static str, &str); 3] {
        [("column", &self.column), ("value", &self.value), ("detail", &self.detail)]
    }

    fn has_all(&self, part: &str) -> bool {
        let names = |name| part.contains(&format!("{{{name}"));
        self.named().iter().all(|(name, value)| !value.is_empty() || !names(name))
    }

    /// One pass from left to right, so that a value that looks like a placeholder stays as it is.
    fn replace(&self, part: &str, lang: Lang, text: &mut String) {
        let mut rest = part;
        while let Some((before, from)) = rest.split_once('{') {
            text.push_str(before);
            let (placeholder, after) = from.split_once('}').unwrap_or((from, ""));
            text.push_str(&self.value_of(placeholder, lang));
            rest = after;
        }
        text.push_str(rest);
    }

    /// `{value}` as it is; if it is a number, `{value zł}` as złoty and `{value #}` as a quantity. Of a list
    /// (`0.5 BTC, 2 ETH`) each quantity is spelled with its unit, and `{value period}` as a period of residence.
    fn value_of(&self, placeholder: &str, lang: Lang) -> String {
        let (name, unit) = placeholder.split_once(' ').unwrap_or((placeholder, ""));
        let found = self.named().into_iter().find(|(known, _)| *known == name);
        debug_assert!(found.is_some(), "{placeholder} is no placeholder");
        let value = found.map_or("", |(_, value)| value);
        match (unit, number::plain(value.as_bytes())) {
            ("period", _) => match value.parse() {
                Ok(residence) => period(residence, lang),
                Err(_) => value.to_owned(),
            },
            ("zł", Some(sum)) => numbers::pln(Pln::declared(sum), lang),
            ("#", Some(count)) => numbers::quantity(count, lang),
            ("#", None) => {
                let parts = value.split(", ").map(|part| with_unit(part, lang));
                parts.collect::<Vec<_>>().join(", ")
            }
            _ => value.to_owned(),
        }
    }
}

/// A quantity with its unit, if it is one.
fn with_unit(part: &str, lang: Lang) -> String {
    let parts = part.split_once(' ');
    let read = parts.and_then(|(count, unit)| Some((number::plain(count.as_bytes())?, unit)));
    match read {
        Some((count, unit)) => format!("{}\u{a0}{unit}", numbers::quantity(count, lang)),
        None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_without_a_value_are_left_out() {
        let values =
            Values { column: "Price".into(), value: "{detail} [x]".into(), detail: String::new() };
        let words = "In {column}[: {value}][ ({detail})].";
        assert_eq!(values.fill(words, Lang::Pl), "In Price: {detail} [x].");
    }

    #[test]
    fn a_period_is_said_in_words() {
        let words = |detail: &str, lang| {
            let detail = detail.to_owned();
            let values = Values { column: String::new(), value: String::new(), detail };
            values.fill("({detail period})", lang)
        };
        assert_eq!(words("2025-07-01:", Lang::Pl), "(od 2025-07-01)");
        assert_eq!(words(":2026-03-31", Lang::En), "(until 2026-03-31)");
        assert_eq!(words("2025-07-01:2026-03-31", Lang::Pl), "(od 2025-07-01 do 2026-03-31)");
        assert_eq!(words("", Lang::En), "()");
    }

    #[test]
    fn figures_of_ours_are_spelled_in_the_language() {
        let values =
            Values { column: String::new(), value: "1234.5".into(), detail: "all of it".into() };
        let words = "{value zł} and {detail zł}[ of {column zł}]";
        assert_eq!(values.fill(words, Lang::En), "PLN\u{a0}1,234.50 and all of it");
        assert_eq!(values.fill("{value #}", Lang::Pl), "1\u{a0}234,5");
        assert_eq!(values.fill("{detail #}", Lang::Pl), "all of it");
        let list = Values { value: "0.5 BTC, 2 ETH".into(), ..values };
        assert_eq!(list.fill("{value #}", Lang::Pl), "0,5\u{a0}BTC, 2\u{a0}ETH");
    }
}
