//! Which files are Activity Statements, and which are something else of this broker.

use crate::statement::{Recognition, Sniff};

/// The first cells of statements in other languages (section names and headers are translated; the
/// words `Header` and `Data` in column 2 are not).
const FOREIGN: &[&str] = &[
    "abrechnung",
    "kontoauszug",
    "kontoübersicht",
    "wyciąg",
    "zestawienie",
    "sprawozdanie",
    "relevé",
    "relevé de compte",
    "rapport",
    "extracto",
    "estado de cuenta",
    "informe",
    "rendiconto",
    "estratto conto",
    "выписка",
    "отчет",
    "звіт",
    "uittreksel",
    "výpis",
];

/// Recognises the statement by its first rows.
pub(super) fn recognize(sniff: &Sniff) -> Recognition {
    if is_page(sniff) {
        return Recognition::Wrong;
    }
    let facts = Facts::of(sniff);
    if facts.history && !facts.trades {
        return Recognition::Wrong;
    }
    let begins = starts(sniff, &["statement", "header", "field name", "field value"])
        || starts(sniff, &["trades", "header", "datadiscriminator"]);
    if begins && !facts.other_broker {
        return if facts.readable_title() { Recognition::Yes } else { Recognition::Wrong };
    }
    if facts.history || is_foreign(sniff) { Recognition::Wrong } else { Recognition::No }
}

/// What the first rows say.
#[derive(Debug, Default)]
struct Facts {
    title: String,
    other_broker: bool,
    trades: bool,
    history: bool,
}

impl Facts {
    fn of(sniff: &Sniff) -> Self {
        let mut facts = Self { trades: has_line(&sniff.head, "trades"), ..Self::default() };
        for row in rows(sniff) {
            match *cells(row).as_slice() {
                ["transaction history", ..] => facts.history = true,
                ["trades", ..] => facts.trades = true,
                ["statement", "data", "title", title, ..] => title.clone_into(&mut facts.title),
                ["statement", "data", "brokername", name, ..] => {
                    facts.other_broker =
                        !(name.starts_with("interactive brokers") || name.starts_with("ib"));
                }
                _ => {}
            }
        }
        facts
    }

    /// `Activity Statement`, or another title over the same tables: `Realized Summary` has `Trades`.
    fn readable_title(&self) -> bool {
        let title = self.title.as_str();
        title.is_empty()
            || title.contains("activity")
            || (title.contains("realized summary") && self.trades)
    }
}

fn rows(sniff: &Sniff) -> &[Vec<String>] {
    sniff.sheets.first().map_or(&[], |sheet| sheet.rows.as_slice())
}

/// The cells of a row, also where a spreadsheet wrote the whole line into the first.
fn cells(row: &[String]) -> Vec<&str> {
    match row {
        [line, rest @ ..] if line.contains(',') && rest.iter().all(String::is_empty) => {
            line.split(',').map(|cell| cell.trim_matches([' ', '"'])).collect()
        }
        _ => row.iter().map(String::as_str).collect(),
    }
}

fn starts(sniff: &Sniff, with: &[&str]) -> bool {
    cells(sniff.header()).starts_with(with)
}

/// Whether a line of the text begins with the section.
fn has_line(head: &str, section: &str) -> bool {
    head.lines().any(|line| {
        let line = line.trim_start_matches('"');
        line.get(..section.len()).is_some_and(|start| start.eq_ignore_ascii_case(section))
            && line.get(section.len()..).is_some_and(|rest| rest.starts_with(['"', ',', ';']))
    })
}

/// The statement as a page of the portal.
fn is_page(sniff: &Sniff) -> bool {
    let head = sniff.head.to_ascii_lowercase();
    head.contains("<html") && head.contains("interactive brokers") && head.contains("statement")
}

/// A statement in another language: the same two first columns under other words.
fn is_foreign(sniff: &Sniff) -> bool {
    let named = rows(sniff).iter().any(|row| {
        matches!(*cells(row).as_slice(), [_, "data", _, name, ..]
            if name.starts_with("interactive brokers"))
    });
    let header = cells(sniff.header());
    match *header.as_slice() {
        [first, "header", _, _] => named || FOREIGN.contains(&first),
        [first, ..] => named && FOREIGN.contains(&first),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::{Container, FileId, Sheet, SourceFile};

    fn recognized(text: &str) -> Recognition {
        let sheet = Sheet { name: String::new(), text: text.to_owned(), delimiter: b',' };
        let name = String::new();
        let file =
            SourceFile { id: FileId(0), name, container: Container::Text, sheets: vec![sheet] };
        recognize(&Sniff::of(&file))
    }

    fn titled(title: &str, rest: &str) -> Recognition {
        recognized(&format!(
            "Statement,Header,Field Name,Field Value\n\
             Statement,Data,BrokerName,Interactive Brokers Ireland Limited\n\
             Statement,Data,Title,{title}\n{rest}"
        ))
    }

    #[test]
    fn an_activity_statement_is_known_by_its_first_rows() {
        let wrapped = "\"Statement,Header,Field Name,Field Value\"\n";
        assert_eq!(recognized(wrapped), Recognition::Yes);
        assert_eq!(titled("Activity Statement", ""), Recognition::Yes);
        assert_eq!(
            titled("Realized Summary", "Trades,Header,DataDiscriminator\n"),
            Recognition::Yes
        );
    }

    #[test]
    fn other_reports_of_the_broker_are_refused() {
        for title in ["Realized Summary", "MTM Summary", "Trade Confirmation Report"] {
            assert_eq!(titled(title, ""), Recognition::Wrong, "{title}");
        }
        for text in [
            "Statement,Header,Field Name,Field Value\nTransaction History,Header,Date,Account\n",
            "Abrechnung,Header,Feldname,Feldwert\nAbrechnung,Data,BrokerName,Interactive Brokers\n",
            "Wyciąg,Header,Nazwa pola,Wartość pola\n",
            "Foo,Header,A,B\nFoo,Data,BrokerName,Interactive Brokers LLC\n",
            "<html><title>Interactive Brokers Activity Statement</title>",
        ] {
            assert_eq!(recognized(text), Recognition::Wrong, "{text}");
        }
    }

    #[test]
    fn files_of_other_brokers_are_not_ours() {
        for text in [
            "",
            "Action,Time,ISIN,Ticker,Name\nMarket buy,2024-01-15,US45841N1072,IBKR,Interactive Brokers\n",
            "Statement,Header,Field Name,Field Value\nStatement,Data,BrokerName,Another Broker\n",
        ] {
            assert_eq!(recognized(text), Recognition::No, "{text}");
        }
    }
}
