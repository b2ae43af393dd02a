//! Any bytes as a ZIP or gzip archive: within its bounds, whatever it claims.
#![no_main]

use investtax::mail::{Attachment, Limits, expand};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { unpacked: 1 << 20, entry: 1 << 19, ..Limits::default() };
    for magic in [b"".as_slice(), b"PK\x03\x04", b"\x1f\x8b\x08\x00"] {
        let bytes = [magic, bytes].concat();
        let archive = Attachment { name: "a.zip".to_owned(), media: String::new(), bytes };
        let expanded = expand(vec![archive], &limits);
        assert!(expanded.files.len() <= limits.data_files);
        let total: usize = expanded.files.iter().map(|file| file.bytes.len()).sum();
        assert!(total <= limits.unpacked.max(bytes_of(&expanded.files)));
    }
});

/// What lay there unpacked already does not count against unpacking.
fn bytes_of(files: &[investtax::mail::DataFile]) -> usize {
    files.iter().map(|file| file.bytes.len()).max().unwrap_or_default()
}
