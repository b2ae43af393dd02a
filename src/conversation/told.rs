//! What the rows of a file tell, as far as another file can tell the same.

use std::mem::{Discriminant, discriminant};

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    ledger::{content, currency},
    money::Currency,
    statement::{Event, Source, Statement, Transaction},
};

/// An event without its figures: what a correction of its amounts leaves as it was.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Skeleton {
    pub(super) day: Date,
    kind: Discriminant<Event>,
    instrument: String,
}

/// An event as a row tells it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Row {
    skeleton: Skeleton,
    figures: [Decimal; 3],
    currency: Option<Currency>,
}

/// The readable rows of a file. Blocks are left out: a correction is there to lift them.
pub(super) struct Told<'a> {
    rows: HashMap<Row, Vec<&'a Transaction>>,
    count: usize,
}

impl<'a> Told<'a> {
    pub(super) fn of(statement: &'a Statement) -> Self {
        let mut rows: HashMap<Row, Vec<&Transaction>> = HashMap::new();
        let mut count = 0;
        for transaction in readable(statement) {
            let event = &transaction.event;
            let row = Row {
                skeleton: Skeleton {
                    day: transaction.day,
                    kind: discriminant(event),
                    instrument: instrument(statement, transaction),
                },
                figures: content(event),
                currency: currency(event),
            };
            rows.entry(row).or_default().push(transaction);
            count += 1;
        }
        Self { rows, count }
    }

    /// How many rows could be read.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How many of them the other file tells again, figure for figure.
    pub(super) fn repeated_by(&self, other: &Self) -> usize {
        let again = |row| other.rows.get(row).map_or(0, Vec::len);
        self.rows.iter().map(|(row, all)| all.len().min(again(row))).sum()
    }

    /// Whether the other file tells every one of them again, whatever the figures.
    pub(super) fn is_outlined_by(&self, other: &Self) -> bool {
        let again = other.skeletons();
        self.skeletons()
            .iter()
            .all(|(skeleton, count)| again.get(skeleton).is_some_and(|again| again >= count))
    }

    fn skeletons(&self) -> HashMap<&Skeleton, usize> {
        let mut counts = HashMap::new();
        for (row, all) in &self.rows {
            *counts.entry(&row.skeleton).or_default() += all.len();
        }
        counts
    }

    /// Rows that the other file does not tell, by their skeletons.
    fn alone(&self, other: &Self) -> HashMap<&Skeleton, Vec<&'a Transaction>> {
        let mut alone: HashMap<&Skeleton, Vec<&Transaction>> = HashMap::new();
        for (row, all) in &self.rows {
            let again = other.rows.get(row).map_or(0, Vec::len);
            let rest = all.iter().skip(again).copied();
            if all.len() > again {
                alone.entry(&row.skeleton).or_default().extend(rest);
            }
        }
        alone
    }

    /// Rows that both files tell with other figures: the day, and where each stands. Rows that one id of the broker
    /// names are compared by the ledger.
    pub(super) fn contradictions(&self, newer: &Self) -> Vec<(Date, Source, Source)> {
        let (old, new) = (self.alone(newer), newer.alone(self));
        let mut found = Vec::new();
        for (skeleton, rows) in &old {
            let others = new.get(skeleton).map_or(&[][..], Vec::as_slice);
            let is_named =
                |row: &&&Transaction| others.iter().any(|o| o.key.is_some() && o.key == row.key);
            let rows = rows.iter().filter(|row| !is_named(row));
            for (row, other) in rows.zip(others) {
                found.push((skeleton.day, row.source, other.source));
            }
        }
        found.sort_unstable_by_key(|(_, _, other)| *other);
        found
    }
}

/// The events of a statement, without those that could not be read.
pub(super) fn readable(statement: &Statement) -> impl Iterator<Item = &Transaction> {
    statement.transactions.iter().filter(|found| !matches!(found.event, Event::Block))
}

fn instrument(statement: &Statement, transaction: &Transaction) -> String {
    let at = usize::try_from(transaction.instrument.0).ok();
    let known = at.and_then(|at| statement.instruments.get(at));
    known.map_or_else(String::new, |known| match &known.isin {
        Some(isin) => isin.as_str().to_owned(),
        None => known.symbol.clone(),
    })
}
