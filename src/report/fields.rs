//! Values of form fields as they are typed, and the numbers of the PIT/ZG boxes.

use rust_decimal::Decimal;

use crate::{lang::Lang, tax::Field, wording::numbers};

/// A field's value as the Polish form takes it: no group separators, decimal comma, grosze unless the
/// field is in whole złoty, percent or pieces.
pub(super) fn typed(field: Field, value: Decimal) -> String {
    if field.is_whole() && value.fract().is_zero() {
        return value.normalize().to_string();
    }
    grosze(value)
}

/// An amount with two decimals and a comma, without separators: `12345,60`.
pub(super) fn grosze(amount: Decimal) -> String {
    // The Polish style, because the form is Polish in either language.
    numbers::amount(amount, Lang::Pl).replace(numbers::NBSP, "")
}

/// The boxes of PIT/ZG that PIT-38 uses (tax-law 4.4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct PitZgBoxes {
    /// ISO code of the country.
    pub(super) country_code: u16,
    /// Income of art. 30b ust. 5a–5b.
    pub(super) income: u16,
    /// Foreign tax on it.
    pub(super) foreign_tax: u16,
}

/// The boxes of PIT/ZG(7) up to 2022, of PIT/ZG(8) from 2023 on.
pub(super) fn pit_zg(year: i16) -> PitZgBoxes {
    if year <= 2022 {
        PitZgBoxes { country_code: 7, income: 32, foreign_tax: 33 }
    } else {
        PitZgBoxes { country_code: 7, income: 29, foreign_tax: 30 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PIT/ZG(7): income 32, tax 33; PIT/ZG(8), since 2023: 29 and 30 (tax-law 4.4).
    #[test]
    fn the_boxes_of_the_attachment_moved_in_2023() {
        let boxes = |year| (pit_zg(year).income, pit_zg(year).foreign_tax);
        assert_eq!((boxes(2022), boxes(2023)), ((32, 33), (29, 30)));
    }

    #[test]
    fn values_are_typed_with_a_comma_and_without_separators() {
        let value = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(typed(Field::OtherRevenue, value("1234567.8")), "1234567,80");
        assert_eq!(typed(Field::TaxBase, value("1234567")), "1234567");
        assert_eq!(typed(Field::TaxToPay, value("19.11")), "19,11");
        assert_eq!(typed(Field::TaxRate, value("19.00")), "19");
    }
}
