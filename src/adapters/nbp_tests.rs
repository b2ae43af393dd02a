//! The client of NBP against a server that behaves, and misbehaves, as NBP does (nbp.md 1).

use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::civil::{Date, date};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers::any};

use super::{MemoryRates, Nbp, Patience};
use crate::{
    days,
    error::{Fault, Retry},
    gather::gather,
    money::Currency,
    ports::RateSource,
    rates::{Missing, RateNeed, RateTable, TableKind, testing},
};

/// Tries as in production, waits next to nothing.
const QUICK: Patience = Patience {
    timeout: Duration::from_millis(400),
    tries: 4,
    wait_first: Duration::from_millis(1),
    wait_most: Duration::from_millis(4),
    retry_after_most: Duration::from_millis(5),
};

/// NBP as it behaves: windows of 93 days, nothing of the future, plain texts for refusals.
struct FakeNbp {
    today: Date,
}

impl Respond for FakeNbp {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        assert_eq!(request.url.query(), Some("format=json"));
        assert!(request.headers["user-agent"].to_str().unwrap().starts_with("investtax/"));
        let parts: Vec<_> = request.url.path().split('/').collect();
        let ["", "api", "exchangerates", "tables", letter, from, through, ""] = parts[..] else {
            return refusal(404, "404 NotFound");
        };
        let kind = if letter == "a" { TableKind::A } else { TableKind::B };
        let (from, through): (Date, Date) = (from.parse().unwrap(), through.parse().unwrap());
        if from > through || through > self.today {
            return refusal(400, "400 BadRequest - Błędny zakres dat / Invalid date range");
        }
        if days::day_number(through) - days::day_number(from) >= 93 {
            return refusal(400, "400 BadRequest - Przekroczony limit 93 dni");
        }
        let tables = testing::published(kind, from, through);
        if tables.is_empty() {
            return refusal(404, "404 NotFound - Not Found - Brak danych");
        }
        ResponseTemplate::new(200).set_body_raw(json(&tables), "application/json; charset=utf-8")
    }
}

fn refusal(status: u16, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(text)
}

fn json(tables: &[RateTable]) -> String {
    let tables = tables.iter().map(|table| {
        let mut rates = String::new();
        for (currency, mid) in &table.mids {
            let comma = if rates.is_empty() { "" } else { "," };
            write!(rates, r#"{comma}{{"currency":"x","code":"{currency}","mid":{mid}}}"#).unwrap();
        }
        format!(
            r#"{{"table":"{}","no":"{}","effectiveDate":"{}","rates":[{rates}]}}"#,
            table.kind.letter(),
            table.number,
            table.published_on
        )
    });
    format!("[{}]", tables.collect::<Vec<_>>().join(","))
}

async fn fake(today: Date) -> (MockServer, Nbp) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(FakeNbp { today }).mount(&server).await;
    let nbp = Nbp::new(&format!("{}/api", server.uri()), QUICK).unwrap();
    (server, nbp)
}

/// How many requests came since the last look; none of them was refused.
async fn requests(server: &MockServer) -> usize {
    let count = server.received_requests().await.unwrap().len();
    server.reset().await;
    count
}

fn every_day(codes: &[&str], from: Date, through: Date) -> RateNeed {
    let mut need = RateNeed::default();
    let mut day = from;
    while day <= through {
        for code in codes {
            need.add(Currency::parse(code).unwrap(), day);
        }
        day = days::after(day);
    }
    need
}

async fn missing(need: &RateNeed, store: &MemoryRates, today: Date) -> (Vec<Missing>, usize) {
    let (server, nbp) = fake(today).await;
    let (_, missing) = gather(need, store, Some(&nbp), today, &|_| {}).await.unwrap();
    (missing.iter().map(|missing| missing.why).collect(), requests(&server).await)
}

#[tokio::test]
async fn a_user_with_five_years_is_cheap_for_nbp() {
    let store = MemoryRates::default();
    let (from, through) = (date(2021, 1, 4), date(2025, 12, 31));
    let need = every_day(&["USD", "EUR", "GBP"], from, through);
    // Cold: a quarter each, and the one that the first day looks back into.
    assert_eq!(missing(&need, &store, date(2026, 1, 1)).await, (vec![], 21));
    // Again: nothing. Other currencies: nothing.
    assert_eq!(missing(&need, &store, date(2026, 1, 1)).await, (vec![], 0));
    let other = every_day(&["JPY"], from, through);
    assert_eq!(missing(&other, &store, date(2026, 1, 1)).await, (vec![], 0));
    // The next days: one at most.
    let later = every_day(&["USD"], through, date(2026, 1, 5));
    let (_, requests) = missing(&later, &store, date(2026, 1, 5)).await;
    assert!(requests <= 1);
    // A currency that does not exist: one window of B, an error that says so.
    let unknown = every_day(&["USD", "KYD"], from, date(2021, 12, 31));
    let (why, requests) = missing(&unknown, &store, date(2026, 1, 5)).await;
    assert!(why.iter().all(|why| *why == Missing::NoSuchCurrency) && !why.is_empty());
    assert_eq!(requests, 1);
}

#[tokio::test]
async fn no_data_is_believed_only_where_no_table_can_be() {
    let (server, nbp) = fake(date(2026, 1, 10)).await;
    let christmas = nbp.tables(TableKind::A, date(2025, 12, 24), date(2025, 12, 28)).await;
    assert_eq!(christmas.unwrap(), []);
    server.reset().await;
    Mock::given(any()).respond_with(refusal(404, "404 NotFound")).mount(&server).await;
    let monday = nbp.tables(TableKind::A, date(2025, 12, 24), date(2025, 12, 29)).await;
    assert_eq!(monday.unwrap_err().retry(), Retry::Later);
    assert_eq!(requests(&server).await, 1);
}

async fn answered(responses: Vec<ResponseTemplate>) -> (Result<usize, Fault>, usize) {
    answered_within(QUICK, responses).await
}

async fn answered_within(
    patience: Patience,
    responses: Vec<ResponseTemplate>,
) -> (Result<usize, Fault>, usize) {
    let server = MockServer::start().await;
    for response in responses {
        Mock::given(any()).respond_with(response).up_to_n_times(1).mount(&server).await;
    }
    let nbp = Nbp::new(&server.uri(), patience).unwrap();
    let tables = nbp.tables(TableKind::A, date(2025, 3, 3), date(2025, 3, 7)).await;
    (tables.map(|tables| tables.len()), requests(&server).await)
}

fn week() -> ResponseTemplate {
    let body = json(&testing::published(TableKind::A, date(2025, 3, 3), date(2025, 3, 7)));
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let throttled = refusal(429, "slow down").insert_header("retry-after", "3600");
    let (tables, count) = answered(vec![throttled, refusal(408, ""), week()]).await;
    assert_eq!((tables.unwrap(), count), (5, 3));
    let html = "<html>Service Unavailable</html>";
    let down = || refusal(503, html);
    let (tables, count) = answered(vec![down(), down(), down(), down(), week()]).await;
    let fault = tables.unwrap_err();
    assert_eq!((fault.retry(), count), (Retry::Later, 4));
    assert!(fault.chain().contains("503"), "{}", fault.chain());
    let slow = week().set_delay(Duration::from_secs(2));
    let (tables, count) = answered(vec![slow, week()]).await;
    assert_eq!((tables.unwrap(), count), (5, 2));
}

#[tokio::test]
async fn what_stays_is_not_tried_again() {
    for (status, retry) in [(400, Retry::Never), (403, Retry::Never)] {
        let (tables, count) = answered(vec![refusal(status, "no"), week()]).await;
        assert_eq!((tables.unwrap_err().retry(), count), (retry, 1));
    }
    let html = ResponseTemplate::new(200).set_body_raw("<html>hello</html>", "text/html");
    let (tables, count) = answered(vec![html, week()]).await;
    assert_eq!((tables.unwrap_err().retry(), count), (Retry::Later, 1));
    let huge = ResponseTemplate::new(200).set_body_bytes(vec![b' '; (16 << 20) + 1]);
    // A busy machine takes its time for so much.
    let patience = Patience { timeout: Duration::from_secs(30), ..QUICK };
    let (tables, count) = answered_within(patience, vec![huge, week()]).await;
    assert_eq!((tables.unwrap_err().retry(), count), (Retry::Never, 1));
}

/// A server below HTTP: sends each text once per connection and hangs up.
async fn raw(answers: Vec<String>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answers = Mutex::new(VecDeque::from(answers));
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let answer = answers.lock().unwrap().pop_front();
            let _ = socket.write_all(answer.unwrap_or_default().as_bytes()).await;
        }
    });
    (address, connections)
}

#[tokio::test]
async fn broken_connections_and_bodies_are_tried_again() {
    let body = json(&testing::published(TableKind::A, date(2025, 3, 3), date(2025, 3, 7)));
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let half = format!("{head}{}", &body[..body.len() / 2]);
    let whole = format!("{head}{body}");
    let (address, connections) = raw(vec![String::new(), half, whole]).await;
    let nbp = Nbp::new(&address, QUICK).unwrap();
    let tables = nbp.tables(TableKind::A, date(2025, 3, 3), date(2025, 3, 7)).await.unwrap();
    assert_eq!(tables.len(), 5);
    assert!(connections.load(Ordering::Relaxed) >= 3);
}

#[tokio::test]
async fn an_outage_does_not_forget_what_was_fetched_before() {
    let today = date(2026, 1, 1);
    let (server, nbp) = fake(today).await;
    let store = MemoryRates::default();
    let need = every_day(&["USD"], date(2025, 2, 1), date(2025, 12, 31));
    server.reset().await;
    Mock::given(any()).respond_with(FakeNbp { today }).up_to_n_times(2).mount(&server).await;
    Mock::given(any()).respond_with(refusal(500, "")).mount(&server).await;
    assert!(gather(&need, &store, Some(&nbp), today, &|_| {}).await.is_err());
    assert_eq!(missing(&need, &store, today).await, (vec![], 2));
}

#[test]
fn plain_http_stays_on_the_machine() {
    for base in
        ["http://127.0.0.1:8080/api", "http://localhost/api", "http://[::1]:1", "https://a.b"]
    {
        assert!(Nbp::new(base, QUICK).is_ok(), "{base}");
    }
    for base in
        ["http://api.nbp.pl/api", "ftp://localhost", "api.nbp.pl", "", "http://127.0.0.1.a.b"]
    {
        assert_eq!(Nbp::new(base, QUICK).unwrap_err().retry(), Retry::Never, "{base}");
    }
}
