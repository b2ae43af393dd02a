//! Words for findings about an account as a whole.

use super::{Pair, Words};

pub(super) const ACCOUNT_CURRENCY_UNKNOWN: Words = Words {
    pl: Pair {
        what: "Plik nie mówi, w jakiej walucie jest rachunek.",
        to_do: "Wyślij go pod nazwą, którą nadał mu broker (zaczyna się od waluty, np. \
                PLN_1234567_….xlsx). Jeśli masz kilka subkont, każde ma osobny plik.",
    },
    en: Pair {
        what: "The file does not say in which currency the account is.",
        to_do: "Send it under the name that the broker gave it (it begins with the currency, e.g. \
                PLN_1234567_….xlsx). Each sub-account has a file of its own.",
    },
};

pub(super) const EXEMPT_ACCOUNT: Words = Words {
    pl: Pair {
        what: "To rachunek zwolniony z podatku[ ({detail})]; jego wierszy nie liczę.",
        to_do: "Nic nie trzeba robić. Jeśli to zwykły rachunek, zmień nazwę pliku (w szablonie także \
                rachunku) tak, aby nie było w niej IKE ani IKZE, i wyślij go ponownie.",
    },
    en: Pair {
        what: "This is a tax-free account[ ({detail})]; its rows are not counted.",
        to_do: "Nothing needs to be done. If it is an ordinary account, remove IKE or IKZE from the \
                name of the file (in the template also of the account) and send it again.",
    },
};

pub(super) const BOOKED_AMOUNTS: Words = Words {
    pl: Pair {
        what: "Kwoty transakcji biorę tak, jak zaksięgował je broker w walucie rachunku[ ({detail})], a \
               nie w walucie instrumentu.",
        to_do: "Nic nie trzeba robić. Zakup i sprzedaż są liczone tak samo; przeliczenie waluty \
                instrumentu po kursach NBP dałoby nieco inny wynik.",
    },
    en: Pair {
        what: "The amounts of trades are those that the broker booked in the currency of the account\
               [ ({detail})], not in that of the instrument.",
        to_do: "Nothing needs to be done. Purchases and sales are treated alike; converting the \
                currency of the instrument at NBP rates would give a slightly different result.",
    },
};

pub(super) const SALES_AS_PROCEEDS: Words = Words {
    pl: Pair {
        what: "Kwoty sprzedaży w innej walucie[ ({detail #}, razem {value})] biorę za przychód: tak plik \
               księguje sprzedaże, które da się sprawdzić, a tych sprawdzić nie mogę.",
        to_do: "Wyślij pełny raport brokera ze wszystkimi arkuszami (XLSX): pozycje zamknięte pokazują, \
                czy kwota jest przychodem, czy kosztem.",
    },
    en: Pair {
        what: "The amounts of sales in another currency[ ({detail #}, together {value})] are taken for what the \
               sales brought: that is how the file books those that can be checked, and these cannot be.",
        to_do: "Send the broker's full report with all sheets (XLSX): the closed positions show whether \
                an amount is the proceeds or the cost.",
    },
};

pub(super) const PIT_8C_LIKELY: Words = Words {
    pl: Pair {
        what: "[{detail}: ]ten broker wystawia PIT-8C za te same sprzedaże.",
        to_do: "Nie wpisuj ich dwa razy: odpowiedz poleceniem PIT-8C 20=przychód 21=koszty, a wpiszę te \
                kwoty do poz. 20 i 21 zamiast własnych. Porównaj oba wyniki.",
    },
    en: Pair {
        what: "[{detail}: ]this broker issues a PIT-8C for the same sales.",
        to_do: "Do not enter them twice: reply PIT-8C 20=revenue 21=costs, and those amounts go to \
                fields 20 and 21 instead of the ones computed here. Compare the two results.",
    },
};

pub(super) const PIT_8C_INSTEAD: Words = Words {
    pl: Pair {
        what: "Sprzedaży[ z roku {column}] na rachunkach, za które dom maklerski wystawia PIT-8C, nie liczę \
               drugi raz[: przychód {value zł}][, koszty {detail zł}].",
        to_do: "W poz. 20 i 21 są kwoty, które podałeś. Porównaj je; jeśli PIT-8C nie obejmuje któregoś \
                rachunku, dodaj jego kwoty do polecenia.",
    },
    en: Pair {
        what: "Sales[ of {column}] on accounts for which a Polish house issues a PIT-8C are not counted \
               again[: revenue {value zł}][, costs {detail zł}].",
        to_do: "Fields 20 and 21 hold the amounts that you stated. Compare them; if the PIT-8C leaves out \
                one of the accounts, add its amounts to the command.",
    },
};
