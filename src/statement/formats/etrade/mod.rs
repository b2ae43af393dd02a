//! E*TRADE / Morgan Stanley at Work: gains and losses of a stock plan, expanded or collapsed, XLSX or CSV.
//!
//! Known from public tools and their fixtures: the English header, and the Polish one in part (its other
//! columns tell the American tax). All amounts are dollars, days are month first; `12/31/1969` is an empty
//! day.
//!
//! * Each row is a sale of one lot and tells its purchase as well. What was not sold is not in the file, so
//!   the lots are those that the broker names; among them the first in are the first out.
//! * `Acquisition Cost` is what was paid. Where it is zero (shares that vested) the sender says what the cost
//!   is: nothing, or the value that was taxed (tax-law 2.5). The columns adjusted for the American tax are
//!   not read.
//! * The collapsed and the expanded file tell the same sales: in one mail each counts once.
//! * The benefit history has no sales with their proceeds; it is told apart.

mod gains;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, Header, NumberStyle, Table, fold};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::MonthFirst),
    short_rows: true,
};

/// Gains and losses of a stock plan.
#[derive(Debug)]
pub(in crate::statement) struct Etrade;

impl StatementFormat for Etrade {
    fn id(&self) -> &'static str {
        "etrade-gains"
    }

    fn broker(&self) -> &'static str {
        "E*TRADE / Morgan Stanley at Work"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "At Work → My Account → Gains & Losses → każdy rok → Download → Download Expanded (XLSX)",
            "At Work → My Account → Gains & Losses → each year → Download → Download Expanded (XLSX)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let rows = || sniff.sheets.iter().flat_map(|sheet| sheet.rows.iter().take(20));
        if rows().any(|row| is_gains(row)) {
            return Recognition::Yes;
        }
        // Benefit history, holdings by type or status.
        let others = rows().any(|row| {
            let has =
                |names: &[&str]| names.iter().all(|name| row.iter().any(|cell| cell == *name));
            has(&["record type", "symbol", "sellable qty."])
                || has(&["record type", "symbol", "granted qty."])
        });
        if others { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let header = |header: &Header| is_gains(header.names());
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, header) else {
                continue;
            };
            let columns = gains::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let mut reader = gains::Reader::new(columns, &mut builder);
                table.read(&mut builder, &mut reader);
            }
        }
        builder.finish()
    }
}

fn is_gains(row: &[String]) -> bool {
    let row: Vec<_> = row.iter().map(|cell| fold(cell)).collect();
    let has = |names: &[&str]| names.iter().all(|name| row.iter().any(|cell| cell == name));
    has(&["record type", "date acquired", "date sold", "total proceeds"])
        || has(&["typ rekordu", "data nabycia", "data sprzedazy", "laczne wplywy"])
}
