//! What the sender states of earlier years beside what the files of those years show.

use std::collections::BTreeMap;

use super::Years;
use crate::{
    money::Pln,
    statement::{Code, Diagnostic},
    tax::{LossClaim, Options, Status, YearAssessment},
};

impl Years {
    /// Warns where the files tell another figure than the one stated for the year answered for. What was stated counts,
    /// since it may be of other accounts as well.
    pub(super) fn compare_stated(
        &mut self,
        year: i16,
        before: &[YearAssessment],
        carried: Pln,
        options: &Options,
    ) {
        self.compare_losses(before, &options.losses);
        self.findings.extend(self.other_costs(year, carried, options.crypto_costs));
    }

    /// A year has one result for all accounts, so a loss beside sales of that year is that result or none.
    fn compare_losses(&mut self, before: &[YearAssessment], claims: &[LossClaim]) {
        // There is one loss of a year: of two claims the later one counts.
        let claims: BTreeMap<i16, Pln> =
            claims.iter().map(|claim| (claim.year, claim.amount)).collect();
        for shown in before {
            // Without sales nothing contradicts, and an incomplete year shows no result.
            if !self.disposed.contains(&shown.year) || shown.status != Status::Complete {
                continue;
            }
            let result = shown.securities.revenue - shown.securities.cost;
            let stated = claims.get(&shown.year).filter(|stated| **stated + result != Pln::ZERO);
            self.findings.extend(stated.map(|stated| {
                Diagnostic::new(Code::LossDiffers)
                    .found(shown.year.to_string(), stated.to_string())
                    .detail(result.to_string())
            }));
        }
    }

    fn other_costs(&self, year: i16, carried: Pln, stated: Option<Pln>) -> Option<Diagnostic> {
        let stated = stated.filter(|stated| *stated != carried)?;
        let is_shown = self.sums.range(..year).any(|(_, sums)| sums.has_crypto);
        // Where a figure is missing, the files do not tell what passes on.
        let is_sure = self.incomplete_cash.range(..year).next().is_none();
        (is_shown && is_sure).then(|| {
            Diagnostic::new(Code::CryptoCostsDiffer)
                .found(year.to_string(), stated.to_string())
                .detail(carried.to_string())
        })
    }
}
