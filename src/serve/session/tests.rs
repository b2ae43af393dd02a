//! Sessions as mail servers, careless programs and attackers have them.

use std::net::Ipv4Addr;

use tokio::io::BufReader;

use super::*;
use crate::adapters::Maildir;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn intake(name: &str) -> (std::path::PathBuf, Intake) {
    let root = std::env::temp_dir().join(format!("investtax-smtp-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&root));
    let intake = Intake {
        address: "calc@investtax.example".to_owned(),
        unproven: Maildir::open(&root.join("unproven")).unwrap(),
        verified: Maildir::open(&root.join("verified")).unwrap(),
        trusted_relays: vec!["127.0.0.1".parse().unwrap()],
        message_bytes: 1_000,
        arrived: tokio::sync::Notify::new(),
    };
    (root, intake)
}

/// Says all lines at once and returns the codes of the answers and the stored mails.
async fn talk(name: &str, peer: IpAddr, lines: &str) -> (Vec<String>, [Vec<String>; 2]) {
    let (root, intake) = intake(name);
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (mut from_us, mut to_us) = tokio::io::split(theirs);
    to_us.write_all(lines.as_bytes()).await.unwrap();
    to_us.shutdown().await.unwrap();
    let terms = Terms { peer, offers_tls: true, encrypted: false };
    let (_stop, stopped) = watch::channel(false);
    let mut stream = BufReader::new(ours);
    drop(run(&mut stream, terms, &intake, stopped).await);
    drop(stream);
    let mut answers = String::new();
    from_us.read_to_string(&mut answers).await.unwrap();
    let codes = answers.lines().filter(|line| line.get(3..4) == Some(" "));
    let codes = codes.map(|line| line[..3].to_owned()).collect();
    let stored = [&intake.unproven, &intake.verified].map(|maildir| {
        let paths = maildir.waiting().unwrap();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    });
    std::fs::remove_dir_all(root).unwrap();
    (codes, stored)
}

const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

const ENVELOPE: &str =
    "EHLO mx.example\r\nMAIL FROM:<jan@example.com>\r\nRCPT TO:<calc@investtax.example>\r\n";

#[tokio::test]
async fn a_mail_is_stored_with_its_trace_and_dots_as_they_were() {
    let lines = "EHLO mx.example\r\nMAIL FROM:<jan@example.com> SIZE=50\r\n\
        RCPT TO:<Calc+abc@investtax.example>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\nQUIT\r\n";
    let (codes, [unproven, verified]) = talk("stored", ELSEWHERE, lines).await;
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
    let [mail] = unproven.try_into().unwrap();
    assert!(mail.starts_with(
        "Return-Path: <jan@example.com>\r\n\
         Received: from mx.example ([127.0.0.2]) by investtax.example with ESMTP;\r\n\t"
    ));
    assert!(mail.ends_with("\r\nSubject: x\r\n\r\n.\r\n"), "{mail}");
    assert!(verified.is_empty());
    let (_, [unproven, verified]) = talk("relay", LOCAL, lines).await;
    assert_eq!((unproven.len(), verified.len()), (0, 1));
}

#[tokio::test]
async fn others_mail_and_large_mail_are_refused_and_half_a_mail_is_not_kept() {
    let lines = "MAIL FROM:<a@b>\r\nRCPT TO:<eva@investtax.example>\r\nDATA\r\n\
        MAIL FROM:<a@b> SIZE=2000\r\nRCPT TO:<calc@investtax.example>\r\nHELO x\r\n\
        MAIL FROM:<>\r\nRCPT TO:<calc@investtax.example>\r\nDATA\r\n";
    let long = "x".repeat(300) + "\r\n";
    let lines = lines.to_owned()
        + &long.repeat(4)
        + ".\r\n\
        MAIL FROM:<a@b>\r\nRCPT TO:<calc@investtax.example>\r\nDATA\r\nhalf\r\n";
    let (codes, [unproven, verified]) = talk("refused", ELSEWHERE, &lines).await;
    // The second RCPT belongs to the first MAIL, which still holds: the mailbox is ours.
    let expected = [
        "220", "250", "550", "503", "552", "250", "250", "250", "250", "354", "552", "250", "250",
        "354",
    ];
    assert_eq!(codes, expected);
    assert!(unproven.is_empty() && verified.is_empty());
}

#[tokio::test]
async fn a_bare_line_feed_ends_no_message() {
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r\n.\n", "\r.\r\n"] {
        let lines =
            format!("{ENVELOPE}DATA\r\na{end}MAIL FROM:<x@evil.example>\r\n\r\n.\r\nQUIT\r\n");
        let (codes, [unproven, _]) = talk("smuggled", ELSEWHERE, &lines).await;
        assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"], "{end:?}");
        assert_eq!(unproven.len(), 1);
        assert!(unproven[0].contains("MAIL FROM"), "{end:?}");
    }
}

#[tokio::test]
async fn a_command_has_512_octets_and_a_line_of_a_message_any_number() {
    let just = format!("NOOP {}\r\n", "x".repeat(505));
    let over = format!("NOOP {}\r\n", "x".repeat(506));
    let lines =
        format!("{just}{over}{}{ENVELOPE}DATA\r\n{}\r\n.\r\n", over.repeat(2), "y".repeat(700));
    let (codes, [unproven, _]) = talk("long", ELSEWHERE, &lines).await;
    assert_eq!(codes, ["220", "250", "500", "500", "500", "250", "250", "250", "354", "250"]);
    assert!(unproven[0].ends_with(&("y".repeat(700) + "\r\n")));
}

#[tokio::test]
async fn a_greeting_cannot_write_into_the_trace() {
    let lines = ENVELOPE.replace("mx.example", "a)\u{b}by(evil") + "DATA\r\nx\r\n.\r\n";
    let (_, [unproven, _]) = talk("greeting", ELSEWHERE, &lines).await;
    assert!(unproven[0].contains("Received: from unknown ([127.0.0.2])"), "{}", unproven[0]);
}

#[tokio::test]
async fn mistakes_end_the_session() {
    let (codes, _) = talk("mistakes", ELSEWHERE, &"WHAT\r\n".repeat(50)).await;
    assert_eq!(codes.len(), 12);
}

#[tokio::test]
async fn starttls_is_offered_and_hands_over() {
    let (root, intake) = intake("starttls");
    for (offers_tls, expected) in [(true, End::StartTls), (false, End::Closed)] {
        let (ours, mut theirs) = tokio::io::duplex(1 << 16);
        theirs.write_all(b"EHLO x\r\nSTARTTLS\r\nQUIT\r\n").await.unwrap();
        let (_stop, stopped) = watch::channel(false);
        let terms = Terms { peer: LOCAL, offers_tls, encrypted: false };
        let mut stream = BufReader::new(ours);
        assert_eq!(run(&mut stream, terms, &intake, stopped).await.unwrap(), expected);
        // What was said in the clear behind it is still there for the caller to notice.
        assert_eq!(stream.buffer(), if offers_tls { b"QUIT\r\n".as_slice() } else { b"" });
    }
    std::fs::remove_dir_all(root).unwrap();
}

#[tokio::test]
async fn asked_to_stop_a_session_ends_between_commands_and_not_within_a_message() {
    let (root, intake) = intake("stop");
    let (ours, mut theirs) = tokio::io::duplex(1 << 16);
    theirs.write_all(format!("{ENVELOPE}DATA\r\nhalf").as_bytes()).await.unwrap();
    let (stop, stopped) = watch::channel(false);
    let terms = Terms { peer: ELSEWHERE, offers_tls: false, encrypted: false };
    let mut stream = BufReader::new(ours);
    let session = run(&mut stream, terms, &intake, stopped);
    let peer = async {
        let mut said = vec![0; 4_096];
        let mut answers = String::new();
        while !answers.contains("354") {
            let length = theirs.read(&mut said).await.unwrap();
            answers.push_str(&String::from_utf8_lossy(&said[..length]));
        }
        stop.send(true).unwrap();
        theirs.write_all(b" and whole\r\n.\r\n").await.unwrap();
        let length = theirs.read(&mut said).await.unwrap();
        answers.push_str(&String::from_utf8_lossy(&said[..length]));
        answers
    };
    let (end, answers) = tokio::join!(session, peer);
    assert_eq!(end.unwrap(), End::Closed);
    assert!(answers.contains("250 stored"), "{answers}");
    assert!(
        std::fs::read_to_string(&intake.unproven.waiting().unwrap()[0])
            .unwrap()
            .contains("half and whole")
    );
    std::fs::remove_dir_all(root).unwrap();
}
