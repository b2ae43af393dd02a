//! The rows of both reports.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Arrival, Place, month_day, one_day, required_dollars};
use crate::money::{Country, Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, InstrumentIx, StatementBuilder, Trade,
};

/// The reports do not tell their account.
const ACCOUNT: &str = "Morgan Stanley";

/// The last day whose sales stand as before Alphabet's split, as the reports say below their rows.
const BEFORE_SPLIT: Date = date(2022, 7, 15);
/// New shares for an old one.
const SPLIT: Decimal = Decimal::from_parts(20, 0, 0, false, 0);

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    order: Column,
    plan: Column,
    kind: Column,
    status: Column,
    price: Column,
    quantity: Column,
    /// Money paid for what vested, or for what was sold.
    cash: Column,
    net_shares: Column,
    /// Whether the report is that of releases.
    releases: bool,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let releases = header.names().iter().any(|name| name == "vest date");
        let columns = Self {
            date: header.required(&["vest date", "execution date"]),
            order: header.required(&["order number"]),
            plan: header.required(&["plan"]),
            kind: header.required(&["type"]),
            status: header.required(&["status", "order status"]),
            price: header.required(&["price"]),
            quantity: header.required(&["quantity"]),
            cash: header.required(&["net cash proceeds", "net amount"]),
            net_shares: header.required(&["net share proceeds"]),
            releases,
        };
        header.ignore(&["tax payment method", ""]);
        columns
    }
}

/// A sale from before the split.
#[derive(Debug)]
struct Early {
    place: Place,
    key: EventKey,
    trade: Trade,
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    early: Vec<Early>,
    /// The line below the rows was seen.
    says_split: bool,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self { columns, account, early: Vec::new(), says_split: false }
    }

    /// Sales from before the split count twenty shares for one where the report says so.
    pub(super) fn finish(self, builder: &mut StatementBuilder) {
        for Early { place, key, mut trade } in self.early {
            if self.says_split {
                trade.quantity *= SPLIT;
                place.push(builder, key, Event::Sell(trade));
                builder.used();
                continue;
            }
            let finding = Diagnostic::at(Code::UnsettledAction, builder.source(place.row))
                .found("", place.stamp.day.to_string())
                .detail("split 20:1, 2022-07-15");
            builder.diagnose(finding);
            builder.unknown();
            builder.block(self.account, place.instrument, place.stamp.day, place.row);
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let first = row.text(columns.date).to_lowercase();
        if first.starts_with("please note") {
            self.says_split |= first.contains("alphabet");
            return Some(Taken::Neutral);
        }
        if !columns.releases && row.text(columns.plan).eq_ignore_ascii_case("cash") {
            return Some(Taken::Neutral);
        }
        let (kind, status) = (row.text(columns.kind).to_lowercase(), row.text(columns.status));
        let is_known = match kind.as_str() {
            "release" => columns.releases,
            "sale" => !columns.releases,
            _ => false,
        };
        if !is_known {
            return row.refuse(Code::UnknownRow, columns.kind);
        }
        let is_done = status.eq_ignore_ascii_case("complete")
            || (columns.releases && status.eq_ignore_ascii_case("staged"));
        if !is_done {
            return row.refuse(Code::UnknownRow, columns.status);
        }
        if columns.releases { self.release(row, builder) } else { self.sale(row, builder) }
    }

    fn release(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = day(row, columns.date);
        let order = row.required_text(columns.order);
        let price = required_dollars(row, columns.price);
        let quantity = bounded::required(row, columns.quantity);
        let cash = required_dollars(row, columns.cash);
        let shares = bounded::required(row, columns.net_shares);
        let instrument = self.instrument(row, builder);
        let (stamp, order, price, quantity) = (stamp?, order?, price?, quantity?);
        let (cash, shares, instrument) = (cash?, shares?, instrument?);
        if !cash.is_zero() {
            // Sold on the day: the report of sales tells it, and how many shares came before it this one does not.
            return row.refuse(Code::UnsettledAction, columns.cash);
        }
        if shares.is_sign_negative() || shares > quantity {
            return row.refuse(Code::NotPositive, columns.net_shares);
        }
        if shares.is_zero() {
            return Some(Taken::Neutral);
        }
        let note = format!("{order}: {} × {} USD", quantity.normalize(), price.normalize());
        let currency = Some(Currency::USD);
        let arrival = Arrival { account: ACCOUNT, quantity: shares, currency, note };
        self.place(row, instrument, stamp).ask_cost(builder, &arrival);
        builder.unknown();
        Some(Taken::Later)
    }

    fn sale(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let stamp = day(row, columns.date);
        let order = row.required_text(columns.order);
        let price = required_dollars(row, columns.price);
        let quantity = bounded::required(row, columns.quantity);
        let paid = required_dollars(row, columns.cash);
        let instrument = self.instrument(row, builder);
        let (stamp, order, price) = (stamp?, order?, price?);
        let (quantity, paid, instrument) = (quantity?, paid?, instrument?);
        if quantity >= Decimal::ZERO {
            return row.refuse(Code::NotPositive, columns.quantity);
        }
        let (quantity, product) = (-quantity, (-quantity).checked_mul(price)?);
        // The price is rounded to the cent, and charges are taken off.
        let room = quantity.checked_mul(Decimal::new(1, 2))? + product * Decimal::new(1, 3);
        if paid <= Decimal::ZERO || (product - paid).abs() > room + Decimal::ONE {
            row.report_with(Code::AmountMismatch, columns.cash, product.round_dp(2).to_string());
            return None;
        }
        let trade =
            Trade::new(quantity, Money::new(paid, Currency::USD), Money::zero(Currency::USD));
        let shares = quantity.normalize();
        let content = format!("{order} {} {shares} {}", stamp.day, paid.normalize());
        let key = builder.content_key("morgan-stanley-sale", content.as_bytes());
        let place = self.place(row, instrument, stamp);
        if stamp.day <= BEFORE_SPLIT {
            self.early.push(Early { place, key, trade });
            return Some(Taken::Later);
        }
        place.push(builder, key, Event::Sell(trade));
        Some(Taken::Used)
    }

    /// Stock units of Alphabet by their symbol; of other companies the plan is all that is known.
    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let plan = row.required_text(self.columns.plan)?;
        let is_alphabet = plan.eq_ignore_ascii_case("GSU Class C");
        let symbol = if is_alphabet { "GOOG" } else { plan };
        let instrument = builder.instrument(None, symbol, plan);
        if let Some(known) = builder.instrument_mut(instrument).filter(|_| is_alphabet) {
            known.country = Some(Country::US);
        }
        Some(instrument)
    }

    fn place(&self, row: &Row<'_>, instrument: InstrumentIx, stamp: Stamp) -> Place {
        Place { row: row.source().row, account: self.account, instrument, stamp }
    }
}

/// `25-Mar-2021`, or as a spreadsheet writes days.
fn day(row: &mut Row<'_>, column: Column) -> Option<Stamp> {
    if month_day(row.text(column)).is_some() {
        return one_day(row, column);
    }
    row.required_stamp(column)
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let shares = if columns.releases { columns.net_shares } else { columns.quantity };
        let mut cells = row.cells(&[
            ("date", columns.date),
            ("ticker", columns.plan),
            ("quantity", shares),
            ("amount", columns.cash),
            ("note", columns.order),
        ]);
        let kind = if columns.releases { "opening_lot" } else { "sell" };
        cells.push(("type", kind.to_owned()));
        cells.push(("currency", "USD".to_owned()));
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        let undated = date(1990, 1, 1);
        let named = month_day(row.text(columns.date)).and_then(|iso| iso.parse().ok());
        let day = named.or_else(|| row.quiet_stamp(columns.date).map(|stamp| stamp.day));
        if let Some(instrument) = self.instrument(row, builder) {
            builder.block(self.account, instrument, day.unwrap_or(undated), row.source().row);
        }
    }
}
