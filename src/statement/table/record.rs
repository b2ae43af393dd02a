//! The fields of one record, where they stand in the text.

/// One record: fields of a line that was split in place, or what the CSV reader unwrapped.
#[derive(Debug, Default)]
pub(in crate::statement) struct Record<'s> {
    line: &'s str,
    /// Begin and end of each field within the line.
    fields: Vec<(u32, u32)>,
    /// The reader's record, for lines that are not so simple.
    pub(super) unwrapped: csv::ByteRecord,
    pub(super) is_unwrapped: bool,
}

impl<'s> Record<'s> {
    /// Splits a line whose fields either do not begin with a quotation mark or are between two. `None`
    /// for any other: the reader must unwrap it.
    pub(in crate::statement) fn split(&mut self, text: &'s str, delimiter: u8) -> Option<()> {
        self.is_unwrapped = true;
        self.fields.clear();
        self.line = text;
        let line = text.as_bytes();
        let mut field = Field::at(line, 0, delimiter)?;
        // Eight bytes at a time: fields are too short for a search of their own.
        let (chunks, rest) = line.as_chunks::<8>();
        let mut base = 0;
        let mut last = [0; 8];
        last.get_mut(..rest.len())?.copy_from_slice(rest);
        for chunk in chunks.iter().chain([&last]) {
            let mut found = places(u64::from_le_bytes(*chunk), delimiter);
            while found != 0 {
                let end = base + usize::try_from(found.trailing_zeros() / 8).ok()?;
                found &= found - 1;
                if end >= field.least_end {
                    self.push(&field, end);
                    field = Field::at(line, end + 1, delimiter)?;
                }
            }
            base += 8;
        }
        self.push(&field, line.len());
        self.is_unwrapped = false;
        Some(())
    }

    fn push(&mut self, field: &Field, end: usize) {
        let end = if field.is_quoted { end - 1 } else { end };
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.fields.push((place(field.from), place(end)));
    }

    /// How many fields there are.
    pub(in crate::statement) fn len(&self) -> usize {
        if self.is_unwrapped { self.unwrapped.len() } else { self.fields.len() }
    }

    /// A field, without its quotation marks.
    pub(in crate::statement) fn get(&self, at: usize) -> Option<&[u8]> {
        if self.is_unwrapped {
            return self.unwrapped.get(at);
        }
        self.line.as_bytes().get(self.place(at)?)
    }

    /// A field as text. The line is text already, so nothing is looked through again.
    pub(in crate::statement) fn text(&self, at: usize) -> Option<&str> {
        if self.is_unwrapped {
            return std::str::from_utf8(self.unwrapped.get(at)?).ok();
        }
        self.line.get(self.place(at)?)
    }

    fn place(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let (from, end) = *self.fields.get(at)?;
        Some(usize::try_from(from).ok()?..usize::try_from(end).ok()?)
    }

    /// All fields.
    pub(in crate::statement) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Whether nothing but blanks is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.iter().all(|field| field.iter().all(u8::is_ascii_whitespace))
    }

    /// Whether a field holds a byte.
    pub(super) fn holds(&self, byte: u8) -> bool {
        self.iter().any(|field| memchr::memchr(byte, field).is_some())
    }
}

/// The field that is being split off.
struct Field {
    from: usize,
    /// Where it ends at the earliest: delimiters within quotation marks are none.
    least_end: usize,
    is_quoted: bool,
}

impl Field {
    /// The field that begins there; `None` if its quotation marks are not just around it.
    fn at(line: &[u8], from: usize, delimiter: u8) -> Option<Self> {
        let Some([b'"', inner @ ..]) = line.get(from..) else {
            return Some(Self { from, least_end: from, is_quoted: false });
        };
        let least_end = from + memchr::memchr(b'"', inner)? + 2;
        let closes = line.get(least_end).is_none_or(|next| *next == delimiter);
        closes.then_some(Self { from: from + 1, least_end, is_quoted: true })
    }
}

/// The highest bit of every byte of the word that is the one searched for.
fn places(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x7F; 8]);
    let different = word ^ u64::from_le_bytes([byte; 8]);
    // A byte carries into its highest bit unless it is zero; none carries into its neighbour.
    !(((different & LOW) + LOW) | different | LOW)
}
