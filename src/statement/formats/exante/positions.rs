//! `Stocks & ETFs (<account>, <day>)`: what the broker says is held, to compare with the lots left.

use jiff::civil::Date;

use super::super::bounded;
use super::super::shared::without_none;
use super::account;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{Isin, ReportedPosition, StatementBuilder, when};

#[derive(Debug)]
pub(super) struct Columns {
    symbol: Column,
    quantity: Column,
    isin: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            symbol: header.required(&["instrument"]),
            quantity: header.required(&["qty"]),
            isin: header.required(&["isin"]),
        };
        let others: Vec<String> = header.names().to_vec();
        for name in &others {
            // Prices and values of the day: no tax depends on them.
            header.find("value", |found| found == name);
        }
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: String,
    day: Date,
}

impl Reader {
    /// Reads account and day from the title; `None` if it does not tell them.
    pub(super) fn new(columns: Columns, title: &str) -> Option<Self> {
        let (_, rest) = title.rsplit_once('(')?;
        let (name, day) = rest.trim_end_matches(')').rsplit_once(',')?;
        let day = when::iso(day.trim().as_bytes())?.day;
        Some(Self { columns, account: name.trim().to_uppercase(), day })
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        let symbol = without_none(row.text(self.columns.symbol)).to_owned();
        let isin = Isin::parse(row.text(self.columns.isin)).ok();
        let quantity = bounded::quiet(row, self.columns.quantity);
        if let Some(quantity) = quantity.filter(|_| !symbol.is_empty()) {
            let position = ReportedPosition {
                source: row.source(),
                account: account(builder, &self.account),
                instrument: super::instrument(builder, isin, &symbol),
                day: self.day,
                quantity,
            };
            builder.position(position);
        }
        Taken::Neutral
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}
