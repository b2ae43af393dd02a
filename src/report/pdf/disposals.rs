//! Section 3: every disposal of the year with its lots, or sums per instrument if there are too many.

use std::collections::BTreeMap;

use super::{
    DETAIL_ROWS_MAX,
    flow::Flow,
    page::Style,
    table::{Column, Row, RowKind, Table, figures, words},
};
use crate::{
    money::Pln,
    report::{
        ReportInput,
        text::{self, InstrumentName},
    },
    tax::{Disposal, LotMatch},
    wording::{numbers, report as words_of},
};

pub(super) fn lay_out(input: &ReportInput<'_>, flow: &mut Flow<'_>) {
    let of_year = |sale: &&Disposal| Some(sale.year) == input.assessment.chosen_year;
    let mut sales: Vec<(usize, &Disposal)> =
        (1..).zip(input.assessment.disposals.iter()).filter(|(_, sale)| of_year(sale)).collect();
    flow.section(words_of::DISPOSALS.say(input.lang));
    if sales.is_empty() {
        flow.paragraph(words_of::NOTHING.say(input.lang), Style::BODY);
        return;
    }
    let rows: usize = sales.iter().map(|(_, sale)| 1 + input.assessment.lots_of(sale).len()).sum();
    if rows > DETAIL_ROWS_MAX {
        per_instrument(input, &sales, flow);
    } else {
        sales.sort_by_key(|(number, sale)| (sale.traded_on, *number));
        each(input, &sales, flow);
    }
}

fn each(input: &ReportInput<'_>, sales: &[(usize, &Disposal)], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.paragraph(words_of::ORDER_NOTE.say(lang), Style::NOTE);
    let mut table = Table::start(flow, columns(input));
    for &(number, sale) in sales {
        let mut group = vec![sale_row(input, number, sale)];
        group.extend(input.assessment.lots_of(sale).iter().map(|lot| lot_row(input, lot)));
        if !sale.sale_charges.is_zero() {
            group.push(charges_row(input, sale));
        }
        table.group(&group);
    }
    table.row(&total_row(input, sales));
    table.end();
    if sales.iter().any(|(_, sale)| sale.settlement_derived) {
        flow.paragraph(words_of::DERIVED_NOTE.say(lang), Style::NOTE);
    }
}

fn columns(input: &ReportInput<'_>) -> Vec<Column> {
    let lang = input.lang;
    vec![
        figures(words_of::NUMBER.say(lang), 24.0),
        words(words_of::TRADED_SETTLED.say(lang), 52.0),
        words(words_of::INSTRUMENT.say(lang), 82.0),
        figures(words_of::QUANTITY.say(lang), 50.0),
        figures(words_of::GROSS_RATE.say(lang), 76.0),
        words(words_of::TABLE.say(lang), 66.0),
        figures(words_of::REVENUE.say(lang), 55.0),
        figures(words_of::COST.say(lang), 55.0),
        figures(words_of::GAIN.say(lang), 55.0),
    ]
}

fn sale_row(input: &ReportInput<'_>, number: usize, sale: &Disposal) -> Row {
    let mut name = text::instrument(input, sale.instrument).two_lines();
    // Lots are matched per account, so the account matters as soon as there are two.
    if input.ledger.accounts.len() > 1 {
        name = format!("{name}\n{}", text::account(input, sale.account));
    }
    if sale.is_short {
        name = format!("{name}\n{}", words_of::SHORT_CLOSED.say(input.lang));
    }
    let derived = if sale.settlement_derived { "*" } else { "" };
    let days =
        format!("{}\n{}{derived}", numbers::date(sale.traded_on), numbers::date(sale.settled_on));
    let cells = [
        number.to_string(),
        days,
        name,
        text::quantity(input, sale.quantity),
        text::times_rate(input, sale.gross, sale.rate),
        text::table(input, sale.rate),
        text::pln(input, sale.revenue),
        text::pln(input, sale.cost),
        text::pln(input, sale.gain()),
    ];
    Row::new(RowKind::Lead, cells)
}

/// The columns of the sale, for the purchase: its own rate and table.
fn lot_row(input: &ReportInput<'_>, lot: &LotMatch) -> Row {
    let rate = lot.rate;
    let times = input.rates.published(rate).map_or_else(String::new, |published| {
        words_of::at_rate(&text::rate(input, rate), published.currency.as_str())
    });
    let cells = [
        String::new(),
        numbers::date(lot.acquired_on),
        words_of::LOT.say(input.lang).to_owned(),
        text::quantity(input, lot.quantity),
        times,
        text::table(input, rate),
        String::new(),
        text::pln(input, lot.cost),
        String::new(),
    ];
    Row::new(RowKind::Detail, cells)
}

fn charges_row(input: &ReportInput<'_>, sale: &Disposal) -> Row {
    let mut cells = vec![String::new(); 9];
    if let Some(cell) = cells.get_mut(2) {
        words_of::SALE_CHARGES.say(input.lang).clone_into(cell);
    }
    if let Some(cell) = cells.get_mut(7) {
        *cell = text::pln(input, sale.sale_charges);
    }
    Row::new(RowKind::Detail, cells)
}

fn total_row(input: &ReportInput<'_>, sales: &[(usize, &Disposal)]) -> Row {
    let revenue: Pln = sales.iter().map(|(_, sale)| sale.revenue).sum();
    let cost: Pln = sales.iter().map(|(_, sale)| sale.cost).sum();
    let mut cells = vec![String::new(); 2];
    cells.push(words_of::TOTAL.say(input.lang).to_owned());
    cells.extend([String::new(), String::new(), String::new()]);
    cells.extend([revenue, cost, revenue - cost].map(|amount| text::pln(input, amount)));
    Row::new(RowKind::Total, cells)
}

/// Count, revenue and cost of one instrument.
#[derive(Default)]
struct Sum {
    count: usize,
    revenue: Pln,
    cost: Pln,
}

fn per_instrument(input: &ReportInput<'_>, sales: &[(usize, &Disposal)], flow: &mut Flow<'_>) {
    let lang = input.lang;
    flow.paragraph(words_of::ROWS_ELSEWHERE.say(lang), Style::BODY);
    let mut sums: BTreeMap<u32, Sum> = BTreeMap::new();
    for (_, sale) in sales {
        let sum = sums.entry(sale.instrument.0).or_default();
        sum.count += 1;
        sum.revenue += sale.revenue;
        sum.cost += sale.cost;
    }
    let name = |index: u32| text::instrument(input, crate::statement::InstrumentIx(index));
    let mut named: Vec<(InstrumentName<'_>, Sum)> =
        sums.into_iter().map(|(index, sum)| (name(index), sum)).collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    let columns = vec![
        words(words_of::INSTRUMENT.say(lang), 75.0),
        words(words_of::NAME.say(lang), 175.0),
        figures(words_of::COUNT.say(lang), 40.0),
        figures(words_of::REVENUE.say(lang), 75.0),
        figures(words_of::COST.say(lang), 75.0),
        figures(words_of::GAIN.say(lang), 75.0),
    ];
    let mut table = Table::start(flow, columns);
    for (name, sum) in named.iter().take(super::LIST_ROWS_MAX) {
        let amounts = [sum.revenue, sum.cost, sum.revenue - sum.cost];
        let mut cells = vec![name.two_lines(), name.name.clone(), numbers::count(sum.count, lang)];
        cells.extend(amounts.map(|amount| text::pln(input, amount)));
        table.row(&Row::new(RowKind::Plain, cells));
    }
    table.row(&per_instrument_total(input, sales));
    table.end();
    super::say_hidden(input, named.len(), flow);
}

fn per_instrument_total(input: &ReportInput<'_>, sales: &[(usize, &Disposal)]) -> Row {
    let mut total = total_row(input, sales);
    let amounts = total.cells.split_off(6);
    let label = words_of::TOTAL.say(input.lang).to_owned();
    total.cells = vec![label, String::new(), numbers::count(sales.len(), input.lang)];
    total.cells.extend(amounts);
    total
}
