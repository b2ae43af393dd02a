//! Which files of a conversation replace which.
//!
//! A file replaces one of an earlier mail only if it tells the same account and days again: both are of one
//! format and of the same accounts, the newer tells at least as many events of each kind (an export of trades
//! alone is no newer version of one with dividends) and most of the older one's rows, figure for figure, and
//! either
//!
//! * covers every day that the older covers (a newer or corrected export), or
//! * has its name and covers every day of its readable rows (a corrected copy that lost unreadable ones).
//!
//! Most brokers name no account. Then an unreadable file is replaced only under its own name.
//!
//! Exports of other periods and accounts add up; events that both tell are counted once by the ledger. Where
//! that leaves a doubt it is said ([`super::doubts`]).
//!
//! Files of our template are all of one format and often of one name, whatever broker their rows come
//! from, so days say nothing of them. A file that a sender filled in replaces an older one if it has no fewer
//! rows and repeats all of its readable ones, or corrects their figures: then each of them comes again
//! with its day, instrument and kind, and the name of the file is the same or most rows are. Under the same name
//! half of the rows are enough. Repaired rows travel in the template too, a few at a time: a file that brings
//! some neither replaces nor is replaced.

use std::mem::{Discriminant, discriminant};

use hashbrown::HashMap;
use jiff::civil::Date;

use super::{
    kinship::{Kinship, kinship, stem},
    told::{Told, readable},
};
use crate::{
    ledger::Input,
    statement::{Event, Statement, TEMPLATE},
};

/// For each of the inputs the later one that replaces it, by position. `mails` names the mail that brought
/// each of them; those of the last mail are new, and only they replace: the others were compared when they came.
/// Files of one mail stand beside each other; nobody corrects within a mail.
pub fn replacements(inputs: &[Input], mails: &[String], last: &str) -> Vec<Option<usize>> {
    let is_new = |at: usize| mails.get(at).is_some_and(|mail| mail == last);
    (0..inputs.len().min(mails.len()))
        .map(|at| {
            let older = inputs.get(at).filter(|_| !is_new(at))?;
            let newer = inputs.iter().enumerate().filter(|(other, _)| is_new(*other));
            newer.rev().find(|(_, newer)| replaces(newer, older)).map(|(at, _)| at)
        })
        .collect()
}

fn replaces(newer: &Input, older: &Input) -> bool {
    let (new, old) = (&newer.statement, &older.statement);
    if new.format.is_empty() || new.format != old.format {
        return false;
    }
    if !new.repaired.is_empty() || !old.repaired.is_empty() {
        return false;
    }
    match kinship(newer, older) {
        None | Some(Kinship::Unknown) => false,
        Some(Kinship::Account | Kinship::Name) if new.format == TEMPLATE => corrects(newer, older),
        Some(kinship) => tells_as_much(new, old) && renews(newer, older, kinship),
    }
}

/// Whether an export is the older one made anew.
fn renews(newer: &Input, older: &Input, kinship: Kinship) -> bool {
    let (new, old) = (&newer.statement, &older.statement);
    let (Some(new_days), Some(old_days)) = (days(new), days(old)) else { return false };
    let covers = |days: (Date, Date)| new_days.0 <= days.0 && days.1 <= new_days.1;
    let same_name = stem(&newer.name) == stem(&older.name);
    let Some(readable) = readable_days(old) else {
        // Nothing to know it by but its days, its account and its name.
        let overlaps = new_days.0 <= old_days.1 && old_days.0 <= new_days.1;
        return (same_name && overlaps) || (kinship == Kinship::Account && covers(old_days));
    };
    if !(covers(old_days) || (same_name && covers(readable))) {
        return false;
    }
    let (told, again) = (Told::of(old), Told::of(new));
    let repeated = told.repeated_by(&again);
    // Another file of the broker's may be of another account: half is not enough.
    let least = if kinship == Kinship::Broker { told.count() + 1 } else { told.count() };
    2 * repeated >= least
}

/// Whether a filled-in template is the older one with mistakes mended.
fn corrects(newer: &Input, older: &Input) -> bool {
    let (new, old) = (&newer.statement, &older.statement);
    let (told, again) = (Told::of(old), Told::of(new));
    let (readable, repeated) = (told.count(), told.repeated_by(&again));
    let same_name = stem(&newer.name) == stem(&older.name);
    if readable == 0 {
        // Nothing to know it by but its name and length.
        return same_name && new.rows.total == old.rows.total;
    }
    let half = 2 * repeated >= readable;
    let whole = repeated == readable || ((same_name || half) && told.is_outlined_by(&again));
    // Who mends a file may leave out what could not be read, and nothing else.
    let left = old.rows.total.saturating_sub(old.rows.unknown);
    (whole && new.rows.total >= old.rows.total) || (same_name && half && new.rows.total >= left)
}

/// Blocks are not counted: a correction is there to lift them.
fn tells_as_much(new: &Statement, old: &Statement) -> bool {
    let count = |statement: &Statement| {
        let mut kinds: HashMap<Discriminant<Event>, usize> = HashMap::new();
        for transaction in readable(statement) {
            *kinds.entry(discriminant(&transaction.event)).or_default() += 1;
        }
        kinds
    };
    let told = count(new);
    count(old).iter().all(|(kind, count)| told.get(kind).is_some_and(|told| told >= count))
}

/// The first and the last day of a statement's events; unreadable rows count by their block.
pub(super) fn days(statement: &Statement) -> Option<(Date, Date)> {
    let days = || statement.transactions.iter().map(|transaction| transaction.day);
    Some((days().min()?, days().max()?))
}

fn readable_days(statement: &Statement) -> Option<(Date, Date)> {
    let days = || readable(statement).map(|transaction| transaction.day);
    Some((days().min()?, days().max()?))
}

#[cfg(test)]
#[path = "union_tests.rs"]
mod tests;
