//! The state of one reading, and what all sections share: accounts, instruments, findings.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    account::Accounts,
    category::Category,
    cells,
    charges::LateCharge,
    corporate_actions::Action,
    crossing::Crossing,
    description::Subject,
    instruments::{Found, Listing, Listings},
    positions::Positions,
    scan::{Orders, Survey},
    session::Place,
    symbols::Symbols,
    table::{Problem, Row},
    tally::Tally,
    trades,
};
use crate::{
    money::{Currency, Money},
    statement::{
        AccountIx, Code, Diagnostic, Event, EventKey, FileId, InstrumentIx, InstrumentKind, Isin,
        Severity, Statement, StatementBuilder, Transaction, number_for_key, when::Stamp,
    },
};

/// One reading of one file.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) builder: StatementBuilder,
    pub(super) accounts: Accounts,
    pub(super) listings: Listings,
    pub(super) symbols: Symbols,
    pub(super) tally: Tally,
    pub(super) charges: Vec<LateCharge>,
    pub(super) actions: Vec<Action>,
    pub(super) orders: Orders,
    pub(super) crossings: Vec<Crossing>,
    pub(super) positions: Positions,
    /// Symbols under which shares stand while an offer runs, and the shares.
    pub(super) aliases: HashMap<InstrumentIx, InstrumentIx>,
    period: Option<(Date, Date)>,
    /// Whether stamps have another clock than New York's.
    other_clock: bool,
    /// Cash rows with a positive amount, to know a later negative one as their reversal.
    booked: HashSet<(String, Decimal)>,
    blocked: HashSet<(AccountIx, InstrumentIx, Option<Date>)>,
    traded: Traded,
    buffer: Vec<u8>,
}

/// The days of events, as far as the file is read.
#[derive(Debug, Default)]
struct Traded {
    days: HashSet<(InstrumentIx, Date)>,
    /// How many events they are of.
    known: usize,
}

impl Reader {
    /// Begins to read, knowing what the survey of the file found.
    pub(super) fn new(file: FileId, format: &'static str, survey: Survey) -> Self {
        Self {
            builder: StatementBuilder::new(file, format),
            accounts: Accounts::beginning_with(survey.account),
            listings: survey.listings,
            symbols: Symbols::default(),
            tally: Tally::default(),
            charges: Vec::new(),
            actions: Vec::new(),
            orders: survey.orders,
            crossings: Vec::new(),
            positions: Positions::default(),
            aliases: HashMap::new(),
            period: survey.period,
            other_clock: survey.other_clock,
            booked: HashSet::new(),
            blocked: HashSet::new(),
            traded: Traded::default(),
            buffer: Vec::new(),
        }
    }

    /// The account of a row: its own column, else the file's.
    pub(super) fn account(&mut self, row: &Row<'_>) -> AccountIx {
        self.accounts.of(row.cell(row.columns.account), &mut self.builder)
    }

    /// Where a contract trades, as far as its day depends on it.
    pub(super) fn place(&self, category: Category, is_eastern: bool, currency: Currency) -> Place {
        if self.other_clock {
            return Place::Elsewhere;
        }
        Place::of(category, is_eastern, currency)
    }

    /// Goes over to the period of another statement joined in the file.
    pub(super) fn enter_period(&mut self, text: &str) {
        self.period = cells::period(text).or(self.period);
    }

    /// Goes over to the period of another statement of a Flex query.
    pub(super) fn set_period(&mut self, period: Option<(Date, Date)>) {
        self.period = period.or(self.period);
    }

    /// Whether the file tells a trade of the row's instrument on its day.
    pub(super) fn has_trade_of(&mut self, row: &Row<'_>) -> bool {
        let day = row.cash_day().ok().map(|stamp| stamp.day);
        let Ok(instrument) = self.of_row(row, trades::category(row), day) else { return false };
        let known = self.builder.transactions_mut();
        // Rows are only added while the file is read.
        for transaction in known.iter().skip(self.traded.known) {
            if transaction.event != Event::Block {
                self.traded.days.insert((transaction.instrument, transaction.day));
            }
        }
        self.traded.known = known.len();
        day.is_some_and(|day| self.traded.days.contains(&(instrument, day)))
    }

    /// The last day of the statement, if it names its period.
    pub(super) fn last_day(&self) -> Option<Date> {
        self.period.map(|(_, last)| last)
    }

    /// The instrument of a symbol; an error if several share it.
    pub(super) fn instrument(
        &mut self,
        category: Category,
        symbol: &str,
        day: Option<Date>,
    ) -> Result<InstrumentIx, Code> {
        if category == Category::Cfd {
            // Neither the symbol nor the ISIN tells it from its underlying.
            let index = self.builder.instrument(None, &format!("{symbol} CFD"), "");
            self.describe(index, category, "");
            return Ok(index);
        }
        match self.listings.by_symbol(category, symbol, day) {
            Found::One(listing) => {
                let listing = listing.clone();
                Ok(self.listed(&listing, symbol, category))
            }
            Found::None => {
                let index = self.builder.instrument(None, symbol, "");
                self.describe(index, category, "");
                Ok(index)
            }
            Found::Several => Err(Code::NoInstrument),
        }
    }

    /// The instrument of a row: by its own ISIN or contract number, else by its symbol.
    pub(super) fn of_row(
        &mut self,
        row: &Row<'_>,
        category: Category,
        day: Option<Date>,
    ) -> Result<InstrumentIx, Code> {
        let c = row.columns;
        let symbol = row.symbol(category);
        if !row.flex || category == Category::Cfd {
            return self.instrument(category, symbol, day);
        }
        if let Some(listing) = self.listings.by_id(row.text(c.conid)).cloned() {
            return Ok(self.listed(&listing, symbol, category));
        }
        match Isin::parse(row.text(c.isin)) {
            Ok(isin) if category.kind() == InstrumentKind::Security => {
                let name = row.text(c.description);
                Ok(self.builder.instrument(Some(isin), symbol, name))
            }
            _ if symbol.is_empty() => Err(Code::NoInstrument),
            _ => self.instrument(category, symbol, day),
        }
    }

    /// The instrument that a description names: by its identifier, else by its symbol.
    pub(super) fn subject(
        &mut self,
        subject: Subject<'_>,
        day: Date,
    ) -> Result<InstrumentIx, Code> {
        if let Some(listing) = self.listings.by_id(subject.id).cloned() {
            return Ok(self.listed(&listing, subject.symbol, Category::Security));
        }
        if let Ok(isin) = Isin::parse(subject.id) {
            return Ok(self.builder.instrument(Some(isin), subject.symbol, ""));
        }
        self.instrument(Category::Security, subject.symbol, Some(day))
    }

    fn listed(&mut self, listing: &Listing, symbol: &str, category: Category) -> InstrumentIx {
        let index = self.builder.instrument(listing.isin, symbol, &listing.name);
        self.describe(index, category, &listing.exchange);
        if category.kind() == InstrumentKind::Derivative
            && let Some(instrument) = self.builder.instrument_mut(index)
        {
            instrument.country = self.listings.country_of_underlying(listing);
        }
        index
    }

    fn describe(&mut self, index: InstrumentIx, category: Category, exchange: &str) {
        if let Some(instrument) = self.builder.instrument_mut(index) {
            instrument.kind = category.kind();
            if instrument.exchange.is_empty() {
                exchange.clone_into(&mut instrument.exchange);
            }
        }
    }

    /// Blocks an instrument, once per account and day: no figure of it is given.
    pub(super) fn block(
        &mut self,
        account: AccountIx,
        instrument: InstrumentIx,
        day: Option<Date>,
        line: u32,
    ) {
        if instrument == InstrumentIx::NONE || !self.blocked.insert((account, instrument, day)) {
            return;
        }
        let first = self.period.map(|(first, _)| first);
        let day = day.or(first).unwrap_or(Date::constant(1990, 1, 1));
        self.builder.block(account, instrument, day, line);
    }

    /// Blocks what a symbol stands for; all that share it if it is not clear.
    pub(super) fn block_symbol(
        &mut self,
        row: &Row<'_>,
        category: Category,
        symbol: &str,
        day: Option<Date>,
    ) {
        if symbol.is_empty() || category == Category::Forex {
            return;
        }
        let account = self.account(row);
        let instrument = self
            .instrument(category, symbol, day)
            .unwrap_or_else(|_| self.builder.instrument(None, symbol, ""));
        self.block(account, instrument, day, row.line);
    }

    /// A finding about a row.
    pub(super) fn diagnose(&mut self, line: u32, code: Code, column: &str, value: &str) {
        let source = self.builder.source(line);
        self.builder.diagnose(Diagnostic::at(code, source).found(column, value));
    }

    /// A finding about a row from which nothing is computed.
    pub(super) fn warn(&mut self, line: u32, problem: Problem) {
        let source = self.builder.source(line);
        let found = Diagnostic::at(problem.code, source).found(problem.column, problem.value);
        self.builder.diagnose(Diagnostic { severity: Severity::Warning, ..found });
    }

    /// Counts a row as unknown and says why: one finding for each problem.
    pub(super) fn reject(&mut self, line: u32, problems: &[Problem]) {
        self.builder.unknown();
        for problem in problems {
            self.diagnose(line, problem.code, problem.column, &problem.value);
        }
    }

    /// Counts a row as unknown because its treatment needs a decision.
    pub(super) fn unsettled(&mut self, line: u32, column: &'static str, value: &str) {
        self.builder.unknown();
        self.diagnose(line, Code::UnsettledAction, column, value);
    }

    /// Counts a row as unknown, with one finding for all rows of its kind.
    pub(super) fn unknown_kind(&mut self, line: u32, code: Code, column: &str, value: &str) {
        self.builder.unknown();
        self.tally.note(code, Severity::Error, column, value, line);
    }

    /// Remembers a cash row, or tells whether a negative one takes back a remembered one.
    pub(super) fn is_reversal(&mut self, row: &Row<'_>, day: Date, amount: Decimal) -> bool {
        let text = row.text(row.columns.description).to_ascii_lowercase();
        let text = text.replace(" - reversal", "");
        let key = (format!("{day} {text}"), amount.abs().normalize());
        if amount.is_sign_positive() {
            !self.booked.insert(key)
        } else {
            self.booked.contains(&key)
        }
    }

    /// The key of a cash row: section, account, currency, day, amount and what it says, whatever the
    /// case and blanks of the words. A Flex query tells the same in capitals.
    pub(super) fn cash_key(&mut self, section: &str, row: &Row<'_>, amount: Decimal) -> EventKey {
        let c = row.columns;
        let mut content = std::mem::take(&mut self.buffer);
        content.clear();
        let day = row.cash_day().or_else(|_| row.stamp(c.when)).ok();
        let day = day.map_or_else(|| row.text(c.when).to_owned(), |stamp| stamp.day.to_string());
        // Charges name their trade by its symbol; elsewhere the words do, and only some layouts have
        // the column.
        let symbol = if section == "Charges" { row.cell(c.symbol) } else { b"" };
        let account = self.accounts.name_of(row.cell(c.account));
        for part in [section.as_bytes(), account.as_bytes(), row.cell(c.currency), day.as_bytes()] {
            content.extend_from_slice(part);
            content.push(0);
        }
        content.extend_from_slice(symbol);
        for word in row.action().to_ascii_lowercase().split_whitespace() {
            content.push(0);
            // `Credit Interest` of a statement is `CREDIT INT` in a query.
            let word = if word == "int" { "interest" } else { word };
            content.extend_from_slice(word.as_bytes());
        }
        content.extend_from_slice(&number_for_key(amount));
        let key = self.builder.content_key("ibkr-cash", &content);
        self.buffer = content;
        key
    }

    /// Adds the event of a cash row and counts the row.
    pub(super) fn cash(
        &mut self,
        section: &str,
        row: &Row<'_>,
        instrument: InstrumentIx,
        stamp: Stamp,
        amount: Decimal,
        event: Event,
    ) {
        let key = Some(self.cash_key(section, row, amount));
        let account = self.account(row);
        let source = self.builder.source(row.line);
        let Stamp { day, millisecond } = stamp;
        self.builder.push(Transaction {
            source,
            key,
            account,
            instrument,
            day,
            millisecond,
            event,
        });
        self.builder.used();
    }

    /// Counts a row whose charge is neither a cost by law nor forgotten: its sum is shown.
    pub(super) fn leave_out(&mut self, section: &'static str, row: &Row<'_>, charge: Money) {
        self.builder.neutral();
        self.tally.leave_out(section, row.line, charge);
    }

    /// The ISIN of an instrument, if known.
    pub(super) fn isin(&mut self, index: InstrumentIx) -> Option<Isin> {
        self.builder.instrument_mut(index)?.isin
    }

    /// Events under an alias are events of what it stands for; it may itself be an alias.
    fn resolve_aliases(&mut self) {
        let depth = self.aliases.len();
        for transaction in self.builder.transactions_mut() {
            for _ in 0..depth {
                let Some(&real) = self.aliases.get(&transaction.instrument) else { break };
                transaction.instrument = real;
            }
        }
    }

    /// Finishes: late rows, sums, and what is missing.
    pub(super) fn finish(mut self) -> Statement {
        self.accounts.show(&mut self.builder);
        super::corporate_actions::settle(&mut self);
        self.resolve_aliases();
        super::crossing::settle(&mut self);
        super::charges::attach(&mut self);
        for isin in self.listings.doubtful() {
            let (code, column) = (Code::IsinCheckDigit, "Security ID");
            self.tally.note(code, Severity::Warning, column, isin.as_str(), 0);
        }
        self.tally.report(&mut self.builder);
        self.builder.finish()
    }
}
