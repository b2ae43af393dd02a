//! Typed access to the cells of one row. Every problem of every cell becomes a finding.

use rust_decimal::Decimal;

use super::Body;
use super::columns::Columns;
use super::dates::is_plausible;
use super::header::{Column, Header};
use super::record::Record;
use super::unit::Unit;
use crate::money::{Country, Quoted};
use crate::statement::when::Stamp;
use crate::statement::{Code, Diagnostic, Isin, Severity, Source};

/// One data row.
///
/// Accessors answer `None` for an empty cell and for an unreadable one; the latter leaves a finding,
/// so that a reader asks for all cells that it needs and only then gives up.
#[derive(Debug)]
pub struct Row<'t> {
    pub(super) record: &'t Record<'t>,
    pub(super) header: &'t Header,
    pub(super) columns: &'t mut Columns,
    pub(super) body: Body<'t>,
    pub(super) findings: &'t mut Vec<Diagnostic>,
    pub(super) source: Source,
}

impl<'t> Row<'t> {
    /// Where the row stands.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The cell without outer blanks; empty where the column or the cell is missing.
    pub fn bytes(&self, column: Column) -> &'t [u8] {
        let cell = column.index().and_then(|at| self.record.get(at));
        cell.unwrap_or_default().trim_ascii()
    }

    /// The cell as text, without outer blanks (no-break ones included).
    pub fn text(&self, column: Column) -> &'t str {
        column.index().map_or("", |at| self.text_at(at))
    }

    /// Whether the cell is empty.
    pub fn is_empty(&self, column: Column) -> bool {
        self.bytes(column).is_empty()
    }

    /// The cell at a position, without outer blanks, for tables whose width varies.
    pub fn text_at(&self, index: usize) -> &'t str {
        let text = self.record.text(index).unwrap_or_default();
        match text.as_bytes() {
            // Blanks beyond ASCII have bytes beyond it.
            [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
            _ => text.trim(),
        }
    }

    /// How many fields the row has.
    pub fn width(&self) -> usize {
        self.record.len()
    }

    /// Text that must be there.
    pub fn required_text(&mut self, column: Column) -> Option<&'t str> {
        self.present(column).then(|| self.text(column))
    }

    /// A day, with the time if the cell has one.
    pub fn stamp(&mut self, column: Column) -> Option<Stamp> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return None;
        }
        let stamp = match self.columns.stamp(self.body, column, bytes) {
            Ok(stamp) => stamp,
            Err(code) => return self.refuse(code, column),
        };
        if is_plausible(stamp.day) {
            return Some(stamp);
        }
        self.refuse(Code::ImplausibleDate, column)
    }

    /// A day if the cell is readable as one; leaves no finding.
    pub fn quiet_stamp(&mut self, column: Column) -> Option<Stamp> {
        let stamp = self.columns.stamp(self.body, column, self.bytes(column)).ok()?;
        is_plausible(stamp.day).then_some(stamp)
    }

    /// A day that must be there.
    pub fn required_stamp(&mut self, column: Column) -> Option<Stamp> {
        let stamp = self.stamp(column);
        if stamp.is_none() {
            self.present(column);
        }
        stamp
    }

    /// A number without a unit.
    pub fn decimal(&mut self, column: Column) -> Option<Decimal> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return None;
        }
        if let Some(value) = self.columns.plain(column, bytes) {
            return Some(value);
        }
        match self.number(column)? {
            (value, None) => Some(value),
            (_, Some(_)) => self.refuse(Code::BadNumber, column),
        }
    }

    /// A number if the cell is readable as one; leaves no finding.
    pub fn quiet_decimal(&mut self, column: Column) -> Option<Decimal> {
        self.columns.number(self.body, column, self.bytes(column)).ok().map(|(value, _)| value)
    }

    /// A number without a unit that must be there.
    pub fn required_decimal(&mut self, column: Column) -> Option<Decimal> {
        let value = self.decimal(column);
        if value.is_none() {
            self.present(column);
        }
        value
    }

    /// A number without a unit that must be there and be greater than zero.
    pub fn required_positive(&mut self, column: Column) -> Option<Decimal> {
        let value = self.required_decimal(column)?;
        if value.is_sign_positive() && !value.is_zero() {
            Some(value)
        } else {
            self.refuse(Code::NotPositive, column)
        }
    }

    /// A number, and the currency glued to it (`5 zł`), if any. Compare it with the currency column.
    pub fn number(&mut self, column: Column) -> Option<(Decimal, Option<Unit<'t>>)> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return None;
        }
        match self.columns.number(self.body, column, bytes) {
            Ok(number) => Some(number),
            Err(code) => self.refuse(code, column),
        }
    }

    /// A currency or a quotation unit such as `GBX`.
    pub fn quoted(&mut self, column: Column) -> Option<Quoted> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return None;
        }
        match self.columns.quoted(bytes) {
            Some(quoted) => Some(quoted),
            None => self.refuse(Code::BadCurrency, column),
        }
    }

    /// A currency that must be there.
    pub fn required_quoted(&mut self, column: Column) -> Option<Quoted> {
        let quoted = self.quoted(column);
        if quoted.is_none() {
            self.present(column);
        }
        quoted
    }

    /// An ISIN. A wrong check digit is a warning, once per ISIN and table.
    pub fn isin(&mut self, column: Column) -> Option<Isin> {
        let bytes = self.bytes(column);
        if bytes.is_empty() {
            return None;
        }
        let Ok(isin) = Isin::from_bytes(bytes) else { return self.refuse(Code::BadIsin, column) };
        if self.columns.is_first(isin) && !isin.has_valid_check_digit() {
            self.report(Code::IsinCheckDigit, column);
        }
        Some(isin)
    }

    /// A country code.
    pub fn country(&mut self, column: Column) -> Option<Country> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match Country::parse(text) {
            Ok(country) => Some(country),
            Err(_) => self.refuse(Code::BadCountry, column),
        }
    }

    /// Whether the cell is filled; leaves a finding if not.
    pub fn present(&mut self, column: Column) -> bool {
        let filled = !self.is_empty(column);
        if !filled {
            self.report(Code::EmptyCell, column);
        }
        filled
    }

    /// Notes a finding about a cell.
    pub fn report(&mut self, code: Code, column: Column) {
        self.report_with(code, column, "");
    }

    /// Notes a finding about a cell with a further detail.
    pub fn report_with(&mut self, code: Code, column: Column, detail: impl Into<String>) {
        let finding = Diagnostic::at(code, self.source)
            .found(self.header.name(column), self.text(column))
            .detail(detail);
        // Two readings of one cell are one finding.
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Notes any finding.
    pub fn diagnose(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// As [`Row::report`], for use in a `return`.
    pub fn refuse<T>(&mut self, code: Code, column: Column) -> Option<T> {
        self.report(code, column);
        None
    }

    /// Whether a finding of this row is an error: the row must not be used.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The raw cells that are filled, under names of the template, for [`crate::statement::RepairRow`].
    pub fn cells(&self, named: &[(&'static str, Column)]) -> Vec<(&'static str, String)> {
        named
            .iter()
            .map(|&(name, column)| (name, self.text(column)))
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name, text.to_owned()))
            .collect()
    }
}
