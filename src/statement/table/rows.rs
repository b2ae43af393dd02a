//! The records of a body of delimited text, one after the other.
//!
//! Most lines of most exports are nothing but fields between delimiters, some of them in quotation marks
//! from end to end: they are split here. All others are left to the CSV reader. Both give the same records.

use std::io::Cursor;

use super::{Body, REPAIRED_QUOTES_MAX, Sheet, record::Record};

/// Walks over the records of a body that have content.
pub(in crate::statement) struct Rows<'s> {
    body: Body<'s>,
    reader: csv::Reader<Cursor<&'s [u8]>>,
    pub(in crate::statement) record: Record<'s>,
    /// Where the record begins, as a byte of the text.
    start: usize,
    /// The line in which it begins, from 0 within the body.
    line: u64,
    /// Where the text goes on after the record, and in which line.
    next: (usize, u64),
    /// Where the CSV reader stands, unless it must be told.
    reader_at: Option<usize>,
    /// How many records were read, for texts whose lines cannot be counted.
    ordinal: u64,
    repaired_quotes: u32,
}

impl<'s> Rows<'s> {
    /// All records of a sheet, for readers of files that are no plain tables.
    pub(in crate::statement) fn of(sheet: &'s Sheet) -> Self {
        let text = sheet.text.strip_prefix('\u{feff}').unwrap_or(&sheet.text);
        let lone_returns = !text.contains('\n') && text.contains('\r');
        Self::new(Body { text, delimiter: sheet.delimiter, line: 1, lone_returns })
    }

    /// All records of a sheet that was cut out of another one, where it begins in that line. Only lines
    /// that are counted can be above it.
    pub(super) fn from_line(sheet: &'s Sheet, line: u32) -> Self {
        if line <= 1 {
            return Self::of(sheet);
        }
        let (text, delimiter) = (sheet.text.as_str(), sheet.delimiter);
        Self::new(Body { text, delimiter, line, lone_returns: false })
    }

    pub(super) fn new(body: Body<'s>) -> Self {
        Self {
            body,
            reader: body.reader(),
            record: Record::default(),
            start: 0,
            line: 0,
            next: (0, 0),
            reader_at: Some(0),
            ordinal: 0,
            repaired_quotes: 0,
        }
    }

    /// Reads the next record with content and answers its row number.
    pub(in crate::statement) fn advance(&mut self) -> Option<u32> {
        loop {
            let rest = self.skip_line_ends()?;
            let end = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
            match self.record.split(rest.get(..end).unwrap_or_default(), self.body.delimiter) {
                Some(()) => self.next = (self.start + end, self.line),
                None => self.read_quoted()?,
            }
            self.ordinal += 1;
            if self.record.is_blank() {
                continue;
            }
            let within = if self.body.lone_returns { self.ordinal - 1 } else { self.line };
            return Some(self.body.line.saturating_add(u32::try_from(within).unwrap_or(u32::MAX)));
        }
    }

    /// Goes to the next line that is not empty; `None` at the end of the text.
    fn skip_line_ends(&mut self) -> Option<&'s str> {
        let (mut start, mut line) = self.next;
        let mut rest = self.body.text.as_bytes().get(start..)?;
        while let [end @ (b'\r' | b'\n'), tail @ ..] = rest {
            start += 1;
            line += u64::from(*end == b'\n');
            rest = tail;
        }
        (self.start, self.line) = (start, line);
        self.body.text.get(start..).filter(|rest| !rest.is_empty())
    }

    fn read_quoted(&mut self) -> Option<()> {
        if self.reader_at != Some(self.next.0) {
            let mut position = csv::Position::new();
            let byte = u64::try_from(self.start).unwrap_or(u64::MAX);
            position.set_byte(byte).set_line(self.line + 1).set_record(self.ordinal);
            // A cursor over memory can always seek within its bounds.
            self.reader.seek(position).ok()?;
        }
        if !self.reader.read_byte_record(&mut self.record.unwrapped).ok()? {
            return None;
        }
        let position = self.reader.position();
        let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        self.next = (at, position.line().saturating_sub(1));
        self.reader_at = Some(at);
        Some(())
    }

    /// The raw text of the record, with its line end.
    fn raw(&self) -> &'s str {
        let (end, _) = self.next;
        self.body.text.get(self.start..end).unwrap_or_default()
    }

    /// Whether a field holds a line end.
    pub(in crate::statement) fn spans_lines(&self) -> bool {
        self.record.is_unwrapped && (self.record.holds(b'\n') || self.record.holds(b'\r'))
    }

    /// Whether the record ran into the end of the text within quotes.
    pub(super) fn has_open_quote(&self) -> bool {
        let raw = self.raw().as_bytes();
        let at_end = self.start + raw.len() >= self.body.text.len();
        at_end && memchr::memchr_iter(b'"', raw).count() % 2 == 1
    }

    /// Goes back to the line after the one in which the record begins: a stray quote has swallowed it.
    pub(super) fn return_to_next_line(&mut self) {
        if self.repaired_quotes >= REPAIRED_QUOTES_MAX {
            return;
        }
        self.repaired_quotes += 1;
        let Some(end) = memchr::memchr(b'\n', self.raw().as_bytes()) else { return };
        self.next = (self.start + end + 1, self.line + 1);
        self.reader_at = None;
    }

    /// What follows the current record.
    pub(super) fn rest(&self) -> Body<'s> {
        let (at, lines) = self.next;
        let text = self.body.text.get(at..).unwrap_or_default();
        let lines = if self.body.lone_returns { self.ordinal } else { lines };
        let line = self.body.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        Body { text, line, ..self.body }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whatever the CSV reader makes of a text, with the line of each record.
    fn as_the_reader_reads(body: Body<'_>) -> Vec<Vec<Vec<u8>>> {
        let records = body.reader().into_byte_records().map(Result::unwrap);
        let filled =
            records.filter(|record| !record.as_slice().iter().all(u8::is_ascii_whitespace));
        filled.map(|record| record.iter().map(<[u8]>::to_vec).collect()).collect()
    }

    fn rows(body: Body<'_>) -> (Vec<Vec<Vec<u8>>>, Vec<u32>) {
        let mut rows = Rows::new(body);
        let (mut records, mut numbers) = (Vec::new(), Vec::new());
        while let Some(number) = rows.advance() {
            records.push(rows.record.iter().map(<[u8]>::to_vec).collect());
            numbers.push(number);
        }
        (records, numbers)
    }

    proptest! {
        #[test]
        fn both_lanes_read_what_the_csv_reader_reads(
            text in "([a-c1; \"]{0,6}(\n|\r\n|\r|;|\"\"|\";\")){0,12}[a-c;\"]{0,4}",
        ) {
            let body = Body { text: &text, delimiter: b';', line: 1, lone_returns: false };
            let (records, numbers) = rows(body);
            prop_assert_eq!(records, as_the_reader_reads(body));
            prop_assert!(numbers.is_sorted());
            // A record begins in the line that its first byte stands in.
            let mut walker = Rows::new(body);
            while let Some(number) = walker.advance() {
                let before = text[..walker.start].matches('\n').count();
                prop_assert_eq!(usize::try_from(number).unwrap(), before + 1);
            }
        }
    }
}
