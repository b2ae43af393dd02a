//! Whether the changes of the cash account come to its balances: a row that is missing in the middle shows there.
//!
//! The broker writes the newest row first. A file that was sorted anew, or sums over the bank account beside it
//! (rows of sweeps and of flatex, whose balance is another's), cannot be told apart from damage and are not judged.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::money::{Currency, Money};
use crate::statement::when::Stamp;
use crate::statement::{Code, Diagnostic, StatementBuilder};

/// The balances of one file.
#[derive(Debug, Default)]
pub(super) struct Balances {
    last: Option<Stamp>,
    is_sorted_anew: bool,
    chains: BTreeMap<Currency, Chain>,
}

/// One currency's rows, from the newest.
#[derive(Debug)]
struct Chain {
    row: u32,
    newest: Decimal,
    /// Before the oldest row so far.
    opening: Decimal,
    changes: Decimal,
    is_swept: bool,
}

impl Balances {
    /// Takes the next row of the file.
    pub(super) fn add(
        &mut self,
        (row, stamp): (u32, Stamp),
        change: Money,
        balance: Money,
        description: &str,
    ) {
        self.is_sorted_anew |= self.last.is_some_and(|last| last < stamp);
        self.last = Some(stamp);
        let text = description.to_lowercase();
        let is_swept = text.contains("sweep")
            || text.contains("flatex")
            || change.currency != balance.currency;
        let chain = self.chains.entry(change.currency).or_insert(Chain {
            row,
            newest: balance.amount,
            opening: balance.amount,
            changes: Decimal::ZERO,
            is_swept: false,
        });
        chain.opening = balance.amount - change.amount;
        chain.changes += change.amount;
        chain.is_swept |= is_swept;
    }

    /// Warns of each currency whose rows do not come to its balances.
    pub(super) fn compare(self, builder: &mut StatementBuilder) {
        if self.is_sorted_anew {
            return;
        }
        for (currency, chain) in self.chains.into_iter().filter(|(_, chain)| !chain.is_swept) {
            let told = chain.newest - chain.opening;
            if told == chain.changes {
                continue;
            }
            let text = |amount: Decimal| Money::new(amount.normalize(), currency).to_string();
            let finding = Diagnostic::at(Code::TotalDiffers, builder.source(chain.row));
            builder.diagnose(finding.found("Saldo", text(told)).detail(text(chain.changes)));
        }
    }
}
