//! The second sheet: the boxes of the chosen year.
//!
//! A figure is a formula only where the formula gives exactly the assessment's figure; otherwise the
//! figure itself stands there. So a workbook can never argue with the report.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::{
    number::cell_number,
    sheet::Formats,
    summary::{Line, Linked, Year, write_linked},
};
use crate::{
    money::rounding,
    report::{ReportInput, fields},
    tax::{Field, Status},
    wording::{field_name, no_copy, report as w},
};

/// The row of the head, from zero.
const HEAD_ROW: u32 = 3;

/// Writes the sheet of the chosen year's boxes.
pub(super) fn write(
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
    let (note, format) = match (year.status, year.provisional) {
        (Status::Incomplete, _) => (no_copy(lang), &formats.alarm),
        (Status::Complete, true) => (w::PROVISIONAL.say(lang), &formats.note),
        (Status::Complete, false) => ("", &formats.note),
    };
    sheet.write_string_with_format(1, 0, note, format)?;
    for (at, (head, width)) in (0..).zip([(w::FIELD, 9), (w::FIELD_NAME, 64), (w::VALUE, 18)]) {
        sheet.set_column_width(at, width)?;
        let format = formats.head.clone();
        let format = if at == 2 { format.set_align(FormatAlign::Right) } else { format };
        sheet.write_string_with_format(HEAD_ROW, at, head.say(lang), &format)?;
    }
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
    let boxes = Boxes { year: Year { input, assessed: year, column } };
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
    let boxes = fields::pit_zg(year.assessed.year);
    let amount = Format::new().set_num_format("#,##0.00");
    for attachment in &year.assessed.pit_zg {
        let title = format!("PIT/ZG {}", attachment.country);
        sheet.write_string_with_format(row, 0, title, &formats.head)?;
        for (number, name, value) in [
            (boxes.income, w::INCOME_30B, attachment.income),
            (boxes.foreign_tax, w::FOREIGN_TAX, attachment.foreign_tax),
        ] {
            row += 1;
            sheet.write_number_with_format(row, 0, number, &number_format())?;
            sheet.write_string(row, 1, name.say(lang))?;
            sheet.write_number_with_format(row, 2, cell_number(value.amount()), &amount)?;
        }
        row += 2;
    }
    Ok(())
}

/// The number of a box: left, where its head is.
fn number_format() -> Format {
    Format::new().set_bold().set_align(FormatAlign::Left)
}

/// The boxes of PIT-38 on their sheet.
struct Boxes<'a> {
    year: Year<'a>,
}

impl Boxes<'_> {
    /// Writes every box; returns the row below the last.
    fn write(&self, sheet: &mut Worksheet) -> Result<u32, XlsxError> {
        let mut row = HEAD_ROW + 1;
        for (&number, &(field, value)) in &self.year.assessed.fields {
            sheet.write_number_with_format(row, 0, number, &number_format())?;
            sheet.write_string(row, 1, field_name(field, self.year.input.lang))?;
            let format = if field.is_whole() { "#,##0" } else { "#,##0.00" };
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
        let rows = (HEAD_ROW + 2..).zip(self.year.assessed.fields.values());
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
