//! One tax year's return: parts, fields and attachments of PIT-38.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Basis, Pit8c, Status};
use crate::money::{Country, Pln};

/// The meaning of a form field, independent of its number, which changes with the form's version.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
pub enum Field {
    /// Revenue from PIT-8C.
    Pit8cRevenue,
    /// Costs from PIT-8C.
    Pit8cCost,
    /// Other revenue (inne przychody).
    OtherRevenue,
    /// Costs of the other revenue.
    OtherCost,
    /// Revenue in total.
    TotalRevenue,
    /// Costs in total.
    TotalCost,
    /// Income; exclusive with loss.
    Income,
    /// Loss; exclusive with income.
    Loss,
    /// Losses of earlier years.
    LossDeducted,
    /// Tax base, full złoty.
    TaxBase,
    /// Rate, percent.
    TaxRate,
    /// Tax on the base.
    Tax,
    /// Tax paid abroad, art. 30b ust. 5a–5b.
    ForeignTax,
    /// Tax due, full złoty.
    TaxDue,
    /// Crypto revenue.
    CryptoRevenue,
    /// Crypto costs of the year.
    CryptoCost,
    /// Crypto costs carried in.
    CryptoCostCarriedIn,
    /// Crypto income.
    CryptoIncome,
    /// Crypto costs carried out.
    CryptoCostCarriedOut,
    /// Crypto base, full złoty.
    CryptoTaxBase,
    /// Crypto rate, percent.
    CryptoTaxRate,
    /// Crypto tax.
    CryptoTax,
    /// Crypto tax due, full złoty.
    CryptoTaxDue,
    /// Tax on Polish dividends that nobody withheld.
    PolishFlatTax,
    /// 19 % tax on foreign dividends and interest.
    FlatTax,
    /// Foreign tax credited against it.
    FlatTaxCredit,
    /// The difference, rounded as art. 63 OP says.
    FlatTaxDue,
    /// Tax to pay with the return.
    TaxToPay,
    /// Number of PIT/ZG attachments.
    PitZgCount,
}

impl Field {
    /// Whether the field is in whole złoty (art. 63 § 1 OP), percent, or a count.
    pub fn is_whole(self) -> bool {
        match self {
            Self::TaxBase
            | Self::TaxRate
            | Self::TaxDue
            | Self::PolishFlatTax
            | Self::CryptoTaxBase
            | Self::CryptoTaxRate
            | Self::CryptoTaxDue
            | Self::PitZgCount => true,
            Self::Pit8cRevenue
            | Self::Pit8cCost
            | Self::OtherRevenue
            | Self::OtherCost
            | Self::TotalRevenue
            | Self::TotalCost
            | Self::Income
            | Self::Loss
            | Self::LossDeducted
            | Self::Tax
            | Self::ForeignTax
            | Self::CryptoRevenue
            | Self::CryptoCost
            | Self::CryptoCostCarriedIn
            | Self::CryptoIncome
            | Self::CryptoCostCarriedOut
            | Self::CryptoTax
            | Self::FlatTax
            | Self::FlatTaxCredit
            | Self::FlatTaxDue
            | Self::TaxToPay => false,
        }
    }
}

/// One tax year.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct YearAssessment {
    /// The year.
    pub year: i16,
    /// The form and version, `PIT-38(18)`.
    pub form: String,
    /// Whether the layout is that of another year.
    pub provisional: bool,
    /// Whether the figures may be taken over.
    pub status: Status,
    /// Field number on the form and its value, with its meaning; empty if the form is unknown.
    pub fields: BTreeMap<u16, (Field, Decimal)>,
    /// Shares, funds, derivatives (parts C and D).
    pub securities: Securities,
    /// Dividends and fund distributions (part G).
    pub dividends: FlatTax,
    /// Interest (part G).
    pub interest: FlatTax,
    /// Virtual currency (parts E and F).
    pub crypto: Crypto,
    /// One per country with positive net income.
    pub pit_zg: Vec<PitZg>,
    /// The same year under the other basis; `None` where a rate is missing for it.
    pub other_basis: Option<OtherBasis>,
    /// How losses of earlier years were used.
    pub losses: Vec<LossUse>,
    /// PIT-8C amounts included.
    pub pit8c: Pit8c,
    /// Tax to pay with the return: everything.
    pub tax_to_pay: Pln,
}

/// Parts C and D.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct Securities {
    /// Own revenue and PIT-8C revenue.
    pub revenue: Pln,
    /// Own cost and PIT-8C cost.
    pub cost: Pln,
    /// Revenue over cost, else zero.
    pub income: Pln,
    /// Cost over revenue, else zero.
    pub loss: Pln,
    /// Losses of earlier years.
    pub loss_deducted: Pln,
    /// Full złoty.
    pub tax_base: Pln,
    /// 19 % of the base.
    pub tax: Pln,
    /// Tax paid abroad that is credited (art. 30b ust. 5a).
    #[serde(default)]
    pub foreign_tax: Pln,
    /// The tax less what was paid abroad, full złoty.
    pub tax_due: Pln,
}

/// Part G: dividends or interest.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct FlatTax {
    /// Gross.
    pub gross: Pln,
    /// Withheld abroad.
    pub withheld: Pln,
    /// Credited under the chosen cap.
    pub credit: Pln,
    /// 19 % of gross.
    pub tax: Pln,
    /// Tax less credit, rounded.
    pub tax_due: Pln,
    /// The tax due if only the 19 % cap applied.
    pub tax_due_nineteen: Pln,
}

/// Parts E and F.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct Crypto {
    /// Revenue.
    pub revenue: Pln,
    /// Costs of the year.
    pub costs: Pln,
    /// Costs carried in.
    pub costs_carried_in: Pln,
    /// Income.
    pub income: Pln,
    /// Costs carried out.
    pub costs_carried_out: Pln,
    /// Full złoty.
    pub tax_due: Pln,
}

/// One PIT/ZG attachment.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct PitZg {
    /// The country.
    pub country: Country,
    /// Positive net income of art. 30b.
    pub income: Pln,
    /// Foreign tax on it.
    pub foreign_tax: Pln,
}

/// The same year under the other basis.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct OtherBasis {
    /// Which.
    pub basis: Basis,
    /// Income.
    pub income: Pln,
    /// Loss.
    pub loss: Pln,
    /// Tax due on securities, with the same losses deducted as far as they fit.
    pub tax_due: Pln,
}

/// One loss of an earlier year and what became of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct LossUse {
    /// The year of the loss.
    pub year: i16,
    /// What is left of it before this return.
    pub remaining: Pln,
    /// The most that this return may deduct.
    pub allowed: Pln,
    /// What it deducts.
    pub deducted: Pln,
}
