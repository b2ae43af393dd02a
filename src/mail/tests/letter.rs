//! What is read of the letter itself.

use super::{CSV, mixed, read_mail};
use crate::mail::message::clip_references;

#[test]
fn the_usual_mail_is_read() {
    let message = read_mail(mixed(&[
        "Content-Type: text/csv; name=\"a.csv\"\r\nContent-Disposition: attachment\r\n\r\na;b\r\n1;2",
    ]));
    let author = message.author.unwrap();
    assert_eq!(
        (author.address.as_str(), author.name.as_str()),
        ("jan@example.com", "Jan Kowalski")
    );
    assert_eq!(message.subject, "Rozliczenie za rok");
    assert_eq!(message.text.trim(), "Dzień dobry");
    assert_eq!(message.message_id.as_deref(), Some("a1@mail.example.com"));
    assert_eq!(message.attachments.len(), 1);
    assert_eq!(message.attachments[0].name, "a.csv");
    assert_eq!(message.attachments[0].bytes, b"a;b\r\n1;2");
}

#[test]
fn only_one_author_is_an_author() {
    for from in [
        "From: a@example.com, b@example.com\n",
        "From: a@example.com\nFrom: b@example.com\n",
        "From: undisclosed\n",
        "From: <>\n",
        "From: a@b@c\n",
        "",
    ] {
        let message = read_mail(format!("{from}Subject: x\n\ntext"));
        assert_eq!(message.author, None, "{from:?}");
    }
}

#[test]
fn threading_ids_are_cleaned() {
    let message = read_mail(
        "From: a@example.com\nMessage-ID: broken\nIn-Reply-To: <x@y> (comment)\n\
         References: <1@a>,<2@b>\n\t3@c <bad id> <\u{1}@z>\n\nx",
    );
    assert_eq!(message.message_id, None);
    assert_eq!(message.in_reply_to, ["x@y"]);
    assert_eq!(message.references, ["1@a", "2@b", "3@c"]);
    let many: Vec<String> = (0..100).map(|n| format!("{n}@example.com")).collect();
    let clipped = clip_references(&many);
    assert_eq!(clipped.len(), 20);
    assert_eq!((clipped[0].as_str(), clipped[19].as_str()), ("0@example.com", "99@example.com"));
    let long: Vec<String> = (0..10).map(|n| format!("{n}{}@e", "x".repeat(240))).collect();
    assert!(clip_references(&long).iter().map(|id| id.len() + 3).sum::<usize>() <= 1_500);
}

#[test]
fn a_pasted_table_is_offered() {
    let message = read_mail(format!("From: a@example.com\n\nDzień dobry\n\n{CSV}\nPozdrawiam\n"));
    let pasted = message.pasted.unwrap().whole;
    assert_eq!(
        (pasted.name.as_str(), pasted.bytes.as_slice()),
        ("tresc-wiadomosci.csv", CSV.as_bytes())
    );
    assert!(message.attachments.is_empty());
}
