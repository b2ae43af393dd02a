//! Unreadable rows in terms of the template: the sender should only have to mend what is wrong.
//!
//! What can be read is written plainly (days as ISO, numbers without sign and grouping), because the
//! template takes the direction from its type and decides the style of numbers by column. The account is
//! told, so that a mended row meets the lots of the account that it comes from.

use rust_decimal::Decimal;

use super::bounded;
use crate::statement::table::{Column, Row};
use crate::statement::when::Stamp;

/// The cells of one row for the template.
#[derive(Debug)]
pub(super) struct Repair {
    cells: Vec<(&'static str, String)>,
}

impl Repair {
    /// A row of an account; `kind` is the type that the template knows, where the row has one.
    pub(super) fn of(account: &str, kind: Option<&str>) -> Self {
        let mut repair = Self { cells: Vec::new() };
        repair.push("account", account);
        repair.push("type", kind.unwrap_or_default());
        repair
    }

    /// When, as the law counts the day; as it stands if it is not readable.
    pub(super) fn at(mut self, stamp: Option<Stamp>, raw: &str) -> Self {
        let Some(Stamp { day, millisecond }) = stamp else {
            self.push("date", raw);
            return self;
        };
        self.push("date", &day.to_string());
        let second = millisecond / 1000;
        if second > 0 {
            let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
            self.push("time", &clock);
        }
        self
    }

    /// A text; blanks and the dash that stands for nothing are left out.
    pub(super) fn text(mut self, name: &'static str, text: &str) -> Self {
        self.push(name, text);
        self
    }

    /// A number that was read.
    pub(super) fn number(mut self, name: &'static str, number: Decimal) -> Self {
        self.push(name, &number.abs().normalize().to_string());
        self
    }

    /// Cells that should hold numbers; as they stand if they do not.
    pub(super) fn numbers(mut self, row: &mut Row<'_>, named: &[(&'static str, Column)]) -> Self {
        for &(name, column) in named {
            match bounded::quiet(row, column) {
                Some(number) => self = self.number(name, number),
                None => self.push(name, row.text(column)),
            }
        }
        self
    }

    /// All of them.
    pub(super) fn cells(self) -> Vec<(&'static str, String)> {
        self.cells
    }

    fn push(&mut self, name: &'static str, text: &str) {
        if !matches!(text, "" | "-") {
            self.cells.push((name, text.to_owned()));
        }
    }
}
