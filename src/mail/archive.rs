//! ZIP and gzip archives, unpacked in memory under one budget (mail.md § 4.5).
//!
//! Names inside are labels and are never joined to a path, so traversal has nothing to traverse.

use std::io::Cursor;

use flate2::read::MultiGzDecoder;
use zip::{ZipArchive, result::ZipError};

use super::name::label;
use crate::statement::{
    Code,
    decode::{Budget, Refused, decode_cp852},
};

/// What one archive, with the archives inside it, may still bring.
pub(super) struct Allowance {
    pub budget: Budget,
    pub entries: usize,
}

/// One unpacked file.
pub(super) struct Entry {
    pub name: Option<String>,
    pub bytes: Vec<u8>,
}

/// Unpacks every file of a ZIP; what comes before an error is kept, so that one encrypted or
/// damaged entry does not hide the others.
pub(super) fn unzip(bytes: &[u8], allowance: &mut Allowance) -> (Vec<Entry>, Vec<Refused>) {
    let mut entries = Vec::new();
    let mut refused = Vec::new();
    let mut archive = match open(bytes) {
        Ok(archive) => archive,
        Err(reason) => return (entries, vec![reason]),
    };
    for index in 0..archive.len() {
        match entry(&mut archive, index, bytes.len(), allowance) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => {}
            Err(Failure::Entry(reason)) => {
                if !refused.contains(&reason) {
                    refused.push(reason);
                }
            }
            Err(Failure::Archive(reason)) => {
                refused.push(reason);
                break;
            }
        }
    }
    (entries, refused)
}

enum Failure {
    /// This entry cannot be read; the next one may be.
    Entry(Refused),
    /// Nothing further is read.
    Archive(Refused),
}

type Zip<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Result<Zip<'_>, Refused> {
    let damaged = |detail| Refused::with(Code::BadArchive, detail);
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(""))?;
    if archive.has_duplicate_names() {
        // One of the two would be lost without a word.
        return Err(damaged("duplicate"));
    }
    if archive.has_overlapping_entries().unwrap_or(true) {
        return Err(damaged("overlap"));
    }
    Ok(archive)
}

fn entry(
    archive: &mut Zip<'_>,
    index: usize,
    size: usize,
    allowance: &mut Allowance,
) -> Result<Option<Entry>, Failure> {
    let damaged = |detail| Failure::Entry(Refused::with(Code::BadArchive, detail));
    let file = match archive.by_index(index) {
        Ok(file) => file,
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
            return Err(Failure::Entry(Refused::new(Code::EncryptedFile)));
        }
        Err(ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_)) => {
            return Err(damaged("method"));
        }
        Err(_) => return Err(damaged("")),
    };
    let name = entry_name(file.name_raw(), file.flags().as_u16());
    if file.is_dir() || is_litter(&name) {
        return Ok(None);
    }
    let Some(left) = allowance.entries.checked_sub(1) else {
        return Err(Failure::Archive(Refused::with(Code::TooManyFiles, "")));
    };
    allowance.entries = left;
    let packed = usize::try_from(file.compressed_size()).unwrap_or(usize::MAX).min(size);
    match allowance.budget.unpack(file, packed) {
        Ok(bytes) => Ok(Some(Entry { name: label(&name), bytes })),
        Err(crate::statement::decode::Overrun::Damaged) => Err(damaged("")),
        Err(overrun) => Err(Failure::Archive(overrun.refusal(Code::BadArchive))),
    }
}

/// Bit 11 of the flags says UTF-8 (APPNOTE.TXT 4.4.4). Without it, some programs write UTF-8 all
/// the same, and Polish Windows writes its DOS code page.
fn entry_name(raw: &[u8], flags: u16) -> String {
    const UTF8: u16 = 1 << 11;
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) if flags & UTF8 != 0 => String::from_utf8_lossy(raw).into_owned(),
        Err(_) => decode_cp852(raw),
    }
}

/// What operating systems leave in archives.
fn is_litter(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || last.starts_with("._")
        || [".ds_store", "thumbs.db", "desktop.ini"]
            .iter()
            .any(|litter| last.eq_ignore_ascii_case(litter))
}

/// Unpacks a gzip file; the name is that of the archive without `.gz`.
pub(super) fn gunzip(
    name: &str,
    bytes: &[u8],
    allowance: &mut Allowance,
) -> Result<Entry, Refused> {
    let Some(left) = allowance.entries.checked_sub(1) else {
        return Err(Refused::new(Code::TooManyFiles));
    };
    allowance.entries = left;
    let unpacked = allowance.budget.unpack(MultiGzDecoder::new(bytes), bytes.len());
    let bytes = unpacked.map_err(|overrun| overrun.refusal(Code::BadArchive))?;
    let stem = name.get(..name.len().saturating_sub(3));
    let stem = stem.filter(|stem| !stem.is_empty() && name.to_ascii_lowercase().ends_with(".gz"));
    Ok(Entry { name: stem.map(str::to_owned), bytes })
}
