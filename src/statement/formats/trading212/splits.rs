//! Changes of the number of shares: two rows, the position before (close) and after (open).
//!
//! The rows stand in either order and are stamped at one instant, or within a second. The ratio is that
//! of the two positions as the broker rounded them, so that the lots left add up to its position.

use rust_decimal::Decimal;

use crate::money::Money;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, SplitRatio, StatementBuilder,
    Transaction,
};

/// One of the two rows.
#[derive(Debug)]
pub(super) struct Half {
    pub row: u32,
    pub stamp: Stamp,
    pub instrument: InstrumentIx,
    pub ticker: String,
    pub shares: Decimal,
    /// What the position is worth at the price of the row, if it says.
    pub worth: Option<Money>,
    /// As the file writes it, for messages.
    pub action: String,
    /// For the repair template.
    pub cells: Vec<(&'static str, String)>,
    pub key: EventKey,
}

/// The halves of a file, in file order.
#[derive(Debug, Default)]
pub(super) struct Splits {
    closes: Vec<Half>,
    opens: Vec<Half>,
}

/// How far apart the two rows may be stamped.
const APART_MS_MAX: u32 = 1000;

impl Splits {
    pub(super) fn add(&mut self, opens: bool, half: Half) {
        if opens { self.opens.push(half) } else { self.closes.push(half) }
    }

    /// Pairs the halves; a half whose partner is missing or not unique is not settled.
    pub(super) fn finish(self, account: AccountIx, builder: &mut StatementBuilder) {
        let Self { closes, opens } = self;
        let mut paired = Vec::new();
        for (at, close) in closes.iter().enumerate() {
            if let Some(partner) = partner(at, close, &closes, &opens) {
                paired.push((at, partner));
            }
        }
        for &(close, open) in &paired {
            if let (Some(close), Some(open)) = (closes.get(close), opens.get(open)) {
                settle(close, open, account, builder);
            }
        }
        let alone = |at: &usize, side: fn(&(usize, usize)) -> usize| {
            !paired.iter().any(|pair| side(pair) == *at)
        };
        let lone_closes = closes.iter().enumerate().filter(|(at, _)| alone(at, |pair| pair.0));
        let lone_opens = opens.iter().enumerate().filter(|(at, _)| alone(at, |pair| pair.1));
        for (_, half) in lone_closes.chain(lone_opens) {
            refuse(half, account, builder);
        }
    }
}

/// The only open half that fits a close half, provided that it fits no other close half as well.
///
/// The same instrument is looked for first, then the same ticker (the ISIN often changes with the
/// split), then anything at that moment. Without the same instrument both positions must be worth the
/// same: a split changes no value.
fn partner(at: usize, close: &Half, closes: &[Half], opens: &[Half]) -> Option<usize> {
    let tests: [fn(&Half, &Half) -> bool; 3] = [
        |close, open| close.instrument == open.instrument,
        |close, open| !close.ticker.is_empty() && close.ticker == open.ticker && even(close, open),
        even,
    ];
    for fits in tests {
        let matches = |close: &Half, open: &Half| together(close, open) && fits(close, open);
        let mut found = opens.iter().enumerate().filter(|(_, open)| matches(close, open));
        let Some((index, open)) = found.next() else { continue };
        let rivals = closes.iter().enumerate();
        let unique = found.next().is_none()
            && !rivals.into_iter().any(|(other, rival)| other != at && matches(rival, open));
        return unique.then_some(index);
    }
    None
}

fn together(close: &Half, open: &Half) -> bool {
    close.stamp.day == open.stamp.day
        && close.stamp.millisecond.abs_diff(open.stamp.millisecond) <= APART_MS_MAX
}

/// Whether both positions are worth the same, up to one percent for rounded prices.
fn even(close: &Half, open: &Half) -> bool {
    let (Some(before), Some(after)) = (close.worth, open.worth) else { return false };
    let difference = before.amount.checked_sub(after.amount).unwrap_or(Decimal::MAX).abs();
    before.currency == after.currency && difference <= before.amount * Decimal::new(1, 2)
}

fn settle(close: &Half, open: &Half, account: AccountIx, builder: &mut StatementBuilder) {
    let mut push = |instrument, half: &Half, later: u32, event| {
        let source = builder.source(half.row);
        builder.push(Transaction {
            source,
            key: Some(half.key),
            account,
            instrument,
            day: close.stamp.day,
            millisecond: close.stamp.millisecond + later,
            event,
        });
    };
    if close.shares != open.shares {
        let ratio = SplitRatio { new: open.shares, old: close.shares };
        push(close.instrument, close, 0, Event::Split(ratio));
    }
    if close.instrument != open.instrument {
        // After the split, which still speaks of the old identity.
        push(close.instrument, open, 1, Event::Rename { to: open.instrument });
    }
    builder.used();
    builder.used();
}

fn refuse(half: &Half, account: AccountIx, builder: &mut StatementBuilder) {
    let finding = Diagnostic::at(Code::UnsettledAction, builder.source(half.row));
    builder.diagnose(finding.found("Action", half.action.as_str()).detail(half.ticker.as_str()));
    builder.repair(half.row, half.cells.clone());
    builder.block(account, half.instrument, half.stamp.day, half.row);
    builder.unknown();
}
