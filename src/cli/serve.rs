//! `investtax serve`: a local mailbox.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    sync::Arc,
};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
    task::JoinHandle,
};

use super::{
    CommandError, Exit,
    args::ServeArgs,
    services::{services, state_dir},
};
use crate::{
    adapters::{Maildir, NoUploads, Paced, SmtpRelay, SqliteConversations},
    conversation::{Thresholds, TokenKey},
    error::Fault,
    mail::{Limits, OwnAddresses},
    pipeline::{Mailbox, MailboxSettings},
    ports::Mailer,
    serve::{Intake, Source, Vouches, Web, Worker, acceptor, browse, listen},
};

pub(super) async fn run(args: ServeArgs) -> Result<Exit, CommandError> {
    let outside = |at: Option<SocketAddr>| at.is_some_and(|at| !at.ip().is_loopback());
    if outside(args.listen) || outside(args.web) {
        let text = "--listen and --web must be on this machine, such as 127.0.0.1:2525".to_owned();
        return Err(CommandError::Usage(text));
    }
    let dir = state_dir(args.compute.rates.state.as_deref())?;
    if let Some(to) = &args.backup {
        return back_up(&dir, to);
    }
    let store = SqliteConversations::open(&dir.join(STORE))?;
    let store = Arc::new(if args.web.is_some() { store.keeping_letters() } else { store });
    let intake = Arc::new(intake(&args, &dir)?);
    let worker = worker(&args, &dir, &intake, store.clone()).await?;
    let (stop, stopped) = watch::channel(false);
    let doors = doors(&args, &worker, &intake, store, &stopped).await?;
    let asked = tokio::spawn(async move {
        wait_for_signal().await;
        // Nobody listens any more if the worker ended first.
        let _ = stop.send(true);
    });
    worker.run(&intake, stopped).await;
    asked.abort();
    for door in doors {
        // It was asked to stop as well; a panic in it was logged where it happened.
        drop(door.await);
    }
    Ok(Exit::Report)
}

/// What stands open while the worker works: the SMTP listener and the page.
async fn doors(
    args: &ServeArgs,
    worker: &Worker,
    intake: &Arc<Intake>,
    store: Arc<SqliteConversations>,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>, Fault> {
    let bind = async |at: SocketAddr| {
        let listener = TcpListener::bind(at).await;
        listener.map_err(|error| Fault::never(format!("listen on {at}"), error))
    };
    let mut doors = Vec::new();
    if let Some(at) = args.listen {
        let tls = match (&args.tls_certificate, &args.tls_key) {
            (Some(certificate), Some(key)) => Some(acceptor(certificate, key)?),
            _ => None,
        };
        let (listener, intake, stopped) = (bind(at).await?, intake.clone(), stopped.clone());
        doors.push(tokio::spawn(listen(listener, intake, tls, stopped)));
    }
    if let Some(at) = args.web {
        let web = Web {
            store,
            at,
            address: args.address.clone(),
            lang: args.compute.lang.unwrap_or_default(),
            kill_switch: worker.kill_switch.clone(),
        };
        doors.push(tokio::spawn(browse(bind(at).await?, Arc::new(web), stopped.clone())));
    }
    Ok(doors)
}

/// The files of the state directory that hold everything but rates, which can be fetched again.
const STORE: &str = "mail.sqlite";
const SECRET: &str = "token.key";

/// Copies the store and the secret, without which the tokens of earlier replies mean nothing.
fn back_up(dir: &Path, to: &Path) -> Result<Exit, CommandError> {
    let doing = || format!("back up to {}", to.display());
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700).create(to).map_err(|error| Fault::never(doing(), error))?;
    SqliteConversations::open(&dir.join(STORE))?.back_up(&to.join(STORE))?;
    let secret = dir.join(SECRET);
    if secret.exists() {
        std::fs::copy(secret, to.join(SECRET)).map_err(|error| Fault::never(doing(), error))?;
    }
    Ok(Exit::Report)
}

fn intake(args: &ServeArgs, dir: &Path) -> Result<Intake, Fault> {
    Ok(Intake {
        address: args.address.clone(),
        unproven: Maildir::open(&dir.join("spool/unproven"))?,
        verified: Maildir::open(&dir.join("spool/verified"))?,
        trusted_relays: args.trusted_relay.clone(),
        message_bytes: Limits::default().raw_mail,
        arrived: Notify::new(),
    })
}

async fn worker(
    args: &ServeArgs,
    dir: &Path,
    intake: &Intake,
    store: Arc<SqliteConversations>,
) -> Result<Worker, CommandError> {
    let server = match &args.authserv_id {
        Some(name) => Vouches::Server(name.clone()),
        None => Vouches::Operator,
    };
    let nobody = if args.verify { verifier()? } else { Vouches::Nobody };
    let mut sources = vec![
        Source { maildir: intake.verified.clone(), vouches: server.clone(), ours: true },
        Source { maildir: intake.unproven.clone(), vouches: nobody.clone(), ours: true },
    ];
    if let Some(maildir) = &args.maildir {
        let vouches = if args.trust_maildir { server } else { nobody };
        sources.push(Source { maildir: Maildir::open(maildir)?, vouches, ours: false });
    }
    let mailer: Arc<dyn Mailer> = match (&args.relay, &args.reply_maildir) {
        (Some(url), _) => {
            let relay = SmtpRelay::new(url);
            Arc::new(relay.map_err(|fault| CommandError::Usage(fault.chain()))?)
        }
        (None, Some(path)) => Arc::new(Maildir::open(path)?),
        (None, None) => {
            let text = "say where replies go: --relay URL or --reply-maildir DIR".to_owned();
            return Err(CommandError::Usage(text));
        }
    };
    let settings = MailboxSettings {
        address: args.address.clone(),
        own: OwnAddresses::default(),
        lang: args.compute.lang,
        options: args.compute.options(),
        limits: Limits::default(),
        thresholds: Thresholds::default(),
    };
    let mailer = Arc::new(Paced::new(mailer, settings.thresholds.sends_per_second));
    let mailbox = Mailbox {
        services: services(&args.compute.rates, args.compute.today).await?,
        store,
        mailer,
        uploads: Arc::new(NoUploads),
        key: TokenKey::new(secret(&dir.join(SECRET))?),
        settings,
    };
    let failed = dir.join("failed");
    std::fs::create_dir_all(&failed)
        .map_err(|error| Fault::never(format!("create {}", failed.display()), error))?;
    Ok(Worker { mailbox, sources, failed, kill_switch: dir.join("replies-off") })
}

#[cfg(feature = "verify")]
fn verifier() -> Result<Vouches, CommandError> {
    Ok(Vouches::Verifier(Arc::new(crate::adapters::DnsVerifier::new()?)))
}

#[cfg(not(feature = "verify"))]
fn verifier() -> Result<Vouches, CommandError> {
    let text = "--verify is not built in: cargo install --path . --features verify".to_owned();
    Err(CommandError::Usage(text))
}

/// The secret of the mailbox's tokens; made on the first start, readable to its user only.
fn secret(path: &Path) -> Result<[u8; 32], Fault> {
    let doing = || format!("keep a secret in {}", path.display());
    let mut secret = [0; 32];
    if let Ok(mut file) = std::fs::File::open(path) {
        file.read_exact(&mut secret).map_err(|error| Fault::never(doing(), error))?;
        return Ok(secret);
    }
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut secret)
        .map_err(|_| Fault::never(doing(), "the machine gives no random bytes"))?;
    let mut options = std::fs::OpenOptions::new();
    let written = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(&secret).and_then(|()| file.sync_all()));
    written.map_err(|error| Fault::never(doing(), error))?;
    Ok(secret)
}

/// Ctrl-C or the stop of a service manager.
async fn wait_for_signal() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(tokio::signal::ctrl_c().await);
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
