//! The lines of a letter that its author wrote: nothing quoted, forwarded or signed.

use crate::statement::table::fold;

/// Beginnings of lines that introduce what others wrote, folded. Headers of forwarded mails are in
/// here because Outlook puts them without any line above.
const OTHERS: &[&str] = &[
    ">",
    "-----",
    "‐‐‐",
    "_____",
    "from:",
    "od:",
    "nadawca:",
    "wiadomosc napisana",
    "poczatek przekazywanej",
    "wiadomosc przeslana dalej",
    "begin forwarded",
    "--- tresc",
];

/// Beginnings that introduce a quote only if the line ends with a colon; they begin many a sentence.
const INTRODUCTIONS: &[&str] = &["on ", "w dniu ", "dnia ", "napisal", "pisze"];

/// The author's own lines: up to the first quote, forwarded letter or signature.
pub(super) fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| !is_others(line))
}

/// Whether one of the first ten lines that are the author's own, without quotation marks and closing
/// full stop, is what is looked for.
pub fn says(text: &str, is_it: impl Fn(&str) -> bool) -> bool {
    let around = |c: char| c.is_whitespace() || "\"'„”“«»*`.".contains(c);
    let lines = own_lines(text).filter(|line| !line.trim().is_empty()).take(10);
    lines.map(|line| line.trim_matches(around)).any(is_it)
}

fn is_others(line: &str) -> bool {
    // A signature begins with two dashes and a blank, which some programs trim (RFC 3676 § 4.3).
    if line.trim_end() == "--" {
        return true;
    }
    let folded = fold(line);
    let begins = |starts: &[&str]| starts.iter().any(|start| folded.starts_with(start));
    begins(OTHERS)
        || (folded.ends_with(':') && (begins(INTRODUCTIONS) || folded.ends_with("wrote:")))
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
            "> ROK 2023",
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
        ] {
            assert_eq!(own(&format!("ROK 2024\n{other}\nROK 2022")), ["ROK 2024"], "{other}");
        }
    }

    #[test]
    fn sentences_that_begin_alike_stay() {
        let letter = "W dniu wczorajszym sprzedałem\nOn Monday I sold\nOdpisuję: tak\n-- brak";
        assert_eq!(own(letter).len(), 4);
    }
}
