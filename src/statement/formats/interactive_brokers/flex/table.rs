//! A Flex query in CSV: tables below each other, each with its header, with or without lines that
//! frame them (`BOF`, `BOS`, `EOS`, …) and a code before each line (`HEADER`, `DATA`).

use csv::{ByteRecord, ReaderBuilder};

use super::{Cells, Columns, Item, NumberStyle, Recognition, Row, Section, Sheet, Sniff, sections};
use crate::statement::when::Stamp;

/// How many known names make a line a header.
const HEADER_NAMES: usize = 3;

/// Names that no other broker writes.
const OWN_NAMES: &[&str] =
    &["clientaccountid", "currencyprimary", "ibcommission", "settledatetarget"];

/// Recognises a table by names of columns that only Flex queries have.
pub(super) fn recognize(sniff: &Sniff) -> Recognition {
    let rows = sniff.sheets.first().map_or(&[][..], |sheet| sheet.rows.as_slice());
    let own = |row: &&Vec<String>| {
        row.iter().any(|cell| OWN_NAMES.contains(&cell.as_str()))
            && Columns::of_flex(row.iter().map(String::as_bytes)).1 >= HEADER_NAMES
    };
    if rows.iter().take(8).find(own).is_some() { Recognition::Yes } else { Recognition::No }
}

/// The table that lines belong to.
struct Table {
    columns: Option<Columns>,
    section: Section,
    /// The code of the section, where lines carry it.
    code: String,
}

/// Shows every item of a sheet.
pub(super) fn visit(sheet: &Sheet, show: &mut dyn FnMut(Item<'_>)) {
    let style = NumberStyle::of(sheet);
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sheet.delimiter)
        .from_reader(sheet.text.as_bytes());
    let mut record = ByteRecord::new();
    let mut table = Table { columns: None, section: Section::Unknown, code: String::new() };
    // Reading from memory, into byte records of any length, cannot fail.
    while rows.read_byte_record(&mut record).unwrap_or(false) {
        if record.as_slice().trim_ascii().is_empty() {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        table.line(&record, line, style, show);
    }
}

impl Table {
    fn line(
        &mut self,
        record: &ByteRecord,
        line: u32,
        style: NumberStyle,
        show: &mut dyn FnMut(Item<'_>),
    ) {
        let cell = |at: usize| record.get(at).unwrap_or_default().trim_ascii();
        let text = |at: usize| std::str::from_utf8(cell(at)).unwrap_or_default();
        let skip = match text(0) {
            "BOF" => {
                let days = [4, 5].map(|at| super::super::cells::flex_stamp(cell(at)).ok());
                let [from, to] = days.map(|day| day.map(|Stamp { day, .. }| day));
                show(Item::Account { id: text(1), period: from.zip(to) });
                return show(Item::Frame);
            }
            "BOA" => {
                show(Item::Account { id: text(1), period: None });
                return show(Item::Frame);
            }
            "BOS" => {
                text(1).clone_into(&mut self.code);
                self.columns = None;
                return show(Item::Frame);
            }
            "EOS" | "EOA" | "EOF" => return show(Item::Frame),
            "HEADER" | "DATA" | "TRAILER" => 2,
            _ => 0,
        };
        if skip > 0 {
            text(1).clone_into(&mut self.code);
        }
        let cells = || record.iter().skip(skip).map(<[u8]>::trim_ascii);
        let (columns, known) = Columns::of_flex(cells());
        if known >= HEADER_NAMES {
            let by_code = sections::of_code(&self.code);
            self.section = by_code.unwrap_or_else(|| sections::of_columns(&columns));
            self.columns = Some(columns);
            return;
        }
        let record = super::record(cells());
        let columns = self.columns.as_ref().unwrap_or(&Columns::NONE);
        let row = Row { record: Cells::Record(&record), columns, line, style, flex: true };
        let section = if self.columns.is_some() { self.section } else { Section::Unknown };
        show(Item::Row { section, name: &self.code, row });
    }
}
