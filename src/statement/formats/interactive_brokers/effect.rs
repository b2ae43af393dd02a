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

/// What the codes of a row say.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a row may have any of the four codes")]
struct Codes {
    opens: bool,
    closes: bool,
    lapses: bool,
    cancels: bool,
}

impl Codes {
    fn of(row: &Row<'_>) -> Self {
        let mut codes = Self::default();
        let separates = |&c: &u8| matches!(c, b';' | b',' | b' ');
        for place in [row.columns.code, row.columns.effect] {
            for code in row.cell(place).split(separates) {
                match code.trim_ascii() {
                    b"O" => codes.opens = true,
                    b"C" => codes.closes = true,
                    b"Ep" | b"A" | b"Ex" | b"EP" | b"EX" => codes.lapses = true,
                    b"Ca" | b"CA" => codes.cancels = true,
                    _ => {}
                }
            }
        }
        codes
    }
}

impl Effect {
    /// The effect of a row of that signed quantity.
    pub(super) fn of(row: &Row<'_>, category: Category, quantity: Decimal) -> Self {
        let codes = Codes::of(row);
        let lapses = category.is_option() && codes.lapses;
        let closing = codes.closes || (lapses && !codes.opens);
        let cancelled = codes.cancels || is_cancelled_side(row);
        match (cancelled, quantity.is_sign_negative(), codes.opens, closing) {
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
    category.is_option() && Codes::of(row).lapses
}

/// Whether the row closes a position, as far as its codes tell.
pub(super) fn closes(row: &Row<'_>) -> bool {
    let codes = Codes::of(row);
    codes.closes || codes.lapses
}

/// Whether the row takes back another one.
pub(super) fn cancels(row: &Row<'_>) -> bool {
    Codes::of(row).cancels || is_cancelled_side(row)
}

fn is_cancelled_side(row: &Row<'_>) -> bool {
    let side = row.text(row.columns.side);
    !side.is_empty() && side.contains("(Ca.)")
}
