//! One row of the template into one event.

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::columns::Columns;
use super::exempt::Exempt;
use super::kind::Kind;
use super::value::Values;
use crate::money::{Country, Money};
use crate::statement::table::{Column, Row, RowReader, Taken};
use crate::statement::when::{self, Stamp};
use crate::statement::{
    AccountIx, Code, Event, InstrumentIx, InstrumentKind, Isin, SourceFile, SplitRatio,
    StatementBuilder, Trade, Transaction, number, number_for_key,
};

/// The state of reading one sheet.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    /// The account of rows that name none: one per file.
    default_account: String,
    exempt: Exempt,
    kinds: HashMap<InstrumentIx, InstrumentKind>,
}

/// What every row says.
#[derive(Clone, Copy, Debug)]
struct Common {
    kind: Kind,
    stamp: Stamp,
    country: Option<Country>,
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        if self.exempt.leaves_out(text(row, self.columns.account), builder) {
            self.note_origin(row, builder);
            return Taken::Neutral;
        }
        self.warn_of_formulas(row);
        let kind = self.kind(row);
        let stamp = self.stamp(row);
        let country = row.country(self.columns.country);
        let instrument = self.instrument(kind, row, builder);
        let event = match kind {
            Some(kind) => self.event(kind, country, row),
            None => None,
        };
        if row.has_errors() {
            return Taken::Unknown;
        }
        let (Some(kind), Some(stamp), Some(event)) = (kind, stamp, event) else {
            return Taken::Unknown;
        };
        self.warn_of_unused(kind, row);
        let common = Common { kind, stamp, country };
        let fee = self.fee_of(&event, row);
        let instrument = instrument.unwrap_or(InstrumentIx::NONE);
        self.push(common, instrument, std::iter::once(event).chain(fee), row, builder);
        Taken::Used
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        self.note_origin(row, builder);
        let mut cells = row.cells(&self.columns.named());
        if text(row, self.columns.account).is_empty() {
            // Repaired rows must meet the lots of the account that they come from.
            cells.retain(|(name, _)| *name != "account");
            cells.push(("account", self.default_account.clone()));
        }
        builder.repair(row.source().row, cells);
        let kind = Kind::parse(row.text(self.columns.kind));
        let isin = Isin::parse(row.text(self.columns.isin)).ok();
        let ticker = text(row, self.columns.ticker);
        let nameless = isin.is_none() && ticker.is_empty();
        if nameless || kind.is_some_and(|kind| !kind.changes_lots()) {
            return;
        }
        let instrument = builder.instrument(isin, ticker, "");
        let account = self.account(row, builder);
        let day = row.quiet_stamp(self.columns.date).map_or(UNDATED, |stamp| stamp.day);
        builder.block(account, instrument, day, row.source().row);
    }
}

/// The day of a block whose row has no readable date: it holds from the beginning.
const UNDATED: Date = jiff::civil::date(1990, 1, 1);

impl Reader {
    pub(super) fn new(columns: Columns, exempt: Exempt, file: &SourceFile) -> Self {
        // Two files are two accounts even if they have the same name.
        let default_account = format!("{} ({})", file.name, file.id.0.saturating_add(1));
        Self { columns, default_account, exempt, kinds: HashMap::new() }
    }

    fn kind(&self, row: &mut Row<'_>) -> Option<Kind> {
        let text = row.required_text(self.columns.kind)?;
        match Kind::parse(text) {
            Some(kind) => Some(kind),
            None => row.refuse(Code::UnknownRow, self.columns.kind),
        }
    }

    fn stamp(&self, row: &mut Row<'_>) -> Option<Stamp> {
        let stamp = row.required_stamp(self.columns.date)?;
        let time = row.text(self.columns.time);
        if time.is_empty() {
            return Some(stamp);
        }
        // `9:30` is typed as often as `09:30`; a workbook gives a day along with the time.
        let clock = time.rsplit([' ', 'T']).next().unwrap_or(time);
        let padded =
            if clock.find(':') == Some(1) { format!("0{clock}") } else { clock.to_owned() };
        match when::time_of_day(padded.as_bytes()) {
            Some(millisecond) => Some(Stamp { millisecond, ..stamp }),
            None => row.refuse(Code::BadDate, self.columns.time),
        }
    }

    fn event(&self, kind: Kind, country: Option<Country>, row: &mut Row<'_>) -> Option<Event> {
        let values = Values { columns: &self.columns };
        match kind {
            Kind::Buy | Kind::Sell => self.trade(kind, row),
            Kind::OpeningLot => self.opening_lot(row),
            Kind::Split => self.split(row),
            Kind::Dividend => {
                let gross = values.gross(row);
                let withheld = values.withheld_of(gross, row);
                Some(Event::Dividend { gross: gross?, withheld: withheld?, country })
            }
            Kind::Interest => {
                let gross = values.gross(row);
                let withheld = values.withheld_of(gross, row);
                Some(Event::Interest { gross: gross?, withheld: withheld? })
            }
            Kind::Withholding => {
                let column = self.columns.withheld;
                let in_amount = row.is_empty(column);
                let amount = if in_amount { values.gross(row) } else { values.withheld(row) };
                Some(Event::Withholding { amount: amount?, country })
            }
            Kind::Fee => {
                let in_fee = row.is_empty(self.columns.amount) && row.is_empty(self.columns.price);
                let amount = if in_fee && row.present(self.columns.fee) {
                    values.fee(row)
                } else {
                    // People write charges with a minus as well, and a refund would mean the opposite.
                    self.positive_gross(row)
                };
                Some(Event::Fee { amount: amount? })
            }
            Kind::Derivative => self.derivative(country, row),
            Kind::CryptoBuy => {
                let (cost, fee) = (self.positive_gross(row), values.fee(row));
                Some(Event::CryptoBuy { cost: cost?, fee: fee? })
            }
            Kind::CryptoSell => {
                let (revenue, fee) = (self.positive_gross(row), values.fee(row));
                Some(Event::CryptoSell { revenue: revenue?, fee: fee? })
            }
        }
    }

    fn trade(&self, kind: Kind, row: &mut Row<'_>) -> Option<Event> {
        let quantity = row.required_positive(self.columns.quantity);
        let gross = self.positive_gross(row);
        let commission = Values { columns: &self.columns }.fee(row);
        let settled_on = self.settled_on(row);
        let (quantity, gross, commission) = (quantity?, gross?, commission?);
        let trade = Trade::new(quantity, gross, commission).settling_on(settled_on);
        Some(if kind == Kind::Buy { Event::Buy(trade) } else { Event::Sell(trade) })
    }

    /// A lot known from elsewhere; only here a cost of zero is a statement, not an omission.
    ///
    /// With a fee or a day of settlement it is a purchase like any other, settled on its own day if none is given.
    fn opening_lot(&self, row: &mut Row<'_>) -> Option<Event> {
        let values = Values { columns: &self.columns };
        let quantity = row.required_positive(self.columns.quantity);
        let gross = values.gross(row);
        let fee = values.fee(row);
        let settled_on = self.settled_on(row);
        let (quantity, cost, fee) = (quantity?, gross?, fee?);
        if cost.amount < Decimal::ZERO {
            return row.refuse(Code::NotPositive, self.columns.amount);
        }
        if fee.is_zero() && settled_on.is_none() {
            return Some(Event::OpeningLot { quantity, cost });
        }
        let acquired_on = row.quiet_stamp(self.columns.date).map(|stamp| stamp.day);
        let trade = Trade::new(quantity, cost, fee).settling_on(settled_on.or(acquired_on));
        Some(Event::Buy(trade))
    }

    /// The day of settlement, if the row has one: not before that of the trade.
    fn settled_on(&self, row: &mut Row<'_>) -> Option<Date> {
        let settled_on = row.stamp(self.columns.settled_on).map(|stamp| stamp.day);
        let traded_on = row.quiet_stamp(self.columns.date).map(|stamp| stamp.day);
        if settled_on.is_some_and(|settled| Some(settled) < traded_on) {
            return row.refuse(Code::ImplausibleDate, self.columns.settled_on);
        }
        settled_on
    }

    /// New shares per old share: `4`, `0.1`, or `1:3` where no decimal is exact.
    fn split(&self, row: &mut Row<'_>) -> Option<Event> {
        // A workbook takes a typed `4:1` for a time of day and `50:1` for fifty hours.
        let text = row.text(self.columns.quantity);
        let hours = text.strip_suffix(":00").filter(|hours| hours.contains(':'));
        let text = hours.unwrap_or(text);
        let ratio = text.split_once([':', '/']).and_then(|(new, old)| {
            let new = number::plain(new.trim().as_bytes())?;
            let old = number::plain(old.trim().as_bytes())?;
            (new > Decimal::ZERO && old > Decimal::ZERO).then_some(SplitRatio { new, old })
        });
        if let Some(ratio) = ratio {
            return Some(Event::Split(ratio));
        }
        let new = row.required_positive(self.columns.quantity)?;
        Some(Event::Split(SplitRatio { new, old: Decimal::ONE }))
    }

    /// The signed result, before the fee.
    fn derivative(&self, country: Option<Country>, row: &mut Row<'_>) -> Option<Event> {
        let values = Values { columns: &self.columns };
        row.present(self.columns.amount);
        let (result, fee) = (values.gross(row), values.fee(row));
        fee?;
        Some(Event::Derivative { result: result?, country })
    }

    /// The fee of a derivative is a cost, not less revenue (art. 30b ust. 2 pkt 3 PIT): an event of its own.
    fn fee_of(&self, event: &Event, row: &mut Row<'_>) -> Option<Event> {
        let Event::Derivative { country, .. } = *event else { return None };
        let fee = Values { columns: &self.columns }.fee(row)?;
        let result = Money::new(-fee.amount, fee.currency);
        (!fee.is_zero()).then_some(Event::Derivative { result, country })
    }

    /// Names the cells that the kind of row has no use for: they were filled for a reason.
    fn warn_of_unused(&self, kind: Kind, row: &mut Row<'_>) {
        let unused = match kind {
            Kind::Dividend | Kind::Interest | Kind::Withholding => self.columns.fee,
            Kind::Buy
            | Kind::Sell
            | Kind::OpeningLot
            | Kind::Split
            | Kind::Fee
            | Kind::Derivative
            | Kind::CryptoBuy
            | Kind::CryptoSell => self.columns.withheld,
        };
        let is_filled = row.quiet_decimal(unused).is_some_and(|number| !number.is_zero());
        if is_filled {
            row.report(Code::UnusedCell, unused);
        }
        let of_coins = matches!(kind, Kind::CryptoBuy | Kind::CryptoSell);
        if of_coins && !row.is_empty(self.columns.country) {
            row.report(Code::UnusedCell, self.columns.country);
        }
    }

    fn positive_gross(&self, row: &mut Row<'_>) -> Option<Money> {
        let gross = Values { columns: &self.columns }.gross(row)?;
        if gross.amount > Decimal::ZERO {
            return Some(gross);
        }
        let stated = !row.is_empty(self.columns.amount);
        let column = if stated { self.columns.amount } else { self.columns.price };
        row.refuse(Code::NotPositive, column)
    }

    fn instrument(
        &mut self,
        kind: Option<Kind>,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let isin = row.isin(self.columns.isin);
        let ticker = text(row, self.columns.ticker);
        let of_cash = matches!(kind, Some(Kind::Interest | Kind::Fee | Kind::Derivative));
        if isin.is_none() && ticker.is_empty() {
            // Interest of a bank is known by its country, which its treaty depends on.
            if kind == Some(Kind::Interest) && !row.is_empty(self.columns.country) {
                return Some(builder.instrument(None, row.text(self.columns.country), ""));
            }
            if !of_cash && row.is_empty(self.columns.isin) {
                row.report(Code::NoInstrument, self.columns.ticker);
            }
            return None;
        }
        let index = builder.instrument(isin, ticker, "");
        let kind = kind?;
        let instrument_kind = match kind {
            Kind::Derivative => InstrumentKind::Derivative,
            Kind::CryptoBuy | Kind::CryptoSell => InstrumentKind::Crypto,
            _ if of_cash => return Some(index),
            Kind::Buy
            | Kind::Sell
            | Kind::OpeningLot
            | Kind::Dividend
            | Kind::Withholding
            | Kind::Interest
            | Kind::Fee
            | Kind::Split => InstrumentKind::Security,
        };
        let known = *self.kinds.entry(index).or_insert(instrument_kind);
        if known != instrument_kind {
            // A share and a coin of one ticker would share their lots.
            return row.refuse(Code::UnknownRow, self.columns.kind);
        }
        if let Some(instrument) = builder.instrument_mut(index) {
            instrument.kind = instrument_kind;
        }
        Some(index)
    }

    fn account(&self, row: &Row<'_>, builder: &mut StatementBuilder) -> AccountIx {
        let named = text(row, self.columns.account);
        builder.account(if named.is_empty() { &self.default_account } else { named })
    }

    fn push(
        &self,
        common: Common,
        instrument: InstrumentIx,
        events: impl Iterator<Item = Event>,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) {
        if let (Some(country), Some(found)) = (common.country, builder.instrument_mut(instrument)) {
            // A dividend names the source country, which may differ from that of the issuer.
            if common.kind.changes_lots() || common.kind == Kind::Interest {
                found.country = Some(country);
            }
        }
        self.note_origin(row, builder);
        let account = self.account(row, builder);
        // Equal rows on a named account are the same event; without a name nothing says so.
        let named = !text(row, self.columns.account).is_empty();
        let key = named.then(|| builder.content_key("template", &self.content(common, row)));
        for event in events {
            builder.push(Transaction {
                source: row.source(),
                key,
                account,
                instrument,
                day: common.stamp.day,
                millisecond: common.stamp.millisecond,
                event,
            });
        }
    }

    /// What identifies a row, however its cells are spelled. Notes, the day of settlement and the ISIN beside a ticker do
    /// not.
    fn content(&self, common: Common, row: &mut Row<'_>) -> Vec<u8> {
        let columns = &self.columns;
        let Common { kind, stamp, .. } = common;
        let mut content = format!("{kind:?} {} {}", stamp.day, stamp.millisecond).into_bytes();
        let ticker = text(row, columns.ticker);
        let instrument = if ticker.is_empty() { text(row, columns.isin) } else { ticker };
        let instrument = instrument.to_uppercase();
        let currency = text(row, columns.currency).to_uppercase();
        let fee_currency = text(row, columns.fee_currency).to_uppercase();
        let has_fee = row.quiet_decimal(columns.fee).is_none_or(|fee| !fee.is_zero());
        let of_fee = match (row.is_empty(columns.fee) || !has_fee, fee_currency.is_empty()) {
            (true, _) => String::new(),
            (false, true) => currency.clone(),
            (false, false) => fee_currency,
        };
        let country = text(row, columns.country).to_uppercase();
        let account = text(row, columns.account).to_owned();
        for cell in [&instrument, &currency, &of_fee, &country, &account] {
            content.push(0);
            content.extend_from_slice(cell.as_bytes());
        }
        let numbers =
            [columns.quantity, columns.price, columns.amount, columns.fee, columns.withheld];
        for column in numbers {
            content.push(0);
            match row.quiet_decimal(column) {
                Some(number) if number.is_zero() => {}
                Some(number) => content.extend(number_for_key(number)),
                // A ratio, or nothing.
                None => content.extend_from_slice(row.bytes(column)),
            }
        }
        content
    }

    /// Rows of our repair template say which row they replace.
    fn note_origin(&self, row: &Row<'_>, builder: &mut StatementBuilder) {
        if let Ok(origin) = text(row, self.columns.origin).parse() {
            builder.repaired(row.source().row, origin);
        }
    }

    fn warn_of_formulas(&self, row: &mut Row<'_>) {
        let columns = &self.columns;
        for column in [columns.ticker, columns.isin, columns.account, columns.note, columns.kind] {
            let text = row.text(column);
            if text.starts_with(['=', '+', '-', '@']) && !is_dash(text) {
                row.report(Code::FormulaCell, column);
            }
        }
    }
}

/// A text cell without the apostrophe with which our own template guards it. A lone dash means that
/// there is nothing; taken as a name, it would make all such rows one instrument.
fn text<'t>(row: &Row<'t>, column: Column) -> &'t str {
    let text = row.text(column);
    let text = text.strip_prefix('\'').unwrap_or(text);
    if is_dash(text) { "" } else { text }
}

fn is_dash(text: &str) -> bool {
    matches!(text, "-" | "\u{2013}" | "\u{2014}")
}
