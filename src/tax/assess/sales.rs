//! Sales of every year, and what keeps some of them from having a figure.

use std::collections::BTreeSet;

use super::Years;
use crate::{
    ledger::Ledger,
    money::Country,
    statement::Instrument,
    tax::{
        Disposal, blocked, cash,
        fifo::{OtherSide, Walked},
        unclear,
    },
};

impl Years {
    pub(super) fn add_walk(&mut self, ledger: &Ledger, walked: &Walked) {
        let countries: Vec<Option<Country>> =
            ledger.instruments.iter().map(Instrument::issuer_country).collect();
        let mut unknown = BTreeSet::new();
        let country_of = |disposal: &Disposal| {
            let place = usize::try_from(disposal.instrument.0).ok();
            place.and_then(|place| countries.get(place)).copied().flatten()
        };
        // Days ascend, so a year is one run, or nearly: its sums are looked up once.
        for run in walked.disposals.items().chunk_by(|a, b| a.year == b.year) {
            let Some(Disposal { year, .. }) = run.first() else { continue };
            let sums = self.sums.entry(*year).or_default();
            for disposal in run {
                sums.revenue += disposal.revenue;
                sums.cost += disposal.cost;
                match country_of(disposal) {
                    Some(country) => {
                        *sums.net_by_country.entry(country).or_default() += disposal.gain();
                    }
                    None => {
                        unknown.insert((*year, disposal.instrument));
                    }
                }
            }
            self.active.insert(*year);
            self.disposed.insert(*year);
        }
        let mut pairs = walked.disposals.items().iter().zip(walked.others.items()).peekable();
        while let Some((_, OtherSide { year, .. })) = pairs.peek() {
            let year = *year;
            let sums = self.others.entry(year).or_default();
            while let Some((disposal, other)) = pairs.next_if(|(_, other)| other.year == year) {
                sums.add(other.figures, country_of(disposal));
            }
        }
        self.findings.extend(unclear::of_sales(unknown, ledger));
        self.add_blocks(ledger, walked);
    }

    fn add_blocks(&mut self, ledger: &Ledger, walked: &Walked) {
        for unrated in walked.unrated.items() {
            self.incomplete.insert(unrated.year);
            self.active.insert(unrated.year);
            self.findings.push(cash::missing_rate(unrated.missing, unrated.source));
        }
        for year in walked.blocked_years.items() {
            self.incomplete.insert(*year);
            self.active.insert(*year);
        }
        self.findings.extend(blocked::findings(ledger, walked.blocked.items()));
    }
}
