//! The template as a workbook: one sheet, everything text unless the sender types something else.

use jiff::civil::Date;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::{error::Fault, lang::Lang, statement::TemplateSheet, wording::report as words};

/// Wide enough for an ISIN, a day and the longest name of a column.
const WIDTH: u16 = 18;

/// Renders the template; the same bytes for the same content and day.
///
/// Cells of the sender are strings, so that none becomes a formula and none changes on its way.
pub fn render(sheet: &TemplateSheet, today: Date, lang: Lang) -> Result<Vec<u8>, Fault> {
    build(sheet, today, lang).map_err(|error| Fault::never("write the template", error))
}

fn build(sheet: &TemplateSheet, today: Date, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(today, lang)?);
    let worksheet = workbook.add_worksheet().set_name(words::SHEET_TEMPLATE.say(lang))?;
    let head = Format::new().set_bold();
    for (column, name) in (0..).zip(&sheet.header) {
        worksheet.set_column_width(column, WIDTH)?;
        worksheet.write_string_with_format(0, column, *name, &head)?;
    }
    for (line, row) in (1..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            worksheet.write_string(line, column, cell)?;
        }
    }
    if let (false, Ok(last)) = (sheet.rows.is_empty(), u16::try_from(sheet.header.len())) {
        // Where a row came from is for us, not for the eye.
        worksheet.set_column_hidden(last.saturating_sub(1))?;
    }
    worksheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

/// Title and day; neither author nor the machine's clock.
fn properties(today: Date, lang: Lang) -> Result<DocProperties, XlsxError> {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(today.year()).unwrap_or(1900);
    let created = ExcelDateTime::from_ymd(year, part(today.month()), part(today.day()))?;
    let title = words::SHEET_TEMPLATE.say(lang);
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&created))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        mail::Limits,
        statement::{
            Code, Detected, FileId, RepairNote, RepairRow, Source, SourceFile, decode::decode,
            detect, template_sheet,
        },
    };

    fn read_back(bytes: Vec<u8>) -> SourceFile {
        decode(FileId(0), "szablon.xlsx", bytes, &Limits::default()).unwrap()
    }

    #[test]
    fn the_empty_template_is_recognised_in_both_languages() {
        for lang in [Lang::Pl, Lang::En] {
            let sheet = template_sheet(lang, &[], |_| RepairNote::default());
            let bytes = render(&sheet, date(2026, 3, 2), lang).unwrap();
            let Detected::Format(format) = detect(&read_back(bytes)) else { panic!("{lang:?}") };
            assert_eq!(format.id(), "template");
        }
    }

    #[test]
    fn rows_to_repair_come_back_as_they_were_and_a_formula_stays_text() {
        let cells = [
            ("date", "2024-01-15"),
            ("type", "buy"),
            ("isin", "US0378331005"),
            ("quantity", "10"),
            ("price", "185,5"),
            ("currency", "USD"),
            ("note", "=1+1"),
        ];
        let row = RepairRow {
            source: Source { file: FileId(0), row: 2 },
            cells: cells.map(|(name, cell)| (name, cell.to_owned())).to_vec(),
        };
        let sheet = template_sheet(Lang::Pl, &[row], |_| RepairNote::default());
        let bytes = render(&sheet, date(2026, 3, 2), Lang::Pl).unwrap();
        let file = read_back(bytes);
        let Detected::Format(format) = detect(&file) else { panic!("not recognised") };
        let statement = format.read(&file);
        assert_eq!((statement.rows.total, statement.rows.used), (1, 1));
        let codes: Vec<_> = statement.diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [Code::FormulaCell]);
    }
}
