//! What the tests of whole cases share: a stand-in NBP, files in, the calculation document out.
#![allow(dead_code, unreachable_pub, reason = "each test crate uses its own part")]
#![expect(clippy::unwrap_used, reason = "a failed helper should panic")]

pub mod samples;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use investtax::{
    adapters::{MemoryRates, RateFiles},
    gather::gather,
    lang::Lang,
    mail::{Limits, expand_files},
    money::Currency,
    pipeline::{Calculated, FileSet, Services, calculate, read},
    ports::{Clock, RateStore as _},
    rates::{Rate, RateNeed, RateTable, TableKind},
    report::calculation,
    tax::Options,
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use serde_json::Value;

/// The day on which all cases are calculated: after the returns of 2025 are due.
pub const TODAY: Date = date(2026, 5, 4);

/// A path in the package.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A path in the reference data beside the package, if it is there; says so if not.
pub fn reference(path: &str) -> Option<PathBuf> {
    let path = here("../shared").join(path);
    let found = path.exists().then_some(path);
    if found.is_none() {
        // Seen with --nocapture; the test then proves nothing.
        drop(std::io::Write::write_all(
            &mut std::io::stderr(),
            b"skipped: no reference data beside the package\n",
        ));
    }
    found
}

/// Runs a future to its end.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Noon of one day in Warsaw.
#[derive(Debug)]
pub struct Noon(pub Date);

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        let zone = jiff::tz::get!("Europe/Warsaw");
        self.0.at(12, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
    }
}

/// Services that know the given tables and ask nobody.
pub fn offline(rates: MemoryRates) -> Services {
    Services { rates: Arc::new(rates), nbp: None, clock: Arc::new(Noon(TODAY)) }
}

/// The tables of a directory, as `--rates DIR` reads them.
pub fn rates_in(dir: &Path) -> MemoryRates {
    let rates = MemoryRates::default();
    block_on(RateFiles::read_dir(dir).unwrap().save_into(&rates)).unwrap();
    rates
}

/// One table of NBP, and the last day before which no newer one was published.
pub struct Printed {
    /// As printed: `051/A/NBP/2023`.
    pub number: &'static str,
    /// Day of publication.
    pub on: &'static str,
    /// The day of the event that it is the preceding table of.
    pub before: &'static str,
    /// Rates by currency.
    pub mids: &'static [(&'static str, &'static str)],
}

/// A store that holds these tables alone.
pub fn printed(tables: &[Printed]) -> MemoryRates {
    let rates = MemoryRates::default();
    for table in tables {
        let published_on: Date = table.on.parse().unwrap();
        let event: Date = table.before.parse().unwrap();
        let mids = table.mids.iter();
        let mids = mids.map(|(code, mid)| (Currency::parse(code).unwrap(), mid.parse().unwrap()));
        let kind = TableKind::A;
        let number = table.number.to_owned();
        let read = RateTable { kind, number, published_on, mids: mids.collect() };
        let through = event.yesterday().unwrap();
        block_on(rates.save(kind, published_on, through, &[read])).unwrap();
    }
    rates
}

/// Reads and calculates files by name, as `investtax calc` does.
pub fn calculated(files: &[(&str, &str)], options: Options, services: &Services) -> Calculated {
    let limits = Limits::local();
    let named = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    let files = expand_files(named, &limits);
    let ledger = read(FileSet::from(files), &limits);
    block_on(calculate(ledger, options, services, &|_| {})).unwrap()
}

/// The calculation document, as `investtax calc --json` prints it.
pub fn document(calculated: &Calculated) -> Value {
    let mut bytes = Vec::new();
    calculation::write(&calculated.report(Lang::En), &mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// One year of a calculation document.
pub fn year(document: &Value, year: &str) -> Value {
    let years = document["years"].as_array().unwrap();
    let year: u64 = year.parse().unwrap();
    years.iter().find(|found| found["year"] == year).unwrap().clone()
}

/// The rate of an event, as `investtax rates show` finds it; `None` if it cannot be proven.
pub fn rate_before(rates: &MemoryRates, currency: &str, day: &str) -> Option<Rate> {
    let currency = Currency::parse(currency).unwrap();
    let day: Date = day.parse().unwrap();
    let mut need = RateNeed::default();
    need.add(currency, day);
    let (book, _) = block_on(gather(&need, rates, None, date(2026, 12, 31), &|_| {})).unwrap();
    book.preceding(currency, day).ok().copied()
}

/// The template's columns as the tests fill them.
const HEADER: &str = "date;type;ticker;quantity;amount;currency;fee;fee_currency;country;withheld";

/// A file in the template's layout.
pub struct Template(String);

impl Template {
    /// Without rows.
    pub fn new() -> Self {
        Self(format!("{HEADER}\n"))
    }

    /// With one more row: the cells from `date` on, separated by semicolons.
    pub fn row(mut self, cells: &str) -> Self {
        writeln!(self.0, "{cells}").unwrap();
        self
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.0
    }
}
