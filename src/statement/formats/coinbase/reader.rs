//! The rows of the transactions report.

use rust_decimal::Decimal;

use super::notes::{self, Note};
use crate::money::{Currency, Money};
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Deal, Notes};
use crate::statement::formats::repair::Repair;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{AccountIx, Code, Diagnostic, Event, StatementBuilder};

/// The report names no account.
const ACCOUNT: &str = "Coinbase";

/// Amounts are shown with two places at least; more than this is no rounding.
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

#[derive(Debug)]
pub(super) struct Columns {
    time: Column,
    kind: Column,
    asset: Column,
    quantity: Column,
    /// Absent in the earliest layout, where the names of the amounts tell it.
    currency: Column,
    named: Option<Currency>,
    subtotal: Column,
    total: Column,
    fees: Column,
    notes: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        // `EUR Subtotal`: the first three letters are the currency.
        let named = header.names().iter().find_map(|name| {
            let code = name.strip_suffix(" subtotal")?.to_uppercase();
            Currency::parse(&code).ok()
        });
        let mut amount = |name: &'static str, ending: &'static [&'static str]| {
            if named.is_none() {
                return header.required(ending);
            }
            header.find(name, |found| ending.iter().any(|end| found.ends_with(end)))
        };
        let subtotal = amount("subtotal", &["subtotal"]);
        let total = amount(
            "total",
            &["total (inclusive of fees and/or spread)", "total (inclusive of fees)"],
        );
        let fees = amount("fees", &["fees and/or spread", "fees"]);
        let currency = if named.is_none() {
            header.required(&["price currency", "spot price currency"])
        } else {
            Column::absent("price currency")
        };
        header.find("price", |name| name.ends_with("price at transaction"));
        header.ignore(&["id", "sender address", "recipient address"]);
        Self {
            time: header.required(&["timestamp"]),
            kind: header.required(&["transaction type"]),
            asset: header.required(&["asset"]),
            quantity: header.required(&["quantity transacted"]),
            currency,
            named,
            subtotal,
            total,
            fees,
            notes: header.required(&["notes"]),
        }
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Buy,
    Sell,
    Convert,
    Reward,
    /// A coin paid for goods or services, at the value that the row states.
    Spend,
    Transfer,
    /// A transfer to or from the exchange for professionals, whose deals stand elsewhere.
    Pro,
    /// A movement of money; of a coin it is not known what it is.
    Money,
    /// Remainders of coins changed into what the row does not tell.
    Dust,
}

fn kind(text: &str) -> Option<Kind> {
    Some(match text.to_lowercase().as_str() {
        "buy" | "advanced trade buy" | "advance trade buy" => Kind::Buy,
        "sell" | "advanced trade sell" | "advance trade sell" => Kind::Sell,
        "convert" => Kind::Convert,
        "coinbase earn"
        | "learning reward"
        | "rewards income"
        | "reward income"
        | "inflation reward"
        | "staking income"
        | "interest payout"
        | "subscription rebate"
        | "subscription rebates (24 hours)"
        | "incentives rewards payout"
        | "referral reward" => Kind::Reward,
        // The membership is paid in money or in a coin.
        "card spend" | "order" | "subscription" => Kind::Spend,
        "deposit"
        | "withdrawal"
        | "fiat deposit"
        | "fiat withdrawal"
        | "send"
        | "receive"
        | "vault withdrawal"
        | "vault deposit"
        | "cash to savings"
        | "savings to cash"
        | "transfer"
        | "prime deposit"
        | "prime withdrawal"
        | "asset migration"
        | "wrap asset"
        | "unwrap asset"
        | "retail staking transfer"
        | "retail unstaking transfer"
        | "retail eth2 deprecation"
        | "staking transfer"
        | "unstaking transfer" => Kind::Transfer,
        "exchange deposit" | "exchange withdrawal" | "pro deposit" | "pro withdrawal" => Kind::Pro,
        "credit" => Kind::Money,
        "retail simple dust" => Kind::Dust,
        _ => return None,
    })
}

/// A row of a trade, read.
struct Line<'r> {
    stamp: Stamp,
    asset: &'r str,
    quantity: Decimal,
    subtotal: Money,
    total: Money,
    fees: Money,
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    clock: Clock,
    notes: Notes,
    /// Rows that speak of the exchange for professionals, and the first of them.
    elsewhere: Option<(u32, u32)>,
}

/// The exchange for professionals, under both of its names.
const PRO: &str = "Coinbase Pro / Exchange";

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self { columns, account, clock: Clock::new(), notes: Notes::default(), elsewhere: None }
    }

    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        self.notes.report(builder);
        if let Some((count, first)) = self.elsewhere {
            let finding = Diagnostic::at(Code::MissingSection, builder.source(first));
            builder.diagnose(finding.found("", PRO).detail(count.to_string()));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let Some(kind) = kind(row.text(columns.kind)) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let is_money = coins::fiat(row.text(columns.asset)).is_some();
        match kind {
            Kind::Transfer => Some(Taken::Neutral),
            Kind::Pro => {
                let number = row.source().row;
                self.elsewhere.get_or_insert((0, number)).0 += 1;
                Some(Taken::Neutral)
            }
            // Money spent with the card is no coin.
            Kind::Spend | Kind::Money if is_money => Some(Taken::Neutral),
            Kind::Reward if is_money => row.refuse(Code::UnknownRow, columns.kind),
            Kind::Money => row.refuse(Code::UnknownRow, columns.kind),
            Kind::Dust => {
                let detail = format!("{} {}", row.text(columns.quantity), row.text(columns.asset));
                row.report_with(Code::CryptoValueMissing, columns.kind, detail);
                None
            }
            Kind::Reward => {
                let quantity = coins::amount(row, columns.quantity)?;
                if quantity.is_sign_positive() && !quantity.is_zero() {
                    self.notes.reward(row.source().row);
                }
                Some(Taken::Neutral)
            }
            Kind::Buy | Kind::Sell | Kind::Spend if is_money => {
                row.refuse(Code::UnknownRow, columns.asset)
            }
            Kind::Spend => {
                let line = self.line(row)?;
                let event = Event::CryptoSell { revenue: line.subtotal, fee: line.fees };
                Some(self.deal(row, &line, event, builder))
            }
            Kind::Convert => self.convert(row, builder),
            Kind::Buy | Kind::Sell => self.trade(row, kind, builder),
        }
    }

    fn trade(
        &mut self,
        row: &mut Row<'_>,
        kind: Kind,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let Some(note) = notes::read(row.text(self.columns.notes)) else {
            // Nothing else tells whether money or a stablecoin was paid.
            return row.refuse(Code::UnknownRow, self.columns.notes);
        };
        let Some(paid) = coins::fiat(note.code) else { return Some(Taken::Neutral) };
        let line = self.line(row)?;
        let buys = kind == Kind::Buy;
        let (gross, fee) = if paid == line.total.currency {
            let fee = line.fees.amount;
            let expected = line.subtotal.amount + if buys { fee } else { -fee };
            let off = (expected - line.total.amount).abs();
            let told = (note.amount - line.total.amount).abs();
            if off > ROUNDING || told > ROUNDING {
                let found = format!("{expected} / {}", note.amount);
                row.report_with(Code::AmountMismatch, self.columns.total, found);
                return None;
            }
            (line.subtotal, line.fees)
        } else {
            (Money::new(note.amount, paid), Money::zero(paid))
        };
        let event = if buys {
            Event::CryptoBuy { cost: gross, fee }
        } else {
            Event::CryptoSell { revenue: gross, fee }
        };
        Some(self.deal(row, &line, event, builder))
    }

    /// A coin for a coin is neutral; for money it is a sale or a purchase.
    fn convert(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let Some(Note { code, amount }) = notes::read(row.text(self.columns.notes)) else {
            return row.refuse(Code::UnknownRow, self.columns.notes);
        };
        let line = self.line(row)?;
        let event = match (coins::fiat(line.asset), coins::fiat(code)) {
            (None, None) | (Some(_), Some(_)) => return Some(Taken::Neutral),
            (None, Some(currency)) => Event::CryptoSell {
                revenue: Money::new(amount, currency),
                fee: Money::zero(currency),
            },
            (Some(currency), None) => Event::CryptoBuy {
                cost: Money::new(line.quantity, currency),
                fee: Money::zero(currency),
            },
        };
        Some(self.deal(row, &line, event, builder))
    }

    /// The amounts, without the signs that one layout gives them.
    fn line<'r>(&self, row: &mut Row<'r>) -> Option<Line<'r>> {
        let columns = &self.columns;
        let stamp = coins::fixed_stamp(row, columns.time);
        let asset = row.required_text(columns.asset);
        let quantity = coins::amount(row, columns.quantity);
        let told = row.text(columns.currency);
        let Some(currency) = columns.named.or_else(|| coins::fiat(told)) else {
            return row.refuse(Code::BadCurrency, columns.currency);
        };
        let subtotal = coins::money(row, columns.subtotal, currency);
        let total = coins::money(row, columns.total, currency);
        let fees = if row.is_empty(columns.fees) {
            Some(Money::zero(currency))
        } else {
            coins::money(row, columns.fees, currency)
        };
        if row.has_errors() {
            return None;
        }
        let plain = |money: Money| Money::new(money.amount.abs(), currency);
        Some(Line {
            stamp: stamp?,
            asset: asset?,
            quantity: quantity?.abs(),
            subtotal: plain(subtotal?),
            total: plain(total?),
            fees: plain(fees?),
        })
    }

    fn deal(
        &self,
        row: &Row<'_>,
        line: &Line<'_>,
        event: Event,
        builder: &mut StatementBuilder,
    ) -> Taken {
        let buys = matches!(event, Event::CryptoBuy { .. });
        // Layouts differ in the precision of amounts and in the name of the kind.
        let content = format!(
            "{buys} {} {} {} {}",
            line.stamp.day,
            line.stamp.millisecond / 1000,
            line.asset,
            line.quantity.normalize()
        );
        let key = builder.content_key("coinbase", content.as_bytes());
        let deal = Deal { row: row.source().row, code: line.asset.to_owned(), event };
        deal.push(self.account, self.clock.utc_in_warsaw(line.stamp), key, builder);
        Taken::Used
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = coins::quiet_instant(row, columns.time);
        let text = row.text(columns.kind);
        let template = match kind(text) {
            Some(Kind::Buy) => Some("crypto_buy"),
            Some(Kind::Sell | Kind::Spend) => Some("crypto_sell"),
            Some(
                Kind::Convert
                | Kind::Reward
                | Kind::Transfer
                | Kind::Pro
                | Kind::Money
                | Kind::Dust,
            )
            | None => None,
        };
        let mut repair = Repair::of(ACCOUNT, template)
            .at(stamp.map(|stamp| self.clock.utc_in_warsaw(stamp)), row.text(columns.time))
            .text("ticker", row.text(columns.asset))
            .numbers(row, &[("quantity", columns.quantity)]);
        if template.is_some() {
            // Amounts that contradict the currency leave it open.
            let told = columns.named.or_else(|| coins::fiat(row.text(columns.currency)));
            let unit = row.number(columns.subtotal).and_then(|(_, unit)| unit);
            let named = told
                .filter(|currency| unit.is_none_or(|unit| unit.fits(*currency)))
                .map(|currency| currency.to_string());
            repair = repair
                .numbers(row, &[("amount", columns.subtotal), ("fee", columns.fees)])
                .text("currency", named.as_deref().unwrap_or_default());
        }
        let cells = repair.text("note", text).cells();
        builder.repair(row.source().row, cells);
    }
}
