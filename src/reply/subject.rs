//! The subject of the reply: the sender's own, with one `Re: ` in front.
//!
//! Clients group a conversation by it, so nothing of ours is added (mail §2.2).

use super::header::HeaderValue;

/// Prefixes of replies and forwards in the languages of our senders' mail programs, lower case.
const PREFIXES: [&str; 12] =
    ["odpowiedź", "odpowiedz", "przek", "odp", "re", "fwd", "fw", "pd", "aw", "wg", "tr", "sv"];

/// Marks that gateways put in front of outside mail, lower case.
const MARKS: [&str; 3] = ["[ext]", "[external]", "[zewnętrzny]"];

/// The subject without any prefix; may be empty.
pub fn base_subject(subject: &str) -> HeaderValue {
    let clean = HeaderValue::clean(subject);
    let mut base = clean.as_str().trim();
    while let Some(rest) = without_mark(base).or_else(|| without_prefix(base)) {
        base = rest.trim_start();
    }
    HeaderValue::clean(base)
}

/// `Re: ` and the base; a subject that is empty becomes our name.
pub fn reply_subject(subject: &str) -> HeaderValue {
    let base = base_subject(subject);
    let base = if base.is_empty() { "InvestTax" } else { base.as_str() };
    HeaderValue::clean(&format!("Re: {base}"))
}

fn without_mark(text: &str) -> Option<&str> {
    MARKS.iter().find_map(|mark| strip(text, mark))
}

/// Strips `Re:`, `RE :`, `Re[2]:`, `Odp(3):` and their kin.
fn without_prefix(text: &str) -> Option<&str> {
    PREFIXES.iter().find_map(|prefix| {
        let rest = without_number(strip(text, prefix)?).trim_start();
        rest.strip_prefix([':', '：'])
    })
}

fn without_number(text: &str) -> &str {
    let numbered = |open, close| {
        let (number, rest) = text.strip_prefix(open)?.split_once(close)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
    };
    numbered('[', ']').or_else(|| numbered('(', ')')).unwrap_or(text)
}

/// Strips a lower-case beginning whatever the case of the text.
fn strip<'a>(text: &'a str, lower: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in lower.chars() {
        let mut folded = rest.next()?.to_lowercase();
        if folded.next() != Some(expected) || folded.next().is_some() {
            return None;
        }
    }
    Some(rest.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_prefix_is_stripped_once_and_for_all() {
        for subject in [
            "Wyciąg 2025",
            "Re: Wyciąg 2025",
            "RE: re: Wyciąg 2025",
            "Odp: Odpowiedź: ODPOWIEDŹ: Wyciąg 2025",
            "PD: Fwd: FW: Przek: Wyciąg 2025",
            "AW: WG: TR: Wyciąg 2025",
            "[EXT] RE: [EXTERNAL] Wyciąg 2025",
            "Re[2]: Re(3) : Wyciąg 2025",
            "  re：Wyciąg 2025 ",
        ] {
            assert_eq!(reply_subject(subject).as_str(), "Re: Wyciąg 2025", "{subject}");
        }
    }

    #[test]
    fn words_that_only_begin_like_a_prefix_stay() {
        for subject in ["Rewizja: konto", "PD 2024", "Treasury: bills", "[EXTRA] x", "Re"] {
            assert_eq!(base_subject(subject).as_str(), subject);
        }
        assert_eq!(reply_subject("Re: ").as_str(), "Re: InvestTax");
    }

    proptest! {
        #[test]
        fn a_reply_to_a_reply_has_the_same_subject(subject in any::<String>()) {
            let once = reply_subject(&subject);
            prop_assert_eq!(reply_subject(once.as_str()), once);
        }
    }
}
