//! `corporate_actions.detailed`: dividends and coupons with their tax; other actions.
//!
//! Whether `amount` is before or after tax differs between generations. Shares × amount per share tell, and
//! where they do not, nothing is computed. The tax stands in two columns: what was taken abroad before the
//! money came to the broker (`external_tax`), and what the broker took for the source state (`tax_amount`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::Place;
use super::{ACCOUNT, columns, trades::UNDATED};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{AccountIx, Code, Event, InstrumentIx, StatementBuilder};

/// How far apart the two lists may date one split.
const DAYS_APART_MAX: i32 = 5;

#[derive(Debug)]
pub(super) struct Columns {
    when: Column,
    kind: Column,
    ticker: Column,
    isin: Column,
    amount: Column,
    each: Column,
    held: Column,
    currency: Column,
    taxes: [(Column, Column); 2],
    comment: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            when: header.required(&["date"]),
            kind: header.required(&["type_id", "type"]),
            ticker: header.required(&["ticker"]),
            isin: header.optional(&["isin"]),
            amount: header.required(&["amount"]),
            each: header.optional(&["amount_per_one", "amount per one"]),
            held: header.optional(&["q_on_ex_date", "quantity on ex date", "quantity"]),
            currency: header.required(&["currency"]),
            taxes: [
                (
                    header.optional(&["external_tax", "external tax"]),
                    header.optional(&["external_tax_currency", "external tax currency"]),
                ),
                (
                    header.optional(&["tax_amount", "tax amount", "withheld tax", "tax"]),
                    header.optional(&["tax_currency", "tax currency"]),
                ),
            ],
            comment: header.optional(&["comment"]),
        };
        header.ignore(&[
            "type",
            "corporate_action_id",
            "asset_type",
            "ex_date",
            "ex date",
            "id",
            "account",
            "record_date",
        ]);
        columns
    }
}

/// What an action is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Dividend {
        reverted: bool,
    },
    Coupon,
    Split,
    /// Money in lieu of a dividend, of shares that were lent.
    InLieu,
    /// Shares exchanged, given or redeemed.
    Unsettled,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_lowercase().as_str() {
            "dividend" | "dividends" => Self::Dividend { reverted: false },
            "dividend_reverted" => Self::Dividend { reverted: true },
            "coupon" => Self::Coupon,
            "split" => Self::Split,
            "dividend_compensation" => Self::InLieu,
            "conversion" | "maturity" | "redemption" | "spinoff" | "spin_off" | "merger"
            | "rights" | "stock_dividend" | "delisting" => Self::Unsettled,
            _ => return None,
        })
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    splits: BTreeSet<(String, Date)>,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), splits: told_splits(builder) }
    }

    fn is_split(&self, builder: &mut StatementBuilder, of: InstrumentIx, day: Date) -> bool {
        let Some(symbol) = builder.instrument_mut(of).map(|known| known.symbol.clone()) else {
            return false;
        };
        (-DAYS_APART_MAX..=DAYS_APART_MAX).any(|apart| {
            let near = day.checked_add(apart.days());
            near.is_ok_and(|near| self.splits.contains(&(symbol.clone(), near)))
        })
    }

    fn take(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let Some(kind) = Kind::parse(row.text(columns.kind)) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        match kind {
            Kind::Dividend { .. } | Kind::Coupon => self.income(row, builder, kind),
            Kind::Split => {
                let instrument = columns::instrument(row, columns.ticker, columns.isin, builder)?;
                let day = row.required_stamp(columns.when)?.day;
                if self.is_split(builder, instrument, day) {
                    return Some(Taken::Duplicate);
                }
                row.refuse(Code::UnsettledAction, columns.kind)
            }
            Kind::InLieu | Kind::Unsettled => {
                let comment = row.text(columns.comment);
                row.report_with(Code::UnsettledAction, columns.kind, comment);
                None
            }
        }
    }

    fn income(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        kind: Kind,
    ) -> Option<Taken> {
        let columns = &self.columns;
        let instrument = columns::instrument(row, columns.ticker, columns.isin, builder);
        let stamp = row.required_stamp(columns.when);
        let amount = bounded::required(row, columns.amount);
        let currency = row.required_quoted(columns.currency).map(|quoted| quoted.currency);
        let tax = currency.and_then(|currency| self.tax(row, currency));
        if row.has_errors() {
            return None;
        }
        let (instrument, stamp, currency, tax) = (instrument?, stamp?, currency?, tax?);
        let reverted = kind == Kind::Dividend { reverted: true };
        let amount = amount?;
        if amount.is_sign_negative() && !reverted {
            return row.refuse(Code::NotPositive, columns.amount);
        }
        let gross = self.gross(row, amount.abs(), tax)?;
        let content = format!(
            "{} {reverted} {} {} {}",
            stamp.day,
            row.text(columns.ticker),
            gross.normalize(),
            tax.normalize()
        );
        let key = builder.content_key("freedom24-income", content.as_bytes());
        let place = Place { row: row.source().row, account: self.account, instrument, stamp };
        let (gross, tax) = (Money::new(gross, currency), Money::new(tax, currency));
        let event = if kind == Kind::Coupon {
            Event::Interest { gross, withheld: tax }
        } else if reverted {
            if !tax.is_zero() {
                let amount = Money::new(-tax.amount, currency);
                place.push(builder, key, Event::Withholding { amount, country: None });
            }
            let gross = Money::new(-gross.amount, currency);
            Event::Dividend { gross, withheld: Money::zero(currency), country: None }
        } else {
            Event::Dividend { gross, withheld: tax, country: None }
        };
        place.push(builder, key, event);
        Some(Taken::Used)
    }

    /// Both taxes, ≥ 0; one in another currency than the income cannot be added to it.
    fn tax(&self, row: &mut Row<'_>, currency: Currency) -> Option<Decimal> {
        let mut sum = Decimal::ZERO;
        for (amount, unit) in self.columns.taxes {
            if columns::text(row, amount).is_empty() {
                continue;
            }
            let (value, own) = row.number(amount)?;
            if value.is_zero() {
                continue;
            }
            let fits = match own {
                Some(own) => own.fits(currency),
                None if columns::text(row, unit).is_empty() => true,
                None => row.quoted(unit)?.currency == currency,
            };
            if !fits {
                row.report_with(Code::BadCurrency, amount, currency.to_string());
                return None;
            }
            sum += value.abs();
        }
        Some(sum)
    }

    fn gross(&self, row: &mut Row<'_>, amount: Decimal, tax: Decimal) -> Option<Decimal> {
        let columns = &self.columns;
        let each = bounded::quiet(row, columns.each).filter(|each| !each.is_zero());
        let held = bounded::quiet(row, columns.held).filter(|held| !held.is_zero());
        match gross(amount, tax, held.zip(each)) {
            Some(gross) => Some(gross),
            None => row.refuse(Code::AmountMismatch, columns.amount),
        }
    }
}

/// The income before tax: the amount itself, or the amount and the tax, whichever is shares × amount per
/// share. Without these only an untaxed amount is clear.
fn gross(amount: Decimal, tax: Decimal, shares: Option<(Decimal, Decimal)>) -> Option<Decimal> {
    let whole = amount.checked_add(tax)?;
    let Some((held, each)) = shares else { return tax.is_zero().then_some(amount) };
    let product = held.checked_mul(each)?.abs();
    let place = Decimal::new(5, each.scale().clamp(2, 8) + 1);
    let tolerance = held.abs().checked_mul(place)? + Decimal::new(2, 2);
    let fits = |sum: &Decimal| (product - *sum).abs() <= tolerance;
    // The later generations write what was paid out.
    [whole, amount].into_iter().find(fits)
}

/// The splits that the list of shares, which has no ISIN, has told: symbol and day.
fn told_splits(builder: &mut StatementBuilder) -> BTreeSet<(String, Date)> {
    let splits = builder.transactions_mut().iter();
    let splits = splits.filter(|told| matches!(told.event, Event::Split(_)));
    let told: Vec<(InstrumentIx, Date)> = splits.map(|told| (told.instrument, told.day)).collect();
    told.into_iter()
        .filter_map(|(index, day)| Some((builder.instrument_mut(index)?.symbol.clone(), day)))
        .collect()
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let kind = Kind::parse(row.text(columns.kind));
        let money = matches!(kind, Some(Kind::Dividend { .. } | Kind::InLieu | Kind::Coupon));
        let mut cells: BTreeMap<&'static str, String> = row
            .cells(&[
                ("date", columns.when),
                ("type", columns.kind),
                ("ticker", columns.ticker),
                ("isin", columns.isin),
                ("amount", columns.amount),
                ("currency", columns.currency),
                ("note", columns.comment),
            ])
            .into_iter()
            .collect();
        if matches!(kind, Some(Kind::Dividend { .. } | Kind::InLieu)) {
            cells.insert("type", "dividend".to_owned());
        }
        cells.insert("account", ACCOUNT.to_owned());
        builder.repair(row.source().row, cells.into_iter().collect());
        if money {
            return;
        }
        let found = columns::quiet_instrument(row, columns.ticker, columns.isin, builder);
        if let Some(instrument) = found {
            let day = row.quiet_stamp(columns.when).map_or(UNDATED, |stamp| stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_times_amount_tell_whether_the_tax_is_taken_off() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        // 10 shares at 1.15 are 11.50; 15 % of it is 1.73.
        let shares = Some((dec("10"), dec("1.15")));
        assert_eq!(gross(dec("9.77"), dec("1.73"), shares), Some(dec("11.50")));
        assert_eq!(gross(dec("11.50"), dec("1.73"), shares), Some(dec("11.50")));
        assert_eq!(gross(dec("8.00"), dec("1.73"), shares), None);
        assert_eq!(gross(dec("8.00"), dec("1.73"), None), None);
        assert_eq!(gross(dec("8.00"), dec("0"), None), Some(dec("8.00")));
    }
}
