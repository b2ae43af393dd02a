//! The first pass: what must be known before the first trade is read.
//!
//! ISINs stand at the end of the file. Only the lines of a few sections are parsed here; the others
//! are recognised by their first bytes and skipped.

use csv::{ByteRecord, ReaderBuilder};
use jiff::civil::Date;

use super::cells::NumberStyle;
use super::{
    category::Category,
    cells, corporate_actions,
    instruments::{Listings, Succession},
    section::Section,
    table::{self, Columns, Row},
};
use crate::statement::{Isin, Sheet};

/// What the first pass finds.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) account: Option<String>,
    pub(super) listings: Listings,
    pub(super) period: Option<(Date, Date)>,
    /// Whether `Trades` has rows per order; rows per execution then repeat them.
    pub(super) orders_present: bool,
}

const SECTIONS: &[&str] =
    &["Statement", "Account Information", "Corporate Actions", "Financial Instrument Information"];

impl Survey {
    /// Looks through a sheet.
    pub(super) fn of(sheet: &Sheet) -> Self {
        let mut survey = Self::default();
        let mut lines = String::new();
        for line in sheet.text.split_inclusive('\n') {
            if SECTIONS.iter().any(|name| begins_with(line, name)) {
                lines.push_str(line);
            } else if !survey.orders_present {
                survey.orders_present = is_order(line, sheet.delimiter);
            }
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
            let (record, style) = if table::unwrap(&record, &mut inner) {
                (&inner, NumberStyle::Point)
            } else {
                (&record, style)
            };
            match record.get(1).map(<[u8]>::trim_ascii) {
                Some(b"Header") => columns = Columns::of(record),
                Some(b"Data") => {
                    self.take(&Row { record, columns: &columns, line: 0, style });
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
            (Section::Account, "Account") if self.account.is_none() => {
                self.account = Some(row.text(c.field_value).to_owned());
            }
            (Section::Instruments, _) => self.listings.add(row),
            (Section::CorporateActions, _) => self.listings.successions.extend(succession(row)),
            _ => {}
        }
    }
}

fn succession(row: &Row<'_>) -> Option<Succession> {
    let c = row.columns;
    if Category::parse(row.cell(c.category)) != Category::Security {
        return None;
    }
    let on = row.stamp(c.when).ok()?.day;
    let (old, new) = corporate_actions::identities(row.text(c.description))?;
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
