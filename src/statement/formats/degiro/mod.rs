//! DEGIRO: the list of transactions and the cash account, CSV in any of nine languages.
//!
//! * Transactions.csv tells purchases and sales; Account.csv tells dividends, tax at source and interest.
//!   A return needs both. The trades that Account.csv mentions are only expected from the other file.
//! * Columns without a name hold the currency of their neighbour: before the amount until 2020, behind it
//!   after that, and since 2025 partly in the name of the column.
//! * Corporate actions stand among the transactions as a sale and a purchase without order and fee.
//! * Times are those of Central Europe, where every exchange has the same day.

mod account;
mod actions;
mod balances;
mod columns;
mod description;
mod mergers;
mod names;
mod transactions;

#[cfg(test)]
mod tests;

use crate::lang::Lang;
use crate::statement::table::{Conventions, Table};
use crate::statement::{
    Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

/// Both reports belong to one account, which they do not name.
const ACCOUNT: &str = "DEGIRO";

/// Rows may lack their last cells, and the cells show how numbers are written.
const CONVENTIONS: Conventions = Conventions { numbers: None, dates: None, short_rows: true };

/// The list of transactions.
#[derive(Debug)]
pub(in crate::statement) struct DegiroTransactions;

/// The cash account.
#[derive(Debug)]
pub(in crate::statement) struct DegiroAccount;

impl StatementFormat for DegiroTransactions {
    fn id(&self) -> &'static str {
        "degiro-transactions"
    }

    fn broker(&self) -> &'static str {
        "DEGIRO"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Skrzynka → Transakcje → zakres od założenia konta → Eksportuj → CSV (dywidendy są osobno, w \
             zestawieniu konta)",
            "Inbox → Transactions → since the account was opened → Export → CSV (dividends are in the \
             account statement)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let header = sniff.header();
        let product = has(header, &names::PRODUCT);
        if product && header.iter().any(|cell| cell.ends_with("/isin")) && !is_trades(header) {
            // The portfolio of a day, without any history.
            return Recognition::Wrong;
        }
        match (is_trades(header), is_cash(header)) {
            (true, false) => Recognition::Yes,
            (false, false) if is_shaped_like_trades(header) => Recognition::Wrong,
            _ => Recognition::No,
        }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let Some(sheet) = file.first_sheet().map(widened) else { return builder.finish() };
        let Some(mut table) = Table::open(file.id, &sheet, CONVENTIONS) else {
            return builder.finish();
        };
        let columns = columns::TradeColumns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = transactions::Reader::new(columns, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

impl StatementFormat for DegiroAccount {
    fn id(&self) -> &'static str {
        "degiro-account"
    }

    fn broker(&self) -> &'static str {
        "DEGIRO"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Skrzynka → Zestawienie konta → zakres od założenia konta → Eksportuj → CSV (potrzebne też \
             transakcje)",
            "Inbox → Account statement → since the account was opened → Export → CSV (the transactions \
             are needed as well)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let header = sniff.header();
        match (is_cash(header), is_trades(header)) {
            (true, _) => Recognition::Yes,
            (false, false) if is_shaped_like_cash(header) => Recognition::Wrong,
            _ => Recognition::No,
        }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let Some(sheet) = file.first_sheet().map(widened) else { return builder.finish() };
        let Some(mut table) = Table::open(file.id, &sheet, CONVENTIONS) else {
            return builder.finish();
        };
        let columns = columns::CashColumns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = account::Reader::new(columns, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

fn has(header: &[String], names: &[&str]) -> bool {
    header.iter().any(|cell| names.contains(&cell.as_str()))
}

/// Quantity, price and the value in the currency of the exchange: nobody else has these names.
fn is_trades(header: &[String]) -> bool {
    let local = header.iter().any(|cell| names::begins(cell, &names::LOCAL_VALUE));
    local
        && has(header, &names::ISIN)
        && has(header, &names::PRODUCT)
        && has(header, &names::QUANTITY)
        && has(header, &names::PRICE)
}

fn is_cash(header: &[String]) -> bool {
    let described = has(header, &names::DESCRIPTION) || has(header, &[names::DESCRIPTION_CZECH]);
    let changed = has(header, &names::CHANGE) || has(header, &names::AMOUNT);
    described
        && changed
        && has(header, &names::ISIN)
        && has(header, &names::PRODUCT)
        && has(header, &names::BALANCE)
}

/// A language whose names are not known: day, time, product, ISIN, and several columns without a name, which hold the
/// currencies of their neighbours.
fn is_shaped_like_trades(header: &[String]) -> bool {
    has_isin_at(header, 3) && header.len() >= 14 && nameless(header) >= 3
}

/// The same for the cash account: day, time, value day, product, ISIN, text, rate, and two amounts with currencies.
fn is_shaped_like_cash(header: &[String]) -> bool {
    has_isin_at(header, 4) && (11..=13).contains(&header.len()) && nameless(header) >= 2
}

fn has_isin_at(header: &[String], place: usize) -> bool {
    header.get(place).is_some_and(|cell| names::ISIN.contains(&cell.as_str()))
}

fn nameless(header: &[String]) -> usize {
    header.iter().filter(|cell| cell.is_empty()).count()
}

/// The sheet with one column more: rows of some exports are wider than their header.
fn widened(sheet: &Sheet) -> Sheet {
    let text = sheet.text.as_str();
    let begin = text.len() - text.trim_start_matches(['\u{feff}', '\r', '\n', ' ']).len();
    let rest = text.get(begin..).unwrap_or_default();
    let end = begin + rest.find(['\r', '\n']).unwrap_or(rest.len());
    let (head, tail) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut wide = String::with_capacity(text.len() + 1);
    wide.push_str(head);
    if !head.ends_with(char::from(sheet.delimiter)) {
        wide.push(char::from(sheet.delimiter));
    }
    wide.push_str(tail);
    Sheet { name: sheet.name.clone(), text: wide, delimiter: sheet.delimiter }
}
