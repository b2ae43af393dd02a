//! The header fields of a message, unfolded, as they stand (RFC 5322 § 2.2).

use serde::{Deserialize, Serialize};

/// The header fields of a message in their order.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct HeaderFields(Vec<(String, String)>);

impl HeaderFields {
    /// The first value of that field; the name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Every value of that field; the name in lower case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(found, _)| *found == name).map(|(_, value)| value)
    }

    /// Whether the field is there; the name in lower case.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every field: its name in lower case and its unfolded value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn read(block: &[u8]) -> Self {
        let text = String::from_utf8_lossy(block);
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }
}
