//! `Interest`: credit interest and coupons; interest paid and lending fees apart.

use super::{category::Category, reader::Reader, repair, results, table::Row};
use crate::{
    money::Money,
    statement::{Code, Event, InstrumentIx, when::Stamp},
};

enum Kind {
    /// Interest on cash.
    Credit,
    /// A bond's coupon.
    Coupon,
    /// Margin interest, borrow fees, accrued interest paid with a bond.
    Paid,
    /// Fees of lending programs, accrued interest received with a sale.
    Unsettled,
    /// Financing of CFD.
    Cfd,
    Unknown,
}

impl Kind {
    fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
        if text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "cfd" | "cfds"))
        {
            Self::Cfd
        } else if has(&["syep", "stock yield", "managed securities", "securities lent", "loan"])
            || has(&["sale accrued", "sales accrued", "sell accrued"])
        {
            Self::Unsettled
        } else if has(&["debit int", "borrow fee", "short stock", "purchase accrued", "margin int"])
            || has(&["bond interest paid"])
        {
            Self::Paid
        } else if has(&["coupon", "bond interest"]) {
            Self::Coupon
        } else if text.ends_with(" broker interest paid") {
            Self::Paid
        } else if has(&["credit int", "interest on cash"])
            || text.ends_with(" broker interest received")
        {
            Self::Credit
        } else {
            Self::Unknown
        }
    }
}

/// Whether a row says that a person must decide on it: fees of lending, interest accrued until a sale.
pub(super) fn is_unsettled(text: &str) -> bool {
    matches!(Kind::of(text), Kind::Unsettled)
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    match row.cash() {
        Ok((stamp, gross)) => accept(reader, row, stamp, gross),
        Err(problems) => {
            reader.reject(row.line, &problems.0);
            repair::cash(reader, row, "interest");
        }
    }
}

fn accept(reader: &mut Reader, row: &Row<'_>, stamp: Stamp, gross: Money) {
    let c = row.columns;
    // The type of a Flex row says what its words leave out.
    let kind = if row.flex { row.text(c.kind) } else { "" };
    let text = row.text(c.description);
    let reversal = reader.is_reversal(row, stamp.day, gross.amount);
    let paid = Money::new(-gross.amount, gross.currency);
    let instrument = match Kind::of(&format!("{text} {kind}")) {
        Kind::Cfd => return results::charge(reader, row, "CFD Charges"),
        Kind::Paid => return reader.leave_out("Interest", row, paid),
        // Negative interest on a balance is a charge, unless it takes an earlier row back.
        Kind::Credit if gross.amount.is_sign_negative() && !reversal => {
            return reader.leave_out("Interest", row, paid);
        }
        Kind::Unsettled => {
            reader.unsettled(row.line, c.description.name, text);
            return repair::cash(reader, row, "interest");
        }
        Kind::Unknown => {
            reader.diagnose(row.line, Code::UnknownRow, c.description.name, text);
            return reader.builder.unknown();
        }
        Kind::Credit => InstrumentIx::NONE,
        Kind::Coupon => bond(reader, text, stamp),
    };
    let event = Event::Interest { gross, withheld: Money::zero(gross.currency) };
    reader.cash("Interest", row, instrument, stamp, gross.amount, event);
}

/// The bond of `Bond Coupon Payment (SYMBOL - NAME …)`, if the file lists it.
fn bond(reader: &mut Reader, text: &str, stamp: Stamp) -> InstrumentIx {
    let symbol = text
        .split_once('(')
        .and_then(|(_, inside)| inside.split([')', ',']).next())
        .map_or("", |inside| inside.split(" - ").next().unwrap_or_default().trim());
    if symbol.is_empty() {
        return InstrumentIx::NONE;
    }
    reader.instrument(Category::Bond, symbol, Some(stamp.day)).unwrap_or(InstrumentIx::NONE)
}
