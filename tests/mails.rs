//! One mail for every reason to be silent and every way to be answered: `tests/mails/<code>.eml`, and
//! beside it who vouches for its author and what becomes of it. The order of the codes is that of
//! mail.md § 1.3 (A1 to A12) and § 2.6 (T2, T1, T0, TX).
//!
//! While all of them are handled, everything that any library logs is kept, and nothing of what the
//! mails hold may be in it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use investtax::{
    adapters::{Maildir, MemoryConversations, NoUploads, Paced, SmtpRelay},
    conversation::{Thresholds, TokenKey},
    mail::{Authenticity, Evidence, Limits, OwnAddresses, SesVerdicts, Trust, classify},
    pipeline::{Mailbox, MailboxSettings, Received},
    ports::{Mailer, Outgoing, Unsent},
    serve::{Intake, Source, Vouches, Worker},
    tax::Options,
};
use mail_parser::MessageParser;
use serde_json::Value;
use support::{block_on, here, offline, rates_in};
use tokio::sync::{Notify, watch};

/// What left, in order.
#[derive(Debug, Default)]
struct Sent(Mutex<Vec<Outgoing>>);

#[async_trait]
impl Mailer for Sent {
    async fn send(&self, message: &Outgoing) -> Result<String, Unsent> {
        self.0.lock().unwrap().push(message.clone());
        Ok(message.id.clone())
    }
}

fn mailbox(mailer: Arc<dyn Mailer>) -> Mailbox {
    Mailbox {
        services: offline(rates_in(&here("samples/rates"))),
        store: Arc::new(MemoryConversations::default()),
        mailer,
        uploads: Arc::new(NoUploads),
        key: TokenKey::new([7; 32]),
        settings: MailboxSettings {
            address: "calc@investtax.example".to_owned(),
            own: OwnAddresses {
                id_domains: vec!["eu-central-1.amazonses.com".to_owned()],
                ..OwnAddresses::default()
            },
            lang: None,
            options: Options::default(),
            limits: Limits::default(),
            thresholds: Thresholds::default(),
        },
    }
}

/// The mails with what is expected of each.
fn cases() -> Vec<(String, Vec<u8>, Value)> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(here("tests/mails")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "eml"));
    paths.sort();
    let case = |path: &PathBuf| {
        let expected = fs::read(path.with_extension("json")).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap(), serde_json::from_slice(&expected).unwrap())
    };
    paths.iter().map(case).collect()
}

fn authenticity(raw: &[u8], evidence: &Value) -> Authenticity {
    if evidence == "operator" {
        return Trust::Verified.into();
    }
    if let Some(name) = evidence["server"].as_str() {
        return classify(raw, &Evidence::Server { authserv_id: name });
    }
    let ses = &evidence["ses"];
    let verdicts: Option<SesVerdicts> =
        ses.get("receipt").map(|receipt| serde_json::from_value(receipt.clone()).unwrap());
    let evidence = Evidence::Ses {
        message_id: ses["message_id"].as_str(),
        verdicts: verdicts.as_ref(),
        envelope_sender: ses["envelope_sender"].as_str(),
    };
    classify(raw, &evidence)
}

#[test]
fn every_mail_ends_as_it_should() {
    let _all_logs = keep_logs();
    let seen = outcomes(cases());
    insta::assert_snapshot!(seen.join("\n"));
    assert_nothing_personal(&LOGS.lock().unwrap());
}

/// The mails of one rule, each of which must be there.
fn rule(prefix: &str, mails: usize) {
    let all = cases().into_iter();
    let cases: Vec<_> = all.filter(|(name, _, _)| name.starts_with(prefix)).collect();
    assert_eq!(cases.len(), mails, "{prefix}");
    outcomes(cases);
}

/// A1: greetings of SES itself.
#[test]
fn a01_setup_notification() {
    rule("a01-", 1);
}

/// A2: a virus, or spam of somebody not known here.
#[test]
fn a02_virus_and_spam() {
    rule("a02-", 2);
}

/// A3: an empty envelope sender.
#[test]
fn a03_null_return_path() {
    rule("a03-", 1);
}

/// A4: reports on delivery, reading and abuse.
#[test]
fn a04_reports() {
    rule("a04-", 4);
}

/// A5: the local parts of daemons and lists.
#[test]
fn a05_daemons() {
    rule("a05-", 3);
}

/// A6: `Auto-Submitted` other than `no`.
#[test]
fn a06_auto_submitted() {
    rule("a06-", 2);
}

/// A7: `Precedence`, `X-Autoreply`, `X-Loop`; Exchange's mark only with a second witness.
#[test]
fn a07_precedence_and_kin() {
    rule("a07-", 5);
}

/// A8: lists and newsletters.
#[test]
fn a08_lists() {
    rule("a08-", 2);
}

/// A9: our own mail, and mail that goes in circles.
#[test]
fn a09_own_mail() {
    rule("a09-", 4);
}

/// A10: the subject of an automatic reply, unless data is attached.
#[test]
fn a10_automatic_reply() {
    rule("a10-", 2);
}

/// A11: calendars without data.
#[test]
fn a11_calendar() {
    rule("a11-", 1);
}

/// A12: thanks.
#[test]
fn a12_neither_file_nor_command() {
    rule("a12-", 3);
}

/// C: the four classes of trust.
#[test]
fn c_classes_of_trust() {
    rule("t2-", 2);
    rule("t1-", 2);
    rule("t0-", 5);
    rule("tx-", 5);
}

/// Handles each mail in a mailbox of its own; what became of them, in a line or two each.
fn outcomes(cases: Vec<(String, Vec<u8>, Value)>) -> Vec<String> {
    let mut seen = Vec::new();
    for (name, raw, expected) in cases {
        let authenticity = authenticity(&raw, &expected["evidence"]);
        if let Some(known) = expected["authenticity"].as_str() {
            assert_eq!(authenticity.to_string(), known, "{name}");
        }
        let sent = Arc::new(Sent::default());
        let mailbox = mailbox(sent.clone());
        let received = block_on(mailbox.receive(&raw, authenticity, &|_| {})).unwrap();
        block_on(mailbox.send()).unwrap();
        assert_eq!(received.code(), expected["outcome"].as_str().unwrap(), "{name}");
        let sent = sent.0.lock().unwrap();
        assert_eq!(sent.len(), usize::from(received == Received::Answered), "{name}");
        if let Some(reply) = sent.first() {
            let text = read_back(&name, reply);
            if let Some(says) = expected["says"].as_str() {
                assert!(text.starts_with(says), "{name}: {text}");
            }
            let said = text.replace('\u{a0}', " ");
            let mut said = said.lines().filter(|line| !line.is_empty());
            seen.push(format!("{name}: {}", said.next().unwrap_or_default()));
            // What is wrong with a file stands in the list of findings.
            seen.extend(said.find(|line| line.starts_with("- ")).map(|line| format!("    {line}")));
        } else {
            seen.push(format!("{name}: silence, {}", received.code()));
        }
        // Delivered again, it is not answered again.
        let again = block_on(mailbox.receive(&raw, authenticity, &|_| {})).unwrap();
        assert_ne!(again, Received::Answered, "{name}");
    }
    seen
}

/// Reads a reply with another program's eyes; nothing of the sender's is in its header but the address
/// and the subject.
fn read_back(name: &str, reply: &Outgoing) -> String {
    assert_eq!(reply.to, "zbigniew.tajny@example.com", "{name}");
    let mail = MessageParser::default().parse(&reply.bytes).unwrap();
    let to: Vec<_> = mail.to().unwrap().iter().filter_map(|to| to.address()).collect();
    assert_eq!(to, ["zbigniew.tajny@example.com"], "{name}");
    assert!(mail.cc().is_none() && mail.bcc().is_none(), "{name}");
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-replied"), "{name}");
    let text = String::from_utf8_lossy(&reply.bytes).into_owned();
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    for line in header.split("\r\n") {
        assert!(line.len() < 998 && !line.contains(['\r', '\n', '\0']), "{name}: {line}");
    }
    mail.body_text(0).unwrap().into_owned()
}

/// Every rule of mail.md § 1.3 A and every class of § 2.6 has a mail.
#[test]
fn every_rule_and_class_has_a_mail() {
    let names: Vec<String> = cases().into_iter().map(|(name, _, _)| name).collect();
    let codes = (1..=12).map(|rule| format!("a{rule:02}-"));
    for code in codes.chain(["t0-", "t1-", "t2-", "tx-"].map(str::to_owned)) {
        assert!(names.iter().any(|name| name.starts_with(&code)), "{code}");
    }
}

/// The words that the mails hold: people, subjects, files, cells.
const PERSONAL: [&str; 5] = ["tajn", "zbigniew", "@example", "PLPKO0000016", "investtax.example"];

static LOGS: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGS.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps whatever any library says on this thread, down to the last detail.
fn keep_logs() -> tracing::subscriber::DefaultGuard {
    let logs = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(|| Log)
        .finish();
    tracing::subscriber::set_default(logs)
}

fn assert_nothing_personal(logs: &[u8]) {
    let logs = String::from_utf8_lossy(logs).to_lowercase();
    for word in PERSONAL {
        let line = logs.lines().find(|line| line.contains(&word.to_lowercase()));
        assert_eq!(line, None, "{word}");
    }
}

/// The local mailbox with everything going wrong around it: a relay that refuses by name, a store of
/// rates that knows nothing, mail that cannot be read. The operator is told, and nothing personal.
#[test]
fn the_logs_of_a_troubled_mailbox_name_nobody() {
    let _all_logs = keep_logs();
    let root = std::env::temp_dir().join(format!("investtax-troubled-{}", std::process::id()));
    drop(fs::remove_dir_all(&root));
    let mut mailbox = mailbox(Arc::new(Sent::default()));
    block_on(async {
        let relay = refusing_relay().await;
        let relay = Arc::new(SmtpRelay::new(&format!("smtp://127.0.0.1:{relay}")).unwrap());
        mailbox.mailer = Arc::new(Paced::new(relay, 1_000));
        let spool = Maildir::open(&root.join("spool")).unwrap();
        for (name, raw, _) in cases() {
            spool.deliver(&name, &raw).unwrap();
        }
        let failed = root.join("failed");
        fs::create_dir_all(&failed).unwrap();
        let source =
            |vouches, maildir: &Maildir| Source { maildir: maildir.clone(), vouches, ours: true };
        let worker = Worker {
            mailbox,
            sources: vec![source(Vouches::Operator, &spool)],
            failed,
            kill_switch: root.join("replies-off"),
        };
        let intake = intake(&root);
        let (stop, stopped) = watch::channel(false);
        let work = worker.run(&intake, stopped);
        let watch = async {
            while !spool.waiting().unwrap().is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            stop.send(true).unwrap();
        };
        tokio::join!(work, watch);
    });
    fs::remove_dir_all(&root).unwrap();
    let logs = LOGS.lock().unwrap();
    let text = String::from_utf8_lossy(&logs);
    assert!(text.contains("mail taken") && text.contains("it said 550"), "nothing was logged");
    assert_nothing_personal(&logs);
}

fn intake(root: &Path) -> Intake {
    Intake {
        address: "calc@investtax.example".to_owned(),
        unproven: Maildir::open(&root.join("unproven")).unwrap(),
        verified: Maildir::open(&root.join("verified")).unwrap(),
        trusted_relays: Vec::new(),
        message_bytes: 1_000,
        arrived: Notify::new(),
    }
}

/// A mail server that repeats the address that it refuses, as they all do.
async fn refusing_relay() -> u16 {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut line = [0; 1_024];
                drop(stream.write_all(b"220 x\r\n").await);
                while let Ok(length @ 1..) = stream.read(&mut line).await {
                    let said = String::from_utf8_lossy(&line[..length]).into_owned();
                    let refused = said.starts_with("RCPT");
                    let answer =
                        if refused { format!("550 no: {said}") } else { "250 ok\r\n".to_owned() };
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}
