//! `securities_in_outs`: shares that came or went without a trade.
//!
//! A split takes all old shares and gives the new ones, in two rows of one moment; their ratio is exact.
//! Shares moved between accounts bring or take their lots (tax-law 2.3). Gifts of the broker and conversions
//! are for the sender to settle.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Arrival, Place};
use super::{ACCOUNT, columns, trades::UNDATED};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, InstrumentIx, SplitRatio, StatementBuilder,
};

#[derive(Debug)]
pub(super) struct Columns {
    when: Column,
    kind: Column,
    ticker: Column,
    isin: Column,
    quantity: Column,
    currency: Column,
    comment: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            when: header.required(&["datetime", "date"]),
            kind: header.required(&["type"]),
            ticker: header.required(&["ticker"]),
            isin: header.optional(&["isin"]),
            quantity: header.required(&["quantity"]),
            currency: header.optional(&["balance_currency", "currency"]),
            comment: header.optional(&["comment"]),
        };
        header.ignore(&[
            "id",
            "auth_login",
            "date",
            "date_created",
            "operator",
            "transaction_id",
            "approved",
            "pay_d",
            "commission",
            "commission_currency",
            "cost",
            "market_value",
            "market_value_details",
            "type_id",
            "currency",
            "price",
            "details",
            "corporate_action_id",
            "offbalance",
            "notification_details",
            "amount",
            "account",
        ]);
        columns
    }
}

/// What moved the shares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Split,
    Transfer,
    Gift,
    Unsettled,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_lowercase().as_str() {
            "split" => Self::Split,
            "in" | "out" | "internal" | "transfer" => Self::Transfer,
            "stock_award" | "geschenkaktionen" => Self::Gift,
            "conversion" | "maturity" | "redemption" | "spinoff" | "spin_off" | "merger" => {
                Self::Unsettled
            }
            _ => return None,
        })
    }
}

/// The rows of one split.
#[derive(Debug, Default)]
struct Halves {
    taken: Decimal,
    given: Decimal,
    millisecond: u32,
    rows: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    splits: BTreeMap<(InstrumentIx, Date), Halves>,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), splits: BTreeMap::new() }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let Some(kind) = Kind::parse(row.text(columns.kind)) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let instrument = columns::instrument(row, columns.ticker, columns.isin, builder);
        let stamp = row.required_stamp(columns.when);
        let quantity = bounded::required(row, columns.quantity);
        let (instrument, stamp, quantity) = (instrument?, stamp?, quantity?);
        if quantity.is_zero() {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        let place = Place { row: row.source().row, account: self.account, instrument, stamp };
        match kind {
            Kind::Split => {
                let halves = self.splits.entry((instrument, stamp.day)).or_default();
                *(if quantity.is_sign_negative() {
                    &mut halves.taken
                } else {
                    &mut halves.given
                }) += quantity.abs();
                halves.millisecond = stamp.millisecond;
                halves.rows.push(row.source().row);
                Some(Taken::Later)
            }
            Kind::Transfer => {
                self.transfer(row, builder, place, quantity);
                Some(Taken::Used)
            }
            Kind::Gift => {
                if quantity.is_sign_negative() {
                    return row.refuse(Code::NotPositive, columns.quantity);
                }
                place.ask_cost(builder, &self.arrival(row, quantity));
                builder.unknown();
                Some(Taken::Later)
            }
            Kind::Unsettled => {
                let comment = row.text(columns.comment);
                row.report_with(Code::UnsettledAction, columns.kind, comment);
                None
            }
        }
    }

    fn arrival(&self, row: &mut Row<'_>, quantity: Decimal) -> Arrival<'static> {
        let currency = row.quoted(self.columns.currency).map(|quoted| quoted.currency);
        let note = row.text(self.columns.comment).to_owned();
        Arrival { account: ACCOUNT, quantity, currency, note }
    }

    fn transfer(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        place: Place,
        quantity: Decimal,
    ) {
        let Stamp { day, millisecond } = place.stamp;
        let symbol = row.text(self.columns.ticker);
        let content = format!("{day} {millisecond} {symbol} {}", quantity.normalize());
        let key = builder.content_key("freedom24-move", content.as_bytes());
        if quantity.is_sign_positive() {
            let arrival = self.arrival(row, quantity);
            place.came(builder, key, &arrival);
        } else {
            place.left(builder, key, -quantity);
        }
    }

    /// Settles the splits, whose rows stand apart.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        for ((instrument, day), halves) in self.splits {
            let stamp = Stamp { day, millisecond: halves.millisecond };
            let whole = !halves.taken.is_zero() && !halves.given.is_zero();
            let row = halves.rows.first().copied().unwrap_or_default();
            let place = Place { row, account: self.account, instrument, stamp };
            for row in halves.rows.iter().skip(usize::from(whole)) {
                if whole {
                    builder.duplicate();
                } else {
                    builder.unknown();
                    let source = builder.source(*row);
                    builder.diagnose(
                        Diagnostic::at(Code::UnsettledAction, source).found("type", "split"),
                    );
                    builder.block(self.account, instrument, day, *row);
                }
            }
            if whole {
                builder.used();
                let (new, old) = (halves.given, halves.taken);
                let content = format!("{day} {} {}", new.normalize(), old.normalize());
                let label = builder.instrument_mut(instrument).map(|known| known.symbol.clone());
                let content = format!("{content} {}", label.unwrap_or_default());
                let key = builder.content_key("freedom24-split", content.as_bytes());
                place.push(builder, key, Event::Split(SplitRatio { new, old }));
            }
        }
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.when),
            ("type", columns.kind),
            ("ticker", columns.ticker),
            ("isin", columns.isin),
            ("quantity", columns.quantity),
            ("note", columns.comment),
        ]);
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        let found = columns::quiet_instrument(row, columns.ticker, columns.isin, builder);
        if let Some(instrument) = found {
            let day = row.quiet_stamp(columns.when).map_or(UNDATED, |stamp| stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}
