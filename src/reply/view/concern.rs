//! Which year a finding concerns: a reply about one year does not repeat the remarks on others.
//!
//! Errors always stand, and so does whatever may change a figure of another year, or asks for something now.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::statement::{Code, Diagnostic, Severity};

/// Whether a finding belongs into a reply about that year.
pub(super) fn is_of(found: &Diagnostic, year: Option<i16>) -> bool {
    let years = years(found);
    years.is_empty() || year.is_none_or(|year| years.contains(&year))
}

/// The years of what does not belong into a reply about that year.
pub(super) fn other_years<'a>(
    found: impl IntoIterator<Item = &'a Diagnostic>,
    year: i16,
) -> BTreeSet<i16> {
    found.into_iter().filter(|found| !is_of(found, Some(year))).flat_map(years).collect()
}

/// Remarks on the figures of one year alone, which is their column.
const OF_COLUMN: [Code; 11] = [
    Code::TreatyUnknown,
    Code::TreatyConflict,
    Code::OverWithheld,
    Code::IncomeCountry,
    Code::DepositaryReceipt,
    Code::PolishTaxShort,
    Code::ResultCountry,
    Code::ResidenceOutside,
    Code::CostsNegative,
    Code::FeesWithoutSales,
    Code::SolidarityLevy,
];

/// The only years that a finding concerns; none if it may concern any.
fn years(found: &Diagnostic) -> Vec<i16> {
    if found.severity == Severity::Error {
        return Vec::new();
    }
    let of_day = |text: &str| text.trim().parse::<Date>().ok().map(Date::year);
    if OF_COLUMN.contains(&found.code) {
        found.column.parse().into_iter().collect()
    } else if found.code == Code::CountryUnclear {
        found.detail.parse().into_iter().collect()
    } else if found.code == Code::InterestPaid {
        of_day(&found.detail).into_iter().collect()
    } else if found.code == Code::YearDependsOnBasis {
        // Traded on the one day and settled on the other.
        found.value.split('/').filter_map(of_day).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{FileId, Source};

    fn in_2023() -> [Diagnostic; 4] {
        [
            Diagnostic::new(Code::TreatyUnknown).found("2023", "TW"),
            Diagnostic::new(Code::CountryUnclear).found("", "X").detail("2023"),
            Diagnostic::new(Code::InterestPaid).found("", "USD 1").detail("2023-05-06"),
            Diagnostic::at(Code::YearDependsOnBasis, Source { file: FileId(0), row: 2 })
                .found("", "2022-12-30 / 2023-01-03"),
        ]
    }

    #[test]
    fn remarks_on_another_year_are_left_to_its_reply() {
        for found in in_2023() {
            assert!(is_of(&found, Some(2023)) && is_of(&found, None), "{found:?}");
            assert!(!is_of(&found, Some(2025)), "{found:?}");
        }
        assert_eq!(other_years(&in_2023(), 2025), BTreeSet::from([2022, 2023]));
        assert_eq!(other_years(&in_2023(), 2023), BTreeSet::new());
    }

    #[test]
    fn errors_and_what_may_change_another_year_always_stand() {
        for mut found in in_2023() {
            found.severity = Severity::Error;
            assert!(is_of(&found, Some(2025)), "{found:?}");
        }
        for code in Code::ALL {
            let found = Diagnostic::new(*code).found("", "x").detail("y");
            assert!(is_of(&found, Some(2025)), "{code:?}");
        }
        for found in [
            // A refund needs a correction of a return that may have been filed.
            Diagnostic::new(Code::WithholdingReturned).found("A", "USD 1").detail("2023-05-06"),
            Diagnostic::new(Code::InterestReturned).found("", "USD 1").detail("2023-05-06"),
            // Losses and costs go on into later years.
            Diagnostic::new(Code::LossDiffers).found("2023", "1").detail("2"),
            Diagnostic::new(Code::CryptoCostsDiffer).found("2023", "1").detail("2"),
        ] {
            assert!(is_of(&found, Some(2025)), "{found:?}");
        }
    }
}
