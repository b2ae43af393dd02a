//! Words for files that are too large for mail: the offer in the reply, and the page that takes the file.

use jiff::Timestamp;

use super::letters::{Kept, Notice};
use crate::lang::Lang;

/// A reply that offers a place for one file of so many bytes, until then. `asked`: it was asked for by
/// its command, and not because a mail could not bring its file.
pub fn offer(asked: bool, bytes_max: usize, until: Timestamp, lang: Lang) -> Notice {
    let headline = match (asked, lang) {
        (true, Lang::Pl) => "Tu możesz wgrać plik, który nie mieści się w wiadomości",
        (true, Lang::En) => "Here you can upload a file that does not fit into a mail",
        (false, Lang::Pl) => "Pliku nie ma w wiadomości albo jest na nią za duży: wgraj go tutaj",
        (false, Lang::En) => "The file is not in the mail or is too large for it: upload it here",
    };
    let (size, until) = (megabytes(bytes_max), clock(until));
    let words = match lang {
        Lang::Pl => format!(
            "Otwórz poniższy link w przeglądarce i wybierz jeden plik, do {size} MB; kilka plików albo \
             większy spakuj do ZIP. Link działa do {until} czasu polskiego. Wynik przyślę w tym wątku, \
             tylko na ten adres."
        ),
        Lang::En => format!(
            "Open the link below in a browser and choose one file of up to {size} MB; pack several files \
             or a larger one into a ZIP. The link works until {until} Polish time. The result follows in \
             this thread, to this address only."
        ),
    };
    let again = lang.choose(
        "Jeśli link już nie działa, odpowiedz WGRAJ, a przyślę nowy. Nie przekazuj go innym: kto go ma, \
         może dołączyć plik do Twojej rozmowy.",
        "If the link does not work any more, reply UPLOAD for a new one. Do not pass it on: whoever has \
         it can add a file to your conversation.",
    );
    Notice {
        headline: headline.to_owned(),
        paragraphs: vec![words, again.to_owned()],
        kept: Kept::Conversation,
    }
}

/// There is no such place here: what to do instead.
pub fn not_here(lang: Lang) -> Notice {
    let (headline, words) = lang.choose(
        (
            "Tutaj nie ma miejsca na wgrywanie plików",
            "Spakuj plik do ZIP i załącz go, albo podziel eksport na krótsze okresy, np. na lata, i \
             wyślij je w kilku odpowiedziach w tym samym wątku. Zwykle pomaga też CSV zamiast XLSX.",
        ),
        (
            "There is no place for uploads here",
            "Pack the file into a ZIP and attach it, or split the export into shorter periods, for \
             example years, and send them in several replies in this thread. CSV instead of XLSX often \
             helps as well.",
        ),
    );
    Notice {
        headline: headline.to_owned(),
        paragraphs: vec![words.to_owned()],
        kept: Kept::Conversation,
    }
}

/// What the link of the offer is called.
pub fn link(lang: Lang) -> &'static str {
    lang.choose("Wgraj plik", "Upload the file")
}

/// The words of the page that takes the file.
#[derive(Clone, Debug)]
pub struct Page {
    /// Above everything.
    pub title: &'static str,
    /// What to do, with the limits.
    pub intro: String,
    /// On the button.
    pub button: &'static str,
    /// While it is sent; a percentage follows.
    pub sending: &'static str,
    /// The file arrived.
    pub done: &'static str,
    /// It is larger than it may be.
    pub too_large: &'static str,
    /// It did not arrive, most likely because the time is over.
    pub failed: &'static str,
}

/// The page for one file of so many bytes, until then.
pub fn page(bytes_max: usize, until: Timestamp, lang: Lang) -> Page {
    let (size, until) = (megabytes(bytes_max), clock(until));
    match lang {
        Lang::Pl => Page {
            title: "InvestTax: wgraj plik",
            intro: format!(
                "Wybierz jeden plik od brokera, do {size} MB (kilka plików spakuj do ZIP). Strona działa do \
                 {until} czasu polskiego. Wynik przyjdzie pocztą, w tym samym wątku."
            ),
            button: "Wyślij",
            sending: "Wysyłam:",
            done: "Plik dotarł. Wynik przyjdzie pocztą; tę stronę możesz zamknąć.",
            too_large: "Ten plik jest za duży. Spakuj go do ZIP albo podziel na krótsze okresy.",
            failed: "Nie udało się. Jeśli minął czas, odpowiedz w wątku WGRAJ, a przyślę nowy link.",
        },
        Lang::En => Page {
            title: "InvestTax: upload a file",
            intro: format!(
                "Choose one file from your broker, up to {size} MB (pack several into a ZIP). This page works \
                 until {until} Polish time. The result comes by mail, in the same thread."
            ),
            button: "Send",
            sending: "Sending:",
            done: "The file has arrived. The result comes by mail; you can close this page.",
            too_large: "This file is too large. Pack it into a ZIP or split it into shorter periods.",
            failed: "It did not work. If the time is over, reply UPLOAD in the thread for a new link.",
        },
    }
}

/// As people count them: of 1 048 576 bytes.
fn megabytes(bytes: usize) -> usize {
    bytes / (1024 * 1024)
}

/// Day and minute in Warsaw.
fn clock(at: Timestamp) -> String {
    at.to_zoned(crate::zones::warsaw()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_says_how_large_and_until_when_in_polish_time() {
        let until = "2026-03-02T22:30:00Z".parse().unwrap();
        for lang in [Lang::Pl, Lang::En] {
            for words in [
                offer(true, 64 << 20, until, lang).paragraphs.join(" "),
                offer(false, 64 << 20, until, lang).paragraphs.join(" "),
                page(64 << 20, until, lang).intro,
            ] {
                assert!(words.contains("64 MB") && words.contains("2026-03-02 23:30"), "{words}");
            }
        }
    }
}
