//! Two files of a conversation that may be one file told twice, although neither replaces the other.

use std::cell::OnceCell;

use super::{
    kinship::{Kinship, is_own, kinship, stem},
    told::Told,
    union::days,
};
use crate::{
    ledger::Input,
    statement::{Code, Diagnostic, Severity},
};

/// So many contradicting rows of two files are named.
const ROWS_NAMED: usize = 20;

/// Says of files that came in different mails where they contradict each other, or share a name: both are counted.
/// `mails` names the mail that brought each of the inputs, and `replaced` what replaces each.
///
/// A doubt is an error if figures may be counted twice for all that is known: rows that a sender filled in for one
/// account or under one name, or a good part of a broker's file told with other figures. Single rows may
/// well be those of another account, or the broker's own corrections: a warning names them.
pub fn doubts(inputs: &mut [Input], mails: &[String], replaced: &[Option<usize>]) {
    let counts = |at: usize| replaced.get(at).is_some_and(Option::is_none);
    let count = inputs.len().min(mails.len());
    let mut findings = Vec::new();
    let told: Vec<OnceCell<Told<'_>>> = (0..count).map(|_| OnceCell::new()).collect();
    for newer in (0..count).filter(|at| counts(*at)) {
        for older in (0..newer).filter(|at| counts(*at)) {
            if mails.get(older) != mails.get(newer)
                && let (Some(old), Some(new)) = (inputs.get(older), inputs.get(newer))
                && let (Some(told), Some(again)) = (told.get(older), told.get(newer))
            {
                findings.push((newer, compare((old, told), (new, again))));
            }
        }
    }
    drop(told);
    for (at, found) in findings {
        if let Some(input) = inputs.get_mut(at) {
            input.statement.diagnostics.extend(found);
        }
    }
}

fn compare<'a>(
    (older, told): (&'a Input, &OnceCell<Told<'a>>),
    (newer, again): (&'a Input, &OnceCell<Told<'a>>),
) -> Vec<Diagnostic> {
    let (old, new) = (&older.statement, &newer.statement);
    let repairs = !old.repaired.is_empty() || !new.repaired.is_empty();
    if new.format.is_empty() || new.format != old.format || repairs {
        return Vec::new();
    }
    let Some(kinship) = kinship(newer, older) else { return Vec::new() };
    let (told, again) = (told.get_or_init(|| Told::of(old)), again.get_or_init(|| Told::of(new)));
    let found = told.contradictions(again);
    if found.is_empty() {
        return beside(older, newer).into_iter().collect();
    }
    let sure = is_own(new.format) && matches!(kinship, Kinship::Account | Kinship::Name);
    let least = told.count().min(again.count());
    let many = 4 * found.len() >= least && (found.len() > 1 || least == 1);
    let severity = if sure || many { Severity::Error } else { Severity::Warning };
    let words = |(day, first, second): (jiff::civil::Date, crate::statement::Source, _)| {
        let finding = Diagnostic::at(Code::RetoldRow, second)
            .found("", day.to_string())
            .detail(format!("{}: {}", older.name, first.row));
        Diagnostic { severity, ..finding }
    };
    found.into_iter().take(ROWS_NAMED).map(words).collect()
}

/// Files of one name that a sender may have meant as one.
fn beside(older: &Input, newer: &Input) -> Option<Diagnostic> {
    let (old, new) = (&older.statement, &newer.statement);
    let overlap =
        days(old).zip(days(new)).is_some_and(|(old, new)| new.0 <= old.1 && old.0 <= new.1);
    let meant = stem(&older.name) == stem(&newer.name) && (overlap || is_own(new.format));
    meant.then(|| Diagnostic::in_file(Code::SameName, new.file).detail(&older.name))
}
