//! `Corporate Actions`: splits, changes of identity and cash mergers; everything else is for a person
//! (tax-law 2.4).
//!
//! One action may have several rows (old shares out, new shares in), so rows are kept and settled
//! together when the file has been read.

use rust_decimal::Decimal;

use super::{
    category::Category,
    cells,
    description::{self, Subject},
    reader::Reader,
    repair,
    table::{Problems, Row},
};
use crate::{
    money::Money,
    statement::{
        AccountIx, Code, Event, EventKey, InstrumentIx, Source, SplitRatio, Trade, Transaction,
        when::Stamp,
    },
};

/// One readable row.
#[derive(Debug)]
pub(super) struct Action {
    source: Source,
    key: EventKey,
    account: AccountIx,
    stamp: Stamp,
    /// The description without its last parenthesis: equal for all rows of one action.
    text: String,
    whole: String,
    /// The instrument named first, to which the action happens.
    subject: InstrumentIx,
    /// The instrument of this row.
    target: InstrumentIx,
    quantity: Decimal,
    proceeds: Money,
}

/// What a description says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Split(SplitRatio),
    Rename,
    /// A sale by law: cash per share, or cash for a fraction.
    CashSale {
        per_share: Option<Decimal>,
    },
    Unsettled,
}

/// The identifiers before and after an action that only changes the identity or the count.
pub(super) fn identities(text: &str) -> Option<(&str, &str)> {
    let subject = description::subject(text)?;
    let (_, target) = description::target(text)?;
    match Kind::of(text) {
        Kind::Rename => Some((subject.id, renamed_to(text).unwrap_or(target.id))),
        Kind::Split(_) => Some((subject.id, target.id)),
        Kind::CashSale { .. } | Kind::Unsettled => None,
    }
}

impl Kind {
    fn of(text: &str) -> Self {
        let lower = text.to_ascii_lowercase();
        if lower.contains("cusip/isin change to") {
            return Self::Rename;
        }
        if lower.contains("cash in lieu") {
            return Self::CashSale { per_share: None };
        }
        // A liquidation or a bond's redemption is not a sale (tax-law 2.4, 2.9).
        let offer = [") merged(acquisition)", ") merged(voluntary offer allocation)"];
        if offer.iter().any(|kind| lower.contains(kind)) && !lower.contains(" with ") {
            return per_share(&lower)
                .map_or(Self::Unsettled, |price| Self::CashSale { per_share: Some(price) });
        }
        // `split` must be the verb, not a part of another action or of a name.
        let verb = lower.split_once(") ").map_or("", |(_, rest)| rest.trim_start());
        let verb = verb.strip_prefix("reverse ").unwrap_or(verb);
        verb.strip_prefix("split ").and_then(ratio).map_or(Self::Unsettled, Self::Split)
    }
}

/// `4 for 1` and what follows.
fn ratio(text: &str) -> Option<SplitRatio> {
    let mut words = text.split_whitespace();
    let new = cells::number(words.next()?.as_bytes(), cells::NumberStyle::Point).ok()?;
    let by = words.next()?;
    let old = cells::number(words.next()?.as_bytes(), cells::NumberStyle::Point).ok()?;
    let positive = new > Decimal::ZERO && old > Decimal::ZERO;
    (by == "for" && positive).then_some(SplitRatio { new, old })
}

/// `… for USD 95.00 per share`.
fn per_share(lower: &str) -> Option<Decimal> {
    let (before, _) = lower.split_once(" per share")?;
    let price = before.rsplit(' ').next()?;
    cells::number(price.as_bytes(), cells::NumberStyle::Point).ok()
}

fn renamed_to(text: &str) -> Option<&str> {
    let at = text.to_ascii_lowercase().find("change to (")?;
    let (id, _) = text.get(at..)?.split_once('(')?.1.split_once(')')?;
    Some(id.trim())
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    if row.is_total() {
        return reader.builder.neutral();
    }
    let text = row.text(c.description);
    let day = row.stamp(c.when).ok().map(|stamp| stamp.day);
    let category = Category::parse(row.cell(c.category));
    let (Some(subject), Category::Security) = (description::subject(text), category) else {
        let symbol = description::subject(text).map_or("", |subject| subject.symbol);
        reader.block_symbol(row, category, symbol, day);
        return reader.unsettled(row.line, c.description.name, text);
    };
    let mut problems = Problems::default();
    let stamp = problems.check(row.stamp(c.when));
    let quantity = problems.check(row.number(c.quantity));
    let proceeds = problems.check(row.number_or_zero(c.proceeds));
    let currency = problems.check(row.currency());
    let (Some(stamp), Some(quantity), Some(proceeds), Some(currency)) =
        (stamp, quantity, proceeds, currency)
    else {
        reader.block_symbol(row, category, subject.symbol, day);
        reader.reject(row.line, &problems.0);
        return repair::cash(reader, row, "split");
    };
    keep(reader, row, subject, stamp, quantity, Money::new(proceeds, currency));
}

fn keep(
    reader: &mut Reader,
    row: &Row<'_>,
    subject: Subject<'_>,
    stamp: Stamp,
    quantity: Decimal,
    proceeds: Money,
) {
    let whole = row.text(row.columns.description);
    let (text, target) = description::target(whole).unwrap_or((whole, subject));
    let from = reader.subject(subject, stamp.day);
    let to = reader.subject(target, stamp.day);
    let (Ok(from), Ok(to)) = (from, to) else {
        reader.block_symbol(row, Category::Security, subject.symbol, Some(stamp.day));
        let problem = row.problem(row.columns.description, Code::NoInstrument);
        return reader.reject(row.line, &[problem]);
    };
    let action = Action {
        source: reader.builder.source(row.line),
        key: reader.cash_key("Corporate Actions", row, quantity),
        account: reader.account(row),
        stamp,
        text: text.to_owned(),
        whole: whole.to_owned(),
        subject: from,
        target: to,
        quantity,
        proceeds,
    };
    reader.actions.push(action);
}

/// Settles all actions of the file and counts their rows.
pub(super) fn settle(reader: &mut Reader) {
    let mut rest = std::mem::take(&mut reader.actions);
    while let Some(first) = rest.first() {
        let id = (first.account, first.stamp, first.text.clone());
        let (group, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|action| {
            (action.account, action.stamp) == (id.0, id.1) && action.text == id.2
        });
        rest = others;
        settle_group(reader, &group);
    }
}

fn settle_group(reader: &mut Reader, group: &[Action]) {
    let Some(first) = group.first() else { return };
    match Kind::of(&first.whole) {
        Kind::Split(ratio) => {
            push(reader, first, first.subject, 0, Event::Split(ratio));
            rename(reader, group, renamed(group));
            count_used(reader, group);
        }
        Kind::Rename => match renamed(group) {
            Some(to) => {
                rename(reader, group, Some(to));
                count_used(reader, group);
            }
            None => unsettled(reader, group),
        },
        Kind::CashSale { per_share } => {
            for action in group {
                sell(reader, action, per_share);
            }
        }
        Kind::Unsettled => unsettled(reader, group),
    }
}

fn count_used(reader: &mut Reader, group: &[Action]) {
    for _ in group {
        reader.builder.used();
    }
}

/// The one other identity among the rows; `None` if there is none or more than one.
fn renamed(group: &[Action]) -> Option<InstrumentIx> {
    let mut others = group.iter().filter(|action| action.target != action.subject);
    let to = others.next()?.target;
    others.all(|action| action.target == to).then_some(to)
}

/// The lots move a moment after the split, so that the order is clear.
fn rename(reader: &mut Reader, group: &[Action], to: Option<InstrumentIx>) {
    if let (Some(action), Some(to)) = (group.last(), to) {
        push(reader, action, action.subject, 1, Event::Rename { to });
    }
}

/// A cash merger or cash for a fraction is an ordinary sale (tax-law 2.4).
fn sell(reader: &mut Reader, action: &Action, per_share: Option<Decimal>) {
    let quantity = action.quantity.abs();
    let product = per_share.and_then(|price| price.checked_mul(quantity));
    let amount = Some(action.proceeds.amount).filter(|stated| !stated.is_zero()).or(product);
    match amount {
        Some(amount) if action.quantity < Decimal::ZERO && amount >= Decimal::ZERO => {
            let currency = action.proceeds.currency;
            let trade = Trade {
                quantity,
                gross: Money::new(amount, currency),
                commission: Money::zero(currency),
                charges: Vec::new(),
                settled_on: None,
            };
            push(reader, action, action.target, 0, Event::Sell(trade));
            reader.builder.used();
        }
        _ => unsettled(reader, std::slice::from_ref(action)),
    }
}

fn unsettled(reader: &mut Reader, group: &[Action]) {
    for (place, action) in group.iter().enumerate() {
        for instrument in [action.subject, action.target] {
            let (day, line) = (Some(action.stamp.day), action.source.row);
            reader.block(action.account, instrument, day, line);
        }
        // One finding for the action, each row counted.
        match place {
            0 => reader.unsettled(action.source.row, "Description", &action.whole),
            _ => reader.builder.unknown(),
        }
    }
}

fn push(reader: &mut Reader, action: &Action, instrument: InstrumentIx, after: u32, event: Event) {
    let [low, high] = action.key.0;
    let part = if after == 0 { "ibkr-action" } else { "ibkr-rename" };
    let id = [low.to_le_bytes(), high.to_le_bytes()].concat();
    let key = Some(reader.builder.key(part, &id));
    reader.builder.push(Transaction {
        source: action.source,
        key,
        account: action.account,
        instrument,
        day: action.stamp.day,
        millisecond: action.stamp.millisecond + after,
        event,
    });
}
