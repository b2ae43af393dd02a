//! Words for findings about the files of a conversation and each other.

use super::{Pair, Words};

pub(super) const FILE_REPLACED: Words = Words {
    pl: Pair {
        what: "Plik[ {value}] został zastąpiony nowszym[: {detail}], więc go nie liczę.",
        to_do: "Nie musisz nic robić. Jeśli mają się liczyć oba, wyślij oba razem w jednej wiadomości.",
    },
    en: Pair {
        what: "The file[ {value}] was replaced by a newer one[: {detail}] and is not counted.",
        to_do: "You need not do anything. If both are to count, send both in one message.",
    },
};

pub(super) const FILE_LEFT_OUT: Words = Words {
    pl: Pair {
        what: "Pliku[ {value}] już nie liczę, bo tak napisano.",
        to_do: "Jeśli ma się liczyć znowu, załącz go w odpowiedzi.",
    },
    en: Pair {
        what: "The file[ {value}] is not counted any more, as you asked.",
        to_do: "If it is to count again, attach it to a reply.",
    },
};

pub(super) const SKIP_UNKNOWN: Words = Words {
    pl: Pair {
        what: "Nie mam pliku o nazwie, którą podano w poleceniu POMIŃ[: {value}].",
        to_do: "Napisz nazwę tak, jak stoi w części PLIKI albo BŁĘDY.",
    },
    en: Pair {
        what: "There is no file of the name in the command SKIP[: {value}].",
        to_do: "Write the name as it stands under FILES or ERRORS.",
    },
};

pub(super) const FILE_FORGOTTEN: Words = Words {
    pl: Pair {
        what: "Plik[ {value}] przyszedł ponad 30 dni temu i nie liczy się już w tej rozmowie; nie ma go w tym wyniku.",
        to_do: "Jeśli ma się liczyć, załącz go jeszcze raz w odpowiedzi.",
    },
    en: Pair {
        what: "The file[ {value}] came more than 30 days ago and no longer counts in this conversation; it is not part of this result.",
        to_do: "If it is to count, attach it again in a reply.",
    },
};

pub(super) const SAME_NAME: Words = Words {
    pl: Pair {
        what: "Liczę ten plik obok wcześniejszego o tej samej nazwie[ ({detail})], bo nie ma wszystkich jego wierszy.",
        to_do: "Jeśli miał go zastąpić, wyślij w nowej wiadomości tylko te pliki, które mają się liczyć.",
    },
    en: Pair {
        what: "This file counts beside the earlier one of the same name[ ({detail})], because it does not \
               have all of its rows.",
        to_do: "If it was meant to replace it, send only the files that are to count in a new message.",
    },
};

pub(super) const RETOLD_ROW: Words = Words {
    pl: Pair {
        what: "Ten wiersz ma ten sam dzień, papier i rodzaj co wiersz z wcześniejszej wiadomości[ ({detail})][: {value}], \
               ale inne kwoty; liczę oba.",
        to_do: "Jeśli to poprawka, wyślij w nowej wiadomości tylko te pliki, które mają się liczyć. Jeśli to dwie \
                osobne operacje, wyślij oba pliki razem w jednej wiadomości.",
    },
    en: Pair {
        what: "This row has the day, instrument and kind of a row of an earlier message[ ({detail})][: {value}], \
               but other figures; both are counted.",
        to_do: "If it is a correction, send only the files that are to count in a new message. If these are two \
                events, send both files together in one message.",
    },
};

pub(super) const STILL_MISSING: Words = Words {
    pl: Pair {
        what: "Tego z wcześniejszej wiadomości nadal nie ma w wyniku[: {value}].",
        to_do: "Wyślij poprawną wersję pod tą samą nazwą. Jeśli nie jest potrzebna, odpowiedz: POMIŃ[ {value}].",
    },
    en: Pair {
        what: "This, from an earlier message, is still missing from the result[: {value}].",
        to_do: "Send a correct version under the same name. If it is not needed, reply: SKIP[ {value}].",
    },
};

pub(super) const OWN_FILE: Words = Words {
    pl: Pair {
        what: "To nasz własny plik (obliczenie albo pusty szablon), a nie dane od brokera; pomijam go.",
        to_do: "Załącz historię transakcji od brokera albo wypełniony szablon. Jeśli już tu są, nic nie trzeba robić.",
    },
    en: Pair {
        what: "This is a file of our own (a calculation or an empty template), not a broker's data; it is left out.",
        to_do: "Attach the transaction history from your broker or the template filled in. If they are here already, \
                nothing needs to be done.",
    },
};

pub(super) const PASTE_UNREAD: Words = Words {
    pl: Pair {
        what: "W treści wiadomości jest tabela o układzie, którego nie znam; nie wziąłem jej pod uwagę.",
        to_do: "Jeśli to transakcje, przyślij je w pliku od brokera albo wpisz do szablonu. Jeśli nie, nic nie trzeba robić.",
    },
    en: Pair {
        what: "The letter has a table of a layout that is not known; it was left out.",
        to_do: "If it is transactions, send them as the broker's file or in the template. If not, nothing needs to be done.",
    },
};

pub(super) const COMMAND_STILL_BAD: Words = Words {
    pl: Pair {
        what: "Polecenia z wcześniejszej wiadomości[ „{value}”] nie rozumiem, więc go nie wykonałem.",
        to_do: "Odpowiedz nim w osobnym wierszu, poprawnie zapisanym[, na przykład: {detail}]. Jeśli nie jest potrzebne, \
                odpowiedz: POMIŃ[ {value}].",
    },
    en: Pair {
        what: "The command of an earlier message[ “{value}”] cannot be read, so it was not carried out.",
        to_do: "Reply with it on a line of its own, written correctly[, for example: {detail}]. If it is not needed, \
                reply: SKIP[ {value}].",
    },
};

pub(super) const COMMAND_LEFT: Words = Words {
    pl: Pair {
        what: "Na polecenie[ {value}] nie odpowiadam tutaj, bo w wiadomości jest plik.",
        to_do: "Jeśli jest potrzebne, odpowiedz samym poleceniem, bez załącznika.",
    },
    en: Pair {
        what: "The command[ {value}] is not answered here, because the message brings a file.",
        to_do: "If you need it, reply with the command alone, without an attachment.",
    },
};
