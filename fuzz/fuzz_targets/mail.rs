//! Any bytes as a raw mail, through the whole journey: a reply or silence, never a panic.
#![no_main]

use std::sync::{Arc, LazyLock};

use investtax::{
    adapters::MemoryRates,
    mail::Limits,
    pipeline::{ReplySettings, Services, answer},
    ports::Clock,
    tax::Options,
};
use libfuzzer_sys::fuzz_target;

struct Still;

impl Clock for Still {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
}

static RUNTIME: LazyLock<tokio::runtime::Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().unwrap());

fuzz_target!(|raw: &[u8]| {
    let services = Services { rates: Arc::new(MemoryRates::default()), nbp: None, clock: Arc::new(Still) };
    let settings = ReplySettings { address: None, lang: None, options: Options::default(), limits: Limits::default(), with_document: true };
    RUNTIME.block_on(answer(raw, &settings, &services, &|_| {})).unwrap();
});
