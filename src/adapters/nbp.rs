//! NBP's web service as a [`RateSource`]: whole tables by window, one request at a time.
//!
//! Only "no data" for a window in which no table can exist is an empty answer; every other refusal,
//! every page that is not JSON and every implausible table is a [`Fault`], because the difference
//! between "no rate that day" and "NBP is down" decides whether a tax figure is right.

use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use reqwest::{Client, StatusCode, Url, header, redirect};

use super::{nbp_json, tls::tls};
use crate::{
    days,
    error::Fault,
    ports::RateSource,
    rates::{RateTable, TableKind, calendar},
};

/// NBP's service, as far as `/exchangerates`.
pub const NBP_URL: &str = "https://api.nbp.pl/api";

/// Some agents are refused with 403, and a missing one may be: ours says what it is.
const USER_AGENT: &str = concat!(
    "investtax/",
    env!("CARGO_PKG_VERSION"),
    " (+PIT-38; whole quarters, one at a time, kept)"
);

/// A window of a quarter is about 130 kB; anything much larger is not NBP.
const BODY_BYTES_MAX: usize = 16 << 20;

/// How long and how often to try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one attempt, from connecting to the last byte.
    pub timeout: Duration,
    /// Attempts in all.
    pub tries: u32,
    /// Wait after the first failure; doubles with each one.
    pub wait_first: Duration,
    /// The longest wait between attempts.
    pub wait_most: Duration,
    /// The longest wait that `Retry-After` may ask for.
    pub retry_after_most: Duration,
}

impl Default for Patience {
    /// What nbp.md 1.3 recommends.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            tries: 4,
            wait_first: Duration::from_millis(500),
            wait_most: Duration::from_secs(8),
            retry_after_most: Duration::from_secs(30),
        }
    }
}

impl Patience {
    /// For a function, which is killed when its time is over: what cannot be had soon is asked for again
    /// later, by the queue or the state machine, and the sender is told.
    pub const fn function() -> Self {
        Self {
            timeout: Duration::from_secs(8),
            tries: 3,
            wait_first: Duration::from_millis(500),
            wait_most: Duration::from_secs(2),
            retry_after_most: Duration::from_secs(5),
        }
    }

    /// The longest that one window can take: every attempt runs out of time, and every wait is the longest.
    pub fn longest(&self) -> Duration {
        let wait = self.wait_most.max(self.retry_after_most);
        self.timeout.saturating_mul(self.tries) + wait.saturating_mul(self.tries.saturating_sub(1))
    }
}

/// A client of NBP's service.
#[derive(Clone, Debug)]
pub struct Nbp {
    client: Client,
    base: Url,
    patience: Patience,
}

/// The address given for NBP cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadNbpUrl {
    /// Not an absolute http(s) address.
    #[error("{0:?} is not an http or https address")]
    NotHttp(String),
    /// Plain http leaves the machine.
    #[error("plain http is accepted on loopback only, not for {0:?}")]
    PlainHttp(String),
}

/// What one attempt came to.
enum Attempt {
    Tables(Vec<RateTable>),
    /// 404: no data.
    Nothing,
    /// May pass: 408, 429, 5xx, a broken connection; with what `Retry-After` asks for.
    Retry(Fault, Option<Duration>),
    /// Will not pass.
    Failed(Fault),
}

impl Nbp {
    /// A client for the address that stands before `/exchangerates`, usually [`NBP_URL`].
    ///
    /// # Errors
    ///
    /// [`BadNbpUrl`] inside a fault that stays, for anything but https, or http on loopback.
    pub fn new(base: &str, patience: Patience) -> Result<Self, Fault> {
        let unusable = |error: BadNbpUrl| Fault::never("use the address of NBP", error);
        let base = checked(base).map_err(unusable)?;
        let secure = base.scheme() == "https";
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .timeout(patience.timeout)
            .https_only(secure)
            .redirect(redirect::Policy::limited(3))
            .tls_backend_preconfigured(tls()?);
        if !secure {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|e| Fault::never("set up the client of NBP", e))?;
        Ok(Self { client, base, patience })
    }

    async fn attempt(&self, window: &Asked) -> Attempt {
        let request =
            self.client.get(window.url.clone()).header(header::ACCEPT, "application/json");
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Attempt::Retry(window.later(error.without_url()), None),
        };
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            return Attempt::Nothing;
        }
        let transient = status.is_server_error()
            || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
        let wait = retry_after(&response);
        match body(response).await {
            // The words of a refusal matter to the log; a body cut off does not change the verdict.
            text if !status.is_success() => {
                let refused = Refused { status, text: excerpt(&text.unwrap_or_default()) };
                if transient {
                    Attempt::Retry(window.later(refused), wait)
                } else {
                    Attempt::Failed(window.never(refused))
                }
            }
            Ok(bytes) => match nbp_json::read(window.kind, window.from, window.through, &bytes) {
                Ok(tables) => Attempt::Tables(tables),
                Err(error) => Attempt::Failed(window.later(error)),
            },
            Err(BodyError::TooLarge) => Attempt::Failed(window.never(BodyError::TooLarge)),
            Err(error) => Attempt::Retry(window.later(error), None),
        }
    }

    /// Doubling waits, spread by up to a quarter so that two workers do not march in step. The spread
    /// follows from the address and the attempt: a run can be repeated exactly.
    fn wait(&self, window: &Asked, attempt: u32) -> Duration {
        let Patience { wait_first, wait_most, .. } = self.patience;
        let wait = wait_first.saturating_mul(2_u32.saturating_pow(attempt)).min(wait_most);
        let seed = u64::from(attempt);
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(window.url.as_str().as_bytes(), seed);
        let spread = u32::try_from(hash % 26).unwrap_or(0);
        wait.saturating_mul(100 - spread) / 100
    }

    fn asked(&self, kind: TableKind, from: Date, through: Date) -> Asked {
        let letter = kind.letter().to_ascii_lowercase();
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        url.set_path(&format!("{base}/exchangerates/tables/{letter}/{from}/{through}/"));
        url.set_query(Some("format=json"));
        Asked { kind, from, through, url }
    }
}

#[async_trait]
impl RateSource for Nbp {
    async fn tables(
        &self,
        kind: TableKind,
        from: Date,
        through: Date,
    ) -> Result<Vec<RateTable>, Fault> {
        let window = self.asked(kind, from, through);
        let mut tried = 0;
        loop {
            tracing::debug!(url = %window.url, tried, "ask NBP");
            let attempt = self.attempt(&window).await;
            tried += 1;
            match attempt {
                Attempt::Tables(tables) => return Ok(tables),
                Attempt::Nothing if window.may_be_empty() => return Ok(Vec::new()),
                Attempt::Nothing => return Err(window.later(NothingPublished)),
                Attempt::Failed(fault) => return Err(fault),
                Attempt::Retry(fault, _) if tried >= self.patience.tries => return Err(fault),
                Attempt::Retry(fault, asked) => {
                    let asked = asked.map(|wait| wait.min(self.patience.retry_after_most));
                    let wait = asked.unwrap_or_else(|| self.wait(&window, tried - 1));
                    tracing::warn!(?wait, fault = fault.chain(), "NBP failed, try again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }
}

/// One window and its address.
struct Asked {
    kind: TableKind,
    from: Date,
    through: Date,
    url: Url,
}

impl Asked {
    fn doing(&self) -> String {
        format!("fetch NBP's table {} from {} to {}", self.kind.letter(), self.from, self.through)
    }

    fn later(&self, error: impl std::error::Error + Send + Sync + 'static) -> Fault {
        Fault::later(self.doing(), error)
    }

    fn never(&self, error: impl std::error::Error + Send + Sync + 'static) -> Fault {
        Fault::never(self.doing(), error)
    }

    /// Whether the calendar expects no table in the window.
    fn may_be_empty(&self) -> bool {
        let mut day = self.from;
        while day <= self.through && !calendar::is_published(self.kind, day) {
            day = days::after(day);
        }
        day > self.through
    }
}

/// Accepts https anywhere and http on loopback.
fn checked(base: &str) -> Result<Url, BadNbpUrl> {
    let not_http = || BadNbpUrl::NotHttp(base.into());
    let url = Url::parse(base).map_err(|_| not_http())?;
    let host = url.host_str().ok_or_else(not_http)?;
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(BadNbpUrl::PlainHttp(base.into())),
        _ => Err(not_http()),
    }
}

/// The seconds of `Retry-After`; its date form is rare and falls back to our own waits.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn body(mut response: reqwest::Response) -> Result<Vec<u8>, BodyError> {
    let mut bytes = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|e| BodyError::Broken(e.without_url()))?
    {
        if bytes.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(BodyError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The first words of a refusal, for the log.
fn excerpt(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(120).collect()
}

#[derive(Debug, thiserror::Error)]
enum BodyError {
    #[error("the answer is larger than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the answer broke off")]
    Broken(#[source] reqwest::Error),
}

#[derive(Debug, thiserror::Error)]
#[error("NBP answered {status}: {text}")]
struct Refused {
    status: StatusCode,
    text: String,
}

#[derive(Debug, thiserror::Error)]
#[error("NBP knows no table in a window that must have one")]
struct NothingPublished;
