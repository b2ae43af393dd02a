//! What each class of trust is good for (mail.md § 2.6, § 1.3 A2).

use super::*;
use crate::mail::Scan;

async fn unproven(bench: &Bench, mail: &str) -> Received {
    bench.receive(mail, Trust::Unproven).await.unwrap()
}

fn last(bench: &Bench) -> Reply {
    Reply::read(bench.world.arrived().last().unwrap())
}

#[tokio::test]
async fn t2_and_t1_get_the_full_service_and_delete_by_code_only() {
    for trust in [Trust::Verified, Trust::Aligned] {
        let bench = Bench::new(World::default());
        let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
        assert_eq!(bench.receive(&first, trust).await.unwrap(), Received::Answered);
        assert!(last(&bench).text.contains("190"));
        let delete = mail(&answer_to(&last(&bench)), "USUŃ", &[]);
        assert_eq!(bench.receive(&delete, trust).await.unwrap(), Received::Answered);
        assert!(last(&bench).text.starts_with("Potwierdź usunięcie"));
        assert_eq!(bench.world.store.conversations("jan@example.com").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn tx_hears_nothing_and_leaves_nothing() {
    let bench = Bench::new(World::default());
    let forged = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    let received = bench.receive(&forged, Trust::Forged).await.unwrap();
    assert_eq!(received, Received::Silent(DropReason::Forged));
    assert!(bench.world.arrived().is_empty());
    let store = &bench.world.store;
    assert!(store.held("jan@example.com").await.unwrap().is_empty());
    assert_eq!(store.correspondent("jan@example.com").await.unwrap(), Correspondent::default());
    // The same mail again, now proven, is no duplicate.
    assert_eq!(bench.receive(&forged, Trust::Verified).await.unwrap(), Received::Answered);
}

#[tokio::test]
async fn t0_is_challenged_once_a_day_and_hears_nothing_of_the_mail() {
    let bench = Bench::new(World::default());
    let forged = mail("Subject: Kup teraz", "Kup teraz", &[("a.csv", FILE)]);
    assert_eq!(unproven(&bench, &forged).await, Received::Answered);
    let arrived = bench.world.arrived();
    assert!(!String::from_utf8_lossy(&arrived[0].bytes).contains("Kup"));
    let challenge = last(&bench);
    assert!(challenge.files.is_empty() && challenge.references.is_empty());
    assert_eq!(unproven(&bench, &forged).await, Received::Silent(DropReason::Duplicate));
    let again = unproven(&bench, &mail("Subject: y", "", &[])).await;
    assert_eq!(again, Received::Silent(DropReason::Unproven));
    bench.after(24);
    assert_eq!(unproven(&bench, &mail("Subject: z", "", &[])).await, Received::Answered);
    assert_eq!(bench.world.arrived().len(), 2);
}

#[tokio::test]
async fn t0_mail_is_handled_once_its_author_answers_the_challenge() {
    let bench = Bench::new(World::default());
    unproven(&bench, &mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let challenge = last(&bench);
    let headers = format!("Subject: Re: x\nTo: {}", challenge.answers_to);
    // The token proves this address and no other.
    unproven(&bench, &mail_from("eva@example.com", &headers, "", &[("a.csv", FILE)])).await;
    assert!(!last(&bench).text.contains("190"));
    let proof = mail(&format!("{headers}\nIn-Reply-To: {}", challenge.id), "To ja", &[]);
    assert_eq!(unproven(&bench, &proof).await, Received::Answered);
    let result = last(&bench);
    assert!(result.text.contains("190") && result.text.contains("a.csv"), "{}", result.text);
    assert!(bench.world.store.held("jan@example.com").await.unwrap().is_empty());
    // Delivered again, the proof says nothing new.
    let sent = bench.world.arrived().len();
    assert_eq!(unproven(&bench, &proof).await, Received::Silent(DropReason::NothingToDo));
    // The reply's address carries the proof on, so the conversation goes on without a challenge.
    let other = FILE.replace("2024-06-17", "2024-06-18").replace(";A\n", ";B\n");
    let headers = format!("{}\nTo: {}", answer_to(&result), result.answers_to);
    assert_eq!(
        unproven(&bench, &mail(&headers, "", &[("b.csv", &other)])).await,
        Received::Answered
    );
    // Both files: 2 × 1000, 19 % of it is 380.
    assert!(last(&bench).text.contains("380"), "{}", last(&bench).text);
    assert_eq!(bench.world.arrived().len(), sent + 1);
}

#[tokio::test]
async fn t0_may_attach_the_files_to_the_proof() {
    let bench = Bench::new(World::default());
    unproven(&bench, &mail("Subject: pytanie", "Czy to działa?", &[])).await;
    let headers = format!("Subject: x\nTo: {}", last(&bench).answers_to);
    let proof = mail(&headers, "Proszę.", &[("a.csv", FILE)]);
    assert_eq!(unproven(&bench, &proof).await, Received::Answered);
    assert!(last(&bench).text.contains("190"), "{}", last(&bench).text);
    bench.after(49);
    let late = mail(&headers, "Proszę!", &[("a.csv", FILE)]);
    assert_eq!(unproven(&bench, &late).await, Received::Answered);
    assert!(last(&bench).text.starts_with("Odpowiedz na tę wiadomość"), "{}", last(&bench).text);
}

/// T0 mail is held for a day, and only three at a time.
#[tokio::test]
async fn held_mails_and_held_hours() {
    let bench = Bench::new(World::default());
    for number in 0..5 {
        unproven(&bench, &mail(&format!("Subject: {number}"), "", &[("a.csv", FILE)])).await;
    }
    let store = &bench.world.store;
    assert_eq!(store.held("jan@example.com").await.unwrap().len(), 3);
    let challenge = last(&bench);
    bench.after(25);
    bench.mailbox.forget().await.unwrap();
    assert!(store.held("jan@example.com").await.unwrap().is_empty());
    // Too late for the mail, in time for the token: the author is told what to send.
    let headers = format!("Subject: Re: x\nTo: {}", challenge.answers_to);
    assert_eq!(unproven(&bench, &mail(&headers, "To ja", &[])).await, Received::Answered);
    assert!(!last(&bench).text.contains("190"));
}

/// By a relay, our ids arrive as they are, and thanks are known by them alone.
#[tokio::test]
async fn a_code_is_heard_in_an_answer_and_thanks_are_not() {
    let bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let headers = |reply: &Reply| format!("Subject: Re: x\nIn-Reply-To: {}", reply.id);
    let thanks = mail(&headers(&first), "Dziękuję!", &[]);
    assert_eq!(bench.silence(&thanks).await, DropReason::NothingToDo);
    assert_eq!(unproven(&bench, &thanks).await, Received::Silent(DropReason::NothingToDo));
    let asked = bench.answer(&mail(&headers(&first), "USUŃ", &[])).await;
    let code = asked.text.split("kodem ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let gone = bench.answer(&mail(&headers(&asked), &code, &[])).await;
    assert!(gone.text.starts_with("Usunięto wszystkie"), "{}", gone.text);
}

#[tokio::test]
async fn t0_cannot_delete_or_stop() {
    let bench = Bench::new(World::default());
    bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    for subject in ["USUŃ", "STOP"] {
        unproven(&bench, &mail(&format!("Subject: {subject}"), "", &[])).await;
    }
    let store = &bench.world.store;
    assert_eq!(store.conversations("jan@example.com").await.unwrap().len(), 1);
    let known = store.correspondent("jan@example.com").await.unwrap();
    assert!(!known.stopped && known.deletion.is_none());
}

#[tokio::test]
async fn a2_viruses_are_dropped_and_spam_unless_a_known_verified_author_sent_it() {
    let bench = Bench::new(World::default());
    let spam = |trust| Authenticity { trust, scan: Scan::Spam };
    let receive = async |mail: &str, authenticity: Authenticity| {
        bench.mailbox.receive(mail.as_bytes(), authenticity, &|_| {}).await.unwrap()
    };
    let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    let silent = Received::Silent(DropReason::Spam);
    assert_eq!(receive(&first, spam(Trust::Verified)).await, silent);
    assert_eq!(receive(&first, Trust::Verified.into()).await, Received::Answered);
    let second = mail("Subject: STATUS", "", &[]);
    assert_eq!(receive(&second, spam(Trust::Aligned)).await, silent);
    let virus = Authenticity { trust: Trust::Verified, scan: Scan::Virus };
    assert_eq!(receive(&second, virus).await, Received::Silent(DropReason::Virus));
    assert_eq!(receive(&second, spam(Trust::Verified)).await, Received::Answered);
}

#[tokio::test]
async fn a_crash_while_held_mail_is_handled_neither_loses_nor_doubles_a_reply() {
    let held = mail("Subject: x", "ROK 2024", &[("a.csv", FILE)]);
    for after in [false, true] {
        for fail_at in 0.. {
            let bench = Bench::new(World::failing(fail_at, after));
            deliver_as(&bench, &held, Trust::Unproven).await;
            let headers = format!("Subject: Re: x\nTo: {}", last(&bench).answers_to);
            deliver_as(&bench, &mail(&headers, "To ja", &[]), Trust::Unproven).await;
            let arrived = bench.world.arrived();
            assert_eq!(arrived.len(), 2, "call {fail_at}, after: {after}");
            assert!(Reply::read(&arrived[1]).text.contains("190"), "call {fail_at}");
            if bench.world.calls.load(Ordering::Relaxed) <= fail_at {
                assert!(fail_at > 15, "only {fail_at} calls");
                break;
            }
        }
    }
}
