//! Income of art. 30b whose country is not known, so that no PIT/ZG can be made for it.

use std::collections::{BTreeMap, BTreeSet};

use super::cash::Cash;
use crate::{
    ledger::Ledger,
    money::Pln,
    statement::{Code, Diagnostic, Instrument, InstrumentIx},
};

/// Securities sold, by year and instrument.
pub(super) fn of_sales(
    sold: BTreeSet<(i16, InstrumentIx)>,
    ledger: &Ledger,
) -> impl Iterator<Item = Diagnostic> {
    sold.into_iter().map(|(year, instrument)| {
        let label = ledger.instrument(instrument).map_or("", |known| known.label());
        Diagnostic::new(Code::CountryUnclear).found("", label).detail(year.to_string())
    })
}

/// So many names stand in a finding; a broker of CFDs has hundreds in a year.
const NAMES_MAX: usize = 3;

/// Results of derivatives, by year. A PIT-8C names no countries (tax-law 9.6), so those that it reports need none.
pub(super) fn of_results(cash: &Cash, ledger: &Ledger) -> impl Iterator<Item = Diagnostic> {
    let mut years = BTreeMap::<i16, (Pln, BTreeSet<InstrumentIx>)>::new();
    let unclear = cash.derivatives.items().iter().filter(|result| result.country.is_none());
    for result in unclear.filter(|result| !ledger.payers.contains(&result.account)) {
        let (sum, instruments) = years.entry(result.year).or_default();
        *sum += result.result_pln;
        instruments.insert(result.instrument);
    }
    years.into_iter().map(|(year, (sum, instruments))| {
        Diagnostic::new(Code::ResultCountry)
            .found(year.to_string(), names(&instruments, ledger))
            .detail(sum.to_string())
    })
}

fn names(instruments: &BTreeSet<InstrumentIx>, ledger: &Ledger) -> String {
    let labels = instruments.iter().filter_map(|&instrument| ledger.instrument(instrument));
    let labels: BTreeSet<&str> =
        labels.map(Instrument::label).filter(|label| !label.is_empty()).collect();
    let more = labels.len().saturating_sub(NAMES_MAX);
    let shown: Vec<&str> = labels.into_iter().take(NAMES_MAX).collect();
    let rest = if more > 0 { format!(", … (+{more})") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}
