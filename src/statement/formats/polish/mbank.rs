//! mBank, eMakler: history of transactions and financial history, CSV in CP1250 below some 34 lines
//! about bank and customer.
//!
//! * Header of the history of transactions: `Czas transakcji;Papier;Giełda;K/S;Liczba;Kurs;Waluta;Prowizja;
//!   Waluta;Wartość;Waluta`, with `;` and since about 2025 with `,`. There is no ISIN. eMakler settles in złoty
//!   alone: `Wartość` is in złoty also where `Kurs` is in dollars.
//! * Rows of trades that are not settled yet have neither commission nor value: they are refused until they have.
//!   The report of the current day has no commission at all and is another report.
//! * The financial history has dividends in prose, without the currency of the rate per share but with the house's
//!   rate of exchange: gross and tax follow in złoty, and must meet the amount that was paid.

use rust_decimal::Decimal;

use super::cash::{self, CashColumns, Entry, History, Named};
use super::trades::{House, Reader, TradeColumns};
use super::{CONVENTIONS, any_row, exempt_by_label, has_all, names_all, text};
use crate::lang::Lang;
use crate::money::{Country, Currency};
use crate::statement::table::{Column, Header, Table, fold};
use crate::statement::{
    Code, Isin, Recognition, Sniff, SourceFile, Statement, StatementBuilder, StatementFormat,
};

const HOUSE: House = House {
    account: ACCOUNT,
    name: "mBank",
    scope: "mbank-trade",
    currency: None,
    has_footer: false,
};

const ACCOUNT: &str = "mBank eMakler";

const HISTORY: History = History {
    account: ACCOUNT,
    scope: "mbank-cash",
    // Orders and accounts of eMakler are in złoty alone (mbank.pl, questions on foreign markets).
    currency: Some(Currency::PLN),
    trades: None,
    classify,
};

/// The history of transactions.
#[derive(Debug)]
pub(in crate::statement) struct MbankTransactions;

/// The financial history.
#[derive(Debug)]
pub(in crate::statement) struct MbankOperations;

impl StatementFormat for MbankTransactions {
    fn id(&self) -> &'static str {
        "mbank-transactions"
    }

    fn broker(&self) -> &'static str {
        "mBank eMakler"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Inwestycje → eMakler → Historia → Historia transakcji → od założenia rachunku → Pobierz CSV \
             (dywidendy są osobno, w Historii finansowej)",
            "Inwestycje → eMakler → Historia → Historia transakcji → since the account was opened → \
             Pobierz CSV (dividends are in Historia finansowa)",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        if any_row(&sniff.sheets, |row| is_trades(row) && has_all(row, &["prowizja"])) {
            return Recognition::Yes;
        }
        let current = any_row(&sniff.sheets, is_trades);
        let portfolio = any_row(&sniff.sheets, |row| {
            row.first().is_some_and(|cell| fold(cell).starts_with("emakler - portfel"))
        });
        if current || portfolio { Recognition::Wrong } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let table = file.first_sheet().and_then(|sheet| {
            Table::open_at(file.id, sheet, CONVENTIONS, |header| is_trades(header.names()))
        });
        let Some(mut table) = table else { return builder.finish() };
        let columns = trade_columns(table.header());
        if table.is_complete(&mut builder) {
            let exempt = exempt_by_label(file, |line| line.contains("czas transakcji"));
            let mut reader = Reader::new(HOUSE, &columns, exempt, &mut builder);
            table.read(&mut builder, &mut reader);
            reader.finish(&mut builder);
        }
        builder.finish()
    }
}

fn is_trades(row: &[String]) -> bool {
    has_all(row, &["czas transakcji", "papier", "k/s", "liczba", "kurs"])
}

fn trade_columns(header: &mut Header) -> TradeColumns {
    let price = header.required(&["kurs"]);
    let commission = header.required(&["prowizja"]);
    let value = header.required(&["wartość", "wartosc"]);
    TradeColumns {
        date: header.required(&["czas transakcji"]),
        paper: header.required(&["papier"]),
        exchange: header.optional(&["giełda", "gielda"]),
        side: header.required(&["k/s"]),
        quantity: header.required(&["liczba"]),
        price_currency: currency_of(header, price),
        commission_currency: currency_of(header, commission),
        value_currency: currency_of(header, value),
        price,
        commission,
        value,
        ..TradeColumns::NONE
    }
}

/// The three currencies have one name; each stands behind its amount.
fn currency_of(header: &mut Header, amount: Column) -> Column {
    let next = amount.index().and_then(|at| header.names().get(at + 1));
    if next.is_some_and(|name| name == "waluta") {
        header.right_of(amount, 1, "waluta")
    } else {
        header.required(&["waluta"])
    }
}

impl StatementFormat for MbankOperations {
    fn id(&self) -> &'static str {
        "mbank-operations"
    }

    fn broker(&self) -> &'static str {
        "mBank eMakler"
    }

    fn how_to_export(&self, lang: Lang) -> &'static str {
        lang.choose(
            "Inwestycje → eMakler → Historia → Historia finansowa → rok podatkowy → Pobierz CSV",
            "Inwestycje → eMakler → Historia → Historia finansowa → tax year → Pobierz CSV",
        )
    }

    fn recognize(&self, sniff: &Sniff) -> Recognition {
        let header = any_row(&sniff.sheets, |row| has_all(row, &["data", "opis", "kwota"]));
        let spoken = any_row(&sniff.sheets, |row| {
            row.iter().any(|cell| {
                let cell = fold(cell);
                STARTS.iter().any(|(start, _)| cell.starts_with(start))
                    || cell.starts_with("emakler")
            })
        });
        if header && spoken { Recognition::Yes } else { Recognition::No }
    }

    fn read(&self, file: &SourceFile) -> Statement {
        let mut builder = StatementBuilder::new(file.id, self.id());
        let open = || {
            Table::open_at(file.id, file.first_sheet()?, CONVENTIONS, |header| {
                names_all(header, &["data", "opis", "kwota"])
            })
        };
        let Some((mut table, mut again)) = open().zip(open()) else { return builder.finish() };
        let columns = cash_columns(table.header());
        let _ = cash_columns(again.header());
        if table.is_complete(&mut builder) {
            let exempt =
                exempt_by_label(file, |line| line.starts_with("data") && line.contains("kwota"));
            cash::read(HISTORY, columns, (table, again), exempt, &mut builder);
        }
        builder.finish()
    }
}

fn cash_columns(header: &mut Header) -> CashColumns {
    CashColumns {
        date: header.required(&["data"]),
        title: header.required(&["opis"]),
        details: Column::absent("opis"),
        amount: header.required(&["kwota"]),
        currency: Column::absent("waluta"),
    }
}

/// Beginnings of descriptions, folded, and whether the row is without effect: transfers, blocks for orders,
/// settlements of trades.
const STARTS: [(&str, bool); 11] = [
    ("dywidenda z ", false),
    ("wyc.bk:", true),
    ("wyp.bk:", true),
    ("wyc: ", true),
    ("wyp: ", true),
    ("blokada srodkow", true),
    ("odblokowanie srodkow", true),
    ("uzn. konta podst.", true),
    ("przelew z r-ku", true),
    ("ike wypelniony limit", true),
    ("ikze wypelniony limit", true),
];

fn classify<'t>(title: &'t str, _: &'t str, amount: Decimal) -> Result<Entry<'t>, Code> {
    let folded = fold(title);
    if let Some((_, neutral)) = STARTS.iter().find(|(start, _)| folded.starts_with(start)) {
        return if *neutral { Ok(Entry::Neutral) } else { dividend(title, amount) };
    }
    // `PL10000001 R:22222222 Przelew z r-ku brokerskiego na bankowy`, `PRZELEW NA IKZE 33333333`.
    if folded.contains("przelew z r-ku") || folded.starts_with("przelew na ik") {
        return Ok(Entry::Neutral);
    }
    Err(Code::UnknownRow)
}

/// `Dywidenda z 4 PW: US5951121038 DP: 2026-03-30 stawka brutto w wal.: 0.15 stawka pod.: 15%
/// kurs przewalutowania: 3.590368`; without a rate of exchange the dividend is in złoty.
///
/// Of a foreign company 19 % may be the tax of either state: only the sender can tell (tax-law 7.12).
fn dividend(title: &str, paid: Decimal) -> Result<Entry<'_>, Code> {
    let read = || {
        let word = text::after(title, "PW:")?;
        let isin = Isin::parse(word).ok()?;
        let shares = text::decimal(text::after(title, "Dywidenda z ")?)?;
        let each = text::decimal(text::after(title, "w wal.:")?)?;
        let percent = text::decimal(text::after(title, "stawka pod.:")?)?;
        let rate = match text::after(title, "kurs przewalutowania:") {
            Some(rate) => text::decimal(rate)?,
            None => Decimal::ONE,
        };
        let gross = shares.checked_mul(each)?.checked_mul(rate)?.round_dp(2);
        Some((isin, gross, percent))
    };
    let (isin, gross, percent) = read().ok_or(Code::UnknownRow)?;
    let country = isin.country();
    if country != Some(Country::PL) && percent == Decimal::from(19) {
        return Err(Code::UnsettledAction);
    }
    let withheld = gross - paid;
    let expected = gross.checked_mul(percent).ok_or(Code::BadNumber)? / Decimal::ONE_HUNDRED;
    // Polish tax is rounded to full złoty, other amounts at each step.
    let tolerance = Decimal::ONE.max(gross / Decimal::ONE_HUNDRED);
    if withheld.is_sign_negative() && !withheld.is_zero()
        || (withheld - expected).abs() > tolerance
        || !gross.is_sign_positive()
    {
        return Err(Code::AmountMismatch);
    }
    let paper = Named { isin: Some(isin), symbol: "" };
    Ok(Entry::Dividend { paper, gross, withheld, country })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Dywidenda z 40 PW: US5951121038 DP: 2026-03-30 stawka brutto w wal.: 0.15 \
         stawka pod.: 15% kurs przewalutowania: 3.6 |DVCA10480";

    #[test]
    fn a_dividend_follows_from_its_prose() {
        // 40 × 0.15 × 3.6 = 21.60; 15 % of it is 3.24, 18.36 is paid.
        let Ok(Entry::Dividend { gross, withheld, country, .. }) =
            classify(TEXT, "", Decimal::new(1836, 2))
        else {
            panic!("no dividend")
        };
        assert_eq!((gross, withheld), (Decimal::new(2160, 2), Decimal::new(324, 2)));
        assert_eq!(country, Some(Country::US));
    }

    #[test]
    fn what_does_not_meet_the_payment_is_refused() {
        let refused = |text: &str, paid| classify(text, "", paid).unwrap_err();
        assert_eq!(refused(TEXT, Decimal::new(15, 0)), Code::AmountMismatch);
        assert_eq!(refused(TEXT, Decimal::new(22, 0)), Code::AmountMismatch);
        let polish_or_not = TEXT.replace("15%", "19%");
        assert_eq!(refused(&polish_or_not, Decimal::new(1750, 2)), Code::UnsettledAction);
        assert_eq!(refused("Korekta dywidendy", Decimal::ONE), Code::UnknownRow);
    }
}
