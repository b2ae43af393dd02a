//! The operator's own page over HTTP, on this machine only: it shows, and changes nothing.
//!
//! Whoever reaches the port reads everything, so it listens on loopback and answers only requests that
//! name it so (a page elsewhere could otherwise point a name of its own here). No script runs anywhere,
//! and replies, which repeat strangers' words, are shown in a sandbox.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{HOST, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::SignedDuration;
use tokio::{net::TcpListener, sync::watch, time::timeout};

use super::page;
use crate::{
    adapters::{SqliteConversations, SystemClock},
    error::Fault,
    lang::Lang,
    ports::{Clock as _, ConversationStore as _},
};

/// What the page shows.
#[derive(Debug)]
pub struct Web {
    /// The conversations; they keep their letters.
    pub store: Arc<SqliteConversations>,
    /// Where it listens.
    pub at: SocketAddr,
    /// Our address, for the heading.
    pub address: String,
    /// The language of the page.
    pub lang: Lang,
    /// The file that pauses the mailbox.
    pub kill_switch: PathBuf,
}

/// A request takes at most so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A reply that waits longer to be sent means that something is wrong.
const OUTBOX_MINUTES: i64 = 15;

/// Answers requests until asked to stop.
pub async fn browse(listener: TcpListener, web: Arc<Web>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, _)) = accepted else { continue };
        let web = web.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let web = web.clone();
                async move { Ok::<_, std::convert::Infallible>(web.answer(&request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            // A browser that went away is no matter.
            drop(timeout(PATIENCE, connection).await);
        });
    }
}

type Reply = Response<Full<Bytes>>;

/// What is sent, before its headers.
struct Found {
    media: String,
    bytes: Vec<u8>,
    /// A file to save rather than to show.
    save_as: Option<String>,
    /// Words of strangers are in it.
    sandbox: bool,
}

impl Found {
    fn page(bytes: Vec<u8>) -> Self {
        let media = "text/html; charset=utf-8".to_owned();
        Self { media, bytes, save_as: None, sandbox: false }
    }
}

impl Web {
    async fn answer(&self, request: &Request<Incoming>) -> Reply {
        let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        if !named.is_some_and(|host| self.is_us(host)) {
            return plain(StatusCode::MISDIRECTED_REQUEST, "unknown host\n");
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "only to look at\n");
        }
        let path = request.uri().path();
        if path == "/health" {
            return self.health();
        }
        match self.find(path).await {
            Ok(Some(found)) => show(found),
            Ok(None) => plain(StatusCode::NOT_FOUND, "not found\n"),
            Err(fault) => {
                tracing::error!(cause = %fault.chain(), "a page could not be shown");
                plain(StatusCode::SERVICE_UNAVAILABLE, "try again\n")
            }
        }
    }

    fn is_us(&self, host: &str) -> bool {
        let port = self.at.port();
        host == self.at.to_string() || host == format!("localhost:{port}")
    }

    async fn find(&self, path: &str) -> Result<Option<Found>, Fault> {
        if path == "/" {
            let (list, health) = (self.store.latest()?, self.store.health()?);
            let paused = self.kill_switch.exists();
            let page = page::list(&list, health, paused, &self.address, self.lang)?;
            return Ok(Some(Found::page(page)));
        }
        if let Some(id) = path.strip_prefix("/conversation/") {
            let Some(known) = self.store.conversation(id).await? else { return Ok(None) };
            let page = page::details(&self.store, &known, &self.address, self.lang)?;
            return Ok(Some(Found::page(page)));
        }
        let Some(letter) = path.strip_prefix("/letter/") else { return Ok(None) };
        if let Some((id, number)) = letter.split_once('/') {
            let Some(bytes) = self.store.letter(id)? else { return Ok(None) };
            let file =
                number.parse().ok().and_then(|at| page::attachments(&bytes).into_iter().nth(at));
            return Ok(file.map(|file| Found {
                media: file.media,
                bytes: file.bytes,
                save_as: Some(file.name),
                sandbox: true,
            }));
        }
        let Some((id, kind)) = letter.rsplit_once('.') else { return Ok(None) };
        let Some(bytes) = self.store.letter(id)? else { return Ok(None) };
        let (media, bytes) = match kind {
            "html" => ("text/html; charset=utf-8", page::body(&bytes, true)),
            "txt" => ("text/plain; charset=utf-8", page::body(&bytes, false)),
            "eml" => ("message/rfc822", Some(bytes)),
            _ => return Ok(None),
        };
        let save_as = (kind == "eml").then(|| format!("{id}.eml"));
        let media = media.to_owned();
        Ok(bytes.map(|bytes| Found { media, bytes, save_as, sandbox: true }))
    }

    /// For a service manager or a monitor: 200 while replies leave, 503 otherwise.
    fn health(&self) -> Reply {
        let Ok(health) = self.store.health() else {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "{\"status\":\"no store\"}\n");
        };
        let late = SystemClock.now() - SignedDuration::from_mins(OUTBOX_MINUTES);
        let stuck = health.oldest.is_some_and(|oldest| oldest < late);
        let paused = self.kill_switch.exists();
        let status = match (paused, stuck) {
            (true, _) => "paused",
            (false, true) => "stuck",
            (false, false) => "ok",
        };
        let document = serde_json::json!({
            "status": status,
            "version": env!("CARGO_PKG_VERSION"),
            "conversations": health.conversations,
            "held": health.held,
            "outbox": health.outbox,
        });
        let code = if stuck { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        let mut reply = plain(code, &format!("{document}\n"));
        let json = HeaderValue::from_static("application/json");
        reply.headers_mut().insert("content-type", json);
        reply
    }
}

fn plain(status: StatusCode, text: &str) -> Reply {
    let found = Found {
        media: "text/plain; charset=utf-8".to_owned(),
        bytes: text.as_bytes().to_vec(),
        save_as: None,
        sandbox: true,
    };
    let mut reply = show(found);
    *reply.status_mut() = status;
    reply
}

/// Nothing from elsewhere, no script, no form; strangers' words cannot do more than be read.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const SANDBOX_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

fn show(found: Found) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(found.bytes)));
    let policy = if found.sandbox { SANDBOX_POLICY } else { PAGE_POLICY };
    let save = found.save_as.map(|name| format!("attachment; filename=\"{name}\""));
    let fields = [
        ("content-type", Some(found.media.as_str())),
        ("content-disposition", save.as_deref()),
        ("content-security-policy", Some(policy)),
        ("x-content-type-options", Some("nosniff")),
        ("referrer-policy", Some("no-referrer")),
        ("cache-control", Some("no-store")),
        ("cross-origin-resource-policy", Some("same-origin")),
    ];
    for (name, value) in fields {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;
    use crate::{
        conversation::{Conversation, KnownFile},
        lang::Lang,
        ports::{Outgoing, Step},
        reply::{InboundReference, MessageIds, Sender, compose, notice_reply},
        wording::letters::Notice,
    };

    async fn filled() -> Arc<SqliteConversations> {
        let path =
            std::env::temp_dir().join(format!("investtax-web-{}.sqlite", std::process::id()));
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", path.display())));
        }
        let store = SqliteConversations::open(&path).unwrap().keeping_letters();
        let owner = "jan@example.com".to_owned();
        let content = notice_reply(&Notice::apology(Lang::Pl), Vec::new(), Lang::Pl).unwrap();
        let sender = Sender { address: "calc@investtax.example".to_owned(), reply_to: None };
        let ids = MessageIds { message: "reply.1".to_owned(), conversation: None };
        let to = InboundReference { author: owner.clone(), ..InboundReference::default() };
        let mail = compose(&to, &content, &sender, jiff::Timestamp::UNIX_EPOCH, &ids).unwrap();
        let files = vec![KnownFile {
            digest: [0; 32],
            name: "<script>alert(1)</script>.csv".to_owned(),
            replaced_by: None,
            mail: String::new(),
        }];
        let conversation = Conversation {
            id: "abc".to_owned(),
            owner: owner.clone(),
            updated: jiff::Timestamp::UNIX_EPOCH,
            files,
            ..Conversation::default()
        };
        let reply = Outgoing {
            id: "reply.1".to_owned(),
            to: owner.clone(),
            conversation: Some("abc".to_owned()),
            queued: SystemClock.now(),
            bytes: mail.bytes,
        };
        let step = Step {
            job: "j".to_owned(),
            owner,
            conversation: Some(conversation),
            reply: Some(reply),
            ..Step::default()
        };
        store.commit(&step).await.unwrap();
        store.close("reply.1", Some("reply.1")).await.unwrap();
        Arc::new(store)
    }

    #[tokio::test]
    async fn it_shows_conversations_and_replies_and_nothing_runs_in_them() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let web = Web {
            store: filled().await,
            at,
            address: "calc@investtax.example".to_owned(),
            lang: Lang::En,
            kill_switch: PathBuf::from("/nowhere/replies-off"),
        };
        let browsing = tokio::spawn(browse(listener, Arc::new(web), stopped));
        let ask = async |line: &str, host: &str| {
            let mut stream = TcpStream::connect(at).await.unwrap();
            let request = format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            let (header, body) = answer.split_once("\r\n\r\n").unwrap();
            let policy =
                header.lines().find_map(|line| line.strip_prefix("content-security-policy: "));
            (header[9..12].to_owned(), policy.unwrap().to_owned(), body.to_owned())
        };
        let get = async |path: &str| ask(&format!("GET {path}"), &at.to_string()).await;
        let (status, policy, list) = get("/").await;
        assert_eq!((status.as_str(), policy.as_str()), ("200", PAGE_POLICY));
        assert!(list.contains("href=\"/conversation/abc\"") && list.contains("jan@example.com"));
        let (_, _, details) = get("/conversation/abc").await;
        assert!(details.contains("iframe sandbox") && !details.contains("<script"), "{details}");
        let (_, policy, letter) = get("/letter/reply.1.html").await;
        assert!(policy.starts_with("sandbox;") && letter.contains("Przepraszam"));
        assert!(get("/letter/reply.1.txt").await.2.starts_with("Przepraszam"));
        assert!(get("/letter/reply.1.eml").await.2.contains("Auto-Submitted: auto-replied"));
        let (status, _, health) = get("/health").await;
        let health: serde_json::Value = serde_json::from_str(&health).unwrap();
        assert_eq!((status.as_str(), health["status"].as_str()), ("200", Some("ok")));
        for path in
            ["/x", "/conversation/x", "/letter/x.html", "/letter/reply.1/7", "/letter/reply.1.exe"]
        {
            assert_eq!(get(path).await.0, "404", "{path}");
        }
        assert_eq!(ask("POST /", &at.to_string()).await.0, "405");
        assert_eq!(ask("GET /", "evil.example").await.0, "421");
        stop.send(true).unwrap();
        browsing.await.unwrap();
    }
}
