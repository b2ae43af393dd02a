//! What bytes are, by their first ones.

use std::io::Cursor;

use memchr::memmem;
use zip::ZipArchive;

use super::compound::CompoundFile;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Magic {
    Pdf,
    Image,
    /// An OOXML workbook.
    Xlsx,
    /// An `OpenDocument` spreadsheet.
    Ods,
    /// An archive.
    Zip,
    Gzip,
    /// The container of XLS and other old documents.
    CompoundFile,
    /// A compound file around an encrypted OOXML package.
    EncryptedPackage,
    /// A compound file that is damaged or forged.
    BadCompoundFile,
    /// A saved Outlook message.
    OutlookMessage,
    /// An archive of a kind that is not unpacked here.
    OtherArchive,
    /// A workbook of Apple's Numbers.
    Numbers,
    /// Of a known kind that never is a statement: other documents, programs, sound.
    Known,
    /// Text, or noise.
    Unknown,
}

const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Beginnings of archives other than ZIP and gzip.
const ARCHIVES: &[&[u8]] =
    &[b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd"];

/// Beginnings of files that never are statements.
const KNOWN: &[&[u8]] =
    &[b"MZ", b"\x7fELF", b"SQLite format 3\0", b"OggS", b"ID3", b"{\\rtf", b"%!PS"];

/// Says what bytes are.
pub(crate) fn magic(bytes: &[u8]) -> Magic {
    if starts_with_pdf(bytes) {
        Magic::Pdf
    } else if is_image(bytes) {
        Magic::Image
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        package(bytes)
    } else if bytes.starts_with(b"\x1f\x8b") {
        Magic::Gzip
    } else if bytes.starts_with(COMPOUND) {
        compound(bytes)
    } else if is_other_archive(bytes) {
        Magic::OtherArchive
    } else if KNOWN.iter().any(|known| bytes.starts_with(known)) && !looks_like_text(bytes) {
        Magic::Known
    } else {
        Magic::Unknown
    }
}

/// Also a tape archive, which has its name behind the first entry's fields, and uuencoded text.
fn is_other_archive(bytes: &[u8]) -> bool {
    let begins = ARCHIVES.iter().any(|known| bytes.starts_with(known)) && !looks_like_text(bytes);
    let mode = bytes.strip_prefix(b"begin ").and_then(|rest| rest.get(..4));
    let encoded = mode.is_some_and(|mode| {
        let (blank, digits) = mode.split_last().unwrap_or((&0, &[]));
        *blank == b' ' && digits.iter().all(u8::is_ascii_digit)
    });
    begins || encoded || bytes.get(257..262) == Some(b"ustar")
}

/// A PDF may have a few bytes before its first line (Acrobat looks at the first 1 024).
fn starts_with_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..1024).unwrap_or(bytes);
    head.trim_ascii_start().starts_with(b"%PDF-")
        || memmem::find(head, b"\n%PDF-1.").is_some()
        || bytes.starts_with(b"\xef\xbb\xbf%PDF-")
}

/// A two-letter signature may also begin a header line (`MZ;…`).
fn looks_like_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..512).unwrap_or(bytes);
    !head.starts_with(b"{\\rtf")
        && !head.starts_with(b"%!PS")
        && head.iter().all(|&byte| byte >= b' ' || byte.is_ascii_whitespace())
}

/// Whether the bytes are a picture: PNG, JPEG, GIF, BMP, TIFF, WebP, HEIC, AVIF.
pub(crate) fn is_image(bytes: &[u8]) -> bool {
    let brand = bytes.get(4..12).unwrap_or_default();
    let heif = brand.strip_prefix(b"ftyp").is_some_and(|brand| {
        [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"heim"]
            .iter()
            .any(|known| brand == *known)
    });
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
        || bytes.starts_with(b"\xff\xd8\xff")
        || bytes.starts_with(b"GIF87a")
        || bytes.starts_with(b"GIF89a")
        || bytes.starts_with(b"II*\0")
        || bytes.starts_with(b"MM\0*")
        || (bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]))
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
        || heif
}

/// Which kind of ZIP, by the names in its directory. (Searching the bytes for them would take an
/// archive that stores a workbook for that workbook.)
fn package(bytes: &[u8]) -> Magic {
    let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else { return damaged_package(bytes) };
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("xl/workbook.xml") || has("xl/workbook.bin") {
        Magic::Xlsx
    } else if is_open_document(bytes, "spreadsheet") {
        Magic::Ods
    } else if has("Index/Document.iwa") {
        Magic::Numbers
    } else if has("[Content_Types].xml") || is_open_document(bytes, "") {
        Magic::Known
    } else {
        Magic::Zip
    }
}

/// A package without a readable directory: a workbook if its first entry is that of workbooks.
fn damaged_package(bytes: &[u8]) -> Magic {
    let head = bytes.get(30..200).unwrap_or_default();
    let workbook = head.starts_with(b"[Content_Types].xml")
        || head.starts_with(b"_rels/.rels")
        || head.starts_with(b"xl/");
    if workbook { Magic::Xlsx } else { Magic::Zip }
}

/// The first entry of an `OpenDocument` package is its type, uncompressed and in a fixed place.
fn is_open_document(bytes: &[u8], kind: &str) -> bool {
    let head = bytes.get(30..).unwrap_or_default();
    head.strip_prefix(b"mimetypeapplication/vnd.oasis.opendocument.")
        .is_some_and(|rest| rest.starts_with(kind.as_bytes()))
}

/// Which kind of compound file, by the names in its directory.
fn compound(bytes: &[u8]) -> Magic {
    let Some(file) = CompoundFile::open(bytes) else { return Magic::BadCompoundFile };
    if file.has("EncryptedPackage") || file.has("EncryptionInfo") {
        Magic::EncryptedPackage
    } else if file.has("__substg1.0_") || file.has("__properties_version1.0") {
        Magic::OutlookMessage
    } else if file.has("WordDocument") || file.has("PowerPoint Document") {
        Magic::Known
    } else {
        Magic::CompoundFile
    }
}

/// How a text is built.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Structure {
    Html,
    /// XML or JSON.
    Document,
    Lines,
}

/// Says how a text is built, by its first characters.
pub(super) fn structure(text: &str) -> Structure {
    let start = text.trim_start();
    let head: String = start.chars().take(2048).collect::<String>().to_ascii_lowercase();
    let tag = |name: &str| {
        head.strip_prefix('<')
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let html = ["html", "head", "body", "table", "meta", "div", "style", "title", "script", "tr"];
    if head.starts_with("<!doctype html")
        || html.iter().any(|name| tag(name))
        || (head.starts_with('<') && head.contains("<html"))
    {
        return Structure::Html;
    }
    let mut characters = head.chars().filter(|c| !c.is_whitespace());
    match (characters.next(), characters.next()) {
        (Some('<'), Some('?' | '!' | 'a'..='z' | '_')) if head.contains('>') => Structure::Document,
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '[' | '"' | ']')) => {
            Structure::Document
        }
        _ => Structure::Lines,
    }
}
