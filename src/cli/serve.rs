//! `investtax serve`: a local mailbox.

use std::{
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    sync::Arc,
};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::{Notify, watch},
};

use super::{
    CommandError, Exit,
    args::ServeArgs,
    services::{services, state_dir},
};
use crate::{
    adapters::{Maildir, SmtpRelay, SqliteConversations},
    conversation::{Thresholds, TokenKey},
    error::Fault,
    mail::{Limits, OwnAddresses, Trust},
    pipeline::{Mailbox, MailboxSettings},
    ports::Mailer,
    serve::{Intake, Source, Worker, listen},
};

pub(super) async fn run(args: ServeArgs) -> Result<Exit, CommandError> {
    if args.listen.is_some_and(|address| !address.ip().is_loopback()) {
        let text = "--listen must be on this machine, such as 127.0.0.1:2525".to_owned();
        return Err(CommandError::Usage(text));
    }
    let dir = state_dir(args.compute.rates.state.as_deref())?;
    let intake = Arc::new(intake(&args, &dir)?);
    let worker = worker(&args, &dir, &intake).await?;
    let (stop, stopped) = watch::channel(false);
    let listener = match args.listen {
        Some(address) => {
            let listener = TcpListener::bind(address)
                .await
                .map_err(|error| Fault::never(format!("listen on {address}"), error))?;
            Some(tokio::spawn(listen(listener, intake.clone(), stopped.clone())))
        }
        None => None,
    };
    let asked = tokio::spawn(async move {
        wait_for_signal().await;
        // Nobody listens any more if the worker ended first.
        let _ = stop.send(true);
    });
    worker.run(&intake, stopped).await;
    asked.abort();
    if let Some(listener) = listener {
        // It was asked to stop as well; a panic in it was logged where it happened.
        drop(listener.await);
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

async fn worker(args: &ServeArgs, dir: &Path, intake: &Intake) -> Result<Worker, CommandError> {
    let mut sources = vec![
        Source { maildir: intake.verified.clone(), trust: Trust::Verified, ours: true },
        Source { maildir: intake.unproven.clone(), trust: Trust::Unproven, ours: true },
    ];
    if let Some(maildir) = &args.maildir {
        let trust = if args.trust_maildir { Trust::Verified } else { Trust::Unproven };
        sources.push(Source { maildir: Maildir::open(maildir)?, trust, ours: false });
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
    let mailbox = Mailbox {
        services: services(&args.compute.rates, args.compute.today).await?,
        store: Arc::new(SqliteConversations::open(&dir.join("mail.sqlite"))?),
        mailer,
        key: TokenKey::new(secret(&dir.join("token.key"))?),
        settings,
    };
    let failed = dir.join("failed");
    std::fs::create_dir_all(&failed)
        .map_err(|error| Fault::never(format!("create {}", failed.display()), error))?;
    Ok(Worker { mailbox, sources, failed, kill_switch: dir.join("replies-off") })
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
