//! The whole function against an emulated cloud: what is repeated, what fails, what comes back.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    task::Poll,
};

use async_trait::async_trait;
use data_encoding::BASE64;
use jiff::{SignedDuration, civil::Date};
use sha2::Digest as _;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use super::*;
use crate::{
    adapters::aws::{
        Begun, JobRecord,
        testing::{self, World},
    },
    config::Cloud,
    mail::Trust,
    ports::{BlobStore as _, ConversationStore as _},
    rates::{RateTable, TableKind, testing::published},
};

/// All in złoty. 2024: 10 × (200 − 100) = 1000; 19 % of it is 190.
const FILE: &str = "date;type;isin;quantity;price;currency;account\n\
    2024-01-15;buy;PLPKO0000016;10;100;PLN;A\n\
    2024-06-17;sell;PLPKO0000016;10;200;PLN;A\n";

/// As [`FILE`], in dollars: rates are needed.
fn in_dollars() -> String {
    FILE.replace("PLPKO0000016", "US0378331005").replace("PLN", "USD")
}

fn mail(from: &str, subject: &str, file: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: calc@investtax.example\r\nSubject: {subject}\r\n\
         Message-ID: <{subject}@example.com>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Dzień dobry\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=a.csv\r\n\r\n{file}\r\n--b--\r\n"
    )
    .into_bytes()
}

/// SES as far as it takes messages: with an id of its own, or, asked to, with a failure.
#[derive(Clone, Default)]
struct FakeSes {
    taken: Arc<Mutex<Vec<String>>>,
    failing: Arc<AtomicBool>,
}

impl Respond for FakeSes {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if self.failing.load(Ordering::Relaxed) {
            return ResponseTemplate::new(429)
                .set_body_json(json!({"__type": "TooManyRequestsException", "message": "slow"}))
                .insert_header("x-amzn-errortype", "TooManyRequestsException");
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let data = body.pointer("/Content/Raw/Data").and_then(Value::as_str).unwrap();
        let message = String::from_utf8(BASE64.decode(data.as_bytes()).unwrap()).unwrap();
        let mut taken = self.taken.lock().unwrap();
        taken.push(message);
        ResponseTemplate::new(200)
            .set_body_json(json!({"MessageId": format!("ses-{}", taken.len())}))
    }
}

/// NBP that can be down.
#[derive(Default)]
struct FakeNbp(AtomicBool);

#[async_trait]
impl RateSource for FakeNbp {
    async fn tables(&self, kind: TableKind, from: Date, to: Date) -> Result<Vec<RateTable>, Fault> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Fault::later("fetch rates", "NBP is down"));
        }
        Ok(published(kind, from, to))
    }
}

/// A clock that the test moves, in minutes.
#[derive(Default)]
struct Minutes(AtomicI64);

impl Clock for Minutes {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        start + SignedDuration::from_mins(self.0.load(Ordering::Relaxed))
    }
}

struct Bench {
    world: World,
    ses: FakeSes,
    nbp: Arc<FakeNbp>,
    clock: Arc<Minutes>,
    worker: Arc<Worker>,
    _server: MockServer,
}

impl Bench {
    async fn new() -> Option<Self> {
        let world = testing::world().await?;
        let (ses, server) = (FakeSes::default(), MockServer::start().await);
        Mock::given(any()).respond_with(ses.clone()).mount(&server).await;
        let config = Config {
            queue_url: Some(world.queue().await),
            nbp_url: "http://127.0.0.1:9".to_owned(),
            cloud: Cloud { ses_endpoint: Some(server.uri()), ..world.cloud.clone() },
            ..world.config()
        };
        let (nbp, clock) = (Arc::new(FakeNbp::default()), Arc::new(Minutes::default()));
        let worker = Arc::new(Worker::with(config, nbp.clone(), clock.clone()).unwrap());
        Some(Self { world, ses, nbp, clock, worker, _server: server })
    }

    fn bucket(&self) -> S3Blobs {
        self.world.clients.bucket(&self.world.bucket)
    }

    /// As SES tells of a mail, through SNS and SQS.
    async fn arrives(&self, id: &str, raw: &[u8]) -> Value {
        self.arrives_judged(id, raw, "PASS").await
    }

    /// With a verdict of SES on whose mail it is.
    async fn arrives_judged(&self, id: &str, raw: &[u8], verdict: &str) -> Value {
        self.bucket().put(&format!("in/{id}"), raw).await.unwrap();
        let (pass, judged) = (json!({"status": "PASS"}), json!({"status": verdict}));
        let told = json!({
            "notificationType": "Received",
            "mail": {"source": "jan@example.com", "messageId": id},
            "receipt": {
                "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": judged,
                "dkimVerdict": judged, "dmarcVerdict": judged,
                "action": {"bucketName": self.world.bucket, "objectKey": format!("in/{id}")}
            }
        });
        Self::queued(&json!({"Type": "Notification", "Message": told.to_string()}))
    }

    /// As S3 tells of an object.
    fn created(&self, key: &str) -> Value {
        Self::queued(
            &json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Post",
            "s3": {"bucket": {"name": self.world.bucket}, "object": {"key": key}}}]}),
        )
    }

    /// The name of the only place that an owner was offered.
    async fn place(&self, owner: &str) -> String {
        let keys = self.world.keys(&format!("offer/{owner}/")).await;
        let page = keys.iter().find_map(|key| key.strip_suffix(".html")).unwrap();
        page.rsplit('/').next().unwrap().to_owned()
    }

    fn queued(body: &Value) -> Value {
        json!({"Records": [{
            "messageId": "m-1", "eventSource": "aws:sqs", "body": body.to_string(),
            "attributes": {"ApproximateReceiveCount": "1"}
        }]})
    }

    async fn answer(&self, event: &Value) -> usize {
        let answer = self.worker.answer(event.clone()).await.unwrap();
        answer.get("batchItemFailures").and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Handles a mail up to the moment in which SES has its reply; returns the id that SES gave it.
    async fn sent_once_then_killed(&self, event: Event) -> String {
        let mut handling = Box::pin(self.worker.one(event, 1));
        std::future::poll_fn(|context| match self.sent().len() {
            0 => handling.as_mut().poll(context).map(|_| ()),
            _ => Poll::Ready(()),
        })
        .await;
        format!("ses-{}", self.sent().len())
    }

    /// The worker, to change what it was made of.
    fn worker(&mut self) -> &mut Worker {
        Arc::get_mut(&mut self.worker).unwrap()
    }

    /// What the worker will say of a metric from now on.
    fn listen(&mut self, name: &'static str) -> Arc<Mutex<Vec<u64>>> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let values = heard.clone();
        self.worker().metrics = Metrics::telling("test", move |line| {
            values.lock().unwrap().extend(line.get(name).and_then(Value::as_u64));
        });
        heard
    }

    fn sent(&self) -> Vec<String> {
        self.ses.taken.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_mail_is_answered_once_and_kept_whatever_is_repeated() {
    let Some(bench) = Bench::new().await else { return };
    let raw = mail("jan@example.com", "x", FILE);
    let event = bench.arrives("abc", &raw).await;
    for _ in 0..3 {
        assert_eq!(bench.answer(&event).await, 0);
    }
    // The sender's server sent it twice: SES gave it another id.
    let again = bench.arrives("def", &raw).await;
    assert_eq!(bench.answer(&again).await, 0);
    let [reply] = bench.sent().try_into().unwrap();
    assert!(
        reply.contains("To: jan@example.com") && reply.contains("In-Reply-To: <x@example.com>")
    );
    assert!(bench.worker.store.outbox().await.unwrap().is_empty());
    for name in ["original.eml", "calculation.json", "report.pdf", "report.xlsx", "metadata.json"] {
        let kept = bench.bucket().get(&format!("2024/abc/{name}")).await.unwrap();
        assert!(kept.is_some_and(|bytes| !bytes.is_empty()), "{name}");
    }
    let known = bench.worker.store.conversation_of("ses-1").await.unwrap().unwrap();
    assert_eq!((known.owner.as_str(), known.files.len()), ("jan@example.com", 1));
}

/// Whenever the function is killed: delivered again, the mail is answered, its reply is sent once or, if
/// SES may have had it, once more with the same bytes, and nothing is left waiting.
#[tokio::test]
async fn a_kill_at_any_moment_neither_loses_nor_changes_a_reply() {
    let Some(bench) = Bench::new().await else { return };
    for polls in (2..).step_by(4) {
        let (id, from) = (format!("kill-{polls}"), format!("jan.{polls}@example.com"));
        let event = bench.arrives(&id, &mail(&from, "x", FILE)).await;
        let [told] = read(&event).unwrap().try_into().unwrap();
        let killed = killed_after(polls, bench.worker.one(told, 1)).await;
        // The lease of what was being sent is over after a quarter of an hour.
        bench.clock.0.fetch_add(16, Ordering::Relaxed);
        assert_eq!(bench.answer(&event).await, 0, "{polls}");
        bench.worker.answer(json!({"task": "outbox"})).await.unwrap();
        let to = format!("To: {from}");
        let mut sent: Vec<String> =
            bench.sent().into_iter().filter(|message| message.contains(&to)).collect();
        assert!((1..=2).contains(&sent.len()), "{polls}: {} replies", sent.len());
        sent.dedup();
        assert_eq!(sent.len(), 1, "{polls}");
        assert!(bench.worker.store.outbox().await.unwrap().is_empty());
        let begun = bench.worker.jobs.begin(&id, &JobRecord::default()).await.unwrap();
        assert_eq!(begun, Begun::Done, "{polls}");
        // Whatever was answered is kept.
        let kept = bench.bucket().get(&format!("2024/{id}/metadata.json")).await.unwrap();
        assert!(kept.is_some(), "{polls}: a reply of which nothing is kept");
        if !killed {
            assert!(polls > 10, "only {polls} polls");
            return;
        }
    }
}

/// A mail that takes the function down whenever it is tried: the last try apologises instead, and puts it aside. One that
/// only had bad luck is answered.
#[tokio::test]
async fn a_mail_that_ends_every_try_is_apologised_for() {
    let Some(bench) = Bench::new().await else { return };
    let dies = async |id: &str| {
        bench.worker.jobs.begin(id, &JobRecord::default()).await.unwrap();
    };
    let last_try = async |id: &str, from: &str| {
        let event = bench.arrives(id, &mail(from, id, FILE)).await;
        let [told] = read(&event).unwrap().try_into().unwrap();
        bench.worker.one(told, DELIVERIES).await
    };
    for _ in 1..DELIVERIES {
        dies("deadly").await;
    }
    let fault = last_try("deadly", "jan@example.com").await.unwrap_err();
    assert_eq!(fault.retry(), Retry::Never);
    let [apology] = bench.sent().try_into().unwrap();
    assert!(apology.contains("In-Reply-To: <deadly@example.com>"), "{apology}");
    assert!(!apology.contains(".pdf"), "it has no report");

    for _ in 1..DELIVERIES {
        dies("unlucky").await;
        bench.worker.jobs.ended("unlucky").await.unwrap();
    }
    last_try("unlucky", "ewa@example.com").await.unwrap();
    let [_, answer] = bench.sent().try_into().unwrap();
    assert!(answer.contains(".pdf"));
}

/// SES took a reply, and the function was killed before it could note it: the event of SES is in time, and
/// nothing goes out once more when the lease is over.
#[tokio::test]
async fn what_ses_says_it_took_is_not_sent_again() {
    let Some(bench) = Bench::new().await else { return };
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    let [told] = read(&event).unwrap().try_into().unwrap();
    let sent = bench.sent_once_then_killed(told).await;
    let [waiting] = bench.worker.store.outbox().await.unwrap().try_into().unwrap();
    let event = json!({"eventType": "Send", "send": {}, "mail": {
        "messageId": sent, "tags": {"message": [waiting.id.replace('.', "_")]}
    }});
    for _ in 0..2 {
        assert_eq!(bench.answer(&Bench::queued(&event)).await, 0);
    }
    bench.clock.0.fetch_add(16, Ordering::Relaxed);
    bench.worker.answer(json!({"task": "outbox"})).await.unwrap();
    assert_eq!(bench.sent().len(), 1);
    assert!(bench.worker.store.conversation_of(&sent).await.unwrap().is_some());
}

/// Polls a future so often and drops it then, as a kill does; whether it came to that.
async fn killed_after(polls: usize, future: impl Future) -> bool {
    let (mut future, mut left) = (Box::pin(future), polls);
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(true);
        }
        left -= 1;
        future.as_mut().poll(context).map(|_| false)
    })
    .await
}

#[tokio::test]
async fn two_mails_of_one_sender_at_once_lose_nothing() {
    let Some(bench) = Bench::new().await else { return };
    let one = bench.arrives("one", &mail("jan@example.com", "a", FILE)).await;
    let other = FILE.replace("2024-06-17", "2024-06-18").replace("200", "300");
    let other = bench.arrives("other", &mail("jan@example.com", "b", &other)).await;
    let (first, second) = tokio::join!(bench.answer(&one), bench.answer(&other));
    // Who lost the race comes again.
    assert!(first + second <= 1, "{first} {second}");
    assert_eq!(bench.answer(&one).await + bench.answer(&other).await, 0);
    assert_eq!(bench.sent().len(), 2);
    assert_eq!(bench.worker.store.conversations("jan@example.com").await.unwrap().len(), 2);
}

#[tokio::test]
async fn without_nbp_the_sender_is_told_once_and_the_answer_comes_by_itself() {
    let Some(bench) = Bench::new().await else { return };
    bench.nbp.0.store(true, Ordering::Relaxed);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", &in_dollars())).await;
    assert_eq!(bench.answer(&event).await, 0);
    let wait = |tries| {
        let (bucket, key) = (bench.world.bucket.clone(), "in/abc".to_owned());
        let trust = Trust::Verified.into();
        Wait { tries, since: bench.clock.now(), bucket, key, received: None, trust }
    };
    for tries in 1..3 {
        bench.clock.0.fetch_add(60, Ordering::Relaxed);
        assert_eq!(bench.answer(&Bench::queued(&json!({ "wait": wait(tries) }))).await, 0);
    }
    assert_eq!(bench.sent().len(), 1, "one promise");
    bench.nbp.0.store(false, Ordering::Relaxed);
    for tries in 3..5 {
        assert_eq!(bench.answer(&Bench::queued(&json!({ "wait": wait(tries) }))).await, 0);
    }
    assert_eq!(bench.sent().len(), 2, "and one answer");
    assert!(bench.bucket().get("2024/abc/report.pdf").await.unwrap().is_some());
}

#[tokio::test]
async fn on_a_full_day_a_mail_waits_for_tomorrow_and_is_no_failure() {
    let Some(bench) = Bench::new().await else { return };
    bench.world.count_replies("2026-03-02", 1_000).await;
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0, "the event is not failed");
    assert_eq!(bench.sent().len(), 0);
    bench.clock.0.fetch_add(24 * 60, Ordering::Relaxed);
    let (bucket, key) = (bench.world.bucket.clone(), "in/abc".to_owned());
    let trust = Trust::Verified.into();
    let wait = Wait { tries: 9, since: bench.clock.now(), bucket, key, received: None, trust };
    assert_eq!(bench.answer(&Bench::queued(&json!({ "wait": wait }))).await, 0);
    assert_eq!(bench.sent().len(), 1);
}

#[tokio::test]
async fn a_reply_that_ses_does_not_take_waits_for_the_schedule() {
    let Some(bench) = Bench::new().await else { return };
    bench.ses.failing.store(true, Ordering::Relaxed);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    assert_eq!((bench.sent().len(), bench.worker.store.outbox().await.unwrap().len()), (0, 1));
    bench.ses.failing.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        bench.worker.answer(json!({"task": "outbox"})).await.unwrap();
    }
    assert_eq!(bench.sent().len(), 1);
}

#[tokio::test]
async fn refused_files_are_left_out_once_and_a_dead_address_is_left_in_peace() {
    let Some(bench) = Bench::new().await else { return };
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    let bounce = |kind: &str, sub: &str, id: &str| {
        Bench::queued(&json!({
            "eventType": "Bounce", "mail": {"messageId": id, "destination": ["Jan@example.com"]},
            "bounce": {"bounceType": kind, "bounceSubType": sub,
                "bouncedRecipients": [{"emailAddress": "eva@example.com"}]}
        }))
    };
    for id in ["ses-1", "ses-1", "ses-2", "unknown"] {
        assert_eq!(bench.answer(&bounce("Transient", "AttachmentRejected", id)).await, 0);
    }
    let [whole, slim] = bench.sent().try_into().unwrap();
    assert!(whole.contains("application/pdf") && !slim.contains("application/pdf"));
    for _ in 0..2 {
        assert_eq!(bench.answer(&bounce("Permanent", "General", "ses-2")).await, 0);
    }
    let other = mail("jan@example.com", "y", &FILE.replace("200", "300"));
    let event = bench.arrives("def", &other).await;
    assert_eq!(bench.answer(&event).await, 0);
    assert_eq!(bench.sent().len(), 2);
    // The server that refused it may name anybody in its report.
    let event = bench.arrives("ghi", &mail("eva@example.com", "z", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    assert_eq!(bench.sent().len(), 3);
}

/// A report that names nobody: what was sent says to whom.
#[tokio::test]
async fn who_complains_is_known_by_what_was_sent() {
    let Some(bench) = Bench::new().await else { return };
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    let complaint = json!({"eventType": "Complaint", "mail": {"messageId": "ses-1"},
        "complaint": {"complainedRecipients": [{"emailAddress": "eva@example.com"}]}});
    assert_eq!(bench.answer(&Bench::queued(&complaint)).await, 0);
    let known = async |owner: &str| bench.worker.store.correspondent(owner).await.unwrap();
    assert!(known("jan@example.com").await.undeliverable.is_some());
    assert!(known("eva@example.com").await.undeliverable.is_none());
}

#[tokio::test]
async fn of_a_batch_only_what_failed_comes_again() {
    let Some(bench) = Bench::new().await else { return };
    let good = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    let mut good = good["Records"][0].clone();
    good["messageId"] = json!("good");
    let record =
        |id: &str, body: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": body});
    let gone = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bench.world.bucket}, "object": {"key": "in/gone"}}}]});
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent"});
    let batch = json!({"Records": [
        record("damaged", "{"), good, record("gone", &gone.to_string()), record("test", &test.to_string())
    ]});
    let answer = bench.worker.answer(batch).await.unwrap();
    let failed = json!([{"itemIdentifier": "damaged"}, {"itemIdentifier": "gone"}]);
    assert_eq!(answer["batchItemFailures"], failed);
    assert_eq!(bench.sent().len(), 1);
}

#[tokio::test]
async fn the_schedule_fetches_yesterdays_tables_once() {
    let Some(bench) = Bench::new().await else { return };
    for asked in [2, 2] {
        bench.worker.answer(json!({"task": "rates"})).await.unwrap();
        assert_eq!(bench.worker.nbp.count().asked, asked);
    }
    bench.worker.answer(json!({"task": "forget"})).await.unwrap();
    assert!(bench.worker.answer(json!({"task": "cook"})).await.is_err());
}

/// Who was offered a place puts a file there, the bucket tells of it thrice, and there is one answer, in the
/// same conversation; a file that nobody was offered a place for is nobody's.
#[tokio::test]
async fn an_uploaded_file_is_answered_once_in_the_conversation_that_asked() {
    let Some(bench) = Bench::new().await else { return };
    let asked = "From: Jan@example.com\r\nTo: calc@investtax.example\r\nSubject: WGRAJ\r\n\
        Message-ID: <ask@example.com>\r\n\r\nDzień dobry\r\n";
    let event = bench.arrives("ask", asked.as_bytes()).await;
    assert_eq!(bench.answer(&event).await, 0);
    let owner = data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(b"jan@example.com"));
    let key = format!("upload/{owner}/{}", bench.place(&owner).await);
    bench.bucket().put(&key, FILE.as_bytes()).await.unwrap();
    for stranger in ["upload/ab/cd".to_owned(), format!("upload/{owner}/cd"), "upload/x".to_owned()]
    {
        bench.bucket().put(&stranger, FILE.as_bytes()).await.unwrap();
        assert_eq!(bench.answer(&bench.created(&stranger)).await, 0);
    }
    for _ in 0..3 {
        assert_eq!(bench.answer(&bench.created(&key)).await, 0);
    }
    let [_, result] = bench.sent().try_into().unwrap();
    assert!(result.contains("To: Jan@example.com") && result.contains("<ask@example.com>"));
    let [conversation] =
        bench.worker.store.conversations("jan@example.com").await.unwrap().try_into().unwrap();
    assert_eq!(conversation.files.len(), 1);
    assert_eq!(bench.bucket().get(&key).await.unwrap(), None, "it is in the mail now");
    // Put there once more, it was answered before; a corrected one was not.
    bench.bucket().put(&key, FILE.as_bytes()).await.unwrap();
    assert_eq!(bench.answer(&bench.created(&key)).await, 0);
    assert_eq!(bench.sent().len(), 2);
    bench.bucket().put(&key, FILE.replace("200", "300").as_bytes()).await.unwrap();
    assert_eq!(bench.answer(&bench.created(&key)).await, 0);
    assert_eq!(bench.sent().len(), 3);
}

#[tokio::test]
async fn a_deletion_leaves_nothing_of_its_sender_and_everything_of_others() {
    let Some(bench) = Bench::new().await else { return };
    for (id, from) in [("one", "jan@example.com"), ("other", "eva@example.com")] {
        let event = bench.arrives(id, &mail(from, id, FILE)).await;
        assert_eq!(bench.answer(&event).await, 0);
    }
    let letter = |id: &str, text: &str| {
        format!(
            "From: jan@example.com\r\nTo: calc@investtax.example\r\nSubject: x\r\n\
             Message-ID: <{id}@example.com>\r\n\r\n{text}\r\n"
        )
    };
    let asked = bench.arrives("asked", letter("asked", "USUŃ").as_bytes()).await;
    assert_eq!(bench.answer(&asked).await, 0);
    let known = bench.worker.store.correspondent("jan@example.com").await.unwrap();
    let code = known.deletion.unwrap().code;
    let confirmed = bench.arrives("confirmed", letter("confirmed", &code).as_bytes()).await;
    for _ in 0..2 {
        assert_eq!(bench.answer(&confirmed).await, 0);
    }
    assert_eq!(bench.sent().len(), 4);
    let left = bench.world.keys("").await;
    let about = |name: &str| left.iter().any(|key| key.contains(&format!("/{name}")));
    for gone in ["one", "asked", "confirmed"] {
        assert!(!about(gone), "{gone}: {left:?}");
    }
    assert!(about("other") && left.contains(&"in/other".to_owned()), "{left:?}");
    let owner = crate::pipeline::hash_of("jan@example.com");
    assert!(left.iter().all(|key| !key.contains(&owner)), "{left:?}");
    // Told of once more, it stays as it is.
    let again = json!({"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": bench.world.bucket}, "object": {"key": "in/one"}}}]});
    assert_eq!(bench.answer(&Bench::queued(&again)).await, 0);
    assert_eq!(bench.sent().len(), 4);
}

/// The archive is kept for a year, a conversation for 90 days.
#[tokio::test]
async fn what_outlives_its_conversation_can_be_deleted_as_well() {
    let Some(bench) = Bench::new().await else { return };
    let owner = crate::pipeline::hash_of("jan@example.com");
    for key in [format!("owners/{owner}/2020/old"), "2020/old/report.pdf".to_owned()] {
        bench.bucket().put(&key, b"x").await.unwrap();
    }
    let letter = |id: &str, text: &str| {
        format!(
            "From: jan@example.com\r\nTo: calc@investtax.example\r\nSubject: {text}\r\n\
             Message-ID: <{id}@example.com>\r\n\r\n\r\n"
        )
    };
    let asked = bench.arrives("asked", letter("asked", "USUN").as_bytes()).await;
    assert_eq!(bench.answer(&asked).await, 0);
    let known = bench.worker.store.correspondent("jan@example.com").await.unwrap();
    let code = known.deletion.unwrap().code;
    let confirmed = bench.arrives("confirmed", letter("confirmed", &code).as_bytes()).await;
    assert_eq!(bench.answer(&confirmed).await, 0);
    assert_eq!(bench.world.keys("").await, Vec::<String>::new());
    // Now it is true that there is nothing.
    let again = bench.arrives("again", letter("again", "DELETE").as_bytes()).await;
    assert_eq!(bench.answer(&again).await, 0);
    assert!(bench.worker.store.correspondent("jan@example.com").await.unwrap().deletion.is_none());
}

/// Only what passes, only the first times: then six minutes outlast more than a moment.
#[tokio::test]
async fn what_fails_in_passing_comes_again_soon() {
    let server = MockServer::start().await;
    let done = ResponseTemplate::new(200).set_body_json(json!({}));
    Mock::given(any()).respond_with(done).mount(&server).await;
    let config = testing::config_at(&server.uri());
    let worker = Worker::with(config, Arc::new(FakeNbp::default()), Arc::new(Minutes::default()));
    let (worker, record) = (worker.unwrap(), json!({"receiptHandle": "r"}));
    for deliveries in 1..5 {
        worker.hurry(&record, deliveries, &Fault::later("go on", "busy")).await;
        worker.hurry(&record, deliveries, &Fault::never("go on", "broken")).await;
        worker.hurry(&json!({}), deliveries, &Fault::later("go on", "busy")).await;
    }
    let asked: Vec<Value> = server
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect();
    let waits: Vec<_> = asked.iter().map(|body| body["VisibilityTimeout"].clone()).collect();
    assert_eq!(waits, [json!(15), json!(60)]);
    assert!(asked.iter().all(|body| body["ReceiptHandle"] == "r"));
}

#[tokio::test]
async fn the_original_of_an_unproven_author_is_not_kept_beside_what_is_held() {
    let Some(bench) = Bench::new().await else { return };
    let raw = mail("jan@example.com", "unproven", FILE);
    let event = bench.arrives_judged("unproven", &raw, "GRAY").await;
    for _ in 0..2 {
        assert_eq!(bench.answer(&event).await, 0);
    }
    let sent = bench.sent();
    assert_eq!(sent.len(), 1);
    assert!(!sent.concat().contains("190"), "{sent:?}");
    assert_eq!(bench.bucket().get("in/unproven").await.unwrap(), None);
}

/// It takes the connection and says nothing more.
async fn silent_server() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut taken = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            taken.push(stream);
        }
    });
    format!("http://{address}/api")
}

#[tokio::test]
async fn an_nbp_that_never_answers_is_not_waited_for_longer_than_the_function_lives() {
    let Some(mut bench) = Bench::new().await else { return };
    let nbp = Nbp::new(&silent_server().await, Patience::function()).unwrap();
    bench.worker().nbp = Arc::new(Witnessed::new(Arc::new(nbp), Duration::from_millis(300)));
    let failed = bench.listen("NbpErrors");
    let event = bench.arrives("abc", &mail("jan@example.com", "x", &in_dollars())).await;
    let start = std::time::Instant::now();
    assert_eq!(bench.answer(&event).await, 0, "it waits, and is no failure");
    assert!(start.elapsed() < Patience::function().timeout, "{:?}", start.elapsed());
    let [promise] = bench.sent().try_into().unwrap();
    assert!(!promise.contains(".pdf"), "{promise}");
    assert_eq!(*failed.lock().unwrap(), [1]);
}

#[tokio::test]
async fn what_nbp_refuses_is_counted_whatever_comes_of_the_mail() {
    let Some(mut bench) = Bench::new().await else { return };
    bench.nbp.0.store(true, Ordering::Relaxed);
    let failed = bench.listen("NbpErrors");
    let event = bench.arrives("abc", &mail("jan@example.com", "x", &in_dollars())).await;
    assert_eq!(bench.answer(&event).await, 0);
    assert!(bench.worker.answer(json!({"task": "rates"})).await.is_err());
    assert_eq!(*failed.lock().unwrap(), [1, 1]);
}

#[tokio::test]
async fn the_lines_of_a_mail_name_its_job_and_what_came_of_it() {
    use tracing_subscriber::layer::SubscriberExt as _;
    let Some(bench) = Bench::new().await else { return };
    let seen = Arc::new(Mutex::new(Vec::new()));
    let lines = seen.clone();
    let layer = crate::telemetry::Lines::new("worker", SystemClock, move |line: &Value| {
        lines.lock().unwrap().push(line.clone());
    });
    let logs = tracing_subscriber::registry().with(layer);
    let _listening = tracing::subscriber::set_default(logs);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    let gone = bench.created("in/gone");
    assert_eq!(bench.answer(&gone).await, 1);
    let told = seen.lock().unwrap();
    let of = |code: &str| told.iter().find(|line| line["code"] == code).unwrap();
    let (answered, broken) = (of("answered"), of("broken"));
    assert_eq!((&answered["job"], &answered["level"]), (&json!("abc"), &json!("INFO")));
    assert_eq!((&broken["job"], &broken["level"]), (&json!("gone"), &json!("ERROR")));
}

#[tokio::test]
async fn a_reply_that_is_given_up_is_counted() {
    let Some(mut bench) = Bench::new().await else { return };
    let given_up = bench.listen("RepliesGivenUp");
    bench.ses.failing.store(true, Ordering::Relaxed);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    assert_eq!(bench.answer(&event).await, 0);
    bench.clock.0.fetch_add(71 * 60, Ordering::Relaxed);
    assert!(bench.worker.answer(json!({"task": "outbox"})).await.is_err(), "it waits");
    assert!(given_up.lock().unwrap().is_empty());
    bench.clock.0.fetch_add(2 * 60, Ordering::Relaxed);
    for _ in 0..2 {
        bench.worker.answer(json!({"task": "outbox"})).await.unwrap();
    }
    assert_eq!(*given_up.lock().unwrap(), [1]);
}

/// While the first file is calculated, a second one comes by the same link.
#[tokio::test]
async fn a_second_file_in_the_same_place_does_not_vanish_with_the_first() {
    let Some(bench) = Bench::new().await else { return };
    let asked = "From: Jan@example.com\r\nTo: calc@investtax.example\r\nSubject: WGRAJ\r\n\
        Message-ID: <ask@example.com>\r\n\r\nDzień dobry\r\n";
    let event = bench.arrives("ask", asked.as_bytes()).await;
    assert_eq!(bench.answer(&event).await, 0);
    let owner = crate::pipeline::hash_of("jan@example.com");
    let key = format!("upload/{owner}/{}", bench.place(&owner).await);
    bench.bucket().put(&key, FILE.as_bytes()).await.unwrap();
    let first = bench.worker.uploads.arrived(&key).await.unwrap().unwrap();
    let second = FILE.replace("200", "300");
    bench.bucket().put(&key, second.as_bytes()).await.unwrap();
    let case = intake::Case {
        job: JobName::parse("upload-1").unwrap(),
        key: format!("uploaded/{owner}/upload-1"),
        owner: Some(owner),
        received: None,
        trust: Trust::Verified.into(),
        tries: intake::Tries { deliveries: 1, died: 0, failed: false },
        waited: None,
    };
    bench.worker.take_upload(&key, first, case).await.unwrap();
    assert_eq!(bench.bucket().get(&key).await.unwrap().as_deref(), Some(second.as_bytes()));
    assert_eq!(bench.answer(&bench.created(&key)).await, 0);
    assert_eq!(bench.sent().len(), 3);
    assert_eq!(bench.bucket().get(&key).await.unwrap(), None);
}

#[tokio::test]
async fn a_large_mail_that_nobody_takes_is_apologised_for() {
    let Some(mut bench) = Bench::new().await else { return };
    let nowhere = "arn:aws:states:eu-central-1:000000000000:stateMachine:nowhere";
    let machine = bench.world.clients.state_machine(nowhere);
    (bench.worker().machine, bench.worker().config.large_bytes) = (Some(machine), 10);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    for _ in 0..2 {
        assert_eq!(bench.answer(&event).await, 1, "and an operator finds it");
    }
    let [apology] = bench.sent().try_into().unwrap();
    assert!(apology.contains("In-Reply-To: <x@example.com>"), "{apology}");
    let begun = bench.worker.jobs.begin("abc", &JobRecord::default()).await.unwrap();
    assert_eq!(begun, Begun::Open { died: 0, failed: true });
}

/// Its name is taken for 90 days: only an operator can start it anew, and has to be told.
#[tokio::test]
async fn a_large_job_that_failed_is_not_said_to_be_handed_over_again() {
    let Some(mut bench) = Bench::new().await else { return };
    let machine = bench.world.machine().await;
    (bench.worker().machine, bench.worker().config.large_bytes) = (Some(machine), 10);
    let event = bench.arrives("abc", &mail("jan@example.com", "x", FILE)).await;
    let [told] = read(&event).unwrap().try_into().unwrap();
    assert_eq!(bench.worker.one(told.clone(), 1).await.unwrap(), "handed-over");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bench.worker.one(told.clone(), 1).await.unwrap(), "handed-over", "it is not known");
    let failed = JobRecord::default();
    bench.worker.jobs.note("abc", crate::adapters::aws::JobStatus::Failed, &failed).await.unwrap();
    for _ in 0..2 {
        assert_eq!(bench.worker.one(told.clone(), 1).await.unwrap(), "failed-before");
    }
}
