//! PKO BP (Biuro Maklerskie, supermakler): the report of transactions, CSV with `;`, UTF-8 with BOM.
//!
//! * Columns of 2026: `Czas zawarcia;Walor;Giełda;Waluta notowania;Oferta;Ilość;Kurs;Waluta Kurs;Wartość;Waluta
//!   Wartość;Prowizja;Waluta Prowizja;Numer transakcji;Status zlecenia;Data rozliczenia;Id zlecenia;Kwota
//!   nieopłacona;Waluta Kwota nieopłacona;Kurs przewalutowania`, days as `14-01-2026`.
//! * Columns of 2021: `Czas zawarcia;Walor(Portfel);Oferta;…;Kurs - waluta;…;Nr.transakcji;…`, days as `2021-10-06`.
//! * Transactions that the exchange took back are `Unieważnione`; the last row sums up all, those included.
//! * The report has the day of settlement. No export with dividends is known.

use super::trades::{House, Reader, TradeColumns};
use super::{CONVENTIONS, exempt_by_label};
use crate::lang::Lang;
use crate::statement::table::{Header, Table, fold};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const HOUSE: House = House {
    account: "PKO BP",
    name: "PKO BP",
    scope: "pko-trade",
    currency: None,
    has_footer: true,
};

/// The report of transactions.
#[derive(Debug)]
pub(in crate::statement) struct PkoTransactions;

impl StatementFormat for PkoTransactions {
    fn id(&self) -> &'static str {
        "pko-transactions"
    }

    fn broker(&self) -> &'static str {
        "PKO BP"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "supermakler → Raporty → Transakcje → od założenia rachunku → Eksport do CSV",
            "supermakler → Raporty → Transakcje → since the account was opened → Eksport do CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let has =
            |names: &[&str]| sniff.header().iter().any(|cell| names.contains(&fold(cell).as_ref()));
        let deal = has(&["czas zawarcia"]) && has(&["oferta"]);
        if !deal {
            return Recognition::No;
        }
        // The list of orders has no transactions.
        if has(&["numer transakcji", "nr.transakcji"]) {
            Recognition::Yes
        } else {
            Recognition::Wrong
        }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let table = file.first_sheet().and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = columns(table.header());
        if table.is_complete(&mut builder) {
            let exempt = exempt_by_label(file, |_| true);
            let mut reader = Reader::new(HOUSE, &columns, exempt, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

fn columns(header: &mut Header) -> TradeColumns {
    let columns = TradeColumns {
        date: header.required(&["czas zawarcia"]),
        paper: header.required(&["walor", "walor(portfel)"]),
        exchange: header.optional(&["gielda"]),
        side: header.required(&["oferta"]),
        quantity: header.required(&["ilosc"]),
        price: header.required(&["kurs"]),
        price_currency: header.required(&["waluta kurs", "kurs - waluta"]),
        value: header.required(&["wartosc"]),
        value_currency: header.required(&["waluta wartosc", "wartosc - waluta"]),
        commission: header.required(&["prowizja"]),
        commission_currency: header.required(&["waluta prowizja", "prowizja - waluta"]),
        settled: header.optional(&["data rozliczenia"]),
        status: header.required(&["status zlecenia"]),
        id: header.required(&["numer transakcji", "nr.transakcji"]),
        ..TradeColumns::NONE
    };
    header.ignore(&[
        "waluta notowania",
        "id zlecenia",
        "kwota nieoplacona",
        "waluta kwota nieoplacona",
        // The house's own rate has no part in the tax.
        "kurs przewalutowania",
        "",
    ]);
    columns
}
