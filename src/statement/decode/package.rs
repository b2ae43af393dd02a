//! The guard in front of everything that unpacks: declared sizes are the sender's claims, so bytes
//! are counted as they come out.

use std::io::{self, Cursor, Read};

use memchr::memmem;
use zip::{ZipArchive, result::ZipError};

use super::Refused;
use crate::{mail::Limits, statement::Code};

/// How much may still be unpacked.
#[derive(Debug)]
pub(crate) struct Budget {
    entry: usize,
    left: usize,
    ratio: usize,
    ratio_free: usize,
}

/// Why unpacking stopped.
#[derive(Debug)]
pub(crate) enum Overrun {
    /// Larger than one entry or all of them may be; the limit in bytes.
    TooLarge(usize),
    /// Packed far better than any table packs: a bomb.
    Bomb,
    /// The packed data is damaged.
    Damaged,
}

impl Overrun {
    /// The refusal for the sender; `damaged` is the code for damage.
    pub(crate) fn refusal(&self, damaged: Code) -> Refused {
        match self {
            Self::TooLarge(limit) => Refused::with(Code::TooLarge, limit.to_string()),
            Self::Bomb => Refused::with(Code::BadArchive, "ratio"),
            Self::Damaged => Refused::new(damaged),
        }
    }
}

impl Budget {
    /// The whole budget.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            entry: limits.entry,
            left: limits.unpacked,
            ratio: limits.ratio,
            ratio_free: limits.ratio_free,
        }
    }

    /// Unpacks one entry of `packed` bytes into memory.
    pub(crate) fn unpack(&mut self, reader: impl Read, packed: usize) -> Result<Vec<u8>, Overrun> {
        let mut bytes = Vec::new();
        self.pump(reader, packed, |chunk| bytes.extend_from_slice(chunk))?;
        Ok(bytes)
    }

    /// Unpacks one entry and forgets it, to know that it can be unpacked.
    pub(crate) fn probe(&mut self, reader: impl Read, packed: usize) -> Result<usize, Overrun> {
        self.pump(reader, packed, |_| {})
    }

    fn pump(
        &mut self,
        mut reader: impl Read,
        packed: usize,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<usize, Overrun> {
        let most = self.entry.min(self.left);
        let dense = packed.saturating_mul(self.ratio).max(self.ratio_free);
        let mut chunk = vec![0; 64 * 1024];
        let mut count = 0_usize;
        loop {
            let read = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Overrun::Damaged),
            };
            count += read;
            if count > dense {
                return Err(Overrun::Bomb);
            }
            if count > most {
                return Err(Overrun::TooLarge(most));
            }
            sink(chunk.get(..read).unwrap_or_default());
        }
        self.left -= count;
        Ok(count)
    }
}

/// A ZIP in memory.
pub(super) type Package<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// A workbook package whose entries all unpack within the limits.
pub(super) struct Checked<'a> {
    pub package: Package<'a>,
    /// Bytes of the largest entry, unpacked.
    pub largest: usize,
}

/// Opens a workbook package and proves, by unpacking every entry once, that its reader can be let
/// at it.
pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Checked<'a>, Refused> {
    let damaged = || Refused::new(Code::BadWorkbook);
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if package.len() > limits.package_entries {
        return Err(Refused::with(Code::BadWorkbook, limits.package_entries.to_string()));
    }
    if package.has_overlapping_entries().unwrap_or(true) {
        return Err(damaged());
    }
    let mut budget = Budget::new(limits);
    let mut largest = 0;
    for index in 0..package.len() {
        let entry = match package.by_index(index) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Refused::new(Code::EncryptedFile));
            }
            Err(_) => return Err(damaged()),
        };
        let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
        let size = budget.probe(entry, packed.min(bytes.len()));
        largest = largest.max(size.map_err(|overrun| overrun.refusal(Code::BadWorkbook))?);
    }
    Ok(Checked { package, largest })
}

/// The table of strings says how many it has, and the reader reserves that much: a claim of a
/// billion aborts the process.
pub(super) fn check_shared_strings(
    package: &mut Package<'_>,
    limits: &Limits,
) -> Result<(), Refused> {
    let bad = || Refused::with(Code::BadWorkbook, "uniqueCount");
    for index in 0..package.len() {
        let mut entry = package.by_index(index).map_err(|_| bad())?;
        let name = String::from_utf8_lossy(entry.name_raw()).to_ascii_lowercase();
        if !name.ends_with("sharedstrings.xml") {
            continue;
        }
        let mut xml = Vec::new();
        // Unpacked before, within its limit.
        entry.read_to_end(&mut xml).map_err(|_| bad())?;
        // A table in UTF-16 would hide the claim; no program writes one.
        if memchr::memchr(0, &xml).is_some() {
            return Err(bad());
        }
        let name = b"uniqueCount";
        let claims = memmem::find_iter(&xml, name)
            .filter_map(|place| claim(xml.get(place + name.len()..).unwrap_or_default()));
        if claims.max().unwrap_or(0) > limits.cells {
            return Err(bad());
        }
    }
    Ok(())
}

/// The number that an attribute claims, whose name ends here: `None` if no `=` follows, the largest
/// number if it is written in any way but plain digits (entities would hide it).
pub(super) fn claim(tail: &[u8]) -> Option<usize> {
    let value = tail.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (&quote, value) = value.split_first()?;
    let length = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = value.split_at(length);
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    let plain = matches!(quote, b'"' | b'\'') && rest.first() == Some(&quote);
    Some(digits.parse().ok().filter(|_| plain).unwrap_or(usize::MAX))
}
