//! What is said once per file: coins received for nothing, and fees that are no spending of money.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::statement::{Code, Diagnostic, StatementBuilder};

/// Collected while reading.
#[derive(Debug, Default)]
pub(in super::super) struct Notes {
    /// How many rows brought coins for nothing, and the first of them.
    rewards: Option<(u32, u32)>,
    /// Fees left out, by code, and the first row.
    fees: BTreeMap<String, Decimal>,
    first_fee: u32,
}

impl Notes {
    /// A row that brought a coin for nothing: staking, a reward, an airdrop.
    pub(in super::super) fn reward(&mut self, row: u32) {
        let (count, first) = self.rewards.unwrap_or((0, row));
        self.rewards = Some((count + 1, first.min(row)));
    }

    /// A fee that is left out of the costs: paid in a coin, or for an exchange of coins for coins.
    pub(in super::super) fn fee(&mut self, row: u32, code: &str, amount: Decimal) {
        if amount.is_zero() {
            return;
        }
        self.first_fee = if self.fees.is_empty() { row } else { self.first_fee.min(row) };
        *self.fees.entry(code.to_owned()).or_default() += amount;
    }

    /// Says what was collected.
    pub(in super::super) fn report(self, builder: &mut StatementBuilder) {
        if let Some((count, first)) = self.rewards {
            // Unsettled between receipt and disposal (KIS against the courts): taxed in full when sold.
            let finding = Diagnostic::at(Code::CryptoReward, builder.source(first));
            builder.diagnose(finding.detail(count.to_string()));
        }
        if !self.fees.is_empty() {
            let sums: Vec<String> =
                self.fees.iter().map(|(code, sum)| format!("{} {code}", sum.normalize())).collect();
            let finding = Diagnostic::at(Code::CryptoFees, builder.source(self.first_fee));
            builder.diagnose(finding.found("", sums.join(", ")));
        }
    }
}
