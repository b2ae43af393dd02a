//! The columns and rows of every file in the archive.

use super::Row;
use crate::{
    report::{ReportInput, text},
    tax::{Disposal, DividendResult, LotMatch, OpenLot},
    wording::{
        numbers,
        report::{self as w, Phrase},
    },
};

type Done = Result<(), csv::Error>;

pub(super) const DISPOSALS: &[Phrase] = &[
    w::NUMBER,
    w::YEAR,
    w::ACCOUNT,
    w::SYMBOL,
    w::ISIN,
    w::NAME,
    w::TRADED,
    w::SETTLED,
    w::SETTLED_DERIVED,
    w::QUANTITY,
    w::GROSS,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::REVENUE_PLN,
    w::SALE_CHARGES_PLN,
    w::COST_PLN,
    w::GAIN_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn disposals(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for (number, sale) in (1_u32..).zip(&input.assessment.disposals) {
        disposal(input, row, number, sale)?;
    }
    Ok(())
}

fn disposal(input: &ReportInput<'_>, row: &mut Row<'_, '_>, number: u32, sale: &Disposal) -> Done {
    row.number(number.into())?.number(sale.year.into())?;
    row.text(input.ledger.account(sale.account))?.instrument(input, sale.instrument)?;
    row.field(&numbers::date(sale.traded_on))?.field(&numbers::date(sale.settled_on))?;
    row.field(if sale.settlement_derived { w::YES.say(input.lang) } else { "" })?;
    row.number(sale.quantity)?.number(sale.gross.amount)?.rate(input, &sale.rate)?;
    row.pln(sale.revenue)?.pln(sale.sale_charges)?.pln(sale.cost)?.pln(sale.gain())?;
    row.place(input, sale.source)
}

pub(super) const LOTS: &[Phrase] = &[
    w::DISPOSAL_NUMBER,
    w::ACQUIRED,
    w::RATE_DAY,
    w::QUANTITY,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::COST_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn lots(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for (number, sale) in (1_u32..).zip(&input.assessment.disposals) {
        for lot in &sale.lots {
            let LotMatch { acquired_on, rate_day, quantity, cost, rate, source } = lot;
            row.number(number.into())?.field(&numbers::date(*acquired_on))?;
            row.field(&numbers::date(*rate_day))?.number(*quantity)?.rate(input, rate)?;
            row.pln(*cost)?.place(input, *source)?;
        }
    }
    Ok(())
}

pub(super) const DIVIDENDS: &[Phrase] = &[
    w::YEAR,
    w::DAY,
    w::ACCOUNT,
    w::SYMBOL,
    w::ISIN,
    w::NAME,
    w::COUNTRY,
    w::GROSS,
    w::WITHHELD_AMOUNT,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::GROSS_PLN,
    w::WITHHELD_PLN,
    w::TREATY_RATE,
    w::CREDIT_PLN,
    w::CREDIT_NINETEEN_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn dividends(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for paid in &input.assessment.dividends {
        let DividendResult { gross, withheld, .. } = paid;
        row.number(paid.year.into())?.field(&numbers::date(paid.paid_on))?;
        row.text(input.ledger.account(paid.account))?.instrument(input, paid.instrument)?;
        row.field(paid.country.as_ref().map_or("", |country| country.as_str()))?;
        row.number(gross.amount)?.number(withheld.amount)?.rate(input, &paid.rate)?;
        row.pln(paid.gross_pln)?.pln(paid.withheld_pln)?;
        match paid.treaty_rate {
            Some(rate) => row.number(rate)?,
            None => row.field("")?,
        };
        row.pln(paid.credit)?.pln(paid.credit_nineteen)?.place(input, paid.source)?;
    }
    Ok(())
}

pub(super) const INTEREST: &[Phrase] = &[
    w::YEAR,
    w::DAY,
    w::ACCOUNT,
    w::GROSS,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::GROSS_PLN,
    w::WITHHELD_PLN,
    w::CREDIT_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn interest(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for paid in &input.assessment.interest {
        row.number(paid.year.into())?.field(&numbers::date(paid.paid_on))?;
        row.text(input.ledger.account(paid.account))?.number(paid.gross.amount)?;
        row.rate(input, &paid.rate)?.pln(paid.gross_pln)?.pln(paid.withheld_pln)?;
        row.pln(paid.credit)?.place(input, paid.source)?;
    }
    Ok(())
}

pub(super) const OPEN_LOTS: &[Phrase] = &[
    w::ACCOUNT,
    w::SYMBOL,
    w::ISIN,
    w::NAME,
    w::ACQUIRED,
    w::QUANTITY,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::COST_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn open_lots(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for lot in &input.assessment.open_lots {
        let OpenLot { account, instrument, acquired_on, quantity, cost, rate, source } = lot;
        row.text(input.ledger.account(*account))?.instrument(input, *instrument)?;
        row.field(&numbers::date(*acquired_on))?.number(*quantity)?.rate(input, rate)?;
        match cost {
            Some(cost) => row.pln(*cost)?,
            None => row.field("")?,
        };
        row.place(input, *source)?;
    }
    Ok(())
}

pub(super) const FEES: &[Phrase] = &[
    w::YEAR,
    w::DAY,
    w::ACCOUNT,
    w::AMOUNT,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::AMOUNT_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn fees(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for fee in &input.assessment.fees {
        row.number(fee.year.into())?.field(&numbers::date(fee.charged_on))?;
        row.text(input.ledger.account(fee.account))?.number(fee.amount.amount)?;
        row.rate(input, &fee.rate)?.pln(fee.amount_pln)?.place(input, fee.source)?;
    }
    Ok(())
}

pub(super) const DERIVATIVES: &[Phrase] = &[
    w::YEAR,
    w::DAY,
    w::ACCOUNT,
    w::SYMBOL,
    w::ISIN,
    w::NAME,
    w::COUNTRY,
    w::RESULT,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::RESULT_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn derivatives(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for closed in &input.assessment.derivatives {
        row.number(closed.year.into())?.field(&numbers::date(closed.closed_on))?;
        row.text(input.ledger.account(closed.account))?.instrument(input, closed.instrument)?;
        row.field(closed.country.as_ref().map_or("", |country| country.as_str()))?;
        row.number(closed.result.amount)?.rate(input, &closed.rate)?;
        row.pln(closed.result_pln)?.place(input, closed.source)?;
    }
    Ok(())
}

pub(super) const CRYPTO: &[Phrase] = &[
    w::YEAR,
    w::DAY,
    w::ACCOUNT,
    w::SYMBOL,
    w::CURRENCY,
    w::RATE,
    w::TABLE_NUMBER,
    w::TABLE_DAY,
    w::REVENUE_PLN,
    w::COST_PLN,
    w::FILE,
    w::ROW,
];

pub(super) fn crypto(input: &ReportInput<'_>, row: &mut Row<'_, '_>) -> Done {
    for coin in &input.assessment.crypto {
        row.number(coin.year.into())?.field(&numbers::date(coin.on))?;
        row.text(input.ledger.account(coin.account))?;
        row.text(text::instrument(input, coin.instrument).label())?.rate(input, &coin.rate)?;
        row.pln(coin.revenue)?.pln(coin.cost)?.place(input, coin.source)?;
    }
    Ok(())
}
