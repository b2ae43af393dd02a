//! The ledger of transactions: each row moves shares or money. Rows are taken down here and put together
//! in [`super::assemble`], when all are known.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{is_currency_pair, without_none};
use super::{account, account_name, claim_account};
use crate::money::Currency;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::when::Stamp;
use crate::statement::{Code, Isin, StatementBuilder};

/// The day of a block whose row has no readable date: it holds from the beginning.
pub(super) const UNDATED: Date = jiff::civil::date(1990, 1, 1);

#[derive(Debug)]
pub(super) struct Columns {
    id: Column,
    account: Column,
    symbol: Column,
    isin: Column,
    kind: Column,
    when: Column,
    sum: Column,
    asset: Column,
    comment: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            id: header.required(&["transaction id", "identyfikator transakcji"]),
            account: claim_account(header),
            symbol: header.required(&["symbol id", "id symbolu"]),
            isin: header.optional(&["isin"]),
            kind: header.required(&["operation type", "rodzaj operacji"]),
            when: header.required(&["when", "gdy"]),
            sum: header.required(&["sum", "suma"]),
            asset: header.required(&["asset", "aktywa"]),
            comment: header.optional(&["comment", "komentarz"]),
        };
        header.ignore(&[
            "eur equivalent",
            "ekwiwalent eur",
            "uuid",
            "parent uuid",
            "rodzic uuid",
            "merchant name",
            "nazwa handlowca",
            "",
        ]);
        columns
    }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    Trade,
    Commission,
    Dividend,
    Tax,
    Coupon,
    Interest,
    Rollover,
    Custody,
    /// Charges that no rule makes a cost.
    Charge,
    Split,
    Action,
    /// Moves of money, or of shares between accounts.
    Transfer,
    /// An option that ends.
    Exercise,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_uppercase().as_str() {
            "TRADE" => Self::Trade,
            "COMMISSION" => Self::Commission,
            "DIVIDEND" => Self::Dividend,
            "US TAX" | "TAX" => Self::Tax,
            "COUPON PAYMENT" => Self::Coupon,
            "INTEREST" => Self::Interest,
            "ROLLOVER" => Self::Rollover,
            "CUSTODY FEE" => Self::Custody,
            "BANK CHARGE"
            | "FEE"
            | "MARKET DATA FEE"
            | "MANUAL CLOSE-OUT FEE"
            | "PERFORMANCE FEE"
            | "EXCESS MARGIN FEE"
            | "ISSUANCE FEE"
            | "BALANCE WRITE-OFF" => Self::Charge,
            "STOCK SPLIT" => Self::Split,
            "CORPORATE ACTION" => Self::Action,
            "FUNDING/WITHDRAWAL"
            | "ELECTRONIC TRANSFER"
            | "AUTOCONVERSION"
            | "SUBACCOUNT TRANSFER"
            | "SECURITY TRANSFER" => Self::Transfer,
            "EXERCISE" => Self::Exercise,
            _ => return None,
        })
    }
}

/// What a row moves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asset {
    Money(Currency),
    Shares,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub row: u32,
    pub id: String,
    pub account: String,
    pub kind: Kind,
    pub stamp: Stamp,
    /// The instrument, or empty.
    pub symbol: String,
    pub isin: Option<Isin>,
    pub sum: Decimal,
    pub asset: Asset,
    pub comment: String,
}

/// All rows of a file that need others.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub entries: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Reader<'r> {
    columns: Columns,
    rows: &'r mut Rows,
}

impl<'r> Reader<'r> {
    pub(super) fn new(columns: Columns, rows: &'r mut Rows) -> Self {
        Self { columns, rows }
    }

    fn take(&mut self, row: &mut Row<'_>) -> Option<Taken> {
        let columns = &self.columns;
        let Some(kind) = Kind::parse(row.text(columns.kind)) else {
            return row.refuse(Code::UnknownRow, columns.kind);
        };
        let symbol = without_none(row.text(columns.symbol)).to_owned();
        let trade = matches!(kind, Kind::Trade | Kind::Commission);
        if trade && is_currency_pair(&symbol) {
            return Some(Taken::Neutral);
        }
        let asset_text = row.required_text(columns.asset)?;
        let asset = match Currency::parse(asset_text) {
            Ok(currency) => Asset::Money(currency),
            Err(_) if asset_text == symbol => Asset::Shares,
            Err(_) => return row.refuse(Code::BadCurrency, columns.asset),
        };
        if kind == Kind::Transfer && asset != Asset::Shares {
            return Some(Taken::Neutral);
        }
        let stamp = row.required_stamp(columns.when);
        let sum = bounded::required(row, columns.sum);
        let isin = match without_none(row.text(columns.isin)) {
            "" => None,
            _ => row.isin(columns.isin),
        };
        let (stamp, sum) = (stamp?, sum?);
        if row.has_errors() {
            return None;
        }
        self.rows.entries.push(Entry {
            row: row.source().row,
            id: row.text(columns.id).to_owned(),
            account: row.text(columns.account).to_owned(),
            kind,
            stamp,
            symbol,
            isin,
            sum,
            asset,
            comment: without_none(row.text(columns.comment)).to_owned(),
        });
        Some(Taken::Later)
    }
}

impl RowReader for Reader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        self.take(row).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let mut cells = row.cells(&[
            ("date", columns.when),
            ("type", columns.kind),
            ("ticker", columns.symbol),
            ("isin", columns.isin),
            ("amount", columns.sum),
            ("currency", columns.asset),
            ("note", columns.comment),
        ]);
        cells.retain(|(_, text)| !without_none(text).is_empty());
        let name = row.text(columns.account).to_owned();
        cells.push(("account", account_name(&name)));
        builder.repair(row.source().row, cells);
        let symbol = without_none(row.text(columns.symbol));
        let money = matches!(
            Kind::parse(row.text(columns.kind)),
            Some(
                Kind::Dividend
                    | Kind::Tax
                    | Kind::Coupon
                    | Kind::Interest
                    | Kind::Rollover
                    | Kind::Custody
                    | Kind::Charge
            )
        );
        if symbol.is_empty() || money {
            return;
        }
        let index = super::instrument(builder, Isin::parse(row.text(columns.isin)).ok(), symbol);
        let day = row.quiet_stamp(columns.when).map_or(UNDATED, |stamp| stamp.day);
        let account = account(builder, &name);
        builder.block(account, index, day, row.source().row);
    }
}
