//! Stages of a calculation on histories of growing size, beside the floor: the `csv` crate merely
//! reading the same bytes. See `benches/README.md`.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run should say so")]
#![expect(missing_docs, reason = "criterion's macros make undocumented items")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use investtax::{
    ledger::{Input, Ledger, merge},
    money::Currency,
    rates::RateBook,
    report::{ReportInput, pdf, xlsx},
    lang::Lang,
    statement::{FileId, SourceFile, detect, Detected},
    tax::{Options, assess, for_each_need},
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

#[path = "common/mod.rs"]
mod common;

const TODAY: Date = date(2026, 11, 20);

fn sizes() -> Vec<u64> {
    // A million rows take a while: on request.
    let most = std::env::var_os("BENCH_ROWS_MAX").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(100_000);
    [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|rows| *rows <= most).collect()
}

fn floor(text: &str) -> usize {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let mut record = csv::ByteRecord::new();
    let mut fields = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        fields += record.len();
    }
    fields
}

fn read(file: &SourceFile) -> Ledger {
    let Detected::Format(format) = detect(file) else { panic!("the export must be recognised") };
    merge(vec![Input { name: file.name.clone(), statement: format.read(file) }])
}

fn rates() -> RateBook {
    let tables = [
        (Currency::USD, Decimal::new(39_871, 4)),
        (Currency::EUR, Decimal::new(43_219, 4)),
        (Currency::GBP, Decimal::new(50_104, 4)),
    ];
    RateBook::flat(&tables, date(2020, 12, 1), date(2026, 1, 31))
}

fn stages(criterion: &mut Criterion) {
    let rates = rates();
    for rows in sizes() {
        let file = SourceFile::from_text(FileId(0), "export.csv", common::trading212(rows));
        let text = &file.sheets.first().unwrap().text;
        let ledger = read(&file);
        let options = Options::default();
        let mut group = criterion.benchmark_group("stage");
        group.sample_size(10).throughput(Throughput::Elements(rows));
        let id = |name: &str| BenchmarkId::new(name, rows);
        group.bench_function(id("floor: csv"), |b| b.iter(|| floor(black_box(text))));
        group.bench_function(id("read"), |b| b.iter(|| read(black_box(&file))));
        group.bench_function(id("need"), |b| {
            b.iter(|| {
                let mut count = 0_u64;
                for_each_need(black_box(&ledger), |_, _| count += 1);
                count
            });
        });
        group.bench_function(id("tax"), |b| b.iter(|| assess(black_box(&ledger), &rates, &options, TODAY)));
        group.bench_function(id("read + need + tax"), |b| {
            b.iter(|| {
                let ledger = read(black_box(&file));
                let mut count = 0_u64;
                for_each_need(&ledger, |_, _| count += 1);
                (count, assess(&ledger, &rates, &options, TODAY).years.len())
            });
        });
        let assessment = assess(&ledger, &rates, &options, TODAY);
        let input = ReportInput { ledger: &ledger, assessment: &assessment, rates: &rates, options: &options, today: TODAY, lang: Lang::Pl };
        group.bench_function(id("pdf"), |b| b.iter(|| pdf::render(black_box(&input)).unwrap().len()));
        group.bench_function(id("xlsx"), |b| b.iter(|| xlsx::render(black_box(&input)).unwrap().len()));
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
