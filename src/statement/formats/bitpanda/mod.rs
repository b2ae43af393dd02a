//! Bitpanda: the history of all transactions, in one file coins, metals, shares and money.
//!
//! * About six lines with the customer's data stand above the header `Transaction ID,Timestamp,Transaction
//!   Type,In/Out,Amount Fiat,Fiat,Amount Asset,Asset,…`; `Tax Fiat`, `Fee percent`, `Address` came later. An
//!   empty cell is `-`; times have an offset. Seen in fixtures of several public readers.
//! * Whether the amount of money includes the fee is disputed among readers: quantity × price decides.
//! * What the class calls a derivative is a contract on a price: its result belongs to the derivatives,
//!   lot by lot as it was bought. Other shares and funds are securities; they have no ISIN here. Metals
//!   are kept physically and are no matter of this return.
//! * An exchange of coins is written as a sale and a purchase of one moment and one value.
//! * The early layout `ID,Type,In/Out,…,Created at` has no class of assets and is refused.

mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, Header, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// The history of all transactions.
#[derive(Debug)]
pub(in crate::statement) struct Bitpanda;

impl StatementFormat for Bitpanda {
    fn id(&self) -> &'static str {
        "bitpanda"
    }

    fn broker(&self) -> &'static str {
        "Bitpanda"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Profil → Historia → Eksportuj → wszystkie transakcje od początku → CSV",
            "Profile → History → Export → all transactions since the beginning → CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let has = |row: &[String], names: &[&str]| {
            names.iter().all(|name| row.iter().any(|cell| cell == name))
        };
        let mut rows = sniff.sheets.iter().flat_map(|sheet| &sheet.rows).map(Vec::as_slice);
        if rows.clone().any(|row| has(row, &HISTORY)) {
            return Recognition::Yes;
        }
        let wrong = rows.any(|row| OTHERS.iter().any(|names| has(row, names)));
        if wrong { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, is_history) else {
                continue;
            };
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

/// Columns of every layout with classes.
const HISTORY: [&str; 5] =
    ["transaction id", "transaction type", "in/out", "amount fiat", "asset class"];

/// The early layout, and the trades of the exchange for professionals.
const OTHERS: [&[&str]; 2] = [
    &["id", "type", "in/out", "amount fiat", "amount asset", "status", "created at"],
    &["order id", "trade id", "type", "market", "amount", "price", "fee currency", "time"],
];

fn is_history(header: &Header) -> bool {
    HISTORY.iter().all(|name| header.names().iter().any(|cell| cell == name))
}
