//! Corporate actions of the stock account, decided when all trades of the file are known.
//!
//! A split states only the shares added, so its ratio needs the position; a position that is not that
//! of the whole history gives a ratio that no company would choose, and nothing is computed.

use hashbrown::{HashMap, HashSet};
use rust_decimal::Decimal;

use super::day;
use crate::money::Money;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, SplitRatio, StatementBuilder,
    Trade, Transaction,
};

/// What an action is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ActionKind {
    /// Shares added (or taken) in proportion.
    Split,
    /// Shares exchanged: taken under one ticker, given under another.
    MergerStock,
    /// Money for shares taken over.
    MergerCash,
    /// The broker closes a position at a value.
    Closure,
    /// Anything else that touches quantity or cost.
    Unsettled,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub row: u32,
    pub stamp: Stamp,
    pub kind: ActionKind,
    /// The type as the file writes it.
    pub text: String,
    pub instrument: InstrumentIx,
    pub quantity: Option<Decimal>,
    pub total: Money,
    pub key: EventKey,
}

#[derive(Debug)]
pub(super) struct Corporate {
    account: AccountIx,
    moves: HashMap<InstrumentIx, Vec<(Stamp, Decimal)>>,
    actions: Vec<Action>,
    spoiled: HashSet<InstrumentIx>,
}

/// Companies split by small whole numbers, or by 1 for many.
const SPLIT_SMALL: u32 = 20;
const SPLIT_MANY: u32 = 1000;

/// The two rows of an exchange are stamped within this.
const APART_MS_MAX: u32 = 2000;

/// How far the money of a takeover may be from the removal of the shares.
const CASH_DAYS_MAX: i32 = 10;

impl Corporate {
    pub(super) fn new(account: AccountIx) -> Self {
        Self { account, moves: HashMap::new(), actions: Vec::new(), spoiled: HashSet::new() }
    }

    /// Notes a trade, for positions.
    pub(super) fn moved(&mut self, instrument: InstrumentIx, stamp: Stamp, change: Decimal) {
        self.moves.entry(instrument).or_default().push((stamp, change));
    }

    /// Notes that a row of the instrument could not be read: its position is not known.
    pub(super) fn spoiled(&mut self, instrument: InstrumentIx) {
        self.spoiled.insert(instrument);
    }

    pub(super) fn add(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        let mut actions = std::mem::take(&mut self.actions);
        actions.sort_by_key(|action| (action.stamp, action.row));
        let mergers = Mergers::of(&actions);
        let mut done = vec![false; actions.len()];
        for at in 0..actions.len() {
            let Some(action) = actions.get(at).filter(|_| done.get(at) == Some(&false)) else {
                continue;
            };
            let partner = self.settle(action, &mergers, &done, builder);
            for index in [Some(at), partner].into_iter().flatten() {
                if let Some(place) = done.get_mut(index) {
                    *place = true;
                }
            }
        }
    }

    /// Settles one action, and answers the place of another that it has settled as well.
    fn settle(
        &mut self,
        action: &Action,
        mergers: &Mergers<'_>,
        done: &[bool],
        builder: &mut StatementBuilder,
    ) -> Option<usize> {
        match action.kind {
            ActionKind::Split => self.split(action, builder),
            ActionKind::Closure => {
                let quantity = action.quantity.map(|quantity| quantity.abs());
                self.sell(action, quantity, action.total, builder);
            }
            ActionKind::MergerStock | ActionKind::MergerCash => {
                return self.merger(action, mergers, done, builder);
            }
            ActionKind::Unsettled => self.refuse(action, "", builder),
        }
        None
    }

    fn split(&mut self, action: &Action, builder: &mut StatementBuilder) {
        let held = self.held(action);
        let added = action.quantity.unwrap_or_default();
        let after = held.map(|held| (held, held + added));
        let Some((old, new)) = after.filter(|&(old, new)| is_plausible(old, new)) else {
            self.refuse(action, "split: the position before it is not in the file", builder);
            return;
        };
        self.moved(action.instrument, action.stamp, added);
        builder.used();
        self.push(action, Event::Split(SplitRatio { new, old }), builder);
    }

    /// Shares taken for money and nothing else are sold; shares for shares are not settled.
    fn merger(
        &mut self,
        action: &Action,
        mergers: &Mergers<'_>,
        done: &[bool],
        builder: &mut StatementBuilder,
    ) -> Option<usize> {
        let exchanged =
            action.kind == ActionKind::MergerStock && mergers.has_shares_beside(action, action);
        let found = mergers.other_row(action, done);
        let (partner, other) = (found.map(|(at, _)| at), found.map(|(_, other)| other));
        let with_shares = other.is_some_and(|other| {
            [action, other].into_iter().any(|row| mergers.has_shares_beside(row, action))
        });
        if exchanged || with_shares {
            self.refuse(action, "merger with shares", builder);
            return None;
        }
        let (shares, cash) = match (action.kind, other) {
            (ActionKind::MergerStock, Some(other)) => (Some(action), Some(other)),
            (ActionKind::MergerStock, None) => (Some(action), None),
            (_, other) => (other, Some(action)),
        };
        match cash {
            None => self.refuse(action, "merger without a payment", builder),
            Some(cash) => {
                let taken = shares.or(Some(cash)).and_then(|row| row.quantity);
                let taken = taken.filter(|quantity| !quantity.is_zero()).map(|q| q.abs());
                let sold = self.sell(shares.unwrap_or(cash), taken, cash.total, builder);
                if let Some(other) = other.filter(|_| partner.is_some()) {
                    if sold { builder.used() } else { self.refuse(other, "merger", builder) }
                }
            }
        }
        partner
    }

    /// A sale of some shares, or of all that are held; whether it could be made.
    fn sell(
        &mut self,
        action: &Action,
        quantity: Option<Decimal>,
        total: Money,
        builder: &mut StatementBuilder,
    ) -> bool {
        let quantity = quantity.or_else(|| self.held(action));
        let quantity = quantity.filter(|quantity| *quantity > Decimal::ZERO);
        let Some(quantity) = quantity.filter(|_| total.amount > Decimal::ZERO) else {
            // Worthless shares are not disposed of (tax-law 2.4); unknown ones cannot be.
            self.refuse(action, "no shares or no value", builder);
            return false;
        };
        self.moved(action.instrument, action.stamp, -quantity);
        builder.used();
        let trade = Trade::new(quantity, total, Money::zero(total.currency));
        self.push(action, Event::Sell(trade), builder);
        true
    }

    /// What is held just before an action; `None` if the file cannot tell.
    fn held(&self, action: &Action) -> Option<Decimal> {
        if self.spoiled.contains(&action.instrument) {
            return None;
        }
        let moves = self.moves.get(&action.instrument)?;
        let before = moves.iter().filter(|(stamp, _)| *stamp <= action.stamp);
        let held = before.map(|(_, change)| *change).sum::<Decimal>();
        (held > Decimal::ZERO).then_some(held)
    }

    fn push(&self, action: &Action, event: Event, builder: &mut StatementBuilder) {
        let source = builder.source(action.row);
        let stamp = day::at_exchange(action.stamp, action.total.currency);
        builder.push(Transaction {
            source,
            key: Some(action.key),
            account: self.account,
            instrument: action.instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
    }

    fn refuse(&mut self, action: &Action, detail: &str, builder: &mut StatementBuilder) {
        let source = builder.source(action.row);
        let label = builder.instrument_mut(action.instrument).map(|known| known.symbol.clone());
        let value = format!("{} {}", action.text, label.unwrap_or_default());
        let finding = Diagnostic::at(Code::UnsettledAction, source).found("", value);
        builder.diagnose(finding.detail(detail));
        builder.unknown();
        self.spoiled.insert(action.instrument);
        builder.block(self.account, action.instrument, action.stamp.day, action.row);
    }
}

/// The rows of mergers, in order of time.
#[derive(Debug)]
struct Mergers<'a> {
    /// Those of an instrument, with their places among all actions.
    of: HashMap<InstrumentIx, Vec<(usize, &'a Action)>>,
    /// Those that take or give shares, of any instrument.
    shares: Vec<&'a Action>,
}

impl<'a> Mergers<'a> {
    /// `actions` are in order of time.
    fn of(actions: &'a [Action]) -> Self {
        let mut of: HashMap<_, Vec<_>> = HashMap::new();
        let kinds = [ActionKind::MergerStock, ActionKind::MergerCash];
        for (at, action) in actions.iter().enumerate().filter(|(_, a)| kinds.contains(&a.kind)) {
            of.entry(action.instrument).or_default().push((at, action));
        }
        let shares = actions.iter().filter(|action| action.kind == ActionKind::MergerStock);
        Self { of, shares: shares.collect() }
    }

    /// The first row that is not settled and tells the other side of the same takeover.
    fn other_row(&self, action: &Action, done: &[bool]) -> Option<(usize, &'a Action)> {
        let all = self.of.get(&action.instrument).map_or(&[][..], Vec::as_slice);
        let from =
            all.partition_point(|(_, other)| other.stamp < action.stamp && !near(action, other));
        let near = all.iter().skip(from).take_while(|(_, other)| near(action, other));
        let mut open = near.filter(|(at, _)| done.get(*at) == Some(&false));
        open.find(|(_, other)| other.kind != action.kind).copied()
    }

    /// Whether shares of another instrument than the action's are exchanged at the moment of a row.
    fn has_shares_beside(&self, row: &Action, action: &Action) -> bool {
        let Stamp { day, millisecond } = row.stamp;
        let first = Stamp { day, millisecond: millisecond.saturating_sub(APART_MS_MAX) };
        let last = Stamp { day, millisecond: millisecond.saturating_add(APART_MS_MAX) };
        let from = self.shares.partition_point(|other| other.stamp < first);
        let together = self.shares.iter().skip(from).take_while(|other| other.stamp <= last);
        together.map(|other| other.instrument).any(|other| other != action.instrument)
    }
}

fn near(one: &Action, other: &Action) -> bool {
    let span = one.stamp.day.since(other.stamp.day);
    span.is_ok_and(|span| span.get_days().abs() <= CASH_DAYS_MAX)
}

/// Whether a company may have split so: by small whole numbers, up to what eight decimals round away.
fn is_plausible(old: Decimal, new: Decimal) -> bool {
    if old <= Decimal::ZERO || new <= Decimal::ZERO || old == new {
        return false;
    }
    let tolerance = Decimal::new(5, 8).max(new.max(old) * Decimal::new(1, 5));
    let fits = |a: u32, b: u32| {
        let sides = old.checked_mul(Decimal::from(a)).zip(new.checked_mul(Decimal::from(b)));
        let bound = tolerance * Decimal::from(a.max(b));
        sides.is_some_and(|(left, right)| (left - right).abs() <= bound)
    };
    let small = (1..=SPLIT_SMALL).any(|a| (1..=SPLIT_SMALL).any(|b| fits(a, b)));
    small || (1..=SPLIT_MANY).any(|many| fits(many, 1) || fits(1, many))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plausible(old: &str, new: &str) -> bool {
        is_plausible(old.parse().unwrap(), new.parse().unwrap())
    }

    #[test]
    fn ratios_of_companies_are_told_from_those_of_missing_history() {
        // 3 for 1 of a fraction: 0.08215962 × 3 = 0.24647886.
        assert!(plausible("0.08215962", "0.24647886"));
        assert!(plausible("10", "15"));
        assert!(plausible("120", "0.3"));
        // 20 shares of which the file has 13: 13 + 60 is no split of 4 for 1.
        assert!(!plausible("13", "73"));
        assert!(!plausible("10", "10"));
    }
}
