//! Words for findings about shares that came or went without a trade.

use super::{Pair, Words};

pub(super) const TRANSFER_COST: Words = Words {
    pl: Pair {
        what: "Papiery[ {value}] przyszły z innego rachunku[: {detail #}], a plik nie podaje, kiedy i za ile je \
               kupiono.",
        to_do: "Wyślij historię rachunku, z którego przyszły, a przeniosę daty i koszty. Jeśli jej nie \
                masz, dopisz w szablonie zakupy tych papierów (typ opening_lot, data i kwota zakupu).",
    },
    en: Pair {
        what: "Shares[ of {value}] came from another account[: {detail #}], and the file does not say when \
               and for how much they were bought.",
        to_do: "Send the history of the account that they came from; then their days and costs are \
                carried over. If you do not have it, fill in their purchases in the template (type \
                opening_lot, day and amount of the purchase).",
    },
};

pub(super) const TRANSFER_AWAY: Words = Words {
    pl: Pair {
        what: "Papiery[ {value}] odeszły na inny rachunek[: {detail #}]. To nie jest sprzedaż; nie ma ich już \
               na tym rachunku.",
        to_do: "Jeśli to Twój rachunek, wyślij także jego plik: wtedy daty i koszty zakupu przejdą za \
                papierami. Jeśli ktoś je dostał lub kupił, daj mi o tym znać w szablonie (sell).",
    },
    en: Pair {
        what: "Shares[ of {value}] left for another account[: {detail #}]. That is no sale; they are no \
               longer on this account.",
        to_do: "If that account is yours, send its file too: then the days and costs of purchase follow \
                the shares. If somebody bought them, put the sale into the template (sell).",
    },
};

pub(super) const PLAN_COST: Words = Words {
    pl: Pair {
        what: "Akcje[ {value}] z programu pracowniczego, których kosztu plik nie rozstrzyga[: {detail}].",
        to_do: "Wpisz w szablonie koszt tych akcji. Jeśli program spełnia warunki art. 24 ust. 11 ustawy o \
                PIT (podatek dopiero przy sprzedaży), kosztem jest tylko to, co za nie zapłacono, dla \
                RSU zwykle 0. Jeśli ich wartość opodatkowano przy otrzymaniu, kosztem jest ta wartość.",
    },
    en: Pair {
        what: "Shares[ of {value}] from an employee plan whose cost the file does not settle[: {detail}].",
        to_do: "Fill in their cost in the template. If the plan meets art. 24 ust. 11 of the PIT act (tax \
                only at the sale), the cost is only what was paid for them, for RSU mostly 0. If their \
                value was taxed when they were received, the cost is that value.",
    },
};

pub(super) const PLAN_PAID: Words = Words {
    pl: Pair {
        what: "Akcje[ {value}] kupione w programie pracowniczym[: {detail}]. Kosztem jest to, co za nie \
               zapłacono.",
        to_do: "Jeśli program spełnia warunki art. 24 ust. 11 ustawy o PIT, nic nie trzeba robić. Jeśli \
                zniżkę opodatkowano już przy zakupie, koszt może być wyższy: ustal to z pracodawcą lub \
                doradcą.",
    },
    en: Pair {
        what: "Shares[ of {value}] bought through an employee plan[: {detail}]. Their cost is what was paid \
               for them.",
        to_do: "If the plan meets art. 24 ust. 11 of the PIT act, nothing needs to be done. If the discount \
                was taxed at the purchase, the cost may be higher: ask the employer or an adviser.",
    },
};
