//! Words for findings about whole files.

use super::{Pair, Words};

pub(super) const NO_ATTACHMENT: Words = Words {
    pl: Pair {
        what: "W wiadomości nie ma żadnego załącznika.",
        to_do: "Odpowiedz na tę wiadomość i załącz plik z historią transakcji od brokera (CSV, XLSX \
                lub XML). Napisz POMOC, a przyślę listę raportów dla poszczególnych brokerów.",
    },
    en: Pair {
        what: "The message has no attachment.",
        to_do: "Reply to this message and attach the transaction history from your broker (CSV, \
                XLSX or XML). Write HELP for a list of the reports to ask each broker for.",
    },
};

pub(super) const UNKNOWN_FILE: Words = Words {
    pl: Pair {
        what: "Nie znam formatu tego pliku.[ Pierwszy wiersz: „{value}”.]",
        to_do: "Wyślij historię transakcji w oryginale, tak jak wydał ją broker, albo przepisz dane \
                do załączonego szablonu.",
    },
    en: Pair {
        what: "The format of this file is not known.[ Its first row: “{value}”.]",
        to_do: "Send the transaction history unchanged, as the broker issued it, or put the data \
                into the attached template.",
    },
};

pub(super) const AMBIGUOUS_FILE: Words = Words {
    pl: Pair {
        what: "Plik pasuje do więcej niż jednego formatu[ ({detail})], a nie chcę zgadywać.",
        to_do: "To nasze niedopatrzenie. Tymczasem przepisz dane do załączonego szablonu i odeślij.",
    },
    en: Pair {
        what: "The file fits more than one format[ ({detail})], and nothing is guessed here.",
        to_do: "This is our oversight. Until it is repaired, put the data into the attached \
                template and send it back.",
    },
};

pub(super) const NO_ROWS: Words = Words {
    pl: Pair {
        what: "Plik ma nagłówek, ale ani jednego wiersza z danymi.",
        to_do: "Sprawdź u brokera zakres dat i konto, wyeksportuj plik ponownie i załącz go w \
                odpowiedzi.",
    },
    en: Pair {
        what: "The file has a header but no rows of data.",
        to_do: "Check the date range and the account at the broker, export the file again and \
                attach it to your reply.",
    },
};

pub(super) const PDF_FILE: Words = Words {
    pl: Pair {
        what: "To jest PDF. Nie odczytuję liczb z PDF, bo łatwo o pomyłkę.",
        to_do: "Wyeksportuj u brokera ten sam raport jako CSV, XLSX lub XML i załącz go w \
                odpowiedzi.",
    },
    en: Pair {
        what: "This is a PDF. Figures are not read from PDFs, because that goes wrong too easily.",
        to_do: "Export the same report at the broker as CSV, XLSX or XML and attach it to your \
                reply.",
    },
};

pub(super) const IMAGE_FILE: Words = Words {
    pl: Pair {
        what: "To jest obraz. Nie odczytuję liczb ze zdjęć ani zrzutów ekranu.",
        to_do: "Wyeksportuj u brokera historię transakcji jako CSV, XLSX lub XML i załącz ją w \
                odpowiedzi.",
    },
    en: Pair {
        what: "This is a picture. Figures are not read from photos or screenshots.",
        to_do: "Export the transaction history at the broker as CSV, XLSX or XML and attach it to \
                your reply.",
    },
};

pub(super) const ENCRYPTED_FILE: Words = Words {
    pl: Pair {
        what: "Plik jest chroniony hasłem, więc nie mogę go otworzyć.",
        to_do: "Zapisz go bez hasła i załącz w odpowiedzi. Hasła nie przysyłaj.",
    },
    en: Pair {
        what: "The file is protected by a password and cannot be opened.",
        to_do: "Save it without the password and attach it to your reply. Do not send the password.",
    },
};

pub(super) const HTML_FILE: Words = Words {
    pl: Pair {
        what: "To jest strona HTML, a nie plik z danymi.",
        to_do: "Pobierz u brokera ten raport jako CSV, XLSX lub XML (opcja „eksportuj” lub \
                „pobierz”) i załącz go w odpowiedzi.",
    },
    en: Pair {
        what: "This is an HTML page, not a file with data.",
        to_do: "Download the report at the broker as CSV, XLSX or XML (“export” or “download”) and \
                attach it to your reply.",
    },
};

pub(super) const TOO_LARGE: Words = Words {
    pl: Pair {
        what: "Plik jest za duży[: {value}].",
        to_do: "Podziel eksport na krótsze okresy, np. na lata, i załącz pliki w kilku odpowiedziach \
                w tym samym wątku. Możesz też odpowiedzieć WGRAJ: gdzie się da, przyślę link do \
                wgrania pliku.",
    },
    en: Pair {
        what: "The file is too large[: {value}].",
        to_do: "Split the export into shorter periods, for example years, and attach the files to \
                several replies in this thread. Or reply UPLOAD: where possible, you get a link to \
                upload the file.",
    },
};

pub(super) const BAD_ARCHIVE: Words = Words {
    pl: Pair {
        what: "Nie mogę rozpakować archiwum: jest uszkodzone, nietypowo zbudowane albo innego rodzaju niż \
               ZIP i gzip.",
        to_do: "Rozpakuj je u siebie i załącz w odpowiedzi same pliki CSV, XLSX lub XML.",
    },
    en: Pair {
        what: "The archive cannot be unpacked: it is damaged, built in an unusual way, or neither ZIP \
               nor gzip.",
        to_do: "Unpack it yourself and attach the CSV, XLSX or XML files themselves to your reply.",
    },
};

pub(super) const TRUNCATED: Words = Words {
    pl: Pair {
        what: "Ten załącznik dotarł ucięty albo uszkodzony.",
        to_do: "Załącz plik jeszcze raz i odpowiedz na tę wiadomość.",
    },
    en: Pair {
        what: "This attachment arrived cut off or damaged.",
        to_do: "Attach the file once more and reply to this message.",
    },
};

pub(super) const BAD_WORKBOOK: Words = Words {
    pl: Pair {
        what: "Nie mogę otworzyć arkusza: jest uszkodzony, nietypowo zbudowany albo z programu Numbers.",
        to_do: "Otwórz go w swoim programie, zapisz ponownie jako XLSX albo CSV i załącz w \
                odpowiedzi.",
    },
    en: Pair {
        what: "The workbook cannot be opened: it is damaged, built in an unusual way, or one of Numbers.",
        to_do: "Open it in your spreadsheet program, save it again as XLSX or CSV and attach it to \
                your reply.",
    },
};

pub(super) const TOO_MANY_FILES: Words = Words {
    pl: Pair {
        what: "W jednej wiadomości jest za dużo plików[: {value}][ (limit: {detail})].",
        to_do: "Wyślij je w kilku odpowiedziach w tym samym wątku; połączę je w całość.",
    },
    en: Pair {
        what: "One message brings too many files[: {value}][ (the limit is {detail})].",
        to_do: "Send them in several replies in this thread; they will be put together.",
    },
};

pub(super) const BAD_ENCODING: Words = Words {
    pl: Pair {
        what: "Nie rozpoznaję kodowania znaków w tym pliku.",
        to_do: "Wyślij plik w oryginale od brokera albo zapisz go jako CSV UTF-8 i załącz w \
                odpowiedzi.",
    },
    en: Pair {
        what: "The character encoding of this file is not recognised.",
        to_do: "Send the broker's original file, or save it as CSV UTF-8, and attach it to your \
                reply.",
    },
};

pub(super) const SAME_FILE_TWICE: Words = Words {
    pl: Pair {
        what: "Ten sam plik przyszedł dwa razy[ (taki sam jak „{detail}”)]; liczę go raz.",
        to_do: "Nic nie trzeba robić. Jeśli to miał być inny plik, załącz właściwy w odpowiedzi.",
    },
    en: Pair {
        what: "The same file came twice[ (it equals “{detail}”)]; it counts once.",
        to_do: "Nothing needs to be done. If it was meant to be another file, attach that one to \
                your reply.",
    },
};

pub(super) const LINK_ONLY: Words = Words {
    pl: Pair {
        what: "Zamiast załącznika jest odnośnik do dysku w chmurze. Ze względów bezpieczeństwa nie \
               otwieram odnośników.",
        to_do: "Pobierz plik i załącz go w odpowiedzi na tę wiadomość.",
    },
    en: Pair {
        what: "There is a link to a cloud drive instead of an attachment. For safety, links are \
               never opened.",
        to_do: "Download the file and attach it to your reply to this message.",
    },
};

pub(super) const OPAQUE_MESSAGE: Words = Words {
    pl: Pair {
        what: "Wiadomość jest zaszyfrowana lub podpisana tak, że nie widzę jej treści.",
        to_do: "Wyślij ją jeszcze raz bez szyfrowania (S/MIME, PGP), z plikiem jako zwykłym \
                załącznikiem.",
    },
    en: Pair {
        what: "The message is encrypted or signed in a way that hides its content.",
        to_do: "Send it again without encryption (S/MIME, PGP), with the file as an ordinary \
                attachment.",
    },
};

pub(super) const OUTLOOK_MESSAGE: Words = Words {
    pl: Pair {
        what: "To jest wiadomość zapisana przez Outlooka (.msg), a takich nie otwieram.",
        to_do: "Otwórz ją, zapisz plik od brokera na dysku i załącz sam ten plik w odpowiedzi.",
    },
    en: Pair {
        what: "This is a message saved by Outlook (.msg), and such files are not opened here.",
        to_do: "Open it, save the broker's file, and attach that file itself to your reply.",
    },
};

pub(super) const NESTED_TOO_DEEP: Words = Words {
    pl: Pair {
        what: "To wiadomość w wiadomości, zagnieżdżona zbyt głęboko; nie otwieram takich.",
        to_do: "Zapisz plik od brokera na dysku i załącz go bezpośrednio w odpowiedzi.",
    },
    en: Pair {
        what: "This is a message within a message, nested too deep to be opened.",
        to_do: "Save the broker's file and attach it directly to your reply.",
    },
};

pub(super) const WRONG_REPORT: Words = Words {
    pl: Pair {
        what: "Znam tego brokera, ale to nie jest raport, z którego można policzyć \
               podatek[: „{value}”].",
        to_do: "Wyeksportuj pełną historię transakcji (nie podsumowanie) i załącz ją w odpowiedzi.",
    },
    en: Pair {
        what: "The broker is known, but this is not a report that the tax can be \
               computed from[: “{value}”].",
        to_do: "Export the full transaction history (not a summary) and attach it to your reply.",
    },
};

pub(super) const MISSING_SECTION: Words = Words {
    pl: Pair {
        what: "W eksporcie brakuje sekcji[ „{column}”][ „{value}”], od której zależy wynik\
               [ (odwołań do niej: {detail})].",
        to_do: "Wyeksportuj raport ze wszystkimi sekcjami i załącz go w odpowiedzi. Jeśli w tym \
                okresie nic się w niej nie działo, nic nie trzeba robić.",
    },
    en: Pair {
        what: "The export lacks a section[ (“{column}”)][ (“{value}”)] that the result depends on\
               [ (references to it: {detail})].",
        to_do: "Export the report with all sections and attach it to your reply. If nothing happened \
                there in this period, nothing needs to be done.",
    },
};

pub(super) const MISSING_REPORT: Words = Words {
    pl: Pair {
        what: "Ten plik wspomina o zdarzeniach, których pełne dane są w innym raporcie brokera\
               [: {value}][ (zdarzeń: {detail})].",
        to_do: "Wyeksportuj też tamten raport za ten sam okres i załącz go w odpowiedzi. Bez niego \
                wynik jest niepełny.",
    },
    en: Pair {
        what: "This file mentions events whose figures are in another report of the broker\
               [: {value}][ (events: {detail})].",
        to_do: "Export that report for the same period as well and attach it to your reply. Without \
                it the result is incomplete.",
    },
};

pub(super) const FINDINGS_MORE: Words = Words {
    pl: Pair {
        what: "Takich samych uwag[ ({column})] jest w tym pliku więcej, niż pokazuję[: jeszcze {value #}].",
        to_do: "Tylu wierszy nie trzeba poprawiać ręcznie: pobierz plik od brokera jeszcze raz, w oryginalnym układzie.",
    },
    en: Pair {
        what: "This file has more findings of one kind[ ({column})] than are shown[: {value #} more].",
        to_do: "So many rows need not be corrected by hand: export the file from the broker again, in its own layout.",
    },
};
