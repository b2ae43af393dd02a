//! Figures, days and codes as texts of the document.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error as _};

use crate::{
    money::{Country, Pln},
    report::digits::{push_date, push_exact, push_plain, push_pln},
};

/// Decimal numbers as text without trailing zeros.
pub(super) struct Plain(pub(super) Decimal);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        written(serializer, |out| push_plain(out, self.0, b'.'))
    }
}

/// Decimal numbers as text, with the places that they have.
pub(super) struct AsIs(pub(super) Decimal);

impl Serialize for AsIs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        written(serializer, |out| push_exact(out, self.0, b'.'))
    }
}

/// Złoty with two places.
pub(super) struct Zloty(pub(super) Pln);

impl Serialize for Zloty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        written(serializer, |out| push_pln(out, self.0, b'.'))
    }
}

/// Text of digits, as a JSON text.
fn written<S: Serializer>(
    serializer: S,
    write: impl FnOnce(&mut Vec<u8>),
) -> Result<S::Ok, S::Error> {
    let mut digits = Vec::with_capacity(32);
    write(&mut digits);
    serializer.serialize_str(std::str::from_utf8(&digits).map_err(S::Error::custom)?)
}

/// An amount, or an empty text where it is not known.
pub(super) struct Known(pub(super) Option<Pln>);

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(amount) => serializer.collect_str(&amount),
            None => serializer.serialize_str(""),
        }
    }
}

/// A country by its code.
pub(super) struct Code2(pub(super) Country);

impl Serialize for Code2 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

/// A day, or an empty text for the złoty, which needs no table.
pub(super) struct Day(pub(super) Option<Date>);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(day) => written(serializer, |out| push_date(out, day)),
            None => serializer.serialize_str(""),
        }
    }
}
