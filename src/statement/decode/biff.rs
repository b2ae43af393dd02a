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

/// FORMULA, NUMBER, LABEL, RSTRING, BOOLERR, RK, LABELSST: each begins with its row and column.
const CELLS: [u16; 7] = [0x0006, 0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd];

/// No workbook of a broker has more sheets; each is read from its own offset.
const SHEETS_MAX: usize = 256;

/// The grid of the format, which some writers declare whatever they use.
const GRID: u64 = 65_536 * 256;

/// Refuses a workbook that is encrypted or whose grids are larger than the limits.
pub(super) fn measure(stream: &[u8], limits: &Limits) -> Result<(), Refused> {
    let sheets = sheets(stream)?;
    if sheets.len() > SHEETS_MAX {
        return Err(Refused::with(Code::TooLarge, SHEETS_MAX.to_string()));
    }
    // The grid is mostly empty between sparse columns, so it may be twice the cells.
    let most = u64::try_from(limits.cells).unwrap_or(u64::MAX).saturating_mul(2);
    let mut total = 0_u64;
    for start in sheets {
        let sheet = stream.get(start..).ok_or(Refused::new(Code::BadWorkbook))?;
        total = total.saturating_add(grid(sheet)?);
        if total > most {
            return Err(Refused::with(Code::TooLarge, limits.cells.to_string()));
        }
    }
    Ok(())
}

/// Where the sheets begin, by the records of the workbook itself.
fn sheets(stream: &[u8]) -> Result<Vec<usize>, Refused> {
    let mut starts = Vec::new();
    for (kind, data) in Records(stream) {
        match kind {
            EOF => break,
            FILE_PASS if u16_at(data, 0) != Some(0) => {
                return Err(Refused::new(Code::EncryptedFile));
            }
            BOUND_SHEET => {
                let start = u32_at(data, 0).and_then(|start| usize::try_from(start).ok());
                starts.push(start.ok_or(Refused::new(Code::BadWorkbook))?);
            }
            _ => {}
        }
    }
    Ok(starts)
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
