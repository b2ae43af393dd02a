//! How large an `OpenDocument` sheet becomes when its repetitions are written out.
//!
//! `<table:table-cell table:number-columns-repeated="16384"/>` is 60 bytes of XML and, multiplied by
//! a repeated row, a hundred million cells of memory. The repetitions are added up beforehand.

use std::io::Read;

use memchr::memmem;

use super::{
    Refused,
    package::{Package, claim},
};
use crate::{mail::Limits, statement::Code};

/// Refuses a spreadsheet whose tables are larger than the limits.
pub(super) fn measure(package: &mut Package<'_>, limits: &Limits) -> Result<(), Refused> {
    let bad = |_| Refused::new(Code::BadWorkbook);
    let entry = package.by_name("content.xml").map_err(|_| Refused::new(Code::BadWorkbook))?;
    let mut content = Vec::new();
    // The guard has unpacked every entry within its limit already.
    let most = u64::try_from(limits.entry).unwrap_or(u64::MAX);
    entry.take(most).read_to_end(&mut content).map_err(bad)?;
    let size = written_out(&content);
    if size.cells > limits.cells {
        return Err(Refused::with(Code::TooLarge, limits.cells.to_string()));
    }
    if size.bytes > limits.unpacked {
        return Err(Refused::with(Code::TooLarge, limits.unpacked.to_string()));
    }
    Ok(())
}

/// How much something becomes.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Size {
    /// Cells, or columns of a row.
    cells: usize,
    /// At least as many bytes as its texts have.
    bytes: usize,
}

/// An upper bound of what the reader makes of the content.
fn written_out(content: &[u8]) -> Size {
    let mut total = Size::default();
    let mut widest = 1_usize;
    let mut pending = 0_usize;
    let mut rest = content;
    while let Some(start) = memmem::find(rest, b"<table:table-row") {
        let row = rest.get(start..).unwrap_or_default();
        let end = memmem::find(row.get(1..).unwrap_or_default(), b"<table:table-row")
            .map_or(row.len(), |end| end + 1);
        let (row, after) = row.split_at(end);
        let (tag, inner) = split_tag(row);
        let repeats = attribute(tag, b"table:number-rows-repeated");
        let size = row_size(inner);
        if size.cells == 0 {
            pending = pending.saturating_add(repeats);
        } else {
            widest = widest.max(size.cells);
            let rows = repeats.saturating_add(std::mem::take(&mut pending));
            total.cells = total.cells.saturating_add(rows.saturating_mul(widest));
            total.bytes = total.bytes.saturating_add(repeats.saturating_mul(size.bytes));
        }
        rest = after;
    }
    total
}

/// Columns up to the last cell with content, and the length of all contents, repetitions written
/// out.
fn row_size(row: &[u8]) -> Size {
    let mut size = Size::default();
    let mut column = 0_usize;
    let mut opened = memmem::find_iter(row, b"table-cell")
        .filter(|&place| {
            let before = row.get(..place).unwrap_or_default();
            before.ends_with(b"<table:") || before.ends_with(b"<table:covered-")
        })
        .peekable();
    while let Some(place) = opened.next() {
        let end = opened.peek().copied().unwrap_or(row.len());
        let cell = row.get(place..end).unwrap_or_default();
        let (tag, _) = split_tag(cell);
        let repeats = attribute(tag, b"table:number-columns-repeated");
        column = column.saturating_add(repeats);
        if !tag.ends_with(b"/>") || memmem::find(tag, b"office:").is_some() {
            size.cells = column;
            let bytes = cell.len().saturating_add(blanks(cell));
            size.bytes = size.bytes.saturating_add(repeats.saturating_mul(bytes));
        }
    }
    size
}

/// Blanks that `<text:s text:c="9"/>` stands for.
fn blanks(cell: &[u8]) -> usize {
    let name = b"text:c";
    memmem::find_iter(cell, name)
        .filter_map(|place| claim(cell.get(place + name.len()..).unwrap_or_default()))
        .fold(0, usize::saturating_add)
}

/// Splits behind the tag that begins here.
fn split_tag(xml: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'>', xml).map_or(xml.len(), |end| end + 1);
    xml.split_at(end)
}

/// The number in an attribute; 1 if it is missing.
fn attribute(tag: &[u8], name: &[u8]) -> usize {
    let place = memmem::find(tag, name);
    place.and_then(|place| claim(tag.get(place + name.len()..).unwrap_or_default())).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(content: &[u8]) -> usize {
        written_out(content).cells
    }

    #[test]
    fn texts_are_measured_with_their_repetitions() {
        let cell = "<table:table-cell table:number-columns-repeated=\"500\" office:value-type=\"string\">\
                    <text:p>long<text:s text:c=\"1000\"/></text:p></table:table-cell>";
        let row =
            format!("<table:table-row table:number-rows-repeated=\"30\">{cell}</table:table-row>");
        let size = written_out(row.as_bytes());
        assert_eq!(size.cells, 500 * 30);
        assert!(size.bytes >= 500 * 30 * 1004 && size.bytes < 500 * 30 * 1300, "{size:?}");
        let endless = row.replace("1000", "99999999999999");
        assert!(written_out(endless.as_bytes()).bytes > 1 << 40);
    }

    #[test]
    fn repetitions_are_multiplied_and_padding_is_free() {
        let row = |attributes: &str, cells: &str| {
            format!("<table:table-row {attributes}>{cells}</table:table-row>")
        };
        let value = r#"<table:table-cell office:value="1"/>"#;
        let padding = r#"<table:table-cell table:number-columns-repeated="16382"/>"#;
        let wide = r#"<table:table-cell table:number-columns-repeated="16384" office:value="1"/>"#;
        let empty = r#"table:number-rows-repeated="1048574""#;
        let usual = row("", &format!("{value}{value}{padding}")) + &row(empty, padding);
        assert_eq!(written_out(usual.as_bytes()).cells, 2);
        assert_eq!(cells(row(empty, wide).as_bytes()), 1_048_574 * 16_384);
        let gap = row("", value) + &row(empty, padding) + &row("", value);
        assert_eq!(cells(gap.as_bytes()), 1 + 1_048_575);
        for value in ["='1048574'", "=\"1&#48;48574\"", " = \"1048574\""] {
            let hidden = format!("table:number-rows-repeated{value}");
            assert!(cells(row(&hidden, wide).as_bytes()) > 1_000_000_000, "{hidden}");
        }
    }
}
