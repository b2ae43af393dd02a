//! The worker on a thread of its own: a mail that takes minutes to calculate keeps nobody waiting at the door.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{Intake, Worker};
use crate::error::Fault;

/// Asked to stop, the mail in hand gets so long; service managers kill after a minute or more.
const MAIL_PATIENCE: Duration = Duration::from_secs(45);

/// As much as a main thread has: what a mail's depth needs was measured there.
const STACK_BYTES: usize = 8 << 20;

/// A worker at work; the one thread that calculates.
#[derive(Debug)]
pub struct Working {
    ended: oneshot::Receiver<()>,
    patience: Duration,
}

impl Worker {
    /// Does what [`Worker::run`] does on a thread of its own.
    ///
    /// # Errors
    ///
    /// If the machine has no thread to give.
    pub fn start(self, intake: Arc<Intake>, stop: watch::Receiver<bool>) -> Result<Working, Fault> {
        let failed = |error| Fault::never("start the worker", error);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (alive, ended) = oneshot::channel();
        let work = move || {
            runtime.block_on(self.run(&intake, stop));
            // Nobody waits any more if the mail took too long.
            let _ = alive.send(());
        };
        let thread = std::thread::Builder::new().name("worker".to_owned()).stack_size(STACK_BYTES);
        thread.spawn(work).map_err(failed)?;
        Ok(Working { ended, patience: MAIL_PATIENCE })
    }
}

impl Working {
    /// Waits until the worker has ended. Asked to stop, it finishes the mail in hand; one that takes too
    /// long stays where it was and is handled after the next start.
    ///
    /// # Errors
    ///
    /// If the worker ended without being asked to.
    pub async fn end(self, mut stop: watch::Receiver<bool>) -> Result<(), Fault> {
        let out_of_patience = async {
            // An error means that nobody is left who could ask, which is as good as asking.
            let _ = stop.wait_for(|stop| *stop).await;
            tokio::time::sleep(self.patience).await;
        };
        tokio::select! {
            ended = self.ended => ended.map_err(|error| Fault::never("handle mail", error)),
            () = out_of_patience => {
                tracing::warn!("the mail in hand takes too long: it is handled after the next start");
                Ok(())
            }
        }
    }
}

/// A panic in the work as a fault that stays: one mail must not end the handling of all others.
pub(super) async fn caught<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        // What the work has half done is dropped; stores take a mail in one step or not at all.
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        polled.unwrap_or_else(|_| {
            Poll::Ready(Err(Fault::never("handle a mail", "a bug: it panicked")))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        path::PathBuf,
        sync::{Mutex, mpsc},
    };

    use async_trait::async_trait;
    use jiff::{Timestamp, civil::Date};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::{TcpListener, TcpStream},
        sync::Notify,
        time::timeout,
    };

    use super::*;
    use crate::{
        adapters::{Maildir, MemoryConversations, NoUploads},
        conversation::{Thresholds, TokenKey},
        mail::{Limits, OwnAddresses},
        pipeline::{Mailbox, MailboxSettings, Services},
        ports::{Clock, RateStore, StoredRates},
        rates::{RateTable, TableKind},
        serve::{Source, Vouches, listen},
        tax::Options,
    };

    const MAIL: &[u8] =
        b"From: jan@example.com\nTo: calc@investtax.example\nMessage-ID: <1@example.com>\n\
        Subject: x\nMIME-Version: 1.0\nContent-Type: text/csv; name=a.csv\n\n\
        date;type;isin;quantity;price;currency;account\n\
        2024-01-15;buy;US0378331005;10;100;USD;A\n2024-06-17;sell;US0378331005;10;200;USD;A\n";

    /// Rates that take the whole thread until they are let go, as a long calculation does; or panic.
    #[derive(Debug)]
    struct Slow {
        reached: mpsc::Sender<()>,
        go_on: Mutex<mpsc::Receiver<()>>,
        panics: bool,
        /// Waits for ever, as for a service that does not answer.
        hangs: bool,
    }

    #[async_trait]
    impl RateStore for Slow {
        async fn load(&self, _: TableKind, _: Date, _: Date) -> Result<StoredRates, Fault> {
            self.reached.send(()).unwrap();
            if self.hangs {
                std::future::pending::<()>().await;
            }
            let _ = self.go_on.lock().unwrap().recv();
            assert!(!self.panics, "as asked");
            Ok(StoredRates::default())
        }

        async fn save(&self, _: TableKind, _: Date, _: Date, _: &[RateTable]) -> Result<(), Fault> {
            Ok(())
        }
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            "2026-03-02T10:00:00Z".parse().unwrap()
        }
    }

    struct Bench {
        root: PathBuf,
        intake: Arc<Intake>,
        replies: Maildir,
        reached: mpsc::Receiver<()>,
        let_go: mpsc::Sender<()>,
        stop: watch::Sender<bool>,
        stopped: watch::Receiver<bool>,
        worker: Worker,
    }

    #[derive(Clone, Copy, Eq, PartialEq)]
    enum How {
        Works,
        Panics,
        Hangs,
    }

    fn bench(name: &str, how: How) -> Bench {
        let root = std::env::temp_dir().join(format!("investtax-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&root));
        let maildir = |name: &str| Maildir::open(&root.join(name)).unwrap();
        let (reached_sender, reached) = mpsc::channel();
        let (let_go, go_on) = mpsc::channel();
        let (panics, hangs) = (how == How::Panics, how == How::Hangs);
        let rates = Slow { reached: reached_sender, go_on: Mutex::new(go_on), panics, hangs };
        let intake = Arc::new(Intake {
            address: "calc@investtax.example".to_owned(),
            unproven: maildir("unproven"),
            verified: maildir("verified"),
            trusted_relays: Vec::new(),
            message_bytes: 1 << 20,
            arrived: Notify::new(),
        });
        let services = Services { rates: Arc::new(rates), nbp: None, clock: Arc::new(Still) };
        let settings = MailboxSettings {
            address: intake.address.clone(),
            own: OwnAddresses::default(),
            lang: None,
            options: Options::default(),
            limits: Limits::default(),
            thresholds: Thresholds::default(),
        };
        let mailbox = Mailbox {
            services,
            store: Arc::new(MemoryConversations::default()),
            mailer: Arc::new(maildir("replies")),
            uploads: Arc::new(NoUploads),
            key: TokenKey::new([7; 32]),
            settings,
        };
        let source =
            Source { maildir: intake.verified.clone(), vouches: Vouches::Operator, ours: true };
        let failed = root.join("failed");
        std::fs::create_dir_all(&failed).unwrap();
        let kill_switch = root.join("replies-off");
        let (stop, stopped) = watch::channel(false);
        let worker = Worker { mailbox, sources: vec![source], failed, kill_switch };
        let replies = maildir("replies");
        Bench { root, intake, replies, reached, let_go, stop, stopped, worker }
    }

    async fn greeting(port: u16) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut greeting = [0; 3];
        let read = timeout(Duration::from_secs(5), stream.read_exact(&mut greeting));
        read.await.expect("nobody greets").unwrap();
        stream.write_all(b"QUIT\r\n").await.unwrap();
        String::from_utf8_lossy(&greeting).into_owned()
    }

    /// On the test's one thread, as the program: whoever calculates here would let nobody in.
    #[tokio::test]
    async fn a_session_is_greeted_while_a_big_mail_is_worked_on() {
        let bench = bench("greeted", How::Works);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let door =
            tokio::spawn(listen(listener, bench.intake.clone(), None, bench.stopped.clone()));
        bench.intake.verified.deliver("1", MAIL).unwrap();
        let working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        bench.reached.recv_timeout(Duration::from_secs(20)).expect("never calculated");
        assert_eq!(greeting(port).await, "220");
        assert_eq!(greeting(port).await, "220");
        bench.stop.send(true).unwrap();
        timeout(Duration::from_secs(5), door).await.expect("the door stays open").unwrap();
        assert_eq!(bench.intake.verified.waiting().unwrap().len(), 1, "not taken yet");
        drop(bench.let_go);
        timeout(Duration::from_secs(20), working.end(bench.stopped)).await.unwrap().unwrap();
        // Asked to stop, the mail in hand is finished, and its reply has left.
        assert!(bench.intake.verified.waiting().unwrap().is_empty());
        assert_eq!(bench.replies.waiting().unwrap().len(), 1);
        std::fs::remove_dir_all(bench.root).unwrap();
    }

    #[tokio::test]
    async fn a_reply_leaves_before_the_next_mail_is_worked_on() {
        let bench = bench("in-turn", How::Works);
        let help = b"From: eva@example.com\nTo: calc@investtax.example\nSubject: POMOC\n\nx\n";
        bench.intake.verified.deliver("1", help).unwrap();
        bench.intake.verified.deliver("2", MAIL).unwrap();
        let working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        bench.reached.recv_timeout(Duration::from_secs(20)).expect("never calculated");
        assert_eq!(bench.replies.waiting().unwrap().len(), 1, "the first one waits");
        bench.stop.send(true).unwrap();
        drop(bench.let_go);
        timeout(Duration::from_secs(20), working.end(bench.stopped)).await.unwrap().unwrap();
        assert_eq!(bench.replies.waiting().unwrap().len(), 2);
        std::fs::remove_dir_all(bench.root).unwrap();
    }

    #[tokio::test]
    async fn a_mail_that_takes_too_long_is_left_for_the_next_start() {
        let bench = bench("patience", How::Works);
        bench.intake.verified.deliver("1", MAIL).unwrap();
        let mut working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        working.patience = Duration::from_millis(50);
        bench.reached.recv_timeout(Duration::from_secs(20)).expect("never calculated");
        bench.stop.send(true).unwrap();
        timeout(Duration::from_secs(5), working.end(bench.stopped)).await.unwrap().unwrap();
        assert_eq!(bench.intake.verified.waiting().unwrap().len(), 1);
        std::fs::remove_dir_all(bench.root).unwrap();
    }

    /// By its name in [`Thresholds`] (mail.md § 7): a mail that waits too long for somebody else is put off, stays
    /// where it was, and is tried again.
    #[tokio::test]
    async fn mail_seconds() {
        let mut bench = bench("put-off", How::Hangs);
        bench.worker.mailbox.settings.thresholds.mail_seconds = 1;
        bench.intake.verified.deliver("1", MAIL).unwrap();
        let working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        for _ in 0..2 {
            bench.reached.recv_timeout(Duration::from_secs(20)).expect("not tried again");
        }
        assert_eq!(bench.intake.verified.waiting().unwrap().len(), 1);
        bench.stop.send(true).unwrap();
        timeout(Duration::from_secs(20), working.end(bench.stopped)).await.unwrap().unwrap();
        assert_eq!(bench.intake.verified.waiting().unwrap().len(), 1);
        std::fs::remove_dir_all(bench.root).unwrap();
    }

    /// What cannot be caught: ten times the process ended with this mail in hand.
    #[tokio::test]
    async fn a_mail_that_ended_the_process_each_time_is_put_aside() {
        let bench = bench("ended", How::Panics);
        std::fs::write(bench.root.join("in-hand"), "10 1").unwrap();
        bench.intake.verified.deliver("1", MAIL).unwrap();
        let help = b"From: eva@example.com\nTo: calc@investtax.example\nSubject: POMOC\n\nx\n";
        bench.intake.verified.deliver("2", help).unwrap();
        let working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        for _ in 0..400 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if bench.replies.waiting().unwrap().len() == 1 {
                break;
            }
        }
        bench.stop.send(true).unwrap();
        timeout(Duration::from_secs(20), working.end(bench.stopped)).await.unwrap().unwrap();
        assert!(bench.reached.try_recv().is_err(), "it was not touched again");
        assert_eq!(std::fs::read(bench.root.join("failed/1")).unwrap(), MAIL);
        assert_eq!(bench.replies.waiting().unwrap().len(), 1, "the next one is answered");
        assert!(bench.intake.verified.waiting().unwrap().is_empty());
        assert!(!bench.root.join("in-hand").exists());
        std::fs::remove_dir_all(bench.root).unwrap();
    }

    #[tokio::test]
    async fn a_panic_puts_one_mail_aside_and_the_next_is_handled() {
        let bench = bench("panic", How::Panics);
        bench.intake.verified.deliver("1", MAIL).unwrap();
        let help = b"From: eva@example.com\nTo: calc@investtax.example\nSubject: POMOC\n\nx\n";
        bench.intake.verified.deliver("2", help).unwrap();
        let failed = bench.root.join("failed/1");
        let working = bench.worker.start(bench.intake.clone(), bench.stopped.clone()).unwrap();
        drop(bench.let_go);
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if bench.replies.waiting().unwrap().len() == 2 {
                break;
            }
        }
        assert_eq!(std::fs::read(failed).unwrap(), MAIL, "kept for the operator");
        // An apology and the help.
        assert_eq!(bench.replies.waiting().unwrap().len(), 2);
        bench.stop.send(true).unwrap();
        timeout(Duration::from_secs(5), working.end(bench.stopped)).await.unwrap().unwrap();
        std::fs::remove_dir_all(bench.root).unwrap();
    }
}
