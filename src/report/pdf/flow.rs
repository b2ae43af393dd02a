//! Content from top to bottom over as many pages as it takes.

use super::{
    font::Fonts,
    page::{Align, BOTTOM, Color, MARGIN, Page, Room, Style, TOP, WIDTH},
};

/// Room that a heading asks for below itself, so that it never ends a page.
const HEADING_COMPANY: f32 = 60.0;
/// Padding inside boxes.
const PADDING: f32 = 10.0;

/// Where a section begins, for the outline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bookmark {
    /// Its title.
    pub(super) title: String,
    /// The page, from zero.
    pub(super) page: usize,
    /// Distance from the top, in points.
    pub(super) y: f32,
}

/// A finished layout.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The pages.
    pub(super) pages: Vec<Page>,
    /// Their sections.
    pub(super) bookmarks: Vec<Bookmark>,
}

/// Whether a box informs or warns.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tone {
    /// Accent color.
    Plain,
    /// Must not be overlooked.
    Alarm,
}

impl Tone {
    fn colors(self) -> (Color, Color) {
        match self {
            Self::Plain => (Color::ACCENT, Color::TINT),
            Self::Alarm => (Color::ALARM, Color::ALARM_TINT),
        }
    }
}

/// A pen that moves down and turns pages.
pub(super) struct Flow<'a> {
    fonts: &'a Fonts,
    finished: Vec<Page>,
    page: Page,
    y: f32,
    bookmarks: Vec<Bookmark>,
}

impl<'a> Flow<'a> {
    /// The top of the first page.
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, finished: Vec::new(), page: Page::default(), y: TOP, bookmarks: Vec::new() }
    }

    /// The fonts in use.
    pub(super) fn fonts(&self) -> &'a Fonts {
        self.fonts
    }

    /// Everything laid out.
    pub(super) fn finish(mut self) -> Layout {
        self.finished.push(self.page);
        Layout { pages: self.finished, bookmarks: self.bookmarks }
    }

    /// The page under the pen.
    pub(super) fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    /// Moves the pen down.
    pub(super) fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Whether so much fits on the page.
    pub(super) fn fits(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.finished.push(std::mem::take(&mut self.page));
        self.y = TOP;
    }

    /// Begins a page unless this one is still empty.
    pub(super) fn next_page(&mut self) {
        if self.y > TOP {
            self.turn();
        }
    }

    /// Begins a page unless so much fits, or the page is empty anyway.
    pub(super) fn require(&mut self, height: f32) {
        if !self.fits(height) && self.y > TOP {
            self.turn();
        }
    }

    /// A section with its bookmark.
    pub(super) fn section(&mut self, title: &str) {
        let style = Style::bold(13.0, Color::ACCENT);
        if self.y > TOP {
            self.skip(16.0);
        }
        self.require(style.line() + HEADING_COMPANY);
        let page = self.finished.len();
        self.bookmarks.push(Bookmark { title: title.to_owned(), page, y: self.y });
        self.line(style, title.to_owned());
        let room = self.room();
        self.page.rule(room, Color::ACCENT);
        self.skip(7.0);
    }

    /// A heading within a section.
    pub(super) fn heading(&mut self, title: &str) {
        let style = Style::bold(9.5, Color::INK);
        self.skip(7.0);
        self.require(style.line() + HEADING_COMPANY);
        self.line(style, title.to_owned());
        self.skip(2.0);
    }

    /// A paragraph, broken into lines.
    pub(super) fn paragraph(&mut self, text: &str, style: Style) {
        for line in style.wrap(self.fonts, text, WIDTH) {
            self.require(style.line());
            self.line(style, line);
        }
        self.skip(style.size * 0.4);
    }

    /// A list with dots.
    pub(super) fn list(&mut self, items: &[String]) {
        const INDENT: f32 = 11.0;
        let style = Style::BODY;
        for item in items {
            let lines = style.wrap(self.fonts, item, WIDTH - INDENT);
            self.require(style.line());
            let room = self.room();
            self.page.text(self.fonts, room, Align::Left, style, "•".to_owned());
            for line in lines {
                self.require(style.line());
                let room = Room { x: MARGIN + INDENT, y: self.y, width: WIDTH - INDENT };
                self.page.text(self.fonts, room, Align::Left, style, line);
                self.skip(style.line());
            }
            self.skip(2.5);
        }
    }

    /// The figure that everybody looks for first.
    pub(super) fn figure(&mut self, tone: Tone, label: &str, value: &str, note: &str) {
        let (edge, ground) = tone.colors();
        let (small, big) = (Style::regular(9.5, Color::MUTED), Style::bold(22.0, edge));
        let height = small.line() * 2.0 + big.line() + 2.0 * PADDING;
        self.require(height);
        self.panel(edge, ground, height);
        let mut room = Room { x: MARGIN + PADDING + 4.0, y: self.y + PADDING, width: WIDTH };
        for (style, text) in [(small, label), (big, value), (small, note)] {
            self.page.text(self.fonts, room, Align::Left, style, text.to_owned());
            room.y += style.line();
        }
        self.skip(height + 10.0);
    }

    /// A box with a title and a few sentences.
    pub(super) fn notice(&mut self, tone: Tone, title: &str, sentences: &[String]) {
        let (edge, ground) = tone.colors();
        let (head, body) = (Style::bold(12.0, edge), Style::BODY);
        let width = WIDTH - 2.0 * PADDING - 4.0;
        let wrap = |text: &String| body.wrap(self.fonts, text, width);
        let lines: Vec<String> = sentences.iter().flat_map(wrap).collect();
        let height =
            head.line() + lines.iter().map(|_| body.line()).sum::<f32>() + 2.0 * PADDING + 2.0;
        self.require(height);
        self.panel(edge, ground, height);
        let mut room = Room { x: MARGIN + PADDING + 4.0, y: self.y + PADDING, width };
        self.page.text(self.fonts, room, Align::Left, head, title.to_owned());
        room.y += head.line() + 2.0;
        for line in lines {
            self.page.text(self.fonts, room, Align::Left, body, line);
            room.y += body.line();
        }
        self.skip(height + 10.0);
    }

    /// The room of a whole line at the pen.
    pub(super) fn room(&self) -> Room {
        Room { x: MARGIN, y: self.y, width: WIDTH }
    }

    fn panel(&mut self, edge: Color, ground: Color, height: f32) {
        let room = self.room();
        self.page.fill(room, height, ground);
        self.page.fill(Room { width: 4.0, ..room }, height, edge);
    }

    fn line(&mut self, style: Style, text: String) {
        let room = self.room();
        self.page.text(self.fonts, room, Align::Left, style, text);
        self.skip(style.line());
    }
}
