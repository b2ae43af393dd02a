//! One sheet: a row of live totals, a head with filters, rows of typed cells.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError};

use super::number::cell_number;
use crate::{money::Pln, report::ReportInput, wording::report as words};

/// The first row of data, from zero: totals and head come before.
const FIRST_ROW: u32 = 2;
const HEAD_ROW: u32 = 1;

/// What a column holds; decides format and whether it is totaled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Words, codes, numbers of tables.
    Text,
    /// A whole number that is never summed: year, row, position.
    Label,
    /// A whole number that is summed.
    Count,
    /// Złoty, summed.
    Pln,
    /// An amount of another currency, or of several: never summed.
    Amount,
    /// Shares, coins.
    Quantity,
    /// An NBP rate.
    Rate,
    /// A share of one.
    Percent,
    /// A day.
    Day,
}

impl Kind {
    fn number_format(self) -> &'static str {
        match self {
            Self::Text => "@",
            Self::Label => "0",
            Self::Count => "#,##0",
            Self::Pln | Self::Amount => "#,##0.00",
            // A format with optional decimals leaves a lone point behind whole numbers.
            Self::Quantity => "General",
            Self::Rate => "0.0000####",
            Self::Percent => "0.0%",
            Self::Day => "yyyy-mm-dd",
        }
    }

    /// Words left with a little room, figures right, labels in between.
    fn align(self, format: Format) -> Format {
        match self {
            Self::Text => format.set_align(FormatAlign::Left).set_indent(1),
            Self::Label | Self::Day => format.set_align(FormatAlign::Center),
            Self::Count
            | Self::Pln
            | Self::Amount
            | Self::Quantity
            | Self::Rate
            | Self::Percent => format.set_align(FormatAlign::Right),
        }
    }

    fn is_totaled(self) -> bool {
        matches!(self, Self::Pln | Self::Count)
    }
}

/// A column: head, width in characters, kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    head: words::Phrase,
    width: u16,
    kind: Kind,
}

/// A column.
pub(super) const fn column(head: words::Phrase, width: u16, kind: Kind) -> Column {
    Column { head, width, kind }
}

/// What a cell holds.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Always written as a string, whatever it begins with.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(Date),
    /// A formula, and what it gives.
    Formula(String, Decimal),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Pln> for Cell {
    fn from(amount: Pln) -> Self {
        Self::Number(amount.amount())
    }
}

impl From<Decimal> for Cell {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

/// A formula with the result that viewers show before they compute.
pub(super) fn formula(text: &str, result: Decimal) -> Formula {
    Formula::new(text).set_result(result.normalize().to_string())
}

/// The formats of a workbook, made once.
pub(super) struct Formats {
    pub(super) head: Format,
    pub(super) title: Format,
    pub(super) note: Format,
    pub(super) alarm: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let accent = 0x001F_4E79;
        Self {
            head: Format::new()
                .set_bold()
                .set_font_color(accent)
                .set_background_color(0x00EE_F3F8)
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter)
                .set_text_wrap(),
            title: Format::new().set_bold().set_font_size(15).set_font_color(accent),
            note: Format::new().set_font_color(0x005A_6573),
            alarm: Format::new().set_bold().set_font_size(13).set_font_color(0x00A6_1B1B),
        }
    }
}

/// A sheet that is being filled from top to bottom.
pub(super) struct Sheet<'a> {
    worksheet: &'a mut Worksheet,
    columns: &'a [Column],
    formats: Vec<Format>,
    sums: Vec<Decimal>,
    next: u32,
}

impl<'a> Sheet<'a> {
    /// Sets head, widths and formats.
    pub(super) fn start(
        input: &ReportInput<'_>,
        worksheet: &'a mut Worksheet,
        formats: &Formats,
        columns: &'a [Column],
    ) -> Result<Self, XlsxError> {
        for (at, column) in (0..).zip(columns) {
            worksheet.set_column_width(at, column.width)?;
            let head = column.head.say(input.lang).replace('\n', " ");
            let format = column.kind.align(formats.head.clone());
            worksheet.write_string_with_format(HEAD_ROW, at, head, &format)?;
        }
        worksheet.set_row_height(HEAD_ROW, 32)?;
        worksheet.set_freeze_panes(FIRST_ROW, 0)?;
        let format = |column: &Column| {
            column.kind.align(Format::new().set_num_format(column.kind.number_format()))
        };
        Ok(Self {
            worksheet,
            columns,
            formats: columns.iter().map(format).collect(),
            sums: vec![Decimal::ZERO; columns.len()],
            next: FIRST_ROW,
        })
    }

    /// Writes a row.
    pub(super) fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (at, ((cell, format), sum)) in
            (0..).zip(cells.iter().zip(&self.formats).zip(&mut self.sums))
        {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) if text.is_empty() => {}
                Cell::Text(text) => {
                    self.worksheet.write_string_with_format(self.next, at, text, format)?;
                }
                Cell::Number(number) => {
                    *sum += number;
                    let number = cell_number(*number);
                    self.worksheet.write_number_with_format(self.next, at, number, format)?;
                }
                Cell::Day(day) => {
                    let serial = cell_number(serial(*day));
                    self.worksheet.write_number_with_format(self.next, at, serial, format)?;
                }
                Cell::Formula(text, result) => {
                    *sum += result;
                    let formula = formula(text, *result);
                    self.worksheet.write_formula_with_format(self.next, at, formula, format)?;
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// The number of the next row, as a spreadsheet shows it.
    pub(super) fn next_number(&self) -> u32 {
        self.next + 1
    }

    /// Adds filters and the live totals above the head. `SUBTOTAL(109, …)` skips filtered rows.
    pub(super) fn finish(self, input: &ReportInput<'_>) -> Result<(), XlsxError> {
        let last = self.next.saturating_sub(1).max(FIRST_ROW);
        let right = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(0);
        self.worksheet.autofilter(HEAD_ROW, 0, last, right)?;
        let bold = Format::new().set_bold();
        let totals = self.columns.iter().any(|column| column.kind.is_totaled());
        if totals {
            let label = words::FILTERED_TOTAL.say(input.lang);
            self.worksheet.write_string_with_format(0, 0, label, &bold)?;
        }
        for (at, (column, sum)) in (0..).zip(self.columns.iter().zip(&self.sums)) {
            if column.kind.is_totaled() {
                let letters = letters(at);
                let text =
                    format!("SUBTOTAL(109,{letters}{}:{letters}{})", FIRST_ROW + 1, last + 1);
                let format = bold.clone().set_num_format(column.kind.number_format());
                self.worksheet.write_formula_with_format(0, at, formula(&text, *sum), &format)?;
            }
        }
        print_setup(self.worksheet, self.columns.len());
        Ok(())
    }
}

/// Landscape A4, one or two pages wide, head repeated.
fn print_setup(worksheet: &mut Worksheet, columns: usize) {
    let pages_across = if columns > 14 { 2 } else { 1 };
    worksheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(pages_across, 0);
    // The rows exist, so this cannot fail; a missing print title would harm nobody.
    let _ = worksheet.set_repeat_rows(HEAD_ROW, HEAD_ROW);
}

/// The name of a column: `A`, `Z`, `AA`.
pub(super) fn letters(column: u16) -> String {
    let letter = |index: u16| char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    match column {
        0..26 => letter(column).to_string(),
        _ => format!("{}{}", letter(column / 26 - 1), letter(column)),
    }
}

/// The range of a column's data on a sheet, down to the last row there can be.
pub(super) fn range(sheet: &str, column: u16) -> String {
    let column = letters(column);
    format!("'{sheet}'!${column}${}:${column}$1048576", FIRST_ROW + 1)
}

/// The day number of spreadsheets: days since 1899-12-30, right from March 1900 on.
fn serial(day: Date) -> Decimal {
    let origin = Date::constant(1899, 12, 30);
    day.since(origin).map(|span| span.get_days()).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_are_those_of_spreadsheets() {
        // DATE(2025,1,1) is 45658 in Excel and LibreOffice.
        assert_eq!(serial(Date::constant(2025, 1, 1)), Decimal::from(45_658));
        assert_eq!(serial(Date::constant(1900, 3, 1)), Decimal::from(61));
    }

    #[test]
    fn columns_are_named_as_in_spreadsheets() {
        assert_eq!([0, 25, 26, 51, 52].map(letters), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
