//! Fidelity stock plan (NetBenefits): the transaction history.
//!
//! Known from a public Polish tool with its samples: `Transaction date, Transaction type, Investment name,
//! Shares, Amount`; days as `Dec-31-2025`, amounts in dollars, a dash for nothing, numbers of plans masked
//! (`YOU BOUGHT ESPP###`).
//!
//! * There is no symbol: the name is the identity.
//! * Shares of the purchase plan cost what was paid; what vested shares cost is for the sender to say
//!   (tax-law 2.5).
//! * The summary of custom transactions (`stock-sales`) names no instrument and repeats these sales; the
//!   history of a brokerage account is another report. Both are told apart.

mod history;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::MonthFirst),
    short_rows: true,
};

/// The transaction history of a stock plan account.
#[derive(Debug)]
pub(in crate::statement) struct Fidelity;

impl StatementFormat for Fidelity {
    fn id(&self) -> &'static str {
        "fidelity-stock-plan"
    }

    fn broker(&self) -> &'static str {
        "Fidelity NetBenefits"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "NetBenefits → Stock Plan Account → View transaction history → każdy rok → Download (CSV)",
            "NetBenefits → Stock Plan Account → View transaction history → each year → Download (CSV)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if sniff.header_has(&["transaction date", "transaction type", "investment name", "shares"])
        {
            return Recognition::Yes;
        }
        let summary =
            sniff.header_has(&["date sold or transferred", "date acquired", "stock source"]);
        let rows = || sniff.sheets.iter().flat_map(|sheet| sheet.rows.iter().take(10));
        let brokerage = rows().any(|row| {
            let has = |name: &str| row.iter().any(|cell| cell == name);
            has("run date") && has("action") && has("symbol")
        });
        if summary || brokerage { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let Some(mut table) = Table::open(file.id, sheet, CONVENTIONS) else { continue };
            let columns = history::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let mut reader = history::Reader::new(columns, &mut builder);
                table.read(&mut builder, &mut reader);
            }
        }
        builder.finish()
    }
}
