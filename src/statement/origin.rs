//! Where a row of the repair template comes from, in words short enough for a cell.

use std::{fmt, str::FromStr};

/// Names a file by its content: the first bytes of its digest. Enough to tell the files of one
/// sender apart; not a proof of anything.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    Eq,
    Hash,
    Ord,
    PartialEq,
    PartialOrd,
    serde::Deserialize,
    serde::Serialize,
)]
pub struct FileTag([u8; 6]);

impl FileTag {
    /// The tag of a file with that digest.
    pub fn of(digest: &[u8; 32]) -> Self {
        Self(digest.first_chunk().copied().unwrap_or_default())
    }
}

/// A row of a file that was sent earlier.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Origin {
    /// Which file.
    pub file: FileTag,
    /// Which row, as a spreadsheet counts.
    pub row: u32,
}

/// `r`, twelve hexadecimal digits, `-` and the row: nothing that a spreadsheet takes for a number,
/// a date or a formula.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("r")?;
        for byte in self.file.0 {
            write!(f, "{byte:02x}")?;
        }
        write!(f, "-{}", self.row)
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (digits, row) =
            text.strip_prefix('r').and_then(|rest| rest.split_once('-')).ok_or(NotAnOrigin)?;
        if digits.len() != 12 || !digits.is_ascii() {
            return Err(NotAnOrigin);
        }
        let mut tag = [0; 6];
        for (at, byte) in tag.iter_mut().enumerate() {
            let pair = digits.get(2 * at..2 * at + 2).ok_or(NotAnOrigin)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotAnOrigin)?;
        }
        Ok(Self { file: FileTag(tag), row: row.parse().map_err(|_| NotAnOrigin)? })
    }
}

/// The text names no row of an earlier file.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an origin is r, twelve hexadecimal digits, - and a row")]
pub struct NotAnOrigin;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in ["", "r", "r-1", "r00000000000-1", "r000000000000-x", "r+0+0+0+0+0+0-1é", "1"]
        {
            assert_eq!(text.parse::<Origin>(), Err(NotAnOrigin), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_origin_reads_back(hash in any::<[u8; 32]>(), row in any::<u32>()) {
            let origin = Origin { file: FileTag::of(&hash), row };
            prop_assert_eq!(origin.to_string().parse::<Origin>(), Ok(origin));
        }

        #[test]
        fn no_text_breaks_the_reading(text in any::<String>()) {
            let _ = text.parse::<Origin>();
        }
    }
}
