//! Charges of trades in the account activity, and results of CFDs.

use hashbrown::HashMap;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::activity::Activity;
use super::assemble::Book;
use super::closed::Position;
use super::kind::{Class, Kind};
use crate::statement::{Event, InstrumentIx, InstrumentKind};

/// Commissions and stamp duties by position, not yet part of a trade.
#[derive(Debug)]
pub(super) struct Charges<'a> {
    rows: HashMap<&'a str, Vec<&'a Activity>>,
}

impl<'a> Charges<'a> {
    pub(super) fn of(activity: &'a [Activity]) -> Self {
        let mut rows: HashMap<&str, Vec<&Activity>> = HashMap::new();
        for row in activity.iter().filter(|row| row.kind == Kind::Charge) {
            rows.entry(row.position.as_str()).or_default().push(row);
        }
        Self { rows }
    }

    /// Takes the charges of a position up to a day: those of its purchase, then those of its sale.
    pub(super) fn until(&mut self, position: &str, day: Date, book: &mut Book<'_>) -> Vec<Decimal> {
        let Some(rows) = self.rows.get_mut(position).filter(|_| !position.is_empty()) else {
            return Vec::new();
        };
        let mut taken = Vec::new();
        rows.retain(|row| {
            let mine = row.stamp.day <= day && row.class != Some(Class::Cfd);
            if mine {
                taken.push(-row.amount);
                book.builder.used();
            }
            !mine
        });
        taken
    }

    /// Writes what belongs to no trade of the file: a cost of the year, or of a CFD's result.
    pub(super) fn write_rest(&mut self, book: &mut Book<'_>) {
        let mut rest: Vec<&Activity> = self.rows.drain().flat_map(|(_, rows)| rows).collect();
        rest.sort_by_key(|row| row.source);
        for row in rest {
            let (instrument, event) = if row.class == Some(Class::Cfd) {
                let kind = InstrumentKind::Derivative;
                let instrument = book.names.other(&row.position, "", kind, book.builder);
                let result = book.money(row.amount);
                (instrument, Event::Derivative { result, country: None })
            } else {
                (InstrumentIx::NONE, Event::Fee { amount: book.money(-row.amount) })
            };
            let Activity { label, stamp, position, amount, .. } = row;
            let when = format!("{}|{}", stamp.day, stamp.millisecond);
            let content = format!("{label}|{when}|{position}|{}", amount.normalize());
            let key = book.builder.content_key("etoro charge", content.as_bytes());
            let local = book.in_warsaw(*stamp);
            book.push((row.source, local), instrument, key, event);
            book.builder.used();
        }
    }
}

/// What the account activity says that a position paid and got while it was open.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moved {
    /// Overnight fees and dividends.
    fees: Decimal,
    /// Adjustments of an index, if there are any.
    adjusted: Option<Decimal>,
    /// How many rows close the position.
    closings: usize,
}

impl Moved {
    /// The sum, if it agrees with what the sheet of closed positions tells.
    ///
    /// The sheet gives fees and dividends with the sign of the cash movement; where the activity has the same sum
    /// with the other sign, the activity is right. Whether adjustments are in the sheet's figure, only the sum
    /// tells; and of a position closed in parts no part has the sum.
    fn proven(self, told: Decimal) -> Option<Decimal> {
        let all = self.fees + self.adjusted.unwrap_or_default();
        let is_told = |sum: Decimal| sum.abs() == told.abs();
        match self.adjusted {
            None => is_told(all).then_some(all),
            Some(_) if self.closings > 1 => None,
            Some(_) => (is_told(all) || is_told(self.fees)).then_some(all),
        }
    }

    /// Whether the adjustments of a position are in its result.
    pub(super) fn settles(self, position: &Position) -> bool {
        self.proven(position.rollover).is_some()
    }
}

/// Payments of open positions in the account activity, by position.
pub(super) fn moved<'a>(
    activity: &'a [Activity],
    closed: &'a [Position],
) -> HashMap<&'a str, Moved> {
    let mut sums: HashMap<&str, Moved> = HashMap::new();
    for row in activity {
        let adjusts = row.kind == Kind::Adjustment;
        if adjusts || matches!(row.kind, Kind::Overnight | Kind::Dividend) {
            let moved = sums.entry(row.position.as_str()).or_default();
            let sum =
                if adjusts { moved.adjusted.get_or_insert_default() } else { &mut moved.fees };
            *sum += row.amount;
        }
    }
    for position in closed {
        if let Some(moved) = sums.get_mut(position.id.as_str()) {
            moved.closings += 1;
        }
    }
    sums
}

/// Writes the result of a CFD with what it paid and got while it was open.
pub(super) fn write_result(position: &Position, moved: Option<Moved>, book: &mut Book<'_>) {
    let told = position.rollover;
    let rollover = moved.and_then(|moved| moved.proven(told)).unwrap_or(told);
    let kind = InstrumentKind::Derivative;
    let instrument = book.names.other(&position.id, &position.name, kind, book.builder);
    let result = book.money(position.profit + rollover);
    let key = book.closing_key(position);
    let stamp = book.in_warsaw(position.closed);
    book.push(
        (position.source, stamp),
        instrument,
        key,
        Event::Derivative { result, country: None },
    );
    book.builder.used();
}
