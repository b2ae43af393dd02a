//! Events as the services send them, shortened and with invented names.

use serde_json::json;

use super::*;
use crate::mail::{Trust, Verdict};

fn one(value: &Value) -> Event {
    let [event] = read(value).unwrap().try_into().unwrap();
    event
}

fn in_sns(message: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "m", "Message": message.to_string()})
}

fn in_sqs(body: &Value) -> Value {
    json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": body.to_string()}]})
}

/// As SES tells of a mail; without a `To`, as a blind copy comes, and with fields of the future.
fn received() -> Value {
    json!({
        "notificationType": "Received",
        "mail": {
            "timestamp": "2026-03-02T10:00:00.000Z", "source": "jan@example.com", "messageId": "abc",
            "destination": ["calc@example.pl"], "headersTruncated": true,
            "commonHeaders": {"from": ["jan@example.com"], "subject": "x"}
        },
        "receipt": {
            "timestamp": "2026-03-02T10:00:00.000Z", "recipients": ["calc@example.pl"],
            "spamVerdict": {"status": "PASS"}, "virusVerdict": {"status": "PASS"},
            "spfVerdict": {"status": "PASS"}, "dkimVerdict": {"status": "GRAY"},
            "dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "reject", "newVerdict": 7,
            "action": {"type": "S3", "topicArn": "t", "bucketName": "mail", "objectKey": "in/abc"}
        }
    })
}

#[test]
fn a_mail_is_found_in_every_envelope() {
    let plain = received();
    let expected = MailEvent {
        bucket: "mail".to_owned(),
        key: "in/abc".to_owned(),
        envelope_sender: Some("jan@example.com".to_owned()),
        verdicts: Some(SesVerdicts {
            spam_verdict: Verdict::Pass,
            virus_verdict: Verdict::Pass,
            spf_verdict: Verdict::Pass,
            dkim_verdict: Verdict::Gray,
            dmarc_verdict: Verdict::Fail,
        }),
        received: Some("2026-03-02T10:00:00Z".parse().unwrap()),
    };
    let topic =
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": plain.to_string()}}]});
    for event in [plain.clone(), in_sns(&plain), in_sqs(&in_sns(&plain)), in_sqs(&plain), topic] {
        assert_eq!(one(&event), Event::Mail(expected.clone()));
    }
}

#[test]
fn an_object_is_found_by_its_decoded_key_and_nothing_is_known_of_it() {
    let object = |name: &str, key: &str| {
        let s3 = json!({"bucket": {"name": "mail"}, "object": {"key": key, "size": 3}});
        json!({"Records": [{
            "eventSource": "aws:s3", "eventName": name, "eventTime": "2026-03-02T10:00:00.000Z", "s3": s3
        }]})
    };
    let Event::Mail(mail) = one(&in_sqs(&object("ObjectCreated:Put", "in/a%2Fb+%C5%BC"))) else {
        panic!("no mail")
    };
    assert_eq!((mail.bucket.as_str(), mail.key.as_str()), ("mail", "in/a/b ż"));
    assert_eq!((mail.verdicts, mail.envelope_sender), (None, None));
    let removed = one(&object("ObjectRemoved:Delete", "in/a"));
    assert_eq!(removed, Event::Ignored("not-created"));
    let setup = one(&object("ObjectCreated:Put", "in/AMAZON_SES_SETUP_NOTIFICATION"));
    assert_eq!(setup, Event::Ignored("setup"));
    assert!(read(&object("ObjectCreated:Put", "in/%zz")).is_err());
}

#[test]
fn greetings_and_tests_of_the_services_mean_nothing() {
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "mail"});
    let hello = "Successfully validated SNS topic for Amazon SES event publishing.";
    let greeting = json!({"Type": "Notification", "Message": hello});
    let subscription = json!({"Type": "SubscriptionConfirmation", "Message": "You have chosen"});
    let opened = json!({"eventType": "Open", "mail": {"messageId": "x"}});
    for event in
        [test.clone(), in_sqs(&test), greeting.clone(), in_sqs(&greeting), subscription, opened]
    {
        assert!(matches!(one(&event), Event::Ignored(_)), "{event}");
    }
}

#[test]
fn feedback_says_what_follows() {
    let bounce = |kind: &str, sub: &str| {
        json!({
            "eventType": "Bounce", "mail": {"messageId": "ses-1", "destination": ["Jan@Example.com"]},
            "bounce": {"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": [
                {"emailAddress": "eva@example.com", "action": "failed"}
            ]}
        })
    };
    for (kind, sub, fate) in [
        ("Permanent", "General", Fate::Undeliverable),
        ("Permanent", "OnAccountSuppressionList", Fate::Undeliverable),
        ("Transient", "General", Fate::Transient),
        ("Transient", "MailboxFull", Fate::Transient),
        ("Transient", "MessageTooLarge", Fate::ContentRefused),
        ("Transient", "ContentRejected", Fate::ContentRefused),
        ("Transient", "AttachmentRejected", Fate::ContentRefused),
        ("Undetermined", "Undetermined", Fate::Transient),
    ] {
        let Event::Feedback(found) = one(&in_sqs(&in_sns(&bounce(kind, sub)))) else {
            panic!("{sub}")
        };
        assert_eq!((found.fate, found.sent_as.as_str()), (fate, "ses-1"), "{kind} {sub}");
        assert_eq!(found.recipient.as_deref(), Some("Jan@Example.com"), "whatever the report says");
    }
    for destination in [json!([]), json!(["a@example.com", "b@example.com"]), json!(null)] {
        let complaint = json!({
            "notificationType": "Complaint",
            "mail": {"messageId": "ses-2", "destination": destination},
            "complaint": {"complainedRecipients": [{"emailAddress": "jan@example.com"}]}
        });
        let Event::Feedback(found) = one(&complaint) else { panic!("no feedback") };
        assert_eq!((found.fate, found.recipient), (Fate::Complaint, None));
    }
}

#[test]
fn tasks_and_what_waited_come_alone_or_by_the_queue() {
    assert_eq!(one(&json!({"task": "rates"})), Event::Task(Task::Rates));
    assert_eq!(one(&in_sqs(&json!({"task": "outbox"}))), Event::Task(Task::Outbox));
    let since = "2026-03-02T10:00:00Z".parse().unwrap();
    let (bucket, key) = ("mail".to_owned(), "in/abc".to_owned());
    let trust = Trust::Aligned.into();
    let wait = Wait { tries: 3, since, bucket, key, received: None, trust };
    assert_eq!(one(&in_sqs(&json!({ "wait": wait }))), Event::Again(wait));
}

#[test]
fn what_is_not_known_is_refused_and_never_passed_over() {
    let deep = (0..9).fold(received(), |event, _| in_sns(&event));
    let unknown = [
        json!({}),
        json!(7),
        json!({"task": "cook"}),
        json!({"Records": [{"eventSource": "aws:kinesis"}]}),
        json!({"Records": [{"eventSource": "aws:sqs", "body": "{"}]}),
        json!({"notificationType": "Received", "mail": {}}),
        deep,
    ];
    for event in unknown {
        assert!(read(&event).is_err(), "{event}");
    }
}
