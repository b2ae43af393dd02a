//! The sheet of account activity, row by row.

use rust_decimal::Decimal;

use super::assemble::Content;
use super::columns;
use super::kind::{Class, Kind};
use crate::statement::formats::bounded;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{Code, Source, StatementBuilder};

/// One row of the activity.
#[derive(Clone, Debug)]
pub(super) struct Activity {
    pub(super) source: Source,
    pub(super) kind: Kind,
    /// Its text in the file.
    pub(super) label: String,
    /// UTC.
    pub(super) stamp: Stamp,
    /// `NKE/USD`, for a split `NKE/USD 2:1`.
    pub(super) details: String,
    pub(super) amount: Decimal,
    /// Since 2023.
    pub(super) units: Option<Decimal>,
    pub(super) position: String,
    /// Since 2023.
    pub(super) class: Option<Class>,
}

#[derive(Clone, Copy, Debug)]
struct Columns {
    date: Column,
    kind: Column,
    details: Column,
    amount: Column,
    units: Column,
    position: Column,
    asset: Column,
}

/// Reads the rows.
#[derive(Debug)]
pub(super) struct ActivityReader<'c> {
    columns: Columns,
    content: &'c mut Content,
}

impl<'c> ActivityReader<'c> {
    pub(super) fn new(header: &mut Header, content: &'c mut Content) -> Self {
        let columns = Columns {
            date: header.required(columns::DATE),
            kind: header.required(columns::KIND),
            details: header.required(columns::DETAILS),
            amount: header.required(columns::AMOUNT),
            units: header.optional(columns::UNITS),
            position: header.required(columns::POSITION),
            asset: header.optional(columns::ASSET),
        };
        // Balances and what may not be withdrawn.
        columns::ignore_rest(header);
        content.has_activity = true;
        Self { columns, content }
    }

    fn kind(&self, row: &Row<'_>) -> Option<Kind> {
        let kind = Kind::parse(row.text(self.columns.kind), row.text(self.columns.details))?;
        let is_other = Class::parse(row.text(self.columns.asset)).is_some_and(|c| c != Class::Cfd);
        Some(if kind == Kind::Adjustment && is_other { Kind::Unsettled } else { kind })
    }

    fn activity(&self, kind: Kind, row: &mut Row<'_>) -> Option<Activity> {
        let columns = self.columns;
        let stamp = row.required_stamp(columns.date);
        let amount = bounded::required(row, columns.amount);
        // Rows without units have a dash.
        let units = bounded::quiet(row, columns.units).filter(|units| *units > Decimal::ZERO);
        let position = row.text(columns.position).to_owned();
        if matches!(kind, Kind::Open | Kind::Close) && position.is_empty() {
            row.report(Code::EmptyCell, columns.position);
        }
        let (stamp, amount) = (stamp?, amount?);
        (!row.has_errors()).then(|| Activity {
            source: row.source(),
            kind,
            label: row.text(columns.kind).to_owned(),
            stamp,
            details: row.text(columns.details).to_owned(),
            amount,
            units,
            position,
            class: Class::parse(row.text(columns.asset)),
        })
    }
}

impl RowReader for ActivityReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let columns = self.columns;
        let Some(kind) = self.kind(row) else {
            row.report_with(Code::UnknownRow, columns.kind, row.text(columns.details));
            return Taken::Unknown;
        };
        let is_nothing = bounded::quiet(row, columns.amount).is_some_and(|amount| amount.is_zero());
        match kind {
            Kind::Neutral => return Taken::Neutral,
            Kind::Unsettled if is_nothing && row.is_empty(columns.position) => {
                return Taken::Neutral;
            }
            Kind::Unsettled => {
                row.report_with(Code::UnsettledAction, columns.kind, row.text(columns.details));
                return Taken::Unknown;
            }
            Kind::Open
            | Kind::Close
            | Kind::Dividend
            | Kind::Interest
            | Kind::Charge
            | Kind::Overnight
            | Kind::Adjustment
            | Kind::Reward
            | Kind::Split => {}
        }
        match self.activity(kind, row) {
            Some(activity) => {
                self.content.activity.push(activity);
                Taken::Later
            }
            None => Taken::Unknown,
        }
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.kind),
            ("ticker", columns.details),
            ("quantity", columns.units),
            ("amount", columns.amount),
        ]);
        builder.repair(row.source().row, cells);
        let harmless = matches!(
            self.kind(row),
            Some(
                Kind::Dividend
                    | Kind::Interest
                    | Kind::Overnight
                    | Kind::Adjustment
                    | Kind::Reward
                    | Kind::Neutral
            )
        );
        let details = row.text(columns.details);
        if !harmless && details.contains('/') {
            self.content.spoiled_details.push((row.source(), details.to_owned()));
        }
    }
}
