//! Short texts that more than one reply or report says.

use crate::{
    lang::Lang,
    tax::{Basis, CreditCap, Residence, Status},
};

/// The name of a basis, to stand in a sentence: "data rozliczenia".
pub fn basis_name(basis: Basis, lang: Lang) -> &'static str {
    match basis {
        Basis::Settlement => lang.choose("data rozliczenia", "settlement date"),
        Basis::Trade => lang.choose("data transakcji", "trade date"),
    }
}

/// The name of a cap on the credit of foreign tax.
pub fn credit_cap_name(cap: CreditCap, lang: Lang) -> &'static str {
    match cap {
        CreditCap::Treaty => lang.choose(
            "najwyżej stawka z umowy i 19%, od każdej wypłaty osobno",
            "at most the treaty rate and 19%, per payment",
        ),
        CreditCap::Nineteen => lang.choose("najwyżej 19%", "at most 19%"),
    }
}

/// A period of residence, to stand in a sentence: "od 2025-07-01 do 2026-03-31".
pub fn period(residence: Residence, lang: Lang) -> String {
    let end = |word: &str, day| format!("{word} {}", super::numbers::date(day));
    let from = residence.from().map(|day| end(lang.choose("od", "from"), day));
    let until = residence.until().map(|day| end(lang.choose("do", "until"), day));
    from.into_iter().chain(until).collect::<Vec<_>>().join(" ")
}

/// A status in one word.
pub fn status_name(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Complete => lang.choose("pełny", "complete"),
        Status::Incomplete => lang.choose("niepełny", "incomplete"),
    }
}

/// The warning over figures of an incomplete result.
pub fn no_copy(lang: Lang) -> &'static str {
    lang.choose(
        "NIE PRZEPISUJ tych kwot: brakuje danych, wynik się zmieni.",
        "DO NOT COPY these figures: data is missing, the result will change.",
    )
}

/// How the sender corrects something.
pub fn how_to_correct(lang: Lang) -> &'static str {
    lang.choose(
        "Odpowiedz na tę wiadomość i załącz poprawiony albo brakujący plik. Plików, które już mam, \
         nie musisz wysyłać ponownie.",
        "Reply to this message and attach the corrected or missing file. Files that are already \
         here need not be sent again.",
    )
}

/// What the calculation is not.
pub fn disclaimer(lang: Lang) -> &'static str {
    lang.choose(
        "To jest obliczenie, nie zeznanie podatkowe ani porada podatkowa. \
         Zeznanie składasz samodzielnie i odpowiadasz za nie.",
        "This is a calculation, not a tax return and not tax advice. \
         You file the return yourself and answer for it.",
    )
}

/// What is kept, for how long, and how to have it deleted.
pub fn privacy(lang: Lang) -> &'static str {
    lang.choose(
        "Prywatność: wiadomości, pliki i wyniki przechowuję najwyżej rok, historię tej rozmowy 90 dni. \
         Aby usunąć wszystko od razu, odpowiedz słowem USUŃ. \
         Nie podawaj numeru PESEL, adresu ani numeru konta bankowego.",
        "Privacy: messages, files and results are kept for a year at most, the history of this \
         conversation for 90 days. To have everything deleted at once, reply with the word DELETE. \
         Do not send your PESEL number, address or bank account.",
    )
}

/// As [`privacy`], for mail that is held until its author proves the mailbox.
pub(super) fn privacy_of_held(lang: Lang) -> &'static str {
    lang.choose(
        "Prywatność: bez Twojej odpowiedzi tamta wiadomość zniknie po dobie. Jeśli odpowiesz, \
         wiadomości, pliki i wyniki przechowam najwyżej rok, a historię rozmowy 90 dni; słowem USUŃ usuniesz \
         wszystko od razu. Nie podawaj numeru PESEL, adresu ani numeru konta bankowego.",
        "Privacy: without your reply, that message is gone after a day. If you reply, messages, \
         files and results are kept for a year at most and the history of the conversation for 90 days; the word \
         DELETE has everything deleted at once. Do not send your PESEL number, address or bank \
         account.",
    )
}

/// As [`privacy`], for somebody of whom nothing is kept any more.
pub(super) fn privacy_of_deleted(lang: Lang) -> &'static str {
    lang.choose(
        "Prywatność: zostają tylko data i liczba usuniętych rozmów i plików, bez adresu i treści. \
         Kopie zapasowe, jeśli były, znikają same w ciągu 35 dni.",
        "Privacy: only the date and the number of deleted conversations and files remain, without \
         address or content. Backups, if there were any, go by themselves within 35 days.",
    )
}
