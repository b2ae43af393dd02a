//! One NBP table as a line of text, as the stores keep it: `USD4.1219 EUR4.2668 …`.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use crate::{money::Currency, rates::RateTable, statement::number};

/// The rates of a table as text.
pub(super) fn mids_text(table: &RateTable) -> String {
    let mut text = String::with_capacity(table.mids.len() * 12);
    for (currency, mid) in &table.mids {
        if !text.is_empty() {
            text.push(' ');
        }
        // Writing into a string cannot fail.
        let _ = write!(text, "{currency}{mid}");
    }
    text
}

/// The rates that [`mids_text`] wrote; `None` if the text is damaged.
pub(super) fn read_mids(text: &str) -> Option<Vec<(Currency, Decimal)>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let mids = text.split(' ').map(|entry| {
        let (code, mid) = entry.split_at_checked(3)?;
        Some((Currency::parse(code).ok()?, number::plain(mid.as_bytes())?))
    });
    mids.collect()
}
