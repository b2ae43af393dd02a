//! Tables that break over pages: the head is repeated, groups stay together.

use super::{
    flow::Flow,
    font::Fonts,
    page::{Align, BOTTOM, Color, MARGIN, Room, Style, TOP},
};

/// Type size of most tables.
const SIZE: f32 = 7.2;
/// Type size of tables that are copied from.
const SIZE_LARGE: f32 = 8.6;
/// Left and right within a cell.
const GUTTER: f32 = 3.0;
/// Above and below the lines of a row.
const PADDING: f32 = 2.4;

/// A column: its head, its width in points, and which edge its cells touch.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// May break into lines.
    pub(super) head: String,
    /// In points; the widths of a table add up to the width of the page.
    pub(super) width: f32,
    /// Words left, figures right.
    pub(super) align: Align,
}

/// A column of words.
pub(super) fn words(head: &str, width: f32) -> Column {
    Column { head: head.to_owned(), width, align: Align::Left }
}

/// A column of figures.
pub(super) fn figures(head: &str, width: f32) -> Column {
    Column { head: head.to_owned(), width, align: Align::Right }
}

/// The place of a row in its group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RowKind {
    /// Stands alone, with a rule above.
    Plain,
    /// Begins a group: rule above, stays with the next row.
    Lead,
    /// Belongs to the row above: no rule, secondary color.
    Detail,
    /// A sum: bold, on a tint.
    Total,
}

/// A row; a cell may hold lines of its own.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its place in the group.
    pub(super) kind: RowKind,
    /// As many as there are columns.
    pub(super) cells: Vec<String>,
}

impl Row {
    /// A row of a kind.
    pub(super) fn new(kind: RowKind, cells: impl Into<Vec<String>>) -> Self {
        Self { kind, cells: cells.into() }
    }

    fn style(&self, size: f32) -> Style {
        match self.kind {
            RowKind::Plain | RowKind::Lead => Style::regular(size, Color::INK),
            RowKind::Detail => Style::regular(size - 0.4, Color::MUTED),
            RowKind::Total => Style::bold(size, Color::INK),
        }
    }
}

/// A table under construction on the page.
pub(super) struct Table<'t, 'f> {
    flow: &'t mut Flow<'f>,
    columns: Vec<Column>,
    size: f32,
    /// A lead row that waits for its first detail.
    held: Option<Wrapped>,
}

/// A row broken into lines.
struct Wrapped {
    kind: RowKind,
    style: Style,
    cells: Vec<Vec<String>>,
    height: f32,
}

impl<'t, 'f> Table<'t, 'f> {
    /// Sets the head.
    pub(super) fn start(flow: &'t mut Flow<'f>, columns: Vec<Column>) -> Self {
        Self::sized(flow, columns, SIZE)
    }

    /// As [`Self::start`], in larger type.
    pub(super) fn large(flow: &'t mut Flow<'f>, columns: Vec<Column>) -> Self {
        Self::sized(flow, columns, SIZE_LARGE)
    }

    fn sized(flow: &'t mut Flow<'f>, columns: Vec<Column>, size: f32) -> Self {
        let mut table = Self { flow, columns, size, held: None };
        table.flow.require(60.0);
        table.head();
        table
    }

    /// Adds a row, on the next page if need be.
    pub(super) fn row(&mut self, row: &Row) {
        let wrapped = self.wrap(row.style(self.size), row.kind, &row.cells);
        let held = self.held.take();
        let height = held.as_ref().map_or(0.0, |row| row.height) + wrapped.height;
        if !self.flow.fits(height) {
            self.flow.turn();
            self.head();
        }
        if let Some(lead) = held {
            self.draw(&lead);
        }
        if wrapped.kind == RowKind::Lead {
            self.held = Some(wrapped);
        } else {
            self.draw(&wrapped);
        }
    }

    /// Adds rows that stay on one page if they fit on one at all.
    pub(super) fn group(&mut self, rows: &[Row]) {
        let height = |row: &Row| self.wrap(row.style(self.size), row.kind, &row.cells).height;
        let height = rows.iter().map(height).sum::<f32>();
        if !self.flow.fits(height) && height < (BOTTOM - TOP) * 0.8 {
            self.flow.turn();
            self.head();
        }
        for row in rows {
            self.row(row);
        }
    }

    /// Closes the table with a rule.
    pub(super) fn end(mut self) {
        if let Some(lead) = self.held.take() {
            if !self.flow.fits(lead.height) {
                self.flow.turn();
                self.head();
            }
            self.draw(&lead);
        }
        let room = self.flow.room();
        self.flow.page().rule(room, Color::RULE);
        self.flow.skip(6.0);
    }

    fn wrap(&self, style: Style, kind: RowKind, cells: &[String]) -> Wrapped {
        let fonts = self.flow.fonts();
        let cell = |(text, column): (&String, &Column)| {
            style.wrap(fonts, text, column.width - 2.0 * GUTTER)
        };
        let cells: Vec<Vec<String>> = cells.iter().zip(&self.columns).map(cell).collect();
        let tallest = cells.iter().max_by_key(|lines| lines.len());
        let lines = tallest.map_or(0.0, |lines| lines.iter().map(|_| style.line()).sum());
        Wrapped { kind, style, cells, height: lines + 2.0 * PADDING }
    }

    fn head(&mut self) {
        let style = Style::bold(self.size - 0.4, Color::ACCENT);
        let heads: Vec<String> = self.columns.iter().map(|column| column.head.clone()).collect();
        let head = self.wrap(style, RowKind::Detail, &heads);
        let room = self.flow.room();
        self.flow.page().fill(room, head.height, Color::TINT);
        self.draw(&head);
    }

    fn draw(&mut self, row: &Wrapped) {
        let fonts: &Fonts = self.flow.fonts();
        let room = self.flow.room();
        match row.kind {
            RowKind::Plain | RowKind::Lead => self.flow.page().rule(room, Color::RULE),
            RowKind::Total => self.flow.page().fill(room, row.height, Color::TINT),
            RowKind::Detail => {}
        }
        let mut x = MARGIN;
        for (column, lines) in self.columns.iter().zip(&row.cells) {
            let width = column.width - 2.0 * GUTTER;
            let mut place = Room { x: x + GUTTER, y: room.y + PADDING, width };
            for line in lines {
                self.flow.page().text(fonts, place, column.align, row.style, line.clone());
                place.y += row.style.line();
            }
            x += column.width;
        }
        self.flow.skip(row.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::pdf::{
        font::Weight,
        page::{BOTTOM, Mark, WIDTH},
    };

    fn texts(marks: &[Mark]) -> Vec<&str> {
        let mut texts = Vec::new();
        for mark in marks {
            if let Mark::Text { text, .. } = mark {
                texts.push(text.as_str());
            }
        }
        texts
    }

    #[test]
    fn the_head_is_repeated_and_a_lead_never_ends_a_page() {
        let fonts = Fonts::embedded().unwrap();
        let mut flow = Flow::new(&fonts);
        let mut table = Table::start(&mut flow, vec![words("Kiedy", 100.0), figures("Ile", 80.0)]);
        for number in 0..100 {
            table.row(&Row::new(RowKind::Lead, [format!("lead {number}"), String::new()]));
            table.row(&Row::new(RowKind::Detail, ["detail".to_owned(), "1\n2".to_owned()]));
        }
        table.end();
        let layout = flow.finish();
        assert!(layout.pages.len() > 2);
        for page in &layout.pages {
            let texts = texts(&page.marks);
            assert_eq!(texts.first(), Some(&"Kiedy"));
            assert_eq!(texts.last(), Some(&"2"), "the last row of a page is a detail");
        }
    }

    #[test]
    fn nothing_is_drawn_outside_the_content_area() {
        let fonts = Fonts::embedded().unwrap();
        let mut flow = Flow::new(&fonts);
        let mut table = Table::start(&mut flow, vec![words("", 60.0), figures("x", WIDTH - 60.0)]);
        for number in 0..200 {
            let long = "bardzo długa nazwa ".repeat(number % 9);
            table.row(&Row::new(RowKind::Plain, [long, "9".repeat(number)]));
        }
        table.end();
        for mark in flow.finish().pages.iter().flat_map(|page| &page.marks) {
            if let Mark::Text { x, y, style, text } = mark {
                assert!(*y <= BOTTOM + 1.0, "{text}");
                assert!(*x >= MARGIN && x + style.width(&fonts, text) <= MARGIN + WIDTH + 0.1);
                assert!(style.weight == Weight::Bold || style.size < 8.0);
            }
        }
    }
}
