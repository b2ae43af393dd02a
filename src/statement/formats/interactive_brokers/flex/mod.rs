//! Interactive Brokers' Flex queries, XML and CSV.
//!
//! The owner of a query chooses its sections and columns. Every element or line is looked at as a row
//! with named columns, and handed to the readers of the Activity Statement: both say the same in other
//! names, and a trade or payment that both tell has one key. The file is looked through twice, as the
//! list of instruments stands at its end.

mod dispatch;
mod sections;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use csv::ByteRecord;
use jiff::civil::Date;

use super::{
    Section,
    cells::NumberStyle,
    reader::Reader,
    scan::Survey,
    table::{Cells, Columns, Row},
};
use crate::{
    lang::Lang,
    statement::{
        Code, Recognition, Severity, Sheet, Sniff, SourceFile, Statement, StatementFormat,
    },
};

/// The id of the format.
const ID: &str = "ibkr-flex";

/// A Flex query's result.
#[derive(Debug)]
pub(in crate::statement) struct FlexQuery;

impl StatementFormat for FlexQuery {
    fn id(&self) -> &'static str {
        ID
    }

    fn broker(&self) -> &'static str {
        "Interactive Brokers"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Performance & Reports → Flex Queries → Activity Flex Query: sekcje Trades (Orders), Cash \
             Transactions, Corporate Actions, Open Positions, Financial Instrument Information, \
             Transfers, w każdej Select All; Format XML, Date Format yyyy-MM-dd → Run, osobno każdy rok \
             od pierwszego zakupu",
            "Performance & Reports → Flex Queries → Activity Flex Query: sections Trades (Orders), Cash \
             Transactions, Corporate Actions, Open Positions, Financial Instrument Information, \
             Transfers, Select All in each; Format XML, Date Format yyyy-MM-dd → Run, every year since \
             the first purchase",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if let Some(at) = sniff.head.find("<FlexQueryResponse") {
            // Trade confirmations have other names for the same things, and no cash.
            let tag = sniff.head.get(at..).and_then(|rest| rest.split('>').next());
            let confirmations = tag.is_some_and(|tag| tag.contains("type=\"TCF\""));
            return if confirmations { Recognition::Wrong } else { Recognition::Yes };
        }
        table::recognize(sniff)
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let Some(sheet) = file.first_sheet() else {
            return Reader::new(file.id, ID, Survey::default()).finish();
        };
        let mut survey = Survey::default();
        visit(sheet, &mut |item| survey.take_flex(&item));
        let mut reader = Reader::new(file.id, ID, survey);
        let mut complaints = dispatch::Complaints::default();
        visit(sheet, &mut |item| dispatch::take(&mut reader, &mut complaints, &item));
        reader.finish()
    }
}

/// What a file consists of, in order.
#[derive(Debug)]
enum Item<'i> {
    /// The account and period of what follows.
    Account { id: &'i str, period: Option<(Date, Date)> },
    /// A row of a section; the name is the file's own.
    Row { section: Section, name: &'i str, row: Row<'i> },
    /// A line that frames others.
    Frame,
    /// The file breaks off or is damaged here.
    Broken { line: u32 },
}

/// Shows every item of a file.
fn visit(sheet: &Sheet, show: &mut dyn FnMut(Item<'_>)) {
    if sheet.text.trim_start().starts_with('<') {
        xml::visit(&sheet.text, show);
    } else {
        table::visit(sheet, show);
    }
}

impl Survey {
    /// Takes what must be known before the first event.
    fn take_flex(&mut self, item: &Item<'_>) {
        match item {
            Item::Account { id, period } => {
                self.account = self.account.take().or_else(|| Some((*id).to_owned()));
                self.period = self.period.or(*period);
            }
            Item::Row { section, row, .. } => {
                let c = row.columns;
                if self.account.is_none() && !row.cell(c.account).is_empty() {
                    self.account = Some(row.text(c.account).to_owned());
                }
                let listed = !row.cell(c.conid).is_empty() || !row.cell(c.isin).is_empty();
                let lists = [Section::Instruments, Section::Trades, Section::Positions];
                if listed && lists.contains(section) {
                    self.listings.add(row);
                }
                if *section == Section::CorporateActions {
                    self.listings.succeed(super::scan::succession(row));
                }
                if *section == Section::Trades {
                    self.orders.add(row);
                }
            }
            Item::Frame | Item::Broken { .. } => {}
        }
    }
}

/// A record of cells; what stands for nothing (`--`) becomes empty.
fn record<'c>(cells: impl Iterator<Item = &'c [u8]>) -> ByteRecord {
    cells.map(|cell| if matches!(cell, b"--" | b"N/A") { b"".as_slice() } else { cell }).collect()
}
