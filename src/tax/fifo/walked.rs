//! What the walk through the history finds.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    money::Pln,
    rates::NoRate,
    statement::{AccountIx, Diagnostic, InstrumentIx, Source},
    tax::{
        BlockedInstrument, Disposal, LotMatch, LotRun, MovedYear, OpenLot,
        placed::Placed,
        residence::{Outside, Straddling},
    },
};

/// What a disposal comes to under the basis that was not chosen.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(in crate::tax) struct OtherSide {
    pub(in crate::tax) year: i16,
    /// Revenue and cost; `None` where a rate is missing.
    pub(in crate::tax) figures: Option<(Pln, Pln)>,
}

/// A sale without figures because a rate is missing under the chosen basis.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(in crate::tax) struct Unrated {
    pub(in crate::tax) year: i16,
    pub(in crate::tax) missing: NoRate,
    pub(in crate::tax) source: Source,
}

/// Where a finding of the walk stands among the others: positions are compared at the end of a day.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(in crate::tax) enum Moment {
    Event(u32),
    Position(Source, AccountIx, InstrumentIx),
}

/// Everything that the walk found, by the place of its event in the ledger; what is said of a holding
/// stands where the holding began.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(in crate::tax) struct Walked {
    pub(in crate::tax) disposals: Placed<Disposal>,
    /// The lots of `disposals`, in the same order.
    pub(in crate::tax) lots: Vec<LotMatch>,
    /// Parallel to `disposals`.
    pub(in crate::tax) others: Placed<OtherSide>,
    pub(in crate::tax) open_lots: Placed<OpenLot>,
    pub(in crate::tax) blocked: Placed<BlockedInstrument>,
    /// Years in which a blocked instrument was sold.
    pub(in crate::tax) blocked_years: Placed<i16>,
    pub(in crate::tax) moved_years: Placed<MovedYear>,
    pub(in crate::tax) unrated: Placed<Unrated>,
    /// Sales outside the period of Polish residence.
    #[serde(default)]
    pub(in crate::tax) outside: Placed<Outside>,
    /// Sales that one basis puts into that period and the other does not.
    #[serde(default)]
    pub(in crate::tax) straddling: Placed<Straddling>,
    pub(in crate::tax) diagnostics: Placed<Diagnostic, (Date, Moment)>,
    /// Trades whose settlement day was derived.
    pub(in crate::tax) derived: usize,
    /// Markets that they were guessed for, by exchange or currency.
    #[serde(default)]
    pub(in crate::tax) guessed: BTreeSet<String>,
}

impl Walked {
    /// Takes in the walk through another part of the ledger.
    pub(in crate::tax) fn merge(&mut self, other: Self) {
        self.merge_disposals(other.disposals, other.lots);
        self.others.merge(other.others);
        self.open_lots.merge(other.open_lots);
        self.blocked.merge(other.blocked);
        self.blocked_years.merge(other.blocked_years);
        self.moved_years.merge(other.moved_years);
        self.unrated.merge(other.unrated);
        self.outside.merge(other.outside);
        self.straddling.merge(other.straddling);
        self.diagnostics.merge(other.diagnostics);
        self.derived += other.derived;
        self.guessed.extend(other.guessed);
    }

    fn merge_disposals(&mut self, mut disposals: Placed<Disposal>, lots: Vec<LotMatch>) {
        for disposal in disposals.items_mut() {
            disposal.lots = disposal.lots.after(self.lots.len());
        }
        self.lots.extend(lots);
        self.disposals.merge(disposals);
        self.put_lots_in_order();
    }

    /// Drops disposals whose number is not to be kept, and what lies beside them.
    pub(in crate::tax) fn keep_disposals(&mut self, keep: impl Fn(usize) -> bool) {
        self.disposals.retain(&keep);
        self.others.retain(&keep);
        self.put_lots_in_order();
    }

    /// Lots lie as their disposals do, whichever way these came together.
    fn put_lots_in_order(&mut self) {
        let mut ordered = Vec::with_capacity(self.lots.len());
        for disposal in self.disposals.items_mut() {
            disposal.lots =
                LotRun::push(&mut ordered, disposal.lots.of(&self.lots).iter().cloned());
        }
        self.lots = ordered;
    }
}
