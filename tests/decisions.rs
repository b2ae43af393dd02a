//! The decisions log names tests that exist.
#![expect(clippy::unwrap_used, reason = "a failed helper should panic")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Names of functions under a test attribute (or in a `proptest!` block, which writes one too).
fn tests() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("tests"), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        let mut follows_attribute = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                follows_attribute = true;
            } else if let Some(rest) =
                line.strip_prefix("fn ").or_else(|| line.strip_prefix("async fn "))
            {
                let name: String =
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if follows_attribute {
                    names.insert(name);
                }
                follows_attribute = false;
            }
        }
    }
    names
}

#[test]
fn every_test_that_a_decision_names_exists() {
    let log = fs::read_to_string(root().join("src/tax/DECISIONS.md")).unwrap();
    let known = tests();
    let mut missing = Vec::new();
    for entry in log.split("\n## ").skip(1) {
        let title = entry.lines().next().unwrap_or_default();
        let tests = entry.split("**Tests:**").nth(1).unwrap_or_default();
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if named.is_empty() {
            missing.push(format!("{title}: no test"));
        }
        let unknown = named.iter().filter(|name| !known.contains(**name));
        missing.extend(unknown.map(|name| format!("{title}: {name}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_decision_says_all_that_it_must() {
    let log = fs::read_to_string(root().join("src/tax/DECISIONS.md")).unwrap();
    for entry in log.split("\n## ").skip(1) {
        let title = entry.lines().next().unwrap_or_default();
        for part in ["Decision", "Why", "Rules", "Standing", "Code", "Tests"] {
            assert!(entry.contains(&format!("- **{part}:**")), "{title}: no {part}");
        }
    }
}

/// Numbers of rules as an entry lists them: `1.1.1, 7.3a`.
fn rules(log: &str) -> BTreeSet<String> {
    let lines = log.split("- **Rules:**").skip(1).filter_map(|rest| rest.lines().next());
    lines.flat_map(|line| line.split(',').map(|rule| rule.trim().to_owned())).collect()
}

/// Rules of the reference that a statute, a form or a ruling stands behind: the first cell of a row is the number, and
/// the row has the mark.
fn binding(law: &str) -> BTreeSet<String> {
    let rows = law.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter(|row| ["[S]", "[F]", "[R]"].iter().any(|mark| row.contains(mark)))
        .filter_map(|row| row.split(" | ").next())
        .filter(|cell| cell.contains('.') && cell.starts_with(|c: char| c.is_ascii_digit()))
        .filter(|cell| cell.chars().all(|c| c.is_ascii_alphanumeric() || c == '.'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_binding_rule_of_the_reference_has_an_entry() {
    let path = root().join("../shared/reference/tax-law.md");
    // Beside the package only where the reference is kept.
    let Ok(law) = fs::read_to_string(path) else { return };
    let log = fs::read_to_string(root().join("src/tax/DECISIONS.md")).unwrap();
    let missing: Vec<_> = binding(&law).difference(&rules(&log)).cloned().collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Every rule and threshold of mail has a test named after it (`src/mail/RULES.md`).
#[test]
fn every_rule_and_threshold_of_mail_has_its_tests() {
    let log = fs::read_to_string(root().join("src/mail/RULES.md")).unwrap();
    let known = tests();
    let mut listed = BTreeSet::new();
    for row in log.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, name, _, named, _] = cells[..] else { panic!("{row}") };
        listed.insert(name.to_owned());
        let named: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{name} has no test");
        for test in named {
            assert!(known.contains(test), "{name}: there is no test {test}");
        }
    }
    let rules = (1..=12).map(|rule| format!("A{rule}"));
    for rule in rules.chain(["B1", "B2", "B3", "C"].map(str::to_owned)) {
        assert!(listed.contains(&rule), "{rule}");
    }
    // Each field of the two lists of limits is named.
    for (file, of) in
        [("src/conversation/limits.rs", "Thresholds"), ("src/mail/limits.rs", "Limits")]
    {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let fields = text.split(&format!("pub struct {of} {{")).nth(1).unwrap();
        let fields = fields.split("\n}").next().unwrap();
        for line in fields.lines().filter_map(|line| line.trim().strip_prefix("pub ")) {
            let field = line.split(':').next().unwrap();
            assert!(log.contains(field) || UNLISTED.contains(&field), "{of}::{field}");
        }
    }
}

/// Guards of ours that mail.md § 7 does not know; they have tests elsewhere.
const UNLISTED: [&str; 6] = [
    "header_block",
    "tnef_attachments",
    "body_text",
    "package_entries",
    "ratio_free",
    "same_letter_minutes",
];
