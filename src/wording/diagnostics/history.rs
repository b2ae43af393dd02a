//! Words for findings about the history and the rates.

use super::{Pair, Words};

pub(super) const MISSING_LOTS: Words = Words {
    pl: Pair {
        what: "Sprzedano więcej[ {value}], niż kupiono według plików[; brakuje: {detail #}].",
        to_do: "Wyślij wcześniejszą historię tego rachunku, najlepiej od jego otwarcia. Jeśli papiery \
                przyszły z innego konta, z RSU lub darowizny, dopisz je w szablonie (typ \
                opening_lot).",
    },
    en: Pair {
        what: "More[ {value}] was sold than the files show as bought[; missing: {detail #}].",
        to_do: "Send the earlier history of this account, best from its opening. If the shares came \
                from another account, from RSU or as a gift, add them in the template (type \
                opening_lot).",
    },
};

pub(super) const TICKER_AMBIGUOUS: Words = Words {
    pl: Pair {
        what: "Ticker[ {value}] oznacza na tym rachunku kilka papierów[: {detail}]; nie wiadomo, który z nich \
               sprzedano.",
        to_do: "Dopisz ISIN w każdym wierszu z tym tickerem i odeślij plik.",
    },
    en: Pair {
        what: "The ticker[ {value}] stands for several securities on this account[: {detail}]; which of them was \
               sold is not known.",
        to_do: "Add the ISIN to every row with that ticker and send the file back.",
    },
};

pub(super) const INSTRUMENT_BLOCKED: Words = Words {
    pl: Pair {
        what: "Nie podaję kwot dla instrumentu[ {value}][: {detail}].",
        to_do: "Popraw wiersze wymienione przy tym instrumencie i odeślij plik; policzę wtedy całość.",
    },
    en: Pair {
        what: "No figures are given for the instrument[ {value}][: {detail}].",
        to_do: "Correct the rows listed for this instrument and send the file back; then everything \
                will be computed.",
    },
};

pub(super) const UNSETTLED_ACTION: Words = Words {
    pl: Pair {
        what: "Zdarzenie korporacyjne[ „{value}”], którego skutki podatkowe zależą od szczegółów\
               [ ({detail})].",
        to_do: "Ustal z brokerem lub doradcą, ile papierów i po jakim koszcie masz po tym zdarzeniu, \
                i wpisz to w szablonie (sell i opening_lot).",
    },
    en: Pair {
        what: "A corporate action[ (“{value}”)] whose tax treatment depends on its details\
               [ ({detail})].",
        to_do: "Find out from the broker or an adviser how many shares you hold after it and at what \
                cost, and put that into the template (sell and opening_lot).",
    },
};

pub(super) const BOND_REDEEMED: Words = Words {
    pl: Pair {
        what: "Wykup obligacji lub bonu[ „{value}”]. To nie jest sprzedaż: nadwyżka ponad cenę nabycia (dyskonto) jest \
               przychodem jak odsetki (art. 30a ust. 1 pkt 2, część G).",
        to_do: "Wpisz w szablonie jeden wiersz interest: dzień wykupu i kwotę wypłaconą pomniejszoną o cenę nabycia. \
                Z pliku brokera usuń wiersz wykupu.",
    },
    en: Pair {
        what: "A bond or bill was repaid[ (“{value}”)]. This is no sale: what it brought above the price paid for it \
               (the discount) is income like interest (art. 30a ust. 1 pkt 2, part G).",
        to_do: "Put one row interest into the template: the day of repayment, and the amount paid out less the price \
                paid. Take the row of the repayment out of the broker's file.",
    },
};

pub(super) const POSITION_DIFFERS: Words = Words {
    pl: Pair {
        what: "Stan pozycji[ {column}] u brokera różni się od wyniku transakcji[: broker {value #}]\
               [, z transakcji {detail #}].",
        to_do: "Najczęściej brakuje części historii, transferu albo splitu. Sprawdź to i \
                odpowiedz z brakującym plikiem.",
    },
    en: Pair {
        what: "The broker's position[ of {column}] differs from what the trades leave[: the broker \
               says {value #}][, the trades {detail #}].",
        to_do: "Most often a part of the history, a transfer or a split is missing. Check it and \
                reply with the missing file.",
    },
};

pub(super) const TOTAL_DIFFERS: Words = Words {
    pl: Pair {
        what: "Suma podana przez brokera[ ({column})] różni się od sumy wierszy[: broker {value}]\
               [, wiersze {detail}].",
        to_do: "Sprawdź, czy plik jest pełny i niezmieniony. Jeśli nie, wyeksportuj go ponownie i \
                załącz w odpowiedzi.",
    },
    en: Pair {
        what: "A total of the broker[ ({column})] differs from the sum of the rows[: the broker says \
               {value}][, the rows {detail}].",
        to_do: "Check that the file is complete and unchanged. If not, export it again and attach it \
                to your reply.",
    },
};

pub(super) const WITHHOLDING_ALONE: Words = Words {
    pl: Pair {
        what: "Jest podatek u źródła lub jego korekta[: {column}][, {value}][, {detail}], ale nie ma \
               dywidendy, której dotyczy.",
        to_do: "Wyślij eksport, który obejmuje także dzień wypłaty tej dywidendy, albo dopisz ją w \
                szablonie.",
    },
    en: Pair {
        what: "There is tax at source or a correction of it[: {column}][, {value}][, {detail}], but \
               not the dividend that it belongs to.",
        to_do: "Send an export that covers the pay day of that dividend too, or add the dividend in \
                the template.",
    },
};

pub(super) const INCOME_REVERSED: Words = Words {
    pl: Pair {
        what: "Dywidenda została cofnięta[: {column}][, {value}][, {detail}], a w plikach nie ma wypłaty, \
               którą cofnięto.",
        to_do: "Wyślij eksport z dniem tamtej wypłaty. Jeśli to poprawka wypłaty z innego dnia, przepisz \
                wypłatę po poprawce do szablonu, a obu wierszy nie podawaj.",
    },
    en: Pair {
        what: "A dividend was taken back[: {column}][, {value}][, {detail}], and the files do not have the \
               payment that it takes back.",
        to_do: "Send an export that covers the day of that payment. If it corrects a payment of another \
                day, copy the payment as corrected into the template, and leave both rows out.",
    },
};

pub(super) const WITHHOLDING_RETURNED: Words = Words {
    pl: Pair {
        what: "Zwrócony później podatek u źródła[: {column}][, {value}] odjąłem od podatku z wcześniejszej \
               dywidendy[ z dnia {detail}].",
        to_do: "Sprawdź, czy zwrot dotyczy tej dywidendy. Jeśli zeznanie za jej rok już złożono, zwrot \
                wymaga jego korekty.",
    },
    en: Pair {
        what: "Tax at source given back later[: {column}][, {value}] was taken off the tax of an earlier \
               dividend[, paid on {detail}].",
        to_do: "Check that it belongs to that dividend. If the return of that year has been filed, it \
                needs a correction.",
    },
};

pub(super) const SPLIT_WITHOUT_LOTS: Words = Words {
    pl: Pair {
        what: "Split instrumentu[ {value}], którego według plików nie masz.",
        to_do: "Jeśli masz go na tym rachunku, wyślij wcześniejszą historię. Jeśli nie, nic nie trzeba \
                robić.",
    },
    en: Pair {
        what: "A split of an instrument[ ({value})] that is not held according to the files.",
        to_do: "If you hold it on this account, send the earlier history. If not, nothing needs to \
                be done.",
    },
};

pub(super) const SPLIT_ELSEWHERE: Words = Words {
    pl: Pair {
        what: "Inny rachunek podaje split instrumentu[ {value}][ z {detail}], a ten, na którym też były \
               akcje, nie: liczby akcji i koszt po tym dniu mogą być tu błędne.",
        to_do: "Jeśli broker przeliczył w pliku także wcześniejsze wiersze, nic nie trzeba robić. Jeśli \
                nie, dodaj dla tego rachunku wiersz split w szablonie.",
    },
    en: Pair {
        what: "Another account tells a split[ of {value}][ on {detail}], this one, which held shares as \
               well, does not: its shares and costs after that day may be wrong.",
        to_do: "If the broker has restated the earlier rows of the file, nothing needs to be done. If \
                not, add a row of type split for this account in the template.",
    },
};

pub(super) const NO_SUCH_CURRENCY: Words = Words {
    pl: Pair {
        what: "NBP nie publikuje kursu tej waluty[: „{value}”].",
        to_do: "Sprawdź kod waluty. Jeśli jest dobry albo to kryptowaluta (np. USDT), wpisz w szablonie, w miejsce \
                tej, kwotę i walutę, w której rozliczono transakcję, albo złote.",
    },
    en: Pair {
        what: "NBP does not publish a rate of this currency[: “{value}”].",
        to_do: "Check the currency code. If it is right, or a coin (e.g. USDT), replace amount and currency in the \
                template by those in which the trade was settled, or by złoty.",
    },
};

pub(super) const MISSING_RATE: Words = Words {
    pl: Pair {
        what: "Nie mam kursu NBP[ waluty {value}] sprzed tego dnia[: {detail}].",
        to_do: "Sprawdź datę w pliku. Jeśli jest z ostatnich dni, odpowiedz na tę wiadomość po \
                ogłoszeniu kursu (zwykle następnego dnia roboczego), a policzę ponownie.",
    },
    en: Pair {
        what: "No NBP rate[ of {value}] from before this day is known[: {detail}].",
        to_do: "Check the date in the file. If it is of the last few days, reply to this message once \
                the rate is published (mostly the next working day) to have the result computed \
                again.",
    },
};

pub(super) const SPLIT_WORKED_OUT: Words = Words {
    pl: Pair {
        what: "Plik podaje tylko, ile akcji przybyło przy podziale[ {value}]; stosunek wyliczyłem ze stanu\
               [: {detail}].",
        to_do: "Sprawdź stosunek podziału. Jeśli jest inny, brakuje wcześniejszej historii: wyślij ją.",
    },
    en: Pair {
        what: "The file tells only how many shares a split added[ to {value}]; the ratio was worked out from \
               what is held[: {detail}].",
        to_do: "Check the ratio of the split. If it is another one, earlier history is missing: send it.",
    },
};

pub(super) const SPLIT_UNCLEAR: Words = Words {
    pl: Pair {
        what: "Ze stanu i liczby akcji, które przybyły przy podziale[ {value}], nie wynika stosunek podziału\
               [: {detail}].",
        to_do: "Wyślij historię od pierwszego zakupu albo wpisz podział w szablonie (typ split, np. 4 za jedną \
                starą akcję).",
    },
    en: Pair {
        what: "What is held and the shares that a split added[ to {value}] give no ratio[: {detail}].",
        to_do: "Send the history since the first purchase, or write the split into the template (type split, \
                e.g. 4 for one old share).",
    },
};
