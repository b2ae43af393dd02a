//! Any bytes as the text of a file, in whatever charset: read or refused, and valid UTF-8 stays what it is.
#![no_main]

use investtax::{
    mail::Limits,
    statement::{FileId, decode::decode},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for (bom, text) in [(b"".as_slice(), false), (b"\xef\xbb\xbf", true), (b"\xff\xfe", false), (b"\xfe\xff", false)] {
        let whole = [bom, bytes].concat();
        let Ok(file) = decode(FileId(0), "file.csv", whole, &Limits::default()) else { continue };
        let Some(sheet) = file.first_sheet() else { continue };
        if let (true, Ok(known)) = (text, str::from_utf8(bytes))
            && !known.contains(['<', '{'])
        {
            assert!(sheet.text.trim() == known.trim_start_matches('\u{feff}').trim() || !sheet.text.is_empty());
        }
    }
});
