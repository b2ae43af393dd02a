//! JSON documents as tables.
//!
//! Brokers put lists of records into JSON that they print as tables elsewhere. Each list becomes a sheet,
//! one line for each record, so that one reader takes both. Numbers keep their digits: they are copied as
//! text and never become binary floats. Rows are the records in the order in which they are read, the line
//! of names counted too, so that every row of the file has its own number.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;

use crate::statement::{Code, Sheet};

/// No broker's record has as many fields; records that all have other ones are no table, and what a format
/// needs is then reported as missing.
const COLUMNS_MAX: usize = 256;

/// More objects than a private investor's years of transactions; each costs memory when it is laid open.
const RECORDS_MAX: usize = 400_000;

/// One JSON object, its values unread.
#[derive(Debug)]
pub(in crate::statement::formats) struct Document<'t> {
    fields: BTreeMap<String, &'t RawValue>,
}

/// A list of records as a sheet.
#[derive(Debug)]
pub(in crate::statement::formats) struct Section {
    /// The table; `None` if the list is missing or empty.
    pub sheet: Option<Sheet>,
    /// The number of the row after it.
    pub next: u32,
}

impl<'t> Document<'t> {
    /// Reads an object; `None` if the text is none or is cut off.
    pub(in crate::statement::formats) fn parse(text: &'t str) -> Option<Self> {
        let fields = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        Some(Self { fields })
    }

    /// Reads a file; the finding says why it cannot be read.
    pub(in crate::statement::formats) fn of_file(text: &'t str) -> Result<Self, Code> {
        if memchr::memchr_iter(b'{', text.as_bytes()).count() > RECORDS_MAX {
            return Err(Code::TooLarge);
        }
        Self::parse(text).ok_or(Code::Truncated)
    }

    /// An object within, by its name.
    pub(in crate::statement::formats) fn object(&self, name: &str) -> Option<Self> {
        Self::parse(self.fields.get(name)?.get())
    }

    /// A text or number within.
    pub(in crate::statement::formats) fn text(&self, name: &str) -> String {
        self.fields.get(name).map(|value| cell(value)).unwrap_or_default()
    }

    /// The records of a list, as far as they are objects.
    pub(in crate::statement::formats) fn list(&self, name: &str) -> Vec<Self> {
        let items: Option<Vec<&'t RawValue>> =
            self.fields.get(name).and_then(|value| serde_json::from_str(value.get()).ok());
        items.unwrap_or_default().into_iter().filter_map(|item| Self::parse(item.get())).collect()
    }

    /// The object with the fields of another one added that it does not have itself.
    pub(in crate::statement::formats) fn with(mut self, other: &Self) -> Self {
        for (name, value) in &other.fields {
            self.fields.entry(name.clone()).or_insert(value);
        }
        self
    }
}

impl Section {
    /// Puts records into a sheet whose first line has that number.
    pub(in crate::statement::formats) fn of(
        name: &str,
        records: &[Document<'_>],
        row: u32,
    ) -> Self {
        let mut columns: BTreeSet<&str> = BTreeSet::new();
        for name in records.iter().flat_map(|record| record.fields.keys()) {
            if columns.len() < COLUMNS_MAX {
                columns.insert(name);
            }
        }
        if columns.is_empty() {
            return Self { sheet: None, next: row };
        }
        let mut text = "\n".repeat(usize::try_from(row.saturating_sub(1)).unwrap_or(0));
        push_line(&mut text, columns.iter().map(|name| (*name).to_owned()));
        for record in records {
            push_line(&mut text, columns.iter().map(|name| record.text(name)));
        }
        let lines = u32::try_from(records.len()).unwrap_or(u32::MAX).saturating_add(1);
        let sheet = Sheet { name: name.to_owned(), text, delimiter: b',' };
        Self { sheet: Some(sheet), next: row.saturating_add(lines) }
    }
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.is_empty() {
            continue;
        }
        text.push('"');
        // A record is one line, whatever its comments hold.
        text.push_str(&cell.replace('"', "\"\"").replace(['\n', '\r'], " "));
        text.push('"');
    }
    text.push('\n');
}

/// A value as the cell of a table.
fn cell(value: &RawValue) -> String {
    match value.get() {
        "null" | "[]" | "{}" => String::new(),
        text if text.starts_with('"') => serde_json::from_str(text).unwrap_or_default(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_lines_and_numbers_keep_their_digits() {
        let text = "{\"a\":{\"list\":[{\"x\":0.10,\"y\":\"p,\\nq\"},{\"x\":null,\"z\":[]}]}}";
        let document = Document::parse(text).unwrap();
        let inner = document.object("a").unwrap();
        let section = Section::of("list", &inner.list("list"), 3);
        assert_eq!(section.sheet.unwrap().text, "\n\n\"x\",\"y\",\"z\"\n\"0.10\",\"p, q\",\n,,\n");
        assert_eq!(section.next, 6);
    }

    #[test]
    fn what_is_cut_off_is_no_document() {
        assert_eq!(Document::of_file("{\"a\":[1,2").err(), Some(Code::Truncated));
        assert_eq!(Document::of_file(&"{".repeat(500_000)).err(), Some(Code::TooLarge));
        assert!(Document::parse("[]").is_none());
        assert!(Section::of("", &[], 4).sheet.is_none());
    }
}
