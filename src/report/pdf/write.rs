//! A layout as a PDF file, with running header and footer.

use std::collections::HashMap;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
};

use super::{
    flow::Layout,
    font::Fonts,
    page::{Align, Color, MARGIN, Mark, PAGE_HEIGHT, PAGE_WIDTH, Page, Room, Style, WIDTH},
};
use crate::{error::Fault, report::ReportInput, wording::report as words};

/// What every page repeats.
pub(super) struct Running {
    /// Top left, and the title of the document.
    pub(super) title: String,
    /// Top right.
    pub(super) aside: String,
    /// Bottom left.
    pub(super) foot: String,
}

/// Writes the pages; equal layouts give equal bytes.
pub(super) fn write(
    input: &ReportInput<'_>,
    fonts: &Fonts,
    mut layout: Layout,
    running: &Running,
) -> Result<Vec<u8>, Fault> {
    let mut document = Document::new_with(SerializeSettings::default());
    document.set_metadata(metadata(input, running));
    let total = layout.pages.len();
    for (index, page) in layout.pages.iter_mut().enumerate() {
        decorate(page, fonts, running, &words::page_of(index + 1, total, input.lang));
    }
    for page in &layout.pages {
        let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT);
        let mut sheet = document.start_page_with(size.unwrap_or_default());
        let mut surface = sheet.surface();
        draw(&mut surface, fonts, page);
        surface.finish();
        sheet.finish();
    }
    document.set_outline(outline(&layout));
    document.finish().map_err(|error| Fault::never("write the PDF report", format!("{error:?}")))
}

fn metadata(input: &ReportInput<'_>, running: &Running) -> Metadata {
    let today = input.today;
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let year = u16::try_from(today.year()).unwrap_or_default();
    let created = DateTime::new(year).month(part(today.month())).day(part(today.day()));
    Metadata::new()
        .title(running.title.clone())
        .language(input.lang.tag().to_owned())
        .creator("InvestTax".to_owned())
        .creation_date(created)
        // A fixed id: the file's own would be derived from it in any case.
        .document_id(format!("investtax-report-{}", input.lang.tag()))
}

fn outline(layout: &Layout) -> Outline {
    let mut outline = Outline::new();
    for mark in &layout.bookmarks {
        let place = XyzDestination::new(mark.page, Point::from_xy(MARGIN, mark.y));
        outline.push_child(OutlineNode::new(mark.title.clone(), place));
    }
    outline
}

fn decorate(page: &mut Page, fonts: &Fonts, running: &Running, number: &str) {
    let (head, foot) = (30.0, PAGE_HEIGHT - 42.0);
    let style = Style::NOTE;
    let room = |y| Room { x: MARGIN, y, width: WIDTH };
    page.text(
        fonts,
        room(head),
        Align::Left,
        Style::bold(8.0, Color::ACCENT),
        running.title.clone(),
    );
    page.text(fonts, room(head), Align::Right, style, running.aside.clone());
    page.rule(room(head + 14.0), Color::RULE);
    page.rule(room(foot), Color::RULE);
    let small = Style { size: 6.6, ..style };
    let mut place = room(foot + 5.0);
    for line in small.wrap(fonts, &running.foot, WIDTH - 90.0) {
        page.text(fonts, place, Align::Left, small, line);
        place.y += small.line();
    }
    page.text(fonts, room(foot + 5.0), Align::Right, style, number.to_owned());
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, page: &Page) {
    let mut fills: HashMap<(u8, u8, u8), Fill> = HashMap::new();
    for mark in &page.marks {
        let (Mark::Text { style: Style { color, .. }, .. } | Mark::Fill { color, .. }) = mark;
        let Color(red, green, blue) = *color;
        let fill = fills.entry((red, green, blue)).or_insert_with(|| Fill {
            paint: rgb::Color::new(red, green, blue).into(),
            ..Fill::default()
        });
        surface.set_fill(Some(fill.clone()));
        match mark {
            Mark::Text { x, y, style, text } => {
                let face = fonts.face(style.weight);
                let glyphs = face.glyphs(text);
                let start = Point::from_xy(*x, *y);
                surface.draw_glyphs(start, &glyphs, face.font(), text, style.size, false);
            }
            Mark::Fill { x, y, width, height, .. } => {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(rect);
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
            }
        }
    }
}
