//! Markets by the ending of a symbol: `AAPL.US`.

use crate::money::{Country, Currency};

/// Ending, country of the market and the currency in which all of its shares trade, if there is one.
const MARKETS: [(&str, &str, &str); 17] = [
    ("AT", "AT", "EUR"),
    ("BE", "BE", "EUR"),
    ("CH", "CH", "CHF"),
    ("CZ", "CZ", "CZK"),
    ("DE", "DE", "EUR"),
    ("DK", "DK", "DKK"),
    ("ES", "ES", "EUR"),
    ("FI", "FI", "EUR"),
    ("FR", "FR", "EUR"),
    ("IT", "IT", "EUR"),
    ("NL", "NL", "EUR"),
    ("NO", "NO", "NOK"),
    ("PL", "PL", "PLN"),
    ("PT", "PT", "EUR"),
    ("SE", "SE", "SEK"),
    ("UK", "GB", ""),
    ("US", "US", "USD"),
];

fn find(symbol: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let ending = suffix(symbol)?;
    MARKETS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(ending))
}

/// The ending of a share's symbol; CFDs on indices, currencies and goods have none.
///
/// `AAPL.US_9` is how early exports write the same share.
pub(super) fn suffix(symbol: &str) -> Option<&str> {
    let (ticker, ending) = symbol.rsplit_once('.')?;
    let ending = ending.split('_').next()?;
    let letters = ending.len() == 2 && ending.bytes().all(|b| b.is_ascii_alphabetic());
    (letters && !ticker.is_empty()).then_some(ending)
}

/// The country of the market. For tax at source it stands for the source country, because the treaty
/// rate of that country caps the credit and a cap is safer than none.
pub(super) fn country(symbol: &str) -> Option<Country> {
    Country::parse(find(symbol)?.1).ok()
}

/// An exchange of that market, by a name that the settlement calendar knows.
pub(super) fn exchange(symbol: &str) -> &'static str {
    match find(symbol).map_or("", |market| market.1) {
        "CH" => "XSWX",
        "CZ" => "XPRA",
        "DE" => "XETR",
        "DK" => "XCSE",
        "GB" => "XLON",
        "NO" => "XOSL",
        "PL" => "XWAR",
        "SE" => "XSTO",
        "US" => "XNYS",
        "" => "",
        _ => "XPAR",
    }
}

/// Whether everything on that market trades in that currency.
pub(super) fn trades_in(symbol: &str, currency: Currency) -> bool {
    find(symbol).is_some_and(|market| market.2 == currency.as_str())
}

/// Whether shares trade in New York.
pub(super) fn is_american(symbol: &str) -> bool {
    suffix(symbol).is_some_and(|ending| ending.eq_ignore_ascii_case("US"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{statement::Instrument, tax::Market};

    #[test]
    fn every_market_but_prague_has_a_calendar() {
        for (ending, country, _) in MARKETS {
            let exchange = exchange(&format!("ZZA.{ending}")).to_owned();
            let instrument = Instrument { exchange, ..Instrument::default() };
            let market = Market::of(&instrument, Currency::EUR);
            assert_eq!(market == Market::Other, country == "CZ", "{ending}");
        }
        assert_eq!(exchange("ZZA.UK"), "XLON");
    }
}
