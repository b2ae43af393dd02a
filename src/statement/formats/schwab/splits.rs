//! Splits of the brokerage account, decided when all rows of the file are known.
//!
//! Seen in public readers' tests: `Stock Split` tells the shares added; `Reverse Split` comes as two rows, the new
//! shares under the symbol and the old ones, negative, under their CUSIP with the same name; money for the fraction
//! follows as `Cash In Lieu`. The rows carry no times, so a trade around a split leaves it undecided.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::shared::Place;
use crate::days;
use crate::money::{Currency, Money};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, SplitRatio, StatementBuilder, Trade,
};

/// What a row tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Shares added.
    Forward(Decimal),
    /// Shares after a reverse split, or before it if negative.
    Reverse(Decimal),
    /// Money for a fraction of a share, in dollars.
    Fraction(Decimal),
}

/// A row that waits for the others.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub row: u32,
    pub kind: Kind,
    /// The action as the file writes it.
    pub action: String,
    pub symbol: String,
    pub name: String,
    /// Booked, and as of.
    pub days: (Stamp, Stamp),
    pub key: EventKey,
    /// For the template, should it stay undecided.
    pub cells: Vec<(&'static str, String)>,
}

/// Money for a fraction follows within this many days.
const CASH_DAYS_MAX: i32 = 30;
/// No company has merged more shares than this into one.
const SHARES_MAX: u32 = 1000;

#[derive(Debug)]
pub(super) struct Splits {
    account: AccountIx,
    waiting: Vec<Waiting>,
    /// Days on which shares of a symbol were traded or moved.
    traded: BTreeMap<String, Vec<Date>>,
}

/// How a reverse split is settled: the row of the old shares, how many of them became one, and the
/// row and quantity of the fraction paid for.
struct Merged {
    from: usize,
    old: Decimal,
    fraction: Option<(usize, Decimal)>,
}

impl Splits {
    pub(super) fn new(account: AccountIx) -> Self {
        Self { account, waiting: Vec::new(), traded: BTreeMap::new() }
    }

    pub(super) fn traded(&mut self, symbol: &str, day: Date) {
        self.traded.entry(symbol.to_owned()).or_default().push(day);
    }

    pub(super) fn add(&mut self, row: Waiting) {
        self.waiting.push(row);
    }

    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        let mut settled = vec![false; self.waiting.len()];
        for (at, row) in self.waiting.iter().enumerate() {
            let done: Vec<usize> = match row.kind {
                Kind::Forward(added) => {
                    self.forward(row, added, builder).then_some(at).into_iter().collect()
                }
                Kind::Reverse(new) if new > Decimal::ZERO => self.reverse(at, row, new, builder),
                Kind::Reverse(_) | Kind::Fraction(_) => Vec::new(),
            };
            for at in done {
                builder.used();
                if let Some(place) = settled.get_mut(at) {
                    *place = true;
                }
            }
        }
        let open = self.waiting.iter().zip(settled).filter(|(_, settled)| !settled);
        open.for_each(|(row, _)| self.refuse(row, builder));
    }

    /// Shares added before the trades of the day on which they were booked.
    fn forward(&self, row: &Waiting, added: Decimal, builder: &mut StatementBuilder) -> bool {
        if added <= Decimal::ZERO || self.is_traded_around(row) {
            return false;
        }
        self.place(row, builder).push(builder, row.key, Event::SplitAdded { added });
        true
    }

    fn reverse(
        &self,
        into: usize,
        row: &Waiting,
        new: Decimal,
        builder: &mut StatementBuilder,
    ) -> Vec<usize> {
        let merged = self.merged(row, new).filter(|_| !self.is_traded_around(row));
        let Some(Merged { from, old, fraction, .. }) = merged else { return Vec::new() };
        let place = self.place(row, builder);
        let ratio = SplitRatio { new: Decimal::ONE, old };
        place.push(builder, row.key, Event::Split(ratio));
        let mut done = vec![into, from];
        if let Some((at, quantity)) = fraction
            && let Some(paid) = self.waiting.get(at)
            && let Kind::Fraction(amount) = paid.kind
        {
            // The fraction is sold for what was paid (tax-law 2.4).
            let trade =
                Trade::new(quantity, Money::new(amount, Currency::USD), Money::zero(Currency::USD));
            self.place(paid, builder).push(builder, paid.key, Event::Sell(trade));
            done.push(at);
        }
        done
    }

    /// The other rows of a reverse split, if they leave one reading.
    fn merged(&self, row: &Waiting, new: Decimal) -> Option<Merged> {
        let is_old = |other: &Waiting| {
            matches!(other.kind, Kind::Reverse(quantity) if quantity < Decimal::ZERO)
                && other.days == row.days
                && other.symbol != row.symbol
                && !row.name.is_empty()
                && other.name.starts_with(&row.name)
        };
        let from = only(self.waiting.iter().enumerate().filter(|(_, other)| is_old(other)))?;
        let Kind::Reverse(before) = from.1.kind else { return None };
        let before = before.abs();
        let last = days::plus(row.days.0.day, CASH_DAYS_MAX);
        let is_paid = |other: &Waiting| {
            matches!(other.kind, Kind::Fraction(amount) if amount > Decimal::ZERO)
                && other.symbol == row.symbol
                && (row.days.0.day..=last).contains(&other.days.0.day)
        };
        let mut paid = self.waiting.iter().enumerate().filter(|(_, other)| is_paid(other));
        let (first, second) = (paid.next(), paid.next());
        let Some((at, _)) = first else {
            let old = before.checked_div(new)?;
            let is_exact = old.fract().is_zero() && old >= Decimal::TWO;
            return is_exact.then_some(Merged { from: from.0, old, fraction: None });
        };
        if second.is_some() {
            return None;
        }
        let whole = |old: &Decimal| before.checked_div(*old).map(|all| all.trunc()) == Some(new);
        let old = only((2..=SHARES_MAX).map(Decimal::from).filter(whole))?;
        let fraction = before.checked_div(old)? - new;
        (fraction > Decimal::ZERO).then_some(Merged {
            from: from.0,
            old,
            fraction: Some((at, fraction.round_dp(12))),
        })
    }

    /// Whether shares were traded between the day as of which the split holds and the day of its booking, so that the
    /// rows do not tell whether before or after it.
    fn is_traded_around(&self, row: &Waiting) -> bool {
        let (booked, held) = row.days;
        let around = held.day.min(booked.day)..=held.day.max(booked.day);
        let traded = self.traded.get(&row.symbol);
        traded.is_some_and(|days| days.iter().any(|day| around.contains(day)))
    }

    fn place(&self, row: &Waiting, builder: &mut StatementBuilder) -> Place {
        let instrument = builder.instrument(None, &row.symbol, &row.name);
        Place { row: row.row, account: self.account, instrument, stamp: row.days.0 }
    }

    fn refuse(&self, row: &Waiting, builder: &mut StatementBuilder) {
        let finding = Diagnostic::at(Code::UnsettledAction, builder.source(row.row))
            .found("Action", row.action.as_str())
            .detail(row.name.as_str());
        builder.diagnose(finding);
        builder.unknown();
        builder.repair(row.row, row.cells.clone());
        if !matches!(row.kind, Kind::Fraction(_)) && !row.symbol.is_empty() {
            let instrument = builder.instrument(None, &row.symbol, &row.name);
            builder.block(self.account, instrument, row.days.0.day, row.row);
        }
    }
}

/// The only one.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}
