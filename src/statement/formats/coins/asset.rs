//! Which codes are money. Everything else that an exchange keeps is a coin.

use crate::money::Currency;

/// The legal tenders in which the exchanges keep accounts.
///
/// A closed list, because coins have codes of three letters as well, and some of them are those of a
/// far currency (`GEL`, `MNT`, `ALL`). Stablecoins are coins: they are virtual currency.
const TENDERS: [&str; 48] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR",
    "GBP", "GHS", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KZT",
    "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP", "PLN", "RON", "RUB", "SAR", "SEK", "SGD",
    "THB", "TRY", "TWD", "UAH", "UGX", "USD", "VND", "ZAR", "RSD",
];

/// The currency that the code names, if it is legal tender.
pub(in super::super) fn fiat(code: &str) -> Option<Currency> {
    if TENDERS.contains(&code) { Currency::parse(code).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stablecoins_and_coins_of_three_letters_are_not_money() {
        for code in ["USDT", "USDC", "EURC", "BTC", "BNB", "ETH", "GEL", "MNT"] {
            assert_eq!(fiat(code), None, "{code}");
        }
        assert_eq!(fiat("PLN"), Some(Currency::PLN));
    }
}
