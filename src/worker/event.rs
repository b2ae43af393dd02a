//! What wakes the worker, told apart by what is in it.
//!
//! SES tells of a mail through SNS and SQS; S3 tells of an object; SES tells of a bounce; a schedule
//! names a task. Each may be wrapped in the others' envelopes or come alone. Own structures, tolerant of
//! everything that is not used: the published ones refuse a mail without a `To` (mail.md § 2.6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    adapters::aws::untagged,
    mail::{Authenticity, SesVerdicts},
};

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A mail came.
    Mail(MailEvent),
    /// Something became of a mail of ours.
    Feedback(Feedback),
    /// The schedule asks for something.
    Task(Task),
    /// A mail that had to wait comes back.
    Again(Wait),
    /// Nothing to do, and why.
    Ignored(&'static str),
}

/// A mail lies in the bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MailEvent {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The envelope sender, if SES told it.
    pub envelope_sender: Option<String>,
    /// What SES found, if it told.
    pub verdicts: Option<SesVerdicts>,
    /// When the mail came, if that was told.
    pub received: Option<Timestamp>,
}

/// What became of a mail of ours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Feedback {
    /// The id under which SES sent it.
    pub sent_as: String,
    /// Our own id of it, which SES was told to bring back.
    pub message: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Whom SES was to send it to, if that is one address. Not whom the report of the other server is about:
    /// that server may write there whom it likes.
    pub recipient: Option<String>,
}

/// What became of a mail of ours, as far as anything follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// SES has taken it.
    Sent,
    /// It arrived.
    Delivered,
    /// The address does not work, for good.
    Undeliverable,
    /// The recipient called it unwanted.
    Complaint,
    /// Its size or its attachments were refused.
    ContentRefused,
    /// It did not arrive now; SES has tried.
    Transient,
}

impl Fate {
    /// The stable code for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undeliverable => "bounce-permanent",
            Self::Complaint => "complaint",
            Self::ContentRefused => "bounce-content",
            Self::Transient => "bounce-transient",
        }
    }
}

/// What a schedule asks for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Fetch yesterday's tables.
    Rates,
    /// Send what waits.
    Outbox,
    /// Forget what is past its time.
    Forget,
}

/// A mail that had to wait.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Wait {
    /// How often it waited.
    pub tries: u32,
    /// Since when.
    pub since: Timestamp,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// When the mail came, if that was told.
    pub received: Option<Timestamp>,
    /// What was found out about it.
    pub trust: Authenticity,
}

/// An event that is none of those that we know.
#[derive(Debug, thiserror::Error)]
#[error("an event of an unknown kind")]
pub struct UnknownEvent;

/// Reads an event, whatever it is wrapped in.
///
/// # Errors
///
/// If it is of no known kind: nothing may be passed over silently that could be a mail.
pub fn read(value: &Value) -> Result<Vec<Event>, UnknownEvent> {
    read_within(value, WRAPPERS_MOST)
}

/// Envelopes in envelopes: SQS around SNS around SES are three.
const WRAPPERS_MOST: u32 = 5;

fn read_within(value: &Value, left: u32) -> Result<Vec<Event>, UnknownEvent> {
    let left = left.checked_sub(1).ok_or(UnknownEvent)?;
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    if let Some(task) = value.get("task") {
        return Ok(vec![Event::Task(from(task)?)]);
    }
    if let Some(wait) = value.get("wait") {
        return Ok(vec![Event::Again(from(wait)?)]);
    }
    if word("Event") == Some("s3:TestEvent") {
        return Ok(vec![Event::Ignored("test-event")]);
    }
    if let Some(kind) = word("Type") {
        return match (kind, word("Message")) {
            ("Notification", Some(message)) => read_text(message, left),
            _ => Ok(vec![Event::Ignored("subscription")]),
        };
    }
    if let Some(kind) = word("notificationType").or(word("eventType")) {
        return told_by_ses(kind, value).map(|event| vec![event]);
    }
    let records = value.get("Records").and_then(Value::as_array).ok_or(UnknownEvent)?;
    let mut events = Vec::new();
    for record in records {
        events.append(&mut read_record(record, left)?);
    }
    Ok(events)
}

/// A text in an envelope. SES greets a new topic with a sentence instead of an event.
fn read_text(text: &str, left: u32) -> Result<Vec<Event>, UnknownEvent> {
    match serde_json::from_str(text) {
        Ok(value) => read_within(&value, left),
        Err(_) if text.starts_with("Successfully validated SNS topic") => {
            Ok(vec![Event::Ignored("test-event")])
        }
        Err(_) => Err(UnknownEvent),
    }
}

fn read_record(record: &Value, left: u32) -> Result<Vec<Event>, UnknownEvent> {
    let word = |name: &str| record.get(name).and_then(Value::as_str);
    match word("eventSource").or(word("EventSource")) {
        Some("aws:sqs") => read_text(word("body").ok_or(UnknownEvent)?, left),
        Some("aws:sns") => {
            let message = record.pointer("/Sns/Message").and_then(Value::as_str);
            read_text(message.ok_or(UnknownEvent)?, left)
        }
        Some("aws:s3") => told_by_s3(record).map(|event| vec![event]),
        _ => Err(UnknownEvent),
    }
}

/// SES leaves this object in a bucket that it may write to.
const SETUP: &str = "AMAZON_SES_SETUP_NOTIFICATION";

fn told_by_s3(record: &Value) -> Result<Event, UnknownEvent> {
    let word = |path: &str| record.pointer(path).and_then(Value::as_str);
    let bucket = word("/s3/bucket/name").ok_or(UnknownEvent)?.to_owned();
    let key = decoded(word("/s3/object/key").ok_or(UnknownEvent)?).ok_or(UnknownEvent)?;
    if key.ends_with(SETUP) {
        return Ok(Event::Ignored("setup"));
    }
    if word("/eventName").is_some_and(|name| !name.starts_with("ObjectCreated:")) {
        return Ok(Event::Ignored("not-created"));
    }
    let received = word("/eventTime").and_then(|at| at.parse().ok());
    Ok(Event::Mail(MailEvent { bucket, key, received, ..MailEvent::default() }))
}

/// S3 writes keys as in an HTML form (mail.md § 2.7).
fn decoded(key: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn told_by_ses(kind: &str, value: &Value) -> Result<Event, UnknownEvent> {
    let fate = match kind {
        "Received" => return received(value),
        SETUP => return Ok(Event::Ignored("setup")),
        "Send" => Fate::Sent,
        "Delivery" => Fate::Delivered,
        "Complaint" => Fate::Complaint,
        "Bounce" => bounce(value),
        // Opens, clicks, delays and whatever comes: nothing follows from them.
        _ => return Ok(Event::Ignored("other-feedback")),
    };
    let sent_as = value.pointer("/mail/messageId").and_then(Value::as_str).ok_or(UnknownEvent)?;
    let recipient = match value.pointer("/mail/destination").and_then(Value::as_array) {
        Some(all) if all.len() == 1 => all.first().and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    let message = value.pointer("/mail/tags/message/0").and_then(Value::as_str).map(untagged);
    Ok(Event::Feedback(Feedback { sent_as: sent_as.to_owned(), message, fate, recipient }))
}

fn bounce(value: &Value) -> Fate {
    let word = |path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default();
    match (word("/bounce/bounceType"), word("/bounce/bounceSubType")) {
        ("Permanent", _) => Fate::Undeliverable,
        ("Transient", "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
            Fate::ContentRefused
        }
        _ => Fate::Transient,
    }
}

/// The parts of a received mail's notification that are used; headers are not, they may be cut.
#[derive(Deserialize)]
struct Notification {
    mail: NotifiedMail,
    receipt: Receipt,
}

#[derive(Deserialize)]
struct NotifiedMail {
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    timestamp: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Receipt {
    #[serde(flatten)]
    verdicts: SesVerdicts,
    action: Action,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    bucket_name: String,
    object_key: String,
}

fn received(value: &Value) -> Result<Event, UnknownEvent> {
    let Notification { mail, receipt } = from(value)?;
    let Receipt { verdicts, action } = receipt;
    if action.object_key.ends_with(SETUP) {
        return Ok(Event::Ignored("setup"));
    }
    Ok(Event::Mail(MailEvent {
        bucket: action.bucket_name,
        key: action.object_key,
        envelope_sender: mail.source,
        verdicts: Some(verdicts),
        received: mail.timestamp,
    }))
}

fn from<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, UnknownEvent> {
    T::deserialize(value).map_err(|_| UnknownEvent)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
