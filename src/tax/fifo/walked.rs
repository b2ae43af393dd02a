//! What the walk through the history finds.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    money::Pln,
    rates::NoRate,
    statement::{AccountIx, Diagnostic, InstrumentIx, Source},
    tax::{
        BlockedInstrument, Disposal, MovedYear, OpenLot,
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
        self.disposals.merge(other.disposals);
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
}
