//! What the sheets come to together.

use hashbrown::{HashMap, HashSet};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::activity::Activity;
use super::charges::Charges;
use super::closed::Position;
use super::dividends::Dividend;
use super::kind::{Class, Kind};
use super::names::{self, Names};
use super::summary::{self, Total};
use super::{charges, shares};
use crate::money::{Currency, Money};
use crate::statement::formats::clock::Clock;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, Isin, Source,
    SplitRatio, StatementBuilder, Transaction,
};

/// A block without a date of its own holds from the beginning.
const UNDATED: Date = date(1990, 1, 1);

/// The rows that have a tax effect, before they are put together.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) has_activity: bool,
    pub(super) has_dividends: bool,
    pub(super) closed: Vec<Position>,
    pub(super) activity: Vec<Activity>,
    pub(super) dividends: Vec<Dividend>,
    pub(super) totals: Vec<Total>,
    /// What unreadable closed positions name.
    pub(super) spoiled: Vec<(Source, Option<Isin>, String)>,
    /// Numbers of unreadable closed positions.
    pub(super) spoiled_ids: Vec<String>,
    /// What unreadable rows of the activity name: `NKE/USD`.
    pub(super) spoiled_details: Vec<(Source, String)>,
}

/// The account that events are written to.
#[derive(Debug)]
pub(super) struct Book<'b> {
    pub(super) builder: &'b mut StatementBuilder,
    pub(super) names: &'b Names,
    account: AccountIx,
    currency: Currency,
    clock: Clock,
}

impl Content {
    /// Puts the rows together and writes the events.
    pub(super) fn assemble(&self, currency: Currency, builder: &mut StatementBuilder) {
        let account = builder.account("eToro");
        summary::compare(self, builder);
        let names = Names::of(self);
        let mut book = Book { builder, names: &names, account, currency, clock: Clock::new() };
        self.block_spoiled(&mut book);
        let splits = Splits::read(&self.activity, &mut book);
        let mut charges = Charges::of(&self.activity);
        shares::assemble(self, &splits, &mut charges, &mut book);
        self.crypto_and_cfds(&mut book);
        self.walk_activity(&mut charges, &mut book);
        for dividend in &self.dividends {
            write_dividend(dividend, &mut book);
        }
        if !self.has_activity {
            book.lacks("Account Activity");
        }
    }

    fn block_spoiled(&self, book: &mut Book<'_>) {
        for (source, isin, name) in &self.spoiled {
            let instrument = book.names.share_of("", *isin, name, book.builder);
            book.builder.block(book.account, instrument, UNDATED, source.row);
        }
        for (source, details) in &self.spoiled_details {
            book.block(details, UNDATED, *source);
        }
    }

    /// The opening row of a position, when the file covers that day.
    pub(super) fn opening(&self) -> HashMap<&str, &Activity> {
        let opens = self.activity.iter().filter(|activity| activity.kind == Kind::Open);
        opens.map(|activity| (activity.position.as_str(), activity)).collect()
    }

    /// Positions that were got for nothing: their amount is a value, not a cost.
    pub(super) fn rewards(&self) -> HashSet<&str> {
        let rewards = self.activity.iter().filter(|activity| activity.kind == Kind::Reward);
        let ids = rewards.map(|activity| activity.position.as_str());
        ids.filter(|id| !id.is_empty()).collect()
    }

    fn crypto_and_cfds(&self, book: &mut Book<'_>) {
        let opening = self.opening();
        let moved = charges::moved(&self.activity, &self.closed);
        let rewards = self.rewards();
        let mut bought: HashMap<&str, Decimal> = HashMap::new();
        for position in self.closed.iter().filter(|position| position.class == Class::Crypto) {
            *bought.entry(position.id.as_str()).or_default() += position.amount;
        }
        for position in &self.closed {
            match position.class {
                Class::Stock | Class::Etf => {}
                Class::Cfd => {
                    let moved = moved.get(position.id.as_str()).copied();
                    charges::write_result(position, moved, book);
                }
                Class::Crypto => {
                    // A position closed in parts is bought once; a reward is not bought.
                    let id = position.id.as_str();
                    let amount = bought.remove(id).filter(|_| !rewards.contains(id));
                    if let Some(amount) = amount {
                        let whole = opening.get(id).map(|open| open.amount);
                        let amount = whole.map_or(amount, |whole| whole.max(amount));
                        let place = (position.source, position.opened);
                        book.crypto_buy(place, &position.id, &position.name, amount);
                    }
                    book.crypto_sell(position);
                }
            }
        }
    }

    fn walk_activity(&self, charges: &mut Charges<'_>, book: &mut Book<'_>) {
        let closed: HashSet<&str> = self.closed.iter().map(|row| row.id.as_str()).collect();
        let is_closed = |id: &String| closed.contains(id.as_str());
        let moved = charges::moved(&self.activity, &self.closed);
        let settled = self
            .closed
            .iter()
            .filter(|row| moved.get(row.id.as_str()).is_some_and(|moved| moved.settles(row)));
        let settled: HashSet<&str> = settled.map(|row| row.id.as_str()).collect();
        let mut lacking = Vec::new();
        for activity in &self.activity {
            match activity.kind {
                Kind::Open if is_closed(&activity.position) => book.builder.duplicate(),
                Kind::Open => lacking.extend(shares::write_open(activity, charges, book)),
                Kind::Close
                    if is_closed(&activity.position)
                        || self.spoiled_ids.contains(&activity.position) =>
                {
                    book.builder.duplicate();
                }
                Kind::Dividend if activity.class == Some(Class::Cfd) => book.builder.neutral(),
                Kind::Dividend if self.has_dividends => book.builder.duplicate(),
                Kind::Close | Kind::Dividend => book.refuse(activity, Code::UnknownRow),
                Kind::Interest => book.interest(activity),
                Kind::Adjustment
                    if is_closed(&activity.position)
                        && !settled.contains(activity.position.as_str()) =>
                {
                    book.refuse(activity, Code::UnknownRow);
                }
                Kind::Overnight | Kind::Adjustment | Kind::Reward => book.builder.neutral(),
                // Written with the trades and at the beginning.
                Kind::Charge | Kind::Split | Kind::Unsettled | Kind::Neutral => {}
            }
        }
        charges.write_rest(book);
        lacking.dedup();
        if let Some(column) = lacking.first() {
            book.lacks(column);
        }
    }
}

impl Book<'_> {
    pub(super) fn money(&self, amount: Decimal) -> Money {
        Money::new(amount, self.currency)
    }

    pub(super) fn push(
        &mut self,
        (source, stamp): (Source, Stamp),
        instrument: InstrumentIx,
        key: EventKey,
        event: Event,
    ) {
        self.builder.push(Transaction {
            source,
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
    }

    /// The stamp of a trade in shares, as its exchange counts days.
    pub(super) fn at_exchange(&self, position: &str, isin: Option<Isin>, utc: Stamp) -> Stamp {
        if self.names.is_american(position, isin) {
            self.clock.utc_in_new_york(utc)
        } else {
            self.in_warsaw(utc)
        }
    }

    pub(super) fn in_warsaw(&self, utc: Stamp) -> Stamp {
        self.clock.utc_in_warsaw(utc)
    }

    /// The key of the purchase of a position: the same in every file that tells it.
    pub(super) fn opening_key(&self, position: &str) -> EventKey {
        self.builder.key("etoro open", position.as_bytes())
    }

    pub(super) fn closing_key(&self, position: &Position) -> EventKey {
        let Position { id, closed, units, .. } = position;
        let content = format!("{id}|{}|{}|{}", closed.day, closed.millisecond, units.normalize());
        self.builder.key("etoro close", content.as_bytes())
    }

    /// Blocks the share that details name.
    pub(super) fn block(&mut self, details: &str, day: Date, source: Source) {
        let ticker = names::pair(details).map_or(details, |(ticker, _)| ticker);
        let instrument = self.names.share_of(ticker, None, "", self.builder);
        self.builder.block(self.account, instrument, day, source.row);
    }

    /// Blocks an instrument.
    pub(super) fn block_instrument(&mut self, instrument: InstrumentIx, day: Date, source: Source) {
        self.builder.block(self.account, instrument, day, source.row);
    }

    /// Counts a row of the activity as not understood; a share that it names is blocked if the row may
    /// have changed the number of shares.
    pub(super) fn refuse(&mut self, activity: &Activity, code: Code) {
        let finding = Diagnostic::at(code, activity.source)
            .found("", &activity.label)
            .detail(&activity.details);
        self.builder.diagnose(finding);
        self.builder.unknown();
        let cells = vec![
            ("date", activity.stamp.day.to_string()),
            ("ticker", activity.details.clone()),
            ("amount", activity.amount.to_string()),
            ("note", activity.label.clone()),
        ];
        self.builder.repair(activity.source.row, cells);
        let is_share = activity.class.is_none_or(Class::is_share);
        if is_share && !matches!(activity.kind, Kind::Dividend | Kind::Adjustment) {
            self.block(&activity.details, activity.stamp.day, activity.source);
        }
    }

    /// Warns that a section or column is missing that the result depends on.
    pub(super) fn lacks(&mut self, section: &str) {
        let file = self.builder.source(0).file;
        let finding = Diagnostic::in_file(Code::MissingSection, file).found("", section);
        self.builder.diagnose(finding);
    }

    pub(super) fn crypto_buy(
        &mut self,
        (source, utc): (Source, Stamp),
        id: &str,
        name: &str,
        amount: Decimal,
    ) {
        let instrument = self.names.other(id, name, InstrumentKind::Crypto, self.builder);
        let event = Event::CryptoBuy { cost: self.money(amount), fee: self.money(Decimal::ZERO) };
        let key = self.opening_key(id);
        let stamp = self.in_warsaw(utc);
        self.push((source, stamp), instrument, key, event);
    }

    fn crypto_sell(&mut self, position: &Position) {
        let Position { id, name, amount, profit, .. } = position;
        let instrument = self.names.other(id, name, InstrumentKind::Crypto, self.builder);
        let revenue = self.money(*amount + *profit);
        let event = Event::CryptoSell { revenue, fee: self.money(Decimal::ZERO) };
        let key = self.closing_key(position);
        let stamp = self.in_warsaw(position.closed);
        self.push((position.source, stamp), instrument, key, event);
        self.builder.used();
    }

    fn interest(&mut self, activity: &Activity) {
        let gross = self.money(activity.amount);
        let event = Event::Interest { gross, withheld: self.money(Decimal::ZERO) };
        let Activity { stamp, position, amount, .. } = activity;
        let content =
            format!("{}|{}|{position}|{}", stamp.day, stamp.millisecond, amount.normalize());
        let key = self.builder.content_key("etoro interest", content.as_bytes());
        let local = self.in_warsaw(*stamp);
        self.push((activity.source, local), InstrumentIx::NONE, key, event);
        self.builder.used();
    }
}

/// Writes a dividend; what CFDs pay in place of one is part of their result.
fn write_dividend(dividend: &Dividend, book: &mut Book<'_>) {
    let Dividend { source, day, name, net, tax, position, class, isin } = dividend;
    if !class.is_share() {
        book.builder.neutral();
        return;
    }
    let instrument = book.names.share(position, *isin, name, book.builder);
    let content = format!("{position}|{day}|{}|{}", net.normalize(), tax.normalize());
    let key = book.builder.content_key("etoro dividend", content.as_bytes());
    let place = (*source, Stamp { day: *day, millisecond: 0 });
    if net.is_sign_negative() && !net.is_zero() {
        // A reversal gives the tax back as well.
        let nothing = book.money(Decimal::ZERO);
        let gross = book.money(*net - *tax);
        let event = Event::Dividend { gross, withheld: nothing, country: None };
        book.push(place, instrument, key, event);
        if !tax.is_zero() {
            let event = Event::Withholding { amount: book.money(-*tax), country: None };
            book.push(place, instrument, key, event);
        }
    } else {
        let (gross, withheld) = (book.money(*net + *tax), book.money(*tax));
        book.push(place, instrument, key, Event::Dividend { gross, withheld, country: None });
    }
    book.builder.used();
}

/// The splits of the file, by ticker and day.
#[derive(Debug, Default)]
pub(super) struct Splits(Vec<(String, SplitRatio, Stamp)>);

/// Rows of one split, one per position, are at most this many days apart.
const SPLIT_DAYS: i32 = 7;

impl Splits {
    /// Reads `NVDA/USD 10:1`, ten new shares for one old, and writes each split once.
    fn read(activity: &[Activity], book: &mut Book<'_>) -> Self {
        let mut splits = Self::default();
        for row in activity.iter().filter(|row| row.kind == Kind::Split) {
            let ratio = ratio(&row.details).zip(names::pair(&row.details));
            let Some((ratio, (ticker, _))) = ratio else {
                book.refuse(row, Code::UnsettledAction);
                continue;
            };
            if row.class.is_some_and(|class| !class.is_share()) {
                book.builder.neutral();
                continue;
            }
            let near = |stamp: &Stamp| {
                stamp.day.since(row.stamp.day).is_ok_and(|s| s.get_days().abs() <= SPLIT_DAYS)
            };
            if splits.0.iter().any(|(t, r, stamp)| t == ticker && *r == ratio && near(stamp)) {
                book.builder.duplicate();
                continue;
            }
            let instrument = book.names.share_of(ticker, None, "", book.builder);
            let content = format!("{ticker}|{}|{}|{}", ratio.new, ratio.old, row.stamp.day);
            let key = book.builder.key("etoro split", content.as_bytes());
            let stamp = book.at_exchange(&row.position, None, row.stamp);
            book.push((row.source, stamp), instrument, key, Event::Split(ratio));
            book.builder.used();
            splits.0.push((ticker.to_owned(), ratio, row.stamp));
        }
        splits
    }

    /// How many shares one share of the first day is on the second, as new and old.
    pub(super) fn between(&self, ticker: &str, from: Stamp, to: Stamp) -> SplitRatio {
        let one = SplitRatio { new: Decimal::ONE, old: Decimal::ONE };
        let within = self.0.iter().filter(|(t, _, on)| t == ticker && from < *on && *on <= to);
        within.fold(one, |product, (_, ratio, _)| {
            let new = product.new.checked_mul(ratio.new).unwrap_or(product.new);
            let old = product.old.checked_mul(ratio.old).unwrap_or(product.old);
            SplitRatio { new, old }
        })
    }
}

fn ratio(details: &str) -> Option<SplitRatio> {
    let (new, old) = details.split_whitespace().find_map(|word| word.split_once(':'))?;
    let read = |text: &str| crate::statement::number::plain(text.as_bytes());
    let (new, old) = (read(new)?, read(old)?);
    (new > Decimal::ZERO && old > Decimal::ZERO).then_some(SplitRatio { new, old })
}
