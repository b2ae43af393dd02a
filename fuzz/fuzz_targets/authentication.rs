//! Any bytes under the block that SES wrote, and any `Authentication-Results`: nothing of the sender's ever
//! proves anything.
#![no_main]

use investtax::mail::{AuthResults, Evidence, Trust, classify};
use libfuzzer_sys::fuzz_target;

const ID: &str = "0b2c4d6e8f0a1c3e5";

const BLOCK: &str = "Return-Path: <jan@example.com>\r\n\
    Received: from mx.example.com (mx.example.com [192.0.2.1]) by inbound-smtp.eu-central-1.amazonaws.com \
    with SMTP id 0b2c4d6e8f0a1c3e5 for calc@tax.example; Mon, 2 Mar 2026 10:00:00 +0000\r\n\
    Authentication-Results: amazonses.com; spf=none; dmarc=none header.from=example.com\r\n\
    X-SES-RECEIPT: AEFB\r\n";

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Some(results) = AuthResults::parse(&text) {
        assert!(!results.authserv_id.is_empty());
    }
    let ses = Evidence::Ses { message_id: Some(ID), verdicts: None, envelope_sender: None };
    let below = [BLOCK.as_bytes(), bytes].concat();
    assert!(classify(&below, &ses).trust <= Trust::Unproven);
    // What the sender said while sending, as a server repeats it in quotes.
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\r', '\n'], " ");
    let field = format!(
        "Authentication-Results: mx.tax.example; spf=fail smtp.mailfrom=\"{quoted}\"@evil.example; dmarc=none\r\n\
         Received: from a by mx.tax.example\r\nFrom: jan@example.com\r\n\r\nx"
    );
    let server = Evidence::Server { authserv_id: "mx.tax.example" };
    assert!(classify(field.as_bytes(), &server).trust <= Trust::Unproven);
});
