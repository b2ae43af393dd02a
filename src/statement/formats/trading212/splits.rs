//! Changes of the number of shares: two rows, the position before (close) and after (open).
//!
//! The rows stand in either order and are stamped at one instant, or within a second. The ratio is that
//! of the two positions as the broker rounded them, so that the lots left add up to its position.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
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
        let (near_closes, near_opens) = (Near::of(&closes), Near::of(&opens));
        let paired: Vec<Option<usize>> =
            closes.iter().map(|close| partner(close, &near_closes, &near_opens)).collect();
        for (close, open) in closes.iter().zip(&paired) {
            if let Some(open) = open.and_then(|open| opens.get(open)) {
                settle(close, open, account, builder);
            }
        }
        let taken: HashSet<usize> = paired.iter().flatten().copied().collect();
        let lone_closes = closes.iter().zip(&paired).filter(|(_, open)| open.is_none());
        let lone_opens = opens.iter().enumerate().filter(|(at, _)| !taken.contains(at));
        for half in lone_closes.map(|(half, _)| half).chain(lone_opens.map(|(_, half)| half)) {
            refuse(half, account, builder);
        }
    }
}

/// What both rows of a split have in common, besides their moment.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Shared<'h> {
    Instrument(InstrumentIx),
    Ticker(&'h str),
    Moment,
}

impl<'h> Shared<'h> {
    /// The same instrument is looked for first, then the same ticker (the ISIN often changes with the
    /// split), then anything at that moment.
    fn all(half: &'h Half) -> impl Iterator<Item = Self> {
        let ticker = Some(half.ticker.as_str()).filter(|ticker| !ticker.is_empty());
        let ticker = ticker.map(Self::Ticker);
        [Some(Self::Instrument(half.instrument)), ticker, Some(Self::Moment)].into_iter().flatten()
    }

    /// Without the same instrument both positions must be worth the same: a split changes no value.
    fn fits(self, close: &Half, open: &Half) -> bool {
        matches!(self, Self::Instrument(_)) || even(close, open)
    }
}

/// Halves by what they may share with the other, in order of time, with their places.
#[derive(Debug)]
struct Near<'h> {
    halves: HashMap<(Shared<'h>, Date), Vec<(&'h Half, usize)>>,
}

impl<'h> Near<'h> {
    fn of(halves: &'h [Half]) -> Self {
        let mut near: HashMap<_, Vec<_>> = HashMap::new();
        for (at, half) in halves.iter().enumerate() {
            for shared in Shared::all(half) {
                near.entry((shared, half.stamp.day)).or_default().push((half, at));
            }
        }
        for halves in near.values_mut() {
            halves.sort_by_key(|(half, _)| half.stamp.millisecond);
        }
        Self { halves: near }
    }

    /// Those that share it and are stamped as one with a moment.
    fn at(&self, shared: Shared<'h>, stamp: Stamp) -> &[(&'h Half, usize)] {
        let of_day = self.halves.get(&(shared, stamp.day)).map_or(&[][..], Vec::as_slice);
        let (first, last) = (
            stamp.millisecond.saturating_sub(APART_MS_MAX),
            stamp.millisecond.saturating_add(APART_MS_MAX),
        );
        let from = of_day.partition_point(|(half, _)| half.stamp.millisecond < first);
        let to = of_day.partition_point(|(half, _)| half.stamp.millisecond <= last);
        of_day.get(from..to).unwrap_or_default()
    }
}

/// The only open half that fits a close half, provided that it fits no other close half as well.
fn partner<'h>(close: &'h Half, closes: &Near<'h>, opens: &Near<'h>) -> Option<usize> {
    for shared in Shared::all(close) {
        let fitting = opens.at(shared, close.stamp).iter();
        let mut fitting = fitting.filter(|(open, _)| shared.fits(close, open));
        let Some(&(open, index)) = fitting.next() else { continue };
        // One of them is the close half in hand.
        let rivals = closes.at(shared, open.stamp).iter();
        let rivals = rivals.filter(|(rival, _)| shared.fits(rival, open)).take(2).count();
        return (fitting.next().is_none() && rivals == 1).then_some(index);
    }
    None
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::statement::{Detected, FileId, SourceFile, Statement, detect};

    const HEAD: &str = "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,\
        Currency (Price / share),Exchange rate,Total,Currency (Total),Notes,ID\n";

    /// `side time isin ticker shares price` of each row.
    fn read(rows: &[&str]) -> Statement {
        let mut text = HEAD.to_owned();
        for (row, number) in rows.iter().zip(1..) {
            let cells: Vec<&str> = row.split(' ').collect();
            let [side, time, isin, ticker, shares, price] = cells[..] else { panic!("{row}") };
            writeln!(text, "Stock split {side},2024-06-10 {time},{isin},{ticker},N,{shares},{price},USD,1,0,EUR,,S-{number}").unwrap();
        }
        let file = SourceFile::from_text(FileId(0), "x.csv", text);
        let Detected::Format(format) = detect(&file) else { panic!() };
        format.read(&file)
    }

    /// Splits as new and old shares, then renames, then rows that nobody can settle.
    fn outcome(rows: &[&str]) -> (Vec<(i64, i64)>, usize, u32) {
        let statement = read(rows);
        let whole = |shares: Decimal| i64::try_from(shares).unwrap();
        let splits = statement.transactions.iter().filter_map(|found| {
            let Event::Split(ratio) = &found.event else { return None };
            Some((whole(ratio.new), whole(ratio.old)))
        });
        let renames = statement.transactions.iter();
        let renames = renames.filter(|found| matches!(found.event, Event::Rename { .. })).count();
        (splits.collect(), renames, statement.rows.unknown)
    }

    const APPLE: &str = "US0378331005 AAPL";
    const NVIDIA: &str = "US67066G1040 NVDA";

    #[test]
    fn a_second_apart_is_one_split_and_more_is_none() {
        let pair = |open: &str, close: &str| {
            let (open, close) =
                (format!("open {open} {APPLE} 20 120"), format!("close {close} {APPLE} 2 1200"));
            outcome(&[&open, &close])
        };
        for (open, close) in [("10:00:00.000", "10:00:01.000"), ("10:00:01.000", "10:00:00.000")] {
            assert_eq!(pair(open, close), (vec![(20, 2)], 0, 0));
        }
        assert_eq!(pair("10:00:00.000", "10:00:01.001"), (vec![], 0, 2));
    }

    #[test]
    fn splits_of_one_moment_are_told_apart_by_their_instruments() {
        let rows = [
            format!("close 10:00:00.000 {APPLE} 2 1200"),
            format!("open 10:00:00.100 {NVIDIA} 40 60"),
            format!("close 10:00:00.200 {NVIDIA} 4 600"),
            format!("open 10:00:00.300 {APPLE} 20 120"),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        assert_eq!(outcome(&rows), (vec![(20, 2), (40, 4)], 0, 0));
        // Without one of its rows, Nvidia's other could be half of nothing here.
        assert_eq!(outcome(&[rows[0], rows[1], rows[3]]), (vec![(20, 2)], 0, 1));
    }

    #[test]
    fn what_fits_twice_is_settled_by_nobody() {
        let open = format!("open 10:00:00.000 {APPLE} 20 120");
        let later = format!("open 10:00:00.900 {APPLE} 40 60");
        let close = format!("close 10:00:00.500 {APPLE} 2 1200");
        assert_eq!(outcome(&[&open, &close, &later]), (vec![], 0, 3));
        let other = format!("close 10:00:00.900 {APPLE} 2 1200");
        assert_eq!(outcome(&[&close, &open, &other]), (vec![], 0, 3));
    }

    #[test]
    fn under_a_new_isin_the_ticker_or_the_moment_tells_if_the_value_stays() {
        let close = "close 10:00:00.000 CA46500E8678 ISOU 30 2";
        for (open, outcome_of) in [
            ("open 10:00:00.500 CA46500E1079 ISOU 5 12", (vec![(5, 30)], 1, 0)),
            ("open 10:00:00.500 CA46500E1079 ISOX 5 12", (vec![(5, 30)], 1, 0)),
            ("open 10:00:00.500 CA46500E1079 ISOU 5 20", (vec![], 0, 2)),
        ] {
            assert_eq!(outcome(&[close, open]), outcome_of, "{open}");
        }
    }
}
