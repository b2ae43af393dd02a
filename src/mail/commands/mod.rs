//! Commands in the subject or the letter (PRODUCT §1): a closed list, Polish and English.
//!
//! A command is the whole subject or a whole line among the first ten that the author wrote. Case,
//! Polish letters, quotation and list marks and a closing full stop do not matter. All else is prose
//! and ignored, except lines that can be nothing but a failed command: those are answered, since a
//! loss that silently is not deducted costs money.

mod amount;
mod line;
mod near;
mod residence;

use line::Line;
pub use line::is_same_kind;
use serde::{Deserialize, Serialize};

use super::own_lines::own_lines;
use crate::{
    lang::Lang,
    money::Pln,
    statement::{Code, Diagnostic},
    tax::{Basis, ForeignTax, LossClaim, Options, Pit8c, Residence},
};

/// So many lines of the letter are looked at, empty ones not counted.
const LINES: usize = 10;

/// What a sender may ask for in words.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Command {
    /// `POMOC`, `HELP`: what to send, and these commands.
    Help,
    /// `STATUS`: what the conversation holds.
    Status,
    /// `HISTORIA`, `HISTORY`: earlier results.
    History,
    /// `WZÓR`, `TEMPLATE`: the empty template.
    Template,
    /// `WGRAJ`, `UPLOAD`: a link for a file that is too large for mail.
    Upload,
    /// `USUŃ`, `DELETE`: delete everything of the sender.
    Delete,
    /// `STOP`: no more replies.
    Stop,
    /// `POMIŃ plik.csv`, `SKIP file.csv`: what could not be read of an earlier mail is not needed; the name is folded.
    Skip(String),
    /// `ROK 2024`, `YEAR 2024`: the year to answer for.
    Year(i16),
    /// `DATA: TRANSAKCJI|ROZLICZENIA`, `BASIS: TRADE|SETTLEMENT`.
    Basis(Basis),
    /// `STRATA 2022 1500 [UŻYTO 300] [ODLICZ 700]`, `LOSS 2022 1500 [USED 300] [DEDUCT 700]`; an
    /// amount of zero takes the claim of that year back.
    Loss(LossClaim),
    /// `PIT-8C 20=… 21=…`; both zero takes it back.
    Pit8c(Pit8c),
    /// `KRYPTO KOSZTY …`, `CRYPTO COSTS …`; zero takes it back.
    CryptoCosts(Pln),
    /// `PODATEK OBCY US 120`, `FOREIGN TAX US 120`: paid on sales; zero takes that country's back.
    ForeignTax(ForeignTax),
    /// `REZYDENCJA OD … [DO …]`, `RESIDENCE FROM … [UNTIL …]`; `REZYDENCJA ZAWSZE`, `RESIDENCE ALWAYS`
    /// takes it back.
    Residence(Option<Residence>),
    /// `JĘZYK EN|PL`, `LANGUAGE EN|PL`.
    Language(Lang),
}

impl Command {
    /// Whether it sets an option that holds on, rather than asking for something once.
    fn is_choice(&self) -> bool {
        match self {
            Self::Year(_)
            | Self::Basis(_)
            | Self::Loss(_)
            | Self::Pit8c(_)
            | Self::CryptoCosts(_)
            | Self::ForeignTax(_)
            | Self::Residence(_)
            | Self::Language(_) => true,
            Self::Help
            | Self::Status
            | Self::History
            | Self::Template
            | Self::Upload
            | Self::Delete
            | Self::Skip(_)
            | Self::Stop => false,
        }
    }

    fn apply(&self, options: &mut Options) {
        match self {
            Self::Year(year) => options.year = Some(*year),
            Self::Basis(basis) => options.basis = *basis,
            Self::Loss(claim) => {
                options.losses.retain(|other| other.year != claim.year);
                if !claim.amount.is_zero() {
                    options.losses.push(*claim);
                }
            }
            Self::Pit8c(form) => {
                options.pit8c = Some(*form).filter(|form| *form != Pit8c::default());
            }
            Self::CryptoCosts(costs) => {
                options.crypto_costs = Some(*costs).filter(|costs| !costs.is_zero());
            }
            Self::ForeignTax(paid) => {
                options.foreign_tax.retain(|other| other.country != paid.country);
                if !paid.amount.is_zero() {
                    options.foreign_tax.push(*paid);
                }
            }
            Self::Residence(period) => options.residence = *period,
            Self::Help
            | Self::Status
            | Self::History
            | Self::Template
            | Self::Upload
            | Self::Delete
            | Self::Stop
            | Self::Skip(_)
            | Self::Language(_) => {}
        }
    }
}

/// Where a subject comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SubjectOrigin {
    /// The author wrote it for this mail.
    Fresh,
    /// It stands over every mail of the thread. Its choices hold for all of them, but a request in
    /// it was answered once.
    Inherited,
}

/// The commands of one mail.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Commands {
    /// In the order in which they take effect.
    list: Vec<Command>,
    /// The line of each, as it was written.
    lines: Vec<String>,
    /// What the author wrote in this very mail, unreadable lines included.
    fresh: usize,
    findings: Vec<Diagnostic>,
}

impl Commands {
    /// Finds the commands in a subject without `Re:` and its kin, and in a letter.
    pub fn find(base_subject: &str, origin: SubjectOrigin, text: &str) -> Self {
        let mut commands = Self::default();
        let fresh = origin == SubjectOrigin::Fresh;
        match line::read(base_subject) {
            Line::Command(command) if fresh || command.is_choice() => {
                commands.fresh += usize::from(fresh);
                commands.push(command, base_subject);
            }
            Line::Unreadable(example) if fresh => commands.refuse(base_subject, example),
            Line::Command(_) | Line::Unreadable(_) | Line::Prose => {}
        }
        for line in own_lines(text).filter(|line| !line.trim().is_empty()).take(LINES) {
            match line::read(line) {
                Line::Command(command) => {
                    commands.fresh += 1;
                    commands.push(command, line);
                }
                Line::Unreadable(example) => commands.refuse(line, example),
                Line::Prose => {}
            }
        }
        commands
    }

    fn refuse(&mut self, line: &str, example: &str) {
        self.fresh += 1;
        let finding = Diagnostic::new(Code::BadCommand).found("", line.trim()).detail(example);
        self.findings.push(finding);
    }

    /// The lines that set options, in order, to be read again later with [`Commands::restore`].
    pub fn choices(&self) -> Vec<String> {
        let lines = self.list.iter().zip(&self.lines);
        lines.filter(|(command, _)| command.is_choice()).map(|(_, line)| line.clone()).collect()
    }

    /// Reads lines that were commands before.
    pub fn restore(lines: &[String]) -> Self {
        let mut commands = Self::default();
        for line in lines {
            if let Line::Command(command) = line::read(line) {
                commands.push(command, line);
            }
        }
        commands
    }

    fn push(&mut self, command: Command, line: &str) {
        self.list.push(command);
        self.lines.push(line.trim().to_owned());
    }

    /// Whether the author asks for something in this very mail.
    pub fn is_asking(&self) -> bool {
        self.fresh > 0
    }

    /// Whether the command is among them.
    pub fn has(&self, command: &Command) -> bool {
        self.list.contains(command)
    }

    /// The names of what is not needed, lower case and without Polish letters.
    pub fn skipped(&self) -> impl Iterator<Item = &str> {
        self.list.iter().filter_map(|command| {
            if let Command::Skip(name) = command { Some(name.as_str()) } else { None }
        })
    }

    /// The language asked for, the last one if several.
    pub fn language(&self) -> Option<Lang> {
        self.list.iter().rev().find_map(|command| {
            if let Command::Language(lang) = command { Some(*lang) } else { None }
        })
    }

    /// Changes the options; of two commands of the same kind the later one holds.
    pub fn apply(&self, options: &mut Options) {
        for command in &self.list {
            command.apply(options);
        }
    }

    /// What is to be said of the commands beside a result: those that cannot be read, and those that only a mail without
    /// a file has answered.
    pub fn remarks(&self) -> Vec<Diagnostic> {
        let asked = self.list.iter().zip(&self.lines);
        let left = asked
            .filter(|(command, _)| matches!(command, Command::Status | Command::History))
            .map(|(_, line)| Diagnostic::new(Code::CommandLeft).found("", line));
        self.findings.iter().cloned().chain(left).collect()
    }

    /// Lines that are meant as commands and cannot be read.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn find(subject: &str, text: &str) -> Commands {
        Commands::find(subject, SubjectOrigin::Fresh, text)
    }

    #[test]
    fn subject_and_lines_take_effect_in_order() {
        let commands = find("ROK 2023", "Dzień dobry,\n\nROK 2024\nDATA: TRANSAKCJI\njęzyk en\n");
        let mut options = Options::default();
        commands.apply(&mut options);
        assert_eq!((options.year, options.basis), (Some(2024), Basis::Trade));
        assert_eq!(commands.language(), Some(Lang::En));
        assert!(commands.is_asking() && commands.findings().is_empty());
    }

    #[test]
    fn a_loss_of_the_same_year_is_replaced_and_zero_takes_it_back() {
        let mut options = Options::default();
        find("", "STRATA 2022 1500\nSTRATA 2021 900\nSTRATA 2022 1400").apply(&mut options);
        let claims: Vec<_> = options.losses.iter().map(|loss| (loss.year, loss.amount)).collect();
        let zloty = |amount: i64| Pln::from_grosze(amount * 100);
        assert_eq!(claims, [(2021, zloty(900)), (2022, zloty(1400))]);
        find("", "STRATA 2021 0\nKRYPTO KOSZTY 5\nPIT-8C 20=1 21=2").apply(&mut options);
        assert_eq!(options.losses.len(), 1);
        assert!(options.crypto_costs.is_some() && options.pit8c.is_some());
        find("", "KRYPTO KOSZTY 0\nPIT-8C 20=0 21=0").apply(&mut options);
        assert!(options.crypto_costs.is_none() && options.pit8c.is_none());
    }

    #[test]
    fn foreign_tax_is_kept_by_country_and_residence_as_one_period() {
        let mut options = Options::default();
        find("", "FOREIGN TAX US 120\nFOREIGN TAX DE 30\nFOREIGN TAX US 100").apply(&mut options);
        let paid: Vec<_> = options
            .foreign_tax
            .iter()
            .map(|paid| (paid.country.to_string(), paid.amount))
            .collect();
        let zloty = |amount: i64| Pln::from_grosze(amount * 100);
        assert_eq!(paid, [("DE".to_owned(), zloty(30)), ("US".to_owned(), zloty(100))]);
        find("", "PODATEK ZAGRANICZNY DE 0\nREZYDENCJA OD 2025-07-01").apply(&mut options);
        assert_eq!(options.foreign_tax.len(), 1);
        assert_eq!(options.residence, "2025-07-01:".parse().ok());
        find("", "REZYDENCJA ZAWSZE").apply(&mut options);
        assert_eq!(options.residence, None);
    }

    #[test]
    fn choices_are_read_again_from_their_lines() {
        let commands = find("POMOC", "ROK 2024\nSTRATA 2022 1 500,25 ODLICZ 700");
        assert_eq!(commands.choices(), ["ROK 2024", "STRATA 2022 1 500,25 ODLICZ 700"]);
        let (mut first, mut again) = (Options::default(), Options::default());
        commands.apply(&mut first);
        Commands::restore(&commands.choices()).apply(&mut again);
        assert_eq!(first, again);
    }

    #[test]
    fn what_is_not_needed_is_named() {
        let commands = find("", "POMIŃ Wyciąg 2.csv\nskip: b.xlsx");
        assert_eq!(commands.skipped().collect::<Vec<_>>(), ["wyciag 2.csv", "b.xlsx"]);
        assert!(commands.is_asking() && commands.choices().is_empty());
        assert!(is_same_kind("STRATA 2022 abc", "loss 2022 100"));
        assert!(is_same_kind("STRATY 2022 1500", "STRATA 2022 1500"));
        assert!(!is_same_kind("STRATA 2022 abc", "ROK 2022") && !is_same_kind("a", "b"));
    }

    #[test]
    fn only_the_first_ten_own_lines_count() {
        let letter = |lines: usize| format!("{}ROK 2024", "słowa\n\n".repeat(lines));
        assert!(find("", &letter(9)).is_asking());
        assert!(!find("", &letter(10)).is_asking());
        // Unquoted lines count wherever they stand: below a quote people answer it.
        let below = find("", "Dziękuję\n\n> ROK 2024\nROK 2023");
        assert!(below.has(&Command::Year(2023)) && !below.has(&Command::Year(2024)));
        let quoted = "> cytat\n".repeat(50);
        assert!(find("", &format!("{quoted}ROK 2024")).is_asking());
        assert!(!find("", "Jan\n-- \nSTOP").is_asking());
    }

    #[test]
    fn an_inherited_subject_keeps_its_choices_and_asks_for_nothing() {
        let inherited = |subject| Commands::find(subject, SubjectOrigin::Inherited, "Dziękuję!");
        let year = inherited("ROK 2024");
        let mut options = Options::default();
        year.apply(&mut options);
        assert_eq!(options.year, Some(2024));
        assert!(!year.is_asking());
        assert_eq!(inherited("USUŃ"), Commands::default());
        assert_eq!(inherited("ROK 24"), Commands::default());
    }

    #[test]
    fn an_unreadable_command_is_a_finding_with_an_example() {
        let commands = find("", "STRATA 2022 abc");
        let [finding] = commands.findings() else { panic!("{commands:?}") };
        assert_eq!(finding.code, Code::BadCommand);
        assert_eq!(
            (finding.value.as_str(), finding.detail.as_str()),
            ("STRATA 2022 abc", "STRATA 2022 1500")
        );
        assert!(commands.is_asking());
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_search(subject in any::<String>(), text in any::<String>()) {
            let _ = find(&subject, &text);
        }

        #[test]
        fn command_words_with_anything_behind_never_break(
            start in prop::sample::select(vec!["STRATA ", "PIT-8C ", "ROK ", "KRYPTO KOSZTY ", "DATA: "]),
            rest in "[0-9a-zA-ZżóŁ=., :]{0,40}",
        ) {
            let commands = find("", &format!("{start}{rest}"));
            prop_assert!(commands.list.len() + commands.findings.len() <= 1);
        }
    }
}
