//! One transaction after another.

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Arrival, Place, dashed_day, one_day, required_dollars, without_none};
use crate::money::{Country, Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{AccountIx, Code, Event, EventKey, InstrumentIx, StatementBuilder, Trade};

/// The file does not tell its account.
const ACCOUNT: &str = "Fidelity stock plan";

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    kind: Column,
    name: Column,
    shares: Column,
    amount: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["transaction date"]),
            kind: header.required(&["transaction type"]),
            name: header.required(&["investment name"]),
            shares: header.required(&["shares"]),
            amount: header.required(&["amount"]),
        };
        header.ignore(&[""]);
        columns
    }
}

/// What a transaction is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// Bought through the purchase plan.
    Plan,
    /// Vested.
    Vested,
    Bought,
    Sold,
    Dividend,
    Tax,
    /// Money moved into or out of the fund that holds the cash.
    Sweep,
    Reinvested,
    /// Shares that came or went; money alone is neutral.
    Move,
    Unsettled,
}

impl Kind {
    fn of(text: &str, name: &str) -> Option<Self> {
        let (text, name) = (text.to_uppercase(), name.to_uppercase());
        let cash = name.contains("CASH RESERVES") || name.contains("MONEY MARKET");
        let begins = |words: &str| text.starts_with(words);
        Some(match () {
            () if begins("YOU BOUGHT ESPP") || begins("YOU BOUGHT SPP") => Self::Plan,
            () if begins("YOU BOUGHT RSU")
                || begins("YOU BOUGHT RS")
                || begins("YOU BOUGHT PSU") =>
            {
                Self::Vested
            }
            () if cash
                && (begins("REINVESTMENT") || begins("YOU BOUGHT") || begins("YOU SOLD")) =>
            {
                Self::Sweep
            }
            () if begins("YOU BOUGHT") => Self::Bought,
            () if begins("YOU SOLD") => Self::Sold,
            () if begins("DIVIDEND RECEIVED") => Self::Dividend,
            () if begins("NON-RESIDENT TAX DIVIDEND") => Self::Tax,
            () if begins("REINVESTMENT") => Self::Reinvested,
            () if begins("JOURNALED") || begins("TRANSFERRED") => Self::Move,
            () if begins("EXCHANGED") || begins("NON-RESIDENT TAX") => Self::Unsettled,
            () => return None,
        })
    }

    fn changes_lots(self) -> bool {
        match self {
            Self::Plan
            | Self::Vested
            | Self::Bought
            | Self::Sold
            | Self::Reinvested
            | Self::Move
            | Self::Unsettled => true,
            Self::Dividend | Self::Tax | Self::Sweep => false,
        }
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT) }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let text = row.text(columns.kind);
        let Some(kind) = Kind::of(text, row.text(columns.name)) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let stamp = one_day(row, columns.date);
        let stamp = as_of(text, stamp?);
        match kind {
            Kind::Sweep => Some(Taken::Neutral),
            Kind::Dividend | Kind::Tax => self.income(row, builder, kind, stamp),
            Kind::Move => self.transfer(row, builder, stamp),
            Kind::Unsettled => row.refuse(Code::UnsettledAction, columns.kind),
            Kind::Vested => self.vested(row, builder, stamp),
            Kind::Plan | Kind::Bought | Kind::Reinvested | Kind::Sold => {
                self.trade(row, builder, kind, stamp)
            }
        }
    }

    fn trade(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
        stamp: Stamp,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let sells = kind == Kind::Sold;
        let shares = self.shares(row);
        let amount = required_dollars(row, columns.amount);
        let instrument = self.instrument(row, builder);
        let (shares, amount, instrument) = (shares?, amount?, instrument?);
        if shares.is_zero() || shares.is_sign_negative() != sells {
            return row.refuse(Code::NotPositive, columns.shares);
        }
        if amount.is_zero() || amount.is_sign_positive() != sells {
            return row.refuse(Code::AmountMismatch, columns.amount);
        }
        let quantity = shares.abs();
        let gross = Money::new(amount.abs(), Currency::USD);
        let key = self.key(row, builder, stamp, shares, amount);
        let place = self.place(row, instrument, stamp);
        if kind == Kind::Plan {
            place.paid(builder, key, quantity, gross);
            return Some(Taken::Used);
        }
        let commission = Money::zero(Currency::USD);
        let trade = Trade::new(quantity, gross, commission);
        place.push(builder, key, if sells { Event::Sell(trade) } else { Event::Buy(trade) });
        Some(Taken::Used)
    }

    fn vested(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
    ) -> Option<Taken> {
        let shares = self.shares(row);
        let instrument = self.instrument(row, builder);
        let (quantity, instrument) = (shares?, instrument?);
        if quantity <= Decimal::ZERO {
            return row.refuse(Code::NotPositive, self.columns.shares);
        }
        let note = format!("{} {}", row.text(self.columns.kind), stamp.day);
        let currency = Some(Currency::USD);
        let arrival = Arrival { account: ACCOUNT, quantity, currency, note };
        self.place(row, instrument, stamp).ask_cost(builder, &arrival);
        builder.unknown();
        Some(Taken::Later)
    }

    fn income(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
        stamp: Stamp,
    ) -> Option<Taken> {
        let amount = required_dollars(row, self.columns.amount);
        let instrument = self.instrument(row, builder);
        let (amount, instrument) = (amount?, instrument?);
        let key = self.key(row, builder, stamp, Decimal::ZERO, amount);
        let money = Money::new(amount, Currency::USD);
        let event = if kind == Kind::Tax {
            // The American tax on those who do not live there.
            let country = Country::parse("US").ok();
            Event::Withholding { amount: Money::new(-amount, Currency::USD), country }
        } else {
            let withheld = Money::zero(Currency::USD);
            Event::Dividend { gross: money, withheld, country: None }
        };
        self.place(row, instrument, stamp).push(builder, key, event);
        Some(Taken::Used)
    }

    fn transfer(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
    ) -> Option<Taken> {
        if without_none(row.text(self.columns.shares)).is_empty() {
            return Some(Taken::Neutral);
        }
        let shares = self.shares(row);
        let instrument = self.instrument(row, builder);
        let (shares, instrument) = (shares?, instrument?);
        if shares.is_zero() {
            return Some(Taken::Neutral);
        }
        let key = self.key(row, builder, stamp, shares, Decimal::ZERO);
        let place = self.place(row, instrument, stamp);
        if shares.is_sign_negative() {
            place.left(builder, key, -shares);
        } else {
            let note = row.text(self.columns.kind).to_owned();
            let currency = Some(Currency::USD);
            let arrival = Arrival { account: ACCOUNT, quantity: shares, currency, note };
            place.came(builder, key, &arrival);
        }
        Some(Taken::Used)
    }

    fn shares(&self, row: &mut Row<'_>) -> Option<Decimal> {
        if without_none(row.text(self.columns.shares)).is_empty() {
            return row.refuse(Code::EmptyCell, self.columns.shares);
        }
        bounded::decimal(row, self.columns.shares)
    }

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let name = without_none(row.text(self.columns.name));
        if name.is_empty() {
            return row.refuse(Code::NoInstrument, self.columns.name);
        }
        Some(builder.instrument(None, name, name))
    }

    fn place(&self, row: &Row<'_>, instrument: InstrumentIx, stamp: Stamp) -> Place {
        Place { row: row.source().row, account: self.account, instrument, stamp }
    }

    fn key(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
        shares: Decimal,
        amount: Decimal,
    ) -> EventKey {
        let (kind, name) = (row.text(self.columns.kind), row.text(self.columns.name));
        let (shares, amount) = (shares.normalize(), amount.normalize());
        let content = format!("{} {kind} {name} {shares} {amount}", stamp.day);
        builder.content_key("fidelity", content.as_bytes())
    }
}

/// `YOU BOUGHT ESPP### AS OF 09-13-24`: the day on which the shares were bought.
fn as_of(text: &str, booked: Stamp) -> Stamp {
    let told = text.split_once(" AS OF ").map(|(_, rest)| rest);
    let day = told.and_then(|rest| dashed_day(rest.split([';', ' ']).next()?));
    day.map_or(booked, |day| Stamp { day, millisecond: 0 })
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.date),
            ("type", columns.kind),
            ("ticker", columns.name),
            ("quantity", columns.shares),
            ("amount", columns.amount),
        ]);
        cells.retain(|(_, text)| !without_none(text).is_empty());
        cells.push(("currency", "USD".to_owned()));
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
        let name = without_none(row.text(columns.name));
        let kind = Kind::of(row.text(columns.kind), name);
        if name.is_empty() || kind.is_some_and(|kind| !kind.changes_lots()) {
            return;
        }
        let instrument = builder.instrument(None, name, name);
        let iso = super::super::shared::month_day(row.text(columns.date));
        let day = iso.and_then(|iso| iso.parse().ok());
        let day = day.unwrap_or(jiff::civil::date(1990, 1, 1));
        builder.block(self.account, instrument, day, row.source().row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_words() {
        let share = "ACME TECHNOLOGY INC. COMMON STOCK";
        assert_eq!(Kind::of("YOU BOUGHT ESPP### AS OF 09-13-24", share), Some(Kind::Plan));
        assert_eq!(Kind::of("YOU BOUGHT RSU####", share), Some(Kind::Vested));
        assert_eq!(Kind::of("YOU SOLD", share), Some(Kind::Sold));
        let fund = "FIDELITY GOVERNMENT CASH RESERVES";
        assert_eq!(Kind::of("REINVESTMENT REINVEST @ $1.000", fund), Some(Kind::Sweep));
        assert_eq!(Kind::of("LOTTERY", share), None);
    }

    #[test]
    fn the_plan_bought_as_of_its_own_day() {
        let stamp = |day| Stamp { day, millisecond: 0 };
        let booked = stamp(jiff::civil::date(2024, 9, 16));
        let bought = stamp(jiff::civil::date(2024, 9, 13));
        assert_eq!(as_of("YOU BOUGHT ESPP### AS OF 09-13-24", booked), bought);
        assert_eq!(as_of("YOU SOLD", booked), booked);
    }
}
