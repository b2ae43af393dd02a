//! `investtax reply`: the whole journey for one raw message, without a cloud.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use super::{
    CommandError, Exit,
    args::ReplyArgs,
    files, print,
    services::{RateProgress, services},
};
use crate::{
    mail::Limits,
    pipeline::{Answer, Outcome, ReplySettings, answer},
    tax::Status,
};

/// Where the reply goes when nothing is said.
const DEFAULT_OUT: &str = "out";

pub(super) async fn run(args: ReplyArgs) -> Result<Exit, CommandError> {
    let limits = Limits::default();
    let raw = files::read_at_most(&args.mail, limits.raw_mail)?;
    let services = services(&args.compute.rates, args.compute.today).await?;
    let settings = ReplySettings {
        address: args.address.clone(),
        lang: args.compute.lang,
        options: args.compute.options()?,
        limits,
        with_document: !is_piped(&args),
    };
    let bar = RateProgress::new();
    let outcome = answer(&raw, &settings, &services, &|progress| bar.show(progress)).await;
    bar.clear();
    match outcome? {
        Outcome::Answered(answer) => deliver(&args, &answer),
        Outcome::Dropped(reason) => {
            say(&format!("no reply: {}", reason.code()));
            Ok(Exit::Report)
        }
        Outcome::NotMail(refusal) => Err(CommandError::Usage(refusal.to_string())),
    }
}

fn deliver(args: &ReplyArgs, answer: &Answer) -> Result<Exit, CommandError> {
    if is_piped(args) {
        print(&answer.message.bytes)?;
    } else {
        let out = args.out.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
        print(answer.content.text.as_bytes())?;
        write_all(&out, answer)?;
    }
    Ok(match answer.status {
        Status::Complete => Exit::Report,
        Status::Incomplete => Exit::SenderMustFix,
    })
}

/// Whether the reply goes to standard output, behind a mail server's pipe.
fn is_piped(args: &ReplyArgs) -> bool {
    args.mail == Path::new("-") && args.out.is_none()
}

fn write_all(out: &Path, answer: &Answer) -> Result<(), CommandError> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("reply.eml", &answer.message.bytes),
        ("reply.txt", answer.content.text.as_bytes()),
        ("reply.html", answer.content.html.as_bytes()),
    ];
    if let Some(document) = &answer.calculation {
        parts.push(("calculation.json", document));
    }
    parts.extend(answer.content.attachments.iter().map(|file| (file.name(), file.bytes())));
    for (name, bytes) in parts {
        let path = out.join(name);
        files::write(&path, bytes)?;
        say(&path.display().to_string());
    }
    Ok(())
}

/// A line for the person at the terminal; standard output is the reply's.
fn say(line: &str) {
    // Nothing can be done about a closed terminal.
    drop(writeln!(std::io::stderr(), "{line}"));
}
