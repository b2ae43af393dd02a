//! What the sender may choose.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Residence;
use crate::money::{Country, Pln};

/// The day that fixes tax year and rate of a trade.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Settlement: when ownership passes (art. 17 ust. 1ab pkt 1 PIT; art. 7 ust. 2 UOIF).
    #[default]
    Settlement,
    /// The day the trade was concluded.
    Trade,
}

impl Basis {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Settlement => Self::Trade,
            Self::Trade => Self::Settlement,
        }
    }

    /// The word in the calculation document and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settlement => "settlement",
            Self::Trade => "trade",
        }
    }
}

impl FromStr for Basis {
    type Err = BadOption;

    fn from_str(text: &str) -> Result<Self, BadOption> {
        match text.to_ascii_lowercase().as_str() {
            "settlement" => Ok(Self::Settlement),
            "trade" => Ok(Self::Trade),
            _ => Err(BadOption("the basis must be trade or settlement")),
        }
    }
}

/// How far tax withheld abroad may be credited (tax-law 7.3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub enum CreditCap {
    /// At most the treaty rate and at most 19 %, per payment: the line of KIS.
    #[default]
    Treaty,
    /// At most 19 %: the line of NSA II FSK 1171/22.
    Nineteen,
}

/// A loss of an earlier year that the sender wants to deduct (art. 9 ust. 3 PIT).
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct LossClaim {
    /// The year of the loss.
    pub year: i16,
    /// The loss as declared.
    pub amount: Pln,
    /// How much of it earlier returns deducted.
    pub used: Pln,
    /// How much to deduct now; `None`: nothing yet, only show the maximum.
    pub deduct: Option<Pln>,
}

impl FromStr for LossClaim {
    type Err = BadOption;

    /// Reads `YEAR:AMOUNT[:USED[:DEDUCT]]`, decimal point, złoty.
    ///
    /// Without `DEDUCT` the claim deducts the most that the law allows.
    fn from_str(text: &str) -> Result<Self, BadOption> {
        const SHAPE: BadOption =
            BadOption("a loss is written YEAR:AMOUNT[:USED[:DEDUCT]], e.g. 2022:1500:300:700");
        let mut parts = text.split(':');
        let year = parts.next().and_then(|part| part.parse().ok()).ok_or(SHAPE)?;
        let mut amount = || parts.next().map(parse_amount).transpose();
        let loss = amount()?.ok_or(SHAPE)?;
        let used = amount()?.unwrap_or(Pln::ZERO);
        let deduct = amount()?;
        if parts.next().is_some() {
            return Err(SHAPE);
        }
        Ok(Self { year, amount: loss, used, deduct })
    }
}

/// Amounts of PIT-8C forms from Polish brokers, boxes 35 and 36.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct Pit8c {
    /// Revenue, box 35: enters field 20.
    pub revenue: Pln,
    /// Cost, box 36: enters field 21.
    pub cost: Pln,
}

impl FromStr for Pit8c {
    type Err = BadOption;

    /// Reads `REVENUE:COST`, decimal point, złoty.
    fn from_str(text: &str) -> Result<Self, BadOption> {
        const SHAPE: BadOption = BadOption("PIT-8C is written REVENUE:COST, e.g. 1200.50:900");
        let (revenue, cost) = text.split_once(':').ok_or(SHAPE)?;
        Ok(Self { revenue: parse_amount(revenue)?, cost: parse_amount(cost)? })
    }
}

/// Tax paid abroad on sales and derivatives of one country (art. 30b ust. 5a PIT), for the year answered for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct ForeignTax {
    /// The state that took it.
    pub country: Country,
    /// In złoty, at the rate of the day before it was paid.
    pub amount: Pln,
}

impl FromStr for ForeignTax {
    type Err = BadOption;

    /// Reads `COUNTRY:AMOUNT`, decimal point, złoty.
    fn from_str(text: &str) -> Result<Self, BadOption> {
        const SHAPE: BadOption =
            BadOption("tax paid abroad is written COUNTRY:AMOUNT, e.g. US:120.50");
        let (country, amount) = text.split_once(':').ok_or(SHAPE)?;
        let country = Country::parse(country).map_err(|_| SHAPE)?;
        if country == Country::PL {
            return Err(BadOption("tax paid in Poland is not tax paid abroad"));
        }
        Ok(Self { country, amount: parse_amount(amount)? })
    }
}

/// How a period of residence is written.
pub(super) const SHAPE_OF_RESIDENCE: BadOption =
    BadOption("a period is written FROM:UNTIL, e.g. 2025-07-01: or 2024-02-01:2025-06-30");

/// Reads a non-negative amount in złoty with a decimal point.
pub fn parse_amount(text: &str) -> Result<Pln, BadOption> {
    let amount = crate::statement::number::plain(text.trim().as_bytes());
    let amount =
        amount.ok_or(BadOption("an amount is digits with a decimal point, e.g. 1500.25"))?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err(BadOption("an amount must not be negative"));
    }
    Ok(Pln::declared(amount))
}

/// A choice that cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct BadOption(pub &'static str);

/// Everything that the sender may choose, with the defaults of PRODUCT §2.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Options {
    /// The day that fixes year and rate.
    pub basis: Basis,
    /// The year to answer for; `None`: the latest with a disposal or income.
    pub year: Option<i16>,
    /// How far foreign tax is credited.
    pub credit_cap: CreditCap,
    /// Losses of earlier years.
    pub losses: Vec<LossClaim>,
    /// Crypto costs not deducted in earlier years, brought into the year answered for.
    pub crypto_costs: Option<Pln>,
    /// PIT-8C amounts for the year answered for.
    pub pit8c: Option<Pit8c>,
    /// Tax paid abroad on sales of the year answered for, one entry for a country.
    #[serde(default)]
    pub foreign_tax: Vec<ForeignTax>,
    /// The period of Polish residence; `None`: always.
    #[serde(default)]
    pub residence: Option<Residence>,
}

impl Options {
    /// Percent of capital income tax: 19 % (art. 30a ust. 1, art. 30b ust. 1).
    pub const TAX_RATE: Decimal = Decimal::from_parts(19, 0, 0, false, 2);
}
