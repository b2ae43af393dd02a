//! The first pass: what must be known before the first trade is read.
//!
//! ISINs stand at the end of the file. Only the lines of a few sections are parsed here; the others
//! are recognised by their first bytes and skipped.

use csv::{ByteRecord, ReaderBuilder};
use hashbrown::HashSet;
use jiff::civil::Date;

use super::cells::NumberStyle;
use super::{
    action_kind,
    category::Category,
    cells,
    instruments::{Listings, Succession},
    section::Section,
    table::{self, Cells, Columns, Row},
    trades,
};
use crate::statement::{Isin, Sheet};

/// What the first pass finds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) account: Option<String>,
    pub(super) listings: Listings,
    pub(super) period: Option<(Date, Date)>,
    pub(super) orders: Orders,
    /// Whether the statement names another clock than New York's.
    pub(super) other_clock: bool,
}

/// Rows per order, which rows per execution repeat.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Whether `Trades` of a statement has rows per order: then it has one for every execution.
    statement: bool,
    /// Numbers of the orders of a Flex query; where a row has none, its contract and day.
    flex: HashSet<Vec<u8>>,
}

impl Orders {
    /// Takes a row of a Flex query.
    pub(super) fn add(&mut self, row: &Row<'_>) {
        if matches!(row.cell(row.columns.discriminator), b"ORDER" | b"Order") {
            self.flex.insert(order_id(row));
        }
    }

    /// Whether an execution repeats an order.
    pub(super) fn repeat(&self, row: &Row<'_>) -> bool {
        if row.flex { self.flex.contains(&order_id(row)) } else { self.statement }
    }
}

/// What executions of one order have in common.
fn order_id(row: &Row<'_>) -> Vec<u8> {
    let c = row.columns;
    let account = row.cell(c.account);
    match row.cell(c.order_id) {
        b"" | b"0" => {
            let day =
                row.trade_time().map_or_else(|_| String::new(), |stamp| stamp.day.to_string());
            [account, row.cell(c.symbol), day.as_bytes()].join(&0)
        }
        id => [account, id].join(&0),
    }
}

const SECTIONS: &[&str] =
    &["Statement", "Account Information", "Corporate Actions", "Financial Instrument Information"];

impl Survey {
    /// Looks through a sheet.
    pub(super) fn of(sheet: &Sheet) -> Self {
        let mut survey = Self::default();
        let mut lines = String::new();
        let mut rest = sheet.text.as_str();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            if SECTIONS.iter().any(|name| begins_with(line, name)) {
                lines.push_str(line);
            } else if !survey.orders.statement {
                survey.orders.statement = is_order(line, sheet.delimiter);
            }
            rest = after;
        }
        survey.read(&lines, sheet.delimiter, NumberStyle::of(sheet));
        survey
    }

    fn read(&mut self, lines: &str, delimiter: u8, style: NumberStyle) {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(lines.as_bytes());
        let mut columns = Columns::NONE;
        let (mut record, mut inner) = (ByteRecord::new(), ByteRecord::new());
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let (record, style) = if table::unwrap(Cells::Record(&record), &mut inner) {
                (Cells::Record(&inner), NumberStyle::Point)
            } else {
                (Cells::Record(&record), style)
            };
            match record.get(1).map(<[u8]>::trim_ascii) {
                Some(b"Header") => columns = Columns::of(record),
                Some(b"Data") => {
                    self.take(&Row { record, columns: &columns, line: 0, style, flex: false });
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, row: &Row<'_>) {
        let c = row.columns;
        let name = std::str::from_utf8(row.record.get(0).unwrap_or_default()).unwrap_or_default();
        match (Section::named(name.trim()), row.text(c.field_name)) {
            (Section::Statement, "Period") => {
                self.period = self.period.or_else(|| cells::period(row.text(c.field_value)));
            }
            (Section::Statement, "WhenGenerated") => {
                self.other_clock |= is_other_clock(row.text(c.field_value));
            }
            // Its statements have Sydney's clock.
            (Section::Statement, "BrokerName") => {
                self.other_clock |= row.text(c.field_value).contains("Australia");
            }
            (Section::Account, "Account") if self.account.is_none() => {
                self.account = Some(row.text(c.field_value).to_owned());
            }
            (Section::Instruments, _) => self.listings.add(row),
            (Section::CorporateActions, _) => self.listings.succeed(succession(row)),
            _ => {}
        }
    }
}

/// Whether a stamp ends in the name of a zone that is not New York's.
fn is_other_clock(text: &str) -> bool {
    let zone = text.split_whitespace().next_back().unwrap_or_default();
    let is_name = !zone.is_empty() && zone.bytes().all(|c| c.is_ascii_alphabetic());
    is_name && !matches!(zone, "EST" | "EDT" | "ET")
}

pub(super) fn succession(row: &Row<'_>) -> Option<Succession> {
    let c = row.columns;
    if trades::category(row) != Category::Security {
        return None;
    }
    let on = row.stamp(c.when).ok()?.day;
    let (old, new) = action_kind::identities(row.action())?;
    let (old, new) = (Isin::parse(old).ok()?, Isin::parse(new).ok()?);
    (old != new).then_some(Succession { on, old, new })
}

/// Whether a line is `Trades,Data,Order,…`.
fn is_order(line: &str, delimiter: u8) -> bool {
    if !begins_with(line, "Trades") {
        return false;
    }
    let mut cells =
        line.split([char::from(delimiter), ',']).map(|cell| cell.trim().trim_matches('"'));
    cells.nth(1) == Some("Data") && cells.next() == Some("Order")
}

fn begins_with(line: &str, name: &str) -> bool {
    line.strip_prefix('"').unwrap_or(line).starts_with(name)
}
