//! What the sheets of one account come to together.

use hashbrown::{HashMap, HashSet};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::account::Facts;
use super::cash::Operation;
use super::kind::Kind;
use super::positions::{Closed, Open};
use super::push::Book;
use super::{cfd, dividends, trades};
use crate::money::Currency;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::exempt::Product;
use crate::statement::{
    Code, Diagnostic, Event, FileId, ReportedPosition, SplitRatio, StatementBuilder,
};

/// The day of a block whose row has no readable date: it holds from the beginning.
pub(super) const UNDATED: Date = date(1990, 1, 1);

/// The rows that have a tax effect, before they are put together.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) has_cash: bool,
    pub(super) has_closed: bool,
    /// A tax-free product that some row names.
    pub(super) exempt: Option<Product>,
    /// Charges that are not taken as costs.
    pub(super) left_out: Decimal,
    pub(super) operations: Vec<Operation>,
    pub(super) closed: Vec<Closed>,
    pub(super) open: Vec<Open>,
}

impl Content {
    /// Without the currency of the account no amount can be used: a question instead of a guess.
    pub(super) fn refuse(self, file: FileId, builder: &mut StatementBuilder) {
        if self.operations.is_empty() && self.closed.is_empty() {
            return;
        }
        builder.diagnose(Diagnostic::in_file(Code::AccountCurrencyUnknown, file));
        for _ in 0..self.operations.len() + self.closed.len() {
            builder.unknown();
        }
    }

    /// Puts the rows together and writes the events.
    pub(super) fn assemble(
        self,
        facts: &Facts,
        currency: Currency,
        builder: &mut StatementBuilder,
    ) {
        let account = builder.account(&facts.name);
        let sorted = Sorted::of(self.operations);
        let foreign = dividends::foreign_in_warsaw(&sorted.taxes);
        let mut book = Book { builder, account, currency, clock: Clock::new(), foreign };
        let mut splits = Splits::default();
        for operation in &sorted.splits {
            splits.of_operation(operation, &mut book);
        }
        let outcome = trades::assemble(
            sorted.trades,
            sorted.profits,
            sorted.charges,
            &self.closed,
            &mut book,
        );
        let derivatives = cfd::assemble(
            &cfd::Rows {
                closed: self.closed,
                has_closed: self.has_closed,
                shares: outcome.symbols.clone(),
                profits: outcome.profits,
                others: sorted.swaps.into_iter().chain(outcome.charges).collect(),
            },
            &outcome.sold,
            &mut splits,
            &mut book,
        );
        dividends::assemble(&sorted.dividends, &sorted.taxes, &mut book);
        report_open(&self.open, &outcome.symbols, &mut book);
        if !self.left_out.is_zero() {
            let value = book.money(self.left_out.normalize()).to_string();
            let finding = Diagnostic::in_file(Code::ChargesLeftOut, book.builder.source(0).file);
            book.builder.diagnose(finding.found("", value));
        }
        if outcome.is_booked_elsewhere {
            book.note(Code::BookedAmounts, currency.as_str());
        }
        if derivatives || !outcome.sold.is_empty() {
            book.note(Code::Pit8cLikely, "XTB");
            book.builder.payer(book.account);
        }
    }
}

/// Operations by what they are for.
#[derive(Debug, Default)]
struct Sorted {
    trades: Vec<Operation>,
    profits: Vec<Operation>,
    charges: Vec<Operation>,
    swaps: Vec<Operation>,
    dividends: Vec<Operation>,
    taxes: Vec<Operation>,
    splits: Vec<Operation>,
}

impl Sorted {
    fn of(operations: Vec<Operation>) -> Self {
        let mut sorted = Self::default();
        for operation in operations {
            let place = match operation.kind {
                Kind::Buy | Kind::Sell => &mut sorted.trades,
                Kind::Profit => &mut sorted.profits,
                Kind::Commission | Kind::Charge => &mut sorted.charges,
                Kind::Dividend => &mut sorted.dividends,
                Kind::Withholding => &mut sorted.taxes,
                Kind::Split => &mut sorted.splits,
                // The others never wait; counting them here keeps the counts right should one.
                Kind::Swap
                | Kind::Equivalent
                | Kind::ExemptDeposit(_)
                | Kind::Unsettled
                | Kind::LeftOut
                | Kind::Neutral => &mut sorted.swaps,
            };
            place.push(operation);
        }
        sorted
    }
}

/// Splits seen so far: a split stands in one row per position, and in more than one sheet.
#[derive(Debug, Default)]
pub(super) struct Splits {
    seen: HashMap<String, Vec<(SplitRatio, Date)>>,
}

/// Rows of one split are at most this many days apart.
const SPLIT_DAYS: i32 = 7;

impl Splits {
    fn of_operation(&mut self, operation: &Operation, book: &mut Book<'_>) {
        self.take(&operation.comment, operation.source, operation.stamp, book);
    }

    /// Takes the split that a comment tells, and counts its row; whether there was one.
    pub(super) fn take(
        &mut self,
        comment: &str,
        source: crate::statement::Source,
        stamp: crate::statement::when::Stamp,
        book: &mut Book<'_>,
    ) -> bool {
        let Some((symbol, ratio)) = super::comment::split(comment) else { return false };
        let of_symbol = self.seen.get(&symbol).map_or(&[][..], Vec::as_slice);
        if of_symbol.iter().any(|(same, day)| *same == ratio && are_near(*day, stamp.day)) {
            book.builder.duplicate();
            return true;
        }
        let instrument = book.share(&symbol, "");
        let content = format!("split|{symbol}|{}|{}|{}", ratio.new, ratio.old, stamp.day);
        let key = book.key(&content, "");
        book.push(source, stamp, instrument, key, Event::Split(ratio));
        book.builder.used();
        self.seen.entry(symbol).or_default().push((ratio, stamp.day));
        true
    }

    /// Whether a split of that symbol is known near that day.
    pub(super) fn explains(&self, symbol: &str, day: Date) -> bool {
        let of_symbol = self.seen.get(symbol).map_or(&[][..], Vec::as_slice);
        of_symbol.iter().any(|(_, on)| are_near(*on, day))
    }
}

fn are_near(one: Date, other: Date) -> bool {
    one.since(other).is_ok_and(|span| span.get_days().abs() <= SPLIT_DAYS)
}

/// Positions that the broker reports, one per share that the file trades.
fn report_open(open: &[Open], symbols: &[String], book: &mut Book<'_>) {
    let symbols: HashSet<&str> = symbols.iter().map(String::as_str).collect();
    let mut held: HashMap<&str, Decimal> = HashMap::new();
    for position in open {
        *held.entry(position.symbol.as_str()).or_default() += position.volume;
    }
    for position in open {
        let symbol = position.symbol.as_str();
        // The first row of a share stands for all of them.
        let quantity = held.remove(symbol).filter(|_| symbols.contains(symbol));
        let Some(quantity) = quantity else { continue };
        let instrument = book.share(symbol, "");
        book.builder.position(ReportedPosition {
            source: position.source,
            account: book.account,
            instrument,
            day: position.day,
            quantity,
        });
    }
}
