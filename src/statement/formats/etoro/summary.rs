//! The sheets of totals: the currency of the account, and the profit by class to compare with.

use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::assemble::Content;
use super::columns;
use super::kind::Class;
use crate::money::Currency;
use crate::statement::formats::bounded;
use crate::statement::table::{Column, Header, Row, RowReader, Taken, fold};
use crate::statement::{Code, Diagnostic, Source, SourceFile, StatementBuilder};

/// A total of the broker.
#[derive(Clone, Debug)]
pub(super) struct Total {
    source: Source,
    name: String,
    what: What,
    amount: Decimal,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum What {
    Profit(Class),
    /// Net dividends on real shares.
    Dividends,
}

impl What {
    /// `Stocks (Profit or Loss)`, `Akcje (zysk lub strata)`, `Stock and ETF Dividends (Profit)`.
    fn parse(name: &str) -> Option<Self> {
        let name = fold(name);
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["commission", "prowizj", "spread", "fee", "oplat", "total return", "provize"]) {
            return None;
        }
        if has(&["dividend", "dywidend"]) {
            return (!has(&["cfd"])).then_some(Self::Dividends);
        }
        let is_result = has(&["profit or loss", "zysk lub strata", "zysk/strata", "zisk nebo"]);
        is_result.then(|| Class::parse(&name).map(Self::Profit))?
    }
}

/// Reads the financial summary.
#[derive(Debug)]
pub(super) struct SummaryReader<'c> {
    name: Column,
    amount: Column,
    content: &'c mut Content,
}

impl<'c> SummaryReader<'c> {
    pub(super) fn new(header: &mut Header, content: &'c mut Content) -> Self {
        let [name, amount] = columns::summary(header);
        Self { name, amount, content }
    }
}

impl RowReader for SummaryReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let name = row.text(self.name);
        if let (Some(what), Some(amount)) = (What::parse(name), bounded::quiet(row, self.amount)) {
            let total = Total { source: row.source(), name: name.to_owned(), what, amount };
            self.content.totals.push(total);
        }
        Taken::Neutral
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}

/// Compares the totals with the rows.
pub(super) fn compare(content: &Content, builder: &mut StatementBuilder) {
    let mut sums: HashMap<What, Decimal> = HashMap::new();
    for position in &content.closed {
        *sums.entry(What::Profit(position.told)).or_default() += position.profit;
    }
    for dividend in content.dividends.iter().filter(|dividend| dividend.class.is_share()) {
        *sums.entry(What::Dividends).or_default() += dividend.net;
    }
    // CFDs, options and crypto on margin have a total each and are one class.
    let mut told: HashMap<What, Decimal> = HashMap::new();
    for total in &content.totals {
        *told.entry(total.what).or_default() += total.amount;
    }
    for total in &content.totals {
        let sum = sums.get(&total.what).copied().unwrap_or_default();
        if let Some(told) = told.remove(&total.what).filter(|told| *told != sum) {
            let finding = Diagnostic::at(Code::TotalDiffers, total.source)
                .found(&total.name, told.normalize().to_string())
                .detail(sum.normalize().to_string());
            builder.diagnose(finding);
        }
    }
}

/// The currency that the account summary names.
pub(super) fn currency(file: &SourceFile) -> Option<Currency> {
    const LABELS: [&str; 3] = ["currency", "waluta", "měna"];
    file.sheets.iter().find_map(|sheet| {
        sheet.text.lines().take(40).find_map(|line| {
            let mut cells =
                line.split(char::from(sheet.delimiter)).map(|cell| cell.trim_matches('"'));
            let label = cells.next()?.trim().trim_end_matches(':').to_lowercase();
            let value = cells.next()?.trim();
            if LABELS.contains(&label.as_str()) { Currency::parse(value).ok() } else { None }
        })
    })
}
