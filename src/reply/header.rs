//! The one gate through which the sender's text may enter a header.

use crate::wording::echo;

/// Header text of the sender is at most this many characters long (mail §7).
pub(super) const HEADER_CHARS_MAX: usize = 150;

/// Text that is safe in a header: one line, nothing invisible, at most 150 characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HeaderValue(String);

impl HeaderValue {
    /// Cleans a text: line breaks and other blanks become one space, control and bidi characters
    /// vanish, the rest is cut at 150 characters. Never fails: a subject must not stop a reply.
    pub fn clean(text: &str) -> Self {
        Self(echo::clean(text, HEADER_CHARS_MAX))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_break_cannot_start_a_new_header() {
        assert_eq!(
            HeaderValue::clean("x\r\nBcc: all@example.org").as_str(),
            "x Bcc: all@example.org"
        );
        assert_eq!(HeaderValue::clean("\u{85}\u{2028}\u{202e}a\u{0}").as_str(), "a");
    }

    /// mail.md § 7: 150 characters.
    #[test]
    fn subject_characters() {
        assert_eq!(HeaderValue::clean(&"ż".repeat(150)).as_str().chars().count(), 150);
        assert_eq!(HeaderValue::clean(&"ż".repeat(151)).as_str().chars().count(), 150);
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in any::<String>()) {
            let value = HeaderValue::clean(&text);
            prop_assert!(value.as_str().chars().count() <= HEADER_CHARS_MAX);
            prop_assert!(!value.as_str().chars().any(char::is_control));
        }
    }
}
