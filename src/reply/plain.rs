//! Plain text of 72 columns: wrapping and aligned tables.

/// As wide as quoted text may be and still fit in 80 columns.
pub(super) const COLUMNS: usize = 72;

/// A paragraph.
pub(super) fn paragraph(text: &str) -> String {
    wrap("", text)
}

/// An item of a list.
pub(super) fn item(text: &str) -> String {
    wrap("- ", text)
}

/// A label in the margin and its text.
pub(super) fn entry(label: &str, text: &str) -> String {
    wrap(&format!("{label:<25}  "), text)
}

/// Wraps a paragraph at ordinary spaces; `first` stands before the first line, and the further
/// lines are indented as far. A word that is longer than a line stays whole.
pub(super) fn wrap(first: &str, text: &str) -> String {
    let indent = " ".repeat(width(first));
    let room = COLUMNS.saturating_sub(width(first));
    let lines = fold(text, room);
    let mut wrapped = String::with_capacity(text.len() + 16);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            wrapped.push('\n');
        }
        wrapped.push_str(if at == 0 { first } else { &indent });
        wrapped.push_str(line);
    }
    wrapped
}

/// Lines of at most `room` columns.
pub(super) fn fold(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Columns that a text takes, one per character.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// Trims line ends and folds runs of blank lines into one, so that templates may be laid out freely.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && blank) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        blank = line.is_empty();
    }
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_hang_below_their_first_word() {
        let text = wrap("- ", &"słowo ".repeat(14));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("- słowo") && lines[1].starts_with("  słowo"));
        assert!(lines.iter().all(|line| width(line) <= COLUMNS));
    }

    #[test]
    fn no_break_spaces_hold_a_figure_together() {
        assert_eq!(fold("razem 1\u{a0}234,56\u{a0}zł", 12), ["razem", "1\u{a0}234,56\u{a0}zł"]);
    }

    #[test]
    fn blank_lines_never_pile_up() {
        assert_eq!(tidy("\n\na  \n\n\n\nb\n\n"), "a\n\nb\n");
    }
}
