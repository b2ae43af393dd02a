//! Rows of one section, their cells found by the names of the section's last header row.

use csv::ByteRecord;
use rust_decimal::Decimal;

use super::{
    category::Category,
    cells::{self, NumberStyle},
};
use crate::{
    money::{Currency, Money},
    statement::{Code, table::Record, when::Stamp},
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
    ($($field:ident: $name:literal $(| $other:literal)* $(/ $flex:literal $(| $more:literal)*)?,)*) => {
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
            pub(super) fn of(header: Cells<'_>) -> Self {
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

            /// The columns that names of a Flex query stand for, and how many names are known. XML
            /// attributes and CSV headers differ in case and punctuation only (`buySell`, `Buy/Sell`).
            pub(super) fn of_flex<'n>(names: impl Iterator<Item = &'n [u8]>) -> (Self, usize) {
                let mut columns = Self::NONE;
                let mut known = 0;
                for (at, name) in names.enumerate() {
                    $($(
                        if same_name(name, $flex) $(|| same_name(name, $more))* {
                            known += 1;
                            if !columns.$field.exists() {
                                columns.$field = Place { at, name: $flex };
                            }
                        }
                    )?)*
                }
                (columns, known)
            }
        }
    };
}

/// Whether two names are the same but for case and punctuation.
fn same_name(name: &[u8], known: &str) -> bool {
    let letters = |c: &u8| c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase());
    name.iter().filter_map(letters).eq(known.as_bytes().iter().filter_map(letters))
}

columns! {
    account: "Account" / "ClientAccountID" | "AccountID",
    action: "ActionDescription" / "ActionDescription",
    amount: "Amount" | "Gross Amount" | "Total" / "Amount" | "Total",
    basis: "Basis" / "CostBasis" | "Cost",
    cash_amount: "Cash Amount" / "CashTransfer",
    category: "Asset Category" / "AssetClass" | "AssetCategory",
    code: "Code" / "Notes/Codes" | "Notes" | "Code",
    commission: "Comm/Fee" | "Commission" / "IBCommission",
    commission_currency: "IBCommissionCurrency" / "IBCommissionCurrency",
    conid: "Conid" / "Conid",
    currency: "Currency" | "Price Currency" / "CurrencyPrimary" | "Currency",
    date: "Date" / "SettleDate" | "Date",
    description: "Description" / "Description",
    direction: "Direction" / "Direction",
    discriminator: "DataDiscriminator" / "LevelOfDetail",
    effect: "Open/CloseIndicator" / "Open/CloseIndicator",
    exchange: "Listing Exch" | "ListingExch" / "ListingExchange",
    exchange_rate: "Exchange Rate",
    field_name: "Field Name",
    field_value: "Field Value",
    isin: "ISIN" / "ISIN",
    kind: "Transaction Type" / "Type",
    mark: "Mark Price" / "MarkPrice",
    multiplier: "Multiplier" / "Multiplier",
    net: "Net Amount",
    order_id: "IBOrderID" / "IBOrderID",
    price: "T. Price" | "Price" / "TradePrice",
    proceeds: "Proceeds" | "Notional Value" / "Proceeds",
    quantity: "Quantity" | "Qty" / "Quantity" | "Position",
    realized: "Realized P/L" / "FifoPnlRealized",
    report_date: "Report Date" / "ReportDate",
    security_id: "Security ID" / "SecurityID",
    settled_on: "SettleDateTarget" / "SettleDateTarget",
    side: "Buy/Sell" / "Buy/Sell",
    symbol: "Symbol" / "Symbol",
    taxes: "Taxes" / "Taxes",
    trade_money: "TradeMoney" / "TradeMoney",
    traded_on: "TradeDate" / "TradeDate",
    transaction_type: "TransactionType" / "TransactionType",
    underlying: "Underlying" / "UnderlyingSymbol",
    underlying_id: "UnderlyingSecurityID" / "UnderlyingSecurityID",
    vesting_date: "Vesting Date" / "VestingDate",
    when: "Date/Time" / "Date/Time",
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
pub(super) fn unwrap(record: Cells<'_>, inner: &mut ByteRecord) -> bool {
    let line = record.get(0).unwrap_or_default();
    if !line.contains(&b',') || record.iter().skip(1).any(|cell| !cell.is_empty()) {
        return false;
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    reader.read_byte_record(inner).is_ok_and(|found| found)
}

/// The cells of a row: of a line that was split in place, or of a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cells<'r> {
    Line(&'r Record<'r>),
    Record(&'r ByteRecord),
}

impl<'r> Cells<'r> {
    pub(super) fn get(self, at: usize) -> Option<&'r [u8]> {
        match self {
            Self::Line(line) => line.get(at),
            Self::Record(record) => record.get(at),
        }
    }

    fn text(self, at: usize) -> Option<&'r str> {
        match self {
            Self::Line(line) => line.text(at),
            Self::Record(record) => std::str::from_utf8(record.get(at)?).ok(),
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'r [u8]> {
        (0..).map_while(move |at| self.get(at))
    }
}

/// `T 4 5/8 09/15/26` of `T 4 5/8 09/15/26 4.5%`: some statements show the yield of the day behind the day
/// on which a bond falls due.
fn without_yield(symbol: &str) -> &str {
    let Some((bond, percent)) = symbol.rsplit_once(' ') else { return symbol };
    let due = bond.rsplit(' ').next().unwrap_or_default();
    let is_due = due.len() == 8 && due.bytes().filter(|&c| c == b'/').count() == 2;
    if is_due && percent.ends_with('%') { bond } else { symbol }
}

/// One data row and the header above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'r> {
    pub(super) record: Cells<'r>,
    pub(super) columns: &'r Columns,
    pub(super) line: u32,
    pub(super) style: NumberStyle,
    /// Whether the row is of a Flex query, not of a statement.
    pub(super) flex: bool,
}

impl<'r> Row<'r> {
    /// The cell without outer blanks; empty if the row or the header has none.
    pub(super) fn cell(&self, place: Place) -> &'r [u8] {
        self.record.get(place.at).unwrap_or_default().trim_ascii()
    }

    /// The cell as text.
    pub(super) fn text(&self, place: Place) -> &'r str {
        self.record.text(place.at).unwrap_or_default().trim_ascii()
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
        let read = if self.flex { cells::flex_stamp } else { cells::stamp };
        read(self.cell(place)).map_err(|code| self.problem(place, code))
    }

    /// The day of a cash row: the `Date` column, in some layouts `Date/Time`.
    pub(super) fn cash_day(&self) -> Result<Stamp, Problem> {
        let Columns { date, when, .. } = *self.columns;
        let dated = if self.flex { !self.cell(date).is_empty() } else { date.exists() };
        self.stamp(if dated || !when.exists() { date } else { when })
    }

    /// When a trade was made. A Flex query may have only its day.
    pub(super) fn trade_time(&self) -> Result<Stamp, Problem> {
        let Columns { traded_on, when, .. } = *self.columns;
        self.stamp(if self.cell(when).is_empty() && traded_on.exists() { traded_on } else { when })
    }

    /// What a corporate action says.
    pub(super) fn action(&self) -> &'r str {
        let Columns { action, description, .. } = *self.columns;
        self.text(if self.cell(action).is_empty() { description } else { action })
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

    /// A currency code in a further column; `None` if it is not there.
    pub(super) fn currency_in(&self, place: Place) -> Option<Currency> {
        cells::currency(self.cell(place)).ok()
    }

    /// The symbol. A Flex query has the OCC code of an option there, and what statements call it in
    /// the description.
    pub(super) fn symbol(&self, category: Category) -> &'r str {
        let described = self.text(self.columns.description);
        if self.flex && category.is_option() && !described.is_empty() {
            return described;
        }
        let symbol = self.text(self.columns.symbol);
        if category == Category::Bond { without_yield(symbol) } else { symbol }
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
        self.record.iter().all(|cell| cell.trim_ascii().is_empty())
    }

    /// Whether the row sums up others: `Total`, `Total in USD`, `Total Interest in USD` instead of
    /// the first value.
    pub(super) fn is_total(&self) -> bool {
        let first = self.record.get(2).unwrap_or_default().trim_ascii();
        !self.flex && (first == b"Total" || first.starts_with(b"Total "))
    }

    /// The row as text, for findings.
    pub(super) fn shown(&self) -> String {
        let cells: Vec<_> = self.record.iter().map(String::from_utf8_lossy).collect();
        cells.join(",")
    }
}
