//! A local mailbox: SMTP and Maildirs in, replies out, until it is asked to stop.
//!
//! The listener only stores: a mail is acknowledged once it lies in a spool on the disk, and leaves
//! the spool once the mailbox has taken it. One worker handles mail after mail, on a thread of its own.

mod in_hand;
mod network;
mod page;
mod session;
mod thread;
mod tls;
mod web;
mod worker;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{adapters::Maildir, error::Fault};

pub use network::{Network, NotANetwork};
use session::{End, Terms};
pub use thread::Working;
pub use tls::acceptor;
pub use web::{Web, browse};
pub use worker::{Source, Vouches, Worker};

/// At most so many sessions at a time.
const SESSIONS_MAX: u32 = 20;

/// Where the listener puts mail.
#[derive(Debug)]
pub struct Intake {
    /// Our address; mail to others is refused.
    pub address: String,
    /// The spool of mail from anybody.
    pub unproven: Maildir,
    /// The spool of mail from trusted relays.
    pub verified: Maildir,
    /// Peers that verify the authors of mail: the operator's own mail servers.
    pub trusted_relays: Vec<Network>,
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
        let trusted = self.trusted_relays.iter().any(|relay| relay.contains(peer));
        let spool = if trusted { &self.verified } else { &self.unproven };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let nanosecond = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        spool.deliver(&format!("{nanosecond:024}.{number}.{}", std::process::id()), message)?;
        self.arrived.notify_one();
        Ok(())
    }
}

/// Sessions that are in the middle of a message get so long to end it after we are asked to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(20);

/// Takes sessions until asked to stop; a message that is being sent then is still taken. Who comes while
/// all places are taken is asked to come again.
pub async fn listen(
    listener: TcpListener,
    intake: Arc<Intake>,
    tls: Option<TlsAcceptor>,
    mut stop: watch::Receiver<bool>,
) {
    let places = usize::try_from(SESSIONS_MAX).unwrap_or_default();
    let room = Arc::new(Semaphore::new(places));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((mut stream, peer)) = accepted else { continue };
        let Ok(permit) = room.clone().try_acquire_owned() else {
            // Nobody waits for a peer that does not listen.
            let busy = stream.write_all(b"421 too many sessions, try again\r\n");
            drop(timeout(Duration::from_secs(1), busy).await);
            continue;
        };
        let (intake, tls, stop) = (intake.clone(), tls.clone(), stop.clone());
        tokio::spawn(async move {
            let session = converse(stream, peer.ip(), &intake, tls.as_ref(), stop);
            if !matches!(timeout(SESSION_TIME_MAX, session).await, Ok(Ok(()))) {
                tracing::info!("a session broke off");
            }
            drop(permit);
        });
    }
    drop(timeout(STOP_PATIENCE, room.acquire_many(SESSIONS_MAX)).await);
}

/// A session lasts at most so long, whatever the peer does.
const SESSION_TIME_MAX: Duration = Duration::from_mins(10);

async fn converse(
    stream: TcpStream,
    peer: IpAddr,
    intake: &Intake,
    tls: Option<&TlsAcceptor>,
    stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let clear = Terms { peer, offers_tls: tls.is_some(), encrypted: false };
    let end = session::run(&mut stream, clear, intake, stop.clone()).await?;
    let (End::StartTls, Some(tls)) = (end, tls) else { return Ok(()) };
    if !stream.buffer().is_empty() {
        // Commands in the clear that were meant to count as encrypted (CVE-2011-0411).
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut stream = BufReader::new(tls.accept(stream.into_inner()).await?);
    let encrypted = Terms { peer, offers_tls: false, encrypted: true };
    session::run(&mut stream, encrypted, intake, stop).await?;
    // The peer may have closed already.
    drop(stream.shutdown().await);
    Ok(())
}

#[cfg(test)]
mod tests;
