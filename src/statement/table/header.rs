//! Columns by name: files of one broker differ in order, spelling and language of their headers.

use std::borrow::Cow;

/// One column of a table as a format knows it; absent columns read as empty.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    index: Option<usize>,
    name: &'static str,
}

impl Column {
    /// A column that the file does not have; `name` is what messages call it.
    pub const fn absent(name: &'static str) -> Self {
        Self { index: None, name }
    }

    /// Whether the file has it.
    pub fn is_present(self) -> bool {
        self.index.is_some()
    }

    /// Its position, from 0.
    pub fn index(self) -> Option<usize> {
        self.index
    }
}

/// The names of all columns, and which of them a format knows.
#[derive(Clone, Debug, Default)]
pub struct Header {
    written: Vec<String>,
    normal: Vec<String>,
    /// As `normal`, without marks on Polish letters and with blanks for underscores.
    folded: Vec<String>,
    known: Vec<bool>,
    missing: Vec<&'static str>,
    row: u32,
}

impl Header {
    pub(super) fn new<'c>(cells: impl Iterator<Item = &'c [u8]>, row: u32) -> Self {
        let written: Vec<String> =
            cells.map(|cell| trim_name(&String::from_utf8_lossy(cell)).to_owned()).collect();
        let normal: Vec<String> = written.iter().map(|name| normalize(name)).collect();
        let folded = written.iter().map(|name| fold_name(name).into_owned()).collect();
        let known = vec![false; normal.len()];
        Self { written, normal, folded, known, missing: Vec::new(), row }
    }

    /// The row in which the header stands.
    pub fn row(&self) -> u32 {
        self.row
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.normal.len()
    }

    /// The names, normalized: trimmed, lower case, blanks collapsed.
    pub fn names(&self) -> &[String] {
        &self.normal
    }

    /// The column with the first of these names that the file has. Names are given normalized, or
    /// folded as by [`fold`] and with blanks for underscores, to match either spelling.
    pub fn optional(&mut self, names: &[&'static str]) -> Column {
        let index = names.iter().find_map(|name| self.free(name));
        self.claim(index, names)
    }

    /// As [`Header::optional`], and noted as missing where there is none; the first name is reported.
    pub fn required(&mut self, names: &[&'static str]) -> Column {
        let column = self.optional(names);
        if !column.is_present() {
            self.missing.push(column.name);
        }
        column
    }

    /// The first column not yet claimed whose normalized name satisfies a test, for names that carry a
    /// value: `total (eur)`.
    pub fn find(&mut self, name: &'static str, test: impl Fn(&str) -> bool) -> Column {
        let mut names = self.normal.iter().zip(&self.known);
        let index = names.position(|(found, &known)| !known && test(found));
        self.claim(index, &[name])
    }

    /// The column at some places to the right of another, for files with unnamed columns.
    pub fn right_of(&mut self, column: Column, places: usize, name: &'static str) -> Column {
        let index = column.index.map(|at| at + places).filter(|&at| at < self.width());
        self.claim(index, &[name])
    }

    /// Columns that are known and not needed.
    pub fn ignore(&mut self, names: &[&'static str]) {
        for name in names {
            while let Some(index) = self.free(name) {
                self.claim(Some(index), &[name]);
            }
        }
    }

    /// The name as the file writes it, or what the format calls it.
    pub fn name(&self, column: Column) -> &str {
        let written = column.index.and_then(|at| self.written.get(at));
        written.filter(|name| !name.is_empty()).map_or(column.name, String::as_str)
    }

    /// The name at a position as the file writes it; unnamed columns are called by number: `#7`.
    pub(super) fn name_at(&self, index: usize) -> String {
        match self.written.get(index) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("#{}", index + 1),
        }
    }

    /// Required columns that the file lacks.
    pub(super) fn missing(&self) -> &[&'static str] {
        &self.missing
    }

    /// Positions of columns that nobody claimed.
    pub(super) fn unknown(&self) -> Vec<usize> {
        (0..self.width()).filter(|&at| self.known.get(at) == Some(&false)).collect()
    }

    fn free(&self, name: &str) -> Option<usize> {
        let names = self.normal.iter().zip(&self.folded);
        names
            .zip(&self.known)
            .position(|((normal, folded), &known)| !known && (normal == name || folded == name))
    }

    fn claim(&mut self, index: Option<usize>, names: &[&'static str]) -> Column {
        if let Some(known) = index.and_then(|at| self.known.get_mut(at)) {
            *known = true;
        }
        Column { index, name: names.first().copied().unwrap_or_default() }
    }
}

/// A column name without what editors leave around it.
fn trim_name(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | '\0'))
}

/// A name as it is compared: trimmed, lower case, inner blanks collapsed.
pub fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for word in trim_name(text).split_whitespace() {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(&word.to_lowercase());
    }
    normal
}

/// As [`normalize`], and Polish letters without their marks: people type both. Most text is so already.
pub fn fold(text: &str) -> Cow<'_, str> {
    if is_folded(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let plain = |letter| match letter {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        other => other,
    };
    Cow::Owned(normalize(text).chars().map(plain).collect())
}

/// As [`fold`], and blanks for the underscores of names.
pub fn fold_name(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        return Cow::Owned(fold(&text.replace('_', " ")).into_owned());
    }
    fold(text)
}

/// Whether folding would change nothing, as far as ASCII tells.
fn is_folded(text: &[u8]) -> bool {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase();
    let edge = |byte: Option<&u8>| byte.is_none_or(|byte| !matches!(byte, b' ' | b'"'));
    edge(text.first())
        && edge(text.last())
        && text.iter().all(|byte| plain(*byte))
        && text.windows(2).all(|pair| pair != b"  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::new(names.iter().map(|name| name.as_bytes()), 1)
    }

    #[test]
    fn names_match_in_any_case_spacing_and_with_a_bom() {
        let mut header = header(&["\u{feff}\"Action\"", " Price  /  SHARE ", "ID"]);
        assert!(header.required(&["action"]).is_present());
        assert_eq!(header.required(&["price / share"]).index(), Some(1));
        assert_eq!(header.unknown(), [2]);
        assert_eq!(header.missing(), [""; 0]);
    }

    #[test]
    fn all_missing_columns_are_noted_by_their_first_name() {
        let mut header = header(&["a"]);
        header.required(&["time", "czas"]);
        header.required(&["isin"]);
        assert_eq!(header.missing(), ["time", "isin"]);
    }

    #[test]
    fn polish_letters_fold() {
        assert_eq!(fold(" Sprzedaż  KRÓTKA"), "sprzedaz krotka");
        assert_eq!(fold("OPŁATA"), "oplata");
        for text in [
            "",
            "a",
            "data i czas",
            "a  b",
            " a",
            "a ",
            "\"a",
            "a\"",
            "A",
            "a\tb",
            "ą",
            "a\u{a0}b",
            "\0a",
        ] {
            let spelled: String = normalize(text).replace('ą', "a");
            assert_eq!(fold(text), spelled, "{text:?}");
        }
    }
}
