//! `Corporate Actions`: what is settled becomes events, the rest is for a person (tax-law 2.4).
//!
//! One action may have several rows (old shares out, new shares in), so rows are kept and settled
//! together when the file has been read.

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    action_kind::Kind,
    category::Category,
    description::{self, Subject},
    proposal,
    reader::Reader,
    repair,
    table::{Problems, Row},
    trades,
};
use crate::{
    money::{Country, Money},
    statement::{
        AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, Severity, Source, SplitRatio,
        Trade, Transaction, when::Stamp,
    },
};

/// One readable row.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) source: Source,
    key: EventKey,
    pub(super) account: AccountIx,
    pub(super) stamp: Stamp,
    /// The description without its last parenthesis: equal for all rows of one action.
    text: String,
    pub(super) whole: String,
    /// The instrument named first, to which the action happens.
    pub(super) subject: InstrumentIx,
    /// The instrument of this row.
    pub(super) target: InstrumentIx,
    pub(super) quantity: Decimal,
    pub(super) proceeds: Money,
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    if row.is_total() {
        return reader.builder.neutral();
    }
    let text = row.action();
    let day = row.stamp(c.when).ok().map(|stamp| stamp.day);
    let category = trades::category(row);
    let (Some(subject), Category::Security) = (description::subject(text), category) else {
        block(reader, row, category, day);
        return undecided(reader, row, category);
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

/// What is no action of shares. A bond that is repaid is no sale: the sender works out the discount, and we take it as
/// interest (tax-law 2.9).
fn undecided(reader: &mut Reader, row: &Row<'_>, category: Category) {
    let (column, text) = (row.columns.description.name, row.action());
    if category != Category::Bond || !is_repayment(text) {
        return reader.unsettled(row.line, column, text);
    }
    reader.builder.unknown();
    reader.diagnose(row.line, Code::BondRedeemed, column, text);
    repair::cash(reader, row, "interest");
}

/// `TBill Maturity`, `Bond Maturity FOR USD 1.00 PER BOND`, `FULL CALL / EARLY REDEMPTION`.
fn is_repayment(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["maturity", "full call", "partial call", "redemption"].iter().any(|word| lower.contains(word))
}

/// Blocks what the row names: in columns of its own, else in its words. A bill that falls due may have its
/// symbol at the end only.
fn block(reader: &mut Reader, row: &Row<'_>, category: Category, day: Option<Date>) {
    if row.flex && !row.cell(row.columns.isin).is_empty() {
        return trades::block(reader, row, category);
    }
    let text = row.action();
    let named = description::subject(text).or_else(|| Some(description::target(text)?.1));
    reader.block_symbol(row, category, named.map_or("", |subject| subject.symbol), day);
}

fn keep(
    reader: &mut Reader,
    row: &Row<'_>,
    subject: Subject<'_>,
    stamp: Stamp,
    quantity: Decimal,
    proceeds: Money,
) {
    let whole = row.action();
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
    let actions = std::mem::take(&mut reader.actions);
    for group in groups(actions) {
        settle_group(reader, &group);
    }
}

/// The rows of each action, in the order of the first rows.
fn groups(actions: Vec<Action>) -> Vec<Vec<Action>> {
    let mut known = HashMap::new();
    let mut groups: Vec<Vec<Action>> = Vec::new();
    for action in actions {
        let id = (action.account, action.stamp, action.text.clone());
        let at = *known.entry(id).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.push(action);
        }
    }
    groups
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
        Kind::ShareMerger(ratio) => merge(reader, group, ratio),
        Kind::Tender => tender(reader, group),
        Kind::Rights => grant(reader, group),
        Kind::Delisted => delist(reader, group),
        Kind::SpinOff | Kind::StockDividend | Kind::Unsettled => unsettled(reader, group),
    }
}

/// Shares for shares within the EEA: art. 24 ust. 8–8d PIT make it neutral under conditions that the
/// file does not tell, hence the warning. Elsewhere a person decides.
fn merge(reader: &mut Reader, group: &[Action], ratio: SplitRatio) {
    let Some(first) = group.first() else { return };
    let cash = group.iter().any(|action| !action.proceeds.is_zero());
    let to = renamed(group).filter(|to| {
        let mut european =
            |index| reader.isin(index).and_then(|isin| isin.country()).is_some_and(eea);
        european(first.subject) && european(*to)
    });
    let Some(to) = to.filter(|_| !cash && agrees(group, ratio)) else {
        return unsettled(reader, group);
    };
    push(reader, first, first.subject, 0, Event::Split(ratio));
    rename(reader, group, Some(to));
    count_used(reader, group);
    warn(reader, first, "art. 24 ust. 8");
}

/// Whether old and new shares stand in that ratio, a fraction apart.
fn agrees(group: &[Action], ratio: SplitRatio) -> bool {
    let sum = |new: bool| -> Decimal {
        let of = group.iter().filter(|action| (action.target != action.subject) == new);
        of.map(|action| action.quantity).sum()
    };
    let (old, new) = (-sum(false), sum(true));
    let expected = old.checked_mul(ratio.new).and_then(|new| new.checked_div(ratio.old));
    expected.is_some_and(|expected| (expected - new).abs() < Decimal::ONE) && new > Decimal::ZERO
}

/// Shares set aside for an offer stay the holder's: the other symbol is another name for them.
fn tender(reader: &mut Reader, group: &[Action]) {
    let Some(first) = group.first() else { return };
    let moved: Decimal = group.iter().map(|action| action.quantity).sum();
    let paid = group.iter().any(|action| !action.proceeds.is_zero());
    match renamed(group) {
        Some(aside) if moved.is_zero() && !paid => {
            reader.aliases.insert(aside, first.subject);
            for _ in group {
                reader.builder.neutral();
            }
        }
        _ => unsettled(reader, group),
    }
}

/// Rights given to a shareholder have cost nothing (tax-law 2.4); the shares stay as they are.
fn grant(reader: &mut Reader, group: &[Action]) {
    let given = |action: &Action| {
        action.target != action.subject
            && action.quantity > Decimal::ZERO
            && action.proceeds.is_zero()
    };
    if !group.iter().all(given) {
        return unsettled(reader, group);
    }
    for action in group {
        let cost = Money::zero(action.proceeds.currency);
        let event = Event::OpeningLot { quantity: action.quantity, cost };
        push(reader, action, action.target, 0, event);
        reader.builder.used();
    }
}

/// Delisted shares are not disposed of: the lots stay, although the broker shows none any more.
fn delist(reader: &mut Reader, group: &[Action]) {
    for action in group {
        if action.proceeds.is_zero() {
            warn(reader, action, "0");
            reader.builder.neutral();
        } else {
            unsettled(reader, std::slice::from_ref(action));
        }
    }
}

fn warn(reader: &mut Reader, action: &Action, detail: &str) {
    let found = Diagnostic::at(Code::UnsettledAction, action.source)
        .found("Description", action.whole.as_str())
        .detail(detail);
    reader.builder.diagnose(Diagnostic { severity: Severity::Warning, ..found });
}

/// Whether a state is of the European Economic Area (art. 24 ust. 8b PIT speaks of its companies).
fn eea(country: Country) -> bool {
    const EEA: &[&str] = &[
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    EEA.contains(&country.as_str())
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
            let trade = Trade::new(quantity, Money::new(amount, currency), Money::zero(currency));
            push(reader, action, action.target, 0, Event::Sell(trade));
            reader.builder.used();
        }
        _ => unsettled(reader, std::slice::from_ref(action)),
    }
}

fn unsettled(reader: &mut Reader, group: &[Action]) {
    for action in group {
        for instrument in [action.subject, action.target] {
            let (day, line) = (Some(action.stamp.day), action.source.row);
            reader.block(action.account, instrument, day, line);
        }
        reader.builder.unknown();
    }
    // One finding for the action, each row counted.
    proposal::offer(reader, group);
}

fn push(reader: &mut Reader, action: &Action, instrument: InstrumentIx, after: u32, event: Event) {
    let [low, high] = action.key.into();
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
