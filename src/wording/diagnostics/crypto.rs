//! Words for findings about virtual currency and what exchanges keep beside it.

use super::{Pair, Words};

pub(super) const CRYPTO_REWARD: Words = Words {
    pl: Pair {
        what: "Plik zawiera kryptowaluty otrzymane za darmo: staking, nagrody, airdropy[ (wierszy: \
               {detail})]. Przyjąłem, że przychód powstaje dopiero przy ich sprzedaży, a koszt jest \
               zerowy.",
        to_do: "Organy i sądy oceniają to różnie: część każe wykazać przychód już przy otrzymaniu. Jeśli \
                tak rozliczasz nagrody, wykaż je osobno.",
    },
    en: Pair {
        what: "The file has coins received for nothing: staking, rewards, airdrops[ (rows: {detail})]. \
               They were taken as revenue only when sold, at no cost.",
        to_do: "Tax offices and courts differ on this: some see revenue already on receipt. If you \
                declare rewards that way, do so separately.",
    },
};

pub(super) const CRYPTO_ABROAD: Words = Words {
    pl: Pair {
        what: "Dochodu z walut wirtualnych[ za {column}][ ({value zł})] nie wpisuję do PIT/ZG, a podatku zapłaconego od \
               niego za granicą nie odliczam[ ({detail})].",
        to_do: "Jeśli uzyskano go za granicą (np. na giełdzie, która ma tam siedzibę), dodaj PIT/ZG dla tego kraju i \
                dolicz go do liczby załączników; podatek tam zapłacony odlicza się według art. 30b ust. 5e–5f.",
    },
    en: Pair {
        what: "Income from virtual currency[ of {column}][ ({value zł})] is not put into a PIT/ZG, and tax paid on it \
               abroad is not credited[ ({detail})].",
        to_do: "If it was obtained abroad (e.g. on an exchange with its seat there), add a PIT/ZG for that country \
                and count it among the attachments; tax paid there is credited by art. 30b sec. 5e–5f.",
    },
};

pub(super) const CRYPTO_CARRY: Words = Words {
    pl: Pair {
        what: "Koszty kryptowalut[: {detail zł}] przechodzą przez lata bez zdarzeń[: {value}].",
        to_do: "Wykaż je także w PIT-38 za te lata, w polu kosztów z lat ubiegłych i w polu kosztów, \
                które przechodzą dalej: odlicza się tylko koszty wykazane rok po roku.",
    },
    en: Pair {
        what: "Costs of crypto[: {detail zł}] pass through years without events[: {value}].",
        to_do: "Declare them in PIT-38 of those years too, as costs of earlier years and as costs that \
                pass on: only costs declared year by year can be deducted.",
    },
};

pub(super) const CRYPTO_FEES: Words = Words {
    pl: Pair {
        what: "Pominąłem w kosztach opłaty pobrane w kryptowalucie albo za zamianę jednej kryptowaluty \
               na inną[: {value #}].",
        to_do: "Nie są wydatkiem pieniędzy na zakup ani kosztem zamiany (art. 23 ust. 1 pkt 38d). Wynik \
                jest bez nich ostrożny; nic nie musisz robić.",
    },
    en: Pair {
        what: "Fees taken in a coin, or for an exchange of one coin for another, were left out of the \
               costs[: {value #}].",
        to_do: "They are neither money spent on a purchase nor a cost of the exchange (art. 23 sec. 1 pt \
                38d). Without them the result is on the safe side; nothing needs to be done.",
    },
};

pub(super) const CRYPTO_EXCHANGE_LIKELY: Words = Words {
    pl: Pair {
        what: "Sprzedaż i zakup prawie w tej samej chwili i za prawie tę samą kwotę mogą być zamianą \
               jednej kryptowaluty na inną[: {value #}].",
        to_do: "Policzyłem je jako sprzedaż i zakup za pieniądze. Zamiana (swap) jest podatkowo obojętna: \
                jeśli nią była, usuń oba wiersze z pliku i wyślij go ponownie.",
    },
    en: Pair {
        what: "A sale and a purchase at nearly the same moment, for nearly the same amount, may be an \
               exchange of one coin for another[: {value #}].",
        to_do: "They were counted as a sale and a purchase for money. An exchange (swap) is tax neutral: \
                if it was one, remove both rows from the file and send it again.",
    },
};

pub(super) const CRYPTO_VALUE_MISSING: Words = Words {
    pl: Pair {
        what: "Kryptowaluta zmienia właściciela[ („{value}”)], ale plik nie podaje kwoty w pieniądzu\
               [: {detail #}].",
        to_do: "Jeśli to zakup, sprzedaż albo zapłata kryptowalutą, uzupełnij wiersz w załączonym \
                szablonie (typ crypto_buy lub crypto_sell, kwota i waluta) i odeślij go. Zapłata to \
                sprzedaż za wartość tego, co kupiono.",
    },
    en: Pair {
        what: "A coin changes hands[ (“{value}”)], but the file does not say for how much money\
               [: {detail #}].",
        to_do: "If it is a purchase, a sale or a payment in crypto, complete the row in the attached \
                template (type crypto_buy or crypto_sell, amount and currency) and send it back. A \
                payment is a sale for the value of what was bought.",
    },
};

pub(super) const PHYSICAL_METAL: Words = Words {
    pl: Pair {
        what: "Pominąłem metale szlachetne w postaci fizycznej[ (wierszy: {detail})]: ich sprzedaż nie \
               trafia do PIT-38.",
        to_do: "Sprzedaż przed upływem pół roku od końca miesiąca zakupu wykaż w PIT-36; późniejsza jest \
                bez podatku (art. 10 ust. 1 pkt 8 lit. d).",
    },
    en: Pair {
        what: "Precious metals in physical form were left out[ (rows: {detail})]: their sale is no matter \
               of PIT-38.",
        to_do: "Declare a sale within half a year after the end of the month of purchase on PIT-36; a \
                later one is free of tax (art. 10 sec. 1 pt 8 lit. d).",
    },
};
