//! `Buy 3 @ 134.85 USD`: what the event of a trade tells.

use rust_decimal::Decimal;

use crate::money::Quoted;
use crate::statement::number;

/// A trade as its event has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Traded {
    pub buys: bool,
    pub quantity: Decimal,
    pub price: Decimal,
    /// The currency of the price, or a unit of it (`GBX`).
    pub quoted: Quoted,
}

/// Reads the event of a trade; `None` for any other text.
pub(super) fn traded(text: &str) -> Option<Traded> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [side, quantity, "@", price, currency] = words[..] else { return None };
    let buys = match side.to_lowercase().as_str() {
        "buy" | "koop" | "køb" | "købt" => true,
        "sell" | "verkoop" | "sælg" | "solgt" => false,
        _ => return None,
    };
    Some(Traded {
        buys,
        quantity: read(quantity).map(|quantity| quantity.abs())?,
        price: read(price)?,
        quoted: Quoted::parse(currency).ok()?,
    })
}

/// A point is the decimal mark; a comma before it groups thousands. A comma alone has two readings.
fn read(text: &str) -> Option<Decimal> {
    match text.split_once('.') {
        Some((whole, fraction)) if !fraction.contains(',') => {
            number::plain(format!("{}.{fraction}", whole.replace(',', "")).as_bytes())
        }
        _ => number::plain(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_are_read_in_three_languages_and_nothing_is_guessed() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        let bought = traded("Buy 3 @ 134.85 USD").unwrap();
        assert_eq!((bought.buys, bought.quantity, bought.price), (true, dec("3"), dec("134.85")));
        let dutch = traded("Koop 1.5 @ 110.01 EUR").unwrap();
        assert_eq!((dutch.quantity, dutch.quoted.currency.as_str()), (dec("1.5"), "EUR"));
        assert_eq!(traded("Sell -1,200.5 @ 1,110.01 EUR").unwrap().price, dec("1110.01"));
        for text in ["Dividend", "Buy 1,200 @ 5 USD", "Kauf 3 @ 5 EUR", "Buy 3 @ 5", ""] {
            assert_eq!(traded(text), None, "{text}");
        }
    }
}
