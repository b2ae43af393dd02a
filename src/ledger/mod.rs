//! Many statements, one history: merged, deduplicated, ordered.

mod companion;
mod days;
mod identity;
mod listings;
mod merge;
mod opening;
mod order;
mod repair;
mod restated;
mod retold;
mod survey;
mod suspect;
mod transfer;
mod unsplit;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::money::Country;
use crate::statement::{
    AccountIx, Diagnostic, FileId, FileTag, FormatId, Instrument, InstrumentIx, Origin, RepairRow,
    ReportedPosition, RowCounts, Source, Transaction,
};

pub(crate) use merge::AMOUNT_MAX;
pub use merge::{Input, merge};
pub(crate) use order::{content, currency};

/// What became of one input file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct InputSummary {
    /// Which file.
    pub file: FileId,
    /// Its name for people.
    pub name: String,
    /// What its content is known by.
    pub tag: FileTag,
    /// The id of its format; empty if it was not recognised.
    #[serde(deserialize_with = "crate::statement::known::format")]
    pub format: FormatId,
    /// The accounts found in it, joined by a comma.
    pub account: String,
    /// How its rows were taken.
    pub rows: RowCounts,
}

/// The exchange at which an account trades an instrument.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Listing {
    /// The account.
    pub account: AccountIx,
    /// The instrument.
    pub instrument: InstrumentIx,
    /// As the broker writes it.
    pub exchange: String,
}

/// All events of all files, each once, in the order in which the tax takes them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Ledger {
    /// Account names, by [`AccountIx`].
    pub accounts: Vec<String>,
    /// Accounts whose keeper issues a PIT-8C for the sales on them.
    pub payers: BTreeSet<AccountIx>,
    /// Accounts whose broker trades at one exchange alone, with that exchange.
    #[serde(default)]
    pub venues: BTreeMap<AccountIx, String>,
    /// Accounts that trade an instrument at another exchange than [`Instrument::exchange`].
    #[serde(default)]
    pub listings: Vec<Listing>,
    /// Instruments, by [`InstrumentIx`]; one entry per identity over all files.
    pub instruments: Vec<Instrument>,
    /// Events, in the order in which the tax takes them.
    pub transactions: Vec<Transaction>,
    /// Positions that brokers report.
    pub positions: Vec<ReportedPosition>,
    /// The files, by [`FileId`].
    pub inputs: Vec<InputSummary>,
    /// Findings of reading and merging.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that leave one year incomplete: income that a report mentions and no file tells.
    pub gaps: Vec<(i16, Diagnostic)>,
    /// Rows for the repair template.
    pub repairs: Vec<RepairRow>,
}

impl Ledger {
    /// Counts rows as neutral that were read and turned out to have no effect on this result; each row once.
    pub fn tell_neutral(&mut self, rows: &[Source]) {
        let mut rows: Vec<Source> = rows.to_vec();
        rows.sort_unstable();
        rows.dedup();
        for input in &mut self.inputs {
            let count = rows.iter().filter(|row| row.file == input.file).count();
            let count = u32::try_from(count).unwrap_or(u32::MAX).min(input.rows.used);
            input.rows.used -= count;
            input.rows.neutral += count;
        }
    }

    /// The name of an account.
    pub fn account(&self, index: AccountIx) -> &str {
        let name = usize::try_from(index.0).ok().and_then(|at| self.accounts.get(at));
        name.map_or("", String::as_str)
    }

    /// The country of who issued an instrument, as far as known.
    pub fn issuer_country(&self, index: InstrumentIx) -> Option<Country> {
        self.instrument(index).and_then(Instrument::issuer_country)
    }

    /// The instrument, or `None` for [`InstrumentIx::NONE`].
    pub fn instrument(&self, index: InstrumentIx) -> Option<&Instrument> {
        self.instruments.get(usize::try_from(index.0).ok()?)
    }

    /// The row of a file in words that survive a mail and a spreadsheet.
    pub fn origin(&self, source: Source) -> Option<Origin> {
        let at = usize::try_from(source.file.0).ok()?;
        Some(Origin { file: self.inputs.get(at)?.tag, row: source.row })
    }

    /// The name of a file.
    pub fn file_name(&self, file: FileId) -> &str {
        let summary = usize::try_from(file.0).ok().and_then(|at| self.inputs.get(at));
        summary.map_or("", |input| input.name.as_str())
    }
}
