//! Section 4: dividends one by one, interest one by one or per month.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    LIST_ROWS_MAX,
    flow::Flow,
    page::Style,
    table::{Row, RowKind, Table, figures, words},
};
use crate::{
    money::{Country, Currency, Money, Pln},
    rates::RateIx,
    report::{
        ReportInput,
        text::{self, DASH},
    },
    statement::InstrumentIx,
    tax::{DividendResult, FlatTax, InterestResult, YearAssessment},
    wording::{numbers, report as words_of},
};

/// Interest is summed per month and currency above this many rows: daily accruals say nothing.
const INTEREST_ROWS_MAX: usize = 40;

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let Some(year) = input.assessment.chosen() else { return };
    let dividends = input.assessment.dividends.iter().filter(|row| row.year == year.year);
    let (polish, dividends): (Vec<&DividendResult>, Vec<_>) =
        dividends.partition(|row| row.country == Some(Country::PL));
    let interest = input.assessment.interest.iter().filter(|row| row.year == year.year);
    let (polish_interest, interest): (Vec<&InterestResult>, Vec<_>) =
        interest.partition(|row| input.payer_of(row) == Some(Country::PL));
    let paid = polish.iter().map(|row| {
        let amounts = [row.gross_pln, row.withheld_pln];
        polish_row(input, (row.paid_on, row.instrument), (row.gross, row.rate), amounts)
    });
    let accrued = polish_interest.iter().map(|row| {
        let amounts = [row.gross_pln, row.withheld_pln];
        polish_row(input, (row.paid_on, row.instrument), (row.gross, row.rate), amounts)
    });
    let polish: Vec<Row> = paid.chain(accrued).collect();
    if dividends.is_empty() && interest.is_empty() && polish.is_empty() {
        return;
    }
    flow.section(words_of::INCOME.say(input.lang));
    if !dividends.is_empty() {
        lay_out_dividends(input, year, &dividends, flow);
    }
    if !interest.is_empty() {
        lay_out_interest(input, year, &interest, flow);
    }
    if !polish.is_empty() {
        lay_out_polish(input, &polish, flow);
    }
}

/// What Polish payers paid: it stands in none of the other sums.
fn lay_out_polish(input: &ReportInput<'_>, rows: &[Row], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.heading(words_of::POLISH_INCOME.say(lang));
    let columns = vec![
        words(words_of::DAY.say(lang), 55.0),
        words(words_of::INSTRUMENT.say(lang), 140.0),
        figures(words_of::GROSS_RATE.say(lang), 85.0),
        words(words_of::TABLE.say(lang), 85.0),
        figures(words_of::GROSS_PLN.say(lang), 75.0),
        figures(words_of::WITHHELD.say(lang), 75.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows.iter().take(LIST_ROWS_MAX) {
        table.row(row);
    }
    table.end();
    super::say_hidden(input, rows.len(), flow);
    flow.paragraph(words_of::POLISH_NOTE.say(lang), Style::NOTE);
}

fn polish_row(
    input: &ReportInput<'_>,
    (day, instrument): (Date, InstrumentIx),
    (gross, rate): (Money, RateIx),
    amounts: [Pln; 2],
) -> Row {
    let [gross_pln, withheld] = amounts.map(|amount| text::pln(input, amount));
    let cells = [
        numbers::date(day),
        text::instrument(input, instrument).two_lines(),
        text::times_rate(input, gross, rate),
        text::table(input, rate),
        gross_pln,
        withheld,
    ];
    Row::new(RowKind::Plain, cells)
}

fn lay_out_dividends(
    input: &ReportInput<'_>,
    year: &YearAssessment,
    rows: &[&DividendResult],
    flow: &mut Flow<'_>,
) {
    let lang = input.lang;
    flow.heading(words_of::DIVIDENDS.say(lang));
    let columns = vec![
        words(words_of::DAY.say(lang), 48.0),
        words(words_of::INSTRUMENT.say(lang), 84.0),
        words(words_of::COUNTRY_SHORT.say(lang), 30.0),
        figures(words_of::GROSS_RATE.say(lang), 72.0),
        words(words_of::TABLE.say(lang), 71.0),
        figures(words_of::GROSS_PLN.say(lang), 56.0),
        figures(words_of::WITHHELD.say(lang), 62.0),
        figures(words_of::TREATY.say(lang), 38.0),
        figures(words_of::CREDIT_PLN.say(lang), 54.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows.iter().take(LIST_ROWS_MAX) {
        table.row(&dividend_row(input, row));
    }
    let part = &year.dividends;
    let mut cells = vec![String::new(), words_of::TOTAL.say(lang).to_owned()];
    cells.extend(["", "", ""].map(str::to_owned));
    cells.extend([part.gross, part.withheld].map(|amount| text::pln(input, amount)));
    cells.extend([String::new(), text::pln(input, part.credit)]);
    table.row(&Row::new(RowKind::Total, cells));
    table.end();
    super::say_hidden(input, rows.len(), flow);
    say_tax(input, part, flow);
}

fn dividend_row(input: &ReportInput<'_>, row: &DividendResult) -> Row {
    let lang = input.lang;
    let treaty = row.treaty_rate.map(|rate| numbers::percent(rate, lang));
    let withheld = if row.withheld.is_zero() {
        DASH.to_owned()
    } else if row.withheld.currency.is_pln() {
        numbers::money(row.withheld, lang)
    } else {
        let pln = Money::new(row.withheld_pln.amount(), Currency::PLN);
        format!("{}\n{}", numbers::money(row.withheld, lang), numbers::money(pln, lang))
    };
    let cells = [
        numbers::date(row.paid_on),
        text::instrument(input, row.instrument).two_lines(),
        row.country.map_or_else(|| DASH.to_owned(), |country| country.to_string()),
        text::times_rate(input, row.gross, row.rate),
        text::table(input, row.rate),
        text::pln(input, row.gross_pln),
        withheld,
        treaty.unwrap_or_else(|| DASH.to_owned()),
        text::pln(input, row.credit),
    ];
    Row::new(RowKind::Plain, cells)
}

fn say_tax(input: &ReportInput<'_>, part: &FlatTax, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let figures = [part.tax, part.credit, part.tax_due].map(|amount| numbers::pln(amount, lang));
    let [tax, credit, due] = &figures;
    flow.paragraph(&words_of::flat_tax(tax, credit, due, lang), Style::BODY);
}

fn lay_out_interest(
    input: &ReportInput<'_>,
    year: &YearAssessment,
    rows: &[&InterestResult],
    flow: &mut Flow<'_>,
) {
    let lang = input.lang;
    flow.heading(words_of::INTEREST.say(lang));
    if rows.len() > INTEREST_ROWS_MAX {
        flow.paragraph(words_of::SUMMED.say(lang), Style::NOTE);
        monthly(input, rows, flow);
    } else {
        one_by_one(input, rows, flow);
    }
    say_tax(input, &year.interest, flow);
}

fn one_by_one(input: &ReportInput<'_>, rows: &[&InterestResult], flow: &mut Flow<'_>) {
    let lang = input.lang;
    let columns = vec![
        words(words_of::DAY.say(lang), 55.0),
        words(words_of::ACCOUNT.say(lang), 140.0),
        figures(words_of::GROSS_RATE.say(lang), 85.0),
        words(words_of::TABLE.say(lang), 85.0),
        figures(words_of::GROSS_PLN.say(lang), 75.0),
        figures(words_of::CREDIT_PLN.say(lang), 75.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows {
        let cells = [
            numbers::date(row.paid_on),
            text::account(input, row.account),
            text::times_rate(input, row.gross, row.rate),
            text::table(input, row.rate),
            text::pln(input, row.gross_pln),
            text::pln(input, row.credit),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.row(&interest_total(input, rows, 4));
    table.end();
}

/// The total, below the last two columns.
fn interest_total(input: &ReportInput<'_>, rows: &[&InterestResult], before: usize) -> Row {
    let mut cells = vec![words_of::TOTAL.say(input.lang).to_owned()];
    cells.resize(before, String::new());
    let gross: Pln = rows.iter().map(|row| row.gross_pln).sum();
    let credit: Pln = rows.iter().map(|row| row.credit).sum();
    cells.extend([gross, credit].map(|amount| text::pln(input, amount)));
    Row::new(RowKind::Total, cells)
}

/// Interest of one month in one currency.
#[derive(Default)]
struct Month {
    count: usize,
    gross: rust_decimal::Decimal,
    gross_pln: Pln,
    credit: Pln,
}

fn monthly(input: &ReportInput<'_>, rows: &[&InterestResult], flow: &mut Flow<'_>) {
    let lang = input.lang;
    let mut months: BTreeMap<(String, Currency), Month> = BTreeMap::new();
    for row in rows {
        let name = format!("{}-{:02}", row.paid_on.year(), row.paid_on.month());
        let month = months.entry((name, row.gross.currency)).or_default();
        month.count += 1;
        month.gross += row.gross.amount;
        month.gross_pln += row.gross_pln;
        month.credit += row.credit;
    }
    let columns = vec![
        words(words_of::MONTH.say(lang), 95.0),
        figures(words_of::COUNT.say(lang), 70.0),
        figures(words_of::GROSS.say(lang), 130.0),
        figures(words_of::GROSS_PLN.say(lang), 110.0),
        figures(words_of::CREDIT_PLN.say(lang), 110.0),
    ];
    let mut table = Table::start(flow, columns);
    for ((name, currency), month) in &months {
        let cells = [
            name.clone(),
            numbers::count(month.count, lang),
            numbers::money(Money::new(month.gross, *currency), lang),
            text::pln(input, month.gross_pln),
            text::pln(input, month.credit),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.row(&interest_total(input, rows, 3));
    table.end();
}
