//! The whole calculation: history and rates in, every year's return out.

mod sales;
mod stated;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Assessment, CreditCap, LossClaim, LossUse, Options, Part, Status, YearAssessment,
    cash::{self, Cash},
    credit,
    fifo::{self, Walked},
    leg::Converter,
    loss,
    other::Other,
    payers::{self, Reported},
    poland::{
        form::{Form, crypto_abroad},
        pit38::{self, Extra, YearSums},
    },
    receipts,
    residence::{self, OutsideKind},
    unclear, unplaced,
};
use crate::{
    ledger::Ledger,
    money::{Country, Pln},
    rates::RateBook,
    statement::{Code, Diagnostic, Severity},
};

/// Computes everything. `today` only decides whether a tax year is over.
pub fn assess(ledger: &Ledger, rates: &RateBook, options: &Options, today: Date) -> Assessment {
    conclude(ledger, work_out(ledger, rates, options), options, today)
}

/// What the events of a ledger, or of a part of it, come to: before any year is summed up.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Worked {
    walked: Walked,
    cash: Cash,
}

impl Worked {
    /// Takes in another part of the same ledger. The order in which parts come does not matter.
    pub fn merge(&mut self, other: Self) {
        self.walked.merge(other.walked);
        self.cash.merge(other.cash);
    }
}

/// Works out every event of a ledger.
pub fn work_out(ledger: &Ledger, rates: &RateBook, options: &Options) -> Worked {
    work_out_at(ledger, 0.., rates, options)
}

/// Works out the events of one part.
pub fn work_out_part(part: &Part, rates: &RateBook, options: &Options) -> Worked {
    work_out_at(&part.ledger, part.places.iter().copied(), rates, options)
}

fn work_out_at(
    ledger: &Ledger,
    places: impl Iterator<Item = u32>,
    rates: &RateBook,
    options: &Options,
) -> Worked {
    let converter = Converter { rates, basis: options.basis };
    let (walked, events) = fifo::walk(ledger, places, converter, options.residence);
    Worked { walked, cash: cash::compute(ledger, &events, converter, options) }
}

/// Sums up every year of a ledger whose events were all worked out, in one or in parts.
pub fn conclude(ledger: &Ledger, worked: Worked, options: &Options, today: Date) -> Assessment {
    let Worked { walked, cash } = worked;
    let mut years = Years::default();
    years.add_walk(ledger, &walked);
    years.add_cash(&cash, ledger, options.credit_cap);
    let (disposals, dividends) = (walked.disposals.items(), cash.dividends.items());
    years.findings.extend(receipts::warnings(ledger, disposals, dividends));
    years.add_gaps(&ledger.gaps);
    years.add_outside(&walked, &cash, options);
    years.finish(ledger, options, today, walked, cash)
}

/// Costs of crypto pass from year to year only as each year's return declares them (art. 22 ust. 16 and art. 30b ust. 6a
/// PIT), also in years between in which nothing happened.
fn undeclared_carry(before: &YearAssessment, year: i16) -> Option<Diagnostic> {
    let between = before.year.saturating_add(1)..=year.saturating_sub(1);
    let years: Vec<String> = between.map(|year| year.to_string()).collect();
    let carried = before.crypto.costs_carried_out;
    (carried.is_positive() && !years.is_empty()).then(|| {
        Diagnostic::new(Code::CryptoCarry).found("", years.join(", ")).detail(carried.to_string())
    })
}

/// No file tells where crypto was sold, so its attachment and the credit of tax paid there are not filled.
fn left_to_sender(year: &YearAssessment) -> Option<Diagnostic> {
    let income = year.crypto.income;
    income.is_positive().then(|| {
        Diagnostic::new(Code::CryptoAbroad)
            .found(year.year.to_string(), income.to_string())
            .detail(crypto_abroad(year.year).unwrap_or_default())
    })
}

/// Sums and findings per year while they are collected.
#[derive(Debug, Default)]
struct Years {
    sums: BTreeMap<i16, YearSums>,
    /// The same under the other basis.
    others: BTreeMap<i16, Other>,
    /// Years with a disposal or income, from which the year to answer for is chosen.
    active: BTreeSet<i16>,
    incomplete: BTreeSet<i16>,
    /// The part of them in which a cash event, perhaps a purchase of crypto, has no figure.
    incomplete_cash: BTreeSet<i16>,
    findings: Vec<Diagnostic>,
    /// Years with a disposal, for the warning on fees without sales.
    disposed: BTreeSet<i16>,
}

impl Years {
    fn add_cash(&mut self, cash: &Cash, ledger: &Ledger, cap: CreditCap) {
        for dividend in cash.dividends.items() {
            let sums = self.sums.entry(dividend.year).or_default();
            self.active.insert(dividend.year);
            if dividend.country == Some(Country::PL) {
                // Tax taken by the Polish payer is final (art. 41 PIT); untaxed, it goes to its own field.
                if dividend.withheld_pln.is_zero() {
                    sums.polish_gross += dividend.gross_pln;
                }
                continue;
            }
            sums.dividends.gross += dividend.gross_pln;
            sums.dividends.withheld += dividend.withheld_pln;
            sums.dividends.credit += dividend.credit;
            sums.dividends.credit_nineteen += dividend.credit_nineteen;
        }
        for interest in cash.interest.items() {
            let sums = self.sums.entry(interest.year).or_default();
            self.active.insert(interest.year);
            if ledger.issuer_country(interest.instrument) == Some(Country::PL) {
                if interest.withheld_pln.is_zero() {
                    sums.polish_gross += interest.gross_pln;
                }
                continue;
            }
            let sums = &mut sums.interest;
            sums.gross += interest.gross_pln;
            sums.withheld += interest.withheld_pln;
            sums.credit += interest.credit;
        }
        self.add_results(cash);
        self.findings.extend(unclear::of_results(cash, ledger));
        self.findings.extend(credit::warnings(cash));
        self.findings.extend(credit::of_unknown_countries(cash, ledger, cap));
        self.findings.extend(credit::of_polish_payers(cash, ledger));
        self.add_gaps(cash.findings.items());
    }

    /// What falls outside the period of Polish residence is counted; what its law leaves open is an error.
    fn add_outside(&mut self, walked: &Walked, cash: &Cash, options: &Options) {
        let Some(residence) = options.residence else { return };
        for sale in walked.straddling.items() {
            for day in [sale.traded_on, sale.settled_on] {
                self.others.entry(day.year()).or_default().add(None, None);
            }
        }
        let events = || walked.outside.items().iter().chain(cash.outside.items());
        let polish = events().filter(|event| event.kind == OutsideKind::Polish);
        self.incomplete.extend(polish.map(|event| event.year));
        let straddling = walked.straddling.items();
        self.findings.extend(residence::findings(residence, events(), straddling));
    }

    /// Findings of one year; errors leave it incomplete.
    fn add_gaps(&mut self, findings: &[(i16, Diagnostic)]) {
        for (year, finding) in findings {
            if finding.severity == Severity::Error {
                self.incomplete.insert(*year);
                self.incomplete_cash.insert(*year);
            }
            self.active.insert(*year);
            self.findings.push(finding.clone());
        }
    }

    fn add_results(&mut self, cash: &Cash) {
        for result in cash.derivatives.items() {
            let sums = self.sums.entry(result.year).or_default();
            self.active.insert(result.year);
            self.disposed.insert(result.year);
            let (revenue, cost) = (result.result_pln.or_zero(), (-result.result_pln).or_zero());
            sums.revenue += revenue;
            sums.cost += cost;
            let other = self.others.entry(result.year).or_default();
            other.add(Some((revenue, cost)), result.country);
            if let Some(country) = result.country {
                *sums.net_by_country.entry(country).or_default() += result.result_pln;
            }
        }
        for fee in cash.fees.items() {
            self.sums.entry(fee.year).or_default().cost += fee.amount_pln;
            let other = self.others.entry(fee.year).or_default();
            other.add(Some((Pln::ZERO, fee.amount_pln)), None);
        }
        for event in cash.crypto.items() {
            let sums = self.sums.entry(event.year).or_default();
            self.active.insert(event.year);
            sums.has_crypto = true;
            sums.crypto_revenue += event.revenue;
            sums.crypto_cost += event.cost;
        }
    }

    fn finish(
        mut self,
        ledger: &Ledger,
        options: &Options,
        today: Date,
        walked: Walked,
        cash: Cash,
    ) -> Assessment {
        // Fees alone are no income, but where there is nothing else their year is the one to show.
        let latest = self.active.last().or_else(|| self.sums.keys().next_back()).copied();
        let chosen = options.year.or(latest);
        if let Some(year) = chosen {
            self.sums.entry(year).or_default();
            if !self.active.contains(&year) && options.year.is_some() {
                let others: Vec<String> = self.active.iter().map(ToString::to_string).collect();
                let empty = Diagnostic::new(Code::YearWithoutEvents).found("", year.to_string());
                self.findings.push(empty.detail(others.join(", ")));
            }
        }
        if let (Some(year), Some(_)) = (chosen, options.pit8c) {
            self.leave_to_pit8c(year, &payers::reported(ledger, &walked, &cash, year));
        }
        let unreadable =
            ledger.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        let mut all: BTreeSet<i16> = self.sums.keys().copied().collect();
        all.extend(&self.incomplete);
        // Crypto costs that exceed the revenue raise the costs of the next year by law, unlike losses
        // without being asked for and without an end (art. 22 ust. 16 PIT).
        let mut carried = Pln::ZERO;
        let mut years: Vec<YearAssessment> = Vec::with_capacity(all.len());
        for year in all {
            if Some(year) == chosen {
                self.compare_stated(year, &years, carried, options);
            }
            let mut assessed = self.year(year, options, Some(year) == chosen, carried);
            if unreadable {
                assessed.status = Status::Incomplete;
            }
            // Costs that the sender states stand instead of all that would pass on until then.
            let is_stated = options.crypto_costs.is_some() && chosen.is_some_and(|at| year <= at);
            if let Some(before) = years.last().filter(|_| !is_stated) {
                self.findings.extend(undeclared_carry(before, year));
            }
            carried = assessed.crypto.costs_carried_out;
            years.push(assessed);
        }
        self.warn_whole(&walked, today, chosen, &years);
        self.findings.extend(unplaced::findings(ledger, options, chosen));
        let outside = walked.outside.items().iter().chain(cash.outside.items());
        let outside = outside.map(|event| event.source).collect();
        let mut diagnostics = walked.diagnostics.into_items();
        diagnostics.append(&mut self.findings);
        let refused = diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        let gap = years.iter().any(|year| year.status == Status::Incomplete);
        Assessment {
            basis: options.basis,
            chosen_year: chosen,
            status: Status::complete_unless(unreadable || refused || gap),
            years,
            disposals: walked.disposals.into_items(),
            lots: walked.lots,
            dividends: cash.dividends.into_items(),
            interest: cash.interest.into_items(),
            fees: cash.fees.into_items(),
            derivatives: cash.derivatives.into_items(),
            crypto: cash.crypto.into_items(),
            open_lots: walked.open_lots.into_items(),
            moved_years: walked.moved_years.into_items(),
            blocked: walked.blocked.into_items(),
            outside,
            diagnostics,
        }
    }

    /// Takes out of the year what the stated PIT-8C has in fields of its own.
    fn leave_to_pit8c(&mut self, year: i16, reported: &Reported) {
        if reported.events == 0 {
            return;
        }
        let sums = self.sums.entry(year).or_default();
        sums.revenue -= reported.revenue;
        sums.cost -= reported.cost;
        for (country, net) in &reported.net_by_country {
            let sum = sums.net_by_country.entry(*country).or_default();
            *sum -= *net;
        }
        self.others.entry(year).or_default().subtract(&reported.other);
        let finding = Diagnostic::new(Code::Pit8cInstead)
            .found(year.to_string(), reported.revenue.to_string())
            .detail(reported.cost.to_string());
        self.findings.push(finding);
    }

    fn year(
        &mut self,
        year: i16,
        options: &Options,
        is_chosen: bool,
        carried: Pln,
    ) -> YearAssessment {
        let sums = self.sums.get(&year).cloned().unwrap_or_default();
        // What the sender adds is meant for the year answered for. Crypto costs that the sender states
        // are those of the last return; they stand instead of those that the files show.
        let stated = options.crypto_costs.filter(|_| is_chosen);
        let crypto_carried_in = stated.unwrap_or(carried);
        let extra = if is_chosen {
            Extra {
                losses: &options.losses,
                pit8c: options.pit8c.unwrap_or_default(),
                crypto_carried_in,
                foreign_tax: &options.foreign_tax,
            }
        } else {
            Extra { crypto_carried_in, ..Extra::default() }
        };
        let (mut assessment, findings) = pit38::fill(year, &sums, &extra);
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        self.findings.extend(findings);
        let other = self.others.entry(year).or_default();
        assessment.other_basis = other.conclude(year, options.basis, &extra);
        let unsure_carry = sums.has_crypto
            && stated.is_none()
            && self.incomplete_cash.range(..year).next().is_some();
        if refused || unsure_carry || self.incomplete.contains(&year) {
            assessment.status = Status::Incomplete;
        }
        if is_chosen {
            let offered = self.losses_of_files(year, &options.losses);
            assessment.losses.extend(offered);
        }
        assessment
    }

    /// Losses that the files themselves show for earlier years: offered, never deducted unasked.
    fn losses_of_files(&self, year: i16, claimed: &[LossClaim]) -> Vec<LossUse> {
        let results = self.sums.iter().map(|(&past, sums)| (past, sums.cost - sums.revenue));
        loss::offered(year, results, claimed)
    }

    /// Warnings about the result as a whole.
    fn warn_whole(
        &mut self,
        walked: &Walked,
        today: Date,
        chosen: Option<i16>,
        years: &[YearAssessment],
    ) {
        if walked.derived > 0 {
            let derived =
                Diagnostic::new(Code::SettlementDerived).found("", walked.derived.to_string());
            self.findings.push(derived);
        }
        for market in &walked.guessed {
            self.findings.push(Diagnostic::new(Code::SettlementGuessed).found("", market.clone()));
        }
        for moved in walked.moved_years.items() {
            let days = format!("{} / {}", moved.traded_on, moved.settled_on);
            self.findings
                .push(Diagnostic::at(Code::YearDependsOnBasis, moved.source).found("", days));
        }
        let answered = years.iter().find(|year| Some(year.year) == chosen);
        self.findings.extend(answered.and_then(left_to_sender));
        for year in years {
            let mut warn = |code, value: String| {
                let finding = Diagnostic::new(code).found(year.year.to_string(), value);
                self.findings.push(finding);
            };
            let is_chosen = Some(year.year) == chosen;
            let fees_only =
                year.securities.cost.is_positive() && !self.disposed.contains(&year.year);
            if fees_only && year.pit8c.cost.is_zero() {
                warn(Code::FeesWithoutSales, year.securities.cost.to_string());
            }
            if is_chosen && year.year >= today.year() {
                warn(Code::YearNotOver, year.year.to_string());
            }
            if is_chosen && year.provisional {
                warn(Code::FormProvisional, year.form.clone());
            }
            if is_chosen && !Form::of(year.year).is_known() {
                warn(Code::FormUnknown, year.year.to_string());
            }
            let levied = year.securities.tax_base + year.crypto.income;
            if levied.amount() >= LEVY_NEAR {
                warn(Code::SolidarityLevy, levied.to_string());
            }
        }
    }
}

/// The solidarity levy starts at 1 000 000 zł of income (art. 30h PIT); other income counts as well, so
/// the warning comes earlier.
const LEVY_NEAR: Decimal = Decimal::from_parts(900_000, 0, 0, false, 0);
