//! Trading 212: the history export of an Invest account, one CSV per year at most, English only.
//!
//! * The value of a trade is shares × price in the currency of the price. `Total` is in the currency of
//!   the account at the broker's own rate, and `Result` is an average-cost gain: neither is used for tax.
//! * The price of a dividend is net per share; tax at source stands beside it.
//! * Columns come and go with the rows of the period, and have changed names over the years; early
//!   exports carry the unit in the name: `Total (EUR)`.
//! * Since 2025 some exports have `Gross Total`, `Taxes` and `Net Total` instead of `Total`, and charges with
//!   a minus. Whether the price of a dividend is net there as well, its two totals tell.

mod action;
mod columns;
mod day;
mod dividend;
mod reader;
mod repair;
mod splits;

use dividend::PerShare;
use reader::Reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

/// The files name no account: all of them are of one.
const ACCOUNT: &str = "Trading 212";

/// The format of the history export.
#[derive(Debug)]
pub(in crate::statement) struct Trading212;

/// How the broker writes; a spreadsheet may have written the file anew, which the cells then show.
const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: false };

impl StatementFormat for Trading212 {
    fn id(&self) -> &'static str {
        "trading212"
    }

    fn broker(&self) -> &'static str {
        ACCOUNT
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Aplikacja → Menu → History → ikona eksportu → zaznacz wszystkie dane, każdy rok osobno → CSV",
            "App → Menu → History → export icon → include all data, one year at a time → CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let header = sniff.header();
        let has = |name: &str| header.iter().any(|cell| cell == name);
        let total = header.iter().any(|cell| {
            matches!(cell.as_str(), "total" | "gross total" | "net total")
                || cell.starts_with("total (")
        });
        let ours = has("action")
            && (has("time") || has("time (utc)"))
            && (has("id") || has("isin"))
            && total
            && !has("currency symbol")
            && !has("currency");
        // The oldest layout names the total otherwise, and what it holds is not known.
        let alike = has("action") && has("no. of shares") && has("ticker");
        match (ours, alike) {
            (true, _) => Recognition::Yes,
            (false, true) => Recognition::Wrong,
            (false, false) => Recognition::No,
        }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let open = || file.first_sheet().and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = open() else { return builder.finish() };
        let columns = columns::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let per_share = if columns.is_gross {
                open().and_then(|table| dividend::learn(table, file.id))
            } else {
                Some(PerShare::Net)
            };
            let mut reader = Reader::new(columns, per_share, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}
