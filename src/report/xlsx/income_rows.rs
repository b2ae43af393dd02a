//! The rows of dividends, interest, fees, derivatives and virtual currency.

use super::{
    rows::{Done, names, place, rate_cells},
    sheet::{
        Cell, Column,
        Kind::{Amount, Day, Label, Percent, Pln, Rate, Text},
        Sheet, column,
    },
};
use crate::{
    report::{
        ReportInput,
        text::{self, InstrumentName},
    },
    wording::report as w,
};

/// One row per dividend.
pub(super) const DIVIDENDS: &[Column] = &[
    column(w::YEAR, 7, Label),
    column(w::DAY, 12, Day),
    column(w::ACCOUNT, 16, Text),
    column(w::SYMBOL, 12, Text),
    column(w::ISIN, 15, Text),
    column(w::NAME, 26, Text),
    column(w::COUNTRY, 8, Text),
    column(w::GROSS, 12, Amount),
    column(w::WITHHELD_AMOUNT, 12, Amount),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::GROSS_PLN, 13, Pln),
    column(w::WITHHELD_PLN, 13, Pln),
    column(w::TREATY_RATE, 10, Percent),
    column(w::CREDIT_PLN, 13, Pln),
    column(w::CREDIT_NINETEEN_PLN, 18, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// The column of [`DIVIDENDS`] with the country of the source.
pub(super) const DIVIDEND_COUNTRY: u16 = 6;
/// The column of [`DIVIDENDS`] with gross amounts.
pub(super) const DIVIDEND_GROSS: u16 = 13;
/// The column of [`DIVIDENDS`] with credits.
pub(super) const DIVIDEND_CREDIT: u16 = 16;

pub(super) fn dividends(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for row in &input.assessment.dividends {
        let mut cells = vec![row.year.into(), row.paid_on.into()];
        cells.push(text::account(input, row.account).into());
        cells.extend(names(text::instrument(input, row.instrument)));
        cells.push(row.country.map_or(Cell::Empty, |country| country.as_str().into()));
        cells.extend([row.gross.amount.into(), row.withheld.amount.into()]);
        cells.push(row.gross.currency.as_str().into());
        cells.extend(rate_cells(input, row.rate));
        cells.extend([row.gross_pln.into(), row.withheld_pln.into()]);
        cells.push(row.treaty_rate.map_or(Cell::Empty, Cell::Number));
        cells.extend([row.credit.into(), row.credit_nineteen.into()]);
        cells.extend(place(input, row.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per payment of interest.
pub(super) const INTEREST: &[Column] = &[
    column(w::YEAR, 7, Label),
    column(w::DAY, 12, Day),
    column(w::ACCOUNT, 16, Text),
    column(w::INSTRUMENT, 16, Text),
    column(w::COUNTRY, 8, Text),
    column(w::GROSS, 12, Amount),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::GROSS_PLN, 13, Pln),
    column(w::WITHHELD_PLN, 13, Pln),
    column(w::CREDIT_PLN, 13, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// The column of [`INTEREST`] with the country of the source.
pub(super) const INTEREST_COUNTRY: u16 = 4;
/// The column of [`INTEREST`] with gross amounts.
pub(super) const INTEREST_GROSS: u16 = 10;
/// The column of [`INTEREST`] with credits.
pub(super) const INTEREST_CREDIT: u16 = 12;

pub(super) fn interest(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for row in &input.assessment.interest {
        let mut cells = vec![row.year.into(), row.paid_on.into()];
        cells.push(text::account(input, row.account).into());
        let paid_by = text::instrument(input, row.instrument);
        cells.push(if paid_by == InstrumentName::default() {
            Cell::Empty
        } else {
            paid_by.label().into()
        });
        cells.push(input.payer_of(row).map_or(Cell::Empty, |country| country.as_str().into()));
        cells.extend([row.gross.amount.into(), row.gross.currency.as_str().into()]);
        cells.extend(rate_cells(input, row.rate));
        cells.extend([row.gross_pln, row.withheld_pln, row.credit].map(Cell::from));
        cells.extend(place(input, row.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per account fee.
pub(super) const FEES: &[Column] = &[
    column(w::YEAR, 7, Label),
    column(w::DAY, 12, Day),
    column(w::ACCOUNT, 16, Text),
    column(w::AMOUNT, 12, Amount),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::AMOUNT_PLN, 13, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// The column of [`FEES`] that the summary adds up.
pub(super) const FEE_SUM: u16 = 8;

pub(super) fn fees(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for row in &input.assessment.fees {
        let mut cells = vec![row.year.into(), row.charged_on.into()];
        cells.push(text::account(input, row.account).into());
        cells.extend([row.amount.amount.into(), row.amount.currency.as_str().into()]);
        cells.extend(rate_cells(input, row.rate));
        cells.push(row.amount_pln.into());
        cells.extend(place(input, row.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per closed derivative.
pub(super) const DERIVATIVES: &[Column] = &[
    column(w::YEAR, 7, Label),
    column(w::DAY, 12, Day),
    column(w::ACCOUNT, 16, Text),
    column(w::SYMBOL, 20, Text),
    column(w::ISIN, 15, Text),
    column(w::NAME, 26, Text),
    column(w::COUNTRY, 8, Text),
    column(w::RESULT, 12, Amount),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::RESULT_PLN, 13, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// The column of [`DERIVATIVES`] that the summary adds up, gains and losses apart.
pub(super) const DERIVATIVE_SUM: u16 = 12;

pub(super) fn derivatives(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for row in &input.assessment.derivatives {
        let mut cells = vec![row.year.into(), row.closed_on.into()];
        cells.push(text::account(input, row.account).into());
        cells.extend(names(text::instrument(input, row.instrument)));
        cells.push(row.country.map_or(Cell::Empty, |country| country.as_str().into()));
        cells.extend([row.result.amount.into(), row.result.currency.as_str().into()]);
        cells.extend(rate_cells(input, row.rate));
        cells.push(row.result_pln.into());
        cells.extend(place(input, row.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per purchase or sale of virtual currency.
pub(super) const CRYPTO: &[Column] = &[
    column(w::YEAR, 7, Label),
    column(w::DAY, 12, Day),
    column(w::ACCOUNT, 16, Text),
    column(w::SYMBOL, 12, Text),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::REVENUE_PLN, 13, Pln),
    column(w::COST_PLN, 13, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// The column of [`CRYPTO`] with revenue.
pub(super) const CRYPTO_REVENUE: u16 = 8;
/// The column of [`CRYPTO`] with costs.
pub(super) const CRYPTO_COST: u16 = 9;

pub(super) fn crypto(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for row in &input.assessment.crypto {
        let mut cells = vec![row.year.into(), row.on.into()];
        cells.push(text::account(input, row.account).into());
        cells.push(text::instrument(input, row.instrument).label().into());
        cells.push(input.rate(row.rate).currency.as_str().into());
        cells.extend(rate_cells(input, row.rate));
        cells.extend([row.revenue.into(), row.cost.into()]);
        cells.extend(place(input, row.source));
        sheet.row(&cells)?;
    }
    Ok(())
}
