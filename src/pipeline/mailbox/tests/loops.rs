//! Two robots stop after two messages at most, whoever the other one is (mail.md § 8.4).

use super::*;

/// The other side: what it writes when our message arrives, headers and text.
type Robot = fn(ours: &str) -> (String, String);

fn id_of(ours: &str) -> String {
    let id = ours.lines().find_map(|line| line.strip_prefix("Message-ID: "));
    id.unwrap_or_default().trim().to_owned()
}

fn subject_of(ours: &str) -> String {
    let subject = ours.lines().find_map(|line| line.strip_prefix("Subject: "));
    subject.unwrap_or_default().trim().to_owned()
}

/// By the book: RFC 3834.
fn vacation(ours: &str) -> (String, String) {
    let headers =
        format!("Subject: Auto: x\nAuto-Submitted: auto-replied\nIn-Reply-To: {}", id_of(ours));
    (headers, "Wracam w poniedziałek.".to_owned())
}

/// A phone that only changes the subject.
fn rude_vacation(ours: &str) -> (String, String) {
    (format!("Subject: Poza biurem: {}", subject_of(ours)), "Wracam w poniedziałek.".to_owned())
}

/// A script without any mark that answers everything with the same words.
fn script(ours: &str) -> (String, String) {
    let headers = format!("Subject: {}\nIn-Reply-To: {}", subject_of(ours), id_of(ours));
    (headers, "Twoje zgłoszenie zostało przyjęte.".to_owned())
}

/// A ticket system that starts a thread of its own for every mail, with a number in it.
fn tickets(_: &str) -> (String, String) {
    let number = MAILS.load(Ordering::Relaxed);
    (format!("Subject: [#{number}] Nowe zgłoszenie"), format!("Zgłoszenie {number} przyjęte."))
}

fn bounce(ours: &str) -> (String, String) {
    let headers = "Return-Path: <>\nSubject: Undelivered Mail Returned to Sender\n\
                   X-Failed-Recipients: jan@example.com";
    (headers.to_owned(), ours.to_owned())
}

/// Sends our own message back as it is.
fn mirror(ours: &str) -> (String, String) {
    let (header, _) = ours.split_once("\r\n\r\n").unwrap_or_default();
    let keep = |line: &&str| !line.starts_with(['F', 'T', 'M', 'C', ' ', '\t', 'D']);
    (header.lines().filter(keep).collect::<Vec<_>>().join("\n"), "x".to_owned())
}

#[tokio::test]
async fn loops_stop_within_two_messages() {
    let robots: [(&str, Robot); 6] = [
        ("vacation", vacation),
        ("rude vacation", rude_vacation),
        ("script", script),
        ("tickets", tickets),
        ("bounce", bounce),
        ("mirror", mirror),
    ];
    for (name, robot) in robots {
        for trust in [Trust::Verified, Trust::Unproven] {
            let bench = Bench::new(World::default());
            let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
            bench.receive(&first, trust).await.unwrap();
            for answered in 0..20 {
                let arrived = bench.world.arrived();
                let Some(ours) = arrived.get(answered) else { break };
                let back = Reply::read(ours).answers_to;
                let (headers, text) = robot(&String::from_utf8_lossy(&ours.bytes));
                let headers = format!("{headers}\nTo: {back}");
                bench.receive(&mail(&headers, &text, &[]), trust).await.unwrap();
            }
            assert!(bench.world.arrived().len() <= 2, "{name} as {trust:?}");
        }
    }
}

#[tokio::test]
async fn two_mailboxes_that_write_to_each_other_stop_at_once() {
    let bench = Bench::new(World::default());
    bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let reply = bench.world.arrived()[0].bytes.clone();
    let echo = String::from_utf8(reply).unwrap().replace("jan@example.com", ADDRESS);
    assert!(matches!(bench.silence(&echo).await, DropReason::AutoSubmitted));
}
