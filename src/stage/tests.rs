//! The function against an emulated cloud, event by event as the state machine sends them.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use data_encoding::BASE64;
use jiff::civil::Date;
use serde_json::json;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use super::*;
use crate::{
    adapters::aws::{Begun, testing},
    config::Cloud,
    ports::BlobStore as _,
    rates::{RateTable, TableKind, testing::published},
};

/// In dollars. 2024: 10 × (200 − 100), so there is income.
const MAIL: &str = "From: jan@example.com\r\nTo: calc@investtax.example\r\nSubject: PIT\r\n\
    Message-ID: <stage@example.com>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv\r\n\
    Content-Disposition: attachment; filename=a.csv\r\n\r\n\
    date;type;isin;quantity;price;currency;account\n\
    2024-01-15;buy;US0378331005;10;100;USD;A\n\
    2024-06-17;sell;US0378331005;10;200;USD;A\n\r\n--b--\r\n";

/// SES as far as it takes messages.
#[derive(Clone, Default)]
struct FakeSes(Arc<Mutex<Vec<Vec<u8>>>>);

impl Respond for FakeSes {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let data = body.pointer("/Content/Raw/Data").and_then(Value::as_str).unwrap();
        self.0.lock().unwrap().push(BASE64.decode(data.as_bytes()).unwrap());
        ResponseTemplate::new(200).set_body_json(json!({"MessageId": "ses-1"}))
    }
}

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

struct March;

impl Clock for March {
    fn now(&self) -> Timestamp {
        "2026-03-02T10:00:00Z".parse().unwrap()
    }
}

#[tokio::test]
async fn a_mail_goes_through_all_stages_to_one_reply() {
    let Some(world) = testing::world().await else { return };
    let (ses, server) = (FakeSes::default(), MockServer::start().await);
    Mock::given(any()).respond_with(ses.clone()).mount(&server).await;
    let config = Config {
        nbp_url: "http://127.0.0.1:9".to_owned(),
        cloud: Cloud { ses_endpoint: Some(server.uri()), ..world.cloud.clone() },
        ..world.config()
    };
    let nbp = Arc::new(FakeNbp::default());
    let function = StageFunction::with(config, nbp.clone(), Arc::new(March)).unwrap();
    let bucket = world.clients.bucket(&world.bucket);
    bucket.put("in/mail-1", MAIL.as_bytes()).await.unwrap();
    let event = |stage: &str, bucket: &str| {
        json!({"stage": stage, "format": 1, "job": "job-1", "bucket": bucket, "key": "in/mail-1",
            "trust": "verified", "received": "2026-03-02T09:59:00Z", "made": {"out": null}})
    };
    // Without NBP, the sender is told once.
    nbp.0.store(true, Ordering::Relaxed);
    for stage in ["validate", "normalise", "promise", "promise"] {
        function.answer(event(stage, &world.bucket)).await.unwrap();
    }
    let away = function.answer(event("rates", &world.bucket)).await.unwrap_err();
    assert_eq!((away.name(), ses.0.lock().unwrap().len()), ("NbpAway", 1));
    nbp.0.store(false, Ordering::Relaxed);
    for stage in Stage::JOURNEY {
        // Each twice: whatever the state machine repeats changes nothing.
        for _ in 0..2 {
            let output = function.answer(event(stage.as_str(), &world.bucket)).await.unwrap();
            assert_eq!((output.stage, output.done, output.large), (stage, false, false));
        }
    }
    assert_eq!(ses.0.lock().unwrap().len(), 2);
    for kept in ["original.eml", "calculation.json", "report.pdf", "report.xlsx", "metadata.json"] {
        assert!(bucket.get(&format!("2024/job-1/{kept}")).await.unwrap().is_some(), "{kept}");
    }
    assert_eq!(bucket.get("jobs/job-1/validate.json").await.unwrap(), None);
    // The record says that it is done.
    let begun = world.clients.jobs(&world.jobs).begin("job-1", &JobRecord::default()).await;
    assert_eq!(begun.unwrap(), Begun::Done);
    let refused = function.answer(event("validate", "other")).await.unwrap_err();
    assert_eq!(refused.name(), "Rejected");
    let refused = function.answer(json!({"bucket": world.bucket})).await.unwrap_err();
    assert_eq!(refused.name(), "Rejected");
}

/// Its sender had everything deleted while it waited for NBP: the record stays one of a deleted job, and nothing
/// of the mail is left between the stages or kept.
#[tokio::test]
async fn a_job_deleted_while_it_waits_ends_quietly() {
    let Some(world) = testing::world().await else { return };
    let (ses, server) = (FakeSes::default(), MockServer::start().await);
    Mock::given(any()).respond_with(ses.clone()).mount(&server).await;
    let cloud = Cloud { ses_endpoint: Some(server.uri()), ..world.cloud.clone() };
    let nbp = Arc::new(FakeNbp::default());
    let config = Config { cloud, ..world.config() };
    let function = StageFunction::with(config, nbp.clone(), Arc::new(March)).unwrap();
    let (bucket, jobs) = (world.clients.bucket(&world.bucket), world.clients.jobs(&world.jobs));
    bucket.put("in/mail-1", MAIL.as_bytes()).await.unwrap();
    let run = |stage: Stage| {
        function.answer(json!({"stage": stage, "format": 1, "job": "job-1", "key": "in/mail-1",
            "bucket": world.bucket, "trust": "verified", "received": "2026-03-02T09:59:00Z"}))
    };
    for stage in [Stage::Validate, Stage::Normalise] {
        run(stage).await.unwrap();
    }
    bucket.delete("in/mail-1").await.unwrap();
    jobs.forget("job-1", March.now()).await.unwrap();
    nbp.0.store(true, Ordering::Relaxed);
    assert_eq!(run(Stage::Rates).await.unwrap_err().name(), "NbpAway");
    let begun = async || jobs.begin("job-1", &JobRecord::default()).await.unwrap();
    assert_eq!(begun().await, Begun::Done, "it is not brought back");
    nbp.0.store(false, Ordering::Relaxed);
    for stage in Stage::JOURNEY.into_iter().skip(2) {
        run(stage).await.unwrap();
    }
    assert_eq!(begun().await, Begun::Done);
    assert!(ses.0.lock().unwrap().is_empty());
    let left: Vec<String> = world.keys("").await;
    assert!(left.iter().all(|key| key.starts_with("rates/")), "{left:?}");
}
