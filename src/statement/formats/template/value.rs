//! The amounts of one row: currency, quantity × price against amount, fee, tax at source.

use rust_decimal::Decimal;

use super::columns::Columns;
use crate::money::{Money, Quoted};
use crate::statement::Code;
use crate::statement::table::{Column, Row};

/// Reads the amounts of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'c> {
    pub columns: &'c Columns,
}

impl Values<'_> {
    /// The gross value of the row: `amount`, or quantity × price; if both are given they must agree.
    pub(super) fn gross(self, row: &mut Row<'_>) -> Option<Money> {
        let quoted = row.required_quoted(self.columns.currency);
        let quantity = row.decimal(self.columns.quantity);
        let price = amount_in(row, self.columns.price, quoted);
        let amount = amount_in(row, self.columns.amount, quoted);
        if row.has_errors() {
            return None;
        }
        let quoted = quoted?;
        let product = match quantity.zip(price) {
            Some((quantity, price)) => match quantity.checked_mul(price) {
                Some(product) => Some(product),
                None => return row.refuse(Code::BadNumber, self.columns.price),
            },
            None => None,
        };
        let value = match (product, amount) {
            (Some(product), Some(amount)) if !agree(product, amount, quoted) => {
                let detail = product.normalize().to_string();
                row.report_with(Code::AmountMismatch, self.columns.amount, detail);
                return None;
            }
            (_, Some(amount)) => amount,
            (Some(product), None) => product,
            (None, None) => return row.refuse(Code::EmptyCell, self.columns.amount),
        };
        Some(Money::new(quoted.scale(value), quoted.currency))
    }

    /// The fee, zero if there is none. Below zero nobody knows what is meant.
    pub(super) fn fee(self, row: &mut Row<'_>) -> Option<Money> {
        let fee = self.beside(row, self.columns.fee, self.columns.fee_currency)?;
        if fee.amount < Decimal::ZERO {
            return row.refuse(Code::NotPositive, self.columns.fee);
        }
        Some(fee)
    }

    /// The tax at source, zero if there is none. Below zero it may be tax taken or tax given back.
    pub(super) fn withheld(self, row: &mut Row<'_>) -> Option<Money> {
        let withheld = self.either_way(row)?;
        if withheld.amount < Decimal::ZERO {
            return row.refuse(Code::WithheldSign, self.columns.withheld);
        }
        Some(withheld)
    }

    /// The tax at source of a payment. With a payment taken back the tax is given back, whichever sign it is written with.
    pub(super) fn withheld_of(self, gross: Option<Money>, row: &mut Row<'_>) -> Option<Money> {
        match gross {
            Some(gross) if gross.amount < Decimal::ZERO => {
                let withheld = self.either_way(row)?;
                Some(Money::new(-withheld.amount.abs(), withheld.currency))
            }
            Some(_) => self.withheld(row),
            // Nothing tells what its sign would mean.
            None => self.either_way(row),
        }
    }

    fn either_way(self, row: &mut Row<'_>) -> Option<Money> {
        self.beside(row, self.columns.withheld, self.columns.currency)
    }

    /// An amount of either sign beside the main one, in its own currency or else in that of the row.
    fn beside(self, row: &mut Row<'_>, column: Column, unit: Column) -> Option<Money> {
        let unit = if row.is_empty(unit) { self.columns.currency } else { unit };
        let quoted = row.quoted(unit);
        let amount = amount_in(row, column, quoted);
        if amount.is_none() && !row.is_empty(column) {
            return None;
        }
        let quoted = quoted?;
        Some(Money::new(quoted.scale(amount.unwrap_or_default()), quoted.currency))
    }
}

/// A number whose glued unit, if any, fits the currency of the row.
fn amount_in(row: &mut Row<'_>, column: Column, quoted: Option<Quoted>) -> Option<Decimal> {
    let (value, unit) = row.number(column)?;
    match (unit, quoted) {
        (Some(unit), Some(quoted)) if !unit.fits(quoted.currency) => {
            row.refuse(Code::BadCurrency, column)
        }
        _ => Some(value),
    }
}

/// Whether a stated amount is the product, rounded to the places that it shows. Spreadsheets drop
/// closing zeros, so two places are assumed where the currency has them.
fn agree(product: Decimal, amount: Decimal, quoted: Quoted) -> bool {
    let whole = matches!(quoted.currency.as_str(), "JPY" | "KRW" | "HUF" | "ISK" | "VND" | "CLP");
    let places = if whole { amount.scale() } else { amount.scale().max(2) };
    // Half a unit of the last place.
    let tolerance = Decimal::new(5, places.saturating_add(1).min(28));
    product.checked_sub(amount).is_some_and(|difference| difference.abs() <= tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_agree_up_to_the_rounding_of_their_own_places() {
        let fair = |product: &str, amount: &str, currency: &str| {
            let number = |text: &str| text.parse::<Decimal>().unwrap();
            agree(number(product), number(amount), Quoted::parse(currency).unwrap())
        };
        // 3 × 33.335 = 100.005: either neighbor is a fair rounding.
        assert!(fair("100.005", "100.00", "EUR") && fair("100.005", "100.01", "EUR"));
        assert!(fair("100.10", "100.1", "EUR"));
        assert!(!fair("100.05", "100.1", "EUR"));
        assert!(!fair("100.4", "100", "EUR"));
        assert!(fair("100.4", "100", "JPY"));
    }
}
