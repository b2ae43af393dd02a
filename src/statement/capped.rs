//! A bound for what is said of one file: a table with another column order has as many faults as cells, and nobody
//! reads or repairs them one by one.

use super::{Code, Diagnostic, FileId, RepairRow, Severity};

/// Findings of one kind that are kept for each file; the rest is counted.
const FINDINGS_MAX: u32 = 5_000;

/// Rows of one file that are offered for repair.
const REPAIRS_MAX: usize = 5_000;

/// How often each kind of finding was made.
#[derive(Debug, Default)]
pub(super) struct Capped(Vec<(Code, Severity, u32)>);

impl Capped {
    /// Adds a finding to those that are kept, if there is room for its kind.
    pub(super) fn add(&mut self, kept: &mut Vec<Diagnostic>, finding: Diagnostic) {
        let (code, severity) = (finding.code, finding.severity);
        let mut known = self.0.iter_mut();
        let known = known.find(|(known, worst, _)| *known == code && *worst == severity);
        let count = if let Some((.., count)) = known {
            *count = count.saturating_add(1);
            *count
        } else {
            self.0.push((code, severity, 1));
            1
        };
        if count <= FINDINGS_MAX {
            kept.push(finding);
        }
    }

    /// Says of each kind how many more there were, as grave as they are.
    pub(super) fn finish(self, file: FileId, kept: &mut Vec<Diagnostic>) {
        for (code, severity, count) in self.0 {
            let more = count.saturating_sub(FINDINGS_MAX);
            if more > 0 {
                let mut finding = Diagnostic::in_file(Code::FindingsMore, file)
                    .found(code.as_str(), more.to_string())
                    .detail(FINDINGS_MAX.to_string());
                finding.severity = severity;
                kept.push(finding);
            }
        }
    }
}

/// Keeps an unreadable row for the repair template, if there is room.
pub(super) fn keep_repair(kept: &mut Vec<RepairRow>, row: RepairRow) {
    if kept.len() < REPAIRS_MAX {
        kept.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_bound_is_counted_by_kind_and_weight() {
        let (mut capped, mut kept) = (Capped::default(), Vec::new());
        for row in 0..FINDINGS_MAX + 7 {
            let source = crate::statement::Source { file: FileId(3), row };
            capped.add(&mut kept, Diagnostic::at(Code::BadDate, source));
        }
        capped.add(&mut kept, Diagnostic::in_file(Code::UnknownColumn, FileId(3)));
        capped.finish(FileId(3), &mut kept);
        let [last, more] = kept.last_chunk().unwrap();
        assert_eq!((last.code, last.severity), (Code::UnknownColumn, Severity::Warning));
        assert_eq!((more.code, more.severity), (Code::FindingsMore, Severity::Error));
        assert_eq!((more.column.as_str(), more.value.as_str()), (Code::BadDate.as_str(), "7"));
        assert_eq!(kept.len(), usize::try_from(FINDINGS_MAX).unwrap() + 2);
    }
}
