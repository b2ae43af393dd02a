//! The rows of a history of cash: what mBank, BOSSA and ING have in common. What a row is, its title tells;
//! each house has a function that reads its titles.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::trades::UNDATED;
use crate::money::{Country, Currency, Money};
use crate::statement::formats::bounded;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{Column, Row, RowReader, Table, Taken};
use crate::statement::when::Stamp;
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, Expected, ExpectedKind, FileId, InstrumentIx, Isin,
    StatementBuilder, Transaction,
};

/// The columns of a history.
#[derive(Clone, Copy, Debug)]
pub(super) struct CashColumns {
    pub date: Column,
    pub title: Column,
    pub details: Column,
    pub amount: Column,
    pub currency: Column,
}

/// A paper by what the title calls it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named<'t> {
    pub isin: Option<Isin>,
    pub symbol: &'t str,
}

/// What a row is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry<'t> {
    /// Nothing for the tax: transfers, blocks of orders, conversions, interest that the payer has taxed.
    Neutral,
    /// The settlement of a trade that the list of transactions tells.
    Trade(Named<'t>),
    /// A dividend; of both amounts the currency is that of the row.
    Dividend { paper: Named<'t>, gross: Decimal, withheld: Decimal, country: Option<Country> },
    /// Tax on it, in a row of its own.
    DividendTax { paper: Named<'t>, country: Option<Country> },
    /// A fee for keeping the account or the securities; negative amounts are charged.
    Fee,
    /// A charge that no rule makes a cost.
    LeftOut,
    /// Shares or money that nobody can place without the sender.
    Unsettled(Named<'t>),
}

/// What a house tells of its histories.
#[derive(Clone, Copy, Debug)]
pub(super) struct History {
    /// What its accounts are called here.
    pub account: &'static str,
    /// Scope of the keys.
    pub scope: &'static str,
    /// The currency of histories that have no such column, where the house keeps accounts in one alone.
    pub currency: Option<Currency>,
    /// The report with the trades that this one only mentions; `None` if its papers have other names.
    pub trades: Option<&'static str>,
    /// What a row with this title, these details and this amount is.
    pub classify: for<'t> fn(&'t str, &'t str, Decimal) -> Result<Entry<'t>, Code>,
}

/// The state of reading one history.
#[derive(Debug)]
pub(super) struct Reader {
    history: History,
    columns: CashColumns,
    account: AccountIx,
    exempt: Option<Product>,
    /// Charges that are not taken as costs, by currency.
    left_out: BTreeMap<Currency, Decimal>,
    /// Foreign dividends paid in złoty, at the rate of the house.
    in_zloty: u32,
}

/// Reads a history whose columns are known, the tax-free ones without events.
pub(super) fn read(
    history: History,
    columns: CashColumns,
    (table, again): (Table<'_>, Table<'_>),
    labelled: Option<Product>,
    builder: &mut StatementBuilder,
) {
    let mut finder = Finder { columns, found: labelled };
    let mut scratch = StatementBuilder::new(FileId::default(), "");
    table.read(&mut scratch, &mut finder);
    let mut reader = Reader {
        history,
        columns,
        account: builder.account(history.account),
        exempt: finder.found,
        left_out: BTreeMap::new(),
        in_zloty: 0,
    };
    again.read(builder, &mut reader);
    reader.finish(builder);
}

/// Looks for deposits to a tax-free account. The same words with a negative amount stand on the account
/// from which the money went.
struct Finder {
    columns: CashColumns,
    found: Option<Product>,
}

impl RowReader for Finder {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let text = row.text(self.columns.title);
        let amount = bounded::quiet(row, self.columns.amount).unwrap_or_default();
        if self.found.is_none() && !amount.is_sign_negative() && !amount.is_zero() {
            self.found = Product::find(text);
        }
        Taken::Later
    }

    fn unreadable(&mut self, _: &mut Row<'_>, _: &mut StatementBuilder) {}
}

impl RowReader for Reader {
    fn row(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Taken {
        if self.exempt.is_some() {
            return Taken::Neutral;
        }
        self.take(row, builder).unwrap_or(Taken::Unknown)
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = &self.columns;
        let cells = row.cells(&[
            ("date", columns.date),
            ("amount", columns.amount),
            ("currency", columns.currency),
            ("note", columns.title),
        ]);
        builder.repair(row.source().row, cells);
        let amount = bounded::quiet(row, columns.amount).unwrap_or_default();
        // Unknown money leaves the lots as they are; only an action may change them.
        let entry =
            (self.history.classify)(row.text(columns.title), row.text(columns.details), amount);
        let Ok(Entry::Unsettled(paper)) = entry else { return };
        if let Some(instrument) = instrument(builder, paper) {
            let day = row.quiet_stamp(columns.date).map_or(UNDATED, |stamp| stamp.day);
            builder.block(self.account, instrument, day, row.source().row);
        }
    }
}

/// The paper in the table of instruments; `None` if the row names none.
fn instrument(builder: &mut StatementBuilder, paper: Named<'_>) -> Option<InstrumentIx> {
    let named = paper.isin.is_some() || !paper.symbol.is_empty();
    named.then(|| builder.instrument(paper.isin, paper.symbol, paper.symbol))
}

impl Reader {
    fn finish(self, builder: &mut StatementBuilder) {
        if let Some(product) = self.exempt {
            product.note(builder);
            return;
        }
        builder.payer(self.account);
        let file = builder.source(0).file;
        for (currency, sum) in self.left_out.into_iter().filter(|(_, sum)| !sum.is_zero()) {
            let value = Money::new(sum.normalize(), currency).to_string();
            builder.diagnose(Diagnostic::in_file(Code::ChargesLeftOut, file).found("", value));
        }
        if self.in_zloty > 0 {
            let finding = Diagnostic::in_file(Code::BrokerRate, file).found("", "PLN");
            builder.diagnose(finding.detail(self.in_zloty.to_string()));
        }
    }

    fn take(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) -> Option<Taken> {
        let columns = self.columns;
        let stamp = row.required_stamp(columns.date);
        let title = row.required_text(columns.title)?;
        let amount = row.decimal(columns.amount);
        if row.has_errors() {
            return None;
        }
        let details = row.text(columns.details);
        let entry = match (self.history.classify)(title, details, amount.unwrap_or_default()) {
            Ok(entry) => entry,
            Err(code) => return row.refuse(code, columns.title),
        };
        match entry {
            Entry::Neutral => Some(Taken::Neutral),
            Entry::Trade(paper) => self.expect_trade(row, builder, paper, stamp?),
            Entry::Unsettled(paper) => {
                row.report_with(Code::UnsettledAction, columns.title, paper.symbol);
                None
            }
            Entry::LeftOut => {
                let charged = self.money(row)?;
                *self.left_out.entry(charged.currency).or_default() -= charged.amount;
                Some(Taken::Neutral)
            }
            Entry::Fee => {
                let money = self.money(row)?;
                let amount = Money::new(-money.amount, money.currency);
                Some(self.push(row, builder, stamp?, InstrumentIx::NONE, Event::Fee { amount }))
            }
            Entry::Dividend { paper, gross, withheld, country } => {
                let money = self.money(row)?;
                let instrument = self.paper(row, builder, paper)?;
                if money.currency.is_pln() && country != Some(Country::PL) {
                    self.in_zloty += 1;
                }
                let event = Event::Dividend {
                    gross: Money::new(gross, money.currency),
                    withheld: Money::new(withheld, money.currency),
                    country,
                };
                Some(self.push(row, builder, stamp?, instrument, event))
            }
            Entry::DividendTax { paper, country } => {
                let money = self.money(row)?;
                let instrument = self.paper(row, builder, paper)?;
                let amount = Money::new(-money.amount, money.currency);
                let event = Event::Withholding { amount, country };
                Some(self.push(row, builder, stamp?, instrument, event))
            }
        }
    }

    /// The amount of the row with its currency.
    fn money(&self, row: &mut Row<'_>) -> Option<Money> {
        let amount = bounded::required(row, self.columns.amount);
        let currency = if self.columns.currency.is_present() {
            row.required_quoted(self.columns.currency).map(|quoted| quoted.currency)
        } else {
            self.history.currency.or_else(|| row.refuse(Code::EmptyCell, self.columns.currency))
        };
        Some(Money::new(amount?, currency?))
    }

    fn paper(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        paper: Named<'_>,
    ) -> Option<InstrumentIx> {
        let found = instrument(builder, paper);
        found.or_else(|| row.refuse(Code::NoInstrument, self.columns.title))
    }

    /// The trade stands in the other report; here only its moment and paper are used.
    fn expect_trade(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        paper: Named<'_>,
        stamp: Stamp,
    ) -> Option<Taken> {
        if let Some(report) = self.history.trades {
            let instrument = self.paper(row, builder, paper)?;
            builder.expect(Expected {
                source: row.source(),
                account: self.account,
                instrument,
                day: stamp.day,
                kind: ExpectedKind::Trade,
                report,
            });
        }
        Some(Taken::Neutral)
    }

    /// Pushes an event. The houses do not number these rows.
    fn push(
        &self,
        row: &mut Row<'_>,
        builder: &mut StatementBuilder,
        stamp: Stamp,
        instrument: InstrumentIx,
        event: Event,
    ) -> Taken {
        let columns = &self.columns;
        let amount = bounded::quiet(row, columns.amount).unwrap_or_default().normalize();
        let words = row.text(columns.title).split_whitespace().collect::<Vec<_>>().join(" ");
        let content = format!("{} {words} {amount} {}", stamp.day, row.text(columns.currency));
        let key = builder.content_key(self.history.scope, content.as_bytes());
        builder.push(Transaction {
            source: row.source(),
            key: Some(key),
            account: self.account,
            instrument,
            day: stamp.day,
            millisecond: 0,
            event,
        });
        Taken::Used
    }
}
