//! Versions of PIT-38 and the numbers of their fields (tax-law §4.1, §4.2).

use crate::tax::Field;

/// The layout for one tax year.
#[derive(Clone, Copy, Debug)]
pub(in crate::tax) struct Form {
    /// The version in brackets.
    version: u8,
    /// Whether the year's own form is not published.
    pub(in crate::tax) provisional: bool,
    numbers: Option<&'static [(Field, u16)]>,
}

impl Form {
    /// The layout for a tax year.
    ///
    /// 2021–2024 share one numbering; 2025 inserted the rows of art. 21 ust. 1 pkt 105a. For 2026 no
    /// form is published: the numbers of 2025 stand and are marked provisional. Before 2021 none are given.
    pub(in crate::tax) fn of(year: i16) -> Self {
        let (version, provisional, numbers) = match year {
            ..=2020 => (0, false, None),
            2021 => (15, false, Some(BEFORE_2025)),
            2022 | 2023 => (16, false, Some(BEFORE_2025)),
            2024 => (17, false, Some(BEFORE_2025)),
            2025 => (18, false, Some(FROM_2025)),
            2026.. => (18, true, Some(FROM_2025)),
        };
        Self { version, provisional, numbers }
    }

    /// The name with the version: `PIT-38(18)`; without brackets if it is not known.
    pub(in crate::tax) fn name(self) -> String {
        if self.version == 0 { "PIT-38".to_owned() } else { format!("PIT-38({})", self.version) }
    }

    /// Whether the field numbers are known.
    pub(in crate::tax) fn is_known(self) -> bool {
        self.numbers.is_some()
    }

    /// The number of a field in this version.
    pub(in crate::tax) fn number(self, field: Field) -> Option<u16> {
        let (_, number) = self.numbers?.iter().find(|(known, _)| *known == field)?;
        Some(*number)
    }
}

/// The boxes of crypto obtained abroad, its income and tax in the attachment and the credit (tax-law §4.2, §4.4), which
/// are left to the sender; `None` where the form is not known.
pub(in crate::tax) fn crypto_abroad(year: i16) -> Option<&'static str> {
    match year {
        ..=2020 => None,
        2021 | 2022 => Some("PIT/ZG 34, 35; PIT-38 42"),
        2023 | 2024 => Some("PIT/ZG 31, 32; PIT-38 42"),
        2025.. => Some("PIT/ZG 31, 32; PIT-38 44"),
    }
}

/// PIT-38 (15), (16) and (17).
const BEFORE_2025: &[(Field, u16)] = &[
    (Field::Pit8cRevenue, 20),
    (Field::Pit8cCost, 21),
    (Field::OtherRevenue, 22),
    (Field::OtherCost, 23),
    (Field::TotalRevenue, 24),
    (Field::TotalCost, 25),
    (Field::Income, 26),
    (Field::Loss, 27),
    (Field::LossDeducted, 28),
    (Field::TaxBase, 29),
    (Field::TaxRate, 30),
    (Field::Tax, 31),
    (Field::ForeignTax, 32),
    (Field::TaxDue, 33),
    (Field::CryptoRevenue, 34),
    (Field::CryptoCost, 35),
    (Field::CryptoCostCarriedIn, 36),
    (Field::CryptoIncome, 37),
    (Field::CryptoCostCarriedOut, 38),
    (Field::CryptoTaxBase, 39),
    (Field::CryptoTaxRate, 40),
    (Field::CryptoTax, 41),
    (Field::CryptoTaxDue, 43),
    (Field::PolishFlatTax, 44),
    (Field::FlatTax, 45),
    (Field::FlatTaxCredit, 46),
    (Field::FlatTaxDue, 47),
    (Field::TaxToPay, 49),
    (Field::PitZgCount, 69),
];

/// PIT-38 (18).
const FROM_2025: &[(Field, u16)] = &[
    (Field::Pit8cRevenue, 20),
    (Field::Pit8cCost, 21),
    (Field::OtherRevenue, 22),
    (Field::OtherCost, 23),
    (Field::TotalRevenue, 26),
    (Field::TotalCost, 27),
    (Field::Income, 28),
    (Field::Loss, 29),
    (Field::LossDeducted, 30),
    (Field::TaxBase, 31),
    (Field::TaxRate, 32),
    (Field::Tax, 33),
    (Field::ForeignTax, 34),
    (Field::TaxDue, 35),
    (Field::CryptoRevenue, 36),
    (Field::CryptoCost, 37),
    (Field::CryptoCostCarriedIn, 38),
    (Field::CryptoIncome, 39),
    (Field::CryptoCostCarriedOut, 40),
    (Field::CryptoTaxBase, 41),
    (Field::CryptoTaxRate, 42),
    (Field::CryptoTax, 43),
    (Field::CryptoTaxDue, 45),
    (Field::PolishFlatTax, 46),
    (Field::FlatTax, 47),
    (Field::FlatTaxCredit, 48),
    (Field::FlatTaxDue, 49),
    (Field::TaxToPay, 51),
    (Field::PitZgCount, 72),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_dividends_moved_from_45_to_47_in_2025() {
        assert_eq!(Form::of(2024).number(Field::FlatTax), Some(45));
        assert_eq!(Form::of(2025).number(Field::FlatTax), Some(47));
        assert_eq!(
            (Form::of(2024).name(), Form::of(2025).name()),
            ("PIT-38(17)".into(), "PIT-38(18)".into())
        );
    }

    #[test]
    fn the_year_2026_is_provisional_and_2020_has_no_numbers() {
        assert!(Form::of(2026).provisional);
        assert_eq!(Form::of(2020).number(Field::OtherRevenue), None);
    }

    #[test]
    fn no_number_stands_twice_in_one_version() {
        for numbers in [BEFORE_2025, FROM_2025] {
            let mut seen: Vec<u16> = numbers.iter().map(|(_, number)| *number).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), numbers.len());
        }
    }
}
