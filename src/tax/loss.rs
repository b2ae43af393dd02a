//! Losses of earlier years (art. 9 ust. 3 and 6 PIT).

use std::collections::BTreeMap;

use super::{LossClaim, LossUse};
use crate::{
    money::Pln,
    statement::{Code, Diagnostic},
};

/// The most that may be deducted once from one loss (art. 9 ust. 3 pkt 2 PIT).
const ONE_OFF_MAX: Pln = Pln::from_grosze(5_000_000 * 100);

/// Years after the loss in which it may be deducted.
const WINDOW_YEARS: i16 = 5;

/// What the claims come to for one year's income, oldest loss first.
///
/// A claim without an amount deducts the most that is allowed. A claim that is not allowed deducts
/// nothing and is an error; one that exceeds the income is cut to it, since it must not make a loss, and the rest stays
/// for later years.
/// There is one loss of a year: of two claims the later one counts, as with commands.
pub(super) fn deduct(
    year: i16,
    income: Pln,
    claims: &[LossClaim],
) -> (Vec<LossUse>, Vec<Diagnostic>) {
    let claims: BTreeMap<i16, &LossClaim> =
        claims.iter().map(|claim| (claim.year, claim)).collect();
    let mut left = income.or_zero();
    let mut findings = Vec::new();
    let uses = claims
        .into_values()
        .map(|claim| {
            let remaining = (claim.amount - claim.used).or_zero();
            let allowed = if in_window(year, claim.year) { allowed(claim) } else { Pln::ZERO };
            let wanted = claim.deduct.unwrap_or(allowed);
            if wanted > allowed || (allowed.is_zero() && claim.deduct.is_none()) {
                findings.push(refusal(claim, claim.deduct.unwrap_or(remaining), allowed));
                return LossUse { year: claim.year, remaining, allowed, deducted: Pln::ZERO };
            }
            let deducted = wanted.min(left);
            if deducted < wanted && claim.deduct.is_some() {
                let cut = Diagnostic::new(Code::LossAboveIncome)
                    .found(claim.year.to_string(), wanted.to_string())
                    .detail(deducted.to_string());
                findings.push(cut);
            }
            left -= deducted;
            LossUse { year: claim.year, remaining, allowed, deducted }
        })
        .collect();
    (uses, findings)
}

/// The losses of the files that may be deducted in a year and were not claimed: offered, so nothing is deducted.
pub(super) fn offered(
    year: i16,
    losses: impl Iterator<Item = (i16, Pln)>,
    claims: &[LossClaim],
) -> Vec<LossUse> {
    let open = losses.filter(|(past, lost)| {
        lost.is_positive()
            && in_window(year, *past)
            && !claims.iter().any(|claim| claim.year == *past)
    });
    open.map(|(past, amount)| {
        let claim = LossClaim { year: past, amount, used: Pln::ZERO, deduct: None };
        let allowed = allowed(&claim);
        LossUse { year: past, remaining: amount, allowed, deducted: Pln::ZERO }
    })
    .collect()
}

fn in_window(year: i16, loss_year: i16) -> bool {
    loss_year < year && year - loss_year <= WINDOW_YEARS
}

/// From this year on a loss may be deducted at once (Dz.U. 2018 poz. 2159, art. 16 in force since 2019).
const ONE_OFF_SINCE: i16 = 2019;

/// Half of the loss a year, or once up to five million; the second needs a loss of 2019 or later that was not used
/// so yet, which earlier deductions above one half show.
fn allowed(claim: &LossClaim) -> Pln {
    let remaining = (claim.amount - claim.used).or_zero();
    let half = Pln::declared(claim.amount.amount() / rust_decimal::Decimal::TWO);
    let at_once = claim.year >= ONE_OFF_SINCE && claim.used <= half;
    let ceiling = if at_once { ONE_OFF_MAX.max(half) } else { half };
    remaining.min(ceiling)
}

fn refusal(claim: &LossClaim, wanted: Pln, allowed: Pln) -> Diagnostic {
    Diagnostic::new(Code::LossNotAllowed)
        .found(claim.year.to_string(), wanted.to_string())
        .detail(allowed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pln(zloty: i64) -> Pln {
        Pln::from_grosze(zloty * 100)
    }

    fn claim(amount: i64, used: i64, deduct: Option<i64>) -> LossClaim {
        LossClaim { year: 2022, amount: pln(amount), used: pln(used), deduct: deduct.map(pln) }
    }

    fn deducted(year: i16, income: i64, claim: LossClaim) -> (Pln, usize) {
        let (uses, findings) = deduct(year, pln(income), &[claim]);
        (uses.iter().map(|used| used.deducted).sum(), findings.len())
    }

    #[test]
    fn a_loss_may_be_deducted_in_one_go() {
        // TV13: loss 1000, income 1500.
        assert_eq!(deducted(2023, 1500, claim(1000, 0, None)), (pln(1000), 0));
    }

    #[test]
    fn a_loss_from_before_2019_is_deducted_by_halves() {
        let of_2018 = |deduct| LossClaim { year: 2018, ..claim(1500, 0, deduct) };
        assert_eq!(deducted(2021, 5000, of_2018(None)), (pln(750), 0));
        assert_eq!(deducted(2021, 5000, of_2018(Some(751))), (Pln::ZERO, 1));
        let rest = LossClaim { year: 2018, ..claim(1500, 800, None) };
        assert_eq!(deducted(2022, 5000, rest), (pln(700), 0));
        assert_eq!(
            deducted(2022, 5000, LossClaim { year: 2019, ..claim(1500, 0, None) }),
            (pln(1500), 0)
        );
    }

    #[test]
    fn what_is_offered_is_what_may_be_deducted() {
        // Art. 9 ust. 3: half of 2000 lost in 2018; of twelve million lost in 2020 half is more than the five million at once;
        // of seven million the five.
        let losses = [(2015, 100), (2018, 2000), (2019, 7_000_000), (2020, 12_000_000), (2021, 9)];
        let losses = losses.map(|(year, lost)| (year, pln(lost)));
        let of = |claims: &[LossClaim]| -> Vec<(i16, Pln)> {
            let offers = offered(2021, losses.into_iter(), claims);
            offers.into_iter().map(|offer| (offer.year, offer.allowed)).collect()
        };
        let all = [(2018, pln(1000)), (2019, pln(5_000_000)), (2020, pln(6_000_000))];
        assert_eq!(of(&[]), all);
        assert_eq!(of(&[LossClaim { year: 2018, ..claim(2000, 0, None) }]), all[1..]);
    }

    #[test]
    fn a_loss_stated_twice_is_deducted_once() {
        let (uses, _) = deduct(2023, pln(5000), &[claim(1000, 0, None), claim(800, 0, None)]);
        assert_eq!(uses.iter().map(|used| used.deducted).collect::<Vec<_>>(), [pln(800)]);
    }

    #[test]
    fn a_claim_without_an_amount_asks_for_what_is_left() {
        let (_, findings) = deduct(2028, pln(5000), &[claim(1000, 300, None)]);
        assert_eq!((findings[0].value.as_str(), findings[0].detail.as_str()), ("700.00", "0.00"));
    }

    #[test]
    fn what_exceeds_the_income_stays_for_later() {
        assert_eq!(deducted(2023, 600, claim(1000, 0, None)), (pln(600), 0));
        assert_eq!(deducted(2023, 600, claim(1000, 0, Some(1000))), (pln(600), 1));
        // What the law allows is no error, whatever the income takes of it; what it does not is one.
        let code = |wanted| {
            let (_, findings) = deduct(2023, pln(0), &[claim(1000, 0, Some(wanted))]);
            (findings[0].code, findings[0].detail.clone())
        };
        assert_eq!(code(1000), (Code::LossAboveIncome, "0.00".to_owned()));
        assert_eq!(code(1001), (Code::LossNotAllowed, "1000.00".to_owned()));
    }

    #[test]
    fn after_the_one_off_half_a_year_is_the_limit() {
        // 10 000 lost, 6 000 deducted at once; 4 000 remain, at most 5 000 a year.
        assert_eq!(deducted(2024, 9000, claim(10_000, 6_000, None)), (pln(4000), 0));
        // 20 million lost, 5 million deducted (not more than half): once 5 million, or half = 10.
        assert_eq!(
            deducted(2024, 90_000_000, claim(20_000_000, 5_000_000, None)),
            (pln(10_000_000), 0)
        );
    }

    #[test]
    fn more_than_what_is_left_is_refused() {
        assert_eq!(deducted(2023, 5000, claim(1000, 300, Some(800))), (Pln::ZERO, 1));
    }

    #[test]
    fn the_sixth_year_and_the_year_itself_are_outside_the_window() {
        assert_eq!(deducted(2028, 5000, claim(1000, 0, None)), (Pln::ZERO, 1));
        assert_eq!(deducted(2022, 5000, claim(1000, 0, None)), (Pln::ZERO, 1));
        assert_eq!(deducted(2027, 5000, claim(1000, 0, None)), (pln(1000), 0));
    }
}
