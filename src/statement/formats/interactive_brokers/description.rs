//! What a cash row or a corporate action says of its instrument: `SYM(ISIN) Cash Dividend …`.

/// The instrument that a description begins with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Subject<'t> {
    /// The symbol.
    pub(super) symbol: &'t str,
    /// ISIN, CUSIP or the broker's contract number; empty in statements before about 2012.
    pub(super) id: &'t str,
    /// What follows.
    pub(super) rest: &'t str,
}

/// Words that follow the symbol where no identifier stands in parentheses.
const KINDS: &[&str] = &[
    " cash dividend",
    " special cash dividend",
    " stock dividend",
    " choice dividend",
    " payment in lieu",
    " dividend",
];

/// Reads `SYM(ID) …`, `SYM (ID) …` or, without an identifier, `SYM Cash Dividend …`.
pub(super) fn subject(text: &str) -> Option<Subject<'_>> {
    tagged(text).or_else(|| untagged(text))
}

fn tagged(text: &str) -> Option<Subject<'_>> {
    let (symbol, after) = text.split_once('(')?;
    let (id, rest) = after.split_once(')')?;
    let (symbol, id) = (symbol.trim(), id.trim());
    let plausible = !symbol.is_empty()
        && (4..=12).contains(&id.len())
        && id.bytes().all(|c| c.is_ascii_alphanumeric())
        && id.bytes().any(|c| c.is_ascii_digit());
    plausible.then(|| Subject { symbol, id, rest: rest.trim() })
}

fn untagged(text: &str) -> Option<Subject<'_>> {
    let lower = text.to_ascii_lowercase();
    let at = KINDS.iter().filter_map(|kind| lower.find(kind)).min()?;
    let (symbol, rest) = text.split_at_checked(at)?;
    let symbol = symbol.trim();
    let plausible = !symbol.is_empty() && symbol.len() <= 24 && !symbol.contains('(');
    plausible.then(|| Subject { symbol, id: "", rest: rest.trim() })
}

/// The instrument at the end of a corporate action: `(SYM, NAME, ID)`, and the text before it.
pub(super) fn target(text: &str) -> Option<(&str, Subject<'_>)> {
    let inner = text.trim_end().strip_suffix(')')?;
    let open = opening(inner)?;
    let (before, inside) = inner.split_at_checked(open)?;
    let inside = inside.strip_prefix('(')?;
    let (symbol, rest) = inside.split_once(',')?;
    let (name, id) = rest.rsplit_once(',')?;
    let target = Subject { symbol: symbol.trim(), id: id.trim(), rest: name.trim() };
    Some((before.trim_end(), target))
}

/// Where the parenthesis opens that closes at the end; names may hold parentheses of their own.
fn opening(inner: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth == 0 => return Some(at),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The two letters of ` - US Tax`.
pub(super) fn taxing_country(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(" - ") {
        if let Some((country, tail)) = after.split_at_checked(2)
            && tail.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(" tax"))
        {
            return Some(country);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_is_found_with_and_without_a_blank_or_an_identifier() {
        let of = |text| subject(text).map(|found| (found.symbol, found.id));
        assert_eq!(
            of("ZZA(US0000000001) Cash Dividend USD 0.24 per Share (Ordinary Dividend)"),
            Some(("ZZA", "US0000000001"))
        );
        assert_eq!(
            of("ZZ B (43645828) Cash Dividend USD 0.7 (Mixed Income)"),
            Some(("ZZ B", "43645828"))
        );
        assert_eq!(of("ZZA Payment in Lieu of Dividend (Ordinary Dividend)"), Some(("ZZA", "")));
        assert_eq!(of("Withholding @ 20% on Credit Interest for May-2024"), None);
    }

    #[test]
    fn the_target_may_have_parentheses_in_its_name() {
        let text = "ZZA(US0000000001) Split 4 for 1 (ZZA, FOO (THE) INC, CL A, US0000000002)";
        let (before, target) = target(text).unwrap();
        assert_eq!(before, "ZZA(US0000000001) Split 4 for 1");
        assert_eq!((target.symbol, target.id), ("ZZA", "US0000000002"));
        assert_eq!(target.rest, "FOO (THE) INC, CL A");
    }

    #[test]
    fn the_country_stands_before_the_word_tax() {
        assert_eq!(taxing_country("Z(US1) Cash Dividend - Reversal - US Tax"), Some("US"));
        assert_eq!(taxing_country("Z(US1) CASH DIVIDEND - US TAX"), Some("US"));
        assert_eq!(taxing_country("Z(US1) Cash Dividend - Taxable"), None);
    }
}
