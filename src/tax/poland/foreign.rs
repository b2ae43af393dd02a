//! Tax paid abroad on income of art. 30b: how much of it Poland credits (art. 30b ust. 5a–5b PIT).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{
    money::{Country, Pln, rounding},
    statement::{Code, Diagnostic},
    tax::ForeignTax,
};

/// What is credited against the tax of part D, and what was stated above it.
///
/// Of each country at most the part of the tax that its income has in the income of the year: `tax × income of the
/// country ÷ income`, cut to the grosz because the law says "may not exceed". Income of a country is its net result;
/// without one nothing is credited. Together at most the tax.
pub(in crate::tax) fn credit(
    stated: &[ForeignTax],
    net_by_country: &BTreeMap<Country, Pln>,
    income: Pln,
    tax: Pln,
) -> (Pln, Vec<Diagnostic>) {
    let mut credited = Pln::ZERO;
    let mut findings = Vec::new();
    for paid in stated {
        let net = net_by_country.get(&paid.country).filter(|_| paid.country != Country::PL);
        let limit = limit(net.copied().unwrap_or_default().or_zero(), income, tax);
        let counted = paid.amount.min(limit).min(tax - credited);
        credited += counted;
        if counted < paid.amount {
            let finding = Diagnostic::new(Code::ForeignTaxLimited)
                .found(paid.country.to_string(), paid.amount.to_string())
                .detail(counted.to_string());
            findings.push(finding);
        }
    }
    (credited, findings)
}

/// The part of the tax that falls to one country's income.
fn limit(of_country: Pln, income: Pln, tax: Pln) -> Pln {
    if !income.is_positive() || of_country >= income {
        // More than the whole where another country has a loss.
        return if of_country.is_positive() { tax } else { Pln::ZERO };
    }
    let part = tax.amount() * of_country.amount() / income.amount();
    Pln::declared(rounding::down_to_grosz(part.max(Decimal::ZERO)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pln(text: &str) -> Pln {
        Pln::declared(Decimal::from_str_exact(text).unwrap())
    }

    fn paid(text: &str) -> ForeignTax {
        text.parse().unwrap()
    }

    fn net(list: &[(&str, &str)]) -> BTreeMap<Country, Pln> {
        list.iter().map(|(code, net)| (Country::parse(code).unwrap(), pln(net))).collect()
    }

    #[test]
    fn a_country_s_tax_is_credited_up_to_its_part_of_the_polish_tax() {
        // Art. 30b ust. 5a: income 1000, tax 190.00; the United States have 333.33 of it: 190 × 0.33333 = 63.3327.
        let net = net(&[("US", "333.33"), ("DE", "666.67")]);
        let credit = |stated: &[ForeignTax]| credit(stated, &net, pln("1000"), pln("190.00"));
        let (credited, findings) = credit(&[paid("US:100")]);
        assert_eq!(credited, pln("63.33"));
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].value.as_str(), findings[0].detail.as_str()), ("100.00", "63.33"));
        let (credited, findings) = credit(&[paid("US:50"), paid("DE:120.50")]);
        assert_eq!((credited, findings.len()), (pln("170.50"), 0));
    }

    #[test]
    fn losses_elsewhere_never_let_the_credit_exceed_the_tax() {
        // Income 400 = 1000 + 200 − 800: the whole tax of 76.00 may be credited, once.
        let net = net(&[("US", "1000"), ("DE", "200"), ("FR", "-800")]);
        let credit = |stated: &[ForeignTax]| credit(stated, &net, pln("400"), pln("76.00"));
        assert_eq!(credit(&[paid("US:60"), paid("DE:30")]).0, pln("76.00"));
        // 76 × 200 ÷ 400.
        assert_eq!(credit(&[paid("DE:300")]).0, pln("38.00"));
        // A country with a loss or without income has no part.
        assert_eq!(credit(&[paid("FR:10"), paid("JP:10")]).0, Pln::ZERO);
    }

    #[test]
    fn a_year_without_income_credits_nothing() {
        let (credited, findings) =
            credit(&[paid("US:10")], &net(&[("US", "-5")]), Pln::ZERO, Pln::ZERO);
        assert_eq!((credited, findings.len()), (Pln::ZERO, 1));
    }
}
