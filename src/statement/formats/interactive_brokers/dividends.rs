//! `Dividends`: gross amounts, their reversals, and what is not a dividend by law.

use super::{
    description::{self, Subject},
    reader::Reader,
    repair,
    table::{Problems, Row},
};
use crate::{
    money::Money,
    statement::{Code, Event, InstrumentIx, Severity, when::Stamp},
};

/// How a description is treated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A share in profits or a fund's distribution.
    Dividend,
    /// Paid by the borrower of lent shares; booked as a dividend, with a warning (tax-law 2.9, \[U\]).
    InLieu,
    /// Return of capital, stock dividends, partnerships, liquidations: a person decides.
    Unsettled,
    /// Nothing that is known.
    Unknown,
}

impl Kind {
    /// Reads the kind from a description.
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let has = |part: &&str| text.contains(*part);
        let unsettled = [
            "return of capital",
            "stock dividend",
            "rights issue",
            "liquidat",
            "partnership",
            "choice dividend",
        ];
        if unsettled.iter().any(has) {
            Self::Unsettled
        } else if text.contains("in lieu") {
            Self::InLieu
        } else if text.contains("dividend") {
            Self::Dividend
        } else {
            Self::Unknown
        }
    }
}

/// Reads one `Data` row.
pub(super) fn read(reader: &mut Reader, row: &Row<'_>) {
    if row.is_total() {
        return reader.builder.neutral();
    }
    match row.cash() {
        Ok((stamp, gross)) => accept(reader, row, stamp, gross),
        Err(problems) => refuse(reader, row, &problems),
    }
}

fn refuse(reader: &mut Reader, row: &Row<'_>, problems: &Problems) {
    reader.reject(row.line, &problems.0);
    repair::cash(reader, row, "dividend");
}

fn undecided(reader: &mut Reader, row: &Row<'_>) {
    let place = row.columns.description;
    reader.unsettled(row.line, place.name, row.text(place));
    repair::cash(reader, row, "dividend");
}

fn accept(reader: &mut Reader, row: &Row<'_>, stamp: Stamp, gross: Money) {
    let c = row.columns;
    let text = row.text(c.description);
    let instrument = match instrument(reader, row, stamp) {
        Ok(instrument) => instrument,
        Err(code) => return refuse(reader, row, &Problems(vec![row.problem(c.description, code)])),
    };
    match Kind::of(text) {
        Kind::Unsettled => return undecided(reader, row),
        // A dividend paid on a short position is no negative income (tax-law 7.15).
        Kind::InLieu if !reversal_or_positive(reader, row, stamp, gross) => {
            return undecided(reader, row);
        }
        Kind::Unknown => {
            reader.diagnose(row.line, Code::UnknownRow, c.description.name, text);
            return reader.builder.unknown();
        }
        Kind::InLieu => {
            let (code, column) = (Code::UnsettledAction, c.description.name);
            let what = "Payment in Lieu of Dividend";
            reader.tally.note(code, Severity::Warning, column, what, row.line);
        }
        Kind::Dividend => {}
    }
    let event = Event::Dividend { gross, withheld: Money::zero(gross.currency), country: None };
    reader.cash("Dividends", row, instrument, stamp, gross.amount, event);
}

fn reversal_or_positive(reader: &mut Reader, row: &Row<'_>, stamp: Stamp, gross: Money) -> bool {
    let reversal = reader.is_reversal(row, stamp.day, gross.amount);
    gross.amount.is_sign_positive() || reversal
}

/// The instrument of a dividend or its tax: named in the text, else in a `Symbol` column.
pub(super) fn instrument(
    reader: &mut Reader,
    row: &Row<'_>,
    stamp: Stamp,
) -> Result<InstrumentIx, Code> {
    let c = row.columns;
    let column = row.text(c.symbol);
    let named = description::subject(row.text(c.description));
    let in_column = Subject { symbol: column, id: "", rest: "" };
    let subject = match named {
        Some(subject) if !subject.id.is_empty() || column.is_empty() => subject,
        _ if !column.is_empty() => in_column,
        Some(_) | None => return Err(Code::NoInstrument),
    };
    reader.subject(subject, stamp.day)
}
