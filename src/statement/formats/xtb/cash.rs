//! The sheet of cash operations, row by row. What needs other rows waits in [`Content`].

use rust_decimal::Decimal;

use super::account::Facts;
use super::assemble::{Content, UNDATED};
use super::columns;
use super::comment::{self, Fill};
use super::kind::{self, Kind};
use super::market;
use crate::statement::formats::bounded;
use crate::statement::formats::clock::Clock;
use crate::statement::formats::exempt::Product;
use crate::statement::table::{Column, Row, RowReader, Taken, fold, normalize};
use crate::statement::when::Stamp;
use crate::statement::{Code, Diagnostic, Source, StatementBuilder};

/// One cash operation, as booked.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) source: Source,
    pub(super) kind: Kind,
    /// Its text in the file.
    pub(super) label: String,
    /// In Warsaw.
    pub(super) stamp: Stamp,
    /// The symbol, else what else names the instrument; may be empty.
    pub(super) symbol: String,
    pub(super) name: String,
    /// Whether the row says that it is of a CFD; the broker gives CFDs and shares the same symbol.
    pub(super) is_cfd: bool,
    pub(super) comment: String,
    /// Signed, in the currency of the account.
    pub(super) amount: Decimal,
    /// The broker's number of the operation, may be empty.
    pub(super) id: String,
    /// The broker's number of the position, may be empty.
    pub(super) position: String,
    /// Shares, for trades in shares.
    pub(super) quantity: Decimal,
    /// Whether a sale is booked as its proceeds.
    pub(super) is_new: bool,
}

/// Reads the rows.
#[derive(Debug)]
pub(super) struct CashReader<'c> {
    columns: columns::Cash,
    facts: &'c Facts,
    content: &'c mut Content,
    clock: Clock,
    sum: Decimal,
}

impl<'c> CashReader<'c> {
    pub(super) fn new(columns: &columns::Cash, facts: &'c Facts, content: &'c mut Content) -> Self {
        Self { columns: *columns, facts, content, clock: Clock::new(), sum: Decimal::ZERO }
    }

    /// The row of totals at the end: the broker's own sum is compared with the rows.
    fn total(&self, row: &mut Row<'_>) -> Taken {
        if let Some(total) = bounded::quiet(row, self.columns.amount)
            && total != self.sum
        {
            let finding = Diagnostic::at(Code::TotalDiffers, row.source())
                .found("Total", total.normalize().to_string())
                .detail(self.sum.normalize().to_string());
            row.diagnose(finding);
        }
        Taken::Neutral
    }

    fn kind(&self, row: &Row<'_>) -> Option<Kind> {
        let comment = row.text(self.columns.comment);
        let label = row.text(self.columns.kind);
        let kind = match Kind::parse(label) {
            Some(Kind::Unsettled) | None if comment::split(comment).is_some() => Some(Kind::Split),
            // Corrections of payments look like the payments; so do spin-offs in cash, which are none.
            Some(Kind::Unsettled) if !kind::is_correction(label) => Some(Kind::Unsettled),
            Some(Kind::Unsettled) if comment.contains("WHT") => Some(Kind::Withholding),
            Some(Kind::Unsettled) if comment.ends_with("SHR") => Some(Kind::Dividend),
            kind => kind,
        };
        let is_payment = matches!(kind, Some(Kind::Dividend | Kind::Withholding));
        if is_payment && self.is_of_cfd(row) { Some(Kind::Equivalent) } else { kind }
    }

    fn is_cfd(&self, row: &Row<'_>) -> bool {
        fold(row.text(self.columns.category)).contains("cfd")
    }

    /// Whether a payment is of a CFD: nobody holds an index, and shares have a market.
    fn is_of_cfd(&self, row: &Row<'_>) -> bool {
        let symbol = row.text(self.columns.symbol);
        let is_no_share = !symbol.is_empty() && market::suffix(symbol).is_none();
        self.is_cfd(row) || is_no_share || row.text(self.columns.comment).ends_with("Indices")
    }

    fn symbol<'t>(&self, row: &Row<'t>) -> &'t str {
        let symbol = row.text(self.columns.symbol);
        let told = if symbol.is_empty() {
            comment::symbol(row.text(self.columns.comment)).unwrap_or_default()
        } else {
            symbol
        };
        if told.is_empty() { row.text(self.columns.name) } else { told }
    }

    fn operation(&mut self, kind: Kind, row: &mut Row<'_>) -> Option<Operation> {
        let columns = self.columns;
        let stamp = row.required_stamp(columns.time);
        let amount = bounded::required(row, columns.amount);
        let symbol = self.symbol(row).to_owned();
        let needs_symbol = matches!(
            kind,
            Kind::Buy
                | Kind::Sell
                | Kind::Dividend
                | Kind::Withholding
                | Kind::Split
                | Kind::Profit
        );
        if needs_symbol && symbol.is_empty() {
            row.report(Code::NoInstrument, columns.symbol);
        }
        let is_trade = matches!(kind, Kind::Buy | Kind::Sell);
        let quantity =
            if is_trade { self.quantity(kind, amount, row) } else { Some(Decimal::ZERO) };
        let (stamp, amount, quantity) = (stamp?, amount?, quantity?);
        if row.has_errors() {
            return None;
        }
        let stamp = if columns.is_new { self.clock.utc_in_warsaw(stamp) } else { stamp };
        Some(Operation {
            source: row.source(),
            kind,
            label: row.text(columns.kind).to_owned(),
            stamp,
            symbol,
            name: row.text(columns.name).to_owned(),
            is_cfd: self.is_cfd(row),
            comment: row.text(columns.comment).to_owned(),
            amount,
            id: row.text(columns.id).to_owned(),
            position: row.text(columns.position).to_owned(),
            quantity,
            is_new: columns.is_new,
        })
    }

    /// Shares of a trade, from the comment. Money and comment must agree on the direction.
    fn quantity(&self, kind: Kind, amount: Option<Decimal>, row: &mut Row<'_>) -> Option<Decimal> {
        let Some(fill) = Fill::parse(row.text(self.columns.comment)) else {
            return row.refuse(Code::BadNumber, self.columns.comment);
        };
        let buys = kind == Kind::Buy;
        let fits =
            amount.is_none_or(
                |amount| {
                    if buys { amount <= Decimal::ZERO } else { amount >= Decimal::ZERO }
                },
            );
        if fill.opens != buys || !fits {
            let detail = row.text(self.columns.comment);
            row.report_with(Code::UnknownRow, self.columns.kind, detail);
            return None;
        }
        Some(fill.quantity)
    }
}

impl RowReader for CashReader<'_> {
    fn row(&mut self, row: &mut Row<'_>, _: &mut StatementBuilder) -> Taken {
        let columns = self.columns;
        if self.facts.exempt.is_some() {
            return Taken::Neutral;
        }
        if is_total(row, &[columns.id, columns.kind]) {
            return self.total(row);
        }
        if let Some(amount) = bounded::quiet(row, columns.amount) {
            self.sum += amount;
        }
        if let Some(product) = Product::find(row.text(columns.product)) {
            self.content.exempt = Some(product);
            return Taken::Neutral;
        }
        match self.kind(row) {
            None => {
                row.report_with(Code::UnknownRow, columns.kind, row.text(columns.comment));
                Taken::Unknown
            }
            Some(Kind::Neutral | Kind::ExemptDeposit(_)) => Taken::Neutral,
            Some(Kind::LeftOut) => match bounded::required(row, columns.amount) {
                Some(amount) => {
                    self.content.left_out -= amount;
                    Taken::Neutral
                }
                None => Taken::Unknown,
            },
            Some(Kind::Unsettled) => {
                let detail = row.text(columns.comment);
                row.report_with(Code::UnsettledAction, columns.kind, detail);
                Taken::Unknown
            }
            Some(kind) => match self.operation(kind, row) {
                Some(operation) => {
                    self.content.operations.push(operation);
                    Taken::Later
                }
                None => Taken::Unknown,
            },
        }
    }

    fn unreadable(&mut self, row: &mut Row<'_>, builder: &mut StatementBuilder) {
        let columns = self.columns;
        let cells = row.cells(&[
            ("date", columns.time),
            ("type", columns.kind),
            ("ticker", columns.symbol),
            ("amount", columns.amount),
            ("note", columns.comment),
        ]);
        builder.repair(row.source().row, cells);
        let harmless = matches!(
            self.kind(row),
            Some(
                Kind::Dividend
                    | Kind::Withholding
                    | Kind::Equivalent
                    | Kind::Swap
                    | Kind::LeftOut
                    | Kind::Neutral
                    | Kind::ExemptDeposit(_)
            )
        );
        let symbol = self.symbol(row);
        if harmless || symbol.is_empty() {
            return;
        }
        let account = builder.account(&self.facts.name);
        let instrument = builder.instrument(None, symbol, row.text(columns.name));
        let day = row.quiet_stamp(columns.time).map_or(UNDATED, |stamp| stamp.day);
        builder.block(account, instrument, day, row.source().row);
    }
}

/// Whether a row only sums up: no number of its own, `Total` instead.
pub(super) fn is_total(row: &Row<'_>, places: &[Column]) -> bool {
    const TOTALS: [&str; 6] = ["total", "razem", "suma", "łącznie", "gesamt", "celkem"];
    let filled = |column: &&Column| !row.is_empty(**column);
    let Some(first) = places.iter().find(filled) else { return false };
    TOTALS.contains(&normalize(row.text(*first)).as_str())
}
