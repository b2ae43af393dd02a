//! Files of several mails: which replace which, which add up, and what is said where that is not sure.

use super::*;

const BOSSA: &str = "data;papier;isin;ilość;-;cena;wartość;prowizja;po prowizji;waluta\n";

fn bossa(rows: &[&str]) -> String {
    format!("{BOSSA}{}\n", rows.join("\n"))
}

const KGHM_BOUGHT: &str =
    "15.01.2025 10:00:00;KGHM;PLKGHM000017;100;K;100,00;10000,00;5,00;10005,00;PLN";
const KGHM_SOLD: &str =
    "12.03.2025 10:14:52;KGHM;PLKGHM000017;100;S;140,00;14000,00;5,00;13995,00;PLN";
const PKO_BOUGHT: &str = "20.06.2025 10:00:00;PKOBP;PLPKO0000016;10;K;50,00;500,00;5,00;505,00;PLN";
const PKO_SOLD: &str = "01.09.2025 10:14:52;PKOBP;PLPKO0000016;10;S;60,00;600,00;5,00;595,00;PLN";
const PZU_BOUGHT: &str = "01.10.2025 10:00:00;PZU;PLPZU0000011;10;K;50,00;500,00;5,00;505,00;PLN";

/// Sends one file after the other in one thread and returns the last reply.
async fn one_by_one(bench: &Bench, files: [(&str, &str); 2]) -> Reply {
    let [first, second] = files;
    let reply = bench.answer(&mail("Subject: x", "Proszę.", &[first])).await;
    bench.answer(&mail(&answer_to(&reply), "", &[second])).await
}

fn starts(reply: &Reply, words: &str) {
    assert!(reply.text.starts_with(words), "{words}: {}", reply.text);
}

/// KGHM: 14000 − 10000 − 10 = 3990; PKO: 600 − 500 − 10 = 90. Together 4080, 19 % of it is 775,20.
#[tokio::test]
async fn two_half_years_of_one_name_add_up() {
    let (one, two) =
        (bossa(&[PKO_BOUGHT, KGHM_SOLD, KGHM_BOUGHT]), bossa(&[PZU_BOUGHT, PKO_SOLD, PKO_BOUGHT]));
    let bench = Bench::new(World::default());
    let both = one_by_one(&bench, [("historia.csv", &one), ("historia.csv", &two)]).await;
    starts(&both, "Podatek do zapłaty za 2025: 775,00");
    assert!(both.text.contains("tej samej nazwie"), "{}", both.text);
    let next = bench.answer(&mail(&answer_to(&both), "DATA: TRANSAKCJI", &[])).await;
    starts(&next, "Podatek do zapłaty za 2025: 775,00");
}

/// Without an account number only the rows tell two accounts apart.
#[tokio::test]
async fn two_accounts_of_one_broker_add_up() {
    let (one, two) = (bossa(&[KGHM_SOLD, KGHM_BOUGHT]), bossa(&[PKO_SOLD, PKO_BOUGHT]));
    let wide = two.replace("20.06.2025", "02.01.2025");
    for name in ["drugi.csv", "rachunek.csv"] {
        let bench = Bench::new(World::default());
        let both = one_by_one(&bench, [("rachunek.csv", &one), (name, &wide)]).await;
        starts(&both, "Podatek do zapłaty za 2025: 775,00");
    }
}

#[tokio::test]
async fn a_newer_export_replaces_the_older_and_the_replies_go_on_saying_so() {
    let old = bossa(&[KGHM_SOLD, KGHM_BOUGHT]);
    let new = bossa(&[PKO_SOLD, PKO_BOUGHT, KGHM_SOLD, KGHM_BOUGHT]);
    let bench = Bench::new(World::default());
    let both = one_by_one(&bench, [("marzec.csv", &old), ("grudzien.csv", &new)]).await;
    starts(&both, "Podatek do zapłaty za 2025: 775,00");
    assert!(both.text.contains("zastąpiony nowszym"), "{}", both.text);
    let next = bench.answer(&mail(&answer_to(&both), "DATA: TRANSAKCJI", &[])).await;
    assert!(next.text.contains("marzec.csv został zastąpiony"), "{}", next.text);
    let status = bench.answer(&mail(&answer_to(&next), "STATUS", &[])).await;
    starts(&status, "W tej rozmowie mam 1");
}

/// As the reply advises: whoever sends both in one message has both counted, in the thread as well.
#[tokio::test]
async fn files_of_one_mail_do_not_replace_each_other_though_one_is_known() {
    let old = bossa(&[KGHM_SOLD, KGHM_BOUGHT]);
    let new = old.replace("12.03.2025", "13.03.2025");
    let bench = Bench::new(World::default());
    let first = one_by_one(&bench, [("a.csv", &old), ("a.csv", &new)]).await;
    assert!(first.text.contains("zastąpiony"), "{}", first.text);
    let both = [("a.csv", old.as_str()), ("a.csv", new.as_str())];
    let again = bench.answer(&mail(&answer_to(&first), "oba", &both)).await;
    assert!(!again.text.contains("zastąpiony"), "{}", again.text);
    let status = bench.answer(&mail(&answer_to(&again), "STATUS", &[])).await;
    starts(&status, "W tej rozmowie mam 2");
}

const HEAD: &str = "date;type;isin;quantity;price;amount;currency;account\n";

fn row(kind: &str, isin: &str, price: i64, account: &str) -> String {
    let day = if kind == "buy" { "2024-01-15" } else { "2024-06-17" };
    format!("{day};{kind};{isin};10;{price};;PLN;{account}\n")
}

/// Two papers bought for 1000 each, or for as much as is said, and sold.
fn deals(account: &str, [bought, sold, other]: [i64; 3]) -> String {
    let (pko, kghm) = ("PLPKO0000016", "PLKGHM000017");
    let rows = [
        row("buy", pko, bought, account),
        row("sell", pko, sold, account),
        row("buy", kghm, 100, account),
        row("sell", kghm, other, account),
    ];
    format!("{HEAD}{}", rows.concat())
}

/// The result of a closed contract, in złoty.
fn result(amount: i64, account: &str) -> String {
    format!("{HEAD}2024-07-01;derivative;PLPKO0000016;;;{amount};PLN;{account}\n")
}

#[tokio::test]
async fn corrected_figures_of_a_template_replace_the_old_ones() {
    for (name, old, new, tax) in [
        // 120 × 19 % = 22,80.
        ("a.csv", result(100, "A"), result(120, "A"), "23,00"),
        ("a.csv", result(100, ""), result(120, ""), "23,00"),
        // Three of four rows: (3000 − 800 + 3000 − 1000) × 19 % = 798.
        ("a.csv", deals("A", [100, 200, 200]), deals("A", [80, 300, 300]), "798,00"),
        // One of four, under another name: (3000 − 1000 + 2000 − 1000) × 19 % = 570.
        ("poprawiony.csv", deals("A", [100, 200, 200]), deals("A", [100, 300, 200]), "570,00"),
    ] {
        let bench = Bench::new(World::default());
        let reply = one_by_one(&bench, [("a.csv", &old), (name, &new)]).await;
        starts(&reply, &format!("Podatek do zapłaty za 2024: {tax}"));
        assert!(reply.text.contains("zastąpiony"), "{name}: {}", reply.text);
    }
}

/// One row with other figures under another name: a correction, or another event? Both rows are named, and the
/// result waits, in this reply and the next.
#[tokio::test]
async fn rows_told_again_with_other_figures_are_never_counted_twice_in_silence() {
    for account in ["A", ""] {
        let file = |amount| result(amount, account);
        let bench = Bench::new(World::default());
        let reply = one_by_one(&bench, [("a.csv", &file(100)), ("b.csv", &file(120))]).await;
        starts(&reply, "Wynik niepełny");
        assert!(reply.text.contains("a.csv: 2"), "{}", reply.text);
        let next = bench.answer(&mail(&answer_to(&reply), "DATA: TRANSAKCJI", &[])).await;
        starts(&next, "Wynik niepełny");
        let (one, two) = (file(100), file(120));
        let both = [("a.csv", one.as_str()), ("b.csv", two.as_str())];
        let both = bench.answer(&mail(&answer_to(&next), "oba", &both)).await;
        starts(&both, "Podatek do zapłaty za 2024: 42,00");
    }
}
