//! EXANTE: the list of trades, the ledger of transactions, and the custom report with both.
//!
//! Known from public parsers and their fixtures (Polish, Russian and Kazakh tax tools): UTF-16, tabs, quoted
//! cells; headers in English, Polish or Russian; several tables in one file, among them holdings at the end.
//! `None` stands for nothing.
//!
//! * The list has price, fee and value date of each trade; the ledger tells the same trade in up to three
//!   rows (shares, money, fee). A trade is the same event in both: account, second, symbol, shares. In one
//!   file the list tells and the ledger repeats; what only the ledger has counts as well.
//! * Dividends are gross, their tax stands in rows of its own; a later correction names the pay day.
//! * Stamps are taken as they are: no document names their zone, and only the last hours of a day matter.

mod assemble;
mod comment;
mod ledger;
mod listed;
mod positions;
mod trades;

use super::shared::{Block, blocks};
use crate::lang::Lang;
use crate::statement::table::{Conventions, Header, NumberStyle, Table, fold};
use crate::statement::{
    AccountIx, InstrumentIx, Isin, Recognition, Sniff, SourceFile, Statement, StatementBuilder,
    StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// Trades, transactions, or both.
#[derive(Debug)]
pub(in crate::statement) struct Exante;

/// What a table is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Trades,
    Ledger,
    Holdings,
}

impl Kind {
    /// Names of which every header has one, folded.
    const MARKS: [&str; 6] = ["side", "strona", "направление", "when", "gdy", "qty"];

    /// Tells a header by what only it has; names are folded.
    fn of(cells: &[String]) -> Option<Self> {
        // Nearly all rows are no header, and are passed over quickly.
        if !cells.iter().any(|cell| Self::MARKS.contains(&&*fold(cell))) {
            return None;
        }
        let cells: Vec<_> = cells.iter().map(|cell| fold(cell)).collect();
        let has = |names: &[&str]| names.iter().all(|name| cells.iter().any(|cell| cell == *name));
        let any = |headers: &[&[&str]]| headers.iter().any(|names| has(names));
        if any(&[
            &["time", "side", "symbol id", "price"],
            &["godzina", "strona", "id symbolu", "cena"],
            &["время", "направление", "id символа", "цена"],
        ]) {
            Some(Self::Trades)
        } else if any(&[
            &["operation type", "when", "sum", "asset"],
            &["rodzaj operacji", "gdy", "suma", "aktywa"],
        ]) {
            Some(Self::Ledger)
        } else if has(&["instrument", "qty", "isin"]) {
            Some(Self::Holdings)
        } else {
            None
        }
    }
}

impl StatementFormat for Exante {
    fn id(&self) -> &'static str {
        "exante"
    }

    fn broker(&self) -> &'static str {
        "EXANTE"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Strefa klienta → Raporty → Niestandardowy (Custom): Transakcje handlowe (Trades) i Transakcje \
             (Transactions), cały okres od otwarcia rachunku → CSV",
            "Client area → Reports → Custom: Trades and Transactions, the whole time since the account was \
             opened → CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let rows = || sniff.sheets.iter().flat_map(|sheet| &sheet.rows);
        let kinds: Vec<Kind> = rows().filter_map(|row| Kind::of(row)).collect();
        if kinds.iter().any(|kind| matches!(kind, Kind::Trades | Kind::Ledger)) {
            return Recognition::Yes;
        }
        let ours = rows().any(|row| {
            let lone = row.iter().filter(|cell| !cell.is_empty()).count() == 1;
            lone && row.iter().any(|cell| is_title(cell))
        });
        if ours { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let tables: Vec<Block<Kind>> =
            file.sheets.iter().flat_map(|sheet| blocks(sheet, Kind::of, is_title)).collect();
        let mut listed = listed::Listed::default();
        let mut rows = ledger::Rows::default();
        for block in &tables {
            let table = Table::open_from(file.id, &block.sheet, block.line, CONVENTIONS);
            let Some(mut table) = table else { continue };
            match block.kind {
                Kind::Trades => {
                    let columns = trades::Columns::claim(table.header());
                    if table.is_complete(&mut builder) {
                        table.read(&mut builder, &mut trades::Reader::new(columns, &mut listed));
                    }
                }
                Kind::Ledger => {
                    let columns = ledger::Columns::claim(table.header());
                    if table.is_complete(&mut builder) {
                        let mut reader = ledger::Reader::new(columns, &mut rows);
                        table.read(&mut builder, &mut reader);
                    }
                }
                Kind::Holdings => {
                    let columns = positions::Columns::claim(table.header());
                    if let Some(mut reader) = positions::Reader::new(columns, &block.title) {
                        table.read(&mut builder, &mut reader);
                    }
                }
            }
        }
        assemble::finish(rows, listed, file.id, &mut builder);
        builder.finish()
    }
}

/// Titles of the tables of a custom report.
fn is_title(text: &str) -> bool {
    let titles = [
        "costs and charges report",
        "metrics per symbols",
        "cash balance",
        "stocks & etfs",
        "general ",
        "account summary",
    ];
    titles.iter().any(|title| text.starts_with(title))
}

/// An account by its id at the broker.
fn account(builder: &mut StatementBuilder, id: &str) -> AccountIx {
    builder.account(&account_name(id))
}

fn account_name(id: &str) -> String {
    if id.is_empty() { "EXANTE".to_owned() } else { format!("EXANTE {id}") }
}

/// An instrument; the ledger names the ISIN of many rows as `None`.
fn instrument(builder: &mut StatementBuilder, isin: Option<Isin>, symbol: &str) -> InstrumentIx {
    builder.instrument(isin, symbol, "")
}

/// The name of a column that every layout has, in its languages.
fn claim_account(header: &mut Header) -> crate::statement::table::Column {
    header.optional(&["account id", "identyfikator konta", "счет"])
}

/// The identity of a trade in both tables.
fn trade_key(
    builder: &mut StatementBuilder,
    account: &str,
    stamp: crate::statement::when::Stamp,
    symbol: &str,
    shares: rust_decimal::Decimal,
) -> crate::statement::EventKey {
    let second = stamp.millisecond / 1000;
    let content = format!("{account} {} {second} {symbol} {}", stamp.day, shares.normalize());
    builder.content_key("exante-trade", content.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::FileId;

    /// Two lists of trades in one file; the second begins in line 5 and has a row without a quantity.
    #[test]
    fn rows_of_a_later_table_keep_their_numbers() {
        let header = "Time\tAccount ID\tSide\tSymbol ID\tISIN\tType\tPrice\tCurrency\tQuantity\t\
                      Commission\tCommission Currency\tValue Date\n";
        let row = |second: u32, quantity: &str| {
            format!(
                "2024-03-15 10:00:0{second}\tXYZ1234.001\tbuy\tACME.ARCA\t\tSTOCK\t2.5\tUSD\t\
                 {quantity}\t0.2\tUSD\t2024-03-19\n"
            )
        };
        let (first, second, third) = (row(1, "10"), row(2, "20"), row(3, "many"));
        let text = format!("Report\n{header}{first}\n{header}{second}{third}");
        let read = Exante.read(&SourceFile::from_text(FileId(0), "x.tsv", &text));
        let taken: Vec<u32> = read.transactions.iter().map(|event| event.source.row).collect();
        assert!(taken.starts_with(&[3, 6]), "{taken:?}");
        let refused: Vec<_> = read.diagnostics.iter().filter_map(|found| found.row).collect();
        assert_eq!(refused, [7]);
    }
}
