//! The one worker of a local mailbox: mail after mail from Maildirs, then the outbox.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout};

use super::{Intake, in_hand::InHand, thread::caught};
use crate::{
    adapters::Maildir,
    error::{Fault, Retry},
    mail::{Authenticity, Evidence, Trust, classify},
    pipeline::{Mailbox, Received},
    ports::AuthorVerifier,
};

/// How often Maildirs are looked into; spools wake the worker themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Beside the mail that was put aside: which mail is in hand.
const IN_HAND: &str = "in-hand";

/// How often what is past its time is forgotten, in looks.
const FORGET_EVERY: u32 = 3_600;

/// Who vouches for the authors of the mail in a Maildir.
#[derive(Clone, Debug)]
pub enum Vouches {
    /// The operator: all of them count as proven.
    Operator,
    /// The operator's server, mail by mail, in its `Authentication-Results` under this name.
    Server(String),
    /// Nobody else: found out here.
    Verifier(Arc<dyn AuthorVerifier>),
    /// Nobody.
    Nobody,
}

impl Vouches {
    async fn judge(&self, raw: &[u8]) -> Result<Authenticity, Fault> {
        Ok(match self {
            Self::Operator => Trust::Verified.into(),
            Self::Server(authserv_id) => classify(raw, &Evidence::Server { authserv_id }),
            Self::Verifier(verifier) => verifier.verify(raw).await?.into(),
            Self::Nobody => Trust::Unproven.into(),
        })
    }
}

/// Where mail comes from.
#[derive(Debug)]
pub struct Source {
    /// The directory.
    pub maildir: Maildir,
    /// How far the authors of its mail are proven.
    pub vouches: Vouches,
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
        // Nobody's reply waits for the calculation of somebody else's mail; a relay that is away is asked
        // once a round.
        let mut is_sending = true;
        for source in &self.sources {
            let waiting = source.maildir.waiting().inspect_err(|fault| {
                tracing::error!(cause = %fault.chain(), "a Maildir cannot be read");
            });
            for path in waiting.unwrap_or_default() {
                if *stop.borrow() {
                    break;
                }
                note(self.attend(source, &path).await);
                is_sending = is_sending && self.send().await;
            }
        }
        if is_sending {
            self.send().await;
        }
    }

    /// Empties the outbox; whether it could.
    async fn send(&self) -> bool {
        let sent = self.mailbox.send().await;
        let is_empty = sent.is_ok();
        note(sent);
        is_empty
    }

    /// Handles a mail unless it ended the process again and again.
    async fn attend(&self, source: &Source, path: &Path) -> Result<(), Fault> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(in_hand) = InHand::take(&self.failed.with_file_name(IN_HAND), &name)? else {
            self.put_aside(path)?;
            return Err(Fault::never("handle a mail", "it ended the program each time"));
        };
        let handled = self.handle(source, path).await;
        in_hand.done();
        handled
    }

    fn put_aside(&self, path: &Path) -> Result<(), Fault> {
        std::fs::rename(path, self.failed.join(path.file_name().unwrap_or_default()))
            .map_err(|error| Fault::later("put a mail aside", error))
    }

    async fn handle(&self, source: &Source, path: &Path) -> Result<(), Fault> {
        let raw = std::fs::read(path).map_err(|error| Fault::later("read a mail", error))?;
        let begun = Instant::now();
        let received = caught(self.receive(source, &raw)).await;
        if self.mailbox.settings.thresholds.is_slow(begun.elapsed()) {
            tracing::warn!(seconds = begun.elapsed().as_secs(), "a mail took long");
        }
        match received {
            Ok(Received::Answered) => tracing::info!(outcome = "answered", "mail taken"),
            Ok(Received::Silent(reason)) => tracing::info!(outcome = reason.code(), "mail taken"),
            Err(fault) if fault.retry() == Retry::Never => {
                self.put_aside(path)?;
                // Whoever cannot be told is not told; the operator has the mail.
                note(caught(self.apologise(source, &raw)).await);
                return Err(fault);
            }
            Err(fault) => return Err(fault),
        }
        if source.ours { source.maildir.remove(path) } else { source.maildir.take(path) }
    }

    async fn receive(&self, source: &Source, raw: &[u8]) -> Result<Received, Fault> {
        let authenticity = source.vouches.judge(raw).await?;
        // Bounds what waits for others; what calculates is bounded by the limits of what is read.
        let most = Duration::from_secs(self.mailbox.settings.thresholds.mail_seconds);
        let received = timeout(most, self.mailbox.receive(raw, authenticity, &|_| {}));
        received.await.unwrap_or_else(|_| {
            Err(Fault::later("handle a mail", "it took longer than a mail may take"))
        })
    }

    async fn apologise(&self, source: &Source, raw: &[u8]) -> Result<(), Fault> {
        let authenticity = source.vouches.judge(raw).await?;
        self.mailbox.apologise(raw, authenticity).await.map(|_| ())
    }
}

/// Faults of the world pass; the mail is still where it was.
fn note(done: Result<(), Fault>) {
    if let Err(fault) = done {
        tracing::error!(cause = %fault.chain(), "a step failed and will be tried again");
    }
}
