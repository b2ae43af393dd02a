//! File names from strangers: a label to show, never a path to open.

/// A label is at most this long (mail.md § 7).
const LABEL_CHARS_MAX: usize = 120;

/// What remains of a supplied name: the last path segment without control, bidirectional and
/// invisible characters; `None` if nothing does.
pub fn label(supplied: &str) -> Option<String> {
    let last = supplied.rsplit(['/', '\\']).find(|segment| !segment.trim().is_empty())?;
    let clean: String = last.chars().filter(|&c| !is_deceptive(c)).collect();
    let clean = clean.trim().trim_matches('"').trim();
    if clean.is_empty() || clean.chars().all(|c| c == '.') {
        return None;
    }
    Some(clip(clean))
}

/// Keeps the beginning and the extension of a long name.
fn clip(name: &str) -> String {
    let count = name.chars().count();
    if count <= LABEL_CHARS_MAX {
        return name.to_owned();
    }
    let tail: String = name.chars().skip(count - 12).collect();
    let head = name.chars().take(LABEL_CHARS_MAX - 13);
    head.chain(['…']).chain(tail.chars()).collect()
}

/// Characters that change what a reader sees without being seen: controls, bidirectional marks
/// and overrides, zero-width characters, the byte order mark, noncharacters for "unknown".
pub(super) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A name that is safe on any disk: ASCII letters, digits, `-` and `_`, at most 60 characters,
/// without extension, never empty and never a device name of Windows.
pub fn safe_file_stem(label: &str) -> String {
    let stem = label.rsplit_once('.').map_or(label, |(stem, _)| stem);
    let mut safe = String::new();
    for c in stem.chars().map(plain_letter) {
        if c.is_ascii_alphanumeric() || c == '_' {
            safe.push(c);
        } else if !safe.ends_with('-') && !safe.is_empty() {
            safe.push('-');
        }
        if safe.len() >= 60 {
            break;
        }
    }
    let safe = safe.trim_end_matches('-');
    if safe.is_empty() || is_device(safe) { format!("plik-{safe}") } else { safe.to_owned() }
        .trim_end_matches('-')
        .to_owned()
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")))
}

/// The Latin letter below a Polish one.
fn plain_letter(c: char) -> char {
    match c {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        'Ą' => 'A',
        'Ć' => 'C',
        'Ę' => 'E',
        'Ł' => 'L',
        'Ń' => 'N',
        'Ó' => 'O',
        'Ś' => 'S',
        'Ź' | 'Ż' => 'Z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_last_clean_segment() {
        for (supplied, expected) in [
            ("wyciąg 2024.csv", Some("wyciąg 2024.csv")),
            ("../../etc/passwd", Some("passwd")),
            (r"C:\Users\x\plik.xlsx", Some("plik.xlsx")),
            ("a\u{202e}vsc.exe", Some("avsc.exe")),
            ("nul\0byte\r\n.csv", Some("nulbyte.csv")),
            ("php://input", Some("input")),
            ("..", None),
            ("/", None),
            (" \u{200b} ", None),
        ] {
            assert_eq!(label(supplied).as_deref(), expected, "{supplied:?}");
        }
    }

    #[test]
    fn long_labels_keep_their_extension() {
        let long = label(&format!("{}.csv", "ż".repeat(500))).unwrap();
        assert_eq!(long.chars().count(), LABEL_CHARS_MAX);
        assert!(long.ends_with("ż.csv"));
    }

    #[test]
    fn stems_are_ascii_and_never_empty() {
        for (name, expected) in [
            ("Wyciąg – żółć.csv", "Wyciag-zolc"),
            ("../..", "plik"),
            ("con.csv", "plik-con"),
            ("ютуб.csv", "plik"),
            ("a b  c_d.tar.gz", "a-b-c_d-tar"),
        ] {
            assert_eq!(safe_file_stem(name), expected, "{name}");
        }
    }
}
