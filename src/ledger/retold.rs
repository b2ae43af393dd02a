//! Rows of our template that look like a row of another file.
//!
//! People answer with the template: with a repaired row whose file they then send again, mended; with a day of
//! settlement that the broker's file lacks; with a dividend typed in that the file tells as well; with the same trades in
//! other words. Where such a row was written to complete another one, it joins it. Else only the sender knows: counted
//! twice it would double an income, counted once it may lose one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Ledger, merge::recount, order, repair::Repaired};
use crate::{
    money::Currency,
    statement::{
        AccountIx, Code, Diagnostic, Event, FileId, InstrumentIx, Source, TEMPLATE, Transaction,
    },
};

/// What two rows must share to look alike. Charges, taxes and times are often left out.
type Likeness = (Date, InstrumentIx, u8, [Decimal; 2], Option<Currency>);

/// Rows of templates that look alike, by file, the first one last; without an account where the row names none.
type Open = BTreeMap<(Likeness, Option<AccountIx>), BTreeMap<FileId, Vec<usize>>>;

/// So many rows alike are tried before a row is taken to have none of its own: hostile files repeat one row for ever.
const TRIES: usize = 8;

/// The same but for the figures.
type Place = (Date, InstrumentIx, u8);

/// Joins rows of templates to those that they complete, and reports those that may be told twice. Whether anything was
/// joined.
pub(super) fn join(ledger: &mut Ledger, repaired: &Repaired) -> bool {
    let templates: BTreeSet<FileId> =
        files(ledger).filter(|(_, format)| *format == TEMPLATE).map(|(file, _)| file).collect();
    let read = files(ledger).filter(|(_, format)| !format.is_empty()).count();
    if templates.is_empty() || read < 2 {
        return false;
    }
    let found = Search { ledger, repaired, templates }.run();
    let joined = !found.joined.is_empty();
    ledger.diagnostics.extend(found.findings);
    for (at, settled_on) in found.settled {
        if let Some(transaction) = ledger.transactions.get_mut(at)
            && let Event::Buy(trade) | Event::Sell(trade) = &mut transaction.event
        {
            trade.settle_on(Some(settled_on));
        }
    }
    let mut at = 0;
    ledger.transactions.retain(|_| {
        at += 1;
        !found.joined.contains_key(&(at - 1))
    });
    for source in found.joined.into_values() {
        recount(&mut ledger.inputs, source, |rows| {
            rows.used = rows.used.saturating_sub(1);
            rows.duplicate += 1;
        });
    }
    joined
}

fn files(ledger: &Ledger) -> impl Iterator<Item = (FileId, &'static str)> + '_ {
    ledger.inputs.iter().map(|input| (input.file, input.format))
}

struct Search<'a> {
    ledger: &'a Ledger,
    repaired: &'a Repaired,
    templates: BTreeSet<FileId>,
}

/// What is to do.
#[derive(Default)]
struct Found {
    /// Rows of a template that another row tells, by their place.
    joined: BTreeMap<usize, Source>,
    /// Trades of which a template tells the day of settlement.
    settled: Vec<(usize, Date)>,
    findings: Vec<Diagnostic>,
}

impl Search<'_> {
    fn run(&self) -> Found {
        let mut open = Open::new();
        let mut orphans: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for (at, row) in self.ledger.transactions.iter().enumerate().rev() {
            let file = row.source.file;
            if !self.templates.contains(&file) || row.event == Event::Block {
                continue;
            }
            let account = row.key.map(|_| row.account);
            open.entry((likeness(row), account)).or_default().entry(file).or_default().push(at);
            if self.repaired.orphans.contains(&row.source) {
                orphans.entry(place(row)).or_default().push(at);
            }
        }
        let mut found = Found::default();
        for (at, row) in self.ledger.transactions.iter().enumerate() {
            if let Some(own) = self.alike(row, &mut open) {
                self.decide(own, at, row, &mut found);
            }
        }
        self.ask_for_orphans(orphans, &mut found);
        found
    }

    /// Takes out a row of a template that may be this row of another file.
    fn alike(&self, row: &Transaction, open: &mut Open) -> Option<usize> {
        let likeness = likeness(row);
        let in_template = self.templates.contains(&row.source.file);
        // Rows of two templates without a name on both were compared before.
        let accounts = match (in_template, row.key.is_some()) {
            (true, false) => return None,
            (true, true) => [Some(Some(row.account)), None],
            (false, _) => [Some(Some(row.account)), Some(None)],
        };
        for account in accounts.into_iter().flatten() {
            let Some(files) = open.get_mut(&(likeness, account)) else { continue };
            for (file, rows) in files {
                // Of two templates the later one repeats the earlier one.
                if in_template && *file <= row.source.file {
                    continue;
                }
                let is_of = |own: &usize| !self.stands_for_another(*own, row);
                if let Some(back) = rows.iter().rev().take(TRIES).position(is_of) {
                    return Some(rows.remove(rows.len() - 1 - back));
                }
            }
        }
        None
    }

    /// Whether the row of a template stands for an unreadable row of that very file.
    fn stands_for_another(&self, own: usize, row: &Transaction) -> bool {
        let own = self.ledger.transactions.get(own);
        let original = own.and_then(|own| self.repaired.replacing.get(&own.source));
        original == Some(&row.source.file)
    }

    fn decide(&self, own: usize, at: usize, row: &Transaction, found: &mut Found) {
        let Some(told) = self.ledger.transactions.get(own) else { return };
        let own_day = settled_on(told);
        let completes = own_day.is_some() && settled_on(row).is_none();
        let is_brokers = !self.templates.contains(&row.source.file);
        if is_brokers && (completes || self.repaired.orphans.contains(&told.source)) {
            found.joined.insert(own, told.source);
            found.settled.extend(own_day.filter(|_| completes).map(|day| (at, day)));
        } else {
            found.findings.push(self.finding(told, row));
        }
    }

    /// The file of a repaired row is gone, and another one tells something of the same day, kind and instrument: the
    /// repaired row may be in it, in the figures of the broker.
    fn ask_for_orphans(&self, mut orphans: BTreeMap<Place, Vec<usize>>, found: &mut Found) {
        if orphans.is_empty() {
            return;
        }
        let mut settled: BTreeSet<Source> = found.joined.values().copied().collect();
        settled.extend(
            found
                .findings
                .iter()
                .filter_map(|finding| Some(Source { file: finding.file?, row: finding.row? })),
        );
        let rows = self.ledger.transactions.iter();
        for row in rows.filter(|row| !self.templates.contains(&row.source.file)) {
            for own in orphans.get_mut(&place(row)).map(std::mem::take).unwrap_or_default() {
                if let Some(own) = self.ledger.transactions.get(own)
                    && settled.insert(own.source)
                {
                    found.findings.push(self.finding(own, row));
                }
            }
        }
    }

    fn finding(&self, own: &Transaction, row: &Transaction) -> Diagnostic {
        let other = format!("{}: {}", self.ledger.file_name(row.source.file), row.source.row);
        Diagnostic::at(Code::LikelyDuplicate, own.source)
            .found("", own.day.to_string())
            .detail(other)
    }
}

fn place(row: &Transaction) -> Place {
    (row.day, row.instrument, order::rank(&row.event))
}

fn likeness(row: &Transaction) -> Likeness {
    let [first, second, _] = order::content(&row.event);
    let is_trade = matches!(row.event, Event::Buy(_) | Event::Sell(_) | Event::OpeningLot { .. });
    let second = if is_trade { second } else { Decimal::ZERO };
    let currency = order::currency(&row.event);
    (row.day, row.instrument, order::rank(&row.event), [first, second], currency)
}

fn settled_on(row: &Transaction) -> Option<Date> {
    let (Event::Buy(trade) | Event::Sell(trade)) = &row.event else { return None };
    trade.settled_on()
}
