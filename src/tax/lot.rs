//! Lots, oldest first, cut exactly.
//!
//! A lot's cost is converted to złoty once, in grosze, under both bases. A slice takes its share rounded
//! to the grosz and leaves the rest in the lot; the last slice takes what remains. So the slices of a
//! lot always add up to the lot (art. 24 ust. 10 PIT; decision D-06).

use std::collections::VecDeque;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    ledger::AMOUNT_MAX,
    money::Pln,
    rates::{NoRate, RateIx},
    statement::{Source, SplitRatio},
};

/// Shares from one purchase that are still open, or the part of them that one sale took.
#[derive(Clone, Debug)]
pub(super) struct Lot {
    /// Trade day of the purchase.
    pub(super) acquired_on: Date,
    /// The day that fixed the rate under the chosen basis.
    pub(super) rate_day: Date,
    /// Shares, > 0.
    pub(super) quantity: Decimal,
    /// Cost in złoty under the chosen and the other basis; `None` where a rate is missing. For a
    /// short sale: its charges.
    pub(super) cost: [Option<Pln>; 2],
    /// What a short sale brought, under both bases. Purchases, which nearly all lots are, bring nothing.
    pub(super) proceeds: Option<Box<[Option<Pln>; 2]>>,
    /// The rate of the purchase price under the chosen basis.
    pub(super) rate: RateIx,
    /// The rate that is missing under the chosen basis, if one is.
    pub(super) missing: Option<NoRate>,
    /// Where the purchase was read.
    pub(super) source: Source,
}

impl Lot {
    /// Cuts off a part; `quantity` must be less than the lot's.
    fn cut(&mut self, quantity: Decimal) -> Self {
        let mut part = self.clone();
        part.quantity = quantity;
        let divide = |(whole, part): (&mut Option<Pln>, &mut Option<Pln>)| {
            *part = whole.map(|amount| amount.share(quantity, self.quantity));
            *whole = whole.zip(*part).map(|(whole, part)| whole - part);
        };
        self.cost.iter_mut().zip(&mut part.cost).for_each(divide);
        if let (Some(whole), Some(part)) = (&mut self.proceeds, &mut part.proceeds) {
            whole.iter_mut().zip(part.iter_mut()).for_each(divide);
        }
        self.quantity -= quantity;
        part
    }
}

/// More sold than the history bought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Oversell {
    /// Shares without a purchase.
    pub(super) missing: Decimal,
}

/// A split after which there would be more shares than anything has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Absurd;

/// The open lots of one instrument on one account.
#[derive(Clone, Debug, Default)]
pub(super) struct LotQueue {
    lots: VecDeque<Lot>,
    held: Decimal,
    /// Older lots came after younger ones and are not in their places yet.
    is_unsorted: bool,
}

/// Brokers leave fractions of a share behind; less than this is no missing purchase (tax-law 2.2).
const DUST: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Decimal places kept when a split has no finite ratio (1 for 3).
const SPLIT_SCALE: u32 = 12;

impl LotQueue {
    /// Adds a purchase; it is the youngest.
    pub(super) fn push(&mut self, lot: Lot) {
        self.held += lot.quantity;
        self.lots.push_back(lot);
    }

    /// Takes shares from the oldest lots into `slices`. On an oversell nothing is taken.
    pub(super) fn take(
        &mut self,
        quantity: Decimal,
        slices: &mut Vec<Lot>,
    ) -> Result<(), Oversell> {
        if quantity > self.held && quantity > self.held + DUST {
            return Err(Oversell { missing: quantity - self.held });
        }
        self.sort();
        let mut rest = quantity;
        while !rest.is_zero() {
            let Some(front) = self.lots.front_mut() else { break };
            if front.quantity > rest {
                slices.push(front.cut(rest));
                self.held -= rest;
                break;
            }
            rest -= front.quantity;
            self.held -= front.quantity;
            slices.extend(self.lots.pop_front());
        }
        Ok(())
    }

    /// Changes the number of shares; cost and days stay. Beyond [`AMOUNT_MAX`] nothing is changed.
    pub(super) fn split(&mut self, ratio: SplitRatio) -> Result<(), Absurd> {
        let scaled = |lot: &Lot| {
            let quantity = lot.quantity.checked_mul(ratio.new)?.checked_div(ratio.old)?;
            Some(quantity.round_dp(SPLIT_SCALE).normalize()).filter(|scaled| *scaled <= AMOUNT_MAX)
        };
        let scaled: Option<Vec<Decimal>> = self.lots.iter().map(scaled).collect();
        let scaled = scaled.ok_or(Absurd)?;
        self.held = scaled.iter().sum();
        for (lot, quantity) in self.lots.iter_mut().zip(scaled) {
            lot.quantity = quantity;
        }
        Ok(())
    }

    /// Moves all lots of another queue here, in order of acquisition. Thousands may come one by one, so they are
    /// put in order once, when the oldest is asked for.
    pub(super) fn absorb(&mut self, other: Self) {
        self.held += other.held;
        self.is_unsorted |= other.is_unsorted || self.ends_after(&other);
        self.lots.extend(other.lots);
    }

    fn ends_after(&self, other: &Self) -> bool {
        let ends = self.lots.back().zip(other.lots.front());
        ends.is_some_and(|(last, first)| last.acquired_on > first.acquired_on)
    }

    /// Of one day, those that came first stay first.
    fn sort(&mut self) {
        if std::mem::take(&mut self.is_unsorted) {
            self.lots.make_contiguous().sort_by_key(|lot| lot.acquired_on);
        }
    }

    /// Shares held.
    pub(super) fn held(&self) -> Decimal {
        self.held
    }

    /// Whether nothing but dust is held.
    pub(super) fn is_empty(&self) -> bool {
        self.held <= DUST
    }

    /// The open lots, oldest first.
    pub(super) fn into_lots(mut self) -> impl Iterator<Item = Lot> {
        self.sort();
        self.lots.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lot(quantity: i64, grosze: i64) -> Lot {
        Lot {
            acquired_on: Date::constant(2024, 1, 2),
            rate_day: Date::constant(2024, 1, 2),
            quantity: Decimal::new(quantity, 3),
            cost: [Some(Pln::from_grosze(grosze)), None],
            proceeds: None,
            rate: RateIx::PLN,
            missing: None,
            source: Source::default(),
        }
    }

    fn taken(queue: &mut LotQueue, quantity: Decimal) -> Vec<Lot> {
        let mut slices = Vec::new();
        queue.take(quantity, &mut slices).unwrap();
        slices
    }

    fn cost(slices: &[Lot]) -> Pln {
        slices.iter().filter_map(|slice| slice.cost[0]).sum()
    }

    #[test]
    fn a_sale_takes_the_oldest_lot_first() {
        // TV01: 10 @ 15, 20 @ 30, 30 @ 35; 40 sold: 150 + 600 + 10 × 35.
        let mut queue = LotQueue::default();
        for (quantity, grosze) in [(10_000, 15_000), (20_000, 60_000), (30_000, 105_000)] {
            queue.push(lot(quantity, grosze));
        }
        let slices = taken(&mut queue, Decimal::from(40));
        assert_eq!(cost(&slices), Pln::from_grosze(110_000));
        assert_eq!(queue.held(), Decimal::from(20));
    }

    #[test]
    fn an_oversell_takes_nothing_and_names_the_missing_shares() {
        let mut queue = LotQueue::default();
        queue.push(lot(1_000, 100));
        let oversold = queue.take(Decimal::from(3), &mut Vec::new());
        assert_eq!(oversold, Err(Oversell { missing: Decimal::from(2) }));
        assert_eq!(queue.held(), Decimal::ONE);
    }

    #[test]
    fn a_broker_s_dust_is_no_oversell() {
        let mut queue = LotQueue::default();
        queue.push(lot(1_000, 100));
        let slices = taken(&mut queue, Decimal::new(10_000_005, 7));
        assert_eq!((slices.len(), queue.is_empty()), (1, true));
    }

    #[test]
    fn a_reverse_split_of_one_for_three_keeps_the_cost() {
        let mut queue = LotQueue::default();
        queue.push(lot(10_000, 100_001));
        queue.split(SplitRatio { new: Decimal::ONE, old: Decimal::from(3) }).unwrap();
        assert_eq!(
            cost(&{
                let all = queue.held();
                taken(&mut queue, all)
            }),
            Pln::from_grosze(100_001)
        );
    }

    #[test]
    fn a_split_into_absurdly_many_shares_changes_nothing() {
        let mut queue = LotQueue::default();
        queue.push(lot(10_000, 100));
        let ratio = SplitRatio { new: Decimal::from(10_000_000_000_000_i64), old: Decimal::ONE };
        assert_eq!(queue.split(ratio), Err(Absurd));
        let tiny = SplitRatio { new: Decimal::MAX, old: Decimal::new(1, 28) };
        assert_eq!(queue.split(tiny), Err(Absurd));
        assert_eq!(queue.held(), Decimal::TEN);
    }

    /// Lots of the same day stay in the order in which they came; what is bought later is younger than all.
    #[test]
    fn lots_that_arrive_go_to_their_places() {
        let of = |day: i8, grosze: i64| {
            let acquired_on = Date::constant(2024, 1, day);
            Lot { acquired_on, ..lot(1_000, grosze) }
        };
        let parcel = |lots: &[Lot]| {
            let mut parcel = LotQueue::default();
            lots.iter().cloned().for_each(|lot| parcel.push(lot));
            parcel
        };
        let mut queue = parcel(&[of(2, 1), of(5, 2)]);
        queue.absorb(parcel(&[of(1, 3), of(5, 4)]));
        queue.absorb(parcel(&[of(2, 5)]));
        queue.push(of(9, 6));
        queue.absorb(parcel(&[of(9, 7)]));
        assert_eq!(queue.held(), Decimal::from(7));
        // The oldest, then those of the second day as they came.
        let first = taken(&mut queue, Decimal::from(2));
        assert_eq!(
            first.iter().map(|lot| lot.cost[0]).collect::<Vec<_>>(),
            [3, 1].map(|g| Some(Pln::from_grosze(g)))
        );
        queue.absorb(parcel(&[of(3, 8)]));
        let rest: Vec<_> = queue.into_lots().filter_map(|lot| lot.cost[0]).collect();
        assert_eq!(rest, [5, 8, 2, 4, 6, 7].map(Pln::from_grosze));
    }

    proptest! {
        #[test]
        fn slices_conserve_quantity_and_cost(
            lots in prop::collection::vec((1_i64..1_000_000, 0_i64..100_000_000), 1..6),
            cuts in prop::collection::vec(1_i64..400_000, 1..30),
        ) {
            let mut queue = LotQueue::default();
            let bought: Pln = lots.iter().map(|&(_, grosze)| Pln::from_grosze(grosze)).sum();
            for (quantity, grosze) in lots {
                queue.push(lot(quantity, grosze));
            }
            let mut sold = Pln::ZERO;
            for cut in cuts {
                let before = queue.held();
                let quantity = Decimal::new(cut, 3).min(before);
                let slices = taken(&mut queue, quantity);
                sold += cost(&slices);
                prop_assert_eq!(slices.iter().map(|slice| slice.quantity).sum::<Decimal>(), quantity);
                prop_assert_eq!(queue.held(), before - quantity);
                prop_assert!(slices.iter().all(|slice| slice.cost[0] >= Some(Pln::ZERO)));
            }
            let left: Pln = queue.into_lots().filter_map(|lot| lot.cost[0]).sum();
            prop_assert_eq!(sold + left, bought);
        }
    }
}
