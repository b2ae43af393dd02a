//! The rows of one sheet, by header: what all readers of delimited text share.
//!
//! A format opens a [`Table`], claims its columns from the [`Header`], and then reads: each data row
//! is handed to a [`RowReader`] and ends as exactly one [`Taken`], so the counts add up by
//! construction. Rows that are damaged as text never reach the reader's main path.
//!
//! Rows are numbered by the physical line in which they begin, as an editor shows them.

mod columns;
mod dates;
mod header;
mod numbers;
mod record;
mod row;
mod rows;
mod unit;

use std::io::Cursor;

use super::{Code, Diagnostic, FileId, Sheet, Source, StatementBuilder};
use columns::Columns;

pub use dates::{DateOrder, is_plausible};
pub use header::{Column, Header, fold, fold_name, normalize};
pub use numbers::NumberStyle;
pub(in crate::statement) use record::Record;
pub use row::Row;
pub(in crate::statement) use rows::Rows;
pub use unit::Unit;

/// What a format writes itself; breaks ties where the cells of a column do not decide.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Conventions {
    /// The style of numbers; `None`: a number with two readings is refused.
    pub numbers: Option<NumberStyle>,
    /// The order of dates with slashes; `None`: a date with two readings is refused.
    pub dates: Option<DateOrder>,
    /// Whether a row may end before its last columns, as in files typed by hand.
    pub short_rows: bool,
}

/// How a row was taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Taken {
    /// It became events.
    Used,
    /// A known row without a tax effect.
    Neutral,
    /// An event that another row of the file already told.
    Duplicate,
    /// Not understood; the findings of the row say why.
    Unknown,
    /// Kept by the reader, which counts it later, with the rows that it belongs to.
    Later,
}

/// Takes the rows of a table one by one.
pub trait RowReader {
    /// Takes a row of the right shape.
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken;

    /// Called for each row that ends as [`Taken::Unknown`], damaged ones included (their cells may
    /// stand in wrong columns): the place to keep it for the repair template and to block what it names.
    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder);
}

/// A usual length of a row, to reserve room by. Too much is room that is never touched.
const ROW_BYTES: usize = 128;

/// After so many damaged quotations the rest of a file is not searched for further rows.
const REPAIRED_QUOTES_MAX: u32 = 100;

/// A sheet, opened at its header.
pub struct Table<'s> {
    body: Body<'s>,
    header: Header,
    columns: Columns,
    conventions: Conventions,
    file: FileId,
}

/// The rows below the header.
#[derive(Clone, Copy, Debug)]
struct Body<'s> {
    text: &'s str,
    delimiter: u8,
    /// The line in which the text begins.
    line: u32,
    /// Whether lines end in a lone carriage return, which the CSV reader does not count.
    lone_returns: bool,
}

/// No table has so many columns; a line without breaks may be a header of millions.
const COLUMNS_MAX: usize = 2_000;

impl<'s> Table<'s> {
    /// Opens a sheet whose first row with content is the header; `None` if there is no such row.
    pub fn open(file: FileId, sheet: &'s Sheet, conventions: Conventions) -> Option<Self> {
        Self::open_at(file, sheet, conventions, |_| true)
    }

    /// As [`Table::open`], of a sheet that was cut out of another one, in which it begins in that line:
    /// rows keep the numbers that they have there.
    pub fn open_from(
        file: FileId,
        sheet: &'s Sheet,
        line: u32,
        conventions: Conventions,
    ) -> Option<Self> {
        Self::opened(file, sheet, Rows::from_line(sheet, line), conventions, |_| true)
    }

    /// Opens a sheet at the first row that satisfies a test, for files with a preamble.
    pub fn open_at(
        file: FileId,
        sheet: &'s Sheet,
        conventions: Conventions,
        is_header: impl Fn(&Header) -> bool,
    ) -> Option<Self> {
        Self::opened(file, sheet, Rows::of(sheet), conventions, is_header)
    }

    fn opened(
        file: FileId,
        sheet: &Sheet,
        mut rows: Rows<'s>,
        conventions: Conventions,
        is_header: impl Fn(&Header) -> bool,
    ) -> Option<Self> {
        // A sheet of a workbook has no cells behind the last one with content.
        let short_rows = conventions.short_rows || !sheet.name.is_empty();
        let conventions = Conventions { short_rows, ..conventions };
        while let Some(number) = rows.advance() {
            let header = Header::new(rows.record.iter().take(COLUMNS_MAX), number);
            if is_header(&header) {
                return Some(Self::at(rows.rest(), header, conventions, file));
            }
        }
        None
    }

    fn at(body: Body<'s>, header: Header, conventions: Conventions, file: FileId) -> Self {
        let columns = Columns::new(header.width(), conventions);
        Self { body, header, columns, conventions, file }
    }

    /// The header, to claim columns from.
    pub fn header(&mut self) -> &mut Header {
        &mut self.header
    }

    /// Lets a column mix `12,5` with `12.5`, as people do who repair single cells: each of the two can be
    /// read in one way only.
    pub fn mix_numbers(&mut self) {
        self.columns.mix_numbers();
    }

    /// Whether all required columns were found; each missing one becomes a finding.
    pub fn is_complete(&self, builder: &mut StatementBuilder) -> bool {
        let source = Source { file: self.file, row: self.header.row() };
        for name in self.header.missing() {
            builder.diagnose(Diagnostic::at(Code::MissingColumn, source).found(*name, ""));
        }
        self.header.missing().is_empty()
    }

    /// Hands every data row to the reader and counts how it was taken.
    pub fn read(mut self, builder: &mut StatementBuilder, reader: &mut impl RowReader) {
        builder.reserve(self.body.text.len() / ROW_BYTES);
        let mut rows = Rows::new(self.body);
        let mut findings = Vec::new();
        let mut unknown = self.header.unknown();
        let has_nul = memchr::memchr(0, self.body.text.as_bytes()).is_some();
        while let Some(number) = rows.advance() {
            let source = Source { file: self.file, row: number };
            let damage = self.damage(&mut rows, has_nul);
            if damage.is_none() {
                warn_of_unknown(&self.header, &mut unknown, &rows.record, source, builder);
            }
            let mut row = Row {
                record: &rows.record,
                header: &self.header,
                columns: &mut self.columns,
                body: self.body,
                findings: &mut findings,
                source,
            };
            let taken = match damage {
                Some(detail) => {
                    row.diagnose(Diagnostic::at(Code::RowShape, source).detail(detail));
                    Taken::Unknown
                }
                None => reader.row(&mut row, builder),
            };
            if taken == Taken::Unknown {
                if row.findings.is_empty() {
                    row.diagnose(Diagnostic::at(Code::UnknownRow, source));
                }
                reader.unreadable(&mut row, builder);
            }
            count(taken, builder);
            findings.drain(..).for_each(|finding| builder.diagnose(finding));
        }
    }

    /// What is wrong with the shape of the current row: its field count and that of the header.
    fn damage(&self, rows: &mut Rows<'_>, has_nul: bool) -> Option<String> {
        let (found, expected) = (rows.record.len(), self.header.width());
        // Looked at only where there is something: walking over the fields of every row costs.
        let surplus = (expected..found)
            .filter_map(|at| rows.record.get(at))
            .any(|cell| !cell.trim_ascii().is_empty());
        let misshapen = surplus || (found < expected && !self.conventions.short_rows);
        let torn = rows.spans_lines() && (misshapen || rows.has_open_quote());
        if torn {
            rows.return_to_next_line();
        }
        let nul = has_nul && rows.record.holds(0);
        (misshapen || torn || nul).then(|| format!("{found}/{expected}"))
    }
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("header", &self.header).finish_non_exhaustive()
    }
}

fn count(taken: Taken, builder: &mut StatementBuilder) {
    match taken {
        Taken::Used => builder.used(),
        Taken::Neutral => builder.neutral(),
        Taken::Duplicate => builder.duplicate(),
        Taken::Unknown => builder.unknown(),
        Taken::Later => {}
    }
}

/// Warns once of each unclaimed column that holds a value.
fn warn_of_unknown(
    header: &Header,
    unknown: &mut Vec<usize>,
    record: &Record<'_>,
    source: Source,
    builder: &mut StatementBuilder,
) {
    unknown.retain(|&at| {
        let cell = record.get(at).unwrap_or_default().trim_ascii();
        if cell.is_empty() {
            return true;
        }
        let finding = Diagnostic::at(Code::UnknownColumn, source)
            .found(header.name_at(at), String::from_utf8_lossy(cell));
        builder.diagnose(finding);
        false
    });
}

impl<'s> Body<'s> {
    fn reader(&self) -> csv::Reader<Cursor<&'s [u8]>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(Cursor::new(self.text.as_bytes()))
    }
}

#[cfg(test)]
mod tests;
