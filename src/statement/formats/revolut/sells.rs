//! Sales in the broker's summaries: its own lots of one period, matched by its own rules.
//!
//! They are no history: purchases that were not sold are missing, splits are worked in, and for crypto the
//! cost belongs to the year of purchase anyway. So nothing is computed from them; each sale is expected
//! from the account statement, and its ISIN and country complete the statement's symbols.

use super::{ACCOUNT, CRYPTO_REPORT, STATEMENT_REPORT};
use crate::money::Country;
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{
    AccountIx, Code, Expected, ExpectedKind, InstrumentIx, InstrumentKind, Isin, StatementBuilder,
};

#[derive(Debug)]
pub(super) struct Columns {
    sold: Column,
    symbol: Column,
    name: Column,
    isin: Column,
    country: Column,
    token: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let mut sold = header.optional(&["date sold"]);
        if !sold.is_present() {
            // `Date (sold, bought)`: the first of two days.
            let dated = |found: &str| found.starts_with("data") || found.starts_with("date (");
            sold = header.find("date sold", dated);
        }
        if !sold.is_present() {
            sold = header.required(&["date sold"]);
        }
        let described = |found: &str| found.starts_with("opis") || found.starts_with("descript");
        let columns = Self {
            sold,
            symbol: header.optional(&["symbol"]),
            name: {
                let plain = header.optional(&["security name"]);
                if plain.is_present() { plain } else { header.find("description", described) }
            },
            isin: header.optional(&["isin"]),
            country: header.optional(&["country", "kraj"]),
            token: header.optional(&["token name"]),
        };
        ignore_rest(header);
        columns
    }
}

/// Claims what a summary has besides.
pub(super) fn ignore_rest(header: &mut Header) {
    while header.find("", |_| true).is_present() {}
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

    fn instrument(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
    ) -> Option<InstrumentIx> {
        let columns = &self.columns;
        let name = row.text(columns.name);
        let isin = if row.is_empty(columns.isin) {
            // `ConAgra Foods CAG (US2058871029)`.
            let written = name.rsplit_once('(').map(|(_, rest)| rest.trim_end_matches(')'));
            written.and_then(|text| Isin::parse(text).ok())
        } else {
            row.isin(columns.isin)
        };
        let symbol = row.text(columns.symbol);
        if isin.is_none() && symbol.is_empty() {
            return row.refuse(Code::NoInstrument, columns.isin);
        }
        let instrument = builder.instrument(isin, symbol, name);
        let country = Country::parse(row.text(columns.country)).ok();
        if let Some(known) = builder.instrument_mut(instrument) {
            known.country = known.country.or(country);
        }
        Some(instrument)
    }

    fn expect(&self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<()> {
        let token = row.text(self.columns.token);
        let stamp = row.required_stamp(self.columns.sold);
        let (instrument, kind, report) = if token.is_empty() {
            (self.instrument(row, builder)?, ExpectedKind::Trade, STATEMENT_REPORT)
        } else {
            let instrument = builder.instrument(None, token, token);
            if let Some(known) = builder.instrument_mut(instrument) {
                known.kind = InstrumentKind::Crypto;
            }
            (instrument, ExpectedKind::Crypto, CRYPTO_REPORT)
        };
        let source = row.source();
        let (account, day) = (self.account, stamp?.day);
        builder.expect(Expected { source, account, instrument, day, kind, report });
        Some(())
    }
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        match self.expect(row, builder) {
            Some(()) => Taken::Neutral,
            None => Taken::Unknown,
        }
    }

    fn unreadable(&mut self, _row: &mut Row<'_>, _builder: &mut StatementBuilder) {
        // A sale of a summary has no cell that the template could use: the statement tells it.
    }
}
