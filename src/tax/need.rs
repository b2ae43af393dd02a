//! Which rates a history needs, known before anything is fetched.

use jiff::civil::Date;

use super::settled::Settlement;
use crate::{
    ledger::Ledger,
    money::{Currency, Money},
    statement::Event,
};

/// Calls `need` for the currency and day of every leg, under both bases; the złoty and zero amounts
/// need none. A pair may come many times.
pub fn for_each_need(ledger: &Ledger, mut need: impl FnMut(Currency, Date)) {
    let mut settlement = Settlement::new(ledger);
    let mut leg = |money: &Money, day: Date| {
        if !money.currency.is_pln() && !money.is_zero() {
            need(money.currency, day);
        }
    };
    for transaction in &ledger.transactions {
        let day = transaction.day;
        match &transaction.event {
            Event::Buy(trade)
            | Event::Sell(trade)
            | Event::OpenShort(trade)
            | Event::CloseShort(trade) => {
                let (settled_on, _) = settlement.day(transaction, trade);
                for money in [&trade.gross, &trade.commission].into_iter().chain(trade.charges()) {
                    leg(money, day);
                    if settled_on != day {
                        leg(money, settled_on);
                    }
                }
            }
            Event::Dividend { gross, withheld, .. } | Event::Interest { gross, withheld } => {
                leg(gross, day);
                leg(withheld, day);
            }
            Event::CryptoBuy { cost: amount, fee } | Event::CryptoSell { revenue: amount, fee } => {
                leg(amount, day);
                leg(fee, day);
            }
            Event::OpeningLot { cost: amount, .. }
            | Event::Withholding { amount, .. }
            | Event::Fee { amount }
            | Event::Derivative { result: amount, .. } => leg(amount, day),
            Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::TransferOut { .. }
            | Event::TransferIn { .. }
            | Event::Block => {}
        }
    }
}
