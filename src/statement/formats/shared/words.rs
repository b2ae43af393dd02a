//! Forms of cells that more than one broker writes.

/// A cell without the words that stand for nothing.
pub(in crate::statement::formats) fn without_none(text: &str) -> &str {
    match text {
        "None" | "none" | "null" | "N/A" | "n/a" | "-" | "--" | "\u{2013}" | "\u{2014}" => "",
        other => other,
    }
}

/// Currencies that brokers let clients exchange.
const CURRENCIES: &[&str] = &[
    "AED", "AUD", "BGN", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "GEL", "HKD",
    "HUF", "ILS", "INR", "ISK", "JPY", "KRW", "KZT", "MXN", "NOK", "NZD", "PLN", "RON", "RUB",
    "RUR", "SEK", "SGD", "THB", "TRY", "UAH", "USD", "ZAR",
];

/// Whether a symbol is a pair of currencies (`EUR/USD`, `EUR/USD.E.FX`): exchanging them has no tax
/// (tax-law 1.1.8). Metals and coins are written alike and are none.
pub(in crate::statement::formats) fn is_currency_pair(symbol: &str) -> bool {
    symbol.split_once('/').is_some_and(|(base, rest)| {
        let quote = rest.split('.').next().unwrap_or_default();
        CURRENCIES.contains(&base) && CURRENCIES.contains(&quote)
    })
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Names of months in other languages whose first three letters are not the English ones.
const OTHER_MONTHS: &[(&str, u8)] = &[
    // Polish; `paz` and `maj` without marks as well.
    ("sty", 1),
    ("lut", 2),
    ("kwi", 4),
    ("maj", 5),
    ("cze", 6),
    ("lip", 7),
    ("sie", 8),
    ("wrz", 9),
    ("paź", 10),
    ("paz", 10),
    ("lis", 11),
    ("gru", 12),
    // Dutch, German, Danish.
    ("mrt", 3),
    ("mei", 5),
    ("okt", 10),
    ("mär", 3),
    ("mai", 5),
    ("dez", 12),
    // French, Spanish, Italian, Czech where three letters are enough.
    ("fév", 2),
    ("avr", 4),
    ("aoû", 8),
    ("déc", 12),
    ("ene", 1),
    ("abr", 4),
    ("ago", 8),
    ("dic", 12),
    ("gen", 1),
    ("mag", 5),
    ("giu", 6),
    ("lug", 7),
    ("set", 9),
    ("ott", 10),
];

/// `02-Apr-2025`, `Dec-31-2025`, `24 lut 2026` as `2025-04-02`; `None` for any other form.
pub(in crate::statement::formats) fn month_day(text: &str) -> Option<String> {
    let parts: Vec<&str> =
        text.split(['-', ' ', '/', '.', ',']).filter(|part| !part.is_empty()).collect();
    let [first, second, year] = parts[..] else { return None };
    let (month, day) = match (month(first), month(second)) {
        (Some(month), None) => (month, second),
        (None, Some(month)) => (month, first),
        _ => return None,
    };
    let day: u8 = day.parse().ok()?;
    let four = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    four.then(|| format!("{year}-{month:02}-{day:02}"))
}

fn month(text: &str) -> Option<u8> {
    let lower = text.to_lowercase();
    let start: String = lower.chars().take(3).collect();
    if start.chars().count() < 3 || !start.chars().all(char::is_alphabetic) {
        return None;
    }
    let english = (1..).zip(MONTHS).find(|(_, name)| *name == start).map(|(number, _)| number);
    english.or_else(|| OTHER_MONTHS.iter().find(|(name, _)| *name == start).map(|(_, at)| *at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_currencies_are_told_from_shares_metals_and_coins() {
        assert!(is_currency_pair("EUR/USD.E.FX") && is_currency_pair("EUR/USD"));
        for symbol in ["AAPL.NASDAQ", "BRK/B.NYSE", "XAU/USD.E.FX", "BTC/USD"] {
            assert!(!is_currency_pair(symbol), "{symbol}");
        }
    }

    #[test]
    fn days_with_names_of_months_become_iso() {
        for (text, day) in [
            ("02-Apr-2025", "2025-04-02"),
            ("Dec-31-2025", "2025-12-31"),
            ("24-feb-2026", "2026-02-24"),
            ("3 paź 2024", "2024-10-03"),
            ("25-Mar-2021", "2021-03-25"),
        ] {
            assert_eq!(month_day(text).as_deref(), Some(day), "{text}");
        }
        for text in ["2025-04-02", "Apr-2025", "", "02-xyz-2025", "02-Apr-25"] {
            assert_eq!(month_day(text), None, "{text}");
        }
    }
}
