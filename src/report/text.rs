//! Figures and names as report text: one place between the assessment and the wording.

use rust_decimal::Decimal;

use super::ReportInput;
use crate::{
    money::{Money, Pln},
    rates::RateIx,
    statement::{AccountIx, Diagnostic, InstrumentIx, Source},
    wording::{self, echo, numbers},
};

/// Stands where there is nothing to say.
pub(super) const DASH: &str = "–";

/// An instrument as the report names it; the texts are harmless to print.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct InstrumentName<'a> {
    /// The symbol, may be empty.
    pub(super) symbol: String,
    /// The ISIN, may be empty.
    pub(super) isin: &'a str,
    /// The full name, may be empty.
    pub(super) name: String,
}

impl InstrumentName<'_> {
    /// The symbol, else the ISIN, else the name.
    pub(super) fn label(&self) -> &str {
        let known = [self.symbol.as_str(), self.isin, self.name.as_str()];
        known.into_iter().find(|text| !text.is_empty()).unwrap_or(DASH)
    }

    /// The label, and the ISIN in a second line if it is not the label itself.
    pub(super) fn two_lines(&self) -> String {
        if self.isin.is_empty() || self.label() == self.isin {
            return self.label().to_owned();
        }
        format!("{}\n{}", self.label(), self.isin)
    }
}

/// The names of an instrument, without control and direction characters.
pub(super) fn instrument<'a>(input: &ReportInput<'a>, index: InstrumentIx) -> InstrumentName<'a> {
    let Some(instrument) = input.ledger.instrument(index) else {
        return InstrumentName::default();
    };
    InstrumentName {
        symbol: echo(&instrument.symbol),
        isin: instrument.isin.as_ref().map_or("", |isin| isin.as_str()),
        name: echo(&instrument.name),
    }
}

/// The name of an account.
pub(super) fn account(input: &ReportInput<'_>, index: AccountIx) -> String {
    echo(input.ledger.account(index))
}

/// The file of a fact.
pub(super) fn file(input: &ReportInput<'_>, source: Source) -> String {
    echo(input.ledger.file_name(source.file))
}

/// Złoty without the currency, for columns that name it in their head: `1 234,50`.
pub(super) fn pln(input: &ReportInput<'_>, amount: Pln) -> String {
    numbers::amount(amount.amount(), input.lang)
}

/// A quantity as it stands.
pub(super) fn quantity(input: &ReportInput<'_>, quantity: Decimal) -> String {
    numbers::quantity(quantity, input.lang)
}

/// The rate as published: `4,0321`; nothing for the złoty.
pub(super) fn rate(input: &ReportInput<'_>, rate: RateIx) -> String {
    let rate = input.rates.published(rate);
    rate.map_or_else(String::new, |rate| numbers::rate(rate.mid, input.lang))
}

/// Table number and day of publication in two lines; a dash for the złoty.
pub(super) fn table(input: &ReportInput<'_>, rate: RateIx) -> String {
    let Some(rate) = input.rates.published(rate) else { return DASH.to_owned() };
    format!("{}\n{}", input.rates.number(rate), numbers::date(rate.published_on))
}

/// An amount, and the rate that it is multiplied by in a second line.
pub(super) fn times_rate(input: &ReportInput<'_>, amount: Money, rate: RateIx) -> String {
    let amount = numbers::money(amount, input.lang);
    let Some(rate) = input.rates.published(rate) else { return amount };
    format!("{amount}\n× {}", numbers::rate(rate.mid, input.lang))
}

/// Where a finding stands: file and row, as far as known.
pub(super) fn place(input: &ReportInput<'_>, finding: &Diagnostic) -> String {
    let name = finding.file.map(|file| echo(input.ledger.file_name(file))).unwrap_or_default();
    wording::report::place(&name, finding.row, input.lang)
}

/// What a finding says, in one sentence.
pub(super) fn finding(input: &ReportInput<'_>, diagnostic: &Diagnostic) -> String {
    wording::diagnostic(diagnostic, input.lang).what
}
