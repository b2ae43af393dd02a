//! Sentences about figures: the outcome in one line, and what stands beside the table.

use jiff::civil::{Date, Weekday};

use super::{Noun, basis_name, counted, numbers, section};
use crate::{
    lang::Lang,
    money::Pln,
    tax::{CreditCap, Field, FlatTax, LossUse, Status, YearAssessment},
};

/// The first line of a report: the outcome and its amount.
pub fn headline(year: &YearAssessment, errors: usize, lang: Lang) -> String {
    let number = year.year;
    let amount = numbers::pln(year.tax_to_pay, lang);
    if year.status == Status::Incomplete {
        let errors = counted(errors.max(1), Noun::ERROR, lang);
        return match lang {
            Lang::Pl => format!("Wynik niepełny za {number}: na razie {amount}, {errors}"),
            Lang::En => format!("Incomplete result for {number}: {amount} so far, {errors}"),
        };
    }
    if year.tax_to_pay.is_zero() && year.securities.loss.is_positive() {
        let loss = numbers::pln(year.securities.loss, lang);
        return match lang {
            Lang::Pl => format!("Strata za {number}: {loss}, podatek do zapłaty: {amount}"),
            Lang::En => format!("Loss for {number}: {loss}, tax to pay: {amount}"),
        };
    }
    match lang {
        Lang::Pl => format!("Podatek do zapłaty za {number}: {amount}"),
        Lang::En => format!("Tax to pay for {number}: {amount}"),
    }
}

/// Which form, year and basis the table is for.
pub fn form_line(year: &YearAssessment, basis: crate::tax::Basis, lang: Lang) -> String {
    let (form, number, basis) = (&year.form, year.year, basis_name(basis, lang));
    match lang {
        Lang::Pl => format!("{form}, rok {number}, podstawa: {basis}"),
        Lang::En => format!("{form}, tax year {number}, basis: {basis}"),
    }
}

/// The result under the other basis in one line; `None` if it is the same or a rate is missing.
pub fn other_basis(year: &YearAssessment, moved: usize, lang: Lang) -> Option<String> {
    let (other, own) = (year.other_basis.as_ref()?, &year.securities);
    let same = (other.income, other.loss, other.tax_due) == (own.income, own.loss, own.tax_due);
    if same && moved == 0 {
        return None;
    }
    let name = basis_name(other.basis, lang);
    let tax = numbers::whole_pln(other.tax_due, lang);
    let figure = if other.loss.is_positive() {
        let loss = numbers::pln(other.loss, lang);
        lang.choose(format!("strata {loss}"), format!("loss {loss}"))
    } else {
        let income = numbers::pln(other.income, lang);
        lang.choose(format!("dochód {income}"), format!("income {income}"))
    };
    let now = numbers::whole_pln(own.tax_due, lang);
    let mut text = match lang {
        Lang::Pl if other.tax_due == own.tax_due => {
            format!("Inna podstawa ({name}): {figure}, podatek od sprzedaży ten sam.")
        }
        Lang::En if other.tax_due == own.tax_due => {
            format!("Other basis ({name}): {figure}, the same tax on sales.")
        }
        Lang::Pl => {
            format!("Inna podstawa ({name}): {figure}, podatek od sprzedaży {tax} zamiast {now}.")
        }
        Lang::En => {
            format!("Other basis ({name}): {figure}, tax on sales {tax} instead of {now}.")
        }
    };
    if moved > 0 {
        let sales = counted(moved, Noun::SALE, lang);
        let note =
            lang.choose("Rok podatkowy zależy od podstawy", "The tax year depends on the basis");
        text = format!("{text} {note}: {sales}.");
    }
    Some(text)
}

/// Dividends in one line, with the amount if only the 19 % cap applied.
pub fn dividends(sums: &FlatTax, cap: CreditCap, lang: Lang) -> Option<String> {
    if sums.gross.is_zero() {
        return None;
    }
    let mut text = lang.choose("Dywidendy: ", "Dividends: ").to_owned();
    text.push_str(&flat_tax(sums, lang));
    if cap == CreditCap::Treaty && sums.tax_due_nineteen != sums.tax_due {
        let other = numbers::pln(sums.tax_due_nineteen, lang);
        let note = lang.choose(
            "Przy samym limicie 19% (wyrok NSA II FSK 1171/22) byłoby do zapłaty",
            "With the 19% cap alone (court ruling NSA II FSK 1171/22), to pay",
        );
        text = format!("{text} {note}: {other}.");
    }
    Some(text)
}

/// Interest in one line.
pub fn interest(sums: &FlatTax, lang: Lang) -> Option<String> {
    (!sums.gross.is_zero()).then(|| {
        let label = lang.choose("Odsetki", "Interest");
        format!("{label}: {}", flat_tax(sums, lang))
    })
}

/// Polish dividends and interest that nobody took tax from, which have a field of their own; `gross` is their sum.
pub fn polish(year: &YearAssessment, gross: Pln, lang: Lang) -> Option<String> {
    let mut fields = year.fields.iter();
    let (number, (field, tax)) = fields.find(|(_, (field, _))| *field == Field::PolishFlatTax)?;
    let (letter, nbsp) = (section(*field), numbers::NBSP);
    let [gross, tax] = [gross, Pln::declared(*tax)].map(|sum| numbers::pln(sum, lang));
    Some(match lang {
        Lang::Pl => format!(
            "Z Polski, niepobrany przez płatnika (pole {letter}{nbsp}{number}): dywidendy i odsetki brutto {gross}, \
             podatek 19%: {tax}."
        ),
        Lang::En => format!(
            "From Poland, no tax taken by the payer (field {letter}{nbsp}{number}): dividends and interest, gross \
             {gross}, tax at 19%: {tax}."
        ),
    })
}

fn flat_tax(sums: &FlatTax, lang: Lang) -> String {
    let [gross, withheld, credit, due] =
        [sums.gross, sums.withheld, sums.credit, sums.tax_due].map(|sum| numbers::pln(sum, lang));
    match lang {
        Lang::Pl => format!(
            "brutto {gross}, pobrano za granicą {withheld}, odliczono {credit}, do zapłaty {due}."
        ),
        Lang::En => {
            format!("gross {gross}, withheld abroad {withheld}, credited {credit}, to pay {due}.")
        }
    }
}

/// What can be done with the loss of this year.
pub fn loss_ahead(year: &YearAssessment, lang: Lang) -> Option<String> {
    let loss = year.securities.loss;
    (loss.is_positive() && year.status == Status::Complete).then(|| {
        let (number, amount) = (year.year, numbers::pln(loss, lang));
        match lang {
            Lang::Pl => format!(
                "Stratę za {number} ({amount}) możesz odliczać przez 5 kolejnych lat: złóż \
                 zeznanie, także gdy podatek wynosi zero."
            ),
            Lang::En => format!(
                "The loss of {number} ({amount}) can be deducted in the next 5 years: file the \
                 return even if the tax is zero."
            ),
        }
    })
}

/// A loss of an earlier year that could still be deducted: what the law allows, and what the income takes of it.
pub fn loss_left(year: &YearAssessment, loss: &LossUse, lang: Lang) -> Option<String> {
    let own = &year.securities;
    let possible = loss.deducted + (own.income - own.loss_deducted).or_zero();
    (loss.deducted < loss.allowed).then(|| {
        let [allowed, deducted, taken] =
            [loss.allowed, loss.deducted, possible].map(|sum| numbers::pln(sum, lang));
        let past = loss.year;
        if possible >= loss.allowed {
            return match lang {
                Lang::Pl => format!(
                    "Strata z {past}: odliczono {deducted}, w tym roku wolno najwyżej {allowed}."
                ),
                Lang::En => format!(
                    "Loss of {past}: {deducted} deducted, at most {allowed} is allowed this year."
                ),
            };
        }
        let later = loss_later(year.year, past, lang);
        match lang {
            Lang::Pl => format!(
                "Strata z {past}: odliczono {deducted}; prawo pozwala w tym roku na {allowed}, ale \
                 dochodu wystarcza na {taken}. {later}"
            ),
            Lang::En => format!(
                "Loss of {past}: {deducted} deducted; the law allows {allowed} this year, but the \
                 income takes {taken}. {later}"
            ),
        }
    })
}

/// What becomes of a loss that the income does not take: it may be deducted in five years (art. 9 ust. 3 PIT).
fn loss_later(year: i16, past: i16, lang: Lang) -> String {
    let last = past.saturating_add(5);
    match lang {
        _ if year >= last => lang
            .choose("To ostatni rok na jej odliczenie.", "This is the last year to deduct it.")
            .to_owned(),
        Lang::Pl => format!("Reszta zostaje na kolejne lata, najdalej {last}."),
        Lang::En => format!("The rest stays for later years, at the latest {last}."),
    }
}

/// Costs of virtual currency that next year's return takes over, if this year's declares them (art. 22 ust. 16 PIT).
pub fn crypto_ahead(year: &YearAssessment, lang: Lang) -> Option<String> {
    let costs = year.crypto.costs_carried_out;
    (costs.is_positive() && year.status == Status::Complete).then(|| {
        let (number, next) = (year.year, year.year.saturating_add(1));
        let amount = numbers::pln(costs, lang);
        let plain = costs.to_string();
        match lang {
            Lang::Pl => format!(
                "Koszty walut wirtualnych na rok {next}: {amount}. Wykaż je w zeznaniu za \
                 {number}, także gdy podatek wynosi zero; za rok podaj je poleceniem KRYPTO KOSZTY {plain}."
            ),
            Lang::En => format!(
                "Crypto costs for {next}: {amount}. Declare them in the return for {number} even if \
                 the tax is zero; next year state them with the command CRYPTO COSTS {plain}."
            ),
        }
    })
}

/// When the return is due: 15 February to 30 April of the next year (art. 45 ust. 1 PIT). Where nothing is to be declared,
/// none is due.
pub fn deadline(year: &YearAssessment, today: Date, lang: Lang) -> Option<String> {
    if is_empty(year) {
        return None;
    }
    let last = last_day(year.year)?;
    let first = Date::new(last.year(), 2, 15).ok()?;
    let [from, to] = [first, last].map(numbers::date);
    if today <= last {
        return Some(match lang {
            Lang::Pl => format!("Zeznanie składasz i podatek płacisz od {from} do {to}."),
            Lang::En => format!("File the return and pay the tax from {from} to {to}."),
        });
    }
    let mut text = match lang {
        Lang::Pl => format!("Termin złożenia zeznania minął {to}."),
        Lang::En => format!("The return was due on {to}."),
    };
    if year.tax_to_pay.is_positive() {
        text.push_str(lang.choose(
            " Od niezapłaconego podatku rosną odsetki.",
            " Interest accrues on unpaid tax.",
        ));
    }
    Some(text)
}

/// Whether the whole year has nothing to declare, as far as everything is known.
fn is_empty(year: &YearAssessment) -> bool {
    let crypto = &year.crypto;
    let sums = [
        year.securities.revenue,
        year.securities.cost,
        year.dividends.gross,
        year.interest.gross,
        crypto.revenue,
        crypto.costs,
        crypto.costs_carried_in,
        year.tax_to_pay,
    ];
    year.status == Status::Complete && sums.iter().all(|sum| sum.is_zero())
}

/// 30 April, or the next working day: after a weekend that is always 2 May, as 1 May is a holiday
/// (art. 12 § 5 OP).
fn last_day(year: i16) -> Option<Date> {
    let april = Date::new(year.checked_add(1)?, 4, 30).ok()?;
    match april.weekday() {
        Weekday::Saturday | Weekday::Sunday => Date::new(april.year(), 5, 2).ok(),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday => Some(april),
    }
}

/// Another year of the files in one line.
pub fn other_year(year: &YearAssessment, lang: Lang) -> String {
    let number = year.year;
    let to_pay = numbers::pln(year.tax_to_pay, lang);
    let own = &year.securities;
    let (word, figure) = if own.loss.is_positive() {
        (lang.choose("strata", "loss"), own.loss)
    } else {
        (lang.choose("dochód", "income"), own.income)
    };
    let figure = numbers::pln(figure, lang);
    let mut text = match lang {
        Lang::Pl => format!("{number}: {word} {figure}, podatek do zapłaty {to_pay}"),
        Lang::En => format!("{number}: {word} {figure}, tax to pay {to_pay}"),
    };
    if year.status == Status::Incomplete {
        text.push_str(lang.choose(" (niepełny)", " (incomplete)"));
    }
    text
}

/// How to ask for one of the other years.
pub fn choose_year(year: i16, lang: Lang) -> String {
    match lang {
        Lang::Pl => format!("Aby dostać inny rok, odpowiedz np. ROK {year}."),
        Lang::En => format!("To get another year, reply for example YEAR {year}."),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reply::fixture;

    #[test]
    fn deadlines_move_over_weekends() {
        // 30 April 2022 was a Saturday, 2023 a Sunday, 2026 a Thursday.
        assert_eq!(last_day(2021), Some(date(2022, 5, 2)));
        assert_eq!(last_day(2022), Some(date(2023, 5, 2)));
        assert_eq!(last_day(2025), Some(date(2026, 4, 30)));
        assert_eq!(last_day(i16::MAX), None);
    }

    #[test]
    fn nothing_is_due_for_a_year_without_anything() {
        let fixture = fixture::complete();
        let today = date(2026, 3, 2);
        let [loss, gain] = [&fixture.assessment.years[0], &fixture.assessment.years[1]];
        assert!(
            deadline(loss, today, Lang::Pl).is_some() && deadline(gain, today, Lang::Pl).is_some()
        );
        let empty = YearAssessment { year: 2025, ..YearAssessment::default() };
        let complete = YearAssessment { status: Status::Complete, ..empty.clone() };
        assert_eq!(deadline(&complete, today, Lang::Pl), None);
        let incomplete = YearAssessment { status: Status::Incomplete, ..empty };
        assert!(deadline(&incomplete, today, Lang::Pl).is_some());
    }

    #[test]
    fn what_the_law_allows_of_a_loss_is_apart_from_what_the_income_takes() {
        let zl = |zloty: i64| Pln::from_grosze(zloty * 100);
        let said = |year, income, deducted| {
            let securities = crate::tax::Securities {
                income: zl(income),
                loss_deducted: zl(deducted),
                ..crate::tax::Securities::default()
            };
            let year = YearAssessment { year, securities, ..YearAssessment::default() };
            let loss = LossUse {
                year: 2022,
                remaining: zl(2500),
                allowed: zl(2500),
                deducted: zl(deducted),
            };
            loss_left(&year, &loss, Lang::En).unwrap().replace(numbers::NBSP, " ")
        };
        assert_eq!(
            said(2025, 9000, 0),
            "Loss of 2022: PLN 0.00 deducted, at most PLN 2,500.00 is allowed this year."
        );
        assert_eq!(
            said(2025, 600, 400),
            "Loss of 2022: PLN 400.00 deducted; the law allows PLN 2,500.00 this year, but the income takes \
             PLN 600.00. The rest stays for later years, at the latest 2027."
        );
        assert!(said(2027, 0, 0).ends_with("This is the last year to deduct it."));
    }

    #[test]
    fn the_first_line_is_the_outcome() {
        let fixture = fixture::complete();
        let [loss, gain] = [&fixture.assessment.years[0], &fixture.assessment.years[1]];
        let plain = |year, errors, lang| headline(year, errors, lang).replace(numbers::NBSP, " ");
        assert_eq!(plain(gain, 0, Lang::Pl), "Podatek do zapłaty za 2025: 432,90 zł");
        assert_eq!(plain(loss, 0, Lang::En), "Loss for 2024: PLN 350.20, tax to pay: PLN 0.00");
        let partial = YearAssessment { status: Status::Incomplete, ..gain.clone() };
        assert_eq!(
            plain(&partial, 2, Lang::Pl),
            "Wynik niepełny za 2025: na razie 432,90 zł, 2 błędy"
        );
    }
}
