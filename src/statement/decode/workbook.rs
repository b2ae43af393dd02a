//! XLSX, XLS and ODS through `calamine`, behind guards.
//!
//! Measured (mail.md § 4.5): a 1.4 KB file with cells in two far corners makes `worksheet_range` ask
//! for 549 GB, which aborts the process. XLSX is therefore read cell by cell; ODS and XLS, whose
//! readers build the whole grid, are measured before they are opened.

use std::io::Cursor;

use calamine::{
    Data, DataRef, OdsError, Range, Reader, Sheet as SheetInfo, SheetType, Xls, XlsError, Xlsx,
    XlsxError, XlsxFormulaMetadata,
};

use super::{
    Refused, biff,
    compound::CompoundFile,
    ods, package,
    render::{Room, SheetWriter, Value, with_value, with_value_ref},
};
use crate::{
    guard::guarded,
    mail::Limits,
    statement::{Code, Sheet},
};

/// Reads an OOXML workbook.
pub(super) fn xlsx(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<Sheet>, Refused> {
    check_size(&bytes, limits.workbook_file)?;
    let mut checked = package::open(&bytes, limits)?;
    package::check_shared_strings(&mut checked.package, limits)?;
    let largest = checked.largest;
    let limits = limits.clone();
    read(move || {
        let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| xlsx_refusal(&error))?;
        let mut room = Room::new(&limits);
        let mut sheets = Vec::new();
        let names = worksheets(book.sheets_metadata());
        check_work(names.len(), largest, &limits)?;
        for name in names {
            let text = xlsx_sheet(&mut book, &name, &mut room)?;
            sheets.push(Sheet { name, text, delimiter: b',' });
        }
        Ok(sheets)
    })
}

fn xlsx_sheet(
    book: &mut Xlsx<Cursor<Vec<u8>>>,
    name: &str,
    room: &mut Room,
) -> Result<String, Refused> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| xlsx_refusal(&error))?;
    let mut writer = SheetWriter::new(room);
    loop {
        let next = cells.next_cell_with_formula_metadata();
        let Some(cell) = next.map_err(|error| xlsx_refusal(&error))? else { break };
        let (row, column) = cell.pos;
        match (&cell.value, &cell.formula) {
            (DataRef::Empty, Some(formula)) => {
                writer.cell(row, column, Value::Text(&uncomputed(formula)))?;
            }
            (value, _) => with_value_ref(value, |value| writer.cell(row, column, value))?,
        }
    }
    Ok(writer.finish())
}

/// A formula that no program has computed has no value to read. Its text stands in the cell, so
/// that the reader of the row complains about it instead of taking the cell for empty.
fn uncomputed(formula: &XlsxFormulaMetadata) -> String {
    use XlsxFormulaMetadata::{Normal, Shared};
    if let Normal { formula } | Shared { formula, .. } = formula {
        return format!("={formula}");
    }
    "=".to_owned()
}

/// Reads an `OpenDocument` spreadsheet.
pub(super) fn ods(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<Sheet>, Refused> {
    check_size(&bytes, limits.workbook_file)?;
    ods::measure(&mut package::open(&bytes, limits)?.package, limits)?;
    let limits = limits.clone();
    read(move || {
        let mut book = calamine::Ods::new(Cursor::new(bytes))
            .map_err(|error| refusal(matches!(error, OdsError::Password)))?;
        ranges(&mut book, &limits)
    })
}

/// Reads a workbook of Excel 97 to 2003.
pub(super) fn xls(bytes: Vec<u8>, limits: &Limits) -> Result<Vec<Sheet>, Refused> {
    check_size(&bytes, limits.legacy_workbook_file)?;
    let file = CompoundFile::open(&bytes).ok_or(Refused::new(Code::BadWorkbook))?;
    let stream = file.stream("Workbook").or_else(|| file.stream("Book"));
    biff::measure(&stream.ok_or(Refused::new(Code::BadWorkbook))?, limits)?;
    let limits = limits.clone();
    read(move || {
        let mut book = Xls::new(Cursor::new(bytes))
            .map_err(|error| refusal(matches!(error, XlsError::Password)))?;
        ranges(&mut book, &limits)
    })
}

/// Renders workbooks whose reader holds them in memory anyway.
fn ranges<R>(book: &mut R, limits: &Limits) -> Result<Vec<Sheet>, Refused>
where
    R: Reader<Cursor<Vec<u8>>>,
{
    let mut room = Room::new(limits);
    let mut sheets = Vec::new();
    for name in worksheets(book.sheets_metadata()) {
        let range = book.worksheet_range(&name).map_err(|_| Refused::new(Code::BadWorkbook))?;
        let text = range_text(&range, &mut room)?;
        sheets.push(Sheet { name, text, delimiter: b',' });
    }
    Ok(sheets)
}

fn range_text(range: &Range<Data>, room: &mut Room) -> Result<String, Refused> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut writer = SheetWriter::new(room);
    for (row, column, data) in range.used_cells() {
        let place = |first: u32, offset: usize| {
            u32::try_from(offset).ok().and_then(|offset| first.checked_add(offset))
        };
        let (Some(row), Some(column)) = (place(first_row, row), place(first_column, column)) else {
            return Err(Refused::new(Code::TooLarge));
        };
        with_value(data, |value| writer.cell(row, column, value))?;
    }
    Ok(writer.finish())
}

/// Sheets with cells, hidden ones too: what is hidden may still be a trade.
fn worksheets(sheets: &[SheetInfo]) -> Vec<String> {
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    tables.map(|sheet| sheet.name.clone()).collect()
}

fn check_size(bytes: &[u8], most: usize) -> Result<(), Refused> {
    if bytes.len() > most {
        return Err(Refused::with(Code::TooLarge, most.to_string()));
    }
    Ok(())
}

/// Many sheets may share one large part, each to be read anew.
fn check_work(sheets: usize, largest: usize, limits: &Limits) -> Result<(), Refused> {
    if sheets.saturating_mul(largest) > limits.unpacked.saturating_mul(8) {
        return Err(Refused::with(Code::TooLarge, sheets.to_string()));
    }
    Ok(())
}

/// Runs somebody else's reader on hostile bytes: its panic is a broken workbook.
fn read(
    work: impl FnOnce() -> Result<Vec<Sheet>, Refused> + Send + 'static,
) -> Result<Vec<Sheet>, Refused> {
    let sheets = guarded(work).unwrap_or_else(|| Err(Refused::new(Code::BadWorkbook)))?;
    if sheets.is_empty() {
        return Err(Refused::new(Code::BadWorkbook));
    }
    Ok(sheets)
}

fn xlsx_refusal(error: &XlsxError) -> Refused {
    refusal(matches!(error, XlsxError::Password))
}

fn refusal(password: bool) -> Refused {
    Refused::new(if password { Code::EncryptedFile } else { Code::BadWorkbook })
}
