//! Transactions without order and fee: corporate actions, which the broker books as a sale and a purchase.
//!
//! What belongs together has one moment (else one day) and one value. A pair of one instrument changes the
//! number of shares, or nothing but the product; a pair of two instruments of one company changes the
//! identity. Everything else is not settled: neither a sale nor a purchase may be made of it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::money::Money;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, SplitRatio,
    StatementBuilder, Trade, Transaction,
};

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub row: u32,
    pub stamp: Stamp,
    pub instrument: InstrumentIx,
    pub product: String,
    /// Negative: out.
    pub quantity: Decimal,
    pub price: Decimal,
    /// In the currency of the exchange, ≥ 0.
    pub gross: Money,
    /// In the currency of the account, ≥ 0.
    pub value: Option<Money>,
    /// Whether the row names a place of execution: then it is an ordinary trade.
    pub executed: bool,
    pub key: EventKey,
}

/// What goes out and comes in of one instrument in one group.
#[derive(Clone, Debug)]
struct Side {
    instrument: InstrumentIx,
    product: String,
    quantity: Decimal,
    gross: Money,
    value: Option<Money>,
    legs: Vec<Leg>,
}

/// How long after a disposal the new shares of an exchange may arrive.
const ARRIVAL_DAYS_MAX: i32 = 14;

/// Beginnings of words in the names of rights, in the languages of the exchanges.
const RIGHTS: [&str; 8] =
    ["right", "rts", "derecho", "drt", "droit", "bezugsr", "diritt", "stockdividendrecht"];

struct Settling<'b> {
    account: AccountIx,
    builder: &'b mut StatementBuilder,
    /// Lone legs, decided when all pairs are known.
    lone: Vec<Leg>,
}

/// Turns all rows without order and fee into events or findings, and counts them.
pub(super) fn settle(
    legs: Vec<Leg>,
    account: AccountIx,
    has_orders: bool,
    builder: &mut StatementBuilder,
) {
    let mut settling = Settling { account, builder, lone: Vec::new() };
    let (trades, actions): (Vec<Leg>, Vec<Leg>) =
        legs.into_iter().partition(|leg| !leg.price.is_zero() && (leg.executed || !has_orders));
    for leg in trades {
        settling.trade(&leg);
    }
    let mut by_moment: BTreeMap<(Date, u32), Vec<Leg>> = BTreeMap::new();
    for leg in actions {
        by_moment.entry((leg.stamp.day, leg.stamp.millisecond)).or_default().push(leg);
    }
    let mut by_day: BTreeMap<Date, Vec<Leg>> = BTreeMap::new();
    for ((day, _), group) in by_moment {
        by_day.entry(day).or_default().extend(settling.group(group, false));
    }
    for (_, group) in by_day {
        let rest = settling.group(group, true);
        settling.lone.extend(rest);
    }
    settling.settle_lone();
}

impl Settling<'_> {
    /// Settles the pairs of a group and answers the legs without a partner.
    fn group(&mut self, legs: Vec<Leg>, last: bool) -> Vec<Leg> {
        let mut by_instrument: BTreeMap<InstrumentIx, Vec<Leg>> = BTreeMap::new();
        for leg in legs {
            by_instrument.entry(leg.instrument).or_default().push(leg);
        }
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for legs in by_instrument.into_values() {
            let (out, into): (Vec<Leg>, Vec<Leg>) =
                legs.into_iter().partition(|leg| leg.quantity.is_sign_negative());
            match (side(out), side(into)) {
                (Some(out), Some(into)) => self.same_instrument(&out, &into),
                (out, into) => {
                    gone.extend(out);
                    come.extend(into);
                }
            }
        }
        self.exchanges(gone, come, last)
    }

    /// Pairs instruments that change into another.
    fn exchanges(&mut self, gone: Vec<Side>, come: Vec<Side>, last: bool) -> Vec<Leg> {
        let mut left = Vec::new();
        let mut come: Vec<Option<Side>> = come.into_iter().map(Some).collect();
        for out in gone {
            let fits = |side: &&mut Option<Side>| {
                side.as_ref().is_some_and(|side| even(&out, side) && alike(&out, side))
            };
            let partner = come.iter_mut().find(fits).and_then(Option::take);
            match partner {
                Some(into) => self.identity(&out, &into),
                None => left.push(out),
            }
        }
        let come: Vec<Side> = come.into_iter().flatten().collect();
        if last && !left.is_empty() && !come.is_empty() {
            // Something was exchanged that day, but nothing proves that it is a mere renaming.
            for side in left.iter().chain(&come) {
                self.unsettled(&side.legs, "exchange of shares");
            }
            return Vec::new();
        }
        left.into_iter().chain(come).flat_map(|side| side.legs).collect()
    }

    /// The same instrument out and in: a split, or a new product number.
    fn same_instrument(&mut self, out: &Side, into: &Side) {
        let rows = out.legs.iter().chain(&into.legs);
        if out.quantity == into.quantity {
            rows.for_each(|_| self.builder.neutral());
            return;
        }
        if !even(out, into) {
            let legs: Vec<Leg> = rows.cloned().collect();
            self.unsettled(&legs, "change of the number of shares");
            return;
        }
        rows.for_each(|_| self.builder.used());
        let ratio = SplitRatio { new: into.quantity, old: out.quantity };
        self.push(into, out.instrument, Event::Split(ratio));
    }

    /// Another instrument of the same company and value: renamed, and split where the numbers differ.
    fn identity(&mut self, out: &Side, into: &Side) {
        out.legs.iter().chain(&into.legs).for_each(|_| self.builder.used());
        self.push(out, out.instrument, Event::Rename { to: into.instrument });
        if out.quantity != into.quantity {
            // At one moment the ledger renames first, so the new identity is the one that is split.
            let ratio = SplitRatio { new: into.quantity, old: out.quantity };
            self.push(into, into.instrument, Event::Split(ratio));
        }
    }

    fn settle_lone(&mut self) {
        let lone = std::mem::take(&mut self.lone);
        let arrivals: Vec<Date> = lone
            .iter()
            .filter(|leg| leg.quantity.is_sign_positive() && !is_right(leg))
            .map(|leg| leg.stamp.day)
            .collect();
        let near = |day: Date, other: &Date| {
            other.since(day).is_ok_and(|span| span.get_days().abs() <= ARRIVAL_DAYS_MAX)
        };
        for leg in lone {
            let free = leg.price.is_zero() && leg.gross.is_zero();
            let out = leg.quantity.is_sign_negative();
            let kind = self.builder.instrument_mut(leg.instrument).map(|known| known.kind);
            let contract = kind == Some(InstrumentKind::Derivative);
            if free && (contract && out || is_right(&leg) && !(out && self.was_bought(&leg))) {
                // An option that expires; rights allotted for nothing, and their lapse or exercise.
                self.trade(&leg);
            } else if out
                && !leg.price.is_zero()
                && !arrivals.iter().any(|day| near(leg.stamp.day, day))
            {
                // Paid out in cash: a takeover, a tender, a liquidation of a fraction.
                self.trade(&leg);
            } else {
                self.unsettled(&[leg], "shares booked without an order");
            }
        }
    }

    /// Whether the file has a purchase of the instrument for money.
    fn was_bought(&mut self, leg: &Leg) -> bool {
        self.builder.transactions_mut().iter().any(|known| {
            known.instrument == leg.instrument
                && matches!(&known.event, Event::Buy(trade) if !trade.gross.is_zero())
        })
    }

    fn trade(&mut self, leg: &Leg) {
        let trade = Trade::new(leg.quantity.abs(), leg.gross, Money::zero(leg.gross.currency));
        let event =
            if leg.quantity.is_sign_negative() { Event::Sell(trade) } else { Event::Buy(trade) };
        self.builder.used();
        self.push_leg(leg, leg.instrument, event);
    }

    fn push(&mut self, side: &Side, instrument: InstrumentIx, event: Event) {
        if let Some(leg) = side.legs.first() {
            self.push_leg(leg, instrument, event);
        }
    }

    fn push_leg(&mut self, leg: &Leg, instrument: InstrumentIx, event: Event) {
        let source = self.builder.source(leg.row);
        self.builder.push(Transaction {
            source,
            key: Some(leg.key),
            account: self.account,
            instrument,
            day: leg.stamp.day,
            millisecond: leg.stamp.millisecond,
            event,
        });
    }

    fn unsettled(&mut self, legs: &[Leg], detail: &str) {
        for leg in legs {
            let source = self.builder.source(leg.row);
            let value = format!("{} {}", leg.quantity.normalize(), leg.product);
            let finding = Diagnostic::at(Code::UnsettledAction, source).found("", value);
            self.builder.diagnose(finding.detail(detail));
            self.builder.unknown();
            self.builder.block(self.account, leg.instrument, leg.stamp.day, leg.row);
        }
    }
}

fn side(legs: Vec<Leg>) -> Option<Side> {
    let first = legs.first()?;
    let mut side = Side {
        instrument: first.instrument,
        product: first.product.clone(),
        quantity: Decimal::ZERO,
        gross: Money::zero(first.gross.currency),
        value: first.value.map(|value| Money::zero(value.currency)),
        legs: Vec::new(),
    };
    for leg in &legs {
        side.quantity += leg.quantity.abs();
        side.gross.amount += leg.gross.amount;
        side.value = side
            .value
            .zip(leg.value)
            .map(|(sum, value)| Money::new(sum.amount + value.amount, sum.currency));
    }
    side.legs = legs;
    Some(side)
}

/// Whether both sides are worth the same, up to one percent for rounded prices.
fn even(one: &Side, other: &Side) -> bool {
    let equal = |one: Money, other: Money| {
        let most = one.amount.max(other.amount);
        one.currency == other.currency
            && (one.amount - other.amount).abs() <= most * Decimal::new(1, 2)
    };
    let booked = one.value.zip(other.value).is_some_and(|(one, other)| equal(one, other));
    equal(one.gross, other.gross) || booked
}

/// Whether two products are of one company, as far as their names tell: `KISTOS PLC`, `KISTOS HOLDINGS`.
fn alike(one: &Side, other: &Side) -> bool {
    let first = |side: &Side| {
        let name = side.product.to_lowercase();
        let words = name.split(|c: char| !c.is_alphanumeric());
        words.into_iter().find(|word| word.chars().count() > 2).map(str::to_owned)
    };
    first(one).is_some_and(|word| Some(word) == first(other)) && !one.gross.is_zero()
}

fn is_right(leg: &Leg) -> bool {
    let name = leg.product.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| RIGHTS.iter().any(|start| word.starts_with(start)))
        || name.contains("prawa pob")
        || name.contains("prawo pob")
}
