//! The text of a letter that was written in HTML only, line by line.
//!
//! A command is a whole line, so every element that a reader sees on a line of its own must end up on
//! one; and what is quoted there must stay a quote. Characters and styles are left to `mail-parser`.

use mail_parser::decoders::html::html_to_text;
use memchr::{memchr, memchr2, memmem};

/// Elements that begin and end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
    "blockquote",
];

/// A line break for `mail-parser`.
const BREAK: &str = "<br>";

/// A quote is one line that is marked as such: it tells an introduction from the end of the letter.
const QUOTE: &str = "<br>&gt;<br>";

/// A tab: what is pasted from a spreadsheet is a table again.
const TAB: &str = "&#9;";

/// The plain text of an HTML part, quotes left out.
pub(super) fn text_of(html: &str) -> String {
    let mut lines = Lines::default();
    let mut rest = html;
    while let Some((text, tag, after)) = split_at_tag(rest) {
        lines.text(text);
        lines.tag(tag);
        rest = after;
    }
    lines.text(rest);
    html_to_text(&lines.out)
}

/// HTML with its lines marked.
#[derive(Default)]
struct Lines {
    out: String,
    /// Quotes around the place.
    quotes: usize,
    /// Preformatted text around the place.
    preformatted: usize,
    /// Something is on the line.
    begun: bool,
    /// A cell is in the row.
    in_row: bool,
}

impl Lines {
    fn text(&mut self, text: &str) {
        if self.quotes > 0 {
            return;
        }
        self.begun |= !text.trim().is_empty();
        for c in text.chars() {
            match c {
                '<' => self.out.push_str("&lt;"),
                '\n' if self.preformatted > 0 => self.out.push_str(BREAK),
                c => self.out.push(c),
            }
        }
    }

    /// A tag without its brackets.
    fn tag(&mut self, tag: &str) {
        let (closing, inner) = tag.strip_prefix('/').map_or((false, tag), |inner| (true, inner));
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(end);
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("blockquote") && (self.quotes > 0 || !is_indentation(attributes)) {
            self.quote(closing);
        } else if self.quotes > 0 {
        } else if is("td") || is("th") {
            self.cell(closing);
        } else if BLOCKS.iter().any(|block| is(block)) {
            self.end_line();
            self.in_row &= !is("tr");
            if is("pre") {
                self.preformatted = if closing {
                    self.preformatted.saturating_sub(1)
                } else {
                    self.preformatted + 1
                };
            }
        } else {
            self.begun &= !is("br");
            self.out.push('<');
            self.out.push_str(tag);
            self.out.push('>');
        }
    }

    fn quote(&mut self, closing: bool) {
        if closing {
            self.quotes = self.quotes.saturating_sub(1);
            self.end_line();
            return;
        }
        if self.quotes == 0 {
            self.out.push_str(QUOTE);
            self.begun = false;
        }
        self.quotes += 1;
    }

    fn cell(&mut self, closing: bool) {
        if closing {
            return;
        }
        // What stands in one cell after another is one line.
        self.out.push_str(if self.in_row { TAB } else { " " });
        self.in_row = true;
    }

    fn end_line(&mut self) {
        if self.begun {
            self.out.push_str(BREAK);
        }
        self.begun = false;
    }
}

/// Gmail and Apple Mail indent with the element of quotes, without a border. Word takes the border off
/// before it draws its own.
fn is_indentation(attributes: &str) -> bool {
    let plain: String =
        attributes.chars().filter(|c| !c.is_whitespace()).take(ATTRIBUTES_MAX).collect();
    let plain = plain.to_ascii_lowercase();
    plain.contains("border:none") && !plain.contains("border-left") && !plain.contains("cite")
}

/// No program writes longer ones.
const ATTRIBUTES_MAX: usize = 1_000;

/// The text up to the next tag, the tag without brackets, and what follows; comments are left out.
fn split_at_tag(html: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let open = from + memchr(b'<', html.get(from..)?.as_bytes())?;
        let (text, inner) = (html.get(..open)?, html.get(open + 1..)?);
        if inner.starts_with("!--") {
            let end = memmem::find(inner.as_bytes(), b"-->")?;
            return Some((text, "!", inner.get(end + 3..)?));
        }
        let end = memchr2(b'<', b'>', inner.as_bytes())?;
        if inner.as_bytes().get(end) == Some(&b'>') {
            return Some((text, inner.get(..end)?, inner.get(end + 1..)?));
        }
        // A lonely bracket is text.
        from = open + 1 + end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::own_lines::own_lines;

    fn lines(html: &str) -> Vec<String> {
        let text = text_of(html);
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn every_block_is_a_line() {
        for html in [
            "<div>Dzień dobry</div><div>ROK 2024</div><div>Jan</div>",
            "<html><head><style>div > p {x}</style></head><body>Dzień dobry<DIV dir=auto>ROK 2024</DIV>Jan",
            "Dzień dobry<ul><li>ROK 2024</li><li>Jan</li></ul>",
            "<table><tr><td>Dzień dobry</td></tr><tr><td>ROK&nbsp;2024</td></tr></table><p>Jan",
            "<p>Dzień dobry<p>R<b>OK</b> 2024<p>Jan",
            "<pre>Dzień dobry\nROK 2024\n</pre>Jan",
            "<h1>Dzień dobry</h1><!-- <div>STOP</div> -->ROK <i>2024</i><hr>Jan",
            "<p class=MsoNormal>Dzień dobry<o:p></o:p></p>\n<p class=MsoNormal>R&#79;K 2024</p>Jan",
        ] {
            let found: Vec<_> =
                lines(html).into_iter().map(|line| line.replace('\u{a0}', " ")).collect();
            assert_eq!(found, ["Dzień dobry", "ROK 2024", "Jan"], "{html}");
        }
    }

    #[test]
    fn rows_of_a_table_keep_their_cells() {
        let html =
            "<table><tr><th>a</th><th>b</th></tr>\n<tr>\n<td>1,5</td>\n<td>x y</td></tr></table>";
        let found: Vec<_> = lines(html)
            .iter()
            .map(|line| line.split('\t').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>())
            .collect();
        assert_eq!(found, [["a", "b"], ["1,5", "x y"]]);
        let blank = text_of("<div>a</div><div><br></div><div>b</div><div>c</div>");
        assert_eq!(blank.trim(), "a\n\nb\nc");
    }

    #[test]
    fn quotes_are_no_words_of_the_author() {
        let own = |html: &str| {
            let text = text_of(html);
            let lines = own_lines(&text).map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
        };
        let gmail = "<div>Dziękuję</div><div class=gmail_quote><div class=gmail_attr>wt., 3 lut 2026 o 19:42 \
             InvestTax napisał(a):<br></div><blockquote class=gmail_quote><div>ROK 2023<blockquote>x\
             </blockquote>STOP</div></blockquote>";
        assert_eq!(own(&format!("{gmail}</div><div>ROK 2024</div>")), ["Dziękuję", "ROK 2024"]);
        assert_eq!(own("Dziękuję<blockquote type='cite'>STOP</blockquote>"), ["Dziękuję"]);
        let outlook = "<div>Danke</div><div style='border-left:2px'><b>Gesendet:</b> Dienstag<br>\
             <div>STOP</div></div>";
        assert_eq!(own(outlook), ["Danke"]);
        let indented = "<blockquote style=\"margin: 0 0 0 40px; border: none; padding: 0px;\">ROK 2024\
             </blockquote>Jan";
        assert_eq!(own(indented), ["ROK 2024", "Jan"]);
        let word = "A<blockquote style='border:none;border-left:solid #CCC 1pt'>STOP</blockquote>";
        assert_eq!(own(word), ["A"]);
    }

    #[test]
    fn no_html_takes_long() {
        for noise in
            ["<", "<div", "<!--", "<blockquote>", "</td>", "<td>", "&", "<pre>\n", "a < b "]
        {
            let _ = text_of(&noise.repeat(200_000));
        }
        assert_eq!(text_of("1 < 2 & 3 <b>x</b>").trim(), "1 < 2 & 3 x");
    }
}
