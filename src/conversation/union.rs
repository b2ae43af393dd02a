//! Which files of a conversation replace which.
//!
//! A file replaces an older one if both are of the same format and the same accounts, the newer tells
//! at least as many events of each kind (an export of trades alone is no newer version of one with
//! dividends), and either
//!
//! * the newer covers every day that the older covers (a newer or corrected export), or
//! * both have the same name and their days overlap (a corrected copy that lost rows).
//!
//! Files without a word about their account are taken for the same account only under the same name.
//!
//! Exports of other periods add up; events that both tell are counted once by the ledger.
//!
//! Files of our template are all of one format and often of one name, whatever broker their rows come
//! from, so days say nothing of them. A file that a sender filled in replaces an older one if it repeats
//! all of its readable rows and has no fewer rows, or at least half of them under the same name (a row
//! that could be read was corrected as well). Repaired rows travel in the template too, a few at a time:
//! a file that brings some neither replaces nor is replaced.

use std::mem::{Discriminant, discriminant};

use hashbrown::HashMap;
use jiff::civil::Date;

use crate::{
    ledger::Input,
    statement::{Event, Statement},
};

/// For each input the later one that replaces it, by position. Only pairs whose later file is at
/// `first_new` or behind are compared: the others were compared when they came.
pub fn replacements(inputs: &[Input], first_new: usize) -> Vec<Option<usize>> {
    inputs
        .iter()
        .enumerate()
        .map(|(at, older)| {
            let newer = inputs.iter().enumerate().skip(first_new.max(at + 1));
            // Files of one mail stand beside each other; nobody corrects within a mail.
            let newer = newer.filter(|_| at < first_new);
            newer.rev().find(|(_, newer)| replaces(newer, older)).map(|(at, _)| at)
        })
        .collect()
}

fn replaces(newer: &Input, older: &Input) -> bool {
    let (new, old) = (&newer.statement, &older.statement);
    if new.format.is_empty() || new.format != old.format {
        return false;
    }
    if new.format == "template" {
        return same_accounts(newer, older) && corrects(newer, older);
    }
    let (Some(new_days), Some(old_days)) = (days(new), days(old)) else { return false };
    let covers = new_days.0 <= old_days.0 && old_days.1 <= new_days.1;
    let overlaps = new_days.0 <= old_days.1 && old_days.0 <= new_days.1;
    same_accounts(newer, older)
        && tells_as_much(new, old)
        && (covers || (overlaps && stem(newer) == stem(older)))
}

/// Whether a filled-in template is the older one with mistakes mended.
fn corrects(newer: &Input, older: &Input) -> bool {
    let (new, old) = (&newer.statement, &older.statement);
    if !new.repaired.is_empty() || !old.repaired.is_empty() {
        return false;
    }
    let (told, again) = (rows_told(old), rows_told(new));
    let readable: usize = told.values().sum();
    let repeated: usize =
        told.iter().map(|(row, count)| again.get(row).map_or(0, |again| *again.min(count))).sum();
    let same_name = stem(newer) == stem(older);
    if readable == 0 {
        // Nothing to know it by but its name and length.
        return same_name && new.rows.total == old.rows.total;
    }
    // Who mends a file may leave out what could not be read, and nothing else.
    let left = old.rows.total.saturating_sub(old.rows.unknown);
    (repeated == readable && new.rows.total >= old.rows.total)
        || (same_name && 2 * repeated >= readable && new.rows.total >= left)
}

/// What the readable rows tell, each in words of its own, and how often.
fn rows_told(statement: &Statement) -> HashMap<String, usize> {
    let mut rows = HashMap::new();
    for transaction in &statement.transactions {
        if matches!(transaction.event, Event::Block) {
            continue;
        }
        let instrument = usize::try_from(transaction.instrument.0)
            .ok()
            .and_then(|at| statement.instruments.get(at))
            .map(|known| (known.isin, known.symbol.as_str()));
        let row = format!("{} {instrument:?} {:?}", transaction.day, transaction.event);
        *rows.entry(row).or_default() += 1;
    }
    rows
}

/// Blocks are not counted: a correction is there to lift them.
fn tells_as_much(new: &Statement, old: &Statement) -> bool {
    let count = |statement: &Statement| {
        let mut kinds: HashMap<Discriminant<Event>, usize> = HashMap::new();
        for transaction in &statement.transactions {
            if !matches!(transaction.event, Event::Block) {
                *kinds.entry(discriminant(&transaction.event)).or_default() += 1;
            }
        }
        kinds
    };
    let told = count(new);
    count(old).iter().all(|(kind, count)| told.get(kind).is_some_and(|told| told >= count))
}

fn same_accounts(one: &Input, other: &Input) -> bool {
    let (names, others) = (accounts(one), accounts(other));
    names == others && (names.iter().all(Option::is_some) || stem(one) == stem(other))
}

/// The accounts in order; `None` for the one that a reader named after the file and its place.
fn accounts(input: &Input) -> Vec<Option<&str>> {
    let is_place = |rest: &str| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')'));
    let mut names: Vec<Option<&str>> = input
        .statement
        .accounts
        .iter()
        .map(|name| {
            let of_file = name.strip_prefix(input.name.as_str()).is_some_and(is_place);
            (!of_file).then_some(name.as_str())
        })
        .collect();
    names.sort_unstable();
    names
}

/// The name of the file without extension and without the number that browsers add to a copy.
fn stem(input: &Input) -> &str {
    let stem = input.name.rsplit_once('.').map_or(input.name.as_str(), |(stem, _)| stem);
    let copy = stem.rsplit_once(" (").filter(|(_, number)| {
        number.strip_suffix(')').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
    });
    copy.map_or(stem, |(stem, _)| stem)
}

/// The first and the last day of a statement's events; unreadable rows count by their block.
fn days(statement: &Statement) -> Option<(Date, Date)> {
    let days = || statement.transactions.iter().map(|transaction| transaction.day);
    Some((days().min()?, days().max()?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::*;
    use crate::money::{Currency, Money};
    use crate::statement::{FileId, FileTag, Origin, StatementBuilder, Transaction};

    fn input(name: &str, format: &'static str, account: &str, from: i16, through: i16) -> Input {
        let mut builder = StatementBuilder::new(FileId(0), format);
        let account = builder.account(account);
        let instrument = builder.instrument(None, "T", "");
        for year in [from, through] {
            builder.block(account, instrument, date(year, 5, 5), 2);
        }
        Input { name: name.to_owned(), tag: FileTag::default(), statement: builder.finish() }
    }

    #[test]
    fn a_newer_export_of_the_same_account_and_period_replaces_the_older() {
        let old = input("2023.csv", "x", "A", 2022, 2023);
        for (new, expected) in [
            (input("all.csv", "x", "A", 2022, 2023), true),
            (input("all.csv", "x", "A", 2021, 2024), true),
            (input("2024.csv", "x", "A", 2024, 2025), false),
            (input("other.csv", "x", "A", 2023, 2024), false),
            (input("2023.csv", "x", "A", 2023, 2024), true),
            (input("2023.csv", "x", "B", 2022, 2023), false),
            (input("2023.csv", "y", "A", 2022, 2023), false),
        ] {
            let name = new.name.clone();
            let found = replacements(&[old.clone(), new], 1);
            assert_eq!(found, [expected.then_some(1), None], "{name}");
        }
    }

    #[test]
    fn files_without_an_account_are_told_apart_by_name() {
        let old = input("a.csv", "x", "a.csv (1)", 2022, 2023);
        for (name, account, expected) in [
            ("a.csv", "a.csv (2)", true),
            ("a (1).csv", "a (1).csv (2)", true),
            ("b.csv", "b.csv (2)", false),
            ("a.csv", "A", false),
        ] {
            let new = input(name, "x", account, 2022, 2023);
            let found = replacements(&[old.clone(), new], 1);
            assert_eq!(found, [expected.then_some(1), None], "{name}");
        }
    }

    #[test]
    fn an_export_that_leaves_a_kind_of_events_out_replaces_nothing() {
        let mut old = input("a.csv", "x", "A", 2022, 2023);
        let zero = Money::new(Decimal::ZERO, Currency::PLN);
        let dividend = Event::Dividend { gross: zero, withheld: zero, country: None };
        old.statement.transactions[0].event = dividend;
        let new = input("a.csv", "x", "A", 2021, 2024);
        assert_eq!(replacements(&[old, new], 1), [None, None]);
    }

    #[test]
    fn files_of_one_mail_stand_beside_each_other() {
        let old = input("a.csv", "x", "A", 2022, 2023);
        assert_eq!(replacements(&[old.clone(), old.clone()], 0), [None, None]);
        assert_eq!(replacements(&[old.clone(), old.clone(), old], 1), [Some(2), None, None]);
    }

    /// A filled-in template: sales for these amounts, and so many rows that could not be read.
    fn filled(name: &str, account: &str, amounts: &[i64], unreadable: u32) -> Input {
        let mut builder = StatementBuilder::new(FileId(0), "template");
        let account = builder.account(account);
        let instrument = builder.instrument(None, "T", "");
        for (at, &amount) in amounts.iter().enumerate() {
            let gross = Money::new(Decimal::from(amount), Currency::PLN);
            let event = Event::Dividend { gross, withheld: gross, country: None };
            let source = builder.source(u32::try_from(at).unwrap());
            let day = date(2024, 5, 5);
            builder.push(Transaction {
                source,
                key: None,
                account,
                instrument,
                day,
                millisecond: 0,
                event,
            });
            builder.used();
        }
        for row in 0..unreadable {
            builder.block(account, instrument, date(2024, 5, 5), 100 + row);
            builder.unknown();
        }
        Input { name: name.to_owned(), tag: FileTag::default(), statement: builder.finish() }
    }

    #[test]
    fn a_filled_in_template_is_replaced_by_its_correction_only() {
        let old = filled("a.csv", "A", &[1, 2], 1);
        for (new, expected) in [
            (filled("a.csv", "A", &[1, 2, 3], 0), true),
            (filled("poprawione.csv", "A", &[1, 2, 3], 0), true),
            // The row that could not be read was left out.
            (filled("a.csv", "A", &[1, 2], 0), true),
            // A row that could be read was corrected too.
            (filled("a.csv", "A", &[1, 9, 3], 0), true),
            // Other rows, although under the same name: another broker's.
            (filled("a.csv", "A", &[7, 8, 9], 0), false),
            (filled("b.csv", "A", &[1, 9, 3], 0), false),
            (filled("b.csv", "A", &[1, 2], 0), false),
            (filled("a.csv", "B", &[1, 2, 3], 0), false),
            // Half a file is none.
            (filled("a.csv", "A", &[1], 0), false),
        ] {
            let found = replacements(&[old.clone(), new.clone()], 1);
            assert_eq!(found, [expected.then_some(1), None], "{}: {:?}", new.name, new.statement);
        }
        let unread = filled("a.csv", "A", &[], 2);
        for (new, expected) in [
            (filled("a.csv", "A", &[1, 2], 0), true),
            (filled("b.csv", "A", &[1, 2], 0), false),
            (filled("a.csv", "A", &[1, 2, 3], 0), false),
        ] {
            let found = replacements(&[unread.clone(), new.clone()], 1);
            assert_eq!(found, [expected.then_some(1), None], "{}", new.name);
        }
    }

    #[test]
    fn a_file_of_repaired_rows_replaces_nothing_and_is_not_replaced() {
        let mut repaired = filled("a.csv", "A", &[1, 2], 0);
        let origin = Origin { file: FileTag::default(), row: 3 };
        repaired.statement.repaired.push((0, origin));
        let plain = filled("a.csv", "A", &[1, 2], 0);
        assert_eq!(replacements(&[repaired.clone(), plain.clone()], 1), [None, None]);
        assert_eq!(replacements(&[plain, repaired], 1), [None, None]);
    }
}
