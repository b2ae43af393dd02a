//! A decoded input file: one or more sheets of delimited text.

use super::FileId;

/// What the bytes were.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Container {
    /// Delimited text: one sheet, its text as decoded.
    Text,
    /// A workbook (XLSX, XLS, ODS): its sheets rendered as CSV, cell for cell.
    Workbook,
    /// XML, JSON or other structured text: one sheet, not delimited.
    Document,
}

/// One table of text. Workbook sheets are rendered as CSV with `,`, dates as `2024-01-15 10:30:00`,
/// numbers in plain decimal notation, one line per sheet row so that line numbers are row numbers.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The sheet's name; empty for a text file.
    pub name: String,
    /// The text, without BOM.
    pub text: String,
    /// The delimiter between fields.
    pub delimiter: u8,
}

/// One file to read, decoded. Made by the `decode` module from bytes and a display name.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its index among the inputs.
    pub id: FileId,
    /// Its name for people; a label, never trusted.
    pub name: String,
    /// What the bytes were.
    pub container: Container,
    /// Its tables, at least one.
    pub sheets: Vec<Sheet>,
}

impl SourceFile {
    /// The first sheet, where plain text files have everything.
    pub fn first_sheet(&self) -> Option<&Sheet> {
        self.sheets.first()
    }
}
