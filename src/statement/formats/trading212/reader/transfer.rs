//! Shares moved between own accounts.

use super::Reader;
use crate::money::Currency;
use crate::statement::formats::trading212::{day::at_exchange, repair};
use crate::statement::table::{Row, Taken};
use crate::statement::{Event, StatementBuilder};

impl Reader {
    /// Shares that come or go bring or take their lots (tax-law 2.3).
    pub(super) fn transfer(
        &mut self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.time);
        let instrument = self.instrument(row, builder);
        let quantity = row.required_positive(self.columns.shares);
        let (utc, (isin, instrument), quantity) = (stamp?, instrument?, quantity?);
        let comes = row.text(self.columns.action).to_lowercase().ends_with("in");
        let event = if comes {
            Event::TransferIn { quantity, departure: None }
        } else {
            Event::TransferOut { quantity, arrival: None }
        };
        let key = self.key(row, utc, isin, quantity, builder);
        let stamp = at_exchange(utc, isin, Currency::EUR);
        let taken = self.push(row, builder, instrument, stamp, key, event)?;
        if comes {
            builder.repair(row.source().row, repair::opening_lot(&self.columns, row));
        }
        Some(taken)
    }
}
