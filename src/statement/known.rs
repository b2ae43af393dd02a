//! Names that stand in the program as constants, read back from text: unknown ones are refused.

use serde::{Deserialize as _, Deserializer, de::Error as _};

use super::{FORMATS, formats::template_column};
use crate::as_text::{self, UnknownName};

/// The id of a format, one of the program's own.
pub type FormatId = &'static str;

/// The id of a format; empty for a file that none recognised.
pub(crate) fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    as_text::read(deserializer, |text| {
        let ids = FORMATS.iter().map(|format| format.id());
        ids.chain([""]).find(|id| *id == text).ok_or(UnknownName)
    })
}

/// Cells by the English name of their column in the template.
pub(super) fn cells<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(&'static str, String)>, D::Error> {
    let cells = Vec::<(String, String)>::deserialize(deserializer)?.into_iter();
    let known = cells.map(|(name, cell)| template_column(&name).map(|name| (name, cell)));
    known.collect::<Option<_>>().ok_or_else(|| D::Error::custom(UnknownName))
}
