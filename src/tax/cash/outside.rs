//! Payments and charges outside the period of Polish residence.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Work;
use crate::{
    statement::{AccountIx, Event, InstrumentIx, Transaction},
    tax::{
        fifo::CashEvent,
        residence::{Outside, OutsideKind, Residence, is_here},
    },
};

/// Payments from which tax was taken in a row of its own.
pub(super) type Taxed = BTreeSet<(Date, AccountIx, InstrumentIx)>;

/// Those outside the period; empty where no period was stated.
pub(super) fn taxed(events: &[CashEvent<'_>], residence: Option<Residence>) -> Taxed {
    let outside = |transaction: &&Transaction| !is_here(residence, transaction.day);
    let rows = events.iter().map(|(_, transaction)| *transaction).filter(outside);
    let rows = rows.filter(|row| matches!(row.event, Event::Withholding { .. }));
    rows.map(|row| (row.day, row.account, row.instrument)).collect()
}

impl Work<'_> {
    /// Counts an event, unless it is one of lots, which the walk sees to.
    pub(super) fn leave_out(&mut self, place: u32, transaction: &Transaction, taxed: &Taxed) {
        let (day, source) = (transaction.day, transaction.source);
        let issuer = || self.ledger.issuer_country(transaction.instrument);
        let is_taxed = taxed.contains(&(day, transaction.account, transaction.instrument));
        let kind = match transaction.event {
            // Tax that a Polish payer took is final for whoever gets the dividend (art. 41 PIT).
            Event::Dividend { withheld, country, .. } if withheld.is_zero() && !is_taxed => {
                OutsideKind::of(country.or_else(issuer))
            }
            Event::Derivative { country, .. } => OutsideKind::of(country.or_else(issuer)),
            Event::CryptoBuy { .. } => OutsideKind::CoinsBought,
            Event::Dividend { .. }
            | Event::Withholding { .. }
            | Event::Interest { .. }
            | Event::Fee { .. }
            | Event::CryptoSell { .. } => OutsideKind::Foreign,
            Event::Buy(_)
            | Event::Sell(_)
            | Event::OpenShort(_)
            | Event::CloseShort(_)
            | Event::OpeningLot { .. }
            | Event::Split(_)
            | Event::SplitAdded { .. }
            | Event::Rename { .. }
            | Event::TransferOut { .. }
            | Event::TransferIn { .. }
            | Event::Block => return,
        };
        self.cash.outside.push(place, Outside { year: day.year(), source, kind });
    }
}
