//! Writes a synthetic export for whole-process measurements: `cargo bench --bench generate -- 100000 csv|mail`.

use std::io::Write as _;

#[path = "common/mod.rs"]
mod common;

fn main() -> std::io::Result<()> {
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let rows = words.first().and_then(|word| word.parse().ok()).unwrap_or(1000);
    let csv = common::trading212(rows);
    let as_mail = words.get(1).is_some_and(|word| word == "mail");
    let bytes = if as_mail { common::mail(&csv) } else { csv.into_bytes() };
    std::io::stdout().write_all(&bytes)
}
