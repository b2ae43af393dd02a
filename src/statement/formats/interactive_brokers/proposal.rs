//! What the sender can decide about an unsettled action: rows of the template, filled as far as the
//! broker's rows go, and the same in one line for the finding.
//!
//! | Action | Proposal (tax-law 2.4) |
//! |---|---|
//! | spin-off | new shares at cost 0, the old ones unchanged (`split` 1): the careful reading |
//! | stock dividend | new shares at cost 0, unless they were taxed as a dividend |
//! | anything else | shares out as a `sell`, shares in as an `opening_lot`, the amounts left open |

use rust_decimal::Decimal;

use super::{action_kind::Kind, corporate_actions::Action, reader::Reader};
use crate::statement::{Code, Diagnostic, InstrumentIx};

/// One row of the template.
struct Proposed<'a> {
    action: &'a Action,
    kind: &'static str,
    instrument: InstrumentIx,
    quantity: Decimal,
    /// Empty where only the sender can know it.
    amount: &'static str,
}

/// Tells the finding and offers the rows.
pub(super) fn offer(reader: &mut Reader, group: &[Action]) {
    let Some(first) = group.first() else { return };
    let kind = Kind::of(&first.whole);
    let mut rows: Vec<Proposed<'_>> =
        group.iter().filter_map(|action| Proposed::of(action, kind)).collect();
    let changed = |instrument| rows.iter().any(|row| row.instrument == instrument);
    if matches!(kind, Kind::SpinOff | Kind::StockDividend) && !changed(first.subject) {
        let (kind, quantity, amount) = ("split", Decimal::ONE, "");
        let instrument = first.subject;
        rows.push(Proposed { action: first, kind, instrument, quantity, amount });
    }
    let lines: Vec<String> = rows.iter().map(|row| row.line(reader)).collect();
    let found = Diagnostic::at(Code::UnsettledAction, first.source)
        .found("Description", first.whole.as_str())
        .detail(lines.join("; "));
    reader.builder.diagnose(found);
    for row in rows {
        row.keep(reader);
    }
}

impl<'a> Proposed<'a> {
    fn of(action: &'a Action, kind: Kind) -> Option<Self> {
        if action.quantity.is_zero() {
            return None;
        }
        let given = matches!(kind, Kind::SpinOff | Kind::StockDividend);
        let (kind, amount) = match action.quantity.is_sign_negative() {
            true => ("sell", ""),
            false if given => ("opening_lot", "0"),
            false => ("opening_lot", ""),
        };
        let (instrument, quantity) = (action.target, action.quantity.abs());
        Some(Self { action, kind, instrument, quantity, amount })
    }

    /// `opening_lot ZZS 20 = 0 USD`.
    fn line(&self, reader: &mut Reader) -> String {
        let instrument = reader.builder.instrument_mut(self.instrument);
        let label = instrument.map_or_else(String::new, |known| known.label().to_owned());
        let quantity = self.quantity.normalize();
        match (self.kind, self.amount) {
            ("split", _) => format!("split {label} {quantity}"),
            (kind, "") => {
                format!("{kind} {label} {quantity} = ? {}", self.action.proceeds.currency)
            }
            (kind, amount) => {
                format!("{kind} {label} {quantity} = {amount} {}", self.action.proceeds.currency)
            }
        }
    }

    fn keep(&self, reader: &mut Reader) {
        let Some(known) = reader.builder.instrument_mut(self.instrument) else { return };
        let isin = known.isin.map_or_else(String::new, |isin| isin.to_string());
        let ticker = known.symbol.clone();
        let account = reader.accounts.name_at(self.action.account).to_owned();
        let currency = match self.kind {
            "split" => String::new(),
            _ => self.action.proceeds.currency.to_string(),
        };
        let cells = [
            ("date", self.action.stamp.day.to_string()),
            ("type", self.kind.to_owned()),
            ("ticker", ticker),
            ("isin", isin),
            ("quantity", self.quantity.normalize().to_string()),
            ("amount", self.amount.to_owned()),
            ("currency", currency),
            ("account", account),
            ("note", self.action.whole.clone()),
        ];
        let filled = cells.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        reader.builder.repair(self.action.source.row, filled);
    }
}
