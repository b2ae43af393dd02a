//! What the price of a dividend is in exports with `Gross Total`.
//!
//! The broker's help says that the price per share of a dividend is net. That was written of exports with one `Total`;
//! where there is one before and one after tax, they prove it or the contrary, and nothing is assumed.

use rust_decimal::Decimal;

use super::action::Action;
use super::columns::{Columns, Priced};
use crate::money::Money;
use crate::statement::table::{Row, RowReader, Table, Taken};
use crate::statement::{Code, FileId, StatementBuilder};

/// Whether tax at source is still in the price of a dividend.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum PerShare {
    /// It is not: the gross amount is more than shares × price.
    Net,
    /// It is.
    Gross,
}

/// Two cents: both totals are rounded, and so is the tax.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

impl PerShare {
    /// What the price of a row is: by its own totals, else as `known` from the other rows; a row that shows neither
    /// is refused, unless its tax is nothing but a rounding.
    pub(super) fn of(
        row: &mut Row<'_>,
        columns: &Columns,
        known: Option<Self>,
        priced: Money,
        withheld: Money,
    ) -> Option<Self> {
        if withheld.is_zero() || !columns.is_gross {
            return Some(Self::Net);
        }
        let [net, gross] = fits(row, columns, priced, withheld);
        match (net, gross, known) {
            (true, false, _) => Some(Self::Net),
            (false, true, _) => Some(Self::Gross),
            (true, true, Some(known)) => Some(known),
            (true, true, None) if withheld.amount <= ROUNDING => Some(Self::Net),
            _ => row.refuse(Code::NetIncome, columns.price),
        }
    }
}

/// Whether the totals of a row agree with a price that is net, and with one that is gross.
///
/// They are in the currency of the account, so it is their ratio that tells. Without it both may be.
fn fits(row: &mut Row<'_>, columns: &Columns, priced: Money, withheld: Money) -> [bool; 2] {
    let totals = (row.quiet_decimal(columns.total.amount), row.quiet_decimal(columns.net.amount));
    let unit = |row: &Row<'_>, priced: Priced| row.text(priced.currency).to_owned();
    let comparable =
        unit(row, columns.total) == unit(row, columns.net) && withheld.currency == priced.currency;
    let whole = priced.amount.checked_add(withheld.amount);
    let ((Some(before), Some(after)), Some(whole), true) = (totals, whole, comparable) else {
        return [true, true];
    };
    let agrees = |part: Decimal, whole: Decimal| {
        let expected = before.checked_mul(part).and_then(|product| product.checked_div(whole));
        expected.is_some_and(|expected| (after - expected).abs() <= ROUNDING)
    };
    let less = priced.amount.saturating_sub(withheld.amount);
    [agrees(priced.amount, whole), agrees(less, priced.amount)]
}

/// What all dividends of a file agree on.
pub(super) fn learn(mut table: Table<'_>, file: FileId) -> Option<PerShare> {
    let mut builder = StatementBuilder::new(file, "");
    let mut pupil = Pupil { columns: Columns::claim(table.header()), net: false, gross: false };
    table.read(&mut builder, &mut pupil);
    match (pupil.net, pupil.gross) {
        (true, false) => Some(PerShare::Net),
        (false, true) => Some(PerShare::Gross),
        _ => None,
    }
}

struct Pupil {
    columns: Columns,
    net: bool,
    gross: bool,
}

impl Pupil {
    fn look(&mut self, row: &mut Row<'_>) -> Option<()> {
        let columns = &self.columns;
        let unit = row.quoted(columns.price_currency)?;
        let shares = row.quiet_decimal(columns.shares)?;
        let priced = shares.checked_mul(unit.scale(row.quiet_decimal(columns.price)?))?;
        let withheld = row.quiet_decimal(columns.withheld.amount)?.abs();
        let tax_unit = row.quoted(columns.withheld.currency)?;
        let priced = Money::new(priced, unit.currency);
        let withheld = Money::new(tax_unit.scale(withheld), tax_unit.currency);
        if !withheld.is_zero() {
            let [net, gross] = fits(row, columns, priced, withheld);
            self.net |= net && !gross;
            self.gross |= gross && !net;
        }
        Some(())
    }
}

impl RowReader for Pupil {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        if Action::parse(row.bytes(self.columns.action)) == Some(Action::Dividend) {
            let _ = self.look(row);
        }
        Taken::Neutral
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}
