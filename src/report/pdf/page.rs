//! Pages as lists of things to draw: laid out first, written once their number is known.

use super::font::{Fonts, Weight};

/// A4 in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// A4 in points.
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// Left and right.
pub(super) const MARGIN: f32 = 40.0;
/// Where content begins, below the running header.
pub(super) const TOP: f32 = 62.0;
/// Where content ends, above the running footer.
pub(super) const BOTTOM: f32 = PAGE_HEIGHT - 58.0;
/// What a line of content may fill.
pub(super) const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// Height of a line as a multiple of the type size.
pub(super) const LEADING: f32 = 1.32;
/// Baseline below the top of a line, as a multiple of the type size.
const ASCENT: f32 = 1.0;

/// A color: red, green, blue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Color(pub(super) u8, pub(super) u8, pub(super) u8);

impl Color {
    /// Text.
    pub(super) const INK: Self = Self(0x1B, 0x22, 0x2B);
    /// Secondary text; contrast above 4.5 on white.
    pub(super) const MUTED: Self = Self(0x5A, 0x65, 0x73);
    /// The one accent.
    pub(super) const ACCENT: Self = Self(0x1F, 0x4E, 0x79);
    /// Background of heads and of the big figure.
    pub(super) const TINT: Self = Self(0xEE, 0xF3, 0xF8);
    /// Lines of tables.
    pub(super) const RULE: Self = Self(0xD3, 0xDB, 0xE4);
    /// Text and border of what must not be overlooked.
    pub(super) const ALARM: Self = Self(0xA6, 0x1B, 0x1B);
    /// Background of the same.
    pub(super) const ALARM_TINT: Self = Self(0xFD, 0xF0, 0xEF);
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    /// Type size in points.
    pub(super) size: f32,
    /// Regular or bold.
    pub(super) weight: Weight,
    /// Its color.
    pub(super) color: Color,
}

impl Style {
    /// Running text.
    pub(super) const BODY: Self = Self::regular(9.0, Color::INK);
    /// Notes under tables, running header and footer.
    pub(super) const NOTE: Self = Self::regular(7.5, Color::MUTED);

    /// Regular type.
    pub(super) const fn regular(size: f32, color: Color) -> Self {
        Self { size, weight: Weight::Regular, color }
    }

    /// Bold type.
    pub(super) const fn bold(size: f32, color: Color) -> Self {
        Self { size, weight: Weight::Bold, color }
    }

    /// The height of one line.
    pub(super) fn line(self) -> f32 {
        self.size * LEADING
    }

    /// The width of a text.
    pub(super) fn width(self, fonts: &Fonts, text: &str) -> f32 {
        fonts.face(self.weight).width(text, self.size)
    }

    /// Breaks a text into lines at spaces (never at no-break spaces) and at `\n`; words that are
    /// wider than a line are cut.
    pub(super) fn wrap(self, fonts: &Fonts, text: &str, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.split('\n') {
            self.wrap_paragraph(fonts, paragraph, width, &mut lines);
        }
        lines
    }

    fn wrap_paragraph(self, fonts: &Fonts, text: &str, width: f32, lines: &mut Vec<String>) {
        if self.width(fonts, text) <= width {
            lines.push(text.to_owned());
            return;
        }
        let mut line = String::new();
        for word in text.split(' ') {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(fonts, &joined) <= width {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.cut(fonts, word, width, lines);
        }
        lines.push(line);
    }

    /// Cuts a word until its rest fits; the rest is returned.
    fn cut(self, fonts: &Fonts, word: &str, width: f32, lines: &mut Vec<String>) -> String {
        let mut piece = String::new();
        let mut used = 0.0;
        for c in word.chars() {
            let advance = self.width(fonts, c.encode_utf8(&mut [0; 4]));
            if used + advance > width && !piece.is_empty() {
                lines.push(std::mem::take(&mut piece));
                used = 0.0;
            }
            piece.push(c);
            used += advance;
        }
        piece
    }
}

/// Something to draw; coordinates in points from the top left corner.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A text with its baseline.
    Text {
        /// Left end.
        x: f32,
        /// Baseline.
        y: f32,
        /// How it is set.
        style: Style,
        /// What it says.
        text: String,
    },
    /// A filled rectangle; a rule is a thin one.
    Fill {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
        /// Its color.
        color: Color,
    },
}

/// One page.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    /// In the order in which they are drawn.
    pub(super) marks: Vec<Mark>,
}

/// Which edge of the room a text touches.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Align {
    /// Words.
    #[default]
    Left,
    /// Figures.
    Right,
}

/// Where a single line goes: the room from `x` to `x + width`, its top at `y`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// Left edge.
    pub(super) x: f32,
    /// Top of the line.
    pub(super) y: f32,
    /// Width of the room.
    pub(super) width: f32,
}

impl Page {
    /// Sets one line.
    pub(super) fn text(
        &mut self,
        fonts: &Fonts,
        room: Room,
        align: Align,
        style: Style,
        text: String,
    ) {
        if text.is_empty() {
            return;
        }
        let x = match align {
            Align::Left => room.x,
            Align::Right => room.x + room.width - style.width(fonts, &text),
        };
        self.marks.push(Mark::Text { x, y: room.y + style.size * ASCENT, style, text });
    }

    /// Fills a rectangle.
    pub(super) fn fill(&mut self, room: Room, height: f32, color: Color) {
        let Room { x, y, width } = room;
        self.marks.push(Mark::Fill { x, y, width, height, color });
    }

    /// Draws a horizontal rule.
    pub(super) fn rule(&mut self, room: Room, color: Color) {
        self.fill(room, 0.6, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_only_and_long_words_are_cut() {
        let fonts = Fonts::embedded().unwrap();
        let style = Style::BODY;
        let lines = style.wrap(&fonts, "Podatek do zapłaty 1\u{A0}234,56\u{A0}zł", 90.0);
        assert_eq!(lines, ["Podatek do zapłaty", "1\u{A0}234,56\u{A0}zł"]);
        let cut = style.wrap(&fonts, &"W".repeat(300), 100.0);
        assert!(cut.iter().all(|line| style.width(&fonts, line) <= 100.0));
        assert_eq!(cut.concat(), "W".repeat(300));
    }
}
