//! Whether a trade is one in a contract, as far as its symbol and name tell: the report has no column for
//! it, and does not tell whether a trade opens or closes.

/// Whether the symbol or the name is one of an option or a future.
pub(super) fn is_contract(symbol: &str, name: &str) -> bool {
    is_occ(symbol) || is_eurex(symbol) || is_option_name(name) || is_future_name(name)
}

/// `ZZA   260320C00050000`: the code of an option in America.
fn is_occ(symbol: &str) -> bool {
    let tail = symbol.rsplit(' ').next().unwrap_or_default();
    tail.len() >= 15 && tail.bytes().rev().take(8).all(|c| c.is_ascii_digit())
}

/// `C ZZBE 20291221 28 M`: the code of an option on Eurex. A symbol of one letter stands alone.
fn is_eurex(symbol: &str) -> bool {
    let words: Vec<&str> = symbol.split_whitespace().collect();
    let [right, _, expiry, _, ..] = words.as_slice() else { return false };
    matches!(*right, "C" | "P") && expiry.len() == 8 && expiry.bytes().all(|c| c.is_ascii_digit())
}

/// `ZZB 21DEC29 28 C`.
fn is_option_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let [.., expiry, strike, right] = words.as_slice() else { return false };
    let is_number = strike.bytes().all(|c| c.is_ascii_digit() || c == b'.');
    matches!(*right, "C" | "P") && is_number && is_expiry(expiry)
}

/// `ZZE 15JUN26`: two words, since names of warrants end with a day as well.
fn is_future_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    matches!(words.as_slice(), [_, expiry] if is_expiry(expiry))
}

/// `15JUN26`.
fn is_expiry(word: &str) -> bool {
    let is_day = |part: &str| part.len() == 2 && part.bytes().all(|c| c.is_ascii_digit());
    let parts = word.split_at_checked(2).zip(word.split_at_checked(5));
    let Some(((day, rest), (_, year))) = parts else { return false };
    let months = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    let is_month = |month: &str| months.find(month).is_some_and(|at| at % 3 == 0);
    is_day(day) && is_day(year) && rest.get(..3).is_some_and(is_month)
}

#[cfg(test)]
mod tests {
    use super::is_contract;

    #[test]
    fn contracts_are_known_by_symbol_or_name() {
        for (symbol, name) in [
            ("ZZA   260320C00050000", "OPT"),
            ("C ZZBE 20291221 28 M", "ZZB"),
            ("ZZBE", "ZZB 21DEC29 28 C"),
            ("ZZBE", "ZZB 21DEC29 28.5 P"),
            ("ZZEM6", "ZZE 15JUN26"),
        ] {
            assert!(is_contract(symbol, name), "{symbol}, {name}");
        }
    }

    #[test]
    fn shares_and_bonds_are_none() {
        for (symbol, name) in [
            ("C", "ALPHA GROUP INC"),
            ("ZZA", "ALPHA INC"),
            ("ZZA B", "ALPHA CO-CLASS C"),
            ("T 4 5/8 02/28/26", "T 4 5/8 02/28/26"),
            ("ZZA WS", "ALPHA INC WARRANT 15JUN26"),
        ] {
            assert!(!is_contract(symbol, name), "{symbol}, {name}");
        }
    }
}
