//! How sure it is that two files are of one account.

use crate::{
    ledger::Input,
    statement::{TEMPLATE, broker_of},
};

/// From the surest to none.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kinship {
    /// Both name the same account.
    Account,
    /// Neither names one, but the files have one name.
    Name,
    /// Neither names one: the broker is the same, and nothing else is known.
    Broker,
    /// Neither names one, and the rows are the sender's own.
    Unknown,
}

/// The accounts of a file.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Account<'a> {
    /// Named after the file and its place.
    OfFile,
    /// The broker's name alone, for want of a number.
    OfBroker(&'a str),
    /// Named by the broker or the sender.
    Named(&'a str),
}

/// `None` for files of different accounts.
pub(super) fn kinship(one: &Input, other: &Input) -> Option<Kinship> {
    let (names, others) = (accounts(one), accounts(other));
    if names != others {
        return None;
    }
    Some(if names.iter().all(|name| matches!(name, Account::Named(_))) {
        Kinship::Account
    } else if stem(&one.name) == stem(&other.name) {
        Kinship::Name
    } else if names.contains(&Account::OfFile) {
        Kinship::Unknown
    } else {
        Kinship::Broker
    })
}

fn accounts(input: &Input) -> Vec<Account<'_>> {
    let is_place = |rest: &str| rest.is_empty() || (rest.starts_with(" (") && rest.ends_with(')'));
    let format = input.statement.format;
    let mut names: Vec<Account<'_>> = input
        .statement
        .accounts
        .iter()
        .map(|name| {
            if name.strip_prefix(input.name.as_str()).is_some_and(is_place) {
                Account::OfFile
            } else if !is_own(format) && !has_number(name, broker_of(format)) {
                Account::OfBroker(name)
            } else {
                Account::Named(name)
            }
        })
        .collect();
    names.sort_unstable();
    names
}

/// Layouts that people fill in themselves, where an account is what they call it.
pub(super) fn is_own(format: &str) -> bool {
    matches!(format, TEMPLATE | "pipe")
}

/// Whether an account's name tells more than the broker's: an account has a number.
fn has_number(name: &str, broker: &str) -> bool {
    let rest = name.strip_prefix(broker).unwrap_or(name);
    rest.bytes().filter(u8::is_ascii_digit).count() > 1
}

/// The name of a file without extension and without the number that browsers add to a copy.
pub(super) fn stem(name: &str) -> &str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let copy = stem.rsplit_once(" (").filter(|(_, number)| {
        number.strip_suffix(')').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
    });
    copy.map_or(stem, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{FileId, StatementBuilder};

    fn input(name: &str, format: &'static str, account: &str) -> Input {
        let mut builder = StatementBuilder::new(FileId(0), format);
        builder.account(account);
        Input::untagged(name, builder.finish())
    }

    #[test]
    fn a_brokers_name_is_no_account() {
        for (format, account, expected) in [
            ("trading212", "Trading 212", Kinship::Broker),
            ("freedom24", "Freedom24", Kinship::Broker),
            ("bossa-transactions", "BOSSA", Kinship::Broker),
            ("binance", "Binance 12345678", Kinship::Account),
            ("binance-p2p", "Binance P2P", Kinship::Broker),
            ("ibkr-activity", "U1234567", Kinship::Account),
            ("template", "moje", Kinship::Account),
        ] {
            let found = kinship(&input("a.csv", format, account), &input("b.csv", format, account));
            assert_eq!(found, Some(expected), "{account}");
        }
    }

    #[test]
    fn files_without_an_account_are_told_apart_by_name() {
        let old = input("a.csv", "template", "a.csv (1)");
        for (name, account, expected) in [
            ("a.csv", "a.csv (2)", Some(Kinship::Name)),
            ("a (1).csv", "a (1).csv (2)", Some(Kinship::Name)),
            ("b.csv", "b.csv (2)", Some(Kinship::Unknown)),
            ("a.csv", "A", None),
        ] {
            assert_eq!(kinship(&old, &input(name, "template", account)), expected, "{name}");
        }
    }
}
