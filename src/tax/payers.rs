//! Sales that a Polish house has reported in a PIT-8C: where the sender states its amounts, they stand in fields 20
//! and 21, and the same sales must not be in fields 22 and 23 as well.

use std::collections::BTreeMap;

use super::{cash::Cash, fifo::Walked, other::Other};
use crate::{
    ledger::Ledger,
    money::{Country, Pln},
};

/// What one year's events on accounts with a PIT-8C came to.
#[derive(Debug)]
pub(super) struct Reported {
    pub(super) revenue: Pln,
    pub(super) cost: Pln,
    /// Gains of disposals and results of derivatives by country.
    pub(super) net_by_country: BTreeMap<Country, Pln>,
    /// The same under the other basis.
    pub(super) other: Other,
    /// Sales, results and fees.
    pub(super) events: usize,
}

/// Sums up the year's disposals, results of derivatives and fees on accounts whose keeper issues a PIT-8C.
pub(super) fn reported(ledger: &Ledger, walked: &Walked, cash: &Cash, year: i16) -> Reported {
    let mut found = Reported {
        revenue: Pln::ZERO,
        cost: Pln::ZERO,
        net_by_country: BTreeMap::new(),
        other: Other::default(),
        events: 0,
    };
    let is_payer = |account| ledger.payers.contains(&account);
    let sold = walked.disposals.items().iter().zip(walked.others.items());
    for (disposal, other) in sold.filter(|(disposal, _)| is_payer(disposal.account)) {
        let country = ledger.issuer_country(disposal.instrument);
        if disposal.year == year {
            found.revenue += disposal.revenue;
            found.cost += disposal.cost;
            if let Some(country) = country {
                *found.net_by_country.entry(country).or_default() += disposal.gain();
            }
            found.events += 1;
        }
        if other.year == year {
            found.other.add(other.figures, country);
        }
    }
    let results = cash.derivatives.items().iter().filter(|result| result.year == year);
    for result in results.filter(|result| is_payer(result.account)) {
        let (revenue, cost) = (result.result_pln.or_zero(), (-result.result_pln).or_zero());
        found.revenue += revenue;
        found.cost += cost;
        found.other.add(Some((revenue, cost)), result.country);
        if let Some(country) = result.country {
            *found.net_by_country.entry(country).or_default() += result.result_pln;
        }
        found.events += 1;
    }
    let fees = cash.fees.items().iter().filter(|fee| fee.year == year && is_payer(fee.account));
    for fee in fees {
        found.cost += fee.amount_pln;
        found.other.add(Some((Pln::ZERO, fee.amount_pln)), None);
        found.events += 1;
    }
    found
}
