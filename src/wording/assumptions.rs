//! The decisions that a result rests on, as sentences (PRODUCT §2), for the reply and the report.

use super::{basis_name, credit_cap_name, numbers};
use crate::{
    lang::Lang,
    report::ReportInput,
    statement::Code,
    tax::{Basis, LossUse, YearAssessment, filing_days},
};

/// Every decision as it was used for this result, one sentence each, in a fixed order.
pub fn assumptions(input: &ReportInput<'_>) -> Vec<String> {
    let lang = input.lang;
    let mut list = vec![basis(input), rates(lang), matching(lang), charges(lang)];
    list.push(credit(input));
    list.push(rounding(lang));
    list.push(pit_zg(lang));
    if let Some(year) = input.assessment.chosen() {
        list.extend(losses(year, lang));
        list.extend(declared(input, year));
        list.extend(offering(input, year.year));
        list.extend(layout(year, lang));
        list.push(deadline(year.year, lang));
    }
    list.push(residence(input));
    list.push(scope(lang));
    list
}

fn basis(input: &ReportInput<'_>) -> String {
    let lang = input.lang;
    let derived = || {
        input.assessment.disposals.iter().any(|disposal| disposal.settlement_derived)
            || input.assessment.diagnostics.iter().any(|d| d.code == Code::SettlementDerived)
    };
    let basis = input.assessment.basis;
    let name = basis_name(basis, lang);
    let mut text = match lang {
        Lang::Pl => format!("O roku podatkowym i kursie transakcji decyduje {name}."),
        Lang::En => format!("The {name} decides on the tax year and the rate of a trade."),
    };
    if basis == Basis::Settlement && derived() {
        text.push_str(lang.choose(
            " Gdzie plik jej nie podaje, wyprowadziłem ją z cyklu rozliczeń giełdy \
             (oznaczone: wyprowadzona).",
            " Where the file does not give it, it was derived from the settlement cycle of the \
             market (marked: derived).",
        ));
    }
    text
}

fn rates(lang: Lang) -> String {
    lang.choose(
        "Kurs: średni NBP z tabeli A (a gdy waluty w niej nie ma, z tabeli B), ostatniej \
         ogłoszonej przed tym dniem (art. 11a ustawy o PIT).",
        "Rate: the NBP average rate of table A (table B for currencies that are not in A), the \
         last one published before that day (art. 11a of the PIT act).",
    )
    .to_owned()
}

fn matching(lang: Lang) -> String {
    lang.choose(
        "Kolejność: FIFO osobno dla każdego rachunku i papieru (art. 24 ust. 10), razem z latami \
         wcześniejszymi z plików.",
        "Matching: first in, first out per account and instrument (art. 24 sec. 10), earlier \
         years in the files included.",
    )
    .to_owned()
}

fn charges(lang: Lang) -> String {
    lang.choose(
        "Prowizje kupna i sprzedaży są kosztem; przychodem jest pełna kwota sprzedaży.",
        "Commissions of purchase and sale are costs; revenue is the full amount of the sale.",
    )
    .to_owned()
}

fn credit(input: &ReportInput<'_>) -> String {
    let cap = credit_cap_name(input.options.credit_cap, input.lang);
    match input.lang {
        Lang::Pl => format!("Odliczenie podatku zagranicznego od dywidend: {cap}."),
        Lang::En => format!("Credit of foreign tax on dividends: {cap}."),
    }
}

fn rounding(lang: Lang) -> String {
    lang.choose(
        "Zaokrąglenia: każda przeliczona kwota do grosza; podstawy i podatki do pełnych złotych \
         (art. 63 § 1 Ordynacji podatkowej), podatek od odsetek w górę do grosza (art. 63 § 1a).",
        "Rounding: every converted amount to the grosz; bases and taxes to the full złoty \
         (art. 63 § 1 of the Tax Ordinance), tax on interest up to the grosz (art. 63 § 1a).",
    )
    .to_owned()
}

fn pit_zg(lang: Lang) -> String {
    lang.choose(
        "PIT/ZG: jeden na każdy kraj z dodatnim dochodem; kraj emitenta według ISIN.",
        "PIT/ZG: one for each country with positive income; the issuer's country by the ISIN.",
    )
    .to_owned()
}

fn losses(year: &YearAssessment, lang: Lang) -> Vec<String> {
    if year.losses.is_empty() {
        return vec![
            lang.choose(
                "Strat z lat ubiegłych nie odliczyłem: nie podano żadnej (polecenie: STRATA rok \
                 kwota).",
                "No loss of an earlier year was deducted: none was given (command: LOSS year \
                 amount).",
            )
            .to_owned(),
        ];
    }
    year.losses.iter().map(|loss| one_loss(loss, lang)).collect()
}

fn one_loss(loss: &LossUse, lang: Lang) -> String {
    let deducted = numbers::pln(loss.deducted, lang);
    let allowed = numbers::pln(loss.allowed, lang);
    let year = loss.year;
    match lang {
        Lang::Pl => format!("Strata z {year}: odliczono {deducted}, prawo pozwala na {allowed}."),
        Lang::En => format!("Loss of {year}: {deducted} deducted, the law allows {allowed}."),
    }
}

fn declared(input: &ReportInput<'_>, year: &YearAssessment) -> Vec<String> {
    let lang = input.lang;
    let mut list = Vec::new();
    if !year.pit8c.revenue.is_zero() || !year.pit8c.cost.is_zero() {
        let revenue = numbers::pln(year.pit8c.revenue, lang);
        let cost = numbers::pln(year.pit8c.cost, lang);
        list.push(match lang {
            Lang::Pl => format!("PIT-8C według Twoich danych: przychód {revenue}, koszty {cost}."),
            Lang::En => format!("PIT-8C as you gave it: revenue {revenue}, costs {cost}."),
        });
    }
    if let Some(costs) = input.options.crypto_costs {
        let costs = numbers::pln(costs, lang);
        list.push(match lang {
            Lang::Pl => format!("Koszty walut wirtualnych z lat ubiegłych według Ciebie: {costs}."),
            Lang::En => format!("Crypto costs of earlier years as you gave them: {costs}."),
        });
    }
    list.extend(input.options.foreign_tax.iter().map(|paid| {
        let (country, amount) = (paid.country, numbers::pln(paid.amount, lang));
        match lang {
            Lang::Pl => format!(
                "Podatek zapłacony za granicą od sprzedaży według Ciebie: {country} {amount} (art. 30b ust. 5a)."
            ),
            Lang::En => format!(
                "Tax paid abroad on sales as you gave it: {country} {amount} (art. 30b sec. 5a)."
            ),
        }
    }));
    list
}

fn layout(year: &YearAssessment, lang: Lang) -> Option<String> {
    let (form, number) = (&year.form, year.year);
    year.provisional.then(|| match lang {
        Lang::Pl => format!(
            "Wzoru PIT-38 za {number} jeszcze nie ogłoszono; numery pól są z {form} (tymczasowe)."
        ),
        Lang::En => format!(
            "The PIT-38 for {number} is not published yet; field numbers are those of {form} \
             (provisional)."
        ),
    })
}

/// What the boxes 24 and 25 of PIT-38 (18) are for no file tells.
fn offering(input: &ReportInput<'_>, year: i16) -> Option<String> {
    let has_sales = input.assessment.disposals.iter().any(|disposal| disposal.year == year);
    let text = input.lang.choose(
        "Zwolnienia dla akcji z oferty publicznej (art. 21 ust. 1 pkt 105a, poz. 24 i 25) nie liczę: żaden plik nie \
         mówi, których akcji dotyczy. Jeśli Ci przysługuje, wpisz tam ich przychód i koszty.",
        "The exemption of shares from a public offering (art. 21 sec. 1 item 105a, fields 24 and 25) is not \
         computed: no file says which shares it is of. If it applies, enter their revenue and costs there.",
    );
    (year >= 2025 && has_sales).then(|| text.to_owned())
}

fn deadline(year: i16, lang: Lang) -> String {
    let (first, last) = filing_days(year);
    let (first, last) = (numbers::date(first), numbers::date(last));
    match lang {
        Lang::Pl => format!(
            "Termin: zeznanie za {year} składa się od {first} do {last} i do tego dnia płaci podatek \
             (art. 45 ust. 1 i 4; wcześniejsze liczy się od pierwszego dnia)."
        ),
        Lang::En => format!(
            "Deadline: the return for {year} is filed from {first} to {last}, and the tax is paid by that \
             day (art. 45 sec. 1 and 4; an earlier one counts as of the first day)."
        ),
    }
}

/// The period that the sender stated, or that residence was Polish all along.
fn residence(input: &ReportInput<'_>) -> String {
    let lang = input.lang;
    if let Some(period) = input.options.residence {
        let period = super::period(period, lang);
        return match lang {
            Lang::Pl => format!(
                "Rezydencja według Ciebie: polska {period}. Co jest poza tym okresem, nie jest tu \
                 opodatkowane (art. 3 ust. 1a); papiery kupione wcześniej zachowują swój koszt."
            ),
            Lang::En => format!(
                "Residence as you gave it: Polish {period}. What is outside of that period is not taxed \
                 here (art. 3 sec. 1a); securities bought before keep their cost."
            ),
        };
    }
    lang.choose(
        "Rezydencja: przyjmuję, że przez cały rok była polska (art. 3 ust. 1a). Jeśli tylko przez część \
         roku, podaj okres poleceniem REZYDENCJA.",
        "Residence: taken to be Polish for the whole year (art. 3 sec. 1a). If it was for a part only, state \
         the period with the command RESIDENCE.",
    )
    .to_owned()
}

fn scope(lang: Lang) -> String {
    lang.choose(
        "Zakres: tylko przysłane pliki. Inne rachunki, a także PIT-8C od polskich domów \
         maklerskich, trzeba dodać.",
        "Scope: only the files sent. Other accounts, and PIT-8C forms of Polish brokers, must be \
         added.",
    )
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        reply::fixture::{self, zl},
        tax::{CreditCap, Pit8c},
    };

    #[test]
    fn every_decision_is_said_in_both_languages() {
        let fixture = fixture::crypto();
        for lang in [Lang::Pl, Lang::En] {
            insta::assert_snapshot!(lang.tag(), assumptions(&fixture.input(lang)).join("\n"));
        }
    }

    #[test]
    fn the_exemption_of_offerings_is_left_to_the_sender() {
        // Boxes 24 and 25 exist since PIT-38 (18), the form of 2025.
        let mut fixture = fixture::complete();
        let is_said = |fixture: &fixture::Fixture, year| {
            offering(&fixture.input(Lang::En), year).is_some_and(|text| text.contains("105a"))
        };
        assert!(is_said(&fixture, 2025) && !is_said(&fixture, 2024));
        fixture.assessment.disposals.clear();
        assert!(!is_said(&fixture, 2025));
    }

    #[test]
    fn what_the_sender_chose_is_said() {
        let mut fixture = fixture::complete();
        fixture.assessment.basis = Basis::Trade;
        fixture.options.credit_cap = CreditCap::Nineteen;
        let year = fixture.chosen_mut();
        year.provisional = true;
        year.pit8c = Pit8c { revenue: zl("1200.50"), cost: zl("900") };
        year.losses = vec![LossUse {
            year: 2022,
            remaining: zl("1500"),
            allowed: zl("1500"),
            deducted: zl("700"),
        }];
        let said = assumptions(&fixture.input(Lang::En)).join("\n").replace(numbers::NBSP, " ");
        for part in [
            "The trade date decides",
            "dividends: at most 19%.",
            "Loss of 2022: PLN 700.00 deducted, the law allows PLN 1,500.00.",
            "revenue PLN 1,200.50, costs PLN 900.00",
            "is not published yet",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("derived"));
    }
}
