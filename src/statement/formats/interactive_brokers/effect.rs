//! Whether a trade opens or closes a position, by the broker's codes.
//!
//! `O` opening, `C` closing, `Ep` expired, `A` assigned, `Ex` exercised, `Ca` cancelled. An option that
//! lapses or is used up is closed for nothing: its premium is a result of its own, and the shares are
//! traded at the strike in a row of their own (tax-law 2.8.4–5).

use rust_decimal::Decimal;

use super::{category::Category, table::Row};

/// What a trade does to a position.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Effect {
    /// A purchase that opens, a sale that closes, or a trade without codes: what is sold without
    /// being held is then missing history, never a short sale (tax-law 2.7).
    Plain,
    /// A sale that opens: a short sale, an option written.
    OpenShort,
    /// A purchase that closes such a sale.
    CloseShort,
    /// Both at once: the position changes its side.
    Crossing,
    /// The row takes back another one.
    Cancelled,
}

const OPENING: &[&[u8]] = &[b"O"];
const CLOSING: &[&[u8]] = &[b"C"];
const LAPSED: &[&[u8]] = &[b"Ep", b"A", b"Ex", b"EP", b"EX"];
const CANCELLED: &[&[u8]] = &[b"Ca", b"CA"];

/// Whether a row has one of these codes.
fn has(row: &Row<'_>, wanted: &[&[u8]]) -> bool {
    let c = row.columns;
    let separates = |&c: &u8| matches!(c, b';' | b',' | b' ');
    let mut codes =
        [c.code, c.effect].into_iter().flat_map(|place| row.cell(place).split(separates));
    codes.any(|code| wanted.contains(&code.trim_ascii()))
}

impl Effect {
    /// The effect of a row of that signed quantity.
    pub(super) fn of(row: &Row<'_>, category: Category, quantity: Decimal) -> Self {
        let opening = has(row, OPENING);
        let closing = has(row, CLOSING) || (lapses(row, category) && !opening);
        match (cancels(row), quantity.is_sign_negative(), opening, closing) {
            (true, ..) => Self::Cancelled,
            (_, _, true, true) => Self::Crossing,
            (_, true, true, _) => Self::OpenShort,
            (_, false, _, true) => Self::CloseShort,
            _ => Self::Plain,
        }
    }
}

/// Whether the row ends an option without a trade.
pub(super) fn lapses(row: &Row<'_>, category: Category) -> bool {
    category.is_option() && has(row, LAPSED)
}

/// Whether the row closes a position, as far as its codes tell.
pub(super) fn closes(row: &Row<'_>) -> bool {
    has(row, CLOSING) || has(row, LAPSED)
}

/// Whether the row takes back another one.
pub(super) fn cancels(row: &Row<'_>) -> bool {
    has(row, CANCELLED) || row.text(row.columns.side).contains("(Ca.)")
}
