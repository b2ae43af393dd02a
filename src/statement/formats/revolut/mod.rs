//! Revolut: statement of the stock account, profit and loss statement, savings and cash funds, crypto,
//! and the consolidated statement. English, Polish or a mixture.
//!
//! * The stock account's statement is the only one that tells every purchase and sale; its dividends are
//!   net of tax at source, so they are only expected from a report that has them gross.
//! * The profit and loss statement and the consolidated statement tell dividends gross with their tax. The
//!   sales in them are the broker's own lots of one period: they are only expected from the statement.
//! * So each report alone says what is missing, and together in any order each event counts once.
//! * Of the consolidated statement tables are recognised by their header, whatever their title says.

mod amount;
mod blocks;
mod corporate;
mod crypto;
mod day;
mod income;
mod savings;
mod sells;
mod stocks;

#[cfg(test)]
mod tests;

use blocks::Block;

use crate::lang::Lang;
use crate::statement::table::{Conventions, DateOrder, NumberStyle, Table};
use crate::statement::{
    Code, Diagnostic, Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

/// All reports belong to one customer, whom they do not name.
const ACCOUNT: &str = "Revolut";

/// Names of the reports that complete each other, as the application calls them.
const STATEMENT_REPORT: &str = "Account statement (stocks)";
const PROFIT_REPORT: &str = "Profit and Loss statement / Consolidated statement";
const CRYPTO_REPORT: &str = "Crypto account statement";

/// The account statement is English; early ones have days with slashes.
const STOCK_CONVENTIONS: Conventions = Conventions {
    numbers: Some(NumberStyle::Point),
    dates: Some(DateOrder::DayFirst),
    short_rows: true,
};

/// Tables of the other reports may be in either language.
const BLOCK_CONVENTIONS: Conventions =
    Conventions { numbers: None, dates: Some(DateOrder::DayFirst), short_rows: true };

/// The stock account's statement.
#[derive(Debug)]
pub(in crate::statement) struct RevolutStocks;

/// The profit and loss statement.
#[derive(Debug)]
pub(in crate::statement) struct RevolutProfit;

/// Savings and flexible cash funds.
#[derive(Debug)]
pub(in crate::statement) struct RevolutSavings;

/// The crypto account's statement.
#[derive(Debug)]
pub(in crate::statement) struct RevolutCrypto;

/// The consolidated statement, first and second version.
#[derive(Debug)]
pub(in crate::statement) struct RevolutConsolidated;

impl StatementFormat for RevolutStocks {
    fn id(&self) -> &'static str {
        "revolut-stocks"
    }

    fn broker(&self) -> &'static str {
        "Revolut"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Inwestycje → Akcje → Więcej → Dokumenty → Wyciąg z konta → Excel → cały okres; osobno raport \
             „Zysk i strata” (Profit and Loss) z dywidendami",
            "Invest → Stocks → More → Documents → Account statement → Excel → all time; separately the \
             Profit and Loss statement with the dividends",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if sniff.header_has(&["ticker", "type", "quantity", "price per share", "total amount"]) {
            return Recognition::Yes;
        }
        let bank = sniff.header_has(&["type", "product", "started date", "completed date"]);
        let cfd = sniff.header_has(&["symbol", "type", "total amount", "margin", "fx rate"]);
        if bank || cfd { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet();
        let table = sheet.and_then(|sheet| Table::open(file.id, sheet, STOCK_CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = stocks::Columns::claim(table.header());
        if table.is_complete(&mut builder) {
            let mut reader = stocks::Reader::new(columns, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

impl StatementFormat for RevolutProfit {
    fn id(&self) -> &'static str {
        "revolut-pnl"
    }

    fn broker(&self) -> &'static str {
        "Revolut"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Inwestycje → Akcje → Więcej → Dokumenty → Zysk i strata → Excel (CSV), każdy rok",
            "Invest → Stocks → More → Documents → Profit and Loss → Excel (CSV), each year",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = titles(sniff)
            .any(|title| title == "income from sells" || title.starts_with("other income & fees"));
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        read_blocks(file, self.id())
    }
}

impl StatementFormat for RevolutSavings {
    fn id(&self) -> &'static str {
        "revolut-savings"
    }

    fn broker(&self) -> &'static str {
        "Revolut"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Konto oszczędnościowe lub fundusz → Wyciąg → Excel (CSV), każdy rok i każda waluta",
            "Savings or flexible cash fund → Statement → Excel (CSV), each year and currency",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let savings = sniff.header_has(&["completed date", "description", "money in"]);
        let fund = sniff.header_has(&["date", "description", "price per share"])
            && sniff.header().iter().any(|cell| cell.starts_with("value"));
        if savings || fund { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        read_blocks(file, self.id())
    }
}

impl StatementFormat for RevolutCrypto {
    fn id(&self) -> &'static str {
        "revolut-crypto"
    }

    fn broker(&self) -> &'static str {
        "Revolut"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Krypto → Więcej → Dokumenty → Wyciąg z konta → Excel (CSV), cały okres",
            "Crypto → More → Documents → Account statement → Excel (CSV), all time",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours =
            sniff.header_has(&["symbol", "type", "quantity", "price", "value", "fees", "date"]);
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        read_blocks(file, self.id())
    }
}

impl StatementFormat for RevolutConsolidated {
    fn id(&self) -> &'static str {
        "revolut-consolidated"
    }

    fn broker(&self) -> &'static str {
        "Revolut"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Profil → Dokumenty i wyciągi → Wyciąg zbiorczy (Consolidated) → Excel → rok podatkowy",
            "Profile → Documents & statements → Consolidated statement → Excel → tax year",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let kinds = ["savings", "brokerage", "crypto", "flexible cash", "current", "personal"];
        let first = |title: &str| {
            let rest = title
                .strip_prefix("summary for ")
                .or_else(|| title.strip_prefix("transactions for "));
            rest.is_some_and(|rest| kinds.iter().any(|kind| rest.starts_with(kind)))
        };
        let endings =
            ["podsumowania", "summaries", "wyciągi transakcyjne", "transaction statements"];
        let second = |title: &str| endings.iter().any(|ending| title.ends_with(ending));
        if titles(sniff).any(|title| first(title) || second(title)) {
            return Recognition::Yes;
        }
        // The savings workbook calls interest net that is more than its gross; this report tells both.
        let savings = sniff.header_has(&["date", "description", "gross interest", "money in"]);
        if savings { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        read_blocks(file, self.id())
    }
}

/// Rows with a single filled cell.
fn titles(sniff: &Sniff) -> impl Iterator<Item = &str> {
    let rows = sniff.sheets.iter().flat_map(|sheet| &sheet.rows);
    rows.filter_map(|row| {
        let mut filled = row.iter().filter(|cell| !cell.is_empty());
        let first = filled.next()?;
        if filled.next().is_some() { None } else { Some(first.as_str()) }
    })
}

/// What is collected over all tables of a file.
#[derive(Debug, Default)]
struct Notes {
    /// Dividends that the file gives in złoty.
    in_zloty: u32,
    /// Fees of funds, which no rule makes a cost, as sums by currency.
    fees: std::collections::BTreeMap<crate::money::Currency, rust_decimal::Decimal>,
}

fn read_blocks(file: &SourceFile, format: &'static str) -> Statement {
    let mut builder = StatementBuilder::new(file.id, format);
    let mut notes = Notes::default();
    for sheet in &file.sheets {
        for block in blocks::split(sheet) {
            read_block(file, &block, &mut notes, &mut builder);
        }
    }
    if notes.in_zloty > 0 {
        let finding = Diagnostic::in_file(Code::BrokerRate, file.id).found("", "PLN");
        builder.diagnose(finding.detail(notes.in_zloty.to_string()));
    }
    for (currency, sum) in notes.fees {
        let value = crate::money::Money::new(sum.normalize(), currency).to_string();
        builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file.id).found("", value));
    }
    builder.finish()
}

/// Reads one table by what its header says it is.
fn read_block(file: &SourceFile, block: &Block, notes: &mut Notes, builder: &mut StatementBuilder) {
    let has = |name: &str| block.header.iter().any(|cell| cell == name);
    let begins = |name: &str| block.header.iter().any(|cell| cell.starts_with(name));
    let table = Table::open_from(file.id, &block.sheet, block.row, BLOCK_CONVENTIONS);
    let Some(mut table) = table else { return };
    if has("date acquired") || begins("units sold") || begins("wiek jednostek") {
        let columns = sells::Columns::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = sells::Reader::new(columns, builder);
            table.read(builder, &mut reader);
        }
    } else if has("symbol") && has("fees") && has("value") {
        let columns = crypto::Columns::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = crypto::Reader::new(columns, builder);
            table.read(builder, &mut reader);
            reader.finish(builder);
        }
    } else if begins("gross amount") || begins("brutto dywidendy") || begins("gross dividend") {
        let columns = income::Columns::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = income::Reader::new(columns, builder);
            table.read(builder, &mut reader);
            notes.in_zloty += reader.in_zloty;
        }
    } else if has("gross interest") || has("money in") || has("odsetki brutto") {
        let columns = savings::Columns::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = savings::Reader::new(columns, &block.title, builder);
            table.read(builder, &mut reader);
        }
    } else if begins("value") && has("price per share") {
        let columns = savings::FundColumns::claim(table.header());
        if table.is_complete(builder) {
            let mut reader = savings::FundReader::new(columns, &block.title, builder);
            table.read(builder, &mut reader);
            for (currency, sum) in reader.fees {
                *notes.fees.entry(currency).or_default() += sum;
            }
        }
    } else {
        other_block(file, block, builder);
    }
}

/// Purchases repeat the account statement, and the bank's own accounts are no investment; a table that nobody
/// knows may hold income and leaves the result incomplete.
fn other_block(file: &SourceFile, block: &Block, builder: &mut StatementBuilder) {
    const KNOWN: [&str; 2] =
        ["other brokerage account transactions", "inne transakcje na rachunku"];
    const BANK: [&str; 6] = ["current", "personal", "pocket", "bieżąc", "osobist", "skarbonk"];
    let known = KNOWN.iter().any(|title| block.title.starts_with(title))
        || BANK.iter().any(|word| block.title.contains(word));
    if known || block.rows == 0 {
        (0..block.rows).for_each(|_| builder.neutral());
        return;
    }
    (0..block.rows).for_each(|_| builder.unknown());
    let mut finding = Diagnostic::in_file(Code::UnknownRow, file.id).found("", &*block.title);
    finding.row = Some(block.row);
    builder.diagnose(finding);
}
