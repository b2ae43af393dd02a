//! The rows of the Equity Awards Center: columns, the records of a document, and what details tell.

use rust_decimal::Decimal;

use super::super::bounded;
use super::super::shared::{Document, Section, dollars, one_day, required_dollars, without_none};
use crate::statement::table::{Column, Header, Row};
use crate::statement::when::Stamp;

#[derive(Debug)]
pub(super) struct Columns {
    pub date: Column,
    pub action: Column,
    pub symbol: Column,
    pub description: Column,
    pub quantity: Column,
    pub fees: Column,
    pub amount: Column,
    pub shares: Column,
    pub sale_price: Column,
    pub vest_date: Column,
    pub vest_value: Column,
    pub purchase_date: Column,
    pub purchase_price: Column,
    pub net_shares: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date", "eventdate"]),
            action: header.required(&["action"]),
            symbol: header.required(&["symbol"]),
            description: header.required(&["description"]),
            quantity: header.required(&["quantity"]),
            fees: header.optional(&["feesandcommissions", "totalcommissionsandfees"]),
            amount: header.required(&["amount"]),
            shares: header.optional(&["shares"]),
            sale_price: header.optional(&["saleprice"]),
            vest_date: header.optional(&["vestdate"]),
            vest_value: header.optional(&["vestfairmarketvalue", "fairmarketvalueprice"]),
            purchase_date: header.optional(&["purchasedate"]),
            purchase_price: header.optional(&["purchaseprice"]),
            net_shares: header.optional(&["netsharesdeposited"]),
        };
        // What tells the American tax, or says something again.
        header.ignore(&[
            "disbursementelection",
            "type",
            "subscriptiondate",
            "subscriptionfairmarketvalue",
            "purchasefairmarketvalue",
            "dispositiontype",
            "grantid",
            "grossproceeds",
            "awarddate",
            "awardid",
            "sharessoldwithheldfortaxes",
            "taxes",
            "transactiondetails",
            "totalcostbasis",
            "realizedgainloss",
            "holdingperiod",
            "taxwithholdingmethod",
            "shareswithheld",
            "sharessold",
            "cashrefund",
            "carryforward",
            "fairmarketvalueprice",
            "vestfairmarketvalue",
            "awardname",
            "symboldescription",
            "transactionid",
            "",
        ]);
        columns
    }
}

/// The records of a document, each detail below its event.
pub(super) fn records(document: &Document<'_>) -> Section {
    let mut events = document.list("Transactions");
    events.extend(document.list("transactions"));
    let mut records = Vec::new();
    for event in events {
        let mut details = event.list("TransactionDetails");
        details.extend(event.list("transactionDetails"));
        let mut inner: Vec<Document<'_>> = details
            .into_iter()
            .map(|detail| match (detail.object("Details"), detail.object("details")) {
                (Some(inner), _) | (None, Some(inner)) => inner,
                (None, None) => detail,
            })
            .collect();
        let rest = if inner.is_empty() { Vec::new() } else { inner.split_off(1) };
        records.push(match inner.pop() {
            Some(first) => event.with(&first),
            None => event,
        });
        records.extend(rest);
    }
    Section::of("", &records, 1)
}

/// What one row of details tells.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Detail {
    pub shares: Option<Decimal>,
    pub sale_price: Option<Decimal>,
    pub vested: Option<Stamp>,
    pub value: Option<Decimal>,
    pub purchased: Option<Stamp>,
    pub purchase_price: Option<Decimal>,
    pub net_shares: Option<Decimal>,
}

impl Detail {
    pub(super) fn tells(&self) -> bool {
        self.value.is_some() || self.purchase_price.is_some() || self.vested.is_some()
    }
}

pub(super) fn detail(columns: &Columns, row: &mut Row<'_>) -> Detail {
    let number = |row: &mut Row<'_>, column| match without_none(row.text(column)) {
        "" => None,
        _ => bounded::decimal(row, column),
    };
    let day = |row: &mut Row<'_>, column| match without_none(row.text(column)) {
        "" => None,
        _ => one_day(row, column),
    };
    Detail {
        shares: number(row, columns.shares),
        sale_price: dollars(row, columns.sale_price),
        vested: day(row, columns.vest_date),
        value: dollars(row, columns.vest_value),
        purchased: day(row, columns.purchase_date),
        purchase_price: match without_none(row.text(columns.purchase_price)) {
            "" => None,
            _ => required_dollars(row, columns.purchase_price),
        },
        net_shares: number(row, columns.net_shares),
    }
}
