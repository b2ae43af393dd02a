//! In which language a mail is written: Polish or English.
//!
//! Only the sender's own words count: no quotes, no forwarded letters (a broker's are English), no
//! signatures, no tables. In doubt Polish, the language of the form.

use std::cmp::Ordering;

use super::own_lines::own_lines;
use crate::lang::Lang;

const POLISH: &[&str] = &[
    "jest",
    "nie",
    "się",
    "sie",
    "proszę",
    "prosze",
    "dzień",
    "dzien",
    "dobry",
    "cześć",
    "czesc",
    "witam",
    "pozdrawiam",
    "załączam",
    "zalaczam",
    "załączniku",
    "zalaczniku",
    "plik",
    "pliki",
    "wyciąg",
    "wyciag",
    "rozliczenie",
    "podatek",
    "podatku",
    "za",
    "rok",
    "oraz",
    "dziękuję",
    "dziekuje",
    "przesyłam",
    "przesylam",
    "mój",
    "moje",
    "dla",
    "od",
    "jak",
    "czy",
    "co",
    "historia",
    "pomoc",
    "wzór",
    "wzor",
    "strata",
    "usuń",
    "usun",
    "transakcje",
    "transakcji",
    "rozliczenia",
    "giełda",
    "akcje",
    "pytanie",
    "mam",
    "w",
    "z",
    "i",
];

const ENGLISH: &[&str] = &[
    "the",
    "is",
    "are",
    "please",
    "hello",
    "hi",
    "dear",
    "thanks",
    "thank",
    "you",
    "my",
    "attached",
    "attachment",
    "find",
    "statement",
    "statements",
    "tax",
    "year",
    "for",
    "and",
    "of",
    "from",
    "with",
    "this",
    "here",
    "regards",
    "best",
    "file",
    "files",
    "help",
    "can",
    "could",
    "what",
    "how",
    "i'm",
    "have",
    "calculate",
    "report",
    "history",
    "template",
    "loss",
    "basis",
    "trade",
    "settlement",
    "delete",
    "crypto",
    "costs",
    "trades",
    "transactions",
    "question",
    "me",
    "your",
];

/// How many lines are looked at.
const LINES: usize = 60;

/// Guesses the language of a mail from its subject, its text and its sender's address; in doubt Polish.
pub fn guess_language(subject: &str, text: &str, sender: &str) -> Lang {
    tell_language(subject, text, sender).unwrap_or(Lang::Pl)
}

/// As [`guess_language`]; `None` if nothing speaks for either language.
pub fn tell_language(subject: &str, text: &str, sender: &str) -> Option<Lang> {
    let mut score = Score::default();
    let lower = subject.to_lowercase();
    let lower = lower.trim();
    if lower.starts_with("pd:") || lower.starts_with("odp:") || lower.starts_with("odpowiedź:") {
        score.polish += 2;
    } else if !lower.starts_with("fwd:") && !lower.starts_with("fw:") && !lower.starts_with("re:") {
        score.read(lower);
    }
    for line in own_prose(text) {
        score.read(&line.to_lowercase());
    }
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    if domain.to_ascii_lowercase().ends_with(".pl") {
        score.polish += 1;
    }
    match score.english.cmp(&score.polish) {
        Ordering::Greater => Some(Lang::En),
        Ordering::Less => Some(Lang::Pl),
        Ordering::Equal => None,
    }
}

/// The sender's own prose: no tables, no advertisement of a telephone.
fn own_prose(text: &str) -> impl Iterator<Item = &str> {
    own_lines(text)
        .take(LINES)
        .filter(|line| line.matches([';', '\t', '|', ',']).count() < 4)
        .filter(|line| !line.trim_start().to_lowercase().starts_with("sent from"))
}

#[derive(Default)]
struct Score {
    polish: usize,
    english: usize,
}

impl Score {
    /// Counts telling words; letters that English lacks count too, once a line.
    fn read(&mut self, lower: &str) {
        if lower.contains(['ą', 'ć', 'ę', 'ł', 'ń', 'ś', 'ź', 'ż']) {
            self.polish += 2;
        }
        for word in lower.split(|c: char| !c.is_alphanumeric() && c != '\'') {
            self.polish += usize::from(POLISH.contains(&word));
            self.english += usize::from(ENGLISH.contains(&word));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_apart() {
        let cases = [
            ("", "", "jan@example.com", Lang::Pl),
            ("", "Dzień dobry, w załączniku wyciąg.", "a@example.com", Lang::Pl),
            ("Rozliczenie", "prosze o wyliczenie podatku za rok 2024", "a@example.com", Lang::Pl),
            ("My tax", "Hello, please find my statement attached.", "a@example.com", Lang::En),
            ("Taxes", "Please help me with this year", "a@example.pl", Lang::En),
            ("HELP", "", "a@example.com", Lang::En),
            ("POMOC", "", "a@example.com", Lang::Pl),
            ("YEAR 2024", "", "a@example.com", Lang::En),
            ("Fwd: Your annual statement", "", "a@example.com", Lang::Pl),
            (
                "Fwd: Your statement",
                "---------- Forwarded message ---------\nFrom: Broker\nDear client, here is your file",
                "a@example.com",
                Lang::Pl,
            ),
            ("PD: statement", "> the the the the", "a@example.com", Lang::Pl),
            ("csv", "Action,Time,ISIN,Price,the\nSent from my iPhone", "a@example.com", Lang::Pl),
        ];
        for (subject, text, sender, expected) in cases {
            assert_eq!(guess_language(subject, text, sender), expected, "{subject:?} {text:?}");
        }
    }
}
