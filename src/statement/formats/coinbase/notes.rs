//! The notes, where alone it stands what a coin was paid with.

use rust_decimal::Decimal;

/// What a note says was given and received in return.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Note<'n> {
    /// What changed into what: the code of the other side.
    pub code: &'n str,
    /// How much of it, fee included.
    pub amount: Decimal,
}

/// Reads `Bought 0.1 BTC for 500.00 EUR …`, `Sold 2 ETH for €3,000 EUR on ETH-EUR at …`,
/// `Converted 100 USDC to 0.03 ETH`.
pub(super) fn read(text: &str) -> Option<Note<'_>> {
    let mut words = text.split_whitespace();
    let mark = match words.next()? {
        "Bought" | "Sold" => "for",
        "Converted" => "to",
        _ => return None,
    };
    // Quantity and coin of the row itself.
    let (_, _) = (number(words.next()?)?, words.next()?);
    if words.next()? != mark {
        return None;
    }
    let amount = number(words.next()?)?;
    Some(Note { code: words.next()?, amount })
}

/// Notes are English: commas group thousands.
fn number(word: &str) -> Option<Decimal> {
    let bare = word.trim_start_matches(['$', '€', '£']).replace(',', "");
    let value = bare.parse().ok()?;
    let fits = value >= Decimal::ZERO && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    fits.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wording_tells_the_other_side() {
        let told = |text| read(text).map(|note| format!("{} {}", note.amount, note.code));
        assert_eq!(told("Bought 0.1 BTC for 500.00 EUR").as_deref(), Some("500.00 EUR"));
        assert_eq!(told("Bought 0.0017564 BTC for 25 CAD using 1234").as_deref(), Some("25 CAD"));
        let advanced = "Sold 2 ETH for 3,000.5 USDC on ETH-USDC at 1500.25 USDC/ETH";
        assert_eq!(told(advanced).as_deref(), Some("3000.5 USDC"));
        assert_eq!(told("Converted 1,000 USDC to 0.3 ETH").as_deref(), Some("0.3 ETH"));
        for other in ["", "Bought BTC", "Sent 1 BTC to a friend", "Bought 1 BTC for free"] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
