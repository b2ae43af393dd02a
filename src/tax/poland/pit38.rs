//! One year's PIT-38 from the sums of its events (tax-law §4.5).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{foreign, form::Form};
use crate::{
    money::{Country, Pln, rounding},
    statement::{Code, Diagnostic},
    tax::{
        Crypto, Field, FlatTax, ForeignTax, LossClaim, LossUse, Options, Pit8c, PitZg, Securities,
        YearAssessment, loss,
    },
};

/// Sums of one year's events, in grosze, before any rule of the form.
#[derive(Clone, Debug, Default)]
pub(in crate::tax) struct YearSums {
    /// Revenue of disposals and positive results of derivatives.
    pub(in crate::tax) revenue: Pln,
    /// Costs of disposals, negative results, account fees.
    pub(in crate::tax) cost: Pln,
    /// Net result of art. 30b by country of the issuer or market.
    pub(in crate::tax) net_by_country: BTreeMap<Country, Pln>,
    /// Dividends and fund distributions from abroad.
    pub(in crate::tax) dividends: FlatSums,
    /// Interest.
    pub(in crate::tax) interest: FlatSums,
    /// Polish dividends that nobody took tax from.
    pub(in crate::tax) polish_gross: Pln,
    /// Crypto revenue.
    pub(in crate::tax) crypto_revenue: Pln,
    /// Crypto costs.
    pub(in crate::tax) crypto_cost: Pln,
    /// Whether there was any crypto event.
    pub(in crate::tax) has_crypto: bool,
}

/// Sums of dividends or interest.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::tax) struct FlatSums {
    pub(in crate::tax) gross: Pln,
    pub(in crate::tax) withheld: Pln,
    pub(in crate::tax) credit: Pln,
    pub(in crate::tax) credit_nineteen: Pln,
}

/// What the sender adds for this year.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::tax) struct Extra<'a> {
    pub(in crate::tax) losses: &'a [LossClaim],
    pub(in crate::tax) pit8c: Pit8c,
    pub(in crate::tax) crypto_carried_in: Pln,
    pub(in crate::tax) foreign_tax: &'a [ForeignTax],
}

/// What the pool of art. 30b comes to before any rule of the form, under one basis.
#[derive(Clone, Copy, Debug)]
pub(in crate::tax) struct Pool<'a> {
    pub(in crate::tax) revenue: Pln,
    pub(in crate::tax) cost: Pln,
    pub(in crate::tax) net_by_country: &'a BTreeMap<Country, Pln>,
}

/// Fills one year; the other basis and the status are the caller's.
pub(in crate::tax) fn fill(
    year: i16,
    sums: &YearSums,
    extra: &Extra<'_>,
) -> (YearAssessment, Vec<Diagnostic>) {
    let form = Form::of(year);
    let net_by_country = &sums.net_by_country;
    let pool = Pool { revenue: sums.revenue, cost: sums.cost, net_by_country };
    let (securities, losses, mut findings) = securities(year, pool, extra);
    findings.extend(refunded(year, sums.cost));
    let mut assessment = YearAssessment {
        year,
        form: form.name(),
        provisional: form.provisional,
        securities,
        losses,
        dividends: dividends(&sums.dividends),
        interest: interest(&sums.interest),
        crypto: crypto(sums, extra.crypto_carried_in),
        pit_zg: pit_zg(net_by_country, extra.foreign_tax),
        pit8c: extra.pit8c,
        ..YearAssessment::default()
    };
    let polish = Pln::declared(sums.polish_gross.amount() * Options::TAX_RATE).to_full_zloty();
    assessment.tax_to_pay = securities.tax_due
        + assessment.crypto.tax_due
        + polish
        + assessment.dividends.tax_due
        + assessment.interest.tax_due;
    assessment.fields = fields(form, sums, &assessment, polish);
    (assessment, findings)
}

/// Costs cannot be negative: what was given back above the year's costs is no revenue by itself, and the sender is asked.
fn refunded(year: i16, cost: Pln) -> Option<Diagnostic> {
    let above = (-cost).or_zero();
    above
        .is_positive()
        .then(|| Diagnostic::new(Code::CostsNegative).found(year.to_string(), above.to_string()))
}

/// Parts C and D. Costs below zero are none.
pub(in crate::tax) fn securities(
    year: i16,
    pool: Pool<'_>,
    extra: &Extra<'_>,
) -> (Securities, Vec<LossUse>, Vec<Diagnostic>) {
    let revenue = pool.revenue + extra.pit8c.revenue;
    let cost = pool.cost.or_zero() + extra.pit8c.cost;
    let income = (revenue - cost).or_zero();
    let (losses, mut findings) = loss::deduct(year, income, extra.losses);
    let loss_deducted = losses.iter().map(|used| used.deducted).sum();
    let tax_base = (income - loss_deducted).to_full_zloty();
    let tax = Pln::declared(tax_base.amount() * Options::TAX_RATE);
    let (foreign_tax, limited) =
        foreign::credit(extra.foreign_tax, pool.net_by_country, income, tax);
    findings.extend(limited);
    let securities = Securities {
        revenue,
        cost,
        income,
        loss: (cost - revenue).or_zero(),
        loss_deducted,
        tax_base,
        tax,
        foreign_tax,
        tax_due: (tax - foreign_tax).to_full_zloty(),
    };
    (securities, losses, findings)
}

/// Dividends: 19 % and credit in grosze, the difference in full złoty, rounded once (art. 63 § 1 OP).
fn dividends(sums: &FlatSums) -> FlatTax {
    let exact = sums.gross.amount() * Options::TAX_RATE;
    let due = |credit: Pln| {
        Pln::declared(rounding::to_zloty((exact - credit.amount()).max(Decimal::ZERO)))
    };
    let tax = Pln::declared(exact);
    FlatTax {
        gross: sums.gross,
        withheld: sums.withheld,
        // Caps are rounded payment by payment, and together may come to a grosz more.
        credit: sums.credit.min(tax),
        tax,
        tax_due: due(sums.credit),
        tax_due_nineteen: due(sums.credit_nineteen),
    }
}

/// Interest: up to the full grosz (art. 63 § 1a OP). A year's reversals cannot make it negative.
fn interest(sums: &FlatSums) -> FlatTax {
    let gross = sums.gross.or_zero();
    let tax = Pln::declared(rounding::up_to_grosz(gross.amount() * Options::TAX_RATE));
    let credit = sums.credit.min(tax);
    let due = (tax - credit).or_zero();
    FlatTax { gross, withheld: sums.withheld, credit, tax, tax_due: due, tax_due_nineteen: due }
}

/// Parts E and F: costs of the year and those carried in, whatever coin they were for (art. 22 ust. 15–16).
fn crypto(sums: &YearSums, carried_in: Pln) -> Crypto {
    let result = sums.crypto_revenue - sums.crypto_cost - carried_in;
    let income = result.or_zero();
    let base = income.to_full_zloty();
    let tax = Pln::declared(base.amount() * Options::TAX_RATE);
    Crypto {
        revenue: sums.crypto_revenue,
        costs: sums.crypto_cost,
        costs_carried_in: carried_in,
        income,
        costs_carried_out: (-result).or_zero(),
        tax_due: tax.to_full_zloty(),
    }
}

/// One attachment per foreign country with a positive net result (tax-law 9.1–9.3).
///
/// The tax on it is what was paid, also above the limit of art. 30b ust. 5a, which is a matter of PIT-38.
fn pit_zg(net: &BTreeMap<Country, Pln>, paid: &[ForeignTax]) -> Vec<PitZg> {
    let tax_of = |country| {
        paid.iter().filter(|tax| tax.country == country).map(|tax| tax.amount).sum::<Pln>()
    };
    net.iter()
        .filter(|(country, income)| **country != Country::PL && income.is_positive())
        .map(|(&country, &income)| PitZg { country, income, foreign_tax: tax_of(country) })
        .collect()
}

/// The numbered fields; those of a part without any event are left out, as on paper.
fn fields(
    form: Form,
    sums: &YearSums,
    year: &YearAssessment,
    polish: Pln,
) -> BTreeMap<u16, (Field, Decimal)> {
    let mut fields = BTreeMap::new();
    let mut put = |field: Field, value: Decimal| {
        if let Some(number) = form.number(field) {
            fields.insert(number, (field, value));
        }
    };
    let percent = Decimal::from(19);
    let securities = &year.securities;
    if year.pit8c != Pit8c::default() {
        put(Field::Pit8cRevenue, year.pit8c.revenue.amount());
        put(Field::Pit8cCost, year.pit8c.cost.amount());
    }
    put(Field::OtherRevenue, sums.revenue.amount());
    put(Field::OtherCost, sums.cost.or_zero().amount());
    put(Field::TotalRevenue, securities.revenue.amount());
    put(Field::TotalCost, securities.cost.amount());
    if securities.loss.is_positive() {
        put(Field::Loss, securities.loss.amount());
    } else {
        put(Field::Income, securities.income.amount());
    }
    put(Field::LossDeducted, securities.loss_deducted.amount());
    put(Field::TaxBase, whole(securities.tax_base));
    put(Field::TaxRate, percent);
    put(Field::Tax, securities.tax.amount());
    if securities.foreign_tax.is_positive() {
        put(Field::ForeignTax, securities.foreign_tax.amount());
    }
    put(Field::TaxDue, whole(securities.tax_due));
    if sums.has_crypto || year.crypto.costs_carried_in.is_positive() {
        crypto_fields(&mut put, &year.crypto, percent);
    }
    if sums.polish_gross.is_positive() {
        put(Field::PolishFlatTax, whole(polish));
    }
    put(Field::FlatTax, (year.dividends.tax + year.interest.tax).amount());
    put(Field::FlatTaxCredit, (year.dividends.credit + year.interest.credit).amount());
    put(Field::FlatTaxDue, (year.dividends.tax_due + year.interest.tax_due).amount());
    put(Field::TaxToPay, year.tax_to_pay.amount());
    put(Field::PitZgCount, Decimal::from(year.pit_zg.len()));
    fields
}

fn crypto_fields(put: &mut impl FnMut(Field, Decimal), crypto: &Crypto, percent: Decimal) {
    put(Field::CryptoRevenue, crypto.revenue.amount());
    put(Field::CryptoCost, crypto.costs.amount());
    put(Field::CryptoCostCarriedIn, crypto.costs_carried_in.amount());
    put(Field::CryptoIncome, crypto.income.amount());
    put(Field::CryptoCostCarriedOut, crypto.costs_carried_out.amount());
    let base = crypto.income.to_full_zloty();
    put(Field::CryptoTaxBase, whole(base));
    put(Field::CryptoTaxRate, percent);
    put(Field::CryptoTax, Pln::declared(base.amount() * Options::TAX_RATE).amount());
    put(Field::CryptoTaxDue, whole(crypto.tax_due));
}

/// A field of whole złoty is printed without decimal places.
fn whole(amount: Pln) -> Decimal {
    amount.amount().trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pln(text: &str) -> Pln {
        Pln::declared(Decimal::from_str_exact(text).unwrap())
    }

    fn flat(gross: &str) -> FlatSums {
        FlatSums { gross: pln(gross), ..FlatSums::default() }
    }

    #[test]
    fn interest_rounds_up_to_the_grosz_and_dividends_to_the_zloty() {
        // TV09 (OP art. 63): interest 100.55 → 19.11; dividend 100.55 → 19.10 and 19; both 38.11.
        assert_eq!(interest(&flat("100.55")).tax_due, pln("19.11"));
        let dividend = dividends(&flat("100.55"));
        assert_eq!((dividend.tax, dividend.tax_due), (pln("19.10"), pln("19")));
        let sums =
            YearSums { dividends: flat("100.55"), interest: flat("100.55"), ..YearSums::default() };
        let (year, _) = fill(2025, &sums, &Extra::default());
        assert_eq!(year.fields[&49].1, Decimal::new(3811, 2));
    }

    #[test]
    fn the_dividend_difference_is_rounded_once() {
        // TV09: 2.63 × 19 % = 0.4997 → 0 zł, not 0.50 → 1; 50.00 → 9.50 → 10; 100 rows of 0.03 → 0.57 → 1.
        assert_eq!(dividends(&flat("2.63")).tax_due, Pln::ZERO);
        assert_eq!(dividends(&flat("50.00")).tax_due, pln("10"));
        assert_eq!(dividends(&flat("3.00")).tax_due, pln("1"));
        assert_eq!(dividends(&flat("2.50")).tax, pln("0.48"));
    }

    #[test]
    fn crypto_costs_are_carried_not_lost() {
        // TV11 a: 2023 revenue 9000, costs 32000 → 23000 carried; 2024 revenue 20000 → 3000 carried.
        let sums = |revenue, cost| YearSums {
            crypto_revenue: pln(revenue),
            crypto_cost: pln(cost),
            has_crypto: true,
            ..YearSums::default()
        };
        let first = crypto(&sums("9000", "32000"), Pln::ZERO);
        assert_eq!(first.costs_carried_out, pln("23000"));
        let second = crypto(&sums("20000", "0"), first.costs_carried_out);
        assert_eq!((second.income, second.costs_carried_out), (Pln::ZERO, pln("3000")));
        // TV11 b and c.
        assert_eq!(crypto(&sums("2400", "0"), Pln::ZERO).tax_due, pln("456"));
        assert_eq!(crypto(&sums("106.49", "103.50"), Pln::ZERO).tax_due, pln("1"));
    }

    #[test]
    fn income_and_loss_exclude_each_other() {
        let sums = YearSums { revenue: pln("600"), cost: pln("800"), ..YearSums::default() };
        let (year, _) = fill(2025, &sums, &Extra::default());
        assert!(year.fields.contains_key(&29) && !year.fields.contains_key(&28));
        assert_eq!(year.securities.loss, pln("200"));
    }

    #[test]
    fn the_base_is_rounded_before_the_tax() {
        // TV03: 863.71 → 864 → 164.16 → 164.
        let net_by_country = &BTreeMap::new();
        let pool = Pool { revenue: pln("5249.70"), cost: pln("4385.99"), net_by_country };
        let (result, _, _) = securities(2025, pool, &Extra::default());
        assert_eq!(
            (result.tax_base, result.tax, result.tax_due),
            (pln("864"), pln("164.16"), pln("164"))
        );
    }

    #[test]
    fn a_country_with_a_loss_gets_no_attachment() {
        let net = BTreeMap::from([
            (Country::US, pln("100")),
            (Country::parse("DE").unwrap(), pln("-50")),
            (Country::PL, pln("70")),
        ]);
        assert_eq!(pit_zg(&net, &[]).len(), 1);
    }
}
