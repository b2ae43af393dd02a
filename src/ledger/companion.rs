//! Whether what one report mentions is told by another ([`Expected`]).

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use jiff::civil::Date;

use super::Ledger;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Expected, ExpectedKind, FileId, InstrumentIx,
};

/// How many days apart two reports may date one event: booking and value day, weekends, time zones.
const DAYS_APART_MAX: i32 = 5;

/// Coins are booked at once; only clocks differ.
const COIN_DAYS_APART_MAX: i32 = 1;

/// What tells an instrument: its place in the ledger, or its symbol where ISINs changed meanwhile.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Label {
    Instrument(InstrumentIx),
    Symbol(String),
    Any,
}

type Told = HashMap<(AccountIx, ExpectedKind, Label), BTreeSet<Date>>;

/// Adds a finding for each file, report and kind of which something was not told.
///
/// Missing trades change every later year and go to the whole; missing income to its year.
pub(super) fn check(ledger: &mut Ledger, expected: &[Expected]) {
    if expected.is_empty() {
        return;
    }
    let told = told(ledger);
    let mut missing: BTreeMap<(FileId, &str, Option<i16>), Gap> = BTreeMap::new();
    for item in expected {
        if labels(ledger, item.instrument, item.kind).any(|label| is_told(&told, item, label)) {
            continue;
        }
        let year = (item.kind == ExpectedKind::Income).then(|| item.day.year());
        let gap = missing.entry((item.source.file, item.report, year)).or_default();
        gap.days.insert(item.day);
        gap.count += 1;
        gap.row = gap.row.min(Some(item.source.row)).or(Some(item.source.row));
    }
    for ((file, report, year), gap) in missing {
        let mut finding = Diagnostic::in_file(Code::MissingReport, file).found("", report);
        finding.row = gap.row;
        finding.detail = gap.text();
        match year {
            Some(year) => ledger.gaps.push((year, finding)),
            None => ledger.diagnostics.push(finding),
        }
    }
}

/// What of one report is missing.
#[derive(Debug, Default)]
struct Gap {
    count: usize,
    row: Option<u32>,
    days: BTreeSet<Date>,
}

impl Gap {
    /// `12: 2024-01-15 – 2024-11-30`.
    fn text(&self) -> String {
        match (self.days.first(), self.days.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("{}: {first} – {last}", self.count)
            }
            (Some(day), _) => format!("{}: {day}", self.count),
            (None, _) => String::new(),
        }
    }
}

fn told(ledger: &Ledger) -> Told {
    let mut told = Told::new();
    for transaction in &ledger.transactions {
        for &kind in kinds(&transaction.event) {
            for label in labels(ledger, transaction.instrument, kind) {
                told.entry((transaction.account, kind, label)).or_default().insert(transaction.day);
            }
        }
    }
    told
}

fn kinds(event: &Event) -> &'static [ExpectedKind] {
    match event {
        Event::Buy(_) | Event::Sell(_) | Event::OpenShort(_) | Event::CloseShort(_) => {
            &[ExpectedKind::Trade]
        }
        Event::Dividend { .. } | Event::Interest { .. } => &[ExpectedKind::Income],
        Event::CryptoBuy { .. } | Event::CryptoSell { .. } => {
            &[ExpectedKind::Crypto, ExpectedKind::Coin]
        }
        Event::OpeningLot { .. }
        | Event::Withholding { .. }
        | Event::Fee { .. }
        | Event::Split(_)
        | Event::SplitAdded { .. }
        | Event::Rename { .. }
        | Event::TransferOut { .. }
        | Event::TransferIn { .. }
        | Event::Derivative { .. }
        | Event::Block => &[],
    }
}

fn labels(
    ledger: &Ledger,
    instrument: InstrumentIx,
    kind: ExpectedKind,
) -> impl Iterator<Item = Label> + use<> {
    let known = ledger.instrument(instrument);
    let symbol = known.map(|known| known.symbol.to_uppercase()).filter(|text| !text.is_empty());
    let own = match kind {
        ExpectedKind::Crypto => Label::Any,
        ExpectedKind::Trade | ExpectedKind::Income | ExpectedKind::Coin => {
            Label::Instrument(instrument)
        }
    };
    [Some(own), symbol.map(Label::Symbol)].into_iter().flatten()
}

fn is_told(told: &Told, item: &Expected, label: Label) -> bool {
    let most = match item.kind {
        ExpectedKind::Crypto => i32::MAX,
        ExpectedKind::Coin => COIN_DAYS_APART_MAX,
        ExpectedKind::Trade | ExpectedKind::Income => DAYS_APART_MAX,
    };
    let Some(days) = told.get(&(item.account, item.kind, label)) else { return false };
    let nearest = [days.range(..item.day).next_back(), days.range(item.day..).next()];
    nearest.into_iter().flatten().any(|day| apart(*day, item.day) <= most)
}

fn apart(one: Date, other: Date) -> i32 {
    one.since(other).map_or(i32::MAX, |span| span.get_days().abs())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ledger::{Input, merge};
    use crate::money::{Currency, Money};
    use crate::statement::{StatementBuilder, Transaction};

    fn expects(kind: ExpectedKind) -> Input {
        let mut builder = StatementBuilder::new(FileId(0), "a");
        let (account, instrument) = (builder.account("A"), builder.instrument(None, "KO", ""));
        let (source, day) = (builder.source(3), date(2024, 1, 15));
        builder.expect(Expected { source, account, instrument, day, kind, report: "Other report" });
        builder.used();
        Input::untagged(String::new(), builder.finish())
    }

    fn dividend(day: Date) -> Input {
        let mut builder = StatementBuilder::new(FileId(1), "b");
        let (account, instrument) = (builder.account("A"), builder.instrument(None, "KO", ""));
        let source = builder.source(2);
        let gross = Money::new(rust_decimal::Decimal::ONE, Currency::USD);
        let event = Event::Dividend { gross, withheld: Money::zero(Currency::USD), country: None };
        let millisecond = 0;
        builder.push(Transaction {
            source,
            key: None,
            account,
            instrument,
            day,
            millisecond,
            event,
        });
        builder.used();
        Input::untagged(String::new(), builder.finish())
    }

    #[test]
    fn what_another_file_tells_is_not_missing() {
        let ledger = merge(vec![expects(ExpectedKind::Income), dividend(date(2024, 1, 17))]);
        assert!(ledger.gaps.is_empty() && ledger.diagnostics.is_empty());
    }

    #[test]
    fn five_days_before_or_after_is_near_enough() {
        for (day, is_told) in [(9, false), (10, true), (15, true), (20, true), (21, false)] {
            let others = [date(2023, 1, 15), date(2024, 1, day), date(2025, 1, 15)].map(dividend);
            let files = std::iter::once(expects(ExpectedKind::Income)).chain(others);
            assert_eq!(merge(files.collect()).gaps.is_empty(), is_told, "{day}");
        }
    }

    #[test]
    fn income_of_another_month_leaves_the_year_incomplete() {
        let ledger = merge(vec![expects(ExpectedKind::Income), dividend(date(2024, 3, 17))]);
        assert_eq!(ledger.gaps.len(), 1);
        let (year, finding) = &ledger.gaps[0];
        assert_eq!((*year, finding.code, finding.row), (2024, Code::MissingReport, Some(3)));
        assert_eq!(finding.detail, "1: 2024-01-15");
    }

    #[test]
    fn a_missing_trade_concerns_every_year() {
        let ledger = merge(vec![expects(ExpectedKind::Trade), dividend(date(2024, 1, 15))]);
        assert!(ledger.gaps.is_empty());
        assert_eq!(ledger.diagnostics[0].code, Code::MissingReport);
    }
}
