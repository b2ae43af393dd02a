//! Words for findings about payments below zero, and what belongs to them.

use super::{Pair, Words};

pub(super) const INTEREST_RETURNED: Words = Words {
    pl: Pair {
        what: "Odsetki cofnięte później[: {value}] odjąłem od wypłaty tej samej kwoty[ z dnia {detail}].",
        to_do: "Sprawdź, czy to ta wypłata. Jeśli zeznanie za jej rok już złożono, cofnięcie wymaga jego korekty.",
    },
    en: Pair {
        what: "Interest taken back later[: {value}] was taken off the payment of the same amount[ of {detail}].",
        to_do: "Check that it is that payment. If the return of its year has been filed, it needs a correction.",
    },
};

pub(super) const INTEREST_PAID: Words = Words {
    pl: Pair {
        what: "Ujemne odsetki[: {value}][ z dnia {detail}] pominąłem: odsetki zapłacone nie pomniejszają \
               otrzymanych (art. 30a ust. 6 ustawy o PIT).",
        to_do: "Jeśli je zapłacono, nic nie trzeba robić. Jeśli to cofnięcie wcześniejszej wypłaty, wyślij plik z \
                tą wypłatą albo wpisz ją w szablonie w kwocie po poprawce.",
    },
    en: Pair {
        what: "Interest below zero[: {value}][ of {detail}] was left out: interest paid takes nothing off interest \
               received (art. 30a sec. 6 of the PIT act).",
        to_do: "If it was paid, nothing needs to be done. If it takes back an earlier payment, send the file with \
                that payment, or write it into the template with the amount as corrected.",
    },
};

pub(super) const WITHHELD_SIGN: Words = Words {
    pl: Pair {
        what: "[Kolumna „{column}”: ]tu podatek u źródła nie może być ujemny[, a jest: „{value}”].",
        to_do: "Jeśli go pobrano, wpisz go bez minusa. Jeśli go zwrócono, wpisz zwrot w osobnym wierszu (typ \
                withholding) z kwotą ujemną w kolumnie amount; przy cofniętej wypłacie ujemna jest kwota w amount, a \
                withheld to podatek, który z nią zwrócono. Odeślij poprawiony plik.",
    },
    en: Pair {
        what: "[Column “{column}”: ]tax at source must not be below zero here[, found: “{value}”].",
        to_do: "If it was taken, write it without the minus. If it was given back, write that in a row of its own \
                (type withholding) with a negative value in the column amount; of a payment taken back the amount is \
                negative, and withheld is the tax given back with it. Send the corrected file back.",
    },
};

pub(super) const WITHHOLDING_APART: Words = Words {
    pl: Pair {
        what: "Jest podatek u źródła lub jego zwrot[: {column}][, {value}], ale w tym dniu nie ma dywidendy; najbliższa \
               jest[ z dnia {detail}].",
        to_do: "Nie dopisuj dywidendy drugi raz. Wpisz ten podatek w kolumnie withheld dywidendy, której dotyczy (zwrot \
                od niego odejmij, także od kilku), i usuń jego wiersz; wiersze z pliku brokera przepisz do szablonu. \
                Jeśli to podatek od innej dywidendy, wyślij plik z jej dniem.",
    },
    en: Pair {
        what: "There is tax at source or a refund of it[: {column}][, {value}], but no dividend on that day; the nearest \
               one is[ of {detail}].",
        to_do: "Do not add the dividend again. Put the tax into the column withheld of the dividend that it belongs to \
                (take a refund off it, or off several), and delete its row; copy rows of a broker's file into the \
                template. If it is tax on another dividend, send the file with that day.",
    },
};
