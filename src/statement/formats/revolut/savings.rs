//! Interest on savings, and flexible cash funds.
//!
//! Savings pay interest (art. 30a ust. 1 pkt 3). A cash fund pays out its income (pkt 5), day by day and
//! without a deduction for the fund's fee; its units are bought and sold like any other, which matters in
//! a foreign currency even at a price of one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::amount::{money, required, titled};
use super::{ACCOUNT, sells};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Event, InstrumentIx, Isin, StatementBuilder, Trade, Transaction,
};

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    description: Column,
    /// Gross, or what came in.
    amount: Column,
    paid_out: Column,
    withheld: Column,
    balance: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["completed date", "date", "data"]),
            description: header.required(&["description", "opis"]),
            amount: header.required(&["gross interest", "odsetki brutto", "money in"]),
            paid_out: header.optional(&["money out"]),
            withheld: header.optional(&["taxes withheld", "zatrzymane podatki"]),
            balance: header.optional(&["balance"]),
        };
        sells::ignore_rest(header);
        columns
    }
}

/// What a row of savings is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Interest,
    Tax,
    Neutral,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let begins = |names: &[&str]| names.iter().any(|name| text.starts_with(name));
        if begins(&[
            "gross interest",
            "interest earned",
            "interest paid",
            "odsetki brutto",
            "naliczone odsetki",
            "oprocentowanie brutto",
        ]) {
            return Some(Self::Interest);
        }
        if begins(&["tax", "withholding", "podatek"]) {
            return Some(Self::Tax);
        }
        let moved = begins(&[
            "deposit",
            "depositing",
            "wpłata",
            "withdrawal",
            "withdrawing",
            "wypłata",
            "money brought forward",
            "money carried forward",
            "saldo z przeniesienia",
            "saldo do przeniesienia",
            "to ",
            "from ",
            "do ",
            "z ",
        ]);
        moved.then_some(Self::Neutral)
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    currency: Option<Currency>,
    /// Whether the title speaks of an everyday account, where anything may be paid.
    everyday: bool,
}

impl Reader {
    pub(super) fn new(columns: Columns, title: &str, builder: &mut StatementBuilder) -> Self {
        let everyday = title.starts_with("transactions for")
            && !title.contains("saving")
            && !title.contains("flexible");
        let currency = titled(title);
        Self { columns, account: builder.account(ACCOUNT), currency, everyday }
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let kind = match Kind::parse(row.text(columns.description)) {
            None if self.everyday => Kind::Neutral,
            None => return row.refuse(Code::UnknownRow, columns.description),
            Some(kind) => kind,
        };
        if kind == Kind::Neutral {
            return Some(Taken::Neutral);
        }
        let stamp = row.required_stamp(columns.date);
        let came_in = !row.is_empty(columns.amount);
        let from = if came_in { columns.amount } else { columns.paid_out };
        let amount = required(row, from, self.currency);
        let withheld = if row.is_empty(columns.withheld) {
            None
        } else {
            money(row, columns.withheld, amount.map(|amount| amount.currency))
        };
        if row.has_errors() {
            return None;
        }
        let (stamp, amount) = (stamp?, amount?);
        // The sign is written or not: the column tells the direction.
        let size = if came_in { amount.amount } else { -amount.amount.abs() };
        let event = if kind == Kind::Tax {
            Event::Withholding { amount: Money::new(-size, amount.currency), country: None }
        } else {
            let gross = Money::new(size, amount.currency);
            let withheld = withheld.unwrap_or(Money::zero(amount.currency));
            Event::Interest { gross, withheld }
        };
        let content = format!("{kind:?} {} {} {}", stamp.day, amount.currency, size.normalize());
        let key = builder.content_key("revolut-interest", content.as_bytes());
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument: InstrumentIx::NONE,
            day: stamp.day,
            millisecond: 0,
            event,
        });
        Some(Taken::Used)
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.date),
            ("amount", columns.amount),
            ("note", columns.description),
        ]);
        if let Some(currency) = self.currency.or_else(|| titled(row.text(columns.balance))) {
            cells.push(("currency", currency.to_string()));
        }
        builder.repair(row.source().row, cells);
    }
}

#[derive(Debug)]
pub(super) struct FundColumns {
    date: Column,
    description: Column,
    /// The value and the currency that its name tells.
    values: Vec<(Column, Option<Currency>)>,
    price: Column,
    quantity: Column,
}

impl FundColumns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let date = header.required(&["date", "data"]);
        let description = header.required(&["description", "opis"]);
        let price = header.optional(&["price per share"]);
        let quantity = header.find("quantity", |found| found.starts_with("quantity"));
        let mut values = Vec::new();
        loop {
            let column = header.find("value", |found| found.starts_with("value"));
            let Some(at) = column.index() else { break };
            let name = header.names().get(at).map_or("", String::as_str);
            let code = name.trim_start_matches("value").trim_start_matches([',', ' ']);
            values.push((column, Currency::parse(code).ok()));
        }
        sells::ignore_rest(header);
        Self { date, description, values, price, quantity }
    }
}

#[derive(Debug)]
pub(super) struct FundReader {
    columns: FundColumns,
    account: AccountIx,
    currency: Option<Currency>,
    /// The funds' fees: no cost of the distributions (art. 30a ust. 6).
    pub fees: BTreeMap<Currency, Decimal>,
}

/// `BUY EUR Class R IE000AZVL3K0` taken apart.
struct Line {
    verb: &'static str,
    currency: Option<Currency>,
    isin: Isin,
}

/// What a row of a fund can be, lower case; longer texts first.
const VERBS: [&str; 7] = [
    "interest reinvested",
    "interest withdrawn",
    "interest paid",
    "service fee charged",
    "buy",
    "sell",
    "dividend",
];

impl Line {
    fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let verb = VERBS.into_iter().find(|verb| lower.starts_with(verb))?;
        let mut words = text.get(verb.len()..)?.split_whitespace();
        let currency = words.next().and_then(|word| Currency::parse(word).ok());
        let isin = text.split_whitespace().rev().find_map(|word| Isin::parse(word).ok())?;
        Some(Self { verb, currency, isin })
    }
}

impl FundReader {
    pub(super) fn new(columns: FundColumns, title: &str, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self { columns, account, currency: titled(title), fees: BTreeMap::new() }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let Some(line) = Line::parse(row.text(self.columns.description)) else {
            return row.refuse(Code::UnknownRow, self.columns.description);
        };
        if line.verb == "interest withdrawn" {
            return Some(Taken::Neutral);
        }
        let stamp = row.required_stamp(self.columns.date);
        let value = self.value(row, &line);
        let (stamp, value) = (stamp?, value?);
        let event = match line.verb {
            "service fee charged" => {
                *self.fees.entry(value.currency).or_default() += value.amount.abs();
                return Some(Taken::Neutral);
            }
            "interest paid" | "dividend" => Event::Dividend {
                gross: value,
                withheld: Money::zero(value.currency),
                country: None,
            },
            "sell" => Event::Sell(self.trade(row, value)?),
            _ => Event::Buy(self.trade(row, value)?),
        };
        Some(self.push(row, builder, &line, stamp, value, event))
    }

    /// The value in the currency of the fund, which is not always the first of two.
    fn value(&self, row: &mut Row<'_>, line: &Line) -> Option<Money> {
        let wanted = line.currency.or(self.currency);
        let columns = &self.columns.values;
        let named = columns.iter().find(|(_, currency)| currency.is_some() && *currency == wanted);
        let Some(&(column, named)) = named.or(columns.first()) else {
            return row.refuse(Code::EmptyCell, self.columns.description);
        };
        required(row, column, named.or(wanted))
    }

    fn trade(&self, row: &mut Row<'_>, value: Money) -> Option<Trade> {
        let gross = Money::new(value.amount.abs(), value.currency);
        let quantity = if row.is_empty(self.columns.quantity) {
            let price = required(row, self.columns.price, Some(value.currency))?;
            gross.amount.checked_div(price.amount)
        } else {
            row.decimal(self.columns.quantity).map(|quantity| quantity.abs())
        };
        let quantity = quantity.filter(|quantity| *quantity > Decimal::ZERO);
        let Some(quantity) = quantity else {
            return row.refuse(Code::NotPositive, self.columns.quantity);
        };
        let commission = Money::zero(value.currency);
        Some(Trade::new(quantity, gross, commission))
    }

    fn push(
        &self,
        row: &Row<'_>,
        builder: &mut StatementBuilder,
        line: &Line,
        stamp: Stamp,
        value: Money,
        event: Event,
    ) -> Taken {
        let content = format!(
            "{} {} {} {} {}",
            line.verb,
            line.isin,
            stamp.day,
            stamp.millisecond,
            value.amount.abs().normalize()
        );
        let key = builder.content_key("revolut-fund", content.as_bytes());
        let instrument = builder.instrument(Some(line.isin), "", line.isin.as_str());
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: stamp.millisecond,
            event,
        });
        Taken::Used
    }
}

impl RowReader for FundReader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let value = columns.values.first().map_or(Column::absent("value"), |(column, _)| *column);
        let cells = row.cells(&[
            ("date", columns.date),
            ("quantity", columns.quantity),
            ("price", columns.price),
            ("amount", value),
            ("note", columns.description),
        ]);
        builder.repair(row.source().row, cells);
        let words = row.text(columns.description).split_whitespace();
        if let Some(isin) = words.rev().find_map(|word| Isin::parse(word).ok()) {
            let day = row.quiet_stamp(columns.date).map_or(UNDATED, |stamp| stamp.day);
            let instrument = builder.instrument(Some(isin), "", isin.as_str());
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}

/// The day of a block whose row has no readable date: it holds from the beginning.
const UNDATED: Date = jiff::civil::date(1990, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_both_languages_are_told_apart() {
        assert_eq!(Kind::parse("Odsetki brutto Wypłacone dnia 2023/08/29"), Some(Kind::Interest));
        assert_eq!(Kind::parse("Interest earned"), Some(Kind::Interest));
        assert_eq!(Kind::parse("Wpłata"), Some(Kind::Neutral));
        assert_eq!(Kind::parse("Saldo z przeniesienia"), Some(Kind::Neutral));
        // Net of what is not said.
        assert_eq!(Kind::parse("Net Interest Paid to Savings"), None);
    }

    #[test]
    fn a_fund_is_named_by_the_isin_at_the_end() {
        let line = Line::parse("Interest PAID EUR Class R IE000AZVL3K0").unwrap();
        assert_eq!((line.verb, line.currency), ("interest paid", Some(Currency::EUR)));
        assert_eq!(line.isin.as_str(), "IE000AZVL3K0");
        assert!(Line::parse("BUY something").is_none());
    }
}
