//! `Open Positions`, `Transfers` and `Grant Activity`: what is held, and what came or went without a
//! trade.

use hashbrown::HashMap;
use rust_decimal::Decimal;

use super::{category::Category, reader::Reader, repair, table::Row, trades};
use crate::statement::{
    AccountIx, Code, Diagnostic, Event, InstrumentIx, ReportedPosition, Transaction,
};

/// What the broker says is held when the file ends.
#[derive(Debug, Default)]
pub(super) struct Positions {
    /// Whether the file has the section: what it does not list is then not held.
    pub(super) present: bool,
    held: HashMap<(AccountIx, InstrumentIx), Decimal>,
}

impl Positions {
    /// The position at the end of the file, if it tells.
    pub(super) fn at_end(&self, place: (AccountIx, InstrumentIx)) -> Option<Decimal> {
        self.present.then(|| self.held.get(&place).copied().unwrap_or_default())
    }
}

/// Reads one `Data` row of `Open Positions`: a position to compare with the lots left.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    reader.builder.neutral();
    let category = trades::category(row);
    let summary = match row.cell(c.discriminator) {
        b"" => row.flex,
        level => matches!(level, b"Summary" | b"SUMMARY"),
    };
    reader.positions.present |= summary;
    let reported = row.stamp(c.report_date).ok().filter(|_| row.flex).map(|stamp| stamp.day);
    let day = reported.or_else(|| reader.last_day());
    let Some(day) = day.filter(|_| summary && category.has_lots()) else { return };
    let quantity = match row.number(c.quantity) {
        Ok(quantity) => quantity,
        Err(problem) => return reader.warn(row.line, problem),
    };
    let account = reader.account(row);
    // A symbol of two instruments cannot be compared.
    if let Ok(instrument) = reader.of_row(row, category, Some(day)) {
        let source = reader.builder.source(row.line);
        reader.positions.held.insert((account, instrument), quantity);
        reader.builder.position(ReportedPosition { source, account, instrument, day, quantity });
    }
}

/// Reads one `Data` row of `Transfers`: securities come with the lots of the account that they left, or
/// need their cost from the sender (tax-law 2.3); cash is neutral.
pub(super) fn transfer(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    let symbol = row.text(c.symbol);
    let moved = row.number(c.quantity).map_or(!symbol.is_empty(), |quantity| !quantity.is_zero());
    if row.is_total() || matches!(symbol, "" | "-" | "--") || !moved {
        return reader.builder.neutral();
    }
    let category = Category::parse(row.cell(c.category));
    let day = row.stamp(c.date).ok().map(|stamp| stamp.day);
    let quantity = row.number(c.quantity).ok();
    let instrument = reader.of_row(row, category, day).ok();
    let comes = quantity.is_some_and(|quantity| quantity.is_sign_positive());
    if comes {
        repair::opening_lot(reader, row, day);
    }
    let whole = quantity.zip(day).zip(instrument).filter(|_| category.has_lots());
    let Some(((quantity, day), instrument)) = whole else {
        reader.block_symbol(row, category, symbol, day);
        return reader.unsettled(row.line, c.symbol.name, symbol);
    };
    let event = if comes {
        Event::TransferIn { quantity, departure: None }
    } else {
        Event::TransferOut { quantity: -quantity, arrival: None }
    };
    let source = reader.builder.source(row.line);
    let account = reader.account(row);
    let name = reader.accounts.name_of(row.cell(c.account)).to_owned();
    let content = format!("{name} {day} {symbol} {}", quantity.normalize());
    let key = Some(reader.builder.content_key("ibkr-transfer", content.as_bytes()));
    reader.builder.push(Transaction {
        source,
        key,
        account,
        instrument,
        day,
        millisecond: 0,
        event,
    });
    reader.builder.used();
}

/// Reads one `Data` row of `Grant Activity`: a grant changes nothing yet; shares that vest have a cost
/// that only the sender knows (tax-law 2.5).
pub(super) fn grant(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    if row.is_total() || row.text(c.description).ends_with("Grant") {
        return reader.builder.neutral();
    }
    let symbol = row.text(c.symbol);
    if symbol.is_empty() {
        return reader.unknown_kind(row.line, Code::UnknownRow, "Grant Activity", "");
    }
    let stamps = [c.report_date, c.vesting_date].map(|place| row.stamp(place).ok());
    let day = stamps.into_iter().flatten().next().map(|stamp| stamp.day);
    reader.block_symbol(row, Category::Security, symbol, day);
    reader.builder.unknown();
    let source = reader.builder.source(row.line);
    let finding = Diagnostic::at(Code::PlanCost, source).found(c.symbol.name, symbol);
    reader.builder.diagnose(finding.detail(row.text(c.description)));
    repair::opening_lot(reader, row, day);
}
