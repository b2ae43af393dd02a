//! Words for findings about income with a foot in another state: its tax, and the period of Polish residence.

use super::{Pair, Words};

pub(super) const FOREIGN_TAX_LIMITED: Words = Words {
    pl: Pair {
        what: "Podatku zapłaconego za granicą od sprzedaży[ (kraj {column}, {value zł})] nie można odliczyć w \
               całości[; odliczam {detail zł}].",
        to_do: "Odlicza się najwyżej tę część podatku polskiego, która przypada na dochód z tego kraju (art. 30b \
                ust. 5a). Sprawdź też w umowie, czy tamto państwo miało prawo go pobrać; jeśli nie, wystąp tam o \
                zwrot i cofnij podaną kwotę poleceniem z zerem.",
    },
    en: Pair {
        what: "Tax paid abroad on sales[ (country {column}, {value zł})] cannot be credited in full\
               [; {detail zł} is credited].",
        to_do: "At most that part of the Polish tax is credited which falls to the income of that country (art. 30b \
                sec. 5a). Check in the treaty as well whether that state was allowed to take it; if not, reclaim it \
                there and take the amount back by the command with zero.",
    },
};

pub(super) const OUTSIDE: Words = Words {
    pl: Pair {
        what: "Zdarzenia[ z roku {column}] poza okresem polskiej rezydencji[ ({detail period})], nieopodatkowane tutaj\
               [: {value #}].",
        to_do: "Rozlicz je w państwie ówczesnej rezydencji. Papiery kupione wcześniej zachowują swój koszt i \
                kolejność; jeśli tamto państwo pobrało podatek od wyjścia (exit tax) od wyższej wartości, zapytaj \
                doradcę, czy umowa pozwala ją przyjąć.",
    },
    en: Pair {
        what: "Events[ of {column}] outside the period of Polish residence[ ({detail period})], not taxed here\
               [: {value #}].",
        to_do: "Declare them in the state of residence at that time. Securities bought before keep their cost and \
                order; if that state took an exit tax on a higher value, ask an adviser whether the treaty lets you \
                use it.",
    },
};

pub(super) const POLISH: Words = Words {
    pl: Pair {
        what: "Zdarzenie[ z roku {column}] poza okresem polskiej rezydencji[ ({value period})] ma źródło w Polsce.",
        to_do: "Dochód z papierów polskich emitentów może być tu opodatkowany mimo braku rezydencji (art. 3 ust. 2a \
                i 2b), o ile umowa nie stanowi inaczej. Tego nie liczę: ustal to z doradcą.",
    },
    en: Pair {
        what: "An event[ of {column}] outside the period of Polish residence[ ({value period})] has a Polish source.",
        to_do: "Income from securities of Polish issuers may be taxed here without residence (art. 3 sec. 2a and \
                2b), unless a treaty says otherwise. It is not computed: settle it with an adviser.",
    },
};

pub(super) const COINS: Words = Words {
    pl: Pair {
        what: "Zakupy walut wirtualnych[ z roku {column}] poza okresem polskiej rezydencji[ ({detail period})] nie są tu \
               kosztem[: {value #}].",
        to_do: "Nie jest rozstrzygnięte, czy należą do kosztów polskiego zeznania. Jeśli tak uważasz, podaj ich \
                kwotę poleceniem KRYPTO KOSZTY.",
    },
    en: Pair {
        what: "Purchases of virtual currency[ of {column}] outside the period of Polish residence[ ({detail period})] are \
               no costs here[: {value #}].",
        to_do: "It is not settled whether they are costs of a Polish return. If you hold that they are, state their \
                amount with the command CRYPTO COSTS.",
    },
};

pub(super) const STRADDLED: Words = Words {
    pl: Pair {
        what: "Sprzedaż zawarta i rozliczona po dwóch stronach granicy okresu polskiej rezydencji[ ({detail period})]\
               [: {value}].",
        to_do: "O tym, do którego państwa należy, decyduje tu wybrana podstawa; wyniku przy drugiej nie podaję. \
                Aby ją zmienić, odpowiedz DATA: TRANSAKCJI albo DATA: ROZLICZENIA.",
    },
    en: Pair {
        what: "A sale traded and settled on two sides of the edge of the period of Polish residence[ ({detail period})]\
               [: {value}].",
        to_do: "Here the chosen basis decides which state it belongs to; no result under the other one is given. To \
                change it, reply BASIS: TRADE or BASIS: SETTLEMENT.",
    },
};
