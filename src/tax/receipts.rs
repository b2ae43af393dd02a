//! Depositary receipts: their ISIN is of the depositary's country, the company may be resident elsewhere. The
//! company's residence decides on the treaty rate of a dividend and on the country of PIT/ZG (tax-law 7.13, 9.4).

use std::collections::{BTreeSet, HashSet};

use rust_decimal::Decimal;

use super::{Disposal, DividendResult};
use crate::{
    ledger::Ledger,
    money::Country,
    statement::{Code, Diagnostic, Instrument, InstrumentIx},
};

/// A warning for each year and instrument whose country was taken from the ISIN of what is likely a receipt.
pub(super) fn warnings(
    ledger: &Ledger,
    disposals: &[Disposal],
    dividends: &[DividendResult],
) -> Vec<Diagnostic> {
    let by_isin =
        |index: InstrumentIx| ledger.instrument(index).filter(|known| known.country.is_none());
    // A country that a row states goes before the ISIN's.
    let derived = |dividend: &&DividendResult| {
        dividend.country.is_some()
            && dividend.country == by_isin(dividend.instrument).and_then(Instrument::issuer_country)
    };
    let dividends = || dividends.iter().filter(derived).filter(|one| !one.withheld.is_zero());
    let mut receipts: HashSet<InstrumentIx> =
        dividends().filter(|one| is_taxed_elsewhere(one)).map(|one| one.instrument).collect();
    let indexes = (0..).map(InstrumentIx).zip(&ledger.instruments);
    let named = indexes.filter(|(_, known)| known.country.is_none() && is_called_a_receipt(known));
    receipts.extend(named.map(|(index, _)| index));
    if receipts.is_empty() {
        return Vec::new();
    }
    let sold = disposals.iter().map(|sale| (sale.year, sale.instrument));
    let paid = dividends().map(|dividend| (dividend.year, dividend.instrument));
    let met: BTreeSet<_> =
        sold.chain(paid).filter(|(_, instrument)| receipts.contains(instrument)).collect();
    met.into_iter()
        .filter_map(|(year, instrument)| {
            let known = by_isin(instrument)?;
            let country = known.issuer_country()?;
            let finding = Diagnostic::new(Code::DepositaryReceipt);
            Some(finding.found(year.to_string(), known.label()).detail(country.to_string()))
        })
        .collect()
}

/// Whether the name says so: `TAIWAN SEMICONDUCTOR-SP ADR`, `Gazprom GDR`.
fn is_called_a_receipt(instrument: &Instrument) -> bool {
    let words = instrument.name.split(|c: char| !c.is_alphanumeric());
    words.into_iter().any(|word| {
        ["ADR", "ADRS", "ADS", "GDR", "GDRS", "DEPOSITARY"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// What the United States take of a dividend of their own companies, in percent: by treaties, without one, of
/// partnerships.
const AMERICAN_RATES: [i64; 5] = [0, 10, 15, 30, 37];

/// Whether the tax on a dividend with an American ISIN is none that the United States take.
fn is_taxed_elsewhere(dividend: &DividendResult) -> bool {
    let (gross, withheld) = (dividend.gross, dividend.withheld);
    // Of a few cents no rate can be told.
    let is_telling = gross.currency == withheld.currency && gross.amount >= Decimal::ONE;
    let is_near = |percent: &i64| {
        let taken = gross.amount * Decimal::new(*percent, 2);
        (taken - withheld.amount).abs() <= Decimal::new(2, 2) + gross.amount * Decimal::new(1, 2)
    };
    dividend.country == Some(Country::US) && is_telling && !AMERICAN_RATES.iter().any(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Instrument {
        Instrument { name: name.to_owned(), ..Instrument::default() }
    }

    #[test]
    fn a_receipt_is_known_by_a_word_of_its_name() {
        for name in
            ["ZZTOP SEMICONDUCTOR-SP ADR", "Zzyx Group (ADR)", "Zzyx global depositary rcpt"]
        {
            assert!(is_called_a_receipt(&named(name)), "{name}");
        }
        for name in ["Adriatic Metals", "ADSK Inc", "Broadridge", ""] {
            assert!(!is_called_a_receipt(&named(name)), "{name}");
        }
    }
}
