//! `cash_in_outs` (older: `cash_flows.detailed`) and `commissions.detailed`.
//!
//! Dividends and their tax stand here net and without their shares: they are only expected from
//! `corporate_actions`. Fees of trades stand in the trades. Interest on a credit and other fees are no costs
//! that a rule names (tax-law 3): their sums are shown, nothing is taken off.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::Place;
use super::{ACCOUNT, columns};
use crate::money::{Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Expected, ExpectedKind, FileId, InstrumentIx,
    StatementBuilder,
};

#[derive(Debug)]
pub(super) struct Columns {
    when: Column,
    kind: Column,
    ticker: Column,
    amount: Column,
    currency: Column,
    comment: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            when: header.required(&["datetime", "date"]),
            kind: header.required(&["type_id", "type"]),
            ticker: header.optional(&["ticker"]),
            amount: header.required(&["amount", "sum"]),
            currency: header.required(&["currency"]),
            comment: header.optional(&["comment"]),
        };
        header.ignore(&[
            "id",
            "auth_login",
            "date",
            "date_created",
            "approved",
            "commission",
            "commission_currency",
            "corporate_action_id",
            "cps_id",
            "bank",
            "iban",
            "details",
            "notification_details",
            "account",
            "account_id",
            "sum",
            "type",
            "operator",
            "transaction_id",
            "offbalance",
            "pay_d",
            "type_code",
            "bank_account",
            "amount",
            "order_id",
            "trade_id",
        ]);
        columns
    }
}

/// What a movement of money is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Neutral,
    /// Told by the corporate actions.
    Income,
    Interest,
    Charge,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_lowercase().as_str() {
            "bank" | "card" | "card_payout" | "deposit" | "withdrawal" | "intercompany" | "transfer" | "block"
            | "unblock" | "block_commission" | "unblock_commission" | "internal"
            // The tax is in the row of its dividend, and so are reversals.
            | "dividend_reverted" | "tax" | "tax_reverted" | "split" => Self::Neutral,
            "dividend" | "coupon" => Self::Income,
            "interest" => Self::Interest,
            "commission" | "fee" | "agent_fee" | "card_commission" | "recurrent_subscription" => {
                Self::Charge
            }
            _ => return None,
        })
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    /// Whether the list is that of commissions, whose kinds are words in the user's language.
    commissions: bool,
    charges: BTreeMap<Currency, Decimal>,
}

impl Reader {
    pub(super) fn new(columns: Columns, commissions: bool, builder: &mut StatementBuilder) -> Self {
        let account = builder.account(ACCOUNT);
        Self { columns, account, commissions, charges: BTreeMap::new() }
    }

    /// Tells what was left out.
    pub(super) fn finish(self, file: FileId, builder: &mut StatementBuilder) {
        for (currency, sum) in self.charges.into_iter().filter(|(_, sum)| !sum.is_zero()) {
            let value = Money::new(sum.normalize(), currency).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let kind = row.text(self.columns.kind);
        if self.commissions {
            if !is_of_trade(kind) {
                self.charge(row)?;
            }
            return Some(Taken::Neutral);
        }
        match Kind::parse(kind) {
            None => row.refuse(Code::UnknownRow, self.columns.kind),
            Some(Kind::Neutral) => Some(Taken::Neutral),
            Some(Kind::Charge) => {
                self.charge(row)?;
                Some(Taken::Neutral)
            }
            Some(Kind::Income) => self.income(row, builder),
            Some(Kind::Interest) => self.interest(row, builder),
        }
    }

    fn money(&self, row: &mut Row<'_>) -> Option<Money> {
        let amount = bounded::required(row, self.columns.amount);
        let quoted = row.required_quoted(self.columns.currency);
        Some(Money::new(amount?, quoted?.currency))
    }

    /// A fee that belongs to no trade.
    fn charge(&mut self, row: &mut Row<'_>) -> Option<()> {
        let money = self.money(row)?;
        *self.charges.entry(money.currency).or_default() += money.amount.abs();
        Some(())
    }

    fn income(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.when)?;
        let named = columns::text(row, self.columns.ticker);
        let ticker =
            if named.is_empty() { ticker_in(row.text(self.columns.comment)) } else { named };
        if ticker.is_empty() {
            // Which dividend it is cannot be told, so nobody can tell it as well.
            return row.refuse(Code::NoInstrument, self.columns.ticker);
        }
        let instrument = builder.instrument(None, ticker, "");
        builder.expect(Expected {
            source: row.source(),
            account: self.account,
            instrument,
            day: stamp.day,
            kind: ExpectedKind::Income,
            report: "corporate_actions",
        });
        Some(Taken::Neutral)
    }

    /// Interest received is income; interest on a credit is none, nor a cost of shares (tax-law 3).
    fn interest(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let stamp = row.required_stamp(self.columns.when);
        let money = self.money(row);
        let (stamp, gross) = (stamp?, money?);
        if gross.amount.is_sign_negative() {
            *self.charges.entry(gross.currency).or_default() += gross.amount.abs();
            return Some(Taken::Neutral);
        }
        let content = format!("{} {} {}", stamp.day, gross.currency, gross.amount.normalize());
        let key = builder.content_key("freedom24-interest", content.as_bytes());
        let (account, instrument) = (self.account, InstrumentIx::NONE);
        let place = Place { row: row.source().row, account, instrument, stamp };
        place.push(builder, key, Event::Interest { gross, withheld: Money::zero(gross.currency) });
        Some(Taken::Used)
    }
}

/// `For trade: 123456`, in any language: the number of a trade ends the words.
fn is_of_trade(text: &str) -> bool {
    let last = text.rsplit([':', '：', '՝', ' ']).next().unwrap_or_default().trim();
    last.len() > 3 && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first word that looks like `ACME.US`.
fn ticker_in(comment: &str) -> &str {
    let words = comment.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ','));
    let looks = |word: &&str| {
        word.trim_end_matches('.').split_once('.').is_some_and(|(ticker, market)| {
            let upper =
                |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            !ticker.is_empty() && upper(ticker) && (2..=3).contains(&market.len()) && upper(market)
        })
    };
    words.map(|word| word.trim_end_matches('.')).find(looks).unwrap_or_default()
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
            ("amount", columns.amount),
            ("currency", columns.currency),
            ("note", columns.comment),
        ]);
        cells.push(("account", ACCOUNT.to_owned()));
        builder.repair(row.source().row, cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_of_trades_are_told_in_every_language() {
        assert!(is_of_trade("For trade: 900000001"));
        assert!(is_of_trade("Za transakcję: 900000001"));
        assert!(is_of_trade("交易手续费：900000001"));
        assert!(!is_of_trade("Zinsen für die Mittelverwendung EUR"));
        assert!(!is_of_trade("Custody fee 2024: 12"));
    }

    #[test]
    fn a_ticker_is_found_among_words() {
        assert_eq!(ticker_in("Dividend for TEST.US"), "TEST.US");
        assert_eq!(ticker_in("tax on security ( ACME.EU ), record date 2025-10-10 ."), "ACME.EU");
        assert_eq!(ticker_in("Top up. Thanks"), "");
    }
}
