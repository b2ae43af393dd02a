//! One synthetic history of trades, from which every broker's export is written: the same for the same size,
//! whatever the machine.
//!
//! 200 instruments (60 % in USD, 25 % in EUR, 15 % in pence), weekdays of 2021–2025, random-walk prices, sales
//! never above the holding.
#![expect(clippy::indexing_slicing, reason = "the tables are ours")]
#![expect(unreachable_pub, reason = "a module of several benchmarks")]

use jiff::{ToSpan, civil::Date};

/// Days between which trades are spread.
const FIRST: Date = Date::constant(2021, 1, 5);
/// Weekdays of five years.
const DAYS: u64 = 1300;
/// Seconds of a trading day.
const SECONDS: u64 = 23_000;
const INSTRUMENTS: u64 = 200;

/// Parts of a share in one share.
pub const SHARE: u64 = 10_000_000;

/// One trade.
#[derive(Debug)]
pub struct Deal {
    /// Its number, from 0.
    pub row: u64,
    pub day: Date,
    /// Of the day.
    pub second: u64,
    /// Number of the instrument.
    pub at: usize,
    pub isin: String,
    /// `GBX`: the price is in pence.
    pub currency: &'static str,
    /// Hundredths of the currency for one share.
    pub price_cents: u64,
    /// In parts, see [`SHARE`].
    pub shares: u64,
    pub selling: bool,
}

/// So many trades in order of time, in multiples of `unit` parts of a share.
pub fn deals(rows: u64, unit: u64) -> impl Iterator<Item = Deal> {
    let mut random = Random(0x5DEE_CE66_D1CE_1234);
    let mut instruments: Vec<Instrument> =
        (0..INSTRUMENTS).map(|at| instrument(at, &mut random)).collect();
    (0..rows).map(move |row| {
        let at = usize::try_from(random.below(INSTRUMENTS)).unwrap_or(0);
        deal(row, rows, unit, at, &mut instruments[at], &mut random)
    })
}

fn deal(
    row: u64,
    rows: u64,
    unit: u64,
    at: usize,
    instrument: &mut Instrument,
    random: &mut Random,
) -> Deal {
    instrument.price_cents =
        (instrument.price_cents * (980 + random.below(41)) / 1000).clamp(100, 500_000);
    let selling = instrument.held > SHARE && random.below(100) < 45;
    let most = if selling { instrument.held } else { 20 * SHARE };
    let shares = (1 + random.below(most / unit)) * unit;
    instrument.held = if selling { instrument.held - shares } else { instrument.held + shares };
    // Time goes on from row to row, or sales would come before their purchases.
    let moment = u128::from(row) * u128::from(DAYS) * u128::from(SECONDS) / u128::from(rows.max(1));
    let (day, second) = (moment / u128::from(SECONDS), 52_200 + moment % u128::from(SECONDS));
    Deal {
        row,
        day: weekday(u64::try_from(day).unwrap_or(0)),
        second: u64::try_from(second).unwrap_or(0),
        at,
        isin: instrument.isin.clone(),
        currency: instrument.currency,
        price_cents: instrument.price_cents,
        shares,
        selling,
    }
}

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
