//! The first two sheets: all years side by side, and the boxes of the chosen year.
//!
//! A figure is a formula only where the formula gives exactly the assessment's figure; otherwise the
//! figure itself stands there. So a workbook can never argue with the report.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{
    number::cell_number,
    rows::{
        self, CRYPTO_SUMS, DERIVATIVE_SUM, DIVIDEND_SUMS, FEE_SUM, INTEREST_SUMS, disposal_columns,
    },
    sheet::{Formats, formula, letters},
};
use crate::{
    money::{Pln, rounding},
    report::{ReportInput, fields},
    tax::{Field, Status, YearAssessment},
    wording::{
        disclaimer, field_name, no_copy, numbers,
        report::{self as w, Phrase},
    },
};

/// The row of the years' heads, from zero.
const HEAD_ROW: u32 = 4;
/// The row of the fields' head, from zero.
const FIELDS_HEAD_ROW: u32 = 3;

/// A formula and what it gives.
#[derive(Clone, Debug)]
struct Linked {
    text: String,
    value: Decimal,
}

/// A line of the summary. The order is that of the sheet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line {
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
struct Year<'a> {
    input: &'a ReportInput<'a>,
    year: &'a YearAssessment,
    column: u16,
}

impl Year<'_> {
    /// The cell of a line, as this sheet writes it.
    fn cell(&self, line: Line) -> String {
        let at = (HEAD_ROW + 2..).zip(Line::ALL).find(|(_, (known, _))| *known == line);
        format!("{}{}", letters(self.column), at.map_or(0, |(row, _)| row))
    }

    /// A sum over a sheet by year, with a further condition on the summed column itself.
    fn sum(&self, sheet: Phrase, year: u16, sum: u16, condition: &str) -> String {
        let sheet = sheet.say(self.input.lang);
        let (years, values) = (rows::range(sheet, year), rows::range(sheet, sum));
        let head = format!("{}${}", letters(self.column), HEAD_ROW + 1);
        let more =
            if condition.is_empty() { String::new() } else { format!(",{values},\"{condition}\"") };
        format!("ROUND(SUMIFS({values},{years},{head}{more}),2)")
    }

    fn line(&self, line: Line) -> Linked {
        match line {
            Line::DisposalsRevenue
            | Line::DisposalsCost
            | Line::DerivativesRevenue
            | Line::DerivativesCost
            | Line::FeesCost => self.own(line),
            Line::OwnRevenue | Line::OwnCost | Line::IncomeOrLoss => self.total(line),
            Line::DividendsGross
            | Line::DividendsCredit
            | Line::InterestGross
            | Line::InterestCredit
            | Line::CryptoRevenue
            | Line::CryptoCost => self.apart(line),
            Line::Pit8cRevenue
            | Line::Pit8cCost
            | Line::OtherBasisIncome
            | Line::OtherBasisTax
            | Line::TaxToPay => self.given(line),
        }
    }

    /// Sums of the sheets that part C of the form is made of.
    fn own(&self, line: Line) -> Linked {
        let all = self.input.assessment;
        let year = self.year.year;
        let sales = all.disposals.iter().filter(|row| row.year == year);
        let results = all.derivatives.iter().filter(|row| row.year == year);
        let fees = all.fees.iter().filter(|row| row.year == year);
        let disposals = |column| self.sum(w::SHEET_DISPOSALS, disposal_columns::YEAR, column, "");
        let derivatives = |sign| self.sum(w::SHEET_DERIVATIVES, 0, DERIVATIVE_SUM, sign);
        let (text, value): (String, Pln) = match line {
            Line::DisposalsRevenue => {
                (disposals(disposal_columns::REVENUE), sales.map(|row| row.revenue).sum())
            }
            Line::DisposalsCost => {
                (disposals(disposal_columns::COST), sales.map(|row| row.cost).sum())
            }
            Line::DerivativesRevenue => {
                (derivatives(">0"), results.map(|row| row.result_pln.or_zero()).sum())
            }
            Line::DerivativesCost => (
                format!("-{}", derivatives("<0")),
                results.map(|row| (-row.result_pln).or_zero()).sum(),
            ),
            _ => (self.sum(w::SHEET_FEES, 0, FEE_SUM, ""), fees.map(|row| row.amount_pln).sum()),
        };
        Linked { text, value: value.amount() }
    }

    /// Sums of lines above.
    fn total(&self, line: Line) -> Linked {
        let plus = |lines: &[Line]| {
            lines.iter().map(|&line| self.cell(line)).collect::<Vec<_>>().join("+")
        };
        let add = |lines: &[Line]| lines.iter().map(|&line| self.line(line).value).sum::<Decimal>();
        let (gains, costs) = match line {
            Line::OwnRevenue => (vec![Line::DisposalsRevenue, Line::DerivativesRevenue], vec![]),
            Line::OwnCost => {
                (vec![Line::DisposalsCost, Line::DerivativesCost, Line::FeesCost], vec![])
            }
            _ => (vec![Line::OwnRevenue, Line::Pit8cRevenue], vec![Line::OwnCost, Line::Pit8cCost]),
        };
        let less = if costs.is_empty() { String::new() } else { format!("-({})", plus(&costs)) };
        let text = format!("ROUND({}{less},2)", plus(&gains));
        Linked { text, value: add(&gains) - add(&costs) }
    }

    /// Sums of the sheets that are taxed apart.
    fn apart(&self, line: Line) -> Linked {
        let all = self.input.assessment;
        let year = self.year.year;
        let dividends = all.dividends.iter().filter(|row| row.year == year);
        let interest = all.interest.iter().filter(|row| row.year == year);
        let crypto = all.crypto.iter().filter(|row| row.year == year);
        let [dividends_gross, dividends_credit] = DIVIDEND_SUMS;
        let [interest_gross, interest_credit] = INTEREST_SUMS;
        let [crypto_revenue, crypto_cost] = CRYPTO_SUMS;
        let (sheet, column, value): (Phrase, u16, Pln) = match line {
            Line::DividendsGross => {
                (w::SHEET_DIVIDENDS, dividends_gross, dividends.map(|row| row.gross_pln).sum())
            }
            Line::DividendsCredit => {
                (w::SHEET_DIVIDENDS, dividends_credit, dividends.map(|row| row.credit).sum())
            }
            Line::InterestGross => {
                (w::SHEET_INTEREST, interest_gross, interest.map(|row| row.gross_pln).sum())
            }
            Line::InterestCredit => {
                (w::SHEET_INTEREST, interest_credit, interest.map(|row| row.credit).sum())
            }
            Line::CryptoRevenue => {
                (w::SHEET_CRYPTO, crypto_revenue, crypto.map(|row| row.revenue).sum())
            }
            _ => (w::SHEET_CRYPTO, crypto_cost, crypto.map(|row| row.cost).sum()),
        };
        Linked { text: self.sum(sheet, 0, column, ""), value: value.amount() }
    }

    /// Figures that no sheet has the rows of.
    fn given(&self, line: Line) -> Linked {
        let year = self.year;
        let other = year.other_basis.unwrap_or_default();
        let value = match line {
            Line::Pit8cRevenue => year.pit8c.revenue,
            Line::Pit8cCost => year.pit8c.cost,
            Line::OtherBasisIncome => other.income - other.loss,
            Line::OtherBasisTax => other.tax_due,
            _ => year.tax_to_pay,
        };
        Linked { text: String::new(), value: value.amount() }
    }
}

/// Adds both sheets.
pub(super) fn write(
    input: &ReportInput<'_>,
    workbook: &mut Workbook,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet().set_name(w::SHEET_SUMMARY.say(input.lang))?;
    write_summary(input, sheet, formats)?;
    let sheet = workbook.add_worksheet().set_name(w::SHEET_FIELDS.say(input.lang))?;
    write_fields(input, sheet, formats)
}

fn write_summary(
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
    if input.assessment.status == Status::Incomplete {
        sheet.write_string_with_format(3, 0, no_copy(lang), &formats.alarm)?;
    }
    sheet.write_string_with_format(HEAD_ROW, 0, w::ITEM.say(lang), &formats.head)?;
    sheet.set_column_width(0, 42)?;
    for (row, (line, name)) in (HEAD_ROW + 1..).zip(Line::ALL) {
        sheet.write_string_with_format(row, 0, name.say(lang), &name_format(line))?;
    }
    for (column, year) in (1..).zip(&input.assessment.years) {
        write_year(sheet, formats, &Year { input, year, column })?;
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
    let number = cell_number(year.year.year.into());
    sheet.set_column_width(year.column, 17)?;
    sheet.write_number_with_format(HEAD_ROW, year.column, number, &head)?;
    let unknown = year.year.other_basis.is_none();
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

fn write_linked(
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

fn write_fields(
    input: &ReportInput<'_>,
    sheet: &mut Worksheet,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let lang = input.lang;
    let chosen = (1..).zip(&input.assessment.years);
    let chosen =
        chosen.into_iter().find(|(_, year)| Some(year.year) == input.assessment.chosen_year);
    let Some((column, year)) = chosen else {
        sheet.write_string(0, 0, w::NO_YEAR.say(lang))?;
        return Ok(());
    };
    let title = format!("{} {}", year.form, year.year);
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    let (note, format) = match (input.assessment.status, year.provisional) {
        (Status::Incomplete, _) => (no_copy(lang), &formats.alarm),
        (Status::Complete, true) => (w::PROVISIONAL.say(lang), &formats.note),
        (Status::Complete, false) => ("", &formats.note),
    };
    sheet.write_string_with_format(1, 0, note, format)?;
    for (at, (head, width)) in (0..).zip([(w::FIELD, 9), (w::FIELD_NAME, 64), (w::VALUE, 18)]) {
        sheet.set_column_width(at, width)?;
        sheet.write_string_with_format(FIELDS_HEAD_ROW, at, head.say(lang), &formats.head)?;
    }
    sheet.set_freeze_panes(FIELDS_HEAD_ROW + 1, 0)?;
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
    let boxes = Boxes { year: Year { input, year, column } };
    let next = boxes.write(sheet)?;
    write_pit_zg(&boxes.year, sheet, formats, next + 1)
}

fn write_pit_zg(
    year: &Year<'_>,
    sheet: &mut Worksheet,
    formats: &Formats,
    mut row: u32,
) -> Result<(), XlsxError> {
    let lang = year.input.lang;
    let boxes = fields::pit_zg(year.year.year);
    let amount = Format::new().set_num_format("#,##0.00");
    for attachment in &year.year.pit_zg {
        let title = format!("PIT/ZG {}", attachment.country);
        sheet.write_string_with_format(row, 0, title, &formats.head)?;
        for (number, name, value) in [
            (boxes.income, w::INCOME_30B, attachment.income),
            (boxes.foreign_tax, w::FOREIGN_TAX, attachment.foreign_tax),
        ] {
            row += 1;
            sheet.write_number(row, 0, number)?;
            sheet.write_string(row, 1, name.say(lang))?;
            sheet.write_number_with_format(row, 2, cell_number(value.amount()), &amount)?;
        }
        row += 2;
    }
    Ok(())
}

/// The boxes of PIT-38 on their sheet.
struct Boxes<'a> {
    year: Year<'a>,
}

impl Boxes<'_> {
    /// Writes every box; returns the row below the last.
    fn write(&self, sheet: &mut Worksheet) -> Result<u32, XlsxError> {
        let mut row = FIELDS_HEAD_ROW + 1;
        for (&number, &(field, value)) in &self.year.year.fields {
            sheet.write_number(row, 0, number)?;
            sheet.write_string(row, 1, field_name(field, self.year.input.lang))?;
            let format = if fields::is_whole(field) { "#,##0" } else { "#,##0.00" };
            let format = Format::new().set_num_format(format);
            let linked = self.linked(field).filter(|linked| linked.value == value);
            let linked = linked.unwrap_or(Linked { text: String::new(), value });
            write_linked(sheet, (row, 2), &linked, &format)?;
            row += 1;
        }
        Ok(row)
    }

    /// Another box of this sheet; zero if the form has none.
    fn field(&self, wanted: Field) -> Linked {
        let rows = (FIELDS_HEAD_ROW + 2..).zip(self.year.year.fields.values());
        let found = rows.into_iter().find(|(_, (field, _))| *field == wanted);
        found.map_or(Linked { text: "0".to_owned(), value: Decimal::ZERO }, |(row, &(_, value))| {
            Linked { text: format!("C{row}"), value }
        })
    }

    /// A line of the summary.
    fn line(&self, line: Line) -> Linked {
        let sheet = w::SHEET_SUMMARY.say(self.year.input.lang);
        let text = format!("'{sheet}'!{}", self.year.cell(line));
        Linked { text, value: self.year.line(line).value }
    }

    /// How a box follows from others, as far as that can be said in a formula.
    fn linked(&self, field: Field) -> Option<Linked> {
        match field {
            Field::OtherRevenue => Some(self.line(Line::OwnRevenue)),
            Field::OtherCost => Some(self.line(Line::OwnCost)),
            Field::Pit8cRevenue => Some(self.line(Line::Pit8cRevenue)),
            Field::Pit8cCost => Some(self.line(Line::Pit8cCost)),
            Field::CryptoRevenue => Some(self.line(Line::CryptoRevenue)),
            Field::CryptoCost => Some(self.line(Line::CryptoCost)),
            Field::TotalRevenue => Some(self.add([Line::OwnRevenue, Line::Pit8cRevenue])),
            Field::TotalCost => Some(self.add([Line::OwnCost, Line::Pit8cCost])),
            Field::FlatTaxCredit => Some(self.add([Line::DividendsCredit, Line::InterestCredit])),
            Field::Income => Some(self.less(&[Field::TotalRevenue, Field::TotalCost], 2)),
            Field::Loss => Some(self.less(&[Field::TotalCost, Field::TotalRevenue], 2)),
            Field::TaxBase => Some(self.less(&[Field::Income, Field::LossDeducted], 0)),
            Field::TaxDue => Some(self.less(&[Field::Tax, Field::ForeignTax], 0)),
            Field::CryptoIncome => {
                Some(self.less(
                    &[Field::CryptoRevenue, Field::CryptoCost, Field::CryptoCostCarriedIn],
                    2,
                ))
            }
            Field::CryptoTaxBase => Some(self.less(&[Field::CryptoIncome], 0)),
            Field::CryptoTaxDue => Some(self.less(&[Field::CryptoTax], 0)),
            Field::Tax => Some(self.percent(Field::TaxBase, Field::TaxRate)),
            Field::CryptoTax => Some(self.percent(Field::CryptoTaxBase, Field::CryptoTaxRate)),
            Field::FlatTax => Some(self.flat_tax()),
            Field::TaxToPay => Some(self.to_pay()),
            Field::LossDeducted
            | Field::TaxRate
            | Field::ForeignTax
            | Field::CryptoCostCarriedIn
            | Field::CryptoCostCarriedOut
            | Field::CryptoTaxRate
            | Field::PolishFlatTax
            | Field::FlatTaxDue
            | Field::PitZgCount => None,
        }
    }

    fn add(&self, lines: [Line; 2]) -> Linked {
        let [one, other] = lines.map(|line| self.line(line));
        Linked {
            text: format!("ROUND({}+{},2)", one.text, other.text),
            value: one.value + other.value,
        }
    }

    /// The first box less the others, not below zero, rounded half up as art. 63 OP says.
    fn less(&self, boxes: &[Field], digits: u32) -> Linked {
        let boxes: Vec<Linked> = boxes.iter().map(|&field| self.field(field)).collect();
        let text = boxes.iter().map(|linked| linked.text.as_str()).collect::<Vec<_>>().join("-");
        let mut values = boxes.iter().map(|linked| linked.value);
        let value = values.next().unwrap_or_default() - values.sum::<Decimal>();
        let value = if digits == 0 { rounding::to_zloty(value) } else { rounding::to_grosz(value) };
        Linked { text: format!("MAX(0,ROUND({text},{digits}))"), value: value.max(Decimal::ZERO) }
    }

    fn percent(&self, base: Field, rate: Field) -> Linked {
        let (base, rate) = (self.field(base), self.field(rate));
        let value = rounding::to_grosz(base.value * rate.value / Decimal::ONE_HUNDRED);
        Linked { text: format!("ROUND({}*{}/100,2)", base.text, rate.text), value }
    }

    /// 19 % of dividends half up, of interest up to the grosz (art. 63 § 1a OP). The inner `ROUND`
    /// removes the noise of binary arithmetic, which `ROUNDUP` would turn into a grosz.
    fn flat_tax(&self) -> Linked {
        let (dividends, interest) =
            (self.line(Line::DividendsGross), self.line(Line::InterestGross));
        let rate = crate::tax::Options::TAX_RATE;
        let value = rounding::to_grosz(dividends.value * rate)
            + rounding::up_to_grosz(interest.value * rate);
        let text =
            format!("ROUND(0.19*{},2)+ROUNDUP(ROUND(0.19*{},6),2)", dividends.text, interest.text);
        Linked { text, value }
    }

    fn to_pay(&self) -> Linked {
        let parts = [Field::TaxDue, Field::CryptoTaxDue, Field::PolishFlatTax, Field::FlatTaxDue];
        let parts = parts.map(|field| self.field(field));
        let text = parts.each_ref().map(|linked| linked.text.as_str()).join("+");
        Linked {
            text: format!("ROUND({text},2)"),
            value: parts.iter().map(|part| part.value).sum(),
        }
    }
}
