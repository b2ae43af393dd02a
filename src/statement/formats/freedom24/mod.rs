//! Freedom24 (Freedom Finance Europe) and other houses on Tradernet: the broker report, as JSON or XLSX.
//!
//! The JSON is known from parsers and their fixtures (Portfolio Performance, Ukrainian and Austrian tax
//! tools): lists `trades.detailed`, `corporate_actions.detailed`, `securities_in_outs`, `cash_in_outs`
//! (older: `cash_flows.detailed`) and `commissions.detailed`, on the top level or in `report`. Of the
//! workbook only the sheet of trades is known from a parser (pit8c); its other sheets are recognised by the
//! same names of columns and refused by name where they have others.
//!
//! * Kinds are told by `type_id`, never by `type`, which is in the language of the user and often damaged.
//! * Newer reports fold many rows into one and write `Grouped` where values differ: such rows tell nothing.
//! * Days are those of the exchange (`short_date`); the clock of the stamps is not documented and only
//!   orders events within a day.
//! * A trade has no id that both layouts share beyond doubt, so its content is its identity.

mod cash;
mod columns;
mod income;
mod moves;
mod trades;

use hashbrown::HashMap;

use super::shared::{Document, Section};
use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, NumberStyle, RowReader, Table};
use crate::statement::{
    Diagnostic, FileId, Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder,
    StatementFormat,
};

/// The report names the client, but not in every layout; a client's sub-accounts share one custody.
const ACCOUNT: &str = "Freedom24";

const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::DayFirst),
    short_rows: true,
};

/// The broker report.
#[derive(Debug)]
pub(in crate::statement) struct Freedom24;

impl StatementFormat for Freedom24 {
    fn id(&self) -> &'static str {
        "freedom24"
    }

    fn broker(&self) -> &'static str {
        "Freedom24"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Panel klienta → Raporty → Raport brokera → cały okres od otwarcia rachunku → JSON (albo XLSX)",
            "Client area → Reports → Broker report → the whole time since the account was opened → JSON (or \
             XLSX)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if is_report(&sniff.head)
            || sniff.sheets.iter().any(|sheet| sheet.rows.iter().any(|row| is_trades(row)))
        {
            return Recognition::Yes;
        }
        let cash = ["operacja №", "operation №"];
        let flows = sniff.header().iter().any(|cell| cash.contains(&cell.as_str()));
        if flows { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        builder.account(ACCOUNT);
        let head = file.first_sheet().map_or("", |sheet| sheet.text.as_str());
        if is_report(head) {
            read_document(file, head, &mut builder);
        } else {
            for sheet in &file.sheets {
                if let Some(name) = columns::kind_of(sheet) {
                    read_section(file.id, sheet, name, &mut builder);
                }
            }
        }
        builder.finish()
    }
}

/// Whether a text is the report in JSON: lists of the broker's own names.
fn is_report(text: &str) -> bool {
    let names = ["plainAccountInfoData", "securities_in_outs", "cash_in_outs", "account_at_end"];
    let has = |name: &&&str| text.contains(&format!("\"{name}\""));
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && (names.iter().filter(has).count() >= 2
            || (text.contains("\"instr_nm\"") && text.contains("\"curr_c\"")))
}

/// Whether a row is the header of the sheet of trades.
fn is_trades(row: &[String]) -> bool {
    let has = |name: &str| row.iter().any(|cell| cell == name);
    has("ticker") && has("direction") && has("trade#") && (has("commission") || has("fee"))
}

fn read_document(file: &SourceFile, text: &str, builder: &mut StatementBuilder) {
    let document = match Document::of_file(text) {
        Ok(document) => document,
        Err(code) => return builder.diagnose(Diagnostic::in_file(code, file.id)),
    };
    let report = document.object("report").unwrap_or(document);
    let detailed = |name: &str| report.object(name).map(|list| list.list("detailed"));
    let trades = detailed("trades").unwrap_or_default();
    let actions = detailed("corporate_actions").unwrap_or_default();
    // The ISIN stands in a list of its own beside the one that tells the kind.
    let isins: HashMap<(String, String), Document<'_>> = detailed("in_outs_securities")
        .unwrap_or_default()
        .into_iter()
        .map(|entry| ((entry.text("ticker"), entry.text("date")), entry))
        .collect();
    let shares: Vec<Document<'_>> = report
        .list("securities_in_outs")
        .into_iter()
        .map(|entry| match isins.get(&(entry.text("ticker"), entry.text("datetime"))) {
            Some(other) => entry.with(other),
            None => entry,
        })
        .collect();
    let mut flows = report.list("cash_in_outs");
    if flows.is_empty() {
        flows = detailed("cash_flows").unwrap_or_default();
    }
    let commissions = detailed("commissions").unwrap_or_default();
    let mut row = 1;
    let lists: [(&str, &[Document<'_>]); 5] = [
        ("trades", &trades),
        // Before the corporate actions, which tell splits again.
        ("securities_in_outs", &shares),
        ("corporate_actions", &actions),
        ("cash_in_outs", &flows),
        ("commissions", &commissions),
    ];
    for (name, records) in lists {
        let section = Section::of(name, records, row);
        row = section.next;
        if let Some(sheet) = section.sheet {
            read_section(file.id, &sheet, name, builder);
        }
    }
}

fn read_section(file: FileId, sheet: &Sheet, name: &str, builder: &mut StatementBuilder) {
    let opened = Table::open_at(file, sheet, CONVENTIONS, |header| header.width() > 2);
    let Some(mut table) = opened else { return };
    match name {
        "trades" => {
            let columns = trades::Columns::claim(table.header());
            let mut reader = trades::Reader::new(columns, builder);
            take(table, &mut reader, builder);
        }
        "corporate_actions" => {
            let columns = income::Columns::claim(table.header());
            let mut reader = income::Reader::new(columns, builder);
            take(table, &mut reader, builder);
        }
        "securities_in_outs" => {
            let columns = moves::Columns::claim(table.header());
            let mut reader = moves::Reader::new(columns, builder);
            take(table, &mut reader, builder);
            reader.finish(builder);
        }
        name => {
            let columns = cash::Columns::claim(table.header());
            let mut reader = cash::Reader::new(columns, name == "commissions", builder);
            take(table, &mut reader, builder);
            reader.finish(file, builder);
        }
    }
}

fn take(table: Table<'_>, reader: &mut impl RowReader, builder: &mut StatementBuilder) {
    if table.is_complete(builder) {
        table.read(builder, reader);
    }
}
