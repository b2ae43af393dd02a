//! The rules that keep two robots from writing to each other.

use super::read_mail;
use crate::{
    error::DropReason,
    mail::{Circumstances, OwnAddresses, drop_reason},
};

fn own() -> OwnAddresses {
    OwnAddresses {
        addresses: vec!["calc@tax.example".to_owned()],
        id_domains: vec!["eu-central-1.amazonses.com".to_owned()],
        exchanger: "mx.tax.example".to_owned(),
    }
}

fn reason(headers: &str, circumstances: Circumstances) -> Option<DropReason> {
    let from = if headers.contains("From:") { "" } else { "From: jan@example.com\n" };
    drop_reason(&read_mail(format!("{from}{headers}\nbody")), &own(), circumstances)
}

const DATA: Circumstances = Circumstances { has_data: true, has_command: false };
const NOTHING: Circumstances = Circumstances { has_data: false, has_command: false };
const COMMAND: Circumstances = Circumstances { has_data: false, has_command: true };

#[test]
fn machines_get_no_answer_even_with_data() {
    use DropReason::{
        AutoReply, AutoSubmitted, Daemon, MailingList, NoAuthor, NullReturnPath, OwnMail, Report,
        TooManyHops,
    };
    let hops = "Received: from a by mx.tax.example\n".repeat(5);
    let far = "Received: from a by b\n".repeat(51);
    let report = "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: \
                  message/delivery-status\n\nAction: failed\n--b--";
    let cases = [
        ("Return-Path: <>\n", NullReturnPath),
        (report, Report),
        ("X-Failed-Recipients: x@example.com\n", Report),
        ("From: MAILER-DAEMON@example.com\n", Daemon),
        ("From: no-reply@broker.example\n", Daemon),
        ("From: DoNotReply-x@broker.example\n", Daemon),
        ("Return-Path: <MAILER-DAEMON@list.example>\n", Daemon),
        ("From: bounces+123@list.example\n", Daemon),
        ("From: list-request@example.com\n", Daemon),
        ("Auto-Submitted: auto-replied; owner-email=\"a@b\"\n", AutoSubmitted),
        ("Auto-Submitted: auto-generated (x)\n", AutoSubmitted),
        ("Precedence: Bulk\n", AutoReply),
        ("X-Autoreply: yes\n", AutoReply),
        ("X-Loop: a@example.com\n", AutoReply),
        ("X-Auto-Response-Suppress: All\nX-MS-Exchange-Inbox-Rules-Loop: a@b\n", AutoReply),
        ("List-Unsubscribe: <mailto:x@y>\n", MailingList),
        ("From: CALC+tag@tax.example\n", OwnMail),
        ("Sender: InvestTax <calc@tax.example>\n", OwnMail),
        ("X-InvestTax-Bot: v1\n", OwnMail),
        ("Message-ID: <reply.0102@tax.example>\n", OwnMail),
        (hops.as_str(), TooManyHops),
        (far.as_str(), TooManyHops),
        ("From: a@example.com, b@example.com\n", NoAuthor),
    ];
    for (headers, expected) in cases {
        assert_eq!(reason(headers, DATA), Some(expected), "{headers}");
    }
}

#[test]
fn people_are_answered() {
    for headers in [
        "",
        "Auto-Submitted: no\n",
        "Auto-Submitted: No (really)\n",
        "Precedence: normal\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\n",
        "Return-Path: <jan@example.com>\n",
        "Return-Path: <bounce+1a2b@relay.example.com>\n",
        "From: norepl@example.com\n",
        "From: jan@tax.example\n",
        "From: bouncer@example.com\n",
        "Subject: Automatic reply to my taxes\n",
        "Content-Type: text/calendar; method=REQUEST\n",
        "In-Reply-To: <x@eu-central-1.amazonses.com>\n",
        // Others send by SES too, and others have an address under our domain.
        "Message-ID: <0102-x@eu-central-1.amazonses.com>\n",
        "Message-ID: <0102-x@tax.example>\n",
    ] {
        assert_eq!(reason(headers, DATA), None, "{headers}");
    }
    assert_eq!(reason("", NOTHING), None, "a first mail without a file gets help");
}

#[test]
fn some_rules_yield_to_data_or_a_command() {
    for (headers, expected) in [
        ("Subject: =?utf-8?q?Odpowied=C5=BA_automatyczna:_Re:_x?=\n", DropReason::AutoReplySubject),
        ("Subject: Out of Office: x\n", DropReason::AutoReplySubject),
        ("X-Auto-Response-Suppress: All\n", DropReason::AutoReply),
        ("Content-Type: text/calendar; method=REPLY\n", DropReason::Calendar),
        ("In-Reply-To: <x@eu-central-1.amazonses.com>\n", DropReason::NothingToDo),
        ("References: <a@b> <c.x@tax.example>\n", DropReason::NothingToDo),
    ] {
        assert_eq!(reason(headers, NOTHING), Some(expected), "{headers}");
        assert_eq!(reason(headers, DATA), None, "{headers}");
    }
    assert_eq!(reason("In-Reply-To: <reply.x@tax.example>\n", COMMAND), None);
}
