//! Scalable Capital: the transactions of the broker account.
//!
//! * `date;time;status;reference;description;assetType;type;isin;shares;price;amount;fee;tax;currency`, numbers
//!   with a decimal comma, the latest first. Seen in fixtures of several public readers.
//! * Only executed rows count; others are orders that came to nothing.
//! * Amounts of trades are without fee and tax in the files seen; quantity × price decides all the same.
//! * Distributions are booked net, and no file seen shows tax at source beside them. Of countries without
//!   such a tax (Ireland, Luxembourg) net is gross; others are refused, because the gross amount stands
//!   only in the document of the payment.
//! * A cash distribution with the reference of a corporate action is the price of a redemption. Transfers
//!   of one instrument that cancel out are the move of the custodian in 2025.
//! * The fee of the platform is left out, and said; so is German tax in advance on funds.
//! * Times are local; European exchanges have the same day.

mod columns;
mod reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, NumberStyle, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const CONVENTIONS: Conventions =
    Conventions { numbers: Some(NumberStyle::Comma), dates: None, short_rows: true };

/// The transactions of the broker account.
#[derive(Debug)]
pub(in crate::statement) struct Scalable;

impl StatementFormat for Scalable {
    fn id(&self) -> &'static str {
        "scalable"
    }

    fn broker(&self) -> &'static str {
        "Scalable Capital"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Aplikacja www → Transakcje (Transactions) → cały okres → Eksport CSV",
            "Web application → Transactions → all time → CSV export",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = [
            "date",
            "status",
            "reference",
            "assettype",
            "type",
            "isin",
            "shares",
            "price",
            "amount",
        ];
        if sniff.header_has(&ours) { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet();
        let table = sheet.and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = columns::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = reader::Reader::new(columns, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}
