//! Trade Republic: the transaction export of the application.
//!
//! * 23 quoted columns `datetime,date,account_type,category,type,asset_class,name,symbol,shares,price,amount,
//!   fee,tax,currency,…` since 2026; some exports have fewer columns or `;`. `symbol` is an ISIN, for coins
//!   their ticker or a made-up ISIN (`XF000BTC0017`). Seen in fixtures of several public readers.
//! * Signs differ: shares of a sale and fees stand with or without a minus. What a row is says its type.
//!   Whether the amount includes the fee is decided by quantity × price.
//! * Dividends are gross, converted into the currency of the account, with the tax beside them.
//! * Older tables come from programs of third parties (`Date;Type;Value;Note;ISIN;…`), which name neither
//!   currency nor id; they are refused in favour of the official export.
//! * Deliveries of shares bring or take lots whose cost another file or the sender tells; those of coins
//!   cost nothing. Corporate actions give no ratio: they are refused and their instrument waits.
//! * Interest paid and German tax in advance on funds are left out, and said. Names of income that do not say its kind
//!   (`SSP_…`, `COMPENSATION`) are refused; so is any move of money that names an instrument, but for gifts.
//! * Times are UTC.

mod columns;
mod kind;
mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Point), dates: None, short_rows: true };

/// The transaction export.
#[derive(Debug)]
pub(in crate::statement) struct TradeRepublic;

impl StatementFormat for TradeRepublic {
    fn id(&self) -> &'static str {
        "trade-republic"
    }

    fn broker(&self) -> &'static str {
        "Trade Republic"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Profil → Ustawienia → Eksport transakcji (Transaction export) → cały okres → CSV (nie PDF i nie \
             tabela z innego programu)",
            "Profile → Settings → Transaction export → all time → CSV (not a PDF, not the table of another \
             program)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = ["category", "type", "symbol", "shares", "price", "amount", "transaction_id"];
        if sniff.header_has(&ours) {
            return Recognition::Yes;
        }
        let third = THIRD_PARTIES.iter().any(|names| sniff.header_has(names));
        if third { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet();
        let table = sheet.and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = columns::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = reader::Reader::new(columns);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

/// Tables that other programs make, by language.
const THIRD_PARTIES: [&[&str]; 4] = [
    &["date", "type", "value", "note", "isin", "shares", "fees", "taxes"],
    &["datum", "typ", "wert", "notiz", "isin"],
    &["datum", "transactietype", "waarde (netto)", "opmerking", "isin"],
    &["data", "tipo", "valore", "nota", "isin"],
];
