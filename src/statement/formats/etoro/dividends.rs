//! The sheet of dividends: one row per position and payment, net beside the tax at source.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::assemble::Content;
use super::columns;
use super::kind::Class;
use crate::statement::formats::bounded;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{Code, Isin, Source, StatementBuilder};

/// A dividend paid on one position.
#[derive(Clone, Debug)]
pub(super) struct Dividend {
    pub(super) source: Source,
    pub(super) day: Date,
    pub(super) name: String,
    /// Net, signed.
    pub(super) net: Decimal,
    /// Tax at source, ≥ 0.
    pub(super) tax: Decimal,
    pub(super) position: String,
    pub(super) class: Class,
    pub(super) isin: Option<Isin>,
}

#[derive(Clone, Copy, Debug)]
struct Columns {
    day: Column,
    name: Column,
    net: Column,
    tax: Column,
    position: Column,
    kind: Column,
    isin: Column,
}

/// Reads the rows.
#[derive(Debug)]
pub(super) struct DividendReader<'c> {
    columns: Columns,
    content: &'c mut Content,
}

/// Words for dividend, tax and amount in the names of columns.
const DIVIDEND: &[&str] = &["dividend", "dywidenda"];
const TAX: &[&str] = &["tax", "podat", "daň", "daně"];
const AMOUNT: &[&str] = &["amount", "kwota", "částka"];

impl<'c> DividendReader<'c> {
    pub(super) fn new(header: &mut Header, content: &'c mut Content) -> Self {
        let columns = Columns {
            day: header.required(columns::PAID),
            name: header.optional(columns::NAME),
            net: columns::find(header, "net dividend received (usd)", &[DIVIDEND, &["usd"]]),
            tax: columns::find(header, "withholding tax amount (usd)", &[TAX, AMOUNT, &["usd"]]),
            position: header.required(columns::POSITION),
            kind: header.required(columns::KIND),
            isin: header.optional(&["isin"]),
        };
        if !columns.net.is_present() {
            header.required(&["net dividend received (usd)"]);
        }
        if !columns.tax.is_present() {
            header.required(&["withholding tax amount (usd)"]);
        }
        // The rate, and the same amounts in euro.
        columns::ignore_rest(header);
        content.has_dividends = true;
        Self { columns, content }
    }

    fn dividend(&self, row: &mut Row<'_>) -> Option<Dividend> {
        let columns = self.columns;
        let stamp = row.required_stamp(columns.day);
        let net = bounded::required(row, columns.net);
        let tax = bounded::required(row, columns.tax);
        let isin = row.isin(columns.isin);
        let class = Class::parse(row.text(columns.kind));
        if class.is_none() {
            row.report(Code::UnknownRow, columns.kind);
        }
        let (stamp, net, tax, class) = (stamp?, net?, tax?, class?);
        (!row.has_errors()).then(|| Dividend {
            source: row.source(),
            day: stamp.day,
            name: row.text(columns.name).to_owned(),
            net,
            tax: tax.abs(),
            position: row.text(columns.position).to_owned(),
            class,
            isin,
        })
    }
}

impl RowReader for DividendReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        if row.is_empty(self.columns.day) && row.is_empty(self.columns.position) {
            return Taken::Neutral;
        }
        match self.dividend(row) {
            Some(dividend) => {
                self.content.dividends.push(dividend);
                Taken::Later
            }
            None => Taken::Unknown,
        }
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = self.columns;
        let cells = row.cells(&[
            ("date", columns.day),
            ("ticker", columns.name),
            ("isin", columns.isin),
            ("amount", columns.net),
            ("wht", columns.tax),
        ]);
        builder.repair(row.source().row, cells);
    }
}
