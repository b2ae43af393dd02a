//! A result, ready to be laid out.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Column, Findings, InputsView, Table, concern};
use crate::{
    lang::Lang,
    money::{Country, Pln},
    report::ReportInput,
    statement::Diagnostic,
    tax::{Field, Status, YearAssessment},
    wording::{self, figures, letters, numbers},
};

/// A reply with figures.
#[derive(Debug)]
pub(in crate::reply) struct ReportView {
    pub headline: String,
    /// Which form, year and basis.
    pub form: String,
    /// The warning over and under the figures of an incomplete result.
    pub no_copy: Option<&'static str>,
    /// The fields to copy; `None` if there is nothing to declare.
    pub boxes: Option<Table>,
    pub pit_zg: Option<Table>,
    pub notes: Vec<String>,
    pub other_years: Vec<String>,
    pub inputs: InputsView,
    pub findings: Findings,
    /// What is attached, and what had to be left out.
    pub attached: Vec<String>,
}

impl ReportView {
    /// Whether the reply ends by telling how to correct a file.
    pub(in crate::reply) fn asks_for_files(&self) -> bool {
        !self.findings.errors.is_empty()
    }

    pub(in crate::reply) fn new(input: &ReportInput<'_>) -> Self {
        let lang = input.lang;
        let chosen = input.assessment.chosen_year;
        let is_here = |found: &&Diagnostic| concern::is_of(found, chosen);
        let findings = Findings::new(input.findings().filter(is_here), input.ledger, lang);
        let inputs = InputsView::new(&input.ledger.inputs, lang);
        let Some(year) = input.assessment.chosen() else {
            return Self::nothing(findings, inputs, lang);
        };
        // A year may be complete while another one is not: the sender looks at this one.
        let incomplete = year.status == Status::Incomplete;
        Self {
            headline: figures::headline(year, findings.error_count, lang),
            form: figures::form_line(year, input.assessment.basis, lang),
            no_copy: incomplete.then(|| wording::no_copy(lang)),
            boxes: Some(boxes(year, lang)),
            pit_zg: pit_zg(year, lang),
            notes: notes(input, year),
            other_years: other_years(input, year),
            inputs,
            findings,
            attached: Vec::new(),
        }
    }

    fn nothing(findings: Findings, inputs: InputsView, lang: Lang) -> Self {
        Self {
            headline: letters::nothing_headline(lang).to_owned(),
            form: String::new(),
            no_copy: None,
            boxes: None,
            pit_zg: None,
            notes: vec![letters::nothing_lead(lang).to_owned()],
            other_years: Vec::new(),
            inputs,
            findings,
            attached: Vec::new(),
        }
    }
}

/// Fields that the form wants even if they are zero.
fn is_required(field: Field) -> bool {
    matches!(
        field,
        Field::TotalRevenue
            | Field::TotalCost
            | Field::TaxBase
            | Field::TaxRate
            | Field::Tax
            | Field::TaxDue
            | Field::TaxToPay
    )
}

fn boxes(year: &YearAssessment, lang: Lang) -> Table {
    let incomplete = year.status == Status::Incomplete;
    let value_title =
        if incomplete { lang.choose("Na razie", "So far") } else { lang.choose("Wpisz", "Enter") };
    let caption = if incomplete {
        lang.choose("Pola PIT-38, wynik niepełny", "Fields of PIT-38, incomplete result")
    } else {
        lang.choose("Pola PIT-38 do przepisania", "Fields of PIT-38 to copy")
    };
    let crypto = year
        .fields
        .values()
        .any(|(field, value)| *field == Field::CryptoTaxBase && !value.is_zero());
    let shown = |field, value: Decimal| {
        let idle_rate = field == Field::CryptoTaxRate && !crypto;
        (is_required(field) || !value.is_zero()) && !idle_rate
    };
    let rows: Vec<Vec<String>> = if year.fields.is_empty() {
        sums(year, lang)
    } else {
        let fields = year.fields.iter().filter(|(_, (field, value))| shown(*field, *value));
        fields.map(|(number, (field, value))| row(*number, *field, *value, lang)).collect()
    };
    Table {
        caption: caption.to_owned(),
        columns: vec![
            text(lang.choose("Pole", "Field")),
            text(lang.choose("Nazwa", "Name")),
            number(value_title),
        ],
        rows,
    }
}

fn row(number: u16, field: Field, value: Decimal, lang: Lang) -> Vec<String> {
    let letter = wording::section(field);
    vec![
        format!("{letter}{}{number}", numbers::NBSP),
        wording::field_name(field, lang),
        field_value(field, value, lang),
    ]
}

/// The value as it is to be written: full złoty without grosze, percent and counts as such.
fn field_value(field: Field, value: Decimal, lang: Lang) -> String {
    if matches!(field, Field::TaxRate | Field::CryptoTaxRate) {
        return numbers::percent(value / Decimal::ONE_HUNDRED, lang);
    }
    if field.is_whole() { numbers::quantity(value, lang) } else { numbers::amount(value, lang) }
}

/// The figures by name, for a year whose form is not known.
fn sums(year: &YearAssessment, lang: Lang) -> Vec<Vec<String>> {
    let own = &year.securities;
    let flat = |sum: fn(&crate::tax::FlatTax) -> Pln| sum(&year.dividends) + sum(&year.interest);
    let list = [
        (Field::TotalRevenue, own.revenue),
        (Field::TotalCost, own.cost),
        (Field::Income, own.income),
        (Field::Loss, own.loss),
        (Field::LossDeducted, own.loss_deducted),
        (Field::TaxBase, own.tax_base),
        (Field::Tax, own.tax),
        (Field::ForeignTax, own.foreign_tax),
        (Field::TaxDue, own.tax_due),
        (Field::CryptoRevenue, year.crypto.revenue),
        (Field::CryptoCost, year.crypto.costs),
        (Field::CryptoIncome, year.crypto.income),
        (Field::CryptoTaxDue, year.crypto.tax_due),
        (Field::FlatTax, flat(|sums| sums.tax)),
        (Field::FlatTaxCredit, flat(|sums| sums.credit)),
        (Field::FlatTaxDue, flat(|sums| sums.tax_due)),
        (Field::TaxToPay, year.tax_to_pay),
    ];
    let shown = list.into_iter().filter(|(field, sum)| is_required(*field) || !sum.is_zero());
    shown
        .map(|(field, sum)| {
            let value = field_value(field, sum.amount(), lang);
            vec!["–".to_owned(), wording::field_name(field, lang), value]
        })
        .collect()
}

/// Numbers of the income and tax fields of PIT/ZG: variant 8 since 2023, variant 7 before
/// (tax-law 4.4).
fn pit_zg(year: &YearAssessment, lang: Lang) -> Option<Table> {
    let (income, tax) = if year.year >= 2023 { (29, 30) } else { (32, 33) };
    let title =
        |pl: &str, en: &str, field: u16| number(&format!("{} ({field})", lang.choose(pl, en)));
    (!year.pit_zg.is_empty()).then(|| Table {
        caption: lang
            .choose("Załączniki PIT/ZG, jeden na kraj", "PIT/ZG attachments, one per country")
            .to_owned(),
        columns: vec![
            text(lang.choose("Kraj", "Country")),
            title("Dochód", "Income", income),
            title("Podatek za granicą", "Tax abroad", tax),
        ],
        rows: year
            .pit_zg
            .iter()
            .map(|one| {
                let amount = |sum: Pln| numbers::amount(sum.amount(), lang);
                vec![one.country.to_string(), amount(one.income), amount(one.foreign_tax)]
            })
            .collect(),
    })
}

fn notes(input: &ReportInput<'_>, year: &YearAssessment) -> Vec<String> {
    let lang = input.lang;
    let moved = input.assessment.moved_years.iter();
    let here =
        moved.filter(|sale| [sale.traded_on, sale.settled_on].map(Date::year).contains(&year.year));
    let moved = here.count();
    let mut notes = Vec::new();
    notes.extend(figures::other_basis(year, moved, lang));
    notes.extend(figures::dividends(&year.dividends, input.options.credit_cap, lang));
    notes.extend(figures::interest(&year.interest, lang));
    notes.extend(figures::polish(year, untaxed_here(input, year.year), lang));
    notes.extend(year.losses.iter().filter_map(|loss| figures::loss_left(year, loss, lang)));
    notes.extend(figures::loss_ahead(year, lang));
    notes.extend(figures::crypto_ahead(year, lang));
    notes.extend(figures::deadline(year, input.today, lang));
    notes
}

/// What Polish payers paid in the year without taking tax.
fn untaxed_here(input: &ReportInput<'_>, year: i16) -> Pln {
    let (dividends, interest) = (&input.assessment.dividends, &input.assessment.interest);
    let dividends = dividends.iter().filter(|paid| paid.country == Some(Country::PL));
    let dividends = dividends.map(|paid| (paid.year, paid.gross_pln, paid.withheld_pln));
    let interest = interest.iter().filter(|paid| input.payer_of(paid) == Some(Country::PL));
    let interest = interest.map(|paid| (paid.year, paid.gross_pln, paid.withheld_pln));
    let paid = dividends.chain(interest).filter(|(of, _, taken)| *of == year && taken.is_zero());
    paid.map(|(_, gross, _)| gross).sum()
}

fn other_years(input: &ReportInput<'_>, chosen: &YearAssessment) -> Vec<String> {
    let others = || input.assessment.years.iter().filter(|year| year.year != chosen.year);
    let mut list: Vec<String> =
        others().map(|year| figures::other_year(year, input.lang)).collect();
    if let Some(year) = others().next_back() {
        list.push(figures::choose_year(year.year, input.lang));
    }
    let years = concern::other_years(input.findings(), chosen.year);
    list.extend(letters::remarks_elsewhere(&years, input.lang));
    list
}

fn text(title: &str) -> Column {
    Column { title: title.to_owned(), numeric: false }
}

fn number(title: &str) -> Column {
    Column { title: title.to_owned(), numeric: true }
}
