//! The first sheet: all years side by side.
//!
//! Every sum is a formula over the sheets of rows; only figures that no sheet has the rows of stand
//! as values.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::{
    income_rows::{
        CRYPTO_COST, CRYPTO_REVENUE, DERIVATIVE_SUM, DIVIDEND_COUNTRY, DIVIDEND_CREDIT,
        DIVIDEND_GROSS, FEE_SUM, INTEREST_COUNTRY, INTEREST_CREDIT, INTEREST_GROSS,
    },
    number::cell_number,
    rows::disposal_columns,
    sheet::{Formats, formula, letters, range},
};
use crate::{
    money::{Country, Pln},
    report::ReportInput,
    tax::{CryptoEvent, Disposal, DividendResult, InterestResult, Status, YearAssessment},
    wording::{
        disclaimer, no_copy, numbers,
        report::{self as w, Phrase},
    },
};

/// The row of the years' heads, from zero.
const HEAD_ROW: u32 = 4;
/// Polish payments have another box, or none if their tax was taken. Cells without a country meet it too.
const NOT_POLISH: &str = "<>PL";
/// A formula and what it gives.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    /// The formula without `=`; empty if the value stands alone.
    pub(super) text: String,
    /// What it gives.
    pub(super) value: Decimal,
}

impl Linked {
    fn new(text: String, amount: Pln) -> Self {
        Self { text, value: amount.amount() }
    }

    /// A figure that no sheet has the rows of.
    fn given(amount: Pln) -> Self {
        Self::new(String::new(), amount)
    }
}

/// A line of the summary. The order is that of the sheet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Line {
    DisposalsRevenue,
    DisposalsCost,
    DerivativesRevenue,
    DerivativesCost,
    FeesCost,
    OwnRevenue,
    OwnCost,
    Pit8cRevenue,
    Pit8cCost,
    IncomeOrLoss,
    DividendsGross,
    DividendsCredit,
    InterestGross,
    InterestCredit,
    CryptoRevenue,
    CryptoCost,
    OtherBasisIncome,
    OtherBasisTax,
    TaxToPay,
}

impl Line {
    const ALL: [(Self, Phrase); 19] = [
        (Self::DisposalsRevenue, w::DISPOSALS_REVENUE),
        (Self::DisposalsCost, w::DISPOSALS_COST),
        (Self::DerivativesRevenue, w::DERIVATIVES_REVENUE),
        (Self::DerivativesCost, w::DERIVATIVES_COST),
        (Self::FeesCost, w::FEES_COST),
        (Self::OwnRevenue, w::OWN_REVENUE),
        (Self::OwnCost, w::OWN_COST),
        (Self::Pit8cRevenue, w::PIT8C_REVENUE),
        (Self::Pit8cCost, w::PIT8C_COST),
        (Self::IncomeOrLoss, w::INCOME_OR_LOSS),
        (Self::DividendsGross, w::DIVIDENDS_GROSS),
        (Self::DividendsCredit, w::DIVIDENDS_CREDIT),
        (Self::InterestGross, w::INTEREST_GROSS),
        (Self::InterestCredit, w::INTEREST_CREDIT),
        (Self::CryptoRevenue, w::CRYPTO_REVENUE),
        (Self::CryptoCost, w::CRYPTO_COST),
        (Self::OtherBasisIncome, w::OTHER_BASIS_INCOME),
        (Self::OtherBasisTax, w::OTHER_BASIS_TAX),
        (Self::TaxToPay, w::TAX_TO_PAY),
    ];

    fn is_strong(self) -> bool {
        matches!(self, Self::OwnRevenue | Self::OwnCost | Self::IncomeOrLoss | Self::TaxToPay)
    }
}

/// One year's column of the summary.
pub(super) struct Year<'a> {
    /// Everything.
    pub(super) input: &'a ReportInput<'a>,
    /// The year itself.
    pub(super) assessed: &'a YearAssessment,
    /// Its column, from zero.
    pub(super) column: u16,
}

impl Year<'_> {
    /// The cell of a line, as this sheet writes it.
    pub(super) fn cell(&self, line: Line) -> String {
        let at = (HEAD_ROW + 2..).zip(Line::ALL).find(|(_, (known, _))| *known == line);
        format!("{}{}", letters(self.column), at.map_or(0, |(row, _)| row))
    }

    /// A sum over a sheet by year, with a further condition on the summed column itself.
    fn sum(&self, sheet: Phrase, year: u16, sum: u16, condition: &str) -> String {
        self.sum_where(sheet, year, sum, (sum, condition))
    }

    /// A sum over a sheet by year, with a further condition on one of its columns.
    fn sum_where(
        &self,
        sheet: Phrase,
        year: u16,
        sum: u16,
        (column, condition): (u16, &str),
    ) -> String {
        let sheet = sheet.say(self.input.lang);
        let (years, values) = (range(sheet, year), range(sheet, sum));
        let head = format!("{}${}", letters(self.column), HEAD_ROW + 1);
        let column = range(sheet, column);
        let more =
            if condition.is_empty() { String::new() } else { format!(",{column},\"{condition}\"") };
        format!("ROUND(SUMIFS({values},{years},{head}{more}),2)")
    }

    /// The formula of a line in this year's column, and what it gives.
    pub(super) fn line(&self, line: Line) -> Linked {
        let year = self.assessed;
        let other = year.other_basis.unwrap_or_default();
        match line {
            Line::DisposalsRevenue => self.disposals(disposal_columns::REVENUE, |row| row.revenue),
            Line::DisposalsCost => self.disposals(disposal_columns::COST, |row| row.cost),
            Line::DerivativesRevenue => self.derivatives("", ">0", Pln::or_zero),
            Line::DerivativesCost => self.derivatives("-", "<0", |result| (-result).or_zero()),
            Line::FeesCost => self.fees(),
            Line::OwnRevenue => {
                self.total(&[Line::DisposalsRevenue, Line::DerivativesRevenue], &[])
            }
            Line::OwnCost => {
                let costs = &[Line::DisposalsCost, Line::DerivativesCost, Line::FeesCost];
                not_below_zero(self.total(costs, &[]))
            }
            Line::Pit8cRevenue => Linked::given(year.pit8c.revenue),
            Line::Pit8cCost => Linked::given(year.pit8c.cost),
            Line::IncomeOrLoss => self
                .total(&[Line::OwnRevenue, Line::Pit8cRevenue], &[Line::OwnCost, Line::Pit8cCost]),
            Line::DividendsGross => self.dividends(DIVIDEND_GROSS, |row| row.gross_pln),
            Line::DividendsCredit => self.dividends(DIVIDEND_CREDIT, |row| row.credit),
            Line::InterestGross => self.interest(INTEREST_GROSS, |row| row.gross_pln),
            Line::InterestCredit => self.interest(INTEREST_CREDIT, |row| row.credit),
            Line::CryptoRevenue => self.crypto(CRYPTO_REVENUE, |row| row.revenue),
            Line::CryptoCost => self.crypto(CRYPTO_COST, |row| row.cost),
            Line::OtherBasisIncome => Linked::given(other.income - other.loss),
            Line::OtherBasisTax => Linked::given(other.tax_due),
            Line::TaxToPay => Linked::given(year.tax_to_pay),
        }
    }

    fn disposals(&self, column: u16, figure: fn(&Disposal) -> Pln) -> Linked {
        let rows = self.input.assessment.disposals.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        let text = self.sum(w::SHEET_DISPOSALS, disposal_columns::YEAR, column, "");
        Linked::new(text, rows.map(figure).sum())
    }

    /// Gains or losses of derivatives, told apart by the sign.
    fn derivatives(&self, sign: &str, condition: &str, part: fn(Pln) -> Pln) -> Linked {
        let rows = self.input.assessment.derivatives.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        let text = self.sum(w::SHEET_DERIVATIVES, 0, DERIVATIVE_SUM, condition);
        Linked::new(format!("{sign}{text}"), rows.map(|row| part(row.result_pln)).sum())
    }

    fn fees(&self) -> Linked {
        let rows = self.input.assessment.fees.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        let text = self.sum(w::SHEET_FEES, 0, FEE_SUM, "");
        Linked::new(text, rows.map(|row| row.amount_pln).sum())
    }

    fn dividends(&self, column: u16, figure: fn(&DividendResult) -> Pln) -> Linked {
        let rows = self.input.assessment.dividends.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        let rows = rows.filter(|row| row.country != Some(Country::PL));
        let text = self.sum_where(w::SHEET_DIVIDENDS, 0, column, (DIVIDEND_COUNTRY, NOT_POLISH));
        Linked::new(text, rows.map(figure).sum())
    }

    fn interest(&self, column: u16, figure: fn(&InterestResult) -> Pln) -> Linked {
        let rows = self.input.assessment.interest.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        let rows = rows.filter(|row| self.input.payer_of(row) != Some(Country::PL));
        let text = self.sum_where(w::SHEET_INTEREST, 0, column, (INTEREST_COUNTRY, NOT_POLISH));
        Linked::new(text, rows.map(figure).sum())
    }

    fn crypto(&self, column: u16, figure: fn(&CryptoEvent) -> Pln) -> Linked {
        let rows = self.input.assessment.crypto.iter();
        let rows = rows.filter(|row| row.year == self.assessed.year);
        Linked::new(self.sum(w::SHEET_CRYPTO, 0, column, ""), rows.map(figure).sum())
    }

    /// Lines above, added and subtracted.
    fn total(&self, gains: &[Line], costs: &[Line]) -> Linked {
        let plus = |lines: &[Line]| {
            lines.iter().map(|&line| self.cell(line)).collect::<Vec<_>>().join("+")
        };
        let add = |lines: &[Line]| lines.iter().map(|&line| self.line(line).value).sum::<Decimal>();
        let less = if costs.is_empty() { String::new() } else { format!("-({})", plus(costs)) };
        let text = format!("ROUND({}{less},2)", plus(gains));
        Linked { text, value: add(gains) - add(costs) }
    }
}

/// Refunds above the year's costs make no negative cost of the form.
fn not_below_zero(linked: Linked) -> Linked {
    if !linked.value.is_sign_negative() {
        return linked;
    }
    Linked { text: format!("MAX(0,{})", linked.text), value: Decimal::ZERO }
}

/// Writes the sheet of all years.
pub(super) fn write(
    input: &ReportInput<'_>,
    sheet: &mut Worksheet,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = input.lang;
    let title = w::title(input.assessment.chosen_year, lang);
    let author = format!("{}, {}", w::REPORT_AUTHOR.say(lang), numbers::date(input.today));
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    sheet.write_string_with_format(
        1,
        0,
        format!("{author}. {}", w::LIVE_NOTE.say(lang)),
        &formats.note,
    )?;
    sheet.write_string_with_format(2, 0, disclaimer(lang), &formats.note)?;
    if input.assessment.answered() == Status::Incomplete {
        sheet.write_string_with_format(3, 0, no_copy(lang), &formats.alarm)?;
    }
    sheet.write_string_with_format(HEAD_ROW, 0, w::ITEM.say(lang), &formats.head)?;
    sheet.set_column_width(0, 42)?;
    for (row, (line, name)) in (HEAD_ROW + 1..).zip(Line::ALL) {
        sheet.write_string_with_format(row, 0, name.say(lang), &name_format(line))?;
    }
    for (column, year) in (1..).zip(&input.assessment.years) {
        write_year(sheet, formats, &Year { input, assessed: year, column })?;
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 1)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn name_format(line: Line) -> Format {
    if line.is_strong() { Format::new().set_bold() } else { Format::new() }
}

fn write_year(sheet: &mut Worksheet, formats: &Formats, year: &Year<'_>) -> Result<(), XlsxError> {
    let head = formats.head.clone().set_num_format("0");
    let number = cell_number(year.assessed.year.into());
    sheet.set_column_width(year.column, 17)?;
    sheet.write_number_with_format(HEAD_ROW, year.column, number, &head)?;
    let unknown = year.assessed.other_basis.is_none();
    for (row, (line, _)) in (HEAD_ROW + 1..).zip(Line::ALL) {
        // A rate that only the other basis needs is missing: an empty cell says more than a zero.
        if unknown && matches!(line, Line::OtherBasisIncome | Line::OtherBasisTax) {
            continue;
        }
        let format = name_format(line).set_num_format("#,##0.00");
        write_linked(sheet, (row, year.column), &year.line(line), &format)?;
    }
    Ok(())
}

/// Writes a formula with its result, or the figure alone.
pub(super) fn write_linked(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    linked: &Linked,
    format: &Format,
) -> Result<(), XlsxError> {
    if linked.text.is_empty() {
        sheet.write_number_with_format(row, column, cell_number(linked.value), format)?;
    } else {
        let formula = formula(&linked.text, linked.value);
        sheet.write_formula_with_format(row, column, formula, format)?;
    }
    Ok(())
}
