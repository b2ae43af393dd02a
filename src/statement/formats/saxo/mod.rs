//! Saxo Bank and houses on its platform: the transactions report (XLSX or CSV).
//!
//! Known from a public sample and parsers: `Client ID, Trade Date, Value Date, Type, Instrument, Instrument
//! ISIN, Instrument currency, …, Event, Amount (2026: Booked Amount), …, Conversion Rate`; days as
//! `02-Apr-2025`, months in the user's language; `Buy 3 @ 134.85 USD` in English, Dutch or Danish.
//!
//! * Quantity, price and currency of a trade are in its event. The amount is in the currency of the account,
//!   which the file does not name: only where nothing was converted is the difference the fee.
//! * No source tells whether the amount of a dividend is before or after tax, so it is asked for.
//! * Other reports of the platform lack currency and ISIN (trades executed, the transactions of 2020 and 2021), or
//!   purchases (closed positions), or the instrument (account statement): they are told apart.

mod event;
mod transactions;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, Header, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: None, dates: Some(DateOrder::DayFirst), short_rows: true };

/// The transactions report.
#[derive(Debug)]
pub(in crate::statement) struct Saxo;

impl StatementFormat for Saxo {
    fn id(&self) -> &'static str {
        "saxo"
    }

    fn broker(&self) -> &'static str {
        "Saxo Bank"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Account → Historical reports → Transactions → Custom: cały okres → Export → Excel; dopisz brutto i \
             podatek dywidend z raportu Share dividends",
            "Account → Historical reports → Transactions → Custom: all time → Export → Excel; add gross and \
             tax of dividends from the report Share dividends",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let rows = || sniff.sheets.iter().flat_map(|sheet| sheet.rows.iter().take(10));
        if rows().any(|row| is_transactions(row)) {
            return Recognition::Yes;
        }
        let others = rows().any(|row| {
            let has = |names: &[&str]| names.iter().all(|name| row.iter().any(|cell| cell == name));
            has(&["trade id", "account id", "b/s"])
                || has(&["handels-id", "konto id", "k/s"])
                || has(&["account id", "posting date", "value date", "event", "net change"])
                || has(&["konto id", "posteringsdato", "valørdato", "begivenhed"])
                || has(&["related trade id", "booking amount type"])
                || has(&["trade date close", "trade date open"])
                || has(&["account id", "instrument id", "booked amount instrument currency"])
        });
        if others { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let header = |header: &Header| is_transactions(header.names());
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, header) else {
                continue;
            };
            let columns = transactions::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let mut reader = transactions::Reader::new(columns);
                table.read(&mut builder, &mut reader);
            }
        }
        builder.finish()
    }
}

fn is_transactions(row: &[String]) -> bool {
    let has = |names: &[&str]| names.iter().all(|name| row.iter().any(|cell| cell == name));
    has(&["client id", "trade date", "value date", "type", "instrument isin", "event"])
}
