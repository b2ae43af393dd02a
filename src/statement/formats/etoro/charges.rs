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

/// Overnight fees and dividends in the account activity, summed up by position.
pub(super) fn moved(activity: &[Activity]) -> HashMap<&str, Decimal> {
    let mut sums: HashMap<&str, Decimal> = HashMap::new();
    let rows = activity.iter().filter(|row| matches!(row.kind, Kind::Overnight | Kind::Dividend));
    for row in rows {
        *sums.entry(row.position.as_str()).or_default() += row.amount;
    }
    sums
}

/// Writes the result of a CFD with its overnight fees and dividends.
///
/// The sheet gives them with the sign of the cash movement; where the activity has the same sum with the
/// other sign, the activity is right.
pub(super) fn write_result(position: &Position, moved: Option<Decimal>, book: &mut Book<'_>) {
    let told = position.rollover;
    let rollover = moved.filter(|moved| *moved == -told).unwrap_or(told);
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
