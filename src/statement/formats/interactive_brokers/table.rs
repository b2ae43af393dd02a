//! Rows of one section, their cells found by the names of the section's last header row.

use csv::ByteRecord;
use rust_decimal::Decimal;

use super::cells::{self, NumberStyle};
use crate::{
    money::{Currency, Money},
    statement::{Code, when::Stamp},
};

/// Where a column stands, and its name for findings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: usize,
    pub(super) name: &'static str,
}

impl Place {
    /// A place that no record reaches.
    const NOWHERE: usize = usize::MAX;

    /// Whether the header has this column.
    pub(super) fn exists(self) -> bool {
        self.at != Self::NOWHERE
    }
}

fn commission_in(name: &str, at: usize) -> Option<(Place, Currency)> {
    let currency = Currency::parse(name.strip_prefix("Comm in ")?).ok()?;
    Some((Place { at, name: "Comm in" }, currency))
}

macro_rules! columns {
    ($($field:ident: $name:literal $(| $other:literal)*,)*) => {
        /// The columns of a section that are read; the rest of a header is ignored.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Columns {
            $(pub(super) $field: Place,)*
            /// `Comm in EUR` of conversions: the column and the currency in its name.
            pub(super) commission_in: Option<(Place, Currency)>,
        }

        impl Columns {
            /// No column anywhere: a section before its header.
            pub(super) const NONE: Self = Self {
                $($field: Place { at: Place::NOWHERE, name: $name },)*
                commission_in: None,
            };

            /// The columns that a header row names; the first of two equal names counts.
            pub(super) fn of(header: &ByteRecord) -> Self {
                let mut columns = Self::NONE;
                for (at, cell) in header.iter().enumerate().skip(2) {
                    let name = std::str::from_utf8(cell).unwrap_or_default().trim();
                    let place = match name {
                        $($name $(| $other)* => &mut columns.$field,)*
                        _ => {
                            columns.commission_in = columns.commission_in.or(commission_in(name, at));
                            continue;
                        }
                    };
                    if !place.exists() {
                        place.at = at;
                    }
                }
                columns
            }
        }
    };
}

columns! {
    account: "Account",
    amount: "Amount",
    cash_amount: "Cash Amount",
    category: "Asset Category",
    code: "Code",
    commission: "Comm/Fee",
    conid: "Conid",
    currency: "Currency",
    date: "Date",
    description: "Description",
    discriminator: "DataDiscriminator",
    exchange: "Listing Exch",
    field_name: "Field Name",
    field_value: "Field Value",
    multiplier: "Multiplier",
    price: "T. Price",
    proceeds: "Proceeds",
    quantity: "Quantity" | "Qty",
    report_date: "Report Date",
    security_id: "Security ID",
    symbol: "Symbol",
    vesting_date: "Vesting Date",
    when: "Date/Time",
}

/// A cell that cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) code: Code,
    pub(super) column: &'static str,
    pub(super) value: String,
}

/// Collects the problems of one row, so that all of them are reported at once.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<Problem>);

impl Problems {
    /// The value, or a note of what is wrong with it.
    pub(super) fn check<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.0.push(problem)).ok()
    }
}

/// Reads again a row that a spreadsheet took for one cell and wrote back as one: the whole of the
/// broker's line stands in the first cell. Section names that hold a comma have a second cell.
pub(super) fn unwrap(record: &ByteRecord, inner: &mut ByteRecord) -> bool {
    let line = record.get(0).unwrap_or_default();
    if !line.contains(&b',') || record.iter().skip(1).any(|cell| !cell.is_empty()) {
        return false;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    reader.read_byte_record(inner).is_ok_and(|found| found)
}

/// One data row and the header above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    pub(super) record: &'r ByteRecord,
    pub(super) columns: &'r Columns,
    pub(super) line: u32,
    pub(super) style: NumberStyle,
}

impl<'r> Row<'r> {
    /// The cell without outer blanks; empty if the row or the header has none.
    pub(super) fn cell(&self, place: Place) -> &'r [u8] {
        self.record.get(place.at).unwrap_or_default().trim_ascii()
    }

    /// The cell as text.
    pub(super) fn text(&self, place: Place) -> &'r str {
        std::str::from_utf8(self.cell(place)).unwrap_or_default()
    }

    /// What is wrong with a cell.
    pub(super) fn problem(&self, place: Place, code: Code) -> Problem {
        let code = if place.exists() { code } else { Code::MissingColumn };
        let value = String::from_utf8_lossy(self.cell(place)).into_owned();
        Problem { code, column: place.name, value }
    }

    /// A number that must be there.
    pub(super) fn number(&self, place: Place) -> Result<Decimal, Problem> {
        cells::number(self.cell(place), self.style).map_err(|code| self.problem(place, code))
    }

    /// A number, or zero where the cell is empty or the column missing.
    pub(super) fn number_or_zero(&self, place: Place) -> Result<Decimal, Problem> {
        if self.cell(place).is_empty() { Ok(Decimal::ZERO) } else { self.number(place) }
    }

    /// A number other than zero.
    pub(super) fn nonzero(&self, place: Place) -> Result<Decimal, Problem> {
        match self.number(place) {
            Ok(number) if number.is_zero() => Err(self.problem(place, Code::NotPositive)),
            read => read,
        }
    }

    /// A day with or without its time.
    pub(super) fn stamp(&self, place: Place) -> Result<Stamp, Problem> {
        cells::stamp(self.cell(place)).map_err(|code| self.problem(place, code))
    }

    /// The day of a cash row: the `Date` column, in some layouts `Date/Time`.
    pub(super) fn cash_day(&self) -> Result<Stamp, Problem> {
        let dated = self.columns.date.exists() || !self.columns.when.exists();
        self.stamp(if dated { self.columns.date } else { self.columns.when })
    }

    /// Day and amount of a cash row.
    pub(super) fn cash(&self) -> Result<(Stamp, Money), Problems> {
        self.cash_on(self.cash_day())
    }

    /// As [`Row::cash`], the day being read already.
    pub(super) fn cash_on(
        &self,
        stamp: Result<Stamp, Problem>,
    ) -> Result<(Stamp, Money), Problems> {
        let mut problems = Problems::default();
        let stamp = problems.check(stamp);
        let amount = problems.check(self.number(self.columns.amount));
        let currency = problems.check(self.currency());
        match (stamp, amount, currency) {
            (Some(stamp), Some(amount), Some(currency)) => {
                Ok((stamp, Money::new(amount, currency)))
            }
            _ => Err(problems),
        }
    }

    /// A currency code.
    pub(super) fn currency(&self) -> Result<Currency, Problem> {
        let place = self.columns.currency;
        cells::currency(self.cell(place)).map_err(|code| self.problem(place, code))
    }

    /// A text that must be there.
    pub(super) fn required(&self, place: Place) -> Result<&'r str, Problem> {
        match self.text(place) {
            "" => Err(self.problem(place, Code::EmptyCell)),
            text => Ok(text),
        }
    }

    /// Whether every cell is empty.
    pub(super) fn is_blank(&self) -> bool {
        self.record.as_slice().trim_ascii().is_empty()
    }

    /// Whether the row sums up others: `Total`, `Total in USD`, `Total Interest in USD` instead of
    /// the first value.
    pub(super) fn is_total(&self) -> bool {
        let first = self.record.get(2).unwrap_or_default().trim_ascii();
        first == b"Total" || first.starts_with(b"Total ")
    }

    /// The row as text, for findings.
    pub(super) fn shown(&self) -> String {
        let cells: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
        cells.join(",")
    }
}
