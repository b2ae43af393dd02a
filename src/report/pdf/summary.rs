//! Section 1: what is to pay, what it is made of, and whether it may be taken over.

use super::{
    flow::{Flow, Tone},
    page::Style,
    table::{Row, RowKind, Table, figures, words},
};
use crate::{
    money::Pln,
    report::{
        ReportInput,
        text::{self, DASH},
    },
    statement::Severity,
    tax::{Field, FlatTax, Status, YearAssessment},
    wording::{basis_name, no_copy, numbers, report as words_of, status_name},
};

/// Reasons shown in the box on the first page; all stand in their own section.
const REASONS_MAX: usize = 6;

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.section(words_of::SUMMARY.say(lang));
    if input.assessment.answered() == Status::Incomplete {
        flow.notice(Tone::Alarm, words_of::INCOMPLETE_TITLE.say(lang), &reasons(input));
    }
    let Some(year) = input.assessment.chosen() else {
        flow.paragraph(words_of::NO_YEAR.say(lang), Style::BODY);
        return;
    };
    figure(input, year, flow);
    parts(input, year, flow);
    alternatives(input, year, flow);
    years(input, flow);
    moved(input, flow);
}

fn reasons(input: &ReportInput<'_>) -> Vec<String> {
    let lang = input.lang;
    let mut reasons = vec![no_copy(lang).to_owned()];
    reasons.extend(input.assessment.blocked.iter().map(|blocked| {
        let missing = blocked.missing.map(|count| text::quantity(input, count));
        let name = text::instrument(input, blocked.instrument);
        format!("• {}", words_of::blocked(name.label(), missing.as_deref(), lang))
    }));
    let found = input.ledger.diagnostics.iter().chain(&input.assessment.diagnostics);
    let errors = found.filter(|found| found.severity == Severity::Error);
    reasons.extend(errors.map(|found| format!("• {}", text::finding(input, found))));
    let hidden = reasons.len().saturating_sub(REASONS_MAX + 1);
    reasons.truncate(REASONS_MAX + 1);
    if hidden > 0 {
        reasons.push(words_of::more_below(hidden, lang));
    }
    reasons
}

fn figure(input: &ReportInput<'_>, year: &YearAssessment, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let tone = match year.status {
        Status::Complete => Tone::Plain,
        Status::Incomplete => Tone::Alarm,
    };
    let label = words_of::tax_to_pay_for(year.year, lang);
    let note = words_of::due(year.year, &year.form, lang);
    flow.figure(tone, &label, &numbers::whole_pln(year.tax_to_pay, lang), &note);
}

fn parts(input: &ReportInput<'_>, year: &YearAssessment, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let columns = vec![
        words(words_of::PART.say(lang), 105.0),
        words(words_of::HOW.say(lang), 330.0),
        figures(words_of::TAX_PLN.say(lang), 80.0),
    ];
    let crypto = &year.crypto;
    let mut rows = vec![
        (words_of::SECURITIES, securities(input, year), year.securities.tax_due),
        (words_of::DIVIDENDS, flat(input, &year.dividends), year.dividends.tax_due),
        (words_of::INTEREST, flat(input, &year.interest), year.interest.tax_due),
        (words_of::CRYPTO, crypto_parts(input, year), crypto.tax_due),
    ];
    // Dividends of Polish payers that nobody taxed have a box of their own.
    let polish = year.fields.values().find(|(field, _)| *field == Field::PolishFlatTax);
    if let Some(&(_, tax)) = polish.filter(|(_, tax)| !tax.is_zero()) {
        rows.push((words_of::POLISH_DIVIDENDS, String::new(), Pln::declared(tax)));
    }
    let mut table = Table::start(flow, columns);
    for (name, how, due) in rows {
        let how = if how.is_empty() { DASH.to_owned() } else { how };
        let cells = [name.say(lang).to_owned(), how, text::pln(input, due)];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    let total = text::pln(input, year.tax_to_pay);
    let cells = [words_of::TOTAL.say(lang).to_owned(), String::new(), total];
    table.row(&Row::new(RowKind::Total, cells));
    table.end();
}

/// Names and figures of the parts that are not zero.
fn made_of(input: &ReportInput<'_>, parts: &[(words_of::Phrase, Pln)]) -> String {
    let shown = parts.iter().filter(|(_, amount)| !amount.is_zero());
    let shown: Vec<_> = shown.map(|&(name, amount)| (name, text::pln(input, amount))).collect();
    words_of::made_of(&shown, input.lang)
}

fn securities(input: &ReportInput<'_>, year: &YearAssessment) -> String {
    let part = &year.securities;
    let parts = [
        (words_of::PART_REVENUE, part.revenue),
        (words_of::PART_COST, part.cost),
        (words_of::PART_INCOME, part.income),
        (words_of::PART_LOSS, part.loss),
        (words_of::PART_LOSS_DEDUCTED, part.loss_deducted),
    ];
    made_of(input, &parts)
}

fn flat(input: &ReportInput<'_>, part: &FlatTax) -> String {
    let parts = [
        (words_of::PART_GROSS, part.gross),
        (words_of::PART_WITHHELD, part.withheld),
        (words_of::PART_CREDIT, part.credit),
    ];
    made_of(input, &parts)
}

fn crypto_parts(input: &ReportInput<'_>, year: &YearAssessment) -> String {
    let part = &year.crypto;
    let parts = [
        (words_of::PART_REVENUE, part.revenue),
        (words_of::PART_COST, part.costs),
        (words_of::PART_CARRIED_IN, part.costs_carried_in),
        (words_of::PART_INCOME, part.income),
        (words_of::PART_CARRIED_OUT, part.costs_carried_out),
    ];
    made_of(input, &parts)
}

fn alternatives(input: &ReportInput<'_>, year: &YearAssessment, flow: &mut Flow<'_>) {
    let lang = input.lang;
    let mut text = words_of::basis(basis_name(input.assessment.basis, lang), lang);
    if let Some(other) = &year.other_basis {
        text.push(' ');
        text.push_str(&words_of::other_basis(
            basis_name(other.basis, lang),
            &numbers::pln(other.income - other.loss, lang),
            &numbers::whole_pln(other.tax_due, lang),
            lang,
        ));
    }
    flow.paragraph(&text, Style::BODY);
    if year.dividends.tax_due_nineteen != year.dividends.tax_due {
        let tax = numbers::whole_pln(year.dividends.tax_due_nineteen, lang);
        flow.paragraph(&words_of::nineteen(&tax, lang), Style::BODY);
    }
}

fn years(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.heading(words_of::YEARS.say(lang));
    let columns = vec![
        words(words_of::YEAR.say(lang), 35.0),
        words(words_of::FORM_NAME.say(lang), 70.0),
        figures(words_of::REVENUE.say(lang), 80.0),
        figures(words_of::COST.say(lang), 80.0),
        figures(words_of::GAIN.say(lang), 80.0),
        figures(words_of::DIVIDENDS.say(lang), 65.0),
        figures(words_of::TAX_PLN.say(lang), 60.0),
        words(words_of::STATUS.say(lang), 45.0),
    ];
    let mut table = Table::start(flow, columns);
    for year in &input.assessment.years {
        let part = &year.securities;
        let chosen = Some(year.year) == input.assessment.chosen_year;
        let kind = if chosen { RowKind::Total } else { RowKind::Plain };
        let amounts = [
            part.revenue,
            part.cost,
            part.revenue - part.cost,
            year.dividends.gross,
            year.tax_to_pay,
        ];
        let mut cells = vec![year.year.to_string(), year.form.clone()];
        cells.extend(amounts.map(|amount| text::pln(input, amount)));
        cells.push(status_name(year.status, lang).to_owned());
        table.row(&Row::new(kind, cells));
    }
    table.end();
}

fn moved(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let moved = &input.assessment.moved_years;
    if moved.is_empty() {
        return;
    }
    let lang = input.lang;
    flow.heading(words_of::MOVED.say(lang));
    let columns = vec![
        words(words_of::INSTRUMENT.say(lang), 155.0),
        words(words_of::TRADED.say(lang), 90.0),
        words(words_of::SETTLED.say(lang), 90.0),
        words(words_of::WHERE.say(lang), 180.0),
    ];
    let mut table = Table::start(flow, columns);
    for sale in moved.iter().take(super::LIST_ROWS_MAX) {
        let cells = [
            text::instrument(input, sale.instrument).label().to_owned(),
            numbers::date(sale.traded_on),
            numbers::date(sale.settled_on),
            words_of::place(&text::file(input, sale.source), Some(sale.source.row), lang),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.end();
    super::say_hidden(input, moved.len(), flow);
}
