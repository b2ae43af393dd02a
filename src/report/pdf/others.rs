//! Section 5: account fees, closed derivatives and virtual currency, as far as there are any.

use super::{
    LIST_ROWS_MAX,
    flow::Flow,
    table::{Row, RowKind, Table, figures, words},
};
use crate::{
    money::Pln,
    report::{
        ReportInput,
        text::{self, DASH},
    },
    tax::{CryptoEvent, DerivativeResult, FeeResult},
    wording::{numbers, report as words_of},
};

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let chosen = input.assessment.chosen_year;
    let all = input.assessment;
    let fees: Vec<&FeeResult> = all.fees.iter().filter(|row| Some(row.year) == chosen).collect();
    let closed = all.derivatives.iter().filter(|row| Some(row.year) == chosen);
    let closed: Vec<&DerivativeResult> = closed.collect();
    let crypto = all.crypto.iter().filter(|row| Some(row.year) == chosen);
    let crypto: Vec<&CryptoEvent> = crypto.collect();
    if fees.is_empty() && closed.is_empty() && crypto.is_empty() {
        return;
    }
    flow.section(words_of::OTHER.say(input.lang));
    if !fees.is_empty() {
        lay_out_fees(input, &fees, flow);
    }
    if !closed.is_empty() {
        lay_out_derivatives(input, &closed, flow);
    }
    if !crypto.is_empty() {
        lay_out_crypto(input, &crypto, flow);
    }
}

fn lay_out_fees(input: &ReportInput<'_>, rows: &[&FeeResult], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.heading(words_of::FEES.say(lang));
    let columns = vec![
        words(words_of::DAY.say(lang), 60.0),
        words(words_of::ACCOUNT.say(lang), 170.0),
        figures(words_of::GROSS_RATE.say(lang), 95.0),
        words(words_of::TABLE.say(lang), 95.0),
        figures(words_of::AMOUNT_PLN.say(lang), 95.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows.iter().take(LIST_ROWS_MAX) {
        let cells = [
            numbers::date(row.charged_on),
            text::account(input, row.account),
            text::times_rate(input, row.amount, row.rate),
            text::table(input, row.rate),
            text::pln(input, row.amount_pln),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.row(&total(input, 4, &[rows.iter().map(|row| row.amount_pln).sum()]));
    table.end();
    super::say_hidden(input, rows.len(), flow);
}

fn lay_out_derivatives(input: &ReportInput<'_>, rows: &[&DerivativeResult], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.heading(words_of::DERIVATIVES.say(lang));
    let columns = vec![
        words(words_of::DAY.say(lang), 60.0),
        words(words_of::INSTRUMENT.say(lang), 130.0),
        words(words_of::COUNTRY.say(lang), 40.0),
        figures(words_of::GROSS_RATE.say(lang), 95.0),
        words(words_of::TABLE.say(lang), 95.0),
        figures(words_of::RESULT_PLN.say(lang), 95.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows.iter().take(LIST_ROWS_MAX) {
        let cells = [
            numbers::date(row.closed_on),
            text::instrument(input, row.instrument).two_lines(),
            row.country.map_or_else(|| DASH.to_owned(), |country| country.to_string()),
            text::times_rate(input, row.result, row.rate),
            text::table(input, row.rate),
            text::pln(input, row.result_pln),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.row(&total(input, 5, &[rows.iter().map(|row| row.result_pln).sum()]));
    table.end();
    super::say_hidden(input, rows.len(), flow);
}

fn lay_out_crypto(input: &ReportInput<'_>, rows: &[&CryptoEvent], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.heading(words_of::CRYPTO.say(lang));
    let columns = vec![
        words(words_of::DAY.say(lang), 60.0),
        words(words_of::INSTRUMENT.say(lang), 75.0),
        words(words_of::ACCOUNT.say(lang), 95.0),
        figures(words_of::RATE.say(lang), 50.0),
        words(words_of::TABLE.say(lang), 75.0),
        figures(words_of::REVENUE_PLN.say(lang), 80.0),
        figures(words_of::COST_PLN.say(lang), 80.0),
    ];
    let mut table = Table::start(flow, columns);
    for row in rows.iter().take(LIST_ROWS_MAX) {
        let cells = [
            numbers::date(row.on),
            text::instrument(input, row.instrument).label().to_owned(),
            text::account(input, row.account),
            text::rate(input, row.rate),
            text::table(input, row.rate),
            text::pln(input, row.revenue),
            text::pln(input, row.cost),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    let revenue = rows.iter().map(|row| row.revenue).sum();
    let cost = rows.iter().map(|row| row.cost).sum();
    table.row(&total(input, 5, &[revenue, cost]));
    table.end();
    super::say_hidden(input, rows.len(), flow);
}

/// A total with its figures after so many columns.
fn total(input: &ReportInput<'_>, before: usize, figures: &[Pln]) -> Row {
    let mut cells = vec![words_of::TOTAL.say(input.lang).to_owned()];
    cells.resize(before, String::new());
    cells.extend(figures.iter().map(|&amount| text::pln(input, amount)));
    Row::new(RowKind::Total, cells)
}
