//! The sheet of closed positions, row by row.

use rust_decimal::Decimal;

use super::assemble::Content;
use super::columns;
use super::kind::Class;
use crate::statement::formats::bounded;
use crate::statement::table::{Column, Header, Row, RowReader, Taken, fold, normalize};
use crate::statement::when::Stamp;
use crate::statement::{Code, Isin, Source, StatementBuilder};

/// A closed position, or the closed part of one.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) source: Source,
    pub(super) id: String,
    pub(super) name: String,
    /// The class that the statement gives; the totals of the summary are by it.
    pub(super) told: Class,
    /// The class that counts: what is short or leveraged is a CFD.
    pub(super) class: Class,
    /// Invested, > 0.
    pub(super) amount: Decimal,
    pub(super) units: Decimal,
    /// UTC.
    pub(super) opened: Stamp,
    /// UTC.
    pub(super) closed: Stamp,
    pub(super) profit: Decimal,
    /// Overnight fees and dividends of a CFD, signed.
    pub(super) rollover: Decimal,
    pub(super) isin: Option<Isin>,
}

#[derive(Clone, Copy, Debug)]
struct Columns {
    id: Column,
    action: Column,
    side: Column,
    amount: Column,
    units: Column,
    opened: Column,
    closed: Column,
    leverage: Column,
    profit: Column,
    rollover: Column,
    kind: Column,
    isin: Column,
}

/// Reads the rows.
#[derive(Debug)]
pub(super) struct ClosedReader<'c> {
    columns: Columns,
    content: &'c mut Content,
}

impl<'c> ClosedReader<'c> {
    pub(super) fn new(header: &mut Header, content: &'c mut Content) -> Self {
        let fees: [&[&str]; 2] =
            [&["rollover", "overnight", "rolowan", "nocn", "przetrzym"], &["divid", "dywid"]];
        let columns = Columns {
            id: header.required(columns::POSITION),
            action: header.required(columns::ACTION),
            side: header.optional(columns::SIDE),
            amount: header.required(columns::AMOUNT),
            units: header.required(columns::UNITS),
            opened: header.required(columns::OPENED),
            closed: header.required(columns::CLOSED),
            leverage: header.optional(columns::LEVERAGE),
            profit: header.required(columns::PROFIT),
            rollover: columns::find(header, "rollover fees and dividends", &fees),
            kind: header.required(columns::KIND),
            isin: header.optional(&["isin"]),
        };
        columns::ignore_known(header);
        Self { columns, content }
    }

    fn position(&self, row: &mut Row<'_>) -> Option<Position> {
        let columns = self.columns;
        let id = row.required_text(columns.id);
        let amount = bounded::required(row, columns.amount);
        let units =
            row.required_positive(columns.units).and_then(|_| bounded::decimal(row, columns.units));
        let opened = row.required_stamp(columns.opened);
        let closed = row.required_stamp(columns.closed);
        let profit = bounded::required(row, columns.profit);
        let rollover = bounded::decimal(row, columns.rollover).unwrap_or_default();
        let isin = row.isin(columns.isin);
        let told = Class::parse(row.text(columns.kind));
        if told.is_none() {
            row.report(Code::UnknownRow, columns.kind);
        }
        let (side, name) = side_and_name(row.text(columns.action));
        let is_short = match fold(row.text(columns.side)).as_ref() {
            "" => side == Some(false),
            side => side.starts_with("short") || side.starts_with("krotk"),
        };
        let leverage = leverage(row.text(columns.leverage));
        if leverage.is_none() {
            row.report(Code::BadNumber, columns.leverage);
        }
        let (told, leverage) = (told?, leverage?);
        let position = Position {
            source: row.source(),
            id: id?.to_owned(),
            name: name.to_owned(),
            told,
            class: if is_short || leverage > Decimal::ONE { Class::Cfd } else { told },
            amount: amount?,
            units: units?,
            opened: opened?,
            closed: closed?,
            profit: profit?,
            rollover,
            isin,
        };
        if position.class != Class::Cfd && position.amount + position.profit < Decimal::ZERO {
            row.report(Code::NotPositive, columns.profit);
        }
        (!row.has_errors()).then_some(position)
    }
}

/// Splits `Buy Ford Motor Co` into direction and name; new statements give the name alone.
fn side_and_name(action: &str) -> (Option<bool>, &str) {
    const SIDES: [(&str, bool); 8] = [
        ("buy ", true),
        ("kup ", true),
        ("kupno ", true),
        ("koupit ", true),
        ("sell ", false),
        ("sprzedaj ", false),
        ("sprzedaż ", false),
        ("prodat ", false),
    ];
    for (start, side) in SIDES {
        if let Some((head, name)) = action.split_at_checked(start.len())
            && head.to_lowercase() == start
        {
            return (Some(side), name.trim());
        }
    }
    (None, action)
}

/// Reads `1`, `X2`, `5x`; an empty cell is no leverage.
fn leverage(text: &str) -> Option<Decimal> {
    let digits = text.trim_matches(['x', 'X', ' ']);
    if digits.is_empty() {
        Some(Decimal::ONE)
    } else {
        crate::statement::number::plain(digits.as_bytes())
    }
}

impl RowReader for ClosedReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let columns = self.columns;
        let is_total = row.is_empty(columns.opened) && row.is_empty(columns.closed);
        if is_total
            && matches!(normalize(row.text_at(0)).as_str(), "" | "total" | "totals" | "razem")
        {
            return Taken::Neutral;
        }
        match self.position(row) {
            Some(position) => {
                self.content.closed.push(position);
                Taken::Later
            }
            None => Taken::Unknown,
        }
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = self.columns;
        let cells = row.cells(&[
            ("date", columns.closed),
            ("type", columns.kind),
            ("isin", columns.isin),
            ("quantity", columns.units),
            ("amount", columns.amount),
            ("note", columns.action),
        ]);
        builder.repair(row.source().row, cells);
        let isin = Isin::parse(row.text(columns.isin)).ok();
        let (_, name) = side_and_name(row.text(columns.action));
        self.content.spoiled.push((row.source(), isin, name.to_owned()));
        let id = row.text(columns.id);
        if !id.is_empty() {
            self.content.spoiled_ids.push(id.to_owned());
        }
    }
}
