//! Mails whose words matter: commands, requests and silence.

use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use crate::{
    adapters::MemoryRates,
    mail::DataFile,
    ports::Clock,
    reply::{Attachment, FileKind},
    statement::Severity,
    tax::Basis,
};

struct Spring;

impl Clock for Spring {
    fn now(&self) -> Timestamp {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }
}

/// All in złoty: no rate is needed, and the only year is 2024 with an income of 1000.
const FILE: &str = "date;type;isin;quantity;price;currency\n\
    2024-01-15;buy;PLPKO0000016;10;100;PLN\n\
    2024-06-17;sell;PLPKO0000016;10;200;PLN\n";

const HEAD: &str =
    "From: Jan <jan@example.com>\nTo: calc@investtax.example\nMessage-ID: <1@example.com>\n";

fn letter(headers: &str, text: &str) -> String {
    format!("{HEAD}{headers}\n\n{text}\n")
}

fn with_file(headers: &str, text: &str) -> String {
    with_files(headers, text, &[("a.csv", FILE)])
}

fn with_files(headers: &str, text: &str, files: &[(&str, &str)]) -> String {
    let mut mail = format!(
        "{HEAD}{headers}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    );
    for (name, content) in files {
        mail = format!(
            "{mail}--b\nContent-Type: text/csv; name={name}\nContent-Disposition: attachment\n\n\
             {content}\n"
        );
    }
    mail + "--b--\n"
}

async fn outcome(mail: &str) -> Outcome {
    let settings = ReplySettings {
        address: None,
        lang: None,
        options: Options::default(),
        limits: Limits::default(),
        with_document: true,
    };
    let services =
        Services { rates: Arc::new(MemoryRates::default()), nbp: None, clock: Arc::new(Spring) };
    answer(mail.as_bytes(), &settings, &services, &|_| {}).await.unwrap()
}

async fn answered(mail: &str) -> Answer {
    let Outcome::Answered(answer) = outcome(mail).await else { panic!("there must be a reply") };
    *answer
}

fn kinds(answer: &Answer) -> Vec<FileKind> {
    answer.content.attachments.iter().map(Attachment::kind).collect()
}

fn document(answer: &Answer) -> serde_json::Value {
    serde_json::from_slice(answer.calculation.as_ref().unwrap()).unwrap()
}

#[tokio::test]
async fn requests_are_answered_in_the_language_of_the_command() {
    let help = answered(&letter("Subject: POMOC", "")).await;
    assert!(help.content.text.contains("CO POBRAĆ U BROKERA"), "{}", help.content.text);
    assert_eq!(help.status, Status::Complete);
    let help = answered(&letter("Subject: help", "")).await;
    assert!(help.content.text.contains("WHAT TO EXPORT AT THE BROKER"));
    let template = answered(&letter("Subject: x", "Dzień dobry,\nWZÓR\n")).await;
    assert_eq!(kinds(&template), [FileKind::TemplateCsv, FileKind::TemplateXlsx]);
    for command in ["USUŃ", "STATUS", "HISTORIA"] {
        let stored = answered(&letter("Subject: x", command)).await;
        assert!(stored.content.text.starts_with("Nie przechowuję"), "{command}");
    }
}

#[tokio::test]
async fn a_letter_without_file_and_command_gets_the_how_to() {
    let how_to = answered(&letter("Subject: Podatek", "Dzień dobry, ile zapłacę?")).await;
    assert!(how_to.content.text.starts_with("Nie mogę policzyć: brak załącznika"));
    assert!(how_to.content.text.contains("POLECENIA"));
    assert_eq!(how_to.status, Status::Incomplete);
    let prose = "a, b, c, d\ne, f, g, h\ni, j, k, l";
    let how_to = answered(&letter("Subject: Lista", prose)).await;
    assert!(how_to.content.text.starts_with("Nie mogę policzyć: brak załącznika"));
}

/// Another purchase and sale, with an income of 2000.
const OTHER: &str = "date;type;isin;quantity;price;currency\n\
    2024-01-16;buy;PLKGHM000017;10;100;PLN\n\
    2024-06-18;sell;PLKGHM000017;10;300;PLN\n";

/// The tax of 2024 and how many files it is from.
fn tax(answer: &Answer) -> (String, usize) {
    let document = document(answer);
    let due = document["years"][0]["securities"]["tax_due"].as_str().unwrap_or_default();
    (due.to_owned(), document["inputs"].as_array().unwrap().len())
}

#[tokio::test]
async fn a_table_pasted_beside_a_file_counts() {
    let beside =
        answered(&with_file("Subject: x", &format!("Drugi rachunek:\n{OTHER}\nJan"))).await;
    // 19 % of 1000 + 2000.
    assert_eq!((tax(&beside), beside.status), (("570".to_owned(), 2), Status::Complete));
    let again = answered(&with_file("Subject: x", &format!("To samo:\n{FILE}"))).await;
    assert_eq!((tax(&again), again.status), (("190".to_owned(), 1), Status::Complete));
    let quoted = OTHER.replace("20", "> 20").replace("date", "> date");
    let forwarded = format!("Proszę\n\n-----Wiadomość oryginalna-----\n{OTHER}\n\n{quoted}");
    let others = answered(&with_file("Subject: x", &forwarded)).await;
    assert_eq!(tax(&others), ("190".to_owned(), 1));
}

/// A table that nobody can read is named where the files are answered for; a signature is not.
#[tokio::test]
async fn a_pasted_table_that_cannot_be_read_is_named() {
    let of = async |table: &str| {
        let answer = answered(&with_file("Subject: x", &format!("Proszę\n\n{table}\n\nJan"))).await;
        assert_eq!((tax(&answer).0.as_str(), answer.status), ("190", Status::Complete));
        answer.content.text.contains("tresc-wiadomosci.csv")
    };
    assert!(of("kiedy;co;ile;za\n2024-02-01;AAPL;5;100\n2024-03-01;AAPL;5;120").await);
    assert!(!of("Jan;Kowalski;Firma;Dział\ntel.;22 123;pokój;5\nfax;a;b;c").await);
}

#[tokio::test]
async fn no_row_of_a_pasted_table_is_lost() {
    let two = format!("Dzień dobry\n\nPierwszy:\n{FILE}\nDrugi:\n{OTHER}\nJan");
    assert_eq!(tax(&answered(&letter("Subject: x", &two)).await), ("570".to_owned(), 2));
    let blank = FILE.replace("2024-06", "\n2024-06");
    let blank = answered(&letter("Subject: x", &format!("{blank}\nJan"))).await;
    assert_eq!((tax(&blank), blank.status), (("190".to_owned(), 1), Status::Complete));
    let (_, rows) = OTHER.split_once('\n').unwrap();
    for wrapped in ["\n200;PLN", "200\n;PLN", "200;PL\nN"] {
        let table = format!("{}{rows}", FILE.replace("200;PLN", wrapped));
        let torn = answered(&letter("Subject: x", &format!("{table}\nJan"))).await;
        assert_eq!(torn.status, Status::Incomplete, "{table}");
        assert!(torn.content.text.contains("tresc-wiadomosci.csv"), "{}", torn.content.text);
    }
}

#[tokio::test]
async fn choices_change_the_calculation() {
    let plain = answered(&with_file("Subject: Podatek", "Proszę o wynik.")).await;
    assert_eq!(plain.status, Status::Complete, "{}", plain.content.text);
    // 2000 − 1000 = 1000; 19 % of it is 190.
    let year = &document(&plain)["years"][0];
    assert_eq!((&year["year"], &year["securities"]["tax_due"]), (&2024.into(), &"190".into()));
    let text = "STRATA 2022 1 500,00 UŻYTO 300 ODLICZ 700\nDATA: TRANSAKCJI\nLANGUAGE EN";
    let chosen = answered(&with_file("Subject: ROK 2024", text)).await;
    let document = document(&chosen);
    assert_eq!(document["basis"], Basis::Trade.as_str());
    // 1000 − 700 = 300; 19 % of it is 57.
    assert_eq!(document["years"][0]["securities"]["tax_due"], "57");
    assert!(chosen.content.text.contains("Tax"), "{}", chosen.content.text);
}

#[tokio::test]
async fn an_unreadable_command_makes_the_result_incomplete_and_is_explained() {
    let answer = answered(&with_file("Subject: Podatek", "STRATA 2022 abc")).await;
    assert_eq!(answer.status, Status::Incomplete);
    assert!(answer.content.text.contains("„STRATA 2022 abc”"), "{}", answer.content.text);
    let unwrapped = answer.content.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains("na przykład: STRATA 2022 1500"), "{unwrapped}");
    let alone = answered(&letter("Subject: x", "STRATA 2022 abc")).await;
    assert!(alone.content.text.contains("„STRATA 2022 abc”"), "{}", alone.content.text);
}

#[tokio::test]
async fn a_file_is_calculated_whatever_the_subject_of_the_thread_asks_for() {
    let threaded = "Subject: Re: POMOC\nIn-Reply-To: <reply.1@investtax.example>";
    let answer = answered(&with_file(threaded, "Proszę.")).await;
    assert_eq!(answer.status, Status::Complete);
    let chosen = "Subject: Re: ROK 2023\nIn-Reply-To: <reply.1@investtax.example>";
    let answer = answered(&with_file(chosen, "Proszę.")).await;
    let years = document(&answer)["years"].clone();
    assert!(years.as_array().unwrap().iter().any(|year| year["year"] == 2023), "{years}");
}

#[tokio::test]
async fn stop_is_obeyed() {
    let stopped = outcome(&letter("Subject: STOP", "")).await;
    assert!(matches!(stopped, Outcome::Dropped(DropReason::Stopped)), "{stopped:?}");
}

#[tokio::test]
async fn a_rejection_brings_the_empty_template() {
    let mail = with_file("Subject: x", "Proszę.").replace("date;type;isin", "foo;bar;baz");
    let answer = answered(&mail).await;
    assert_eq!(kinds(&answer), [FileKind::TemplateCsv, FileKind::TemplateXlsx]);
    assert_eq!(answer.status, Status::Incomplete);
}

/// The purchase cannot be read, so the sale has no figures.
fn broken() -> String {
    FILE.replace("10;100;PLN", "10;abc;PLN")
}

fn repair_file(answer: &Answer) -> String {
    let csv = answer.content.attachments.iter().find(|file| file.kind() == FileKind::TemplateCsv);
    String::from_utf8(csv.unwrap().bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_repaired_row_takes_the_place_of_the_unreadable_one() {
    let broken = broken();
    let first = answered(&with_files("Subject: x", "Proszę.", &[("a.csv", &broken)])).await;
    assert_eq!(first.status, Status::Incomplete);
    let template = repair_file(&first);
    // Whatever the order of the files, the row meets the lots of the account that it comes from.
    for repaired_first in [true, false] {
        let repaired = template.replace("abc", "100");
        let mut files = [("a.csv", broken.as_str()), ("b.csv", repaired.as_str())];
        if repaired_first {
            files.reverse();
        }
        let second = answered(&with_files("Subject: x", "Proszę.", &files)).await;
        assert_eq!(second.status, Status::Complete, "{}", second.content.text);
        let document = document(&second);
        assert_eq!(document["years"][0]["securities"]["tax_due"], "190");
        for input in document["inputs"].as_array().unwrap() {
            let rows = &input["rows"];
            let parts = ["used", "neutral", "duplicate", "unknown"];
            let sum: u64 = parts.iter().map(|part| rows[part].as_u64().unwrap()).sum();
            assert_eq!(rows["total"].as_u64(), Some(sum), "{input}");
            assert_eq!(rows["unknown"], 0);
        }
    }
}

#[tokio::test]
async fn a_row_repaired_in_two_steps_is_asked_for_once() {
    let broken = broken();
    let first = answered(&with_files("Subject: x", "Proszę.", &[("a.csv", &broken)])).await;
    let still = repair_file(&first).replace("abc", "def");
    let files = [("a.csv", broken.as_str()), ("b.csv", still.as_str())];
    let second = answered(&with_files("Subject: x", "Proszę.", &files)).await;
    let template = repair_file(&second);
    assert_eq!(template.lines().count(), 2, "{template}");
    let repaired = template.replace("def", "100");
    let files = [files[0], files[1], ("c.csv", repaired.as_str())];
    let third = answered(&with_files("Subject: x", "Proszę.", &files)).await;
    assert_eq!(third.status, Status::Complete, "{}", third.content.text);
    assert_eq!(document(&third)["years"][0]["securities"]["tax_due"], "190");
}

#[tokio::test]
async fn a_damaged_recipient_is_no_fault_and_a_damaged_author_gets_no_answer() {
    let mail = with_file("", "");
    let answer =
        answered(&mail.replace("To: calc@investtax.example", "To: calc@inv..esttax,")).await;
    assert_eq!(answer.message.to, "jan@example.com");
    let nobody = mail.replace("jan@example.com", "jan@exa..mple");
    assert!(matches!(outcome(&nobody).await, Outcome::Dropped(DropReason::NoAuthor)));
}

const TEMPLATES: [FileKind; 2] = [FileKind::TemplateCsv, FileKind::TemplateXlsx];

/// The sale has no purchase: nothing of it can be repaired in its row.
const OVERSOLD: &str = "date;type;isin;quantity;price;currency\n\
    2024-01-15;buy;PLPKO0000016;10;100;PLN\n\
    2024-06-17;sell;PLPKO0000016;11;200;PLN\n";

#[tokio::test]
async fn every_reply_with_an_error_brings_a_template() {
    let oversold = with_files("Subject: x", "Proszę.", &[("a.csv", OVERSOLD)]);
    let unreadable =
        with_files("Subject: x", "Proszę.", &[("a.csv", FILE), ("b.csv", "a;b\n1;2\n")]);
    let command = with_file("Subject: x", "STRATA 2022 abc");
    let nothing = letter("Subject: Podatek", "Dzień dobry, ile zapłacę?");
    for mail in [oversold, unreadable, command, nothing] {
        let answer = answered(&mail).await;
        assert_eq!(answer.status, Status::Incomplete);
        let kinds = kinds(&answer);
        assert!(kinds.ends_with(&TEMPLATES), "{kinds:?}");
        assert!(answer.content.text.contains("szablon"), "{}", answer.content.text);
    }
    let complete = answered(&with_file("Subject: x", "Proszę.")).await;
    assert!(!kinds(&complete).ends_with(&TEMPLATES));
}

#[tokio::test]
async fn a_year_asked_for_without_a_file_gives_no_figures() {
    let asked = answered(&letter("Subject: ROK 2024", "")).await;
    let text = &asked.content.text;
    assert!(text.starts_with("Nie mogę policzyć: brak załącznika"), "{text}");
    assert!(!text.contains("0,00") && !text.contains("2024"), "{text}");
    assert_eq!(kinds(&asked), TEMPLATES);
    assert_eq!(asked.status, Status::Incomplete);
}

const BOUGHT: &str = "date;type;isin;quantity;price;currency\n\
    2025-01-15;buy;PLPKO0000016;10;100;PLN\n";

#[tokio::test]
async fn a_pit_8c_is_never_left_out_in_silence() {
    let of = |text: &str| with_files("Subject: x", text, &[("a.csv", BOUGHT)]);
    let asked = answered(&of("PIT-8C 20=1000 21=900")).await;
    assert_eq!(asked.status, Status::Incomplete);
    let unwrapped = asked.content.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains("Odpowiedz poleceniem ROK"), "{unwrapped}");
    let told = answered(&of("PIT-8C 20=1000 21=900\nROK 2025")).await;
    assert_eq!(told.status, Status::Complete, "{}", told.content.text);
    // 1000 − 900 = 100; 19 % of it is 19.
    assert_eq!(document(&told)["years"][0]["securities"]["tax_due"], "19");
    let loss = answered(&of("STRATA 2022 1500")).await;
    assert_eq!(loss.status, Status::Complete);
    assert!(loss.content.text.contains("LOSS 2022"), "{}", loss.content.text);
}

#[tokio::test]
async fn fees_alone_give_the_same_year_everywhere() {
    let file = BOUGHT.replace("date;type", "amount;date;type").replace("2025-01", ";2025-01")
        + "7.50;2025-02-07;fee;;;;PLN\n";
    let answer = answered(&with_files("Subject: x", "Proszę.", &[("a.csv", &file)])).await;
    let document = document(&answer);
    // Field 29 of PIT-38(18) is the loss.
    assert_eq!(document["years"][0]["fields"]["29"], "7.50", "{document}");
    let text = &answer.content.text;
    assert!(text.starts_with("Strata za 2025: 7,50"), "{text}");
}

#[tokio::test]
async fn a_gap_in_an_earlier_year_is_told_beside_a_year_that_is_whole() {
    let file = FILE.to_owned() + "2023-06-17;sell;PLPZU0000011;1;200;PLN\n";
    let answer = answered(&with_files("Subject: x", "Proszę.", &[("a.csv", &file)])).await;
    let document = document(&answer);
    assert_eq!(document["status"], "incomplete");
    let years = document["years"].as_array().unwrap();
    let states: Vec<_> = years.iter().map(|year| (&year["year"], &year["status"])).collect();
    assert_eq!(states, [(&2023.into(), &"incomplete".into()), (&2024.into(), &"complete".into())]);
    assert_eq!(answer.status, Status::Incomplete);
    let text = &answer.content.text;
    assert!(text.starts_with("Podatek do zapłaty za 2024: 190"), "{text}");
    assert!(!text.contains("NIE PRZEPISUJ") && text.contains("DO POPRAWIENIA"), "{text}");
}

#[tokio::test]
async fn a_file_sent_twice_counts_its_rows_as_duplicates() {
    let files = [("a.csv", FILE), ("a.csv", FILE), ("b.csv", FILE)];
    let answer = answered(&with_files("Subject: x", "Proszę.", &files)).await;
    let inputs = document(&answer)["inputs"].clone();
    let counts = |at: usize| {
        let rows = &inputs[at]["rows"];
        ["total", "used", "duplicate"].map(|name| rows[name].as_u64().unwrap())
    };
    assert_eq!([counts(0), counts(1), counts(2)], [[2, 2, 0], [2, 0, 2], [2, 0, 2]], "{inputs}");
    assert_eq!(inputs[0]["format"], inputs[2]["format"]);
}

#[tokio::test]
async fn polish_payments_are_in_no_sum_of_foreign_ones() {
    let head = "date;type;isin;amount;currency;country;withheld\n";
    let rows = "2025-06-24;dividend;PLPKO0000016;548.00;PLN;PL;104.12\n\
        2025-07-01;dividend;US0378331005;100.00;PLN;US;15.00\n\
        2025-08-01;interest;PLKGHM000017;200.00;PLN;PL;38.00\n";
    let file = format!("{head}{rows}");
    let answer = answered(&with_files("Subject: x", "Proszę.", &[("a.csv", &file)])).await;
    let document = document(&answer);
    let year = &document["years"][0];
    // Art. 30a ust. 11 PIT: 19 % of 100 is 19, less 15 paid in the US; Polish tax is final.
    assert_eq!((&year["fields"]["47"], &year["fields"]["48"]), (&"19.00".into(), &"15.00".into()));
    let credits: Vec<_> = document["dividends"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["credit"].as_str().unwrap(), row["credit_nineteen"].as_str().unwrap()))
        .collect();
    assert_eq!(credits, [("0.00", "0.00"), ("15.00", "15.00")]);
    let workbook = answer.content.attachments.iter().find(|file| file.kind() == FileKind::Workbook);
    let bytes = std::io::Cursor::new(workbook.unwrap().bytes().to_vec());
    let mut workbook = <calamine::Xlsx<_> as calamine::Reader<_>>::new(bytes).unwrap();
    let sheets = calamine::Reader::sheet_names(&workbook);
    let summary = calamine::Reader::worksheet_range(&mut workbook, &sheets[0]).unwrap();
    let line = |name: &str| {
        let row = summary.rows().find(|row| row[0] == name).unwrap();
        row[1].to_string()
    };
    assert_eq!(line("Dywidendy (bez polskich): brutto"), "100");
    assert_eq!(line("Dywidendy (bez polskich): odliczenie"), "15");
    assert_eq!(line("Odsetki (bez polskich): brutto"), "0");
    assert_eq!(line("Odsetki (bez polskich): odliczenie"), "0");
}

#[tokio::test]
async fn a_page_is_passed_over_only_if_it_has_no_name_of_a_table() {
    let page = "<html><table><tr><td>2024-06-17</td></tr></table></html>";
    for (name, expected) in [
        ("podglad.html", Status::Complete),
        ("historia.xls", Status::Incomplete),
        ("historia.CSV", Status::Incomplete),
    ] {
        let files = [("a.csv", FILE), (name, page)];
        let answer = answered(&with_files("Subject: x", "Proszę.", &files)).await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.content.text);
        assert!(answer.content.text.contains(name), "{}", answer.content.text);
    }
}

/// Our own files come back with a forwarded reply: they are named, and take nothing from the result.
#[tokio::test]
async fn files_of_our_own_beside_an_export_are_no_error() {
    for lang in ["JĘZYK PL", "LANGUAGE EN"] {
        let mut set = FileSet::default();
        for mail in [with_file("Subject: x", lang), letter("Subject: WZÓR", lang)] {
            let Outcome::Answered(answer) = outcome(&mail).await else { panic!("{mail}") };
            let files = answer.content.attachments.iter();
            set.files.extend(files.filter(|file| file.kind() != FileKind::Report).map(|file| {
                DataFile {
                    name: file.name().to_owned(),
                    bytes: file.bytes().to_vec(),
                    digest: [0; 32],
                }
            }));
        }
        assert_eq!(set.files.len(), 3, "{lang}");
        let alone: Vec<_> =
            set.files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
        let (name, bytes) = ("a.csv".to_owned(), FILE.as_bytes().to_vec());
        set.files.push(DataFile { name, bytes, digest: [1; 32] });
        let ledger = read(set, &Limits::default());
        let found = |ledger: &crate::ledger::Ledger| -> Vec<_> {
            ledger.diagnostics.iter().map(|found| (found.code, found.severity)).collect()
        };
        assert_eq!(found(&ledger), [(Code::OwnFile, Severity::Warning); 3], "{lang}");
        for (name, bytes) in alone {
            let files = vec![DataFile { name, bytes, digest: [0; 32] }];
            let ledger = read(FileSet { files, refused: Vec::new() }, &Limits::default());
            let code = if ledger.inputs.iter().any(|input| input.format == "template") {
                Code::NoRows
            } else {
                Code::OwnFile
            };
            assert_eq!(found(&ledger), [(code, Severity::Error)], "{lang}");
        }
    }
}
