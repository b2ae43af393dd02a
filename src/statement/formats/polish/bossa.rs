//! BOSSA (DM BOŚ): history of securities (`hisPW.csv`) and history of cash, CSV with `;`.
//!
//! * `data;papier;isin;ilość;-;cena;wartość;prowizja;po prowizji;waluta`, CP1250; the column called `-` is K/S,
//!   before or behind the quantity. Early files have no `isin`.
//! * Cash in two layouts: `data;tytuł operacji;szczegóły;kwota;waluta` (CP1250, ISO dates; early files without
//!   `waluta`), and `Data;Rachunek;Waluta;Tytuł przelewu;Wartość` (UTF-8) with the details in the title.
//! * `Wypłata dywidendy brutto X` is untaxed, `netto X 73%` says how much foreign tax has left of it, and
//!   `Wypłata dywidendy X` alone is a Polish dividend whose tax stands in a row of its own. The currency that may
//!   end the title is that of the listing, not of the payment.

use rust_decimal::Decimal;

use super::cash::{self, CashColumns, Entry, History, Named};
use super::trades::{House, Reader, TradeColumns};
use super::{CONVENTIONS, exempt_by_label, text};
use crate::lang::Lang;
use crate::money::Country;
use crate::statement::table::{Header, Table, fold};
use crate::statement::{
    Code, Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const ACCOUNT: &str = "BOSSA";

const HOUSE: House = House {
    account: ACCOUNT,
    name: "BOSSA (DM BOŚ)",
    scope: "bossa-trade",
    currency: None,
    has_footer: false,
};

const HISTORY: History = History {
    account: ACCOUNT,
    scope: "bossa-cash",
    currency: None,
    trades: Some("hisPW.csv"),
    classify,
};

/// The history of securities.
#[derive(Debug)]
pub(in crate::statement) struct BossaTransactions;

/// The history of cash.
#[derive(Debug)]
pub(in crate::statement) struct BossaOperations;

impl StatementFormat for BossaTransactions {
    fn id(&self) -> &'static str {
        "bossa-transactions"
    }

    fn broker(&self) -> &'static str {
        "BOSSA (DM BOŚ)"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Rachunek → Historia → Historia papierów wartościowych → od założenia rachunku → Eksport do \
             CSV (hisPW.csv; dywidendy są osobno, w Historii finansowej)",
            "Rachunek → Historia → Historia papierów wartościowych → since the account was opened → \
             Eksport do CSV (hisPW.csv; dividends are in Historia finansowa)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let ours = sniff.header_has(&["data", "papier", "cena", "prowizja", "po prowizji"]);
        if ours { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let table = file.first_sheet().and_then(|sheet| Table::open(file.id, sheet, CONVENTIONS));
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

fn trade_columns(header: &mut Header) -> TradeColumns {
    let currency = header.required(&["waluta"]);
    TradeColumns {
        date: header.required(&["data"]),
        paper: header.required(&["papier"]),
        isin: header.optional(&["isin"]),
        side: header.required(&["-", "k/s"]),
        quantity: header.required(&["ilość", "ilosc"]),
        price: header.required(&["cena"]),
        price_currency: currency,
        value: header.required(&["wartość", "wartosc"]),
        value_currency: currency,
        commission: header.required(&["prowizja"]),
        commission_currency: currency,
        total: header.required(&["po prowizji"]),
        ..TradeColumns::NONE
    }
}

/// Names of the column with the title, in both layouts.
const TITLES: [&str; 4] = ["tytuł operacji", "tytuł przelewu", "tytul operacji", "tytul przelewu"];

impl StatementFormat for BossaOperations {
    fn id(&self) -> &'static str {
        "bossa-operations"
    }

    fn broker(&self) -> &'static str {
        "BOSSA (DM BOŚ)"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Rachunek → Historia finansowa → Pokaż: Wszystko → rok podatkowy → Eksportuj do CSV",
            "Rachunek → Historia finansowa → Pokaż: Wszystko → tax year → Eksportuj do CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let titled = sniff.header().iter().any(|cell| TITLES.contains(&cell.as_str()));
        let has = |name: &str| sniff.header().iter().any(|cell| fold(cell) == name);
        let first = has("szczegoly") && has("kwota");
        let second = has("rachunek") && has("wartosc");
        if titled && has("data") && (first || second) { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let open = || Table::open(file.id, file.first_sheet()?, CONVENTIONS);
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
    header.ignore(&["rachunek", "saldo po operacji"]);
    CashColumns {
        date: header.required(&["data"]),
        title: header.required(&TITLES),
        details: header.optional(&["szczegóły", "szczegoly"]),
        amount: header.required(&["kwota", "wartość", "wartosc"]),
        currency: header.optional(&["waluta"]),
    }
}

/// What a title begins with, folded; the first that fits decides.
const STARTS: [(&str, Kind); 24] = [
    ("rozliczenie transakcji", Kind::Trade),
    ("wyplata dywidendy", Kind::Dividend),
    ("podatek od odsetek lub dywidendy", Kind::Tax),
    ("podatek od odsetek", Kind::Neutral),
    ("odsetki od srodkow", Kind::Neutral),
    ("przelew", Kind::Neutral),
    ("wymiana waluty", Kind::Neutral),
    ("zwrot nadplaty - przekroczony limit", Kind::Neutral),
    ("oplata za rachunek", Kind::Fee),
    ("oplata za prowadzenie rachunku", Kind::Fee),
    ("oplata za przechowywanie", Kind::Fee),
    ("zwrot prowizji", Kind::Fee),
    ("oplata za", Kind::LeftOut),
    ("rozliczenie oferty - prowizja", Kind::Action),
    ("rozliczenie oferty", Kind::Action),
    ("zapisy na akcje", Kind::Action),
    ("zwrot nadplaty", Kind::Action),
    ("wykup", Kind::Action),
    ("obnizenie wartosci nominalnej", Kind::Action),
    ("zamiana akcji", Kind::Action),
    ("podzial akcji", Kind::Action),
    ("scalenie akcji", Kind::Action),
    ("doplata do depozytu", Kind::Action),
    ("zwrot z depozytu", Kind::Action),
];

#[derive(Clone, Copy, Debug)]
enum Kind {
    Trade,
    Dividend,
    Tax,
    Fee,
    LeftOut,
    Action,
    Neutral,
}

fn classify<'t>(title: &'t str, details: &'t str, amount: Decimal) -> Result<Entry<'t>, Code> {
    let folded = fold(title);
    let found = STARTS.iter().find(|(start, _)| folded.starts_with(start));
    let (start, kind) = found.ok_or(Code::UnknownRow)?;
    // Folding keeps the number of words.
    let rest = || title.split_whitespace().skip(start.split(' ').count());
    match kind {
        Kind::Neutral => Ok(Entry::Neutral),
        Kind::Fee => Ok(Entry::Fee),
        Kind::LeftOut => Ok(Entry::LeftOut),
        Kind::Trade => {
            let told = if details.is_empty() { title } else { details };
            let isin = text::isin(told).ok_or(Code::NoInstrument)?;
            let symbol = told.split_once(" (").map_or("", |(name, _)| name);
            let symbol = symbol.rsplit_once(": ").map_or(symbol, |(_, name)| name).trim();
            Ok(Entry::Trade(Named { isin: Some(isin), symbol }))
        }
        Kind::Tax => {
            let symbol = rest().next().ok_or(Code::NoInstrument)?;
            let paper = Named { isin: None, symbol };
            Ok(Entry::DividendTax { paper, country: Some(Country::PL) })
        }
        Kind::Action => {
            // PW is short for security.
            let is_name = |word: &&str| word.len() > 1 && *word == word.to_uppercase();
            let symbol = rest().filter(|word| *word != "PW").find(is_name);
            Ok(Entry::Unsettled(Named { isin: None, symbol: symbol.unwrap_or_default() }))
        }
        Kind::Dividend => dividend(rest(), amount),
    }
}

/// The words behind `Wypłata dywidendy`: `KGHM`, `brutto VWRL EUR`, `netto NVO 73% PLN`.
fn dividend<'t>(
    mut words: impl Iterator<Item = &'t str>,
    amount: Decimal,
) -> Result<Entry<'t>, Code> {
    let first = words.next().ok_or(Code::NoInstrument)?;
    let is_foreign = matches!(first, "brutto" | "netto");
    let symbol = if is_foreign { words.next().ok_or(Code::NoInstrument)? } else { first };
    let paper = Named { isin: None, symbol };
    let country = (!is_foreign).then_some(Country::PL);
    if first != "netto" {
        return Ok(Entry::Dividend { paper, gross: amount, withheld: Decimal::ZERO, country });
    }
    let left = words.next().and_then(|word| text::decimal(word.strip_suffix('%')?));
    let left = left.filter(|left| left.is_sign_positive() && !left.is_zero());
    let left = left.filter(|left| *left <= Decimal::ONE_HUNDRED).ok_or(Code::UnknownRow)?;
    let whole = amount.checked_mul(Decimal::ONE_HUNDRED).ok_or(Code::BadNumber)?;
    let gross = whole.checked_div(left).ok_or(Code::BadNumber)?.round_dp(2);
    Ok(Entry::Dividend { paper, gross, withheld: gross - amount, country })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str, amount: Decimal) -> Entry<'_> {
        classify(title, "", amount).unwrap()
    }

    #[test]
    fn the_words_of_a_dividend_say_who_was_taxed() {
        // 73 % of 100.00 is 73.00: 27.00 was taken abroad.
        let Entry::Dividend { paper, gross, withheld, country } =
            of("Wypłata dywidendy netto NVO 73% PLN", Decimal::new(7300, 2))
        else {
            panic!("no dividend")
        };
        assert_eq!((paper.symbol, country), ("NVO", None));
        assert_eq!((gross, withheld), (Decimal::new(10000, 2), Decimal::new(2700, 2)));
        let Entry::Dividend { withheld, country, .. } =
            of("Wypłata dywidendy KGHM", Decimal::new(6000, 2))
        else {
            panic!("no dividend")
        };
        assert_eq!((withheld, country), (Decimal::ZERO, Some(Country::PL)));
    }

    #[test]
    fn the_details_of_a_settlement_may_stand_in_the_title() {
        let title = "Rozliczenie transakcji kupna: PKNORLEN (PLPKN0000018) 30 x 52.22 PLN nr 1";
        let Entry::Trade(paper) = of(title, Decimal::ONE) else { panic!("no trade") };
        assert_eq!((paper.symbol, paper.isin.unwrap().as_str()), ("PKNORLEN", "PLPKN0000018"));
        let details = "Fundusz ETF (IE00B3RBWM25) 10 x 100.00 EUR nr Z1";
        let entry = classify("Rozliczenie transakcji sprzedaży:", details, Decimal::ONE);
        let Ok(Entry::Trade(paper)) = entry else { panic!("no trade") };
        assert_eq!(paper.symbol, "Fundusz ETF");
    }

    #[test]
    fn actions_name_their_paper() {
        for title in ["Rozliczenie oferty XYZ", "Wykup certyfikatów XYZ (kwota brutto)"] {
            let Entry::Unsettled(paper) = of(title, Decimal::ONE) else { panic!("{title}") };
            assert_eq!(paper.symbol, "XYZ", "{title}");
        }
        assert_eq!(classify("Coś innego", "", Decimal::ONE).unwrap_err(), Code::UnknownRow);
    }
}
