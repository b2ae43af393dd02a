//! Words for findings about what the sender states of earlier years.

use super::{Pair, Words};

pub(super) const LOSS_NOT_ALLOWED: Words = Words {
    pl: Pair {
        what: "Straty[ z roku {column}] nie można odliczyć tak, jak podano[: {value zł}]\
               [; prawo pozwala w tym roku najwyżej na {detail zł}].",
        to_do: "Rocznie wolno odliczyć do 50% straty z jednego z 5 poprzednich lat albo raz do 5 mln \
                zł. Odpowiedz poleceniem STRATA z inną kwotą.",
    },
    en: Pair {
        what: "The loss[ of {column}] cannot be deducted as asked[: {value zł}]\
               [; the law allows at most {detail zł} this year].",
        to_do: "Each year up to 50% of a loss of one of the 5 preceding years may be deducted, or \
                once up to PLN 5 million. Reply with the command LOSS and another amount.",
    },
};

pub(super) const LOSS_ABOVE_INCOME: Words = Words {
    pl: Pair {
        what: "Strata do odliczenia[ z roku {column}][: {value zł}] przewyższa dochód[; odliczam {detail zł}, na tyle \
               dochodu wystarcza].",
        to_do: "Nic nie trzeba robić. Reszta zostaje na późniejsze lata, o ile od roku straty nie minęło jeszcze 5 lat.",
    },
    en: Pair {
        what: "The loss to deduct[ of {column}][: {value zł}] is above the income[; {detail zł} is deducted, which is \
               what the income takes].",
        to_do: "Nothing needs to be done. The rest stays for later years, as long as 5 years since the loss are not over.",
    },
};

pub(super) const LOSS_DIFFERS: Words = Words {
    pl: Pair {
        what: "Podana strata[ z roku {column}][: {value zł}] nie zgadza się z plikami\
               [: pokazują za ten rok wynik {detail zł} (ujemny to strata)].",
        to_do: "Liczy się podana kwota. Porównaj ją z zeznaniem za tamten rok. Jeśli strata jest z innego rachunku, \
                dołącz jego pliki: rok ma jeden wynik ze wszystkich rachunków, a zysk na jednym pomniejsza stratę na \
                drugim.",
    },
    en: Pair {
        what: "The loss stated[ of {column}][: {value zł}] does not agree with the files\
               [: for that year they show a result of {detail zł} (negative is a loss)].",
        to_do: "The stated amount is the one that counts. Compare it with the return of that year. If the loss is from another \
                account, attach its files: one year has one result for all accounts, and a gain on one lessens the \
                loss on another.",
    },
};

pub(super) const CRYPTO_COSTS_DIFFER: Words = Words {
    pl: Pair {
        what: "Podane koszty kryptowalut z lat ubiegłych[ (do roku {column})][: {value zł}] różnią się od tych, które \
               wynikają z plików[: {detail zł}].",
        to_do: "Liczę podaną kwotę zamiast kwoty z plików. Porównaj ją z zeznaniem za poprzedni rok; koszty z innej \
                giełdy dodaj do sumy i podaj całość poleceniem KRYPTO KOSZTY.",
    },
    en: Pair {
        what: "The stated costs of crypto of earlier years[ (into {column})][: {value zł}] differ from those that the \
               files carry over[: {detail zł}].",
        to_do: "The stated amount counts instead of the one of the files. Compare it with last year's return; add the \
                costs of another exchange to the sum, and state all of it with the command CRYPTO COSTS.",
    },
};
