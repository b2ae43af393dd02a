//! The columns and rows of every file in the archive.

use std::io;

use super::Row;
use crate::{
    report::ReportInput,
    tax::{Disposal, DividendResult, LotMatch, OpenLot},
    wording::report::{self as w, Phrase},
};

type Done = io::Result<()>;

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

pub(super) fn disposals(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for (number, sale) in (1_u32..).zip(&input.assessment.disposals) {
        disposal(input, row, number, sale)?;
    }
    Ok(())
}

fn disposal(input: &ReportInput<'_>, row: &mut Row<'_>, number: u32, sale: &Disposal) -> Done {
    row.whole(number).year(sale.year);
    row.account(sale.account).instrument(sale.instrument);
    row.date(sale.traded_on).date(sale.settled_on);
    row.field(if sale.settlement_derived { w::YES.say(input.lang) } else { "" });
    row.number(sale.quantity).number(sale.gross.amount).rate(input, sale.rate);
    row.pln(sale.revenue).pln(sale.sale_charges).pln(sale.cost).pln(sale.gain());
    row.place(sale.source)
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

pub(super) fn lots(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for (number, sale) in (1_u32..).zip(&input.assessment.disposals) {
        for lot in input.assessment.lots_of(sale) {
            let LotMatch { acquired_on, rate_day, quantity, cost, rate, source } = lot;
            row.whole(number).date(*acquired_on);
            row.date(*rate_day).number(*quantity).rate(input, *rate);
            row.pln(*cost).place(*source)?;
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

pub(super) fn dividends(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for paid in &input.assessment.dividends {
        let DividendResult { gross, withheld, .. } = paid;
        row.year(paid.year).date(paid.paid_on);
        row.account(paid.account).instrument(paid.instrument);
        row.field(paid.country.as_ref().map_or("", |country| country.as_str()));
        row.number(gross.amount).number(withheld.amount).rate(input, paid.rate);
        row.pln(paid.gross_pln).pln(paid.withheld_pln);
        match paid.treaty_rate {
            Some(rate) => row.number(rate),
            None => row.field(""),
        };
        row.pln(paid.credit).pln(paid.credit_nineteen).place(paid.source)?;
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

pub(super) fn interest(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for paid in &input.assessment.interest {
        row.year(paid.year).date(paid.paid_on);
        row.account(paid.account).number(paid.gross.amount);
        row.rate(input, paid.rate).pln(paid.gross_pln).pln(paid.withheld_pln);
        row.pln(paid.credit).place(paid.source)?;
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

pub(super) fn open_lots(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for lot in &input.assessment.open_lots {
        let OpenLot { account, instrument, acquired_on, quantity, cost, rate, source } = lot;
        row.account(*account).instrument(*instrument);
        row.date(*acquired_on).number(*quantity).rate(input, *rate);
        match cost {
            Some(cost) => row.pln(*cost),
            None => row.field(""),
        };
        row.place(*source)?;
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

pub(super) fn fees(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for fee in &input.assessment.fees {
        row.year(fee.year).date(fee.charged_on);
        row.account(fee.account).number(fee.amount.amount);
        row.rate(input, fee.rate).pln(fee.amount_pln).place(fee.source)?;
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

pub(super) fn derivatives(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for closed in &input.assessment.derivatives {
        row.year(closed.year).date(closed.closed_on);
        row.account(closed.account).instrument(closed.instrument);
        row.field(closed.country.as_ref().map_or("", |country| country.as_str()));
        row.number(closed.result.amount).rate(input, closed.rate);
        row.pln(closed.result_pln).place(closed.source)?;
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

pub(super) fn crypto(input: &ReportInput<'_>, row: &mut Row<'_>) -> Done {
    for coin in &input.assessment.crypto {
        row.year(coin.year).date(coin.on);
        row.account(coin.account);
        row.label(input, coin.instrument).rate(input, coin.rate);
        row.pln(coin.revenue).pln(coin.cost).place(coin.source)?;
    }
    Ok(())
}
