//! The listener over real sockets: TLS, many sessions, and our own relay as its client.

use std::{path::Path, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite},
    task::JoinSet,
};

use super::*;
use crate::{
    adapters::SmtpRelay,
    ports::{Mailer as _, Outgoing},
};

struct Running {
    root: std::path::PathBuf,
    port: u16,
    intake: Arc<Intake>,
    stop: watch::Sender<bool>,
    listening: tokio::task::JoinHandle<()>,
}

fn tls_file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

async fn start(name: &str) -> Running {
    let root = std::env::temp_dir().join(format!("investtax-listen-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&root));
    let intake = Arc::new(Intake {
        address: "calc@investtax.example".to_owned(),
        unproven: Maildir::open(&root.join("unproven")).unwrap(),
        verified: Maildir::open(&root.join("verified")).unwrap(),
        trusted_relays: Vec::new(),
        message_bytes: 1 << 20,
        arrived: Notify::new(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = watch::channel(false);
    let tls = acceptor(&tls_file("certificate.pem"), &tls_file("key.pem")).unwrap();
    let listening = tokio::spawn(listen(listener, intake.clone(), Some(tls), stopped));
    Running { root, port, intake, stop, listening }
}

impl Running {
    async fn connect(&self) -> BufReader<TcpStream> {
        BufReader::new(TcpStream::connect(("127.0.0.1", self.port)).await.unwrap())
    }

    fn stored(&self) -> Vec<String> {
        let paths = self.intake.unproven.waiting().unwrap();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    async fn finish(self) {
        self.stop.send(true).unwrap();
        timeout(Duration::from_secs(5), self.listening).await.unwrap().unwrap();
        std::fs::remove_dir_all(self.root).unwrap();
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> String {
    stream.write_all(line.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    loop {
        let mut answer = String::new();
        stream.read_line(&mut answer).await.unwrap();
        if answer.get(3..4) != Some("-") {
            return answer;
        }
    }
}

#[tokio::test]
async fn a_mail_comes_in_over_tls() {
    let server = start("tls").await;
    let mut clear = server.connect().await;
    assert!(say(&mut clear, "").await.starts_with("220"));
    assert!(say(&mut clear, "EHLO client.example\r\n").await.starts_with("250"));
    assert!(say(&mut clear, "STARTTLS\r\n").await.starts_with("220"));
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(tls_file("certificate.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = BufReader::new(connector.connect(name, clear.into_inner()).await.unwrap());
    // Everything begins anew (RFC 3207 § 4.2), and TLS is not offered again.
    for (line, code) in [
        ("STARTTLS\r\n", "500"),
        ("EHLO client.example\r\n", "250"),
        ("MAIL FROM:<jan@example.com>\r\n", "250"),
        ("RCPT TO:<calc@investtax.example>\r\n", "250"),
        ("DATA\r\n", "354"),
        ("Subject: x\r\n\r\ntext\r\n.\r\n", "250"),
        ("QUIT\r\n", "221"),
    ] {
        assert!(say(&mut tls, line).await.starts_with(code), "{line}");
    }
    assert!(server.stored()[0].contains("by investtax.example with ESMTPS;"));
    server.finish().await;
}

#[tokio::test]
async fn commands_smuggled_in_before_tls_do_not_count() {
    let server = start("injection").await;
    let mut clear = server.connect().await;
    say(&mut clear, "").await;
    let lines =
        "STARTTLS\r\nMAIL FROM:<a@b>\r\nRCPT TO:<calc@investtax.example>\r\nDATA\r\nx\r\n.\r\n";
    assert!(say(&mut clear, lines).await.starts_with("220"));
    let mut rest = String::new();
    // Closed, not continued.
    assert!(matches!(clear.read_line(&mut rest).await, Ok(0) | Err(_)), "{rest}");
    assert!(server.stored().is_empty());
    server.finish().await;
}

#[tokio::test]
async fn twenty_sessions_at_a_time_and_the_next_one_is_asked_to_come_again() {
    let server = start("many").await;
    let mut open = Vec::new();
    for _ in 0..SESSIONS_MAX {
        let mut session = server.connect().await;
        assert!(say(&mut session, "").await.starts_with("220"));
        open.push(session);
    }
    assert!(say(&mut server.connect().await, "").await.starts_with("421"));
    drop(open.pop());
    // All of the others send at the same time.
    let mut sending = JoinSet::new();
    for mut session in open {
        sending.spawn(async move {
            let lines = "MAIL FROM:<a@b>\r\nRCPT TO:<calc@investtax.example>\r\n";
            for line in lines.split_inclusive('\n').chain(["DATA\r\n"]) {
                say(&mut session, line).await;
            }
            say(&mut session, "x\r\n.\r\n").await
        });
    }
    for answer in sending.join_all().await {
        assert!(answer.starts_with("250"), "{answer}");
    }
    assert_eq!(server.stored().len(), 19);
    server.finish().await;
}

#[tokio::test]
async fn our_own_relay_hands_a_reply_over() {
    let server = start("relay").await;
    let relay = SmtpRelay::new(&format!("smtp://127.0.0.1:{}", server.port)).unwrap();
    let message = Outgoing {
        id: "reply.1".to_owned(),
        to: "calc@investtax.example".to_owned(),
        bytes: b"Subject: x\r\n\r\n.dot\r\n..\r\n".to_vec(),
        ..Outgoing::default()
    };
    assert_eq!(relay.send(&message).await.unwrap(), "reply.1");
    let [stored] = server.stored().try_into().unwrap();
    // No bounce is to come back, and the dots are as they were.
    assert!(stored.starts_with("Return-Path: <>\r\n"), "{stored}");
    assert!(stored.trim_end().ends_with("\r\nSubject: x\r\n\r\n.dot\r\n.."), "{stored}");
    server.finish().await;
}

#[tokio::test]
async fn certificates_that_are_none_are_refused_by_name() {
    let fault = acceptor(&tls_file("key.pem"), &tls_file("key.pem")).err().unwrap();
    assert!(fault.chain().contains("certificate") || fault.chain().contains("key.pem"));
    assert!(acceptor(Path::new("/nowhere"), &tls_file("key.pem")).is_err());
}
