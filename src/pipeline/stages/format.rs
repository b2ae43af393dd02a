//! The version of everything that travels between stages, and names fit for keys.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::as_text;

/// The only format that is written and read: `1`. Another number is refused before anything else, so that
/// a stage of an older program never guesses what a newer one meant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Format;

const FORMAT: u32 = 1;

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(FORMAT)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            FORMAT => Ok(Self),
            other => Err(D::Error::custom(format_args!("format {other} is not known, only 1 is"))),
        }
    }
}

/// The name of a job: up to 80 letters, digits, `-`, `_` and `.`, the first of them no dot. It is part of
/// keys and the name of an execution.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobName(String);

impl JobName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, BadJobName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let fits = (1..=80).contains(&text.len()) && !text.starts_with('.');
        if fits && text.chars().all(plain) { Ok(Self(text.to_owned())) } else { Err(BadJobName) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

as_text::as_text!(JobName, JobName::parse);

/// The text is no name of a job.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a job is named by up to 80 letters, digits, '-', '_' or '.'")]
pub struct BadJobName;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_their_folder_are_refused() {
        for name in ["", ".", "..", "../x", "a/b", "a\\b", "ą", "a b", &"x".repeat(81)] {
            assert_eq!(JobName::parse(name), Err(BadJobName), "{name}");
        }
        assert_eq!(JobName::parse("0-a_B.9").unwrap().as_str(), "0-a_B.9");
    }

    #[test]
    fn another_format_is_refused_by_its_number() {
        assert_eq!(serde_json::to_string(&Format).unwrap(), "1");
        assert_eq!(serde_json::from_str::<Format>("1").unwrap(), Format);
        let error = serde_json::from_str::<Format>("2").unwrap_err().to_string();
        assert!(error.contains("format 2 is not known"), "{error}");
    }
}
