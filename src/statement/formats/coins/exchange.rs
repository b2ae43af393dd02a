//! The legs that one moment (or one reference) moves, taken together.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Notes, coin, fiat};
use crate::money::{Currency, Money};
use crate::statement::formats::repair::Repair;
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, StatementBuilder, Transaction,
};

/// One movement of one coin or currency.
#[derive(Clone, Debug)]
pub(in super::super) struct Leg {
    /// The row.
    pub row: u32,
    /// When, in the zone in which the file is kept.
    pub stamp: Stamp,
    /// What, under its plain code.
    pub code: String,
    /// How much; negative: out.
    pub amount: Decimal,
    /// Whether it is a charge of the exchange.
    pub is_fee: bool,
    /// How the broker calls the movement.
    pub what: String,
}

/// A purchase or sale for money.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Deal {
    /// The row of the money.
    pub row: u32,
    /// The coin bought or sold; of several, the first by name.
    pub code: String,
    /// What happened.
    pub event: Event,
}

impl Leg {
    /// Says that the other side is missing, and keeps the row for the template.
    pub(in super::super) fn refuse(
        self,
        column: &str,
        account: &str,
        at: Stamp,
        builder: &mut StatementBuilder,
    ) {
        builder.unknown();
        let amount = format!("{} {}", self.amount.normalize(), self.code);
        let finding = Diagnostic::at(Code::CryptoValueMissing, builder.source(self.row));
        builder.diagnose(finding.found(column, self.what.clone()).detail(amount));
        let repair = Repair::of(account, None).at(Some(at), "");
        // Money alone is the amount; a coin alone is the quantity of a purchase or sale.
        let repair = match (fiat(&self.code), self.amount.is_sign_negative()) {
            (Some(currency), _) => {
                repair.number("amount", self.amount).text("currency", currency.as_str())
            }
            (None, out) => {
                let kind = if out { "crypto_sell" } else { "crypto_buy" };
                repair.text("type", kind).text("ticker", &self.code).number("quantity", self.amount)
            }
        };
        builder.repair(self.row, repair.text("note", &self.what).cells());
    }
}

/// What the legs are.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Settled {
    /// Coins for coins, or money for money.
    Neutral,
    /// Money for coins.
    Deals(Vec<Deal>),
    /// One side is missing, or the sides cannot be told apart.
    Incomplete,
}

/// Sums of one side, by code, and the first row of each.
type Side<'l> = BTreeMap<&'l str, (Decimal, u32)>;

/// The sums of one exchange. Legs are added one by one, and whether both sides are there is known after
/// each of them without going over all.
#[derive(Debug, Default)]
pub(in super::super) struct Sides<'l> {
    fees: Side<'l>,
    paid: Side<'l>,
    earned: Side<'l>,
    given: Side<'l>,
    received: Side<'l>,
    /// How many fees came back on the whole.
    returned: usize,
    /// Whether any leg is no fee.
    exchanges: bool,
}

impl<'l> Sides<'l> {
    /// Adds a leg.
    pub(in super::super) fn add(&mut self, leg: &'l Leg) {
        self.exchanges |= !leg.is_fee;
        if leg.amount.is_zero() {
            return;
        }
        let side = match (leg.is_fee, fiat(&leg.code).is_some(), leg.amount.is_sign_negative()) {
            (true, _, _) => &mut self.fees,
            (false, true, true) => &mut self.paid,
            (false, true, false) => &mut self.earned,
            (false, false, true) => &mut self.given,
            (false, false, false) => &mut self.received,
        };
        let (sum, row) = side.entry(&leg.code).or_insert((Decimal::ZERO, leg.row));
        let was = *sum;
        *sum += leg.amount;
        *row = leg.row.min(*row);
        if leg.is_fee {
            self.returned += usize::from(*sum > Decimal::ZERO);
            self.returned -= usize::from(was > Decimal::ZERO);
        }
    }

    /// Whether both sides are there. Fees alone are no exchange.
    pub(in super::super) fn is_whole(&self) -> bool {
        self.exchanges && self.is_complete()
    }

    /// What the legs are.
    ///
    /// Money spent is the price of the coins received, money received is the price of the coins given
    /// away. Where both stand in one moment in one currency, they are a purchase and a sale; in two
    /// currencies it may as well be money changed into money, and nothing is guessed. Fees in money are
    /// costs; fees in coins are no spending of money and are noted, as are fees of an exchange of coins
    /// for coins.
    pub(in super::super) fn settle(self, notes: &mut Notes) -> Settled {
        if !self.is_complete() {
            return Settled::Incomplete;
        }
        let Self { fees, paid, earned, given, received, .. } = self;
        if paid.is_empty() && earned.is_empty() {
            note(&fees, notes, |_| true);
            return Settled::Neutral;
        }
        if given.is_empty() && received.is_empty() {
            return Settled::Neutral;
        }
        note(&fees, notes, |code| fiat(code).is_none());
        Settled::Deals(deals([&paid, &earned, &given, &received], fees))
    }

    fn is_complete(&self) -> bool {
        let Self { paid, earned, given, received, .. } = self;
        // A fee that came back on the whole is not understood.
        if self.returned > 0 {
            return false;
        }
        if paid.is_empty() && earned.is_empty() {
            return given.is_empty() == received.is_empty();
        }
        if given.is_empty() && received.is_empty() {
            return !paid.is_empty() && !earned.is_empty();
        }
        let one_sided = (!paid.is_empty() && received.is_empty())
            || (!earned.is_empty() && given.is_empty())
            || (!paid.is_empty() && !earned.is_empty() && !paid.keys().eq(earned.keys()));
        !one_sided
    }
}

/// Takes the legs of one exchange together, see [`Sides::settle`].
pub(in super::super) fn settle(legs: &[Leg], notes: &mut Notes) -> Settled {
    let mut sides = Sides::default();
    for leg in legs {
        sides.add(leg);
    }
    sides.settle(notes)
}

fn note(fees: &Side<'_>, notes: &mut Notes, which: impl Fn(&str) -> bool) {
    for (code, (sum, row)) in fees.iter().filter(|(code, _)| which(code)) {
        notes.fee(*row, code, sum.abs());
    }
}

/// The sales and purchases; each takes the fee of its currency, the first of them any other.
fn deals([paid, earned, given, received]: [&Side<'_>; 4], fees: Side<'_>) -> Vec<Deal> {
    let mut fees: BTreeMap<Currency, (Decimal, u32)> =
        fees.into_iter().filter_map(|(code, fee)| Some((fiat(code)?, fee))).collect();
    let first =
        |side: &Side<'_>| side.keys().next().map_or(String::new(), |code| (*code).to_owned());
    let mut deals = Vec::new();
    for (code, &(sum, row)) in earned {
        let Some(currency) = fiat(code) else { continue };
        let (fee, _) = fees.remove(&currency).unwrap_or_default();
        let (revenue, fee) = (Money::new(sum, currency), Money::new(-fee, currency));
        deals.push(Deal { row, code: first(given), event: Event::CryptoSell { revenue, fee } });
    }
    for (code, &(sum, row)) in paid {
        let Some(currency) = fiat(code) else { continue };
        let (fee, _) = fees.remove(&currency).unwrap_or_default();
        let (cost, fee) = (Money::new(-sum, currency), Money::new(-fee, currency));
        deals.push(Deal { row, code: first(received), event: Event::CryptoBuy { cost, fee } });
    }
    let code = deals.first().map_or(String::new(), |deal| deal.code.clone());
    for (currency, (fee, row)) in fees.into_iter().filter(|(_, (fee, _))| !fee.is_zero()) {
        let (cost, fee) = (Money::zero(currency), Money::new(-fee, currency));
        deals.push(Deal { row, code: code.clone(), event: Event::CryptoBuy { cost, fee } });
    }
    deals
}

impl Deal {
    /// Adds it to the statement.
    pub(in super::super) fn push(
        self,
        account: AccountIx,
        at: Stamp,
        key: EventKey,
        builder: &mut StatementBuilder,
    ) {
        let instrument = coin(builder, &self.code);
        let source = builder.source(self.row);
        builder.push(Transaction {
            source,
            key: Some(key),
            account,
            instrument,
            day: at.day,
            millisecond: at.millisecond,
            event: self.event,
        });
    }

    /// What tells it from another deal of the same moment: direction, amounts and currency.
    pub(in super::super) fn content(&self) -> String {
        match &self.event {
            Event::CryptoBuy { cost, fee } => {
                format!("buy {} {} {}", self.code, plain(*cost), plain(*fee))
            }
            Event::CryptoSell { revenue, fee } => {
                format!("sell {} {} {}", self.code, plain(*revenue), plain(*fee))
            }
            Event::Buy(_)
            | Event::Sell(_)
            | Event::OpenShort(_)
            | Event::CloseShort(_)
            | Event::OpeningLot { .. }
            | Event::Dividend { .. }
            | Event::Withholding { .. }
            | Event::Interest { .. }
            | Event::Fee { .. }
            | Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::TransferOut { .. }
            | Event::TransferIn { .. }
            | Event::Derivative { .. }
            | Event::Block => String::new(),
        }
    }
}

fn plain(money: Money) -> String {
    format!("{} {}", money.amount.normalize(), money.currency)
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn legs(legs: &[(&str, &str)]) -> Vec<Leg> {
        let leg = |(row, (code, amount)): (u32, &(&str, &str))| Leg {
            row,
            stamp: Stamp { day: jiff::civil::date(2024, 1, 15), millisecond: 0 },
            code: code.trim_start_matches('!').to_owned(),
            amount: Decimal::from_str(amount).unwrap(),
            is_fee: code.starts_with('!'),
            what: String::new(),
        };
        (2..).zip(legs).map(leg).collect()
    }

    fn told(written: &[(&str, &str)]) -> Vec<String> {
        match settle(&legs(written), &mut Notes::default()) {
            Settled::Neutral => vec!["neutral".to_owned()],
            Settled::Incomplete => vec!["incomplete".to_owned()],
            Settled::Deals(deals) => deals.iter().map(Deal::content).collect(),
        }
    }

    /// Sides added to leg by leg know at each what all legs up to it settle as.
    #[test]
    fn sides_grow_with_their_legs() {
        let written = [
            ("!PLN", "0.5"),
            ("PLN", "-100"),
            ("!PLN", "-0.5"),
            ("!BNB", "0.1"),
            ("BTC", "1"),
            ("!BNB", "-0.3"),
            ("EUR", "20"),
            ("ETH", "-2"),
            ("PLN", "7"),
            ("EUR", "-1"),
            ("!EUR", "0"),
            ("!EUR", "3"),
            ("!EUR", "-3"),
            ("DOT", "0"),
        ];
        let legs = legs(&written);
        let mut sides = Sides::default();
        let mut whole = Vec::new();
        for (count, leg) in (1..).zip(&legs) {
            sides.add(leg);
            let settled = settle(&legs[..count], &mut Notes::default());
            assert_eq!(sides.is_complete(), settled != Settled::Incomplete, "{count}");
            whole.push(sides.is_whole());
        }
        // Nothing is whole before the coin, while a fee came back, nor while the currencies differ.
        let expected = [6, 10, 11, 13, 14];
        assert_eq!(
            (1..).zip(whole).filter_map(|(at, is)| is.then_some(at)).collect::<Vec<i32>>(),
            expected
        );
    }

    #[test]
    fn money_for_coins_is_a_purchase_and_the_other_way_a_sale() {
        let fills = [("EUR", "-40"), ("BTC", "0.001"), ("EUR", "-20"), ("BTC", "0.0005")];
        assert_eq!(told(&fills), ["buy BTC 60 EUR 0 EUR"]);
        let sale = [("ETH", "-1"), ("PLN", "9000"), ("!PLN", "-9")];
        assert_eq!(told(&sale), ["sell ETH 9000 PLN 9 PLN"]);
        // A fee in a third currency is a cost of its own.
        let third = [("ETH", "-1"), ("PLN", "9000"), ("!EUR", "-2")];
        assert_eq!(told(&third), ["sell ETH 9000 PLN 0 PLN", "buy ETH 0 EUR 2 EUR"]);
    }

    #[test]
    fn coins_for_coins_and_money_for_money_are_neutral() {
        assert_eq!(told(&[("BTC", "-1"), ("USDT", "60000"), ("!BNB", "-0.1")]), ["neutral"]);
        assert_eq!(told(&[("EUR", "-100"), ("PLN", "430")]), ["neutral"]);
    }

    #[test]
    fn a_missing_side_is_not_guessed() {
        for alone in [[("EUR", "-100")], [("BTC", "1")], [("PLN", "100")]] {
            assert_eq!(told(&alone), ["incomplete"], "{alone:?}");
        }
        // Euro for a coin, or euro for złoty and a coin for a coin? Both are possible.
        let two = [("EUR", "-100"), ("PLN", "430"), ("BTC", "-1"), ("ETH", "20")];
        assert_eq!(told(&two), ["incomplete"]);
        let both = [("EUR", "-100"), ("EUR", "430"), ("BTC", "-1"), ("ETH", "20")];
        assert_eq!(told(&both), ["sell BTC 430 EUR 0 EUR", "buy ETH 100 EUR 0 EUR"]);
    }
}
