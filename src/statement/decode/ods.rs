//! How large an `OpenDocument` sheet becomes when its repetitions are written out.
//!
//! `<table:table-cell table:number-columns-repeated="16384"/>` is 60 bytes of XML and, multiplied by
//! a repeated row, a hundred million cells of memory. The repetitions are added up beforehand.

use std::io::Read;

use memchr::memmem;

use super::{Refused, package::Package};
use crate::{mail::Limits, statement::Code};

/// Refuses a spreadsheet whose tables are larger than the limits.
pub(super) fn measure(mut package: Package<'_>, limits: &Limits) -> Result<(), Refused> {
    let bad = |_| Refused::new(Code::BadWorkbook);
    let entry = package.by_name("content.xml").map_err(|_| Refused::new(Code::BadWorkbook))?;
    let mut content = Vec::new();
    // The guard has unpacked every entry within its limit already.
    let most = u64::try_from(limits.entry).unwrap_or(u64::MAX);
    entry.take(most).read_to_end(&mut content).map_err(bad)?;
    if cells(&content) > limits.cells {
        return Err(Refused::with(Code::TooLarge, limits.cells.to_string()));
    }
    Ok(())
}

/// An upper bound of the cells that the reader makes of the content.
fn cells(content: &[u8]) -> usize {
    let mut total = 0_usize;
    let mut widest = 1_usize;
    let mut pending = 0_usize;
    let mut rest = content;
    while let Some(start) = memmem::find(rest, b"<table:table-row") {
        let row = rest.get(start..).unwrap_or_default();
        let end = memmem::find(row.get(1..).unwrap_or_default(), b"<table:table-row")
            .map_or(row.len(), |end| end + 1);
        let (row, after) = row.split_at(end);
        let (tag, inner) = split_tag(row);
        let repeats = attribute(tag, b"table:number-rows-repeated=\"");
        let width = row_width(inner);
        if width == 0 {
            pending = pending.saturating_add(repeats);
        } else {
            widest = widest.max(width);
            let rows = repeats.saturating_add(std::mem::take(&mut pending));
            total = total.saturating_add(rows.saturating_mul(widest));
        }
        rest = after;
    }
    total
}

/// Columns up to the last cell with content, repetitions written out.
fn row_width(mut row: &[u8]) -> usize {
    let mut column = 0_usize;
    let mut width = 0;
    while let Some(start) = next_cell(row) {
        let (tag, inner) = split_tag(row.get(start..).unwrap_or_default());
        column = column.saturating_add(attribute(tag, b"table:number-columns-repeated=\""));
        let closed = tag.ends_with(b"/>");
        if !closed || memmem::find(tag, b"office:").is_some() {
            width = column;
        }
        row = inner;
    }
    width
}

fn next_cell(row: &[u8]) -> Option<usize> {
    let plain = memmem::find(row, b"<table:table-cell");
    let covered = memmem::find(row, b"<table:covered-table-cell");
    match (plain, covered) {
        (Some(plain), Some(covered)) => Some(plain.min(covered)),
        (plain, covered) => plain.or(covered),
    }
}

/// Splits behind the tag that begins here.
fn split_tag(xml: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'>', xml).map_or(xml.len(), |end| end + 1);
    xml.split_at(end)
}

/// The number in an attribute; 1 if it is missing, the largest number if it is none.
fn attribute(tag: &[u8], name: &[u8]) -> usize {
    let Some(start) = memmem::find(tag, name) else { return 1 };
    let value = tag.get(start + name.len()..).unwrap_or_default();
    let digits = value.split(|&byte| byte == b'"').next().unwrap_or_default();
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(cells(usual.as_bytes()), 2);
        assert_eq!(cells(row(empty, wide).as_bytes()), 1_048_574 * 16_384);
        let gap = row("", value) + &row(empty, padding) + &row("", value);
        assert_eq!(cells(gap.as_bytes()), 1 + 1_048_575);
    }
}
