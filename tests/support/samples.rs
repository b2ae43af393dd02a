//! The samples of all formats: `tests/statements/<format id>/<case>`.

use std::path::{Path, PathBuf};

use investtax::statement::{Container, FileId, Sheet, SourceFile};

/// Endings of samples.
const ENDINGS: [&str; 6] = ["csv", "tsv", "txt", "sheets", "xml", "json"];

/// Every sample, sorted.
pub fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements");
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let is_sample = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
    };
    let folders = list(&root).into_iter().filter(|path| path.is_dir());
    let mut samples: Vec<_> = folders.flat_map(|folder| list(&folder)).filter(is_sample).collect();
    samples.sort();
    samples
}

/// A sample as the program would have decoded it.
pub fn load(path: &Path) -> SourceFile {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "sheets") {
        return workbook(&text);
    }
    SourceFile::from_text(FileId(0), name, text)
}

/// A workbook written as text: `file: <name>`, then each sheet below a line `=== <its name>`.
fn workbook(text: &str) -> SourceFile {
    let (head, rest) = text.split_once("=== ").unwrap();
    let sheets = rest.split("\n=== ").map(|sheet| {
        let (name, rows) = sheet.split_once('\n').unwrap();
        Sheet { name: name.to_owned(), text: rows.to_owned(), delimiter: b',' }
    });
    let name = head.trim().strip_prefix("file: ").unwrap().to_owned();
    SourceFile { id: FileId(0), name, container: Container::Workbook, sheets: sheets.collect() }
}
