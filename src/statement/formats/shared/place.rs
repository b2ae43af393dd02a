//! Events at their place: row, account, instrument and stamp.

use rust_decimal::Decimal;

use crate::money::{Currency, Money};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, StatementBuilder, Transaction,
};

/// Where and when something happened.
#[derive(Clone, Copy, Debug)]
pub(in crate::statement::formats) struct Place {
    pub row: u32,
    pub account: AccountIx,
    pub instrument: InstrumentIx,
    pub stamp: Stamp,
}

/// Shares that came without a price, as far as the file describes them.
#[derive(Clone, Debug)]
pub(in crate::statement::formats) struct Arrival<'t> {
    /// The account's name, for the template.
    pub account: &'t str,
    /// Shares, > 0.
    pub quantity: Decimal,
    /// The currency in which a cost would stand, if known.
    pub currency: Option<Currency>,
    /// What the file says of them, for the finding and the template.
    pub note: String,
}

impl Place {
    /// Adds an event here.
    pub(in crate::statement::formats) fn push(
        self,
        builder: &mut StatementBuilder,
        key: EventKey,
        event: Event,
    ) {
        let source = builder.source(self.row);
        builder.push(Transaction {
            source,
            key: Some(key),
            account: self.account,
            instrument: self.instrument,
            day: self.stamp.day,
            millisecond: self.stamp.millisecond,
            event,
        });
    }

    /// Shares came from another account: with their lots, if a file tells them, else the sender can.
    pub(in crate::statement::formats) fn came(
        self,
        builder: &mut StatementBuilder,
        key: EventKey,
        arrival: &Arrival<'_>,
    ) {
        self.offer(builder, arrival);
        let quantity = arrival.quantity;
        self.push(builder, key, Event::TransferIn { quantity, departure: None });
    }

    /// Shares left for another account.
    pub(in crate::statement::formats) fn left(
        self,
        builder: &mut StatementBuilder,
        key: EventKey,
        quantity: Decimal,
    ) {
        self.push(builder, key, Event::TransferOut { quantity, arrival: None });
    }

    /// Shares came whose cost only the sender knows (tax-law 2.5): the instrument waits for the answer.
    /// The caller counts the row as unknown.
    pub(in crate::statement::formats) fn ask_cost(
        self,
        builder: &mut StatementBuilder,
        arrival: &Arrival<'_>,
    ) {
        let label = builder.instrument_mut(self.instrument).map(|known| known.label().to_owned());
        let finding = Diagnostic::at(Code::PlanCost, builder.source(self.row))
            .found("", label.unwrap_or_default())
            .detail(arrival.note.as_str());
        builder.diagnose(finding);
        self.offer(builder, arrival);
        builder.block(self.account, self.instrument, self.stamp.day, self.row);
    }

    /// Shares bought through a plan: what was paid for them is their cost (tax-law 2.5). The sender is
    /// told, because a discount that was taxed would be a cost as well.
    pub(in crate::statement::formats) fn paid(
        self,
        builder: &mut StatementBuilder,
        key: EventKey,
        quantity: Decimal,
        cost: Money,
    ) {
        let label = builder.instrument_mut(self.instrument).map(|known| known.label().to_owned());
        let detail = format!("{}: {} × ", self.stamp.day, quantity.normalize());
        let each = cost.amount.checked_div(quantity).unwrap_or_default().round_dp(4).normalize();
        let finding = Diagnostic::at(Code::PlanPaid, builder.source(self.row))
            .found("", label.unwrap_or_default())
            .detail(format!("{detail}{each} {}", cost.currency));
        builder.diagnose(finding);
        self.push(builder, key, Event::OpeningLot { quantity, cost });
    }

    /// A row of the template for the shares, with the amount left open.
    fn offer(self, builder: &mut StatementBuilder, arrival: &Arrival<'_>) {
        let known = builder.instrument_mut(self.instrument);
        let (ticker, isin) = known.map_or_else(Default::default, |known| {
            let isin = known.isin.map(|isin| isin.to_string());
            (known.symbol.clone(), isin.unwrap_or_default())
        });
        let currency = arrival.currency.map(|currency| currency.to_string());
        let cells = [
            ("date", self.stamp.day.to_string()),
            ("type", "opening_lot".to_owned()),
            ("ticker", ticker),
            ("isin", isin),
            ("quantity", arrival.quantity.normalize().to_string()),
            ("currency", currency.unwrap_or_default()),
            ("account", arrival.account.to_owned()),
            ("note", arrival.note.clone()),
        ];
        builder.repair(self.row, cells.into_iter().filter(|(_, text)| !text.is_empty()).collect());
    }
}
