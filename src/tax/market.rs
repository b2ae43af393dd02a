//! Where a trade settles, and how many days after the trade.

use jiff::civil::Date;

use super::{exchanges::EXCHANGES, funds};
use crate::{
    money::Currency,
    statement::{Instrument, InstrumentKind},
};

/// A settlement market: one calendar of business days and one cycle.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Market {
    /// United States (NSCC, DTC).
    UnitedStates,
    /// Canada (CDS).
    Canada,
    /// Mexico (Indeval).
    Mexico,
    /// United Kingdom and Ireland's funds listed there (CREST).
    UnitedKingdom,
    /// The euro area by TARGET days.
    Euro,
    /// Germany: TARGET days without 24 December.
    Germany,
    /// Switzerland (SIX).
    Switzerland,
    /// Poland (KDPW).
    Poland,
    /// Sweden.
    Sweden,
    /// Norway.
    Norway,
    /// Denmark.
    Denmark,
    /// Japan.
    Japan,
    /// Hong Kong.
    HongKong,
    /// South Africa (JSE, Strate).
    SouthAfrica,
    /// Korea (KRX).
    Korea,
    /// Australia (ASX).
    Australia,
    /// A market without a calendar of its own: TARGET days stand in, and the sender is told.
    Other,
}

/// From when on the cycle is that many days; the first row holds since ever.
type Cycles = &'static [(Date, u8)];

const EVER: Date = Date::constant(1900, 1, 1);
/// SEC rule 15c6-1: T+2, then T+1.
const UNITED_STATES: Cycles =
    &[(EVER, 3), (Date::constant(2017, 9, 5), 2), (Date::constant(2024, 5, 28), 1)];
/// Canada and Mexico changed one day before the United States.
const NORTH_AMERICA: Cycles =
    &[(EVER, 3), (Date::constant(2017, 9, 5), 2), (Date::constant(2024, 5, 27), 1)];
/// CSDR art. 5: T+2; Regulation (EU) 2025/2075: T+1 planned.
const EUROPE: Cycles =
    &[(EVER, 3), (Date::constant(2014, 10, 6), 2), (Date::constant(2027, 10, 11), 1)];
/// Germany settled on T+2 long before CSDR.
const GERMANY: Cycles = &[(EVER, 2), (Date::constant(2027, 10, 11), 1)];
const JAPAN: Cycles = &[(EVER, 3), (Date::constant(2019, 7, 16), 2)];
/// JSE and Strate, 11 July 2016.
const SOUTH_AFRICA: Cycles = &[(EVER, 5), (Date::constant(2016, 7, 11), 3)];
/// ASX, 7 March 2016.
const AUSTRALIA: Cycles = &[(EVER, 3), (Date::constant(2016, 3, 7), 2)];
const ALWAYS_TWO: Cycles = &[(EVER, 2)];

impl Market {
    /// The market of an instrument traded in a currency.
    ///
    /// The exchange decides if the file names one that we know. Otherwise the trade currency does,
    /// with two refinements from the ISIN and the name: dollars for a European fund, note or bond are
    /// London's, and euros for a German share or an Irish or Luxembourg fund are Xetra's. Ask once per
    /// instrument and currency, not per trade.
    ///
    /// ```
    /// use investtax::{money::Currency, statement::Instrument, tax::Market};
    ///
    /// let apple = Instrument { symbol: "AAPL".into(), ..Instrument::default() };
    /// assert_eq!(Market::of(&apple, Currency::USD), Market::UnitedStates);
    /// ```
    pub fn of(instrument: &Instrument, currency: Currency) -> Self {
        Self::listed_at(&instrument.exchange, instrument, currency)
    }

    fn listed_at(exchange: &str, instrument: &Instrument, currency: Currency) -> Self {
        // IBKR writes Toronto as TSE and Oslo as OSE; others mean Tokyo and Osaka.
        let listed = match Self::of_exchange(exchange) {
            Some(Self::Canada | Self::Norway) if currency.as_str() == "JPY" => Some(Self::Japan),
            listed => listed,
        };
        listed.unwrap_or_else(|| Self::of_currency(instrument, currency))
    }

    /// The market of an exchange as brokers write it: codes of IBKR, MIC, and common names.
    pub(super) fn of_exchange(exchange: &str) -> Option<Self> {
        let name = exchange.trim().to_ascii_uppercase();
        let known = |names: &[&str]| names.contains(&name.as_str());
        EXCHANGES.iter().find(|(_, names)| known(names)).map(|&(market, _)| market)
    }

    fn of_currency(instrument: &Instrument, currency: Currency) -> Self {
        let country = instrument.isin.and_then(|isin| isin.country());
        let prefix = country.as_ref().map_or("", |country| country.as_str());
        match currency.as_str() {
            "USD" if funds::trades_in_europe(instrument, prefix) => Self::UnitedKingdom,
            "USD" => Self::UnitedStates,
            "GBP" => Self::UnitedKingdom,
            "EUR" if prefix == "DE" || funds::is_fund(instrument, prefix) => Self::Germany,
            "PLN" => Self::Poland,
            "CHF" => Self::Switzerland,
            "CAD" => Self::Canada,
            "MXN" => Self::Mexico,
            "SEK" => Self::Sweden,
            "NOK" => Self::Norway,
            "DKK" => Self::Denmark,
            "JPY" => Self::Japan,
            "HKD" => Self::HongKong,
            "ZAR" => Self::SouthAfrica,
            "KRW" => Self::Korea,
            "AUD" => Self::Australia,
            "EUR" => Self::Euro,
            _ => Self::Other,
        }
    }

    /// How many business days after the trade a trade of that day settles.
    pub fn cycle(self, traded_on: Date) -> u8 {
        let cycles = match self {
            Self::UnitedStates => UNITED_STATES,
            Self::Canada | Self::Mexico => NORTH_AMERICA,
            Self::Germany => GERMANY,
            Self::UnitedKingdom
            | Self::Euro
            | Self::Switzerland
            | Self::Poland
            | Self::Sweden
            | Self::Norway
            | Self::Denmark
            | Self::Other => EUROPE,
            Self::Japan => JAPAN,
            Self::SouthAfrica => SOUTH_AFRICA,
            Self::Australia => AUSTRALIA,
            Self::HongKong | Self::Korea => ALWAYS_TWO,
        };
        let current = cycles.iter().rev().find(|(from, _)| *from <= traded_on);
        current.map_or(2, |&(_, days)| days)
    }
}

/// By which days a trade settles: a market's, and whether on the next of them whatever its cycle.
///
/// ```
/// use investtax::tax::{Market, SettlementRule, settlement_day};
/// use jiff::civil::date;
///
/// let options = SettlementRule::next_day(Market::UnitedStates);
/// assert_eq!(settlement_day(options, date(2023, 10, 2)), date(2023, 10, 3));
/// assert_eq!(settlement_day(Market::UnitedStates, date(2023, 10, 2)), date(2023, 10, 4));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SettlementRule {
    /// Whose business days are counted.
    pub market: Market,
    next_day: bool,
}

impl From<Market> for SettlementRule {
    /// The market's own cycle.
    fn from(market: Market) -> Self {
        Self { market, next_day: false }
    }
}

impl SettlementRule {
    /// Always the market's next business day: listed options, Treasury notes.
    pub fn next_day(market: Market) -> Self {
        Self { market, next_day: true }
    }

    /// The rule of an instrument traded in a currency. Ask once per both, not per trade.
    pub fn of(instrument: &Instrument, currency: Currency) -> Self {
        Self::listed_at(&instrument.exchange, instrument, currency)
    }

    /// The rule on an account that trades the instrument at an exchange of its own choice.
    pub fn listed_at(exchange: &str, instrument: &Instrument, currency: Currency) -> Self {
        let next_day = instrument.kind == InstrumentKind::Derivative || is_treasury(instrument);
        Self { market: Market::listed_at(exchange, instrument, currency), next_day }
    }

    /// The rule on an account whose broker trades at one exchange alone, whatever other brokers say of the
    /// instrument. Derivatives there are certificates, which settle as shares do.
    pub fn at(exchange: &str, instrument: &Instrument, currency: Currency) -> Self {
        Market::of_exchange(exchange).map_or_else(|| Self::of(instrument, currency), Self::from)
    }

    /// How many business days after the trade a trade of that day settles.
    pub fn cycle(self, traded_on: Date) -> u8 {
        if self.next_day { 1 } else { self.market.cycle(traded_on) }
    }
}

/// Whether the instrument is a bill, note or bond of the United States: their CUSIPs begin with 912 79 to
/// 912 83. Other issuers share the three digits (United States Steel, United States Oil Fund).
fn is_treasury(instrument: &Instrument) -> bool {
    let isin = instrument.isin.as_ref().map_or("", |isin| isin.as_str());
    let block = isin.strip_prefix("US912").and_then(|rest| rest.get(..2));
    block.is_some_and(|block| matches!(block, "79" | "80" | "81" | "82" | "83"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Isin;

    fn instrument(isin: &str, name: &str, exchange: &str) -> Instrument {
        Instrument {
            isin: Isin::parse(isin).ok(),
            name: name.into(),
            exchange: exchange.into(),
            ..Instrument::default()
        }
    }

    #[test]
    fn the_exchange_decides_before_the_currency() {
        for (exchange, market) in [
            ("NASDAQ", Market::UnitedStates),
            ("LSEETF", Market::UnitedKingdom),
            ("IBIS2", Market::Germany),
            ("AEB", Market::Euro),
            ("WSE", Market::Poland),
            ("TSE", Market::Canada),
            ("TSEJ", Market::Japan),
            ("SEHK", Market::HongKong),
            ("ebs", Market::Switzerland),
            ("JSE", Market::SouthAfrica),
            ("KSE", Market::Korea),
            ("ASX", Market::Australia),
            ("SGX", Market::Other),
            ("EUREX", Market::Euro),
        ] {
            assert_eq!(Market::of(&instrument("", "", exchange), Currency::USD), market);
        }
    }

    #[test]
    fn without_an_exchange_currency_and_isin_decide() {
        let fund = instrument("IE00B5BMR087", "iShares Core S&P 500 UCITS ETF", "");
        let accenture = instrument("IE00B4BNMY34", "Accenture plc", "");
        let sap = instrument("DE0007164600", "SAP SE", "");
        let asml = instrument("NL0010273215", "ASML Holding", "");
        assert_eq!(Market::of(&fund, Currency::USD), Market::UnitedKingdom);
        assert_eq!(Market::of(&fund, Currency::EUR), Market::Germany);
        assert_eq!(Market::of(&accenture, Currency::USD), Market::UnitedStates);
        assert_eq!(Market::of(&sap, Currency::EUR), Market::Germany);
        assert_eq!(Market::of(&asml, Currency::EUR), Market::Euro);
        assert_eq!(Market::of(&asml, Currency::PLN), Market::Poland);
        // As Trading 212 calls a fund; and without a name, as in the template.
        let named = instrument("IE00BFMXXD54", "Vanguard S&P 500 (Acc)", "");
        assert_eq!(Market::of(&named, Currency::USD), Market::UnitedKingdom);
        let nameless = |isin: &str| Market::of(&instrument(isin, "", ""), Currency::USD);
        assert_eq!(nameless("IE00B5BMR087"), Market::UnitedKingdom);
        assert_eq!(nameless("IE00B4BNMY34"), Market::UnitedStates);
        assert_eq!(nameless("US0378331005"), Market::UnitedStates);
        let of = |code: &str| Market::of(&asml, Currency::parse(code).unwrap());
        assert_eq!(of("ZAR"), Market::SouthAfrica);
        assert_eq!(of("KRW"), Market::Korea);
        assert_eq!(of("AUD"), Market::Australia);
        assert_eq!(of("CZK"), Market::Other);
    }

    #[test]
    fn dollars_for_european_notes_and_bonds_are_london_s() {
        let in_dollars =
            |isin: &str, name: &str| Market::of(&instrument(isin, name, ""), Currency::USD);
        for (isin, name) in [
            ("JE00B1VS3770", "WisdomTree Physical Gold"),
            ("JE00B1VS3770", ""),
            ("CH0454664001", "21Shares Bitcoin ETP"),
            ("XS2115336336", ""),
            ("XS2115336336", "GOLD ETC"),
        ] {
            assert_eq!(in_dollars(isin, name), Market::UnitedKingdom, "{isin} {name}");
        }
        // Listed in New York under the same prefixes: Aptiv, Royalty Pharma, On Holding, and the companies that
        // the template names by ISIN alone.
        for (isin, name) in [
            ("JE00B783TY65", "Aptiv PLC"),
            ("JE00BTDN8H13", ""),
            ("GB00BMVP7Y09", "Royalty Pharma plc"),
            ("CH1134540470", "On Holding AG"),
            ("IE000IVNQZ81", ""),
            ("IE00BLNN3691", ""),
            ("IE00BD845X29", ""),
            ("IE00BKYC3F77", ""),
            ("LU0038705702", ""),
            ("LU0584671464", "Adecoagro SA"),
        ] {
            assert_eq!(in_dollars(isin, name), Market::UnitedStates, "{isin} {name}");
        }
    }

    #[test]
    fn tokyo_is_told_from_toronto_by_the_yen() {
        let yen = Currency::parse("JPY").unwrap();
        let dollar = Currency::parse("CAD").unwrap();
        assert_eq!(Market::of(&instrument("", "", "TSE"), yen), Market::Japan);
        assert_eq!(Market::of(&instrument("", "", "TSE"), dollar), Market::Canada);
    }

    #[test]
    fn options_and_treasuries_settle_the_next_day() {
        let option =
            Instrument { kind: InstrumentKind::Derivative, ..instrument("", "P OEXP", "EUREX") };
        let rule = |instrument: &Instrument| SettlementRule::of(instrument, Currency::USD);
        assert_eq!(
            SettlementRule::of(&option, Currency::EUR),
            SettlementRule::next_day(Market::Euro)
        );
        for treasury in ["US91282CFV81", "US912797HP56", "US912810TV08"] {
            let bond = instrument(treasury, "", "");
            assert_eq!(rule(&bond), SettlementRule::next_day(Market::UnitedStates), "{treasury}");
        }
        // United States Steel, United States Oil Fund, and a corporate bond.
        for other in ["US9129091081", "US91232N2071", "US037833AK68"] {
            assert_eq!(rule(&instrument(other, "", "")), Market::UnitedStates.into(), "{other}");
        }
    }

    #[test]
    fn the_only_exchange_of_a_broker_wins_over_what_others_say() {
        let apple = instrument("US0378331005", "Apple", "NASDAQ");
        let zloty = Currency::PLN;
        assert_eq!(SettlementRule::at("LS EXCHANGE", &apple, zloty), Market::Germany.into());
        let turbo = Instrument { kind: InstrumentKind::Derivative, ..apple };
        assert_eq!(SettlementRule::at("LS EXCHANGE", &turbo, zloty), Market::Germany.into());
    }
}
