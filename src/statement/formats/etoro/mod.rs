//! eToro: the account statement, a workbook of five sheets in the language of the platform.
//!
//! * A closed position of real shares is two events: bought for its amount on the day of opening, sold for
//!   amount and profit on the day of closing. Lots are matched first in, first out per instrument, not by
//!   the broker's positions: the law knows no choice of lots.
//! * Shares still open come from the account activity, so that later sales find the older lots.
//! * Real crypto is bought and sold for money; CFDs (short, leveraged or so called) are results.
//! * Dividends are net beside their tax at source, one row per position.
//! * Times are UTC: American trades get the day of New York, the rest that of Warsaw.
//! * The financial summary is compared with the sums of the rows.

mod activity;
mod assemble;
mod charges;
mod closed;
mod columns;
mod dividends;
mod kind;
mod names;
mod shares;
mod summary;

#[cfg(test)]
mod tests;

use crate::lang::Lang;
use crate::money::Currency;
use crate::statement::table::{Conventions, DateOrder, Header, NumberStyle, Table};
use crate::statement::{
    Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

/// The account statement.
#[derive(Debug)]
pub(in crate::statement) struct Etoro;

/// How the broker writes; a spreadsheet may have written the file anew, which the cells then show.
const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::DayFirst),
    short_rows: true,
};

impl StatementFormat for Etoro {
    fn id(&self) -> &'static str {
        "etoro"
    }

    fn broker(&self) -> &'static str {
        "eToro"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Ustawienia → Konto → Dokumenty → Wyciąg z konta → okres od pierwszej transakcji, każdy rok \
             osobno → XLS (polski lub angielski)",
            "Settings → Account → Documents → Account statement → since the first trade, one year at a \
             time → XLS (Polish or English)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let any = |test: fn(&[String]) -> bool| {
            sniff.sheets.iter().any(|sheet| sheet.rows.iter().any(|row| test(row)))
        };
        if any(columns::is_closed_header) {
            return Recognition::Yes;
        }
        let is_foreign = |name: &str| columns::FOREIGN_SHEETS.contains(&name);
        let other = any(columns::is_activity_header)
            || any(columns::is_dividend_header)
            || sniff.sheets.iter().any(|sheet| is_foreign(&sheet.name));
        if other { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let mut content = assemble::Content::default();
        for sheet in &file.sheets {
            read_sheet(file, sheet, &mut content, &mut builder);
        }
        let currency = summary::currency(file).unwrap_or(Currency::USD);
        content.assemble(currency, &mut builder);
        builder.finish()
    }
}

fn read_sheet(
    file: &SourceFile,
    sheet: &Sheet,
    content: &mut assemble::Content,
    builder: &mut StatementBuilder,
) {
    let is = |test: fn(&[String]) -> bool| move |header: &Header| test(header.names());
    let open = |test| Table::open_at(file.id, sheet, CONVENTIONS, is(test));
    if let Some(mut table) = open(columns::is_closed_header) {
        let mut reader = closed::ClosedReader::new(table.header(), content);
        if table.is_complete(builder) {
            table.read(builder, &mut reader);
        }
    } else if let Some(mut table) = open(columns::is_activity_header) {
        let mut reader = activity::ActivityReader::new(table.header(), content);
        if table.is_complete(builder) {
            table.read(builder, &mut reader);
        }
    } else if let Some(mut table) = open(columns::is_dividend_header) {
        let mut reader = dividends::DividendReader::new(table.header(), content);
        if table.is_complete(builder) {
            table.read(builder, &mut reader);
        }
    } else if let Some(mut table) = open(columns::is_summary_header) {
        let mut reader = summary::SummaryReader::new(table.header(), content);
        table.read(builder, &mut reader);
    }
}
