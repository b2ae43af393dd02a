//! Sheets as CSV text, one line per row of the sheet, so that line numbers are row numbers.

use std::fmt::Write as _;

use calamine::{Data, DataRef, ExcelDateTime};

use super::Refused;
use crate::{mail::Limits, statement::Code};

/// The value of one cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Empty,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Bool(bool),
    Time(ExcelDateTime),
    IsoTime(&'a str),
}

/// Runs the action with the cell's value.
pub(super) fn with_value<T>(data: &Data, action: impl FnOnce(Value<'_>) -> T) -> T {
    match data {
        Data::Empty => action(Value::Empty),
        Data::Int(number) => action(Value::Integer(*number)),
        Data::Float(number) => action(Value::Number(*number)),
        Data::String(text) | Data::DurationIso(text) => action(Value::Text(text)),
        Data::Bool(truth) => action(Value::Bool(*truth)),
        Data::DateTime(time) => action(Value::Time(*time)),
        Data::DateTimeIso(text) => action(Value::IsoTime(text)),
        Data::Error(error) => action(Value::Text(&error.to_string())),
    }
}

/// Runs the action with the cell's value.
pub(super) fn with_value_ref<T>(data: &DataRef<'_>, action: impl FnOnce(Value<'_>) -> T) -> T {
    match data {
        DataRef::Empty => action(Value::Empty),
        DataRef::Int(number) => action(Value::Integer(*number)),
        DataRef::Float(number) => action(Value::Number(*number)),
        DataRef::String(text) | DataRef::DurationIso(text) => action(Value::Text(text)),
        DataRef::SharedString(text) => action(Value::Text(text)),
        DataRef::Bool(truth) => action(Value::Bool(*truth)),
        DataRef::DateTime(time) => action(Value::Time(*time)),
        DataRef::DateTimeIso(text) => action(Value::IsoTime(text)),
        DataRef::Error(error) => action(Value::Text(&error.to_string())),
    }
}

/// What all sheets of a workbook may still use.
#[derive(Debug)]
pub(super) struct Room {
    rows: u32,
    columns: u32,
    cells: usize,
    bytes: usize,
}

impl Room {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            rows: limits.sheet_rows,
            columns: limits.sheet_columns,
            cells: limits.cells,
            bytes: limits.unpacked,
        }
    }
}

/// Writes one sheet; cells come in reading order.
pub(super) struct SheetWriter<'r> {
    room: &'r mut Room,
    text: String,
    /// The row being written, from zero.
    row: u32,
    /// The next free column of that row; 0 before its first field.
    column: u32,
    scratch: String,
}

impl<'r> SheetWriter<'r> {
    pub(super) fn new(room: &'r mut Room) -> Self {
        Self { room, text: String::new(), row: 0, column: 0, scratch: String::new() }
    }

    /// Writes a cell at its zero-based place. Empty cells take no room: sheets are formatted far
    /// beyond their data.
    pub(super) fn cell(&mut self, row: u32, column: u32, value: Value<'_>) -> Result<(), Refused> {
        if matches!(value, Value::Empty | Value::Text("")) {
            return Ok(());
        }
        if row >= self.room.rows {
            return Err(Refused::with(Code::TooLarge, self.room.rows.to_string()));
        }
        if column >= self.room.columns {
            return Err(Refused::with(Code::TooLarge, self.room.columns.to_string()));
        }
        self.move_to(row, column)?;
        self.scratch.clear();
        write_value(&mut self.scratch, value);
        self.room.cells = self.room.cells.checked_sub(1).ok_or(Refused::new(Code::TooLarge))?;
        self.charge(self.scratch.len())?;
        push_field(&mut self.text, &self.scratch);
        Ok(())
    }

    /// Ends lines and skips fields up to that place, which must lie ahead.
    fn move_to(&mut self, row: u32, column: u32) -> Result<(), Refused> {
        let lines = row.checked_sub(self.row);
        if lines.is_some_and(|lines| lines > 0) {
            self.column = 0;
        }
        let (Some(lines), Some(skipped)) = (lines, column.checked_sub(self.column)) else {
            return Err(Refused::with(Code::BadWorkbook, "order"));
        };
        let delimiters = skipped + u32::from(self.column > 0);
        self.charge(usize::try_from(lines + delimiters).unwrap_or(usize::MAX))?;
        self.text.extend((0..lines).map(|_| '\n'));
        self.text.extend((0..delimiters).map(|_| ','));
        self.row = row;
        self.column = column + 1;
        Ok(())
    }

    fn charge(&mut self, bytes: usize) -> Result<(), Refused> {
        let left = self.room.bytes.checked_sub(bytes);
        self.room.bytes = left.ok_or(Refused::new(Code::TooLarge))?;
        Ok(())
    }

    /// The whole sheet.
    pub(super) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}

/// Writes a field, quoted where it must be. A line break in a cell becomes a blank: one line of
/// text is one row of the sheet.
fn push_field(text: &mut String, field: &str) {
    let plain = !field.contains(['"', ',', '\n', '\r']);
    if plain {
        text.push_str(field);
        return;
    }
    text.push('"');
    for c in field.chars() {
        match c {
            '"' => text.push_str("\"\""),
            '\n' | '\r' => text.push(' '),
            other => text.push(other),
        }
    }
    text.push('"');
}

fn write_value(out: &mut String, value: Value<'_>) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Empty => Ok(()),
        Value::Text(text) => out.write_str(text),
        Value::Integer(number) => write!(out, "{number}"),
        Value::Number(number) => write_number(out, number),
        Value::Bool(truth) => out.write_str(if truth { "TRUE" } else { "FALSE" }),
        Value::Time(time) => write_time(out, time),
        Value::IsoTime(text) => {
            let text = text.strip_suffix("T00:00:00").unwrap_or(text);
            out.write_str(&text.replacen('T', " ", 1))
        }
    };
}

/// Plain decimal notation, the shortest that reads back as the same number; `Display` of a float
/// never writes an exponent.
fn write_number(out: &mut String, number: f64) -> std::fmt::Result {
    if number == 0.0 {
        return out.write_str("0");
    }
    write!(out, "{number}")
}

/// The first serial day beyond Excel's calendar (year 10000).
const SERIAL_END: f64 = 2_958_466.0;

/// A date, a date and time, or a time of day; a number where it is none of these.
fn write_time(out: &mut String, time: ExcelDateTime) -> std::fmt::Result {
    let serial = time.as_f64();
    if !(0.0..SERIAL_END).contains(&serial) || (time.is_duration() && serial >= 1.0) {
        return write_number(out, serial);
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let clock = hour != 0 || minute != 0 || second != 0 || milli != 0;
    let dated = serial >= 1.0;
    if dated {
        write!(out, "{year:04}-{month:02}-{day:02}")?;
    }
    if clock || !dated {
        let gap = if dated { " " } else { "" };
        write!(out, "{gap}{hour:02}:{minute:02}:{second:02}")?;
    }
    if milli != 0 { write!(out, ".{milli:03}") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    fn shown(value: Value<'_>) -> String {
        let mut out = String::new();
        write_value(&mut out, value);
        out
    }

    fn time(serial: f64) -> Value<'static> {
        Value::Time(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false))
    }

    #[test]
    fn numbers_have_no_exponent() {
        for (number, expected) in [
            (0.1, "0.1"),
            (-0.0, "0"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (1234.56, "1234.56"),
            (100.0, "100"),
        ] {
            assert_eq!(shown(Value::Number(number)), expected);
        }
    }

    /// Serial 45306 is 2024-01-15: 45292 is 2024-01-01 (Excel's own `=DATE(2024;1;1)`).
    #[test]
    fn dates_are_iso() {
        assert_eq!(shown(time(45306.0)), "2024-01-15");
        assert_eq!(shown(time(45306.4375)), "2024-01-15 10:30:00");
        assert_eq!(shown(time(0.4375)), "10:30:00");
        assert_eq!(shown(time(-5.0)), "-5");
        assert_eq!(shown(time(3e6)), "3000000");
        assert_eq!(shown(Value::IsoTime("2024-01-15T00:00:00")), "2024-01-15");
        assert_eq!(shown(Value::IsoTime("2024-01-15T10:30:00")), "2024-01-15 10:30:00");
    }

    #[test]
    fn rows_keep_their_numbers() {
        let mut room = Room::new(&Limits::default());
        let mut writer = SheetWriter::new(&mut room);
        for (row, column, text) in [(0, 0, "a"), (0, 2, "c,\"d\""), (3, 1, "x\ny"), (3, 2, "z")] {
            writer.cell(row, column, Value::Text(text)).unwrap();
        }
        assert_eq!(writer.finish(), "a,,\"c,\"\"d\"\"\"\n\n\n,\"x y\",z\n");
    }

    #[test]
    fn disorder_and_excess_are_refused() {
        let mut room =
            Room::new(&Limits { sheet_rows: 10, sheet_columns: 3, cells: 2, ..Limits::default() });
        let mut writer = SheetWriter::new(&mut room);
        writer.cell(5, 1, Value::Text("a")).unwrap();
        assert_eq!(writer.cell(4, 0, Value::Text("b")).unwrap_err().code, Code::BadWorkbook);
        assert_eq!(writer.cell(10, 0, Value::Text("b")).unwrap_err().code, Code::TooLarge);
        assert_eq!(writer.cell(6, 3, Value::Text("b")).unwrap_err().code, Code::TooLarge);
        writer.cell(6, 16_383, Value::Empty).unwrap();
        writer.cell(6, 0, Value::Text("b")).unwrap();
        assert_eq!(writer.cell(6, 1, Value::Text("c")).unwrap_err().code, Code::TooLarge);
    }
}
