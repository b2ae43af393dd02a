//! How large the sheets of an XLS file become in memory (MS-XLS).
//!
//! `calamine` reserves what the DIMENSIONS record claims and then builds the dense grid between the
//! outermost cells, of every sheet, at once. Two cells in far corners are 100 GB, which does not
//! fail but abort; so the records are measured beforehand.

use super::{
    Refused,
    compound::{u16_at, u32_at},
};
use crate::{mail::Limits, statement::Code};

const EOF: u16 = 0x000a;
const BOF: u16 = 0x0809;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const FILE_PASS: u16 = 0x002f;
const MUL_RK: u16 = 0x00bd;
const SST: u16 = 0x00fc;
const LABEL_SST: u16 = 0x00fd;
const CONTINUE: u16 = 0x003c;

/// FORMULA, NUMBER, LABEL, RSTRING, BOOLERR, RK, LABELSST: each begins with its row and column.
const CELLS: [u16; 7] = [0x0006, 0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd];

/// No workbook of a broker has more sheets; each is read from its own offset.
const SHEETS_MAX: usize = 256;

/// The grid of the format, which some writers declare whatever they use.
const GRID: u64 = 65_536 * 256;

/// Refuses a workbook that is encrypted or whose grids are larger than the limits.
pub(super) fn measure(stream: &[u8], limits: &Limits) -> Result<(), Refused> {
    let (sheets, strings) = globals(stream)?;
    if sheets.len() > SHEETS_MAX {
        return Err(Refused::with(Code::TooLarge, SHEETS_MAX.to_string()));
    }
    // The grid is mostly empty between sparse columns, so it may be twice the cells.
    let most = u64::try_from(limits.cells).unwrap_or(u64::MAX).saturating_mul(2);
    let mut total = 0_u64;
    let mut room = limits.unpacked;
    for start in sheets {
        let sheet = stream.get(start..).ok_or(Refused::new(Code::BadWorkbook))?;
        total = total.saturating_add(grid(sheet)?);
        room = room.checked_sub(texts(sheet, &strings)).ok_or(Refused::new(Code::TooLarge))?;
        if total > most {
            return Err(Refused::with(Code::TooLarge, limits.cells.to_string()));
        }
    }
    Ok(())
}

/// Where the sheets begin and how long the shared strings are, by the records of the workbook.
fn globals(stream: &[u8]) -> Result<(Vec<usize>, Vec<usize>), Refused> {
    let bad = || Refused::new(Code::BadWorkbook);
    let mut starts = Vec::new();
    let mut strings = Vec::new();
    let mut records = Records(stream);
    while let Some((kind, data)) = records.next() {
        match kind {
            EOF => break,
            FILE_PASS if u16_at(data, 0) != Some(0) => {
                return Err(Refused::new(Code::EncryptedFile));
            }
            BOUND_SHEET => {
                let start = u32_at(data, 0).and_then(|start| usize::try_from(start).ok());
                starts.push(start.ok_or_else(bad)?);
            }
            SST => {
                let first = data.get(8..).ok_or_else(bad)?;
                let pieces = std::iter::once(first).chain(records.continuations());
                strings = shared_lengths(pieces.collect()).ok_or_else(bad)?;
            }
            _ => {}
        }
    }
    Ok((starts, strings))
}

/// Bytes of all shared strings that the cells of a sheet repeat.
fn texts(sheet: &[u8], strings: &[usize]) -> usize {
    Records(sheet)
        .take_while(|(kind, _)| *kind != EOF)
        .filter(|(kind, _)| *kind == LABEL_SST)
        .filter_map(|(_, data)| usize::try_from(u32_at(data, 6)?).ok())
        .filter_map(|index| strings.get(index))
        .fold(0, |sum, length| sum.saturating_add(*length))
}

/// The length in bytes (as UTF-8, at most) of each string of the shared table, which goes on in
/// CONTINUE records; `None` if it is cut off (MS-XLS 2.4.265, 2.5.293).
fn shared_lengths(pieces: Vec<&[u8]>) -> Option<Vec<usize>> {
    let mut reader = Pieces { pieces: pieces.into_iter(), rest: &[] };
    let mut lengths = Vec::new();
    while !reader.rest.is_empty() || reader.advance() {
        let characters = usize::from(u16_at(reader.take(2)?, 0)?);
        let flags = *reader.take(1)?.first()?;
        let rich = flags & 0x08 != 0;
        let runs = if rich { usize::from(u16_at(reader.take(2)?, 0)?) } else { 0 };
        let phonetic = flags & 0x04 != 0;
        let extra = if phonetic { usize::try_from(u32_at(reader.take(4)?, 0)?).ok()? } else { 0 };
        reader.skip_characters(characters, flags)?;
        reader.skip(runs * 4)?;
        reader.skip(extra)?;
        lengths.push(characters * 3);
    }
    Some(lengths)
}

/// Reads on from one record to the next.
struct Pieces<'a> {
    pieces: std::vec::IntoIter<&'a [u8]>,
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    /// Goes to the next record that holds anything.
    fn advance(&mut self) -> bool {
        let next = self.pieces.find(|piece| !piece.is_empty());
        self.rest = next.unwrap_or_default();
        next.is_some()
    }

    /// Bytes that never are divided between records.
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > self.rest.len() {
            count -= self.rest.len();
            self.advance().then_some(())?;
        }
        self.take(count).map(|_| ())
    }

    /// Characters of one or two bytes; each record says anew which.
    fn skip_characters(&mut self, mut count: usize, flags: u8) -> Option<()> {
        let mut width = usize::from(flags & 1) + 1;
        loop {
            let here = count.min(self.rest.len() / width);
            self.take(here * width)?;
            count -= here;
            if count == 0 {
                return Some(());
            }
            self.advance().then_some(())?;
            width = usize::from(*self.take(1)?.first()? & 1) + 1;
        }
    }
}

/// The cells between the outermost cells of one sheet.
fn grid(sheet: &[u8]) -> Result<u64, Refused> {
    let mut rows = Extent::default();
    let mut columns = Extent::default();
    let mut seen = false;
    let mut depth = 0_usize;
    for (kind, data) in Records(sheet) {
        match kind {
            BOF if seen => depth += 1,
            BOF => seen = true,
            EOF if depth == 0 => break,
            EOF => depth -= 1,
            DIMENSIONS => check_claim(data)?,
            MUL_RK => {
                let first = u16_at(data, 2);
                let count = u16::try_from(data.len().saturating_sub(6) / 6).unwrap_or(u16::MAX);
                rows.add(u16_at(data, 0));
                columns.add(first);
                columns.add(first.map(|first| first.saturating_add(count)));
            }
            _ if CELLS.contains(&kind) => {
                rows.add(u16_at(data, 0));
                columns.add(u16_at(data, 2));
            }
            _ => {}
        }
    }
    Ok(rows.length() * columns.length())
}

/// What DIMENSIONS claims is reserved as it stands.
fn check_claim(data: &[u8]) -> Result<(), Refused> {
    let wide = data.len() >= 14;
    let row = |place: usize| {
        if wide { u32_at(data, place * 2) } else { u16_at(data, place).map(u32::from) }
    };
    let first_column = if wide { 8 } else { 4 };
    let rows = u64::from(row(2).unwrap_or(0)).saturating_sub(u64::from(row(0).unwrap_or(0)));
    let columns = u64::from(u16_at(data, first_column + 2).unwrap_or(0));
    if rows.saturating_mul(columns) > GRID {
        return Err(Refused::with(Code::BadWorkbook, "dimensions"));
    }
    Ok(())
}

/// The span of the numbers seen.
#[derive(Default)]
struct Extent(Option<(u16, u16)>);

impl Extent {
    fn add(&mut self, number: Option<u16>) {
        let Some(number) = number else { return };
        let (low, high) = self.0.unwrap_or((number, number));
        self.0 = Some((low.min(number), high.max(number)));
    }

    fn length(&self) -> u64 {
        self.0.map_or(0, |(low, high)| u64::from(high - low) + 1)
    }
}

/// The records of a stream: kind and data.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let length = usize::from(u16_at(self.0, 2)?);
        let data = self.0.get(4..4 + length)?;
        self.0 = self.0.get(4 + length..).unwrap_or_default();
        Some((kind, data))
    }
}

impl<'a> Records<'a> {
    /// The data of the CONTINUE records that follow.
    fn continuations(&mut self) -> Vec<&'a [u8]> {
        let mut found = Vec::new();
        while u16_at(self.0, 0) == Some(CONTINUE) {
            found.extend(self.next().map(|(_, data)| data));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_strings_are_measured_across_records() {
        // "abc"; "de" with one run; a wide "fgh" of which two characters stand in the next record,
        // there narrow; "i" with three bytes of phonetics, divided.
        let first = b"\x03\0\0abc\x02\0\x08\x01\0de\x01\x02\x03\x04\x03\0\x01f\0";
        let second = b"\0gh\x01\0\x04\x03\0\0\0i\x01";
        let third = b"\x02\x03";
        let lengths = shared_lengths(vec![first, second, third]);
        assert_eq!(lengths, Some(vec![9, 6, 9, 3]));
        assert_eq!(shared_lengths(vec![first, b"\0g"]), None);
        assert_eq!(shared_lengths(vec![b""]), Some(vec![]));
    }
}
