//! A made-up investor for tests: two years, four currencies, three countries, a loss, hostile names.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::ReportInput;
use crate::{
    lang::Lang,
    ledger::{InputSummary, Ledger},
    money::{Country, Currency, Money, Pln},
    rates::{Rate, RateBook, RateBookBuilder, RateTable, TableKind},
    statement::{
        AccountIx, Code, Diagnostic, FileId, FileTag, Instrument, InstrumentIx, InstrumentKind,
        Isin, RowCounts, Source,
    },
    tax::{
        Assessment, BlockedInstrument, Crypto, CryptoEvent, DerivativeResult, Disposal,
        DividendResult, FeeResult, Field, FlatTax, InterestResult, LotMatch, LotRun, MovedYear,
        OpenLot, Options, OtherBasis, PitZg, Securities, Status, YearAssessment,
    },
};

/// Writes output for people to look at when `INVESTTAX_LOOK` names a folder.
#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not of the program")]
pub(crate) fn look(name: &str, bytes: &[u8]) {
    if let Ok(folder) = std::env::var("INVESTTAX_LOOK") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}

/// Owns what a [`ReportInput`] borrows.
pub(crate) struct Fixture {
    pub(crate) ledger: Ledger,
    pub(crate) assessment: Assessment,
    pub(crate) rates: RateBook,
    pub(crate) options: Options,
    pub(crate) lang: Lang,
}

impl Fixture {
    pub(crate) fn input(&self) -> ReportInput<'_> {
        ReportInput {
            ledger: &self.ledger,
            assessment: &self.assessment,
            rates: &self.rates,
            options: &self.options,
            today: date(2026, 2, 20),
            lang: self.lang,
        }
    }

    /// Six disposals, incomplete: one instrument lacks its history.
    pub(crate) fn small() -> Self {
        let mut maker = Maker::new();
        maker.disposal(0, date(2024, 5, 6), "12", "2345.60", &["8", "4"]);
        maker.disposal(1, date(2024, 11, 20), "100.5", "10400.00", &["100.5"]);
        maker.disposal(0, date(2025, 2, 11), "3.2500", "912.34", &["1.25", "2"]);
        maker.disposal(2, date(2025, 3, 4), "1500", "4380.00", &["900", "400", "200"]);
        maker.disposal(3, date(2025, 6, 30), "0.08173424", "31.07", &["0.08173424"]);
        maker.disposal(1, date(2025, 12, 29), "1250", "1725000.00", &["1250"]);
        maker.dividend(0, date(2025, 5, 15), "US", "24.00", "3.60", Some("0.15"));
        maker.dividend(3, date(2025, 6, 2), "DE", "110.00", "29.01", Some("0.15"));
        maker.dividend(2, date(2025, 9, 1), "GB", "75.50", "0", Some("0.10"));
        maker.dividend(1, date(2024, 9, 12), "IE", "31.20", "0", None);
        for month in 1..=12 {
            maker.interest(date(2025, month, 1), "1.37");
        }
        maker.others();
        maker.finish(Status::Incomplete)
    }

    /// As many disposals as asked for, two lots each, all in 2025.
    pub(crate) fn generated(disposals: usize) -> Self {
        let mut maker = Maker::new();
        for number in 0..disposals {
            let day = i8::try_from(number % 28).unwrap() + 1;
            let month = i8::try_from(number * 12 / disposals).unwrap() + 1;
            let gross = format!("{}.{:02}", 1000 + number * 7 % 9000, number * 13 % 100);
            let on = date(2025, month, day);
            maker.disposal(u32::try_from(number % 4).unwrap(), on, "10", &gross, &["7", "3"]);
            if number % 5 == 0 {
                maker.dividend(0, on, "US", "24.00", "3.60", Some("0.15"));
            }
        }
        maker.finish(Status::Complete)
    }
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

struct Maker {
    rates: RateBook,
    assessment: Assessment,
}

const SOURCE: Source = Source { file: FileId(0), row: 17 };
const ACCOUNT: AccountIx = AccountIx(0);

impl Maker {
    fn new() -> Self {
        let mids = [("USD", "4.0321"), ("EUR", "4.2745"), ("GBP", "5.1032"), ("HUF", "0.010742")];
        let mids = mids.map(|(code, mid)| (Currency::parse(code).unwrap(), dec(mid)));
        let mut rates = RateBookBuilder::default();
        let mut published_on = date(2022, 1, 1);
        while published_on < date(2026, 1, 5) {
            let day = published_on.tomorrow().unwrap();
            // A little movement, so that no two days look alike.
            let moved = Decimal::new(i64::from(day.day()) * 7 + i64::from(day.month()) * 31, 4);
            let number = format!("{}/A/NBP/{}", published_on.day_of_year(), published_on.year());
            let mids = mids.iter().map(|(currency, mid)| (*currency, mid + moved)).collect();
            let table = RateTable { kind: TableKind::A, number, published_on, mids };
            table.mids.iter().for_each(|(currency, _)| rates.answer(*currency, day, &table));
            published_on = day;
        }
        Self { rates: rates.build(), assessment: Assessment::default() }
    }

    fn currency(instrument: u32) -> Currency {
        [Currency::USD, Currency::EUR, Currency::GBP, Currency::PLN]
            [usize::try_from(instrument).unwrap()]
    }

    fn rate(&self, currency: Currency, day: Date) -> Rate {
        *self.rates.preceding(currency, day).unwrap()
    }

    fn disposal(&mut self, instrument: u32, on: Date, quantity: &str, gross: &str, lots: &[&str]) {
        let currency = Self::currency(instrument);
        let settled_on = on.checked_add(jiff::Span::new().days(2)).unwrap();
        let rate = self.rate(currency, settled_on);
        let gross = Money::new(dec(gross), currency);
        let factor = if instrument == 2 { dec("1.2") } else { dec("0.83") };
        let lots: Vec<LotMatch> = lots
            .iter()
            .enumerate()
            .map(|(at, part)| {
                let acquired_on = date(2022 + i16::try_from(at % 2).unwrap(), 3, 14);
                let rate = self.rate(currency, acquired_on);
                let share = Money::new(gross.amount * factor * dec(part) / dec(quantity), currency);
                LotMatch {
                    acquired_on,
                    rate_day: acquired_on,
                    quantity: dec(part),
                    cost: rate.convert(share),
                    rate: rate.ix,
                    source: SOURCE,
                }
            })
            .collect();
        let sale_charges = rate.convert(Money::new(dec("1.25"), currency));
        let cost = lots.iter().map(|lot| lot.cost).sum::<Pln>() + sale_charges;
        let lots = LotRun::push(&mut self.assessment.lots, lots);
        self.assessment.disposals.push(Disposal {
            account: AccountIx(instrument % 2),
            instrument: InstrumentIx(instrument),
            traded_on: on,
            settled_on,
            settlement_derived: instrument == 1,
            year: settled_on.year().min(2025),
            quantity: dec(quantity),
            gross,
            revenue: rate.convert(gross),
            cost,
            sale_charges,
            rate: rate.ix,
            lots,
            is_short: false,
            source: SOURCE,
        });
    }

    fn dividend(
        &mut self,
        instrument: u32,
        on: Date,
        country: &str,
        gross: &str,
        withheld: &str,
        treaty: Option<&str>,
    ) {
        let currency = Self::currency(instrument);
        let rate = self.rate(currency, on);
        let (gross, withheld) =
            (Money::new(dec(gross), currency), Money::new(dec(withheld), currency));
        let (gross_pln, withheld_pln) = (rate.convert(gross), rate.convert(withheld));
        let cap = |share: &str| Pln::declared(gross_pln.amount() * dec(share));
        let credit_nineteen = withheld_pln.min(cap("0.19"));
        self.assessment.dividends.push(DividendResult {
            account: ACCOUNT,
            instrument: InstrumentIx(instrument),
            paid_on: on,
            year: on.year(),
            country: Country::parse(country).ok(),
            gross,
            gross_pln,
            withheld,
            withheld_pln,
            treaty_rate: treaty.map(dec),
            credit: treaty.map_or(credit_nineteen, |rate| credit_nineteen.min(cap(rate))),
            credit_nineteen,
            rate: rate.ix,
            source: SOURCE,
        });
    }

    fn interest(&mut self, on: Date, gross: &str) {
        let rate = self.rate(Currency::EUR, on);
        let gross = Money::new(dec(gross), Currency::EUR);
        self.assessment.interest.push(InterestResult {
            account: ACCOUNT,
            instrument: InstrumentIx::NONE,
            paid_on: on,
            year: on.year(),
            gross,
            gross_pln: rate.convert(gross),
            withheld_pln: Pln::ZERO,
            credit: Pln::ZERO,
            rate: rate.ix,
            source: SOURCE,
        });
    }

    fn others(&mut self) {
        let on = date(2025, 7, 31);
        let rate = self.rate(Currency::USD, on);
        let money = |text: &str| Money::new(dec(text), Currency::USD);
        let fee = money("10.00");
        self.assessment.fees.push(FeeResult {
            account: ACCOUNT,
            charged_on: on,
            year: 2025,
            amount: fee,
            amount_pln: rate.convert(fee),
            rate: rate.ix,
            source: SOURCE,
        });
        for result in ["125.00", "-40.50"].map(money) {
            self.assessment.derivatives.push(DerivativeResult {
                account: ACCOUNT,
                instrument: InstrumentIx(4),
                closed_on: on,
                year: 2025,
                result,
                result_pln: rate.convert(result),
                country: Some(Country::US),
                rate: rate.ix,
                source: SOURCE,
            });
        }
        for (revenue, cost) in [("0", "500.00"), ("800.00", "3.20")] {
            self.assessment.crypto.push(CryptoEvent {
                account: ACCOUNT,
                instrument: InstrumentIx(5),
                on,
                year: 2025,
                revenue: rate.convert(money(revenue)),
                cost: rate.convert(money(cost)),
                rate: rate.ix,
                source: SOURCE,
            });
        }
        self.assessment.open_lots.push(OpenLot {
            account: ACCOUNT,
            instrument: InstrumentIx(0),
            acquired_on: on,
            quantity: dec("17.5"),
            cost: Some(rate.convert(money("3001.17"))),
            rate: rate.ix,
            source: SOURCE,
        });
        self.assessment.moved_years.push(MovedYear {
            instrument: InstrumentIx(1),
            traded_on: date(2025, 12, 31),
            settled_on: date(2026, 1, 2),
            source: SOURCE,
        });
        self.assessment.blocked.push(BlockedInstrument {
            account: ACCOUNT,
            instrument: InstrumentIx(6),
            missing: Some(dec("12.5")),
            source: SOURCE,
        });
        self.assessment.diagnostics = vec![
            Diagnostic::at(Code::MissingLots, SOURCE).found("Ticker", "ŻABKA").detail("12.5"),
            Diagnostic::new(Code::SettlementDerived).detail("2"),
            Diagnostic::at(Code::OverWithheld, SOURCE).found("Tax", "29.01").detail("DE"),
        ];
    }

    fn finish(mut self, status: Status) -> Fixture {
        let mut years: Vec<i16> = self.assessment.disposals.iter().map(|sale| sale.year).collect();
        years.sort_unstable();
        years.dedup();
        self.assessment.years = years.into_iter().map(|year| self.assess(year, status)).collect();
        self.assessment.chosen_year = Some(2025);
        self.assessment.status = status;
        Fixture {
            ledger: ledger(),
            assessment: self.assessment,
            rates: self.rates,
            options: Options::default(),
            lang: Lang::Pl,
        }
    }

    fn assess(&self, year: i16, status: Status) -> YearAssessment {
        let all = &self.assessment;
        let mut result = YearAssessment {
            year,
            form: if year == 2025 { "PIT-38(18)" } else { "PIT-38(17)" }.to_owned(),
            status,
            ..YearAssessment::default()
        };
        let disposals = || all.disposals.iter().filter(|sale| sale.year == year);
        let derivatives =
            || all.derivatives.iter().filter(|d| d.year == year).map(|d| d.result_pln);
        let fees = all.fees.iter().filter(|fee| fee.year == year).map(|fee| fee.amount_pln);
        let revenue = disposals().map(|sale| sale.revenue).sum::<Pln>()
            + derivatives().map(Pln::or_zero).sum();
        let cost = disposals().map(|sale| sale.cost).sum::<Pln>()
            + fees.sum()
            + derivatives().map(|result| (-result).or_zero()).sum();
        let income = (revenue - cost).or_zero();
        let tax_base = whole(income.amount());
        let tax = Pln::declared(tax_base.amount() * dec("0.19"));
        let loss = (cost - revenue).or_zero();
        let tax_due = whole(tax.amount());
        result.securities = Securities {
            foreign_tax: Pln::ZERO,
            revenue,
            cost,
            income,
            loss,
            loss_deducted: Pln::ZERO,
            tax_base,
            tax,
            tax_due,
        };
        result.dividends = self.dividends(year);
        result.interest = self.flat_interest(year);
        result.crypto = self.crypto(year);
        result.tax_to_pay =
            tax_due + result.dividends.tax_due + result.interest.tax_due + result.crypto.tax_due;
        result.pit_zg = vec![PitZg {
            country: Country::US,
            income: Pln::declared(dec("1480.22")),
            foreign_tax: Pln::ZERO,
        }];
        result.other_basis = Some(OtherBasis {
            basis: all.basis.other(),
            income: income + Pln::declared(dec("12.07")),
            loss: Pln::ZERO,
            tax_due: tax_due + Pln::declared(dec("2")),
        });
        result.fields = fields(&result);
        result
    }

    fn dividends(&self, year: i16) -> FlatTax {
        let rows = || self.assessment.dividends.iter().filter(|row| row.year == year);
        let gross: Pln = rows().map(|row| row.gross_pln).sum();
        let credit: Pln = rows().map(|row| row.credit).sum();
        let tax = Pln::declared(gross.amount() * dec("0.19"));
        FlatTax {
            gross,
            withheld: rows().map(|row| row.withheld_pln).sum(),
            credit,
            tax,
            tax_due: whole((tax - credit).amount()),
            tax_due_nineteen: whole(
                (tax - rows().map(|row| row.credit_nineteen).sum::<Pln>()).amount(),
            ),
        }
    }

    fn flat_interest(&self, year: i16) -> FlatTax {
        let rows = self.assessment.interest.iter().filter(|row| row.year == year);
        let gross: Pln = rows.map(|row| row.gross_pln).sum();
        let tax = crate::money::rounding::up_to_grosz(gross.amount() * dec("0.19"));
        let tax = Pln::declared(tax);
        FlatTax { gross, tax, tax_due: tax, tax_due_nineteen: tax, ..FlatTax::default() }
    }

    fn crypto(&self, year: i16) -> Crypto {
        let rows = || self.assessment.crypto.iter().filter(|row| row.year == year);
        let revenue: Pln = rows().map(|row| row.revenue).sum();
        let costs: Pln = rows().map(|row| row.cost).sum();
        let income = (revenue - costs).or_zero();
        let tax = whole(income.amount()).amount() * dec("0.19");
        Crypto {
            revenue,
            costs,
            income,
            costs_carried_out: (costs - revenue).or_zero(),
            tax_due: whole(tax),
            ..Crypto::default()
        }
    }
}

fn whole(amount: Decimal) -> Pln {
    Pln::declared(crate::money::rounding::to_zloty(amount))
}

/// The fields of PIT-38(18), in part (tax-law 4.2).
fn fields(year: &YearAssessment) -> std::collections::BTreeMap<u16, (Field, Decimal)> {
    let securities = &year.securities;
    let flat_tax = year.dividends.tax + year.interest.tax;
    let flat_due = year.dividends.tax_due + year.interest.tax_due;
    let amounts = [
        (22, Field::OtherRevenue, securities.revenue),
        (23, Field::OtherCost, securities.cost),
        (26, Field::TotalRevenue, securities.revenue),
        (27, Field::TotalCost, securities.cost),
        (28, Field::Income, securities.income),
        (29, Field::Loss, securities.loss),
        (31, Field::TaxBase, securities.tax_base),
        (33, Field::Tax, securities.tax),
        (35, Field::TaxDue, securities.tax_due),
        (36, Field::CryptoRevenue, year.crypto.revenue),
        (37, Field::CryptoCost, year.crypto.costs),
        (39, Field::CryptoIncome, year.crypto.income),
        (41, Field::CryptoTaxBase, whole(year.crypto.income.amount())),
        (45, Field::CryptoTaxDue, year.crypto.tax_due),
        (47, Field::FlatTax, flat_tax),
        (48, Field::FlatTaxCredit, year.dividends.credit),
        (49, Field::FlatTaxDue, flat_due),
        (51, Field::TaxToPay, year.tax_to_pay),
    ];
    let mut fields: std::collections::BTreeMap<u16, (Field, Decimal)> = amounts
        .into_iter()
        .map(|(number, field, value)| (number, (field, value.amount())))
        .collect();
    fields.insert(32, (Field::TaxRate, dec("19")));
    fields.insert(72, (Field::PitZgCount, dec("1")));
    fields
}

fn ledger() -> Ledger {
    let instrument = |isin: &str, symbol: &str, name: &str, kind: InstrumentKind| Instrument {
        isin: Isin::parse(isin).ok(),
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        kind,
        ..Instrument::default()
    };
    let security = InstrumentKind::Security;
    Ledger {
        accounts: vec!["T212 Invest".to_owned(), "=cmd|'/c calc'!A1".to_owned()],
        instruments: vec![
            instrument("US0378331005", "AAPL", "Apple Inc.", security),
            instrument(
                "IE00B4L5Y983",
                "IWDA",
                "iShares Core MSCI World UCITS ETF USD (Acc)",
                security,
            ),
            instrument("GB0002634946", "BA", "BAE Systems plc", security),
            instrument("", "=HYPERLINK(\"http://x\")", "Zażółć gęślą jaźń S.A.\u{202E}", security),
            instrument("", "SPX 240621C05000", "", InstrumentKind::Derivative),
            instrument("", "BTC", "", InstrumentKind::Crypto),
            instrument("", "ŻABKA", "Żabka Group", security),
        ],
        inputs: vec![
            InputSummary {
                tag: FileTag::default(),
                file: FileId(0),
                name: "wyciąg 2025 (końcowy).csv".to_owned(),
                format: "trading212",
                account: "T212 Invest".to_owned(),
                rows: RowCounts { total: 120, used: 90, neutral: 25, duplicate: 3, unknown: 2 },
            },
            InputSummary {
                tag: FileTag::default(),
                file: FileId(1),
                name: "U1234567_2024_2024_bardzo_długa_nazwa_pliku_z_wyciągiem_rocznym.csv"
                    .to_owned(),
                format: "ibkr-activity",
                account: "U***4567".to_owned(),
                rows: RowCounts { total: 45, used: 45, ..RowCounts::default() },
            },
        ],
        diagnostics: vec![
            Diagnostic::at(Code::BadDate, Source { file: FileId(0), row: 88 })
                .found("Time", "31.02.2025"),
        ],
        ..Ledger::default()
    }
}
