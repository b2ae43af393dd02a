//! The columns of the template and their names.

use crate::statement::table::{Column, Header, fold_name};

/// A column of the template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    /// The name in English templates, in repair rows and in messages.
    pub english: &'static str,
    /// The name in Polish templates.
    pub polish: &'static str,
    /// Other names, folded.
    pub others: &'static [&'static str],
}

const fn named(
    english: &'static str,
    polish: &'static str,
    others: &'static [&'static str],
) -> Named {
    Named { english, polish, others }
}

/// All columns, in the order in which the template shows them.
pub(super) const COLUMNS: [Named; 16] = [
    named("date", "data", &["trade date", "data transakcji", "data operacji", "dzien"]),
    named("time", "godzina", &["czas"]),
    named(
        "settlement_date",
        "data_rozliczenia",
        &["settlement date", "settlement", "data rozliczenia", "data rozrachunku"],
    ),
    named("type", "typ", &["rodzaj", "rodzaj operacji", "operacja"]),
    named("ticker", "ticker", &["symbol", "walor"]),
    named("isin", "isin", &["kod isin"]),
    named("quantity", "liczba", &["ilosc", "liczba sztuk", "sztuki", "shares"]),
    named("price", "cena", &["cena jednostkowa", "kurs"]),
    named("amount", "kwota", &["wartosc", "kwota brutto"]),
    named("currency", "waluta", &[]),
    named("fee", "prowizja", &["commission", "oplata", "koszt"]),
    named("fee_currency", "waluta_prowizji", &["fee currency", "waluta prowizji", "waluta oplaty"]),
    named("country", "kraj", &["panstwo"]),
    named("withheld", "podatek_u_zrodla", &["wht", "withholding tax", "podatek u zrodla"]),
    named("account", "rachunek", &["konto"]),
    named("note", "uwagi", &["notes", "notatka", "opis", "komentarz"]),
];

/// What our repair template adds: known, and not read.
pub(super) const PROBLEM: Named = named("problem", "błąd", &["blad", "error"]);

/// What our repair template adds: the row that the repaired one replaces.
pub(super) const ORIGIN: Named = named("origin", "pochodzenie", &[]);

/// The constant that names a column in repair rows; `None` for a name that no column has.
pub(in crate::statement) fn column(english: &str) -> Option<&'static str> {
    let all = COLUMNS.iter().chain([&PROBLEM, &ORIGIN]).map(|column| column.english);
    all.into_iter().find(|name| *name == english)
}

impl Named {
    fn is(&self, name: &str) -> bool {
        name == self.english || name == self.polish || self.is_also(name)
    }

    fn is_also(&self, name: &str) -> bool {
        if self.others.is_empty() {
            return false;
        }
        let folded = fold_name(name);
        self.others.iter().any(|other| *other == folded)
    }

    fn claim(&self, header: &mut Header) -> Column {
        let mut names = vec![self.english, self.polish];
        names.extend(self.others);
        header.optional(&names)
    }
}

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Columns {
    pub date: Column,
    pub time: Column,
    pub settled_on: Column,
    pub kind: Column,
    pub ticker: Column,
    pub isin: Column,
    pub quantity: Column,
    pub price: Column,
    pub amount: Column,
    pub currency: Column,
    pub fee: Column,
    pub fee_currency: Column,
    pub country: Column,
    pub withheld: Column,
    pub account: Column,
    pub note: Column,
    pub origin: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        PROBLEM.claim(header);
        let origin = ORIGIN.claim(header);
        let [
            date,
            time,
            settled_on,
            kind,
            ticker,
            isin,
            quantity,
            price,
            amount,
            currency,
            fee,
            fee_currency,
            country,
            withheld,
            account,
            note,
        ] = COLUMNS.map(|column| column.claim(header));
        Self {
            date,
            time,
            settled_on,
            kind,
            ticker,
            isin,
            quantity,
            price,
            amount,
            currency,
            fee,
            fee_currency,
            country,
            withheld,
            account,
            note,
            origin,
        }
    }

    /// The columns under their names for repair rows.
    pub(super) fn named(&self) -> [(&'static str, Column); 16] {
        let columns = [
            self.date,
            self.time,
            self.settled_on,
            self.kind,
            self.ticker,
            self.isin,
            self.quantity,
            self.price,
            self.amount,
            self.currency,
            self.fee,
            self.fee_currency,
            self.country,
            self.withheld,
            self.account,
            self.note,
        ];
        let mut names = COLUMNS.iter();
        columns.map(|column| (names.next().map_or("", |name| name.english), column))
    }
}

/// Whether a header (normalized names) is that of the template: what every row needs is there, and
/// few other columns. Brokers have a `Date`, a `Type` and a `Currency` as well, but not the rest.
pub(super) fn is_template(header: &[String]) -> bool {
    let has = |english: &str| {
        let wanted = COLUMNS.iter().find(|column| column.english == english);
        wanted.is_some_and(|column| header.iter().any(|name| column.is(name)))
    };
    let named = header.iter().filter(|name| !name.is_empty());
    let foreign = named
        .clone()
        .filter(|name| !COLUMNS.iter().chain([&PROBLEM, &ORIGIN]).any(|column| column.is(name)))
        .count();
    ["date", "type", "currency"].into_iter().all(has)
        && ["price", "amount"].into_iter().any(has)
        && ["isin", "ticker", "quantity", "account"].into_iter().any(has)
        && foreign * 3 < named.count()
}
