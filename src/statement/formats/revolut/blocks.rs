//! Files of several tables: titles, tables and empty rows in one sheet.
//!
//! Each table becomes a sheet of its own, and says in which line it begins. Cells are made readable by
//! the common rules: days with names of months become ISO days, an amount with its conversion in
//! parentheses (`2,94$ (11,52 PLN)`) keeps the amount, line ends become blanks.

use super::day;
use crate::statement::Sheet;
use crate::statement::table::normalize;

/// One table.
#[derive(Debug)]
pub(super) struct Block {
    /// The last title above it, normalized.
    pub title: String,
    /// Its header, normalized.
    pub header: Vec<String>,
    /// The row in which the header stands.
    pub row: u32,
    /// How many rows follow.
    pub rows: u32,
    /// Header and rows, line for line.
    pub sheet: Sheet,
    /// The line in which the last row of the sheet stands.
    line: u32,
}

/// First cells of the headers of tables.
const FIRST: [&str; 5] = ["date acquired", "date", "data", "completed date", "symbol"];

/// Splits a sheet.
pub(super) fn split(sheet: &Sheet) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut title = String::new();
    let mut open = false;
    let mut last_row = 0;
    for (row, cells) in records(sheet) {
        let filled = cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        // A line without any cell ends a table as well.
        open &= filled > 0 && row <= last_row + 1;
        last_row = row
            + u32::try_from(cells.iter().map(|c| c.matches('\n').count()).sum::<usize>())
                .unwrap_or(0);
        if filled == 0 {
            continue;
        }
        if is_header(&cells, filled) {
            blocks.push(opened(&title, row, &cells));
            open = true;
        } else if filled == 1 && !open {
            title = cells
                .iter()
                .map(|cell| normalize(cell))
                .find(|cell| !cell.is_empty())
                .unwrap_or_default();
        } else if open && filled == 1 && is_title(&cells) {
            open = false;
            title = cells.first().map(|cell| normalize(cell)).unwrap_or_default();
        } else if let Some(block) = blocks.last_mut().filter(|_| open) {
            append(block, row, &cells);
        }
    }
    blocks
}

/// All records, one after the other, with the line in which each begins.
fn records(sheet: &Sheet) -> impl Iterator<Item = (u32, Vec<String>)> {
    let text = sheet.text.strip_prefix('\u{feff}').unwrap_or(&sheet.text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(sheet.delimiter)
        .from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let (mut counted, mut line) = (0_usize, 1_u32);
    std::iter::from_fn(move || {
        if !reader.read_byte_record(&mut record).unwrap_or(false) {
            return None;
        }
        let mut start = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        start += rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = text.as_bytes().get(counted..start).unwrap_or_default();
        line = line.saturating_add(
            u32::try_from(memchr::memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX),
        );
        counted = start;
        let cells = record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        Some((line, cells))
    })
}

fn is_header(cells: &[String], filled: usize) -> bool {
    let first = cells.first().map(|cell| normalize(cell)).unwrap_or_default();
    let dated = FIRST.contains(&first.as_str())
        || first.starts_with("data (")
        || first.starts_with("date (");
    dated && filled >= 3
}

fn is_title(cells: &[String]) -> bool {
    let first = cells.first().map(|cell| normalize(cell)).unwrap_or_default();
    first.starts_with("transactions for")
        || first.starts_with("summary for")
        || first.starts_with("other income")
        || first.starts_with("income from")
        || first.starts_with("---")
}

fn opened(title: &str, row: u32, cells: &[String]) -> Block {
    let mut text = String::new();
    write_cells(&mut text, cells.iter().map(|cell| cell.replace(['\r', '\n'], " ")));
    Block {
        title: title.to_owned(),
        header: cells.iter().map(|cell| normalize(cell)).collect(),
        row,
        rows: 0,
        sheet: Sheet { name: String::new(), text, delimiter: b',' },
        line: row,
    }
}

fn append(block: &mut Block, row: u32, cells: &[String]) {
    let text = &mut block.sheet.text;
    for _ in block.line..row {
        text.push('\n');
    }
    block.line = row;
    write_cells(text, cells.iter().map(|cell| readable(cell)));
    block.rows += 1;
}

/// Appends a row. Quotes only where they are needed.
fn write_cells(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        if cell.contains([',', '"']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
}

fn readable(cell: &str) -> String {
    let cell = cell.trim();
    if let Some(iso) = day::iso(cell) {
        return iso;
    }
    let plain = match cell.split_once(" (") {
        Some((amount, rest)) if rest.ends_with(')') && is_amount(amount) => amount,
        _ => cell,
    };
    plain.replace(['\r', '\n'], " ")
}

/// Digits, marks and a unit, nothing else.
fn is_amount(text: &str) -> bool {
    let letters: String = text
        .chars()
        .filter(|c| {
            !c.is_ascii_digit() && !matches!(c, '.' | ',' | '+' | '-' | ' ' | '\u{a0}' | '\u{202f}')
        })
        .collect();
    text.contains(|c: char| c.is_ascii_digit()) && letters.chars().count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_keep_their_rows_and_lose_their_conversions() {
        let text = "Summary for X\nDescription,Amount\nTotal,1\n\nTransactions for X - EUR\n\
                    Date,Description,Money out,Money in,Balance\n\
                    1 sty 2024,\"Gross interest\nEarned\",,\"0,26€ (1,1 PLN)\",5\n\
                    2 sty 2024,Interest earned,,\"0,25€\",5\n\nTransactions for Y\n";
        let sheet = Sheet { name: String::new(), text: text.to_owned(), delimiter: b',' };
        let blocks = split(&sheet);
        assert_eq!(blocks.len(), 1);
        let block = &blocks[0];
        assert_eq!((block.title.as_str(), block.row), ("transactions for x - eur", 6));
        let lines: Vec<&str> = block.sheet.text.lines().collect();
        assert_eq!(lines[1], "2024-01-01,Gross interest Earned,,\"0,26€\",5");
        assert_eq!(lines[3], "2024-01-02,Interest earned,,\"0,25€\",5");
    }

    #[test]
    fn tables_together_are_no_longer_than_their_file() {
        let text = "Date,Description,Money in\n2024-01-01,Interest,5\n\n".repeat(300);
        let sheet = Sheet { name: String::new(), text: text.clone(), delimiter: b',' };
        let blocks = split(&sheet);
        assert_eq!((blocks.len(), blocks[299].row), (300, 898));
        assert!(blocks.iter().map(|block| block.sheet.text.len()).sum::<usize>() <= text.len());
    }
}
