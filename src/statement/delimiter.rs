//! Which character separates the fields of a text, guessed from its first lines.

use super::{Container, FileId, Sheet, SourceFile};

/// What separates fields, in the order in which ties are broken: the rarer in prose first.
const CANDIDATES: [u8; 4] = [b'\t', b'|', b';', b','];

/// How many lines are looked at.
const LINES: usize = 50;

/// How many bytes are looked at.
const BYTES: usize = 64 * 1024;

impl Sheet {
    /// A text file's only sheet; the delimiter is guessed.
    ///
    /// A first line `sep=;`, which spreadsheets write and understand, decides; it is blanked so that the
    /// numbers of the other lines stay. A leading BOM is dropped.
    pub fn of_text(mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let delimiter = match told(&text) {
            Some(delimiter) => {
                let end = text.find(['\r', '\n']).unwrap_or(text.len());
                text.drain(..end);
                delimiter
            }
            None => guess_delimiter(&text),
        };
        Self { name: String::new(), text, delimiter }
    }
}

impl SourceFile {
    /// A file of delimited text; the delimiter is guessed.
    pub fn from_text(id: FileId, name: impl Into<String>, text: impl Into<String>) -> Self {
        let sheets = vec![Sheet::of_text(text.into())];
        Self { id, name: name.into(), container: Container::Text, sheets }
    }
}

/// The delimiter that a first line `sep=;` tells.
fn told(text: &str) -> Option<u8> {
    let line = text.lines().next()?.trim_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    let told = if key.eq_ignore_ascii_case("sep=") { value } else { return None };
    CANDIDATES.into_iter().find(|&candidate| told.as_bytes() == [candidate])
}

/// Guesses the delimiter of a text: the one that divides most lines into equally many fields.
///
/// Quoted text does not count. Decimal commas lose against semicolons because the header has none.
pub fn guess_delimiter(text: &str) -> u8 {
    let counts = count_per_line(text);
    CANDIDATES
        .into_iter()
        .enumerate()
        .map(|(at, candidate)| {
            let column: Vec<u32> = counts.iter().filter_map(|line| line.get(at).copied()).collect();
            (regularity(&column), candidate)
        })
        .max_by_key(|&(score, _)| score)
        .filter(|&(score, _)| score > Regularity::default())
        .map_or(b',', |(_, candidate)| candidate)
}

/// How regularly a candidate stands in the lines; the greater the better.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
struct Regularity {
    /// Lines that have it as often as most lines do.
    lines: usize,
    /// How often that is.
    often: u32,
    /// How often it occurs at all, where no two lines agree.
    total: u32,
}

fn regularity(counts: &[u32]) -> Regularity {
    let total = counts.iter().sum();
    let equal_to = |often: u32| counts.iter().filter(|&&count| count == often).count();
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&often| Regularity { lines: equal_to(often), often, total })
        .max()
        .unwrap_or_default()
}

/// For each of the first lines how often each candidate stands outside quotes.
fn count_per_line(text: &str) -> Vec<[u32; 4]> {
    let mut lines = Vec::new();
    let mut line = [0_u32; 4];
    let mut quoted = false;
    for &byte in text.as_bytes().iter().take(BYTES) {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                lines.push(std::mem::take(&mut line));
                if lines.len() == LINES {
                    return lines;
                }
            }
            _ if !quoted => {
                for (count, _) in
                    line.iter_mut().zip(CANDIDATES).filter(|&(_, candidate)| candidate == byte)
                {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_commas_do_not_win_against_the_delimiter() {
        assert_eq!(guess_delimiter("data;opis;kwota\n1;a, b, c, d;1,5\n2;e, f, g, h;2,5\n"), b';');
        assert_eq!(guess_delimiter("a\tb\tc\n1,5\t2,5\t3,5\n1,5\t2,5\t3,5\n"), b'\t');
        assert_eq!(guess_delimiter("Action|Time\nBuy|2024-01-02\n"), b'|');
    }

    #[test]
    fn quoted_text_does_not_count() {
        assert_eq!(guess_delimiter("a,b\n\"x;y;z\",1\n\"x;y;z\",2\n"), b',');
    }

    #[test]
    fn sections_of_different_width_are_still_comma_separated() {
        assert_eq!(guess_delimiter("Statement,Header,Field\nTrades,Header,a,b,c,d\nx,y\n"), b',');
    }

    #[test]
    fn a_separator_line_is_obeyed_and_blanked() {
        let file = SourceFile::from_text(FileId(0), "x.csv", "\u{feff}sep=;\r\na;b\r\n");
        let sheet = file.first_sheet().unwrap();
        assert_eq!((sheet.delimiter, sheet.text.as_str()), (b';', "\r\na;b\r\n"));
    }

    #[test]
    fn nothing_to_go_by_means_comma() {
        assert_eq!(guess_delimiter(""), b',');
        assert_eq!(guess_delimiter("one column\n1\n"), b',');
    }
}
