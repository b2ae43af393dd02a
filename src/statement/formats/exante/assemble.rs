//! The rows of the ledger put together: legs into trades, halves into splits, taxes to their dividends.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::shared::{Arrival, Place};
use super::ledger::{Asset, Entry, Kind, Rows};
use super::listed::{Listed, Told};
use super::{account, account_name, comment, instrument, trade_key};
use crate::money::{Currency, Money};
use crate::statement::when::Stamp;
use crate::statement::{
    Code, Diagnostic, Event, EventKey, FileId, InstrumentIx, SplitRatio, StatementBuilder, Trade,
};

/// When dividends were credited, by account, symbol and the pay day that their comments name.
type Dividends<'e> = BTreeMap<(&'e str, &'e str, jiff::civil::Date), Stamp>;

/// The entries of one moment and symbol on one account.
type Moment = (String, jiff::civil::Date, u32, String);

/// Makes events of all rows and counts them.
pub(super) fn finish(rows: Rows, mut listed: Listed, file: FileId, builder: &mut StatementBuilder) {
    let mut entries = rows.entries;
    // Numbers grow with time; the order within a second is theirs.
    entries.sort_by(|a, b| {
        a.stamp
            .cmp(&b.stamp)
            .then_with(|| a.id.len().cmp(&b.id.len()))
            .then_with(|| a.id.cmp(&b.id))
            .then_with(|| a.row.cmp(&b.row))
    });
    let mut trades: BTreeMap<Moment, Vec<&Entry>> = BTreeMap::new();
    let mut splits: BTreeMap<Moment, Vec<&Entry>> = BTreeMap::new();
    let mut actions: BTreeMap<(String, String), Vec<&Entry>> = BTreeMap::new();
    let mut charges: BTreeMap<Currency, Decimal> = BTreeMap::new();
    let mut dividends = Dividends::new();
    for entry in entries.iter().filter(|entry| entry.kind == Kind::Dividend) {
        if let Some(paid) = comment::pay_day(&entry.comment) {
            dividends
                .entry((entry.account.as_str(), entry.symbol.as_str(), paid))
                .or_insert(entry.stamp);
        }
    }
    for entry in &entries {
        match entry.kind {
            Kind::Trade | Kind::Commission => trades.entry(moment(entry)).or_default().push(entry),
            Kind::Split => {
                let (account, day, _, symbol) = moment(entry);
                splits.entry((account, day, 0, symbol)).or_default().push(entry);
            }
            Kind::Action => {
                let key = (entry.account.clone(), entry.comment.clone());
                actions.entry(key).or_default().push(entry);
            }
            Kind::Dividend | Kind::Coupon | Kind::Interest => income(entry, &mut charges, builder),
            Kind::Tax => tax(entry, &dividends, builder),
            Kind::Rollover if entry.sum.is_sign_positive() && !entry.sum.is_zero() => {
                refuse(entry, Code::UnsettledAction, false, builder);
            }
            Kind::Rollover | Kind::Charge => charge(entry, &mut charges, builder),
            Kind::Custody => custody(entry, builder),
            Kind::Transfer => transfer(entry, builder),
            Kind::Exercise => refuse(entry, Code::UnsettledAction, true, builder),
        }
    }
    // What agrees to the second first, so that nothing else takes its place in the list.
    let told: Vec<(&Vec<&Entry>, Told)> =
        trades.values().map(|legs| (legs, in_list(legs, &mut listed))).collect();
    for (legs, told) in told {
        let told = if told == Told::Nothing { near_in_list(legs, &mut listed) } else { told };
        match told {
            Told::Same => legs.iter().for_each(|_| builder.duplicate()),
            Told::Otherwise => {
                for leg in legs {
                    refuse(leg, Code::UnsettledAction, true, builder);
                }
            }
            Told::Nothing => trade(legs, &mut charges, builder),
        }
    }
    for halves in splits.values() {
        split(halves, builder);
    }
    for rows in actions.values() {
        action(rows, builder);
    }
    for (currency, sum) in charges.into_iter().filter(|(_, sum)| !sum.is_zero()) {
        let value = Money::new(sum.normalize(), currency).to_string();
        builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
    }
}

/// Shares of a moment: bought less sold.
fn shares(legs: &[&Entry]) -> Decimal {
    let of_shares = |leg: &&&Entry| leg.kind == Kind::Trade && leg.asset == Asset::Shares;
    legs.iter().filter(of_shares).map(|leg| leg.sum).sum()
}

fn in_list(legs: &[&Entry], listed: &mut Listed) -> Told {
    let Some(first) = legs.first().filter(|_| !only_fees(legs)) else { return Told::Nothing };
    listed.find(&first.account, &first.symbol, first.stamp, shares(legs))
}

fn near_in_list(legs: &[&Entry], listed: &mut Listed) -> Told {
    let Some(first) = legs.first() else { return Told::Nothing };
    let (account, symbol, day) = (&first.account, &first.symbol, first.stamp.day);
    if !only_fees(legs) {
        return listed.find_near(account, symbol, day, shares(legs));
    }
    // The list has fees beside their trades.
    if listed.has_day(account, symbol, day) { Told::Same } else { Told::Nothing }
}

fn only_fees(legs: &[&Entry]) -> bool {
    legs.iter().all(|leg| leg.kind == Kind::Commission)
}

fn moment(entry: &Entry) -> Moment {
    let second = entry.stamp.millisecond / 1000;
    (entry.account.clone(), entry.stamp.day, second, entry.symbol.clone())
}

fn place(entry: &Entry, builder: &mut StatementBuilder) -> Place {
    let instrument = if entry.symbol.is_empty() {
        InstrumentIx::NONE
    } else {
        instrument(builder, entry.isin, &entry.symbol)
    };
    let account = account(builder, &entry.account);
    Place { row: entry.row, account, instrument, stamp: entry.stamp }
}

/// The broker numbers every row.
fn key(entry: &Entry, builder: &StatementBuilder) -> EventKey {
    let content = format!("{} {}", entry.account, entry.id);
    builder.key("exante-transaction", content.as_bytes())
}

fn refuse(entry: &Entry, code: Code, blocks: bool, builder: &mut StatementBuilder) {
    let source = builder.source(entry.row);
    let value = format!("{} {}", entry.symbol, entry.comment);
    builder.diagnose(Diagnostic::at(code, source).found("Comment", value.trim()));
    builder.unknown();
    let cells = [
        ("date", entry.stamp.day.to_string()),
        ("ticker", entry.symbol.clone()),
        ("amount", entry.sum.normalize().to_string()),
        ("account", account_name(&entry.account)),
        ("note", entry.comment.clone()),
    ];
    builder.repair(entry.row, cells.into_iter().filter(|(_, text)| !text.is_empty()).collect());
    if blocks && !entry.symbol.is_empty() {
        let here = place(entry, builder);
        builder.block(here.account, here.instrument, entry.stamp.day, entry.row);
    }
}

fn money(entry: &Entry) -> Option<Money> {
    match entry.asset {
        Asset::Money(currency) => Some(Money::new(entry.sum, currency)),
        Asset::Shares => None,
    }
}

/// Dividends and coupons gross; interest received. Interest paid is no cost of shares (tax-law 3).
fn income(
    entry: &Entry,
    charges: &mut BTreeMap<Currency, Decimal>,
    builder: &mut StatementBuilder,
) {
    let Some(gross) = money(entry) else {
        // Shares instead of money.
        return refuse(entry, Code::UnsettledAction, true, builder);
    };
    let withheld = Money::zero(gross.currency);
    let event = if entry.kind == Kind::Dividend {
        if entry.symbol.is_empty() {
            return refuse(entry, Code::NoInstrument, false, builder);
        }
        Event::Dividend { gross, withheld, country: comment::country(&entry.comment) }
    } else if entry.kind == Kind::Interest && gross.amount.is_sign_negative() {
        return charge(entry, charges, builder);
    } else {
        Event::Interest { gross, withheld }
    };
    let (here, key) = (place(entry, builder), key(entry, builder));
    builder.used();
    here.push(builder, key, event);
}

/// Tax at source on the day of its dividend, also where a later row corrects it (tax-law 7.6).
fn tax(entry: &Entry, dividends: &Dividends<'_>, builder: &mut StatementBuilder) {
    let amount = money(entry).filter(|_| comment::is_of_dividend(&entry.comment));
    let Some(amount) = amount.filter(|_| !entry.symbol.is_empty()) else {
        return refuse(entry, Code::UnsettledAction, false, builder);
    };
    let paid = comment::pay_day(&entry.comment);
    let own =
        paid.and_then(|day| dividends.get(&(entry.account.as_str(), entry.symbol.as_str(), day)));
    let mut here = place(entry, builder);
    here.stamp = match (own, paid) {
        (Some(stamp), _) => *stamp,
        (None, Some(day)) => Stamp { day, millisecond: 0 },
        (None, None) => entry.stamp,
    };
    let amount = Money::new(-amount.amount, amount.currency);
    let key = key(entry, builder);
    builder.used();
    let country = comment::country(&entry.comment);
    here.push(builder, key, Event::Withholding { amount, country });
}

fn charge(
    entry: &Entry,
    charges: &mut BTreeMap<Currency, Decimal>,
    builder: &mut StatementBuilder,
) {
    let Some(money) = money(entry) else {
        return refuse(entry, Code::UnknownRow, true, builder);
    };
    *charges.entry(money.currency).or_default() -= money.amount;
    builder.neutral();
}

/// A cost of part C without a country (tax-law 3).
fn custody(entry: &Entry, builder: &mut StatementBuilder) {
    let Some(money) = money(entry) else {
        return refuse(entry, Code::UnknownRow, true, builder);
    };
    let mut here = place(entry, builder);
    here.instrument = InstrumentIx::NONE;
    let key = key(entry, builder);
    builder.used();
    here.push(builder, key, Event::Fee { amount: Money::new(-money.amount, money.currency) });
}

/// Shares that came or went; money was counted before.
fn transfer(entry: &Entry, builder: &mut StatementBuilder) {
    if entry.sum.is_zero() || entry.symbol.is_empty() {
        return refuse(entry, Code::UnknownRow, true, builder);
    }
    let (here, key) = (place(entry, builder), key(entry, builder));
    builder.used();
    if entry.sum.is_sign_negative() {
        return here.left(builder, key, -entry.sum);
    }
    let account = account_name(&entry.account);
    let note = entry.comment.clone();
    let arrival = Arrival { account: &account, quantity: entry.sum, currency: None, note };
    here.came(builder, key, &arrival);
}

/// Legs of one second and symbol, in the order of their numbers: each leg of shares has its leg of money
/// and, mostly, its fee.
fn trade(
    legs: &[&Entry],
    charges: &mut BTreeMap<Currency, Decimal>,
    builder: &mut StatementBuilder,
) {
    let of = |kind: Kind, shares: bool| {
        let wanted =
            move |leg: &&&Entry| leg.kind == kind && (leg.asset == Asset::Shares) == shares;
        legs.iter().filter(wanted).copied().collect::<Vec<&Entry>>()
    };
    let (shares, sums) = (of(Kind::Trade, true), of(Kind::Trade, false));
    let fees = of(Kind::Commission, false);
    if shares.is_empty() && sums.is_empty() {
        for fee in fees {
            charge(fee, charges, builder);
        }
        return;
    }
    let opposite = shares.iter().zip(&sums).all(|(shares, sum)| {
        !shares.sum.is_zero() && shares.sum.is_sign_positive() != sum.sum.is_sign_positive()
    });
    let clear = opposite && shares.len() == sums.len() && fees.len() <= shares.len();
    let rolled = legs.iter().any(|leg| leg.comment.to_lowercase().contains("rollback"));
    // An option is told by its symbol of more than two parts; the size of its contract is not here.
    let option = shares.iter().any(|leg| leg.symbol.split('.').count() > 2);
    if !clear || rolled || option {
        return legs.iter().for_each(|leg| refuse(leg, Code::UnsettledAction, true, builder));
    }
    for (at, (leg, sum)) in shares.iter().zip(&sums).enumerate() {
        let Some(paid) = money(sum) else { continue };
        let gross = Money::new(paid.amount.abs(), paid.currency);
        let fee = fees.get(at).and_then(|fee| money(fee));
        let commission =
            fee.map_or(Money::zero(gross.currency), |fee| Money::new(-fee.amount, fee.currency));
        let quantity = leg.sum.abs();
        let trade = Trade::new(quantity, gross, commission);
        let key = trade_key(builder, &leg.account, leg.stamp, &leg.symbol, leg.sum);
        let here = place(leg, builder);
        let buys = leg.sum.is_sign_positive();
        builder.used();
        here.push(builder, key, if buys { Event::Buy(trade) } else { Event::Sell(trade) });
    }
    // The other rows of the same trades.
    (shares.len()..legs.len()).for_each(|_| builder.duplicate());
}

/// Two rows take the old shares and give the new ones, or one adds shares and its comment has the ratio.
fn split(halves: &[&Entry], builder: &mut StatementBuilder) {
    let Some(first) = halves.first() else { return };
    let sum = |positive: bool| {
        let wanted = |half: &&&Entry| half.sum.is_sign_positive() == positive;
        halves.iter().filter(wanted).map(|half| half.sum.abs()).sum::<Decimal>()
    };
    let (new, old) = (sum(true), sum(false));
    let told = halves.iter().find_map(|half| comment::split_ratio(&half.comment));
    let rows = (!new.is_zero() && !old.is_zero()).then_some(SplitRatio { new, old });
    // Fractions are paid out in money, so the ratio in words is the exact one.
    let Some(ratio) = told.or(rows) else {
        return halves.iter().for_each(|half| refuse(half, Code::UnsettledAction, true, builder));
    };
    let (here, key) = (place(first, builder), key(first, builder));
    builder.used();
    halves.iter().skip(1).for_each(|_| builder.duplicate());
    here.push(builder, key, Event::Split(ratio));
}

/// A change of symbol takes and gives the same number of shares; anything else is for the sender.
fn action(rows: &[&Entry], builder: &mut StatementBuilder) {
    let pair = rows.first().zip(rows.get(1)).filter(|_| rows.len() == 2);
    let named = pair.and_then(|(one, _)| comment::renamed(&one.comment));
    let legs = pair.zip(named).and_then(|((one, other), (old, new))| {
        let is = |entry: &Entry, name: &str| {
            entry.symbol == name || entry.symbol.split('.').next() == Some(name)
        };
        let (from, to) = if is(one, old) { (one, other) } else { (other, one) };
        (is(from, old) && is(to, new) && from.sum == -to.sum).then_some((*from, *to))
    });
    let Some((from, to)) = legs.filter(|(from, _)| from.sum.is_sign_negative()) else {
        return rows.iter().for_each(|row| refuse(row, Code::UnsettledAction, true, builder));
    };
    let target = place(to, builder).instrument;
    let (here, key) = (place(from, builder), key(from, builder));
    builder.used();
    builder.duplicate();
    here.push(builder, key, Event::Rename { to: target });
}
