//! Names of commands with a slip of the keyboard: `STRATY 2022 1500`, `LOOS 2022 1500`.

use super::line::{FORMS, Form};

/// Shorter names have too many neighbours among words.
const NAME_CHARS_MIN: usize = 4;

/// The command that a folded line in capitals means: one letter of its name is wrong, too many, missing or has
/// changed places, and what follows is its value. With an example of the right form.
pub(super) fn nearly(folded: &str) -> Option<(Form, &'static str)> {
    // Any words can be a file to skip; `data` heads many a column.
    let names = FORMS.iter().filter(|(name, form, _)| {
        name.len() >= NAME_CHARS_MIN && !name.ends_with(':') && !matches!(form, Form::Skip)
    });
    names.into_iter().find_map(|(name, form, example)| {
        let (written, value) = behind(folded, name.split(' ').count())?;
        (is_slip(written, name) && form.read(value).is_some()).then_some((*form, *example))
    })
}

/// So many words of the line, and what follows them.
fn behind(line: &str, words: usize) -> Option<(&str, &str)> {
    let (at, _) = line.match_indices(' ').nth(words.checked_sub(1)?)?;
    let (name, value) = line.split_at_checked(at)?;
    let marks = [' ', ':', '='];
    Some((name.trim_end_matches(marks), value.trim_start_matches(marks)))
}

fn is_slip(written: &str, name: &str) -> bool {
    let (one, other) = unlike(written.as_bytes(), name.as_bytes());
    match (one, other) {
        ([_] | [], [_]) | ([_], []) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// What two names do not have in common at their beginning and end.
fn unlike<'t>(one: &'t [u8], other: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let cut = |text: &'t [u8]| text.get(start..).unwrap_or_default();
    let (one, other) = (cut(one), cut(other));
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let cut = |text: &'t [u8]| text.get(..text.len().saturating_sub(end)).unwrap_or_default();
    (cut(one), cut(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_overlooked_and_no_more() {
        for slip in ["strty", "strat", "stratta", "strtaa", "straty", "srata"] {
            assert_eq!(is_slip(slip, "strata"), slip != "strty", "{slip}");
        }
        assert!(!is_slip("strata", "strata") && !is_slip("", "strata"));
        assert!(is_slip("krypto koszta", "krypto koszty"));
    }
}
