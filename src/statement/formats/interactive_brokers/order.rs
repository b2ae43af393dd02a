//! One readable row of `Trades`: its cells, and the amount due before charges.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    category::Category,
    effect::lapses,
    reader::Reader,
    session::Place,
    symbols::Known,
    table::{Columns, Problem, Problems, Row},
};
use crate::{
    money::{Currency, Money},
    statement::{Code, when::Stamp},
};

/// A readable row.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) stamp: Stamp,
    /// The exchange's day, where the file tells it besides the broker's clock.
    pub(super) traded_on: Option<Date>,
    /// Negative: a sale.
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    /// Negative: paid.
    proceeds: Decimal,
    pub(super) currency: Currency,
    /// Positive: paid.
    pub(super) commission: Money,
    /// Taxes of the trade that the commission does not hold.
    pub(super) charges: Vec<Money>,
    pub(super) settled_on: Option<Date>,
    /// Whether a right lapses or is used up, which happens at no hour of trading.
    is_lapse: bool,
}

impl Order {
    /// Reads every cell, so that all problems of the row are told at once.
    pub(super) fn read(row: &Row<'_>, category: Category) -> Result<Self, Problems> {
        let c = row.columns;
        let mut problems = Problems::default();
        if row.cell(c.isin).is_empty() {
            problems.check(row.required(c.symbol));
        }
        let stamp = problems.check(row.trade_time());
        let quantity = problems.check(quantity(row));
        let price = problems.check(price(row, category));
        let proceeds = problems.check(proceeds(row));
        let commission = problems.check(commission(row));
        let taxes = problems.check(row.number_or_zero(c.taxes));
        let currency = problems.check(row.currency());
        let traded_on = problems.check(optional_day(row, row.columns.traded_on));
        let settled_on = problems.check(optional_day(row, row.columns.settled_on));
        if let (
            Some(stamp),
            Some(quantity),
            Some(price),
            Some(proceeds),
            Some(commission),
            Some(taxes),
            Some(currency),
            Some(traded_on),
            Some(settled_on),
        ) =
            (stamp, quantity, price, proceeds, commission, taxes, currency, traded_on, settled_on)
            && problems.0.is_empty()
        {
            let commission_in = row.currency_in(c.commission_currency).unwrap_or(currency);
            let charges = (!taxes.is_zero()).then(|| Money::new(-taxes, currency));
            // Nothing is delivered when a right lapses or is used up: it ends on that day.
            let is_lapse = lapses(row, category);
            let lapsed = is_lapse.then_some(traded_on.unwrap_or(stamp.day));
            return Ok(Self {
                stamp,
                traded_on,
                quantity,
                price,
                proceeds,
                currency,
                commission: Money::new(-commission, commission_in),
                charges: charges.into_iter().collect(),
                settled_on: lapsed.or(settled_on),
                is_lapse,
            });
        }
        Err(problems)
    }

    /// The trade day, with a time that keeps the order within it.
    pub(super) fn traded(&self, reader: &Reader, category: Category, known: Known) -> Stamp {
        let place = if self.is_lapse {
            Place::Elsewhere
        } else {
            reader.place(category, known.is_eastern, self.currency)
        };
        place.trade_day(self.stamp, self.traded_on)
    }

    /// The amount due before charges: quantity × price × multiplier, as the broker states it exactly.
    ///
    /// `Proceeds` is zero in some layouts. Where it is not, it must agree with the product within the
    /// rounding of the displayed (average) price, and then it is the exact figure. Bonds are quoted in
    /// percent of a face value that the file does not give, so only `Proceeds` tells their amount.
    pub(super) fn gross(
        &self,
        row: &Row<'_>,
        category: Category,
        multiplier: Option<Decimal>,
    ) -> Result<Decimal, Problems> {
        let c = row.columns;
        let fail = |place, code| Err(Problems(vec![row.problem(place, code)]));
        let stated = self.proceeds.abs();
        if category == Category::Bond {
            return if stated.is_zero() && !self.price.is_zero() {
                fail(c.proceeds, Code::EmptyCell)
            } else {
                Ok(stated)
            };
        }
        if self.price.is_zero() && stated.is_zero() {
            return Ok(Decimal::ZERO);
        }
        let Some(multiplier) = multiplier else {
            return Err(Problems(vec![Problem {
                code: Code::EmptyCell,
                column: "Multiplier",
                value: row.text(c.symbol).to_owned(),
            }]));
        };
        let units = self.quantity.abs().checked_mul(multiplier);
        let Some((units, product)) =
            units.and_then(|units| Some((units, units.checked_mul(self.price)?)))
        else {
            return fail(c.price, Code::BadNumber);
        };
        if stated.is_zero() {
            return Ok(product);
        }
        let wrong_side = self.proceeds.is_sign_positive() == self.quantity.is_sign_positive();
        let agree = || {
            let rounding = units.saturating_mul(PRICE_ROUNDING).saturating_add(AMOUNT_ROUNDING);
            (product - stated).abs() <= rounding
        };
        if !wrong_side && (product == stated || agree()) {
            Ok(stated)
        } else {
            fail(c.proceeds, Code::AmountMismatch)
        }
    }
}

/// Half of the fourth decimal: the coarsest average price that statements show.
const PRICE_ROUNDING: Decimal = Decimal::from_parts(5, 0, 0, false, 5);
/// A cent: amounts are shown with two decimals or more.
const AMOUNT_ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// The signed quantity. A side in a column of its own must agree with the sign, or gives it.
pub(super) fn quantity(row: &Row<'_>) -> Result<Decimal, Problem> {
    let c = row.columns;
    let quantity = row.nonzero(c.quantity)?;
    let side = row.text(c.side).to_ascii_uppercase();
    if side.starts_with("BUY") && quantity.is_sign_negative() {
        Err(row.problem(c.side, Code::AmountMismatch))
    } else if side.starts_with("SELL") {
        Ok(-quantity.abs())
    } else {
        Ok(quantity)
    }
}

/// The price. Only contracts on goods may have a negative one.
fn price(row: &Row<'_>, category: Category) -> Result<Decimal, Problem> {
    let c = row.columns;
    let price = row.number(c.price)?;
    let negative = price.is_sign_negative() && !price.is_zero();
    if negative && !category.settles_results() {
        return Err(row.problem(c.price, Code::NotPositive));
    }
    Ok(price)
}

/// What was received (negative: paid), before charges; zero where the row does not tell.
fn proceeds(row: &Row<'_>) -> Result<Decimal, Problem> {
    let Columns { proceeds, trade_money, .. } = *row.columns;
    if row.cell(proceeds).is_empty() && trade_money.exists() {
        return row.number_or_zero(trade_money).map(|money| -money);
    }
    row.number_or_zero(proceeds)
}

/// The commission, negative where it is paid. Rows of a Flex query may leave a zero out.
fn commission(row: &Row<'_>) -> Result<Decimal, Problem> {
    let place = row.columns.commission;
    if row.flex && place.exists() { row.number_or_zero(place) } else { row.number(place) }
}

fn optional_day(row: &Row<'_>, place: super::table::Place) -> Result<Option<Date>, Problem> {
    if row.cell(place).is_empty() {
        return Ok(None);
    }
    row.stamp(place).map(|stamp| Some(stamp.day))
}
