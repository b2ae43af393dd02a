//! The columns of the transactions.

use crate::statement::table::{Column, Header};

#[derive(Debug)]
pub(super) struct Columns {
    pub(super) date: Column,
    pub(super) time: Column,
    pub(super) status: Column,
    pub(super) reference: Column,
    pub(super) name: Column,
    pub(super) kind: Column,
    pub(super) isin: Column,
    pub(super) shares: Column,
    pub(super) price: Column,
    pub(super) amount: Column,
    pub(super) fee: Column,
    pub(super) tax: Column,
    pub(super) currency: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            date: header.required(&["date"]),
            time: header.optional(&["time"]),
            status: header.required(&["status"]),
            reference: header.required(&["reference"]),
            name: header.optional(&["description"]),
            kind: header.required(&["type"]),
            isin: header.required(&["isin"]),
            shares: header.required(&["shares"]),
            price: header.required(&["price"]),
            amount: header.required(&["amount"]),
            fee: header.required(&["fee"]),
            tax: header.required(&["tax"]),
            currency: header.required(&["currency"]),
        };
        header.ignore(&["assettype", ""]);
        columns
    }
}
