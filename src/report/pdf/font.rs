//! The embedded typeface: Noto Sans (SIL Open Font License), regular and bold.
//!
//! Text is set glyph by glyph without kerning or ligatures. Polish needs neither, digits of Noto Sans
//! all have one width, and a shaper would have to be rebuilt for each of thousands of cells.

use std::{cell::RefCell, collections::HashMap};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::{FontRef, MetadataProvider, charmap::Charmap, instance::LocationRef, instance::Size};

use crate::error::Fault;

/// Shown for a character that the typeface does not have.
const MISSING: char = '?';

/// One of the two weights.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Weight {
    /// Running text.
    #[default]
    Regular,
    /// Headings, totals, heads of tables.
    Bold,
}

/// Both weights, with a memory of the characters looked up.
pub(super) struct Fonts {
    regular: Face,
    bold: Face,
}

impl Fonts {
    /// Reads the two files that are part of the program.
    pub(super) fn embedded() -> Result<Self, Fault> {
        Ok(Self {
            regular: Face::new(notosans::REGULAR_TTF)?,
            bold: Face::new(notosans::BOLD_TTF)?,
        })
    }

    /// The face of a weight.
    pub(super) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// One font file.
pub(super) struct Face {
    font: Font,
    charmap: Charmap<'static>,
    outlines: FontRef<'static>,
    units_per_em: f32,
    known: RefCell<HashMap<char, Glyph>>,
}

/// The glyph of a character, and its advance as a share of the type size.
#[derive(Clone, Copy)]
struct Glyph {
    id: u32,
    advance: f32,
}

impl Face {
    fn new(file: &'static [u8]) -> Result<Self, Fault> {
        let broken = || Fault::never("read the embedded font", "it is not a font file");
        let font = Font::new(file.into(), 0).ok_or_else(broken)?;
        let outlines = FontRef::new(file).map_err(|_| broken())?;
        let units_per_em = font.units_per_em();
        let charmap = outlines.charmap();
        Ok(Self { font, charmap, outlines, units_per_em, known: RefCell::default() })
    }

    /// For the PDF writer.
    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The width of a text at a size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|c| self.glyph(c).advance).sum::<f32>() * size
    }

    /// The glyphs of a text; the ranges keep it searchable and copyable.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(at, c): (usize, char)| {
            let Glyph { id, advance } = self.glyph(c);
            let range = at..at + c.len_utf8();
            KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, range, None)
        };
        text.char_indices().map(glyph).collect()
    }

    /// Whether the typeface has the character.
    #[cfg(test)]
    pub(super) fn has(&self, c: char) -> bool {
        self.charmap.map(c).is_some()
    }

    fn glyph(&self, c: char) -> Glyph {
        if let Some(&glyph) = self.known.borrow().get(&c) {
            return glyph;
        }
        let id = self.charmap.map(c).or_else(|| self.charmap.map(MISSING)).unwrap_or_default();
        let metrics = self.outlines.glyph_metrics(Size::unscaled(), LocationRef::default());
        let advance = metrics.advance_width(id).unwrap_or(0.0) / self.units_per_em;
        let glyph = Glyph { id: id.to_u32(), advance };
        self.known.borrow_mut().insert(c, glyph);
        glyph
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_polish_and_of_our_wording_has_a_glyph() {
        let fonts = Fonts::embedded().unwrap();
        for c in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ„”’–—−§≤≥×…·•\u{A0}zł€£".chars()
        {
            assert!(fonts.face(Weight::Regular).has(c), "{c:?}");
            assert!(fonts.face(Weight::Bold).has(c), "{c:?}");
        }
    }

    #[test]
    fn digits_stand_in_columns_and_unknown_characters_take_room() {
        let fonts = Fonts::embedded().unwrap();
        let face = fonts.face(Weight::Regular);
        assert!((face.width("1111", 10.0) - face.width("8090", 10.0)).abs() < 0.001);
        assert!((face.width("株", 10.0) - face.width("?", 10.0)).abs() < 0.001);
    }
}
