//! Dividends and coupons, gross with their tax at source.

use rust_decimal::Decimal;

use super::amount::{money, required};
use super::{ACCOUNT, sells};
use crate::money::{Country, Currency, Money};
use crate::statement::table::{Column, Header, Row, RowReader, Taken};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, EventKey, Isin, StatementBuilder, Transaction,
};

#[derive(Debug)]
pub(super) struct Columns {
    date: Column,
    symbol: Column,
    name: Column,
    isin: Column,
    country: Column,
    gross: Column,
    withheld: Column,
    net: Column,
    currency: Column,
}

impl Columns {
    pub(super) fn claim(header: &mut Header) -> Self {
        let date = header.required(&["date", "data"]);
        let gross = header.find("gross amount", |found| {
            found == "gross amount"
                || found.starts_with("brutto dywidendy")
                || found.starts_with("gross dividend")
        });
        let plain = header.optional(&["security name"]);
        let described = |found: &str| found.starts_with("opis") || found.starts_with("descript");
        let columns = Self {
            date,
            gross,
            name: if plain.is_present() { plain } else { header.find("description", described) },
            symbol: header.optional(&["symbol"]),
            isin: header.required(&["isin"]),
            country: header.optional(&["country", "kraj"]),
            withheld: header.required(&[
                "withholding tax",
                "zatrzymane podatki",
                "taxes withheld",
                "tax withheld",
            ]),
            // Beside other taxes and fees the net tells nothing of the tax at source.
            net: header.optional(&["net amount"]),
            currency: header.optional(&["currency"]),
        };
        sells::ignore_rest(header);
        columns
    }
}

#[derive(Debug)]
pub(super) struct Reader {
    columns: Columns,
    account: AccountIx,
    /// How many amounts are in złoty although the payer is not Polish.
    pub in_zloty: u32,
}

impl Reader {
    pub(super) fn new(columns: Columns, builder: &mut StatementBuilder) -> Self {
        Self { columns, account: builder.account(ACCOUNT), in_zloty: 0 }
    }

    fn income(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = &self.columns;
        let name = row.text(columns.name);
        let symbol = row.text(columns.symbol);
        if row.is_empty(columns.isin) && symbol.is_empty() {
            // The custody fee, which the account statement tells.
            if name.to_lowercase().contains("fee") {
                return Some(Taken::Neutral);
            }
            return row.refuse(Code::NoInstrument, columns.isin);
        }
        let stamp = row.required_stamp(columns.date);
        let isin = row.isin(columns.isin);
        let currency = Currency::parse(row.text(columns.currency)).ok();
        let gross = required(row, columns.gross, currency);
        let expected = currency.or(gross.map(|gross| gross.currency));
        let withheld = if row.is_empty(columns.withheld) {
            gross.map(|gross| Money::zero(gross.currency))
        } else {
            money(row, columns.withheld, expected)
        };
        let net = money(row, columns.net, expected);
        if row.has_errors() {
            return None;
        }
        let (stamp, gross, withheld) = (stamp?, gross?, withheld?);
        check_net(row, builder, gross, withheld, net);
        let bond = Isin::parse(symbol).is_ok() || name.contains('%');
        let country = Country::parse(row.text(self.columns.country)).ok();
        let title = name.trim_end_matches(" dividend").trim_end_matches(" Dividend");
        let instrument = builder.instrument(isin, symbol, title);
        self.in_zloty += u32::from(gross.currency.is_pln() && country != Some(Country::PL));
        let event = if bond {
            Event::Interest { gross, withheld }
        } else {
            Event::Dividend { gross, withheld, country }
        };
        let key = key(builder, stamp.day, isin, symbol);
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: 0,
            event,
        });
        Some(Taken::Used)
    }
}

/// The broker's own net, where it stands, proves both amounts.
fn check_net(
    row: &Row<'_>,
    builder: &mut StatementBuilder,
    gross: Money,
    withheld: Money,
    net: Option<Money>,
) {
    let Some(net) = net else { return };
    let ours = gross.amount - withheld.amount;
    if (ours - net.amount).abs() > Decimal::new(2, 2) {
        let finding = Diagnostic::at(Code::TotalDiffers, row.source());
        builder.diagnose(finding.found("", net.to_string()).detail(ours.to_string()));
    }
}

/// Day and security: several reports tell one payment in several currencies.
fn key(
    builder: &mut StatementBuilder,
    day: jiff::civil::Date,
    isin: Option<Isin>,
    symbol: &str,
) -> EventKey {
    let security = isin.as_ref().map_or(symbol, Isin::as_str);
    builder.content_key("revolut-income", format!("{day} {security}").as_bytes())
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        self.income(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("ticker", columns.symbol),
            ("isin", columns.isin),
            ("amount", columns.gross),
            ("withheld", columns.withheld),
            ("currency", columns.currency),
            ("country", columns.country),
            ("note", columns.name),
        ]);
        builder.repair(row.source().row, cells);
    }
}
