//! The rows of disposals, lots, files and findings: columns first, then how they are filled.

use rust_xlsxwriter::XlsxError;

use super::{
    LINKED_DISPOSALS_MAX,
    sheet::{
        Cell, Column,
        Kind::{Amount, Count, Day, Label, Pln, Quantity, Rate, Text},
        Sheet, column, letters,
    },
};
use crate::{
    money, rates,
    report::{ReportInput, text},
    statement::{Severity, Source, broker_of},
    tax::Disposal,
    wording::{diagnostic, echo, report as w},
};

/// Writers of cells fail only together with the whole workbook.
pub(super) type Done = Result<(), XlsxError>;

/// One row per disposal. The positions of some columns are named below.
pub(super) const DISPOSALS: &[Column] = &[
    column(w::NUMBER, 7, Label),
    column(w::YEAR, 7, Label),
    column(w::ACCOUNT, 16, Text),
    column(w::SYMBOL, 12, Text),
    column(w::ISIN, 15, Text),
    column(w::NAME, 26, Text),
    column(w::TRADED, 12, Day),
    column(w::SETTLED, 12, Day),
    column(w::SETTLED_DERIVED, 15, Text),
    column(w::QUANTITY, 12, Quantity),
    column(w::GROSS, 13, Amount),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::REVENUE_PLN, 14, Pln),
    column(w::LOTS_COST_PLN, 14, Pln),
    column(w::SALE_CHARGES_PLN, 13, Pln),
    column(w::COST_PLN, 14, Pln),
    column(w::GAIN_PLN, 14, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// Columns of [`DISPOSALS`] that formulas of other sheets read.
pub(super) mod disposal_columns {
    /// The tax year.
    pub(in super::super) const YEAR: u16 = 1;
    /// Revenue.
    pub(in super::super) const REVENUE: u16 = 15;
    /// Cost of the lots.
    pub(in super::super) const LOTS_COST: u16 = 16;
    /// Charges of the sale.
    pub(in super::super) const CHARGES: u16 = 17;
    /// All costs.
    pub(in super::super) const COST: u16 = 18;
}

pub(super) fn disposals(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    let all = &input.assessment.disposals;
    let linked = all.len() <= LINKED_DISPOSALS_MAX
        && input.assessment.lots.len() <= 2 * LINKED_DISPOSALS_MAX;
    for (number, sale) in (1_u32..).zip(all) {
        let row = sheet.next_number();
        let lots_cost = lots_cost(input, number, sale, linked);
        let instrument = text::instrument(input, sale.instrument);
        let mut cells = vec![number.into(), sale.year.into()];
        cells.push(text::account(input, sale.account).into());
        cells.extend(names(instrument));
        cells.extend([sale.traded_on.into(), sale.settled_on.into()]);
        cells.push(if sale.settlement_derived {
            w::YES.say(input.lang).into()
        } else {
            Cell::Empty
        });
        cells.extend([sale.quantity.into(), sale.gross.amount.into()]);
        cells.push(sale.gross.currency.as_str().into());
        cells.extend(rate_cells(input, sale.rate));
        cells.extend([sale.revenue.into(), lots_cost, sale.sale_charges.into()]);
        cells.extend(cost_and_gain(sale, row));
        cells.extend(place(input, sale.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// The cost of the lots: summed from their sheet if that is cheap enough to recompute.
fn lots_cost(input: &ReportInput<'_>, number: u32, sale: &Disposal, linked: bool) -> Cell {
    let cost = (sale.cost - sale.sale_charges).amount();
    let summed: money::Pln = input.assessment.lots_of(sale).iter().map(|lot| lot.cost).sum();
    if !linked || summed.amount() != cost {
        return cost.into();
    }
    let sheet = w::SHEET_LOTS.say(input.lang);
    let (key, value) = (letters(lot_columns::DISPOSAL), letters(lot_columns::COST));
    let text = format!("ROUND(SUMIFS('{sheet}'!{value}:{value},'{sheet}'!{key}:{key},{number}),2)");
    Cell::Formula(text, cost)
}

fn cost_and_gain(sale: &Disposal, row: u32) -> [Cell; 2] {
    let [revenue, lots, charges, cost] = [
        disposal_columns::REVENUE,
        disposal_columns::LOTS_COST,
        disposal_columns::CHARGES,
        disposal_columns::COST,
    ]
    .map(letters);
    [
        Cell::Formula(format!("ROUND({lots}{row}+{charges}{row},2)"), sale.cost.amount()),
        Cell::Formula(format!("ROUND({revenue}{row}-{cost}{row},2)"), sale.gain().amount()),
    ]
}

/// One row per lot used, in the order of the disposals.
pub(super) const LOTS: &[Column] = &[
    column(w::DISPOSAL_NUMBER, 9, Label),
    column(w::YEAR, 7, Label),
    column(w::SYMBOL, 12, Text),
    column(w::ISIN, 15, Text),
    column(w::ACQUIRED, 12, Day),
    column(w::RATE_DAY, 12, Day),
    column(w::QUANTITY, 12, Quantity),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::COST_PLN, 14, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

/// Columns of [`LOTS`] that formulas of other sheets read.
mod lot_columns {
    pub(super) const DISPOSAL: u16 = 0;
    pub(super) const COST: u16 = 11;
}

pub(super) fn lots(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for (number, sale) in (1_u32..).zip(&input.assessment.disposals) {
        for lot in input.assessment.lots_of(sale) {
            let [symbol, isin, _] = names(text::instrument(input, sale.instrument));
            let mut cells = vec![number.into(), sale.year.into(), symbol, isin];
            cells.extend([lot.acquired_on.into(), lot.rate_day.into(), lot.quantity.into()]);
            cells.push(input.rate(lot.rate).currency.as_str().into());
            cells.extend(rate_cells(input, lot.rate));
            cells.push(lot.cost.into());
            cells.extend(place(input, lot.source));
            sheet.row(&cells)?;
        }
    }
    Ok(())
}

/// One row per lot that is left.
pub(super) const OPEN_LOTS: &[Column] = &[
    column(w::ACCOUNT, 18, Text),
    column(w::SYMBOL, 12, Text),
    column(w::ISIN, 15, Text),
    column(w::NAME, 26, Text),
    column(w::ACQUIRED, 12, Day),
    column(w::QUANTITY, 12, Quantity),
    column(w::CURRENCY, 8, Text),
    column(w::RATE, 10, Rate),
    column(w::TABLE_NUMBER, 16, Text),
    column(w::TABLE_DAY, 12, Day),
    column(w::COST_PLN, 14, Pln),
    column(w::FILE, 28, Text),
    column(w::ROW, 8, Label),
];

pub(super) fn open_lots(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for lot in &input.assessment.open_lots {
        let mut cells = vec![text::account(input, lot.account).into()];
        cells.extend(names(text::instrument(input, lot.instrument)));
        cells.extend([lot.acquired_on.into(), lot.quantity.into()]);
        cells.push(input.rate(lot.rate).currency.as_str().into());
        cells.extend(rate_cells(input, lot.rate));
        cells.push(lot.cost.map_or(Cell::Empty, Cell::from));
        cells.extend(place(input, lot.source));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per file.
pub(super) const INPUTS: &[Column] = &[
    column(w::FILE, 48, Text),
    column(w::FORMAT, 18, Text),
    column(w::ACCOUNT, 24, Text),
    column(w::ROWS_TOTAL, 11, Count),
    column(w::ROWS_USED, 11, Count),
    column(w::ROWS_NEUTRAL, 11, Count),
    column(w::ROWS_DUPLICATE, 11, Count),
    column(w::ROWS_UNKNOWN, 11, Count),
];

pub(super) fn inputs(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    for file in &input.ledger.inputs {
        let rows = file.rows;
        let mut cells = vec![
            echo(&file.name).into(),
            broker_of(file.format).into(),
            echo(&file.account).into(),
        ];
        let counts = [rows.total, rows.used, rows.neutral, rows.duplicate, rows.unknown];
        cells.extend(counts.map(Cell::from));
        sheet.row(&cells)?;
    }
    Ok(())
}

/// One row per finding.
pub(super) const FINDINGS: &[Column] = &[
    column(w::SEVERITY, 9, Text),
    column(w::CODE, 22, Text),
    column(w::FILE, 30, Text),
    column(w::ROW, 8, Label),
    column(w::COLUMN, 16, Text),
    column(w::VALUE, 20, Text),
    column(w::WHAT, 70, Text),
    column(w::WHAT_TO_DO, 70, Text),
];

pub(super) fn findings(input: &ReportInput<'_>, sheet: &mut Sheet<'_>) -> Done {
    let lang = input.lang;
    // Every row of a broken file may have a finding; a sheet has room for a million rows.
    let found = input.ledger.diagnostics.iter().chain(&input.assessment.diagnostics);
    for finding in found.take(super::super::WORKBOOK_ROWS_MAX) {
        let weight = match finding.severity {
            Severity::Error => w::ERROR,
            Severity::Warning => w::WARNING,
        };
        let words = diagnostic(finding, lang);
        let file = finding.file.map(|file| echo(input.ledger.file_name(file)));
        sheet.row(&[
            weight.say(lang).into(),
            finding.code.as_str().into(),
            file.unwrap_or_default().into(),
            finding.row.map_or(Cell::Empty, Cell::from),
            echo(&finding.column).into(),
            echo(&finding.value).into(),
            words.what.into(),
            words.what_to_do.into(),
        ])?;
    }
    Ok(())
}

/// Symbol, ISIN, name.
pub(super) fn names(instrument: text::InstrumentName<'_>) -> [Cell; 3] {
    [instrument.symbol.into(), instrument.isin.into(), instrument.name.into()]
}

/// Rate, table number, day of the table; empty for the złoty.
pub(super) fn rate_cells(input: &ReportInput<'_>, rate: rates::RateIx) -> [Cell; 3] {
    let Some(rate) = input.rates.published(rate) else {
        return [Cell::Empty, Cell::Empty, Cell::Empty];
    };
    [rate.mid.into(), input.rates.number(rate).into(), rate.published_on.into()]
}

/// File and row.
pub(super) fn place(input: &ReportInput<'_>, source: Source) -> [Cell; 2] {
    [text::file(input, source).into(), source.row.into()]
}
