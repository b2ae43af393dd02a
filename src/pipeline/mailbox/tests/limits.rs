//! Every threshold of mail.md § 7 that concerns answering, by its name in [`Thresholds`].

use super::*;
use crate::{conversation::SeenLetter, error::Retry};

fn numbered(number: usize) -> String {
    mail(&format!("Subject: {number}"), &format!("STATUS\n{number}"), &[])
}

/// Who asks may go back to what they had before, although that answer went out lately. Only the latest is not said
/// twice.
#[tokio::test]
async fn who_asks_goes_back_to_an_earlier_answer() {
    let mut bench = Bench::new(World::default());
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    bench.mailbox.settings.thresholds.answers_without_file = u32::MAX;
    for text in ["DATA: TRANSAKCJI", "DATA: ROZLICZENIA", "DATA: TRANSAKCJI\n\n"] {
        bench.answer(&mail(&answer_to(&first), text, &[])).await;
    }
    let again = mail(&answer_to(&first), "DATA: TRANSAKCJI\n\n\n", &[]);
    assert_eq!(bench.silence(&again).await, DropReason::Limited);
}

/// Lets the same limit be reached with few mails.
fn bench(change: impl FnOnce(&mut Thresholds)) -> Bench {
    let mut bench = Bench::new(World::default());
    // What is tested elsewhere stays out of the way.
    bench.mailbox.settings.thresholds.same_outcome_hours = 0;
    bench.mailbox.settings.thresholds.same_letter = usize::MAX;
    change(&mut bench.mailbox.settings.thresholds);
    bench
}

async fn limit_notice_comes_instead_of_the_third_reply(bench: &Bench) {
    for number in 0..2 {
        assert!(bench.answer(&numbered(number)).await.text.starts_with("W tej rozmowie"));
    }
    assert!(bench.answer(&numbered(2)).await.text.starts_with("Na dziś osiągnięto limit"));
    assert_eq!(bench.silence(&numbered(3)).await, DropReason::Limited);
}

#[test]
fn the_defaults_are_those_that_were_decided() {
    let limits = Thresholds::default();
    assert_eq!(
        (limits.replies_per_hour, limits.replies_per_day, limits.problems_per_day),
        (20, 60, 10)
    );
    assert_eq!(
        (limits.same_outcome_hours, limits.same_letter, limits.same_letter_minutes),
        (6, 2, 180)
    );
    assert_eq!((limits.once_hours, limits.answers_without_file), (24, 3));
    assert_eq!(
        (limits.sends_per_second, limits.replies_per_day_global, limits.breaker_factor),
        (2, 5_000, 10)
    );
    assert_eq!((limits.recipients, limits.held_mails, limits.held_hours), (10, 3, 24));
    assert_eq!((limits.conversation_days, limits.file_days, limits.dedupe_days), (90, 30, 7));
    assert_eq!((limits.files, limits.slow_seconds, limits.mail_seconds), (200, 60, 180));
    let read = Limits::default();
    assert_eq!(
        (read.raw_mail, read.parts, read.message_depth, read.multipart_depth),
        (40 << 20, 500, 3, 20)
    );
    assert_eq!((read.data_files, read.archive_depth, read.archive_entries), (40, 2, 200));
    assert_eq!((read.entry, read.unpacked, read.ratio), (64 << 20, 128 << 20, 200));
    assert_eq!((read.sheet_rows, read.sheet_columns, read.cells), (200_000, 512, 2_000_000));
}

#[tokio::test]
async fn replies_per_hour() {
    let bench = bench(|limits| limits.replies_per_hour = 2);
    limit_notice_comes_instead_of_the_third_reply(&bench).await;
    bench.after(1);
    bench.answer(&numbered(4)).await;
}

#[tokio::test]
async fn replies_per_day() {
    let bench = bench(|limits| limits.replies_per_day = 2);
    limit_notice_comes_instead_of_the_third_reply(&bench).await;
    bench.after(23);
    assert_eq!(bench.silence(&numbered(4)).await, DropReason::Limited);
    bench.after(1);
    bench.answer(&numbered(5)).await;
}

#[tokio::test]
async fn problems_per_day() {
    let bench = bench(|limits| limits.problems_per_day = 1);
    let broken = |number: usize| {
        let file = export(&format!("abc{number}"));
        mail("Subject: x", "Proszę.", &[("a.txt", &file)])
    };
    bench.answer(&broken(1)).await;
    assert!(bench.answer(&broken(2)).await.text.starts_with("Na dziś osiągnięto limit"));
    let good = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    assert!(bench.answer(&good).await.text.contains("190"));
}

#[tokio::test]
async fn the_history_has_only_results_that_went_out() {
    let bench = bench(|limits| limits.problems_per_day = 1);
    let [first, second] = [1, 2].map(|number| export(&format!("abc{number}")));
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.txt", &first)])).await;
    let limited = bench.answer(&mail(&answer_to(&first), "", &[("b.txt", &second)])).await;
    assert!(limited.text.starts_with("Na dziś osiągnięto limit"), "{}", limited.text);
    let history = bench.answer(&mail(&answer_to(&first), "HISTORIA", &[])).await;
    assert_eq!(history.text.matches("2026-03-02:").count(), 1, "{}", history.text);
}

#[tokio::test]
async fn same_outcome_hours() {
    let bench = bench(|limits| limits.same_outcome_hours = 6);
    // Neither a command nor a file: a link, and nobody asked to hear of it again.
    let link = |number: usize| {
        mail(&format!("Subject: {number}"), "https://drive.google.com/file/d/abc/view", &[])
    };
    bench.answer(&link(1)).await;
    bench.after(5);
    assert_eq!(bench.silence(&link(2)).await, DropReason::Limited);
    bench.after(1);
    bench.answer(&link(3)).await;
}

#[tokio::test]
async fn same_letter_within_minutes() {
    let bench = bench(|limits| limits.same_letter = 2);
    for _ in 0..2 {
        bench.answer(&mail("Subject: x", "STATUS", &[])).await;
    }
    assert_eq!(bench.silence(&mail("Subject: x", "STATUS", &[])).await, DropReason::Repeating);
    bench.answer(&mail("Subject: x", "STATUS", &[("a.csv", FILE)])).await;
    bench.after(3);
    bench.answer(&mail("Subject: x", "STATUS", &[])).await;
    let limits = Thresholds::default();
    let at = |minute: i64| SeenLetter {
        at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute),
        fingerprint: "a".to_owned(),
    };
    assert!(limits.is_repeating(&[at(0), at(1)], &at(179)));
    assert!(!limits.is_repeating(&[at(0), at(1)], &at(180)));
}

#[tokio::test]
async fn once_hours() {
    let bench = bench(|_| {});
    // Nobody asked for it: no file, and no command.
    let help = || mail("Subject: x", "Dzień dobry", &[]);
    bench.answer(&help()).await;
    bench.after(23);
    assert_eq!(bench.silence(&help()).await, DropReason::Limited);
    bench.after(1);
    bench.answer(&help()).await;
}

#[tokio::test]
async fn answers_without_file() {
    let bench = bench(|limits| limits.answers_without_file = 1);
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let again = || mail(&answer_to(&first), "I znowu.", &[("a.csv", FILE)]);
    bench.answer(&again()).await;
    assert_eq!(bench.silence(&again()).await, DropReason::NothingNew);
    let other = FILE.replace("2024-06-17", "2024-06-18");
    bench.answer(&mail(&answer_to(&first), "Nowy.", &[("b.csv", &other)])).await;
}

#[tokio::test]
async fn replies_per_day_global_keeps_the_mail_for_tomorrow() {
    let bench = bench(|limits| limits.replies_per_day_global = 1);
    bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let next = mail_from("eva@example.com", "Subject: x", "Proszę.", &[("a.csv", FILE)]);
    assert!(bench.receive(&next, Trust::Verified).await.is_err_and(|fault| fault.is_full_day()));
    bench.after(24);
    bench.answer(&next).await;
}

#[tokio::test]
async fn breaker_factor_pauses_an_unusual_day() {
    let bench = bench(|limits| {
        limits.breaker_floor = 1;
        limits.breaker_factor = 2;
        limits.breaker_days = 3;
    });
    // One reply a day for three days: twice the median is two.
    for day in 0..3 {
        bench.answer(&numbered(day)).await;
        bench.after(24);
    }
    bench.answer(&numbered(10)).await;
    bench.answer(&numbered(11)).await;
    assert!(bench.receive(&numbered(12), Trust::Verified).await.is_err());
    bench.after(24);
    bench.answer(&numbered(12)).await;
}

#[test]
fn breaker_floor_and_median() {
    let limits = Thresholds::default();
    assert_eq!(limits.replies_today(&[]), 200);
    assert_eq!(limits.replies_today(&[0, 0, 0, 900, 900, 0, 0]), 200);
    // Sorted 10, 20, 30, 40, 50, 60, 70: the median is 40, ten times it is 400.
    assert_eq!(limits.replies_today(&[70, 10, 60, 20, 50, 30, 40]), 400);
    assert_eq!(limits.replies_today(&[4_000; 7]), 5_000);
}

#[tokio::test]
async fn recipients() {
    let bench = bench(|_| {});
    let many = |count: usize| {
        (0..count).map(|at| format!("p{at}@example.com")).collect::<Vec<_>>().join(", ")
    };
    let copied = |count: usize| {
        mail("Subject: x", "STATUS", &[])
            .replace(&format!("To: {ADDRESS}"), &format!("To: {}\nCc: {ADDRESS}", many(count)))
    };
    assert_eq!(bench.silence(&copied(10)).await, DropReason::Crowd);
    bench.answer(&copied(9)).await;
    let addressed = mail("Subject: x", "STATUS", &[])
        .replace(&format!("To: {ADDRESS}"), &format!("To: {ADDRESS}, {}", many(40)));
    bench.answer(&addressed).await;
}

#[tokio::test]
async fn deletion_hours() {
    let bench = bench(|limits| limits.deletion_hours = 2);
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let asked = bench.answer(&mail(&answer_to(&first), "USUŃ", &[])).await;
    let code = asked.text.split("kodem ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    bench.after(3);
    let late = mail(&answer_to(&first), &code, &[]);
    assert_eq!(bench.silence(&late).await, DropReason::NothingToDo);
}

#[tokio::test]
async fn dedupe_days_file_days_and_conversation_days() {
    let bench = bench(|_| {});
    let first = mail("Subject: x", "Proszę.", &[("a.csv", FILE)]);
    let reply = bench.answer(&first).await;
    let wait = async |days: i64| {
        bench.after(24 * days);
        bench.mailbox.forget().await.unwrap();
    };
    wait(7).await;
    assert_eq!(bench.silence(&first).await, DropReason::Duplicate);
    wait(24).await;
    let year = bench.answer(&mail(&answer_to(&reply), "ROK 2024", &[])).await;
    assert!(!year.text.contains("190"), "the file is forgotten: {}", year.text);
    wait(90).await;
    let status = bench.answer(&mail(&answer_to(&reply), "STATUS", &[])).await;
    assert!(status.text.contains(" 0 "), "{}", status.text);
    wait(91).await;
    assert!(bench.world.store.conversations("jan@example.com").await.unwrap().is_empty());
}

/// The token in the address lives as long as its conversation: 90 days after its last mail.
#[tokio::test]
async fn conversation_days_of_a_token() {
    let bench = bench(|_| {});
    let first = bench.answer(&mail("Subject: x", "Proszę.", &[("a.csv", FILE)])).await;
    let by_token = || mail(&format!("Subject: STATUS\nTo: {}", first.answers_to), "", &[]);
    bench.after(24 * 90);
    bench.mailbox.forget().await.unwrap();
    assert!(bench.answer(&by_token()).await.text.contains("a.csv"));
    bench.after(24 * 91);
    bench.mailbox.forget().await.unwrap();
    assert!(!bench.answer(&by_token()).await.text.contains("a.csv"));
}

/// HELP, the challenge and the notice of a limit: each once a day (T0 in the tests of trust).
#[tokio::test]
async fn once_hours_of_the_limit_notice() {
    let bench = bench(|limits| limits.replies_per_hour = 1);
    bench.answer(&numbered(1)).await;
    assert!(bench.answer(&numbered(2)).await.text.starts_with("Na dziś osiągnięto limit"));
    bench.after(23);
    bench.answer(&numbered(3)).await;
    assert_eq!(bench.silence(&numbered(4)).await, DropReason::Limited);
    bench.after(1);
    bench.answer(&numbered(5)).await;
    assert!(bench.answer(&numbered(6)).await.text.starts_with("Na dziś osiągnięto limit"));
}

/// One recipient, whoever else was written to, and never the address to which the sender wants answers.
#[tokio::test]
async fn recipients_of_a_reply() {
    let bench = bench(|_| {});
    let headers = "Subject: x\nCc: eva@example.com\nReply-To: eva@example.com\n\
        Return-Path: <adam@example.com>";
    bench.answer(&mail(headers, "Proszę.", &[("a.csv", FILE)])).await;
    let [sent] = bench.world.arrived().try_into().unwrap();
    assert_eq!(sent.to, "Jan@example.com");
    let reply = MessageParser::default().parse(&sent.bytes).unwrap();
    assert!(reply.cc().is_none() && reply.bcc().is_none());
    assert_eq!(reply.to().unwrap().iter().count(), 1);
}

#[tokio::test]
async fn files_in_a_conversation() {
    let bench = bench(|limits| limits.files = 1);
    let other = FILE.replace("2024-06-17", "2024-06-18").replace(";A\n", ";B\n");
    let both = mail("Subject: x", "", &[("a.csv", FILE), ("b.csv", &other)]);
    let reply = bench.answer(&both).await;
    assert!(reply.text.contains("b.csv"), "the surplus is named: {}", reply.text);
    // Of 2 × 1000 only the first counts: 19 % of 1000.
    assert!(!reply.text.contains("380"), "{}", reply.text);
}

/// A way out that refuses.
struct Refusing(Retry);

#[async_trait]
impl Mailer for Refusing {
    async fn send(&self, _: &Outgoing) -> Result<String, Unsent> {
        let fault = match self.0 {
            Retry::Later => Fault::later("send", "busy"),
            Retry::Never => Fault::never("send", "no such mailbox"),
        };
        Err(fault.into())
    }
}

#[tokio::test]
async fn outbox_hours() {
    for (retry, waits) in [(Retry::Later, true), (Retry::Never, false)] {
        let mut bench = bench(|_| {});
        bench.mailbox.mailer = Arc::new(Refusing(retry));
        let sent = bench.receive(&numbered(1), Trust::Verified).await;
        assert_eq!(
            (sent.is_err(), bench.world.store.outbox().await.unwrap().len() == 1),
            (waits, waits)
        );
        bench.after(72);
        assert_eq!(bench.mailbox.send().await.is_err(), waits);
        bench.after(1);
        bench.mailbox.send().await.unwrap();
        assert!(bench.world.store.outbox().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_apology_goes_to_proven_authors_once_a_day() {
    let bench = bench(|_| {});
    let apologise = async |number: usize, trust: Trust| {
        bench.mailbox.apologise(numbered(number).as_bytes(), trust).await.unwrap()
    };
    assert_eq!(apologise(1, Trust::Unproven).await, Received::Silent(DropReason::Unproven));
    assert_eq!(apologise(2, Trust::Forged).await, Received::Silent(DropReason::Forged));
    assert_eq!(apologise(3, Trust::Aligned).await, Received::Answered);
    assert_eq!(apologise(4, Trust::Verified).await, Received::Silent(DropReason::Limited));
    bench.mailbox.send().await.unwrap();
    assert!(Reply::read(&bench.world.arrived()[0]).text.starts_with("Przepraszam"));
}
