//! Interactive Brokers' Activity Statement, CSV: many tables in one file.
//!
//! Column 1 names the section, column 2 the kind of row (`Header`, `Data`, `SubTotal`, `Total`,
//! `Notes`); the rest belongs to the section's last `Header`. The file is looked through twice: once
//! for instruments, accounts and the period ([`scan`]), once for the events ([`dispatch`]).

mod account;
mod action_kind;
mod category;
mod cells;
mod charges;
mod corporate_actions;
mod crossing;
mod description;
mod dividends;
mod effect;
mod fees;
mod flex;
mod history;
mod instruments;
mod interest;
mod order;
mod positions;
mod proposal;
mod reader;
mod recognition;
mod repair;
mod results;
mod scan;
mod section;
mod session;
mod symbols;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod trades;
mod withholding;

pub(in crate::statement) use flex::FlexQuery;
pub(in crate::statement) use history::TransactionHistory;

use csv::ByteRecord;

use self::{
    cells::NumberStyle,
    reader::Reader,
    scan::Survey,
    section::Section,
    table::{Cells, Columns, Row},
};
use crate::{
    lang::Lang,
    statement::{
        Code, Recognition, Sheet, Sniff, SourceFile, Statement, StatementFormat, table::Rows,
    },
};

/// The id of the format.
const ID: &str = "ibkr-activity";

/// The Activity Statement in CSV, English.
#[derive(Debug)]
pub(in crate::statement) struct ActivityStatement;

impl StatementFormat for ActivityStatement {
    fn id(&self) -> &'static str {
        ID
    }

    fn broker(&self) -> &'static str {
        "Interactive Brokers"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Performance & Reports → Statements → Activity Statement (wszystkie sekcje, także \
             Financial Instrument Information) → okres Annual lub Custom Date Range, osobno każdy rok \
             od pierwszego zakupu → Format: CSV, Language: English → Download",
            "Performance & Reports → Statements → Activity Statement (all sections, Financial \
             Instrument Information included) → period Annual or Custom Date Range, every year since \
             the first purchase → Format: CSV, Language: English → Download",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        recognition::recognize(sniff)
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let Some(sheet) = file.first_sheet() else {
            return Reader::new(file.id, ID, Survey::default()).finish();
        };
        let mut reader = Reader::new(file.id, ID, Survey::of(sheet));
        read_sheet(&mut reader, sheet);
        reader.finish()
    }
}

/// The section that the current row stands in.
#[derive(Debug)]
struct Table {
    name: Vec<u8>,
    section: Section,
    /// Whether the header has all that the section needs; `None` before the header.
    readable: Option<bool>,
}

fn read_sheet(reader: &mut Reader, sheet: &Sheet) {
    // A row of a statement is seldom shorter.
    reader.builder.reserve(sheet.text.len() / 88);
    let style = NumberStyle::of(sheet);
    let (mut rows, mut inner) = (Rows::of(sheet), ByteRecord::new());
    let mut table = Table { name: Vec::new(), section: Section::Unknown, readable: None };
    let mut columns = Columns::NONE;
    while let Some(line) = rows.advance() {
        let record = Cells::Line(&rows.record);
        let (record, style) = if table::unwrap(record, &mut inner) {
            (Cells::Record(&inner), NumberStyle::Point)
        } else {
            (record, style)
        };
        let kind = record.get(1).unwrap_or_default().trim_ascii();
        if table.enter(record.get(0).unwrap_or_default().trim_ascii()) {
            columns = Columns::NONE;
        }
        // One section of some exports calls its header `Headers`.
        if matches!(kind, b"Header" | b"Headers") {
            columns = Columns::of(record);
        }
        let row = Row { record, columns: &columns, line, style, flex: false };
        if row.is_blank() {
            continue;
        }
        match kind {
            b"Header" | b"Headers" => table.header(reader, &row),
            // A line break inside a cell of a table with events: a quote that does not close would swallow
            // the rows that follow. Only notes have real ones.
            _ if table.section != Section::Neutral && rows.spans_lines() => {
                reader.reject(line, &[trades::refusal(&row, Code::RowShape)]);
            }
            b"Data" => table.dispatch(reader, &row),
            b"SubTotal" | b"Total" | b"Notes" | b"Note" => reader.builder.neutral(),
            _ => reader.unknown_kind(line, Code::UnknownRow, &table.shown_name(), ""),
        }
    }
}

impl Table {
    /// Enters a section; false if the row stands in the same one as the row before.
    fn enter(&mut self, name: &[u8]) -> bool {
        if self.name == name {
            return false;
        }
        name.clone_into(&mut self.name);
        self.section = Section::named(&self.shown_name());
        self.readable = None;
        true
    }

    fn shown_name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    fn header(&mut self, reader: &mut Reader, row: &Row<'_>) {
        let missing: Vec<_> = self
            .section
            .required(row.columns)
            .into_iter()
            .filter(|place| !place.exists())
            .collect();
        for place in &missing {
            reader.diagnose(row.line, Code::MissingColumn, place.name, &self.shown_name());
        }
        self.readable = Some(missing.is_empty());
        // A section without rows says that nothing is held.
        reader.positions.present |= self.section == Section::Positions;
        if self.section == Section::Trades {
            trades::check_header(reader, row);
        }
    }

    /// Hands a data row to its section.
    fn dispatch(&self, reader: &mut Reader, row: &Row<'_>) {
        let known = !matches!(self.section, Section::Neutral | Section::Unknown);
        match self.readable {
            None if known => {
                return reader.unknown_kind(row.line, Code::UnknownRow, &self.shown_name(), "Data");
            }
            // The header's finding tells why; positions only check the result.
            Some(false) if self.section == Section::Positions => return reader.builder.neutral(),
            Some(false) => return reader.builder.unknown(),
            _ => {}
        }
        match self.section {
            Section::Trades => trades::read(reader, row),
            Section::Dividends => dividends::read(reader, row),
            Section::Withholding => withholding::read(reader, row),
            Section::Interest => interest::read(reader, row),
            Section::Fees => fees::read(reader, row),
            Section::TransactionFees => charges::transaction_fee(reader, row),
            Section::CommissionAdjustments => charges::adjustment(reader, row),
            Section::CfdCharges => results::charge(reader, row, "CFD Charges"),
            Section::CorporateActions => corporate_actions::read(reader, row),
            Section::Positions => positions::read(reader, row),
            Section::Transfers => positions::transfer(reader, row),
            Section::Grants => positions::grant(reader, row),
            Section::Statement => {
                if row.text(row.columns.field_name) == "Period" {
                    reader.enter_period(row.text(row.columns.field_value));
                }
                reader.builder.neutral();
            }
            Section::Account => {
                if row.text(row.columns.field_name) == "Account" {
                    reader.accounts.enter(row.text(row.columns.field_value));
                }
                reader.builder.neutral();
            }
            Section::Instruments | Section::Neutral | Section::OptionEvents | Section::Cash => {
                reader.builder.neutral();
            }
            Section::Unknown => {
                reader.unknown_kind(row.line, Code::UnknownRow, &self.shown_name(), "");
            }
        }
    }
}
