//! A payment and the rows that tell it: the amount, the tax taken from it, and their corrections.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::{
    money::{Country, Currency, Money},
    statement::Source,
};

/// A payment put together from its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    pub(super) gross: Decimal,
    pub(super) withheld: Decimal,
    /// Usually that of the payment; some brokers state the tax in another.
    pub(super) withheld_currency: Currency,
    pub(super) country: Option<Country>,
    pub(super) source: Source,
}

impl Payment {
    pub(super) fn new(
        gross: Decimal,
        withheld: Money,
        country: Option<Country>,
        source: Source,
    ) -> Self {
        Self {
            gross,
            withheld: withheld.amount,
            withheld_currency: withheld.currency,
            country,
            source,
        }
    }
}

/// The rows of one payment: paid and withheld apart.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) payments: Vec<Payment>,
    pub(super) taxes: Vec<Payment>,
}

impl Rows {
    /// What was withheld in that currency, less what was given back.
    pub(super) fn withheld(&self, currency: Currency) -> Decimal {
        let rows = self.payments.iter().chain(&self.taxes);
        rows.filter(|row| row.withheld_currency == currency).map(|row| row.withheld).sum()
    }

    /// The payments to tax: as they stand, or as one if corrections or tax rows must be netted.
    pub(super) fn netted(&self) -> Vec<Payment> {
        let plain =
            self.taxes.is_empty() && self.payments.iter().all(|row| !row.gross.is_sign_negative());
        if plain {
            return self.payments.clone();
        }
        let rows = || self.payments.iter().chain(&self.taxes);
        let Some(first) = self.payments.first() else { return Vec::new() };
        // Rows of the payment's currency are netted; tax in another currency stays apart.
        let mut netted: BTreeMap<Currency, Payment> = BTreeMap::new();
        for row in rows() {
            let sum = netted.entry(row.withheld_currency).or_insert(Payment {
                gross: Decimal::ZERO,
                withheld: Decimal::ZERO,
                withheld_currency: row.withheld_currency,
                country: None,
                source: first.source,
            });
            sum.gross += row.gross;
            sum.withheld += row.withheld;
            sum.country = sum.country.or(row.country);
        }
        netted.into_values().collect()
    }
}
