//! Our own template: what any broker's data fits, and how unreadable rows travel back and forth.
//!
//! Any delimiter or a workbook, Polish or English names, any order of columns. Typed by people, so
//! everything with two readings is refused rather than decided by convention.

mod columns;
mod exempt;
mod kind;
mod reader;
mod value;
mod write;

use reader::Reader;

use crate::lang::Lang;
use crate::statement::table::{Conventions, Header, Table};
use crate::statement::{
    Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

pub(in crate::statement) use columns::column;
pub use write::{RepairNote, TemplateSheet, template_sheet, write_template};

pub(crate) const ID: &str = "template";

/// The format of the template.
#[derive(Debug)]
pub(in crate::statement) struct Template;

/// So many lines may stand above the header: a title, a remark.
const TITLE_LINES: usize = 3;

const CONVENTIONS: Conventions = Conventions { numbers: None, dates: None, short_rows: true };

impl StatementFormat for Template {
    fn id(&self) -> &'static str {
        ID
    }

    fn broker(&self) -> &'static str {
        "InvestTax"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Napisz do nas wiadomość o temacie WZÓR: odpowiemy pustym szablonem",
            "Write to us with the subject TEMPLATE: we answer with an empty template",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = sniff.sheets.iter().any(|sheet| {
            sheet.rows.iter().take(TITLE_LINES + 1).any(|row| columns::is_template(row))
        });
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        for sheet in &file.sheets {
            let is_header = |header: &Header| columns::is_template(header.names());
            let Some(mut table) = Table::open_at(file.id, sheet, CONVENTIONS, is_header) else {
                continue;
            };
            table.mix_numbers();
            let columns = columns::Columns::claim(table.header());
            if table.is_complete(&mut builder) {
                let exempt = exempt::Exempt::of(file, sheet, table.header().row(), columns.account);
                table.read(&mut builder, &mut Reader::new(columns, exempt, file));
            }
        }
        builder.finish()
    }
}
