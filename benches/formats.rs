//! The three heaviest formats, each beside its floor: the `csv` crate merely reading the same bytes, or `calamine`
//! merely walking through the cells of the same workbook. See `benches/README.md`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot run should say so")]

use std::{hint::black_box, io::Cursor};

use calamine::{Reader as _, Xlsx};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use investtax::{
    mail::Limits,
    statement::{Detected, FileId, SourceFile, Statement, decode::decode, detect},
};

#[path = "common/brokers.rs"]
mod brokers;

fn sizes() -> Vec<u64> {
    let most = std::env::var_os("BENCH_ROWS_MAX").and_then(|text| text.to_str()?.parse().ok());
    let most = most.unwrap_or(100_000);
    [1_000, 10_000, 100_000].into_iter().filter(|rows| *rows <= most).collect()
}

/// Limits that no size of this benchmark meets.
fn limits() -> Limits {
    Limits { workbook_file: usize::MAX, text_file: usize::MAX, ..Limits::local() }
}

fn read(file: &SourceFile) -> Statement {
    let Detected::Format(format) = detect(file) else { panic!("the export must be recognised") };
    format.read(file)
}

/// An export that is not read to its last row would be read fast.
fn check(file: &SourceFile, rows: u64) {
    let statement = read(file);
    assert_eq!(statement.rows.unknown, 0, "{:?}", statement.diagnostics.first());
    assert!(u64::from(statement.rows.used) >= rows, "{:?}", statement.rows);
}

fn csv_floor(text: &str) -> usize {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        fields += record.len();
    }
    fields
}

fn workbook_floor(bytes: &[u8]) -> usize {
    let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut cells = 0;
    for name in book.sheet_names() {
        let mut reader = book.worksheet_cells_reader(&name).unwrap();
        while let Some(cell) = reader.next_cell().unwrap() {
            black_box(&cell);
            cells += 1;
        }
    }
    cells
}

/// Writes an export with so many rows.
type Export = fn(u64) -> String;

fn texts(criterion: &mut Criterion) {
    let exports: [(&str, Export); 2] =
        [("ibkr-activity", brokers::interactive_brokers), ("degiro-transactions", brokers::degiro)];
    for (name, export) in exports {
        for rows in sizes() {
            let file = SourceFile::from_text(FileId(0), "export.csv", export(rows));
            check(&file, rows);
            let text = &file.sheets.first().unwrap().text;
            let mut group = criterion.benchmark_group(name);
            group.sample_size(10).throughput(Throughput::Elements(rows));
            group.bench_function(BenchmarkId::new("floor: csv", rows), |b| {
                b.iter(|| csv_floor(black_box(text)));
            });
            group.bench_function(BenchmarkId::new("read", rows), |b| {
                b.iter(|| read(black_box(&file)).transactions.len());
            });
            group.finish();
        }
    }
}

fn workbook(criterion: &mut Criterion) {
    let limits = limits();
    let open = |bytes: &[u8]| decode(FileId(0), "export.xlsx", bytes.to_vec(), &limits).unwrap();
    // A position is three rows of the workbook, so the largest size is left to the texts.
    for positions in sizes().into_iter().filter(|rows| *rows <= 10_000) {
        let bytes = brokers::etoro(positions);
        let file = open(&bytes);
        check(&file, positions);
        let mut group = criterion.benchmark_group("etoro");
        group.sample_size(10).throughput(Throughput::Elements(positions));
        let id = |name: &str| BenchmarkId::new(name, positions);
        group.bench_function(id("floor: calamine"), |b| {
            b.iter(|| workbook_floor(black_box(&bytes)));
        });
        group.bench_function(id("decode"), |b| b.iter(|| open(black_box(&bytes)).sheets.len()));
        group.bench_function(id("read"), |b| b.iter(|| read(black_box(&file)).transactions.len()));
        group.bench_function(id("decode + read"), |b| {
            b.iter(|| read(&open(black_box(&bytes))).transactions.len());
        });
        group.finish();
    }
}

criterion_group!(benches, texts, workbook);
criterion_main!(benches);
