//! The lines of a letter that its author wrote: nothing quoted, forwarded or signed.

use crate::statement::table::fold;

/// Beginnings of lines below which all is others', folded. Headers of forwarded mails are in here
/// because Outlook puts them without any line above.
const OTHERS: &[&str] = &[
    "-----",
    "‐‐‐",
    "_____",
    "from:",
    "sent:",
    "od:",
    "nadawca:",
    "wyslano:",
    "wyslane:",
    "von:",
    "gesendet:",
    "від:",
    "poczatek przekazywanej",
    "wiadomosc przeslana dalej",
    "begin forwarded",
    "--- tresc",
];

/// Beginnings that introduce a quote only if the line ends with a colon; they begin many a sentence.
const INTRODUCTIONS: &[&str] = &["on ", "w dniu ", "dnia ", "napisal", "pisze"];

/// It stands above quotes only, and is often too long for a line.
const APPLE: &str = "wiadomosc napisana przez";

/// Endings of lines that introduce a quote.
const INTRODUCED: &[&str] =
    &["wrote:", "napisal:", "napisala:", "napisal(a):", "pisze:", "schrieb:", "пише:", "пишет:"];

/// Words within an introduction that ends with whom it quotes and a colon.
const WITHIN: &[&str] = &[" schrieb ", " wrote ", " napisal(a) "];

/// What a line is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Own,
    /// Marked as a quote.
    Quoted,
    /// It says who wrote what follows.
    Introduction,
    /// The author's words end here.
    End,
}

/// The author's own lines: neither marked as quotes nor below a forwarded letter, a signature or a
/// quote without marks. Many write below what they answer, or between its lines.
pub(super) fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines();
    let mut above = "";
    let next = move || loop {
        let line = lines.next()?;
        let last = std::mem::replace(&mut above, line);
        match kind(line) {
            Kind::Own if is_wrapped(last, line) => {}
            Kind::Own => return Some(line),
            Kind::Quoted => {}
            Kind::Introduction if is_quoted_next(lines.clone()) => {}
            Kind::Introduction | Kind::End => return None,
        }
    };
    std::iter::from_fn(next).fuse()
}

/// Whether the next line with anything on it is marked as a quote. An introduction may take two lines.
fn is_quoted_next<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let mut lines = lines.filter(|line| !line.trim().is_empty());
    let next = lines.next().unwrap_or_default();
    is_quoted(next) || (next.trim_end().ends_with(':') && lines.next().is_some_and(is_quoted))
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// The last word of a long quoted line, which the author's program has wrapped without a mark. It
/// must not become a request to stop or to delete.
fn is_wrapped(above: &str, line: &str) -> bool {
    is_quoted(above) && above.len() >= WRAPPED_FROM && line.split_whitespace().count() == 1
}

/// Programs wrap no line that is shorter.
const WRAPPED_FROM: usize = 60;

/// Whether one of the first ten lines that are the author's own, without quotation marks and closing
/// full stop, is what is looked for.
pub fn says(text: &str, is_it: impl Fn(&str) -> bool) -> bool {
    let around = |c: char| c.is_whitespace() || "\"'„”“«»*`.".contains(c);
    let lines = own_lines(text).filter(|line| !line.trim().is_empty()).take(10);
    lines.map(|line| line.trim_matches(around)).any(is_it)
}

fn kind(line: &str) -> Kind {
    if is_quoted(line) {
        return Kind::Quoted;
    }
    // A signature begins with two dashes and a blank, which some programs trim (RFC 3676 § 4.3).
    if line.trim_end() == "--" {
        return Kind::End;
    }
    // Of bold type the stars are left.
    let folded = fold(line.trim_matches(|c: char| c == '*' || c.is_whitespace()));
    let begins = |starts: &[&str]| starts.iter().any(|start| folded.starts_with(start));
    if begins(OTHERS) {
        return Kind::End;
    }
    let introduces = folded.ends_with(':')
        && (begins(INTRODUCTIONS)
            || INTRODUCED.iter().any(|end| folded.ends_with(end))
            || WITHIN.iter().any(|word| folded.contains(word)));
    if introduces || folded.starts_with(APPLE) { Kind::Introduction } else { Kind::Own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Vec<&str> {
        own_lines(text).collect()
    }

    #[test]
    fn what_others_wrote_is_left_out() {
        for other in [
            "-- ",
            "--",
            "---------- Forwarded message ---------",
            "-----Wiadomość oryginalna-----",
            "________________________________",
            "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐",
            "Od: Broker <a@example.com>",
            "From: Broker",
            "W dniu 2.02.2025 o 10:00, InvestTax pisze:",
            "Dnia 27 grudnia 2016 12:08 InvestTax napisał(a):",
            "On Mon, 3 Feb 2025 at 10:00 InvestTax wrote:",
            "napisał(a):",
            "<calc@example.com> wrote:",
            "Wiadomość napisana przez InvestTax w dniu 2 lut 2025:",
            "Początek przekazywanej wiadomości:",
            "--- Treść przekazanej wiadomości ---",
            "*Od:* InvestTax <calc@example.com>",
            "**Wysłano:** wtorek, 3 lutego 2026",
            "Von: InvestTax",
            "Gesendet: Dienstag",
            "wt., 3 lut 2026 o 19:42 InvestTax <calc@example.com> napisał(a):",
            "вт, 3 лют. 2026 р. о 19:42 InvestTax пише:",
            "Am Di., 3. Feb. 2026 um 19:42 Uhr schrieb InvestTax <calc@example.com>:",
        ] {
            assert_eq!(own(&format!("ROK 2024\n{other}\nROK 2022")), ["ROK 2024"], "{other}");
        }
    }

    #[test]
    fn words_below_and_between_quotes_are_the_authors() {
        let below =
            "W dniu 3.02.2026 o 19:42, InvestTax pisze:\n\n> ROK 2022\n>\n> x\n\nROK 2024\n";
        assert_eq!(own(below), ["", "", "ROK 2024"]);
        let between = "Dzień dobry\n> jaki rok?\nROK 2024\n > strata?\nSTRATA 2022 5\n-- \nSTOP";
        assert_eq!(own(between), ["Dzień dobry", "ROK 2024", "STRATA 2022 5"]);
        let apple = "Wiadomość napisana przez InvestTax <calc@example.com> w dniu 3 lut 2026, o\n\
            godz. 19:42:\n\n> STOP\n\nROK 2024";
        assert_eq!(own(apple).last(), Some(&"ROK 2024"));
        let twice =
            "On Mon Jan wrote:\n> On Sun InvestTax wrote:\n>> STOP\nDziękuję\nOn Mon wrote:\nSTOP";
        assert_eq!(own(twice), ["Dziękuję"]);
    }

    #[test]
    fn the_end_of_a_wrapped_quote_is_no_request() {
        let quote = "> Jeśli nie chcesz od nas więcej żadnych odpowiedzi, to odpisz nam słowem";
        assert_eq!(own(&format!("{quote}\nSTOP\n\nROK 2024")), ["", "ROK 2024"]);
        assert_eq!(own(&format!("{quote}\n\nSTOP")), ["", "STOP"]);
        assert_eq!(own(&format!("{quote}\nROK 2024")), ["ROK 2024"]);
        assert_eq!(own("> koniec?\nSTOP"), ["STOP"]);
    }

    #[test]
    fn sentences_that_begin_alike_stay() {
        let letter = "W dniu wczorajszym sprzedałem\nOn Monday I sold\nOdpisuję: tak\n-- brak\n\
            Wiadomość napisana wczoraj";
        assert_eq!(own(letter).len(), 5);
    }
}
