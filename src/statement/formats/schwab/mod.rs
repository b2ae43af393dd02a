//! Charles Schwab: the history of a brokerage account (CSV or JSON) and of the Equity Awards Center (CSV
//! with rows of details, or JSON in two spellings).
//!
//! Known from public parsers and their fixtures (cgt-calc and others). All amounts are dollars, days are
//! month first; `08/15/2023 as of 08/14/2023` has the booking first and the day of the trade second.
//!
//! * The awards tell what the brokerage does not: `Stock Plan Activity` has no price. Shares that leave the
//!   awards and come into the brokerage take their lots along.
//! * What shares that vested cost is for the sender to say (tax-law 2.5); shares of a purchase plan cost
//!   what was paid. The broker's own choice of lots in a sale is not taken: first in, first out.
//! * The brokerage tells the shares that a split added; its ratio is worked out from what is held, and said. The
//!   awards restate some rows and not others, so there no split is computed.

mod actions;
mod awards;
mod brokerage;
mod rows;
mod splits;

use super::shared::{Document, Section};
use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, NumberStyle, Table};
use crate::statement::{
    Diagnostic, Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::MonthFirst),
    short_rows: true,
};

/// The brokerage account.
#[derive(Debug)]
pub(in crate::statement) struct SchwabBrokerage;

/// The Equity Awards Center.
#[derive(Debug)]
pub(in crate::statement) struct SchwabAwards;

impl StatementFormat for SchwabBrokerage {
    fn id(&self) -> &'static str {
        "schwab-brokerage"
    }

    fn broker(&self) -> &'static str {
        "Charles Schwab"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Accounts → History → konto maklerskie → Date Range: All (lub po 4 lata) → Export → CSV albo JSON",
            "Accounts → History → the brokerage account → Date Range: All (or four years each) → Export → CSV \
             or JSON",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let csv =
            sniff.sheets.iter().any(|sheet| sheet.rows.iter().take(5).any(|row| is_brokerage(row)));
        if csv || is_document(&sniff.head, &["BrokerageTransactions"]) {
            return Recognition::Yes;
        }
        // The list of realized gains has the broker's lots and no purchases.
        let gains = sniff.sheets.iter().any(|sheet| {
            sheet.rows.iter().take(5).any(|row| {
                let has = |name: &str| row.iter().any(|cell| cell == name);
                has("closed date") && has("opened date") && has("cost basis (cb)")
            })
        });
        if gains { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let records =
            |document: &Document<'_>| Section::of("", &document.list("BrokerageTransactions"), 1);
        with_sheet(file, &mut builder, records, |sheet, builder| {
            let header = |header: &crate::statement::table::Header| {
                let has = |name: &str| header.names().iter().any(|found| found == name);
                has("action") && has("amount")
            };
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, header) else {
                return;
            };
            let columns = brokerage::Columns::claim(table.header());
            if table.is_complete(builder) {
                let mut reader = brokerage::Reader::new(columns, builder);
                table.read(builder, &mut reader);
                reader.finish(file.id, builder);
            }
        });
        builder.finish()
    }
}

impl StatementFormat for SchwabAwards {
    fn id(&self) -> &'static str {
        "schwab-awards"
    }

    fn broker(&self) -> &'static str {
        "Charles Schwab Equity Awards"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Accounts → History → Equity Awards → Date Range: po 4 lata, wszystkie typy transakcji → Export → \
             CSV albo JSON",
            "Accounts → History → Equity Awards → Date Range: four years each, all types of transactions → \
             Export → CSV or JSON",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let names = ["date", "action", "symbol", "quantity", "feesandcommissions", "awarddate"];
        let ours = sniff.header_has(&names)
            || is_document(&sniff.head, &["TransactionDetails"])
            || is_document(&sniff.head, &["transactionDetails"]);
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        with_sheet(file, &mut builder, rows::records, |sheet, builder| {
            let Some(mut table) = Table::open(file.id, sheet, CONVENTIONS) else { return };
            let columns = rows::Columns::claim(table.header());
            if table.is_complete(builder) {
                let mut reader = awards::Reader::new(columns, builder);
                table.read(builder, &mut reader);
                reader.finish(builder);
            }
        });
        builder.finish()
    }
}

fn is_brokerage(row: &[String]) -> bool {
    let has = |name: &str| row.iter().any(|cell| cell == name);
    ["date", "action", "symbol", "quantity", "price", "amount"].into_iter().all(has)
        && (has("fees & comm") || has("fees & commissions"))
}

fn is_document(head: &str, names: &[&str]) -> bool {
    head.trim_start().starts_with('{')
        && names.iter().all(|name| head.contains(&format!("\"{name}\"")))
}

/// Reads each sheet of a text, or the records of a document as one.
fn with_sheet(
    file: &SourceFile,
    builder: &mut StatementBuilder,
    records: impl Fn(&Document<'_>) -> Section,
    read: impl Fn(&Sheet, &mut StatementBuilder),
) {
    let text = file.first_sheet().map_or("", |sheet| sheet.text.as_str());
    if !text.trim_start().starts_with('{') {
        return file.sheets.iter().for_each(|sheet| read(sheet, builder));
    }
    match Document::of_file(text) {
        Err(code) => builder.diagnose(Diagnostic::in_file(code, file.id)),
        Ok(document) => {
            if let Some(sheet) = records(&document).sheet {
                read(&sheet, builder);
            }
        }
    }
}
