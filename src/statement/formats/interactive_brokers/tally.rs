//! Findings that many rows share, told once with their count, and sums of charges left out.

use hashbrown::HashMap;
use rust_decimal::Decimal;

use crate::{
    money::{Currency, Money},
    statement::{Code, Diagnostic, Severity, StatementBuilder},
};

#[derive(Debug)]
struct Noted {
    code: Code,
    severity: Severity,
    column: String,
    value: String,
    line: u32,
    count: u32,
}

#[derive(Debug)]
struct LeftOut {
    section: &'static str,
    line: u32,
    sums: Vec<(Currency, Decimal)>,
}

/// Findings and sums of one file, in the order of their first rows.
#[derive(Debug, Default)]
pub(super) struct Tally {
    noted: Vec<Noted>,
    /// The place of a finding by its code, column and value.
    by_content: HashMap<(Code, String, String), usize>,
    left_out: Vec<LeftOut>,
}

impl Tally {
    /// Notes a finding; equal ones are counted together.
    pub(super) fn note(
        &mut self,
        code: Code,
        severity: Severity,
        column: &str,
        value: &str,
        line: u32,
    ) {
        let (column, value) = (column.to_owned(), value.to_owned());
        let content = (code, column.clone(), value.clone());
        let at = *self.by_content.entry(content).or_insert(self.noted.len());
        match self.noted.get_mut(at) {
            Some(noted) => noted.count += 1,
            None => self.noted.push(Noted { code, severity, column, value, line, count: 1 }),
        }
    }

    /// Adds a charge (positive: paid) to the sum of its section and currency.
    pub(super) fn leave_out(&mut self, section: &'static str, line: u32, charge: Money) {
        let at = self.left_out.iter().position(|sum| sum.section == section).unwrap_or_else(|| {
            self.left_out.push(LeftOut { section, line, sums: Vec::new() });
            self.left_out.len() - 1
        });
        let Some(entry) = self.left_out.get_mut(at) else { return };
        match entry.sums.iter_mut().find(|(currency, _)| *currency == charge.currency) {
            Some((_, sum)) => *sum = sum.saturating_add(charge.amount),
            None => entry.sums.push((charge.currency, charge.amount)),
        }
    }

    /// Hands the findings over.
    pub(super) fn report(self, builder: &mut StatementBuilder) {
        for noted in self.noted {
            let source = builder.source(noted.line);
            builder.diagnose(Diagnostic {
                severity: noted.severity,
                row: (noted.line > 0).then_some(noted.line),
                ..Diagnostic::at(noted.code, source)
                    .found(noted.column, noted.value)
                    .detail(noted.count.to_string())
            });
        }
        for entry in self.left_out {
            let sums: Vec<_> = entry
                .sums
                .iter()
                .filter(|(_, sum)| !sum.is_zero())
                .map(|(currency, sum)| Money::new(sum.normalize(), *currency).to_string())
                .collect();
            if sums.is_empty() {
                continue;
            }
            let source = builder.source(entry.line);
            builder.diagnose(
                Diagnostic::at(Code::ChargesLeftOut, source)
                    .found(entry.section, "")
                    .detail(sums.join(", ")),
            );
        }
    }
}
