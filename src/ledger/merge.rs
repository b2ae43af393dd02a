//! Statements into one ledger.

use super::Ledger;
use crate::statement::Statement;

/// Merges statements into one ledger.
pub fn merge(_statements: Vec<Statement>) -> Ledger {
    Ledger::default()
}
