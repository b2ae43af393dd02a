//! Morgan Stanley's plan of stock units (`StockPlan Connect`, as employees of Alphabet have it): what vested, and what was
//! sold.
//!
//! Seen in the fixtures of several public readers:
//!
//! * releases: `Vest Date,Order Number,Plan,Type,Status,Price,Quantity,Net Cash Proceeds,Net Share Proceeds,Tax Payment
//!   Method`; the shares that came are the net ones, the others paid the tax. Their cost is for the sender to say
//!   (tax-law 2.5).
//! * withdrawals: `Execution Date,Order Number,Plan,Type,Order Status,Price,Quantity,Net Amount,Net Share Proceeds,Tax
//!   Payment Method`; `Cash` is the money leaving. `Net Amount` is what was paid out, its charges taken off already.
//! * The line below them says that sales until 15 July 2022 stand as before Alphabet's split of 20 for 1, and what
//!   vested as after it. Without that line such sales are not guessed.
//! * The reports of net shares and of wires tell the same again and are refused.

mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// Releases and withdrawals of a plan.
#[derive(Debug)]
pub(in crate::statement) struct MorganStanley;

impl StatementFormat for MorganStanley {
    fn id(&self) -> &'static str {
        "morgan-stanley"
    }

    fn broker(&self) -> &'static str {
        "Morgan Stanley StockPlan Connect"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Activity Report → cały okres → CSV: Releases Report i Withdrawals Report (oba pliki)",
            "Activity Report → all time → CSV: Releases Report and Withdrawals Report (both files)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let rest = ["order number", "plan", "type", "price", "quantity", "net share proceeds"];
        if !sniff.header_has(&rest) {
            return Recognition::No;
        }
        let releases = sniff.header_has(&["vest date", "net cash proceeds"]);
        let withdrawals = sniff.header_has(&["execution date", "net amount"]);
        if releases || withdrawals { Recognition::Yes } else { Recognition::Wrong }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let Some(mut table) = Table::open(file.id, sheet, CONVENTIONS) else { continue };
            let columns = reader::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let mut reader = reader::Reader::new(columns, &mut builder);
                table.read(&mut builder, &mut reader);
                reader.finish(&mut builder);
            }
        }
        builder.finish()
    }
}
