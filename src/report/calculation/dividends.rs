//! Dividends one by one, each with the treaty that caps its credit.

use serde::Serialize;

use super::{
    RateAt, Rates, SourceOut, account_of,
    figures::{Day, Plain, Zloty},
    instrument_of, source_of,
};
use crate::{
    money::Country,
    report::ReportInput,
    tax::{DividendResult, treaty},
};

#[derive(Serialize)]
pub(super) struct DividendOut<'a> {
    account: &'a str,
    isin: &'a str,
    symbol: &'a str,
    paid_on: Day,
    /// Empty where it is not known.
    country: String,
    gross: Zloty,
    withheld: Zloty,
    treaty: Option<TreatyOut>,
    credit: Zloty,
    credit_nineteen: Zloty,
    rate: RateAt<'a>,
    source: SourceOut<'a>,
}

/// What the treaty lets the source state take of this payment, and where it stands.
#[derive(Serialize)]
struct TreatyOut {
    percent: Plain,
    journal: Vec<String>,
    conflict: bool,
}

pub(super) fn dividend_of<'a>(
    input: &'a ReportInput<'a>,
    rates: &'a Rates<'a>,
    dividend: &'a DividendResult,
) -> DividendOut<'a> {
    let (isin, symbol) = instrument_of(input, dividend.instrument);
    DividendOut {
        account: account_of(input, dividend.account),
        isin,
        symbol,
        paid_on: Day(Some(dividend.paid_on)),
        country: dividend.country.map(|country| country.to_string()).unwrap_or_default(),
        gross: Zloty(dividend.gross_pln),
        withheld: Zloty(dividend.withheld_pln),
        treaty: treaty_of(dividend),
        credit: Zloty(dividend.credit),
        credit_nineteen: Zloty(dividend.credit_nineteen),
        rate: RateAt(rates, dividend.rate),
        source: source_of(input, dividend.source),
    }
}

/// The rate that was used, which is that of the payment's year; `None` for Poland and where none is known.
fn treaty_of(dividend: &DividendResult) -> Option<TreatyOut> {
    let country = dividend.country.filter(|country| *country != Country::PL)?;
    let known = treaty::treaty(country)?;
    let percent = Plain(dividend.treaty_rate? * rust_decimal::Decimal::ONE_HUNDRED);
    Some(TreatyOut { percent, journal: known.positions().collect(), conflict: known.conflict })
}
