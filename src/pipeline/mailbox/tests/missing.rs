//! What could not be read, or is past its time, is not forgotten with its mail.

use super::*;

const STRANGE: &str = "foo;bar;baz;qux\n1;2;3;4\n5;6;7;8\n";

fn other_account() -> String {
    FILE.replace(";A\n", ";B\n")
}

async fn incomplete(bench: &Bench, mail: &str, name: &str) -> Reply {
    let reply = bench.answer(mail).await;
    assert!(reply.text.starts_with("Wynik niepełny"), "{}", reply.text);
    assert!(reply.text.contains(name), "{name}: {}", reply.text);
    reply
}

#[tokio::test]
async fn an_unreadable_file_is_missed_until_it_comes_or_is_not_needed() {
    for ending in ["another", "the file", "skip"] {
        let bench = Bench::new(World::default());
        let files = [("a.csv", FILE), ("brokerB.csv", STRANGE)];
        let first = incomplete(&bench, &mail("Subject: x", "Proszę.", &files), "brokerB.csv").await;
        let next = mail(&answer_to(&first), "ROK 2024", &[]);
        let next = incomplete(&bench, &next, "POMIŃ brokerB.csv").await;
        let other = other_account();
        let (text, name, complete) = match ending {
            "another" => ("", "b.csv", false),
            "the file" => ("", "brokerB.csv", true),
            _ => ("Pomiń brokerb.csv", "b.csv", true),
        };
        let last = bench.answer(&mail(&answer_to(&next), text, &[(name, &other)])).await;
        let words =
            if complete { "Podatek do zapłaty za 2024: 380,00" } else { "Wynik niepełny" };
        assert!(last.text.starts_with(words), "{ending}: {}", last.text);
        let status = bench.answer(&mail(&answer_to(&last), "STATUS", &[])).await;
        assert_eq!(status.text.contains("Nie ma w wyniku"), !complete, "{}", status.text);
    }
}

/// A file that can be read is left out as well, and counts again when it comes again; a name that nothing has is said.
#[tokio::test]
async fn a_file_that_counts_is_left_out_at_the_sender_s_word() {
    let bench = Bench::new(World::default());
    let files = [("a.csv", FILE), ("b.csv", &*other_account())];
    let first = bench.answer(&mail("Subject: x", "Proszę.", &files)).await;
    assert!(first.text.starts_with("Podatek do zapłaty za 2024: 380,00"), "{}", first.text);
    let next = bench.answer(&mail(&answer_to(&first), "POMIŃ B.csv", &[])).await;
    assert!(next.text.starts_with("Podatek do zapłaty za 2024: 190,00"), "{}", next.text);
    assert!(next.text.contains("Pliku b.csv już nie liczę"), "{}", next.text);
    let unknown = bench.answer(&mail(&answer_to(&next), "POMIŃ c.csv", &[])).await;
    assert!(unknown.text.contains("Nie mam pliku"), "{}", unknown.text);
    let again = mail(&answer_to(&unknown), "", &[("b.csv", &*other_account())]);
    let again = bench.answer(&again).await;
    assert!(again.text.starts_with("Podatek do zapłaty za 2024: 380,00"), "{}", again.text);
}

/// Who sends the wrong report first and then the right one has sent what was asked for.
#[tokio::test]
async fn a_first_file_that_could_not_be_read_is_made_up_for_by_one_that_can() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("raport.csv", STRANGE)])).await;
    let second = bench.answer(&mail(&answer_to(&first), "", &[("a.csv", FILE)])).await;
    assert!(second.text.starts_with("Podatek do zapłaty za 2024: 190"), "{}", second.text);
    assert!(second.text.contains("raport.csv"), "{}", second.text);
}

#[tokio::test]
async fn an_unreadable_command_is_missed_until_it_is_written_well() {
    let bench = Bench::new(World::default());
    let first = mail("Subject: x", "STRATA 2022 abc", &[("a.csv", FILE)]);
    let first = incomplete(&bench, &first, "STRATA 2022 abc").await;
    let next = mail(&answer_to(&first), "", &[("b.csv", &other_account())]);
    let next = incomplete(&bench, &next, "STRATA 2022 abc").await;
    // As a command with its right form, not as a file to send again.
    let said = next.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("na przykład: STRATA 2022 1500"), "{said}");
    assert!(!said.contains("pod tą samą nazwą"), "{said}");
    let status = bench.answer(&mail(&answer_to(&next), "STATUS", &[])).await;
    assert!(!status.text.contains("Nie ma w wyniku"), "{}", status.text);
    assert!(status.text.contains("poprawnie np.: STRATA 2022"), "{}", status.text);
    let last = bench.answer(&mail(&answer_to(&next), "LOSS 2022 500", &[])).await;
    assert!(!last.text.contains("abc"), "{}", last.text);
}

#[tokio::test]
async fn an_unreadable_command_is_not_missed_once_it_is_not_needed() {
    let bench = Bench::new(World::default());
    let first = mail("Subject: x", "STRATA 2022 abc", &[("a.csv", FILE)]);
    let first = incomplete(&bench, &first, "STRATA 2022 abc").await;
    let last = bench.answer(&mail(&answer_to(&first), "POMIŃ STRATA 2022 abc", &[])).await;
    assert!(last.text.starts_with("Podatek do zapłaty"), "{}", last.text);
}

/// Without any file there is nothing to compute; what went wrong is the command.
#[tokio::test]
async fn an_unreadable_command_alone_is_said_to_be_one() {
    let bench = Bench::new(World::default());
    let reply = bench.answer(&mail("Subject: x", "STRATA 2022 abc", &[])).await;
    assert!(reply.text.starts_with("Nie rozumiem polecenia"), "{}", reply.text);
    assert!(reply.text.contains("STRATA 2022 1500"), "{}", reply.text);
}

#[tokio::test]
async fn a_file_past_its_time_is_missed_until_it_comes_again() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    bench.after(24 * 20);
    bench.mailbox.forget().await.unwrap();
    let second = mail(&answer_to(&first), "", &[("b.csv", &other_account())]);
    let second = bench.answer(&second).await;
    assert!(second.text.starts_with("Podatek do zapłaty za 2024: 380"), "{}", second.text);
    bench.after(24 * 11);
    bench.mailbox.forget().await.unwrap();
    let third = mail(&answer_to(&second), "DATA: TRANSAKCJI", &[]);
    let third = incomplete(&bench, &third, "a.csv").await;
    let fourth = mail(&answer_to(&third), "DATA: ROZLICZENIA", &[]);
    let fourth = incomplete(&bench, &fourth, "a.csv").await;
    let last = bench.answer(&mail(&answer_to(&fourth), "", &[("znowu.csv", FILE)])).await;
    assert!(last.text.starts_with("Podatek do zapłaty za 2024: 380"), "{}", last.text);
}
