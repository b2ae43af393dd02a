//! A history and its result by hand, for the tests of replies.
//!
//! The figures are worked out in comments, at flat rates of 4 złoty per dollar, so that a reader can
//! check them without a calculator. They agree with one another as the form demands.

use std::{collections::BTreeMap, str::FromStr};

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::{
    lang::Lang,
    ledger::{InputSummary, Ledger},
    money::{Country, Currency, Money, Pln},
    rates::{RateBook, RateIx},
    report::ReportInput,
    statement::{
        AccountIx, Code, Diagnostic, FileId, FileTag, Instrument, InstrumentIx, InstrumentKind,
        Isin, RepairRow, RowCounts, Source,
    },
    tax::{
        Assessment, Basis, BlockedInstrument, Crypto, CryptoEvent, Disposal, DividendResult, Field,
        FlatTax, InterestResult, LotMatch, LotRun, MovedYear, OpenLot, Options, OtherBasis, PitZg,
        Securities, Status, YearAssessment,
    },
};

/// Everything that a [`ReportInput`] borrows.
#[derive(Debug, Default)]
pub(crate) struct Fixture {
    pub(crate) ledger: Ledger,
    pub(crate) assessment: Assessment,
    pub(crate) rates: RateBook,
    pub(crate) options: Options,
}

impl Fixture {
    /// The input of a report on 2026-03-02.
    pub(crate) fn input(&self, lang: Lang) -> ReportInput<'_> {
        ReportInput {
            ledger: &self.ledger,
            assessment: &self.assessment,
            rates: &self.rates,
            options: &self.options,
            today: date(2026, 3, 2),
            lang,
        }
    }

    /// The year answered for, to be changed by a test.
    pub(crate) fn chosen_mut(&mut self) -> &mut YearAssessment {
        self.assessment.years.last_mut().unwrap()
    }
}

/// 2025 with a gain, dividends and interest; 2024 with a loss.
pub(crate) fn complete() -> Fixture {
    let rates = book();
    let mut fixture = Fixture {
        ledger: ledger(),
        rates,
        assessment: Assessment::default(),
        ..Fixture::default()
    };
    let rate = |day| fixture.rates.preceding(Currency::USD, day).unwrap().ix;
    let (sale, lot) = disposal(rate(date(2025, 3, 12)), rate(date(2024, 5, 8)));
    let mut lots = Vec::new();
    fixture.assessment = Assessment {
        basis: Basis::Settlement,
        chosen_year: Some(2025),
        status: Status::Complete,
        years: vec![year_2024(), year_2025()],
        disposals: vec![Disposal { lots: LotRun::push(&mut lots, [lot]), ..sale }],
        lots,
        dividends: vec![dividend(rate(date(2025, 5, 15)), 100, 15), {
            let mut second = dividend(rate(date(2025, 8, 14)), 50, 15);
            second.paid_on = date(2025, 8, 14);
            second.source.row = 31;
            second
        }],
        interest: vec![interest(rate(date(2025, 6, 30)))],
        open_lots: vec![open_lot(rate(date(2024, 5, 8)))],
        moved_years: vec![MovedYear {
            instrument: InstrumentIx(0),
            traded_on: date(2025, 12, 31),
            settled_on: date(2026, 1, 2),
            source: source(40),
        }],
        diagnostics: vec![
            Diagnostic::new(Code::SettlementDerived).found("", "1"),
            Diagnostic::new(Code::OverWithheld).found("2025", "US").detail("30.00"),
        ],
        ..Assessment::default()
    };
    fixture
}

/// The same with rows that could not be read and an instrument without history.
pub(crate) fn incomplete() -> Fixture {
    let mut fixture = complete();
    fixture.assessment.status = Status::Incomplete;
    fixture.chosen_mut().status = Status::Incomplete;
    fixture.assessment.blocked = vec![BlockedInstrument {
        account: AccountIx(0),
        instrument: InstrumentIx(1),
        missing: Some(Decimal::TEN),
        source: source(22),
    }];
    fixture
        .assessment
        .diagnostics
        .push(Diagnostic::at(Code::MissingLots, source(22)).found("", "MSFT").detail("10"));
    fixture.ledger.inputs[0].rows =
        RowCounts { total: 126, used: 100, neutral: 16, duplicate: 4, unknown: 6 };
    for row in [51, 52, 53, 54, 60, 61] {
        let bad = Diagnostic::at(Code::BadDate, source(row)).found("Time", "31/31/2025");
        fixture.ledger.diagnostics.push(bad);
        let cells = vec![("date", "31/31/2025".to_owned()), ("ticker", "AAPL".to_owned())];
        fixture.ledger.repairs.push(RepairRow { source: source(row), cells });
    }
    let warning = Diagnostic::in_file(Code::UnknownColumn, FileId(1)).found("Notes <b>", "=1+1");
    fixture.ledger.diagnostics.push(warning);
    fixture
}

/// A year that ends with a loss of 350,20 zł and nothing to pay.
pub(crate) fn loss() -> Fixture {
    let mut fixture = complete();
    fixture.assessment.years.pop();
    fixture.assessment.chosen_year = Some(2024);
    fixture.assessment.dividends.clear();
    fixture.assessment.interest.clear();
    fixture.assessment.moved_years.clear();
    fixture.assessment.diagnostics.clear();
    fixture
}

/// A year with virtual currency alone: 5000,00 − 3000,00 − 200,00 = 1800,00, tax 342,00.
pub(crate) fn crypto() -> Fixture {
    let mut fixture = loss();
    fixture.options.crypto_costs = Some(zl("200"));
    let bitcoin = Instrument {
        symbol: "BTC".to_owned(),
        kind: InstrumentKind::Crypto,
        ..Instrument::default()
    };
    fixture.ledger.instruments.push(bitcoin);
    let event = |day, revenue, cost, row| CryptoEvent {
        account: AccountIx(0),
        instrument: InstrumentIx(2),
        on: day,
        year: 2025,
        revenue: zl(revenue),
        cost: zl(cost),
        rate: RateIx::PLN,
        source: source(row),
    };
    fixture.assessment = Assessment {
        chosen_year: Some(2025),
        years: vec![crypto_year()],
        crypto: vec![
            event(date(2025, 2, 3), "0", "3000", 2),
            event(date(2025, 9, 1), "5000", "0", 3),
        ],
        ..Assessment::default()
    };
    fixture
}

/// Złoty from text.
pub(crate) fn zl(text: &str) -> Pln {
    Pln::declared(Decimal::from_str(text).unwrap())
}

fn dec(text: &str) -> Decimal {
    Decimal::from_str(text).unwrap()
}

fn source(row: u32) -> Source {
    Source { file: FileId(0), row }
}

fn dollars(amount: i64) -> Money {
    Money::new(Decimal::from(amount), Currency::USD)
}

fn book() -> RateBook {
    let mids = [(Currency::USD, dec("4.0000")), (Currency::EUR, dec("4.2500"))];
    RateBook::flat(&mids, date(2024, 1, 1), date(2026, 1, 15))
}

fn ledger() -> Ledger {
    let instrument = |isin, symbol: &str, name: &str| Instrument {
        isin: Isin::parse(isin).ok(),
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        ..Instrument::default()
    };
    let rows = RowCounts { total: 120, used: 100, neutral: 16, duplicate: 4, unknown: 0 };
    let few = RowCounts { total: 2, used: 2, ..RowCounts::default() };
    let input = |id, name: &str, format, account: &str, rows| InputSummary {
        tag: FileTag::default(),
        file: FileId(id),
        name: name.to_owned(),
        format,
        account: account.to_owned(),
        rows,
    };
    Ledger {
        accounts: vec!["U1234567".to_owned()],
        instruments: vec![
            instrument("US0378331005", "AAPL", "Apple Inc."),
            instrument("US5949181045", "MSFT", "Microsoft Corporation"),
        ],
        inputs: vec![
            input(0, "wyciąg 2025.csv", "trading212", "U1234567", rows),
            input(1, "evil.example <script>.csv", "template", "", few),
        ],
        ..Ledger::default()
    }
}

/// 10 shares for 2000 USD: revenue 8000,00; cost 5850,00 + 4,00 (purchase 1 USD) + 4,00 = 5858,00.
fn disposal(rate: RateIx, purchase: RateIx) -> (Disposal, LotMatch) {
    let sale = Disposal {
        account: AccountIx(0),
        instrument: InstrumentIx(0),
        traded_on: date(2025, 3, 11),
        settled_on: date(2025, 3, 12),
        settlement_derived: true,
        year: 2025,
        quantity: dec("10"),
        gross: dollars(2000),
        revenue: zl("8000"),
        cost: zl("5858"),
        sale_charges: zl("4"),
        rate,
        lots: LotRun::default(),
        is_short: false,
        source: source(17),
    };
    let lot = LotMatch {
        acquired_on: date(2024, 5, 6),
        rate_day: date(2024, 5, 8),
        quantity: dec("10"),
        cost: zl("5854"),
        rate: purchase,
        source: source(3),
    };
    (sale, lot)
}

/// Gross and tax withheld in dollars, at 4: the treaty with the US allows 15 %.
fn dividend(rate: RateIx, gross: i64, withheld: i64) -> DividendResult {
    let gross_pln = Pln::declared(Decimal::from(gross * 4));
    let withheld_pln = Pln::declared(Decimal::from(withheld * 4));
    let share = |percent| gross_pln.share(Decimal::from(percent), Decimal::ONE_HUNDRED);
    DividendResult {
        account: AccountIx(0),
        instrument: InstrumentIx(1),
        paid_on: date(2025, 5, 15),
        year: 2025,
        country: Some(Country::US),
        gross: dollars(gross),
        gross_pln,
        withheld: dollars(withheld),
        withheld_pln,
        treaty_rate: Some(dec("0.15")),
        credit: withheld_pln.min(share(15)),
        credit_nineteen: withheld_pln.min(share(19)),
        rate,
        source: source(25),
    }
}

/// 2,50 USD × 4 = 10,00 zł.
fn interest(rate: RateIx) -> InterestResult {
    InterestResult {
        account: AccountIx(0),
        instrument: InstrumentIx::NONE,
        paid_on: date(2025, 6, 30),
        year: 2025,
        gross: Money::new(dec("2.50"), Currency::USD),
        gross_pln: zl("10"),
        withheld_pln: Pln::ZERO,
        credit: Pln::ZERO,
        rate,
        source: source(28),
    }
}

fn open_lot(rate: RateIx) -> OpenLot {
    OpenLot {
        account: AccountIx(0),
        instrument: InstrumentIx(0),
        acquired_on: Date::constant(2024, 5, 6),
        quantity: dec("2.5"),
        cost: Some(zl("1463.50")),
        rate,
        source: source(3),
    }
}

fn fields(list: &[(u16, Field, &str)]) -> BTreeMap<u16, (Field, Decimal)> {
    list.iter().map(|&(number, field, value)| (number, (field, dec(value)))).collect()
}

/// Securities: 8000,00 − 5858,00 = 2142,00; 19 % = 406,98; due 407.
/// Dividends: 400 + 200 = 600,00; 19 % = 114,00; credit min(60, 60) + min(60, 30) = 90,00; due 24.
/// With the 19 % cap alone: credit 60 + 38 = 98,00; due 16. Interest: 10,00; 1,90; due 1,90.
/// To pay: 407 + 24 + 1,90 = 432,90. Box 47: 114,00 + 1,90 = 115,90; box 49: 25,90.
fn year_2025() -> YearAssessment {
    YearAssessment {
        year: 2025,
        form: "PIT-38(18)".to_owned(),
        fields: fields(&[
            (22, Field::OtherRevenue, "8000.00"),
            (23, Field::OtherCost, "5858.00"),
            (26, Field::TotalRevenue, "8000.00"),
            (27, Field::TotalCost, "5858.00"),
            (28, Field::Income, "2142.00"),
            (30, Field::LossDeducted, "0.00"),
            (31, Field::TaxBase, "2142"),
            (32, Field::TaxRate, "19"),
            (33, Field::Tax, "406.98"),
            (35, Field::TaxDue, "407"),
            (47, Field::FlatTax, "115.90"),
            (48, Field::FlatTaxCredit, "90.00"),
            (49, Field::FlatTaxDue, "25.90"),
            (51, Field::TaxToPay, "432.90"),
            (72, Field::PitZgCount, "1"),
        ]),
        securities: Securities {
            revenue: zl("8000"),
            cost: zl("5858"),
            income: zl("2142"),
            tax_base: zl("2142"),
            tax: zl("406.98"),
            tax_due: zl("407"),
            ..Securities::default()
        },
        dividends: FlatTax {
            gross: zl("600"),
            withheld: zl("120"),
            credit: zl("90"),
            tax: zl("114"),
            tax_due: zl("24"),
            tax_due_nineteen: zl("16"),
        },
        interest: FlatTax {
            gross: zl("10"),
            tax: zl("1.90"),
            tax_due: zl("1.90"),
            tax_due_nineteen: zl("1.90"),
            ..FlatTax::default()
        },
        pit_zg: vec![PitZg { country: Country::US, income: zl("2142"), foreign_tax: Pln::ZERO }],
        other_basis: Some(OtherBasis {
            basis: Basis::Trade,
            income: zl("2100"),
            loss: Pln::ZERO,
            tax_due: zl("399"),
        }),
        tax_to_pay: zl("432.90"),
        ..YearAssessment::default()
    }
}

/// 1000,00 − 1350,20 = −350,20.
fn year_2024() -> YearAssessment {
    YearAssessment {
        year: 2024,
        form: "PIT-38(17)".to_owned(),
        fields: fields(&[
            (22, Field::OtherRevenue, "1000.00"),
            (23, Field::OtherCost, "1350.20"),
            (24, Field::TotalRevenue, "1000.00"),
            (25, Field::TotalCost, "1350.20"),
            (26, Field::Income, "0.00"),
            (27, Field::Loss, "350.20"),
            (29, Field::TaxBase, "0"),
            (30, Field::TaxRate, "19"),
            (31, Field::Tax, "0.00"),
            (33, Field::TaxDue, "0"),
            (49, Field::TaxToPay, "0.00"),
        ]),
        securities: Securities {
            revenue: zl("1000"),
            cost: zl("1350.20"),
            loss: zl("350.20"),
            ..Securities::default()
        },
        other_basis: Some(OtherBasis {
            basis: Basis::Trade,
            loss: zl("350.20"),
            ..OtherBasis::default()
        }),
        ..YearAssessment::default()
    }
}

fn crypto_year() -> YearAssessment {
    YearAssessment {
        year: 2025,
        form: "PIT-38(18)".to_owned(),
        fields: fields(&[
            (26, Field::TotalRevenue, "0.00"),
            (27, Field::TotalCost, "0.00"),
            (28, Field::Income, "0.00"),
            (31, Field::TaxBase, "0"),
            (32, Field::TaxRate, "19"),
            (33, Field::Tax, "0.00"),
            (35, Field::TaxDue, "0"),
            (36, Field::CryptoRevenue, "5000.00"),
            (37, Field::CryptoCost, "3000.00"),
            (38, Field::CryptoCostCarriedIn, "200.00"),
            (39, Field::CryptoIncome, "1800.00"),
            (40, Field::CryptoCostCarriedOut, "0.00"),
            (41, Field::CryptoTaxBase, "1800"),
            (42, Field::CryptoTaxRate, "19"),
            (43, Field::CryptoTax, "342.00"),
            (45, Field::CryptoTaxDue, "342"),
            (51, Field::TaxToPay, "342.00"),
        ]),
        crypto: Crypto {
            revenue: zl("5000"),
            costs: zl("3000"),
            costs_carried_in: zl("200"),
            income: zl("1800"),
            costs_carried_out: Pln::ZERO,
            tax_due: zl("342"),
        },
        other_basis: Some(OtherBasis { basis: Basis::Trade, ..OtherBasis::default() }),
        tax_to_pay: zl("342"),
        ..YearAssessment::default()
    }
}
