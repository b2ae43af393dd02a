//! `Financial Instrument Information`: the only place of ISINs, at the end of the file.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{category::Category, table::Row};
use crate::{
    money::Country,
    statement::{InstrumentKind, Isin},
};

/// One line of the section.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) conid: String,
    pub(super) isin: Option<Isin>,
    pub(super) name: String,
    pub(super) exchange: String,
    /// Units per contract, if stated.
    pub(super) multiplier: Option<Decimal>,
    /// The symbol of what a derivative is on.
    underlying: String,
    /// The ISIN of what a derivative is on, which only Flex queries tell.
    underlying_isin: Option<Isin>,
}

/// An instrument that goes on under another ISIN from a day on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Succession {
    pub(super) on: Date,
    pub(super) old: Isin,
    pub(super) new: Isin,
}

impl Listing {
    fn of(row: &Row<'_>, category: Category) -> Self {
        let c = row.columns;
        let isin =
            [c.isin, c.security_id].into_iter().find_map(|id| Isin::parse(row.text(id)).ok());
        Self {
            conid: row.text(c.conid).to_owned(),
            isin: isin.filter(|_| category.kind() != InstrumentKind::Derivative),
            name: row.text(c.description).to_owned(),
            exchange: row.text(c.exchange).to_owned(),
            multiplier: row.number(c.multiplier).ok().filter(|number| !number.is_zero()),
            underlying: row.text(c.underlying).to_owned(),
            underlying_isin: Isin::parse(row.text(c.underlying_id)).ok(),
        }
    }

    fn identity(&self) -> Option<Identity> {
        let contract = || Some(self.conid.clone()).filter(|conid| !conid.is_empty());
        self.isin.map(Identity::Isin).or_else(|| contract().map(Identity::Contract))
    }
}

/// The symbols that a row lists. Trades call an option as its description does
/// (`ZZA 20DEC24 150 C`), the list by its OCC code (`ZZA   241220C00150000`).
fn names<'r>(row: &Row<'r>, category: Category) -> Vec<&'r str> {
    let c = row.columns;
    let described = category.is_option().then(|| row.text(c.description));
    let mut names: Vec<&str> =
        row.text(c.symbol).split(',').chain(described).map(str::trim).collect();
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}

/// All lines of the section, by symbol and by identifier.
#[derive(Debug, Default)]
pub(super) struct Listings {
    all: Vec<Listing>,
    /// The distinct contracts of a symbol; of many, the first three.
    by_symbol: HashMap<(Category, String), Vec<usize>>,
    /// What is listed under a symbol already.
    identities: HashSet<(Category, String, Identity)>,
    by_id: HashMap<String, usize>,
    /// Changes of identity, to tell two instruments of one symbol apart by day.
    successions: HashMap<(Isin, Isin), Succession>,
    /// Whether the section is in the file at all.
    pub(super) present: bool,
}

/// What two lines of one listing have in common: the ISIN, or the number of a contract without one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Identity {
    Isin(Isin),
    Contract(String),
}

/// More contracts than these can share a symbol, but none of them can be told then.
const DISTINCT_MAX: usize = 3;

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
    /// Takes one row. Aliases in one cell (`FB, META`) all lead to it. What is known is not kept twice.
    pub(super) fn add(&mut self, row: &Row<'_>) {
        let c = row.columns;
        let category = Category::parse(row.cell(c.category));
        let listing = Listing::of(row, category);
        let names = names(row, category);
        if let Some(identity) = listing.identity() {
            let under = |name: &&str| (category, (*name).to_owned(), identity.clone());
            if names.iter().map(under).any(|listed| self.identities.contains(&listed)) {
                return;
            }
            self.identities.extend(names.iter().map(under));
        }
        let index = self.all.len();
        for id in [listing.conid.as_str(), row.text(c.security_id), row.text(c.isin)] {
            // A derivative may be listed with the ISIN of what it is on.
            if !id.is_empty()
                && (id == listing.conid || category.kind() != InstrumentKind::Derivative)
            {
                self.by_id.insert(id.to_owned(), index);
            }
        }
        self.all.push(listing);
        for name in names {
            let of_symbol = self.by_symbol.entry((category, name.to_owned())).or_default();
            distinguish(of_symbol, &self.all, index);
        }
        self.present = true;
    }

    /// Takes a change of identity, if a row tells one; of several between the same two the first counts.
    pub(super) fn succeed(&mut self, change: Option<Succession>) {
        if let Some(change) = change {
            self.successions.entry(either_way(change.old, change.new)).or_insert(change);
        }
    }

    /// The issuer's country of what a derivative is on.
    pub(super) fn country_of_underlying(&self, listing: &Listing) -> Option<Country> {
        let listed = match self.by_symbol(Category::Security, &listing.underlying, None) {
            Found::One(underlying) => underlying.isin,
            Found::None | Found::Several => None,
        };
        listing.underlying_isin.or(listed)?.country()
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
        let mut distinct = indexes.iter().filter_map(|&index| self.all.get(index));
        match (distinct.next(), distinct.next(), distinct.next()) {
            (None, ..) => Found::None,
            (Some(only), None, _) => Found::One(only),
            (Some(a), Some(b), None) => self.by_day(a, b, day).map_or(Found::Several, Found::One),
            (Some(_), Some(_), Some(_)) => Found::Several,
        }
    }

    /// Of an instrument and its successor, the one that the symbol meant on the day.
    fn by_day<'l>(&self, a: &'l Listing, b: &'l Listing, day: Option<Date>) -> Option<&'l Listing> {
        let day = day?;
        let (one, other) = (a.isin?, b.isin?);
        let change = self.successions.get(&either_way(one, other))?;
        let wanted = if day <= change.on { change.old } else { change.new };
        Some(if wanted == one { a } else { b })
    }

    /// ISINs whose check digit is wrong, each once.
    pub(super) fn doubtful(&self) -> BTreeSet<Isin> {
        let isins = self.all.iter().filter_map(|listing| listing.isin);
        isins.filter(|isin| !isin.has_valid_check_digit()).collect()
    }
}

/// Two ISINs, whichever came first.
fn either_way(one: Isin, other: Isin) -> (Isin, Isin) {
    if one <= other { (one, other) } else { (other, one) }
}

/// Adds a line to the distinct contracts of a symbol, where it stands for another that lacks an ISIN.
fn distinguish(distinct: &mut Vec<usize>, all: &[Listing], index: usize) {
    let Some(listing) = all.get(index) else { return };
    for at in distinct.iter_mut() {
        if let Some(known) = all.get(*at).filter(|known| same(known, listing)) {
            if known.isin.is_none() {
                *at = index;
            }
            return;
        }
    }
    if distinct.len() < DISTINCT_MAX {
        distinct.push(index);
    }
}

/// Two lines of one contract: the same number, or no numbers and the same ISIN.
fn same(a: &Listing, b: &Listing) -> bool {
    (!a.conid.is_empty() && a.conid == b.conid) || (a.isin.is_some() && a.isin == b.isin)
}
