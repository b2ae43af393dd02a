//! What a reader produces, and the builder that it produces it with.

use hashbrown::HashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128_with_seed};

use super::capped::{Capped, keep_repair};
use super::{
    AccountIx, Code, Diagnostic, Event, EventKey, Expected, FileId, Instrument, InstrumentIx, Isin,
    KeyIsHash, Origin, ReportedPosition, Severity, Source, Transaction,
};

/// How the data rows of one file were taken; `total` is always the sum of the other four.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct RowCounts {
    /// All rows below the header, blank lines apart.
    pub total: u32,
    /// Rows that became events.
    pub used: u32,
    /// Known rows without a tax effect: deposits, conversions, subtotals.
    pub neutral: u32,
    /// Rows of events that another row already told.
    pub duplicate: u32,
    /// Rows that could not be understood; each has a diagnostic.
    pub unknown: u32,
}

/// One file, as read.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// Which file.
    pub file: FileId,
    /// The format's id.
    pub format: &'static str,
    /// Account names, by [`AccountIx`].
    pub accounts: Vec<String>,
    /// Accounts whose keeper issues a PIT-8C for the sales on them (art. 39 ust. 3 PIT).
    pub payers: Vec<AccountIx>,
    /// Accounts whose broker trades at one exchange alone, with its name as the settlement calendar knows it.
    pub venues: Vec<(AccountIx, &'static str)>,
    /// Accounts that are tax-free, also where another file does not show it.
    pub exempt: Vec<AccountIx>,
    /// Instruments, by [`InstrumentIx`].
    pub instruments: Vec<Instrument>,
    /// Events in no particular order.
    pub transactions: Vec<Transaction>,
    /// Positions that the broker reports.
    pub positions: Vec<ReportedPosition>,
    /// What another report of the broker must tell.
    pub expected: Vec<Expected>,
    /// How the rows were taken.
    pub rows: RowCounts,
    /// What was found wrong or noteworthy.
    pub diagnostics: Vec<Diagnostic>,
    /// Rows that could not be read, as far as they fit the template.
    pub repairs: Vec<RepairRow>,
    /// Rows of our repair template and the rows of earlier files that they stand for.
    pub repaired: Vec<(u32, Origin)>,
}

impl Statement {
    /// Gives the file another number, wherever it stands.
    pub fn renumber(&mut self, file: FileId) {
        if self.file == file {
            return;
        }
        self.file = file;
        for transaction in &mut self.transactions {
            transaction.source.file = file;
        }
        for repair in &mut self.repairs {
            repair.source.file = file;
        }
        for position in &mut self.positions {
            position.source.file = file;
        }
        for expected in &mut self.expected {
            expected.source.file = file;
        }
        for found in self.diagnostics.iter_mut().filter(|found| found.file.is_some()) {
            found.file = Some(file);
        }
    }
}

/// A row that could not be read, ready for the repair template: raw text by template column.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct RepairRow {
    /// Where it stands.
    pub source: Source,
    /// Template column name (`date`, `isin`, …; PRODUCT §4) and the sender's own text.
    #[serde(deserialize_with = "super::known::cells")]
    pub cells: Vec<(&'static str, String)>,
}

/// Collects one statement. Interns accounts and instruments, counts rows, makes event keys.
#[derive(Debug)]
pub struct StatementBuilder {
    statement: Statement,
    by_isin: HashMap<Isin, InstrumentIx>,
    by_symbol: HashMap<String, InstrumentIx>,
    by_account: HashMap<String, AccountIx>,
    occurrences: HashMap<EventKey, u32, KeyIsHash>,
    capped: Capped,
}

impl StatementBuilder {
    /// An empty statement of a format.
    pub fn new(file: FileId, format: &'static str) -> Self {
        Self {
            statement: Statement { file, format, ..Statement::default() },
            by_isin: HashMap::new(),
            by_symbol: HashMap::new(),
            by_account: HashMap::new(),
            occurrences: HashMap::default(),
            capped: Capped::default(),
        }
    }

    /// The place of a row in this file.
    pub fn source(&self, row: u32) -> Source {
        Source { file: self.statement.file, row }
    }

    /// The account of that name, new or known.
    pub fn account(&mut self, name: &str) -> AccountIx {
        if let Some(&known) = self.by_account.get(name) {
            return known;
        }
        let index = AccountIx(u32::try_from(self.statement.accounts.len()).unwrap_or(u32::MAX));
        self.statement.accounts.push(name.to_owned());
        self.by_account.insert(name.to_owned(), index);
        index
    }

    /// Notes that the keeper of the account issues a PIT-8C for the sales on it.
    pub fn payer(&mut self, account: AccountIx) {
        if !self.statement.payers.contains(&account) {
            self.statement.payers.push(account);
        }
    }

    /// Notes the exchange at which alone the broker of the account trades.
    pub fn venue(&mut self, account: AccountIx, exchange: &'static str) {
        if !self.statement.venues.contains(&(account, exchange)) {
            self.statement.venues.push((account, exchange));
        }
    }

    /// Notes that the account, which must bear a name of its own, is tax-free in every file.
    pub fn exempt(&mut self, account: AccountIx) {
        self.statement.exempt.push(account);
    }

    /// The instrument with that ISIN, or with that symbol if there is no ISIN; new or known.
    ///
    /// Symbol and name of the first mention stay. The same symbol with another ISIN is another
    /// instrument (tickers are reused); the ledger later joins symbols to ISINs where that is clear.
    pub fn instrument(&mut self, isin: Option<Isin>, symbol: &str, name: &str) -> InstrumentIx {
        let known = match isin {
            Some(isin) => self.by_isin.get(&isin),
            None => self.by_symbol.get(symbol),
        };
        if let Some(&index) = known {
            return index;
        }
        let index =
            InstrumentIx(u32::try_from(self.statement.instruments.len()).unwrap_or(u32::MAX));
        self.statement.instruments.push(Instrument {
            isin,
            symbol: symbol.to_owned(),
            name: name.to_owned(),
            ..Instrument::default()
        });
        match isin {
            Some(isin) => self.by_isin.insert(isin, index),
            None => self.by_symbol.insert(symbol.to_owned(), index),
        };
        index
    }

    /// The instrument with that ISIN, if it was mentioned before: spares reading its names again.
    pub fn known_instrument(&self, isin: Isin) -> Option<InstrumentIx> {
        self.by_isin.get(&isin).copied()
    }

    /// Access to an instrument, to fill in kind, country or exchange.
    pub fn instrument_mut(&mut self, index: InstrumentIx) -> Option<&mut Instrument> {
        self.statement.instruments.get_mut(usize::try_from(index.0).ok()?)
    }

    /// The key of an event that the broker numbers: `scope` names broker and kind of id, `id` the rest.
    pub fn key(&self, scope: &str, id: &[u8]) -> EventKey {
        // In one shot: a streaming hasher costs more to set up than a row costs to hash.
        EventKey::from(split(xxh3_128_with_seed(id, xxh3_64(scope.as_bytes()))))
    }

    /// The key of an event that the broker does not number: its content and how many equal ones the
    /// file had before. Two identical fills are two events; the same two in another export are not.
    pub fn content_key(&mut self, scope: &str, content: &[u8]) -> EventKey {
        let plain = self.key(scope, content);
        let seen = self.occurrences.entry(plain).or_insert(0);
        *seen += 1;
        let [low, high] = <[u64; 2]>::from(plain).map(u64::to_le_bytes);
        EventKey::from(split(xxh3_128_with_seed([low, high].as_flattened(), u64::from(*seen))))
    }

    /// Adds an event; the row is counted apart, by [`Self::used`].
    pub fn push(&mut self, transaction: Transaction) {
        self.statement.transactions.push(transaction);
    }

    /// Access to the events so far, to attach a charge that stands in a later row.
    pub fn transactions_mut(&mut self) -> &mut [Transaction] {
        &mut self.statement.transactions
    }

    /// Notes an event that the row mentions and another report must tell.
    pub fn expect(&mut self, expected: Expected) {
        self.statement.expected.push(expected);
    }

    /// Adds a position that the broker reports.
    pub fn position(&mut self, position: ReportedPosition) {
        self.statement.positions.push(position);
    }

    /// Blocks an instrument: no figure of it is given. A diagnostic must say why.
    pub fn block(
        &mut self,
        account: AccountIx,
        instrument: InstrumentIx,
        day: jiff::civil::Date,
        row: u32,
    ) {
        let source = self.source(row);
        self.push(Transaction {
            source,
            key: None,
            account,
            instrument,
            day,
            millisecond: 0,
            event: Event::Block,
        });
    }

    /// Counts a row that became events.
    pub fn used(&mut self) {
        self.statement.rows.used += 1;
        self.statement.rows.total += 1;
    }

    /// Counts a known row without a tax effect.
    pub fn neutral(&mut self) {
        self.statement.rows.neutral += 1;
        self.statement.rows.total += 1;
    }

    /// Counts a row that repeats another row of the same file.
    pub fn duplicate(&mut self) {
        self.statement.rows.duplicate += 1;
        self.statement.rows.total += 1;
    }

    /// Counts a row that could not be understood. Push its diagnostics as well.
    pub fn unknown(&mut self) {
        self.statement.rows.unknown += 1;
        self.statement.rows.total += 1;
    }

    /// Adds a finding.
    pub fn diagnose(&mut self, diagnostic: Diagnostic) {
        self.capped.add(&mut self.statement.diagnostics, diagnostic);
    }

    /// Keeps an unreadable row for the repair template.
    pub fn repair(&mut self, row: u32, cells: Vec<(&'static str, String)>) {
        let source = self.source(row);
        keep_repair(&mut self.statement.repairs, RepairRow { source, cells });
    }

    /// Notes that a row stands for a row of an earlier file.
    pub fn repaired(&mut self, row: u32, origin: Origin) {
        self.statement.repaired.push((row, origin));
    }

    /// Reserves room when the number of rows is known roughly.
    pub fn reserve(&mut self, rows: usize) {
        self.statement.transactions.reserve(rows);
        self.occurrences.reserve(rows);
    }

    /// The finished statement. A file without any row is an error of its own.
    pub fn finish(mut self) -> Statement {
        let silent =
            !self.statement.diagnostics.iter().any(|found| found.severity == Severity::Error);
        if self.statement.rows.total == 0 && silent {
            let file = self.statement.file;
            self.diagnose(Diagnostic::in_file(Code::NoRows, file));
        }
        self.capped.finish(self.statement.file, &mut self.statement.diagnostics);
        self.statement
    }
}

fn split(hash: u128) -> [u64; 2] {
    let bytes = hash.to_le_bytes();
    let (low, high) = bytes.split_at(8);
    [low, high].map(|half| u64::from_le_bytes(half.try_into().unwrap_or_default()))
}
