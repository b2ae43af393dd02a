//! Every threshold of mail.md § 7 that concerns reading, by its name in [`Limits`]: what just fits is read, one
//! more is refused by name. Sizes are scaled down where only their proportion matters; the defaults themselves
//! stand in the test of the mailbox's limits.

use std::io::Write as _;

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{CSV, mixed, read_mail};
use crate::{
    mail::{Attachment, Limits, expand, parse},
    statement::{Code, FileId, decode::decode},
};

const FILE: &str = "Content-Type: text/csv; name=a.csv\r\n\r\na;b";

fn refused(raw: &[u8], limits: &Limits) -> Vec<Code> {
    parse(raw, limits).unwrap().refused.iter().map(|part| part.code).collect()
}

fn zipped(entries: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(name.as_str(), options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn stored(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    zipped(entries, CompressionMethod::Stored)
}

/// What an attachment unpacks to: how many files, and what is said of the rest.
fn unpacked(name: &str, bytes: Vec<u8>, limits: &Limits) -> (usize, Vec<Code>) {
    let attachment = Attachment { name: name.to_owned(), media: String::new(), bytes };
    let expanded = expand(vec![attachment], limits);
    (expanded.files.len(), expanded.refused.iter().map(|part| part.code).collect())
}

fn read_file(name: &str, bytes: Vec<u8>, limits: &Limits) -> Option<Code> {
    decode(FileId(0), name, bytes, limits).err().map(|refused| refused.code)
}

#[test]
fn raw_mail() {
    let limits = Limits::default();
    let mut raw = mixed(&[FILE]);
    // Behind the last boundary: nothing but size.
    raw.resize(limits.raw_mail, b' ');
    assert_eq!(refused(&raw, &limits), []);
    raw.push(b' ');
    assert_eq!(refused(&raw, &limits), [Code::TooLarge]);
}

#[test]
fn parts() {
    // The whole and the letter are parts too.
    let limits = Limits::default();
    assert_eq!(refused(&mixed(&vec![FILE; limits.parts - 2]), &limits), []);
    assert_eq!(refused(&mixed(&vec![FILE; limits.parts - 1]), &limits), [Code::TooManyFiles]);
}

#[test]
fn message_depth() {
    let nest = |depth: usize| {
        (0..depth).fold(format!("From: b@example.com\n{FILE}"), |inner, _| {
            format!("From: b@example.com\nContent-Type: message/rfc822\n\n{inner}")
        })
    };
    assert_eq!(refused(nest(3).as_bytes(), &Limits::default()), []);
    assert_eq!(refused(nest(4).as_bytes(), &Limits::default()), [Code::NestedTooDeep]);
}

#[test]
fn multipart_depth() {
    let nest = |depth: usize| {
        let body = (0..depth).fold(FILE.to_owned(), |inner, at| {
            format!(
                "Content-Type: multipart/mixed; boundary=b{at}x\r\n\r\n--b{at}x\r\n{inner}\r\n--b{at}x--"
            )
        });
        format!("From: a@example.com\r\n{body}")
    };
    assert_eq!(refused(nest(20).as_bytes(), &Limits::default()), []);
    assert_eq!(refused(nest(21).as_bytes(), &Limits::default()), [Code::NestedTooDeep]);
}

#[test]
fn data_files() {
    let files = |count: usize| {
        let one = |at: usize| Attachment {
            name: format!("{at}.csv"),
            media: String::new(),
            bytes: format!("a;b\n{at};2\n").into_bytes(),
        };
        let expanded = expand((0..count).map(one).collect(), &Limits::default());
        (expanded.files.len(), expanded.refused.iter().map(|part| part.code).collect::<Vec<_>>())
    };
    assert_eq!(files(40), (40, vec![]));
    assert_eq!(files(41), (40, vec![Code::TooManyFiles]));
}

#[test]
fn text_file() {
    let limits = Limits { text_file: CSV.len(), ..Limits::default() };
    assert_eq!(read_file("a.csv", CSV.into(), &limits), None);
    assert_eq!(read_file("a.csv", format!("{CSV}\n").into(), &limits), Some(Code::TooLarge));
}

fn workbook(rows: u32, columns: u16) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..rows {
        for column in 0..columns {
            sheet.write(row, column, "x").unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn workbook_file() {
    let book = workbook(3, 3);
    let fits = Limits { workbook_file: book.len(), ..Limits::default() };
    let small = Limits { workbook_file: book.len() - 1, ..Limits::default() };
    assert_eq!(read_file("a.xlsx", book.clone(), &fits), None);
    assert_eq!(read_file("a.xlsx", book, &small), Some(Code::TooLarge));
}

#[test]
fn sheet_rows_sheet_columns_and_cells() {
    let book = workbook(4, 3);
    for (limits, expected) in [
        (Limits { sheet_rows: 4, sheet_columns: 3, cells: 12, ..Limits::default() }, None),
        (Limits { sheet_rows: 3, ..Limits::default() }, Some(Code::TooLarge)),
        (Limits { sheet_columns: 2, ..Limits::default() }, Some(Code::TooLarge)),
        (Limits { cells: 11, ..Limits::default() }, Some(Code::TooLarge)),
    ] {
        assert_eq!(read_file("a.xlsx", book.clone(), &limits), expected, "{limits:?}");
    }
}

#[test]
fn archive_depth() {
    let limits = Limits::default();
    let nest = |depth: usize| {
        (0..depth).fold(CSV.as_bytes().to_vec(), |inner, at| {
            let name = if at == 0 { "a.csv".to_owned() } else { format!("{at}.zip") };
            stored(&[(name, inner)])
        })
    };
    assert_eq!(unpacked("a.zip", nest(limits.archive_depth), &limits), (1, vec![]));
    let deeper = nest(limits.archive_depth + 1);
    assert_eq!(unpacked("a.zip", deeper, &limits), (0, vec![Code::BadArchive]));
}

#[test]
fn archive_entries() {
    // More files than one mail may bring, so that only the entries are counted.
    let limits = Limits { data_files: 1_000, ..Limits::default() };
    let entries = |count: usize| {
        let one = |at: usize| (format!("{at}.csv"), format!("a;b\n{at};1\n").into_bytes());
        unpacked("a.zip", stored(&(0..count).map(one).collect::<Vec<_>>()), &limits)
    };
    assert_eq!(entries(200), (200, vec![]));
    let (_, refused) = entries(201);
    assert_eq!(refused, [Code::TooManyFiles]);
}

#[test]
fn entry_and_unpacked() {
    let files: Vec<_> = (0..3_u8).map(|at| (format!("{at}.csv"), vec![b'a' + at; 1_000])).collect();
    let archive = stored(&files);
    let with = |entry, unpacked| Limits { entry, unpacked, ..Limits::default() };
    assert_eq!(unpacked("a.zip", archive.clone(), &with(1_000, 3_000)), (3, vec![]));
    let (_, refused) = unpacked("a.zip", archive.clone(), &with(999, 3_000));
    assert!(refused.contains(&Code::TooLarge), "{refused:?}");
    let (files, refused) = unpacked("a.zip", archive, &with(1_000, 2_999));
    assert!(files < 3 && !refused.is_empty(), "{refused:?}");
}

#[test]
fn ratio() {
    let limits = Limits { ratio_free: 1_000, ..Limits::default() };
    let of = |bytes: Vec<u8>| {
        let archive = zipped(&[("a.csv".to_owned(), bytes)], CompressionMethod::Deflated);
        unpacked("a.zip", archive, &limits)
    };
    // Rows that repeat pack some fifty to one, zeros a thousand to one.
    let rows: Vec<String> = (0..5_000).map(|at| format!("2024-01-02;buy;{};1\n", at % 9)).collect();
    assert_eq!(of(rows.concat().into_bytes()), (1, vec![]));
    assert_eq!(of(vec![b'0'; 1 << 20]), (0, vec![Code::BadArchive]));
}

/// References that come in are cut before anything is looked up by them.
#[test]
fn references_read() {
    let many = "<an.id.of.some.length@mail.example.com> ".repeat(90);
    let message = read_mail(format!("From: a@example.com\r\nReferences: {many}\r\n\r\nx"));
    assert!(message.references.len() <= 20, "{}", message.references.len());
}
