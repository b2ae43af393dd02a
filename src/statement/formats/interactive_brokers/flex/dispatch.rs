//! Hands each row of a Flex query to the reader of its section.

use super::{Code, Item, Reader, Row, Section, Severity};
use crate::statement::formats::interactive_brokers::{
    category::Category, charges, corporate_actions, dividends, fees, interest, positions, results,
    table::Place, trades, withholding,
};

/// Columns already complained of, so that each is named once.
#[derive(Debug, Default)]
pub(super) struct Complaints(Vec<(Section, &'static str)>);

/// Takes one item.
pub(super) fn take(reader: &mut Reader, complaints: &mut Complaints, item: &Item<'_>) {
    match item {
        Item::Account { id, period } => {
            if !id.is_empty() {
                reader.accounts.enter(id);
            }
            reader.set_period(*period);
        }
        Item::Frame => reader.builder.neutral(),
        Item::Broken { line } => reader.diagnose(*line, Code::Truncated, "", ""),
        Item::Row { section, name, row } => dispatch(reader, complaints, *section, name, row),
    }
}

fn dispatch(
    reader: &mut Reader,
    complaints: &mut Complaints,
    section: Section,
    name: &str,
    row: &Row<'_>,
) {
    if !complaints.complete(reader, section, row) {
        // Positions only check the result.
        return if section == Section::Positions {
            reader.builder.neutral();
        } else {
            reader.builder.unknown();
        };
    }
    match section {
        Section::Trades => trades::read(reader, row),
        Section::Cash => cash(reader, row),
        Section::CorporateActions => detailed(reader, row, corporate_actions::read),
        Section::Positions => positions::read(reader, row),
        Section::Transfers => detailed(reader, row, positions::transfer),
        Section::CfdCharges => detailed(reader, row, |reader, row| {
            results::charge(reader, row, "CFD Charges");
        }),
        Section::OptionEvents => option_event(reader, row),
        Section::Instruments | Section::Neutral => reader.builder.neutral(),
        Section::Statement
        | Section::Account
        | Section::Dividends
        | Section::Withholding
        | Section::Interest
        | Section::Fees
        | Section::TransactionFees
        | Section::CommissionAdjustments
        | Section::Grants
        | Section::Unknown => {
            let shown = if name.is_empty() { row.shown() } else { name.to_owned() };
            reader.unknown_kind(row.line, Code::UnknownRow, "", &shown);
        }
    }
}

/// Rows that sum up others repeat them.
fn detailed(reader: &mut Reader, row: &Row<'_>, read: impl FnOnce(&mut Reader, &Row<'_>)) {
    if row.cell(row.columns.discriminator).eq_ignore_ascii_case(b"SUMMARY") {
        reader.builder.neutral();
    } else {
        read(reader, row);
    }
}

/// A cash row: its type tells the section of the Activity Statement where it would stand.
fn cash(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    if row.cell(c.discriminator).eq_ignore_ascii_case(b"SUMMARY") {
        return reader.builder.neutral();
    }
    if Category::parse(row.cell(c.category)) == Category::Cfd {
        return results::charge(reader, row, "CFD Charges");
    }
    let kind = row.text(c.kind).to_ascii_lowercase();
    match kind.as_str() {
        "dividends" | "payment in lieu of dividends" => dividends::read(reader, row),
        "withholding tax" | "871(m) withholding" => withholding::read(reader, row),
        "broker interest paid"
        | "broker interest received"
        | "bond interest paid"
        | "bond interest received" => interest::read(reader, row),
        "other fees" | "broker fees" | "advisor fees" | "client fees" => fees::read(reader, row),
        "commission adjustments" => charges::adjustment(reader, row),
        "deposits/withdrawals" | "deposits & withdrawals" | "deposits and withdrawals" => {
            reader.builder.neutral();
        }
        _ => reader.unknown_kind(row.line, Code::UnknownRow, c.kind.name, row.text(c.kind)),
    }
}

/// Expirations, assignments and exercises stand in `Trades` as well; only a settlement in cash could
/// be missing there.
fn option_event(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    let kind = row.text(c.transaction_type);
    let settled_in_cash = kind.to_ascii_lowercase().contains("cash");
    if !settled_in_cash || reader.has_trade_of(row) {
        return reader.builder.neutral();
    }
    trades::block(reader, row, trades::category(row));
    reader.unsettled(row.line, c.transaction_type.name, kind);
}

impl Complaints {
    /// Whether the row has the columns that its section needs; each missing one is told once.
    fn complete(&mut self, reader: &mut Reader, section: Section, row: &Row<'_>) -> bool {
        let missing: Vec<Place> = needs(section, row).into_iter().filter(|p| !p.exists()).collect();
        for place in &missing {
            if !self.0.contains(&(section, place.name)) {
                self.0.push((section, place.name));
                let (code, severity) = (Code::MissingColumn, Severity::Error);
                reader.tally.note(code, severity, place.name, "", row.line);
            }
        }
        missing.is_empty()
    }
}

fn needs(section: Section, row: &Row<'_>) -> Vec<Place> {
    let c = row.columns;
    let either = |one: Place, other: Place| if other.exists() { other } else { one };
    match section {
        Section::Trades => vec![
            either(c.category, c.isin),
            either(c.symbol, c.isin),
            either(c.traded_on, c.when),
            c.currency,
            c.quantity,
            c.price,
            c.commission,
        ],
        Section::Cash => {
            vec![c.kind, c.currency, c.amount, c.description, either(c.date, c.when)]
        }
        Section::CorporateActions => vec![
            either(c.category, c.isin),
            c.currency,
            c.quantity,
            c.proceeds,
            either(c.description, c.action),
            either(c.when, c.report_date),
        ],
        Section::Positions => vec![either(c.symbol, c.isin), c.quantity],
        Section::Transfers => vec![c.symbol, c.quantity],
        Section::CfdCharges => vec![c.currency, c.amount, either(c.when, c.date)],
        Section::Statement
        | Section::Account
        | Section::Dividends
        | Section::Withholding
        | Section::Interest
        | Section::Fees
        | Section::TransactionFees
        | Section::CommissionAdjustments
        | Section::Instruments
        | Section::Grants
        | Section::OptionEvents
        | Section::Neutral
        | Section::Unknown => Vec::new(),
    }
}
