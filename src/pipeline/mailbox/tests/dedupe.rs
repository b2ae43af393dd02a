//! One mail, however often it comes (mail.md § 1.3 B).

use super::*;

/// B1: the same delivery again, as S3, SQS and mail servers repeat it.
#[tokio::test]
async fn b1_a_repeated_delivery_is_the_same_mail() {
    let bench = Bench::new(World::default());
    let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    bench.answer(&first).await;
    for _ in 0..3 {
        bench.after(24);
        assert_eq!(bench.silence(&first).await, DropReason::Duplicate);
    }
}

/// B2: what travels along changes on every way; what was written does not.
#[tokio::test]
async fn b2_a_mail_by_another_way_is_the_same_mail() {
    let bench = Bench::new(World::default());
    let first =
        mail("Subject: x", "Proszę  o obliczenie.", &[("a.csv", FILE), ("b.csv", "x;y\n1;2\n")]);
    bench.answer(&first).await;
    let again = format!(
        "Received: from a by b\nX-SES-RECEIPT: other\n{}",
        first.replace("Proszę  o", "Proszę\no")
    );
    assert_eq!(bench.silence(&again).await, DropReason::Duplicate);
}

/// B2: the sender chooses the Message-ID, so it decides nothing alone: neither may it hide another mail, nor
/// somebody else's.
#[tokio::test]
async fn b2_a_message_id_alone_hides_no_other_mail() {
    let bench = Bench::new(World::default());
    let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    bench.answer(&first).await;
    let other = first.replace("10;200;PLN", "10;300;PLN");
    assert!(bench.answer(&other).await.text.contains("380"), "another file");
    let words = first.replace("Proszę.", "STATUS");
    bench.answer(&words).await;
    let stranger = first.replace("Jan@example.com", "eva@example.com");
    assert!(bench.answer(&stranger).await.text.contains("190"), "another sender");
}

/// B2: without a Message-ID the content decides.
#[tokio::test]
async fn b2_a_mail_without_a_message_id_is_known_by_its_content() {
    let bench = Bench::new(World::default());
    let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    let id = first.lines().find(|line| line.starts_with("Message-ID")).unwrap();
    let first = first.replace(&format!("{id}\n"), "");
    bench.answer(&first).await;
    assert_eq!(bench.silence(&first).await, DropReason::Duplicate);
}

/// B3: an identical file counts once, in one mail and in the conversation, and the reply says so.
#[tokio::test]
async fn b3_an_identical_file_counts_once() {
    let bench = Bench::new(World::default());
    let both = mail("Subject: x", "Proszę.", &[("a.csv", FILE), ("kopia.csv", FILE)]);
    let first = bench.answer(&both).await;
    assert!(first.text.contains("190") && first.text.contains("dwa razy"), "{}", first.text);
    let again = mail(&answer_to(&first), "Jeszcze raz.", &[("znowu.csv", FILE)]);
    let second = bench.answer(&again).await;
    assert!(second.text.contains("190") && second.text.contains("dwa razy"), "{}", second.text);
    let status = bench.answer(&mail(&answer_to(&second), "STATUS", &[])).await;
    assert!(status.text.starts_with("W tej rozmowie mam 1"), "{}", status.text);
}

/// B: sent to two of our addresses, it comes twice and is one job.
#[tokio::test]
async fn b4_a_mail_to_two_of_our_addresses_is_one_job() {
    let bench = Bench::new(World::default());
    let to = format!("To: {ADDRESS}\n");
    let both = mail("Subject: x", "Proszę.", &[("a.csv", FILE)])
        .replace(&to, &format!("{to}Cc: calc+x@investtax.example\n"));
    bench.answer(&format!("Delivered-To: {ADDRESS}\n{both}")).await;
    let second = format!("Delivered-To: calc+x@investtax.example\n{both}");
    assert_eq!(bench.silence(&second).await, DropReason::Duplicate);
}
