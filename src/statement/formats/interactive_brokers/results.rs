//! Futures and CFD: the result of each closed position, and charges on open ones.
//!
//! `Realized P/L` of the closing row is the result: the broker's basis holds the commissions of both
//! sides (`Notional Value` + `Comm/Fee` + `Basis` = `Realized P/L`), so none is taken off again. Rows
//! that only open are neutral: variation margin is no income before the closing (tax-law 2.8.6, 2.8.10).

use rust_decimal::Decimal;

use super::{
    category::Category,
    effect::{cancels, closes},
    order::Order,
    reader::Reader,
    symbols,
    table::{Problems, Row},
    trades,
};
use crate::{
    money::Money,
    statement::{Code, Diagnostic, Event, InstrumentIx, Severity, Transaction, when::Stamp},
};

/// What the broker's own sum may differ by: three amounts rounded to the cent.
const ROUNDING: Decimal = Decimal::from_parts(3, 0, 0, false, 2);

/// Reads one row of `Trades`.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>, category: Category) {
    let c = row.columns;
    if cancels(row) {
        trades::block(reader, row, category);
        return reader.unsettled(row.line, c.code.name, "Ca");
    }
    let read = Order::read(row, category).and_then(|order| {
        let known = symbols::resolve(reader, row, category, order.stamp.day)?;
        let realized = realized(row)?;
        Ok((order, known, realized))
    });
    let (order, known, realized) = match read {
        Ok(read) => read,
        Err(problems) => return trades::refuse(reader, row, category, &problems),
    };
    let Some(realized) = realized else { return reader.builder.neutral() };
    check(reader, row, &order, realized);
    let key = symbols::key(reader, row, &order, known);
    let key = Some(trades::beside(reader, "ibkr-result", key));
    let Stamp { day, millisecond } = order.traded(reader, category, known);
    let transaction = Transaction {
        source: reader.builder.source(row.line),
        key,
        account: reader.account(row),
        instrument: known.instrument,
        day,
        millisecond,
        event: result(Money::new(realized, order.currency)),
    };
    reader.builder.push(transaction);
    reader.builder.used();
}

/// The result of a row that closes; `None` for one that only opens.
fn realized(row: &Row<'_>) -> Result<Option<Decimal>, Problems> {
    let place = row.columns.realized;
    let closing = closes(row);
    if row.cell(place).is_empty() && !closing && place.exists() {
        return Ok(None);
    }
    let realized = row.number(place).map_err(|problem| Problems(vec![problem]))?;
    Ok(Some(realized).filter(|realized| closing || !realized.is_zero()))
}

/// Compares the result with what its parts come to, where the row has them.
fn check(reader: &mut Reader, row: &Row<'_>, order: &Order, realized: Decimal) {
    let c = row.columns;
    if row.flex || order.commission.currency != order.currency {
        return;
    }
    let (Ok(notional), Ok(basis)) = (row.number(c.proceeds), row.number(c.basis)) else { return };
    let parts = notional.saturating_sub(order.commission.amount).saturating_add(basis);
    if (parts - realized).abs() > ROUNDING {
        let found = Diagnostic::at(Code::TotalDiffers, reader.builder.source(row.line))
            .found(c.realized.name, realized.normalize().to_string())
            .detail(parts.normalize().to_string());
        reader.builder.diagnose(found);
    }
}

fn result(result: Money) -> Event {
    Event::Derivative { result, country: None }
}

/// Reads one row of `CFD Charges`, or a cash row of a CFD: financing, dividends made good. Booked as
/// results of their day, with a warning: whether they belong to the closing is disputed (tax-law 2.8.7).
pub(super) fn charge(reader: &mut Reader, row: &Row<'_>, section: &'static str) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    let (stamp, amount) = match row.cash_on(row.cash_day()) {
        Ok(read) => read,
        Err(problems) => {
            reader.reject(row.line, &problems.0);
            return super::repair::cash(reader, row, "derivative");
        }
    };
    let symbol = row.text(row.columns.symbol);
    let instrument = if symbol.is_empty() {
        InstrumentIx::NONE
    } else {
        reader.instrument(Category::Cfd, symbol, Some(stamp.day)).unwrap_or(InstrumentIx::NONE)
    };
    let (code, column) = (Code::UnsettledAction, "CFD");
    reader.tally.note(code, Severity::Warning, column, "CFD Charges", row.line);
    reader.cash(section, row, instrument, stamp, amount.amount, result(amount));
}
