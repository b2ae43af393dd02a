//! What the sender stated for the year answered for, where the files tell no year.

use super::Options;
use crate::{
    ledger::Ledger,
    statement::{Code, Diagnostic, Severity},
};

/// One finding for each statement that enters no figure. Without the amounts of a PIT-8C a tax is
/// missing: that is an error. The others only lower a tax that is not there.
pub(super) fn findings(ledger: &Ledger, options: &Options, year: Option<i16>) -> Vec<Diagnostic> {
    // Without any event a file is what is missing, and the reply says so.
    if year.is_some() || ledger.transactions.is_empty() {
        return Vec::new();
    }
    let unused = |what: String| Diagnostic::new(Code::YearUnknown).found("", what);
    let deductions = options
        .losses
        .iter()
        .map(|loss| format!("STRATA/LOSS {}", loss.year))
        .chain(options.crypto_costs.map(|_| "KRYPTO KOSZTY/CRYPTO COSTS".to_owned()))
        .chain(
            options
                .foreign_tax
                .iter()
                .map(|paid| format!("PODATEK OBCY/FOREIGN TAX {}", paid.country)),
        );
    let mut findings: Vec<_> =
        deductions.map(|what| Diagnostic { severity: Severity::Warning, ..unused(what) }).collect();
    findings.extend(options.pit8c.map(|_| unused("PIT-8C".to_owned())));
    findings
}
