//! The sender's own text, made harmless before it is shown again.
//!
//! File names, tickers and cells are hostile: they may hold line breaks that forge a header, bidi
//! controls that turn a name around, or a megabyte of text (mail §6, §7).

/// Echoed text is at most this many characters long (mail §7).
const CHARS_MAX: usize = 120;

/// Strips control, bidi and other invisible characters, folds blanks, and cuts at 120 characters.
pub fn echo(text: &str) -> String {
    clean(text, CHARS_MAX)
}

/// As [`echo`], with another limit of characters.
pub(crate) fn clean(text: &str, chars_max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * chars_max));
    let mut count = 0;
    for c in text.chars().filter_map(visible) {
        let double_blank = c == ' ' && (shown.is_empty() || shown.ends_with(' '));
        if double_blank {
            continue;
        }
        if count == chars_max {
            shown.pop();
            shown.truncate(shown.trim_end().len());
            shown.push('…');
            return shown;
        }
        shown.push(c);
        count += 1;
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// The character as it may be shown: blanks become spaces, the invisible vanishes.
fn visible(c: char) -> Option<char> {
    if c.is_whitespace() {
        return Some(' ');
    }
    (!c.is_control() && !is_format(c)).then_some(c)
}

/// Bidi controls, joiners, soft hyphen, BOM, tags: characters without a picture of their own.
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn controls_and_bidi_characters_vanish() {
        assert_eq!(echo("a\r\nBcc: x\u{202e}fdp.exe\u{0}"), "a Bcc: xfdp.exe");
        assert_eq!(echo("  wyciąg \u{a0} 2025.csv "), "wyciąg 2025.csv");
    }

    /// mail.md § 7: 120 characters.
    #[test]
    fn echoed_characters_are_cut_and_it_says_so() {
        assert_eq!(echo(&"x".repeat(120)).chars().count(), 120);
        assert_eq!(echo(&"x".repeat(5000)), format!("{}…", "x".repeat(119)));
    }

    proptest! {
        #[test]
        fn nothing_invisible_survives(text in any::<String>()) {
            let shown = echo(&text);
            prop_assert!(shown.chars().count() <= CHARS_MAX);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_format(c)));
            prop_assert_eq!(echo(&shown), shown);
        }
    }
}
