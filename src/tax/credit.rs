//! Warnings about the credit of foreign tax: by country and year, not by payment.

use std::collections::{BTreeMap, BTreeSet};

use super::{CreditCap, InterestResult, Options, cash::Cash, treaty};
use crate::{
    ledger::Ledger,
    money::{Country, Pln},
    statement::{Code, Diagnostic, InstrumentIx},
};

/// Countries without a known treaty, with sources that conflict, and with more tax than was credited.
pub(super) fn warnings(cash: &Cash) -> Vec<Diagnostic> {
    let mut rates = BTreeSet::new();
    let mut over = BTreeMap::<(i16, Country), Pln>::new();
    for dividend in cash.dividends.items() {
        let Some(country) = dividend.country else { continue };
        if country == Country::PL || dividend.withheld_pln.is_zero() {
            continue;
        }
        rates.insert((dividend.year, country));
        let excess = dividend.withheld_pln - dividend.credit;
        if excess.is_positive() {
            *over.entry((dividend.year, country)).or_default() += excess;
        }
    }
    let finding = |code, year: i16, country: Country| {
        Diagnostic::new(code).found(year.to_string(), country.to_string())
    };
    let of_rate = rates.into_iter().filter_map(|(year, country)| match treaty::treaty(country) {
        None => Some(finding(Code::TreatyUnknown, year, country)),
        Some(known) if known.conflict => {
            let parts = std::iter::once(format!("{}%", known.dividend)).chain(known.positions());
            let detail = parts.collect::<Vec<_>>().join(", ");
            Some(finding(Code::TreatyConflict, year, country).detail(detail))
        }
        Some(_) => None,
    });
    // A grosz of rounding is no excess.
    let over = over.into_iter().filter(|(_, excess)| *excess >= Pln::from_grosze(100));
    let over = over.map(|((year, country), excess)| {
        finding(Code::OverWithheld, year, country).detail(excess.to_string())
    });
    of_rate.chain(over).collect()
}

/// Payments of Polish issuers of which less was taken than their payer has to (art. 30a ust. 1, art. 41 ust. 4 PIT): they
/// are final all the same, since only the sender can find out what was really taken.
pub(super) fn of_polish_payers(cash: &Cash, ledger: &Ledger) -> impl Iterator<Item = Diagnostic> {
    let dividends = cash.dividends.items().iter().filter(|paid| paid.country == Some(Country::PL));
    let dividends =
        dividends.map(|paid| ((paid.year, paid.instrument), paid.gross_pln, paid.withheld_pln));
    let is_polish =
        |paid: &&InterestResult| ledger.issuer_country(paid.instrument) == Some(Country::PL);
    let interest = cash.interest.items().iter().filter(is_polish);
    let interest =
        interest.map(|paid| ((paid.year, paid.instrument), paid.gross_pln, paid.withheld_pln));
    let mut missing = BTreeMap::<(i16, InstrumentIx), Pln>::new();
    for (key, gross, withheld) in dividends.chain(interest) {
        let short = Pln::declared(gross.amount() * Options::TAX_RATE) - withheld;
        // Where nothing was taken, the tax stands in a field of the return. A payer rounds to full złoty (art. 63 § 1 OP).
        if withheld.is_positive() && short >= Pln::from_grosze(100) {
            *missing.entry(key).or_default() += short;
        }
    }
    missing.into_iter().map(|((year, instrument), missing)| {
        let label = ledger.instrument(instrument).map_or("", |known| known.label());
        Diagnostic::new(Code::PolishTaxShort)
            .found(year.to_string(), label)
            .detail(missing.to_string())
    })
}

/// Payments of which nobody knows the country: what their treaty would allow is not known either.
pub(super) fn of_unknown_countries(
    cash: &Cash,
    ledger: &Ledger,
    cap: CreditCap,
) -> impl Iterator<Item = Diagnostic> {
    let mut credits = BTreeMap::<(i16, InstrumentIx), Pln>::new();
    let dividends = cash.dividends.items().iter().filter(|dividend| dividend.country.is_none());
    let is_unknown = |paid: &&InterestResult| ledger.issuer_country(paid.instrument).is_none();
    let interest = cash.interest.items().iter().filter(is_unknown);
    let credited = dividends
        .map(|dividend| (dividend.year, dividend.instrument, dividend.credit))
        .chain(interest.map(|interest| (interest.year, interest.instrument, interest.credit)));
    for (year, instrument, credit) in credited.filter(|(_, _, credit)| credit.is_positive()) {
        *credits.entry((year, instrument)).or_default() += credit;
    }
    if cap == CreditCap::Nineteen {
        credits.clear();
    }
    credits.into_iter().map(|((year, instrument), credit)| {
        let label = ledger.instrument(instrument).map_or("", |known| known.label());
        Diagnostic::new(Code::IncomeCountry)
            .found(year.to_string(), label)
            .detail(credit.to_string())
    })
}
