//! `Transaction Fees` and `Commission Adjustments`: charges of trades in rows of their own.
//!
//! They are attached when the file has been read. A stamp duty booked at the very moment of a trade is
//! part of the trade's `Comm/Fee` already (the cash report adds both up to it), so it counts as told
//! twice; a daily tax booked later that day, and any adjustment, comes on top. What has no trade is a
//! fee of the day.

use hashbrown::{HashMap, HashSet};
use jiff::civil::Date;

use super::{
    category::Category,
    reader::Reader,
    repair, session,
    table::{Problem, Row},
};
use crate::{
    money::Money,
    statement::{AccountIx, Code, Event, EventKey, InstrumentIx, Source, Transaction, when::Stamp},
};

/// A charge that waits for its trade.
#[derive(Debug)]
pub(super) struct LateCharge {
    source: Source,
    key: EventKey,
    account: AccountIx,
    instrument: InstrumentIx,
    stamp: Stamp,
    /// The moment that a trade with the same stamp has.
    moment: Stamp,
    /// Positive: paid.
    amount: Money,
    /// Whether a row at the same moment repeats a part of the trade's commission.
    breakdown: bool,
}

/// Reads one `Data` row of `Transaction Fees`.
pub(super) fn transaction_fee(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    let c = row.columns;
    let category = Category::parse(row.cell(c.category));
    if category.settles_results() || category == Category::Crypto {
        reader.block_symbol(row, category, row.text(c.symbol), None);
        let kind = row.text(c.category);
        return reader.unknown_kind(row.line, Code::UnsettledAction, c.category.name, kind);
    }
    let category = if category == Category::Unknown { Category::Security } else { category };
    wait(reader, row, row.stamp(c.when), Some((category, row.text(c.symbol))), true);
}

/// Reads one `Data` row of `Commission Adjustments`: `… (SYM)`.
pub(super) fn adjustment(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    let text = row.text(row.columns.description);
    let inside = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let symbol = inside.map(|(_, symbol)| (Category::Security, symbol.trim()));
    wait(reader, row, row.cash_day(), symbol.filter(|(_, symbol)| !symbol.is_empty()), false);
}

fn wait(
    reader: &mut Reader,
    row: &Row<'_>,
    stamp: Result<Stamp, Problem>,
    symbol: Option<(Category, &str)>,
    breakdown: bool,
) {
    let (stamp, Money { amount, currency }) = match row.cash_on(stamp) {
        Ok(read) => read,
        Err(problems) => {
            reader.reject(row.line, &problems.0);
            return repair::cash(reader, row, "fee");
        }
    };
    let category = symbol.map_or(Category::Unknown, |(category, _)| category);
    let found =
        symbol.map(|(category, symbol)| reader.instrument(category, symbol, Some(stamp.day)));
    let instrument = found.and_then(Result::ok).unwrap_or(InstrumentIx::NONE);
    let is_eastern = reader
        .builder
        .instrument_mut(instrument)
        .is_some_and(|known| session::is_eastern(&known.exchange));
    // A charge has the clock of its trade; but what is booked in the evening of New York is mostly the
    // charge of a trade by daylight.
    let place = reader.place(category, is_eastern, currency);
    let moment = place.trade_day(stamp, None);
    let charge = LateCharge {
        source: reader.builder.source(row.line),
        key: reader.cash_key("Charges", row, amount),
        account: reader.account(row),
        instrument,
        stamp: if place == session::Place::East { moment } else { stamp },
        moment,
        amount: Money::new(-amount, currency),
        breakdown,
    };
    reader.charges.push(charge);
}

/// A trade of the file, as far as a charge must know it.
#[derive(Clone, Copy)]
struct Candidate {
    at: usize,
    commission: Money,
}

/// What a charge and its trade have in common, with the moment or the day.
type Place<T> = (AccountIx, InstrumentIx, T);

/// The trades that charges may belong to: of a moment the first, of a day the last of the file.
#[derive(Default)]
struct Candidates {
    by_moment: HashMap<Place<Stamp>, Candidate>,
    by_day: HashMap<Place<Date>, Candidate>,
}

/// Attaches all waiting charges and counts their rows.
pub(super) fn attach(reader: &mut Reader) {
    let charges = std::mem::take(&mut reader.charges);
    if charges.is_empty() {
        return;
    }
    let candidates = Candidates::of(reader.builder.transactions_mut(), &charges);
    let sums = sums(&charges);
    for charge in &charges {
        let LateCharge { account, instrument, stamp, moment, .. } = *charge;
        let moment = (account, instrument, moment);
        let exact = candidates.by_moment.get(&moment);
        if let Some(trade) = exact.filter(|_| charge.breakdown)
            && told_already(trade, sums.get(&moment).copied().flatten())
        {
            reader.builder.duplicate();
            continue;
        }
        let same_day = candidates.by_day.get(&(account, instrument, stamp.day));
        reader.builder.used();
        match exact.or(same_day) {
            Some(trade) => add(reader.builder.transactions_mut(), trade.at, charge.amount),
            None => fee(reader, charge),
        }
    }
}

impl Candidates {
    fn of(transactions: &[Transaction], charges: &[LateCharge]) -> Self {
        let days: HashSet<(InstrumentIx, Date)> = charges
            .iter()
            .flat_map(|charge| {
                [charge.stamp.day, charge.moment.day].map(|day| (charge.instrument, day))
            })
            .collect();
        let mut candidates = Self::default();
        for (at, transaction) in transactions.iter().enumerate() {
            let Transaction { account, instrument, day, millisecond, .. } = *transaction;
            if !days.contains(&(instrument, day)) {
                continue;
            }
            if let Some(candidate) = Candidate::of(at, &transaction.event) {
                let moment = (account, instrument, Stamp { day, millisecond });
                candidates.by_moment.entry(moment).or_insert(candidate);
                candidates.by_day.insert((account, instrument, day), candidate);
            }
        }
        candidates
    }
}

impl Candidate {
    /// The event, if it is a trade.
    fn of(at: usize, event: &Event) -> Option<Self> {
        let (Event::Buy(trade)
        | Event::Sell(trade)
        | Event::OpenShort(trade)
        | Event::CloseShort(trade)) = event
        else {
            return None;
        };
        Some(Self { at, commission: trade.commission })
    }
}

/// What all breakdowns of one moment add up to; nothing where their currencies differ.
fn sums(charges: &[LateCharge]) -> HashMap<Place<Stamp>, Option<Money>> {
    let mut sums = HashMap::new();
    for charge in charges.iter().filter(|charge| charge.breakdown) {
        let LateCharge { account, instrument, moment, amount, .. } = *charge;
        let place = (account, instrument, moment);
        let sum = sums.entry(place).or_insert_with(|| Some(Money::zero(amount.currency)));
        *sum = sum
            .filter(|sum| sum.currency == amount.currency)
            .map(|sum| Money::new(sum.amount.saturating_add(amount.amount), sum.currency));
    }
    sums
}

/// Whether all charges of the trade's moment together fit into its commission.
fn told_already(trade: &Candidate, sum: Option<Money>) -> bool {
    sum.is_some_and(|sum| {
        sum.currency == trade.commission.currency && sum.amount <= trade.commission.amount
    })
}

fn add(transactions: &mut [Transaction], at: usize, charge: Money) {
    if let Some(Transaction {
        event:
            Event::Buy(trade) | Event::Sell(trade) | Event::OpenShort(trade) | Event::CloseShort(trade),
        ..
    }) = transactions.get_mut(at)
    {
        trade.add_charge(charge);
    }
}

fn fee(reader: &mut Reader, charge: &LateCharge) {
    let LateCharge { source, key, account, stamp, amount, .. } = *charge;
    let Stamp { day, millisecond } = stamp;
    let (key, instrument) = (Some(key), InstrumentIx::NONE);
    let event = Event::Fee { amount };
    reader.builder.push(Transaction { source, key, account, instrument, day, millisecond, event });
}
