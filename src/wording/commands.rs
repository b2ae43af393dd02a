//! The commands that a sender may write, as the help lists them.

use crate::lang::Lang;

/// A command and what it does.
pub type CommandHelp = (&'static str, &'static str);

/// The commands, in the order of use.
pub fn help(lang: Lang) -> [CommandHelp; 16] {
    lang.choose(
        [
            ("POMOC", "ta wiadomość"),
            ("ROK 2024", "wynik za wybrany rok"),
            ("STATUS", "co mam w tej rozmowie"),
            ("HISTORIA", "wcześniejsze wyniki"),
            ("WZÓR", "pusty szablon na dane od dowolnego brokera"),
            ("POMIŃ plik.csv", "nie licz tego pliku i nie czekaj na niego"),
            ("WGRAJ", "link do wgrania pliku za dużego na pocztę"),
            ("DATA: TRANSAKCJI", "podstawa; z powrotem: DATA: ROZLICZENIA"),
            ("STRATA 2022 1500", "odlicz stratę z tego roku, kwota w złotych"),
            ("PIT-8C 20=1200 21=900", "dolicz kwoty z PIT-8C"),
            ("KRYPTO KOSZTY 5000", "koszty walut wirtualnych z lat ubiegłych"),
            ("PODATEK OBCY US 120", "odlicz podatek zapłacony tam od sprzedaży"),
            ("REZYDENCJA OD 2025-07-01", "polska rezydencja; może też być DO 2026-03-31"),
            ("JĘZYK EN", "odpowiedzi po angielsku"),
            ("USUŃ", "usuń wszystkie moje dane"),
            ("STOP", "nie odpowiadaj więcej; POMOC wznawia"),
        ],
        [
            ("HELP", "this message"),
            ("YEAR 2024", "the result of that year"),
            ("STATUS", "what this conversation holds"),
            ("HISTORY", "earlier results"),
            ("TEMPLATE", "an empty template for the data of any broker"),
            ("SKIP file.csv", "leave this file out and do not wait for it"),
            ("UPLOAD", "a link to upload a file too large for mail"),
            ("BASIS: TRADE", "the basis; back again: BASIS: SETTLEMENT"),
            ("LOSS 2022 1500", "deduct a loss of that year, amount in złoty"),
            ("PIT-8C 20=1200 21=900", "add amounts of a PIT-8C"),
            ("CRYPTO COSTS 5000", "crypto costs of earlier years"),
            ("FOREIGN TAX US 120", "credit tax paid there on sales, in złoty"),
            ("RESIDENCE FROM 2025-07-01", "Polish residence; also UNTIL 2026-03-31"),
            ("LANGUAGE PL", "replies in Polish"),
            ("DELETE", "delete all my data"),
            ("STOP", "no more replies; HELP brings them back"),
        ],
    )
}
