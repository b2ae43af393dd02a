//! `winmail.dat`: what Outlook sends when it is set to rich text (MS-OXTNEF).
//!
//! A lenient reader: checksums and padding are ignored, a cut-off record ends the reading, and what
//! was found before it is kept and the cut reported. Every read is checked against the end of the bytes.

const SIGNATURE: u32 = 0x223e_9f78;

/// Begins a new attachment.
const ATTACH_RENDER_DATA: u32 = 0x0006_9002;
/// Its name in the sender's code page.
const ATTACH_TITLE: u32 = 0x0001_8010;
/// Its content.
const ATTACH_DATA: u32 = 0x0006_800f;
/// Its MAPI properties.
const ATTACHMENT: u32 = 0x0006_9005;

const PR_ATTACH_DATA: u16 = 0x3701;
const PR_ATTACH_FILENAME: u16 = 0x3704;
const PR_ATTACH_LONG_FILENAME: u16 = 0x3707;

/// Messages embedded in messages are followed this far.
const DEPTH_MAX: usize = 3;

/// One attachment.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct TnefFile {
    /// As written by the sender; may be empty.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What one stream holds.
#[derive(Debug, Default)]
pub(super) struct Tnef {
    pub files: Vec<TnefFile>,
    pub too_many: bool,
    /// The stream ends within an attachment.
    pub cut: bool,
}

/// Whether the bytes are a TNEF stream.
pub(super) fn is_tnef(bytes: &[u8]) -> bool {
    Cursor(bytes).u32() == Some(SIGNATURE)
}

/// Reads the attachments of a stream, at most so many.
pub(super) fn read(bytes: &[u8], most: usize) -> Tnef {
    let mut tnef = Tnef::default();
    stream(bytes, most, 0, &mut tnef);
    tnef.files.retain(|file| !file.bytes.is_empty());
    tnef
}

fn stream(bytes: &[u8], most: usize, depth: usize, tnef: &mut Tnef) {
    let mut cursor = Cursor(bytes);
    if cursor.u32() != Some(SIGNATURE) || cursor.u16().is_none() || depth > DEPTH_MAX {
        return;
    }
    // Level 1 is the message, level 2 an attachment; transports append blanks and line ends.
    while let [1 | 2, ..] = cursor.0 {
        let Some((id, data)) = record(&mut cursor) else {
            tnef.cut = true;
            return;
        };
        if tnef.files.len() > most {
            tnef.files.truncate(most);
            tnef.too_many = true;
            return;
        }
        match id {
            ATTACH_RENDER_DATA => tnef.files.push(TnefFile::default()),
            ATTACH_TITLE => {
                if let Some(file) = current(tnef).filter(|file| file.name.is_empty()) {
                    file.name = narrow(data);
                }
            }
            ATTACH_DATA => {
                if let Some(file) = current(tnef) {
                    file.bytes = data.to_vec();
                }
            }
            ATTACHMENT => properties(data, most, depth, tnef),
            _ => {}
        }
    }
}

fn record<'a>(cursor: &mut Cursor<'a>) -> Option<(u32, &'a [u8])> {
    cursor.take(1)?;
    let id = cursor.u32()?;
    let length = cursor.length()?;
    // A cut-off last record still has the beginning of its data, but not the data: leave it.
    let data = cursor.take(length)?;
    // Some writers forget the last checksum.
    let _checksum = cursor.take(2.min(cursor.0.len()));
    Some((id, data))
}

/// The attachment being read; a stream that forgot to begin one gets one.
fn current(tnef: &mut Tnef) -> Option<&mut TnefFile> {
    if tnef.files.is_empty() {
        tnef.files.push(TnefFile::default());
    }
    tnef.files.last_mut()
}

/// Reads the MAPI properties of an attachment: the long name, and sometimes the content.
fn properties(data: &[u8], most: usize, depth: usize, tnef: &mut Tnef) {
    let mut cursor = Cursor(data);
    let Some(count) = cursor.u32() else { return };
    for _ in 0..count {
        let Some((id, kind, value)) = property(&mut cursor) else { return };
        let text = || if kind == UNICODE { wide(value) } else { narrow(value) };
        match id {
            PR_ATTACH_LONG_FILENAME => {
                if let Some(file) = current(tnef) {
                    file.name = text();
                }
            }
            PR_ATTACH_FILENAME => {
                if let Some(file) = current(tnef).filter(|file| file.name.is_empty()) {
                    file.name = text();
                }
            }
            PR_ATTACH_DATA => {
                // An object begins with the id of its interface.
                let inner = if kind == OBJECT { value.get(16..) } else { Some(value) };
                let inner = inner.unwrap_or_default();
                if is_tnef(inner) {
                    stream(inner, most, depth + 1, tnef);
                } else if let Some(file) = current(tnef).filter(|file| file.bytes.is_empty()) {
                    file.bytes = inner.to_vec();
                }
            }
            _ => {}
        }
    }
}

const OBJECT: u16 = 0x000d;
const STRING8: u16 = 0x001e;
const UNICODE: u16 = 0x001f;
const BINARY: u16 = 0x0102;

/// One property: its id, its type and, of a value with a length, the (last) value.
fn property<'a>(cursor: &mut Cursor<'a>) -> Option<(u16, u16, &'a [u8])> {
    let kind = cursor.u16()?;
    let id = cursor.u16()?;
    if id >= 0x8000 {
        cursor.take(16)?;
        if cursor.u32()? == 0 {
            cursor.take(4)?;
        } else {
            let length = cursor.length()?;
            cursor.padded(length)?;
        }
    }
    let many = kind & 0x1000 != 0;
    let plain = kind & 0x0fff;
    let variable = matches!(plain, OBJECT | STRING8 | UNICODE | BINARY);
    let count = if many || variable { cursor.u32()? } else { 1 };
    let fixed = if variable { None } else { Some(fixed_length(plain)?) };
    let mut value: &[u8] = &[];
    // Values of no bytes are not counted: four milliards of them fit into a mail of a hundred bytes.
    for _ in 0..if fixed == Some(0) { 0 } else { count } {
        let length = if let Some(length) = fixed { length } else { cursor.length()? };
        value = cursor.padded(length)?;
    }
    Some((id, plain, value))
}

fn fixed_length(kind: u16) -> Option<usize> {
    match kind {
        0x0001 => Some(0),
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        _ => None,
    }
}

/// A name in the ANSI code page of Poland.
fn narrow(bytes: &[u8]) -> String {
    let text = encoding_rs::WINDOWS_1250.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\0').to_owned()
}

fn wide(bytes: &[u8]) -> String {
    let text = encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0;
    text.trim_end_matches('\0').to_owned()
}

/// Little-endian reading with an end.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes a value and the padding to a multiple of four behind it.
    fn padded(&mut self, count: usize) -> Option<&'a [u8]> {
        let value = self.take(count)?;
        let padding = (4 - count % 4) % 4;
        self.take(padding.min(self.0.len()))?;
        Some(value)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.u32()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record_bytes(id: u32, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [&[2], id.to_le_bytes().as_slice(), &length, data, &[0, 0]].concat()
    }

    fn stream_bytes(records: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE.to_le_bytes().to_vec(), vec![1, 0], records.concat()].concat()
    }

    fn variable(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap().to_le_bytes();
        let padding = vec![0; (4 - value.len() % 4) % 4];
        let head = [kind.to_le_bytes(), id.to_le_bytes()].concat();
        [head, 1_u32.to_le_bytes().to_vec(), length.to_vec(), value.to_vec(), padding].concat()
    }

    #[test]
    fn attachments_are_found_in_both_places() {
        let name: Vec<u8> = "wyciąg.csv\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let fixed = [0x0003_u16.to_le_bytes(), 0x0e20_u16.to_le_bytes(), [9, 0], [0, 0]].concat();
        let long = [
            2_u32.to_le_bytes().to_vec(),
            fixed,
            variable(UNICODE, PR_ATTACH_LONG_FILENAME, &name),
        ]
        .concat();
        let data =
            [1_u32.to_le_bytes().to_vec(), variable(BINARY, PR_ATTACH_DATA, b"x;y\n")].concat();
        let bytes = stream_bytes(&[
            record_bytes(ATTACH_RENDER_DATA, &[0; 14]),
            record_bytes(ATTACH_TITLE, b"WYCI~1.CSV\0"),
            record_bytes(ATTACH_DATA, b"a;b\n1;2\n"),
            record_bytes(ATTACHMENT, &long),
            record_bytes(ATTACH_RENDER_DATA, &[0; 14]),
            record_bytes(ATTACH_TITLE, b"b\xb9.csv\0"),
            record_bytes(ATTACHMENT, &data),
        ]);
        let tnef = read(&bytes, 200);
        let found: Vec<_> =
            tnef.files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
        assert_eq!(found, [("wyciąg.csv", b"a;b\n1;2\n".as_slice()), ("bą.csv", b"x;y\n")]);
        for cut in 0..bytes.len() {
            read(bytes.get(..cut).unwrap(), 200);
        }
        assert!(read(&bytes, 1).too_many);
    }

    #[test]
    fn values_without_bytes_are_not_walked_through() {
        let empty = [0x1001_u16.to_le_bytes(), 0x0e20_u16.to_le_bytes()].concat();
        let many = [u32::MAX.to_le_bytes().to_vec(), empty, u32::MAX.to_le_bytes().to_vec()];
        let bytes = stream_bytes(&[record_bytes(ATTACHMENT, &many.concat())]);
        assert!(read(&bytes, 10).files.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(tail: Vec<u8>, places: Vec<(u8, u8)>) {
            let mut bytes = stream_bytes(&[record_bytes(ATTACH_RENDER_DATA, &[0; 14]), record_bytes(ATTACHMENT, &tail)]);
            for (place, value) in places {
                let length = bytes.len();
                bytes[usize::from(place) % length] = value;
            }
            read(&bytes, 10);
        }
    }
}
