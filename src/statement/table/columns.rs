//! What is known of each column beyond its name: the style of its numbers and dates.
//!
//! Plain numbers and ISO dates are read at once. Only when a cell has more than one reading are the
//! other cells of its column looked at, up to the first that decides.

use std::ops::ControlFlow;

use hashbrown::HashSet;
use rust_decimal::Decimal;

use super::dates::{DateOrder, Trace, Written};
use super::header::Column;
use super::numbers::{self, Evidence, NumberStyle};
use super::unit::Unit;
use super::{Body, Conventions};
use crate::money::Quoted;
use crate::statement::when::{self, Stamp};
use crate::statement::{Code, Isin, number};

/// A style: not yet needed, decided, or not to be decided.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Style<T> {
    #[default]
    NotYet,
    Decided(T),
    Ambiguous,
}

/// A number with its unit, or why it is none.
type Read<'t> = Result<(Decimal, Option<Unit<'t>>), Code>;

/// The styles of all columns of one table.
#[derive(Debug)]
pub(super) struct Columns {
    conventions: Conventions,
    /// Whether a column may mix the styles of numbers.
    mixed: bool,
    numbers: Vec<Style<NumberStyle>>,
    dates: Vec<Style<DateOrder>>,
    /// Whether days and months of a column may be swapped, once it was asked.
    swapped: Vec<Option<bool>>,
    isins: HashSet<Isin>,
    last_isin: Option<Isin>,
    /// The currencies read last, as written: a file has few.
    currencies: [Option<([u8; 3], Quoted)>; 4],
}

impl Columns {
    pub(super) fn new(width: usize, conventions: Conventions) -> Self {
        Self {
            conventions,
            mixed: false,
            numbers: vec![Style::NotYet; width],
            dates: vec![Style::NotYet; width],
            swapped: vec![None; width],
            isins: HashSet::new(),
            last_isin: None,
            currencies: [None; 4],
        }
    }

    pub(super) fn mix_numbers(&mut self) {
        self.mixed = true;
    }

    /// Reads a currency or a quotation unit.
    pub(super) fn quoted(&mut self, cell: &[u8]) -> Option<Quoted> {
        let Ok(code) = <[u8; 3]>::try_from(cell) else {
            return Quoted::parse(std::str::from_utf8(cell).ok()?).ok();
        };
        let known = self.currencies.iter().flatten().find(|(written, _)| *written == code);
        if let Some((_, quoted)) = known {
            return Some(*quoted);
        }
        let quoted = Quoted::parse(std::str::from_utf8(cell).ok()?).ok()?;
        self.currencies.rotate_right(1);
        if let Some(first) = self.currencies.first_mut() {
            *first = Some((code, quoted));
        }
        Some(quoted)
    }

    /// Whether the ISIN occurs for the first time.
    pub(super) fn is_first(&mut self, isin: Isin) -> bool {
        let repeated = self.last_isin == Some(isin);
        self.last_isin = Some(isin);
        !repeated && self.isins.insert(isin)
    }

    /// Reads a filled cell as a number in the style of its column.
    pub(super) fn number<'t>(
        &mut self,
        body: Body<'_>,
        column: Column,
        cell: &'t [u8],
    ) -> Read<'t> {
        if let Some(value) = self.plain(column, cell) {
            return Ok((value, None));
        }
        let index = column.index().unwrap_or(usize::MAX);
        let text = std::str::from_utf8(cell).map_err(|_| Code::BadNumber)?;
        self.styled_number(body, index, text)
    }

    /// Reads a cell that is a plain number and nothing else, in this column.
    #[inline]
    pub(super) fn plain(&mut self, column: Column, cell: &[u8]) -> Option<Decimal> {
        let value = number::plain(cell)?;
        if value.scale() == 0 {
            return Some(value);
        }
        let style = self.numbers.get_mut(column.index()?)?;
        match style {
            Style::Decided(NumberStyle::Point)
                if !self.mixed || !numbers::could_be_grouped(value) =>
            {
                Some(value)
            }
            // A point that can only be a decimal point decides the column.
            Style::NotYet if !numbers::could_be_grouped(value) => {
                *style = Style::Decided(NumberStyle::Point);
                Some(value)
            }
            Style::NotYet | Style::Decided(_) | Style::Ambiguous => None,
        }
    }

    fn styled_number<'t>(&mut self, body: Body<'_>, index: usize, text: &'t str) -> Read<'t> {
        if self.mixed
            && let Some(read) = Self::read_alone(body, index, text)
        {
            return read;
        }
        let mut style = self.numbers.get(index).copied().unwrap_or_default();
        if style == Style::NotYet {
            // Words and dates in a number column say nothing of its style.
            let evidence = numbers::evidence(text);
            if evidence == Evidence::None {
                return numbers::read(text, NumberStyle::Point).ok_or(Code::BadNumber);
            }
            style = number_style(body, index, self.conventions.numbers);
            self.settle_number(index, style);
        }
        match style {
            Style::Decided(style) => numbers::read(text, style).ok_or(Code::BadNumber),
            Style::Ambiguous | Style::NotYet => match numbers::evidence(text) {
                Evidence::Ambiguous { .. } => Err(Code::AmbiguousNumber),
                Evidence::None | Evidence::Decisive(_) => {
                    numbers::read(text, NumberStyle::Point).ok_or(Code::BadNumber)
                }
            },
        }
    }

    /// Reads a cell by itself where a column may mix styles. A cell with two readings follows its column
    /// only if that does not mix them.
    fn read_alone<'t>(body: Body<'_>, index: usize, text: &'t str) -> Option<Read<'t>> {
        match numbers::evidence(text) {
            Evidence::Decisive(style) => Some(numbers::read(text, style).ok_or(Code::BadNumber)),
            Evidence::Ambiguous { .. } => {
                let shows = |style| {
                    let decisive = |text: &str| {
                        (numbers::evidence(text) == Evidence::Decisive(style)).then_some(())
                    };
                    body.find_in(index, decisive).is_some()
                };
                (shows(NumberStyle::Point) && shows(NumberStyle::Comma))
                    .then_some(Err(Code::AmbiguousNumber))
            }
            Evidence::None => None,
        }
    }

    fn settle_number(&mut self, index: usize, style: Style<NumberStyle>) {
        if let Some(slot) = self.numbers.get_mut(index) {
            *slot = style;
        }
    }

    /// Reads a filled cell as a day, with the time if it has one.
    pub(super) fn stamp(
        &mut self,
        body: Body<'_>,
        column: Column,
        cell: &[u8],
    ) -> Result<Stamp, Code> {
        // An offset of zero says the same as `Z`.
        let bare = cell.strip_suffix(b"+00:00").unwrap_or(cell);
        let index = column.index().unwrap_or(usize::MAX);
        if let Some(stamp) = when::iso(bare) {
            let swapped = stamp.day.day() <= 12 && self.may_be_swapped(body, index, true);
            return if swapped { Err(Code::SwappedDate) } else { Ok(stamp) };
        }
        let text = std::str::from_utf8(cell).map_err(|_| Code::BadDate)?;
        let written = Written::parse(text).ok_or(Code::BadDate)?;
        if written.needs_order() {
            let order = self.date_order(body, index)?;
            return written.stamp(order).ok_or(Code::BadDate);
        }
        let stamp = written.stamp(DateOrder::DayFirst).ok_or(Code::BadDate)?;
        let swapped = stamp.day.day() <= 12 && self.may_be_swapped(body, index, false);
        if swapped { Err(Code::SwappedDate) } else { Ok(stamp) }
    }

    /// Whether a spreadsheet may have swapped day and month of a date that is not written as the broker, an
    /// American one, writes it. ISO dates without a trace of it are believed: people write them by hand.
    fn may_be_swapped(&mut self, body: Body<'_>, index: usize, iso: bool) -> bool {
        if self.conventions.dates != Some(DateOrder::MonthFirst) {
            return false;
        }
        let Some(slot) = self.swapped.get_mut(index) else { return false };
        *slot.get_or_insert_with(|| {
            let shows = |wanted| {
                let trace = |text: &str| (Written::parse(text)?.trace()? == wanted).then_some(());
                body.find_in(index, trace).is_some()
            };
            shows(Trace::LeftAlone) || !iso && !shows(Trace::ReadRightly)
        })
    }

    fn date_order(&mut self, body: Body<'_>, index: usize) -> Result<DateOrder, Code> {
        let mut style = self.dates.get(index).copied().unwrap_or_default();
        if style == Style::NotYet {
            let found = body.find_in(index, |text| Written::parse(text)?.decisive());
            let order = found.or(self.conventions.dates);
            style = order.map_or(Style::Ambiguous, Style::Decided);
            if let Some(slot) = self.dates.get_mut(index) {
                *slot = style;
            }
        }
        match style {
            Style::Decided(order) => Ok(order),
            Style::Ambiguous | Style::NotYet => Err(Code::AmbiguousDate),
        }
    }
}

/// Decides the style of a column: by its own cells, else by the other columns, else by the format.
///
/// The other columns decide only what they show: a decimal comma elsewhere makes `1,234` a decimal
/// comma here, but a decimal point elsewhere does not make it a thousand.
fn number_style(
    body: Body<'_>,
    index: usize,
    convention: Option<NumberStyle>,
) -> Style<NumberStyle> {
    let decisive = |text: &str| match numbers::evidence(text) {
        Evidence::Decisive(style) => Some(style),
        Evidence::None | Evidence::Ambiguous { .. } => None,
    };
    if let Some(style) = body.find_in(index, decisive) {
        return Style::Decided(style);
    }
    let elsewhere = body.find_anywhere(decisive);
    let mark = body.find_in(index, |text| match numbers::evidence(text) {
        Evidence::Ambiguous { comma } => Some(comma),
        Evidence::None | Evidence::Decisive(_) => None,
    });
    match (mark, elsewhere, convention) {
        (Some(true), Some(NumberStyle::Comma), _)
        | (Some(true), None, Some(NumberStyle::Comma)) => Style::Decided(NumberStyle::Comma),
        (Some(false), Some(NumberStyle::Point), _)
        | (Some(false), None, Some(NumberStyle::Point)) => Style::Decided(NumberStyle::Point),
        _ => Style::Ambiguous,
    }
}

impl Body<'_> {
    /// The first answer that a cell of one column gives.
    fn find_in<T>(&self, index: usize, ask: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.each(|record| record.get(index).and_then(|cell| ask(std::str::from_utf8(cell).ok()?)))
    }

    /// The first answer that any cell gives.
    fn find_anywhere<T>(&self, ask: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.each(|record| record.iter().find_map(|cell| ask(std::str::from_utf8(cell).ok()?)))
    }

    fn each<T>(&self, ask: impl Fn(&csv::ByteRecord) -> Option<T>) -> Option<T> {
        let mut reader = self.reader();
        let mut record = csv::ByteRecord::new();
        let mut next = || match reader.read_byte_record(&mut record) {
            Ok(true) => ask(&record)
                .map_or(ControlFlow::Continue(()), |found| ControlFlow::Break(Some(found))),
            Ok(false) | Err(_) => ControlFlow::Break(None),
        };
        loop {
            if let ControlFlow::Break(found) = next() {
                return found;
            }
        }
    }
}
