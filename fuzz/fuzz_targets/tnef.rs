//! Any bytes as Outlook's `winmail.dat`.
#![no_main]

use investtax::mail::{Limits, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let header = b"From: jan@example.com\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; \
        name=winmail.dat\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    let limits = Limits::default();
    for magic in [b"".as_slice(), b"\x78\x9f\x3e\x22\x01\x00"] {
        let Ok(message) = parse(&[header, magic, bytes].concat(), &limits) else { continue };
        assert!(message.attachments.len() <= limits.tnef_attachments);
    }
});
