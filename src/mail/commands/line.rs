//! One line: a command, an attempt at one, or prose.

use std::mem::discriminant;

use super::{
    Command,
    amount::amount,
    near::nearly,
    residence::{foreign_tax, residence},
};
use crate::{
    lang::Lang,
    mail::name::is_deceptive,
    statement::table::fold,
    tax::{Basis, LossClaim, Pit8c},
};

/// No command is longer.
const LINE_CHARS_MAX: usize = 80;

/// What a line turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// A command.
    Command(Command),
    /// It begins like a command and cannot be anything else, but cannot be read; with an example
    /// of the right form.
    Unreadable(&'static str),
    /// Anything else.
    Prose,
}

/// Commands of one word, folded.
const WORDS: &[(&str, Command)] = &[
    ("pomoc", Command::Help),
    ("help", Command::Help),
    ("status", Command::Status),
    ("historia", Command::History),
    ("history", Command::History),
    ("wzor", Command::Template),
    ("template", Command::Template),
    ("wgraj", Command::Upload),
    ("upload", Command::Upload),
    ("usun", Command::Delete),
    ("delete", Command::Delete),
    ("stop", Command::Stop),
];

/// Commands with a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Year,
    Basis,
    Loss,
    Pit8c,
    CryptoCosts,
    ForeignTax,
    Residence,
    Language,
    Skip,
}

/// How each begins, folded, and an example for whoever wrote it otherwise.
pub(super) const FORMS: &[(&str, Form, &str)] = &[
    ("rok", Form::Year, "ROK 2024"),
    ("year", Form::Year, "YEAR 2024"),
    // With its colon: the word alone heads many a column.
    ("data:", Form::Basis, "DATA: TRANSAKCJI"),
    ("basis", Form::Basis, "BASIS: TRADE"),
    ("strata", Form::Loss, "STRATA 2022 1500"),
    ("loss", Form::Loss, "LOSS 2022 1500"),
    ("pit-8c", Form::Pit8c, "PIT-8C 20=1200 21=900"),
    ("pit 8c", Form::Pit8c, "PIT-8C 20=1200 21=900"),
    ("pit8c", Form::Pit8c, "PIT-8C 20=1200 21=900"),
    ("krypto koszty", Form::CryptoCosts, "KRYPTO KOSZTY 5000"),
    ("koszty krypto", Form::CryptoCosts, "KRYPTO KOSZTY 5000"),
    ("crypto costs", Form::CryptoCosts, "CRYPTO COSTS 5000"),
    ("podatek obcy", Form::ForeignTax, "PODATEK OBCY US 120"),
    ("podatek zagraniczny", Form::ForeignTax, "PODATEK OBCY US 120"),
    ("foreign tax", Form::ForeignTax, "FOREIGN TAX US 120"),
    ("rezydencja", Form::Residence, "REZYDENCJA OD 2025-07-01"),
    ("residence", Form::Residence, "RESIDENCE FROM 2025-07-01"),
    ("jezyk", Form::Language, "JĘZYK EN"),
    ("language", Form::Language, "LANGUAGE PL"),
    ("pomin", Form::Skip, "POMIŃ plik.csv"),
    ("skip", Form::Skip, "SKIP file.csv"),
];

/// Commands that are one only if all of it stands in capitals: as words they head many a column.
const CAPITALS: &[(&str, Command)] = &[
    ("data transakcji", Command::Basis(Basis::Trade)),
    ("data rozliczenia", Command::Basis(Basis::Settlement)),
];

/// What people put before a command, folded.
const PLEASE: &[&str] = &["prosze", "poprosze", "please", "polecenie", "komenda", "command"];

/// Whether two lines are commands of one kind, readable or not: the later one takes the place of the other.
pub fn is_same_kind(one: &str, other: &str) -> bool {
    let kind = |line: &str| {
        let folded = fold(bare(line));
        let starts = |start: &str, form: Form| value_behind(&folded, start, form).is_some();
        FORMS
            .iter()
            .find(|(start, form, _)| starts(start, *form))
            .map(|(_, form, _)| *form)
            .or_else(|| nearly(&folded).map(|(form, _)| form))
            .map(|form| discriminant(&form))
    };
    kind(one).is_some_and(|kind_of_one| Some(kind_of_one) == kind(other))
}

/// Reads a line.
pub(super) fn read(line: &str) -> Line {
    if line.chars().nth(LINE_CHARS_MAX + MARKS_MAX).is_some() {
        return Line::Prose;
    }
    let visible: String = line.chars().filter(|&c| c.is_whitespace() || !is_deceptive(c)).collect();
    let line = asked(bare(&visible));
    if line.is_empty() || line.chars().count() > LINE_CHARS_MAX {
        return Line::Prose;
    }
    // Some machines write a letter and its mark as two characters; our help writes brackets.
    let folded: String =
        fold(line).chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '[' | ']')).collect();
    let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    let folded = folded.replace(" :", ":").replace(" =", "=").replace("= ", "=");
    let is_loud = !line.contains(char::is_lowercase);
    let words = WORDS.iter().chain(CAPITALS.iter().filter(|_| is_loud));
    if let Some((_, command)) = words.into_iter().find(|(word, _)| *word == folded) {
        return Line::Command(command.clone());
    }
    let found = FORMS.iter().find_map(|(start, form, example)| {
        value_behind(&folded, start, *form).map(|value| (form, value, *example))
    });
    let Some((form, value, example)) = found else {
        let meant = nearly(&folded).filter(|_| is_shouted(line));
        return meant.map_or(Line::Prose, |(_, example)| Line::Unreadable(example));
    };
    match form.read(value) {
        Some(command) => Line::Command(command),
        None if form.is_attempt(value, is_shouted(line)) => Line::Unreadable(example),
        None => Line::Prose,
    }
}

/// So many marks and blanks around a command are no reason to overlook it.
const MARKS_MAX: usize = 80;

/// The line without quotation marks, stars of bold type, the mark or number of a list, and what closes a
/// sentence. A colon at its end stays: it makes a heading of it.
fn bare(line: &str) -> &str {
    let around = |c: char| c.is_whitespace() || "\"'„”“«»*`_()[],;-–—•·‣◦▪●".contains(c);
    let line = line.trim_matches(around);
    numbered(line)
        .trim_start_matches(around)
        .trim_end_matches(|c| around(c) || matches!(c, '.' | '!' | '?'))
}

/// What follows the number of a list: `1.` or `2)`.
fn numbered(line: &str) -> &str {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - rest.len();
    let item = rest.strip_prefix(['.', ')']).filter(|item| item.starts_with(char::is_whitespace));
    item.filter(|_| (1..=2).contains(&digits)).unwrap_or(line)
}

/// What follows `Proszę:` and its kin.
fn asked(line: &str) -> &str {
    let parts = line.split_once([':', ',']);
    parts
        .filter(|(word, _)| PLEASE.contains(&fold(word).as_ref()))
        .map_or(line, |(_, rest)| bare(rest))
}

/// What follows the beginning, which ends at a blank, a colon or an equals sign, or before the digits of
/// a year.
fn value_behind<'t>(folded: &'t str, start: &str, form: Form) -> Option<&'t str> {
    let rest = folded.strip_prefix(start)?;
    let ends = start.ends_with(':')
        || rest.starts_with([' ', ':', '='])
        || (matches!(form, Form::Year) && rest.starts_with(|c: char| c.is_ascii_digit()));
    let value = rest.trim_start_matches([' ', ':', '=']);
    // A dash with a blank behind it is no minus.
    let dashed = ["- ", "– ", "— "].iter().find_map(|dash| value.strip_prefix(dash));
    ends.then(|| dashed.unwrap_or(value).trim_start())
}

/// The first word stands in capitals, as in our help: nobody begins a sentence so.
fn is_shouted(line: &str) -> bool {
    let word = line.split([' ', ':', '=']).next().unwrap_or_default();
    word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase)
}

impl Form {
    pub(super) fn read(self, value: &str) -> Option<Command> {
        match self {
            Self::Year => year(value).map(Command::Year),
            Self::Basis => match value {
                "transakcji" | "transakcja" | "trade" => Some(Command::Basis(Basis::Trade)),
                "rozliczenia" | "rozliczenie" | "settlement" => {
                    Some(Command::Basis(Basis::Settlement))
                }
                _ => None,
            },
            Self::Loss => loss(value).map(Command::Loss),
            Self::Pit8c => pit8c(value).map(Command::Pit8c),
            Self::CryptoCosts => amount(value).map(Command::CryptoCosts),
            Self::ForeignTax => foreign_tax(value).map(Command::ForeignTax),
            Self::Residence => residence(value),
            Self::Language => match value {
                "pl" | "polski" | "polish" => Some(Command::Language(Lang::Pl)),
                "en" | "angielski" | "english" => Some(Command::Language(Lang::En)),
                _ => None,
            },
            Self::Skip => Some(Command::Skip(value.to_owned())).filter(|_| !value.is_empty()),
        }
    }

    /// Whether a value that cannot be read was meant as one: too few readers write prose like this
    /// to stay silent about a loss or a year that was asked for.
    fn is_attempt(self, value: &str, shouted: bool) -> bool {
        let mut words = value.split(' ').filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let single = !first.is_empty() && words.next().is_none();
        let figures = |mut words: std::str::Split<'_, char>| {
            words.all(|word| word.contains(|c: char| c.is_ascii_digit()) || is_loss_key(word))
        };
        match self {
            Self::Year => single && (shouted || first.bytes().all(|byte| byte.is_ascii_digit())),
            Self::Basis => single && shouted && first.chars().all(char::is_alphabetic),
            Self::Loss => {
                (shouted && value.contains(|c: char| c.is_ascii_digit()))
                    || (first.starts_with(|c: char| c.is_ascii_digit())
                        && !single
                        && figures(value.split(' ')))
            }
            // The form is called so in any sentence; its figures are not.
            Self::Pit8c => {
                let names_them =
                    ["przych", "revenue", "koszt", "cost"].iter().any(|word| value.contains(word));
                let has_figure = value.contains(|c: char| c.is_ascii_digit());
                value.contains('=')
                    || (names_them && has_figure)
                    || (!single && figures(value.split(' ')))
            }
            Self::CryptoCosts => !first.is_empty() && (shouted || figures(value.split(' '))),
            Self::ForeignTax | Self::Residence => {
                shouted && !first.is_empty()
                    || value.contains(|c: char| c.is_ascii_digit()) && value.split(' ').count() <= 4
            }
            Self::Language => single && shouted,
            Self::Skip => false,
        }
    }
}

/// `2024`, also as `2024 r`.
fn year(text: &str) -> Option<i16> {
    let text = text.strip_suffix('r').map_or(text, str::trim_end);
    let year = text.parse().ok()?;
    (text.len() == 4 && (2002..2100).contains(&year)).then_some(year)
}

fn is_used(word: &str) -> bool {
    matches!(word, "uzyto" | "used")
}

fn is_deduct(word: &str) -> bool {
    matches!(word, "odlicz" | "deduct")
}

fn is_loss_key(word: &str) -> bool {
    is_used(word) || is_deduct(word)
}

/// `2022 1500 [UŻYTO 300] [ODLICZ 700]`; without the last one, the most that is allowed is deducted.
fn loss(text: &str) -> Option<LossClaim> {
    let of = |word: &str| {
        matches!(word, "z" | "za" | "w" | "rok" | "roku" | "from" | "of" | "for" | "in" | "year")
    };
    let mut text = text;
    while let Some((_, rest)) = text.split_once(' ').filter(|(word, _)| of(word)) {
        text = rest;
    }
    let (first, rest) = text.split_once(' ')?;
    let year = year(first.trim_end_matches(':'))?;
    let rest =
        ["r. ", "r ", "roku "].iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
    let words: Vec<&str> = rest.split(' ').collect();
    let mut sections = words.chunk_by(|_, next| !is_loss_key(next));
    let loss = amount(&sections.next()?.join(" "))?;
    let (mut used, mut deduct) = (None, None);
    for section in sections {
        let (key, figure) = section.split_first()?;
        let place = if is_used(key) { &mut used } else { &mut deduct };
        if place.replace(amount(&figure.join(" "))?).is_some() {
            return None;
        }
    }
    Some(LossClaim { year, amount: loss, used: used.unwrap_or_default(), deduct })
}

/// `20=… 21=…`, in any order: revenue and cost, as they enter the fields of PIT-38.
fn pit8c(text: &str) -> Option<Pit8c> {
    let words: Vec<&str> = text.split(' ').collect();
    let (mut revenue, mut cost) = (None, None);
    for section in words.chunk_by(|_, next| !next.contains('=')) {
        let section = section.join(" ");
        let (field, figure) = section.split_once('=')?;
        let figure = amount(figure.trim_end_matches([',', ';']))?;
        let place = match field {
            "20" => &mut revenue,
            "21" => &mut cost,
            _ => return None,
        };
        if place.replace(figure).is_some() {
            return None;
        }
    }
    Some(Pit8c { revenue: revenue?, cost: cost? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::{Country, Pln},
        tax::ForeignTax,
    };

    fn zloty(amount: i64) -> Pln {
        Pln::from_grosze(amount * 100)
    }

    fn foreign(amount: i64) -> Command {
        Command::ForeignTax(ForeignTax { country: Country::US, amount: zloty(amount) })
    }

    #[test]
    fn every_command_is_read_in_both_languages() {
        for (line, command) in [
            ("POMOC", Command::Help),
            ("help", Command::Help),
            ("Status.", Command::Status),
            ("wgraj!", Command::Upload),
            ("UPLOAD", Command::Upload),
            ("HISTORIA", Command::History),
            ("History", Command::History),
            ("WZÓR", Command::Template),
            ("wzor", Command::Template),
            ("WZO\u{301}R", Command::Template),
            ("Template", Command::Template),
            ("USUŃ", Command::Delete),
            ("usun!", Command::Delete),
            ("DELETE", Command::Delete),
            ("STOP", Command::Stop),
            ("„STOP”", Command::Stop),
            ("ROK 2024", Command::Year(2024)),
            ("*Rok: 2024*", Command::Year(2024)),
            ("\"YEAR 2024.\"", Command::Year(2024)),
            ("DATA: TRANSAKCJI", Command::Basis(Basis::Trade)),
            ("data : rozliczenia", Command::Basis(Basis::Settlement)),
            ("BASIS: TRADE", Command::Basis(Basis::Trade)),
            ("basis settlement", Command::Basis(Basis::Settlement)),
            ("KRYPTO KOSZTY 5 000,50", Command::CryptoCosts(Pln::from_grosze(500_050))),
            ("crypto costs: 5000", Command::CryptoCosts(zloty(5000))),
            ("PODATEK ZAGRANICZNY US 120", foreign(120)),
            ("Foreign tax: us 1 500 zł", foreign(1500)),
            ("REZYDENCJA OD 2025-07-01", Command::Residence("2025-07-01:".parse().ok())),
            ("Residence until 2026-03-31", Command::Residence(":2026-03-31".parse().ok())),
            ("- ROK 2024", Command::Year(2024)),
            ("• ROK 2024;", Command::Year(2024)),
            ("1. ROK 2024", Command::Year(2024)),
            ("2) Rok 2024,", Command::Year(2024)),
            ("ROK – 2024", Command::Year(2024)),
            ("ROK2024", Command::Year(2024)),
            ("ROK 2024 r.", Command::Year(2024)),
            ("\u{200b}ROK\u{200b} 2024\u{feff}", Command::Year(2024)),
            ("Proszę: ROK 2024", Command::Year(2024)),
            ("Please, YEAR 2024", Command::Year(2024)),
            ("(STATUS)", Command::Status),
            ("Status?", Command::Status),
            ("DATA TRANSAKCJI", Command::Basis(Basis::Trade)),
            ("- DATA ROZLICZENIA", Command::Basis(Basis::Settlement)),
            ("KOSZTY KRYPTO 500", Command::CryptoCosts(zloty(500))),
            ("JĘZYK EN", Command::Language(Lang::En)),
            ("jezyk: pl", Command::Language(Lang::Pl)),
            ("LANGUAGE EN", Command::Language(Lang::En)),
        ] {
            assert_eq!(read(line), Line::Command(command), "{line}");
        }
    }

    #[test]
    fn a_loss_is_read_with_and_without_its_parts() {
        let claim = |amount, used, deduct: Option<i64>| {
            let (amount, used) = (zloty(amount), zloty(used));
            Line::Command(Command::Loss(LossClaim {
                year: 2022,
                amount,
                used,
                deduct: deduct.map(zloty),
            }))
        };
        for (line, expected) in [
            ("STRATA 2022 1500", claim(1500, 0, None)),
            ("strata 2022: 1 500 zł", claim(1500, 0, None)),
            ("STRATA 2022 1500 UŻYTO 300", claim(1500, 300, None)),
            ("STRATA 2022 1 500,00 UŻYTO 300 ODLICZ 700", claim(1500, 300, Some(700))),
            ("LOSS 2022 1,500.00 DEDUCT 700 USED 300", claim(1500, 300, Some(700))),
            ("STRATA ZA 2022 1500", claim(1500, 0, None)),
            ("STRATA Z ROKU 2022 1500", claim(1500, 0, None)),
            ("LOSS FROM 2022: 1500", claim(1500, 0, None)),
            ("STRATA 2022 r. 1500", claim(1500, 0, None)),
            ("LOSS 2022 1500 [USED 300] [DEDUCT 700]", claim(1500, 300, Some(700))),
            ("loss 2022 1500 PLN deduct 0", claim(1500, 0, Some(0))),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn amounts_of_pit_8c_are_read() {
        let form = Pit8c { revenue: Pln::from_grosze(120_050), cost: zloty(900) };
        for line in [
            "PIT-8C 20=1200,50 21=900",
            "pit-8c 21=900 20=1 200,50",
            "PIT 8C: 20 = 1200.50, 21 = 900 zł.",
            "PIT8C 20=1200,50; 21=900",
        ] {
            assert_eq!(read(line), Line::Command(Command::Pit8c(form)), "{line}");
        }
    }

    #[test]
    fn a_failed_attempt_gets_an_example() {
        for (line, example) in [
            ("STRATA 2022 abc", "STRATA 2022 1500"),
            ("STRATA 2022", "STRATA 2022 1500"),
            ("strata 2022 1,500", "STRATA 2022 1500"),
            ("strata 22 1500", "STRATA 2022 1500"),
            ("LOSS 2022 1500 USED x", "LOSS 2022 1500"),
            ("LOSS 2022 1500 USED 300 USED 300", "LOSS 2022 1500"),
            ("STRATA 2022 WYNIOSŁA 1500", "STRATA 2022 1500"),
            ("STRATA Z ZESZŁEGO ROKU 1500", "STRATA 2022 1500"),
            ("STRATA 2022 - 1500", "STRATA 2022 1500"),
            ("KRYPTO KOSZTY -500", "KRYPTO KOSZTY 5000"),
            ("PIT-8C: 1000 500", "PIT-8C 20=1200 21=900"),
            ("PIT-8C przychód 1000 koszt 500", "PIT-8C 20=1200 21=900"),
            ("ROK 24", "ROK 2024"),
            ("rok 20244", "ROK 2024"),
            ("YEAR LAST", "YEAR 2024"),
            ("DATA: TRANZAKCJI", "DATA: TRANSAKCJI"),
            ("PIT-8C 20=abc 21=5", "PIT-8C 20=1200 21=900"),
            ("PIT-8C 20=5", "PIT-8C 20=1200 21=900"),
            ("pit-8c 35=5 36=4", "PIT-8C 20=1200 21=900"),
            ("KRYPTO KOSZTY DUŻE", "KRYPTO KOSZTY 5000"),
            ("PODATEK OBCY 120", "PODATEK OBCY US 120"),
            ("foreign tax pl 120", "FOREIGN TAX US 120"),
            ("REZYDENCJA OD LIPCA", "REZYDENCJA OD 2025-07-01"),
            ("residence from 2025", "RESIDENCE FROM 2025-07-01"),
            ("JĘZYK DE", "JĘZYK EN"),
            // A slip in the name.
            ("STRATY 2022 1500", "STRATA 2022 1500"),
            ("STRTAA: 2022 1500", "STRATA 2022 1500"),
            ("LOST 2022 1500", "LOSS 2022 1500"),
            ("KRYPTO KOSZTA 5000", "KRYPTO KOSZTY 5000"),
            ("FORIEGN TAX US 120", "FOREIGN TAX US 120"),
            ("YEARS 2024", "YEAR 2024"),
        ] {
            assert_eq!(read(line), Line::Unreadable(example), "{line}");
        }
    }

    #[test]
    fn prose_is_no_command() {
        for line in [
            "",
            "...",
            "Proszę o pomoc",
            "Historia:",
            "Status: ",
            "Rok 2024:",
            "PIT-8C za 2024 w załączniku",
            "PIT-8C 2024",
            "DATA WALUTY",
            "Proszę: o rozliczenie",
            "Pomoc techniczna",
            "Rok 2024 był dobry",
            "Rok obrotowy",
            "Strata 2022 wyniosła 1500 zł",
            "Strata z 2022 roku",
            "STRATA",
            "Strata 2022",
            "BASIS: T+2",
            "Data: 12 maja 2024",
            "Data: dzisiaj",
            "Data transakcji",
            "PIT-8C w załączniku",
            "PIT-8C",
            "Krypto koszty są w pliku",
            "Język polski proszę",
            "Rezydencja podatkowa bez zmian",
            "Rezydencja podatkowa w Polsce od 2025 roku",
            "Podatek zagraniczny jest w pliku",
            "Stop loss 100",
            "stopa zwrotu",
            "Status: w toku",
            "rokowania 2024",
            "help me please",
            "Straty 2022 1500",
            "STRATY ZA 2022",
            "KRYPTO KOSZTA",
            "DATY TRANSAKCJI",
            "DATA TRANSAKCJA",
            "ROKU 2024",
            "ZESTAWIENIE 2022 1500",
        ] {
            assert_eq!(read(line), Line::Prose, "{line}");
        }
        let long = format!("ROK {}2024", " ".repeat(80));
        assert_eq!(read(&long), Line::Prose);
    }
}
