use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;
use crate::conversation::doubts;
use crate::money::{Currency, Money};
use crate::statement::{
    AccountIx, Code, FileId, FileTag, InstrumentIx, Origin, Severity, StatementBuilder, Transaction,
};

/// What replaces which of two files that came one after the other.
fn two(old: &Input, new: Input) -> Vec<Option<usize>> {
    let mails = ["first".to_owned(), "second".to_owned()];
    replacements(&[old.clone(), new], &mails, "second")
}

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
    let old = input("2023.csv", "x", "U11", 2022, 2023);
    for (new, expected) in [
        (input("all.csv", "x", "U11", 2022, 2023), true),
        (input("all.csv", "x", "U11", 2021, 2024), true),
        (input("2024.csv", "x", "U11", 2024, 2025), false),
        (input("other.csv", "x", "U11", 2023, 2024), false),
        (input("2023.csv", "x", "U11", 2023, 2024), true),
        (input("2023.csv", "x", "U22", 2022, 2023), false),
        (input("2023.csv", "y", "A", 2022, 2023), false),
    ] {
        let name = new.name.clone();
        let found = two(&old, new);
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
        ("a.csv", "U11", false),
    ] {
        let new = input(name, "x", account, 2022, 2023);
        let found = two(&old, new);
        assert_eq!(found, [expected.then_some(1), None], "{name}");
    }
}

#[test]
fn an_export_that_leaves_a_kind_of_events_out_replaces_nothing() {
    let mut old = input("a.csv", "x", "U11", 2022, 2023);
    let zero = Money::new(Decimal::ZERO, Currency::PLN);
    let dividend = Event::Dividend { gross: zero, withheld: zero, country: None };
    old.statement.transactions[0].event = dividend;
    let new = input("a.csv", "x", "U11", 2021, 2024);
    assert_eq!(two(&old, new), [None, None]);
}

#[test]
fn files_of_one_mail_stand_beside_each_other() {
    let old = input("a.csv", "x", "U11", 2022, 2023);
    let all = [old.clone(), old.clone(), old];
    let mails = |names: [&str; 3]| names.map(str::to_owned);
    assert_eq!(replacements(&all, &mails(["2", "2", "2"]), "2"), [None, None, None]);
    assert_eq!(replacements(&all, &mails(["1", "2", "2"]), "2"), [Some(2), None, None]);
    // The one that was known came again with the mail.
    assert_eq!(replacements(&all, &mails(["2", "1", "2"]), "2"), [None, Some(2), None]);
}

/// Rows of dividends of one instrument on one account.
fn tell_dividends(
    builder: &mut StatementBuilder,
    account: &str,
    rows: impl Iterator<Item = (Date, i64)>,
) -> (AccountIx, InstrumentIx) {
    let account = builder.account(account);
    let instrument = builder.instrument(None, "T", "");
    for (at, (day, amount)) in (0..).zip(rows) {
        let gross = Money::new(Decimal::from(amount), Currency::PLN);
        let event = Event::Dividend { gross, withheld: gross, country: None };
        let (source, key) = (builder.source(at), None);
        builder.push(Transaction { source, key, account, instrument, day, millisecond: 0, event });
        builder.used();
    }
    (account, instrument)
}

/// A broker's file: dividends of these days of 2025 and amounts.
fn export(name: &str, account: &str, rows: &[(i8, i64)]) -> Input {
    let mut builder = StatementBuilder::new(FileId(0), "bossa-transactions");
    let rows = rows.iter().map(|&(day, amount)| (date(2025, 5, day), amount));
    tell_dividends(&mut builder, account, rows);
    Input { name: name.to_owned(), tag: FileTag::default(), statement: builder.finish() }
}

#[test]
fn an_export_replaces_only_what_it_tells_again() {
    let rows = [(1, 10), (5, 20), (9, 30)];
    for account in ["BOSSA", "BOSSA 12345"] {
        let old = export("old.csv", account, &rows);
        for (name, new, expected) in [
            // A newer export, in which the broker mended a row.
            ("new.csv", &[(1, 10), (5, 20), (9, 31), (12, 40)][..], true),
            ("new.csv", &[(1, 10), (5, 20), (9, 30)], true),
            // Another account: nothing, or one row in common.
            ("new.csv", &[(1, 7), (5, 8), (9, 9)], false),
            ("old.csv", &[(1, 7), (5, 8), (9, 9)], false),
            ("old.csv", &[(1, 10), (5, 8), (9, 9)], false),
            // The next half of the year, one day of which both tell.
            ("old.csv", &[(9, 30), (12, 40), (15, 50)], false),
            // A window that moved on: the first row is nowhere else.
            ("old.csv", &[(5, 20), (9, 30), (12, 40)], false),
        ] {
            let found = two(&old, export(name, account, new));
            assert_eq!(found, [expected.then_some(1), None], "{account} {name} {new:?}");
        }
    }
    let half = export("old.csv", "BOSSA", &[(1, 10), (5, 20)]);
    let other = [(1, 10), (5, 21)];
    assert_eq!(two(&half, export("old.csv", "BOSSA", &other)), [Some(1), None]);
    assert_eq!(two(&half, export("new.csv", "BOSSA", &other)), [None, None]);
}

/// A filled-in template: sales for these amounts, and so many rows that could not be read.
fn filled(name: &str, account: &str, amounts: &[i64], unreadable: u32) -> Input {
    let mut builder = StatementBuilder::new(FileId(0), "template");
    let rows = amounts.iter().map(|&amount| (date(2024, 5, 5), amount));
    let (account, instrument) = tell_dividends(&mut builder, account, rows);
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
        // Every readable row was corrected: under the same name, or nobody knows.
        (filled("a.csv", "A", &[7, 8, 9], 0), true),
        (filled("b.csv", "A", &[7, 8, 9], 0), false),
        (filled("b.csv", "A", &[1, 9, 3], 0), true),
        (filled("b.csv", "A", &[1, 2], 0), false),
        (filled("a.csv", "B", &[1, 2, 3], 0), false),
        // Half a file is none.
        (filled("a.csv", "A", &[1], 0), false),
    ] {
        let found = two(&old, new.clone());
        assert_eq!(found, [expected.then_some(1), None], "{}: {:?}", new.name, new.statement);
    }
    let unread = filled("a.csv", "A", &[], 2);
    for (new, expected) in [
        (filled("a.csv", "A", &[1, 2], 0), true),
        (filled("b.csv", "A", &[1, 2], 0), false),
        (filled("a.csv", "A", &[1, 2, 3], 0), false),
    ] {
        let found = two(&unread, new.clone());
        assert_eq!(found, [expected.then_some(1), None], "{}", new.name);
    }
}

#[test]
fn a_file_of_repaired_rows_replaces_nothing_and_is_not_replaced() {
    let mut repaired = filled("a.csv", "A", &[1, 2], 0);
    let origin = Origin { file: FileTag::default(), row: 3 };
    repaired.statement.repaired.push((0, origin));
    let plain = filled("a.csv", "A", &[1, 2], 0);
    assert_eq!(two(&repaired, plain.clone()), [None, None]);
    assert_eq!(two(&plain, repaired), [None, None]);
}

/// What is said of two files that both count.
fn said(old: Input, new: Input) -> Vec<(Code, Severity, String)> {
    let mails = ["first".to_owned(), "second".to_owned()];
    let mut inputs = [old, new];
    doubts(&mut inputs, &mails, &[None, None]);
    let [old, new] = inputs;
    assert!(old.statement.diagnostics.is_empty());
    let found = new.statement.diagnostics.into_iter();
    found.map(|found| (found.code, found.severity, found.detail)).collect()
}

#[test]
fn what_may_be_told_twice_is_said() {
    let rows: Vec<(i8, i64)> = (1..=9).map(|day| (day, 10)).collect();
    let old = || export("old.csv", "BOSSA", &rows);
    let with = |changed: usize| {
        let mut rows = rows.clone();
        rows.iter_mut().take(changed).for_each(|(_, amount)| *amount = 11);
        rows
    };
    assert!(said(old(), export("new.csv", "BOSSA", &rows)).is_empty());
    // One row may be one of another account, or mended by the broker; a third of the file is told twice.
    let one = said(old(), export("new.csv", "BOSSA", &with(1)));
    assert_eq!(one, [(Code::RetoldRow, Severity::Warning, "old.csv: 0".to_owned())]);
    let three = said(old(), export("new.csv", "BOSSA", &with(3)));
    assert_eq!(three.len(), 3);
    assert!(three.iter().all(|(_, severity, _)| *severity == Severity::Error));
    assert!(said(old(), export("new.csv", "BOSSA 12345", &with(3))).is_empty());
    // The next half of a year under the same name.
    let next = said(old(), export("old.csv", "BOSSA", &[(9, 10), (12, 10)]));
    assert_eq!(next, [(Code::SameName, Severity::Warning, "old.csv".to_owned())]);
    assert!(said(old(), export("old.csv", "BOSSA", &[(12, 10)])).is_empty());
    // What a sender wrote for one account is one or the other.
    let one =
        said(filled("a.csv", "A", &[1, 2, 3, 4, 5], 0), filled("b.csv", "A", &[1, 2, 3, 4, 6], 0));
    assert_eq!(one, [(Code::RetoldRow, Severity::Error, "a.csv: 4".to_owned())]);
}
