//! The calculation document, `investtax.calculation.v1`: what `calc --json` prints and the archive keeps.
//!
//! Its shape is a contract (PRODUCT §3) and is described by `src/report/calculation.schema.json`, which a
//! test holds it to. Amounts are decimal strings in złoty; quantities have no trailing zeros.

mod dividends;
mod figures;

use std::{cell::RefCell, collections::BTreeMap};

use hashbrown::{HashMap, hash_map::Entry};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeSeq},
};
use serde_json::value::{RawValue, to_raw_value};

use figures::{AsIs, Code2, Day, Known, Plain, Zloty};

use super::ReportInput;
use crate::{
    ledger::InputSummary,
    money::Pln,
    rates::RateIx,
    statement::{AccountIx, Diagnostic, InstrumentIx, RowCounts, Severity, Source},
    tax::{
        Assessment, Basis, Crypto, Disposal, FlatTax, LotMatch, OpenLot, OtherBasis, PitZg,
        Securities, Status, YearAssessment,
    },
    wording,
};

/// The JSON schema of the document.
pub const SCHEMA: &str = include_str!("calculation.schema.json");

/// Writes the document as one line of JSON.
pub fn write(input: &ReportInput<'_>, to: impl std::io::Write) -> serde_json::Result<()> {
    let rates = Rates::new(input);
    serde_json::to_writer(to, &document(input, &rates))
}

/// The document, borrowing everything; serialising it streams.
fn document<'a>(input: &'a ReportInput<'a>, rates: &'a Rates<'a>) -> impl Serialize + 'a {
    let assessment = input.assessment;
    Document {
        schema: "investtax.calculation.v1",
        basis: assessment.basis,
        status: assessment.status,
        years: assessment.years.iter().map(|year| Year::of(assessment, year)).collect(),
        disposals: Each(assessment.disposals.as_slice(), move |disposal| {
            disposal_of(input, rates, disposal)
        }),
        dividends: Each(assessment.dividends.as_slice(), move |dividend| {
            dividends::dividend_of(input, rates, dividend)
        }),
        open_lots: Each(assessment.open_lots.as_slice(), move |lot| open_lot_of(input, lot)),
        inputs: Each(input.ledger.inputs.as_slice(), input_of),
        diagnostics: DiagnosticList(input),
    }
}

/// A slice serialised item by item through a function, so that nothing is collected first.
struct Each<'a, T, F>(&'a [T], F);

impl<'a, T, F, R> Serialize for Each<'a, T, F>
where
    F: Fn(&'a T) -> R,
    R: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            list.serialize_element(&self.1(item))?;
        }
        list.end()
    }
}

#[derive(Serialize)]
struct Document<'a, D: Serialize, P: Serialize, O: Serialize, I: Serialize> {
    schema: &'static str,
    basis: Basis,
    status: Status,
    years: Vec<Year<'a>>,
    disposals: D,
    dividends: P,
    open_lots: O,
    inputs: I,
    diagnostics: DiagnosticList<'a>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the contract's")]
struct Year<'a> {
    year: i16,
    form: &'a str,
    status: Status,
    fields: BTreeMap<u16, AsIs>,
    securities: SecuritiesOut,
    dividends: FlatTaxOut,
    interest: FlatTaxOut,
    crypto: Crypto,
    pit_zg: Vec<PitZgOut>,
    other_basis: OtherBasisOut,
}

impl<'a> Year<'a> {
    fn of(assessment: &Assessment, year: &'a YearAssessment) -> Self {
        Self {
            year: year.year,
            form: &year.form,
            status: year.status,
            fields: year
                .fields
                .iter()
                .map(|(number, (_, value))| (*number, AsIs(*value)))
                .collect(),
            securities: SecuritiesOut::of(&year.securities),
            dividends: FlatTaxOut::of(&year.dividends),
            interest: FlatTaxOut::of(&year.interest),
            crypto: year.crypto,
            pit_zg: year.pit_zg.iter().map(PitZgOut::of).collect(),
            other_basis: OtherBasisOut::of(assessment, year.other_basis),
        }
    }
}

/// The other basis; empty amounts where a rate that only it needs is missing.
#[derive(Serialize)]
struct OtherBasisOut {
    basis: Basis,
    income: Known,
    loss: Known,
    tax_due: Known,
}

impl OtherBasisOut {
    fn of(assessment: &Assessment, other: Option<OtherBasis>) -> Self {
        Self {
            basis: assessment.basis.other(),
            income: Known(other.map(|other| other.income)),
            loss: Known(other.map(|other| other.loss)),
            tax_due: Known(other.map(|other| other.tax_due)),
        }
    }
}

/// As [`Securities`], with whole złoty where the form has whole złoty.
#[derive(Serialize)]
struct SecuritiesOut {
    revenue: Pln,
    cost: Pln,
    income: Pln,
    loss: Pln,
    loss_deducted: Pln,
    tax_base: Plain,
    tax: Pln,
    tax_due: Plain,
}

impl SecuritiesOut {
    fn of(securities: &Securities) -> Self {
        Self {
            revenue: securities.revenue,
            cost: securities.cost,
            income: securities.income,
            loss: securities.loss,
            loss_deducted: securities.loss_deducted,
            tax_base: Plain(securities.tax_base.amount()),
            tax: securities.tax,
            tax_due: Plain(securities.tax_due.amount()),
        }
    }
}

#[derive(Serialize)]
struct FlatTaxOut {
    gross: Pln,
    withheld: Pln,
    credit: Pln,
    tax: Pln,
    tax_due: Pln,
}

impl FlatTaxOut {
    fn of(part: &FlatTax) -> Self {
        let FlatTax { gross, withheld, credit, tax, tax_due, .. } = *part;
        Self { gross, withheld, credit, tax, tax_due }
    }
}

#[derive(Serialize)]
struct PitZgOut {
    country: Code2,
    income: Pln,
    foreign_tax: Pln,
}

impl PitZgOut {
    fn of(attachment: &PitZg) -> Self {
        Self {
            country: Code2(attachment.country),
            income: attachment.income,
            foreign_tax: attachment.foreign_tax,
        }
    }
}

#[derive(Serialize)]
struct RateOut<'a> {
    table: &'a str,
    date: Day,
    currency: &'a str,
    mid: AsIs,
}

/// Rates as JSON, each written once: many legs share one.
struct Rates<'a> {
    input: &'a ReportInput<'a>,
    written: RefCell<HashMap<RateIx, Box<RawValue>>>,
}

impl<'a> Rates<'a> {
    fn new(input: &'a ReportInput<'a>) -> Self {
        Self { input, written: RefCell::default() }
    }

    fn out(&self, ix: RateIx) -> serde_json::Result<Box<RawValue>> {
        let rate = self.input.rate(ix);
        let published = self.input.rates.published(ix);
        to_raw_value(&RateOut {
            table: published.map_or("", |rate| self.input.rates.number(rate)),
            date: Day(published.map(|rate| rate.published_on)),
            currency: rate.currency.as_str(),
            mid: AsIs(rate.mid),
        })
    }
}

/// One rate of [`Rates`].
struct RateAt<'a>(&'a Rates<'a>, RateIx);

impl Serialize for RateAt<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let &Self(rates, rate) = self;
        let mut written = rates.written.borrow_mut();
        let raw = match written.entry(rate) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(rates.out(rate).map_err(S::Error::custom)?),
        };
        raw.serialize(serializer)
    }
}

#[derive(Serialize)]
struct SourceOut<'a> {
    file: &'a str,
    row: u32,
}

fn source_of<'a>(input: &ReportInput<'a>, source: Source) -> SourceOut<'a> {
    SourceOut { file: input.ledger.file_name(source.file), row: source.row }
}

#[derive(Serialize)]
struct DisposalOut<'a, L: Serialize> {
    account: &'a str,
    isin: &'a str,
    symbol: &'a str,
    traded_on: Day,
    settled_on: Day,
    quantity: Plain,
    revenue: Zloty,
    cost: Zloty,
    lots: L,
    rate: RateAt<'a>,
    source: SourceOut<'a>,
}

fn disposal_of<'a>(
    input: &'a ReportInput<'a>,
    rates: &'a Rates<'a>,
    disposal: &'a Disposal,
) -> impl Serialize + 'a {
    let (isin, symbol) = instrument_of(input, disposal.instrument);
    DisposalOut {
        account: account_of(input, disposal.account),
        isin,
        symbol,
        traded_on: Day(Some(disposal.traded_on)),
        settled_on: Day(Some(disposal.settled_on)),
        quantity: Plain(disposal.quantity),
        revenue: Zloty(disposal.revenue),
        cost: Zloty(disposal.cost),
        lots: Each(input.assessment.lots_of(disposal), move |lot| lot_of(rates, lot)),
        rate: RateAt(rates, disposal.rate),
        source: source_of(input, disposal.source),
    }
}

#[derive(Serialize)]
struct LotOut<'a> {
    acquired_on: Day,
    quantity: Plain,
    cost: Zloty,
    rate: RateAt<'a>,
}

fn lot_of<'a>(rates: &'a Rates<'a>, lot: &LotMatch) -> LotOut<'a> {
    LotOut {
        acquired_on: Day(Some(lot.acquired_on)),
        quantity: Plain(lot.quantity),
        cost: Zloty(lot.cost),
        rate: RateAt(rates, lot.rate),
    }
}

#[derive(Serialize)]
struct OpenLotOut<'a> {
    account: &'a str,
    isin: &'a str,
    symbol: &'a str,
    quantity: Plain,
    cost: Known,
}

fn open_lot_of<'a>(input: &ReportInput<'a>, lot: &OpenLot) -> OpenLotOut<'a> {
    let (isin, symbol) = instrument_of(input, lot.instrument);
    let account = account_of(input, lot.account);
    OpenLotOut { account, isin, symbol, quantity: Plain(lot.quantity), cost: Known(lot.cost) }
}

fn account_of<'a>(input: &ReportInput<'a>, account: AccountIx) -> &'a str {
    input.ledger.account(account)
}

fn instrument_of<'a>(input: &ReportInput<'a>, index: InstrumentIx) -> (&'a str, &'a str) {
    let known = input.ledger.instrument(index);
    let isin = known.and_then(|known| known.isin.as_ref()).map_or("", |isin| isin.as_str());
    (isin, known.map_or("", |known| known.symbol.as_str()))
}

#[derive(Serialize)]
struct InputOut<'a> {
    file: &'a str,
    format: &'a str,
    account: &'a str,
    rows: RowCounts,
}

fn input_of(input: &InputSummary) -> InputOut<'_> {
    InputOut { file: &input.name, format: input.format, account: &input.account, rows: input.rows }
}

/// Findings of reading, then of the calculation.
struct DiagnosticList<'a>(&'a ReportInput<'a>);

impl Serialize for DiagnosticList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.findings().map(|finding| DiagnosticOut::of(self.0, finding)))
    }
}

#[derive(Serialize)]
struct DiagnosticOut<'a> {
    code: &'static str,
    severity: Severity,
    file: &'a str,
    row: u32,
    column: &'a str,
    value: &'a str,
    message: String,
}

impl<'a> DiagnosticOut<'a> {
    fn of(input: &ReportInput<'a>, finding: &'a Diagnostic) -> Self {
        let words = wording::diagnostic(finding, input.lang);
        Self {
            code: finding.code.as_str(),
            severity: finding.severity,
            file: finding.file.map_or("", |file| input.ledger.file_name(file)),
            row: finding.row.unwrap_or(0),
            column: &finding.column,
            value: &finding.value,
            message: format!("{} {}", words.what, words.what_to_do).trim().to_owned(),
        }
    }
}
