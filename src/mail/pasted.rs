//! A table pasted into the letter instead of attached.

use super::Attachment;
use crate::statement::guess_delimiter;

/// The name under which a pasted table is reported.
const NAME: &str = "tresc-wiadomosci.csv";

/// A table is at least a header and two rows.
const LINES_MIN: usize = 3;

/// Two columns are prose with a semicolon; no broker's table has so few.
const COLUMNS_MIN: usize = 4;

/// The pasted table as a file.
pub(super) fn candidate(text: &str) -> Option<Attachment> {
    let table = table(text)?;
    Some(Attachment {
        name: NAME.to_owned(),
        media: "text/csv".to_owned(),
        bytes: table.into_bytes(),
    })
}

/// The first run of lines that split into the same number of fields, four or more; the letter
/// around it is left out.
pub(super) fn table(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut start = 0;
    while start < lines.len() {
        let run = run_from(lines.get(start..)?);
        if run >= LINES_MIN {
            let mut table = lines.get(start..start + run)?.join("\n");
            table.push('\n');
            return Some(table);
        }
        start += run.max(1);
    }
    None
}

/// How many lines from here on have the fields of the first one.
fn run_from(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else { return 0 };
    let delimiter = char::from(guess_delimiter(first));
    let columns = fields(first, delimiter);
    if columns < COLUMNS_MIN || first.trim_start().starts_with('>') {
        return 0;
    }
    lines.iter().take_while(|line| fields(line, delimiter) == columns).count()
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

    #[test]
    fn a_table_is_cut_out_of_the_letter() {
        let letter =
            "Dzień dobry,\n\nproszę:\na;b;c;d\n1;2;\"3;x\";4\n5;6;7;8\n\nPozdrawiam, Jan\n";
        assert_eq!(table(letter).unwrap(), "a;b;c;d\n1;2;\"3;x\";4\n5;6;7;8\n");
    }

    #[test]
    fn prose_is_no_table() {
        for letter in [
            "",
            "Cześć, jak się masz, co słychać, u mnie dobrze\nPozdrawiam",
            "a;b;c;d\n1;2;3;4\n",
            "> a,b,c,d\n> 1,2,3,4\n> 5,6,7,8\n",
        ] {
            assert_eq!(table(letter), None, "{letter:?}");
        }
    }
}
