//! Which instruments are listed in Europe although they may trade in dollars.

use crate::statement::Instrument;

/// Whether dollars for the instrument were paid in Europe: funds, notes on goods and coins, and bonds of the
/// international depositories (`XS`), which settle as in London.
pub(super) fn trades_in_europe(instrument: &Instrument, prefix: &str) -> bool {
    match prefix {
        "XS" => true,
        // Shares with these prefixes are as often listed in New York: only what says that it is traded like a fund.
        "GG" | "GB" | "CH" | "DE" | "SE" => names(instrument, TRADED_LIKE_FUNDS),
        // Jersey's notes on metals are many, its companies in New York a dozen.
        "JE" => {
            !is_on_wall_street(instrument)
                && (instrument.name.trim().is_empty() || names(instrument, TRADED_LIKE_FUNDS))
        }
        _ => is_fund(instrument, prefix),
    }
}

/// Whether the instrument is an Irish or Luxembourg fund.
///
/// Irish and Luxembourg companies on Wall Street (Accenture, Medtronic, Spotify) share the prefix,
/// so the name must say that it is a fund. Where no name is told, those companies are known by their ISIN, and
/// what is none of them is a fund: a few dozen against thousands.
pub(super) fn is_fund(instrument: &Instrument, prefix: &str) -> bool {
    matches!(prefix, "IE" | "LU")
        && !is_on_wall_street(instrument)
        && (instrument.name.trim().is_empty() || names(instrument, FUND_WORDS))
}

fn is_on_wall_street(instrument: &Instrument) -> bool {
    let isin = instrument.isin.as_ref().map_or("", |isin| isin.as_str());
    COMPANIES_ON_WALL_STREET.contains(&isin)
}

/// Whether the name has one of the words.
fn names(instrument: &Instrument, words: &[&str]) -> bool {
    let name = instrument.name.to_ascii_uppercase();
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}

/// What names of exchange-traded products are made of where companies share the prefix of the ISIN; words that
/// are names of listed companies as well are left out.
const TRADED_LIKE_FUNDS: &[&str] = &[
    "UCITS",
    "ETF",
    "ETC",
    "ETP",
    "ETN",
    "ETCS",
    "ETPS",
    "PHYSICAL",
    "21SHARES",
    "COINSHARES",
    "WISDOMTREE",
    "ISHARES",
    "XTRACKERS",
    "VANECK",
];

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

/// Companies of Ireland, Luxembourg and Jersey whose shares are or were listed in New York and nowhere else for most investors.
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
    "IE00BZ12WP82", // Linde until 2023
    "IE000R94NGM2", // James Hardie since 2025
    "IE000IVNQZ81", // TE Connectivity
    "IE00BLNN3691", // Weatherford
    "IE00BD845X29", // Adient
    "IE00BKYC3F77", // Cimpress
    "IE00B91XRN20", // Prothena
    "IE0000QBK8U7", // Trinseo
    "IE00BQPVQZ61", // Horizon Therapeutics
    "IE00BY9D5467", // Allergan
    "IE00BBGT3753", // Mallinckrodt
    "IE00BJ3V9050", // Endo
    "IE00BDGMC594", // Avadel
    "IE0003LFZ4U7", // Dole
    "IE000GID8VI0", // GH Research
    "IE000LK2BOB4", // Mural Oncology
    "IE00B5LRLL25", // XL Group
    "IE00B68SQD29", // Covidien
    "IE00B6330302", // Ingersoll-Rand, later Trane
    "LU1778762911", // Spotify
    "LU0974299876", // Globant
    "LU0038705702", // Millicom
    "LU0584671464", // Adecoagro
    "LU1701428291", // Nexa Resources
    "LU1756447840", // Corporación América Airports
    "LU2369833749", // Ardagh Metal Packaging
    "LU1565283667", // Ardagh Group
    "LU1092234845", // Orion
    "LU1057788488", // Trinseo until 2021
    "LU0445408270", // Altisource
    "LU1102842090", // Atento
    "LU2391723694", // Perimeter Solutions
    "LU2458332611", // Alvotech
    "LU2360697374", // Freyr Battery
    "JE00B783TY65", // Aptiv until 2024
    "JE00BTDN8H13", // Aptiv
    "JE00BD85SC56", // Delphi Technologies
    "JE00BJ1F3079", // Amcor until 2026
    "JE00BV7DQ550", // Amcor
    "JE00BYSS4X48", // Novocure
    "JE00BJJN4441", // Clarivate
    "JE00BJVNSS43", // Ferguson until 2024
    "JE00BYPZJM29", // Janus Henderson
    "JE00BS44BN30", // Birkenstock
    "JE00BL970N11", // Gambling.com
    "JE00BLG2ZQ72", // Quotient
    "JE00BM9HZ112", // Arcadium Lithium
    "JE00BF0XVB15", // Caledonia Mining
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Isin;

    #[test]
    fn companies_are_written_without_a_slip() {
        for isin in COMPANIES_ON_WALL_STREET {
            assert!(Isin::parse(isin).unwrap().has_valid_check_digit(), "{isin}");
        }
        let once: std::collections::BTreeSet<_> = COMPANIES_ON_WALL_STREET.iter().collect();
        assert_eq!(once.len(), COMPANIES_ON_WALL_STREET.len());
    }
}
