//! Words for findings about the tax itself.

use super::{Pair, Words};

pub(super) const COUNTRY_UNCLEAR: Words = Words {
    pl: Pair {
        what: "Nie wiadomo, z jakiego kraju jest emitent[ {value}]; nie ma dla niego PIT/ZG\
               [ ({detail})].",
        to_do: "Ustal siedzibę emitenta i wpisz jej kod w kolumnie country szablonu. Dotyczy to \
                ISIN z XS oraz kwitów depozytowych (ADR).",
    },
    en: Pair {
        what: "The country of the issuer is not clear[: {value}]; no PIT/ZG was made for it\
               [ ({detail})].",
        to_do: "Find out where the issuer is resident and put the code into the column country of \
                the template. This concerns XS ISINs and depositary receipts (ADR).",
    },
};

pub(super) const RESULT_COUNTRY: Words = Words {
    pl: Pair {
        what: "Nie wiadomo, w którym kraju uzyskano wynik z pochodnych[: {value}][ (rok {column})]\
               [, razem {detail zł}]; nie ma dla niego PIT/ZG.",
        to_do: "Ustal kraj (zwykle siedziba giełdy, przy CFD brokera; przepisy tego nie rozstrzygają). Jeśli \
                wynik z niego jest dodatni, dopisz PIT/ZG albo przepisz wyniki do szablonu (typ derivative) z \
                kodem w kolumnie country zamiast pliku brokera.",
    },
    en: Pair {
        what: "The country of results of derivatives is not known[: {value}][ (year {column})]\
               [, together {detail zł}]; no PIT/ZG was made for them.",
        to_do: "Find out the country (mostly the seat of the exchange, for CFDs of the broker; the law does not \
                say). If its result is positive, add a PIT/ZG, or copy the results into the template (type \
                derivative) with the code in the column country, in place of the broker's file.",
    },
};

pub(super) const TREATY_UNKNOWN: Words = Words {
    pl: Pair {
        what: "Nie znam stawki z umowy podatkowej dla kraju[ {value}][ (rok {column})]; odliczam \
               najwyżej 19%.",
        to_do: "Sprawdź umowę o unikaniu podwójnego opodatkowania z tym krajem. Jeśli stawka jest \
                niższa, odliczenie trzeba zmniejszyć.",
    },
    en: Pair {
        what: "No treaty rate is known for the country[ {value}][ (year {column})]; at most 19% was \
               credited.",
        to_do: "Check the double taxation treaty with that country. If its rate is lower, the credit \
                must be reduced.",
    },
};

pub(super) const DEPOSITARY_RECEIPT: Words = Words {
    pl: Pair {
        what: "[{value} to zapewne kwit depozytowy (ADR, GDR)]: jego ISIN wskazuje na kraj[ {detail}], ale spółka \
               może mieć siedzibę gdzie indziej[ (rok {column})]. Od jej siedziby zależą stawka z umowy przy \
               dywidendzie i kraj w PIT/ZG.",
        to_do: "Sprawdź siedzibę spółki, nie banku, który wydał kwity. Jeśli to inny kraj, przepisz jej wiersze do \
                szablonu z kodem kraju w kolumnie country i usuń je z pliku brokera.",
    },
    en: Pair {
        what: "[{value} is likely a depositary receipt (ADR, GDR)]: its ISIN points to[ {detail}], but the company \
               may be resident elsewhere[ (year {column})]. Its residence decides on the treaty rate of a \
               dividend and on the country of PIT/ZG.",
        to_do: "Look up where the company is resident, not the bank that issued the receipts. If it is another \
                country, copy its rows into the template with the country code in the column country, and take \
                them out of the broker's file.",
    },
};

pub(super) const INCOME_COUNTRY: Words = Words {
    pl: Pair {
        what: "Nie wiadomo, z jakiego kraju są wypłaty[ {value}][ (rok {column})]; podatek u źródła \
               odliczam do 19%[: {detail zł}], a umowa z tym krajem może pozwalać na mniej.",
        to_do: "Ustal siedzibę wypłacającego. Dywidendę przepisz do szablonu z kodem kraju w kolumnie \
                country i usuń z pliku brokera; przy odsetkach sprawdź stawkę w umowie i w razie \
                potrzeby zmniejsz odliczenie.",
    },
    en: Pair {
        what: "The country of the payments[ {value}][ (year {column})] is not known; tax at source was \
               credited up to 19%[: {detail zł}], and the treaty with that country may allow less.",
        to_do: "Find out where the payer is resident. Copy a dividend into the template with its \
                country code in the column country, and take it out of the broker's file; of interest \
                check the rate in the treaty and reduce the credit if need be.",
    },
};

pub(super) const TREATY_CONFLICT: Words = Words {
    pl: Pair {
        what: "Źródła podają różne stawki umowy podatkowej dla kraju[ {value}][ (rok {column})]; przyjmuję \
               najniższą[: {detail}].",
        to_do: "Sprawdź w umowie artykuł o dywidendach. Jeśli pozwala na więcej, odliczenie może być \
                wyższe.",
    },
    en: Pair {
        what: "Sources differ on the treaty rate of the country[ {value}][ (year {column})]; the lowest is \
               used[: {detail}].",
        to_do: "Check the article on dividends of the treaty. If it allows more, the credit may be \
                higher.",
    },
};

pub(super) const OVER_WITHHELD: Words = Words {
    pl: Pair {
        what: "Pobrano za granicą więcej podatku, niż pozwala umowa[: kraj {value}][, rok {column}]\
               [; nieodliczone {detail zł}].",
        to_do: "Nadwyżki nie odlicza się w Polsce. O jej zwrot możesz wystąpić w kraju źródła; przy \
                akcjach z USA złóż u brokera formularz W-8BEN.",
    },
    en: Pair {
        what: "More was withheld abroad than the treaty allows[: country {value}][, year {column}]\
               [; not credited {detail zł}].",
        to_do: "The excess is not credited in Poland. You can reclaim it in the source country; for \
                US shares file form W-8BEN with your broker.",
    },
};

pub(super) const POLISH_TAX_SHORT: Words = Words {
    pl: Pair {
        what: "Od wypłat polskiej spółki pobrano mniej niż 19% podatku[: {value}][, rok {column}][; brakuje \
               {detail zł}].",
        to_do: "Podatek pobrany w Polsce uznałem za ostateczny i niczego nie doliczyłem. Sprawdź u brokera, ile \
                pobrał płatnik; jeśli za mało, dopisz brakującą kwotę do pola na podatek, którego płatnik nie pobrał.",
    },
    en: Pair {
        what: "Less than 19% was taken of payments of a Polish company[: {value}][, year {column}][; {detail zł} \
               is missing].",
        to_do: "Tax taken in Poland was treated as final and nothing was added. Check with the broker what the payer \
                took; if too little, add what is missing to the field for tax that no payer collected.",
    },
};

pub(super) const SETTLEMENT_DERIVED: Words = Words {
    pl: Pair {
        what: "Plik nie podaje dni rozliczenia; wyprowadziłem je z cyklu giełdy\
               [ (transakcji: {value #})]\
               [: {detail}].",
        to_do: "Sprawdź transakcje z końca roku. Jeśli broker podaje inną datę, wpisz ją w kolumnie \
                settlement_date szablonu i odeślij.",
    },
    en: Pair {
        what: "The file gives no settlement days; they were derived from the cycle of the market\
               [ (trades: {value #})][: {detail}].",
        to_do: "Check the trades at the end of the year. If the broker states another day, put it \
                into the column settlement_date of the template and send it back.",
    },
};

pub(super) const SETTLEMENT_GUESSED: Words = Words {
    pl: Pair {
        what: "Nie znam dni rozliczeń rynku[ {value}]; tam, gdzie plik ich nie podaje, przyjąłem dni i \
               cykl strefy euro.",
        to_do: "Porównaj dni rozliczenia transakcji z końca roku z potwierdzeniami od brokera. Jeśli są \
                inne, przepisz te transakcje do szablonu z datą w kolumnie settlement_date i usuń je z \
                pliku brokera.",
    },
    en: Pair {
        what: "The settlement days of the market[ {value}] are not known; where the file does not give \
               them, the days and the cycle of the euro area were used.",
        to_do: "Compare the settlement days of trades at the end of the year with the broker's \
                confirmations. If they differ, copy those trades into the template with the day in the \
                column settlement_date, and take them out of the broker's file.",
    },
};

pub(super) const YEAR_DEPENDS_ON_BASIS: Words = Words {
    pl: Pair {
        what: "Transakcja z przełomu roku[: {value}][ ({detail})] przy innej podstawie należy do \
               innego roku.",
        to_do: "Stosuj jedną podstawę we wszystkich latach. Aby zmienić, odpowiedz DATA: TRANSAKCJI \
                albo DATA: ROZLICZENIA.",
    },
    en: Pair {
        what: "A trade at the turn of the year[: {value}][ ({detail})] belongs to another year under \
               the other basis.",
        to_do: "Keep to one basis in all years. To change it, reply BASIS: TRADE or BASIS: \
                SETTLEMENT.",
    },
};

pub(super) const CHARGES_LEFT_OUT: Words = Words {
    pl: Pair {
        what: "Pominąłem opłaty, co do których nie ma pewności, że są kosztem[: {value}][ ({column})]\
               [: {detail}].",
        to_do: "Wynik jest bez nich ostrożny. Jeśli uważasz je za koszt, dopisz je w szablonie (typ \
                fee) i odeślij.",
    },
    en: Pair {
        what: "Charges that may or may not be costs were left out[: {value}][ ({column})]\
               [: {detail}].",
        to_do: "Without them the result is on the safe side. If you hold that they are costs, add \
                them in the template (type fee) and send it back.",
    },
};

pub(super) const COSTS_NEGATIVE: Words = Words {
    pl: Pair {
        what: "Zwroty opłat przewyższają koszty roku[ {column}][ o {value zł}]. W kosztach jest 0, a nadwyżki nie \
               liczę.",
        to_do: "Jeśli zwrócono opłatę z tego samego roku, wyślij plik, w którym ją pobrano. Jeśli była kosztem w \
                zeznaniu za wcześniejszy rok, ustal z doradcą, czy skorygować tamto zeznanie, czy wykazać zwrot \
                jako przychód.",
    },
    en: Pair {
        what: "Refunds of fees are above the costs of the year[ {column}][ by {value zł}]. The costs are 0, and what \
               is above is not counted.",
        to_do: "If a fee of the same year was refunded, send the file in which it was charged. If it was a cost in \
                the return of an earlier year, ask an adviser whether to correct that return or to declare the \
                refund as revenue.",
    },
};

pub(super) const FEES_WITHOUT_SALES: Words = Words {
    pl: Pair {
        what: "W roku[ {column}] są koszty[ ({value zł})], a nie ma żadnej sprzedaży.",
        to_do: "Koszt bez przychodu daje stratę, którą urząd może zakwestionować. Zdecyduj, czy ją \
                wykazać.",
    },
    en: Pair {
        what: "The year[ {column}] has costs[ ({value zł})] but no sale.",
        to_do: "Costs without revenue make a loss that the tax office may question. Decide whether \
                to declare it.",
    },
};

pub(super) const SOLIDARITY_LEVY: Words = Words {
    pl: Pair {
        what: "Dochód[ za {column}] jest bliski 1 000 000 zł albo wyższy[: {value zł}].",
        to_do: "Od nadwyżki należy się danina solidarnościowa 4% (druk DSF-1, do 30 kwietnia). Dolicz \
                inne dochody i policz ją osobno.",
    },
    en: Pair {
        what: "The income[ of {column}] is close to PLN 1,000,000 or above[: {value zł}].",
        to_do: "The excess is subject to the solidarity levy of 4% (form DSF-1, by 30 April). Add \
                your other income and compute it separately.",
    },
};

pub(super) const YEAR_WITHOUT_EVENTS: Words = Words {
    pl: Pair {
        what: "W plikach nie ma sprzedaży ani dochodów z roku[ {value}][; są lata: {detail}].",
        to_do: "Wyślij historię z tego roku albo wybierz inny rok poleceniem ROK.",
    },
    en: Pair {
        what: "The files have no sale and no income of the year[ {value}][; they have: {detail}].",
        to_do: "Send the history of that year, or choose another with the command YEAR.",
    },
};

pub(super) const YEAR_UNKNOWN: Words = Words {
    pl: Pair {
        what: "Podane kwoty[ ({value})] nie weszły do żadnego roku: w plikach nie ma sprzedaży ani dochodów, \
               więc nie wiadomo, którego roku dotyczą.",
        to_do: "Odpowiedz poleceniem ROK z rokiem, którego dotyczą, np. ROK 2025.",
    },
    en: Pair {
        what: "The amounts stated[ ({value})] entered no year: the files have no sale and no income, so \
               nothing tells which year they are for.",
        to_do: "Reply with the command YEAR and the year that they are for, e.g. YEAR 2025.",
    },
};

pub(super) const YEAR_NOT_OVER: Words = Words {
    pl: Pair {
        what: "Rok[ {value}] jeszcze trwa; wynik obejmuje go tylko do dziś.",
        to_do: "Po 31 grudnia wyślij pełny eksport; zeznanie składa się od 15 lutego do 30 kwietnia.",
    },
    en: Pair {
        what: "The year[ {value}] is not over; the result covers it only until today.",
        to_do: "Send the full export after 31 December; returns are filed from 15 February to 30 \
                April.",
    },
};

pub(super) const FORM_PROVISIONAL: Words = Words {
    pl: Pair {
        what: "Wzoru formularza za ten rok jeszcze nie ogłoszono[ ({value})]; numery pól są z \
               poprzedniego[ ({detail})].",
        to_do: "Przed złożeniem zeznania poproś o wynik jeszcze raz albo porównaj numery pól z nowym \
                drukiem.",
    },
    en: Pair {
        what: "The form of this year is not published yet[ ({value})]; the field numbers are those \
               of the previous one[ ({detail})].",
        to_do: "Before you file, ask for the result again or compare the field numbers with the new \
                form.",
    },
};

pub(super) const FORM_UNKNOWN: Words = Words {
    pl: Pair {
        what: "Nie znam formularza PIT-38 za ten rok[ ({value})], więc nie podaję numerów pól.",
        to_do: "Kwoty są policzone; przenieś je według nazw pól na formularz z tego roku.",
    },
    en: Pair {
        what: "The PIT-38 of this year is not known[ ({value})], so no field numbers are given.",
        to_do: "The figures are computed; copy them by the names of the fields to the form of that \
                year.",
    },
};

pub(super) const BAD_COMMAND: Words = Words {
    pl: Pair {
        what: "Nie rozumiem polecenia[ „{value}”], więc go nie wykonałem.",
        to_do: "Odpowiedz tym poleceniem w osobnym wierszu[, na przykład: {detail}]. Jeśli nie jest potrzebne, \
                odpowiedz: POMIŃ[ {value}]. Lista poleceń przyjdzie w odpowiedzi na POMOC.",
    },
    en: Pair {
        what: "The command[ “{value}”] cannot be read, so it was not carried out.",
        to_do: "Reply with the command on a line of its own[, for example: {detail}]. If it is not needed, reply: \
                SKIP[ {value}]. The list of commands comes in reply to HELP.",
    },
};
