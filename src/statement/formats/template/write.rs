//! The template as a file: empty, or filled with the rows that could not be read.

use super::columns::{COLUMNS, Named, PROBLEM};
use crate::lang::Lang;
use crate::statement::{RepairRow, Source, number};

/// The names of the template's columns, in order, joined by semicolons.
pub fn template_header(lang: Lang) -> String {
    join(COLUMNS.iter().map(|column| name(lang, column).to_owned()))
}

/// Writes the template with rows to repair: CSV with semicolons, UTF-8 with BOM, as spreadsheets in
/// Poland open it. Without rows it is the empty template; with rows a last column says what is wrong
/// with each.
///
/// Cells that a spreadsheet would take for a formula are guarded by an apostrophe; numbers are not.
pub fn write_template(
    lang: Lang,
    rows: &[RepairRow],
    problem: impl Fn(Source) -> String,
) -> String {
    let mut text = format!("\u{feff}{}", template_header(lang));
    if !rows.is_empty() {
        text.push(';');
        text.push_str(name(lang, &PROBLEM));
    }
    text.push_str("\r\n");
    for row in rows {
        let cells = COLUMNS.iter().map(|column| {
            let mut named = row.cells.iter().filter(|(name, _)| *name == column.english);
            named.next().map(|(_, cell)| guard(cell)).unwrap_or_default()
        });
        let problem = std::iter::once_with(|| guard(&problem(row.source)));
        text.push_str(&join(cells.chain(problem)));
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
    use crate::statement::FileId;

    #[test]
    fn the_empty_template_is_a_header() {
        let text = write_template(Lang::En, &[], |_| String::new());
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
        let text = write_template(Lang::Pl, &[row], |source| format!("row {}; bad", source.row));
        let line = text.lines().nth(1).unwrap();
        let expected = "2024-01-02;;;;\"'=HYPERLINK(\"\"x\"\";1)\";;;;-5,00;;;;;;;;\"row 7; bad\"";
        assert_eq!(line, expected);
    }
}
