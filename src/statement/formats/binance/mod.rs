//! Binance: the transaction history, one row for each change of a balance.
//!
//! * The names of the columns follow the language of the sender (English, Polish and Spanish seen; the last
//!   two also without the user), the operations are English in all.
//! * Header until 2023 `User_ID,UTC_Time,Account,Operation,Coin,Change,Remark`, since 2024 `User ID,Time,…`
//!   with years of two digits, as CSV or as a workbook. Seen in fixtures of several public readers.
//! * A trade is several rows of one second; card purchases and some fills lie a second or two apart. Rows
//!   are taken together until both sides are there.
//! * Binance numbers nothing, so an event is known by its moment and amounts; moments are in UTC. Since
//!   2024 the sender chooses the zone, which only the name of the file tells: `…(UTC+2).csv`. Without
//!   that it is UTC, which may move a day near midnight but never an amount.
//! * Deals with other customers (P2P) have no price here; it stands in the history of P2P orders, which is
//!   read as well: `Order Number,Order Type,Asset Type,Fiat Type,Total Price,Price,Quantity,Exchange rate,
//!   [Maker Fee,Taker Fee,]Couterparty,Status,Created Time`, seen in fixtures of three public readers. Orders
//!   are numbered; they name no customer, so they belong to an account of their own.
//! * The list of trades lacks card purchases and conversions and has no money of its own; it and the
//!   deposit, order and futures reports are refused in favour of this one. Results of futures are refused
//!   row by row.

mod operation;
mod peers;
mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, Header, NumberStyle, Table, fold_name};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// The transaction history.
#[derive(Debug)]
pub(in crate::statement) struct Binance;

impl StatementFormat for Binance {
    fn id(&self) -> &'static str {
        "binance"
    }

    fn broker(&self) -> &'static str {
        "Binance"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Portfel → Historia transakcji → Eksportuj → Eksportuj rekordy transakcji → wszystkie konta i \
             monety, strefa UTC, każdy rok → CSV",
            "Wallet → Transaction history → Export → Export transaction records → all accounts and coins, \
             zone UTC, each year → CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let mut other = false;
        for row in sniff.sheets.iter().flat_map(|sheet| &sheet.rows) {
            if names_any(row, &HISTORY) {
                return Recognition::Yes;
            }
            other |= names_any(row, &OTHERS);
        }
        if other { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, is_history) else {
                continue;
            };
            let columns = reader::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let mut reader = reader::Reader::new(columns, ahead(&file.name));
                table.read(&mut builder, &mut reader);
                reader.finish(&mut builder);
            }
        }
        builder.finish()
    }
}

/// The history of orders with other customers.
#[derive(Debug)]
pub(in crate::statement) struct BinancePeers;

/// The account of deals with other customers, and the report that tells them.
const PEER_ACCOUNT: &str = "Binance P2P";
const PEER_REPORT: &str = "P2P order history";

impl StatementFormat for BinancePeers {
    fn id(&self) -> &'static str {
        "binance-p2p"
    }

    fn broker(&self) -> &'static str {
        "Binance"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Zlecenia → Zlecenia P2P → Eksportuj historię zleceń → każdy rok → CSV (oprócz historii \
             transakcji)",
            "Orders → P2P orders → Export order history → each year → CSV (besides the transaction \
             history)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours =
            ["order number", "order type", "asset type", "fiat type", "total price", "quantity"];
        if sniff.header_has(&ours) { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet();
        let table = sheet.and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = peers::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = peers::Reader::new(columns, ahead(&file.name), &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

/// Columns of the transaction history that no other exchange has together, in each language.
const HISTORY: [&[&str]; 3] = [
    &["user id", "account", "operation", "coin", "change"],
    &["czas", "konto", "operacja", "moneta"],
    &["tiempo", "cuenta", "operacion", "moneda", "cambio"],
];

/// Other reports: trades (old, new), orders, transfers, conversions, purchases with a card, futures.
const OTHERS: [&[&str]; 8] = [
    &["date(utc)", "market", "type", "price", "fee coin"],
    &["date(utc)", "pair", "side", "price", "executed"],
    &["date(utc)", "orderno", "pair", "trading total"],
    &["date(utc)", "coin", "network", "transactionfee", "txid"],
    &["time", "coin", "network", "amount", "fee", "txid"],
    &["date", "wallet", "pair", "type", "sell", "buy", "inverse price"],
    &["date(utc)", "method", "amount", "receive amount", "transaction id"],
    &["uid", "symbol", "realized profit", "trade id", "order id"],
];

fn is_history(header: &Header) -> bool {
    names_any(header.names(), &HISTORY)
}

/// Whether a row has all columns of one of these tables.
fn names_any(row: &[String], tables: &[&[&str]]) -> bool {
    let folded: Vec<_> = row.iter().map(|cell| fold_name(cell)).collect();
    let has = |name: &&str| folded.iter().any(|cell| cell == *name);
    tables.iter().any(|names| names.iter().all(has))
}

/// No clock is further from UTC, in minutes.
const FURTHEST: i64 = 14 * 60;

/// Minutes that the clock of the file is ahead of UTC, as its name tells: `…(UTC+2)…`, `…(UTC--6)…`.
fn ahead(name: &str) -> i64 {
    let told = || {
        let (_, rest) = name.split_once("(UTC")?;
        let (zone, _) = rest.split_once(')')?;
        let zone = zone.replace("--", "-");
        // `+5:30` is five and a half hours.
        let (hours, minutes) = zone.split_once(':').unwrap_or((&zone, "0"));
        let (hours, minutes): (i8, i8) = (hours.parse().ok()?, minutes.parse().ok()?);
        let minutes = if hours < 0 { -minutes } else { minutes };
        Some(i64::from(hours) * 60 + i64::from(minutes))
    };
    told().filter(|minutes| minutes.abs() <= FURTHEST).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_tells_its_clock() {
        assert_eq!(ahead("Binance-Transaction-History-202501(UTC+2).csv"), 120);
        assert_eq!(ahead("Binance-Transaction-History-202501(UTC--6)_ab.csv"), -360);
        assert_eq!(ahead("x(UTC+5:30).csv"), 330);
        for name in ["export.csv", "x(UTC0).csv", "x(UTCnull).csv", "x(UTC+99).csv"] {
            assert_eq!(ahead(name), 0, "{name}");
        }
    }
}
