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
mod row;
mod unit;

use std::io::Cursor;

use super::{Code, Diagnostic, FileId, Sheet, Source, StatementBuilder};
use columns::Columns;

pub use dates::{DateOrder, is_plausible};
pub use header::{Column, Header, fold, normalize};
pub use numbers::NumberStyle;
pub use row::Row;
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

impl<'s> Table<'s> {
    /// Opens a sheet whose first row with content is the header; `None` if there is no such row.
    pub fn open(file: FileId, sheet: &'s Sheet, conventions: Conventions) -> Option<Self> {
        Self::open_at(file, sheet, conventions, |_| true)
    }

    /// Opens a sheet at the first row that satisfies a test, for files with a preamble.
    pub fn open_at(
        file: FileId,
        sheet: &'s Sheet,
        conventions: Conventions,
        is_header: impl Fn(&Header) -> bool,
    ) -> Option<Self> {
        let text = sheet.text.strip_prefix('\u{feff}').unwrap_or(&sheet.text);
        let lone_returns = !text.contains('\n') && text.contains('\r');
        let whole = Body { text, delimiter: sheet.delimiter, line: 1, lone_returns };
        let mut rows = Rows::new(whole);
        while let Some(number) = rows.advance() {
            let header = Header::new(rows.record.iter(), number);
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
        let nul = has_nul && memchr::memchr(0, rows.record.as_slice()).is_some();
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
    record: &csv::ByteRecord,
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

/// Walks over the records of a body that have content.
struct Rows<'s> {
    body: Body<'s>,
    reader: csv::Reader<Cursor<&'s [u8]>>,
    record: csv::ByteRecord,
    /// Where the record begins, as a byte of the text.
    start: usize,
    /// The line in which it begins, from 0 within the body.
    line: u64,
    /// How many records were read, for texts whose lines cannot be counted.
    ordinal: u64,
    repaired_quotes: u32,
}

impl<'s> Rows<'s> {
    fn new(body: Body<'s>) -> Self {
        Self {
            body,
            reader: body.reader(),
            record: csv::ByteRecord::new(),
            start: 0,
            line: 0,
            ordinal: 0,
            repaired_quotes: 0,
        }
    }

    /// Reads the next record with content and answers its row number.
    fn advance(&mut self) -> Option<u32> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).ok()? {
                return None;
            }
            self.ordinal += 1;
            if self.record.as_slice().iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            self.locate();
            let within = if self.body.lone_returns { self.ordinal - 1 } else { self.line };
            return Some(self.body.line.saturating_add(u32::try_from(within).unwrap_or(u32::MAX)));
        }
    }

    /// Finds where the record really begins: the CSV reader counts the line ends before it, and
    /// the line feed of the line before, to the record.
    fn locate(&mut self) {
        let Some(position) = self.record.position() else { return };
        self.start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        self.line = position.line().saturating_sub(1);
        let rest = self.body.text.as_bytes().get(self.start..).unwrap_or_default();
        for &byte in rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')) {
            self.start += 1;
            self.line += u64::from(byte == b'\n');
        }
    }

    /// The raw text of the record, with its line end.
    fn raw(&self) -> &'s str {
        let end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        self.body.text.get(self.start..end).unwrap_or_default()
    }

    /// Whether a field holds a line end.
    fn spans_lines(&self) -> bool {
        memchr::memchr2(b'\n', b'\r', self.record.as_slice()).is_some()
    }

    /// Whether the record ran into the end of the text within quotes.
    fn has_open_quote(&self) -> bool {
        let raw = self.raw().as_bytes();
        let at_end = self.start + raw.len() >= self.body.text.len();
        at_end && memchr::memchr_iter(b'"', raw).count() % 2 == 1
    }

    /// Goes back to the line after the one in which the record begins: a stray quote has swallowed it.
    fn return_to_next_line(&mut self) {
        if self.repaired_quotes >= REPAIRED_QUOTES_MAX {
            return;
        }
        self.repaired_quotes += 1;
        let raw = self.raw().as_bytes();
        let Some(end) = memchr::memchr(b'\n', raw) else { return };
        let mut position = csv::Position::new();
        let byte = u64::try_from(self.start + end + 1).unwrap_or(u64::MAX);
        position.set_byte(byte).set_line(self.line + 2).set_record(self.ordinal);
        // A cursor over memory can always seek within its bounds.
        let _ = self.reader.seek(position);
    }

    /// What follows the current record.
    fn rest(&self) -> Body<'s> {
        let position = self.reader.position();
        let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let text = self.body.text.get(at..).unwrap_or_default();
        let lines = if self.body.lone_returns { self.ordinal } else { position.line() - 1 };
        let line = self.body.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        Body { text, line, ..self.body }
    }
}

#[cfg(test)]
mod tests;
