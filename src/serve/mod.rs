//! A local mailbox: SMTP and Maildirs in, replies out, until it is asked to stop.
//!
//! The listener only stores: a mail is acknowledged once it lies in a spool on the disk, and leaves
//! the spool once the mailbox has taken it. One worker handles mail after mail.

mod session;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::BufReader,
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore, watch},
    time::timeout,
};

use crate::{
    adapters::Maildir,
    error::{Fault, Retry},
    mail::Trust,
    pipeline::{Mailbox, Received},
};

/// At most so many sessions at a time.
const SESSIONS_MAX: usize = 20;

/// How often Maildirs are looked into; spools wake the worker themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often what is past its time is forgotten, in looks.
const FORGET_EVERY: u32 = 3_600;

/// Where the listener puts mail.
#[derive(Debug)]
pub struct Intake {
    /// Our address; mail to others is refused.
    pub address: String,
    /// The spool of mail whose author nobody vouches for.
    pub unproven: Maildir,
    /// The spool of mail from trusted relays.
    pub verified: Maildir,
    /// Peers whose mail counts as verified: the operator's own mail server, which checked it.
    pub trusted_relays: Vec<IpAddr>,
    /// The largest message.
    pub message_bytes: usize,
    /// Wakes the worker.
    pub arrived: Notify,
}

impl Intake {
    fn is_ours(&self, address: &str) -> bool {
        let Some((local, domain)) = address.split_once('@') else { return false };
        let name = local.split_once('+').map_or(local, |(name, _)| name);
        format!("{name}@{domain}").eq_ignore_ascii_case(&self.address)
    }

    fn store(&self, peer: IpAddr, message: &[u8]) -> Result<(), Fault> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let trusted = self.trusted_relays.contains(&peer);
        let spool = if trusted { &self.verified } else { &self.unproven };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let nanosecond = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        spool.deliver(&format!("{nanosecond:024}.{number}.{}", std::process::id()), message)?;
        self.arrived.notify_one();
        Ok(())
    }
}

/// Takes sessions until asked to stop. Sessions that are open then get no answer any more; what they
/// did not hear acknowledged, their side sends again.
pub async fn listen(listener: TcpListener, intake: Arc<Intake>, mut stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(SESSIONS_MAX));
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Ok((stream, peer)) = accepted else { continue };
        let (intake, mut stop) = (intake.clone(), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = serve(stream, peer.ip(), &intake) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
            drop(permit);
        });
    }
}

/// A session lasts at most so long, whatever the peer does.
const SESSION_TIME_MAX: Duration = Duration::from_mins(10);

async fn serve(stream: TcpStream, peer: IpAddr, intake: &Intake) {
    let session = session::run(BufReader::new(stream), peer, intake);
    if !matches!(timeout(SESSION_TIME_MAX, session).await, Ok(Ok(()))) {
        tracing::info!("a session broke off");
    }
}

/// Where mail comes from.
#[derive(Debug)]
pub struct Source {
    /// The directory.
    pub maildir: Maildir,
    /// How far the authors of its mail are proven.
    pub trust: Trust,
    /// Our own spool: mail that was taken is deleted, not kept as read.
    pub ours: bool,
}

/// The worker: takes mail from Maildirs and empties the outbox.
#[derive(Debug)]
pub struct Worker {
    /// What handles the mail.
    pub mailbox: Mailbox,
    /// Where mail comes from.
    pub sources: Vec<Source>,
    /// Where mail goes that cannot be handled by any fault of the sender's: for the operator.
    pub failed: PathBuf,
    /// While this file is there, nothing is taken and nothing is sent.
    pub kill_switch: PathBuf,
}

impl Worker {
    /// Works until asked to stop; the mail in hand is finished.
    pub async fn run(&self, intake: &Intake, mut stop: watch::Receiver<bool>) {
        let mut looks = 0_u32;
        while !*stop.borrow() {
            if !self.kill_switch.exists() {
                self.work(&stop).await;
                if looks.is_multiple_of(FORGET_EVERY) {
                    note(self.mailbox.forget().await);
                }
            }
            looks = looks.wrapping_add(1);
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = intake.arrived.notified() => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
    }

    async fn work(&self, stop: &watch::Receiver<bool>) {
        for source in &self.sources {
            let waiting = source.maildir.waiting().inspect_err(|fault| {
                tracing::error!(cause = %fault.chain(), "a Maildir cannot be read");
            });
            for path in waiting.unwrap_or_default() {
                if *stop.borrow() {
                    break;
                }
                note(self.handle(source, &path).await);
            }
        }
        note(self.mailbox.send().await);
    }

    async fn handle(&self, source: &Source, path: &Path) -> Result<(), Fault> {
        let raw = std::fs::read(path).map_err(|error| Fault::later("read a mail", error))?;
        match self.mailbox.receive(&raw, source.trust, &|_| {}).await {
            Ok(Received::Answered) => tracing::info!(outcome = "answered", "mail taken"),
            Ok(Received::Silent(reason)) => tracing::info!(outcome = reason.code(), "mail taken"),
            Err(fault) if fault.retry() == Retry::Never => {
                let name = path.file_name().unwrap_or_default();
                std::fs::rename(path, self.failed.join(name))
                    .map_err(|error| Fault::later("put a mail aside", error))?;
                return Err(fault);
            }
            Err(fault) => return Err(fault),
        }
        if source.ours { source.maildir.remove(path) } else { source.maildir.take(path) }
    }
}

/// Faults of the world pass; the mail is still where it was.
fn note(done: Result<(), Fault>) {
    if let Err(fault) = done {
        tracing::error!(cause = %fault.chain(), "a step failed and will be tried again");
    }
}
