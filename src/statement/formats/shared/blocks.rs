//! Sheets of several tables, told apart by their headers.
//!
//! Each table becomes a sheet of its own, and says in which line it begins. A table ends where the next
//! header stands, at a title, or at a lone cell below an empty line.

use crate::statement::Sheet;
use crate::statement::table::{Record, normalize};

/// One table.
#[derive(Debug)]
pub(in crate::statement::formats) struct Block<K> {
    /// What its header says it is.
    pub kind: K,
    /// The last title above it, as written.
    pub title: String,
    /// The line in which its header stands.
    pub line: u32,
    /// Header and rows, line for line.
    pub sheet: Sheet,
}

/// Splits a sheet. `kind_of` knows headers (cells normalized), `is_title` the titles that end a table.
pub(in crate::statement::formats) fn blocks<K>(
    sheet: &Sheet,
    kind_of: impl Fn(&[String]) -> Option<K>,
    is_title: impl Fn(&str) -> bool,
) -> Vec<Block<K>> {
    let text = sheet.text.strip_prefix('\u{feff}').unwrap_or(&sheet.text);
    let mut found: Vec<Block<K>> = Vec::new();
    let (mut title, mut open, mut below_blank) = (String::new(), false, true);
    let mut cells = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        split(line, sheet.delimiter, &mut cells);
        let mut filled = cells.iter().filter(|cell| !cell.is_empty());
        let (first, more) = (filled.next(), filled.next().is_some());
        if let Some(kind) = kind_of(&cells) {
            let (text, name) = (line.to_owned(), sheet.name.clone());
            let sheet = Sheet { text, name, delimiter: sheet.delimiter };
            found.push(Block { kind, title: title.clone(), line: number, sheet });
            open = true;
        } else if let Some(lone) = first.filter(|cell| !more && (below_blank || is_title(cell))) {
            title.clone_from(lone);
            open = false;
        } else if let Some(block) = found.last_mut().filter(|_| open) {
            block.sheet.text.push('\n');
            block.sheet.text.push_str(line);
        }
        below_blank = first.is_none();
    }
    found
}

/// Splits the first record of a line into cells, normalized. A reader is made only for the few lines that
/// have to be unwrapped: making one takes longer than splitting.
fn split(line: &str, delimiter: u8, cells: &mut Vec<String>) {
    cells.clear();
    let line = line.trim_start_matches('\r');
    let line_end = line.find('\r').unwrap_or(line.len());
    let plain = line.get(..line_end).unwrap_or_default();
    let mut record = Record::default();
    if line.is_empty() {
        return;
    }
    if record.split(plain, delimiter).is_some() {
        cells.extend((0..record.len()).filter_map(|at| record.text(at)).map(normalize));
    } else {
        unwrap(line, delimiter, cells);
    }
}

fn unwrap(line: &str, delimiter: u8, cells: &mut Vec<String>) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(line.len() + 1)
        .from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    if reader.read_record(&mut record).unwrap_or(false) {
        cells.extend(record.iter().map(normalize));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_are_split_as_the_reader_unwraps_them(line in "([a-cA1é; \"\r]{0,4}(;|\"\"|\";\")){0,6}[a\"\r]{0,3}") {
            let (mut cells, mut unwrapped) = (Vec::new(), Vec::new());
            split(&line, b';', &mut cells);
            unwrap(&line, b';', &mut unwrapped);
            prop_assert_eq!(cells, unwrapped);
        }
    }

    #[test]
    fn tables_end_at_headers_titles_and_lone_cells() {
        let text = "Report\n\nTime\tSide\n1\tbuy\n\n2\tsell\nCash (X)\nISO\tValue\nUSD\t5\n\nOther\nx\ty\n";
        let sheet = Sheet { name: String::new(), text: text.to_owned(), delimiter: b'\t' };
        let kind = |cells: &[String]| (cells.first()? == "time").then_some(1);
        let found = blocks(&sheet, kind, |cell| cell.starts_with("cash"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "report");
        assert_eq!((found[0].line, &*found[0].sheet.text), (3, "Time\tSide\n1\tbuy\n\n2\tsell"));
    }

    #[test]
    fn tables_together_are_no_longer_than_their_file() {
        let text = "Time\tSide\n1\tbuy\n\n".repeat(300);
        let sheet = Sheet { name: String::new(), text: text.clone(), delimiter: b'\t' };
        let kind = |cells: &[String]| (cells.first()? == "time").then_some(1);
        let found = blocks(&sheet, kind, |_| false);
        assert_eq!((found.len(), found[299].line), (300, 898));
        assert!(found.iter().map(|block| block.sheet.text.len()).sum::<usize>() <= text.len());
    }
}
