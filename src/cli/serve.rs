//! `investtax serve`: a local mailbox.

use std::{net::SocketAddr, path::Path, sync::Arc};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
    task::JoinHandle,
};

use super::{
    CommandError, Exit,
    args::ServeArgs,
    print,
    services::{services, state_dir},
    state::{self, SECRET, STORE, StateLock},
};
use crate::{
    adapters::{Maildir, NoUploads, Paced, SmtpRelay, SqliteConversations},
    conversation::{Thresholds, TokenKey},
    error::Fault,
    mail::{Limits, OwnAddresses},
    pipeline::{Mailbox, MailboxSettings},
    ports::Mailer,
    serve::{Intake, Source, Vouches, Web, Worker, acceptor, browse, listen},
    telemetry::hush_panics,
};

pub(super) async fn run(args: ServeArgs) -> Result<Exit, CommandError> {
    let outside = |at: Option<SocketAddr>| at.is_some_and(|at| !at.ip().is_loopback());
    if outside(args.listen) || outside(args.web) {
        let text = "--listen and --web must be on this machine, such as 127.0.0.1:2525".to_owned();
        return Err(CommandError::Usage(text));
    }
    let dir = state_dir(args.compute.rates.state.as_deref())?;
    if let Some(to) = &args.backup {
        state::back_up(&dir, to)?;
        return Ok(Exit::Report);
    }
    let _alone = StateLock::take(&dir)?;
    if let Some(from) = &args.restore {
        return restore(&dir, from);
    }
    if state::finish_restore(&dir)?.is_some() {
        tracing::warn!("finished a restore; what was there before is in replaced-…");
    }
    hush_panics();
    let store = SqliteConversations::open(&dir.join(STORE))?;
    let store = Arc::new(if args.web.is_some() { store.keeping_letters() } else { store });
    let intake = Arc::new(intake(&args, &dir)?);
    let worker = worker(&args, &dir, &intake, store.clone()).await?;
    let (stop, stopped) = watch::channel(false);
    let stop = Arc::new(stop);
    let doors = doors(&args, &worker, &intake, store, &stopped).await?;
    let asked = tokio::spawn({
        let stop = stop.clone();
        async move {
            wait_for_signal().await;
            stop.send_replace(true);
        }
    });
    let working = worker.start(intake, stopped.clone())?;
    let ended = working.end(stopped).await;
    asked.abort();
    // Without its worker, nothing may be taken any more.
    stop.send_replace(true);
    for door in doors {
        // A panic in it was logged where it happened.
        drop(door.await);
    }
    ended.map(|()| Exit::Report).map_err(CommandError::from)
}

fn restore(dir: &Path, from: &Path) -> Result<Exit, CommandError> {
    if let Some(aside) = state::restore(dir, from)? {
        let text = format!(
            "What was there before is now in {}. It holds what people sent: delete it once the \
             mailbox works.\n",
            aside.display()
        );
        print(text.as_bytes())?;
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
        options: args.compute.options()?,
        limits: Limits::default(),
        thresholds: Thresholds::default(),
    };
    let mailer = Arc::new(Paced::new(mailer, settings.thresholds.sends_per_second));
    let mailbox = Mailbox {
        services: services(&args.compute.rates, args.compute.today).await?,
        store,
        mailer,
        uploads: Arc::new(NoUploads),
        key: TokenKey::new(state::secret(&dir.join(SECRET))?),
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
