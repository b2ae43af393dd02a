//! `Withholding Tax`: tax at source in rows of its own. The broker's sign is turned round.

use super::{description, dividends, reader::Reader, table::Row};
use crate::{
    money::{Country, Money},
    statement::{Code, Event, InstrumentIx, when::Stamp},
};

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    match row.cash() {
        Ok((stamp, Money { amount, currency })) => {
            accept(reader, row, stamp, Money::new(-amount, currency));
        }
        Err(problems) => reader.reject(row.line, &problems.0),
    }
}

/// Takes a readable row. The broker keeps the original pay day in rows that correct an earlier one
/// (tax-law 7.6), so the row's day is the day of the dividend.
fn accept(reader: &mut Reader, row: &Row<'_>, stamp: Stamp, tax: Money) {
    let c = row.columns;
    let text = row.text(c.description);
    let instrument = match dividends::instrument(reader, row, stamp) {
        // Tax on interest has no instrument: `Withholding @ 20% on Credit Interest for May-2024`.
        _ if is_on_interest(text) => InstrumentIx::NONE,
        // The tax of what is unsettled is unsettled with it (also tax-law 7.10, partnerships).
        Ok(_) | Err(_) if dividends::Kind::of(text) == dividends::Kind::Unsettled => {
            return reader.unsettled(row.line, c.description.name, text);
        }
        Ok(instrument) => instrument,
        Err(Code::NoInstrument) if description::subject(text).is_none() => {
            reader.diagnose(row.line, Code::UnknownRow, c.description.name, text);
            return reader.builder.unknown();
        }
        Err(code) => return reader.reject(row.line, &[row.problem(c.description, code)]),
    };
    let country = description::taxing_country(text).and_then(|code| Country::parse(code).ok());
    let event = Event::Withholding { amount: tax, country };
    reader.cash("Withholding Tax", row, instrument, stamp, tax.amount, event);
}

fn is_on_interest(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("withholding") && (text.contains("interest") || text.contains("credit int"))
}
