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
        for part in ["Decision", "Why", "Standing", "Code", "Tests"] {
            assert!(entry.contains(&format!("- **{part}:**")), "{title}: no {part}");
        }
    }
}
