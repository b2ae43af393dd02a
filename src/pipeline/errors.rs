//! What a calculation document says of errors, for those who count them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The part of a calculation document that is counted.
#[derive(Deserialize)]
struct Document {
    diagnostics: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
    severity: String,
}

/// How many errors of each code a calculation document lists; warnings are not counted.
pub fn errors_in(document: &[u8]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let found = serde_json::from_slice::<Document>(document).map(|found| found.diagnostics);
    for finding in found.unwrap_or_default() {
        if finding.severity == "error" {
            *counts.entry(finding.code).or_default() += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_counted_by_code_and_warnings_not() {
        let document = r#"{"diagnostics":[{"code":"A","severity":"error"},{"code":"B","severity":"warning"},
            {"code":"A","severity":"error"}],"years":[]}"#;
        assert_eq!(errors_in(document.as_bytes()), BTreeMap::from([("A".to_owned(), 2)]));
        assert!(errors_in(b"no document").is_empty());
    }
}
