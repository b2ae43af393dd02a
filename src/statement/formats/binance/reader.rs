//! The rows of the transaction history.

use super::operation::{self, Kind};
use super::{PEER_ACCOUNT, PEER_REPORT};
use crate::money::{Currency, Money};
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Leg, Notes, Settled, Sides};
use crate::statement::formats::repair::Repair;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{AccountIx, Code, Event, Expected, ExpectedKind, StatementBuilder};
use hashbrown::HashMap;
use jiff::SignedDuration;
use jiff::civil::Time;

/// Sides of one exchange may lie this far apart: card purchases are booked after the money has come.
const APART_MAX: SignedDuration = SignedDuration::from_secs(3);

/// Stands for the coins that a plan buys, which its payment does not name.
const PLAN: &str = "Auto-Invest";

#[derive(Debug)]
pub(super) struct Columns {
    user: Column,
    time: Column,
    account: Column,
    operation: Column,
    coin: Column,
    change: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            user: header.optional(&["user id", "id uzytkownika", "id de usuario"]),
            time: header.required(&["utc time", "time", "czas", "tiempo"]),
            account: header.required(&["account", "konto", "cuenta"]),
            operation: header.required(&["operation", "operacja", "operacion"]),
            coin: header.required(&["coin", "moneta", "moneda"]),
            change: header.required(&["change", "zmiana", "zmien", "cambio"]),
        };
        header.ignore(&["remark", "uwagi", "uwaga", "observacion"]);
        columns
    }
}

/// Legs that may be one exchange, of one moment or of some close together, with their sums: they may be
/// many, and each moment that comes asks whether both sides are there.
#[derive(Debug, Default)]
struct Moments<'l> {
    legs: Vec<&'l Leg>,
    sides: Sides<'l>,
}

impl<'l> Moments<'l> {
    fn add(&mut self, leg: &'l Leg) {
        self.legs.push(leg);
        self.sides.add(leg);
    }
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    /// How many minutes the clock of the file is ahead of UTC.
    minutes: i64,
    clock: Clock,
    /// Sides of exchanges, with the account that each belongs to.
    legs: Vec<(AccountIx, Leg)>,
    notes: Notes,
    accounts: HashMap<String, AccountIx>,
    users: HashMap<AccountIx, String>,
}

impl Reader {
    /// `minutes`: how far the clock of the file is ahead of UTC.
    pub(super) fn new(columns: Columns, minutes: i64) -> Self {
        Self {
            columns,
            minutes,
            clock: Clock::new(),
            legs: Vec::new(),
            notes: Notes::default(),
            accounts: HashMap::new(),
            users: HashMap::new(),
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = coins::fixed_stamp(row, columns.time);
        let user = row.text(columns.user);
        let code = row.required_text(columns.coin);
        let amount = coins::amount(row, columns.change);
        let operation = row.required_text(columns.operation);
        if row.has_errors() {
            return None;
        }
        let (stamp, code, amount, operation) = (stamp?, code?, amount?, operation?);
        let stamp = earlier(stamp, self.minutes);
        let kind = operation::kind(operation);
        // Results and charges of futures are settled in coins, which no rule values.
        let futures = row.text(columns.account).to_lowercase().contains("futures");
        let Some(kind) = kind.filter(|kind| !futures || *kind == Kind::Transfer) else {
            return row.refuse(Code::UnknownRow, columns.operation);
        };
        let code = code.to_uppercase();
        let leg = |is_fee| Leg {
            row: row.source().row,
            stamp,
            code: code.clone(),
            amount,
            is_fee,
            what: operation.to_owned(),
        };
        let is_money = coins::fiat(&code);
        match (kind, is_money) {
            (Kind::Leg, _) => Some(self.keep(user, leg(false), builder)),
            (Kind::Fee, _) => Some(self.keep(user, leg(true), builder)),
            (Kind::Plan, Some(currency)) if amount.is_sign_negative() => {
                self.plan(user, &leg(false), currency, builder);
                Some(Taken::Used)
            }
            (Kind::Swap | Kind::Reward | Kind::Plan, Some(_)) => {
                row.refuse(Code::UnknownRow, columns.operation)
            }
            (Kind::Reward, None) => {
                if amount.is_sign_positive() && !amount.is_zero() {
                    self.notes.reward(row.source().row);
                }
                Some(Taken::Neutral)
            }
            (Kind::Transfer, _)
            | (Kind::Card | Kind::Payment, Some(_))
            | (Kind::Swap | Kind::Plan, None) => Some(Taken::Neutral),
            (Kind::Payment, None) if amount.is_sign_positive() => Some(Taken::Neutral),
            (Kind::Payment | Kind::Card, None) => {
                let detail = format!("{} {code}", amount.normalize());
                row.report_with(Code::CryptoValueMissing, columns.operation, detail);
                None
            }
            (Kind::Peer, Some(_)) => row.refuse(Code::UnknownRow, columns.operation),
            (Kind::Peer, None) => {
                let (account, instrument) =
                    (builder.account(PEER_ACCOUNT), coins::coin(builder, &code));
                builder.expect(Expected {
                    source: row.source(),
                    account,
                    instrument,
                    day: self.clock.utc_in_warsaw(stamp).day,
                    kind: ExpectedKind::Coin,
                    report: PEER_REPORT,
                });
                Some(Taken::Neutral)
            }
        }
    }

    fn keep(&mut self, user: &str, leg: Leg, builder: &mut StatementBuilder) -> Taken {
        let account = self.account(user, builder);
        self.legs.push((account, leg));
        Taken::Later
    }

    /// Customers are told apart; a statement of one customer has one account, whatever its wallets.
    fn account(&mut self, user: &str, builder: &mut StatementBuilder) -> AccountIx {
        if let Some(account) = self.accounts.get(user) {
            return *account;
        }
        let account = builder.account(&account_name(user));
        self.accounts.insert(user.to_owned(), account);
        self.users.entry(account).or_insert_with(|| user.to_owned());
        account
    }

    fn user(&self, account: AccountIx) -> &str {
        self.users.get(&account).map_or("", String::as_str)
    }

    /// Money that a plan spends: what it buys is booked minutes later.
    fn plan(&mut self, user: &str, leg: &Leg, currency: Currency, builder: &mut StatementBuilder) {
        let account = self.account(user, builder);
        let cost = Money::new(leg.amount.abs(), currency);
        let event = Event::CryptoBuy { cost, fee: Money::zero(currency) };
        let deal = coins::Deal { row: leg.row, code: PLAN.to_owned(), event };
        self.push(deal, leg.stamp, account, builder);
    }

    /// Takes together what belongs together.
    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        let mut legs = std::mem::take(&mut self.legs);
        legs.sort_by_key(|(account, leg)| (*account, leg.stamp, leg.row));
        // Moments, oldest first; the fees in coins of each are noted once it is settled.
        let mut open = Moments::default();
        let mut owner = None;
        for moment in legs.chunk_by(|one, other| one.0 == other.0 && one.1.stamp == other.1.stamp) {
            let Some((account, first)) = moment.first() else { continue };
            let follows = owner == Some(*account)
                && open.legs.last().is_some_and(|last| near(last.stamp, first.stamp));
            if !follows {
                self.give_up(&mut open, owner, builder);
            }
            owner = Some(*account);
            // A moment that is whole by itself stays by itself.
            let mut alone = Moments::default();
            for (_, leg) in moment {
                alone.add(leg);
            }
            if alone.sides.is_whole() {
                self.give_up(&mut open, owner, builder);
                self.settle(alone, *account, builder);
                continue;
            }
            alone.legs.into_iter().for_each(|leg| open.add(leg));
            if open.sides.is_whole() {
                self.settle(std::mem::take(&mut open), *account, builder);
            }
        }
        self.give_up(&mut open, owner, builder);
        self.notes.report(builder);
    }

    fn settle(&mut self, whole: Moments<'_>, account: AccountIx, builder: &mut StatementBuilder) {
        let Moments { legs, sides } = whole;
        let settled = sides.settle(&mut self.notes);
        let used = !matches!(settled, Settled::Neutral);
        for _ in &legs {
            if used { builder.used() } else { builder.neutral() }
        }
        let Settled::Deals(deals) = settled else { return };
        let Some(at) = legs.iter().map(|leg| leg.stamp).min() else { return };
        for deal in deals {
            self.push(deal, at, account, builder);
        }
    }

    /// Sides whose other side never came. A fee that came late is a fee all the same.
    fn give_up(
        &mut self,
        open: &mut Moments<'_>,
        owner: Option<AccountIx>,
        builder: &mut StatementBuilder,
    ) {
        for leg in std::mem::take(open).legs {
            let currency = coins::fiat(&leg.code);
            match (leg.is_fee && leg.amount.is_sign_negative(), currency, owner) {
                (true, None, _) => {
                    self.notes.fee(leg.row, &leg.code, leg.amount.abs());
                    builder.neutral();
                }
                (true, Some(currency), Some(account)) => {
                    let (cost, fee) =
                        (Money::zero(currency), Money::new(leg.amount.abs(), currency));
                    let event = Event::CryptoBuy { cost, fee };
                    let deal = coins::Deal { row: leg.row, code: leg.what.clone(), event };
                    self.push(deal, leg.stamp, account, builder);
                    builder.used();
                }
                (true, Some(_), None) | (false, _, _) => {
                    let user = owner.map_or("", |account| self.user(account));
                    let (name, at) = (account_name(user), self.clock.utc_in_warsaw(leg.stamp));
                    leg.clone().refuse("Operation", &name, at, builder);
                }
            }
        }
    }

    fn push(
        &self,
        deal: coins::Deal,
        at: Stamp,
        account: AccountIx,
        builder: &mut StatementBuilder,
    ) {
        let user = self.user(account);
        let content = format!("{user} {} {} {}", at.day, at.millisecond, deal.content());
        let key = builder.content_key("binance", content.as_bytes());
        deal.push(account, self.clock.utc_in_warsaw(at), key, builder);
    }
}

fn account_name(user: &str) -> String {
    format!("Binance {user}").trim_end().to_owned()
}

fn near(one: Stamp, other: Stamp) -> bool {
    let at = |stamp: Stamp| {
        stamp.day.to_datetime(Time::midnight())
            + SignedDuration::from_millis(i64::from(stamp.millisecond))
    };
    at(other).duration_since(at(one)).abs() <= APART_MAX
}

/// The stamp that many minutes before.
pub(super) fn earlier(stamp: Stamp, minutes: i64) -> Stamp {
    let shifted = || {
        let passed = SignedDuration::from_millis(i64::from(stamp.millisecond));
        let by = passed - SignedDuration::from_mins(minutes);
        let at = stamp.day.to_datetime(Time::midnight()).checked_add(by).ok()?;
        let since = at.duration_since(at.date().to_datetime(Time::midnight()));
        Some(Stamp { day: at.date(), millisecond: u32::try_from(since.as_millis()).ok()? })
    };
    shifted().unwrap_or(stamp)
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = coins::quiet_instant(row, columns.time)
            .map(|stamp| self.clock.utc_in_warsaw(earlier(stamp, self.minutes)));
        let operation = row.text(columns.operation);
        // A payment is a sale; a payment given back is for the sender to judge.
        let spends = matches!(operation::kind(operation), Some(Kind::Card | Kind::Payment))
            && row.text(columns.change).starts_with('-');
        let account = account_name(row.text(columns.user));
        let cells = Repair::of(&account, spends.then_some("crypto_sell"))
            .at(stamp, row.text(columns.time))
            .text("ticker", row.text(columns.coin))
            .numbers(row, &[("quantity", columns.change)])
            .text("note", operation)
            .cells();
        builder.repair(row.source().row, cells);
    }
}
