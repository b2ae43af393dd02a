//! XTB: the account report of xStation, as a workbook (old and new template) or the older CSV.
//!
//! * The cash operations are the source of shares and dividends: they are what was really booked, in the
//!   currency of the account. The closed positions are the source of CFDs: result with swap and rollover.
//! * In the old template a sale is two rows: `Stock sale` gives back the purchase value, `close trade` the
//!   profit. In the new one `Stock sell` is the proceeds.
//! * Amounts stay in the currency of the account, as booked: both legs are exact and no rate is guessed.
//! * Times of the old template are Warsaw's, those of the new one UTC; both become Warsaw's here, and trades on
//!   American exchanges get the day of New York.
//! * IKE and IKZE accounts are tax-free: their rows are counted and left out.

mod account;
mod assemble;
mod cash;
mod cfd;
mod columns;
mod comment;
mod dividends;
mod kind;
mod market;
mod positions;
mod push;
mod sales;
mod trades;

#[cfg(test)]
mod tests;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, Header, NumberStyle, Table};
use crate::statement::{
    Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

/// The account report.
#[derive(Debug)]
pub(in crate::statement) struct Xtb;

/// How the broker writes; a spreadsheet may have written the file anew, which the cells then show.
const CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::DayFirst),
    short_rows: true,
};

impl StatementFormat for Xtb {
    fn id(&self) -> &'static str {
        "xtb"
    }

    fn broker(&self) -> &'static str {
        "XTB"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "xStation → Historia rachunku → Eksport → Pełny raport (wszystkie arkusze, od pierwszego \
             zakupu), osobno dla każdego subkonta → XLSX; nie zmieniaj nazwy pliku (PLN_….xlsx)",
            "xStation → Account history → Export → full report (all sheets, since the first purchase), each \
             sub-account by itself → XLSX; keep the name of the file (PLN_….xlsx)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let any = |test: fn(&[String]) -> bool| {
            sniff.sheets.iter().any(|sheet| sheet.rows.iter().any(|row| test(row)))
        };
        if any(columns::is_cash_header) {
            return Recognition::Yes;
        }
        if any(columns::is_position_header) { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let facts = account::Facts::of(file);
        let mut content = assemble::Content::default();
        for sheet in &file.sheets {
            read_sheet(file, sheet, &facts, &mut content, &mut builder);
        }
        if let Some(product) = content.exempt.or(facts.exempt) {
            product.note(&mut builder);
        }
        // Years without a deposit look like those of an ordinary account; the number tells that they are not.
        if facts.exempt.is_some() && facts.name.ends_with(|c: char| c.is_ascii_digit()) {
            let account = builder.account(&facts.name);
            builder.exempt(account);
        }
        match facts.currency {
            Some(currency) => content.assemble(&facts, currency, &mut builder),
            None => content.refuse(file.id, &mut builder),
        }
        builder.finish()
    }
}

/// Reads what a sheet holds into the content; sheets of pending orders have no tax effect.
fn read_sheet(
    file: &SourceFile,
    sheet: &Sheet,
    facts: &account::Facts,
    content: &mut assemble::Content,
    builder: &mut StatementBuilder,
) {
    let is = |test: fn(&[String]) -> bool| move |header: &Header| test(header.names());
    let open = |test| Table::open_at(file.id, sheet, CONVENTIONS, is(test));
    if let Some(mut table) = open(columns::is_cash_header) {
        let claimed = columns::Cash::claim(table.header());
        if table.is_complete(builder) {
            content.has_cash = true;
            table.read(builder, &mut cash::CashReader::new(&claimed, facts, content));
        }
    } else if let Some(mut table) = open(columns::is_position_header) {
        let claimed = columns::Positions::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = positions::PositionReader::new(&claimed, facts, &sheet.name, content);
            table.read(builder, &mut reader);
        }
    }
}
