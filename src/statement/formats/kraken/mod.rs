//! Kraken: the ledgers, one row for each change of a balance.
//!
//! * `txid,refid,time,type,subtype,aclass,[subclass,]asset,[wallet,]amount,fee,balance`, since 2026 with
//!   amounts in dollars and `feecurrency`. Seen in fixtures and in the documentation of several public
//!   readers.
//! * The sides of one exchange share their `refid`, which is also the id of the trade. The fee is taken
//!   beside the amount, in the asset of the row.
//! * Balances stand after amount and fee, wallet by wallet; the rows are compared with them.
//! * Assets have letters of their class before them (`ZEUR`, `XXBT`) and of a product behind them
//!   (`DOT28.S`, `EUR.HOLD`). Times are UTC.
//! * The list of trades has neither instant purchases nor conversions and is refused in favour of the
//!   ledgers. Margin, futures and tokenized shares are refused row by row.

mod balances;
mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// The ledgers.
#[derive(Debug)]
pub(in crate::statement) struct Kraken;

impl StatementFormat for Kraken {
    fn id(&self) -> &'static str {
        "kraken"
    }

    fn broker(&self) -> &'static str {
        "Kraken"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Historia → Eksport → Ledgers (księga, nie Trades) → wszystkie pola, cały okres → CSV",
            "History → Export → Ledgers (not Trades) → all fields, all time → CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if sniff.header_has(&["txid", "refid", "time", "type", "asset", "amount", "fee", "balance"])
        {
            return Recognition::Yes;
        }
        let trades = sniff.header_has(&["txid", "ordertxid", "pair", "vol", "cost"]);
        if trades { Recognition::Wrong } else { Recognition::No }
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
