//! Any history of trades, splits and renames: the return adds up.
#![no_main]

use std::sync::LazyLock;

use investtax::{
    ledger::{Input, merge},
    money::{Currency, Money, Pln},
    rates::RateBook,
    statement::{Event, FileId, InstrumentIx, Isin, SplitRatio, StatementBuilder, Trade, Transaction},
    tax::{Disposal, Options, assess},
};
use jiff::civil::{Date, date};
use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;

static RATES: LazyLock<RateBook> = LazyLock::new(|| {
    let mids = [(Currency::USD, Decimal::new(39_871, 4)), (Currency::EUR, Decimal::new(43_219, 4))];
    RateBook::flat(&mids, date(2019, 1, 1), date(2023, 12, 31))
});

const ISINS: [&str; 3] = ["US0378331005", "IE00B4L5Y983", "PLKGHM000017"];

/// Eight bytes make one event.
fn event(bytes: &[u8; 8], instruments: &[InstrumentIx; 3]) -> (usize, u16, Event) {
    let [kind, which, d1, d2, q1, q2, m1, m2] = *bytes;
    let number = |high, low, scale| Decimal::new(i64::from(u16::from_be_bytes([high, low])), scale);
    let currency = [Currency::USD, Currency::EUR, Currency::PLN, Currency::GBP][usize::from(kind >> 6)];
    let amount = Money::new(number(m1, m2, u32::from(which >> 5)), currency);
    let quantity = number(q1, q2, u32::from(q1 & 7)) + Decimal::new(1, 9);
    let trade = Trade::new(quantity, amount, Money::new(number(m2, q2, 2), Currency::EUR));
    let event = match kind & 15 {
        0..4 => Event::Buy(trade),
        4..7 => Event::Sell(trade),
        7 => Event::OpenShort(trade),
        8 => Event::CloseShort(trade),
        9 => Event::Split(SplitRatio { new: quantity, old: amount.amount + Decimal::new(1, 3) }),
        10 => Event::Rename { to: instruments[usize::from(m1 % 3)] },
        11 => Event::Dividend { gross: amount, withheld: Money::new(number(q1, q2, 3), currency), country: None },
        12 => Event::Withholding { amount: Money::new(number(m1, m2, 2) - number(q1, q2, 2), currency), country: None },
        13 => Event::Interest { gross: amount, withheld: Money::zero(currency) },
        14 => Event::Derivative { result: Money::new(number(m1, m2, 2) - number(q1, q2, 2), currency), country: None },
        _ => Event::CryptoSell { revenue: amount, fee: Money::zero(currency) },
    };
    (usize::from(which % 3), u16::from_be_bytes([d1, d2]) % 1400, event)
}

fuzz_target!(|bytes: &[u8]| {
    let mut builder = StatementBuilder::new(FileId(0), "fuzz");
    let account = builder.account("a");
    let instruments = ISINS.map(|isin| builder.instrument(Isin::parse(isin).ok(), "", ""));
    for (row, chunk) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let (which, offset, event) = event(chunk, &instruments);
        let day = date(2020, 1, 1).saturating_add(jiff::Span::new().days(i64::from(offset)));
        let source = builder.source(u32::try_from(row).unwrap());
        let day: Date = day;
        builder.push(Transaction { source, key: None, account, instrument: instruments[which], day, millisecond: 0, event });
        builder.used();
    }
    let ledger = merge(vec![Input::untagged("f".to_owned(), builder.finish())]);
    let result = assess(&ledger, &RATES, &Options::default(), date(2024, 1, 1));
    for year in &result.years {
        let s = year.securities;
        assert_eq!(s.revenue - s.cost, s.income - s.loss);
        let trades: Pln = result.disposals.iter().filter(|d| d.year == year.year).map(Disposal::gain).sum();
        let derivatives: Pln = result.derivatives.iter().filter(|d| d.year == year.year).map(|d| d.result_pln).sum();
        assert_eq!(trades + derivatives, s.income - s.loss);
    }
    for disposal in &result.disposals {
        assert_eq!(result.lots_of(disposal).iter().map(|lot| lot.cost).sum::<Pln>() + disposal.sale_charges, disposal.cost);
    }
});
