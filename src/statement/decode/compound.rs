//! The compound file (MS-CFB), read just far enough to know that its chains end and what its streams
//! are called.
//!
//! `calamine` follows the chain of directory sectors until it ends; in a forged file it never does,
//! and the memory does. Everything here is bounded by the number of sectors that the file has.

/// A sector number at or above this is a mark, not a sector.
const RESERVED: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// Streams below this size live in the mini stream.
const MINI_CUTOFF: usize = 4096;
const MINI_SECTOR: usize = 64;

/// A compound file whose chains all end.
#[derive(Debug)]
pub(super) struct CompoundFile<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    entries: Vec<Entry>,
    mini: Vec<u8>,
    mini_table: Vec<u32>,
}

#[derive(Debug)]
struct Entry {
    name: String,
    start: u32,
    size: usize,
}

impl<'a> CompoundFile<'a> {
    /// Opens a file; `None` if it is damaged or forged.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let (entries, mini) = (Vec::new(), Vec::new());
        let mini_table = Vec::new();
        let mut file = Self { bytes, sector, table: Vec::new(), entries, mini, mini_table };
        file.table = file.read_table()?;
        let directory = file.chain(u32_at(bytes, 48)?, usize::MAX)?;
        file.entries = directory.chunks_exact(128).filter_map(|raw| entry(raw, sector)).collect();
        if u32_at(bytes, 64)? > 0 {
            let root = file.entries.first()?;
            file.mini = file.chain(root.start, root.size)?;
            file.mini_table = numbers(&file.chain(u32_at(bytes, 60)?, usize::MAX)?);
        }
        Some(file)
    }

    /// Whether a stream or storage has a name that begins so.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.starts_with(name))
    }

    /// The first stream of that name, whatever its case.
    pub(super) fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        if entry.size >= MINI_CUTOFF {
            return self.chain(entry.start, entry.size);
        }
        let sector = |number: usize| self.mini.get(number * MINI_SECTOR..);
        collect(entry.start, entry.size, MINI_SECTOR, &self.mini_table, sector)
    }

    /// How many sectors the file has at most.
    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector + 1
    }

    fn sector_at(&self, number: usize) -> Option<&'a [u8]> {
        let start = number.checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(start..).filter(|rest| !rest.is_empty())
    }

    /// The table of chains; the list of its sectors begins in the header.
    fn read_table(&self) -> Option<Vec<u32>> {
        let mut list = numbers(self.bytes.get(76..512)?);
        let mut next = u32_at(self.bytes, 68)?;
        while next < RESERVED {
            if list.len() > self.sectors() + 128 {
                return None;
            }
            let more = self.sector_at(usize::try_from(next).ok()?)?.get(..self.sector)?;
            list.extend(numbers(more));
            next = list.pop()?;
        }
        list.retain(|&number| number < RESERVED);
        if list.len() > self.sectors() {
            return None;
        }
        let mut table = Vec::new();
        for number in list {
            let sector = self.sector_at(usize::try_from(number).ok()?)?;
            table.extend(numbers(sector.get(..self.sector)?));
        }
        Some(table)
    }

    fn chain(&self, start: u32, size: usize) -> Option<Vec<u8>> {
        collect(start, size, self.sector, &self.table, |number| self.sector_at(number))
    }
}

/// Joins the sectors of a chain up to `size` bytes; `None` if it leaves the file or never ends.
fn collect<'s>(
    start: u32,
    size: usize,
    sector: usize,
    table: &[u32],
    at: impl Fn(usize) -> Option<&'s [u8]>,
) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut next = start;
    let mut steps = 0;
    while next != END_OF_CHAIN && out.len() < size {
        steps += 1;
        if steps > table.len() + 1 {
            return None;
        }
        let number = usize::try_from(next).ok()?;
        let found = at(number)?;
        let wanted = sector.min(size - out.len()).min(found.len());
        out.extend_from_slice(found.get(..wanted)?);
        if out.len() >= size {
            break;
        }
        next = *table.get(number)?;
    }
    Some(out)
}

fn entry(raw: &[u8], sector: usize) -> Option<Entry> {
    let wide = raw.get(..64)?;
    let name = encoding_rs::UTF_16LE.decode_without_bom_handling(wide).0;
    let name = name.split('\0').next().unwrap_or_default().to_owned();
    let low = usize::try_from(u32_at(raw, 120)?).ok()?;
    let high = if sector == 512 { 0 } else { usize::try_from(u32_at(raw, 124)?).ok()? };
    Some(Entry { name, start: u32_at(raw, 116)?, size: low | high.checked_shl(32)? })
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).filter_map(|chunk| u32_at(chunk, 0)).collect()
}

pub(super) fn u16_at(bytes: &[u8], place: usize) -> Option<u16> {
    bytes.get(place..place.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    bytes.get(place..place.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}
