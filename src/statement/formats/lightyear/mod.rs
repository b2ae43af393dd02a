//! Lightyear: the account statement.
//!
//! * `Date,Reference,Ticker,ISIN,Type,Quantity,CCY,Price/share,Gross Amount,FX Rate,Fee,Net Amt.,Tax Amt.` with
//!   days first. Seen in fixtures of several public readers.
//! * Amounts are gross; fee and tax stand beside them. The signs of net amounts differ between exports and
//!   are not used; gross, fee, tax and net must agree all the same.
//! * Distributions of the cash funds have a fee of the broker, which no rule makes a cost of them.
//! * Rewards in money are no income of capital; rewards in shares have no cost here and wait.
//! * Times are local; the exchanges have the day that the file shows.

mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::DayFirst),
    short_rows: true,
};

/// The account statement.
#[derive(Debug)]
pub(in crate::statement) struct Lightyear;

impl StatementFormat for Lightyear {
    fn id(&self) -> &'static str {
        "lightyear"
    }

    fn broker(&self) -> &'static str {
        "Lightyear"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Konto → Wyciągi (Statements) → Account statement → cały okres → CSV (nie Capital gains)",
            "Account → Statements → Account statement → all time → CSV (not Capital gains)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if sniff.header_has(&["date", "reference", "ticker", "type", "ccy", "price/share"]) {
            return Recognition::Yes;
        }
        let gains =
            sniff.header_has(&["ticker", "isin", "quantity", "cost basis", "proceeds", "ccy"]);
        let older = sniff.header_has(&[
            "date",
            "transaction type",
            "ticker symbol",
            "price per share",
            "total amount",
        ]);
        if gains || older { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet();
        let table = sheet.and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = reader::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = reader::Reader::new(columns, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}
