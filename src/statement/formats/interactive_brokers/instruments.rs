//! `Financial Instrument Information`: the only place of ISINs, at the end of the file.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{category::Category, table::Row};
use crate::statement::Isin;

/// One line of the section.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) conid: String,
    pub(super) isin: Option<Isin>,
    pub(super) name: String,
    pub(super) exchange: String,
    /// Units per contract, if stated.
    pub(super) multiplier: Option<Decimal>,
}

/// An instrument that goes on under another ISIN from a day on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Succession {
    pub(super) on: Date,
    pub(super) old: Isin,
    pub(super) new: Isin,
}

/// All lines of the section, by symbol and by identifier.
#[derive(Debug, Default)]
pub(super) struct Listings {
    all: Vec<Listing>,
    by_symbol: HashMap<(Category, String), Vec<usize>>,
    by_id: HashMap<String, usize>,
    /// Changes of identity, to tell two instruments of one symbol apart by day.
    pub(super) successions: Vec<Succession>,
    /// Whether the section is in the file at all.
    pub(super) present: bool,
}

/// What a symbol stands for.
#[derive(Debug)]
pub(super) enum Found<'l> {
    /// One instrument.
    One(&'l Listing),
    /// The section does not name it.
    None,
    /// Several instruments share the symbol.
    Several,
}

impl Listings {
    /// Takes one row. Aliases in one cell (`FB, META`) all lead to it.
    pub(super) fn add(&mut self, row: &Row<'_>) {
        let c = row.columns;
        let security_id = row.text(c.security_id);
        let listing = Listing {
            conid: row.text(c.conid).to_owned(),
            isin: Isin::parse(security_id).ok(),
            name: row.text(c.description).to_owned(),
            exchange: row.text(c.exchange).to_owned(),
            multiplier: row.number(c.multiplier).ok().filter(|number| !number.is_zero()),
        };
        let index = self.all.len();
        for id in [row.text(c.conid), security_id] {
            if !id.is_empty() {
                self.by_id.insert(id.to_owned(), index);
            }
        }
        let category = Category::parse(row.cell(c.category));
        for symbol in row.text(c.symbol).split(',').map(str::trim).filter(|name| !name.is_empty()) {
            self.by_symbol.entry((category, symbol.to_owned())).or_default().push(index);
        }
        self.all.push(listing);
        self.present = true;
    }

    /// The listing of an ISIN, CUSIP or contract number.
    pub(super) fn by_id(&self, id: &str) -> Option<&Listing> {
        self.by_id.get(id).and_then(|&index| self.all.get(index))
    }

    /// The listing of a symbol as traded on a day.
    pub(super) fn by_symbol(
        &self,
        category: Category,
        symbol: &str,
        day: Option<Date>,
    ) -> Found<'_> {
        let Some(indexes) = self.by_symbol.get(&(category, symbol.to_owned())) else {
            return Found::None;
        };
        let mut distinct: Vec<&Listing> = Vec::new();
        for listing in indexes.iter().filter_map(|&index| self.all.get(index)) {
            match distinct.iter_mut().find(|known| same(known, listing)) {
                Some(known) if known.isin.is_none() => *known = listing,
                Some(_) => {}
                None => distinct.push(listing),
            }
        }
        match *distinct.as_slice() {
            [] => Found::None,
            [only] => Found::One(only),
            [a, b] => self.by_day(a, b, day).map_or(Found::Several, Found::One),
            _ => Found::Several,
        }
    }

    /// Of an instrument and its successor, the one that the symbol meant on the day.
    fn by_day<'l>(&self, a: &'l Listing, b: &'l Listing, day: Option<Date>) -> Option<&'l Listing> {
        let day = day?;
        let (one, other) = (a.isin?, b.isin?);
        let change = self.successions.iter().find(|change| {
            (change.old, change.new) == (one, other) || (change.old, change.new) == (other, one)
        })?;
        let wanted = if day <= change.on { change.old } else { change.new };
        Some(if wanted == one { a } else { b })
    }

    /// ISINs whose check digit is wrong, each once.
    pub(super) fn doubtful(&self) -> BTreeSet<Isin> {
        let isins = self.all.iter().filter_map(|listing| listing.isin);
        isins.filter(|isin| !isin.has_valid_check_digit()).collect()
    }
}

/// Two lines of one contract: the same number, or no numbers and the same ISIN.
fn same(a: &Listing, b: &Listing) -> bool {
    (!a.conid.is_empty() && a.conid == b.conid) || (a.isin.is_some() && a.isin == b.isin)
}
