//! The years under the basis that was not chosen, while they are summed up.

use std::collections::BTreeMap;

use super::{
    Basis, OtherBasis,
    poland::pit38::{self, Extra, Pool},
};
use crate::money::{Country, Pln};

/// One year's pool of art. 30b under the other basis.
#[derive(Clone, Debug, Default)]
pub(super) struct Other {
    revenue: Pln,
    cost: Pln,
    net_by_country: BTreeMap<Country, Pln>,
    /// A figure is missing, so none is given.
    is_unknown: bool,
}

impl Other {
    /// Adds a disposal, a result or a fee; `None` where a rate is missing for it.
    pub(super) fn add(&mut self, figures: Option<(Pln, Pln)>, country: Option<Country>) {
        let Some((revenue, cost)) = figures else {
            self.is_unknown = true;
            return;
        };
        self.revenue += revenue;
        self.cost += cost;
        if let Some(country) = country {
            *self.net_by_country.entry(country).or_default() += revenue - cost;
        }
    }

    /// Takes out what stands elsewhere.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.revenue -= other.revenue;
        self.cost -= other.cost;
        for (country, net) in &other.net_by_country {
            *self.net_by_country.entry(*country).or_default() -= *net;
        }
        self.is_unknown |= other.is_unknown;
    }

    /// The year's result, if every figure of it is known.
    pub(super) fn conclude(
        &self,
        year: i16,
        chosen: Basis,
        extra: &Extra<'_>,
    ) -> Option<OtherBasis> {
        if self.is_unknown {
            return None;
        }
        let Self { revenue, cost, ref net_by_country, .. } = *self;
        let (result, _, _) = pit38::securities(year, Pool { revenue, cost, net_by_country }, extra);
        let (income, loss, tax_due) = (result.income, result.loss, result.tax_due);
        Some(OtherBasis { basis: chosen.other(), income, loss, tax_due })
    }
}
