//! A small table, as aligned text and as rows for HTML.

use super::plain;

/// One column.
#[derive(Debug)]
pub(in crate::reply) struct Column {
    pub title: String,
    /// Whether the cells are numbers: right-aligned and never broken.
    pub numeric: bool,
}

/// A table with a caption. Every row has as many cells as there are columns.
#[derive(Debug)]
pub(in crate::reply) struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

/// Blanks between columns.
const GAP: usize = 2;

impl Table {
    /// Each row as cells with their columns.
    pub(in crate::reply) fn cells<'a>(
        &'a self,
        row: &'a [String],
    ) -> impl Iterator<Item = (&'a String, &'a Column)> {
        row.iter().zip(&self.columns)
    }

    /// The table as text of at most 72 columns: numbers flush right, long words wrapped in place.
    pub(in crate::reply) fn plain(&self) -> String {
        let widths = self.widths();
        let titles: Vec<String> = self.columns.iter().map(|column| column.title.clone()).collect();
        let rule: String = "-".repeat(widths.iter().sum::<usize>() + GAP * (widths.len() - 1));
        let mut lines = self.plain_row(&titles, &widths);
        lines.push(rule);
        lines.extend(self.rows.iter().flat_map(|row| self.plain_row(row, &widths)));
        lines.join("\n")
    }

    /// What each column needs; the widest text column gives way until all fit.
    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cells = self.rows.iter().filter_map(|row| row.get(at));
                let widest = cells.map(|cell| plain::width(cell)).max().unwrap_or(0);
                widest.max(plain::width(&column.title))
            })
            .collect();
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let excess = total.saturating_sub(plain::COLUMNS);
        let text = widths.iter_mut().zip(&self.columns).filter(|(_, column)| !column.numeric);
        if let Some((width, _)) = text.max_by_key(|(width, _)| **width) {
            *width = width.saturating_sub(excess).max(1);
        }
        widths
    }

    fn plain_row(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let folded: Vec<Vec<String>> = row
            .iter()
            .zip(widths)
            .zip(&self.columns)
            .map(
                |((cell, &width), column)| {
                    if column.numeric { vec![cell.clone()] } else { plain::fold(cell, width) }
                },
            )
            .collect();
        let height = folded.iter().map(Vec::len).max().unwrap_or(0);
        (0..height)
            .map(|line| {
                let cells = folded.iter().zip(widths).zip(&self.columns);
                let cells = cells.map(|((cell, &width), column)| {
                    let text = cell.get(line).map_or("", String::as_str);
                    let blanks = " ".repeat(width.saturating_sub(plain::width(text)));
                    if column.numeric { blanks + text } else { text.to_owned() + &blanks }
                });
                cells.collect::<Vec<_>>().join(&" ".repeat(GAP))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_flush_right_and_labels_wrap() {
        let column = |title: &str, numeric| Column { title: title.to_owned(), numeric };
        let table = Table {
            caption: String::new(),
            columns: vec![column("Pole", false), column("Nazwa", false), column("Kwota", true)],
            rows: vec![
                vec!["C 22".into(), "Inne przychody".into(), "8\u{a0}000,00".into()],
                vec!["D 31".into(), "bardzo długa nazwa ".repeat(4), "2\u{a0}142".into()],
            ],
        };
        let text = table.plain();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert!(lines.iter().all(|line| plain::width(line) == plain::COLUMNS), "{text}");
        assert!(lines[2].ends_with("8\u{a0}000,00") && lines[3].ends_with("2\u{a0}142"));
    }
}
