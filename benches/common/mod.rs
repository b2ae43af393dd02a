//! Synthetic exports for the benchmarks of whole histories, and the mail that brings one.
//!
//! Fractions of a share down to 1e-7; see [`history`] for the rest.
#![expect(clippy::indexing_slicing, reason = "the tables are ours")]
#![expect(unreachable_pub, reason = "a module of two benchmarks")]

mod history;

use std::fmt::Write as _;

use history::{Deal, SHARE, deals};

/// A Trading 212 export with so many rows.
pub fn trading212(rows: u64) -> String {
    let mut text = String::with_capacity(usize::try_from(rows).unwrap_or(0) * 150);
    text.push_str(
        "Action,Time,ISIN,Ticker,Name,ID,No. of shares,Price / share,Currency (Price / share),Exchange rate,\
         Result,Currency (Result),Total,Currency (Total),Currency conversion fee,Currency (Currency conversion fee)\n",
    );
    for deal in deals(rows, 1) {
        line(&mut text, &deal);
    }
    text
}

fn line(text: &mut String, deal: &Deal) {
    let Deal { row, day, second, at, ref isin, currency, price_cents, shares, selling } = *deal;
    let total_cents = u128::from(shares) * u128::from(price_cents) / u128::from(SHARE);
    let written = writeln!(
        text,
        "{},{day} {:02}:{:02}:{:02},{isin},T{at},\"Instrument {at} Inc\",EOF{row:010},{}.{:07},{}.{:02},{currency},1.08,,EUR,{}.{:02},EUR,{}.{:02},EUR",
        if selling { "Market sell" } else { "Market buy" },
        second / 3600,
        second / 60 % 60,
        second % 60,
        shares / SHARE,
        shares % SHARE,
        price_cents / 100,
        price_cents % 100,
        total_cents / 100,
        total_cents % 100,
        total_cents / 66_667,
        total_cents / 667 % 100,
    );
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

/// A raw mail with one CSV attached in base64.
pub fn mail(csv: &str) -> Vec<u8> {
    let mut raw = b"From: Anna Example <anna@example.org>\r\nTo: calc@example.com\r\nSubject: PIT\r\n\
        Message-ID: <bench@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPozdrawiam\r\n--b\r\nContent-Type: text/csv; name=export.csv\r\n\
        Content-Disposition: attachment; filename=export.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec();
    let encoded = base64(csv.as_bytes());
    for line in encoded.chunks(76) {
        raw.extend_from_slice(line);
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"--b--\r\n");
    raw
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_usize, |word, &byte| word << 8 | usize::from(byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let symbol =
                if place > chunk.len() { b'=' } else { ALPHABET[word >> (18 - 6 * place) & 63] };
            out.push(symbol);
        }
    }
    out
}
