//! Fills the values of a finding into its words.

/// The sender's text, already sanitised.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) column: String,
    pub(super) value: String,
    pub(super) detail: String,
}

impl Values {
    /// Replaces the placeholders; leaves out a part in `[…]` if a value that it names is empty.
    pub(super) fn fill(&self, words: &str) -> String {
        let mut text = String::with_capacity(words.len() + 64);
        for (at, part) in words.split(['[', ']']).enumerate() {
            // Brackets do not nest, so every second part stands inside of a pair.
            let optional = at % 2 == 1;
            if !optional || self.has_all(part) {
                self.replace(part, &mut text);
            }
        }
        text
    }

    fn named(&self) -> [(&'static str, &str); 3] {
        [("{column}", &self.column), ("{value}", &self.value), ("{detail}", &self.detail)]
    }

    fn has_all(&self, part: &str) -> bool {
        self.named().iter().all(|(name, value)| !value.is_empty() || !part.contains(name))
    }

    /// One pass from left to right, so that a value that looks like a placeholder stays as it is.
    fn replace(&self, part: &str, text: &mut String) {
        let mut rest = part;
        while let Some(at) = rest.find('{') {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            let known = self.named().into_iter().find_map(|(name, value)| {
                from.strip_prefix(name).map(|after| (value.to_owned(), after))
            });
            let Some((value, after)) = known else {
                rest = from;
                break;
            };
            text.push_str(&value);
            rest = after;
        }
        text.push_str(rest);
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
        assert_eq!(values.fill(words), "In Price: {detail} [x].");
    }
}
