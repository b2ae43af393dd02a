//! Synthetic histories for the benchmarks: the same for the same size, whatever the machine.
//!
//! 200 instruments (60 % in USD, 25 % in EUR, 15 % in pence), weekdays of 2021–2025, fractions of a
//! share down to 1e-7, random-walk prices, sales never above the holding.
#![expect(clippy::indexing_slicing, reason = "the tables are ours")]
#![expect(unreachable_pub, reason = "a module of two benchmarks")]

use std::fmt::Write as _;

use jiff::{ToSpan, civil::Date};

/// Days between which trades are spread.
const FIRST: Date = Date::constant(2021, 1, 5);
/// Weekdays of five years.
const DAYS: u64 = 1300;
/// Seconds of a trading day.
const SECONDS: u64 = 23_000;
const INSTRUMENTS: u64 = 200;

/// A small generator with a fixed seed: reproducible without a dependency.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

struct Instrument {
    isin: String,
    currency: &'static str,
    price_cents: u64,
    held: u64,
}

/// A Trading 212 export with so many rows.
pub fn trading212(rows: u64) -> String {
    let mut random = Random(0x5DEE_CE66_D1CE_1234);
    let mut instruments: Vec<Instrument> =
        (0..INSTRUMENTS).map(|at| instrument(at, &mut random)).collect();
    let mut text = String::with_capacity(usize::try_from(rows).unwrap_or(0) * 150);
    text.push_str(
        "Action,Time,ISIN,Ticker,Name,ID,No. of shares,Price / share,Currency (Price / share),Exchange rate,\
         Result,Currency (Result),Total,Currency (Total),Currency conversion fee,Currency (Currency conversion fee)\n",
    );
    for row in 0..rows {
        let at = usize::try_from(random.below(INSTRUMENTS)).unwrap_or(0);
        line(&mut text, row, rows, at, &mut instruments[at], &mut random);
    }
    text
}

fn line(
    text: &mut String,
    row: u64,
    rows: u64,
    at: usize,
    instrument: &mut Instrument,
    random: &mut Random,
) {
    instrument.price_cents =
        (instrument.price_cents * (980 + random.below(41)) / 1000).clamp(100, 500_000);
    let selling = instrument.held > 10_000_000 && random.below(100) < 45;
    let shares =
        if selling { 1 + random.below(instrument.held) } else { 1 + random.below(200_000_000) };
    instrument.held = if selling { instrument.held - shares } else { instrument.held + shares };
    // Time goes on from row to row, or sales would come before their purchases.
    let moment = u128::from(row) * u128::from(DAYS) * u128::from(SECONDS) / u128::from(rows.max(1));
    let (day, second) = (moment / u128::from(SECONDS), 52_200 + moment % u128::from(SECONDS));
    let day = weekday(u64::try_from(day).unwrap_or(0));
    let total_cents = u128::from(shares) * u128::from(instrument.price_cents) / 10_000_000;
    let written = writeln!(
        text,
        "{},{day} {:02}:{:02}:{:02},{},T{at},\"Instrument {at} Inc\",EOF{row:010},{}.{:07},{}.{:02},{},1.08,,EUR,{}.{:02},EUR,{}.{:02},EUR",
        if selling { "Market sell" } else { "Market buy" },
        second / 3600,
        second / 60 % 60,
        second % 60,
        instrument.isin,
        shares / 10_000_000,
        shares % 10_000_000,
        instrument.price_cents / 100,
        instrument.price_cents % 100,
        instrument.currency,
        total_cents / 100,
        total_cents % 100,
        total_cents / 66_667,
        total_cents / 667 % 100,
    );
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

fn instrument(at: u64, random: &mut Random) -> Instrument {
    let (country, currency) = match at % 20 {
        0..12 => ("US", "USD"),
        12..17 => ("DE", "EUR"),
        _ => ("GB", "GBX"),
    };
    let body = format!("{country}{:09}", 100_000_000 + at * 7919);
    let isin = format!("{body}{}", check_digit(&body));
    Instrument { isin, currency, price_cents: 1_000 + random.below(40_000), held: 0 }
}

/// The check digit of ISO 6166: letters are two digits, every second digit from the right is doubled.
fn check_digit(body: &str) -> u32 {
    let digits: String =
        body.chars().filter_map(|c| c.to_digit(36)).map(|value| value.to_string()).collect();
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

/// The weekday that stands so many weekdays after the first day, a Tuesday.
fn weekday(offset: u64) -> Date {
    let days = offset + (offset + 1) / 5 * 2;
    FIRST.saturating_add(i32::try_from(days).unwrap_or(0).days())
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
