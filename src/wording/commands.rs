//! The commands that a sender may write, as the help lists them.

use crate::lang::Lang;

/// A command and what it does.
pub type CommandHelp = (&'static str, &'static str);

/// The commands, in the order of use.
pub fn help(lang: Lang) -> [CommandHelp; 18] {
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
            ("STRATA 2022 900", "odlicz stratę z tego roku, w złotych; 0 cofa"),
            ("STRATA 2022 900 UŻYTO 300", "z niej 300 odliczono już wcześniej"),
            ("STRATA 2022 900 ODLICZ 70", "z niej odlicz teraz tylko 70"),
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
            ("LOSS 2022 900", "deduct that year's loss, in złoty; 0 undoes"),
            ("LOSS 2022 900 USED 300", "300 of it were deducted before"),
            ("LOSS 2022 900 DEDUCT 70", "deduct only 70 of it now"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Commands, SubjectOrigin};

    /// A command of each kind (PRODUCT § 1), as the help of a language writes it, and in order.
    fn kinds(lang: Lang) -> Vec<String> {
        let read = |line: &str| {
            let commands = Commands::find(line, SubjectOrigin::Fresh, "");
            assert!(commands.is_asking() && commands.findings().is_empty(), "{line}");
            commands
        };
        let all = help(lang);
        all.iter().map(|(line, _)| format!("{:?}", read(line))).collect()
    }

    #[test]
    fn every_example_is_a_command_and_every_command_has_one() {
        for lang in [Lang::Pl, Lang::En] {
            let kinds = kinds(lang).join("\n");
            for kind in [
                "Help",
                "Status",
                "History",
                "Template",
                "Upload",
                "Delete",
                "Stop",
                "Skip(",
                "Year(",
                "Basis(",
                "Loss(",
                "Pit8c(",
                "CryptoCosts(",
                "ForeignTax(",
                "Residence(",
                "Language(",
            ] {
                assert!(kinds.contains(&format!("[{kind}")), "{kind}: {kinds}");
            }
        }
    }

    /// What was deducted before and what is to be deducted now are parts of the command for losses.
    #[test]
    fn the_help_tells_how_a_loss_is_deducted_in_part() {
        for lang in [Lang::Pl, Lang::En] {
            let claims = help(lang).map(|(line, _)| {
                let mut options = crate::tax::Options::default();
                Commands::find(line, SubjectOrigin::Fresh, "").apply(&mut options);
                options.losses.pop()
            });
            let claims: Vec<_> = claims.into_iter().flatten().collect();
            assert!(claims.iter().any(|claim| !claim.used.is_zero()), "{lang:?}");
            assert!(claims.iter().any(|claim| claim.deduct.is_some()), "{lang:?}");
            assert!(claims.iter().any(|claim| claim.used.is_zero() && claim.deduct.is_none()));
        }
    }
}
