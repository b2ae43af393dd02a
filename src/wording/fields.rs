//! Names of the fields of PIT-38: the official Polish label in short, and an English gloss.
//!
//! The Polish name stays in English replies too, because the form exists only in Polish.

use crate::{lang::Lang, tax::Field};

/// The official label in short, and its English gloss.
fn names(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Pit8cRevenue => ("Przychody wykazane w PIT-8C", "revenue shown in PIT-8C"),
        Field::Pit8cCost => ("Koszty wykazane w PIT-8C", "costs shown in PIT-8C"),
        Field::OtherRevenue => ("Inne przychody", "other revenue"),
        Field::OtherCost => ("Koszty innych przychodów", "costs of other revenue"),
        Field::TotalRevenue => ("Razem przychód", "total revenue"),
        Field::TotalCost => ("Razem koszty", "total costs"),
        Field::Income => ("Dochód", "income"),
        Field::Loss => ("Strata", "loss"),
        Field::LossDeducted => ("Straty z lat ubiegłych", "losses of earlier years"),
        Field::TaxBase => ("Podstawa obliczenia podatku", "tax base"),
        Field::TaxRate => ("Stawka podatku", "tax rate"),
        Field::Tax => ("Podatek od dochodów", "tax on income"),
        Field::ForeignTax => ("Podatek zapłacony za granicą", "tax paid abroad"),
        Field::TaxDue => ("Podatek należny", "tax due"),
        Field::CryptoRevenue => ("Waluty wirtualne: przychód", "crypto: revenue"),
        Field::CryptoCost => ("Waluty wirtualne: koszty roku", "crypto: costs of the year"),
        Field::CryptoCostCarriedIn => {
            ("Waluty wirtualne: koszty z lat ub.", "crypto: costs carried in")
        }
        Field::CryptoIncome => ("Waluty wirtualne: dochód", "crypto: income"),
        Field::CryptoCostCarriedOut => {
            ("Waluty wirtualne: koszty na nast. rok", "crypto: costs carried out")
        }
        Field::CryptoTaxBase => ("Waluty wirtualne: podstawa", "crypto: tax base"),
        Field::CryptoTaxRate => ("Waluty wirtualne: stawka", "crypto: tax rate"),
        Field::CryptoTax => ("Waluty wirtualne: podatek", "crypto: tax"),
        Field::CryptoTaxDue => ("Waluty wirtualne: podatek należny", "crypto: tax due"),
        Field::PolishFlatTax => {
            ("Zryczałtowany podatek niepobrany", "Polish flat tax not withheld")
        }
        Field::FlatTax => ("Zryczałtowany podatek 19%", "flat tax, foreign income"),
        Field::FlatTaxCredit => ("Podatek zagraniczny, art. 30a", "credit of foreign tax"),
        Field::FlatTaxDue => ("Różnica", "difference"),
        Field::TaxToPay => ("Podatek do zapłaty", "tax to pay"),
        Field::PitZgCount => ("Liczba załączników PIT/ZG", "number of PIT/ZG forms"),
    }
}

/// The official Polish label in short: what to look for on the form.
pub fn field_label(field: Field) -> &'static str {
    names(field).0
}

/// The label for readers of the language: Polish alone, or Polish with an English gloss.
pub fn field_name(field: Field, lang: Lang) -> String {
    let (official, gloss) = names(field);
    match lang {
        Lang::Pl => official.to_owned(),
        Lang::En => format!("{official} ({gloss})"),
    }
}

/// The part of PIT-38 in which the field stands.
pub fn section(field: Field) -> char {
    match field {
        Field::Pit8cRevenue
        | Field::Pit8cCost
        | Field::OtherRevenue
        | Field::OtherCost
        | Field::TotalRevenue
        | Field::TotalCost
        | Field::Income
        | Field::Loss => 'C',
        Field::LossDeducted
        | Field::TaxBase
        | Field::TaxRate
        | Field::Tax
        | Field::ForeignTax
        | Field::TaxDue => 'D',
        Field::CryptoRevenue
        | Field::CryptoCost
        | Field::CryptoCostCarriedIn
        | Field::CryptoIncome
        | Field::CryptoCostCarriedOut => 'E',
        Field::CryptoTaxBase | Field::CryptoTaxRate | Field::CryptoTax | Field::CryptoTaxDue => 'F',
        Field::PolishFlatTax
        | Field::FlatTax
        | Field::FlatTaxCredit
        | Field::FlatTaxDue
        | Field::TaxToPay => 'G',
        Field::PitZgCount => 'L',
    }
}

/// What a part of the form is about; empty for a letter that is not used.
pub fn section_title(letter: char, lang: Lang) -> &'static str {
    match letter {
        'C' => lang.choose("Dochody / straty", "Income and loss"),
        'D' => lang.choose("Obliczenie zobowiązania podatkowego", "Computation of the tax"),
        'E' => lang.choose("Waluty wirtualne: dochody", "Crypto: income"),
        'F' => lang.choose("Waluty wirtualne: podatek", "Crypto: tax"),
        'G' => lang.choose("Podatek zryczałtowany i do zapłaty", "Flat tax and tax to pay"),
        'L' => lang.choose("Informacja o załącznikach", "Attachments"),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_with_fields_has_a_title() {
        for field in [Field::OtherRevenue, Field::TaxDue, Field::CryptoIncome, Field::CryptoTax] {
            assert!(!section_title(section(field), Lang::Pl).is_empty());
        }
        assert!(!section_title(section(Field::PitZgCount), Lang::En).is_empty());
        assert_eq!(section(Field::TaxToPay), 'G');
    }

    #[test]
    fn english_keeps_the_official_name() {
        assert_eq!(field_name(Field::TaxBase, Lang::En), "Podstawa obliczenia podatku (tax base)");
        assert_eq!(field_name(Field::TaxBase, Lang::Pl), "Podstawa obliczenia podatku");
    }
}
