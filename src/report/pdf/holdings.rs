//! Sections 6 and 7: the lots that are left, and the files that were read.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    LIST_ROWS_MAX,
    flow::Flow,
    page::Style,
    table::{Row, RowKind, Table, figures, words},
};
use crate::{
    money::Pln,
    report::{ReportInput, text},
    statement::{AccountIx, InstrumentIx, broker_of},
    tax::OpenLot,
    wording::{echo, numbers, report as words_of},
};

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let lots = &input.assessment.open_lots;
    if !lots.is_empty() {
        flow.section(words_of::OPEN_LOTS.say(input.lang));
        if lots.len() > LIST_ROWS_MAX {
            flow.paragraph(words_of::SUMMED.say(input.lang), Style::NOTE);
            per_instrument(input, lots, flow);
        } else {
            one_by_one(input, lots, flow);
        }
    }
    files(input, flow);
}

fn one_by_one(input: &ReportInput<'_>, lots: &[OpenLot], flow: &mut Flow<'_>) {
    let lang = input.lang;
    let columns = vec![
        words(words_of::INSTRUMENT.say(lang), 100.0),
        words(words_of::ACCOUNT.say(lang), 100.0),
        words(words_of::ACQUIRED.say(lang), 60.0),
        figures(words_of::QUANTITY.say(lang), 70.0),
        figures(words_of::RATE.say(lang), 45.0),
        words(words_of::TABLE.say(lang), 70.0),
        figures(words_of::COST_PLN.say(lang), 70.0),
    ];
    let mut table = Table::start(flow, columns);
    for lot in lots {
        let cells = [
            text::instrument(input, lot.instrument).two_lines(),
            text::account(input, lot.account),
            numbers::date(lot.acquired_on),
            text::quantity(input, lot.quantity),
            text::rate(input, lot.rate),
            text::table(input, lot.rate),
            cost(input, lot.cost),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.end();
}

/// A cost, or a dash while its rate is not published yet.
fn cost(input: &ReportInput<'_>, cost: Option<Pln>) -> String {
    cost.map_or_else(|| text::DASH.to_owned(), |cost| text::pln(input, cost))
}

/// All lots of one instrument on one account.
struct Holding {
    count: usize,
    quantity: Decimal,
    /// Unknown as soon as one of them is.
    cost: Option<Pln>,
}

fn per_instrument(input: &ReportInput<'_>, lots: &[OpenLot], flow: &mut Flow<'_>) {
    let lang = input.lang;
    let mut sums: BTreeMap<(AccountIx, InstrumentIx), Holding> = BTreeMap::new();
    for lot in lots {
        let none = Holding { count: 0, quantity: Decimal::ZERO, cost: Some(Pln::ZERO) };
        let holding = sums.entry((lot.account, lot.instrument)).or_insert(none);
        holding.count += 1;
        holding.quantity += lot.quantity;
        holding.cost = holding.cost.zip(lot.cost).map(|(sum, cost)| sum + cost);
    }
    let columns = vec![
        words(words_of::INSTRUMENT.say(lang), 130.0),
        words(words_of::ACCOUNT.say(lang), 145.0),
        figures(words_of::COUNT.say(lang), 50.0),
        figures(words_of::QUANTITY.say(lang), 95.0),
        figures(words_of::COST_PLN.say(lang), 95.0),
    ];
    let mut table = Table::start(flow, columns);
    for (&(account, instrument), holding) in sums.iter().take(LIST_ROWS_MAX) {
        let cells = [
            text::instrument(input, instrument).two_lines(),
            text::account(input, account),
            numbers::count(holding.count, lang),
            text::quantity(input, holding.quantity),
            cost(input, holding.cost),
        ];
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.end();
    super::say_hidden(input, sums.len(), flow);
}

fn files(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.section(words_of::INPUTS.say(lang));
    let columns = vec![
        words(words_of::FILE.say(lang), 150.0),
        words(words_of::FORMAT.say(lang), 75.0),
        words(words_of::ACCOUNT.say(lang), 81.0),
        figures(words_of::ROWS_TOTAL.say(lang), 37.0),
        figures(words_of::ROWS_USED.say(lang), 36.0),
        figures(words_of::ROWS_NEUTRAL.say(lang), 40.0),
        figures(words_of::ROWS_DUPLICATE.say(lang), 52.0),
        figures(words_of::ROWS_UNKNOWN.say(lang), 44.0),
    ];
    let mut table = Table::start(flow, columns);
    for file in input.ledger.inputs.iter().take(LIST_ROWS_MAX) {
        let rows = file.rows;
        let counts = [rows.total, rows.used, rows.neutral, rows.duplicate, rows.unknown];
        let mut cells =
            vec![echo(&file.name), broker_of(file.format).to_owned(), echo(&file.account)];
        cells.extend(counts.map(|count| text::quantity(input, count.into())));
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.end();
    super::say_hidden(input, input.ledger.inputs.len(), flow);
}
