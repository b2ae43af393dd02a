//! The sheets of closed and open positions.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::account::Facts;
use super::assemble::Content;
use super::cash::is_total;
use super::columns;
use crate::statement::formats::bounded;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{Column, Row, RowReader, Taken, fold};
use crate::statement::when::Stamp;
use crate::statement::{Code, Source, StatementBuilder};

/// A closed position.
#[derive(Clone, Debug)]
pub(super) struct Closed {
    pub(super) source: Source,
    pub(super) id: String,
    pub(super) symbol: String,
    pub(super) name: String,
    /// What the new template says that it is; may be empty.
    pub(super) category: String,
    pub(super) is_long: bool,
    pub(super) volume: Decimal,
    /// In Warsaw.
    pub(super) stamp: Stamp,
    /// What was paid for it and what it brought, in the currency of the account; not told of CFDs.
    pub(super) purchase: Option<Decimal>,
    pub(super) sale: Option<Decimal>,
    /// Gross profit, signed, in the currency of the account.
    pub(super) gross: Decimal,
    /// Commission, swap and rollover, signed.
    pub(super) costs: Decimal,
    pub(super) comment: String,
    pub(super) origin: String,
}

/// A position still open on the day of the report.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) source: Source,
    pub(super) symbol: String,
    pub(super) volume: Decimal,
    pub(super) day: Date,
}

/// Reads the rows.
#[derive(Debug)]
pub(super) struct PositionReader<'c> {
    columns: columns::Positions,
    facts: &'c Facts,
    content: &'c mut Content,
    clock: Clock,
    /// The day in the name of a sheet of open positions: `OPEN POSITION 31122024`.
    as_of: Option<Date>,
}

impl<'c> PositionReader<'c> {
    pub(super) fn new(
        columns: &columns::Positions,
        facts: &'c Facts,
        sheet: &str,
        content: &'c mut Content,
    ) -> Self {
        if columns.closed.is_present() {
            content.has_closed = true;
        }
        Self { columns: *columns, facts, content, clock: Clock::new(), as_of: day_in(sheet) }
    }

    fn open(&mut self, row: &mut Row<'_>) -> Taken {
        let columns = self.columns;
        let is_long = row.text(columns.side).eq_ignore_ascii_case("buy");
        let volume = bounded::quiet(row, columns.volume);
        if let (true, Some(volume), Some(day)) = (is_long, volume, self.as_of) {
            let symbol = self.symbol(row);
            self.content.open.push(Open { source: row.source(), symbol, volume, day });
        }
        Taken::Neutral
    }

    fn symbol(&self, row: &Row<'_>) -> String {
        let symbol = row.text(self.columns.symbol);
        if symbol.is_empty() { row.text(self.columns.name) } else { symbol }.to_owned()
    }

    fn closed(&mut self, row: &mut Row<'_>) -> Option<Closed> {
        let columns = self.columns;
        let is_long = match fold(row.text(columns.side)).as_ref() {
            "buy" | "kupno" | "long" => Some(true),
            "sell" | "sprzedaz" | "short" => Some(false),
            _ => row.refuse(Code::UnknownRow, columns.side),
        };
        let closed = row.required_stamp(columns.closed);
        let volume = bounded::required(row, columns.volume);
        let gross = bounded::required(row, columns.result);
        let mut costs = Decimal::ZERO;
        for column in [columns.commission, columns.swap, columns.rollover] {
            costs += bounded::decimal(row, column).unwrap_or_default();
        }
        let symbol = self.symbol(row);
        if symbol.is_empty() {
            row.report(Code::NoInstrument, columns.symbol);
        }
        let (closed, is_long, volume, gross) = (closed?, is_long?, volume?, gross?);
        if row.has_errors() {
            return None;
        }
        Some(Closed {
            source: row.source(),
            id: row.text(columns.id).to_owned(),
            symbol,
            name: row.text(columns.name).to_owned(),
            category: fold(row.text(columns.category)).into_owned(),
            is_long,
            volume,
            stamp: if columns.is_utc { self.clock.utc_in_warsaw(closed) } else { closed },
            purchase: value(columns.purchase, row),
            sale: value(columns.sale, row),
            gross,
            costs,
            comment: row.text(columns.comment).to_owned(),
            origin: fold(row.text(columns.origin)).into_owned(),
        })
    }
}

impl RowReader for PositionReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let columns = self.columns;
        let first = [columns.id, columns.symbol, columns.name, columns.category, columns.side];
        let no_position = row.is_empty(columns.id) && row.is_empty(columns.side);
        let totals = is_total(row, &[columns.name, columns.symbol]) || is_total(row, &first);
        if self.facts.exempt.is_some() || totals || no_position {
            return Taken::Neutral;
        }
        if let Some(product) = Product::find(row.text(columns.product)) {
            self.content.exempt = Some(product);
            return Taken::Neutral;
        }
        if !columns.closed.is_present() {
            return self.open(row);
        }
        match self.closed(row) {
            Some(closed) => {
                self.content.closed.push(closed);
                Taken::Later
            }
            None => Taken::Unknown,
        }
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = self.columns;
        let cells = row.cells(&[
            ("date", columns.closed),
            ("ticker", columns.symbol),
            ("quantity", columns.volume),
            ("amount", columns.result),
            ("note", columns.comment),
        ]);
        builder.repair(row.source().row, cells);
    }
}

/// A value that is told; where there is none the broker writes zero.
fn value(column: Column, row: &mut Row<'_>) -> Option<Decimal> {
    bounded::quiet(row, column).filter(|value| *value > Decimal::ZERO)
}

/// The day in the name of a sheet, written `ddmmyyyy`.
fn day_in(name: &str) -> Option<Date> {
    let digits = name
        .split_whitespace()
        .find(|word| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit()))?;
    let (day, rest) = digits.split_at_checked(2)?;
    let (month, year) = rest.split_at_checked(2)?;
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
