//! A backup, a loss and a return, with the program as it is installed: the conversation goes on.
#![expect(clippy::unwrap_used, reason = "a failed helper should panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use mail_parser::{Message, MessageParser};

const ADDRESS: &str = "calc@investtax.example";

/// 10 × (200 − 100) = 1000; 19 % of it is 190.
const FILE: &str = "date;type;isin;quantity;price;currency;account\n\
    2024-01-15;buy;PLPKO0000016;10;100;PLN;A\n2024-06-17;sell;PLPKO0000016;10;200;PLN;A\n";

struct Bench {
    root: PathBuf,
    seen: Vec<PathBuf>,
}

/// A daemon that is killed if a test fails.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Daemon {
    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Bench {
    fn new() -> Self {
        let root =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("restore-{}", std::process::id()));
        drop(fs::remove_dir_all(&root));
        fs::create_dir_all(&root).unwrap();
        Self { root, seen: Vec::new() }
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_investtax"));
        command.args(["serve", "--address", ADDRESS, "--state"]).arg(self.root.join("state"));
        command.args(more).env_remove("INVESTTAX_STATE").env_remove("INVESTTAX_RELAY");
        command
    }

    fn start(&self) -> Daemon {
        let rates = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/rates");
        let mut command = self.command(&["--today", "2026-05-04", "--trust-maildir"]);
        command.arg("--maildir").arg(self.root.join("in")).arg("--rates").arg(rates);
        command.arg("--reply-maildir").arg(self.root.join("out"));
        Daemon(command.stderr(Stdio::null()).spawn().unwrap())
    }

    fn run(&self, option: &str, path: &Path) -> Output {
        self.command(&[option]).arg(path).output().unwrap()
    }

    fn send(&self, name: &str, mail: &str) {
        let new = self.root.join("in/new");
        fs::create_dir_all(&new).unwrap();
        fs::create_dir_all(self.root.join("in/tmp")).unwrap();
        let draft = self.root.join("in/tmp").join(name);
        fs::write(&draft, mail).unwrap();
        fs::rename(draft, new.join(name)).unwrap();
    }

    fn next_reply(&mut self) -> Vec<u8> {
        let end = Instant::now() + Duration::from_mins(1);
        loop {
            let found = fs::read_dir(self.root.join("out/new")).into_iter().flatten();
            let mut paths = found.map(|entry| entry.unwrap().path());
            if let Some(path) = paths.find(|path| !self.seen.contains(path)) {
                self.seen.push(path.clone());
                return fs::read(path).unwrap();
            }
            assert!(Instant::now() < end, "no reply came");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn read(reply: &[u8]) -> Message<'_> {
    MessageParser::default().parse(reply).unwrap()
}

fn text(reply: &Message<'_>) -> String {
    reply.body_text(0).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_conversation_goes_on_after_backup_loss_and_return() {
    let mut bench = Bench::new();
    let backup = bench.root.join("backup");
    bench.send(
        "1",
        &format!(
            "From: jan@example.com\nTo: {ADDRESS}\nMessage-ID: <1@example.com>\nSubject: x\n\
             MIME-Version: 1.0\nContent-Type: text/csv; name=konto.csv\n\n{FILE}"
        ),
    );
    let daemon = bench.start();
    let first = bench.next_reply();
    let first = read(&first);
    assert!(text(&first).contains("190"), "{}", text(&first));
    let answers_to = first.reply_to().unwrap().first().unwrap().address().unwrap();
    // Beside the working mailbox, which a return would disturb.
    assert_eq!(bench.run("--backup", &backup).status.code(), Some(0));
    let refused = bench.run("--restore", &backup);
    assert_eq!(refused.status.code(), Some(3));
    assert!(said(&refused).contains("stop it first"), "{}", said(&refused));
    daemon.stop();

    fs::remove_dir_all(bench.root.join("state")).unwrap();
    let restored = bench.run("--restore", &backup);
    assert_eq!(restored.status.code(), Some(0), "{}", said(&restored));
    assert!(restored.stdout.is_empty(), "nothing was there to be put aside");

    let daemon = bench.start();
    // The address of the reply is signed with the secret that was lost.
    bench.send("2", &format!("From: jan@example.com\nTo: {answers_to}\nSubject: STATUS\n\n"));
    let status = bench.next_reply();
    let status = text(&read(&status));
    assert!(status.starts_with("W tej rozmowie mam 1") && status.contains("konto.csv"), "{status}");
    // A second file joins the one that was restored: 2 × 1000; 19 % of it is 380.
    let other = FILE.replace(";A\n", ";B\n");
    bench.send(
        "3",
        &format!(
            "From: jan@example.com\nTo: {answers_to}\nSubject: y\nMIME-Version: 1.0\n\
             Content-Type: text/csv; name=drugie.csv\n\n{other}"
        ),
    );
    let both = bench.next_reply();
    assert!(text(&read(&both)).contains("380"), "{}", text(&read(&both)));
    daemon.stop();
    fs::remove_dir_all(bench.root).unwrap();
}
