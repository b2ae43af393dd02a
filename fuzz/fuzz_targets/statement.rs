//! Any bytes as a broker's file: every row is counted once, whatever it is.
#![no_main]

use investtax::{
    mail::Limits,
    statement::{Detected, FileId, decode::decode, detect},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = decode(FileId(0), "file", bytes.to_vec(), &Limits::default()) else { return };
    let Detected::Format(format) = detect(&file) else { return };
    let rows = format.read(&file).rows;
    assert_eq!(rows.total, rows.used + rows.neutral + rows.duplicate + rows.unknown);
});
