//! The crypto account: purchases and sales for legal tender; one coin for another is neutral.

use rust_decimal::Decimal;

use super::ACCOUNT;
use super::amount::{money, required};
use crate::money::Money;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, InstrumentKind, StatementBuilder,
    Transaction,
};

#[derive(Debug)]
pub(super) struct Columns {
    symbol: Column,
    kind: Column,
    quantity: Column,
    price: Column,
    value: Column,
    fees: Column,
    date: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        Self {
            symbol: header.required(&["symbol"]),
            kind: header.required(&["type"]),
            quantity: header.required(&["quantity"]),
            price: header.optional(&["price"]),
            value: header.required(&["value"]),
            fees: header.required(&["fees"]),
            date: header.required(&["date"]),
        }
    }
}

/// A purchase or sale, kept until its twin of an exchange is looked for.
#[derive(Debug)]
struct Deal {
    row: u32,
    stamp: Stamp,
    instrument: InstrumentIx,
    buys: bool,
    value: Money,
    fee: Money,
    key: EventKey,
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    deals: Vec<Deal>,
    /// Coins received for nothing, by how many rows, and the first of them.
    rewards: (u32, u32),
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), deals: Vec::new(), rewards: (0, 0) }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let kind = row.text(self.columns.kind).to_lowercase();
        // `Kupno — Revolut X`: the same deal, made on their exchange.
        let kind = kind.strip_suffix("revolut x").unwrap_or(&kind);
        match kind.trim_end_matches([' ', '—', '–', '-']) {
            "buy" | "kupno" => self.deal(row, builder, true),
            // Paying with a coin is a disposal as well (art. 17 ust. 1f).
            "sell" | "sprzedaż" | "payment" => self.deal(row, builder, false),
            "other" | "inne" if self.is_money(row) => Some(Taken::Neutral),
            "send" | "receive" | "stake" | "unstake" => Some(Taken::Neutral),
            "learn reward" | "staking reward" | "reward" | "airdrop" => {
                let first = if self.rewards.0 == 0 { row.source().row } else { self.rewards.1 };
                self.rewards = (self.rewards.0 + 1, first);
                Some(Taken::Neutral)
            }
            _ => row.refuse(Code::UnknownRow, self.columns.kind),
        }
    }

    /// Whether the row moves money and no coin: a payment into the exchange, which has no quantity.
    fn is_money(&self, row: &Row<'_>) -> bool {
        let symbol = row.text(self.columns.symbol);
        matches!(symbol, "USD" | "EUR" | "GBP" | "PLN") && row.is_empty(self.columns.quantity)
    }

    fn deal(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        buys: bool,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let symbol = row.required_text(columns.symbol);
        let stamp = row.required_stamp(columns.date);
        let quantity = row.required_positive(columns.quantity);
        let value = required(row, columns.value, None);
        let fee = if row.is_empty(columns.fees) {
            value.map(|value| Money::zero(value.currency))
        } else {
            money(row, columns.fees, None).or(value.map(|value| Money::zero(value.currency)))
        };
        if row.has_errors() {
            return None;
        }
        let (symbol, stamp, value, fee) = (symbol?, stamp?, value?, fee?);
        if value.amount.is_sign_negative() || fee.amount.is_sign_negative() {
            return row.refuse(Code::NotPositive, columns.value);
        }
        let instrument = builder.instrument(None, symbol, symbol);
        if let Some(known) = builder.instrument_mut(instrument) {
            known.kind = InstrumentKind::Crypto;
        }
        let content = format!(
            "{buys} {symbol} {} {} {} {}",
            stamp.day,
            stamp.millisecond,
            quantity?.normalize(),
            value.amount.normalize()
        );
        let key = builder.content_key("revolut-crypto", content.as_bytes());
        let row = row.source().row;
        self.deals.push(Deal { row, stamp, instrument, buys, value, fee, key });
        Some(Taken::Later)
    }

    /// Tells exchanges of coins from deals for money.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        let Self { account, mut deals, rewards, .. } = self;
        deals.sort_by_key(|deal| (deal.stamp, deal.row));
        let mut at = 0;
        while let Some(first) = deals.get(at) {
            let same = |deal: &&Deal| deal.stamp == first.stamp;
            let moment = deals.iter().skip(at).take_while(same).count();
            let group = deals.get(at..at + moment).unwrap_or_default();
            settle(group, account, builder);
            at += moment;
        }
        if rewards.0 > 0 {
            // Unsettled between receipt and disposal (tax-law 8.8): taxed in full when sold, at no cost.
            let finding = Diagnostic::at(Code::CryptoReward, builder.source(rewards.1));
            builder.diagnose(finding.detail(rewards.0.to_string()));
        }
    }
}

/// The deals of one moment. A sale and a purchase of another coin for the same value are one exchange,
/// which is neither revenue nor cost.
fn settle(group: &[Deal], account: AccountIx, builder: &mut StatementBuilder) {
    let mut exchanged = vec![false; group.len()];
    for (out, sale) in group.iter().enumerate().filter(|(_, deal)| !deal.buys) {
        let twin = group.iter().enumerate().find(|(at, deal)| {
            deal.buys
                && deal.instrument != sale.instrument
                && exchanged.get(*at) == Some(&false)
                && close(sale.value, deal.value)
        });
        if let Some((into, _)) = twin {
            for at in [out, into] {
                if let Some(place) = exchanged.get_mut(at) {
                    *place = true;
                }
            }
        }
    }
    for (deal, exchanged) in group.iter().zip(exchanged) {
        if exchanged {
            builder.neutral();
            continue;
        }
        builder.used();
        let event = if deal.buys {
            Event::CryptoBuy { cost: deal.value, fee: deal.fee }
        } else {
            Event::CryptoSell { revenue: deal.value, fee: deal.fee }
        };
        let source = builder.source(deal.row);
        builder.push(Transaction {
            source,
            key: Some(deal.key),
            account,
            instrument: deal.instrument,
            day: deal.stamp.day,
            millisecond: deal.stamp.millisecond,
            event,
        });
    }
}

/// Within five percent: the fee of an exchange lies between both values.
fn close(one: Money, other: Money) -> bool {
    let most = one.amount.max(other.amount);
    one.currency == other.currency && (one.amount - other.amount).abs() <= most * Decimal::new(5, 2)
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.kind),
            ("ticker", columns.symbol),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("amount", columns.value),
            ("fee", columns.fees),
        ]);
        builder.repair(row.source().row, cells);
    }
}
