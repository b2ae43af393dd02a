//! Unreadable rows in the columns of the template (PRODUCT §4), so that the sender can repair them.

use jiff::civil::Date;

use super::{reader::Reader, table::Row};

/// Keeps an unreadable trade. The type follows from the sign of the quantity as far as it shows.
pub(super) fn trade(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    let quantity = row.text(c.quantity);
    let kind = if quantity.starts_with('-') { "sell" } else { "buy" };
    let (date, time) = split_stamp(row.text(c.when));
    let account = reader.accounts.name_of(row.cell(c.account)).to_owned();
    let cells = [
        ("date", date),
        ("time", time),
        ("type", kind),
        ("ticker", row.text(c.symbol)),
        ("quantity", quantity.trim_start_matches('-')),
        ("price", row.text(c.price)),
        ("currency", row.text(c.currency)),
        ("fee", row.text(c.commission).trim_start_matches('-')),
        ("account", &account),
    ];
    keep(reader, row.line, &cells);
}

/// Keeps shares that came without a trade, so that the sender can add their cost (tax-law 2.3, 2.5).
pub(super) fn opening_lot(reader: &mut Reader, row: &Row<'_>, day: Option<Date>) {
    let c = row.columns;
    let account = reader.accounts.name_of(row.cell(c.account)).to_owned();
    let date = day.map_or_else(String::new, |day| day.to_string());
    let cells = [
        ("date", date.as_str()),
        ("type", "opening_lot"),
        ("ticker", row.text(c.symbol)),
        ("quantity", row.text(c.quantity)),
        ("currency", row.text(c.currency)),
        ("account", &account),
        ("note", row.text(c.description)),
    ];
    keep(reader, row.line, &cells);
}

/// Keeps an unreadable or undecided cash row of a kind.
pub(super) fn cash(reader: &mut Reader, row: &Row<'_>, kind: &'static str) {
    let c = row.columns;
    let (date, time) = split_stamp(row.text(if c.date.exists() { c.date } else { c.when }));
    let account = reader.accounts.name_of(row.cell(c.account)).to_owned();
    let subject = super::description::subject(row.text(c.description));
    let ticker = subject.map_or(row.text(c.symbol), |subject| subject.symbol);
    let isin = subject.map_or("", |subject| if subject.id.len() == 12 { subject.id } else { "" });
    let cells = [
        ("date", date),
        ("time", time),
        ("type", kind),
        ("ticker", ticker),
        ("isin", isin),
        ("amount", row.text(c.amount)),
        ("currency", row.text(c.currency)),
        ("account", &account),
        ("note", row.text(c.description)),
    ];
    keep(reader, row.line, &cells);
}

fn split_stamp(text: &str) -> (&str, &str) {
    text.split_once(',').map_or((text, ""), |(date, time)| (date, time.trim()))
}

fn keep(reader: &mut Reader, line: u32, cells: &[(&'static str, &str)]) {
    let filled = cells.iter().filter(|(_, value)| !value.is_empty());
    let cells = filled.map(|&(name, value)| (name, value.to_owned())).collect();
    reader.builder.repair(line, cells);
}
