//! Which instrument a row means: some sheets have ISIN and name, others only the ticker.

use hashbrown::HashMap;

use super::assemble::Content;
use crate::statement::{InstrumentIx, InstrumentKind, Isin, StatementBuilder};

/// Tickers, quotation currencies and ISINs, joined by the numbers of positions.
#[derive(Debug, Default)]
pub(super) struct Names {
    tickers: HashMap<String, String>,
    isins: HashMap<String, Isin>,
    /// ISIN by ticker; `None` where one ticker has two.
    by_ticker: HashMap<String, Option<Isin>>,
    quoted: HashMap<String, String>,
}

/// Splits `NKE/USD` (for a split `NKE/USD 2:1`) into ticker and quotation currency.
pub(super) fn pair(details: &str) -> Option<(&str, &str)> {
    let (ticker, rest) = details.split_once('/')?;
    let quoted = rest.split_whitespace().next()?;
    let (ticker, quoted) = (ticker.trim(), quoted.trim());
    (!ticker.is_empty() && quoted.len() == 3).then_some((ticker, quoted))
}

impl Names {
    pub(super) fn of(content: &Content) -> Self {
        let mut names = Self::default();
        for activity in &content.activity {
            if let Some((ticker, quoted)) = pair(&activity.details) {
                names.quoted.insert(ticker.to_owned(), quoted.to_uppercase());
                if !activity.position.is_empty() {
                    names.tickers.insert(activity.position.clone(), ticker.to_owned());
                }
            }
        }
        let closed = content.closed.iter().map(|position| (&position.id, position.isin));
        let paid = content.dividends.iter().map(|dividend| (&dividend.position, dividend.isin));
        for (position, isin) in closed.chain(paid) {
            let Some(isin) = isin else { continue };
            names.isins.insert(position.clone(), isin);
            if let Some(ticker) = names.tickers.get(position) {
                let known = names.by_ticker.entry(ticker.clone()).or_insert(Some(isin));
                if *known != Some(isin) {
                    *known = None;
                }
            }
        }
        names
    }

    pub(super) fn ticker(&self, position: &str) -> &str {
        self.tickers.get(position).map_or("", String::as_str)
    }

    /// The share of a position.
    pub(super) fn share(
        &self,
        position: &str,
        isin: Option<Isin>,
        name: &str,
        builder: &mut StatementBuilder,
    ) -> InstrumentIx {
        let ticker = self.ticker(position);
        let isin = isin.or_else(|| self.isins.get(position).copied());
        self.share_of(ticker, isin, name, builder)
    }

    /// The share with that ticker, else ISIN, else name.
    pub(super) fn share_of(
        &self,
        ticker: &str,
        isin: Option<Isin>,
        name: &str,
        builder: &mut StatementBuilder,
    ) -> InstrumentIx {
        let isin = isin.or_else(|| self.by_ticker.get(ticker).copied().flatten());
        let symbol = if ticker.is_empty() && isin.is_none() { name } else { ticker };
        let index = builder.instrument(isin, symbol, name);
        let quoted = self.quoted.get(ticker).map_or("", String::as_str);
        if let Some(instrument) = builder.instrument_mut(index) {
            if instrument.symbol.is_empty() {
                symbol.clone_into(&mut instrument.symbol);
            }
            if instrument.name.is_empty() {
                name.clone_into(&mut instrument.name);
            }
            if instrument.exchange.is_empty() {
                exchange(quoted).clone_into(&mut instrument.exchange);
            }
        }
        index
    }

    /// A CFD or a virtual currency. They get symbols of their own, apart from the shares.
    pub(super) fn other(
        &self,
        position: &str,
        name: &str,
        kind: InstrumentKind,
        builder: &mut StatementBuilder,
    ) -> InstrumentIx {
        let ticker = self.ticker(position);
        let label = if ticker.is_empty() { name } else { ticker };
        let symbol = match kind {
            InstrumentKind::Derivative => format!("{label} CFD"),
            InstrumentKind::Crypto => format!("{label} (crypto)"),
            InstrumentKind::Security => label.to_owned(),
        };
        let index = builder.instrument(None, &symbol, name);
        if let Some(instrument) = builder.instrument_mut(index) {
            instrument.kind = kind;
        }
        index
    }

    /// Whether the exchange counts days in New York.
    pub(super) fn is_american(&self, position: &str, isin: Option<Isin>) -> bool {
        let quoted = self.quoted.get(self.ticker(position)).map(String::as_str);
        let issuer = isin.and_then(|isin| isin.country());
        quoted == Some("USD") || (quoted.is_none() && issuer.is_some_and(|c| c.as_str() == "US"))
    }
}

/// An exchange where shares are quoted in that currency, by a name that the settlement calendar knows:
/// the amounts are in dollars wherever the share trades.
fn exchange(quoted: &str) -> &'static str {
    match quoted {
        "AED" => "XDFM",
        "AUD" => "XASX",
        "CAD" => "XTSE",
        "CHF" => "XSWX",
        "CZK" => "XPRA",
        "DKK" => "XCSE",
        "EUR" => "XPAR",
        "GBP" | "GBX" => "XLON",
        "HKD" => "XHKG",
        "HUF" => "XBUD",
        "JPY" => "XTKS",
        "KRW" => "XKRX",
        "NOK" => "XOSL",
        "PLN" => "XWAR",
        "SAR" => "XSAU",
        "SEK" => "XSTO",
        "SGD" => "XSES",
        "USD" => "XNYS",
        "ZAR" => "XJSE",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{money::Currency, statement::Instrument, tax::Market};

    #[test]
    fn dollars_for_a_share_settle_where_it_is_quoted() {
        let market = |quoted| {
            let exchange = exchange(quoted).to_owned();
            Market::of(&Instrument { exchange, ..Instrument::default() }, Currency::USD)
        };
        assert_eq!(market("USD"), Market::UnitedStates);
        assert_eq!(market("GBX"), Market::UnitedKingdom);
        assert_eq!(market("AUD"), Market::Australia);
        assert_eq!(market("CAD"), Market::Canada);
        assert_eq!(market("ZAR"), Market::SouthAfrica);
        // Dubai and Singapore have no calendar: named, not taken for New York.
        assert_eq!(market("AED"), Market::Other);
        assert_eq!(market("SGD"), Market::Other);
    }
}
