//! Short replies about the correspondence itself: who writes, what is here, what was sent.

use jiff::Timestamp;

use super::{
    Noun, counted, echo,
    letters::{Kept, Notice},
};
use crate::{conversation::Missing, lang::Lang};

/// Asks for a reply that proves the mailbox. Fixed words: nothing of the mail may be repeated to an
/// address that may not have sent it.
pub fn challenge() -> Notice {
    Notice {
        headline: "Odpowiedz na tę wiadomość, aby potwierdzić adres / Reply to confirm".to_owned(),
        paragraphs: vec![
            "Ktoś wysłał z tego adresu wiadomość do InvestTax, ale nie da się sprawdzić, czy to \
             Ty. Jeśli tak, odpowiedz w ciągu doby; treść odpowiedzi może być dowolna. Tamtej \
             wiadomości nikt nie przeczyta, dopóki nie odpowiesz, a po dobie zostanie usunięta. \
             Jeśli to nie Ty, zignoruj tę wiadomość."
                .to_owned(),
            "Somebody sent a message from this address to InvestTax, and it cannot be verified \
             that it was you. If it was, reply within a day; what you write does not matter. The \
             message is not read until you reply, and is deleted after a day. If it was not you, \
             ignore this message."
                .to_owned(),
        ],
        kept: Kept::HeldMail,
    }
}

/// That files beside another wish were not taken.
pub fn files_left(lang: Lang) -> &'static str {
    lang.choose(
        "Załączonych plików nie przeliczyłem ani nie zachowałem.",
        "The attached files were neither calculated nor kept.",
    )
}

/// What a conversation holds, in the sender's words.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The names of the files that count.
    pub files: &'a [String],
    /// What is not part of the result.
    pub missing: &'a [Missing],
    /// The commands that set options.
    pub choices: &'a [String],
}

/// What a conversation holds.
pub fn status(held: &Held<'_>, until: Timestamp, lang: Lang) -> Notice {
    let &Held { files, missing, choices } = held;
    let headline = match lang {
        Lang::Pl => format!("W tej rozmowie mam {}", counted(files.len(), Noun::FILE, lang)),
        Lang::En => format!("This conversation holds {}", counted(files.len(), Noun::FILE, lang)),
    };
    let mut paragraphs: Vec<String> =
        files.iter().map(|name| format!("• {}", echo(name))).collect();
    let (absent, unread): (Vec<&Missing>, Vec<_>) = missing.iter().partition(|one| one.is_file());
    if !absent.is_empty() {
        let list = absent.iter().map(|file| echo(&file.name)).collect::<Vec<_>>().join(" · ");
        let words = lang.choose("Nie ma w wyniku:", "Missing from the result:");
        paragraphs.push(format!("{words} {list}"));
    }
    for Missing { name, detail, .. } in unread {
        let (line, example) = (echo(name), echo(detail));
        paragraphs.push(match lang {
            Lang::Pl => format!("Nie rozumiem polecenia „{line}”; poprawnie np.: {example}"),
            Lang::En => format!("The command “{line}” cannot be read; correct, e.g.: {example}"),
        });
    }
    if !choices.is_empty() {
        let list = choices.iter().map(|line| echo(line)).collect::<Vec<_>>().join(" · ");
        paragraphs.push(format!("{} {list}", lang.choose("Polecenia:", "Commands:")));
    }
    let until = day(until);
    paragraphs.push(match lang {
        Lang::Pl => format!("Bez nowej wiadomości zapomnę tę rozmowę po {until}."),
        Lang::En => format!("Without a new message this conversation is forgotten after {until}."),
    });
    Notice::of(headline, paragraphs)
}

/// The results that were sent, the latest first.
pub fn history(results: &[(Timestamp, String)], lang: Lang) -> Notice {
    let headline = lang.choose("Wcześniejsze wyniki", "Earlier results").to_owned();
    let mut paragraphs: Vec<String> =
        results.iter().rev().map(|(at, line)| format!("{}: {line}", day(*at))).collect();
    if paragraphs.is_empty() {
        let none = lang.choose(
            "W tej rozmowie nie było jeszcze wyniku.",
            "There was no result in this conversation yet.",
        );
        paragraphs.push(none.to_owned());
    }
    Notice::of(headline, paragraphs)
}

fn day(at: Timestamp) -> String {
    super::numbers::date(at.to_zoned(crate::zones::warsaw()).date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::Code;

    #[test]
    fn a_status_names_files_and_choices() {
        let at = "2026-03-02T23:30:00Z".parse().unwrap();
        let list = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let missing = |name: &str, code, detail: &str| Missing {
            name: name.to_owned(),
            code,
            detail: detail.to_owned(),
            digest: None,
            format: String::new(),
            alone: false,
        };
        let missing = [
            missing("c.csv", Code::UnknownFile, ""),
            missing("STRATA 2022 abc", Code::BadCommand, "STRATA 2022 1500"),
        ];
        let (files, choices) = (list(&["a.csv", "b.csv"]), list(&["ROK 2024"]));
        let held = Held { files: &files, missing: &missing, choices: &choices };
        let notice = status(&held, at, Lang::Pl);
        assert_eq!(notice.headline.replace('\u{a0}', " "), "W tej rozmowie mam 2 pliki");
        // Half past eleven in London is the next day in Warsaw.
        assert!(notice.paragraphs.last().is_some_and(|last| last.contains("2026-03-03")));
        assert!(notice.paragraphs.iter().any(|line| line == "Polecenia: ROK 2024"));
        assert!(notice.paragraphs.iter().any(|line| line == "Nie ma w wyniku: c.csv"));
        let unread = "Nie rozumiem polecenia „STRATA 2022 abc”; poprawnie np.: STRATA 2022 1500";
        assert!(notice.paragraphs.iter().any(|line| line == unread));
    }

    #[test]
    fn a_history_begins_with_the_latest_result() {
        let at: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let results = [(at, "first".to_owned()), (at, "second".to_owned())];
        assert_eq!(
            history(&results, Lang::En).paragraphs,
            ["2026-03-02: second", "2026-03-02: first"]
        );
        assert_eq!(history(&[], Lang::Pl).paragraphs.len(), 1);
    }
}
