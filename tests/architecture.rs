//! The arrows of `lib.rs`: the core is pure and synchronous, and no file grows beyond what one can hold in
//! the head.
#![expect(clippy::unwrap_used, reason = "a failed helper should panic")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules that compute; they know neither the outside world nor waiting.
const CORE: [&str; 9] =
    ["money", "mail", "statement", "ledger", "rates", "tax", "report", "reply", "wording"];

/// Lines of a file without its tests.
const LINES_MAX: usize = 450;

fn files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The text of a source file up to its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned()
}

fn is_test(path: &Path) -> bool {
    path.file_stem().is_some_and(|stem| {
        let stem = stem.to_string_lossy();
        stem == "tests" || stem.ends_with("_tests") || stem == "fixture" || stem == "rates_contract"
    })
}

#[test]
fn the_core_is_pure_and_synchronous() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let forbidden = [
        "async fn",
        ".await",
        "tokio::",
        "reqwest",
        "rusqlite",
        "crate::adapters",
        "crate::ports",
        "std::fs",
    ];
    let mut found = Vec::new();
    for module in CORE {
        let mut list = Vec::new();
        files(&src.join(module), &mut list);
        for path in list.iter().filter(|path| !is_test(path)) {
            let code = code(path);
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in lines.filter(|line| forbidden.iter().any(|word| line.contains(word))) {
                found.push(format!("{}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn files_stay_small() {
    let mut list = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut list);
    let long: Vec<String> = list
        .iter()
        .filter(|path| !is_test(path))
        .map(|path| (code(path).lines().count(), path))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, path)| format!("{lines} {}", path.display()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}
