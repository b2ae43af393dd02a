//! Sentences of the reply mail around the figures: files, places, attachments, and short notices.

use std::collections::BTreeSet;

use super::{
    Noun, counted, numbers,
    sentences::{privacy, privacy_of_deleted, privacy_of_held},
};
use crate::{lang::Lang, statement::RowCounts};

/// The first line of a reply without a result.
pub fn rejection_headline(errors: usize, lang: Lang) -> String {
    let errors = counted(errors.max(1), Noun::ERROR, lang);
    match lang {
        Lang::Pl => format!("Nie mogę policzyć: {errors}"),
        Lang::En => format!("Cannot compute: {errors}"),
    }
}

/// The first line of a reply to a mail without any file.
pub fn no_file_headline(lang: Lang) -> &'static str {
    lang.choose("Nie mogę policzyć: brak załącznika", "Cannot compute: no attachment")
}

/// The first line of a reply to a mail without any file whose command cannot be read.
pub fn command_headline(lang: Lang) -> &'static str {
    lang.choose(
        "Nie rozumiem polecenia, a do policzenia nie ma pliku",
        "The command cannot be read, and there is no file to compute",
    )
}

/// The first line if everything was read and nothing is taxable.
pub fn nothing_headline(lang: Lang) -> &'static str {
    lang.choose(
        "Nie ma czego rozliczać: w plikach nie ma sprzedaży, dywidend ani odsetek",
        "Nothing to declare: the files have no sales, dividends or interest",
    )
}

/// What follows [`nothing_headline`].
pub fn nothing_lead(lang: Lang) -> &'static str {
    lang.choose(
        "Same zakupy nie powodują podatku. Zachowaj te pliki: będą potrzebne przy sprzedaży. Jeśli \
         miał tu być wynik, sprawdź u brokera zakres dat eksportu.",
        "Purchases alone are not taxed. Keep these files: you need them when you sell. If you \
         expected a result, check the date range of the export at the broker.",
    )
}

/// How the rows of a file were taken; parts that are zero are left out.
pub fn row_counts(rows: &RowCounts, lang: Lang) -> String {
    let total = usize::try_from(rows.total).unwrap_or(usize::MAX);
    let parts = [
        (rows.used, lang.choose("użyte", "used")),
        (rows.neutral, lang.choose("bez wpływu na podatek", "without tax effect")),
        (rows.duplicate, lang.choose("powtórzone", "duplicate")),
        (rows.unknown, lang.choose("NIEODCZYTANE", "NOT READ")),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| {
            format!("{word}{}{}", numbers::NBSP, numbers::count(to_usize(*count), lang))
        })
        .collect();
    let total = counted(total, Noun::ROW, lang);
    if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) }
}

fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// A file with one or more of its rows: `plik.csv, wiersze 4, 9, 12`.
pub fn place(file: &str, rows: &[u32], lang: Lang) -> String {
    let list = rows.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let word = match rows.len() {
        0 => "",
        1 => lang.choose("wiersz", "row"),
        _ => lang.choose("wiersze", "rows"),
    };
    match (file.is_empty(), word.is_empty()) {
        (true, true) => String::new(),
        (false, true) => file.to_owned(),
        (true, false) => format!("{word} {list}"),
        (false, false) => format!("{file}, {word} {list}"),
    }
}

/// How many more places there are of a finding.
pub fn more_places(count: usize, lang: Lang) -> String {
    match lang {
        Lang::Pl => format!("… i jeszcze {}", counted(count, Noun::PLACE, lang)),
        Lang::En => format!("… and {} more", numbers::count(count, lang)),
    }
}

/// How many more files there are.
pub fn more_files(count: usize, lang: Lang) -> String {
    let files = counted(count, Noun::FILE, lang);
    match lang {
        Lang::Pl => format!("… i jeszcze {files}"),
        Lang::En => format!("… and {files} more"),
    }
}

/// Why a reply comes once more without its files; in both languages, for the mail is not read again.
#[cfg(feature = "aws")]
pub fn attachments_refused() -> &'static str {
    "Twój serwer pocztowy odrzucił tę odpowiedź z powodu załączników. Poniżej jest sama treść; pliki \
     możesz dostać na inny adres.\n\nYour mail server refused this reply because of its attachments. \
     The text alone follows; the files can be had at another address.\n"
}

/// How many findings did not fit into the mail.
pub fn left_out(count: usize, lang: Lang) -> String {
    let count = numbers::count(count, lang);
    match lang {
        Lang::Pl => format!(
            "Rodzaje uwag, które się tu nie zmieściły: {count}. Popraw powyższe, a pokażę kolejne."
        ),
        Lang::En => format!(
            "Kinds of findings that did not fit here: {count}. Correct these to see the next ones."
        ),
    }
}

/// That there are remarks which only concern other years than that of the reply.
pub fn remarks_elsewhere(years: &BTreeSet<i16>, lang: Lang) -> Option<String> {
    let latest = years.last()?;
    let list = years.iter().map(i16::to_string).collect::<Vec<_>>().join(", ");
    Some(match lang {
        Lang::Pl => format!(
            "Są też uwagi, które dotyczą tylko innych lat: {list}. Pokażę je w odpowiedzi np. na ROK {latest}."
        ),
        Lang::En => format!(
            "There are notes that only concern other years: {list}. The reply to, for example, YEAR {latest} has them."
        ),
    })
}

/// That the repair template is attached, with or without rows to repair.
pub fn template_attached(rows: usize, lang: Lang) -> String {
    if rows == 0 {
        return lang
            .choose(
                "W załączniku jest szablon, w którym zmieszczą się dane od każdego brokera.",
                "The attached template fits the data of any broker.",
            )
            .to_owned();
    }
    let rows = counted(rows, Noun::ROW, lang);
    match lang {
        Lang::Pl => format!(
            "Załączony szablon zawiera {rows} do poprawienia, z opisem błędu: popraw, załącz, \
             odpowiedz."
        ),
        Lang::En => format!(
            "The attached template holds {rows} to repair, each with what is wrong: repair, \
             attach, reply."
        ),
    }
}

/// That an attachment had to be left out because the mail would be too large.
pub fn attachment_dropped(name: &str, lang: Lang) -> String {
    match lang {
        Lang::Pl => format!(
            "Załącznik {name} jest za duży na wiadomość, więc go pominąłem. Wyślij krótszy okres, \
             a zmieści się."
        ),
        Lang::En => format!(
            "The attachment {name} is too large for a mail and was left out. Send a shorter period \
             to get it."
        ),
    }
}

/// The first line of the help.
pub fn help_headline(lang: Lang) -> &'static str {
    lang.choose(
        "InvestTax: wyślij pliki od brokera, odeślę gotowe pola PIT-38",
        "InvestTax: send your broker's files, get back the fields of PIT-38",
    )
}

/// What to send, in the order of doing it.
pub fn help_steps(lang: Lang) -> [&'static str; 4] {
    lang.choose(
        [
            "Pobierz u brokera historię transakcji od otwarcia rachunku (CSV, XLSX lub XML; nie \
             PDF). Koszt sprzedaży wynika z wcześniejszych zakupów.",
            "Załącz pliki do wiadomości: kilka plików, rachunków i brokerów może przyjść razem.",
            "Odpowiem w tym samym wątku: pola PIT-38 do przepisania, raport PDF i arkusz z każdym \
             wyliczeniem, kursem i tabelą NBP.",
            "Jeśli czegoś brakuje, napiszę, w którym pliku i wierszu. Wystarczy odesłać poprawiony \
             plik.",
        ],
        [
            "Download the transaction history at your broker from the opening of the account (CSV, \
             XLSX or XML; not PDF). The cost of a sale comes from earlier purchases.",
            "Attach the files to a message: several files, accounts and brokers may come together.",
            "The reply in the same thread has the fields of PIT-38 to copy, a PDF report and a \
             workbook with every computation, rate and NBP table.",
            "If something is missing, the reply names the file and the row. Sending the corrected \
             file is enough.",
        ],
    )
}

/// A short reply without figures: a first line and paragraphs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// The first line.
    pub headline: String,
    /// What follows.
    pub paragraphs: Vec<String>,
    /// What its footer says about what is kept.
    pub kept: Kept,
}

/// What is kept of somebody who reads a short reply.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Kept {
    /// A conversation and its files.
    #[default]
    Conversation,
    /// A mail that nobody has read, until its author proves the mailbox.
    HeldMail,
    /// Nothing any more.
    Nothing,
}

impl Kept {
    /// What is kept, for how long, and how to have it deleted.
    pub fn privacy(self, lang: Lang) -> &'static str {
        match self {
            Self::Conversation => privacy(lang),
            Self::HeldMail => privacy_of_held(lang),
            Self::Nothing => privacy_of_deleted(lang),
        }
    }
}

impl Notice {
    /// A notice within a conversation.
    pub(super) fn of(headline: String, paragraphs: Vec<String>) -> Self {
        Self { headline, paragraphs, kept: Kept::Conversation }
    }

    fn new(lang: Lang, pl: (&str, &str), en: (&str, &str)) -> Self {
        let (headline, paragraph) = lang.choose(pl, en);
        Self::of(headline.to_owned(), vec![paragraph.to_owned()])
    }

    /// A fault of ours or of the world: the sender is not to blame and nothing is lost.
    pub fn apology(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "Przepraszam, tym razem się nie udało: to błąd po naszej stronie",
                "Twoja wiadomość dotarła i nie musisz w niej nic poprawiać. Wyślij ją proszę jeszcze \
                 raz za kilka godzin. Błąd został zgłoszony.",
            ),
            (
                "Sorry, it did not work this time: the fault is ours",
                "Your message arrived and you need not correct anything in it. Please send it again in \
                 a few hours. The fault has been reported.",
            ),
        )
    }

    /// NBP is down: the result follows by itself.
    pub fn waiting(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "Czekam na kursy NBP, wynik przyślę w tym wątku",
                "Serwis NBP teraz nie odpowiada, a bez jego kursów nie da się policzyć podatku. Próbuję \
                 dalej; nie musisz nic robić ani niczego wysyłać ponownie.",
            ),
            (
                "Waiting for NBP's rates, the result follows in this thread",
                "NBP's service does not answer right now, and without its rates the tax cannot be \
                 computed. I keep trying; you need not do anything or send anything again.",
            ),
        )
    }

    /// Large work: the files came, the result follows.
    pub fn received(files: usize, lang: Lang) -> Self {
        let files = counted(files, Noun::FILE, lang);
        let text = match lang {
            Lang::Pl => format!("Mam {files}, wynik przyślę w tym wątku"),
            Lang::En => format!("{files} received, the result follows in this thread"),
        };
        let wait = lang.choose(
            "Danych jest dużo, więc obliczenie potrwa kilka minut. Nie musisz nic robić.",
            "There is much data, so the computation takes a few minutes. You need not do anything.",
        );
        Self::of(text, vec![wait.to_owned()])
    }

    /// The sender reached the number of replies per day.
    pub fn limit(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "Na dziś osiągnięto limit odpowiedzi",
                "Aby chronić skrzynkę, wysyłam ograniczoną liczbę odpowiedzi na dobę. Napisz jutro, \
                 najlepiej jedną wiadomością ze wszystkimi plikami.",
            ),
            (
                "The limit of replies for today is reached",
                "To protect the mailbox, the number of replies per day is limited. Write again \
                 tomorrow, best one message with all files.",
            ),
        )
    }

    /// Everything of the sender was deleted.
    pub fn deleted(lang: Lang) -> Self {
        let notice = Self::new(
            lang,
            (
                "Usunięto wszystkie Twoje dane",
                "Usunąłem wiadomości, pliki, wyniki i historię rozmowy. To ostatnia wiadomość w tej \
                 sprawie. Jeśli napiszesz ponownie, zacznę od zera.",
            ),
            (
                "All your data is deleted",
                "Messages, files, results and the history of the conversation are deleted. This is \
                 the last message about it. If you write again, it starts from nothing.",
            ),
        );
        Self { kept: Kept::Nothing, ..notice }
    }

    /// Something stored was asked for, or its deletion, and there is nothing.
    pub fn nothing_stored(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "Nie przechowuję żadnych Twoich danych",
                "Nie ma wiadomości, plików ani wyników dla tego adresu. Aby zacząć, załącz do \
                 wiadomości plik od brokera.",
            ),
            (
                "None of your data is stored",
                "There are no messages, files or results for this address. To begin, attach your \
                 broker's file to a message.",
            ),
        )
    }

    /// Asks to confirm a deletion by replying with the code.
    pub fn confirm_deletion(code: &str, lang: Lang) -> Self {
        let (headline, text) = match lang {
            Lang::Pl => (
                format!("Potwierdź usunięcie: odpowiedz kodem {code}"),
                "Po potwierdzeniu od razu usunę wiadomości, pliki, wyniki i historię. Kod jest ważny \
                 24 godziny. Jeśli to nie Ty prosisz, zignoruj tę wiadomość.",
            ),
            Lang::En => (
                format!("Confirm the deletion: reply with the code {code}"),
                "Once confirmed, messages, files, results and history are deleted at once. The code \
                 is valid for 24 hours. If you did not ask for it, ignore this message.",
            ),
        };
        Self::of(headline, vec![text.to_owned()])
    }

    /// What came back is not the code that was asked for.
    pub fn wrong_code(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "To nie jest kod, o który prosiłem: nic nie usunąłem",
                "Odpowiedz kodem z poprzedniej wiadomości (8 znaków) albo napisz USUŃ, a przyślę nowy.",
            ),
            (
                "This is not the code that was asked for: nothing is deleted",
                "Reply with the code of the message before (8 characters), or write DELETE to get a new \
                 one.",
            ),
        )
    }

    /// The empty template, as asked for.
    pub fn template(lang: Lang) -> Self {
        Self::new(
            lang,
            (
                "Szablon jest w załączniku",
                "Wypełnij go danymi od dowolnego brokera, po jednym wierszu na zdarzenie, i odeślij \
                 w odpowiedzi. Kwota (amount) jest brutto, przed prowizją; daty w postaci 2025-01-31.",
            ),
            (
                "The template is attached",
                "Fill it with the data of any broker, one row per event, and send it back in a \
                 reply. The amount is gross, before commission; dates are written 2025-01-31.",
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_rows_leave_out_what_is_zero() {
        let rows = RowCounts { total: 126, used: 120, neutral: 0, duplicate: 4, unknown: 2 };
        let plain = |lang| row_counts(&rows, lang).replace(numbers::NBSP, " ");
        assert_eq!(plain(Lang::Pl), "126 wierszy: użyte 120, powtórzone 4, NIEODCZYTANE 2");
        assert_eq!(plain(Lang::En), "126 rows: used 120, duplicate 4, NOT READ 2");
    }

    #[test]
    fn places_name_file_and_rows() {
        assert_eq!(place("a.csv", &[4], Lang::Pl), "a.csv, wiersz 4");
        assert_eq!(place("a.csv", &[4, 9], Lang::En), "a.csv, rows 4, 9");
        assert_eq!(place("a.csv", &[], Lang::En), "a.csv");
        assert_eq!(place("", &[], Lang::En), "");
    }
}
