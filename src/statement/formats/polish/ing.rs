//! ING (Makler): history of transactions and financial history, CSV with `;`, CP1250.
//!
//! * `Data transakcji;Numer zlecenia;Papier;Kierunek;Ilość;Kurs;Wartość;Prowizja;Wartość z prowizją`; since about
//!   2021 the header is missing, and the columns are known by their order alone. Values have decimal commas, the
//!   commission a point. There is no ISIN and no currency: ING trades in złoty alone.
//! * The financial history never has a header: number, day, category, description, amount, balance, currency, one
//!   file for each currency. Dividends are gross with the tax of Polish ones in a row of its own.
//! * Without a header nothing can say that columns were moved: a row that does not fit the order is refused.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::cash::{self, CashColumns, Entry, History, Named};
use super::trades::{House, Reader, TradeColumns};
use super::{CONVENTIONS, any_row, exempt_by_label, has_all, text};
use crate::lang::Lang;
use crate::money::Currency;
use crate::statement::table::{Header, Table, fold};
use crate::statement::{
    Code, Recognition, Sheet, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const ACCOUNT: &str = "ING Makler";

const HOUSE: House = House {
    account: ACCOUNT,
    name: "ING",
    scope: "ing-trade",
    // Orders are settled in złoty alone; accounts in other currencies only receive dividends.
    currency: Some(Currency::PLN),
    has_footer: false,
};

const HISTORY: History =
    History { account: ACCOUNT, scope: "ing-cash", currency: None, trades: None, classify };

/// The header of transactions, as files had it until about 2021.
const TRADES: [&str; 9] = [
    "Data transakcji",
    "Numer zlecenia",
    "Papier",
    "Kierunek",
    "Ilość",
    "Kurs",
    "Wartość",
    "Prowizja",
    "Wartość z prowizją",
];

/// The columns of the financial history, by our own names.
const CASH: [&str; 7] = ["Lp", "Data", "Kategoria", "Opis", "Kwota", "Saldo", "Waluta"];

/// The history of transactions.
#[derive(Debug)]
pub(in crate::statement) struct IngTransactions;

/// The financial history.
#[derive(Debug)]
pub(in crate::statement) struct IngOperations;

impl StatementFormat for IngTransactions {
    fn id(&self) -> &'static str {
        "ing-transactions"
    }

    fn broker(&self) -> &'static str {
        "ING Makler"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Makler → Historia → Historia transakcji → od założenia rachunku → Eksport CSV (dywidendy są \
             osobno, w Historii finansowej)",
            "Makler → Historia → Historia transakcji → since the account was opened → Eksport CSV \
             (dividends are in Historia finansowa)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = is_named(sniff) || any_row(&sniff.sheets, is_bare_trade);
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let bare = !is_named(&Sniff::of(file));
        let sheet = file.first_sheet().map(|sheet| with_header(sheet, &TRADES, bare));
        let table = sheet.as_deref().and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
        let Some(mut table) = table else { return builder.finish() };
        let columns = trade_columns(table.header());
        if table.is_complete(&mut builder) {
            let exempt = exempt_by_label(file, |_| true);
            let mut reader = Reader::new(HOUSE, &columns, exempt, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

/// Whether the list has its header.
fn is_named(sniff: &Sniff) -> bool {
    has_all(sniff.header(), &["data transakcji", "numer zlecenia", "kierunek"])
}

/// A row of the list without a header: nine cells, the second a number, the fourth the direction.
fn is_bare_trade(row: &[String]) -> bool {
    let cell = |at: usize| row.get(at).map_or("", String::as_str);
    let digits = cell(1).len() >= 6 && cell(1).bytes().all(|byte| byte.is_ascii_digit());
    row.len() >= TRADES.len() && digits && matches!(fold(cell(3)).as_ref(), "kupno" | "sprzedaz")
}

/// The sheet with a header in front of its first line.
///
/// A lone carriage return ends the header, because it ends a row but no line: rows keep their numbers.
fn with_header<'s>(sheet: &'s Sheet, names: &[&str], bare: bool) -> Cow<'s, Sheet> {
    if !bare {
        return Cow::Borrowed(sheet);
    }
    let delimiter = char::from(sheet.delimiter);
    let text = sheet.text.trim_start_matches('\u{feff}');
    let header = names.join(delimiter.encode_utf8(&mut [0; 4]));
    Cow::Owned(Sheet {
        name: sheet.name.clone(),
        text: format!("{header}\r{text}"),
        delimiter: sheet.delimiter,
    })
}

fn trade_columns(header: &mut Header) -> TradeColumns {
    header.ignore(&["numer zlecenia"]);
    TradeColumns {
        date: header.required(&["data transakcji"]),
        paper: header.required(&["papier"]),
        side: header.required(&["kierunek"]),
        quantity: header.required(&["ilosc"]),
        price: header.required(&["kurs"]),
        value: header.required(&["wartosc"]),
        commission: header.required(&["prowizja"]),
        total: header.required(&["wartosc z prowizja"]),
        ..TradeColumns::NONE
    }
}

impl StatementFormat for IngOperations {
    fn id(&self) -> &'static str {
        "ing-operations"
    }

    fn broker(&self) -> &'static str {
        "ING Makler"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Makler → Historia → Historia finansowa → rok podatkowy, każda waluta → Eksport CSV",
            "Makler → Historia → Historia finansowa → tax year, each currency → Eksport CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let header = sniff.header();
        let cell = |at: usize| header.get(at).map_or("", String::as_str);
        let number = !cell(0).is_empty() && cell(0).bytes().all(|byte| byte.is_ascii_digit());
        let day = cell(1).len() >= 8 && cell(1).bytes().filter(u8::is_ascii_digit).count() == 8;
        let currency = cell(6).len() == 3 && cell(6).bytes().all(|byte| byte.is_ascii_alphabetic());
        let known = sniff.sheets.first().is_some_and(|sheet| {
            sheet.rows.iter().any(|row| {
                row.get(3).is_some_and(|text| kind(text).is_some())
                    || row.get(2).is_some_and(|category| fold(category) == "wplaty/wyplaty")
            })
        });
        if number && day && currency && known { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let sheet = file.first_sheet().map(|sheet| with_header(sheet, &CASH, true));
        let open = || Table::open(file.id, sheet.as_deref()?, CONVENTIONS);
        let Some((mut table, mut again)) = open().zip(open()) else { return builder.finish() };
        let columns = cash_columns(table.header());
        let _ = cash_columns(again.header());
        if table.is_complete(&mut builder) {
            let exempt = exempt_by_label(file, |_| true);
            cash::read(HISTORY, columns, (table, again), exempt, &mut builder);
        }
        builder.finish()
    }
}

fn cash_columns(header: &mut Header) -> CashColumns {
    header.ignore(&["lp", "saldo"]);
    CashColumns {
        date: header.required(&["data"]),
        title: header.required(&["opis"]),
        details: header.required(&["kategoria"]),
        amount: header.required(&["kwota"]),
        currency: header.required(&["waluta"]),
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Neutral,
    Dividend,
    Action,
}

/// What a description begins with, folded.
const STARTS: [(&str, Kind); 16] = [
    ("saldo poczatkowe", Kind::Neutral),
    ("saldo koncowe", Kind::Neutral),
    ("rozliczenie transakcji", Kind::Neutral),
    ("blokada pod zlecenie", Kind::Neutral),
    ("blokada pod zapis", Kind::Neutral),
    ("zwolnienie blokady", Kind::Neutral),
    ("aktualizacja blokady", Kind::Neutral),
    ("anulata zlecenia", Kind::Neutral),
    ("modyfikacja zlecenia", Kind::Neutral),
    ("anulowanie zapisu", Kind::Neutral),
    ("wpl/", Kind::Neutral),
    ("blokada;pze/", Kind::Neutral),
    ("dvca dywidenda pieniezna", Kind::Dividend),
    ("anulata: dvca dywidenda pieniezna", Kind::Dividend),
    ("wykup przymusowy", Kind::Action),
    ("lap1 wykup przymusowy", Kind::Action),
];

fn kind(title: &str) -> Option<Kind> {
    let folded = fold(title);
    STARTS.iter().find(|(start, _)| folded.starts_with(start)).map(|(_, kind)| *kind)
}

fn classify<'t>(title: &'t str, category: &'t str, amount: Decimal) -> Result<Entry<'t>, Code> {
    match kind(title) {
        Some(Kind::Neutral) => Ok(Entry::Neutral),
        Some(Kind::Dividend) => dividend(title, amount),
        Some(Kind::Action) => Ok(Entry::Unsettled(Named { isin: text::isin(title), symbol: "" })),
        None if fold(category) == "wplaty/wyplaty" => Ok(Entry::Neutral),
        None => Err(Code::UnknownRow),
    }
}

/// `DVCA Dywidenda pieniężna PLPKN0000018: 105 x 4,15 PLN - rozliczenie`, or `- podatek`. The rate per share is
/// rounded and proves nothing.
fn dividend(title: &str, amount: Decimal) -> Result<Entry<'_>, Code> {
    let isin = text::isin(title).ok_or(Code::NoInstrument)?;
    let paper = Named { isin: Some(isin), symbol: "" };
    let country = isin.country();
    match title.rsplit(' ').next() {
        Some("podatek") => Ok(Entry::DividendTax { paper, country }),
        Some("rozliczenie") => {
            Ok(Entry::Dividend { paper, gross: amount, withheld: Decimal::ZERO, country })
        }
        Some(_) | None => Err(Code::UnknownRow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Country;

    #[test]
    fn a_dividend_and_its_tax_are_told_apart() {
        let gross = "DVCA Dywidenda pieniężna PLPKN0000018: 105 x 4,15 PLN - rozliczenie";
        let amount = Decimal::new(43_575, 2);
        let Ok(Entry::Dividend { gross, country, .. }) = classify(gross, "", amount) else {
            panic!("no dividend")
        };
        assert_eq!((gross, country), (amount, Some(Country::PL)));
        let tax = "DVCA Dywidenda pieniężna PLPKN0000018: 105 x 4,15 PLN - podatek";
        assert!(matches!(classify(tax, "", -amount), Ok(Entry::DividendTax { .. })));
    }

    #[test]
    fn a_header_in_front_keeps_the_numbers_of_rows() {
        let sheet = Sheet { name: String::new(), text: "1;2\n3;4\n".to_owned(), delimiter: b';' };
        let made = with_header(&sheet, &["a", "b"], true);
        assert_eq!(made.text, "a;b\r1;2\n3;4\n");
    }
}
