//! The template as a file: empty, or filled with the rows that could not be read.

use super::columns::{COLUMNS, Named, ORIGIN, PROBLEM};
use crate::lang::Lang;
use crate::statement::{Origin, RepairRow, Source, number};

/// The content of a template file, before it becomes CSV or a workbook.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TemplateSheet {
    /// The names of the columns.
    pub header: Vec<&'static str>,
    /// The rows to repair, as wide as the header; text as the sender wrote it, not yet safe from
    /// being taken for a formula.
    pub rows: Vec<Vec<String>>,
}

/// What the repair template says of a row beside its cells.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RepairNote {
    /// What is wrong, in words.
    pub problem: String,
    /// Which row the repaired one replaces.
    pub origin: Option<Origin>,
}

/// The template, empty or with rows to repair; then the last columns say what is wrong with each and
/// where it came from. The origin stands last, where it disturbs least.
pub fn template_sheet(
    lang: Lang,
    rows: &[RepairRow],
    note: impl Fn(Source) -> RepairNote,
) -> TemplateSheet {
    let notes: &[Named] = if rows.is_empty() { &[] } else { &[PROBLEM, ORIGIN] };
    let rows = rows.iter().map(|row| {
        let cells = COLUMNS.iter().map(|column| {
            let mut named = row.cells.iter().filter(|(name, _)| *name == column.english);
            named.next().map(|(_, cell)| cell.clone()).unwrap_or_default()
        });
        let RepairNote { problem, origin } = note(row.source);
        let origin = origin.map(|origin| origin.to_string()).unwrap_or_default();
        cells.chain([problem, origin]).collect()
    });
    TemplateSheet {
        header: COLUMNS.iter().chain(notes).map(|column| name(lang, column)).collect(),
        rows: rows.collect(),
    }
}

/// Writes the template as CSV with semicolons, UTF-8 with BOM, as spreadsheets in Poland open it.
///
/// Cells that a spreadsheet would take for a formula are guarded by an apostrophe; numbers are not.
pub fn write_template(sheet: &TemplateSheet) -> String {
    let header = join(sheet.header.iter().map(|&name| name.to_owned()));
    let mut text = format!("\u{feff}{header}\r\n");
    for row in &sheet.rows {
        text.push_str(&join(row.iter().map(|cell| guard(cell))));
        text.push_str("\r\n");
    }
    text
}

fn name(lang: Lang, column: &Named) -> &'static str {
    lang.choose(column.polish, column.english)
}

fn join(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        if cell.contains([';', '"', '\r', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(";")
}

/// Guards against formulas (OWASP: CSV injection).
fn guard(cell: &str) -> String {
    let is_number = number::plain(cell.replace(',', ".").as_bytes()).is_some();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{FileId, FileTag};

    #[test]
    fn the_empty_template_is_a_header() {
        let text = write_template(&template_sheet(Lang::En, &[], |_| RepairNote::default()));
        let header = "date;time;settlement_date;type;ticker;isin;quantity;price;amount;currency;\
                      fee;fee_currency;country;withheld;account;note";
        assert_eq!(text, format!("\u{feff}{header}\r\n"));
    }

    #[test]
    fn formulas_are_guarded_and_negative_numbers_are_not() {
        let row = RepairRow {
            source: Source { file: FileId(0), row: 7 },
            cells: vec![
                ("date", "2024-01-02".into()),
                ("ticker", "=HYPERLINK(\"x\";1)".into()),
                ("amount", "-5,00".into()),
            ],
        };
        let sheet = template_sheet(Lang::Pl, &[row], |source| RepairNote {
            problem: format!("row {}; bad", source.row),
            origin: Some(Origin { file: FileTag::of(&[0xab; 32]), row: source.row }),
        });
        let text = write_template(&sheet);
        let line = text.lines().nth(1).unwrap();
        let expected = "2024-01-02;;;;\"'=HYPERLINK(\"\"x\"\";1)\";;;;-5,00;;;;;;;;\"row 7; bad\";rabababababab-7";
        assert_eq!(line, expected);
    }
}
