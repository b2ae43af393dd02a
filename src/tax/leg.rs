//! One leg of an event, converted at its own day and rate, under both bases at once.

use jiff::civil::Date;

use super::Basis;
use crate::{
    money::{Money, Pln},
    rates::{NoRate, Rate, RateBook, RateIx},
    statement::Trade,
};

/// The days that fix the rate: under the chosen basis, and under the other.
pub(super) type Days = [Date; 2];

/// Converts legs. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Converter<'a> {
    pub(super) rates: &'a RateBook,
    pub(super) basis: Basis,
}

/// What a leg came to under both bases; `None` where a rate is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    pub(super) pln: [Option<Pln>; 2],
    /// The rate under the chosen basis; the złoty's if it is missing or not needed.
    pub(super) rate: RateIx,
    /// The rate that is missing under the chosen basis.
    pub(super) missing: Option<NoRate>,
}

impl Leg {
    /// Nothing to convert.
    const NOTHING: Self = Self { pln: [Some(Pln::ZERO); 2], rate: RateIx::PLN, missing: None };

    /// Adds another leg of the same event; the rate shown stays the first one's.
    fn plus(self, other: Self) -> Self {
        let [chosen, alternative] = self.pln;
        let [other_chosen, other_alternative] = other.pln;
        let sum = |a: Option<Pln>, b: Option<Pln>| a.zip(b).map(|(a, b)| a + b);
        Self {
            pln: [sum(chosen, other_chosen), sum(alternative, other_alternative)],
            rate: self.rate,
            missing: self.missing.or(other.missing),
        }
    }
}

impl Converter<'_> {
    /// The days of a trade in the order of [`Days`].
    pub(super) fn days(&self, traded_on: Date, settled_on: Date) -> Days {
        match self.basis {
            Basis::Settlement => [settled_on, traded_on],
            Basis::Trade => [traded_on, settled_on],
        }
    }

    /// Converts an amount under both bases; zero needs no rate.
    pub(super) fn leg(&self, money: Money, days: Days) -> Leg {
        if money.is_zero() {
            return Leg::NOTHING;
        }
        let [chosen_day, other_day] = days;
        let chosen = self.rates.preceding(money.currency, chosen_day);
        let other = if other_day == chosen_day {
            chosen
        } else {
            self.rates.preceding(money.currency, other_day)
        };
        let converted = |rate: Result<&Rate, NoRate>| rate.ok().map(|rate| rate.convert(money));
        let pln = [converted(chosen), converted(other)];
        Leg { pln, rate: chosen.map_or(RateIx::PLN, |rate| rate.ix), missing: chosen.err() }
    }

    /// The gross amount of a trade.
    pub(super) fn gross(&self, trade: &Trade, days: Days) -> Leg {
        self.leg(trade.gross, days)
    }

    /// All charges of a trade, each rounded for itself.
    pub(super) fn charges(&self, trade: &Trade, days: Days) -> Leg {
        let commission = self.leg(trade.commission, days);
        trade.charges().iter().fold(commission, |sum, charge| sum.plus(self.leg(*charge, days)))
    }

    /// Price and charges of a purchase: the cost of its lot.
    pub(super) fn purchase(&self, trade: &Trade, days: Days) -> Leg {
        self.gross(trade, days).plus(self.charges(trade, days))
    }

    /// An amount on one day, the same under both bases.
    pub(super) fn on(&self, money: Money, day: Date) -> Result<(Pln, RateIx), NoRate> {
        if money.is_zero() {
            return Ok((Pln::ZERO, RateIx::PLN));
        }
        let rate = self.rates.preceding(money.currency, day)?;
        Ok((rate.convert(money), rate.ix))
    }
}
