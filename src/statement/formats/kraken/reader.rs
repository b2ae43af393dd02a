//! The rows of the ledgers, joined by their reference.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::balances::{Balances, Change};
use crate::statement::formats::clock::Clock;
use crate::statement::formats::coins::{self, Leg, Notes, Settled};
use crate::statement::formats::repair::Repair;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{AccountIx, Code, StatementBuilder};

/// The ledgers name no account.
const ACCOUNT: &str = "Kraken";

#[derive(Debug)]
pub(super) struct Columns {
    id: Column,
    reference: Column,
    time: Column,
    kind: Column,
    subtype: Column,
    class: Column,
    asset: Column,
    amount: Column,
    fee: Column,
    fee_asset: Column,
    wallet: Column,
    balance: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            id: header.required(&["txid"]),
            reference: header.required(&["refid"]),
            time: header.required(&["time"]),
            kind: header.required(&["type"]),
            subtype: header.optional(&["subtype"]),
            class: header.optional(&["subclass"]),
            asset: header.required(&["asset"]),
            amount: header.required(&["amount"]),
            fee: header.required(&["fee"]),
            fee_asset: header.optional(&["feecurrency"]),
            wallet: header.optional(&["wallet"]),
            balance: header.optional(&["balance"]),
        };
        header.ignore(&["aclass", "amountusd", "feeusd", "balanceusd", ""]);
        columns
    }
}

/// What a row is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// A side of an exchange.
    Leg,
    Reward,
    Transfer,
}

/// A coin that the exchange gives up is changed into another.
const DELISTING: &str = "delistingconversion";

fn kind(name: &str, subtype: &str) -> Option<Kind> {
    let moves =
        ["allocation", "deallocation", "autoallocation", "migration", "bonding", "unbonding"];
    let wallets = [
        "spottostaking",
        "stakingfromspot",
        "stakingtospot",
        "spotfromstaking",
        "spottofutures",
        "spotfromfutures",
    ];
    Some(match (name, subtype) {
        ("trade" | "spend" | "receive" | "conversion" | "adjustment" | "sale", _)
        | ("transfer" | "earn", DELISTING) => Kind::Leg,
        ("deposit" | "withdrawal" | "custodytransfer", _) => Kind::Transfer,
        ("staking" | "reward" | "dividend" | "airdrop" | "invite bonus", _)
        | ("earn", "reward" | "airdrop" | "")
        | ("transfer", "airdrop" | "") => Kind::Reward,
        ("earn", subtype) if moves.contains(&subtype) => Kind::Transfer,
        ("transfer", subtype) if wallets.contains(&subtype) => Kind::Transfer,
        _ => return None,
    })
}

/// Coins of the first years, which alone have the letter of their class.
const LETTERED: [&str; 13] = [
    "XETC", "XETH", "XLTC", "XMLN", "XREP", "XXBT", "XXDG", "XXLM", "XXMR", "XXRP", "XZEC", "XNMC",
    "XDAO",
];

/// The usual code of an asset: without the letter of its class, and without the product that keeps it.
fn plain(asset: &str) -> String {
    let (base, product) = asset.split_once('.').unwrap_or((asset, ""));
    // `DOT28.S` is DOT, bonded for 28 days.
    let base =
        if product.is_empty() { base } else { base.trim_end_matches(|c: char| c.is_ascii_digit()) };
    let money = base.strip_prefix('Z').filter(|code| coins::fiat(code).is_some());
    let coin = base.strip_prefix('X').filter(|_| LETTERED.contains(&base));
    match money.or(coin).unwrap_or(base) {
        "XBT" => "BTC".to_owned(),
        "XDG" => "DOGE".to_owned(),
        code => code.to_owned(),
    }
}

/// The state of reading one file.
#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    clock: Clock,
    /// Sides by reference; the fee of a row is a side of its own that counts no row.
    legs: BTreeMap<String, Vec<Leg>>,
    notes: Notes,
    balances: Balances,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        let (clock, notes) = (Clock::new(), Notes::default());
        let balances = Balances::default();
        Self { columns, account, clock, legs: BTreeMap::new(), notes, balances }
    }

    fn take(&mut self, row: &mut Row<'_>) -> Option<Taken> {
        let columns = &self.columns;
        if row.is_empty(columns.id) {
            // Announced and not yet booked; the booking has a row of its own.
            return Some(Taken::Neutral);
        }
        self.balances.add(change(columns, row));
        let name = row.text(columns.kind).to_lowercase();
        let subtype = row.text(columns.subtype).to_lowercase();
        let Some(kind) = kind(&name, &subtype) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let stamp = coins::fixed_stamp(row, columns.time);
        let asset = row.required_text(columns.asset);
        let amount = coins::amount(row, columns.amount);
        let fee = if row.is_empty(columns.fee) { None } else { coins::amount(row, columns.fee) };
        if row.has_errors() {
            return None;
        }
        let (stamp, asset, amount, fee) = (stamp?, asset?, amount?, fee.unwrap_or_default());
        let code = plain(asset);
        let class = row.text(columns.class).to_lowercase();
        let is_money = coins::fiat(&code).is_some();
        // A class that is neither money nor coin (shares), or money that is not known as such.
        let foreign =
            !matches!(class.as_str(), "" | "fiat" | "crypto" | "stable_coin" | "stablecoin");
        if foreign || ((class == "fiat") != is_money && !class.is_empty()) {
            return row.refuse(Code::UnknownRow, columns.class);
        }
        match kind {
            Kind::Transfer => Some(Taken::Neutral),
            Kind::Reward if is_money => row.refuse(Code::UnknownRow, columns.kind),
            // A coin credited without a word is an airdrop; what one taken is, nobody says.
            Kind::Reward
                if name == "transfer" && subtype.is_empty() && amount.is_sign_negative() =>
            {
                row.refuse(Code::UnknownRow, columns.kind)
            }
            Kind::Reward => {
                if amount.is_sign_positive() && !amount.is_zero() {
                    self.notes.reward(row.source().row);
                }
                Some(Taken::Neutral)
            }
            Kind::Leg => {
                let reference = row.required_text(columns.reference)?;
                let charged = row.text(columns.fee_asset);
                let charged = if charged.is_empty() { code.clone() } else { plain(charged) };
                let leg = |code, amount, is_fee| Leg {
                    row: row.source().row,
                    stamp,
                    code,
                    amount,
                    is_fee,
                    what: if subtype == DELISTING { subtype.clone() } else { name.clone() },
                };
                let legs = self.legs.entry(reference.to_owned()).or_default();
                legs.push(leg(code, amount, false));
                // Credits for fees are given away and have no price.
                if !fee.is_zero() && charged != "KFEE" && charged != "FEE" {
                    legs.push(leg(charged, -fee, true));
                }
                Some(Taken::Later)
            }
        }
    }

    /// Takes together what has one reference.
    pub(super) fn finish(mut self, builder: &mut StatementBuilder) {
        for (reference, legs) in std::mem::take(&mut self.legs) {
            if let [leg] = legs.as_slice()
                && leg.what == "adjustment"
                && leg.amount.is_sign_positive()
                && coins::fiat(&leg.code).is_none()
            {
                // A fork or an airdrop: credited, and nothing taken for it.
                self.notes.reward(leg.row);
                builder.neutral();
                continue;
            }
            let mut settled = coins::settle(&legs, &mut self.notes);
            let delisted = |leg: &Leg| leg.what == DELISTING && coins::fiat(&leg.code).is_none();
            if matches!(settled, Settled::Incomplete) && legs.iter().all(delisted) {
                // Booked under two references: a coin for a coin all the same.
                settled = Settled::Neutral;
            }
            let rows = legs.iter().filter(|leg| !leg.is_fee);
            match settled {
                Settled::Neutral => rows.for_each(|_| builder.neutral()),
                Settled::Incomplete => {
                    for leg in rows {
                        let at = self.clock.utc_in_warsaw(leg.stamp);
                        leg.clone().refuse("type", ACCOUNT, at, builder);
                    }
                }
                Settled::Deals(deals) => {
                    rows.for_each(|_| builder.used());
                    let Some(at) = legs.iter().map(|leg| leg.stamp).min() else { continue };
                    let at = self.clock.utc_in_warsaw(at);
                    for (number, deal) in deals.into_iter().enumerate() {
                        let id = format!("{reference} {number}");
                        let key = builder.key("kraken", id.as_bytes());
                        deal.push(self.account, at, key, builder);
                    }
                }
            }
        }
        self.balances.compare(builder);
        self.notes.report(builder);
    }
}

/// What a row says of the balance of its asset; cells that cannot be read are told elsewhere.
fn change<'t>(columns: &Columns, row: &mut Row<'t>) -> Change<'t> {
    let asset = row.text(columns.asset);
    let charged = Some(row.text(columns.fee_asset)).filter(|charged| !charged.is_empty());
    let no_fee = row.is_empty(columns.fee);
    Change {
        row: row.source().row,
        stamp: coins::quiet_instant(row, columns.time),
        place: (asset, row.text(columns.wallet)),
        code: plain(asset),
        amount: coins::quiet_amount(row, columns.amount),
        fee: if no_fee { Some(Decimal::ZERO) } else { coins::quiet_amount(row, columns.fee) },
        charged: charged.map(plain),
        balance: coins::quiet_amount(row, columns.balance),
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, _builder: &mut StatementBuilder) -> Taken {
        self.take(row).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let stamp = coins::quiet_instant(row, columns.time);
        let cells = Repair::of(ACCOUNT, None)
            .at(stamp.map(|stamp| self.clock.utc_in_warsaw(stamp)), row.text(columns.time))
            .text("ticker", &plain(row.text(columns.asset)))
            .numbers(row, &[("quantity", columns.amount), ("fee", columns.fee)])
            .text("note", row.text(columns.kind))
            .cells();
        builder.repair(row.source().row, cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lose_class_and_product() {
        let cases = [
            ("XXBT", "BTC"),
            ("XBT.M", "BTC"),
            ("ZEUR", "EUR"),
            ("EUR.HOLD", "EUR"),
            ("DOT28.S", "DOT"),
            ("ETH2.S", "ETH"),
            ("XETH", "ETH"),
            ("XXDG", "DOGE"),
            ("USDT", "USDT"),
            ("1INCH", "1INCH"),
            ("ZETA", "ZETA"),
            ("XCHF", "XCHF"),
        ];
        for (asset, expected) in cases {
            assert_eq!(plain(asset), expected, "{asset}");
        }
    }
}
