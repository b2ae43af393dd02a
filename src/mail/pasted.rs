//! A table pasted into the letter instead of attached.
//!
//! What follows its first rows is never left out because it looks otherwise: a row that a program has
//! wrapped must be asked about. Lines without fields are the letter around it.

use hashbrown::HashSet;
use memchr::memmem;

use super::{Attachment, own_lines::own_lines};
use crate::statement::guess_delimiter;

/// What a table that is pasted is called in reports.
const NAME: &str = "tresc-wiadomosci";

/// A table is at least a header and two rows; where no prose divides so, one row is enough.
const LINES_MIN: usize = 3;

/// Two columns are prose with a semicolon; no broker's table has so few.
const COLUMNS_MIN: usize = 4;

/// A line below a whole row that has fewer fields, and letters, is the end of the letter.
const FRAGMENT_MIN: usize = 3;

/// Nobody pastes more tables into one letter.
const TABLES_MAX: usize = 20;

/// What is pasted into a letter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pasted {
    /// All of it as one file: blank lines may stand between the rows of a table.
    pub whole: Attachment,
    /// Its tables one by one, if blank lines or words part several: each may have its own header.
    pub apart: Vec<Attachment>,
    /// It stands among the author's own words, not in a letter that is forwarded.
    pub own: bool,
}

impl Pasted {
    /// Whether it may be what somebody did on an exchange, rather than a signature: two rows with figures in three fields.
    pub fn holds_figures(&self) -> bool {
        let text = String::from_utf8_lossy(&self.whole.bytes);
        let delimiter = char::from(guess_delimiter(&text));
        let has_figures = |line: &&str| {
            let fields = line.split(delimiter);
            fields.filter(|field| field.contains(|c: char| c.is_ascii_digit())).count() >= 3
        };
        text.lines().filter(has_figures).count() >= 2
    }
}

/// The pasted table as a file.
pub(super) fn candidate(text: &str) -> Option<Pasted> {
    let of_others =
        || text.lines().map(|line| if line.trim_start().starts_with('>') { "" } else { line });
    pasted(own_lines(text), true).or_else(|| pasted(of_others(), false))
}

/// Whether a text holds a table.
pub(super) fn is_table(text: &str) -> bool {
    let rows: Vec<Row<'_>> = rows(text.lines());
    Layout::of(&rows).is_some()
}

fn pasted<'t>(lines: impl Iterator<Item = &'t str>, own: bool) -> Option<Pasted> {
    let rows = rows(lines);
    let layout = Layout::of(&rows)?;
    let mut tables: Vec<&[Row<'_>]> = Vec::new();
    for block in rows.chunk_by(|_, next| !next.is_below_blank) {
        tables.extend(layout.table(block));
    }
    let whole = file(&tables.concat(), 1);
    let parts: Vec<&[Row<'_>]> = tables.iter().flat_map(|table| layout.parts(table)).collect();
    let several =
        (2..=TABLES_MAX).contains(&parts.len()) && parts.iter().all(|part| part.len() > 1);
    let apart = if several {
        parts.iter().zip(1..).map(|(part, at)| file(part, at)).collect()
    } else {
        Vec::new()
    };
    Some(Pasted { whole, apart, own })
}

fn file(rows: &[Row<'_>], number: usize) -> Attachment {
    let name = if number == 1 { format!("{NAME}.csv") } else { format!("{NAME}-{number}.csv") };
    let mut table: String = rows.iter().flat_map(|row| [row.line, "\n"]).collect();
    table.shrink_to_fit();
    Attachment { name, media: "text/csv".to_owned(), bytes: table.into_bytes() }
}

/// A line that is not blank.
#[derive(Clone, Copy)]
struct Row<'t> {
    line: &'t str,
    is_below_blank: bool,
}

fn rows<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<Row<'t>> {
    let mut is_below_blank = false;
    let mut rows = Vec::new();
    for line in lines {
        if line.trim().is_empty() {
            is_below_blank = true;
        } else {
            rows.push(Row { line, is_below_blank });
            is_below_blank = false;
        }
    }
    rows
}

/// How the rows of the table are written.
struct Layout {
    delimiter: char,
    columns: usize,
}

impl Layout {
    /// That of the first run of lines that split into the same number of fields, four or more.
    fn of(rows: &[Row<'_>]) -> Option<Self> {
        let mut start = 0;
        while let Some(rest) = rows.get(start..).filter(|rest| !rest.is_empty()) {
            let Some((layout, run)) = Self::of_run(rest) else {
                start += 1;
                continue;
            };
            let strict = rest.iter().take(run).all(|row| strict_fields(row.line) >= COLUMNS_MIN);
            if run >= LINES_MIN || (run > 1 && strict) {
                return Some(layout);
            }
            start += run;
        }
        None
    }

    /// How many lines from here on have the fields of the first one.
    fn of_run(rows: &[Row<'_>]) -> Option<(Self, usize)> {
        let first = rows.first()?.line;
        let delimiter = char::from(guess_delimiter(first));
        let columns = fields(first, delimiter);
        // No line is counted twice: whatever has too few columns is passed line by line.
        if columns < COLUMNS_MIN {
            return None;
        }
        let layout = Self { delimiter, columns };
        let run = rows.iter().take_while(|row| layout.is_whole(row.line)).count();
        Some((layout, run))
    }

    fn is_whole(&self, line: &str) -> bool {
        fields(line, self.delimiter) == self.columns
    }

    fn is_row(&self, line: &str) -> bool {
        self.is_whole(line) || strict_fields(line) >= COLUMNS_MIN
    }

    /// The rows in a block of lines without a blank one: from the first to the last, and what hangs on
    /// that as the wrapped rest of a row.
    fn table<'b, 't>(&self, block: &'b [Row<'t>]) -> Option<&'b [Row<'t>]> {
        let is_row = |row: &Row<'_>| self.is_row(row.line);
        let first = block.iter().position(is_row)?;
        let mut last = block.iter().rposition(is_row)?;
        let found = block.get(first..=last)?;
        let figures = |row: &Row<'_>| row.line.contains(|c: char| c.is_ascii_digit());
        if !found.iter().any(|row| self.is_whole(row.line) || figures(row)) {
            return None;
        }
        for pair in block.get(last..)?.windows(2) {
            let [row, next] = pair else { break };
            let is_word = fields(next.line, self.delimiter) < FRAGMENT_MIN
                && next.line.contains(char::is_alphabetic);
            if is_word && self.is_whole(row.line) {
                break;
            }
            last += 1;
        }
        block.get(first..=last)
    }

    /// The parts of a table between words on lines of their own, as `2025:`.
    fn parts<'b, 't>(&self, table: &'b [Row<'t>]) -> Vec<&'b [Row<'t>]> {
        let is_word =
            |row: &Row<'_>| !self.is_row(row.line) && fields(row.line, self.delimiter) == 1;
        let mut parts: Vec<&[Row<'_>]> = table.split(is_word).collect();
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// Fields by the delimiter that parts most; one with a blank beside it is a mark of prose.
fn strict_fields(line: &str) -> usize {
    let count = |delimiter: char| {
        let marks = [format!("{delimiter} "), format!(" {delimiter}")];
        let prose = marks.iter().map(|mark| memmem::find_iter(line.as_bytes(), mark).count()).max();
        fields(line, delimiter).saturating_sub(prose.unwrap_or_default())
    };
    let counts = [';', ',', '|'].map(count);
    let tabs = fields(line, '\t');
    counts.into_iter().max().unwrap_or_default().max(tabs)
}

/// Whether a file tells all of a pasted table already, whatever its line ends and its encoding: all in
/// one piece, or line by line.
pub fn is_repeated(pasted: &[u8], file: &[u8]) -> bool {
    let plain =
        |bytes: &[u8]| bytes.iter().copied().filter(u8::is_ascii_graphic).collect::<Vec<u8>>();
    let lines = |bytes| <[u8]>::split(bytes, |&byte| byte == b'\n').map(plain);
    let mut missing: HashSet<Vec<u8>> = lines(pasted).filter(|line| !line.is_empty()).collect();
    for line in lines(file) {
        missing.remove(&line);
    }
    missing.is_empty() || memmem::find(&plain(file), &plain(pasted)).is_some()
}

/// Fields of a line, delimiters in quotes apart.
fn fields(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    let mut count = 1;
    for c in line.chars() {
        if c == '"' {
            quoted = !quoted;
        } else if c == delimiter && !quoted {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(letter: &str) -> Option<String> {
        candidate(letter).map(|pasted| String::from_utf8(pasted.whole.bytes).unwrap())
    }

    fn apart(letter: &str) -> Vec<String> {
        let parts = candidate(letter).unwrap().apart;
        parts.into_iter().map(|part| String::from_utf8(part.bytes).unwrap()).collect()
    }

    #[test]
    fn a_table_is_cut_out_of_the_letter() {
        let letter =
            "Dzień dobry,\n\nproszę:\na;b;c;d\n1;2;\"3;x\";4\n5;6;7;8\n\nPozdrawiam, Jan\n";
        assert_eq!(whole(letter).unwrap(), "a;b;c;d\n1;2;\"3;x\";4\n5;6;7;8\n");
        assert_eq!(apart(letter), [""; 0]);
        let close = "a,b,c,d\n1,2,3,4\nPozdrawiam, Jan\n";
        assert_eq!(whole(close).unwrap(), "a,b,c,d\n1,2,3,4\n");
    }

    #[test]
    fn rows_that_look_otherwise_stay() {
        // Wrapped in the middle, and at the end of the table.
        let wrapped = "a;b;c;d;e\n1;2;3;4;5\n1;2;3;4;5\n1;2;3\n;4;5\n1;2;3;4;5\n1;2;3;4;\n5\n\nJan";
        assert_eq!(whole(wrapped).unwrap(), wrapped.strip_suffix("\nJan").unwrap());
        let blank = "a;b;c;d\n1;2;3;4\n5;6;7;8\n\n9;9;9;9\n\nZ poważaniem;\nJan";
        assert_eq!(whole(blank).unwrap(), "a;b;c;d\n1;2;3;4\n5;6;7;8\n9;9;9;9\n");
        let sections = "S,H,a,b\nS,D,1,2\nT,H,a,b,c,d\nT,D,1\nT,D,1,2,3,4\nV,D,x\n";
        assert_eq!(whole(sections).unwrap(), sections);
    }

    #[test]
    fn several_tables_are_offered_apart_as_well() {
        let (first, second) = ("a;b;c;d\n1;2;3;4\n5;6;7;8\n", "x,y,z,v,w\n1,2,3,4,5\n");
        for between in ["\n", "2025:\n", "\n2025:\n", "\nA tu drugi rachunek, bo mam dwa:\n\n"] {
            let letter = format!("2024:\n{first}{between}{second}\nJan");
            assert_eq!(apart(&letter), [first, second], "{between:?}");
        }
        let names = candidate(&format!("{first}\n{second}")).unwrap().apart;
        assert_eq!(names[1].name, "tresc-wiadomosci-2.csv");
    }

    #[test]
    fn only_the_authors_own_table_is_theirs() {
        let table = "a;b;c;d\n1;2;3;4\n";
        assert!(candidate(table).unwrap().own);
        assert!(!candidate(&format!("FYI\nOd: Broker\n\n{table}")).unwrap().own);
        assert_eq!(whole(&format!("{table}> 9;9;9;9\n> 9;9;9;9")).unwrap(), table);
    }

    #[test]
    fn prose_is_no_table() {
        for letter in [
            "",
            "Cześć, jak się masz, co słychać, u mnie dobrze\nPozdrawiam",
            "raz, dwa, trzy, cztery\npięć, sześć, siedem, osiem",
            "a;b;c;d\n",
            "Jan Nowak | Firma | tel. 1 | x\nul. Długa | Kraków | PL | y",
            "> a,b,c,d\n> 1,2,3,4\n> 5,6,7,8\n",
        ] {
            assert_eq!(whole(letter), None, "{letter:?}");
        }
    }

    #[test]
    fn a_file_that_tells_the_same_is_known() {
        let file = b"\xef\xbb\xbfa;b;c;d\r\n1;2;3 z\xc5\x82;4\r\n5;6;7;8\r\n";
        for pasted in
            ["a;b;c;d\n1;2;3 zł;4\n5;6;7;8\n", "a;b;c;d\n5;6;7;8\n", "a;b;c;d\n1;2;3 z\n;4\n"]
        {
            assert!(is_repeated(pasted.as_bytes(), file), "{pasted}");
        }
        assert!(!is_repeated(b"a;b;c;d\n1;2;3;5\n", file));
    }

    #[test]
    fn no_letter_takes_long() {
        for noise in ["a;b;c;d\n1\n", "1;2;3;4\n\n", "x,y,z,w v\n", ";;;;", "\n", "W dniu x:\n\n"] {
            let _ = candidate(&noise.repeat(100_000));
        }
    }
}
