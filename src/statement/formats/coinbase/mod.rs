//! Coinbase: the transactions report.
//!
//! * Above the header stand up to four lines with the customer's name. The amounts were named by the
//!   currency (`EUR Subtotal`) until 2021, then came `Spot Price Currency`, and since 2024 `ID`,
//!   `Price Currency`, amounts with a symbol and signed quantities; since 2025 also addresses. Seen in
//!   fixtures of several public readers.
//! * The price currency is that of the customer's display. What was paid with stands only in the notes:
//!   `Bought 0.1 BTC for 500 EUR`. Where both are one currency, the columns have price and fee; where
//!   money of another currency was paid, the notes' amount counts, fee included; where a coin was paid,
//!   it is an exchange.
//! * Ids came late, so an event is known by its moment, direction, coin and quantity in every layout.
//! * Times are UTC. Fills of Advanced Trade stand in this report as well, so the reports of fills and of
//!   gains are refused in its favour. Those of the former Pro stand nowhere here: transfers to it are
//!   neutral, and it is said that its deals are missing.

mod notes;
mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, Header, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// The transactions report.
#[derive(Debug)]
pub(in crate::statement) struct Coinbase;

impl StatementFormat for Coinbase {
    fn id(&self) -> &'static str {
        "coinbase"
    }

    fn broker(&self) -> &'static str {
        "Coinbase"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Profil → Zarządzaj kontem → Wyciągi (Statements) → Transakcje → wszystkie aktywa, cały okres \
             → CSV (nie Gain/loss ani Fills)",
            "Profile → Manage account → Statements → Transactions → all assets, all time → CSV (not \
             Gain/loss, not Fills)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let has = |row: &[String], names: &[&str]| {
            names.iter().all(|name| row.iter().any(|cell| cell == name))
        };
        let mut rows = sniff.sheets.iter().flat_map(|sheet| &sheet.rows).map(Vec::as_slice);
        if rows.clone().any(|row| has(row, &REPORT)) {
            return Recognition::Yes;
        }
        let wrong = rows.any(|row| OTHERS.iter().any(|names| has(row, names)));
        if wrong { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, is_report) else {
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

/// Columns of every layout.
const REPORT: [&str; 4] = ["timestamp", "transaction type", "asset", "quantity transacted"];

/// Other reports: fills, the account of Pro, gains and losses.
const OTHERS: [&[&str]; 3] = [
    &["portfolio", "trade id", "product", "side", "size unit"],
    &["portfolio", "type", "time", "amount", "amount/balance unit"],
    &["transaction type", "transaction id", "tax lot id", "asset name"],
];

fn is_report(header: &Header) -> bool {
    REPORT.iter().all(|name| header.names().iter().any(|cell| cell == name))
}
