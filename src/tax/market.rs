//! Where a trade settles, and how many days after the trade.

use jiff::civil::Date;

use crate::{
    money::Currency,
    statement::{Instrument, InstrumentKind},
};

/// A settlement market: one calendar of business days and one cycle.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Market {
    /// United States: shares, funds, corporate bonds (NSCC, DTC).
    UnitedStates,
    /// United States: listed options.
    UnitedStatesOptions,
    /// Canada (CDS).
    Canada,
    /// Mexico (Indeval).
    Mexico,
    /// United Kingdom and Ireland's funds listed there (CREST).
    UnitedKingdom,
    /// The euro area by TARGET days, and every market without a calendar of its own.
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
const ALWAYS_TWO: Cycles = &[(EVER, 2)];
const ALWAYS_ONE: Cycles = &[(EVER, 1)];

impl Market {
    /// The market of an instrument traded in a currency.
    ///
    /// The exchange decides if the file names one that we know. Otherwise the trade currency does,
    /// with two refinements from the ISIN and the name: dollars for an Irish or Luxembourg fund are
    /// London's, and euros for a German share or such a fund are Xetra's. Ask once per instrument and
    /// currency, not per trade.
    ///
    /// ```
    /// use investtax::{money::Currency, statement::Instrument, tax::Market};
    ///
    /// let apple = Instrument { symbol: "AAPL".into(), ..Instrument::default() };
    /// assert_eq!(Market::of(&apple, Currency::USD), Market::UnitedStates);
    /// ```
    pub fn of(instrument: &Instrument, currency: Currency) -> Self {
        // IBKR writes Toronto as TSE and Oslo as OSE; others mean Tokyo and Osaka.
        let listed = match Self::of_exchange(&instrument.exchange) {
            Some(Self::Canada | Self::Norway) if currency.as_str() == "JPY" => Some(Self::Japan),
            listed => listed,
        };
        let market = listed.unwrap_or_else(|| Self::of_currency(instrument, currency));
        if market == Self::UnitedStates && instrument.kind == InstrumentKind::Derivative {
            return Self::UnitedStatesOptions;
        }
        market
    }

    /// The market of an exchange as brokers write it: codes of IBKR, MIC, and common names.
    fn of_exchange(exchange: &str) -> Option<Self> {
        let name = exchange.trim().to_ascii_uppercase();
        let known = |names: &[&str]| names.contains(&name.as_str());
        EXCHANGES.iter().find(|(_, names)| known(names)).map(|&(market, _)| market)
    }

    fn of_currency(instrument: &Instrument, currency: Currency) -> Self {
        let country = instrument.isin.and_then(|isin| isin.country());
        let prefix = country.as_ref().map_or("", |country| country.as_str());
        match currency.as_str() {
            "USD" if is_european_fund(instrument, prefix) => Self::UnitedKingdom,
            "USD" => Self::UnitedStates,
            "GBP" => Self::UnitedKingdom,
            "EUR" if prefix == "DE" || is_european_fund(instrument, prefix) => Self::Germany,
            "PLN" => Self::Poland,
            "CHF" => Self::Switzerland,
            "CAD" => Self::Canada,
            "MXN" => Self::Mexico,
            "SEK" => Self::Sweden,
            "NOK" => Self::Norway,
            "DKK" => Self::Denmark,
            "JPY" => Self::Japan,
            "HKD" => Self::HongKong,
            _ => Self::Euro,
        }
    }

    /// How many business days after the trade a trade of that day settles.
    pub fn cycle(self, traded_on: Date) -> u8 {
        let cycles = match self {
            Self::UnitedStates => UNITED_STATES,
            Self::Canada | Self::Mexico => NORTH_AMERICA,
            Self::UnitedStatesOptions => ALWAYS_ONE,
            Self::Germany => GERMANY,
            Self::UnitedKingdom
            | Self::Euro
            | Self::Switzerland
            | Self::Poland
            | Self::Sweden
            | Self::Norway
            | Self::Denmark => EUROPE,
            Self::Japan => JAPAN,
            Self::HongKong => ALWAYS_TWO,
        };
        let current = cycles.iter().rev().find(|(from, _)| *from <= traded_on);
        current.map_or(2, |&(_, days)| days)
    }
}

/// Whether the instrument is a fund that is listed in Europe although it may trade in dollars.
///
/// Irish and Luxembourg companies on Wall Street (Accenture, Medtronic, Spotify) share the prefix,
/// so the name must say that it is a fund. Where no name is told, those companies are known by their ISIN, and
/// what is none of them is a fund: a few dozen against thousands.
fn is_european_fund(instrument: &Instrument, prefix: &str) -> bool {
    if !matches!(prefix, "IE" | "LU") {
        return false;
    }
    let name = instrument.name.to_ascii_uppercase();
    if name.trim().is_empty() {
        let isin = instrument.isin.as_ref().map_or("", |isin| isin.as_str());
        return !COMPANIES_ON_WALL_STREET.contains(&isin);
    }
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| FUND_WORDS.contains(&word))
}

/// What names of funds are made of: their kind, what becomes of their income, and who issues them.
const FUND_WORDS: &[&str] = &[
    "UCITS",
    "ETF",
    "ETC",
    "ETP",
    "ACC",
    "DIST",
    "ACCUMULATING",
    "DISTRIBUTING",
    "ISHARES",
    "VANGUARD",
    "XTRACKERS",
    "AMUNDI",
    "LYXOR",
    "SPDR",
    "INVESCO",
    "WISDOMTREE",
    "VANECK",
    "HANETF",
    "JPM",
    "HSBC",
    "FRANKLIN",
];

/// Irish and Luxembourg companies whose shares are listed in New York and nowhere else for most investors.
const COMPANIES_ON_WALL_STREET: &[&str] = &[
    "IE00B4BNMY34", // Accenture
    "IE00BTN1Y115", // Medtronic
    "IE000S9YS762", // Linde
    "IE00BLP1HW54", // Aon
    "IE00B8KQN827", // Eaton
    "IE00BK9ZQ967", // Trane
    "IE00BY7QL619", // Johnson Controls
    "IE00BKVD2N49", // Seagate
    "IE00BFY8C754", // Steris
    "IE00BDB6Q211", // Willis Towers Watson
    "IE00BFRT3W74", // Allegion
    "IE00BDVJJQ56", // nVent
    "IE00BLS09M33", // Pentair
    "IE00B4Q5ZN47", // Jazz
    "IE0005711209", // Icon
    "IE00BGH1M568", // Perrigo
    "IE00B56GVS15", // Alkermes
    "IE00028FXN24", // Smurfit Westrock
    "IE00BWT6H894", // Flutter
    "IE0001827041", // CRH
    "LU1778762911", // Spotify
    "LU0974299876", // Globant
];

/// Exchanges by settlement market.
const EXCHANGES: &[(Market, &[&str])] = &[
    (
        Market::UnitedStates,
        &[
            "NASDAQ",
            "NYSE",
            "ARCA",
            "AMEX",
            "BATS",
            "IEX",
            "ISLAND",
            "PINK",
            "OTC",
            "OTCMARKETS",
            "NMS",
            "NYSEARCA",
            "NYSE ARCA",
            "NYSEAMERICAN",
            "CBOE",
            "XNAS",
            "XNYS",
            "ARCX",
            "XASE",
            "BATS-US",
            "NSDQ",
            "NSQ",
            "NDQ",
            "NSY",
            "ASE",
            "SMART/US",
        ],
    ),
    (
        Market::UnitedStatesOptions,
        &["CBOEOPT", "OPRA", "PHLX", "ISE", "BOX", "NASDAQOM", "MIAX", "AMEXOPT", "XCBO"],
    ),
    (Market::Canada, &["TSX", "TSXV", "VENTURE", "TSE", "XTSE", "XTSX", "TOR", "NEO", "AEQLIT"]),
    (Market::Mexico, &["MEXI", "BMV", "XMEX"]),
    (
        Market::UnitedKingdom,
        &["LSE", "LSEETF", "LSEIOB1", "AIM", "XLON", "LON", "LONDON STOCK EXCHANGE", "CHIXUK"],
    ),
    (
        Market::Germany,
        &[
            "XETRA",
            "IBIS",
            "IBIS2",
            "FWB",
            "FWB2",
            "SWB",
            "SWB2",
            "GETTEX",
            "GETTEX2",
            "TGATE",
            "TRADEGATE",
            "XETR",
            "XFRA",
            "XSTU",
            "XGAT",
            "XMUN",
            "EUWAX",
            "FRA",
            "GER",
            "XET",
            "TDG",
            "LS EXCHANGE",
            "DEUTSCHE BÖRSE XETRA",
        ],
    ),
    (
        Market::Euro,
        &[
            "AEB", "SBF", "ENEXT.BE", "BVL", "BVME", "BVME.ETF", "BM", "VSE", "HEX", "ISED",
            "XAMS", "XPAR", "XBRU", "XLIS", "XMIL", "XMAD", "XWBO", "XHEL", "XDUB", "EAM", "EPA",
            "EBR", "MIL", "MAD", "OMK",
        ],
    ),
    (Market::Switzerland, &["EBS", "VIRTX", "SIX", "XSWX", "XVTX", "SWX"]),
    (Market::Poland, &["WSE", "GPW", "XWAR", "NEWCONNECT", "XNCO"]),
    (Market::Sweden, &["SFB", "XSTO", "OMXSTO", "NGM", "OSE.ST"]),
    (Market::Norway, &["OSE", "XOSL", "OSL"]),
    (Market::Denmark, &["CPH", "XCSE", "OMXCOP"]),
    (Market::Japan, &["TSEJ", "XTKS", "TYO", "JPX"]),
    (Market::HongKong, &["SEHK", "HKEX", "XHKG", "HKSE", "HKG"]),
];

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
        assert_eq!(Market::of(&asml, Currency::parse("CZK").unwrap()), Market::Euro);
    }

    #[test]
    fn tokyo_is_told_from_toronto_by_the_yen() {
        let yen = Currency::parse("JPY").unwrap();
        let dollar = Currency::parse("CAD").unwrap();
        assert_eq!(Market::of(&instrument("", "", "TSE"), yen), Market::Japan);
        assert_eq!(Market::of(&instrument("", "", "TSE"), dollar), Market::Canada);
    }

    #[test]
    fn options_in_dollars_settle_the_next_day() {
        let option =
            Instrument { kind: InstrumentKind::Derivative, ..instrument("", "AAPL 250321C", "") };
        assert_eq!(Market::of(&option, Currency::USD), Market::UnitedStatesOptions);
    }
}
