//! Random histories for property tests: few instruments, so that everything meets everything.

use jiff::civil::Date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Basis, CreditCap, ForeignTax, LossClaim, Options, Pit8c, Residence};
use crate::{
    days,
    ledger::{Input, Ledger, merge},
    money::{Country, Currency, Money, Pln},
    rates::RateBook,
    statement::{
        AccountIx, Code, Diagnostic, Event, EventKey, FileId, Instrument, InstrumentIx, Isin,
        RepairRow, ReportedPosition, RowCounts, Source, SplitRatio, Statement, Trade, Transaction,
    },
};

const FIRST: Date = Date::constant(2023, 1, 2);

/// Rates of the dollar for every day of the histories but the last month, and of no other currency.
pub(crate) fn book() -> RateBook {
    RateBook::flat(&[(Currency::USD, Decimal::new(40_123, 4))], FIRST, days::plus(FIRST, 700))
}

/// Choices of any kind.
pub(crate) fn options() -> impl Strategy<Value = Options> {
    (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(2022_i16..2026),
        prop::option::of(0_i64..99_999),
        prop::option::of(0_i32..700),
    )
        .prop_map(|(trade, nineteen, year, amount, moved_in)| {
            let amount = amount.map(Pln::from_grosze);
            let claim = |amount| LossClaim { year: 2022, amount, used: Pln::ZERO, deduct: None };
            Options {
                basis: if trade { Basis::Trade } else { Basis::Settlement },
                year,
                credit_cap: if nineteen { CreditCap::Nineteen } else { CreditCap::Treaty },
                losses: amount.map(claim).into_iter().collect(),
                crypto_costs: amount,
                pit8c: amount.map(|revenue| Pit8c { revenue, cost: Pln::ZERO }),
                foreign_tax: amount
                    .map(|amount| ForeignTax { country: Country::US, amount })
                    .into_iter()
                    .collect(),
                residence: moved_in
                    .and_then(|day| Residence::new(Some(days::plus(FIRST, day)), None)),
            }
        })
}

/// A ledger of up to a hundred events of every kind.
pub(crate) fn ledger() -> impl Strategy<Value = Ledger> {
    let event = (0_i32..730, 0_u32..3, 0_u32..5, 0_u8..34, 1_i64..9_999, 0_u32..4);
    let position = (0_i32..730, 0_u32..3, 0_u32..4, 0_i64..9_999);
    (prop::collection::vec(event, 0..100), prop::collection::vec(position, 0..8)).prop_map(
        |(events, positions)| {
            let mut statement = statement();
            for (row, (day, account, instrument, kind, amount, places)) in (2..).zip(events) {
                let amount = Decimal::new(amount, places);
                let instrument =
                    if instrument == 4 { InstrumentIx::NONE } else { InstrumentIx(instrument) };
                let event = event_of(kind, amount, instrument);
                statement.transactions.push(Transaction {
                    source: Source { file: FileId(0), row: row / 2 },
                    key: (kind % 2 == 0).then_some(EventKey::from([u64::from(row), 7])),
                    account: AccountIx(account),
                    instrument,
                    day: days::plus(FIRST, day),
                    millisecond: u32::from(kind) * 1_000,
                    event,
                });
            }
            for (row, (day, account, instrument, quantity)) in (500..).zip(positions) {
                statement.positions.push(ReportedPosition {
                    source: Source { file: FileId(0), row },
                    account: AccountIx(account),
                    instrument: InstrumentIx(instrument),
                    day: days::plus(FIRST, day),
                    quantity: Decimal::new(quantity, 1),
                });
            }
            merge(vec![Input::untagged("historia.csv", statement)])
        },
    )
}

fn statement() -> Statement {
    let instrument = |isin: &str, symbol: &str| Instrument {
        isin: Isin::parse(isin).ok(),
        symbol: symbol.to_owned(),
        name: format!("{symbol} \"S.A.\" ąę"),
        country: (symbol == "C").then_some(Country::US),
        ..Instrument::default()
    };
    let repair = RepairRow {
        source: Source { file: FileId(0), row: 9 },
        cells: vec![("date", "32.13.2024".to_owned()), ("note", "=1+1\u{202e}".to_owned())],
    };
    Statement {
        format: "template",
        accounts: ["U1", "U2", "U3"].map(str::to_owned).to_vec(),
        instruments: vec![
            instrument("US0378331005", "A"),
            instrument("PLPKO0000016", "B"),
            instrument("", "C"),
            instrument("XS0104440986", ""),
        ],
        rows: RowCounts { total: 3, used: 1, neutral: 1, duplicate: 0, unknown: 1 },
        diagnostics: vec![
            Diagnostic::at(Code::UnknownRow, Source { file: FileId(0), row: 9 }).found("a", "b\n"),
        ],
        repairs: vec![repair],
        ..Statement::default()
    }
}

fn event_of(kind: u8, amount: Decimal, instrument: InstrumentIx) -> Event {
    let currency = match kind % 5 {
        0 => Currency::PLN,
        1 => Currency::EUR,
        _ => Currency::USD,
    };
    let money = |amount: Decimal| Money::new(amount, currency);
    let trade = |charges: Vec<Money>| {
        Trade::new(amount, money(amount * Decimal::from(3)), money(Decimal::new(150, 2)))
            .with_charges(charges)
    };
    let country = Some(Country::US).filter(|_| kind.is_multiple_of(2));
    match kind {
        0..=9 => Event::Buy(trade(vec![])),
        10..=13 => Event::Sell(trade(vec![money(Decimal::ONE)])),
        14 => Event::OpenShort(trade(vec![])),
        15 => Event::CloseShort(trade(vec![])),
        16 => Event::OpeningLot { quantity: amount, cost: money(amount) },
        17 => Event::Dividend { gross: money(-amount), withheld: money(Decimal::ZERO), country },
        18 | 19 => Event::Dividend { gross: money(amount), withheld: money(Decimal::ONE), country },
        20 | 21 => Event::Withholding { amount: money(amount), country },
        22 if amount.scale() == 0 => {
            Event::Interest { gross: money(-amount), withheld: money(Decimal::ZERO) }
        }
        22 => Event::Interest { gross: money(amount), withheld: money(Decimal::ONE) },
        23 => Event::Fee { amount: money(amount) },
        24 => Event::Split(SplitRatio { new: Decimal::ONE, old: Decimal::from(3) }),
        25 => Event::Rename { to: InstrumentIx(instrument.0.wrapping_add(1) % 4) },
        26 => Event::Derivative { result: money(-amount), country },
        27 => Event::CryptoBuy { cost: money(amount), fee: money(Decimal::ONE) },
        28 => Event::CryptoSell { revenue: money(amount), fee: money(Decimal::ONE) },
        29 if amount.scale() == 0 => Event::SplitAdded { added: amount },
        29 | 30 => Event::TransferOut { quantity: amount.trunc() + Decimal::ONE, arrival: None },
        31 | 32 => Event::TransferIn { quantity: amount.trunc() + Decimal::ONE, departure: None },
        _ => Event::Block,
    }
}
