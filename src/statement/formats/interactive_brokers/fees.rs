//! `Fees`: which charges are costs (tax-law §3).
//!
//! | Fee | Treatment |
//! |---|---|
//! | custody, account keeping, monthly minimum, inactivity | cost of part C, [`Event::Fee`] |
//! | transfer of securities | cost of part C, [`Event::Fee`] |
//! | market data, snapshots, platforms, news | left out, sum shown (arguable) |
//! | ADR pass-through | left out, sum shown (art. 30a ust. 6) |
//! | anything else, also an adviser's fees | left out, sum shown |

use super::{reader::Reader, repair, table::Row};
use crate::{
    money::Money,
    statement::{Event, InstrumentIx},
};

/// Words of fees for keeping the account or the securities in it.
const KEEPING: &[&str] = &[
    "custody",
    "account maintenance",
    "maintenance fee",
    "account fee",
    "account keeping",
    "monthly minimum",
    "minimum activity",
    "minimum fee",
    "inactivity",
    "acats",
    "position transfer",
    "transfer of securities",
    "security transfer",
    "securities transfer",
];

/// Words that keep a fee out even if a word of [`KEEPING`] stands beside them.
const OTHER: &[&str] = &["data", "snapshot", "adr", "quote", "research", "news", "advis"];

/// Whether the fee is a cost of keeping the account or its securities.
fn is_cost(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let has_word = |word: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|found| found.starts_with(word))
    };
    KEEPING.iter().any(|part| text.contains(part)) && !OTHER.iter().any(|word| has_word(word))
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    let (stamp, Money { amount, currency }) = match row.cash() {
        Ok(read) => read,
        Err(problems) => {
            reader.reject(row.line, &problems.0);
            return repair::cash(reader, row, "fee");
        }
    };
    let charge = Money::new(-amount, currency);
    if is_cost(row.text(row.columns.description)) {
        let event = Event::Fee { amount: charge };
        reader.cash("Fees", row, InstrumentIx::NONE, stamp, amount, event);
    } else {
        reader.leave_out("Fees", row, charge);
    }
}

#[cfg(test)]
mod tests {
    use super::is_cost;

    #[test]
    fn only_keeping_the_account_is_a_cost() {
        assert!(is_cost("Custody Fee for Jan 2024"));
        assert!(is_cost("Balance of Monthly Minimum Fee for Aug 2020"));
        assert!(!is_cost("E*****42:US SECURITIES SNAPSHOT (ACCOUNT FEE) FOR MAY 2024"));
        assert!(!is_cost("ZZA(US0000000001) ADR Custody Fee USD 0.02 per share"));
        assert!(!is_cost("Market Data Fee"));
    }
}
