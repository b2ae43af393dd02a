//! `Open Positions`, `Transfers` and `Grant Activity`: what is held, and what came or went without a
//! trade.

use super::{category::Category, reader::Reader, repair, table::Row};
use crate::statement::{Code, ReportedPosition};

/// Reads one `Data` row of `Open Positions`: a position to compare with the lots left.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    reader.builder.neutral();
    let category = Category::parse(row.cell(c.category));
    let summary = row.cell(c.discriminator) == b"Summary";
    let Some(day) = reader.last_day().filter(|_| summary && category.has_lots()) else { return };
    let quantity = match row.number(c.quantity) {
        Ok(quantity) => quantity,
        Err(problem) => return reader.warn(row.line, problem),
    };
    let account = reader.account(row);
    // A symbol of two instruments cannot be compared.
    if let Ok(instrument) = reader.instrument(category, row.text(c.symbol), Some(day)) {
        let source = reader.builder.source(row.line);
        reader.builder.position(ReportedPosition { source, account, instrument, day, quantity });
    }
}

/// Reads one `Data` row of `Transfers`: securities that came or went need their cost from the sender
/// (tax-law 2.3); cash is neutral.
pub(super) fn transfer(reader: &mut Reader, row: &Row<'_>) {
    let c = row.columns;
    let symbol = row.text(c.symbol);
    let moved = row.number(c.quantity).map_or(!symbol.is_empty(), |quantity| !quantity.is_zero());
    if row.is_total() || matches!(symbol, "" | "-" | "--") || !moved {
        return reader.builder.neutral();
    }
    let day = row.stamp(c.date).ok().map(|stamp| stamp.day);
    reader.block_symbol(row, Category::parse(row.cell(c.category)), symbol, day);
    reader.unsettled(row.line, c.symbol.name, symbol);
    if row.number(c.quantity).is_ok_and(|quantity| quantity.is_sign_positive()) {
        repair::opening_lot(reader, row, day);
    }
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
    reader.unsettled(row.line, c.description.name, row.text(c.description));
    repair::opening_lot(reader, row, day);
}
