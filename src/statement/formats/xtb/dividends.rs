//! Dividends and their tax at source.

use hashbrown::HashSet;
use rust_decimal::Decimal;

use super::cash::Operation;
use super::comment;
use super::kind::Kind;
use super::market;
use super::push::Book;
use crate::money::Country;
use crate::statement::Event;

/// The Polish rate, at which the broker settles dividends of Polish companies itself.
const POLISH_PERCENT: Decimal = Decimal::from_parts(19, 0, 0, false, 0);

/// Companies listed in Warsaw that are not Polish: their tax has another rate.
pub(super) fn foreign_in_warsaw(taxes: &[Operation]) -> HashSet<String> {
    let is_foreign = |tax: &&Operation| {
        let rate = comment::percent(&tax.comment);
        rate.is_some_and(|rate| rate != POLISH_PERCENT) && in_warsaw(&tax.symbol)
    };
    taxes.iter().filter(is_foreign).map(|tax| tax.symbol.clone()).collect()
}

fn in_warsaw(symbol: &str) -> bool {
    market::country(symbol) == Some(Country::PL)
}

/// Writes dividends and taxes. Dividends of Polish companies are settled by the broker as payer: they are
/// known and have no effect.
pub(super) fn assemble(dividends: &[Operation], taxes: &[Operation], book: &mut Book<'_>) {
    for operation in dividends.iter().chain(taxes) {
        let symbol = operation.symbol.as_str();
        let is_foreign = book.foreign.contains(symbol);
        if in_warsaw(symbol) && !is_foreign {
            book.builder.neutral();
        } else {
            write(operation, market::country(symbol).filter(|_| !is_foreign), book);
        }
    }
}

fn write(operation: &Operation, country: Option<Country>, book: &mut Book<'_>) {
    let event = if operation.kind == Kind::Dividend {
        let gross = book.money(operation.amount);
        Event::Dividend { gross, withheld: book.money(Decimal::ZERO), country }
    } else {
        Event::Withholding { amount: book.money(-operation.amount), country }
    };
    let instrument = book.share(&operation.symbol, &operation.name);
    let stamp = operation.stamp;
    let content = format!(
        "{}|{}|{}|{}|{}",
        operation.label, operation.symbol, stamp.day, stamp.millisecond, operation.amount
    );
    let key = book.key(&operation.id, &content);
    book.push(operation.source, stamp, instrument, key, event);
    book.builder.used();
}
