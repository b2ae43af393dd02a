//! The columns of the export.

use crate::statement::table::{Column, Header};

#[derive(Debug)]
pub(super) struct Columns {
    pub(super) time: Column,
    pub(super) account: Column,
    pub(super) category: Column,
    pub(super) kind: Column,
    pub(super) class: Column,
    pub(super) name: Column,
    pub(super) symbol: Column,
    pub(super) shares: Column,
    pub(super) price: Column,
    pub(super) amount: Column,
    pub(super) fee: Column,
    pub(super) tax: Column,
    pub(super) currency: Column,
    pub(super) original_currency: Column,
    pub(super) id: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let columns = Self {
            time: header.required(&["datetime", "date"]),
            account: header.optional(&["account_type"]),
            category: header.required(&["category"]),
            kind: header.required(&["type"]),
            class: header.required(&["asset_class"]),
            name: header.optional(&["name"]),
            symbol: header.required(&["symbol"]),
            shares: header.required(&["shares"]),
            price: header.required(&["price"]),
            amount: header.required(&["amount"]),
            fee: header.required(&["fee"]),
            tax: header.required(&["tax"]),
            currency: header.required(&["currency"]),
            original_currency: header.optional(&["original_currency"]),
            id: header.required(&["transaction_id"]),
        };
        header.ignore(&["date", "value_date", "original_amount", "fx_rate", "description"]);
        header.ignore(&["counterparty_name", "counterparty_iban", "payment_reference", "mcc_code"]);
        columns
    }
}
