//! A ledger in, every year's figures out; rates are gathered on the way.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    error::Fault,
    gather::{Progress, gather},
    lang::Lang,
    ledger::Ledger,
    money::Currency,
    ports::{Clock, RateSource, RateStore},
    rates::{MissingRate, RateBook, RateNeed},
    report::ReportInput,
    statement::Code,
    tax::{self, Assessment, Options, Worked},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The outside world of one process.
#[derive(Clone)]
pub struct Services {
    /// Where published tables are kept.
    pub rates: Arc<dyn RateStore>,
    /// Where tables come from; `None` works from the store alone.
    pub nbp: Option<Arc<dyn RateSource>>,
    /// What day it is.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").field("nbp", &self.nbp.is_some()).finish_non_exhaustive()
    }
}

/// A finished calculation with everything that it was made from.
#[derive(Debug)]
pub struct Calculated {
    /// The history.
    pub ledger: Ledger,
    /// The rates used.
    pub rates: RateBook,
    /// The figures.
    pub assessment: Assessment,
    /// What was chosen.
    pub options: Options,
    /// The day of the calculation.
    pub today: Date,
}

impl Calculated {
    /// The view that reports and replies are made from.
    pub fn report(&self, lang: Lang) -> ReportInput<'_> {
        ReportInput {
            ledger: &self.ledger,
            assessment: &self.assessment,
            rates: &self.rates,
            options: &self.options,
            today: self.today,
            lang,
        }
    }
}

/// A code that NBP publishes at no time needs other words than a day without a table.
fn tell_unknown_currencies(assessment: &mut Assessment, missing: &[MissingRate]) {
    let unknown: BTreeSet<Currency> = missing
        .iter()
        .filter(|missing| missing.code() == Code::NoSuchCurrency)
        .map(|missing| missing.currency)
        .collect();
    for finding in &mut assessment.diagnostics {
        let is_unknown = || unknown.iter().any(|currency| currency.as_str() == finding.value);
        if finding.code == Code::MissingRate && is_unknown() {
            finding.code = Code::NoSuchCurrency;
        }
    }
}

/// The rates that a ledger needs, as far as they can be given.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Rated {
    /// What is proven.
    pub book: RateBook,
    /// What is not.
    pub missing: Vec<MissingRate>,
}

/// Gathers the rates that the ledger needs and computes every year.
pub async fn calculate(
    ledger: Ledger,
    options: Options,
    services: &Services,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Calculated, Fault> {
    let today = services.clock.today();
    let rated = rate(&ledger, today, services, progress).await?;
    Ok(assess(ledger, rated, options, today))
}

/// Gathers the rates that the ledger needs.
#[tracing::instrument(target = "investtax::stage", name = "rates", skip_all)]
pub(super) async fn rate(
    ledger: &Ledger,
    today: Date,
    services: &Services,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Rated, Fault> {
    let mut need = RateNeed::default();
    tax::for_each_need(ledger, |currency, day| need.add(currency, day));
    let source = services.nbp.as_deref();
    let (book, missing) = gather(&need, services.rates.as_ref(), source, today, progress).await?;
    Ok(Rated { book, missing })
}

/// Computes every year with the rates given.
#[tracing::instrument(target = "investtax::stage", name = "calculate", skip_all, fields(events = ledger.transactions.len()))]
pub(super) fn assess(
    mut ledger: Ledger,
    rated: Rated,
    options: Options,
    today: Date,
) -> Calculated {
    let worked = tax::work_out(&ledger, &rated.book, &options);
    let assessment = conclude(&ledger, worked, &rated.missing, &options, today);
    ledger.tell_neutral(&assessment.outside);
    Calculated { ledger, rates: rated.book, assessment, options, today }
}

/// Sums up every year of a ledger whose events were worked out, in one or in parts.
pub(super) fn conclude(
    ledger: &Ledger,
    worked: Worked,
    missing: &[MissingRate],
    options: &Options,
    today: Date,
) -> Assessment {
    let mut assessment = tax::conclude(ledger, worked, options, today);
    tell_unknown_currencies(&mut assessment, missing);
    assessment
}
