//! Stages of a calculation on histories of growing size, beside the floor: the `csv` crate merely
//! reading the same bytes. See `benches/README.md`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a benchmark that cannot run should say so")]

use std::{hint::black_box, sync::Arc};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use investtax::{
    adapters::{MemoryRates, SystemClock},
    lang::Lang,
    ledger::{Input, Ledger, merge},
    mail::Limits,
    money::Currency,
    pipeline::{Outcome, ReplySettings, Services, answer},
    ports::RateStore as _,
    rates::{RateBook, RateTable, TableKind},
    report::{ReportInput, pdf, xlsx},
    statement::{Detected, FileId, SourceFile, detect},
    tax::{Options, assess, for_each_need},
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

#[path = "common/mod.rs"]
mod common;

const TODAY: Date = date(2026, 11, 20);
const FIRST: Date = date(2020, 12, 1);
const LAST: Date = date(2026, 1, 31);

fn sizes() -> Vec<u64> {
    // A million rows take a while: on request.
    let most = std::env::var_os("BENCH_ROWS_MAX").and_then(|text| text.to_str()?.parse().ok());
    let most = most.unwrap_or(100_000);
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
    merge(vec![Input::untagged(file.name.clone(), format.read(file))])
}

fn mids() -> Vec<(Currency, Decimal)> {
    vec![
        (Currency::USD, Decimal::new(39_871, 4)),
        (Currency::EUR, Decimal::new(43_219, 4)),
        (Currency::GBP, Decimal::new(50_104, 4)),
    ]
}

/// A store with a table for every weekday.
fn services(runtime: &tokio::runtime::Runtime) -> Services {
    let store = MemoryRates::default();
    let mut tables = Vec::new();
    let (mut day, mut number) = (FIRST, 0);
    while day <= LAST {
        if day.day_of_year() == 1 {
            number = 0;
        }
        if day.weekday().to_monday_one_offset() < 6 {
            number += 1;
            let number = format!("{number:03}/A/NBP/{}", day.year());
            tables.push(RateTable { kind: TableKind::A, number, published_on: day, mids: mids() });
        }
        day = day.tomorrow().unwrap();
    }
    runtime.block_on(store.save(TableKind::A, FIRST, LAST, &tables)).unwrap();
    Services { rates: Arc::new(store), nbp: None, clock: Arc::new(SystemClock) }
}

fn stages(criterion: &mut Criterion) {
    let rates = RateBook::flat(&mids(), FIRST, LAST);
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
        group.bench_function(id("need"), |b| b.iter(|| need(black_box(&ledger))));
        group.bench_function(id("tax"), |b| {
            b.iter(|| assess(black_box(&ledger), &rates, &options, TODAY).years.len());
        });
        group.bench_function(id("read + need + tax"), |b| {
            b.iter(|| {
                let ledger = read(black_box(&file));
                (need(&ledger), assess(&ledger, &rates, &options, TODAY).years.len())
            });
        });
        let assessment = assess(&ledger, &rates, &options, TODAY);
        let input = ReportInput {
            ledger: &ledger,
            assessment: &assessment,
            rates: &rates,
            options: &options,
            today: TODAY,
            lang: Lang::Pl,
        };
        group.bench_function(id("pdf"), |b| {
            b.iter(|| pdf::render(black_box(&input)).unwrap().len());
        });
        if rows <= 10_000 {
            group.bench_function(id("xlsx"), |b| {
                b.iter(|| xlsx::render(black_box(&input)).unwrap().len());
            });
        }
        group.finish();
    }
}

fn need(ledger: &Ledger) -> u64 {
    let mut count = 0;
    for_each_need(ledger, |_, _| count += 1);
    count
}

fn journey(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let services = services(&runtime);
    let settings = ReplySettings {
        address: Some("calc@example.com".to_owned()),
        lang: None,
        options: Options::default(),
        limits: Limits { raw_mail: usize::MAX, ..Limits::local() },
        with_document: false,
    };
    for rows in sizes() {
        let raw = common::mail(&common::trading212(rows));
        let mut group = criterion.benchmark_group("journey");
        group.sample_size(10).throughput(Throughput::Elements(rows));
        group.bench_function(BenchmarkId::new("mail to reply", rows), |b| {
            b.iter(|| {
                let outcome =
                    runtime.block_on(answer(black_box(&raw), &settings, &services, &|_| {}));
                let Ok(Outcome::Answered(answer)) = outcome else {
                    panic!("there must be a reply")
                };
                answer.message.bytes.len()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, stages, journey);
criterion_main!(benches);
