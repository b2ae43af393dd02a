//! What brokers with one row for each trade have in common: the price where a format does not say whether
//! its amount includes the charges, and the currency of the account.

use rust_decimal::Decimal;

use crate::money::Currency;
use crate::statement::Code;
use crate::statement::table::{Column, Row};

/// The day of a block whose row has no readable date: it holds from the beginning.
pub(super) const UNDATED: jiff::civil::Date = jiff::civil::date(1990, 1, 1);

/// Prices are rounded to a few places; a charge is told from that by being nearer to one reading.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
const PER_MILLE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

/// The amount before charges: as it stands, or with the charges taken out of it (a purchase) or put back
/// (a sale), whichever is nearer to quantity × price. `None` if neither is near. All numbers are ≥ 0.
pub(super) fn gross(
    quantity: Decimal,
    price: Decimal,
    amount: Decimal,
    charges: Decimal,
    buys: bool,
) -> Option<Decimal> {
    let product = quantity.checked_mul(price)?;
    let inside = if buys { amount - charges } else { amount + charges };
    let off = |reading: Decimal| (reading - product).abs();
    let nearest = if off(inside) < off(amount) { inside } else { amount };
    (off(nearest) <= ROUNDING + product * PER_MILLE).then_some(nearest)
}

/// The currency of booked amounts, which no account keeps in pence.
pub(super) fn account_currency(row: &mut Row<'_>, column: Column) -> Option<Currency> {
    let quoted = row.required_quoted(column)?;
    if quoted.scale(Decimal::ONE) == Decimal::ONE {
        return Some(quoted.currency);
    }
    row.refuse(Code::BadCurrency, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_tells_where_the_charge_is() {
        let read = |amount: i64, charge: i64, buys| {
            let whole = |number| Decimal::new(number, 0);
            gross(whole(5), whole(40), whole(amount), whole(charge), buys).map(|d| d.to_string())
        };
        // 5 × 40 = 200; a charge of 1 beside it, or in it.
        assert_eq!(read(200, 1, true).as_deref(), Some("200"));
        assert_eq!(read(201, 1, true).as_deref(), Some("200"));
        assert_eq!(read(199, 1, false).as_deref(), Some("200"));
        assert_eq!(read(210, 1, true), None);
    }
}
